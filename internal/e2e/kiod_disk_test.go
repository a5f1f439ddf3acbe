//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"strongroom/internal/chain/antelope"
)

const kiodDiskKeys = 2000 // a file of more than 400 KiB

// shortage is a disk that can get full in two steps, and empty again.
type shortage struct {
	begin  func(*kiod) error // room for records of the journal, but for no wallet file
	finish func(*kiod) error // no room at all
	free   func(*kiod) error
}

// TestKiodFullDisk plays a full disk on a small file system; see onSmallDisk.
func TestKiodFullDisk(t *testing.T) {
	onSmallDisk(t, func(folder string) {
		dir, ballast := filepath.Join(folder, "kiod"), filepath.Join(folder, "ballast")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		playKiodFullDisk(t, dir, shortage{
			begin: func(*kiod) error {
				if err := fillDisk(ballast); err != nil {
					return err
				}
				info, err := os.Stat(ballast)
				if err != nil {
					return err
				}
				return os.Truncate(ballast, info.Size()-256<<10)
			},
			finish: func(*kiod) error { return fillDisk(ballast + "2") },
			free:   func(*kiod) error { return errors.Join(os.Remove(ballast), os.Remove(ballast+"2")) },
		})
	})
}

// TestKiodFileSizeLimit plays a full disk by the limit on the size of files.
func TestKiodFileSizeLimit(t *testing.T) {
	t.Parallel()
	limit := func(to uint64) func(*kiod) error {
		return func(k *kiod) error { return limitFiles(k.cmd.Process.Pid, to) }
	}
	playKiodFullDisk(t, newKiodDir(t), shortage{begin: limit(384 << 10), finish: limit(4 << 10), free: limit(unix.RLIM_INFINITY)})
}

// playKiodFullDisk fills the disk under a daemon that works, and empties it again.
func playKiodFullDisk(t *testing.T, dir string, disk shortage) {
	base := namedKeys("base", kiodDiskKeys)
	path := filepath.Join(dir, "big.wallet")
	writeKiodFile(t, path, kiodKillPassword, base)
	k := runKiod(t, "kiod", dir)
	k.do("unlock", list("big", kiodKillPassword))
	b := newKiodBook(t, "client", "big", kiodKillPassword, 1)
	for range 30 {
		if err := b.step(k); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string) {
		t.Helper()
		if err := checkKiodBooks(k, path, base, []*kiodBook{b}); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
	}
	check("before")
	for _, shrink := range []func(*kiod) error{disk.begin, disk.finish} {
		if err := shrink(k); err != nil {
			t.Fatal(err)
		}
		checkRefusedWrites(t, k, path, base)
		createWhatFits(t, k, b)
		if got := k.texts("get_public_keys", nil); len(got) != len(base)+len(b.keys) {
			t.Errorf("%d keys while the disk is full, want %d", len(got), len(base)+len(b.keys))
		}
		checkNothingAside(t, dir)
	}

	if err := disk.free(k); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if err := b.step(k); err != nil {
			t.Fatalf("with room again: %v", err)
		}
	}
	if err := b.importKey(k, keyWithSecret("refused")); err != nil {
		t.Errorf("what was refused for want of room: %v", err)
	}
	check("with room again")
	k.end(syscall.SIGTERM)
	k = runKiod(t, "kiod", dir)
	unlockAfterKill(k, path)
	k.end(syscall.SIGTERM)
	check("after the next start")
	if report := k.verifyJournal(); report.Torn != 0 || len(report.Gaps) > 0 {
		t.Errorf("the journal has %d torn bytes and gaps: %+v", report.Torn, report.Gaps)
	}
}

// checkRefusedWrites makes changes to a large wallet for which there is no room.
func checkRefusedWrites(t *testing.T, k *kiod, path string, base []fileKey) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		endpoint string
		body     any
	}{
		{"import_key", list("big", keyWithSecret("refused").privateText(t, antelope.Kiod))},
		{"create_key", list("big", "K1")},
		{"remove_key", list("big", kiodKillPassword, base[0].id().text(t))},
		{"set_key_name", list("big", kiodKillPassword, "other", base[0].name)},
		{"remove_name", list("big", kiodKillPassword, base[1].name)},
	} {
		for range 5 {
			if err := succeeded(k.try(c.endpoint, c.body)); !errors.Is(err, errRefused) {
				t.Errorf("%s on the full disk: %v", c.endpoint, err)
			}
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, before) {
			t.Fatalf("%s on the full disk: the file went from %d to %d bytes; %v", c.endpoint, len(before), len(now), err)
		}
	}
}

// createWhatFits makes wallets. Those that are refused must not be there at all.
func createWhatFits(t *testing.T, k *kiod, b *kiodBook) {
	t.Helper()
	for range 10 {
		b.number++
		name := fmt.Sprintf("small-%d", b.number)
		switch err := b.createWallet(k, name); {
		case err == nil:
		case !errors.Is(err, errRefused):
			t.Errorf("create on the full disk: %v", err)
		default:
			if _, err := os.Lstat(k.wallet(name)); !os.IsNotExist(err) {
				t.Errorf("the refused wallet %s is there: %v", name, err)
			}
		}
	}
}
