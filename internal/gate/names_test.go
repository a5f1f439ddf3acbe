package gate_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/chain/all"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
	"strongroom/internal/store/sqlite"
)

// openRuled opens a gate with rules over a folder of foreign wallet files.
func openRuled(t *testing.T, folder string, rules []policy.Rule) *gate.Gate {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"store", "journal", "private"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := policy.New(rules, gate.Operations())
	check(err)
	store, err := sqlite.Open(t.Context(), sqlite.Config{Dir: filepath.Join(dir, "store")})
	check(err)
	t.Cleanup(func() { store.Close() })
	journal, _, err := audit.Open(audit.Config{Dir: filepath.Join(dir, "journal"), StoreID: store.ID(), Durability: audit.Written})
	check(err)
	t.Cleanup(func() { journal.Close() })
	arena, err := secret.NewArena(64 << 10)
	check(err)
	t.Cleanup(func() { arena.Close() })
	g, err := gate.New(context.Background(), gate.Config{
		Store: store, Journal: journal, Policy: compiled, Chains: all.All(), Arena: arena, Sealer: sealtest.New(t),
		Rand: rand.Reader, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Derivations: 1, DerivationQueue: 8, KmdFolders: []string{folder}, Private: filepath.Join(dir, "private"),
	})
	check(err)
	t.Cleanup(func() { g.Close() })
	return g
}

func anything(verdict policy.Verdict, name string, wallets ...string) policy.Rule {
	star := []string{"*"}
	return policy.Rule{Name: name, Verdict: verdict, Listeners: star, Operations: star, Wallets: wallets, Keys: star, Effects: star}
}

// A wallet that is only a file so far has a name, and rules about it hold.
func TestRulesByNameHoldForForeignFiles(t *testing.T) {
	folder := t.TempDir()
	file, err := os.ReadFile("../foreign/kmdfile/testdata/wallet-blank-password-weak-scrypt.db")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "w.db"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	const name = "fixture blank"
	find := func(g *gate.Gate) gate.WalletID {
		t.Helper()
		list, err := g.Wallets(t.Context(), gate.Caller{Listener: "x"})
		if err != nil || len(list.Wallets) != 1 || list.Wallets[0].Name != name {
			t.Fatalf("%v %v", list, err)
		}
		return list.Wallets[0].ID
	}
	id := find(openRuled(t, folder, []policy.Rule{anything(policy.Allow, "all", "*")}))

	c := gate.Caller{Listener: "x"}
	for op, do := range map[string]func(*gate.Gate) error{
		"unlock": func(g *gate.Gate) error {
			_, err := g.Unlock(t.Context(), c, gate.Unlock{Wallet: id, Lifetime: time.Minute})
			return err
		},
		"export": func(g *gate.Gate) error {
			_, err := g.ExportWallet(t.Context(), c, id, secret.Bytes{}, "kmd")
			return err
		},
		"rename": func(g *gate.Gate) error {
			_, err := g.RenameWallet(t.Context(), c, id, secret.Bytes{}, "n")
			return err
		},
		"password": func(g *gate.Gate) error {
			return g.ChangePassword(t.Context(), c, id, secret.Bytes{}, secret.New([]byte("p")))
		},
	} {
		g := openRuled(t, folder, []policy.Rule{anything(policy.Allow, "all", "*"), anything(policy.Deny, "cold", name)})
		if err := do(g); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: got %v", op, err)
		}
		if s, err := g.Status(t.Context(), c); err != nil || s.Wallets != 0 {
			t.Errorf("%s: the wallet was adopted all the same (%v)", op, err)
		}
		// The same where only this name is allowed.
		if err := do(openRuled(t, folder, []policy.Rule{anything(policy.Allow, "one", name, "n")})); err != nil {
			t.Errorf("%s, allowed by name: %v", op, err)
		}
	}

	// Two files of one wallet: nobody can know which is meant.
	if err := os.WriteFile(filepath.Join(folder, "w2.db"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	g := openRuled(t, folder, []policy.Rule{anything(policy.Allow, "all", "*")})
	if _, err := g.Unlock(t.Context(), c, gate.Unlock{Wallet: id}); !fault.Is(err, fault.AmbiguousWallet) {
		t.Errorf("two files: got %v", err)
	}
}

// Whoever may rename must not take a wallet under rules that were meant for another.
func TestRenameNeedsBothNames(t *testing.T) {
	c := gate.Caller{Listener: "x"}
	limited := anything(policy.Allow, "limited", "cold", "warm")
	forbidden := anything(policy.Deny, "reserved", "hot")
	for name, rules := range map[string][]policy.Rule{
		"not allowed": {limited},
		"denied":      {anything(policy.Allow, "all", "*"), forbidden},
	} {
		g := openRuled(t, t.TempDir(), rules)
		w, err := g.CreateWallet(t.Context(), c, gate.NewWallet{Name: "cold"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.RenameWallet(t.Context(), c, w.ID, secret.Bytes{}, "hot"); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := g.RenameWallet(t.Context(), c, w.ID, secret.Bytes{}, "warm"); err != nil {
			t.Errorf("%s: an allowed name: %v", name, err)
		}
	}
}
