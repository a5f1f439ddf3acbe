package bitcoin

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// What is seen before a key is named is not less than what is decided on with it.
func TestPreview(t *testing.T) {
	c := btc()
	mine, joint := payTo(t, c, "alice", FormatP2WPKH), multiSigScript(t, 2, "alice", "bob")
	mallory := coinOf{99000, payTo(t, c, "mallory", FormatP2WPKH)}
	to := addressAs(t, c, "mallory", FormatP2WPKH)
	for name, v := range map[string]struct {
		draft *draft
		want  []chain.Effect
	}{
		"one input": {newDraft(false, []coinOf{{100000, mine}}, mallory), []chain.Effect{
			{Kind: chain.Move, Amount: "99000", From: addressAs(t, c, "alice", FormatP2WPKH), To: to}, {Kind: chain.Fee, Amount: "1000"},
		}},
		"two inputs, nothing proved": {newDraft(false, []coinOf{{90000, mine}, {10000, payTo(t, c, "bob", FormatP2TR)}}, mallory), []chain.Effect{
			{Kind: chain.Move, From: addressAs(t, c, "alice", FormatP2WPKH) + ", " + addressAs(t, c, "bob", FormatP2TR)}, {Kind: chain.Fee, Amount: "all"},
		}},
		"another hash type": {newDraft(false, []coinOf{{100000, mine}}, mallory).sighash(0, sighashNone), []chain.Effect{
			{Kind: chain.Move, Detail: "not signed: others may change it"}, {Kind: chain.Opaque, Subject: "input 0: NONE"}, {Kind: chain.Fee, Amount: "all"},
		}},
		"shared account": {newDraft(true, []coinOf{{100000, p2shScript(hash160(joint))}}, mallory).set(0, inRedeem, nil, joint), []chain.Effect{
			{Kind: chain.Move, From: c.addressOf(p2shScript(hash160(joint))), To: to}, {Kind: chain.Fee, Amount: "1000"},
		}},
		"nothing said of an input": {newDraft(false, []coinOf{{100000, mine}}, mallory).without(0, inWitnessUTXO), []chain.Effect{
			{Kind: chain.Move, To: to}, {Kind: chain.Fee, Amount: "all", Detail: "nothing says what input 0 spends"},
		}},
		"final input": {newDraft(true, []coinOf{{100000, mine}, {1000, mine}}, mallory).set(1, inFinalWitness, nil, []byte{0}), []chain.Effect{
			{Kind: chain.Move, To: to}, {Kind: chain.Fee, Amount: "2000"},
		}},
	} {
		for _, form := range []string{FormTransaction, FormPSBT} {
			in, err := c.Preview(v.draft.request(t, form))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if len(in.Tasks) > 0 || in.Finish != nil {
				t.Errorf("%s: a preview can be signed", name)
			}
			for _, want := range v.want {
				if !finds(in, want) {
					t.Errorf("%s: no %s %+v:\n%s", name, want.Kind, want, describe(in))
				}
			}
		}
	}

	cash := networks(false)["BCH"]
	amounts := newDraft(false, []coinOf{{100000, payTo(t, cash, "alice", FormatCashAddr)}}, coinOf{99000, payTo(t, cash, "bob", FormatCashAddr)}).without(0, inWitnessUTXO)
	in, err := cash.Preview(chain.Request{Form: FormTransaction, Payload: amounts.bytes(), Context: Context{Amounts: []int64{100000}}.Encode()})
	if err != nil || !finds(in, chain.Effect{Kind: chain.Move, From: "signer"}) || !finds(in, chain.Effect{Kind: chain.Fee, Amount: "1000", From: "signer"}) {
		t.Errorf("amounts: %v\n%s", err, describe(in))
	}
	in, err = c.Preview(chain.Request{Form: FormBIP322, Payload: []byte("hello")})
	if err != nil || !finds(in, chain.Effect{Kind: chain.Message, From: "signer", Detail: `"hello"`}) || len(in.Tasks) > 0 {
		t.Errorf("message: %v\n%s", err, describe(in))
	}

	named := chain.Request{Form: FormMessage, Payload: []byte("hello"), Signer: publicOf(t, person("alice"))}
	if in, err = c.Preview(named); err != nil || len(in.Tasks) != 1 {
		t.Errorf("with a key: %v", err)
	}
	for name, req := range map[string]chain.Request{
		"unknown form": {Form: "x"}, "no PSBT": {Form: FormPSBT, Payload: []byte("x")}, "too long": {Form: FormMessage, Payload: make([]byte, maxMessage+1)},
		"outputs above the inputs": newDraft(false, []coinOf{{1, mine}}, mallory).request(t, FormPSBT),
		"unknown hash type":        newDraft(false, []coinOf{{100000, mine}}, mallory).sighash(0, 0x41).request(t, FormPSBT),
	} {
		if in, err := c.Preview(req); err == nil {
			t.Errorf("%s:\n%s", name, describe(in))
		}
	}
}

// What is remembered of taproot keys is what the curve says, also where several fall into
// one place.
func TestOutputKeys(t *testing.T) {
	known := &outputKeys{}
	roots := [][]byte{nil, bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)}
	for range 2 {
		for _, name := range []string{"alice", "bob", "carol"} {
			for _, root := range roots {
				key := publicOf(t, person(name))
				want, err := key.Taproot(root)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if got, err := known.of(key, root); err != nil || !bytes.Equal(got, want) {
						t.Errorf("%s: %x, %v, want %x", name, got, err, want)
					}
				}
			}
		}
	}
	slot := &tweaked{internal: publicOf(t, person("alice")), output: []byte("wrong")}
	for i := range known.slots {
		known.slots[i].Store(slot) // of another key, or of another root
	}
	for _, root := range roots[1:] {
		want, err := slot.internal.Taproot(root)
		if got, other := known.of(slot.internal, root); err != nil || other != nil || !bytes.Equal(got, want) {
			t.Errorf("%x, want %x", got, want)
		}
	}
	nowhere, err := curve.NewPublicKey(curve.Secp256k1, make([]byte, 33))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []curve.PublicKey{{}, nowhere} {
		if output, err := known.of(key, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s has the output key %x, %v", key, output, err)
		}
	}
}

// A payload that names more keys than may sign has no more of them looked at, and many
// keys of one script are hashed once.
func TestManyKeys(t *testing.T) {
	c := btc()
	d := newDraft(false, []coinOf{{100000, payTo(t, c, "alice", FormatP2WPKH)}}, coinOf{99000, payTo(t, c, "bob", FormatP2WPKH)})
	for i := range maxKeys {
		public := append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...) // no point
		public[31], public[32] = byte(i>>8), byte(i)
		d.packet.inputs[0] = append(d.packet.inputs[0], pair{append([]byte{inDerivation}, public...), make([]byte, 4)})
	}
	last := publicOf(t, person("alice")).Bytes()
	if last[0] != 3 {
		t.Fatal("the key must come last")
	}
	d.packet.inputs[0] = append(d.packet.inputs[0], pair{append([]byte{inDerivation}, last...), make([]byte, 4)})
	o, err := c.readOrder(FormPSBT, d.bytes(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if keys := o.named(); len(keys) != 0 {
		t.Errorf("%d keys were looked for behind %d others", len(keys), maxKeys)
	}

	script := multiSigScript(t, 2, "alice", "bob", "carol")
	req := newDraft(true, []coinOf{{100000, p2shScript(hash160(script))}, {100000, p2shScript(hash160(script))}}, coinOf{99000, payTo(t, c, "bob", FormatP2WPKH)}).
		set(0, inRedeem, nil, script).set(1, inRedeem, nil, script).request(t, FormPSBT, "alice", "bob", "carol")
	in, err := c.Decode(req)
	if err != nil || len(in.Tasks) != 6 {
		t.Fatalf("%v\n%s", err, describe(in))
	}
	for n, task := range in.Tasks {
		first := in.Tasks[n/3*3]
		if !bytes.Equal(task.Message, first.Message) || bytes.Equal(task.Message, in.Tasks[(n+3)%6].Message) {
			t.Errorf("task %d signs %x", n, task.Message)
		}
		if n%3 > 0 && &task.Message[0] == &first.Message[0] {
			t.Errorf("task %d shares memory with another", n)
		}
	}
}
