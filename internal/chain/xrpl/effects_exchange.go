package xrpl

import (
	"strongroom/internal/chain"
)

// Flags of offers and of deposits into and withdrawals from pools.
const (
	flagPassive   = 0x00010000
	flagImmediate = 0x00020000 // tfImmediateOrCancel
	flagFillKill  = 0x00040000 // tfFillOrKill
	flagSell      = 0x00080000
	flagHybrid    = 0x00100000

	flagLPToken       = 0x00010000
	flagWithdrawAll   = 0x00020000
	flagOneAssetAll   = 0x00040000
	flagSingleAsset   = 0x00080000
	flagTwoAsset      = 0x00100000
	flagOneAssetLP    = 0x00200000
	flagLimitLPToken  = 0x00400000
	flagTwoAssetEmpty = 0x00800000
	flagClawTwoAssets = 0x00000001
)

// offerCreate: the sender loses at most TakerGets, at once or later.
func (d *description) offerCreate() uint64 {
	gives, _ := d.quantity(fieldTakerGets)
	wants, _ := d.quantity(fieldTakerPays)
	e := chain.Effect{
		Kind: chain.Move, Asset: gives.asset, Amount: gives.number,
		Detail: "offer: in exchange for " + wants.String(), Until: d.end(fieldExpiration),
	}
	if d.flags(flagSell) {
		e.Detail = "offer: sells all, in exchange for at least " + wants.String()
	}
	if d.tx.uint(fieldFlags)&(flagImmediate|flagFillKill) != 0 {
		e.Until = d.until // what does not trade at once is dropped
	}
	d.add(e)
	if d.tx.has(fieldOfferSequence) {
		d.remove("offer "+decimalText(d.tx.uint(fieldOfferSequence)), "replaced by this offer")
	}
	return flagPassive | flagImmediate | flagFillKill | flagSell | flagHybrid
}

// pool names the automated market maker of a pair of assets.
func (d *description) pool() string {
	return "AMM " + d.issueText(d.tx.bytes(fieldAsset)) + "/" + d.issueText(d.tx.bytes(fieldAsset2))
}

func (d *description) amm() uint64 {
	switch d.tx.kind {
	case txAMMCreate:
		first, _ := d.quantity(fieldAmount)
		second, _ := d.quantity(fieldAmount2)
		to := "AMM " + first.asset + "/" + second.asset
		for _, q := range []quantity{first, second} {
			d.add(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: to, Detail: "into a new pool, for shares"})
		}
	case txAMMDeposit:
		return d.ammDeposit()
	case txAMMWithdraw:
		return d.ammWithdraw()
	case txAMMVote:
		d.add(chain.Effect{Kind: chain.Register, Subject: d.pool(), Detail: "votes for a trading fee of " + decimalText(d.tx.uint(fieldTradingFee)) + " hundred-thousandths"})
	case txAMMBid:
		d.ammBid()
	case txAMMDelete:
		d.remove(d.pool(), "deletes an empty pool")
	case txAMMClawback:
		return d.ammClawback()
	}
	return 0
}

// ammDeposit: amounts are upper bounds, but for tfLPToken, which asks for shares and
// gives the least that is taken (rippled, AMMDeposit.h, equalDepositTokens). Where a
// bound is missing or zero, the pool decides how much it takes.
func (d *description) ammDeposit() uint64 {
	bounded, detail := 0, "at most, into a pool, for shares"
	if d.flags(flagLPToken) {
		detail = "at least, into a pool, for shares"
	}
	for _, c := range []fieldCode{fieldAmount, fieldAmount2} {
		q, ok := d.quantity(c)
		if !ok {
			continue
		}
		if !q.amount.isZero() {
			bounded++
		}
		d.add(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: d.pool(), Detail: detail})
	}
	if d.flags(flagLPToken) || bounded == 0 || bounded < 2 && d.tx.has(fieldAmount2) {
		detail = "the pool decides how much it takes"
		if shares, ok := d.quantity(fieldLPTokenOut); ok {
			detail += ", for shares: " + shares.String()
		}
		d.opaque("AMMDeposit", detail)
	}
	if d.tx.has(fieldTradingFee) {
		d.add(chain.Effect{Kind: chain.Register, Subject: d.pool(), Detail: "sets the trading fee of an empty pool"})
	}
	return flagLPToken | flagSingleAsset | flagTwoAsset | flagOneAssetLP | flagLimitLPToken | flagTwoAssetEmpty
}

func (d *description) ammWithdraw() uint64 {
	shares, ok := d.quantity(fieldLPTokenIn)
	switch {
	case d.tx.uint(fieldFlags)&(flagWithdrawAll|flagOneAssetAll) != 0:
		d.add(chain.Effect{Kind: chain.Close, Asset: "shares of " + d.pool(), Amount: everything, To: d.pool(), Detail: "gives all shares back"})
	case ok:
		d.add(chain.Effect{Kind: chain.Move, Asset: shares.asset, Amount: shares.number, To: d.pool(), Detail: "gives shares back"})
	default:
		d.opaque("AMMWithdraw", "the pool decides how many shares it takes")
	}
	for _, c := range []fieldCode{fieldAmount, fieldAmount2} {
		if q, ok := d.quantity(c); ok {
			d.receive(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, From: d.pool(), To: d.from, Detail: "out of a pool"})
		}
	}
	return flagLPToken | flagWithdrawAll | flagOneAssetAll | flagSingleAsset | flagTwoAsset | flagOneAssetLP | flagLimitLPToken
}

func (d *description) ammBid() {
	if most, ok := d.quantity(fieldBidMax); ok {
		d.add(chain.Effect{Kind: chain.Move, Asset: most.asset, Amount: most.number, To: d.pool(), Detail: "at most, for a discounted fee"})
	} else {
		d.opaque("AMMBid", "the pool decides how many shares the bid takes")
	}
	friends := d.elements(fieldAuthAccounts, fieldAuthAccount, fieldAccount)
	for i := range friends {
		d.add(chain.Effect{Kind: chain.Allow, To: d.accountText(friends[i].bytes(fieldAccount)), Subject: d.pool(), Detail: "trades at the discounted fee"})
	}
}

func (d *description) ammClawback() uint64 {
	e := chain.Effect{
		Kind: chain.Seize, Asset: d.issueText(d.tx.bytes(fieldAsset)), Amount: everything, From: d.account(fieldHolder), To: d.from,
		Subject: d.pool(), Detail: "clawback out of a pool",
	}
	if q, ok := d.quantity(fieldAmount); ok {
		e.Amount = q.number
		if q.asset != e.Asset {
			d.opaque("Amount", "of another asset than the one to claw back")
		}
	}
	d.add(e)
	if d.flags(flagClawTwoAssets) {
		e.Asset, e.Amount = d.issueText(d.tx.bytes(fieldAsset2)), everything
		d.add(e)
	}
	return flagClawTwoAssets
}
