package xrpl

// format says which fields a type of transaction has, besides those of all.
type format struct {
	code uint16
	name string
	need []fieldCode // without which the network does not take it
	may  []fieldCode
}

// formats are all types of transactions, in the order of their codes: those of
// definitions.json of ripple-binary-codec 2.11.0, with which a test compares them.
var formats = [...]format{
	{code: txPayment, name: "Payment",
		need: []fieldCode{fieldAmount, fieldDestination},
		may:  []fieldCode{fieldDestinationTag, fieldInvoiceID, fieldDomainID, fieldSendMax, fieldDeliverMin, fieldPaths, fieldCredentialIDs}},
	{code: txEscrowCreate, name: "EscrowCreate",
		need: []fieldCode{fieldAmount, fieldDestination},
		may:  []fieldCode{fieldDestinationTag, fieldCancelAfter, fieldFinishAfter, fieldCondition}},
	{code: txEscrowFinish, name: "EscrowFinish",
		need: []fieldCode{fieldOfferSequence, fieldOwner},
		may:  []fieldCode{fieldFulfillment, fieldCondition, fieldCredentialIDs}},
	{code: txAccountSet, name: "AccountSet",
		may: []fieldCode{fieldTransferRate, fieldWalletSize, fieldSetFlag, fieldClearFlag, fieldEmailHash, fieldWalletLocator, fieldMessageKey, fieldDomain, fieldNFTokenMinter, fieldTickSize}},
	{code: txEscrowCancel, name: "EscrowCancel",
		need: []fieldCode{fieldOfferSequence, fieldOwner}},
	{code: txSetRegularKey, name: "SetRegularKey",
		may: []fieldCode{fieldRegularKey}},
	{code: txOfferCreate, name: "OfferCreate",
		need: []fieldCode{fieldTakerPays, fieldTakerGets},
		may:  []fieldCode{fieldExpiration, fieldOfferSequence, fieldDomainID}},
	{code: txOfferCancel, name: "OfferCancel",
		need: []fieldCode{fieldOfferSequence}},
	{code: txTicketCreate, name: "TicketCreate",
		need: []fieldCode{fieldTicketCount}},
	{code: txSignerListSet, name: "SignerListSet",
		need: []fieldCode{fieldSignerQuorum},
		may:  []fieldCode{fieldSignerEntries}},
	{code: txPaymentChannelCreate, name: "PaymentChannelCreate",
		need: []fieldCode{fieldSettleDelay, fieldAmount, fieldPublicKey, fieldDestination},
		may:  []fieldCode{fieldDestinationTag, fieldCancelAfter}},
	{code: txPaymentChannelFund, name: "PaymentChannelFund",
		need: []fieldCode{fieldChannel, fieldAmount},
		may:  []fieldCode{fieldExpiration}},
	{code: txPaymentChannelClaim, name: "PaymentChannelClaim",
		need: []fieldCode{fieldChannel},
		may:  []fieldCode{fieldAmount, fieldBalance, fieldPublicKey, fieldSignature, fieldCredentialIDs}},
	{code: txCheckCreate, name: "CheckCreate",
		need: []fieldCode{fieldSendMax, fieldDestination},
		may:  []fieldCode{fieldExpiration, fieldDestinationTag, fieldInvoiceID}},
	{code: txCheckCash, name: "CheckCash",
		need: []fieldCode{fieldCheckID},
		may:  []fieldCode{fieldAmount, fieldDeliverMin}},
	{code: txCheckCancel, name: "CheckCancel",
		need: []fieldCode{fieldCheckID}},
	{code: txDepositPreauth, name: "DepositPreauth",
		may: []fieldCode{fieldAuthorize, fieldUnauthorize, fieldAuthorizeCredentials, fieldUnauthorizeCredentials}},
	{code: txTrustSet, name: "TrustSet",
		may: []fieldCode{fieldQualityIn, fieldQualityOut, fieldLimitAmount}},
	{code: txAccountDelete, name: "AccountDelete",
		need: []fieldCode{fieldDestination},
		may:  []fieldCode{fieldDestinationTag, fieldCredentialIDs}},
	{code: txNFTokenMint, name: "NFTokenMint",
		need: []fieldCode{fieldNFTokenTaxon},
		may:  []fieldCode{fieldTransferFee, fieldExpiration, fieldAmount, fieldURI, fieldDestination, fieldIssuer}},
	{code: txNFTokenBurn, name: "NFTokenBurn",
		need: []fieldCode{fieldNFTokenID},
		may:  []fieldCode{fieldOwner}},
	{code: txNFTokenCreateOffer, name: "NFTokenCreateOffer",
		need: []fieldCode{fieldNFTokenID, fieldAmount},
		may:  []fieldCode{fieldExpiration, fieldOwner, fieldDestination}},
	{code: txNFTokenCancelOffer, name: "NFTokenCancelOffer",
		need: []fieldCode{fieldNFTokenOffers}},
	{code: txNFTokenAcceptOffer, name: "NFTokenAcceptOffer",
		may: []fieldCode{fieldNFTokenBuyOffer, fieldNFTokenSellOffer, fieldNFTokenBrokerFee}},
	{code: txClawback, name: "Clawback",
		need: []fieldCode{fieldAmount},
		may:  []fieldCode{fieldHolder}},
	{code: txAMMClawback, name: "AMMClawback",
		need: []fieldCode{fieldHolder, fieldAsset, fieldAsset2},
		may:  []fieldCode{fieldAmount}},
	{code: txAMMCreate, name: "AMMCreate",
		need: []fieldCode{fieldTradingFee, fieldAmount, fieldAmount2}},
	{code: txAMMDeposit, name: "AMMDeposit",
		need: []fieldCode{fieldAsset, fieldAsset2},
		may:  []fieldCode{fieldTradingFee, fieldAmount, fieldAmount2, fieldLPTokenOut, fieldEPrice}},
	{code: txAMMWithdraw, name: "AMMWithdraw",
		need: []fieldCode{fieldAsset, fieldAsset2},
		may:  []fieldCode{fieldAmount, fieldAmount2, fieldLPTokenIn, fieldEPrice}},
	{code: txAMMVote, name: "AMMVote",
		need: []fieldCode{fieldTradingFee, fieldAsset, fieldAsset2}},
	{code: txAMMBid, name: "AMMBid",
		need: []fieldCode{fieldAsset, fieldAsset2},
		may:  []fieldCode{fieldBidMin, fieldBidMax, fieldAuthAccounts}},
	{code: txAMMDelete, name: "AMMDelete",
		need: []fieldCode{fieldAsset, fieldAsset2}},
	{code: txXChainCreateClaimID, name: "XChainCreateClaimID",
		need: []fieldCode{fieldSignatureReward, fieldOtherChainSource, fieldXChainBridge}},
	{code: txXChainCommit, name: "XChainCommit",
		need: []fieldCode{fieldXChainClaimID, fieldAmount, fieldXChainBridge},
		may:  []fieldCode{fieldOtherChainDestination}},
	{code: txXChainClaim, name: "XChainClaim",
		need: []fieldCode{fieldXChainClaimID, fieldAmount, fieldDestination, fieldXChainBridge},
		may:  []fieldCode{fieldDestinationTag}},
	{code: txXChainAccountCreateCommit, name: "XChainAccountCreateCommit",
		need: []fieldCode{fieldAmount, fieldSignatureReward, fieldDestination, fieldXChainBridge}},
	{code: txXChainAddClaimAttestation, name: "XChainAddClaimAttestation",
		need: []fieldCode{fieldXChainClaimID, fieldAmount, fieldPublicKey, fieldSignature, fieldOtherChainSource, fieldAttestationSignerAccount, fieldAttestationRewardAccount, fieldWasLockingChainSend, fieldXChainBridge},
		may:  []fieldCode{fieldDestination}},
	{code: txXChainAddAccountCreateAttestation, name: "XChainAddAccountCreateAttestation",
		need: []fieldCode{fieldXChainAccountCreateCount, fieldAmount, fieldSignatureReward, fieldPublicKey, fieldSignature, fieldDestination, fieldOtherChainSource, fieldAttestationSignerAccount, fieldAttestationRewardAccount, fieldWasLockingChainSend, fieldXChainBridge}},
	{code: txXChainModifyBridge, name: "XChainModifyBridge",
		need: []fieldCode{fieldXChainBridge},
		may:  []fieldCode{fieldSignatureReward, fieldMinAccountCreateAmount}},
	{code: txXChainCreateBridge, name: "XChainCreateBridge",
		need: []fieldCode{fieldSignatureReward, fieldXChainBridge},
		may:  []fieldCode{fieldMinAccountCreateAmount}},
	{code: txDIDSet, name: "DIDSet",
		may: []fieldCode{fieldURI, fieldDIDDocument, fieldData}},
	{code: txDIDDelete, name: "DIDDelete"},
	{code: txOracleSet, name: "OracleSet",
		need: []fieldCode{fieldLastUpdateTime, fieldOracleDocumentID, fieldPriceDataSeries},
		may:  []fieldCode{fieldURI, fieldAssetClass, fieldProvider}},
	{code: txOracleDelete, name: "OracleDelete",
		need: []fieldCode{fieldOracleDocumentID}},
	{code: txLedgerStateFix, name: "LedgerStateFix",
		need: []fieldCode{fieldLedgerFixType},
		may:  []fieldCode{fieldBookDirectory, fieldOwner}},
	{code: txMPTokenIssuanceCreate, name: "MPTokenIssuanceCreate",
		may: []fieldCode{fieldTransferFee, fieldImmutableFlags, fieldMaximumAmount, fieldDomainID, fieldMPTokenMetadata, fieldAssetScale}},
	{code: txMPTokenIssuanceDestroy, name: "MPTokenIssuanceDestroy",
		need: []fieldCode{fieldMPTokenIssuanceID}},
	{code: txMPTokenIssuanceSet, name: "MPTokenIssuanceSet",
		need: []fieldCode{fieldMPTokenIssuanceID},
		may:  []fieldCode{fieldTransferFee, fieldImmutableFlags, fieldDomainID, fieldMPTokenMetadata, fieldIssuerEncryptionKey, fieldAuditorEncryptionKey, fieldHolder}},
	{code: txMPTokenAuthorize, name: "MPTokenAuthorize",
		need: []fieldCode{fieldMPTokenIssuanceID},
		may:  []fieldCode{fieldHolder}},
	{code: txCredentialCreate, name: "CredentialCreate",
		need: []fieldCode{fieldCredentialType, fieldSubject},
		may:  []fieldCode{fieldExpiration, fieldURI}},
	{code: txCredentialAccept, name: "CredentialAccept",
		need: []fieldCode{fieldCredentialType, fieldIssuer}},
	{code: txCredentialDelete, name: "CredentialDelete",
		need: []fieldCode{fieldCredentialType},
		may:  []fieldCode{fieldIssuer, fieldSubject}},
	{code: txNFTokenModify, name: "NFTokenModify",
		need: []fieldCode{fieldNFTokenID},
		may:  []fieldCode{fieldURI, fieldOwner}},
	{code: txPermissionedDomainSet, name: "PermissionedDomainSet",
		need: []fieldCode{fieldAcceptedCredentials},
		may:  []fieldCode{fieldDomainID}},
	{code: txPermissionedDomainDelete, name: "PermissionedDomainDelete",
		need: []fieldCode{fieldDomainID}},
	{code: txDelegateSet, name: "DelegateSet",
		need: []fieldCode{fieldAuthorize, fieldPermissions}},
	{code: txVaultCreate, name: "VaultCreate",
		need: []fieldCode{fieldAsset},
		may:  []fieldCode{fieldSubscriptionDate, fieldRedemptionDate, fieldDomainID, fieldData, fieldMPTokenMetadata, fieldAssetsMaximum, fieldScale, fieldWithdrawalPolicy, fieldVaultKind}},
	{code: txVaultSet, name: "VaultSet",
		need: []fieldCode{fieldVaultID},
		may:  []fieldCode{fieldDomainID, fieldData, fieldAssetsMaximum}},
	{code: txVaultDelete, name: "VaultDelete",
		need: []fieldCode{fieldVaultID},
		may:  []fieldCode{fieldMemoData}},
	{code: txVaultDeposit, name: "VaultDeposit",
		need: []fieldCode{fieldVaultID, fieldAmount}},
	{code: txVaultWithdraw, name: "VaultWithdraw",
		need: []fieldCode{fieldVaultID, fieldAmount},
		may:  []fieldCode{fieldDestinationTag, fieldDestination, fieldCredentialIDs}},
	{code: txVaultClawback, name: "VaultClawback",
		need: []fieldCode{fieldVaultID, fieldHolder},
		may:  []fieldCode{fieldAmount}},
	{code: txBatch, name: "Batch",
		need: []fieldCode{fieldRawTransactions},
		may:  []fieldCode{fieldBatchSigners}},
	{code: txLoanBrokerSet, name: "LoanBrokerSet",
		need: []fieldCode{fieldVaultID},
		may:  []fieldCode{fieldManagementFeeRate, fieldCoverRateMinimum, fieldCoverRateLiquidation, fieldLoanBrokerID, fieldData, fieldDebtMaximum}},
	{code: txLoanBrokerDelete, name: "LoanBrokerDelete",
		need: []fieldCode{fieldLoanBrokerID}},
	{code: txLoanBrokerCoverDeposit, name: "LoanBrokerCoverDeposit",
		need: []fieldCode{fieldLoanBrokerID, fieldAmount}},
	{code: txLoanBrokerCoverWithdraw, name: "LoanBrokerCoverWithdraw",
		need: []fieldCode{fieldLoanBrokerID, fieldAmount},
		may:  []fieldCode{fieldDestinationTag, fieldDestination, fieldCredentialIDs}},
	{code: txLoanBrokerCoverClawback, name: "LoanBrokerCoverClawback",
		may: []fieldCode{fieldLoanBrokerID, fieldAmount}},
	{code: txLoanSet, name: "LoanSet",
		need: []fieldCode{fieldLoanBrokerID, fieldPrincipalRequested},
		may:  []fieldCode{fieldPaymentInterval, fieldGracePeriod, fieldPaymentTotal, fieldOverpaymentFee, fieldInterestRate, fieldLateInterestRate, fieldCloseInterestRate, fieldOverpaymentInterestRate, fieldData, fieldCounterparty, fieldLoanOriginationFee, fieldLoanServiceFee, fieldLatePaymentFee, fieldClosePaymentFee, fieldCounterpartySignature}},
	{code: txLoanDelete, name: "LoanDelete",
		need: []fieldCode{fieldLoanID}},
	{code: txLoanManage, name: "LoanManage",
		need: []fieldCode{fieldLoanID}},
	{code: txLoanPay, name: "LoanPay",
		need: []fieldCode{fieldLoanID, fieldAmount}},
	{code: txConfidentialMPTConvert, name: "ConfidentialMPTConvert",
		need: []fieldCode{fieldMPTAmount, fieldBlindingFactor, fieldHolderEncryptedAmount, fieldIssuerEncryptedAmount, fieldMPTokenIssuanceID},
		may:  []fieldCode{fieldHolderEncryptionKey, fieldZKProof, fieldAuditorEncryptedAmount}},
	{code: txConfidentialMPTMergeInbox, name: "ConfidentialMPTMergeInbox",
		need: []fieldCode{fieldMPTokenIssuanceID}},
	{code: txConfidentialMPTConvertBack, name: "ConfidentialMPTConvertBack",
		need: []fieldCode{fieldMPTAmount, fieldBlindingFactor, fieldZKProof, fieldHolderEncryptedAmount, fieldIssuerEncryptedAmount, fieldBalanceCommitment, fieldMPTokenIssuanceID},
		may:  []fieldCode{fieldAuditorEncryptedAmount}},
	{code: txConfidentialMPTSend, name: "ConfidentialMPTSend",
		need: []fieldCode{fieldZKProof, fieldIssuerEncryptedAmount, fieldSenderEncryptedAmount, fieldDestinationEncryptedAmount, fieldAmountCommitment, fieldBalanceCommitment, fieldDestination, fieldMPTokenIssuanceID},
		may:  []fieldCode{fieldDestinationTag, fieldAuditorEncryptedAmount, fieldCredentialIDs}},
	{code: txConfidentialMPTClawback, name: "ConfidentialMPTClawback",
		need: []fieldCode{fieldMPTAmount, fieldZKProof, fieldHolder, fieldMPTokenIssuanceID}},
	{code: txSponsorshipTransfer, name: "SponsorshipTransfer",
		may: []fieldCode{fieldObjectID, fieldSponsee}},
	{code: txSponsorshipSet, name: "SponsorshipSet",
		may: []fieldCode{fieldMaxFee, fieldFeeAmountDelta, fieldCounterpartySponsor, fieldSponsee, fieldRemainingOwnerCountDelta}},
	{code: txEnableAmendment, name: "EnableAmendment",
		need: []fieldCode{fieldLedgerSequence, fieldAmendment}},
	{code: txSetFee, name: "SetFee",
		may: []fieldCode{fieldLedgerSequence, fieldReferenceFeeUnits, fieldReserveBase, fieldReserveIncrement, fieldBaseFee, fieldBaseFeeDrops, fieldReserveBaseDrops, fieldReserveIncrementDrops}},
	{code: txUNLModify, name: "UNLModify",
		need: []fieldCode{fieldLedgerSequence, fieldUNLModifyValidator, fieldUNLModifyDisabling}},
}

// common are the fields that every transaction may have.
var common = format{
	need: []fieldCode{fieldTransactionType, fieldSequence, fieldFee, fieldAccount},
	may:  []fieldCode{fieldNetworkID, fieldFlags, fieldSourceTag, fieldLastLedgerSequence, fieldOperationLimit, fieldTicketSequence, fieldSponsorFlags, fieldPreviousTxnID, fieldAccountTxnID, fieldSigningPubKey, fieldTxnSignature, fieldDelegate, fieldSponsor, fieldSponsorSignature, fieldSigners, fieldMemos},
}

// The types of transactions.
const (
	txPayment                           = 0
	txEscrowCreate                      = 1
	txEscrowFinish                      = 2
	txAccountSet                        = 3
	txEscrowCancel                      = 4
	txSetRegularKey                     = 5
	txOfferCreate                       = 7
	txOfferCancel                       = 8
	txTicketCreate                      = 10
	txSignerListSet                     = 12
	txPaymentChannelCreate              = 13
	txPaymentChannelFund                = 14
	txPaymentChannelClaim               = 15
	txCheckCreate                       = 16
	txCheckCash                         = 17
	txCheckCancel                       = 18
	txDepositPreauth                    = 19
	txTrustSet                          = 20
	txAccountDelete                     = 21
	txNFTokenMint                       = 25
	txNFTokenBurn                       = 26
	txNFTokenCreateOffer                = 27
	txNFTokenCancelOffer                = 28
	txNFTokenAcceptOffer                = 29
	txClawback                          = 30
	txAMMClawback                       = 31
	txAMMCreate                         = 35
	txAMMDeposit                        = 36
	txAMMWithdraw                       = 37
	txAMMVote                           = 38
	txAMMBid                            = 39
	txAMMDelete                         = 40
	txXChainCreateClaimID               = 41
	txXChainCommit                      = 42
	txXChainClaim                       = 43
	txXChainAccountCreateCommit         = 44
	txXChainAddClaimAttestation         = 45
	txXChainAddAccountCreateAttestation = 46
	txXChainModifyBridge                = 47
	txXChainCreateBridge                = 48
	txDIDSet                            = 49
	txDIDDelete                         = 50
	txOracleSet                         = 51
	txOracleDelete                      = 52
	txLedgerStateFix                    = 53
	txMPTokenIssuanceCreate             = 54
	txMPTokenIssuanceDestroy            = 55
	txMPTokenIssuanceSet                = 56
	txMPTokenAuthorize                  = 57
	txCredentialCreate                  = 58
	txCredentialAccept                  = 59
	txCredentialDelete                  = 60
	txNFTokenModify                     = 61
	txPermissionedDomainSet             = 62
	txPermissionedDomainDelete          = 63
	txDelegateSet                       = 64
	txVaultCreate                       = 65
	txVaultSet                          = 66
	txVaultDelete                       = 67
	txVaultDeposit                      = 68
	txVaultWithdraw                     = 69
	txVaultClawback                     = 70
	txBatch                             = 71
	txLoanBrokerSet                     = 74
	txLoanBrokerDelete                  = 75
	txLoanBrokerCoverDeposit            = 76
	txLoanBrokerCoverWithdraw           = 77
	txLoanBrokerCoverClawback           = 78
	txLoanSet                           = 80
	txLoanDelete                        = 81
	txLoanManage                        = 82
	txLoanPay                           = 84
	txConfidentialMPTConvert            = 85
	txConfidentialMPTMergeInbox         = 86
	txConfidentialMPTConvertBack        = 87
	txConfidentialMPTSend               = 88
	txConfidentialMPTClawback           = 89
	txSponsorshipTransfer               = 90
	txSponsorshipSet                    = 91
	txEnableAmendment                   = 100
	txSetFee                            = 101
	txUNLModify                         = 102
)
