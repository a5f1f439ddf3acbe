package gate

import (
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// A listener that may not unlock a wallet does not learn its password in a session
// either.
func TestCheckPasswordFollowsTheRules(t *testing.T) {
	any := []string{"*"}
	h := newHouse(t, everything())
	c := caller("kmd")
	s := h.open(c, h.wallet(c, "w").ID)
	closed, err := policy.New(append(everything(), policy.Rule{Name: "closed", Verdict: policy.Deny, Listeners: []string{"kmd"},
		Operations: []string{"wallet.unlock"}, Wallets: any, Keys: any, Effects: any}), Operations())
	if err != nil {
		t.Fatal(err)
	}
	open := h.cfg.Policy
	h.cfg.Policy = closed
	for _, pw := range []string{"pw", "wrong", ""} {
		records := h.since(func() { wantKind(t, h.CheckPassword(t.Context(), c, s, password(pw)), fault.Denied) })
		checkRefusal(t, records, UnlockWallet, fault.Denied)
	}
	h.cfg.Policy = open
	if records := h.since(func() { err = h.CheckPassword(t.Context(), c, s, password("pw")) }); err != nil || len(records) != 0 {
		t.Errorf("%v, journaled %+v", err, records)
	}
}
