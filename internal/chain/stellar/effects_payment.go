package stellar

import (
	"math"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

func (d *description) createAccount(op *xdr.CreateAccountOp) {
	to := d.account(accountText(op.Destination))
	d.move(chain.Effect{Asset: d.chain.network.Symbol, To: to, Detail: "create account"}, op.StartingBalance)
}

func (d *description) payment(op *xdr.PaymentOp) {
	asset, to := d.asset(op.Asset), d.receiver(op.Destination)
	d.move(chain.Effect{Asset: asset, To: to, Detail: d.burns(asset, op.Destination)}, op.Amount)
}

// burns says when an issuer gets his own asset: then it ceases to exist.
func (d *description) burns(asset string, to xdr.MuxedAccount) string {
	if by := issuer(asset); by != "" && by == ownerText(to) {
		return "to its issuer, which destroys it"
	}
	return ""
}

// move adds a Move of an amount and counts the native asset.
func (d *description) move(e chain.Effect, amount xdr.Int64) {
	e.Kind, e.Amount = chain.Move, d.amount(amount)
	if e.Asset == d.chain.network.Symbol && amount > 0 && d.moved <= math.MaxInt64-int64(amount) {
		d.moved += int64(amount)
	}
	d.add(e)
}

func (d *description) pathReceive(op *xdr.PathPaymentStrictReceiveOp) {
	send, receive, to := d.asset(op.SendAsset), d.asset(op.DestAsset), d.receiver(op.Destination)
	d.path(op.Path)
	d.move(chain.Effect{
		Asset: send, To: to,
		Detail: phrases("path payment, at most", "arrives: "+d.amount(op.DestAmount)+" "+receive, d.burns(receive, op.Destination)),
	}, op.SendMax)
}

func (d *description) pathSend(op *xdr.PathPaymentStrictSendOp) {
	send, receive, to := d.asset(op.SendAsset), d.asset(op.DestAsset), d.receiver(op.Destination)
	d.path(op.Path)
	d.move(chain.Effect{
		Asset: send, To: to,
		Detail: phrases("path payment", "arrives: at least "+d.amount(op.DestMin)+" "+receive, d.burns(receive, op.Destination)),
	}, op.SendAmount)
	if op.DestMin <= 1 {
		d.warn("a path payment takes whatever little arrives")
	}
}

// path names the assets that a path payment goes through.
func (d *description) path(path []xdr.Asset) {
	for _, a := range path {
		d.fact("path", d.asset(a))
	}
}

func (d *description) merge(to xdr.MuxedAccount) {
	d.add(chain.Effect{
		Kind: chain.Close, Asset: d.chain.network.Symbol, Amount: everything, To: d.receiver(to), Detail: "account merge",
	})
	d.add(chain.Effect{Kind: chain.Destroy, Subject: "account", Detail: "account merge"})
	d.warn("the account " + d.from + " ceases to exist")
}

func (d *description) clawback(op *xdr.ClawbackOp) {
	d.add(chain.Effect{
		Kind: chain.Seize, Asset: d.asset(op.Asset), Amount: d.amount(op.Amount), From: ownerText(op.From), To: d.from, Detail: "clawback",
	})
}
