package multiversx

import (
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"strongroom/internal/chain"
)

const (
	everything = "all"
	nobody     = "nobody" // who gets what is burned
	decimals   = 18       // of EGLD
	maxQuoted  = 200      // bytes of a text that are shown
	tenth      = 10       // a fee above this part of the value is pointed out
	usual      = 4        // effects and facts that most transactions stay below
)

// description collects what one transaction does.
type description struct {
	chain    Chain
	tx       *transaction
	list     []chain.Effect
	facts    []chain.Fact
	warnings []string
	units    map[string]chain.Unit
	names    map[string]string
}

// describe gives the effects of a transaction, the fee last.
func (c Chain) describe(tx *transaction) *description {
	d := &description{chain: c, tx: tx, list: make([]chain.Effect, 0, usual), facts: make([]chain.Fact, 0, usual)}
	d.units = map[string]chain.Unit{c.network.Symbol: {Symbol: c.network.Symbol, Decimals: decimals}}
	d.fact("nonce", strconv.FormatUint(tx.Nonce, 10))
	d.fact("gas limit", strconv.FormatUint(tx.GasLimit, 10))
	d.fact("gas price", strconv.FormatUint(tx.GasPrice, 10))
	if tx.Version > versionOptions {
		d.opaque(tx.Receiver, "version "+strconv.FormatUint(uint64(tx.Version), 10), "unknown version of the transaction")
	}
	d.participants()
	d.value()
	d.data()
	d.fee()
	return d
}

// participants are the accounts with a part in the transaction besides sender and
// receiver.
func (d *description) participants() {
	tx := d.tx
	if len(tx.SenderUsername) > 0 {
		d.fact("sender's user name", quoted(string(tx.SenderUsername)))
	}
	if len(tx.ReceiverUsername) > 0 {
		d.fact("receiver's user name", quoted(string(tx.ReceiverUsername)))
	}
	if tx.Guardian != "" {
		d.fact("guardian", tx.Guardian)
	}
	if tx.Relayer != "" {
		d.fact("relayer", tx.Relayer)
		if tx.relayer == tx.sender {
			d.warn("the relayer is the sender itself")
		}
	}
	if what := systemName(tx.receiver); what != "" {
		d.name(tx.Receiver, what)
	}
}

// value is the Move of the native asset. It is left out where the value is zero and
// there is something else to say.
func (d *description) value() {
	tx := d.tx
	if tx.Value == "0" && len(tx.Data) > 0 {
		return
	}
	e := chain.Effect{Kind: chain.Move, Asset: d.chain.network.Symbol, Amount: tx.Value, To: tx.Receiver}
	if tx.receiver == (address{}) {
		e.Detail = "to the contract that is created"
		if len(tx.Data) == 0 {
			e.Detail = "to the address of zeros"
			d.warn("the receiver is the address of zeros, from which nobody can send")
		}
	}
	d.add(e)
}

// data is what the transaction asks for.
func (d *description) data() {
	tx := d.tx
	if len(tx.Data) == 0 {
		return
	}
	if tx.receiver == (address{}) {
		d.deploy()
		return
	}
	c, ok := parseCall(tx.Data)
	switch {
	case ok && d.builtin(&c):
	case ok && tx.receiver.isSystem() && d.systemCall(&c):
	case tx.receiver.isContract():
		d.contractCall(tx.Receiver, c, ok)
	case isFunction(c.function) && strings.Contains(string(tx.Data), "@"):
		d.opaque(tx.Receiver, c.function, "data that the protocol may take for a call")
	default:
		d.fact("note", quoted(string(tx.Data)))
		if tx.Value == "0" {
			d.add(chain.Effect{Kind: chain.Message, To: tx.Receiver, Subject: "note", Detail: quoted(string(tx.Data))})
		}
	}
}

// contractCall is a call that only the contract understands.
func (d *description) contractCall(contract string, c call, ok bool) {
	switch {
	case !ok:
		d.opaque(contract, "data", "data that is not a call")
	case !isFunction(c.function):
		d.opaque(contract, quoted(c.function), "contract call")
	default:
		d.opaque(contract, c.function, "contract call with "+strconv.Itoa(len(c.args))+" arguments")
	}
}

// fee is the last effect.
func (d *description) fee() {
	tx := d.tx
	high, low := bits.Mul64(tx.GasLimit, tx.GasPrice)
	payer := tx.Sender
	if tx.Relayer != "" {
		payer = tx.Relayer
	}
	amount := strconv.FormatUint(low, 10)
	if high != 0 {
		n := new(big.Int).SetUint64(high)
		amount = n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(low)).String()
	}
	d.add(chain.Effect{Kind: chain.Fee, Asset: d.chain.network.Symbol, Amount: amount, From: payer, Detail: "at most"})
	if tx.Value != "0" && len(tx.Data) == 0 && longer(amount, tx.Value) {
		d.warn("the fee may be more than a tenth of what is paid")
	}
}

// longer reports whether fee is more than a tenth of value; both are decimal numbers
// without leading zeros.
func longer(fee, value string) bool {
	scaled := fee + "0"
	if fee == "0" {
		return false
	}
	return len(scaled) > len(value) || len(scaled) == len(value) && scaled > value
}

// add appends an effect; what it does not say otherwise happens to the sender.
func (d *description) add(e chain.Effect) {
	if e.From == "" {
		e.From = d.tx.Sender
	}
	d.list = append(d.list, e)
}

func (d *description) opaque(to, subject, detail string) {
	d.add(chain.Effect{Kind: chain.Opaque, To: to, Subject: subject, Detail: detail})
}

func (d *description) fact(name, value string) {
	d.facts = append(d.facts, chain.Fact{Name: name, Value: value})
}

func (d *description) warn(sentence string) { d.warnings = append(d.warnings, sentence) }

func (d *description) name(address, what string) {
	if d.names == nil {
		d.names = map[string]string{}
	}
	d.names[address] = what
}

// unit notes how people count a token, for the few whose decimals everybody relies on.
func (d *description) unit(token string) {
	if d.chain.chainID != MainnetID {
		return
	}
	switch token {
	case "WEGLD-bd4d79":
		d.units[token] = chain.Unit{Symbol: "WEGLD", Decimals: 18}
	case "USDC-c76f1f":
		d.units[token] = chain.Unit{Symbol: "USDC", Decimals: 6}
	case "USDT-f8c08c":
		d.units[token] = chain.Unit{Symbol: "USDT", Decimals: 6}
	case "MEX-455c57":
		d.units[token] = chain.Unit{Symbol: "MEX", Decimals: 18}
	}
}

// quoted shows a text of the payload so that it cannot pass for anything else.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return strconv.QuoteToASCII(text[:maxQuoted]) + " (cut)"
	}
	return strconv.QuoteToASCII(text)
}
