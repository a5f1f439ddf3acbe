package rules

import (
	"context"
	"testing"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

// While a person is asked for a password, others get their turn, and what they counted
// counts for whoever waited.
func TestSuspended(t *testing.T) {
	s := start(t, limitOfThree)
	first := s.approve(t, askTx(t))
	resume := first.Suspend()
	s.decides(t, approval.Approve, By) // two get their turn meanwhile
	s.decides(t, approval.Approve, By)
	if err := resume(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := first.Settle(context.Background(), result(t)); err != nil {
		t.Error(err)
	}
	s.decides(t, approval.Deny, By)

	s = start(t, limitOfThree)
	first = s.approve(t, askTx(t))
	resume = first.Suspend()
	for range 3 {
		s.decides(t, approval.Approve, By)
	}
	if err := resume(context.Background()); !fault.Is(err, fault.Denied) {
		t.Errorf("the limit was reached meanwhile: %v", err)
	}
	if err := first.Settle(context.Background(), nil); err != nil {
		t.Error(err)
	}
	if err := first.Settle(context.Background(), result(t)); err == nil {
		t.Error("a result without an approval is let out")
	}
	s.decides(t, approval.Deny, By) // the turn is free
	if got := s.store.all()["count"]; got != "3" {
		t.Errorf("counted %s", got)
	}
}

// Where nobody else had the turn, the rules are not asked again; without a password it
// stays free; and whoever waits for it again does not wait for ever.
func TestSuspendedAlone(t *testing.T) {
	s := start(t, `function ApproveTx() { storage.put("asked", storage.get("asked") + "1"); return "Approve" } function OnApprovedTx() { }`)
	a := s.approve(t, askTx(t))
	if err := a.Suspend()(context.Background()); err != nil {
		t.Error(err)
	}
	if err := a.Settle(context.Background(), result(t)); err != nil {
		t.Error(err)
	}
	if got := s.store.all()["asked"]; got != "1" {
		t.Errorf("asked %q", got)
	}

	a = s.approve(t, askTx(t))
	a.Suspend()
	if err := a.Settle(context.Background(), nil); err != nil {
		t.Error(err)
	}
	a = s.approve(t, askTx(t))
	resume := a.Suspend()
	b := s.approve(t, askTx(t))
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := resume(ctx); !fault.Is(err, fault.Canceled) {
		t.Error(err)
	}
	for _, one := range []approval.Answer{a, b} {
		if err := one.Settle(context.Background(), nil); err != nil {
			t.Error(err)
		}
	}
	s.decides(t, approval.Approve, By)
}
