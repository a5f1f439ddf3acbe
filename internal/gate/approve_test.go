package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/audit"
	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// approver is a function that approves.
type approver func(ctx context.Context, q *approval.Question) (approval.Answer, error)

func (f approver) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	return f(ctx, q)
}

// ledger remembers what the approver of a listener was asked and told.
type ledger struct {
	mu        sync.Mutex
	questions []approval.Question
	settled   []string // results as text, "nothing" where there was none
	fail      error    // of every Settle
}

// answers is an approver that keeps a ledger.
func (l *ledger) answers(a approval.Answer, err error) approver {
	return func(_ context.Context, q *approval.Question) (approval.Answer, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.questions = append(l.questions, *q)
		a := a
		a.Settle = l.settle
		return a, err
	}
}

func (l *ledger) settle(_ context.Context, result []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if result == nil {
		l.settled = append(l.settled, "nothing")
	} else {
		l.settled = append(l.settled, string(result))
	}
	return l.fail
}

func (l *ledger) check(t *testing.T, asked int, settled ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.questions) != asked || !slices.Equal(l.settled, settled) {
		t.Errorf("asked %d times, settled with %q; want %d, %q", len(l.questions), l.settled, asked, settled)
	}
}

func rule(name string, v policy.Verdict, change func(r *policy.Rule)) policy.Rule {
	any := []string{"*"}
	r := policy.Rule{Name: name, Verdict: v, Listeners: any, Operations: any, Wallets: any, Keys: any, Effects: any}
	change(&r)
	return r
}

// asking are rules that ask the listener "tested" about an operation, and else allow
// everything.
func asking(op Operation) []policy.Rule {
	others := slices.DeleteFunc(Operations(), func(name string) bool { return name == string(op) })
	return []policy.Rule{
		rule("setup", policy.Allow, func(r *policy.Rule) { r.Listeners = []string{"setup"} }),
		rule("others", policy.Allow, func(r *policy.Rule) { r.Listeners, r.Operations = []string{"tested"}, others }),
		rule("asks", policy.Ask, func(r *policy.Rule) { r.Listeners, r.Operations = []string{"tested"}, []string{string(op)} }),
	}
}

// Every operation can be asked about, but for those that answer; it happens if it is
// approved, and only then, and the journal says who did.
func TestEveryOperationCanBeAsked(t *testing.T) {
	for op, call := range operate() {
		set := func(t *testing.T) *scene {
			t.Parallel()
			s := stageWith(t, asking(op), "setup")
			if op != UnlockWallet && op != GenerateKey {
				s.session = s.open(s.c, s.wallet.ID)
			}
			s.vault.Tidy()
			return s
		}
		if op == ReadApprovals || op == AnswerApproval {
			t.Run(string(op), func(t *testing.T) {
				s := set(t)
				err := call(s)
				wantKind(t, err, fault.Denied)
				if !strings.HasSuffix(fault.Text(err), "and nobody can") {
					t.Errorf("somebody was asked: %v", err)
				}
			})
			continue
		}
		t.Run(string(op), func(t *testing.T) {
			s := set(t)
			if op == ExportWallet {
				return // seconds of scrypt that TestEveryOperation spends already
			}
			if op == GenerateKey {
				s.session = s.open(s.c, s.wallet.ID)
			}
			var l ledger
			s.approvers["tested"] = l.answers(approval.Answer{Verdict: approval.Approve, By: "ui"}, nil)
			var err error
			records := about(op, s.since(func() { err = call(s) }))
			if err != nil {
				t.Fatal(err)
			}
			if len(records) != 1 || records[0].Verdict != "allow" || records[0].Rule != "asks" || !strings.HasSuffix(records[0].Detail, "approved by ui") {
				t.Errorf("journaled %+v", records)
			}
			if len(l.questions) != 1 || len(l.settled) != 1 || l.settled[0] == "nothing" || l.questions[0].Operation != string(op) {
				t.Errorf("asked %+v, settled with %q", l.questions, l.settled)
			}
		})
		t.Run(string(op)+" denied", func(t *testing.T) {
			s := set(t)
			if op == GenerateKey {
				s.session = s.open(s.c, s.wallet.ID)
			}
			var l ledger
			s.approvers["tested"] = l.answers(approval.Answer{By: "ui"}, nil)
			before := s.state()
			var err error
			records := about(op, s.since(func() { err = call(s) }))
			wantKind(t, err, fault.Denied)
			if fault.Text(err) != "request denied" {
				t.Errorf("the caller is told %q", fault.Text(err))
			}
			if len(records) != 1 || records[0].Phase != audit.Decision || records[0].Verdict != "deny" || records[0].Rule != "asks" ||
				records[0].Error != "not-approved" || !strings.HasSuffix(records[0].Detail, "denied by ui") {
				t.Errorf("journaled %+v", records)
			}
			if op != ResolveWallet && op != DeleteAccount && op != ExportAccount && s.state() != before || s.signed() {
				t.Errorf("the state was %+v and became %+v, signed %t", before, s.state(), s.signed())
			}
			l.check(t, 1)
		})
	}
}

// A question shows what the caller wants, and a signature what it would do.
func TestWhatApproversAreShown(t *testing.T) {
	s := stageWith(t, asking(Sign), "setup")
	s.session = s.open(s.c, s.wallet.ID)
	var l ledger
	s.approvers["tested"] = l.answers(approval.Answer{Verdict: approval.Approve, By: "ui"}, nil)
	req := fakeRequest(s.session, chain.Move, s.key)
	req.Subject = "subject"
	out, err := s.Sign(t.Context(), s.c, req)
	if err != nil {
		t.Fatal(err)
	}
	q := l.questions[0]
	if q.Asker != (approval.Asker{Listener: "tested", Protocol: "test", Address: "127.0.0.1:1234", UID: 7, Identity: "token"}) ||
		q.Wallet != "w" || len(q.Keys) != 1 || q.Keys[0] != s.key.String() || q.Subject != "subject" || q.Intent == nil || len(q.Intent.Effects) != 1 {
		t.Errorf("%+v", q)
	}
	l.check(t, 1, string(out.Result))
}

// Where a listener has no approver, the admin socket answers.
func TestAnswersOfTheAdmin(t *testing.T) {
	rules := append(asking(Sign), rule("admin", policy.Allow, func(r *policy.Rule) { r.Listeners = []string{"admin"} }))
	s := stageWith(t, rules, "setup")
	s.session = s.open(s.c, s.wallet.ID)
	admin := caller("admin")
	for _, verdict := range []approval.Verdict{approval.Approve, approval.Deny} {
		done := make(chan error, 1)
		records := s.since(func() {
			go func() {
				_, err := s.Sign(t.Context(), s.c, fakeRequest(s.session, chain.Move, s.key))
				done <- err
			}()
			waiting, err := s.Questions(t.Context(), admin, 0, true)
			if err != nil || len(waiting) != 1 {
				t.Fatalf("%+v, %v", waiting, err)
			}
			if again, err := s.Questions(t.Context(), admin, waiting[0].ID, false); err != nil || len(again) != 0 {
				t.Errorf("%+v, %v", again, err)
			}
			wantKind(t, s.Answer(t.Context(), admin, waiting[0].ID+1, approval.Approve), fault.Conflict)
			if err := s.Answer(t.Context(), admin, waiting[0].ID, verdict); err != nil {
				t.Fatal(err)
			}
			if err := <-done; (err == nil) != (verdict == approval.Approve) {
				t.Errorf("verdict %d: %v", verdict, err)
			}
		})
		said := map[string]string{}
		for _, r := range records {
			said[r.Operation+" "+string(r.Phase)+" "+r.Verdict+" "+r.Error] = r.Detail
		}
		want := "sign decision allow "
		detail := "approved by admin (uid 7)"
		if verdict == approval.Deny {
			want, detail = "sign decision deny not-approved", "denied by admin (uid 7)"
		}
		if said[want] != detail || len(records) != 4 { // two answers, one of which failed
			t.Errorf("journaled %q", said)
		}
	}
}

func TestNobodyApproves(t *testing.T) {
	for name, tt := range map[string]struct {
		set    func(s *scene, leave func())
		kind   fault.Kind
		error  string // in the journal
		detail string
	}{
		"no desk":   {func(s *scene, _ func()) { s.cfg.Desk = nil }, fault.Denied, "denied", `rule "asks" wants it approved, and nobody can`},
		"no answer": {func(s *scene, _ func()) { s.cfg.Desk = newDesk(time.Millisecond) }, fault.Denied, "approval-timeout", ""},
		"caller gone": {func(s *scene, leave func()) {
			s.approvers["tested"] = approver(func(ctx context.Context, _ *approval.Question) (approval.Answer, error) {
				leave()
				<-ctx.Done()
				return approval.Answer{Verdict: approval.Approve}, nil
			})
		}, fault.Canceled, "canceled", ""},
		"the daemon stops": {func(s *scene, _ func()) { s.cfg.Desk.Close() }, fault.Canceled, "canceled", ""},
		"too many": {func(s *scene, _ func()) {
			s.cfg.Desk = approval.New(approval.Config{Timeout: time.Minute, Now: time.Now})
		}, fault.Busy, "busy", ""},
		"panic": {func(s *scene, _ func()) {
			s.approvers["tested"] = approver(func(context.Context, *approval.Question) (approval.Answer, error) { panic("boo") })
		}, fault.Denied, "not-approved", ""},
		"error": {func(s *scene, _ func()) {
			var l ledger
			s.approvers["tested"] = l.answers(approval.Answer{By: "ui"}, fault.Invalid.New("not like this"))
		}, fault.Invalid, "not-approved", "denied by ui"},
		"a change that is not possible": {func(s *scene, _ func()) {
			var l ledger
			s.approvers["tested"] = l.answers(approval.Answer{Verdict: approval.Approve, By: "ui", Changed: &chain.Request{}}, nil)
			s.t.Cleanup(func() { l.check(s.t, 1, "nothing") })
		}, fault.Unsupported, "unsupported", "changed and approved by ui"},
	} {
		t.Run(name, func(t *testing.T) {
			s := stageWith(t, asking(Sign), "setup")
			s.session = s.open(s.c, s.wallet.ID)
			s.vault.Tidy()
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			desk := s.cfg.Desk
			defer func() { s.cfg.Desk = desk }()
			tt.set(s, leave)
			var err error
			records := s.since(func() { _, err = s.Sign(ctx, s.c, fakeRequest(s.session, chain.Move, s.key)) })
			wantKind(t, err, tt.kind)
			if len(records) != 1 || records[0].Verdict != "deny" || records[0].Error != tt.error || records[0].Detail != tt.detail || len(records[0].Effects) != 1 {
				t.Errorf("journaled %+v", records)
			}
			if s.signed() {
				t.Error("the vault signed")
			}
		})
	}
}

// What goes wrong after an approval gives it back.
func TestApprovalIsGivenBack(t *testing.T) {
	for name, tt := range map[string]struct {
		set     func(s *scene, l *ledger)
		settled string
	}{
		"finish fails":  {func(s *scene, _ *ledger) { s.chain.fail = errors.New("boo") }, "nothing"},
		"journal fails": {func(s *scene, _ *ledger) { _ = s.journal.Close() }, "nothing"},
		"settle fails":  {func(_ *scene, l *ledger) { l.fail = fault.Storage.New("disk full") }, "result"},
		"key deleted meanwhile": {func(s *scene, l *ledger) {
			approves := l.answers(approval.Answer{Verdict: approval.Approve, By: "ui"}, nil)
			s.approvers["tested"] = approver(func(ctx context.Context, q *approval.Question) (approval.Answer, error) {
				if err := s.DeleteKey(ctx, caller("tested"), s.session, s.key, password("pw")); err != nil {
					s.t.Error(err)
				}
				return approves(ctx, q)
			})
		}, "nothing"},
		"session ended meanwhile": {func(s *scene, l *ledger) {
			approves := l.answers(approval.Answer{Verdict: approval.Approve, By: "ui"}, nil)
			s.approvers["tested"] = approver(func(ctx context.Context, q *approval.Question) (approval.Answer, error) {
				if err := s.Lock(ctx, caller("tested"), s.session); err != nil {
					s.t.Error(err)
				}
				return approves(ctx, q)
			})
		}, "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			s := stageWith(t, asking(Sign), "setup")
			s.session = s.open(s.c, s.wallet.ID)
			var l ledger
			s.approvers["tested"] = l.answers(approval.Answer{Verdict: approval.Approve, By: "ui"}, nil)
			tt.set(s, &l)
			var out Signed
			var err error
			sign := func() { out, err = s.Sign(t.Context(), s.c, fakeRequest(s.session, chain.Move, s.key)) }
			if name == "journal fails" {
				sign()
			} else if records := about(Sign, s.since(sign)); len(records) != 2 || records[1].Phase != audit.Outcome || records[1].Ref != records[0].Sequence {
				t.Errorf("journaled %+v", records)
			}
			if err == nil || out.Result != nil || out.Signature != nil {
				t.Errorf("%+v, %v", out, err)
			}
			if len(l.settled) != 1 || (l.settled[0] == "nothing") != (tt.settled == "nothing") {
				t.Errorf("settled with %q, want %s", l.settled, tt.settled)
			}
		})
	}
}

// Nobody is kept from a wallet while somebody thinks about another's request.
func TestWalletIsFreeWhileAsking(t *testing.T) {
	s := stageWith(t, asking(GenerateKey), "setup")
	s.session = s.open(s.c, s.wallet.ID)
	setup := s.open(caller("setup"), s.wallet.ID)
	s.approvers["tested"] = approver(func(ctx context.Context, q *approval.Question) (approval.Answer, error) {
		if len(q.Keys) != 0 {
			t.Errorf("a key is shown that may be another: %q", q.Keys)
		}
		_, err := s.GenerateKey(ctx, caller("setup"), setup)
		return approval.Answer{Verdict: approval.Approve, By: "ui"}, err
	})
	if _, err := s.GenerateKey(t.Context(), s.c, s.session); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Keys(t.Context(), s.c, s.session); err != nil || len(all.Keys) != 3 {
		t.Errorf("%d keys, %v", len(all.Keys), err)
	}
}

// Nothing is done for a caller that leaves after the approval either.
func TestCallerLeavesAfterTheApproval(t *testing.T) {
	s := stageWith(t, asking(UnlockWallet), "setup")
	var l ledger
	s.approvers["tested"] = l.answers(approval.Answer{Verdict: approval.Approve, By: "ui"}, nil)
	ctx, leave := context.WithCancel(t.Context())
	a := s.onWallet(UnlockWallet, s.c, s.wallet.ID)
	var err error
	records := s.since(func() {
		err = s.passAfter(ctx, a, func() (func(), error) {
			leave() // while the password is derived
			return func() {}, nil
		}, func() error {
			t.Error("it was done")
			return nil
		})
	})
	wantKind(t, err, fault.Canceled)
	l.check(t, 1, "nothing")
	if len(records) != 1 || records[0].Verdict != "deny" || records[0].Error != "canceled" {
		t.Errorf("journaled %+v", records)
	}
}

// A list that is asked about shows, once approved, what was asked about too.
func TestAskedList(t *testing.T) {
	rules := []policy.Rule{
		rule("setup", policy.Allow, func(r *policy.Rule) { r.Listeners = []string{"setup"} }),
		rule("open", policy.Allow, func(r *policy.Rule) { r.Listeners, r.Wallets = []string{"tested"}, []string{"open"} }),
		rule("asks", policy.Ask, func(r *policy.Rule) { r.Listeners, r.Wallets = []string{"tested"}, []string{"closed"} }),
	}
	s := stageWith(t, rules, "setup")
	for _, name := range []string{"open", "closed", "hidden"} {
		s.house.wallet(caller("setup"), name)
	}
	var l ledger
	s.approvers["tested"] = l.answers(approval.Answer{Verdict: approval.Approve, By: "ui"}, nil)
	list, err := s.Wallets(t.Context(), s.c)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range list.Wallets {
		names = append(names, w.Name)
	}
	slices.Sort(names)
	if fmt.Sprint(names) != "[closed open]" {
		t.Errorf("listed %q", names)
	}
}

// A rule may tell callers apart.
func TestRulesForCallers(t *testing.T) {
	s := stageWith(t, []policy.Rule{
		rule("setup", policy.Allow, func(r *policy.Rule) { r.Listeners = []string{"setup"} }),
		rule("bot", policy.Allow, func(r *policy.Rule) { r.Listeners, r.Callers = []string{"tested"}, []string{"paired:bot"} }),
	}, "setup")
	for identity, want := range map[string]bool{"paired:bot": true, "paired:other": false, "": false, "token": false} {
		c := s.c
		c.Identity = identity
		if _, err := s.Status(t.Context(), c); (err == nil) != want {
			t.Errorf("%q: %v", identity, err)
		}
	}
}
