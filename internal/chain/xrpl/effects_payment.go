package xrpl

import (
	"strongroom/internal/chain"
)

// Flags of payments and of claims on payment channels.
const (
	flagNoDirect = 0x00010000 // tfNoRippleDirect
	flagPartial  = 0x00020000 // tfPartialPayment
	flagQuality  = 0x00040000 // tfLimitQuality

	flagRenew = 0x00010000 // tfRenew
	flagClose = 0x00020000 // tfClose
)

// payment: the highest amount that the sender can lose comes first, and then, where
// it is of another asset, what is to arrive.
func (d *description) payment() uint64 {
	to := d.account(fieldDestination)
	delivered, _ := d.quantity(fieldAmount)
	spent, hasMax := d.quantity(fieldSendMax)
	detail := ""
	if d.flags(flagPartial) {
		detail = "partial payment: less may arrive"
		if least, ok := d.quantity(fieldDeliverMin); ok {
			detail = "partial payment: at least " + least.String() + " arrives"
		}
		d.warn("a partial payment may deliver less than its amount")
	} else if d.tx.has(fieldDeliverMin) {
		detail = "DeliverMin without a partial payment"
	}
	detail = phrases(detail, d.payee(&delivered.amount, to))
	switch {
	case !hasMax:
		if !delivered.amount.isNative() && d.tx.has(fieldPaths) {
			detail = phrases(detail, "paid with the same currency of any issuer")
		}
		d.add(chain.Effect{Kind: chain.Move, Asset: delivered.asset, Amount: delivered.number, To: to, Detail: detail})
		d.checkFee(&delivered.amount)
	case spent.asset == delivered.asset:
		d.add(chain.Effect{
			Kind: chain.Move, Asset: spent.asset, Amount: spent.number, To: to,
			Detail: phrases("at most; "+delivered.number+" is to arrive", detail),
		})
	default:
		detail = phrases("at most; "+delivered.String()+" is to arrive", d.payer(&spent.amount), detail)
		d.add(chain.Effect{Kind: chain.Move, Asset: spent.asset, Amount: spent.number, To: to, Detail: detail})
		d.add(chain.Effect{
			Kind: chain.Move, Asset: delivered.asset, Amount: delivered.number, To: to,
			Detail: "what is to arrive, bought with at most " + spent.String(),
		})
	}
	if !d.tx.has(fieldDestinationTag) {
		d.fact("DestinationTag", "none")
	}
	if d.tx.has(fieldPaths) {
		d.fact("Paths", decimalText(uint64(len(d.tx.bytes(fieldPaths))))+" bytes")
	}
	return flagNoDirect | flagPartial | flagQuality
}

// payee says what an amount means whose issuer is one of the parties: any issuer that
// this party trusts (xrpl.org, "Payment").
func (d *description) payee(a *amount, to string) string {
	if a.currency == nil {
		return ""
	}
	switch issuer := d.accountText(a.issuer); issuer {
	case d.from:
		return "issued by the sender, or of any issuer"
	case to:
		return "of any issuer that the receiver trusts"
	}
	return ""
}

func (d *description) payer(a *amount) string {
	if a.currency != nil && string(a.issuer) == string(d.tx.sender[:]) {
		return "spends the currency of any issuer"
	}
	return ""
}

// checkFee warns of a fee above a tenth of a payment in the native asset.
func (d *description) checkFee(a *amount) {
	if a.isNative() && d.inside == "" && d.tx.fee > a.mantissa/10 {
		d.warn("the fee is more than a tenth of the amount")
	}
}

func (d *description) escrowCreate() {
	q, _ := d.quantity(fieldAmount)
	detail := "escrow"
	if d.tx.has(fieldFinishAfter) {
		detail = phrases(detail, "released after "+timeText(d.tx.uint(fieldFinishAfter)))
	}
	if d.tx.has(fieldCancelAfter) {
		detail = phrases(detail, "may be taken back after "+timeText(d.tx.uint(fieldCancelAfter)))
	}
	if d.tx.has(fieldCondition) {
		detail = phrases(detail, "released to who fulfils the condition")
	}
	d.add(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: d.account(fieldDestination), Detail: detail})
	d.checkFee(&q.amount)
}

// escrowEnd: what is in the escrow, and whose it becomes, stands in the ledger only.
func (d *description) escrowEnd() {
	owner := d.account(fieldOwner)
	e := chain.Effect{
		Kind: chain.Close, Amount: everything, From: owner, Subject: "escrow " + decimalText(d.tx.uint(fieldOfferSequence)),
		Detail: "releases the escrow to its receiver",
	}
	if d.tx.kind == txEscrowCancel {
		e.To, e.Detail = owner, "gives the escrow back to its owner"
	}
	d.add(e)
}

func (d *description) checkCreate() {
	q, _ := d.quantity(fieldSendMax)
	d.add(chain.Effect{
		Kind: chain.Allow, Asset: q.asset, Amount: q.number, To: d.account(fieldDestination), Detail: "check",
		Until: d.end(fieldExpiration),
	})
}

func (d *description) checkCash() {
	q, ok := d.quantity(fieldAmount)
	detail := "cashes a check"
	if !ok {
		q, ok = d.quantity(fieldDeliverMin)
		detail = "cashes a check for at least this"
	}
	if !ok {
		d.opaque("CheckCash", "cashes a check for no amount")
		return
	}
	d.receive(chain.Effect{
		Kind: chain.Move, Asset: q.asset, Amount: q.number, To: d.from,
		Subject: "check " + upperHex(d.tx.bytes(fieldCheckID)), Detail: detail,
	})
}

func (d *description) channelCreate() {
	q, _ := d.quantity(fieldAmount)
	d.add(chain.Effect{
		Kind: chain.Allow, Asset: q.asset, Amount: q.number, To: d.account(fieldDestination), Subject: "payment channel",
		Detail: "settle delay of " + decimalText(d.tx.uint(fieldSettleDelay)) + " seconds", Until: d.end(fieldCancelAfter),
	})
	d.add(chain.Effect{
		Kind: chain.Authority, To: d.keyText(d.tx.bytes(fieldPublicKey)), Subject: "payment channel",
		Detail: "whoever has this key says what is paid out of the channel", Until: d.end(fieldCancelAfter),
	})
}

// keyText is the address of a public key, or its digits.
func (d *description) keyText(raw []byte) string {
	if key, err := parseKey(raw); err == nil {
		if a, err := accountOf(key); err == nil {
			return d.accountText(a[:])
		}
	}
	return upperHex(raw)
}

func (d *description) channelFund() {
	q, _ := d.quantity(fieldAmount)
	e := chain.Effect{
		Kind: chain.Allow, Asset: q.asset, Amount: q.number, Subject: d.channel(), Detail: "more for a payment channel",
		Until: "until the channel is closed",
	}
	if d.tx.has(fieldExpiration) {
		e.Detail, e.Until = "more for a payment channel, which gets a new end", timeText(d.tx.uint(fieldExpiration))
	}
	d.add(e)
}

func (d *description) channel() string { return "channel " + upperHex(d.tx.bytes(fieldChannel)) }

func (d *description) channelClaim() uint64 {
	q, pays := d.quantity(fieldBalance)
	if pays {
		// Payer and receiver may both send this: which of them does stands in the ledger only.
		d.add(chain.Effect{
			Kind: chain.Move, Asset: q.asset, Amount: q.number, Subject: d.channel(),
			Detail: "the channel's payer pays its receiver; the amount is the total since the channel was made",
		})
	}
	if d.flags(flagRenew) {
		d.add(chain.Effect{Kind: chain.Allow, Asset: d.chain.network.Symbol, Amount: everything, Subject: d.channel(), Detail: "removes the channel's end", Until: untilCancelled})
	}
	if d.flags(flagClose) {
		d.add(chain.Effect{Kind: chain.Close, Asset: d.chain.network.Symbol, Amount: everything, Subject: d.channel(), Detail: "asks to close the channel; what is left goes back to its payer"})
	}
	if !pays && !d.flags(flagRenew) && !d.flags(flagClose) {
		d.statement(d.channel(), "changes nothing in the channel")
	}
	return flagRenew | flagClose
}

// remove says that an entry of the ledger is deleted that holds nothing.
func (d *description) remove(subject, detail string) {
	if detail == "" {
		detail = "cancels"
	}
	d.add(chain.Effect{Kind: chain.Destroy, Subject: subject, Detail: detail})
}

// statement says that something is written into the ledger that moves nothing.
func (d *description) statement(subject, detail string) {
	d.add(chain.Effect{Kind: chain.Message, Subject: subject, Detail: detail})
}
