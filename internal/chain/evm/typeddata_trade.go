package evm

import (
	"math/big"

	"strongroom/internal/chain"
)

// Types of items of Seaport (seaport-types: ConsiderationEnums.sol).
const (
	itemNative = iota
	itemERC20
	itemERC721
	itemERC1155
	itemERC721Criteria
	itemERC1155Criteria
)

// seaport is an order: anybody may take what is offered for what is asked.
func (o *order) seaport() { o.seaportOrder(o.message) }

// seaportBulk is a tree of orders, any of which may be taken.
func (o *order) seaportBulk() { o.seaportTree(o.at("tree")) }

func (o *order) seaportTree(v *value) {
	if !v.isArray() {
		o.seaportOrder(v)
		return
	}
	for i := range v.items {
		o.seaportTree(&v.items[i])
	}
}

func (o *order) seaportOrder(v *value) {
	offerer := v.at("offerer").address()
	if offerer == (address{}) { // what fills up a tree of orders, and nobody can take
		return
	}
	o.foreign(offerer)
	owner, end := o.text(offerer), until(v.at("endTime"))
	back := false
	asked := v.at("consideration").items
	for i := range asked {
		c := &asked[i]
		gets := c.at("recipient").address()
		back = back || gets == offerer && least(c).Sign() > 0
		o.fact("asks for", "at least "+least(c).String()+" of "+o.seaportAsset(c)+" for "+o.text(gets))
	}
	offer := v.at("offer").items
	for i := range offer {
		item := &offer[i]
		e := chain.Effect{Kind: chain.Allow, Asset: o.seaportAsset(item), Amount: most(item).String(), From: owner, To: anybody,
			Detail: "offered for sale at Seaport (" + o.contract + ")", Until: end}
		switch item.at("itemType").number().Uint64() {
		case itemERC721, itemERC1155:
			e.Subject = "token " + item.at("identifierOrCriteria").text()
		case itemERC721Criteria, itemERC1155Criteria:
			e.Subject = "any token that fits " + item.at("identifierOrCriteria").text()
		}
		o.add(e)
	}
	if len(offer) > 0 && !back {
		o.warn("The order gives something away and asks for nothing in return for the one who offers it.")
	}
	if len(offer) == 0 {
		o.opaque(o.contract, v.of.name, "an order that offers nothing")
	}
	if kind := v.at("orderType").number().Uint64(); kind > 1 { // the zone, or the contract, has a say
		o.fact("zone", o.text(v.at("zone").address()))
	}
}

// most is the larger of the two amounts between which an item moves with time: what
// is offered may be taken at that.
func most(item *value) *big.Int {
	_, larger := amounts(item)
	return larger
}

// least is the smaller of the two: what is asked may be paid at that.
func least(item *value) *big.Int {
	smaller, _ := amounts(item)
	return smaller
}

func amounts(item *value) (smaller, larger *big.Int) {
	start, end := item.at("startAmount").number(), item.at("endAmount").number()
	if start.Cmp(end) > 0 {
		return end, start
	}
	return start, end
}

// seaportAsset names an item by its type and contract.
func (o *order) seaportAsset(item *value) string {
	a := item.at("token").address()
	switch item.at("itemType").number().Uint64() {
	case itemNative:
		return o.asset(address{})
	case itemERC20:
		return o.tokenAsset(a)
	case itemERC721, itemERC721Criteria:
		return "erc721 " + o.text(a)
	case itemERC1155, itemERC1155Criteria:
		return "erc1155 " + o.text(a)
	}
	return "item of unknown type " + o.text(a)
}

// trade is an order to give one token for another.
type trade struct {
	sell, buy           address
	sellAmount, minimum *big.Int
	owner               address
	taker               string // who may take it
	until               string
}

func (o *order) trade(t trade) {
	o.foreign(t.owner)
	o.allow(o.tokenAsset(t.sell), t.sellAmount, 256, o.text(t.owner), t.taker,
		"sold for at least "+t.minimum.String()+" of "+o.asset(t.buy)+" at "+o.contract, t.until)
	if t.minimum.Sign() == 0 {
		o.warn("The order asks for nothing in return.")
	}
}

// cow is an order of CoW Protocol. Who gets the proceeds is the owner only where
// the receiver is zero. The owner is whoever signs.
func (o *order) cow() {
	sell := new(big.Int).Add(o.at("sellAmount").number(), o.at("feeAmount").number())
	o.trade(trade{
		sell: o.at("sellToken").address(), buy: o.at("buyToken").address(), sellAmount: sell, minimum: o.at("buyAmount").number(),
		owner: o.signer.Address, taker: o.contract, until: until(o.at("validTo")),
	})
	if gets := o.at("receiver").address(); gets != (address{}) && gets != o.signer.Address {
		o.warn("Somebody else gets the proceeds: " + o.text(gets) + ".")
		o.add(chain.Effect{Kind: chain.Move, Asset: o.tokenAsset(o.at("buyToken").address()), Amount: everything, From: o.signer.Text,
			To: o.text(gets), Detail: "the proceeds of the sale", Until: until(o.at("validTo"))})
	}
}

func (o *order) limit() {
	o.zeroEx(o.taker("taker"), until(o.at("expiry")))
}

func (o *order) rfq() {
	o.fact("sent by", o.address("txOrigin"))
	o.zeroEx(o.taker("taker"), until(o.at("expiry")))
}

// otc has its expiry in the 64 bits above nonces of 192.
func (o *order) otc() {
	o.fact("sent by", o.address("txOrigin"))
	end := &value{fieldType: fieldType{kind: kindUint, size: 64}}
	copy(end.word[24:], o.at("expiryAndNonce").word[:8])
	o.zeroEx(o.taker("taker"), until(end))
}

// taker is who may take an order; everybody where the member is zero.
func (o *order) taker(name string) string {
	if o.at(name).address() == (address{}) {
		return anybody
	}
	return o.address(name)
}

// zeroEx is an order of 0x.
func (o *order) zeroEx(taker, end string) {
	o.trade(trade{
		sell: o.at("makerToken").address(), buy: o.at("takerToken").address(), sellAmount: o.at("makerAmount").number(),
		minimum: o.at("takerAmount").number(), owner: o.at("maker").address(), taker: taker, until: end,
	})
}
