package tron

// The contracts of accounts, stake, witnesses and proposals, from core/contract/
// account_, balance_, witness_, proposal_ and storage_contract.proto.

var messageAccountCreate = &message{"AccountCreateContract", []field{
	owner,
	{number: 2, name: "account_address", kind: kindAddress},
	{number: 3, name: "type", kind: kindEnum, names: []string{"Normal", "AssetIssue", "Contract"}},
}}

var messageAccountUpdate = &message{"AccountUpdateContract", []field{
	{number: 1, name: "account_name", kind: kindName},
	{number: 2, name: "owner_address", kind: kindAddress},
}}

var messageSetAccountID = &message{"SetAccountIdContract", []field{
	{number: 1, name: "account_id", kind: kindName},
	{number: 2, name: "owner_address", kind: kindAddress},
}}

var messageAccountPermissionUpdate = &message{"AccountPermissionUpdateContract", []field{
	owner,
	{number: 2, name: "owner", kind: kindMessage, of: messagePermission},
	{number: 3, name: "witness", kind: kindMessage, of: messagePermission},
	{number: 4, name: "actives", kind: kindMessage, list: true, of: messagePermission},
}}

var messageTransfer = &message{"TransferContract", []field{
	owner,
	{number: 2, name: "to_address", kind: kindAddress},
	{number: 3, name: "amount", kind: kindInt},
}}

var messageFreezeBalance = &message{"FreezeBalanceContract", []field{
	owner,
	{number: 2, name: "frozen_balance", kind: kindInt},
	{number: 3, name: "frozen_duration", kind: kindInt},
	{number: 10, name: "resource", kind: kindEnum, names: resources},
	{number: 15, name: "receiver_address", kind: kindAddress},
}}

var messageUnfreezeBalance = &message{"UnfreezeBalanceContract", []field{
	owner,
	{number: 10, name: "resource", kind: kindEnum, names: resources},
	{number: 15, name: "receiver_address", kind: kindAddress},
}}

var messageWithdrawBalance = &message{"WithdrawBalanceContract", onlyOwns}

var messageFreezeBalanceV2 = &message{"FreezeBalanceV2Contract", []field{
	owner,
	{number: 2, name: "frozen_balance", kind: kindInt},
	{number: 3, name: "resource", kind: kindEnum, names: resources},
}}

var messageUnfreezeBalanceV2 = &message{"UnfreezeBalanceV2Contract", []field{
	owner,
	{number: 2, name: "unfreeze_balance", kind: kindInt},
	{number: 3, name: "resource", kind: kindEnum, names: resources},
}}

var (
	messageWithdrawExpireUnfreeze = &message{"WithdrawExpireUnfreezeContract", onlyOwns}
	messageCancelAllUnfreezeV2    = &message{"CancelAllUnfreezeV2Contract", onlyOwns}
)

var messageDelegateResource = &message{"DelegateResourceContract", []field{
	owner,
	{number: 2, name: "resource", kind: kindEnum, names: resources},
	{number: 3, name: "balance", kind: kindInt},
	{number: 4, name: "receiver_address", kind: kindAddress},
	{number: 5, name: "lock", kind: kindBool},
	{number: 6, name: "lock_period", kind: kindInt},
}}

var messageUnDelegateResource = &message{"UnDelegateResourceContract", []field{
	owner,
	{number: 2, name: "resource", kind: kindEnum, names: resources},
	{number: 3, name: "balance", kind: kindInt},
	{number: 4, name: "receiver_address", kind: kindAddress},
}}

var messageVote = &message{"Vote", []field{
	{number: 1, name: "vote_address", kind: kindAddress},
	{number: 2, name: "vote_count", kind: kindInt},
}}

var messageVoteWitness = &message{"VoteWitnessContract", []field{
	owner,
	{number: 2, name: "votes", kind: kindMessage, list: true, of: messageVote},
	{number: 3, name: "support", kind: kindBool},
}}

var messageVoteAsset = &message{"VoteAssetContract", []field{
	owner,
	{number: 2, name: "vote_address", kind: kindAddress, list: true},
	{number: 3, name: "support", kind: kindBool},
	{number: 5, name: "count", kind: kindInt32},
}}

var messageWitnessCreate = &message{"WitnessCreateContract", []field{
	owner,
	{number: 2, name: "url", kind: kindName},
}}

var messageWitnessUpdate = &message{"WitnessUpdateContract", []field{
	owner,
	{number: 12, name: "update_url", kind: kindName},
}}

var messageUpdateBrokerage = &message{"UpdateBrokerageContract", []field{
	owner,
	{number: 2, name: "brokerage", kind: kindInt32},
}}

// An entry of a map writes key and value, zero or not.
var messageParameter = &message{"parameters", []field{
	{number: 1, name: "key", kind: kindSigned},
	{number: 2, name: "value", kind: kindSigned},
}}

var messageProposalCreate = &message{"ProposalCreateContract", []field{
	owner,
	{number: 2, name: "parameters", kind: kindMap, list: true, of: messageParameter},
}}

var messageProposalApprove = &message{"ProposalApproveContract", []field{
	owner,
	{number: 2, name: "proposal_id", kind: kindInt},
	{number: 3, name: "is_add_approval", kind: kindBool},
}}

var messageProposalDelete = &message{"ProposalDeleteContract", []field{
	owner,
	{number: 2, name: "proposal_id", kind: kindInt},
}}
