package xrpl

// byType describes what is particular to the type of the transaction, and gives the
// flags whose meaning the description includes.
func (d *description) byType() (flags uint64) {
	switch d.tx.kind {
	case txPayment:
		return d.payment()
	case txEscrowCreate:
		d.escrowCreate()
	case txEscrowFinish, txEscrowCancel:
		d.escrowEnd()
	case txCheckCreate:
		d.checkCreate()
	case txCheckCash:
		d.checkCash()
	case txCheckCancel:
		d.remove("check "+upperHex(d.tx.bytes(fieldCheckID)), "")
	case txPaymentChannelCreate:
		d.channelCreate()
	case txPaymentChannelFund:
		d.channelFund()
	case txPaymentChannelClaim:
		return d.channelClaim()

	case txAccountSet:
		return d.accountSet()
	case txSetRegularKey:
		d.setRegularKey()
	case txSignerListSet:
		d.signerListSet()
	case txDelegateSet:
		d.delegateSet()
	case txDepositPreauth:
		d.depositPreauth()
	case txTicketCreate:
		d.statement("TicketCreate", "sets "+decimalText(d.tx.uint(fieldTicketCount))+" sequence numbers aside")
	case txAccountDelete:
		d.accountDelete()
	case txTrustSet:
		return d.trustSet()

	case txOfferCreate:
		return d.offerCreate()
	case txOfferCancel:
		d.remove("offer "+decimalText(d.tx.uint(fieldOfferSequence)), "")
	case txAMMCreate, txAMMDeposit, txAMMWithdraw, txAMMVote, txAMMBid, txAMMDelete, txAMMClawback:
		return d.amm()

	case txNFTokenMint, txNFTokenBurn, txNFTokenCreateOffer, txNFTokenCancelOffer, txNFTokenAcceptOffer, txNFTokenModify:
		return d.nft()
	case txClawback:
		d.clawback()
	case txMPTokenIssuanceCreate, txMPTokenIssuanceDestroy, txMPTokenIssuanceSet, txMPTokenAuthorize:
		return d.mpt()
	case txVaultCreate, txVaultSet, txVaultDelete, txVaultDeposit, txVaultWithdraw, txVaultClawback:
		return d.vault()

	case txXChainCreateClaimID, txXChainCommit, txXChainClaim, txXChainAccountCreateCommit, txXChainCreateBridge, txXChainModifyBridge:
		return d.bridge()
	case txDIDSet, txOracleSet, txCredentialCreate, txCredentialAccept, txPermissionedDomainSet:
		d.publish()
	case txDIDDelete, txOracleDelete, txCredentialDelete, txPermissionedDomainDelete:
		d.withdraw()
	case txBatch:
		return d.batch()
	default:
		d.opaque(d.tx.name(), "transaction type that is not understood")
		return ^uint64(0)
	}
	return 0
}
