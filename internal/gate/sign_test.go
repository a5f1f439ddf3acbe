package gate

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"strongroom/internal/audit"
	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// The journal tells of a signature who had what signed, with which effects.
func TestSignIsJournaled(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("kmd")
	w := h.wallet(c, "w")
	s := h.open(c, w.ID)
	k := h.key(c, s)
	var out Signed
	records := h.since(func() {
		var err error
		if out, err = h.Sign(t.Context(), c, paymentRequest(s, k.Public)); err != nil {
			t.Fatal(err)
		}
	})
	h.checkPayment(out, k.Public)
	if len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
	r := records[0]
	digest := sha256.Sum256(append([]byte("TX"), payment(k.Public, "note")...))
	if r.Phase != audit.Decision || r.Operation != "sign" || r.Verdict != "allow" || r.Rule != "all" || r.Error != "" ||
		r.Listener != "kmd" || r.Protocol != "test" || r.Address != c.Address || r.UID != 7 || r.Identity != "token" ||
		r.Wallet != FormatWalletID(w.ID) || r.Chain != algorand.ID || r.Form != algorand.FormTransaction || r.Digest != hex.EncodeToString(digest[:]) {
		t.Errorf("the record is %+v", r)
	}
	if r.Sequence != out.Sequence || r.Key != k.Public.String() {
		t.Errorf("record %d of key %q, want %d of %q", r.Sequence, r.Key, out.Sequence, k.Public)
	}
	if len(r.Effects) == 0 || !slices.Equal(r.Effects, out.Effects) || r.Effects[0].Kind != chain.Move || r.Effects[0].Amount != "5000" {
		t.Errorf("effects %+v, journaled %+v", out.Effects, r.Effects)
	}
}

// Of several things that are wrong, the first check of the pipeline answers.
func TestSignOrderOfChecks(t *testing.T) {
	rules := everything()
	rules = append(rules, policy.Rule{Name: "no calls", Verdict: policy.Deny, Listeners: []string{"*"}, Operations: []string{"sign"},
		Wallets: []string{"*"}, Keys: []string{"*"}, Effects: []string{"call"}})
	h := newHouse(t, rules)
	c := caller("kmd")
	s := h.open(c, h.wallet(c, "w").ID)
	k := h.key(c, s).Public
	stranger, err := curve.NewPublicKey(curve.Ed25519, bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	// Each request mends the first thing that is wrong with the one before.
	req := SignRequest{Chain: "no such chain", Password: password("wrong")}
	refused := func(kind fault.Kind, key string) {
		t.Helper()
		var err error
		records := h.since(func() { _, err = h.Sign(t.Context(), c, req) })
		wantKind(t, err, kind)
		if len(records) != 1 || records[0].Phase != audit.Decision || records[0].Verdict != "deny" || records[0].Error != kind.String() || records[0].Key != key {
			t.Fatalf("the refusal left %+v", records)
		}
		if h.signed() || h.chain.finished != 0 {
			t.Fatal("the refusal came after the signature")
		}
	}
	refused(fault.UnknownSession, "")
	req.Session = s
	refused(fault.Unsupported, "")
	req.Chain = fakeID
	refused(fault.InvalidPayload, "")
	req.Request = chain.Request{Form: "call", Payload: []byte("x"), Context: stranger.Bytes()}
	refused(fault.WrongPassword, stranger.String())
	req.Password = password("pw")
	refused(fault.UnknownKey, stranger.String())
	req.Request.Context = k.Bytes()
	refused(fault.Denied, k.String())
	req.Request.Form = "move"
	h.journal.Close()
	if _, err := h.Sign(t.Context(), c, req); err == nil || h.signed() || h.chain.finished != 0 {
		t.Errorf("without a journal: %v, signed %v", err, h.signed())
	}
}

func TestSignWithSeveralKeys(t *testing.T) {
	rules := everything()
	rules[0].Operations = []string{"wallet.*", "key.*"}
	h := newHouse(t, rules)
	c := caller("kmd")
	s := h.open(c, h.wallet(c, "w").ID)
	a, b := h.key(c, s).Public, h.key(c, s).Public
	allow := func(keys ...string) {
		t.Helper()
		p, err := policy.New(append(slices.Clone(rules), policy.Rule{Name: "signing", Verdict: policy.Allow, Listeners: []string{"*"},
			Operations: []string{"sign"}, Wallets: []string{"*"}, Keys: keys, Effects: []string{"move"}}), Operations())
		if err != nil {
			t.Fatal(err)
		}
		h.cfg.Policy = p
	}
	addressOfA, err := algorand.New().Address(a)
	if err != nil {
		t.Fatal(err)
	}
	hexOf := func(k curve.PublicKey) string { return hex.EncodeToString(k.Bytes()) }
	for _, keys := range [][]string{{hexOf(a)}, {hexOf(b)}, {addressOfA, "fake-" + a.String()}} {
		allow(keys...)
		for _, order := range [][]curve.PublicKey{{a, b}, {b, a}} {
			_, err := h.Sign(t.Context(), c, fakeRequest(s, chain.Move, order...))
			wantKind(t, err, fault.Denied)
		}
	}
	if h.signed() {
		t.Fatal("a denied request reached the vault")
	}
	allow("fake-"+a.String(), hexOf(b))
	var out Signed
	records := h.since(func() {
		if out, err = h.Sign(t.Context(), c, fakeRequest(s, chain.Move, a, b)); err != nil {
			t.Fatal(err)
		}
	})
	if len(out.Result) != 128 || !ed25519.Verify(a.Bytes(), []byte("\x00payload"), out.Result[:64]) || !ed25519.Verify(b.Bytes(), []byte("\x01payload"), out.Result[64:]) {
		t.Error("the signatures are wrong")
	}
	first, second := sha256.Sum256([]byte("\x00payload")), sha256.Sum256([]byte("\x01payload"))
	digest := sha256.Sum256(append(first[:], second[:]...))
	if len(records) != 1 || records[0].Digest != hex.EncodeToString(digest[:]) || records[0].Key != a.String()+" "+b.String() {
		t.Errorf("journaled %+v", records)
	}
}

// What is not understood needs a rule of its own.
func TestOpaqueIsDeniedByDefault(t *testing.T) {
	rules := everything()
	rules[0].Effects = nil
	for _, k := range chain.EffectKinds() {
		if k != chain.Opaque {
			rules[0].Effects = append(rules[0].Effects, k.String())
		}
	}
	h := newHouse(t, rules)
	c := caller("kmd")
	s := h.open(c, h.wallet(c, "w").ID)
	k := h.key(c, s).Public
	_, err := h.Sign(t.Context(), c, fakeRequest(s, chain.Opaque, k))
	wantKind(t, err, fault.Denied)
	program := SignRequest{Session: s, Password: password("pw"), Chain: algorand.ID,
		Request: chain.Request{Form: algorand.FormProgram, Payload: []byte{1, 0x20, 1, 1, 0x22}, Signer: k}}
	_, err = h.Sign(t.Context(), c, program)
	wantKind(t, err, fault.Denied)
	for name, req := range map[string]SignRequest{
		"no effect": {Session: s, Password: password("pw"), Chain: fakeID, Request: chain.Request{Form: "nothing", Payload: []byte("x"), Context: k.Bytes()}},
		"no task":   fakeRequest(s, chain.Move),
	} {
		if _, err := h.Sign(t.Context(), c, req); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.signed() {
		t.Error("something was signed")
	}
	if _, err := h.Sign(t.Context(), c, fakeRequest(s, chain.Move, k)); err != nil {
		t.Error(err)
	}
}

// A failure after the decision leaves an outcome that names it, and no result.
func TestFailureAfterDecision(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("kmd")
	s := h.open(c, h.wallet(c, "w").ID)
	k := h.key(c, s).Public
	h.chain.fail = fault.Corrupt.New("can not be finished")
	var out Signed
	var err error
	records := h.since(func() { out, err = h.Sign(t.Context(), c, fakeRequest(s, chain.Move, k)) })
	wantKind(t, err, fault.Corrupt)
	if out.Signature != nil || out.Result != nil || out.Sequence != 0 {
		t.Error("the result of failed work left the gate")
	}
	checkFailure(t, records, Sign, fault.Corrupt)

	h.store.fail = true
	records = h.since(func() { _, err = h.GenerateKey(t.Context(), c, s) })
	wantKind(t, err, fault.Storage)
	checkFailure(t, records, GenerateKey, fault.Storage)
	h.store.fail = false
	if k := h.key(c, s); k.Index != 2 {
		t.Errorf("the key after the failed one is number %d", k.Index)
	}
}

// checkFailure wants one decision to allow and one outcome of it.
func checkFailure(t *testing.T, records []audit.Record, op Operation, kind fault.Kind) {
	t.Helper()
	if len(records) != 2 {
		t.Fatalf("%s left %d records: %+v", op, len(records), records)
	}
	d, o := records[0], records[1]
	if d.Phase != audit.Decision || d.Verdict != "allow" || d.Operation != string(op) || d.Error != "" ||
		o.Phase != audit.Outcome || o.Ref != d.Sequence || o.Operation != string(op) || o.Error != kind.String() || o.Wallet != d.Wallet {
		t.Errorf("%s left %+v and %+v", op, d, o)
	}
}
