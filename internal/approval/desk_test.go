package approval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

func config() Config {
	return Config{Timeout: time.Minute, MaxPending: 8, MaxPerCaller: 4, Now: time.Now}
}

// approver is a function that approves.
type approver func(ctx context.Context, q *Question) (Answer, error)

func (f approver) Approve(ctx context.Context, q *Question) (Answer, error) { return f(ctx, q) }

// result is what Ask gave.
type result struct {
	Answer
	err error
}

// ask asks beside the test.
func ask(ctx context.Context, d *Desk, q Question, by Approver) <-chan result {
	out := make(chan result, 1)
	go func() {
		a, err := d.Ask(ctx, q, by)
		out <- result{a, err}
	}()
	return out
}

func wantKind(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got error %v of kind %s, want kind %s", err, fault.KindOf(err), kind)
	}
}

func from(address string) Question {
	return Question{Operation: "sign", Asker: Asker{Listener: "kmd", Address: address, UID: -1}}
}

// settled counts what a Settle was called with.
type settled struct {
	mu    sync.Mutex
	calls []string
	err   error
}

func (s *settled) settle(_ context.Context, result []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if result == nil {
		s.calls = append(s.calls, "nothing")
	} else {
		s.calls = append(s.calls, string(result))
	}
	return s.err
}

func (s *settled) check(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if fmt.Sprint(s.calls) != fmt.Sprint(want) {
		t.Errorf("settled with %q, want %q", s.calls, want)
	}
}

func TestDecide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(config())
		defer d.Close()
		q := from("127.0.0.1:1")
		q.Accounts = []Account{{Address: [20]byte{1}}, {Address: [20]byte{2}}}
		asked := ask(t.Context(), d, q, nil)
		synctest.Wait()
		waiting := d.Pending()
		if len(waiting) != 1 || waiting[0].ID == 0 || !waiting[0].Until.Equal(time.Now().Add(time.Minute)) {
			t.Fatalf("waiting: %+v", waiting)
		}
		id := waiting[0].ID
		wantKind(t, d.Decide(id+1, Answer{Verdict: Approve}), fault.Conflict)
		if err := d.Decide(id, Answer{Verdict: Approve, By: "admin"}); err != nil {
			t.Fatal(err)
		}
		wantKind(t, d.Decide(id, Answer{Verdict: Deny}), fault.Conflict)
		got := <-asked
		if got.err != nil || got.By != "admin" || got.Settle == nil || len(got.Accounts) != 2 {
			t.Errorf("%+v", got)
		}
		if err := got.Settle(t.Context(), []byte("done")); err != nil {
			t.Error(err)
		}

		asked = ask(t.Context(), d, q, nil)
		synctest.Wait()
		next := d.Pending()[0].ID
		if next <= id {
			t.Errorf("question %d after %d", next, id)
		}
		if err := d.Decide(next, Answer{By: "admin", Accounts: [][20]byte{}}); err != nil {
			t.Fatal(err)
		}
		if got = <-asked; !fault.Is(got.err, fault.Denied) || fault.Text(got.err) != "request denied" || got.By != "admin" || errors.Is(got.err, ErrTimeout) {
			t.Errorf("%+v", got)
		}
		if len(d.Pending()) != 0 || len(d.pending) != 0 || len(d.callers) != 0 {
			t.Error("the desk keeps what is answered")
		}
	})
}

// Numbers do not repeat those of a daemon before.
func TestNumbersGoOnFromTheStart(t *testing.T) {
	cfg := config()
	cfg.Now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	d := New(cfg)
	if d.last != 1_700_000_000 {
		t.Errorf("numbers begin at %d", d.last)
	}
}

func TestQuestionsDie(t *testing.T) {
	hangs := approver(func(ctx context.Context, _ *Question) (Answer, error) {
		<-ctx.Done()
		return Answer{Verdict: Approve}, nil // too late
	})
	fails := approver(func(ctx context.Context, _ *Question) (Answer, error) {
		<-ctx.Done()
		return Answer{}, fault.Unsupported.Wrap(ctx.Err(), "of its own")
	})
	for i, by := range []Approver{nil, hangs, fails} {
		for name, tt := range map[string]struct {
			end   func(d *Desk, leave func())
			after time.Duration
			want  error
		}{
			"time-out": {func(*Desk, func()) {}, time.Minute, ErrTimeout},
			"caller":   {func(_ *Desk, leave func()) { time.Sleep(time.Second); leave() }, time.Second, errGone},
			"close":    {func(d *Desk, _ func()) { time.Sleep(time.Second); d.Close() }, time.Second, errClosed},
		} {
			t.Run(fmt.Sprintf("%s of approver %d", name, i), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := New(config())
					defer d.Close()
					ctx, leave := context.WithCancel(t.Context())
					defer leave()
					start := time.Now()
					asked := ask(ctx, d, from("h:1"), by)
					synctest.Wait()
					tt.end(d, leave)
					got := <-asked
					if !errors.Is(got.err, tt.want) || got.Verdict != Deny || time.Since(start) != tt.after {
						t.Errorf("%+v after %s, want %v after %s", got, time.Since(start), tt.want, tt.after)
					}
					if len(d.Pending()) != 0 {
						t.Error("it still waits")
					}
					wantKind(t, d.Decide(d.last, Answer{Verdict: Approve}), fault.Conflict)
				})
			})
		}
	}
}

func TestClosedAndGone(t *testing.T) {
	d := New(config())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	asked := false
	by := approver(func(context.Context, *Question) (Answer, error) { asked = true; return Answer{Verdict: Approve}, nil })
	_, err := d.Ask(ctx, from("h:1"), by)
	wantKind(t, err, fault.Canceled)
	d.Close()
	d.Close()
	_, err = d.Ask(t.Context(), from("h:1"), by)
	wantKind(t, err, fault.Canceled)
	if asked {
		t.Error("somebody was asked")
	}
	if d.Wait(t.Context(), 0) != nil {
		t.Error("something waits")
	}
}

// The deadline of a caller holds if it is the earlier one.
func TestDeadlineOfTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(config())
		defer d.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		until := time.Now().Add(time.Second)
		_, err := d.Ask(ctx, from("h:1"), approver(func(ctx context.Context, q *Question) (Answer, error) {
			if deadline, _ := ctx.Deadline(); !q.Until.Equal(until) || !deadline.Equal(until) {
				t.Errorf("until %s and %s, want %s", q.Until, deadline, until)
			}
			<-ctx.Done()
			return Answer{}, nil
		}))
		wantKind(t, err, fault.Canceled)
	})
}

// A clock that jumped ends a question although no timer has run out.
func TestClockAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config()
		var ahead time.Duration
		cfg.Now = func() time.Time { return time.Now().Add(ahead) }
		d := New(cfg)
		defer d.Close()
		asked := ask(t.Context(), d, from("h:1"), nil)
		synctest.Wait()
		ahead = time.Hour
		wantKind(t, d.Decide(d.last, Answer{Verdict: Approve}), fault.Conflict)
		if got := <-asked; !errors.Is(got.err, ErrTimeout) {
			t.Errorf("%+v", got)
		}
	})
}

// An approver that does not come back in time holds nobody up, and what it says then
// is void: if it approves, it is told that there is no result, once.
func TestHangingApprover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(config())
		var s settled
		wake := make(chan struct{})
		asked := ask(t.Context(), d, from("h:1"), approver(func(context.Context, *Question) (Answer, error) {
			<-wake
			return Answer{Verdict: Approve, Settle: s.settle}, nil
		}))
		if got := <-asked; !errors.Is(got.err, ErrTimeout) {
			t.Fatalf("%+v", got)
		}
		s.check(t)
		closed := make(chan struct{})
		go func() { d.Close(); close(closed) }()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("the desk does not wait for its approver")
		default:
		}
		close(wake)
		<-closed
		s.check(t, "nothing")
	})
}

func TestApprover(t *testing.T) {
	secret := errors.New("unclassified")
	for name, tt := range map[string]struct {
		by   approver
		kind fault.Kind
		text string
		name string
	}{
		"denies":   {func(context.Context, *Question) (Answer, error) { return Answer{By: "ui"}, nil }, fault.Denied, "request denied", "ui"},
		"zero":     {func(context.Context, *Question) (Answer, error) { return Answer{}, nil }, fault.Denied, "request denied", ""},
		"nonsense": {func(context.Context, *Question) (Answer, error) { return Answer{Verdict: 7}, nil }, fault.Denied, "request denied", ""},
		"error": {func(context.Context, *Question) (Answer, error) {
			return Answer{By: "ui"}, fault.Unsupported.New("no such thing")
		}, fault.Unsupported, "no such thing", "ui"},
		"plain error": {func(context.Context, *Question) (Answer, error) { return Answer{}, secret }, fault.Denied, "request denied", ""},
		"panics":      {func(context.Context, *Question) (Answer, error) { panic("at the disco") }, fault.Denied, "request denied", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(config())
			defer d.Close()
			a, err := d.Ask(t.Context(), from("h:1"), tt.by)
			wantKind(t, err, tt.kind)
			if fault.Text(err) != tt.text || a.By != tt.name || a.Verdict != Deny {
				t.Errorf("%+v, %v", a, err)
			}
			if name == "plain error" && !errors.Is(err, secret) {
				t.Error("the log does not get the reason")
			}
		})
	}
}

// An approver that approves and fails has denied, and is told so.
func TestApprovalWithAnError(t *testing.T) {
	d := New(config())
	var s settled
	_, err := d.Ask(t.Context(), from("h:1"), approver(func(context.Context, *Question) (Answer, error) {
		return Answer{Verdict: Approve, Settle: s.settle}, fault.Storage.New("disk full")
	}))
	wantKind(t, err, fault.Storage)
	d.Close()
	s.check(t, "nothing")
}

func TestApproverIsGivenTheQuestion(t *testing.T) {
	d := New(config())
	defer d.Close()
	q := from("h:1")
	q.Subject, q.Wallet = "subject", "keystore"
	var s settled
	changed := &chain.Request{Form: "transaction"}
	a, err := d.Ask(t.Context(), q, approver(func(_ context.Context, q *Question) (Answer, error) {
		if q.Subject != "subject" || q.Wallet != "keystore" || q.ID == 0 {
			t.Errorf("%+v", q)
		}
		if len(d.Pending()) != 0 {
			t.Error("others could decide it")
		}
		wantKind(t, d.Decide(q.ID, Answer{Verdict: Approve}), fault.Conflict)
		return Answer{Verdict: Approve, Changed: changed, Settle: s.settle}, nil
	}))
	if err != nil || a.Changed != changed {
		t.Fatalf("%+v, %v", a, err)
	}
	if err := a.Settle(t.Context(), []byte("result")); err != nil {
		t.Error(err)
	}
	if err := a.Settle(t.Context(), nil); err != nil {
		t.Error(err)
	}
	s.check(t, "result")
}

func TestSettleHappensOnce(t *testing.T) {
	ctx := t.Context()
	result := []byte("result")
	t.Run("given back", func(t *testing.T) {
		var s settled
		settle := once(s.settle)
		if err := settle(ctx, nil); err != nil {
			t.Error(err)
		}
		if err := settle(ctx, result); err == nil {
			t.Error("a result is given away after the approval was given back")
		}
		s.check(t, "nothing")
	})
	t.Run("failed", func(t *testing.T) {
		s := settled{err: errors.New("disk full")}
		settle := once(s.settle)
		for range 2 {
			if settle(ctx, result) == nil {
				t.Error("a failure is forgotten")
			}
		}
		s.check(t, "result")
	})
	t.Run("panics", func(t *testing.T) {
		settle := once(func(context.Context, []byte) error { panic("boo") })
		for range 2 {
			if settle(ctx, result) == nil {
				t.Error("a panic is a success")
			}
		}
	})
	t.Run("nil", func(t *testing.T) {
		settle := once(nil)
		if settle(ctx, result) != nil || settle(ctx, nil) != nil {
			t.Error("nothing failed")
		}
	})
	t.Run("empty result", func(t *testing.T) {
		settle := once(nil)
		if settle(ctx, []byte{}) != nil || settle(ctx, result) != nil {
			t.Error("an empty result is one")
		}
	})
	t.Run("at the same time", func(t *testing.T) {
		var s settled
		settle := once(s.settle)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _ = settle(ctx, nil) })
		}
		wg.Wait()
		s.check(t, "nothing")
	})
}

func TestBounds(t *testing.T) {
	as := func(identity string, address string, uid int64) Question {
		return Question{Asker: Asker{Listener: "l", Identity: identity, Address: address, UID: uid}}
	}
	for name, tt := range map[string]struct {
		same  func(i int) Question
		other Question
	}{
		"host":     {func(i int) Question { return as("", fmt.Sprintf("10.0.0.1:%d", i), -1) }, as("", "10.0.0.2:1", -1)},
		"identity": {func(i int) Question { return as("paired:bot", fmt.Sprintf("10.0.0.%d:1", i), -1) }, as("paired:other", "10.0.0.1:1", -1)},
		"user":     {func(int) Question { return as("", "/run/socket", 1000) }, as("", "/run/socket", 1001)},
		"socket":   {func(int) Question { return as("", "/run/socket", -1) }, as("", "/run/other", -1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := New(config())
				defer d.Close()
				for i := range 4 {
					ask(t.Context(), d, tt.same(i), nil)
				}
				synctest.Wait()
				_, err := d.Ask(t.Context(), tt.same(5), nil)
				wantKind(t, err, fault.Busy)
				ask(t.Context(), d, tt.other, nil)
				synctest.Wait()
				if n := len(d.Pending()); n != 5 {
					t.Errorf("%d wait", n)
				}
				if err := d.Decide(d.Pending()[0].ID, Answer{}); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				ask(t.Context(), d, tt.same(6), nil) // there is room again
				synctest.Wait()
				if n := len(d.Pending()); n != 5 {
					t.Errorf("%d wait", n)
				}
			})
		})
	}
	t.Run("together", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := New(config())
			defer d.Close()
			for i := range 8 {
				ask(t.Context(), d, from(fmt.Sprintf("10.0.0.%d:1", i)), nil)
			}
			synctest.Wait()
			_, err := d.Ask(t.Context(), from("10.0.0.9:1"), nil)
			if !fault.Is(err, fault.Busy) || !strings.Contains(fault.Text(err), "too many") {
				t.Error(err)
			}
		})
	})
	t.Run("zero", func(t *testing.T) {
		for _, cfg := range []Config{{}, {MaxPending: 1}, {MaxPending: 1, MaxPerCaller: 1}} {
			cfg.Now = time.Now
			_, err := New(cfg).Ask(t.Context(), from("h:1"), nil)
			if err == nil {
				t.Errorf("%+v lets a question wait", cfg)
			}
		}
	})
}

// An approver may leave its question to the desk, which does not count it twice.
func TestPassingOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config()
		cfg.MaxPending, cfg.MaxPerCaller = 1, 1
		d := New(cfg)
		defer d.Close()
		passes := approver(func(ctx context.Context, q *Question) (Answer, error) { return d.Ask(ctx, *q, nil) })
		var s settled
		for _, verdict := range []Verdict{Approve, Deny} {
			asked := ask(t.Context(), d, from("h:1"), passes)
			synctest.Wait()
			_, err := d.Ask(t.Context(), from("h:1"), passes)
			wantKind(t, err, fault.Busy)
			waiting := d.Pending()
			if len(waiting) != 1 {
				t.Fatalf("%+v", waiting)
			}
			if err := d.Decide(waiting[0].ID, Answer{Verdict: verdict, By: "admin", Settle: s.settle}); err != nil {
				t.Fatal(err)
			}
			got := <-asked
			if (got.err == nil) != (verdict == Approve) || got.By != "admin" {
				t.Errorf("%+v", got)
			}
			if got.err == nil {
				_ = got.Settle(t.Context(), []byte("result"))
			}
		}
		s.check(t, "result")
		_, err := d.Ask(t.Context(), from("h:1"), passes)
		synctest.Wait() // the question that was passed on ends after the one that passed it on
		if !errors.Is(err, ErrTimeout) || len(d.pending) != 0 || d.counted != 0 || len(d.callers) != 0 {
			t.Errorf("%v; %d wait, %d are counted", err, len(d.pending), d.counted)
		}
	})
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := New(config())
		defer d.Close()
		waits := func(ctx context.Context, after uint64) <-chan []Question {
			out := make(chan []Question, 1)
			go func() { out <- d.Wait(ctx, after) }()
			return out
		}
		first := waits(t.Context(), 0)
		synctest.Wait()
		ask(t.Context(), d, from("h:1"), nil)
		got := <-first
		if len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		second, third := waits(t.Context(), got[0].ID), waits(ctx, got[0].ID)
		synctest.Wait()
		ask(t.Context(), d, from("h:1"), approver(func(ctx context.Context, _ *Question) (Answer, error) {
			<-ctx.Done()
			return Answer{}, ctx.Err()
		}))
		synctest.Wait()
		cancel()
		if got := <-third; got != nil {
			t.Errorf("%+v after the end of the context", got)
		}
		select {
		case got := <-second:
			t.Errorf("%+v is for an approver", got)
		default:
		}
		d.Close()
		if got := <-second; len(got) != 0 {
			t.Errorf("%+v after the end of the desk", got)
		}
	})
}

// An approver that answers because its context ended is always too late, however the
// goroutines are scheduled.
func TestAnswerToTheEnd(t *testing.T) {
	d := New(config())
	defer d.Close()
	for _, late := range []error{nil, fault.Unsupported.New("of its own")} {
		for range 300 {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := d.Ask(ctx, from("h:1"), approver(func(ctx context.Context, _ *Question) (Answer, error) {
				cancel()
				return Answer{Verdict: Approve}, late
			}))
			if !errors.Is(err, errGone) {
				t.Fatalf("got %v", err)
			}
		}
	}
}

// Whatever the moment, an answer counts for both sides or for none.
func TestAnswerAtTheLastMoment(t *testing.T) {
	cfg := config()
	d := New(cfg)
	defer d.Close()
	both := map[bool]int{}
	for range 500 {
		ctx, cancel := context.WithCancel(t.Context())
		asked := ask(ctx, d, from("h:1"), nil)
		q := d.Wait(t.Context(), 0)[0]
		go cancel()
		err := d.Decide(q.ID, Answer{Verdict: Approve})
		got := <-asked
		if (err == nil) != (got.err == nil) {
			t.Fatalf("Decide: %v, Ask: %v", err, got.err)
		}
		both[err == nil]++
	}
	t.Logf("%d answers counted, %d came too late", both[true], both[false])
}
