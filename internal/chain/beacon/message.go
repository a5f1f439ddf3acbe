package beacon

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// kind is a kind of message, as far as a sign document tells.
type kind uint8

const (
	other    kind = iota
	send          // moves coins between accounts
	newOrder      // offers one coin for another
	cancel        // cancels an order
	holding       // freezes, unfreezes, mints or burns: all are spelt alike
)

// message is a message of a sign document.
type message struct {
	kind    kind
	sender  string // "" for other messages
	node    *node
	outputs []output
	// encoded is the message in amino encoding, of holding without its prefix.
	encoded []byte

	balanced bool // of send: inputs and outputs are equal

	symbol, id                   string // of orders; of holding the symbol only
	side, orderType, timeInForce uint64
	price, quantity              uint64
	amount                       uint64 // of holding
}

// output is what one account gets, or gives.
type output struct {
	address string
	coins   []coin
}

type coin struct {
	denom  string
	amount uint64
}

// maxParties bounds the accounts of a transfer and the coins of each.
const maxParties = 256

// readMessage finds out what kind of message there is. One that has the members of a
// known kind must be one of it.
func (c Chain) readMessage(n *node) (m message, err error) {
	m.node = n
	switch {
	case n.has("inputs", "outputs"):
		err = c.readSend(&m)
	case n.has("id", "ordertype", "price", "quantity", "sender", "side", "symbol", "timeinforce"):
		err = c.readNewOrder(&m)
	case n.has("refid", "sender", "symbol"):
		err = c.readCancel(&m)
	case n.has("amount", "from", "symbol") && n.get("amount").isNumber():
		err = c.readHolding(&m)
	}
	return m, err
}

func (c Chain) readSend(m *message) error {
	m.kind = send
	m.encoded = append(make([]byte, 0, 256), prefixSend...)
	var inputs []output
	var err error
	if inputs, err = c.readParties(m, 1, "inputs"); err != nil {
		return err
	}
	if m.outputs, err = c.readParties(m, 2, "outputs"); err != nil {
		return err
	}
	m.sender = inputs[0].address
	for _, in := range inputs {
		if in.address != m.sender {
			return fault.Unsupported.New("inputs: a transfer from several accounts, which takes several signatures")
		}
	}
	given, ok := sum(inputs)
	taken, ok2 := sum(m.outputs)
	m.balanced = ok && ok2 && slices.Equal(given, taken)
	return nil
}

var errParties = fault.InvalidPayload.New("inputs and outputs are lists of {address, coins}, each coin {amount, denom}")

// readParties reads {address, coins} and appends their encoding to the message.
func (c Chain) readParties(m *message, number uint64, name string) (parties []output, err error) {
	list := m.node.get(name)
	if !list.isArray() || len(list.items) == 0 || len(list.items) > maxParties {
		return nil, errParties
	}
	parties = make([]output, 0, len(list.items))
	for i := range list.items {
		n := &list.items[i]
		if !n.has("address", "coins") || !n.get("address").isText() || !n.get("coins").isArray() || len(n.get("coins").items) > maxParties {
			return nil, errParties
		}
		p := output{address: n.get("address").text}
		raw, err := c.account(p.address)
		if err != nil {
			return nil, fault.InvalidPayload.Wrap(err, "%s: %s", name, fault.Text(err))
		}
		coins := n.get("coins").items
		p.coins = make([]coin, 0, len(coins))
		encoded := appendField(make([]byte, 0, 64), 1, raw)
		for j := range coins {
			one := &coins[j]
			amount, ok := one.get("amount").uint()
			if !one.has("amount", "denom") || !ok || !one.get("amount").isNumber() || !one.get("denom").isName() || one.get("denom").text == "" {
				return nil, errParties
			}
			p.coins = append(p.coins, coin{one.get("denom").text, amount})
			var room [64]byte
			encoded = appendField(encoded, 2, appendNumber(appendText(room[:0], 1, one.get("denom").text), 2, amount))
		}
		m.encoded = appendField(m.encoded, number, encoded)
		parties = append(parties, p)
	}
	return parties, nil
}

// sum adds what accounts give or get of each coin; false: more than there can be.
func sum(parties []output) (all []coin, ok bool) {
	for _, p := range parties {
		for _, one := range p.coins {
			i := slices.IndexFunc(all, func(c coin) bool { return c.denom == one.denom })
			if i < 0 {
				all, i = append(all, coin{denom: one.denom}), len(all)
			}
			if all[i].amount += one.amount; all[i].amount >= 1<<63 {
				return nil, false
			}
		}
	}
	slices.SortFunc(all, func(a, b coin) int { return strings.Compare(a.denom, b.denom) })
	return all, true
}

// isName reports whether a value is a text as the chain has them for assets and orders:
// plain ASCII without space, so that none looks like another one.
func (n *node) isName() bool {
	return n.isText() && !strings.ContainsFunc(n.text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// text reads a member that is a name, and number one that is a number.
func (m *message) text(name string, target *string) error {
	value := m.node.get(name)
	if !value.isName() {
		return fault.InvalidPayload.New("%s: not a text of plain ascii", name)
	}
	*target = value.text
	return nil
}

func (m *message) number(name string, target *uint64) error {
	value, ok := m.node.get(name).uint()
	if !ok || !m.node.get(name).isNumber() {
		return fault.InvalidPayload.New("%s: not a number of at most 63 bits", name)
	}
	*target = value
	return nil
}

func (c Chain) readNewOrder(m *message) error {
	m.kind = newOrder
	err := errors.Join(m.text("sender", &m.sender), m.text("id", &m.id), m.text("symbol", &m.symbol),
		m.number("ordertype", &m.orderType), m.number("side", &m.side), m.number("price", &m.price),
		m.number("quantity", &m.quantity), m.number("timeinforce", &m.timeInForce))
	if err != nil {
		return err
	}
	raw, err := c.account(m.sender)
	b := appendField([]byte(prefixNewOrder), 1, raw)
	b = appendText(appendText(b, 2, m.id), 3, m.symbol)
	for i, value := range []uint64{m.orderType, m.side, m.price, m.quantity, m.timeInForce} {
		b = appendNumber(b, uint64(4+i), value)
	}
	m.encoded = b
	return err
}

func (c Chain) readCancel(m *message) error {
	m.kind = cancel
	if err := errors.Join(m.text("sender", &m.sender), m.text("refid", &m.id), m.text("symbol", &m.symbol)); err != nil {
		return err
	}
	raw, err := c.account(m.sender)
	m.encoded = appendText(appendText(appendField([]byte(prefixCancel), 1, raw), 2, m.symbol), 3, m.id)
	return err
}

func (c Chain) readHolding(m *message) error {
	m.kind = holding
	if err := errors.Join(m.text("from", &m.sender), m.text("symbol", &m.symbol), m.number("amount", &m.amount)); err != nil {
		return err
	}
	raw, err := c.account(m.sender)
	m.encoded = appendNumber(appendText(appendField(nil, 1, raw), 2, m.symbol), 3, m.amount)
	return err
}

// encode is the message in amino encoding, with what the request's context says of it.
func (m *message) encode(context []byte) ([]byte, error) {
	switch m.kind {
	case send, newOrder, cancel:
		if len(context) != 0 {
			return nil, fault.Invalid.New("a transfer or order takes no context")
		}
		return m.encoded, nil
	case holding:
		switch string(context) {
		case prefixFreeze, prefixUnfreeze, prefixMint, prefixBurn:
			return slices.Concat(context, m.encoded), nil
		}
		return nil, fault.Invalid.New("the context has to be the amino prefix of a message to freeze, unfreeze, mint or burn")
	}
	if len(context) <= prefixSize {
		return nil, fault.Invalid.New("the context has to be the amino encoding of the message, whose type is not known")
	}
	for _, known := range []string{prefixSend, prefixNewOrder, prefixCancel, prefixFreeze, prefixUnfreeze, prefixMint, prefixBurn} {
		if string(context[:prefixSize]) == known {
			return nil, fault.Invalid.New("the context is a message of another type than the document's")
		}
	}
	return slices.Clone(context), nil
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
