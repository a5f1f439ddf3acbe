package tron

// Types of contract (core/Tron.proto, Transaction.Contract.ContractType).
const (
	typeAccountCreate           = 0
	typeTransfer                = 1
	typeTransferAsset           = 2
	typeVoteAsset               = 3
	typeVoteWitness             = 4
	typeWitnessCreate           = 5
	typeAssetIssue              = 6
	typeWitnessUpdate           = 8
	typeParticipateAssetIssue   = 9
	typeAccountUpdate           = 10
	typeFreezeBalance           = 11
	typeUnfreezeBalance         = 12
	typeWithdrawBalance         = 13
	typeUnfreezeAsset           = 14
	typeUpdateAsset             = 15
	typeProposalCreate          = 16
	typeProposalApprove         = 17
	typeProposalDelete          = 18
	typeSetAccountID            = 19
	typeCreateSmartContract     = 30
	typeTriggerSmartContract    = 31
	typeUpdateSetting           = 33
	typeExchangeCreate          = 41
	typeExchangeInject          = 42
	typeExchangeWithdraw        = 43
	typeExchangeTransaction     = 44
	typeUpdateEnergyLimit       = 45
	typeAccountPermissionUpdate = 46
	typeClearABI                = 48
	typeUpdateBrokerage         = 49
	typeShieldedTransfer        = 51
	typeMarketSellAsset         = 52
	typeMarketCancelOrder       = 53
	typeFreezeBalanceV2         = 54
	typeUnfreezeBalanceV2       = 55
	typeWithdrawExpireUnfreeze  = 56
	typeDelegateResource        = 57
	typeUnDelegateResource      = 58
	typeCancelAllUnfreezeV2     = 59
)

// contractMessage is the message of a type of contract, whose name is that of the
// type too; nil for types that are not decoded.
func contractMessage(typ int64) *message {
	switch typ {
	case typeAccountCreate:
		return messageAccountCreate
	case typeTransfer:
		return messageTransfer
	case typeTransferAsset:
		return messageTransferAsset
	case typeVoteAsset:
		return messageVoteAsset
	case typeVoteWitness:
		return messageVoteWitness
	case typeWitnessCreate:
		return messageWitnessCreate
	case typeAssetIssue:
		return messageAssetIssue
	case typeWitnessUpdate:
		return messageWitnessUpdate
	case typeParticipateAssetIssue:
		return messageParticipateAssetIssue
	case typeAccountUpdate:
		return messageAccountUpdate
	case typeFreezeBalance:
		return messageFreezeBalance
	case typeUnfreezeBalance:
		return messageUnfreezeBalance
	case typeWithdrawBalance:
		return messageWithdrawBalance
	case typeUnfreezeAsset:
		return messageUnfreezeAsset
	case typeUpdateAsset:
		return messageUpdateAsset
	case typeProposalCreate:
		return messageProposalCreate
	case typeProposalApprove:
		return messageProposalApprove
	case typeProposalDelete:
		return messageProposalDelete
	case typeSetAccountID:
		return messageSetAccountID
	case typeCreateSmartContract:
		return messageCreateSmartContract
	case typeTriggerSmartContract:
		return messageTriggerSmartContract
	case typeUpdateSetting:
		return messageUpdateSetting
	case typeExchangeCreate:
		return messageExchangeCreate
	case typeExchangeInject:
		return messageExchangeInject
	case typeExchangeWithdraw:
		return messageExchangeWithdraw
	case typeExchangeTransaction:
		return messageExchangeTransaction
	case typeUpdateEnergyLimit:
		return messageUpdateEnergyLimit
	case typeAccountPermissionUpdate:
		return messageAccountPermissionUpdate
	case typeClearABI:
		return messageClearABI
	case typeUpdateBrokerage:
		return messageUpdateBrokerage
	case typeMarketSellAsset:
		return messageMarketSellAsset
	case typeMarketCancelOrder:
		return messageMarketCancelOrder
	case typeFreezeBalanceV2:
		return messageFreezeBalanceV2
	case typeUnfreezeBalanceV2:
		return messageUnfreezeBalanceV2
	case typeWithdrawExpireUnfreeze:
		return messageWithdrawExpireUnfreeze
	case typeDelegateResource:
		return messageDelegateResource
	case typeUnDelegateResource:
		return messageUnDelegateResource
	case typeCancelAllUnfreezeV2:
		return messageCancelAllUnfreezeV2
	}
	return nil
}

// typeName is the name of a type, of those too that are not decoded; "" for types
// that are not known.
func typeName(typ int64) string {
	if m := contractMessage(typ); m != nil {
		return m.name
	}
	switch typ {
	case 20:
		return "CustomContract"
	case 32:
		return "GetContract"
	case typeShieldedTransfer:
		return "ShieldedTransferContract"
	}
	return ""
}
