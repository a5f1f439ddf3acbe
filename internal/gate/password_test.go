package gate

import (
	"fmt"
	"testing"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// checkRefusal wants one decision to deny.
func checkRefusal(t *testing.T, records []audit.Record, op Operation, kind fault.Kind) {
	t.Helper()
	if len(records) != 1 {
		t.Fatalf("%s left %d records: %+v", op, len(records), records)
	}
	if r := records[0]; r.Phase != audit.Decision || r.Verdict != "deny" || r.Operation != string(op) || r.Error != kind.String() || r.Wallet == "" {
		t.Errorf("%s left %+v", op, r)
	}
}

// withPassword are the operations that open a wallet by its password.
func withPassword(h *house, c Caller, id WalletID) map[Operation]func(pw string) error {
	ctx := h.t.Context()
	return map[Operation]func(pw string) error{
		UnlockWallet: func(pw string) error {
			_, err := h.Unlock(ctx, c, Unlock{Wallet: id, Password: password(pw), Lifetime: time.Hour})
			return err
		},
		RenameWallet:   func(pw string) error { _, err := h.RenameWallet(ctx, c, id, password(pw), "new"); return err },
		DeleteWallet:   func(pw string) error { return h.DeleteWallet(ctx, c, id, password(pw)) },
		ChangePassword: func(pw string) error { return h.ChangePassword(ctx, c, id, password(pw), password("x")) },
		ExportWallet:   func(pw string) error { _, err := h.ExportWallet(ctx, c, id, password(pw), "kmd"); return err },
	}
}

// Wrong and blank passwords by the thousand leave few records, whatever they are
// sent to; each kind names the wallet.
func TestWrongPasswordsDoNotFillTheJournal(t *testing.T) {
	const tries = 2000
	h := newHouse(t, everything())
	c := caller("kmd")
	native := h.wallet(c, "w").ID
	for op, call := range withPassword(h, c, native) {
		checkRefusal(t, h.since(func() { wantKind(t, call("wrong"), fault.WrongPassword) }), op, fault.WrongPassword)
	}
	start := time.Now()
	records := h.since(func() {
		for range tries {
			for _, call := range withPassword(h, c, native) {
				wantKind(t, call("wrong"), fault.WrongPassword)
				wantKind(t, call(""), fault.WrongPassword)
			}
		}
	})
	// For each operation one record when a window opens and one when it closes.
	if most := 5 * 2 * (2 + int(time.Since(start)/time.Second)); len(records) > most {
		t.Errorf("%d wrong passwords left %d records, want at most %d", tries*10, len(records), most)
	}
	foreign := h.foreign("foreign", 1)
	records = h.since(func() {
		for i := range 50 {
			_, err := h.Unlock(t.Context(), c, Unlock{Wallet: foreign, Password: password(fmt.Sprint(i))})
			wantKind(t, err, fault.WrongPassword)
		}
	})
	if len(records) > 25 {
		t.Errorf("50 wrong passwords for a foreign file left %d records", len(records))
	}
	for _, r := range records {
		if r.Wallet != foreignID && r.Wallet != FormatWalletID(native) {
			t.Errorf("%+v names no wallet", r)
		}
	}
}

// Ids that nobody has are as many as a caller likes: they share one record.
func TestUnknownWalletsDoNotFillTheJournal(t *testing.T) {
	h := newHouse(t, everything())
	start := time.Now()
	records := h.since(func() {
		for i := range 2000 {
			_, err := h.Unlock(t.Context(), caller("kmd"), Unlock{Wallet: WalletID{1, byte(i), byte(i >> 8)}})
			wantKind(t, err, fault.UnknownWallet)
		}
	})
	if most := 2 * (2 + int(time.Since(start)/time.Second)); len(records) > most {
		t.Errorf("2000 unknown wallets left %d records", len(records))
	}
}

// The rules come before the password, so that what is denied tells nothing of it.
func TestDenialTellsNothingOfThePassword(t *testing.T) {
	any := []string{"*"}
	h := newHouse(t, append(everything(), policy.Rule{Name: "closed", Verdict: policy.Deny, Listeners: []string{"kmd"},
		Operations: []string{"wallet.*"}, Wallets: any, Keys: any, Effects: any}))
	id := h.wallet(caller("admin"), "w").ID
	for op, call := range withPassword(h, caller("kmd"), id) {
		for _, pw := range []string{"pw", "wrong", ""} {
			if err := call(pw); !fault.Is(err, fault.Denied) {
				t.Errorf("%s with password %q: %v", op, pw, err)
			}
		}
	}
}

// A wallet whose folder of foreign files is gone from under it can be listed and used.
func TestFolderTroubleIsReported(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("kmd")
	w := h.wallet(c, "w")
	h.removeFolder()
	list, err := h.Wallets(t.Context(), c)
	if err != nil || len(list.Wallets) != 1 || list.Wallets[0].ID != w.ID || !fault.Is(list.Trouble, fault.Storage) {
		t.Errorf("%+v, %v", list, err)
	}
	h.key(c, h.open(c, w.ID))
}

// A listener that may list only some wallets sees those.
func TestListByNamedWallets(t *testing.T) {
	any := []string{"*"}
	allow := func(op string, wallets ...string) policy.Rule {
		return policy.Rule{Name: op, Verdict: policy.Allow, Listeners: []string{"kmd"}, Operations: []string{op}, Wallets: wallets, Keys: any, Effects: any}
	}
	admin := everything()[0]
	admin.Listeners = []string{"admin"}
	for name, tt := range map[string]struct {
		rules []policy.Rule
		sees  int // -1: denied
	}{
		"one name":        {[]policy.Rule{allow("wallet.list", "payroll")}, 1},
		"a pattern":       {[]policy.Rule{allow("wallet.list", "pay*")}, 2},
		"a missing name":  {[]policy.Rule{allow("wallet.list", "nobody")}, 0},
		"another rule":    {[]policy.Rule{allow("key.list", "*")}, -1},
		"no rule":         {nil, -1},
		"an empty list":   {[]policy.Rule{allow("wallet.list")}, -1},
		"denied for all":  {[]policy.Rule{allow("wallet.list", "payroll"), {Name: "no", Verdict: policy.Deny, Listeners: any, Operations: []string{"wallet.list"}, Wallets: any, Keys: any, Effects: any}}, -1},
		"denied for some": {[]policy.Rule{allow("wallet.list", "pay*"), {Name: "no", Verdict: policy.Deny, Listeners: any, Operations: []string{"wallet.list"}, Wallets: []string{"payroll"}, Keys: any, Effects: any}}, 1},
	} {
		h := newHouse(t, append(tt.rules, admin))
		for _, w := range []string{"payroll", "payments", "cold"} {
			h.wallet(caller("admin"), w)
		}
		list, err := h.Wallets(t.Context(), caller("kmd"))
		if tt.sees < 0 {
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %+v, %v", name, list, err)
			}
			continue
		}
		if err != nil || len(list.Wallets) != tt.sees {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}
