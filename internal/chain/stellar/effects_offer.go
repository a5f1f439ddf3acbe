package stellar

import (
	"math/big"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

// sellOffer is an order of which anybody may take any part, now or later. The offer id
// 0 makes a new one; an amount of 0 withdraws an old one.
func (d *description) sellOffer(selling, buying xdr.Asset, amount int64, price xdr.Price, id int64, what string) {
	sold, bought := d.asset(selling), d.asset(buying)
	if !d.offer(sold, amount, price, id, what) {
		return
	}
	d.move(chain.Effect{
		Asset: sold, Subject: offerName(id),
		Detail: phrases(what+", at most", "price: "+ratio(price)+" "+bought+" for each "+sold),
	}, xdr.Int64(amount))
}

func (d *description) buyOffer(op *xdr.ManageBuyOfferOp) {
	const what = "buy offer"
	sold, bought := d.asset(op.Selling), d.asset(op.Buying)
	if !d.offer(sold, int64(op.BuyAmount), op.Price, int64(op.OfferId), what) {
		return
	}
	d.add(chain.Effect{
		Kind: chain.Move, Asset: sold, Amount: product(int64(op.BuyAmount), op.Price), Subject: offerName(int64(op.OfferId)),
		Detail: phrases(what+", at most", "buys: "+d.amount(op.BuyAmount)+" "+bought, "price: "+ratio(op.Price)+" "+sold+" for each "+bought),
	})
}

// offer checks what all offers have. It reports whether the order stays to be shown;
// a withdrawal is shown here.
func (d *description) offer(sold string, amount int64, price xdr.Price, id int64, what string) bool {
	if price.N <= 0 || price.D <= 0 || id < 0 {
		d.fail("an offer with a price or number that is not positive")
		return false
	}
	if amount == 0 {
		d.add(chain.Effect{Kind: chain.Allow, Asset: sold, Amount: "0", Subject: offerName(id), Detail: what + " withdrawn"})
		return false
	}
	return true
}

func offerName(id int64) string {
	if id == 0 {
		return "new offer"
	}
	return "offer " + decimal(id)
}

func ratio(p xdr.Price) string {
	if p.D == 1 {
		return decimal(int64(p.N))
	}
	return decimal(int64(p.N)) + "/" + decimal(int64(p.D))
}

// product is what amount costs at a price, rounded up. It may be more than an account
// can hold.
func product(amount int64, p xdr.Price) string {
	n := new(big.Int).Mul(big.NewInt(amount), big.NewInt(int64(p.N)))
	d := big.NewInt(int64(p.D))
	n.Add(n, new(big.Int).Sub(d, big.NewInt(1)))
	return n.Div(n, d).String()
}
