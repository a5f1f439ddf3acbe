package gate

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/audit"
	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/clefdir"
	"strongroom/internal/foreign/kmdfile"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

const foreignID = "00112233445566778899aabbccddeeff"

// foreign puts a kmd wallet file with the password "pw" into the folder.
func (h *house) foreign(name string, seed byte) WalletID {
	h.t.Helper()
	path := filepath.Join(h.folder, name+".db")
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	source := kmdfile.Source{Summary: kmdfile.Summary{ID: foreignID, Name: []byte(name)}, DerivationKey: secret.Copy(bytes.Repeat([]byte{seed}, 32))}
	err := kmdfile.Write(context.Background(), path, source, password("pw"), kmdfile.WriteOptions{Params: kmdfile.Params{N: 2, R: 1, P: 1}})
	if err != nil {
		h.t.Fatal(err)
	}
	id, err := ParseWalletID(foreignID)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// scene is what an operation is tried on.
type scene struct {
	*house
	t       *testing.T
	c       Caller
	wallet  Wallet
	session SessionID
	key     curve.PublicKey
}

// operate calls every operation of the product in a way that should succeed.
func operate() map[Operation]func(s *scene) error {
	ctx := context.Background()
	pw := func() secret.Bytes { return password("pw") }
	account := func(s *scene) Account { return Account{Address: []byte("address"), Preimage: []byte("preimage")} }
	return map[Operation]func(s *scene) error{
		ListWallets: func(s *scene) error {
			all, err := s.Wallets(ctx, s.c)
			if err == nil && len(all.Wallets) == 0 {
				s.t.Error("no wallet is listed")
			}
			return err
		},
		CreateWallet: func(s *scene) error { _, err := s.CreateWallet(ctx, s.c, NewWallet{Name: "new"}); return err },
		UnlockWallet: func(s *scene) error {
			_, err := s.Unlock(ctx, s.c, Unlock{Wallet: s.wallet.ID, Password: pw()})
			return err
		},
		LockWallet:     func(s *scene) error { return s.Lock(ctx, s.c, s.session) },
		RenewSession:   func(s *scene) error { _, err := s.Renew(ctx, s.c, s.session, time.Hour); return err },
		RenameWallet:   func(s *scene) error { _, err := s.RenameWallet(ctx, s.c, s.wallet.ID, pw(), "renamed"); return err },
		DeleteWallet:   func(s *scene) error { return s.DeleteWallet(ctx, s.c, s.wallet.ID, pw()) },
		ChangePassword: func(s *scene) error { return s.ChangePassword(ctx, s.c, s.wallet.ID, pw(), password("new")) },
		ExportWallet:   func(s *scene) error { _, err := s.ExportWallet(ctx, s.c, s.wallet.ID, pw(), "kmd"); return err },
		ImportWallet: func(s *scene) error {
			_, err := s.ImportWallet(ctx, s.c, keosdFixture(s.t, "alpha"))
			return err
		},
		AdoptWallet: func(s *scene) error {
			_, err := s.Unlock(ctx, s.c, Unlock{Wallet: s.foreign("foreign", 1), Password: pw()})
			return err
		},
		ResolveWallet: func(s *scene) error {
			id := s.foreign("changing", 1)
			if _, err := s.Unlock(ctx, caller("setup"), Unlock{Wallet: id, Password: pw()}); err != nil {
				s.t.Fatal(err)
			}
			s.foreign("changing", 2)
			_, err := s.ResolveConflict(ctx, s.c, id, AdoptAsNew, pw(), "second")
			return err
		},
		ExportSeed:  func(s *scene) error { _, err := s.ExportSeed(ctx, s.c, s.session, pw()); return err },
		ListKeys:    func(s *scene) error { _, err := s.Keys(ctx, s.c, s.session); return err },
		GenerateKey: func(s *scene) error { _, err := s.GenerateKey(ctx, s.c, s.session); return err },
		ImportKey: func(s *scene) error {
			_, err := s.ImportKey(ctx, s.c, s.session, curve.Ed25519, secret.New(bytes.Repeat([]byte{5}, 32)))
			return err
		},
		ExportKey: func(s *scene) error { _, err := s.ExportKey(ctx, s.c, s.session, s.key, pw()); return err },
		RenameKey: func(s *scene) error {
			return s.NameKey(ctx, s.c, s.session, KeyID{Public: s.key}, "name", pw())
		},
		DeleteKey:     func(s *scene) error { return s.DeleteKey(ctx, s.c, s.session, s.key, pw()) },
		ListAccounts:  func(s *scene) error { _, err := s.Accounts(ctx, s.c, s.session); return err },
		ImportAccount: func(s *scene) error { return s.ImportAccount(ctx, s.c, s.session, account(s)) },
		ExportAccount: func(s *scene) error {
			if err := s.ImportAccount(ctx, s.c, s.session, account(s)); err != nil {
				s.t.Fatal(err)
			}
			_, err := s.Account(ctx, s.c, s.session, account(s).Address)
			return err
		},
		DeleteAccount: func(s *scene) error {
			if err := s.ImportAccount(ctx, s.c, s.session, account(s)); err != nil {
				s.t.Fatal(err)
			}
			return s.DeleteAccount(ctx, s.c, s.session, account(s).Address, pw())
		},
		Sign: func(s *scene) error {
			_, err := s.Sign(ctx, s.c, fakeRequest(s.session, chain.Move, s.key))
			return err
		},
		AttestRules: func(s *scene) error {
			if err := s.openClef(ctx); err != nil {
				return err
			}
			return s.SetClefConfig(ctx, s.c, "ruleset_sha256", "digest")
		},
		StoreRules: func(s *scene) error {
			if err := s.openClef(ctx); err != nil {
				return err
			}
			return s.AcceptRuleStorage(ctx, s.c)
		},
		StorePassword: func(s *scene) error {
			if err := s.openClef(ctx); err != nil {
				return err
			}
			return s.SetCredential(ctx, s.c, [20]byte{1}, pw())
		},
		PairCaller:    func(s *scene) error { return s.PairCaller(ctx, s.c, nil, "bot 00") },
		ReadApprovals: func(s *scene) error { _, err := s.Questions(ctx, s.c, 0, false); return err },
		AnswerApproval: func(s *scene) error {
			go func() { _, _ = s.cfg.Desk.Ask(ctx, approval.Question{}, nil) }() // until the desk closes
			waiting := s.cfg.Desk.Wait(ctx, 0)
			return s.Answer(ctx, s.c, waiting[0].ID, approval.Approve)
		},
		ReadAudit:  func(s *scene) error { _, err := s.AuditTail(ctx, s.c, 1); return err },
		ReadStatus: func(s *scene) error { _, err := s.Status(ctx, s.c); return err },
		StopDaemon: func(s *scene) error { return s.AllowStop(ctx, s.c) },
	}
}

// openClef makes a master seed, under parameters that take no time, and opens it.
func (s *scene) openClef(ctx context.Context) error {
	seed := s.cfg.KeyStores[0].Seed
	err := clefdir.CreateSeed(seed, password("pw"), clefdir.Params{N: 2, P: 1}, rand.Reader)
	if err != nil && !fault.Is(err, fault.WalletExists) {
		s.t.Fatal(err)
	}
	return s.OpenClef(ctx, s.c, password("pw"))
}

// stage makes a house in which the listener "tested" may do everything but denied.
func stage(t *testing.T, denied Operation) *scene {
	any := []string{"*"}
	rules := everything()
	if denied != "" {
		rules = append(rules, policy.Rule{Name: "denied", Verdict: policy.Deny, Listeners: []string{"tested"},
			Operations: []string{string(denied)}, Wallets: any, Keys: any, Effects: any})
	}
	setup := "tested"
	if denied == UnlockWallet || denied == GenerateKey {
		setup = "setup"
	}
	return stageWith(t, rules, setup)
}

// stageWith makes a house with rules, in which a listener opened a wallet with a key.
func stageWith(t *testing.T, rules []policy.Rule, listener string) *scene {
	s := &scene{house: newHouse(t, rules), t: t, c: caller("tested")}
	s.wallet = s.house.wallet(caller("setup"), "w")
	s.session = s.open(caller(listener), s.wallet.ID)
	s.key = s.house.key(caller(listener), s.session).Public
	s.vault.Tidy()
	return s
}

// Every operation is reached, asks the rules, and leaves exactly the records that
// its class says.
func TestEveryOperation(t *testing.T) {
	calls := operate()
	for op, class := range operations {
		call := calls[op]
		if call == nil {
			t.Errorf("%s is not tested", op)
			continue
		}
		t.Run(string(op), func(t *testing.T) {
			t.Parallel()
			s := stage(t, "")
			var err error
			records := about(op, s.since(func() { err = call(s) }))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case class == auditRefusals && len(records) != 0:
				t.Errorf("a read was journaled: %+v", records)
			case class == auditAlways && (len(records) != 1 || records[0].Phase != audit.Decision || records[0].Verdict != "allow" || records[0].Rule != "all"):
				t.Errorf("journaled %+v, want one decision", records)
			}
		})
		t.Run(string(op)+" denied", func(t *testing.T) {
			t.Parallel()
			s := stage(t, op)
			if op == GenerateKey {
				s.session = s.open(s.c, s.wallet.ID)
			}
			before := s.state()
			var err error
			records := about(op, s.since(func() { err = call(s) }))
			wantKind(t, err, fault.Denied)
			if len(records) != 1 || records[0].Phase != audit.Decision || records[0].Verdict != "deny" || records[0].Rule != "denied" || records[0].Error != "denied" {
				t.Errorf("journaled %+v, want one refusal", records)
			}
			if op != ResolveWallet && op != DeleteAccount && op != ExportAccount && s.state() != before {
				t.Errorf("the state was %+v and became %+v", before, s.state())
			}
			if s.signed() {
				t.Error("the vault signed")
			}
		})
	}
	for op := range calls {
		if _, known := operations[op]; !known {
			t.Errorf("%s is not in the table", op)
		}
	}
}

// about leaves the records of an operation, without those of its preparation.
func about(op Operation, records []audit.Record) (some []audit.Record) {
	for _, r := range records {
		if r.Operation == string(op) && r.Listener == "tested" {
			some = append(some, r)
		}
	}
	return some
}

// state is what operations change, as far as it can be compared.
type state struct {
	wallets, sessions, keys, accounts int
	name                              string
	password                          bool // is still the old one
}

// state looks past the gate.
func (s *scene) state() (now state) {
	s.t.Helper()
	now.wallets, now.sessions, now.name = s.wallets.Count(), s.wallets.Sessions(), s.wallets.Name(s.wallet.ID)
	for _, listener := range []string{"tested", "setup"} {
		open, err := s.wallets.Session(listener, s.session)
		if err != nil {
			continue
		}
		keys, err := open.Keys()
		if err != nil {
			s.t.Fatal(err)
		}
		accounts, err := open.Accounts()
		if err != nil {
			s.t.Fatal(err)
		}
		now.keys, now.accounts = len(keys.Keys), len(accounts)
		now.password = open.CheckPassword(context.Background(), password("pw")) == nil
	}
	return now
}

// Without rules nothing is possible.
func TestNothingIsAllowedWithoutRules(t *testing.T) {
	s := stage(t, "")
	s.cfg.Policy = nil
	for op, call := range operate() {
		switch op {
		case ResolveWallet, ExportAccount, DeleteAccount:
			continue // what prepares them is refused already
		}
		if err := call(s); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", op, err)
		}
	}
	if s.wallets.Count() != 1 || s.signed() {
		t.Error("something happened")
	}
}

func TestUnknownOperation(t *testing.T) {
	h := newHouse(t, everything())
	ran := false
	err := h.pass(t.Context(), &act{operation: "wallet.burn", caller: caller("kmd")}, func() error { ran = true; return nil })
	wantKind(t, err, fault.Denied)
	if ran {
		t.Error("an unknown operation was carried out")
	}
}

// What can not be journaled does not happen.
func TestNoJournalNoOperation(t *testing.T) {
	for op, class := range operations {
		if class != auditAlways || op == ResolveWallet || op == DeleteAccount { // their preparation is an operation
			continue
		}
		t.Run(string(op), func(t *testing.T) {
			t.Parallel()
			s := stage(t, "")
			before := s.state()
			if err := s.journal.Close(); err != nil {
				t.Fatal(err)
			}
			if err := operate()[op](s); err == nil {
				t.Error("the operation succeeded")
			}
			if s.state() != before || s.signed() {
				t.Errorf("the state was %+v and became %+v; signed %v", before, s.state(), s.signed())
			}
		})
	}
	t.Run("exports", func(t *testing.T) {
		s := stage(t, "")
		s.journal.Close()
		private, err := s.ExportKey(t.Context(), s.c, s.session, s.key, password("pw"))
		if err == nil || !private.IsEmpty() {
			t.Errorf("a key of %d bytes, %v", private.Len(), err)
		}
		seed, err := s.ExportSeed(t.Context(), s.c, s.session, password("pw"))
		if err == nil || !seed.IsEmpty() {
			t.Errorf("a seed of %d bytes, %v", seed.Len(), err)
		}
		file, err := s.ExportWallet(t.Context(), s.c, s.wallet.ID, password("pw"), "kmd")
		if err == nil || file != nil {
			t.Errorf("a file of %d bytes, %v", len(file), err)
		}
	})
}
