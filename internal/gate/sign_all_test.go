package gate

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"strongroom/internal/approval"
	"strongroom/internal/chain"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

func (d *desktop) signAll(ctx context.Context, requests ...chain.Request) ([]Signed, error) {
	return d.SignAll(ctx, d.c, SignAllRequest{Chain: senderID, Requests: requests, Subject: "subject",
		Unlock: func(context.Context, KeyFile) (secret.Bytes, error) {
			d.note("password")
			return password("pw"), nil
		}})
}

// Several requests have one question, one password, one record and one settlement.
func TestSignAll(t *testing.T) {
	d := newDesktop(t, moveOnly()...)
	d.approves(approval.Answer{Verdict: approval.Approve})
	var all []Signed
	var err error
	records := d.since(func() {
		all, err = d.signAll(t.Context(), request("call", "one", 0x11), request("move", "two", 0x11))
	})
	if err != nil {
		t.Fatal(err)
	}
	d.wantLog("preview one", "preview two", "ask", "known 11", "open 11 for clef", "password", "decode", "decode",
		"sign", "finish", "sign", "finish", fmt.Sprintf("settle %s", d.ledger.settled[0]), "release")
	var list []byte
	for i, payload := range []string{"one", "two"} {
		want := "result of signature of " + payload
		if string(all[i].Result) != want || string(all[i].Signature) != "signature of "+payload || string(all[i].Request.Payload) != payload || all[i].Sequence != records[0].Sequence {
			t.Errorf("%+v", all[i])
		}
		list = rlp.AppendBytes(list, []byte(want))
	}
	d.ledger.check(t, 1, string(rlp.AppendList(nil, list)))
	if len(records) != 1 || len(records[0].Effects) != 2 || records[0].Digest == "" || records[0].Detail != "approved by ui" {
		t.Errorf("journaled %+v", records)
	}
	if q := d.ledger.questions[0]; len(q.Intent.Effects) != 2 || q.Subject != "subject" {
		t.Errorf("asked %+v", q)
	}
}

// All are signed or none, and what one of them may not do none does.
func TestSignAllOrNone(t *testing.T) {
	good := request("call", "good", 0x11)
	for name, tt := range map[string]struct {
		set      func(d *desktop)
		requests []chain.Request
		kind     fault.Kind
		asked    int
	}{
		"none":                 {nil, nil, fault.Invalid, 0},
		"too many":             {nil, make([]chain.Request, MaxSignAll+1), fault.Invalid, 0},
		"two senders":          {nil, []chain.Request{good, request("call", "good", 0x22)}, fault.Invalid, 0},
		"one that no rule has": {nil, []chain.Request{good, request("deploy", "bad", 0x11)}, fault.Denied, 0},
		"one undecodable":      {nil, []chain.Request{good, request("call", "", 0x11)}, fault.InvalidPayload, 0},
		"one that lies":        {func(d *desktop) { d.chain.lies = true }, []chain.Request{good, good}, fault.Internal, 1},
		"a failing key":        {func(d *desktop) { d.folder.fail = fault.Locked.New("no") }, []chain.Request{good, good}, fault.Locked, 1},
		"a failing approver":   {func(d *desktop) { d.ledger.fail = fault.Storage.New("no") }, []chain.Request{good, good}, fault.Storage, 1},
		"a changed request": {func(d *desktop) { d.approves(approval.Answer{Verdict: approval.Approve, Changed: &good}) },
			[]chain.Request{good, good}, fault.Unsupported, 1},
		"no such account": {nil, []chain.Request{request("call", "good", 0x66)}, fault.UnknownKey, 1},
		"an unknown account to be refused": {func(d *desktop) { d.cfg.KeyStores[0].RejectUnknown = true },
			[]chain.Request{request("call", "good", 0x66)}, fault.UnknownKey, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesktop(t, moveOnly()...)
			d.approves(approval.Answer{Verdict: approval.Approve})
			if tt.set != nil {
				tt.set(d)
			}
			all, err := d.signAll(t.Context(), tt.requests...)
			wantKind(t, err, tt.kind)
			if all != nil || len(d.ledger.questions) != tt.asked || len(d.ledger.settled) != tt.asked {
				t.Errorf("%d signed, asked %d times, settled with %q", len(all), len(d.ledger.questions), d.ledger.settled)
			}
		})
	}
}

// What is said of one of several is said of all.
func TestTogether(t *testing.T) {
	part1 := part{intent: &chain.Intent{Units: map[string]chain.Unit{"a": {Symbol: "A"}}, Names: map[string]string{"x": "X"}, Warnings: []string{"w"}}}
	part2 := part{intent: &chain.Intent{Units: map[string]chain.Unit{"b": {Symbol: "B"}}, Names: map[string]string{"y": "Y"}, Warnings: []string{"w", "v"}}}
	all := together([]part{part1, part2})
	if len(all.Units) != 2 || len(all.Names) != 2 || strings.Join(all.Warnings, "") != "wv" || len(part1.intent.Units) != 1 {
		t.Errorf("%+v", all)
	}
}

// The rules judge several requests as one: a rule that denies one effect denies all.
func TestSignAllDenied(t *testing.T) {
	d := newDesktop(t, append(moveOnly(), rule("no-messages", policy.Deny, func(r *policy.Rule) { r.Effects = []string{"message"} }))...)
	_, err := d.signAll(t.Context(), request("move", "good", 0x11), request("move,message", "bad", 0x11))
	wantKind(t, err, fault.Denied)
	if d.has("open 11 for clef") {
		t.Error("a key was opened")
	}
}
