package ui

import (
	"bytes"

	"strongroom/internal/api/clef/wire"
)

// differences names the members in which a transaction is another one than was asked
// for. How an address is spelled makes none, nor whether the data stands in data or in
// input, nor data of no bytes.
func differences(asked, answered *wire.SendTxArgs) (names []string) {
	a, b := plain(asked), plain(answered)
	for _, m := range members {
		if !bytes.Equal(m.value(&a), m.value(&b)) {
			names = append(names, m.name)
		}
	}
	// Whatever a transaction may have besides shows in its JSON.
	if len(names) == 0 {
		x, errX := a.MarshalJSON()
		y, errY := b.MarshalJSON()
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			names = append(names, "other")
		}
	}
	return names
}

// plain is a transaction in the one form of those that mean the same.
func plain(a *wire.SendTxArgs) wire.SendTxArgs {
	p := *a
	p.From = wire.AddressOf(a.From.Raw())
	if a.To != nil {
		to := wire.AddressOf(a.To.Raw())
		p.To = &to
	}
	if p.Input != nil {
		p.Data, p.Input = p.Input, nil
	}
	if p.Data != nil && len(*p.Data) == 0 {
		p.Data = nil
	}
	p.Type = nil
	return p
}

// members are those that the log names.
var members = [...]struct {
	name  string
	value func(a *wire.SendTxArgs) []byte
}{
	{"from", func(a *wire.SendTxArgs) []byte { return []byte(a.From.String()) }},
	{"to", func(a *wire.SendTxArgs) []byte {
		if a.To == nil {
			return nil
		}
		return []byte(a.To.String())
	}},
	{"gas", func(a *wire.SendTxArgs) []byte { return []byte(a.Gas.String()) }},
	{"gasPrice", func(a *wire.SendTxArgs) []byte { return quantity(a.GasPrice) }},
	{"maxFeePerGas", func(a *wire.SendTxArgs) []byte { return quantity(a.MaxFeePerGas) }},
	{"maxPriorityFeePerGas", func(a *wire.SendTxArgs) []byte { return quantity(a.MaxPriorityFeePerGas) }},
	{"value", func(a *wire.SendTxArgs) []byte { return a.Value[:] }},
	{"nonce", func(a *wire.SendTxArgs) []byte { return []byte(a.Nonce.String()) }},
	{"data", func(a *wire.SendTxArgs) []byte {
		if a.Data == nil {
			return nil
		}
		return *a.Data
	}},
	{"chainId", func(a *wire.SendTxArgs) []byte { return quantity(a.ChainID) }},
}

func quantity(q *wire.Quantity) []byte {
	if q == nil {
		return nil
	}
	return q[:]
}
