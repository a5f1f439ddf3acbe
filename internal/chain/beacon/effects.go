package beacon

import (
	"math/bits"
	"strconv"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
)

// Sides and durations of orders.
const (
	sideBuy   = 1
	sideSell  = 2
	limit     = 2 // the only type of order
	untilGone = 1 // good till expiry
	immediate = 3 // immediate or cancel

	unit     = 1e8 // smallest units in one of any coin
	decimals = 8
)

// ended is what people must know of the chain.
const ended = "this network has ended: the BNB Beacon Chain stopped in 2024, and nothing takes this transaction any more"

// describe says what signing a document means; owner is the address of the key.
func (c Chain) describe(in *chain.Intent, d *document, owner string) {
	m := &d.message
	in.Effects = make([]chain.Effect, 0, 2)
	switch m.kind {
	case send:
		m.describeSend(in)
	case newOrder:
		m.describeOrder(in)
	case cancel:
		in.Effects = append(in.Effects, chain.Effect{Kind: chain.Destroy, From: m.sender, Subject: "order " + m.id, Detail: "cancels an order in " + m.symbol})
	case holding:
		m.describeHolding(in)
	default:
		names := make([]string, 0, len(m.node.members))
		for i := range m.node.members {
			names = append(names, m.node.members[i].name)
		}
		in.Effects = append(in.Effects, chain.Effect{
			Kind: chain.Opaque, From: owner, Subject: "message", Detail: "of unknown type, with " + shorten(strings.Join(names, ", ")),
		})
	}
	in.Effects = append(in.Effects, chain.Effect{Kind: chain.Fee, Asset: c.network.Symbol, From: owner, Detail: "set by the network, not by the transaction"})
	in.Facts = []chain.Fact{
		{Name: "chain id", Value: c.chainID}, {Name: "account number", Value: decimal(d.accountNumber)},
		{Name: "sequence", Value: decimal(d.sequence)}, {Name: "source", Value: decimal(d.source)}, {Name: "memo", Value: shorten(plain(d.memo))},
	}
	in.Warnings = append(in.Warnings, ended)
	in.Units = map[string]chain.Unit{c.network.Symbol: {Symbol: c.network.Symbol, Decimals: decimals}}
}

func (m *message) describeSend(in *chain.Intent) {
	for _, out := range m.outputs {
		for _, one := range out.coins {
			in.Effects = append(in.Effects, chain.Effect{Kind: chain.Move, Asset: one.denom, Amount: decimal(one.amount), From: m.sender, To: out.address})
		}
	}
	if !m.balanced {
		in.Effects = append(in.Effects, chain.Effect{Kind: chain.Opaque, From: m.sender, Subject: "inputs", Detail: "inputs and outputs are not equal"})
	}
	if len(in.Effects) == 0 {
		in.Effects = append(in.Effects, chain.Effect{Kind: chain.Opaque, From: m.sender, Subject: "outputs", Detail: "a transfer of no coins"})
	}
}

// describeOrder shows the most that an order gives. Symbols are "BASE_QUOTE"; price is
// in quote for one base.
func (m *message) describeOrder(in *chain.Intent) {
	base, quote, ok := strings.Cut(m.symbol, "_")
	high, low := bits.Mul64(m.price, m.quantity)
	low, carry := bits.Add64(low, unit-1, 0)
	if high += carry; !ok || base == "" || quote == "" || m.orderType != limit || high >= unit ||
		m.side != sideBuy && m.side != sideSell || m.timeInForce != untilGone && m.timeInForce != immediate {
		in.Effects = append(in.Effects, chain.Effect{Kind: chain.Opaque, From: m.sender, Subject: "order " + m.id, Detail: "an order that is not understood"})
		return
	}
	total, _ := bits.Div64(high, low, unit)
	e := chain.Effect{Kind: chain.Move, From: m.sender, Subject: "order " + m.id}
	if m.side == sideBuy {
		e.Asset, e.Amount = quote, decimal(total)
		e.Detail = "order: buys " + decimal(m.quantity) + " " + base
	} else {
		e.Asset, e.Amount = base, decimal(m.quantity)
		e.Detail = "order: sells for at least " + decimal(total) + " " + quote
	}
	if m.timeInForce == untilGone {
		e.Until = "until cancelled or expired on the exchange"
	}
	in.Effects = append(in.Effects, e)
}

// describeHolding: one signature is good for four messages.
func (m *message) describeHolding(in *chain.Intent) {
	e := chain.Effect{Asset: m.symbol, Amount: decimal(m.amount), From: m.sender}
	for _, one := range []struct {
		kind    chain.EffectKind
		subject string
	}{{chain.Restrict, "freeze"}, {chain.Restrict, "unfreeze"}, {chain.Deploy, "mint"}, {chain.Destroy, "burn"}} {
		e.Kind, e.Subject, e.Detail = one.kind, one.subject, "the same signature is good to freeze, unfreeze, mint and burn"
		in.Effects = append(in.Effects, e)
	}
	in.Warnings = append(in.Warnings, "whoever has the signature can burn the coins: messages to freeze, unfreeze, mint and burn are signed alike")
}

// plain is a text in which characters are escaped that change how others look.
func plain(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !legible.Rune(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// shorten bounds what is shown to people.
func shorten(text string) string {
	const most = 1024
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
