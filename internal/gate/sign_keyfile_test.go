package gate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/approval"
	"strongroom/internal/audit"
	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

const senderID = "senders"

// senderChain is a chain of accounts that have addresses of 20 bytes. The effects are
// the kinds that stand in the form, with commas between them.
type senderChain struct {
	*log
	lies   bool  // decodes for the key what was not previewed
	other  bool  // wants the signature of another key
	fail   error // of Finish
	refuse error // of Decode

	decoding func() // called by Decode
}

func (*senderChain) ID() string                 { return senderID }
func (*senderChain) Algorithm() curve.Algorithm { return curve.Secp256k1 }
func (*senderChain) Address(curve.PublicKey) (string, error) {
	return "", fault.Unsupported.New("none")
}

func (c *senderChain) Preview(req chain.Request) (*chain.Intent, error) {
	c.note("preview %s", req.Payload)
	return c.read(req)
}

func (c *senderChain) read(req chain.Request) (*chain.Intent, error) {
	if len(req.Payload) == 0 {
		return nil, fault.InvalidPayload.New("nothing to sign")
	}
	intent := &chain.Intent{Chain: senderID, Form: req.Form}
	for name := range strings.SplitSeq(req.Form, ",") {
		if kind, ok := chain.ParseEffectKind(name); ok {
			intent.Effects = append(intent.Effects, chain.Effect{Kind: kind, From: hexaccount.Lower([20]byte(req.Context)), Detail: string(req.Payload)})
		}
	}
	return intent, nil
}

func (c *senderChain) Decode(req chain.Request) (*chain.Intent, error) {
	c.note("decode")
	if c.decoding != nil {
		c.decoding()
	}
	intent, err := c.read(req)
	if err != nil || c.refuse != nil {
		return nil, errors.Join(err, c.refuse)
	}
	if c.lies {
		intent.Effects[0].To = "somebody else"
	}
	key := req.Signer
	if c.other {
		key = publicKey(0x77)
	}
	intent.Tasks = []chain.Task{{Key: key, Scheme: curve.ECDSASecp256k1, Message: req.Payload}}
	intent.Finish = func(signatures [][]byte) ([]byte, error) {
		c.note("finish")
		return slices.Concat([]byte("result of "), signatures[0]), c.fail
	}
	return intent, nil
}

// log is what happened, in order.
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (l *log) has(line string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.lines, line)
}

// folder is a key store with accounts that need passwords.
type folder struct {
	*log
	accounts map[[20]byte]curve.PublicKey
	h        *house
	before   uint64 // number of the journal's last record when a key is opened
	fail     error  // of Sign
}

func (f *folder) known(listener string, address [20]byte) (KeyFile, error) {
	f.note("known %x", address[:1])
	if _, ok := f.accounts[address]; !ok {
		return KeyFile{}, fault.UnknownKey.New("unknown account")
	}
	return KeyFile{Address: address, Path: "/keystore/file"}, nil
}

func (f *folder) open(ctx context.Context, listener string, conn uint64, address [20]byte, unattended bool, unlock func(context.Context) (secret.Bytes, error)) (openKey, error) {
	f.note("open %x for %s", address[:1], listener)
	if unlock == nil {
		return nil, fault.Locked.New("the account is locked")
	}
	pw, err := unlock(ctx)
	if err != nil {
		return nil, err
	}
	defer pw.Wipe()
	if string(pw.Expose()) != "pw" {
		return nil, fault.WrongPassword.New("could not decrypt key with given password")
	}
	f.before = f.h.journal.Head().Sequence
	return &folderKey{folder: f, public: f.accounts[address]}, nil
}

type folderKey struct {
	*folder
	public curve.PublicKey
}

func (k *folderKey) Public() curve.PublicKey { return k.public }

func (k *folderKey) Sign(_ curve.Scheme, message []byte) ([]byte, error) {
	if k.h.journal.Head().Sequence == k.before {
		k.note("signed before it was journaled")
	}
	k.note("sign")
	return slices.Concat([]byte("signature of "), message), k.fail
}

func (k *folderKey) Release() { k.note("release") }

// publicKey is a point of the curve with this byte in its text.
func publicKey(b byte) curve.PublicKey {
	for i := byte(0); ; i++ {
		x := append([]byte{2}, bytes.Repeat([]byte{b}, 31)...)
		if key, err := curve.NewPublicKey(curve.Secp256k1, append(x, i)); err == nil {
			return key
		}
	}
}

// desktop is a house with a key store of two accounts, 0x11… and 0x22….
type desktop struct {
	*house
	*log
	t      *testing.T
	chain  *senderChain
	folder *folder
	ledger *ledger
	c      Caller
}

// address is 20 times the byte.
func address(b byte) [20]byte { return [20]byte(bytes.Repeat([]byte{b}, 20)) }

func newDesktop(t *testing.T, rules ...policy.Rule) *desktop {
	l := &log{}
	h := newHouse(t, rules)
	d := &desktop{house: h, log: l, t: t, chain: &senderChain{log: l}, ledger: &ledger{}, c: caller("clef")}
	d.folder = &folder{log: l, h: h, accounts: map[[20]byte]curve.PublicKey{address(0x11): publicKey(0x11), address(0x22): publicKey(0x22)}}
	h.files = d.folder
	h.chains[senderID] = d.chain
	h.cfg.KeyStores = []KeyStore{{Listener: "clef", Owner: "clef-ui", Name: "keystore"}}
	return d
}

// approves makes the approver of clef give an answer.
func (d *desktop) approves(a approval.Answer) {
	a.By = "ui"
	answers := d.ledger.answers(a, nil)
	d.approvers["clef"] = approver(func(ctx context.Context, q *approval.Question) (approval.Answer, error) {
		d.note("ask")
		answer, err := answers(ctx, q)
		settle := answer.Settle
		answer.Settle = func(ctx context.Context, result []byte) error {
			d.note("settle %s", result)
			return settle(ctx, result)
		}
		return answer, err
	})
}

// request asks for a signature of a payload by an account.
func request(form, payload string, by byte) chain.Request {
	a := address(by)
	return chain.Request{Form: form, Payload: []byte(payload), Context: a[:]}
}

// sign asks as clients do.
func (d *desktop) sign(ctx context.Context, r chain.Request) (Signed, error) {
	return d.Sign(ctx, d.c, SignRequest{KeyFiles: true, Chain: senderID, Request: r, Subject: "subject",
		Unlock: func(_ context.Context, file KeyFile) (secret.Bytes, error) {
			d.note("password for %x", file.Address[:1])
			return password("pw"), nil
		}})
}

func (d *desktop) wantLog(want ...string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.lines, want) {
		d.t.Errorf("happened:\n%q\nwant:\n%q", d.lines, want)
	}
}

// moveOnly allows moves and asks about calls; anything else is denied.
func moveOnly() []policy.Rule {
	return []policy.Rule{
		rule("moves", policy.Allow, func(r *policy.Rule) { r.Effects, r.Wallets = []string{"move"}, []string{"keystore"} }),
		rule("calls", policy.Ask, func(r *policy.Rule) { r.Effects, r.Wallets = []string{"call"}, []string{"keystore"} }),
	}
}

func TestKeyFileAllowed(t *testing.T) {
	d := newDesktop(t, moveOnly()...)
	d.approves(approval.Answer{})
	for _, listener := range []string{"clef", "clef-ui"} {
		d.c = caller(listener)
		d.lines = nil
		var out Signed
		var err error
		records := d.since(func() { out, err = d.sign(t.Context(), request("move", "payload", 0x11)) })
		if err != nil || string(out.Result) != "result of signature of payload" || string(out.Signature) != "signature of payload" || string(out.Request.Payload) != "payload" || len(out.Effects) != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		d.wantLog("preview payload", "known 11", "open 11 for "+listener, "password for 11", "decode", "sign", "finish", "release")
		digest := sha256.Sum256([]byte("payload"))
		if len(records) != 1 || records[0].Verdict != "allow" || records[0].Rule != "moves" || records[0].Detail != "" || records[0].Sequence != out.Sequence ||
			records[0].Key != hexaccount.Checksummed(address(0x11)) || records[0].Digest != hex.EncodeToString(digest[:]) || records[0].Chain != senderID || records[0].Form != "move" {
			t.Errorf("journaled %+v", records)
		}
	}
}

func TestKeyFileAsked(t *testing.T) {
	d := newDesktop(t, moveOnly()...)
	d.approves(approval.Answer{Verdict: approval.Approve})
	var err error
	records := d.since(func() { _, err = d.sign(t.Context(), request("call,move", "payload", 0x11)) })
	if err != nil {
		t.Fatal(err)
	}
	d.wantLog("preview payload", "ask", "known 11", "open 11 for clef", "password for 11", "decode", "sign", "finish",
		"settle result of signature of payload", "release")
	if len(records) != 1 || records[0].Rule != "calls" || records[0].Verdict != "allow" || records[0].Detail != "approved by ui" || len(records[0].Effects) != 2 {
		t.Errorf("journaled %+v", records)
	}
	q := d.ledger.questions[0]
	if q.Subject != "subject" || q.Intent == nil || len(q.Intent.Effects) != 2 || q.Wallet != "keystore" || len(q.Keys) != 1 || q.Keys[0] != hexaccount.Checksummed(address(0x11)) {
		t.Errorf("asked %+v", q)
	}
}

// Nobody learns of an account whose signature is not granted, and no password is asked.
func TestKeyFileNotGranted(t *testing.T) {
	late := approver(func(ctx context.Context, _ *approval.Question) (approval.Answer, error) {
		<-ctx.Done()
		return approval.Answer{Verdict: approval.Approve}, nil
	})
	for name, tt := range map[string]struct {
		form  string
		set   func(d *desktop, leave func())
		kind  fault.Kind
		error string
	}{
		"denied by a rule":   {"deploy", func(*desktop, func()) {}, fault.Denied, "denied"},
		"denied by a person": {"call", func(d *desktop, _ func()) { d.approves(approval.Answer{}) }, fault.Denied, "not-approved"},
		"timed out": {"call", func(d *desktop, _ func()) {
			d.cfg.Desk.Close()
			d.cfg.Desk = newDesk(1)
			d.approvers["clef"] = late
		}, fault.Denied, "approval-timeout"},
		"caller gone": {"call", func(d *desktop, leave func()) {
			d.approvers["clef"] = approver(func(ctx context.Context, q *approval.Question) (approval.Answer, error) {
				leave()
				return late(ctx, q)
			})
		}, fault.Canceled, "canceled"},
		"approver panics": {"call", func(d *desktop, _ func()) {
			d.approvers["clef"] = approver(func(context.Context, *approval.Question) (approval.Answer, error) { panic("boo") })
		}, fault.Denied, "not-approved"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, moveOnly()...)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			tt.set(d, leave)
			var err error
			records := d.since(func() { _, err = d.sign(ctx, request(tt.form, "payload", 0x11)) })
			wantKind(t, err, tt.kind)
			if len(records) != 1 || records[0].Verdict != "deny" || records[0].Error != tt.error || len(records[0].Effects) != 1 {
				t.Errorf("journaled %+v", records)
			}
			if d.has("known 11") || d.has("open 11 for clef") || d.has("sign") {
				t.Errorf("happened: %q", d.lines)
			}
		})
	}
}

// What the approver makes of a request is read and judged like any request.
func TestKeyFileChanged(t *testing.T) {
	change := func(r chain.Request) approval.Answer {
		return approval.Answer{Verdict: approval.Approve, Changed: &r}
	}
	t.Run("to what is allowed", func(t *testing.T) {
		d := newDesktop(t, moveOnly()...)
		d.approves(change(request("move", "changed", 0x11)))
		var out Signed
		var err error
		records := d.since(func() { out, err = d.sign(t.Context(), request("call", "payload", 0x11)) })
		if err != nil || string(out.Signature) != "signature of changed" || string(out.Request.Payload) != "changed" || out.Request.Form != "move" {
			t.Fatalf("%+v, %v", out, err)
		}
		if len(records) != 1 || records[0].Detail != "changed and approved by ui" || records[0].Form != "move" || records[0].Effects[0].Detail != "changed" {
			t.Errorf("journaled %+v", records)
		}
		d.ledger.check(t, 1, "result of signature of changed")
	})
	t.Run("to what would be asked about", func(t *testing.T) {
		d := newDesktop(t, moveOnly()...)
		d.approves(change(request("call", "changed", 0x11)))
		out, err := d.sign(t.Context(), request("call", "payload", 0x11))
		if err != nil || string(out.Signature) != "signature of changed" {
			t.Fatalf("%+v, %v", out, err)
		}
		d.ledger.check(t, 1, "result of signature of changed")
	})
	t.Run("the sender", func(t *testing.T) {
		d := newDesktop(t, moveOnly()...)
		d.approves(change(request("call", "payload", 0x22)))
		var err error
		records := d.since(func() { _, err = d.sign(t.Context(), request("call", "payload", 0x11)) })
		if err != nil || len(records) != 1 || records[0].Key != hexaccount.Checksummed(address(0x22)) {
			t.Fatalf("%+v, %v", records, err)
		}
		if d.has("known 11") || !d.has("password for 22") {
			t.Errorf("happened: %q", d.lines)
		}
	})
	for name, tt := range map[string]struct {
		changed chain.Request
		kind    fault.Kind
	}{
		"to what no rule covers":  {request("deploy", "changed", 0x11), fault.Denied},
		"to what a rule denies":   {request("message", "changed", 0x11), fault.Denied},
		"to a sender of no rule":  {request("call", "changed", 0x33), fault.Denied},
		"to nothing":              {request("call", "", 0x11), fault.InvalidPayload},
		"to no effects":           {request("nonsense", "changed", 0x11), fault.Internal},
		"without a sender":        {chain.Request{Form: "call", Payload: []byte("changed")}, fault.Invalid},
		"with a key of its own":   {chain.Request{Form: "call", Payload: []byte("changed"), Context: make([]byte, 20), Signer: publicKey(1)}, fault.Invalid},
		"to an unknown account":   {request("call", "changed", 0x44), fault.UnknownKey},
		"with a sender too short": {chain.Request{Form: "call", Payload: []byte("changed"), Context: make([]byte, 19)}, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, append(moveOnly(),
				rule("no-messages", policy.Deny, func(r *policy.Rule) { r.Effects = []string{"message"} }),
				rule("not-this-one", policy.Deny, func(r *policy.Rule) { r.Keys = []string{hexaccount.Lower(address(0x33))} }),
			)...)
			d.approves(change(tt.changed))
			var err error
			records := d.since(func() { _, err = d.sign(t.Context(), request("call", "payload", 0x11)) })
			wantKind(t, err, tt.kind)
			if len(records) != 1 || records[0].Verdict != "deny" || !strings.HasSuffix(records[0].Detail, "changed and approved by ui") {
				t.Errorf("journaled %+v", records)
			}
			d.ledger.check(t, 1, "nothing")
			if d.has("password for 11") || d.has("sign") {
				t.Errorf("happened: %q", d.lines)
			}
		})
	}
}

// What fails after the approval gives it back, and leaves the records that it should.
func TestKeyFileFailures(t *testing.T) {
	for name, tt := range map[string]struct {
		set     func(d *desktop)
		kind    fault.Kind
		records []string // phase and error of each
		settled string
		signs   bool
	}{
		"unknown account": {func(d *desktop) { delete(d.folder.accounts, address(0x11)) }, fault.UnknownKey, []string{"decision unknown-key"}, "nothing", false},
		"another effect":  {func(d *desktop) { d.chain.lies = true }, fault.Internal, []string{"decision internal"}, "nothing", false},
		"another key":     {func(d *desktop) { d.chain.other = true }, fault.Internal, []string{"decision internal"}, "nothing", false},
		"decoding":        {func(d *desktop) { d.chain.refuse = fault.InvalidPayload.New("no") }, fault.InvalidPayload, []string{"decision invalid-payload"}, "nothing", false},
		"signing":         {func(d *desktop) { d.folder.fail = fault.Locked.New("no") }, fault.Locked, []string{"decision ", "outcome locked"}, "nothing", true},
		"finishing":       {func(d *desktop) { d.chain.fail = fault.Invalid.New("no") }, fault.Invalid, []string{"decision ", "outcome invalid"}, "nothing", true},
		"settling":        {func(d *desktop) { d.ledger.fail = fault.Storage.New("disk full") }, fault.Storage, []string{"decision ", "outcome storage"}, "result of signature of payload", true},
		"the journal":     {func(d *desktop) { _ = d.journal.Close() }, fault.Canceled, nil, "nothing", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, moveOnly()...)
			d.approves(approval.Answer{Verdict: approval.Approve})
			tt.set(d)
			var out Signed
			var err error
			var got []string
			sign := func() { out, err = d.sign(t.Context(), request("call", "payload", 0x11)) }
			if tt.records == nil {
				sign()
			} else {
				for _, r := range d.since(sign) {
					got = append(got, string(r.Phase)+" "+r.Error)
				}
			}
			if err == nil || tt.records != nil && !fault.Is(err, tt.kind) || out.Result != nil || out.Signature != nil {
				t.Errorf("%+v, %v", out, err)
			}
			if !slices.Equal(got, tt.records) || d.has("sign") != tt.signs {
				t.Errorf("journaled %q, happened %q", got, d.lines)
			}
			if d.has("open 11 for clef") && !d.has("release") {
				t.Error("the key is not released")
			}
			d.ledger.check(t, 1, tt.settled)
		})
	}
}

func TestKeyFilePasswords(t *testing.T) {
	give := func(text string) func(context.Context, KeyFile) (secret.Bytes, error) {
		return func(context.Context, KeyFile) (secret.Bytes, error) { return password(text), nil }
	}
	for name, tt := range map[string]struct {
		unlock func(context.Context, KeyFile) (secret.Bytes, error)
		kind   fault.Kind
		is     error
	}{
		"wrong":       {give("wrong"), fault.WrongPassword, nil},
		"none to ask": {nil, fault.Locked, nil},
		"the UI fails": {func(context.Context, KeyFile) (secret.Bytes, error) {
			return secret.Bytes{}, fault.Unsupported.New("no")
		}, fault.Unsupported, nil},
		"too late": {func(ctx context.Context, _ KeyFile) (secret.Bytes, error) {
			<-ctx.Done()
			return password("pw"), nil
		}, fault.Denied, approval.ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, moveOnly()...)
			d.approves(approval.Answer{Verdict: approval.Approve})
			if tt.is != nil {
				d.cfg.Desk.Close()
				d.cfg.Desk = newDesk(100_000_000)
			}
			var err error
			records := d.since(func() {
				_, err = d.Sign(t.Context(), d.c, SignRequest{KeyFiles: true, Chain: senderID, Request: request("call", "payload", 0x11), Unlock: tt.unlock})
			})
			wantKind(t, err, tt.kind)
			if tt.is != nil && !errors.Is(err, tt.is) || len(records) != 1 || records[0].Verdict != "deny" || d.has("sign") {
				t.Errorf("%v, journaled %+v, happened %q", err, records, d.lines)
			}
			d.ledger.check(t, 1, "nothing")
		})
	}
	t.Run("the caller leaves", func(t *testing.T) {
		d := newDesktop(t, moveOnly()...)
		d.approves(approval.Answer{Verdict: approval.Approve})
		for _, form := range []string{"move", "call"} {
			ctx, leave := context.WithCancel(t.Context())
			d.chain.decoding = leave
			var err error
			records := d.since(func() { _, err = d.sign(ctx, request(form, "payload", 0x11)) })
			d.chain.decoding = nil
			wantKind(t, err, fault.Canceled)
			if form == "move" && (len(records) != 1 || records[0].Error != "canceled") { // the next are counted with it
				t.Errorf("journaled %+v", records)
			}
			ctx, leave = context.WithCancel(t.Context())
			_, err = d.Sign(ctx, d.c, SignRequest{KeyFiles: true, Chain: senderID, Request: request(form, "payload", 0x11),
				Unlock: func(context.Context, KeyFile) (secret.Bytes, error) { leave(); return password("pw"), nil }})
			wantKind(t, err, fault.Canceled)
			if d.has("sign") {
				t.Error("it was signed for nobody")
			}
		}
		d.ledger.check(t, 2, "nothing", "nothing")
	})
}

// Where unknown accounts are refused, nobody is asked about them.
func TestKeyFileRejectUnknown(t *testing.T) {
	d := newDesktop(t, moveOnly()...)
	d.cfg.KeyStores[0].RejectUnknown = true
	d.approves(approval.Answer{Verdict: approval.Approve})
	_, err := d.sign(t.Context(), request("call", "payload", 0x55))
	wantKind(t, err, fault.UnknownKey)
	d.wantLog("preview payload", "known 55")
	d.ledger.check(t, 0)

	changed := request("call", "changed", 0x55)
	d.approves(approval.Answer{Verdict: approval.Approve, Changed: &changed})
	_, err = d.sign(t.Context(), request("call", "payload", 0x11))
	wantKind(t, err, fault.UnknownKey)
	d.ledger.check(t, 1, "nothing")
	if d.has("open 55 for clef") {
		t.Error("it was opened")
	}
}

// A rule that denies a key by a name that only the key itself tells still holds.
func TestKeyFileDeniedByItsKey(t *testing.T) {
	d := newDesktop(t, append(moveOnly(),
		rule("never", policy.Deny, func(r *policy.Rule) { r.Keys = []string{hexOf(publicKey(0x11).String())} }))...)
	d.approves(approval.Answer{Verdict: approval.Approve})
	for _, form := range []string{"move", "call"} {
		_, err := d.sign(t.Context(), request(form, "payload", 0x11))
		wantKind(t, err, fault.Denied)
		if d.has("sign") || !d.has("release") {
			t.Errorf("happened: %q", d.lines)
		}
	}
	d.ledger.check(t, 1, "nothing")
	if _, err := d.sign(t.Context(), request("move", "payload", 0x22)); err != nil {
		t.Error(err)
	}
}

// While somebody thinks, the caller can not exchange what is signed.
func TestKeyFileRequestIsCopied(t *testing.T) {
	d := newDesktop(t, moveOnly()...)
	r := request("call", "payload", 0x11)
	d.approvers["clef"] = approver(func(context.Context, *approval.Question) (approval.Answer, error) {
		copy(r.Payload, "PAYLOAD")
		copy(r.Context, bytes.Repeat([]byte{0x22}, 20))
		return approval.Answer{Verdict: approval.Approve, By: "ui"}, nil
	})
	out, err := d.sign(t.Context(), r)
	if err != nil || string(out.Signature) != "signature of payload" || !d.has("password for 11") {
		t.Errorf("%+v, %v, %q", out, err, d.lines)
	}
}

func TestKeyFileBadRequests(t *testing.T) {
	good := request("move", "payload", 0x11)
	for name, tt := range map[string]struct {
		change func(d *desktop, r *SignRequest)
		kind   fault.Kind
	}{
		"no key store":     {func(d *desktop, _ *SignRequest) { d.c = caller("kmd") }, fault.Unsupported},
		"no listener":      {func(d *desktop, _ *SignRequest) { d.c = caller("") }, fault.Unsupported},
		"no sender":        {func(_ *desktop, r *SignRequest) { r.Request.Context = nil }, fault.Invalid},
		"a signer":         {func(_ *desktop, r *SignRequest) { r.Request.Signer = publicKey(0x11) }, fault.Invalid},
		"signers":          {func(_ *desktop, r *SignRequest) { r.Request.Signers = []curve.PublicKey{publicKey(0x11)} }, fault.Invalid},
		"no chain":         {func(_ *desktop, r *SignRequest) { r.Chain = "nowhere" }, fault.Unsupported},
		"no such accounts": {func(_ *desktop, r *SignRequest) { r.Chain = fakeID }, fault.Unsupported},
		"no payload":       {func(_ *desktop, r *SignRequest) { r.Request.Payload = nil }, fault.InvalidPayload},
		"no effects":       {func(_ *desktop, r *SignRequest) { r.Request.Form = "nonsense" }, fault.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, moveOnly()...)
			d.cfg.KeyStores[0].Owner = ""
			req := SignRequest{KeyFiles: true, Chain: senderID, Request: good}
			tt.change(d, &req)
			var err error
			records := d.since(func() { _, err = d.Sign(t.Context(), d.c, req) })
			wantKind(t, err, tt.kind)
			if len(records) != 1 || records[0].Phase != audit.Decision || records[0].Verdict != "deny" || d.has("known 11") {
				t.Errorf("journaled %+v, happened %q", records, d.lines)
			}
		})
	}
}
