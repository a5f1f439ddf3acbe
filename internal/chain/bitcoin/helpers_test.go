package bitcoin

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// networks are all chains of the family, by symbol.
func networks(test bool) map[string]Chain {
	row := func(id, symbol string) chain.Network {
		if test {
			id += "-testnet"
		}
		return chain.Network{ID: id, Symbol: symbol, Decimals: 8, Algorithm: curve.Secp256k1, Test: test}
	}
	pick := func(main, other func() Params) Params {
		if test {
			return other()
		}
		return main()
	}
	return map[string]Chain{
		"BTC":  New(row("bitcoin", "BTC"), pick(Bitcoin, BitcoinTestnet)),
		"LTC":  New(row("litecoin", "LTC"), pick(Litecoin, LitecoinTestnet)),
		"DOGE": New(row("dogecoin", "DOGE"), pick(Dogecoin, DogecoinTestnet)),
		"BCH":  New(row("bitcoin-cash", "BCH"), pick(BitcoinCash, BitcoinCashTestnet)),
	}
}

func btc() Chain { return networks(false)["BTC"] }

// person is a private key from a name.
func person(name string) []byte { return append(bytes.Repeat([]byte{1}, 32-len(name)), name...) }

func publicOf(t testing.TB, private []byte) curve.PublicKey {
	t.Helper()
	return chaintest.PublicKey(t, curve.Secp256k1, private)
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// payTo is the output script of a person's address in a format.
func payTo(t testing.TB, c Chain, name, format string) []byte {
	t.Helper()
	script, err := c.scriptOf(publicOf(t, person(name)), format)
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func addressAs(t testing.TB, c Chain, name, format string) string {
	t.Helper()
	a, err := c.AddressAs(publicOf(t, person(name)), format)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// privateText reads a private key.
func privateText(t testing.TB, c Chain, text string) []byte {
	t.Helper()
	_, key, err := c.ParsePrivate(secret.Copy([]byte(text)))
	if err != nil {
		t.Fatalf("%s: %v", c.ID(), err)
	}
	return key.Expose()
}

// coinOf is what an input spends.
type coinOf struct {
	value  int64
	script []byte
}

// draft makes PSBTs for tests.
type draft struct {
	tx     *wire.MsgTx
	packet *packet
	spent  []coinOf
}

// newDraft spends coins, of which each is output 1 of a transaction of its own. With
// previous, the PSBT has those; otherwise it has the outputs alone.
func newDraft(previous bool, coins []coinOf, outputs ...coinOf) *draft {
	d := &draft{tx: wire.NewMsgTx(2), spent: coins}
	var parents []*wire.MsgTx
	for i, c := range coins {
		parent := wire.NewMsgTx(1)
		parent.AddTxIn(&wire.TxIn{PreviousOutPoint: wire.OutPoint{Index: uint32(i)}, SignatureScript: []byte{1, byte(i)}})
		parent.AddTxOut(&wire.TxOut{Value: 1, PkScript: []byte{op1}})
		parent.AddTxOut(&wire.TxOut{Value: c.value, PkScript: c.script})
		parents = append(parents, parent)
		d.tx.AddTxIn(&wire.TxIn{PreviousOutPoint: wire.OutPoint{Hash: parent.TxHash(), Index: 1}, Sequence: finalSequence})
	}
	for _, o := range outputs {
		d.tx.AddTxOut(&wire.TxOut{Value: o.value, PkScript: o.script})
	}
	d.packet = newPacket(d.tx, nil)
	for i, c := range coins {
		if previous {
			d.set(i, inPreviousTx, nil, serialize(parents[i]))
		} else {
			d.set(i, inWitnessUTXO, nil, encodeOutput(c.value, c.script))
		}
	}
	return d
}

func (d *draft) set(input int, kind byte, data, value []byte) *draft {
	d.packet.inputs[input] = d.packet.inputs[input].with(kind, data, value)
	return d
}

// without takes an entry out of an input.
func (d *draft) without(input int, kind byte) *draft {
	var kept fields
	for _, p := range d.packet.inputs[input] {
		if p.key[0] != kind {
			kept = append(kept, p)
		}
	}
	d.packet.inputs[input] = kept
	return d
}

// stated takes the previous transactions of inputs away, and states the outputs instead.
func (d *draft) stated(inputs ...int) *draft {
	for _, i := range inputs {
		d.without(i, inPreviousTx).set(i, inWitnessUTXO, nil, encodeOutput(d.spent[i].value, d.spent[i].script))
	}
	return d
}

// tree says that an input has an internal key and a tree of scripts.
func (d *draft) tree(input int, internal curve.PublicKey, root []byte) *draft {
	return d.set(input, inTapInternal, nil, internal.Bytes()[1:]).set(input, inTapRoot, nil, root)
}

// sighash asks for a hash type.
func (d *draft) sighash(input int, h hashType) *draft {
	return d.set(input, inSighash, nil, []byte{byte(h), 0, 0, 0})
}

// bytes is the PSBT, of the transaction as it is now.
func (d *draft) bytes() []byte {
	d.packet.global = fields{{[]byte{globalUnsigned}, appendUnsigned(nil, d.tx)}}
	return d.packet.encode()
}

// request is one of that form, to be signed by people.
func (d *draft) request(t testing.TB, form string, names ...string) chain.Request {
	t.Helper()
	req := chain.Request{Form: form, Payload: d.bytes()}
	for _, name := range names {
		req.Signers = append(req.Signers, publicOf(t, person(name)))
	}
	return req
}

// sign decodes and signs.
func sign(t testing.TB, c Chain, req chain.Request, private ...[]byte) (*chain.Intent, []byte) {
	t.Helper()
	in, err := c.Decode(req)
	if err != nil {
		t.Fatalf("%v (%s)", err, fault.Hint(err))
	}
	signatures := make([][]byte, len(in.Tasks))
	for i, task := range in.Tasks {
		for _, p := range private {
			if publicOf(t, p) == task.Key {
				signatures[i] = chaintest.Sign(t, task, p)
				if err := curve.Verify(task.Scheme, task.Key, task.Message, signatures[i]); err != nil {
					t.Errorf("task %d: %v", i, err)
				}
			}
		}
		if signatures[i] == nil {
			t.Fatalf("task %d wants the key %s, which is not among those given", i, task.Key)
		}
	}
	out, err := in.Finish(signatures)
	if err != nil {
		t.Fatal(err)
	}
	return in, out
}

func people(names ...string) (keys [][]byte) {
	for _, n := range names {
		keys = append(keys, person(n))
	}
	return keys
}

// verify runs the scripts of a signed transaction by the library's engine.
func verify(t testing.TB, signed []byte, spent []coinOf) {
	t.Helper()
	var tx wire.MsgTx
	r := bytes.NewReader(signed)
	if err := tx.Deserialize(r); err != nil || r.Len() > 0 {
		t.Fatalf("the result does not decode: %v", err)
	}
	outputs := map[wire.OutPoint]*wire.TxOut{}
	for i, in := range tx.TxIn {
		outputs[in.PreviousOutPoint] = &wire.TxOut{Value: spent[i].value, PkScript: spent[i].script}
	}
	fetcher := txscript.NewMultiPrevOutFetcher(outputs)
	sums := txscript.NewTxSigHashes(&tx, fetcher)
	for i := range tx.TxIn {
		vm, err := txscript.NewEngine(spent[i].script, &tx, i, txscript.StandardVerifyFlags, nil, sums, spent[i].value, fetcher)
		if err != nil {
			t.Fatalf("input %d: %v", i, err)
		}
		if err := vm.Execute(); err != nil {
			t.Errorf("input %d: %v", i, err)
		}
	}
}

// describe lists effects, for failures.
func describe(in *chain.Intent) string {
	if in == nil {
		return ""
	}
	var b strings.Builder
	for _, e := range in.Effects {
		fmt.Fprintf(&b, "  %s %+v\n", e.Kind, e)
	}
	for _, w := range in.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	for _, f := range in.Facts {
		fmt.Fprintf(&b, "  %s: %s\n", f.Name, f.Value)
	}
	return b.String()
}

// finds reports whether an effect is among those of an intent. Empty members match
// anything; Detail and Subject need only be part of the text.
func finds(in *chain.Intent, want chain.Effect) bool {
	fits := func(want, got string) bool { return want == "" || want == got }
	for _, e := range in.Effects {
		if e.Kind == want.Kind && fits(want.Asset, e.Asset) && fits(want.Amount, e.Amount) && fits(want.From, e.From) &&
			fits(want.To, e.To) && strings.Contains(e.Subject, want.Subject) && strings.Contains(e.Detail, want.Detail) {
			return true
		}
	}
	return false
}

func warns(in *chain.Intent, part string) bool {
	for _, w := range in.Warnings {
		if strings.Contains(w, part) {
			return true
		}
	}
	return false
}
