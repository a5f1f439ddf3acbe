package tron

// The contracts of TRC-10 assets, of the exchange and the market, and of smart
// contracts, from core/contract/asset_issue_, exchange_, market_ and
// smart_contract.proto.

var messageFrozenSupply = &message{"FrozenSupply", []field{
	{number: 1, name: "frozen_amount", kind: kindInt},
	{number: 2, name: "frozen_days", kind: kindInt},
}}

var messageAssetIssue = &message{"AssetIssueContract", []field{
	owner,
	{number: 2, name: "name", kind: kindName},
	{number: 3, name: "abbr", kind: kindName},
	{number: 4, name: "total_supply", kind: kindInt},
	{number: 5, name: "frozen_supply", kind: kindMessage, list: true, of: messageFrozenSupply},
	{number: 6, name: "trx_num", kind: kindInt32},
	{number: 7, name: "precision", kind: kindInt32},
	{number: 8, name: "num", kind: kindInt32},
	{number: 9, name: "start_time", kind: kindInt},
	{number: 10, name: "end_time", kind: kindInt},
	{number: 11, name: "order", kind: kindInt},
	{number: 16, name: "vote_score", kind: kindInt32},
	{number: 20, name: "description", kind: kindName},
	{number: 21, name: "url", kind: kindName},
	{number: 22, name: "free_asset_net_limit", kind: kindInt},
	{number: 23, name: "public_free_asset_net_limit", kind: kindInt},
	{number: 24, name: "public_free_asset_net_usage", kind: kindInt},
	{number: 25, name: "public_latest_free_net_time", kind: kindInt},
	{number: 41, name: "id", kind: kindText},
}}

var messageTransferAsset = &message{"TransferAssetContract", []field{
	{number: 1, name: "asset_name", kind: kindName},
	{number: 2, name: "owner_address", kind: kindAddress},
	{number: 3, name: "to_address", kind: kindAddress},
	{number: 4, name: "amount", kind: kindInt},
}}

var messageParticipateAssetIssue = &message{"ParticipateAssetIssueContract", []field{
	owner,
	{number: 2, name: "to_address", kind: kindAddress},
	{number: 3, name: "asset_name", kind: kindName},
	{number: 4, name: "amount", kind: kindInt},
}}

var messageUnfreezeAsset = &message{"UnfreezeAssetContract", onlyOwns}

var messageUpdateAsset = &message{"UpdateAssetContract", []field{
	owner,
	{number: 2, name: "description", kind: kindName},
	{number: 3, name: "url", kind: kindName},
	{number: 4, name: "new_limit", kind: kindInt},
	{number: 5, name: "new_public_limit", kind: kindInt},
}}

var messageExchangeCreate = &message{"ExchangeCreateContract", []field{
	owner,
	{number: 2, name: "first_token_id", kind: kindName},
	{number: 3, name: "first_token_balance", kind: kindInt},
	{number: 4, name: "second_token_id", kind: kindName},
	{number: 5, name: "second_token_balance", kind: kindInt},
}}

var exchangeFields = []field{
	owner,
	{number: 2, name: "exchange_id", kind: kindInt},
	{number: 3, name: "token_id", kind: kindName},
	{number: 4, name: "quant", kind: kindInt},
}

var (
	messageExchangeInject   = &message{"ExchangeInjectContract", exchangeFields}
	messageExchangeWithdraw = &message{"ExchangeWithdrawContract", exchangeFields}
)

var messageExchangeTransaction = &message{"ExchangeTransactionContract", []field{
	owner,
	{number: 2, name: "exchange_id", kind: kindInt},
	{number: 3, name: "token_id", kind: kindName},
	{number: 4, name: "quant", kind: kindInt},
	{number: 5, name: "expected", kind: kindInt},
}}

var messageMarketSellAsset = &message{"MarketSellAssetContract", []field{
	owner,
	{number: 2, name: "sell_token_id", kind: kindName},
	{number: 3, name: "sell_token_quantity", kind: kindInt},
	{number: 4, name: "buy_token_id", kind: kindName},
	{number: 5, name: "buy_token_quantity", kind: kindInt},
}}

var messageMarketCancelOrder = &message{"MarketCancelOrderContract", []field{
	owner,
	{number: 2, name: "order_id", kind: kindBytes},
}}

var messageParam = &message{"Param", []field{
	{number: 1, name: "indexed", kind: kindBool},
	{number: 2, name: "name", kind: kindText},
	{number: 3, name: "type", kind: kindText},
}}

var messageEntry = &message{"Entry", []field{
	{number: 1, name: "anonymous", kind: kindBool},
	{number: 2, name: "constant", kind: kindBool},
	{number: 3, name: "name", kind: kindText},
	{number: 4, name: "inputs", kind: kindMessage, list: true, of: messageParam},
	{number: 5, name: "outputs", kind: kindMessage, list: true, of: messageParam},
	{number: 6, name: "type", kind: kindEnum, names: []string{"UnknownEntryType", "Constructor", "Function", "Event", "Fallback", "Receive", "Error"}},
	{number: 7, name: "payable", kind: kindBool},
	{number: 8, name: "stateMutability", kind: kindEnum, names: []string{"UnknownMutabilityType", "Pure", "View", "Nonpayable", "Payable"}},
}}

var messageABI = &message{"ABI", []field{
	{number: 1, name: "entrys", kind: kindMessage, list: true, of: messageEntry},
}}

var messageSmartContract = &message{"SmartContract", []field{
	{number: 1, name: "origin_address", kind: kindAddress},
	{number: 2, name: "contract_address", kind: kindAddress},
	{number: 3, name: "abi", kind: kindMessage, of: messageABI},
	{number: 4, name: "bytecode", kind: kindBytes},
	{number: 5, name: "call_value", kind: kindInt},
	{number: 6, name: "consume_user_resource_percent", kind: kindInt},
	{number: 7, name: "name", kind: kindText},
	{number: 8, name: "origin_energy_limit", kind: kindInt},
	{number: 9, name: "code_hash", kind: kindBytes},
	{number: 10, name: "trx_hash", kind: kindBytes},
	{number: 11, name: "version", kind: kindInt32},
}}

var messageCreateSmartContract = &message{"CreateSmartContract", []field{
	owner,
	{number: 2, name: "new_contract", kind: kindMessage, of: messageSmartContract},
	{number: 3, name: "call_token_value", kind: kindInt},
	{number: 4, name: "token_id", kind: kindInt},
}}

var messageTriggerSmartContract = &message{"TriggerSmartContract", []field{
	owner,
	{number: 2, name: "contract_address", kind: kindAddress},
	{number: 3, name: "call_value", kind: kindInt},
	{number: 4, name: "data", kind: kindBytes},
	{number: 5, name: "call_token_value", kind: kindInt},
	{number: 6, name: "token_id", kind: kindInt},
}}

var messageClearABI = &message{"ClearABIContract", []field{
	owner,
	{number: 2, name: "contract_address", kind: kindAddress},
}}

var messageUpdateSetting = &message{"UpdateSettingContract", []field{
	owner,
	{number: 2, name: "contract_address", kind: kindAddress},
	{number: 3, name: "consume_user_resource_percent", kind: kindInt},
}}

var messageUpdateEnergyLimit = &message{"UpdateEnergyLimitContract", []field{
	owner,
	{number: 2, name: "contract_address", kind: kindAddress},
	{number: 3, name: "origin_energy_limit", kind: kindInt},
}}
