//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"strongroom/internal/audit"
)

// fullDisk is a data directory in whose file system the room can end and return.
type fullDisk struct {
	dir    string
	finish func(*kmd) error // no more room from now on
	free   func(*kmd) error // room again
}

// TestFileSizeLimit plays a full disk by the limit on the size of files that every
// system has: each write beyond it fails.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	playFullDisk(t, limitedFiles(newDir(t, "main")))
}

// playFullDisk fills the disk under a daemon that works, and empties it again.
func playFullDisk(t *testing.T, disk fullDisk) {
	k := startKmd(t, disk.dir)
	b := newBook("client", 1, nil)
	for len(b.pages) < 3 || b.acknowledged["key.generate"] < 5 {
		if err := b.step(k); err != nil {
			t.Fatal(err)
		}
	}
	signing := k.wallet("signing", "pw")
	handle := k.open(signing, "pw")
	key := k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string)
	sign := func() error {
		status, answer, err := k.call("POST", "/v1/program/sign", object{
			"wallet_handle_token": handle, "wallet_password": "pw", "address": key, "data": []byte("x"),
		})
		return checkAnswer(status, answer, err)
	}
	for range 20 {
		if err := sign(); err != nil {
			t.Fatal(err)
		}
	}

	if err := disk.finish(k); err != nil {
		t.Fatal(err)
	}
	// What is left of the last pages may take some more.
	untilRefused(t, "writes", func() error { return b.step(k) })
	untilRefused(t, "signatures", sign)
	for range 30 {
		if err := sign(); !errors.Is(err, errRefused) {
			t.Fatalf("a signature without a record: %v", err)
		}
		if err := b.step(k); err != nil && !errors.Is(err, errRefused) {
			t.Fatalf("a write on the full disk: %v", err)
		}
	}
	if t.Failed() {
		return
	}
	if got := k.keys(handle); len(got) != 1 || got[0] != key {
		t.Errorf("keys while the disk is full: %v", got)
	}

	if err := disk.free(k); err != nil {
		t.Fatal(err)
	}
	if err := sign(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	for range 30 {
		if err := b.step(k); err != nil {
			t.Fatalf("with room again: %v", err)
		}
	}
	if err := b.check(k); err != nil {
		t.Errorf("with room again: %v", err)
	}
	k.stop()

	k = startKmd(t, disk.dir)
	if err := b.check(k); err != nil {
		t.Errorf("after the next start: %v", err)
	}
	if got := k.keys(k.open(signing, "pw")); len(got) != 1 || got[0] != key {
		t.Errorf("keys after the next start: %v", got)
	}
	k.stop()
	if report := k.verifyJournal(); len(report.Gaps) > 0 {
		t.Errorf("the journal has gaps: %+v", report.Gaps)
	}
}

// untilRefused repeats something that the disk has little room left for.
func untilRefused(t *testing.T, what string, try func() error) {
	t.Helper()
	for range 20_000 {
		if err := try(); errors.Is(err, errRefused) {
			return
		} else if err != nil {
			t.Fatalf("%s on the full disk: %v", what, err)
		}
	}
	t.Fatalf("%s never end", what)
}

// checkAnswer is nil for success and errRefused for a refusal in the form that
// clients read; anything else is an error of its own.
func checkAnswer(status int, answer object, err error) error {
	text, _ := answer["message"].(string)
	switch {
	case err != nil:
		return err
	case status == http.StatusOK && answer["error"] == nil:
		return nil
	case status >= 400 && answer["error"] == true && text != "":
		return fmt.Errorf("%w: %d %s", errRefused, status, text)
	}
	return fmt.Errorf("neither success nor refusal: %d %v", status, answer)
}

// fillDisk writes until nothing more fits.
func fillDisk(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	block := make([]byte, 4096)
	for {
		switch _, err := f.Write(block); {
		case errors.Is(err, syscall.ENOSPC):
			return nil
		case err != nil:
			return err
		}
	}
}

// TestNothingWithoutRecord asks for what needs nothing written but its record.
func TestNothingWithoutRecord(t *testing.T) {
	t.Parallel()
	disk := limitedFiles(newDir(t, "main"))
	k := startKmd(t, disk.dir)
	id := k.wallet("w", "pw")
	handle := k.open(id, "pw")
	key := k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string)
	program := object{"wallet_handle_token": handle, "wallet_password": "pw", "address": key, "data": []byte("x")}
	for range 20 { // beyond the first page
		k.must("POST", "/v1/program/sign", program)
	}
	if err := disk.finish(k); err != nil {
		t.Fatal(err)
	}
	before := lastRecord(t, k)
	for path, body := range map[string]object{
		"/v1/program/sign":      {"address": key, "data": []byte("x")},
		"/v1/key/export":        {"address": key},
		"/v1/master-key/export": {},
	} {
		body["wallet_handle_token"], body["wallet_password"] = handle, "pw"
		status, answer, err := k.call("POST", path, body)
		if err := checkAnswer(status, answer, err); !errors.Is(err, errRefused) {
			t.Errorf("%s without a record: %v", path, err)
		}
		for _, field := range []string{"sig", "private_key", "master_derivation_key"} {
			if answer[field] != nil {
				t.Errorf("%s: the refusal holds %s", path, field)
			}
		}
	}
	if after := lastRecord(t, k); after != before {
		t.Errorf("the journal went from record %d to %d", before, after)
	}
	if err := disk.free(k); err != nil {
		t.Fatal(err)
	}
	k.must("POST", "/v1/program/sign", program)
}

func lastRecord(t *testing.T, k *kmd) uint64 {
	t.Helper()
	last, err := audit.Tail(k.journal(), 1)
	if err != nil || len(last) != 1 {
		t.Fatalf("%d records: %v", len(last), err)
	}
	return last[0].Sequence
}

// ballast fills the folder of a data directory's file system.
func ballast(dir string) fullDisk {
	path := filepath.Join(filepath.Dir(dir), "ballast")
	return fullDisk{
		dir:    dir,
		finish: func(*kmd) error { return fillDisk(path) },
		free:   func(*kmd) error { return os.Remove(path) },
	}
}
