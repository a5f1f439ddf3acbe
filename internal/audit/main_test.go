package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// childEnv names the part that a copy of the test binary plays, see runChild.
const childEnv = "STRONGROOM_AUDIT_CHILD"

func TestMain(m *testing.M) {
	if part := os.Getenv(childEnv); part != "" {
		if err := runChild(part, os.Getenv(childEnv+"_DIR")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runChild is what the test binary does when a test runs it again.
func runChild(part, dir string) error {
	switch part {
	case "each", "group", "written":
		return crashChild(part, dir)
	}
	return runPlatformChild(part, dir)
}

var testStore = [16]byte{1, 2, 3}

func testClock() func() time.Time {
	n := time.Duration(0)
	return func() time.Time {
		n++
		return time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC).Add(n * time.Second)
	}
}

func testConfig(dir string) Config {
	return Config{Dir: dir, StoreID: testStore, Durability: Written, BootID: "boot 1"}
}

func mustOpen(t testing.TB, cfg Config) (*Journal, Recovery) {
	t.Helper()
	j, recovery, err := Open(cfg)
	if err != nil {
		t.Fatalf("open: %v (%s)", err, fault.Hint(err))
	}
	t.Cleanup(func() { _ = j.Close() })
	return j, recovery
}

func mustClose(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// signRecord is a typical decision.
func signRecord(n int) *Record {
	return &Record{
		Phase: Decision, Operation: "sign", Verdict: "allow", Rule: "payments", Listener: "kmd", Protocol: "kmd",
		Address: "127.0.0.1:40123", UID: -1, Identity: "token", Wallet: "000102030405060708090a0b0c0d0e0f",
		Key: "7ZUECA7HFLZTXENRV24SHLU4AVPUTMTTDUFUBNBD64C73F3UHRTHAIOF6Q", Chain: "algorand", Form: "transaction",
		Digest: fmt.Sprintf("%064x", n),
		Effects: []chain.Effect{
			{Kind: chain.Move, Asset: "ALGO", Amount: "1000000", From: "7ZUECA7HFLZTXENRV24SHLU4AVPUTMTTDUFUBNBD64C73F3UHRTHAIOF6Q", To: "GD64YIY3TWGDMCNPP553DZPPR6LDUSFQOIJVFDPPXWEG3FVOJCCDBBHU5A"},
			{Kind: chain.Fee, Asset: "ALGO", Amount: "1000"},
		},
	}
}

func mustAppend(t testing.TB, j *Journal, r *Record) {
	t.Helper()
	if err := j.Append(context.Background(), r); err != nil {
		t.Fatalf("append: %v", err)
	}
}

// writeJournal makes a closed journal with n records after its start.
func writeJournal(t testing.TB, cfg Config, n int) store.Head {
	t.Helper()
	j, _ := mustOpen(t, cfg)
	for i := range n {
		mustAppend(t, j, signRecord(i))
	}
	mustClose(t, j)
	return j.Head()
}

func mustVerify(t testing.TB, dir string, head store.Head) Report {
	t.Helper()
	report, err := Verify(context.Background(), dir, head, testStore, nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return report
}

func wantFault(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("error is %v, want kind %v", err, kind)
	}
}

func readAll(t testing.TB, dir string) []Record {
	t.Helper()
	var list []Record
	for r, err := range All(dir) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func firstSegment(dir string) string { return filepath.Join(dir, segmentName(1)) }

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// mustWrite does not truncate to nothing on the way, which some file systems take
// as a reason to flush the file.
func mustWrite(t testing.TB, path string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(b, 0)
	if err := errors.Join(err, f.Truncate(int64(len(b))), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}
