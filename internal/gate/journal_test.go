package gate

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

// Nothing secret and no payload is in the journal, in any usual encoding.
func TestJournalHoldsNoSecrets(t *testing.T) {
	const (
		pw    = "canary-password"
		other = "canary-other-password"
		wrong = "canary-wrong-password"
		note  = "canary-payload-note"
	)
	seed, private := []byte("canary-seed-of-32-bytes-aaaaaaaa"), []byte("canary-private-key-32-bytes-bbbb")
	h := newHouse(t, everything())
	c := caller("kmd")
	ctx := t.Context()
	w, err := h.CreateWallet(ctx, c, NewWallet{Name: "w", Password: password(pw), Seed: secret.Copy(seed)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Unlock(ctx, c, Unlock{Wallet: w.ID, Password: password(wrong), Lifetime: time.Hour})
	wantKind(t, err, fault.WrongPassword)
	s, err := h.Unlock(ctx, c, Unlock{Wallet: w.ID, Password: password(pw), Lifetime: time.Hour, Reauthenticate: true})
	if err != nil {
		t.Fatal(err)
	}
	derived := h.key(c, s.ID)
	k, err := h.ImportKey(ctx, c, s.ID, curve.Ed25519, secret.Copy(private))
	if err != nil {
		t.Fatal(err)
	}
	req := SignRequest{Session: s.ID, Password: password(wrong), Chain: algorand.ID,
		Request: chain.Request{Form: algorand.FormTransaction, Payload: payment(k.Public, note)}}
	_, err = h.Sign(ctx, c, req)
	wantKind(t, err, fault.WrongPassword)
	req.Password = password(pw)
	out, err := h.Sign(ctx, c, req)
	if err != nil {
		t.Fatal(err)
	}
	req.Request.Payload = append(req.Request.Payload, note...)
	if _, err = h.Sign(ctx, c, req); err == nil {
		t.Error("trailing bytes are signed")
	}
	exported, err := h.ExportKey(ctx, c, s.ID, derived.Public, password(pw))
	if err != nil {
		t.Fatal(err)
	}
	if full, err := h.ExportKey(ctx, c, s.ID, k.Public, password(pw)); err != nil || !bytes.Equal(full.Expose(), ed25519.NewKeyFromSeed(private)) {
		t.Errorf("the exported key is another, or %v", err)
	}
	if got, err := h.ExportSeed(ctx, c, s.ID, password(pw)); err != nil || !bytes.Equal(got.Expose(), seed) {
		t.Errorf("the exported seed is another, or %v", err)
	}
	if err := h.ChangePassword(ctx, c, w.ID, password(pw), password(other)); err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteKey(ctx, c, s.ID, k.Public, password(other)); err != nil {
		t.Fatal(err)
	}
	if err := h.journal.Close(); err != nil {
		t.Fatal(err)
	}
	all := h.journalBytes()
	if !bytes.Contains(all, []byte(FormatWalletID(w.ID))) {
		t.Fatal("the journal does not even name the wallet: the test looks in the wrong place")
	}
	for name, canary := range map[string][]byte{
		"password": []byte(pw), "new password": []byte(other), "wrong password": []byte(wrong), "payload": []byte(note),
		"seed": seed, "private key": private, "derived key": exported.Expose()[:32], "session": s.ID[:], "signature": out.Signature,
	} {
		for _, text := range []string{string(canary), hex.EncodeToString(canary), base64.StdEncoding.EncodeToString(canary)[:len(canary)/3*4]} {
			if bytes.Contains(all, []byte(text)) {
				t.Errorf("the journal holds the %s as %q", name, text)
			}
		}
	}
}

// Refusals share records, but none hides which wallet it was about.
func TestRefusalsKeepTheirWallets(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("kmd")
	var sessions []SessionID
	want := make(map[string]int)
	for i := range 3 {
		w := h.wallet(c, fmt.Sprint("w", i))
		sessions = append(sessions, h.open(c, w.ID))
		want[FormatWalletID(w.ID)] = 1
	}
	records := h.since(func() {
		for range 2 {
			for _, s := range sessions {
				_, err := h.ExportSeed(t.Context(), c, s, password("wrong"))
				wantKind(t, err, fault.WrongPassword)
			}
		}
	})
	for _, r := range records {
		if r.Phase != audit.Decision || r.Verdict != "deny" || r.Error != "wrong-password" || r.Operation != string(ExportSeed) {
			t.Errorf("journaled %+v", r)
		}
		want[r.Wallet]--
	}
	for wallet, missing := range want {
		if missing > 0 {
			t.Errorf("no refusal names wallet %s", wallet)
		}
	}
	records = h.since(func() {
		for range 100 {
			_, err := h.Keys(t.Context(), c, SessionID{})
			wantKind(t, err, fault.UnknownSession)
			h.Refused(t.Context(), c, ReadStatus, fault.Unauthenticated)
		}
	})
	if len(records) > 20 { // two, and two more for each second that this takes
		t.Errorf("200 refusals of strangers left %d records", len(records))
	}
}

// A session belongs to the listener that opened it.
func TestSessionOfAnotherListener(t *testing.T) {
	h := newHouse(t, everything())
	s := h.open(caller("kmd"), h.wallet(caller("kmd"), "w").ID)
	k := h.key(caller("kmd"), s).Public
	admin := caller("admin")
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"session":  func() error { _, err := h.Session(ctx, admin, s); return err },
		"renew":    func() error { _, err := h.Renew(ctx, admin, s, time.Hour); return err },
		"lock":     func() error { return h.Lock(ctx, admin, s) },
		"keys":     func() error { _, err := h.Keys(ctx, admin, s); return err },
		"generate": func() error { _, err := h.GenerateKey(ctx, admin, s); return err },
		"sign":     func() error { _, err := h.Sign(ctx, admin, paymentRequest(s, k)); return err },
		"export":   func() error { _, err := h.ExportKey(ctx, admin, s, k, password("pw")); return err },
		"password": func() error { return h.CheckPassword(ctx, admin, s, password("pw")) },
		"accounts": func() error { _, err := h.Accounts(ctx, admin, s); return err },
	} {
		if err := call(); !fault.Is(err, fault.UnknownSession) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.LockAll(ctx, admin); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Keys(ctx, caller("kmd"), s); !fault.Is(err, fault.UnknownSession) {
		t.Errorf("LockAll spares other listeners: %v", err)
	}
}

// A wrong password leaves one refusal, of the adoption or of the unlock; a good
// adoption is an operation of its own beside the unlock.
func TestAdoptionIsJournaled(t *testing.T) {
	h := newHouse(t, everything())
	c := caller("kmd")
	id := h.foreign("foreign", 1)
	unlock := func(pw string) (err error) {
		_, err = h.Unlock(t.Context(), c, Unlock{Wallet: id, Password: password(pw), Lifetime: time.Hour})
		return err
	}
	var err error
	records := h.since(func() { err = unlock("wrong") })
	wantKind(t, err, fault.WrongPassword)
	checkRefusal(t, records, AdoptWallet, fault.WrongPassword)
	records = h.since(func() { err = unlock("pw") })
	if err != nil || len(records) != 2 || records[0].Operation != string(AdoptWallet) || records[1].Operation != string(UnlockWallet) {
		t.Errorf("a good adoption: %v, journaled %+v", err, records)
	}
	for _, r := range records {
		if r.Phase != audit.Decision || r.Verdict != "allow" || r.Wallet != foreignID {
			t.Errorf("journaled %+v", r)
		}
	}
	records = h.since(func() { err = unlock("wrong") })
	wantKind(t, err, fault.WrongPassword)
	checkRefusal(t, records, UnlockWallet, fault.WrongPassword)

	h.foreign("foreign", 2)
	var second Wallet
	records = h.since(func() { second, err = h.ResolveConflict(t.Context(), c, id, AdoptAsNew, password("pw"), "second") })
	if err != nil || len(records) != 1 || records[0].Detail != "as-new "+FormatWalletID(second.ID) {
		t.Errorf("%v, journaled %+v: the new wallet is not named", err, records)
	}
}

// Rules see a foreign file's wallet by its name, and two files of one id are neither.
func TestAdoptionFollowsTheRules(t *testing.T) {
	rules := append(everything(), policy.Rule{Name: "not that one", Verdict: policy.Deny, Listeners: []string{"*"},
		Operations: []string{"wallet.adopt"}, Wallets: []string{"secret*"}, Keys: []string{"*"}, Effects: []string{"*"}})
	h := newHouse(t, rules)
	c := caller("kmd")
	id := h.foreign("secret wallet", 1)
	for name, call := range map[string]func() error{
		"unlock": func() error {
			_, err := h.Unlock(t.Context(), c, Unlock{Wallet: id, Password: password("pw")})
			return err
		},
		"rename":   func() error { _, err := h.RenameWallet(t.Context(), c, id, password("pw"), "new"); return err },
		"password": func() error { return h.ChangePassword(t.Context(), c, id, password("pw"), password("new")) },
		"export":   func() error { _, err := h.ExportWallet(t.Context(), c, id, password("pw"), "kmd"); return err },
	} {
		if err := call(); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.wallets.Count() != 0 {
		t.Fatal("the wallet was adopted")
	}
	h.foreign("another name", 1)
	var err error
	records := h.since(func() {
		_, err = h.Unlock(t.Context(), c, Unlock{Wallet: id, Password: password("pw")})
	})
	wantKind(t, err, fault.AmbiguousWallet)
	if len(records) != 1 || records[0].Verdict != "deny" || records[0].Error != "ambiguous-wallet" || records[0].Wallet != foreignID {
		t.Errorf("journaled %+v", records)
	}
}

// A list shows only the wallets that the rules let the listener see.
func TestWalletsAreFiltered(t *testing.T) {
	any := []string{"*"}
	rules := append(everything(), policy.Rule{Name: "hidden", Verdict: policy.Deny, Listeners: []string{"kmd"},
		Operations: []string{"wallet.list"}, Wallets: []string{"hidden*"}, Keys: any, Effects: any})
	h := newHouse(t, rules)
	admin := caller("admin")
	shown, hidden := h.wallet(admin, "shown"), h.wallet(admin, "hidden")
	h.foreign("hidden foreign", 1)
	all, err := h.Wallets(t.Context(), caller("kmd"))
	if err != nil || len(all.Wallets) != 1 || all.Wallets[0].ID != shown.ID {
		t.Errorf("kmd sees %+v, %v", all, err)
	}
	if all, err = h.Wallets(t.Context(), admin); err != nil || len(all.Wallets) != 3 {
		t.Errorf("admin sees %+v, %v", all, err)
	}
	s := h.open(caller("kmd"), hidden.ID)
	_, err = h.Session(t.Context(), caller("kmd"), s)
	wantKind(t, err, fault.Denied)
	if got, err := h.Session(t.Context(), admin, h.open(admin, hidden.ID)); err != nil || got.Wallet.Name != "hidden" {
		t.Errorf("admin's session: %+v, %v", got, err)
	}
}
