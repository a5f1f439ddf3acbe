package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/gate"
	"strongroom/internal/store"
)

const (
	kiodKillKeys     = 4000 // in the wallet before it begins
	kiodKillPassword = "PWkill"
)

// TestKiodKill lets several clients write into one large wallet, kills the daemon
// without warning, and compares the file with what was acknowledged.
func TestKiodKill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv(killSeed), 10, 64); err == nil {
		seed = given
	}
	t.Logf("repeat with %s=%d", killSeed, seed)
	random := rand.New(rand.NewPCG(seed, 1))

	dir := newKiodDir(t)
	base := namedKeys("base", kiodKillKeys)
	path := filepath.Join(dir, "big.wallet")
	writeKiodFile(t, path, kiodKillPassword, base)
	var books []*kiodBook
	for i := range killClients {
		books = append(books, newKiodBook(t, fmt.Sprintf("client-%d", i), "big", kiodKillPassword, random.Uint64()))
	}

	records, written, killed := uint64(0), 0, 0
	for ; written < killWrites || killed < killRounds; killed++ {
		k := runKiod(t, "kiod", dir)
		unlockAfterKill(k, path)
		written += k.writeUntilKilled(books, 1+random.IntN(2*killWrites/killRounds), time.Duration(random.IntN(20_000))*time.Microsecond)
		if t.Failed() {
			return
		}
		if err := checkKiodBooks(k, path, base, books); err != nil {
			t.Fatalf("after kill %d: %v", killed+1, err)
		}
		for _, left := range []string{k.socket(), filepath.Join(dir, "wallet.lock")} {
			if _, err := os.Lstat(left); err != nil {
				t.Errorf("the kill left nothing behind that the next start could stumble over: %v", err)
			}
		}
		report := k.verifyJournal()
		if report.Records <= records || len(report.Gaps) > 0 {
			t.Fatalf("the journal has %d records and %d gaps after %d", report.Records, len(report.Gaps), records)
		}
		records = report.Records
	}
	k := runKiod(t, "kiod", dir)
	unlockAfterKill(k, path)
	k.end(syscall.SIGTERM)
	if err := checkKiodBooks(k, path, base, books); err != nil {
		t.Error(err)
	}
	if report := k.verifyJournal(); report.Torn != 0 || len(report.Gaps) > 0 {
		t.Errorf("after an orderly end: %d torn bytes, %d gaps", report.Torn, len(report.Gaps))
	}
	checkKiodJournal(t, k, books)
	checkNothingAside(t, dir)
}

// namedKeys makes keys with names, for the writer of files.
func namedKeys(prefix string, n int) []fileKey {
	keys := make([]fileKey, n)
	for i := range keys {
		name := fmt.Sprintf("%s-%d", prefix, i)
		keys[i] = keyWithSecret(name)
		keys[i].name = name
	}
	return keys
}

// unlockAfterKill checks that nothing is open after a start, and opens the wallet.
func unlockAfterKill(k *kiod, path string) {
	k.t.Helper()
	if open := k.texts("list_wallets", nil); len(open) > 0 {
		k.t.Errorf("open after the start: %q", open)
	}
	k.do("open", quoted("big"))
	if open := k.texts("list_wallets", nil); len(open) != 1 || open[0] != "big" {
		k.t.Errorf("unlocked after the start: %q", open)
	}
	k.do("unlock", list("big", kiodKillPassword))
	keys, err := readKiodFile(path, kiodKillPassword)
	if got := k.texts("get_public_keys", nil); err != nil || len(got) != len(keys) {
		k.t.Errorf("%d keys after the start, want the %d of the file; %v", len(got), len(keys), err)
	}
}

// writeUntilKilled has all books written in at once and kills the daemon a moment
// after so many writes were acknowledged. It gives their number.
func (k *kiod) writeUntilKilled(books []*kiodBook, writes int, moment time.Duration) int {
	k.t.Helper()
	var acknowledged atomic.Int64
	var killing atomic.Bool
	var work sync.WaitGroup
	enough := sync.OnceFunc(func() {
		work.Go(func() {
			time.Sleep(moment)
			killing.Store(true)
			_ = k.cmd.Process.Kill()
		})
	})
	for _, b := range books {
		work.Go(func() {
			for {
				if err := b.step(k); err != nil {
					if !killing.Load() {
						k.t.Errorf("before the kill: %v", err)
					}
					enough() // whatever happened, the round ends
					return
				}
				if acknowledged.Add(1) >= int64(writes) {
					enough()
				}
			}
		})
	}
	work.Wait()
	k.exit()
	return int(acknowledged.Load())
}

// checkKiodJournal: everything that was acknowledged has a record.
func checkKiodJournal(t *testing.T, k *kiod, books []*kiodBook) {
	t.Helper()
	count, total := countRecords(t, k.journal()), map[string]int{}
	for _, b := range books {
		for operation, n := range b.acknowledged {
			total[operation] += n
		}
	}
	t.Logf("acknowledged: %v", total)
	for _, operation := range []gate.Operation{gate.CreateWallet, gate.GenerateKey, gate.ImportKey, gate.RenameKey, gate.DeleteKey} {
		if n := total[string(operation)]; n == 0 || count[string(operation)+" allow"] < n {
			t.Errorf("%s: %d acknowledged, %d in the journal", operation, n, count[string(operation)+" allow"])
		}
	}
}

// verifyJournal checks the journal of a data directory and gives its report.
func (k *kiod) verifyJournal() audit.Report {
	k.t.Helper()
	report, err := audit.Verify(context.Background(), k.journal(), store.Head{}, [16]byte{}, nil)
	if err != nil {
		k.t.Fatalf("journal: %v (%+v)", err, report.Bad)
	}
	return report
}

// checkNothingAside: of the files that are written aside, none stays.
func checkNothingAside(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		switch name := f.Name(); {
		case strings.HasSuffix(name, ".wallet") && !strings.HasPrefix(name, "."):
		case name == "config.ini", name == "wallet.lock", name == ".strongroom", strings.HasSuffix(name, ".sock"):
		default:
			t.Errorf("%s lies in the directory", name)
		}
	}
}
