package gate

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/policy"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
	"strongroom/internal/store/sqlite"
)

// ruleHouse is a gate whose state lies in one folder, so that it can be copied at any
// moment and opened again, as after a kill.
type ruleHouse struct {
	*Gate
	t       testing.TB
	dir     string
	journal *audit.Journal
	close   func()
	during  func() // called while the journal takes up a record, before it is written
}

// newRuleFolder makes a folder with a Clef directory.
func newRuleFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	store := clefStore(t, "clef", "")
	if err := os.Rename(store.ConfigDir, filepath.Join(dir, "clef")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func openRuleHouse(t testing.TB, dir string, rules ...policy.Rule) *ruleHouse {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h := &ruleHouse{t: t, dir: dir}
	must(os.MkdirAll(filepath.Join(dir, "store"), 0o700))
	db, err := sqlite.Open(t.Context(), sqlite.Config{Dir: filepath.Join(dir, "store")})
	must(err)
	now := func() time.Time {
		if h.during != nil {
			h.during()
		}
		return time.Now()
	}
	h.journal, _, err = audit.Open(audit.Config{Dir: filepath.Join(dir, "journal"), StoreID: db.ID(), Durability: audit.Written, Now: now})
	must(err)
	arena, err := secret.NewArena(1 << 20)
	must(err)
	if rules == nil {
		rules = everything()
	}
	p, err := policy.New(rules, Operations())
	must(err)
	h.Gate, err = New(t.Context(), Config{
		Store: db, Journal: h.journal, Policy: p, Arena: arena, Sealer: sealtest.New(t), Rand: rand.Reader, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Derivations: 2, DerivationQueue: 64, Private: t.TempDir(),
		KeyStores: []KeyStore{{Listener: "clef", Name: "keystore", Seed: filepath.Join(dir, "clef", "masterseed.json"), ConfigDir: filepath.Join(dir, "clef")}},
	})
	must(err)
	h.close = sync.OnceFunc(func() {
		if err := errors.Join(h.Close(), h.journal.Close(), db.Close(), arena.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(h.close)
	must(h.OpenClef(t.Context(), caller("clef"), password(masterPassword)))
	return h
}

// storage opens the rule storage.
func (h *ruleHouse) storage() *RuleStorage {
	h.t.Helper()
	s, err := h.RuleStorage(context.Background(), caller("clef"))
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// vaultDir is the one vault of the Clef directory.
func vaultDir(t testing.TB, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "clef", "[0-9a-f]*"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0]
}

func ruleFile(t testing.TB, dir string) string {
	t.Helper()
	return filepath.Join(vaultDir(t, dir), "jsstorage.json")
}

// entries makes changes of keys and values in turn.
func entries(texts ...string) (changes []Change) {
	for i := 0; i < len(texts); i += 2 {
		changes = append(changes, Change{Key: texts[i], Value: texts[i+1]})
	}
	return changes
}

// put commits one entry.
func (s *RuleStorage) put(key, value string) error {
	return s.Commit(context.Background(), entries(key, value))
}

func (h *ruleHouse) want(s *RuleStorage, key, want string) {
	h.t.Helper()
	if got, err := s.Get(key); err != nil || got != want {
		h.t.Errorf("%q is %q, %v; want %q", key, got, err, want)
	}
}

// count is the number that the tests keep in the storage.
func (h *ruleHouse) count(s *RuleStorage) int {
	h.t.Helper()
	text, err := s.Get("count")
	if err != nil {
		h.t.Fatal(err)
	}
	n, err := strconv.Atoi("0" + text)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// last is what the journal says last of the storage.
func (h *ruleHouse) last() audit.Record {
	h.t.Helper()
	r, found, err := audit.Last(h.journal.Dir(), string(StoreRules), func(*audit.Record) bool { return true })
	if err != nil || !found {
		h.t.Fatal(found, err)
	}
	return r
}

// copyTo copies a folder, as a kill or a backup would leave it.
func copyTo(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	// CopyFS gives files modes that the umask leaves; the seed is particular.
	for _, seed := range []string{"masterseed.json", "clef/masterseed.json"} {
		if err := os.Chmod(filepath.Join(to, seed), 0o400); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// asides are the files that wait to become the storage.
func asides(t testing.TB, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(vaultDir(t, dir), ".jsstorage.json.*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func must(t testing.TB) func(*policy.Policy, error) *policy.Policy {
	return func(p *policy.Policy, err error) *policy.Policy {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}
