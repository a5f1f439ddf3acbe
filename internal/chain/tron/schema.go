package tron

// The messages around a contract, from core/Tron.proto of tronprotocol/protocol.

var messageAny = &message{"Any", []field{
	{number: 1, name: "type_url", kind: kindText},
	{number: 2, name: "value", kind: kindBytes},
}}

var messageContract = &message{"Contract", []field{
	{number: 1, name: "type", kind: kindType},
	{number: 2, name: "parameter", kind: kindParameter, of: messageAny},
	{number: 3, name: "provider", kind: kindBytes},
	{number: 4, name: "ContractName", kind: kindBytes},
	{number: 5, name: "Permission_id", kind: kindInt32},
}}

var messageAccountID = &message{"AccountId", []field{
	{number: 1, name: "name", kind: kindName},
	{number: 2, name: "address", kind: kindAddress},
}}

var messageAuthority = &message{"authority", []field{
	{number: 1, name: "account", kind: kindMessage, of: messageAccountID},
	{number: 2, name: "permission_name", kind: kindName},
}}

var messageRaw = &message{"raw_data", []field{
	{number: 1, name: "ref_block_bytes", kind: kindBytes},
	{number: 3, name: "ref_block_num", kind: kindInt},
	{number: 4, name: "ref_block_hash", kind: kindBytes},
	{number: 8, name: "expiration", kind: kindInt},
	{number: 9, name: "auths", kind: kindMessage, list: true, of: messageAuthority},
	{number: 10, name: "data", kind: kindBytes},
	{number: 11, name: "contract", kind: kindMessage, list: true, of: messageContract},
	{number: 12, name: "scripts", kind: kindBytes},
	{number: 14, name: "timestamp", kind: kindInt},
	{number: 18, name: "fee_limit", kind: kindInt},
}}

// The message Transaction, of which only these fields are made before it is sent.
var messageTransaction = &message{"Transaction", []field{
	{number: 1, name: "raw_data", kind: kindBytes},
	{number: 2, name: "signature", kind: kindBytes, list: true},
}}

var messageKey = &message{"Key", []field{
	{number: 1, name: "address", kind: kindAddress},
	{number: 2, name: "weight", kind: kindInt},
}}

// Types of a permission.
const (
	permissionOwner   = 0
	permissionWitness = 1
	permissionActive  = 2
)

var messagePermission = &message{"Permission", []field{
	{number: 1, name: "type", kind: kindEnum, names: []string{"Owner", "Witness", "Active"}},
	{number: 2, name: "id", kind: kindInt32},
	{number: 3, name: "permission_name", kind: kindText},
	{number: 4, name: "threshold", kind: kindInt},
	{number: 5, name: "parent_id", kind: kindInt32},
	{number: 6, name: "operations", kind: kindBytes},
	{number: 7, name: "keys", kind: kindMessage, list: true, of: messageKey},
}}

// Fields that many messages have.
var (
	owner    = field{number: 1, name: "owner_address", kind: kindAddress}
	onlyOwns = []field{owner}

	resources = []string{"BANDWIDTH", "ENERGY", "TRON_POWER"}
)
