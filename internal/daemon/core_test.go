package daemon

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
)

// openCore opens what is in a data directory.
func openCore(t *testing.T, d *Directory, log io.Writer) (*Core, error) {
	t.Helper()
	settings, err := config.Profile("strongroom")
	if err != nil {
		t.Fatal(err)
	}
	return OpenCore(t.Context(), d, CoreConfig{
		Settings: settings, Sealing: Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()},
		Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now,
	})
}

// within lets f work in a data directory and gives what was logged.
func within(t *testing.T, dir string, f func(*Core)) string {
	t.Helper()
	d, err := OpenDirectory(dir, true, false)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var log bytes.Buffer
	c, err := openCore(t, d, &log)
	if err != nil {
		t.Fatal(err)
	}
	f(c)
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return log.String()
}

// admin is the owner at the admin socket, who may do everything.
func admin() gate.Caller {
	return gate.Caller{Listener: config.AdminListener, Protocol: "rest", Conn: 1, UID: -1}
}

func create(t *testing.T, c *Core, name string) gate.Wallet {
	t.Helper()
	w, err := c.Gate.CreateWallet(t.Context(), admin(), gate.NewWallet{Name: name, Password: secret.Copy([]byte("pw"))})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// behindEvents are the journal's events that the store was an older one.
func behindEvents(t *testing.T, dir string) (found []audit.Record) {
	t.Helper()
	for r, err := range audit.All(filepath.Join(dir, journalName)) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Operation == OpBehind {
			found = append(found, r)
		}
	}
	return found
}

// A store from a backup brings back old passwords and deleted keys. It is used,
// because somebody may need it, but it never goes unnoticed.
func TestOlderStoreIsStated(t *testing.T) {
	dir, backup := newDataDir(t), filepath.Join(t.TempDir(), "backup")
	within(t, dir, func(c *Core) { create(t, c, "kept") })
	copyTree(t, filepath.Join(dir, storeName), backup)
	within(t, dir, func(c *Core) {
		if err := c.Gate.AllowStop(t.Context(), admin()); err != nil {
			t.Error(err)
		}
	})
	copyTree(t, backup, filepath.Join(dir, storeName))
	if log := within(t, dir, func(*Core) {}); strings.Contains(log, "level=ERROR") || len(behindEvents(t, dir)) > 0 {
		t.Errorf("though no change came after the backup: %s", log)
	}
	log := within(t, dir, func(c *Core) {
		w := create(t, c, "lost")
		if err := c.Gate.DeleteWallet(t.Context(), admin(), w.ID, secret.Copy([]byte("wrong"))); !fault.Is(err, fault.WrongPassword) {
			t.Errorf("a change that must fail: %v", err)
		}
		if err := c.Gate.ChangePassword(t.Context(), admin(), w.ID, secret.Copy([]byte("pw")), secret.Copy([]byte("new"))); err != nil {
			t.Error(err)
		}
	})
	if events := behindEvents(t, dir); strings.Contains(log, "older") || len(events) > 0 {
		t.Fatalf("without a backup: %s %v", log, events)
	}
	copyTree(t, backup, filepath.Join(dir, storeName))
	var advice []string
	log = within(t, dir, func(c *Core) { advice = behindAdvice(c.journal.Dir()) })
	events := behindEvents(t, dir)
	// The refused deletion has an outcome and counts for nothing.
	if len(events) != 1 || !strings.Contains(events[0].Detail, "up to 2 changes are missing") || events[0].Phase != audit.Event {
		t.Fatalf("events %+v", events)
	}
	if !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "the store is older than the journal") {
		t.Errorf("log: %s", log)
	}
	if len(advice) != 1 || !strings.Contains(advice[0], events[0].Detail) {
		t.Errorf("advice %q", advice)
	}
	within(t, dir, func(c *Core) { create(t, c, "again") })
	if events := behindEvents(t, dir); len(events) != 1 {
		t.Errorf("it was stated %d times", len(events))
	}
}

// A process that is killed at any moment leaves a store that may lack the change
// under way, and the heads of the last second. That is no older store.
func TestKilledIsNotOlder(t *testing.T) {
	dir := newDataDir(t)
	within(t, dir, func(c *Core) { create(t, c, "first") })
	for _, when := range []string{"at once", "after a change", "between record and change", "after the head was saved"} {
		d, err := OpenDirectory(dir, false, false)
		if err != nil {
			t.Fatal(err)
		}
		c, err := openCore(t, d, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if when != "at once" {
			create(t, c, when)
		}
		switch when {
		case "between record and change":
			if err := c.journal.Append(t.Context(), &audit.Record{Phase: audit.Decision, Operation: string(gate.CreateWallet), Verdict: "allow", UID: -1}); err != nil {
				t.Fatal(err)
			}
		case "after the head was saved":
			if err := c.saveHead(t.Context(), c.journal.Head()); err != nil {
				t.Fatal(err)
			}
		}
		// What the kernel has of the files at this moment is what a kill leaves.
		left := filepath.Join(t.TempDir(), "left")
		if err := os.Mkdir(left, 0o700); err != nil {
			t.Fatal(err)
		}
		// The journal first: its head file must not be of a later moment than the store.
		copyTree(t, filepath.Join(dir, journalName), filepath.Join(left, journalName))
		copyTree(t, filepath.Join(dir, storeName), filepath.Join(left, storeName))
		for _, name := range []string{storeName, journalName} {
			if err := os.Chmod(filepath.Join(left, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if log := within(t, left, func(*Core) {}); strings.Contains(log, "older") || len(behindEvents(t, left)) > 0 {
			t.Errorf("%s: %s", when, log)
		}
	}
}

// A store that is none is an error, never a panic, and stays as it is.
func TestDamagedStore(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{100, 4096, 20000} {
		dir := newDataDir(t)
		file := filepath.Join(dir, StoreFile())
		if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		noise := make([]byte, size)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		if err := os.WriteFile(file, noise, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := OpenDirectory(dir, false, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := openCore(t, d, io.Discard); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%d random bytes: %v", size, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadFile(file); err != nil || !bytes.Equal(left, noise) {
			t.Errorf("%d random bytes: the file was changed (%v)", size, err)
		}
	}
}
