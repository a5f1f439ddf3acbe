package gate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/audit"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

func TestRuleStorage(t *testing.T) {
	h := openRuleHouse(t, newRuleFolder(t))
	s := h.storage()
	if r := h.last(); r.Detail != "never opened here before: taken as it is" || len(r.Digest) != 64 || !strings.HasPrefix(r.Key, "clef-vault:") || r.Wallet == "" {
		t.Errorf("journaled %+v", r)
	}
	h.want(s, "k", "")
	if err := s.Commit(t.Context(), entries("k", "v1", "", "nothing", "n", "5", "k", "v2", "gone", "x", "gone", "")); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{"k": "v2", "n": "5", "": "", "gone": "", "never": ""} {
		h.want(s, key, value)
	}
	first := h.last()
	if info, err := os.Stat(ruleFile(t, h.dir)); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	if first.Detail != "" || first.Verdict != "allow" || first.Phase != audit.Decision || len(asides(t, h.dir)) != 0 {
		t.Errorf("journaled %+v, aside %v", first, asides(t, h.dir))
	}
	// What changes nothing costs nothing.
	if err := s.Commit(t.Context(), entries("k", "v3", "k", "v2", "never", "")); err != nil {
		t.Fatal(err)
	}
	if r := h.last(); r.Sequence != first.Sequence {
		t.Errorf("a change that changes nothing is journaled: %+v", r)
	}
	other := h.storage() // another handle shows the same
	if err := s.put("n", ""); err != nil {
		t.Fatal(err)
	}
	h.want(other, "n", "")
	before := h.last()
	h.close()
	if _, err := s.Get("k"); !fault.Is(err, fault.Locked) {
		t.Errorf("a closed storage: %v", err)
	}
	if err := s.put("k", "v4"); err == nil {
		t.Error("a closed storage is written")
	}

	h = openRuleHouse(t, h.dir)
	s = h.storage()
	if r := h.last(); r.Detail != "as the journal has it" || r.Digest != before.Digest {
		t.Errorf("journaled %+v", r)
	}
	h.want(s, "k", "v2")
	h.want(s, "n", "")
}

// Clef's own storage opens.
func TestRuleStorageOfClef(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, "../../testdata/golden/clef/config-fixture/config", filepath.Join(dir, "clef"))
	for _, d := range []string{filepath.Join(dir, "clef"), vaultDir(t, dir)} {
		if err := os.Chmod(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h := openRuleHouse(t, dir)
	s := h.storage()
	h.want(s, "startup", `{"extapi_http":"http://127.0.0.1:8550/","extapi_ipc":"n/a","extapi_version":"6.1.0","intapi_version":"7.0.1"}`)
	if hash, err := h.ClefConfig(t.Context(), caller("clef"), "ruleset_sha256"); err != nil || hash != "2ceb6ddf498abc732c11b05aecf0e08f5b96f5ddc0792193985d9b3fd08a3ed8" {
		t.Errorf("the attested hash is %q, %v", hash, err)
	}
}

// An older file is refused, whoever put it there, and so is one that is gone, until the
// owner takes it.
func TestRuleStorageRollback(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(path string, old []byte) error
		count  int // once it is accepted
	}{
		{"an older file", func(path string, old []byte) error { return os.WriteFile(path, old, 0o600) }, 1},
		{"no file", func(path string, _ []byte) error { return os.Remove(path) }, 0},
		{"an empty storage", func(path string, _ []byte) error { return os.WriteFile(path, []byte("{}"), 0o600) }, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := openRuleHouse(t, newRuleFolder(t))
			s := h.storage()
			if err := s.put("count", "1"); err != nil {
				t.Fatal(err)
			}
			path := ruleFile(t, h.dir)
			old, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.put("count", "2"); err != nil {
				t.Fatal(err)
			}
			h.close()
			if err := test.change(path, old); err != nil {
				t.Fatal(err)
			}
			h = openRuleHouse(t, h.dir)
			for range 2 {
				_, err = h.RuleStorage(t.Context(), caller("clef"))
				if !fault.Is(err, fault.Conflict) || !strings.HasPrefix(fault.Text(err), "the rule storage is older than") || fault.Hint(err) == "" {
					t.Fatalf("error %v", err)
				}
			}
			if err := h.AcceptRuleStorage(t.Context(), caller("clef")); err != nil {
				t.Fatal(err)
			}
			if r := h.last(); r.Detail != "accepted as it is" {
				t.Errorf("journaled %+v", r)
			}
			if got := h.count(h.storage()); got != test.count {
				t.Errorf("the count is %d, want %d", got, test.count)
			}
			h.close()
			h = openRuleHouse(t, h.dir)
			if got := h.count(h.storage()); got != test.count {
				t.Errorf("after a restart the count is %d, want %d", got, test.count)
			}
		})
	}
}

// A kill at any step leaves the state before or the one after, and once a change is
// acknowledged, only that. The folder is copied at each step, and opened again.
func TestRuleStorageSurvivesKillsBetweenSteps(t *testing.T) {
	h := openRuleHouse(t, newRuleFolder(t))
	s := h.storage()
	if err := s.put("count", "1"); err != nil {
		t.Fatal(err)
	}
	before, staged := t.TempDir(), t.TempDir()
	copyTo(t, h.dir, before)
	h.during = func() { // the state is aside, the journal does not name it
		h.during = nil
		if len(asides(t, h.dir)) != 1 {
			t.Errorf("aside are %v", asides(t, h.dir))
		}
		copyTo(t, h.dir, staged)
	}
	if err := s.put("count", "2"); err != nil {
		t.Fatal(err)
	}
	h.close()
	after := h.dir

	for _, test := range []struct {
		name          string
		clef, journal string // where each is from
		change        func(t *testing.T, dir string)
		count         int
		detail        string
	}{
		{"before anything", before, before, nil, 1, "as the journal has it"},
		{"while the file aside is written", staged, before, func(t *testing.T, dir string) {
			if err := os.Truncate(asides(t, dir)[0], 10); err != nil {
				t.Fatal(err)
			}
		}, 1, "as the journal has it"},
		{"before the journal", staged, staged, nil, 1, "as the journal has it"},
		{"before the file is renamed", staged, after, nil, 2, "finished what was interrupted"},
		{"with an older file aside as well", staged, after, func(t *testing.T, dir string) {
			older := filepath.Join(vaultDir(t, dir), ".jsstorage.json.0000000000000000.new")
			if err := os.WriteFile(older, []byte("{}"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, 2, "finished what was interrupted"},
		{"after the file is renamed", after, after, nil, 2, "as the journal has it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			copyTo(t, filepath.Join(test.clef, "clef"), filepath.Join(dir, "clef"))
			copyTo(t, filepath.Join(test.journal, "journal"), filepath.Join(dir, "journal"))
			copyTo(t, filepath.Join(test.journal, "store"), filepath.Join(dir, "store"))
			if test.change != nil {
				test.change(t, dir)
			}
			for round := range 2 {
				h := openRuleHouse(t, dir)
				s := h.storage()
				if got := h.count(s); got != test.count+round {
					t.Errorf("round %d: the count is %d, want %d", round, got, test.count+round)
				}
				if r := h.last(); round == 0 && r.Detail != test.detail {
					t.Errorf("journaled %+v", r)
				}
				if left := asides(t, dir); len(left) != 0 {
					t.Errorf("aside is left %v", left)
				}
				if err := s.put("count", strconv.Itoa(test.count+round+1)); err != nil {
					t.Fatal(err)
				}
				h.close()
			}
		})
	}
	t.Run("a journal that lost the file aside", func(t *testing.T) {
		dir := t.TempDir()
		copyTo(t, filepath.Join(before, "clef"), filepath.Join(dir, "clef"))
		copyTo(t, filepath.Join(after, "journal"), filepath.Join(dir, "journal"))
		copyTo(t, filepath.Join(after, "store"), filepath.Join(dir, "store"))
		h := openRuleHouse(t, dir)
		_, err := h.RuleStorage(t.Context(), caller("clef"))
		wantKind(t, err, fault.Conflict)
	})
}

// The owner gives the master password again while rules are at work, as "clef setpw" does
// with a signer that runs.
func TestRuleStorageOutlivesAnotherOpening(t *testing.T) {
	h := openRuleHouse(t, newRuleFolder(t))
	s := h.storage()
	if err := s.put("count", "1"); err != nil {
		t.Fatal(err)
	}
	if err := h.OpenClef(t.Context(), caller("clef"), password(masterPassword)); err != nil {
		t.Fatal(err)
	}
	h.want(s, "count", "1")
	if err := s.put("count", "2"); err != nil {
		t.Fatal(err)
	}
	h.want(h.storage(), "count", "2")
}

// A change that fails shows nowhere, and the next one works.
func TestRuleStorageFailures(t *testing.T) {
	t.Run("denied", func(t *testing.T) {
		rules := append(everything(), policy.Rule{Name: "denied", Verdict: policy.Deny, Listeners: []string{"clef"},
			Operations: []string{string(StoreRules)}, Wallets: []string{"keystore"}, Keys: []string{"*"}})
		h := openRuleHouse(t, newRuleFolder(t))
		s := h.storage()
		h.cfg.Policy = must(t)(policy.New(rules, Operations()))
		wantKind(t, s.put("k", "v"), fault.Denied)
		h.want(s, "k", "")
		if r := h.last(); r.Verdict != "deny" || r.Rule != "denied" || len(asides(t, h.dir)) != 0 {
			t.Errorf("journaled %+v", r)
		}
	})
	t.Run("canceled", func(t *testing.T) {
		h := openRuleHouse(t, newRuleFolder(t))
		s := h.storage()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		wantKind(t, s.Commit(ctx, entries("k", "v")), fault.Canceled)
		h.want(s, "k", "")
		if len(asides(t, h.dir)) != 0 {
			t.Errorf("aside is left %v", asides(t, h.dir))
		}
	})
	t.Run("too large", func(t *testing.T) {
		h := openRuleHouse(t, newRuleFolder(t))
		s := h.storage()
		wantKind(t, s.put("k", strings.Repeat("x", 16<<20)), fault.TooLarge)
		wantKind(t, s.put("\xff", "x"), fault.Invalid)
		h.want(s, "k", "")
	})
	t.Run("changed by another program", func(t *testing.T) {
		h := openRuleHouse(t, newRuleFolder(t))
		s := h.storage()
		if err := s.put("k", "v"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(ruleFile(t, h.dir), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		wantKind(t, s.put("k", "w"), fault.Conflict)
		h.want(s, "k", "v")
		h.close()
		h = openRuleHouse(t, h.dir)
		_, err := h.RuleStorage(t.Context(), caller("clef"))
		wantKind(t, err, fault.Conflict)
	})
	t.Run("the journal fails", func(t *testing.T) {
		h := openRuleHouse(t, newRuleFolder(t))
		s := h.storage()
		if err := s.put("count", "1"); err != nil {
			t.Fatal(err)
		}
		if err := h.journal.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.put("count", "2"); err == nil {
			t.Fatal("committed without a journal")
		}
		h.want(s, "count", "1")
		// Nobody knows whether the journal names the state: it must not be lost.
		if len(asides(t, h.dir)) != 1 {
			t.Errorf("aside are %v", asides(t, h.dir))
		}
		h.close()
		h = openRuleHouse(t, h.dir)
		if got := h.count(h.storage()); got != 1 || len(asides(t, h.dir)) != 0 {
			t.Errorf("the count is %d, aside are %v", got, asides(t, h.dir))
		}
	})
	// The journal names a state that cannot replace the file.
	unpublished := func(t *testing.T) (*ruleHouse, *RuleStorage) {
		h := openRuleHouse(t, newRuleFolder(t))
		s := h.storage() // there is no file yet
		vault := vaultDir(t, h.dir)
		h.during = func() {
			h.during = nil
			if err := os.Rename(vault, vault+"-away"); err != nil {
				t.Error(err)
			}
		}
		wantKind(t, s.put("count", "1"), fault.Storage)
		if err := os.Rename(vault+"-away", vault); err != nil {
			t.Fatal(err)
		}
		h.want(s, "count", "")
		if r := h.last(); r.Phase != audit.Outcome || r.Error != "storage" || len(asides(t, h.dir)) != 1 {
			t.Errorf("journaled %+v, aside are %v", r, asides(t, h.dir))
		}
		return h, s
	}
	t.Run("not renamed, then another change", func(t *testing.T) {
		h, s := unpublished(t)
		if err := s.put("other", "1"); err != nil {
			t.Fatal(err)
		}
		h.want(s, "count", "")
		if len(asides(t, h.dir)) != 0 {
			t.Errorf("aside are %v", asides(t, h.dir))
		}
		h.close()
		h = openRuleHouse(t, h.dir)
		s = h.storage()
		h.want(s, "count", "")
		h.want(s, "other", "1")
	})
	t.Run("not renamed, then a restart", func(t *testing.T) {
		h, _ := unpublished(t)
		h.close()
		h = openRuleHouse(t, h.dir)
		if got := h.count(h.storage()); got != 1 { // later than what was released, never earlier
			t.Errorf("the count is %d", got)
		}
	})
	t.Run("not renamed, another change killed before the journal", func(t *testing.T) {
		h, s := unpublished(t)
		dir := t.TempDir()
		h.during = func() {
			h.during = nil
			copyTo(t, h.dir, dir)
		}
		if err := s.put("other", "1"); err != nil {
			t.Fatal(err)
		}
		if len(asides(t, dir)) != 2 {
			t.Errorf("aside are %v", asides(t, dir))
		}
		h = openRuleHouse(t, dir)
		s = h.storage()
		h.want(s, "count", "1")
		h.want(s, "other", "")
	})
	t.Run("an entry that does not open", func(t *testing.T) {
		h := openRuleHouse(t, newRuleFolder(t))
		h.storage()
		if err := os.WriteFile(ruleFile(t, h.dir), []byte(`{"k":{"iv":"AAAAAAAAAAAAAAAA","c":"AAAAAAAAAAAAAAAAAAAAAA=="}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.AcceptRuleStorage(t.Context(), caller("clef")); err != nil {
			t.Fatal(err)
		}
		s := h.storage()
		_, err := s.Get("k")
		wantKind(t, err, fault.Corrupt)
		if err := s.put("k", ""); err != nil { // which is a change
			t.Fatal(err)
		}
		h.want(s, "k", "")
	})
	t.Run("no storage at all", func(t *testing.T) {
		h := openRuleHouse(t, newRuleFolder(t))
		h.storage()
		if err := os.WriteFile(ruleFile(t, h.dir), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		err := h.AcceptRuleStorage(t.Context(), caller("clef"))
		wantKind(t, err, fault.Corrupt)
		if !strings.Contains(fault.Text(err), "jsstorage.json") || !strings.Contains(fault.Hint(err), "does not help") {
			t.Errorf("the owner is told: %v (%s)", err, fault.Hint(err))
		}
	})
}

// Changes at the same time are all kept, and readers see whole states only.
func TestConcurrentRuleChanges(t *testing.T) {
	h := openRuleHouse(t, newRuleFolder(t))
	s := h.storage()
	const writers, each = 8, 6
	stop := make(chan struct{})
	var reading, writing sync.WaitGroup
	for range 2 {
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				// Within a state, first is never behind second.
				second, err := s.Get("second")
				first, err2 := s.Get("first")
				if err := errors.Join(err, err2); err != nil || first < second {
					t.Errorf("first is %q, second %q, %v", first, second, err)
					return
				}
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			handle := h.storage()
			for i := range each {
				changes := []Change{{Key: fmt.Sprint("w", w, " ", i), Value: "x"}}
				if w == 0 {
					stamp := fmt.Sprintf("%03d", i)
					changes = append(changes, entries("first", stamp, "second", stamp)...)
				}
				if err := handle.Commit(context.Background(), changes); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	close(stop)
	reading.Wait()
	h.close()
	h = openRuleHouse(t, h.dir)
	s = h.storage()
	for w := range writers {
		for i := range each {
			h.want(s, fmt.Sprint("w", w, " ", i), "x")
		}
	}
}
