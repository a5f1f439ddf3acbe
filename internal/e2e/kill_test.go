package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/gate"
)

const (
	killClients = 6
	killWrites  = 500
	killRounds  = 10
	killFiles   = 8 // wallet files that each client drops in
)

// killSeed repeats a campaign: set it to the seed that the failed one printed.
const killSeed = "STRONGROOM_TEST_SEED"

// TestKill lets several clients write, kills the daemon without warning, and
// compares what the next one shows with what was acknowledged.
func TestKill(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv(killSeed), 10, 64); err == nil {
		seed = given
	}
	t.Logf("repeat with %s=%d", killSeed, seed)
	random := rand.New(rand.NewPCG(seed, 1))

	folder, dir := t.TempDir(), newDir(t, "main")
	var books []*book
	for i := range killClients {
		var files []walletFile
		prefix := fmt.Sprintf("client %d", i)
		for j := range killFiles {
			files = append(files, copyFixture(t, folder, fmt.Sprintf("%032x", 1+i*killFiles+j), fmt.Sprintf("%s file %d", prefix, j)))
		}
		books = append(books, newBook(prefix, random.Uint64(), files))
	}

	records := uint64(0)
	written, killed := 0, 0
	for ; written < killWrites || killed < killRounds; killed++ {
		k := startKmd(t, dir)
		checkBooks(t, k, books)
		written += writeUntilKilled(t, k, books, 1+random.IntN(100), time.Duration(random.IntN(3000))*time.Microsecond)
		report := k.verifyJournal()
		if report.Records <= records || len(report.Gaps) > 0 {
			t.Fatalf("the journal has %d records and %d gaps after %d", report.Records, len(report.Gaps), records)
		}
		records = report.Records
		if t.Failed() {
			return
		}
	}
	k := startKmd(t, dir)
	checkBooks(t, k, books)
	k.stop()
	if report := k.verifyJournal(); report.Torn != 0 || len(report.Gaps) > 0 {
		t.Errorf("after an orderly end: %d torn bytes, %d gaps", report.Torn, len(report.Gaps))
	}
	count := countRecords(t, k.journal())
	total := map[string]int{}
	for _, b := range books {
		for operation, n := range b.acknowledged {
			total[operation] += n
		}
	}
	t.Logf("%d kills, %d writes: %v", killed, written, total)
	for _, operation := range []gate.Operation{
		gate.CreateWallet, gate.RenameWallet, gate.GenerateKey, gate.ImportKey, gate.DeleteKey, gate.ImportAccount, gate.DeleteAccount, gate.AdoptWallet,
	} {
		if n := total[string(operation)]; n == 0 || count[string(operation)+" allow"] < n {
			t.Errorf("%s: %d acknowledged, %d in the journal", operation, n, count[string(operation)+" allow"])
		}
	}
}

// checkBooks compares a fresh daemon with all books.
func checkBooks(t *testing.T, k *kmd, books []*book) {
	t.Helper()
	for _, b := range books {
		for id, p := range b.pages {
			if p.adopted && k.adminWallet(id).State == "foreign" {
				t.Errorf("the adoption of %q is lost", p.name)
			}
		}
	}
	var work sync.WaitGroup
	for _, b := range books {
		work.Go(func() {
			if err := b.check(k); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// writeUntilKilled has all books written in at once and kills the daemon a moment
// after so many writes were acknowledged. It gives their number.
func writeUntilKilled(t *testing.T, k *kmd, books []*book, writes int, moment time.Duration) int {
	t.Helper()
	var acknowledged atomic.Int64
	var killing atomic.Bool
	enough := sync.OnceFunc(func() {
		go func() {
			time.Sleep(moment)
			killing.Store(true)
			_ = k.cmd.Process.Kill()
		}()
	})
	var work sync.WaitGroup
	for _, b := range books {
		work.Go(func() {
			for {
				if err := b.step(k); err != nil {
					if !killing.Load() {
						t.Errorf("before the kill: %v", err)
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
