package bitcoin

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// seeds are PSBTs that alice and bob sign, and published ones.
func seeds(f *testing.F) (all [][]byte) {
	c := btc()
	for _, script := range kindsOfCoins(f, c) {
		for _, previous := range []bool{false, true} {
			all = append(all, newDraft(previous, []coinOf{{50000, script}, {9, script}}, coinOf{40000, script}, coinOf{1, []byte{opReturn, 1, 'x'}}).bytes())
		}
	}
	script := multiSigScript(f, 1, "alice", "bob")
	all = append(all, newDraft(true, []coinOf{{50000, p2shScript(hash160(script))}}, coinOf{40000, script}).set(0, inRedeem, nil, script).sighash(0, 0x83).bytes())
	for _, text := range readBIP174(f).Valid {
		raw, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, raw)
	}
	return all
}

// FuzzDecode: whatever decodes is in the one encoding, has effects for every output and
// a fee, and one task for each signature that the result then holds.
func FuzzDecode(f *testing.F) {
	for _, raw := range seeds(f) {
		f.Add(raw, []byte{}, byte(0))
		f.Add(raw, []byte("stated"), byte(1))
		f.Add(raw, []byte("amounts 1,2"), byte(7))
	}
	f.Fuzz(func(t *testing.T, payload, context []byte, choice byte) {
		c := networks(false)[[]string{"BTC", "LTC", "DOGE", "BCH"}[choice>>1&3]]
		form := FormTransaction
		if choice&1 == 1 {
			form = FormPSBT
		}
		req := chain.Request{Form: form, Payload: payload, Context: context, Signers: []curve.PublicKey{publicOf(t, person("alice")), publicOf(t, person("bob"))}}
		in, err := c.Decode(req)
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Fatalf("an error without a kind: %v", err)
			}
			return
		}
		p, err := c.parsePacket(bytes.Clone(payload), true)
		if err != nil || !bytes.Equal(p.encode(), payload) {
			t.Fatalf("%x is written as %x, %v", payload, p.encode(), err)
		}
		if len(in.Effects) < len(p.tx.TxOut)+1 || len(in.Tasks) == 0 || in.Effects[len(in.Effects)-1].Kind != chain.Fee {
			t.Fatalf("%d tasks, effects:\n%s", len(in.Tasks), describe(in))
		}
		signatures := make([][]byte, len(in.Tasks))
		for i, task := range in.Tasks {
			size := 64
			if task.Scheme == curve.ECDSASecp256k1 {
				size = 65
			}
			signatures[i] = append(bytes.Repeat([]byte{5}, 64), 0)[:size]
		}
		out, err := in.Finish(signatures)
		if err != nil {
			t.Fatal(err)
		}
		if form == FormPSBT {
			if again, err := c.parsePacket(out, true); err != nil || !bytes.Equal(again.encode(), out) {
				t.Fatalf("the result %x does not decode: %v", out, err)
			}
			return
		}
		var tx wire.MsgTx
		if err := tx.Deserialize(bytes.NewReader(out)); err != nil {
			t.Fatalf("the result %x does not decode: %v", out, err)
		}
		for i, input := range tx.TxIn {
			if len(input.SignatureScript)+len(input.Witness) == 0 {
				t.Fatalf("input %d is not signed: %x", i, out)
			}
			input.SignatureScript, input.Witness = nil, nil
		}
		if !bytes.Equal(appendUnsigned(nil, &tx), p.global.get(globalUnsigned)) {
			t.Fatalf("the result %x is another transaction", out)
		}
	})
}

// FuzzReadFile: whatever is read, Decode accepts once it has the keys.
func FuzzReadFile(f *testing.F) {
	for _, raw := range seeds(f) {
		f.Add(raw)
		f.Add([]byte(hex.EncodeToString(raw)))
	}
	f.Add([]byte(bitcoreJSON))
	f.Add([]byte("0200000001db980a2a157c04f83a013e4b325bde45e06d66429112c73a2cefe285ca6f53d70000000000ffffffff02409c0000000000001976a9144f04b6e897c1a3dfe2b74bfc40cbc4d9c64daf3088ac78e60000000000001976a914086a977c7dad32a56996af2ce90a727238d4899888ac00000000:[100000]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, symbol := range []string{"BTC", "BCH"} {
			c := networks(false)[symbol]
			req, err := c.ReadFile(data)
			if err != nil {
				if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) && !fault.Is(err, fault.Unsupported) {
					t.Fatalf("kind of %v", err)
				}
				continue
			}
			if len(req.Payload) > 2*len(data)+100 {
				t.Fatalf("%d bytes became %d", len(data), len(req.Payload))
			}
			req.Signer = publicOf(t, person("nobody"))
			if _, err := c.Decode(req); err != nil && !fault.Is(err, fault.UnknownKey) {
				t.Fatalf("%q is read, but then refused: %v", data, err)
			}
			if again, err := c.ReadFile(req.Payload); req.Form == FormPSBT && (err != nil || !bytes.Equal(again.Payload, req.Payload)) {
				t.Fatalf("%x changes when it is read again: %x, %v", req.Payload, again.Payload, err)
			}
		}
	})
}

// FuzzTransaction: our reader of transactions agrees with the library's.
func FuzzTransaction(f *testing.F) {
	d := newDraft(true, []coinOf{{50000, []byte{op1}}}, coinOf{40000, []byte{op1}})
	f.Add(appendUnsigned(nil, d.tx))
	f.Add(d.packet.inputs[0].get(inPreviousTx))
	d.tx.TxIn[0].Witness = wire.TxWitness{{1}, {2, 3}}
	f.Add(serialize(d.tx))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 10000 {
			return
		}
		c := btc()
		if tx, err := c.parseUnsigned(bytes.Clone(raw)); err == nil {
			var theirs wire.MsgTx
			if err := theirs.DeserializeNoWitness(bytes.NewReader(raw)); err != nil || theirs.TxHash() != tx.TxHash() || !bytes.Equal(appendUnsigned(nil, tx), raw) {
				t.Fatalf("%x: %v", raw, err)
			}
		}
		stripped := withoutWitnesses(raw)
		var theirs wire.MsgTx
		r := bytes.NewReader(raw)
		if err := theirs.Deserialize(r); err != nil || r.Len() > 0 || len(theirs.TxIn) == 0 {
			return
		}
		if hash := theirs.TxHash(); !bytes.Equal(stripped, appendUnsigned(nil, &theirs)) {
			t.Fatalf("%x (%s) becomes %x", raw, hash, stripped)
		}
		for i, out := range theirs.TxOut {
			amount, script, ok := spentOutput(stripped, wire.OutPoint{Hash: theirs.TxHash(), Index: uint32(i)})
			if !ok || amount != out.Value || !bytes.Equal(script, out.PkScript) {
				t.Fatalf("output %d of %x is read as %d, %x, %v", i, raw, amount, script, ok)
			}
		}
		if _, _, ok := spentOutput(stripped, wire.OutPoint{Hash: theirs.TxHash(), Index: uint32(len(theirs.TxOut))}); ok {
			t.Fatalf("%x has an output too many", raw)
		}
	})
}

// FuzzPSBT: what is read is written as it was, and a spent output has one encoding. That
// the library sees the same in it is held by the tests in oracle/bitcoin.
func FuzzPSBT(f *testing.F) {
	for _, raw := range seeds(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := btc()
		p, err := c.parsePacket(bytes.Clone(raw), true)
		if err != nil {
			return
		}
		if !bytes.Equal(p.encode(), raw) {
			t.Fatalf("%x is written as %x", raw, p.encode())
		}
		for i := range p.inputs {
			field := p.inputs[i].get(inWitnessUTXO)
			if amount, script, ok := decodeOutput(field); ok && !bytes.Equal(encodeOutput(amount, script), field) {
				t.Fatalf("input %d of %x spends %d, %x", i, raw, amount, script)
			}
		}
	})
}

// FuzzParseAddress: what is read is written as the same script again.
func FuzzParseAddress(f *testing.F) {
	for _, c := range networks(false) {
		for _, format := range c.AddressFormats() {
			f.Add(addressAs(f, c, "alice", format))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, test := range []bool{false, true} {
			for _, c := range networks(test) {
				script, err := c.ParseAddress(text)
				if err != nil {
					continue
				}
				back, err := c.ParseAddress(c.addressOf(script))
				if err != nil || !bytes.Equal(back, script) {
					t.Fatalf("%s: %q is %x, which is written as %q", c.ID(), text, script, c.addressOf(script))
				}
			}
		}
	})
}
