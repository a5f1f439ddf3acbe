package bitcoin

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// multiSigScript is the script of m of the people's keys.
func multiSigScript(t testing.TB, m int, names ...string) []byte {
	t.Helper()
	script := []byte{byte(op1 + m - 1)}
	for _, n := range names {
		script = push(script, publicOf(t, person(n)).Bytes())
	}
	return append(script, byte(op1+len(names)-1), opMultiSig)
}

// longOf is a person's uncompressed public key.
func longOf(t testing.TB, name string) []byte {
	t.Helper()
	long, err := publicOf(t, person(name)).Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	return long
}

// p2pkScript pays to a public key.
func p2pkScript(public []byte) []byte { return append(push(nil, public), opCheckSig) }

// kindsOfCoins are the outputs that alice can spend alone.
func kindsOfCoins(t testing.TB, c Chain) map[string][]byte {
	return map[string][]byte{
		"p2pkh":              payTo(t, c, "alice", FormatP2PKH),
		"p2pkh uncompressed": payTo(t, c, "alice", FormatUncompressed),
		"p2pk":               p2pkScript(publicOf(t, person("alice")).Bytes()),
		"p2pk uncompressed":  p2pkScript(longOf(t, "alice")),
		"p2wpkh":             payTo(t, c, "alice", FormatP2WPKH),
		"p2sh-p2wpkh":        payTo(t, c, "alice", FormatNested),
		"p2tr":               payTo(t, c, "alice", FormatP2TR),
	}
}

// Every kind of input, with every hash type, is accepted by the library's engine.
func TestEveryInputVerifies(t *testing.T) {
	c := btc()
	for name, script := range kindsOfCoins(t, c) {
		for _, h := range []hashType{sighashAll, sighashNone, sighashSingle, 0x81, 0x82, 0x83, sighashDefault} {
			if h == sighashDefault && name != "p2tr" {
				continue
			}
			coins := []coinOf{{60000, script}, {50000, payTo(t, c, "bob", FormatP2WPKH)}}
			d := newDraft(true, coins, coinOf{90000, payTo(t, c, "mallory", FormatP2WPKH)}, coinOf{15000, script})
			d.sighash(0, h)
			in, signed := sign(t, c, d.request(t, FormTransaction, "bob", "alice"), people("alice", "bob")...)
			verify(t, signed, coins)
			if opaque := finds(in, chain.Effect{Kind: chain.Opaque, Subject: "input 0"}); opaque == h.everything() {
				t.Errorf("%s, %s:\n%s", name, h, describe(in))
			}
			if !finds(in, chain.Effect{Kind: chain.Move, Amount: "15000", Detail: "change"}) {
				t.Errorf("%s: change is not named:\n%s", name, describe(in))
			}
		}
	}
}

func sha256Of(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// A taproot output with a script tree is spent by its key.
func TestTaprootWithScriptTree(t *testing.T) {
	c := btc()
	root := bytes.Repeat([]byte{7}, 32)
	alice := publicOf(t, person("alice"))
	output, err := c.outputs.of(alice, root)
	if err != nil {
		t.Fatal(err)
	}
	coins := []coinOf{{50000, witnessScript(1, output)}}
	make := func() *draft {
		return newDraft(false, coins, coinOf{49000, payTo(t, c, "bob", FormatP2TR)}).set(0, inTapRoot, nil, root)
	}
	_, signed := sign(t, c, make().set(0, inTapInternal, nil, alice.Bytes()[1:]).request(t, FormTransaction, "bob", "alice"), person("alice"))
	verify(t, signed, coins)
	if _, err := c.Decode(make().request(t, FormTransaction, "alice")); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("without the internal key: %v", err)
	}
	if _, err := c.Decode(make().set(0, inTapInternal, nil, publicOf(t, person("bob")).Bytes()[1:]).request(t, FormTransaction, "alice", "bob")); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("with another internal key: %v", err)
	}
}

// What a PSBT says must hold together; otherwise nothing is signed.
func TestRefused(t *testing.T) {
	c := btc()
	p2wpkh := payTo(t, c, "alice", FormatP2WPKH)
	pkh := payTo(t, c, "alice", FormatP2PKH)
	bob := coinOf{40000, payTo(t, c, "bob", FormatP2PKH)}
	plain := func() *draft { return newDraft(false, []coinOf{{50000, p2wpkh}}, bob) }
	legacy := func() *draft { return newDraft(true, []coinOf{{50000, pkh}}, bob) }
	for name, v := range map[string]struct {
		d    *draft
		form string
		want fault.Kind
	}{
		"outputs above inputs":                      {newDraft(false, []coinOf{{50000, p2wpkh}}, coinOf{50001, pkh}), FormTransaction, fault.InvalidPayload},
		"legacy input without previous transaction": {newDraft(false, []coinOf{{50000, pkh}}, bob), FormTransaction, fault.InvalidPayload},
		"the same as a PSBT":                        {newDraft(false, []coinOf{{50000, pkh}}, bob), FormPSBT, fault.InvalidPayload},
		"another amount than in the previous one":   {legacy().set(0, inWitnessUTXO, nil, encodeOutput(50001, pkh)), FormTransaction, fault.InvalidPayload},
		"another script than in the previous one":   {legacy().set(0, inWitnessUTXO, nil, encodeOutput(50000, p2wpkh)), FormTransaction, fault.InvalidPayload},
		"previous transaction of another input":     {plain().set(0, inPreviousTx, nil, newDraft(true, []coinOf{{1, pkh}}, bob).packet.inputs[0].get(inPreviousTx)), FormTransaction, fault.InvalidPayload},
		"nothing about the spent output":            {plain().without(0, inWitnessUTXO), FormTransaction, fault.InvalidPayload},
		"redeem script of nothing":                  {plain().set(0, inRedeem, nil, p2wpkh), FormTransaction, fault.InvalidPayload},
		"another redeem script":                     {newDraft(false, []coinOf{{50000, payTo(t, c, "alice", FormatNested)}}, bob).set(0, inRedeem, nil, payTo(t, c, "bob", FormatP2WPKH)), FormTransaction, fault.InvalidPayload},
		"another witness script":                    {newDraft(false, []coinOf{{50000, witnessScript(0, make([]byte, 32))}}, bob).set(0, inWitnessScript, nil, pkh), FormPSBT, fault.InvalidPayload},
		"final script":                              {plain().set(0, inFinalWitness, nil, []byte{1, 0}), FormTransaction, fault.InvalidPayload},
		"final script, as a PSBT":                   {plain().set(0, inFinalWitness, nil, []byte{1, 0}), FormPSBT, fault.UnknownKey},
		"multi-signature in a transaction":          {newDraft(true, []coinOf{{50000, p2shScript(hash160(multiSigScript(t, 1, "alice")))}}, bob).set(0, inRedeem, nil, multiSigScript(t, 1, "alice")), FormTransaction, fault.Unsupported},
		"SINGLE without its output":                 {newDraft(true, []coinOf{{50000, payTo(t, c, "alice", FormatP2WPKH)}, {50000, pkh}}, bob).sighash(1, sighashSingle), FormTransaction, fault.InvalidPayload},
		"SINGLE|ANYONECANPAY without its output":    {newDraft(true, []coinOf{{50000, pkh}, {50000, p2wpkh}}, bob).sighash(1, 0x83), FormPSBT, fault.InvalidPayload},
		"hash type 0 before taproot":                {plain().sighash(0, 0), FormTransaction, fault.Unsupported},
		"hash type with FORKID":                     {plain().sighash(0, 0x41), FormTransaction, fault.Unsupported},
		"hash type 4":                               {plain().sighash(0, 4), FormTransaction, fault.Unsupported},
		"hash type 0x101":                           {plain().set(0, inSighash, nil, []byte{1, 1, 0, 0}), FormTransaction, fault.Unsupported},
		"negative amount":                           {newDraft(false, []coinOf{{-1, p2wpkh}}, bob), FormTransaction, fault.InvalidPayload},
		"more than all money":                       {newDraft(false, []coinOf{{bitcoinMoney + 1, p2wpkh}}, bob), FormTransaction, fault.InvalidPayload},
		"more than all money together":              {newDraft(false, []coinOf{{bitcoinMoney, p2wpkh}, {1, p2wpkh}}, bob), FormTransaction, fault.InvalidPayload},
		"negative output":                           {newDraft(false, []coinOf{{50000, p2wpkh}}, coinOf{-1, pkh}), FormTransaction, fault.InvalidPayload},
		"outputs above all money":                   {newDraft(false, []coinOf{{50000, p2wpkh}}, coinOf{bitcoinMoney, pkh}, coinOf{1, pkh}), FormTransaction, fault.InvalidPayload},
		"no outputs":                                {newDraft(false, []coinOf{{50000, p2wpkh}}), FormTransaction, fault.InvalidPayload},
		"somebody else's input":                     {newDraft(true, []coinOf{{50000, bob.script}}, bob), FormTransaction, fault.UnknownKey},
		"witness script that is not understood":     {newDraft(false, []coinOf{{50000, witnessScript(0, sha256Of(pkh))}}, bob).set(0, inWitnessScript, nil, pkh), FormPSBT, fault.UnknownKey},
		"taproot beside an unknown input":           {newDraft(false, []coinOf{{50000, payTo(t, c, "alice", FormatP2TR)}, {5, pkh}}, bob).without(1, inWitnessUTXO), FormPSBT, fault.InvalidPayload},
	} {
		in, err := c.Decode(v.d.request(t, v.form, "alice"))
		if !fault.Is(err, v.want) {
			t.Errorf("%s: %v", name, err)
			if err == nil {
				t.Log(describe(in))
			}
		}
	}
	d := plain()
	d.tx.TxIn = append(d.tx.TxIn, d.tx.TxIn[0])
	d.packet.inputs = append(d.packet.inputs, d.packet.inputs[0])
	if _, err := c.Decode(d.request(t, FormTransaction, "alice")); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("the same input twice: %v", err)
	}
	d = plain()
	d.tx.TxIn[0].PreviousOutPoint = wire.OutPoint{Index: noIndex}
	if _, err := c.Decode(d.request(t, FormTransaction, "alice")); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("an input that spends nothing: %v", err)
	}
	req := plain().request(t, FormTransaction)
	if _, err := c.Decode(req); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("no keys: %v", err)
	}
	ed, err := curve.NewPublicKey(curve.Ed25519, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	req.Signer = ed
	if _, err := c.Decode(req); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("key of another algorithm: %v", err)
	}
	req.Signers = make([]curve.PublicKey, maxKeys+1)
	if _, err := c.Decode(req); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too many keys: %v", err)
	}
	if _, err := c.Decode(chain.Request{Form: FormPSBT, Payload: make([]byte, maxPayload+1)}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// Without a key in the request, those that sign are the ones that the PSBT names.
func TestNamedKeys(t *testing.T) {
	c := btc()
	coins := []coinOf{{50000, payTo(t, c, "alice", FormatP2WPKH)}, {50000, payTo(t, c, "bob", FormatUncompressed)}}
	d := newDraft(true, coins, coinOf{90000, payTo(t, c, "carol", FormatP2PKH)})
	d.set(0, inDerivation, publicOf(t, person("alice")).Bytes(), make([]byte, 8)).set(0, inDerivation, publicOf(t, person("mallory")).Bytes(), make([]byte, 4))
	d.set(1, inDerivation, longOf(t, "bob"), make([]byte, 4)).set(1, inDerivation, append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...), make([]byte, 4))
	in, signed := sign(t, c, d.request(t, FormTransaction), people("alice", "bob")...)
	if len(in.Tasks) != 2 {
		t.Errorf("%d tasks", len(in.Tasks))
	}
	verify(t, signed, coins)
	// A key of the request stands alone.
	if in, err := c.Decode(d.request(t, FormPSBT, "bob")); err != nil || len(in.Tasks) != 1 {
		t.Errorf("%v\n%s", err, describe(in))
	}
}

// The largest transaction of inputs that are the most work is decoded.
func TestManyInputs(t *testing.T) {
	c := btc()
	coins := manyCoins(maxInputs, 1000, payTo(t, c, "alice", FormatUncompressed))
	in, err := c.Decode(newDraft(true, coins, manyCoins(1000, 1000, payTo(t, c, "bob", FormatP2PKH))...).request(t, FormTransaction, "bob", "alice"))
	if err != nil || len(in.Tasks) != maxInputs || len(in.Effects) != 1001 {
		t.Fatal(err)
	}
	coins = append(coins, coins[0])
	if _, err := c.Decode(newDraft(true, coins, manyCoins(1, 1000, coins[0].script)...).request(t, FormTransaction, "alice")); !fault.Is(err, fault.TooLarge) {
		t.Errorf("one input more: %v", err)
	}
	coins = coins[:1]
	if _, err := c.Decode(newDraft(true, coins, manyCoins(4000, 0, coins[0].script)...).request(t, FormTransaction, "alice")); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too many outputs: %v", err)
	}
}

// Only one order of entries is accepted, and each of them once.
func TestStrictPSBT(t *testing.T) {
	c := btc()
	d := newDraft(true, []coinOf{{50000, payTo(t, c, "alice", FormatP2WPKH)}}, coinOf{40000, payTo(t, c, "bob", FormatP2PKH)})
	d.set(0, 0xfc, []byte("unknown"), []byte("kept")).set(0, 0x20, nil, nil)
	d.packet.outputs[0] = fields{{[]byte{0xfc, 1}, []byte{2}}}
	good := d.request(t, FormPSBT, "alice")
	in, signed := sign(t, c, good, person("alice"))
	if len(in.Tasks) != 1 || !bytes.Contains(signed, []byte("unknown\x04kept")) {
		t.Errorf("an unknown entry is lost: %x", signed)
	}
	in0 := d.packet.inputs[0]
	for name, f := range map[string]fields{
		"turned round": {in0[2], in0[1], in0[0]},
		"twice":        {in0[0], in0[0], in0[1], in0[2]},
	} {
		bad := *d
		bad.packet.inputs = []fields{f}
		req := bad.request(t, FormPSBT, "alice")
		if _, err := c.Decode(req); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
		back, err := c.ReadFile(req.Payload)
		if name == "twice" && err == nil || name != "twice" && (err != nil || !bytes.Equal(back.Payload, good.Payload)) {
			t.Errorf("%s: read as %x, %v", name, back.Payload, err)
		}
	}
	// A length that could be shorter.
	long := bytes.Replace(good.Payload, []byte("unknown\x04kept"), []byte("unknown\xfd\x04\x00kept"), 1)
	if _, err := c.Decode(chain.Request{Form: FormPSBT, Payload: long, Signer: good.Signers[0]}); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("long length: %v", err)
	}
	for name, data := range map[string]string{
		"many inputs":  "70736274ff0100ff0002000000feffffff0f",
		"count":        "70736274ff01000a02000000feffffffff00",
		"outputs":      "70736274ff010034020000000100000000000000000000000000000000000000000000000000000000000000000000000000ffffffff00feffffffff",
		"length of 8":  "70736274ff01ffffffffffffffffff",
		"empty":        "",
		"magic":        "70736274ff",
		"end":          "70736274ff00",
		"other global": "70736274ff01fb0400000000000000",
		"version 2":    "70736274ff01fb040200000000",
	} {
		if _, err := c.Decode(chain.Request{Form: FormPSBT, Payload: unhex(t, data), Signer: good.Signers[0]}); err == nil || fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Bitcoin Cash signs with FORKID alone, so that nothing is valid on Bitcoin too.
func TestForkID(t *testing.T) {
	c := networks(false)["BCH"]
	script := payTo(t, c, "alice", FormatCashAddr)
	out := coinOf{40000, payTo(t, c, "bob", FormatCashAddr)}
	for _, h := range []hashType{0x41, 0x42, 0x43, 0xc1, 0xc2, 0xc3} {
		d := newDraft(false, []coinOf{{50000, script}}, out).sighash(0, h)
		in, signed := sign(t, c, d.request(t, FormTransaction, "alice"), person("alice"))
		var tx wire.MsgTx
		if err := tx.Deserialize(bytes.NewReader(signed)); err != nil {
			t.Fatal(err)
		}
		// push of 65 bytes: the signature and its type
		if s := tx.TxIn[0].SignatureScript; s[0] != 65 || hashType(s[65]) != h || in.Tasks[0].Scheme != curve.SchnorrBCH {
			t.Errorf("%s: %x", h, s)
		}
	}
	for _, h := range []hashType{0x01, 0x00, 0x61, 0x40, 0x81} {
		d := newDraft(false, []coinOf{{50000, script}}, out).sighash(0, h)
		if _, err := c.Decode(d.request(t, FormTransaction, "alice")); !fault.Is(err, fault.Unsupported) {
			t.Errorf("%#x: %v", byte(h), err)
		}
	}
	// The output of an input with tokens has another digest.
	tokens := append([]byte{tokenPrefix}, script...)
	if _, err := c.Decode(newDraft(false, []coinOf{{50000, tokens}}, out).request(t, FormTransaction, "alice")); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("tokens: %v", err)
	}
}
