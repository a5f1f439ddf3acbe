package tron

import (
	"encoding/hex"

	"strongroom/internal/chain"
)

// Names of the two places where assets are traded by the protocol itself.
const (
	placeExchange = "exchange"
	placeMarket   = "market"
)

// exchange trades with pairs (Bancor), or by orders.
func (d *description) exchange() {
	v := d.t.value
	amount := func(field string) string { return decimal(v.number(field)) }
	pays := func(asset, amount, place, detail string) {
		d.add(chain.Effect{Kind: chain.Move, Asset: asset, Amount: amount, To: place, Detail: detail})
	}
	gets := func(asset, amount, place, detail string) {
		d.add(chain.Effect{Kind: chain.Move, Asset: asset, Amount: amount, From: place, To: d.owner, Detail: detail})
	}
	place := placeExchange + " " + amount("exchange_id")
	other := "other asset of " + place
	token := d.traded(v.bytes("token_id"))
	switch d.t.typ {
	case typeExchangeCreate:
		pays(d.traded(v.bytes("first_token_id")), amount("first_token_balance"), "new "+placeExchange, "first asset of the pair")
		pays(d.traded(v.bytes("second_token_id")), amount("second_token_balance"), "new "+placeExchange, "second asset of the pair")
	case typeExchangeInject:
		pays(token, amount("quant"), place, "added to the pair")
		pays(other, "all", place, "as much as the pair's proportion asks")
	case typeExchangeWithdraw:
		gets(token, amount("quant"), place, "taken from the pair")
		gets(other, "all", place, "as much as the pair's proportion gives")
	case typeExchangeTransaction:
		pays(token, amount("quant"), place, "sold")
		gets(other, amount("expected"), place, "bought, at least")
	case typeMarketSellAsset:
		pays(d.traded(v.bytes("sell_token_id")), amount("sell_token_quantity"), placeMarket, "order to sell")
		gets(d.traded(v.bytes("buy_token_id")), amount("buy_token_quantity"), placeMarket, "at least, for all of it")
	case typeMarketCancelOrder:
		d.add(chain.Effect{Kind: chain.Destroy, Subject: "order " + hex.EncodeToString(v.bytes("order_id")), Detail: "cancels the order"})
	}
}
