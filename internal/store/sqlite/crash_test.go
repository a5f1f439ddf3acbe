package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"strongroom/internal/store"
	"strongroom/internal/store/storetest"
)

// Each write of the crash test is a transaction of several changes about one
// wallet, so that half of it shows.
const recordsPerWrite = 3

func crashID(n uint64) (id store.WalletID) {
	copy(id[:], fmt.Sprintf("%016d", n))
	return id
}

// crashChanges is write n.
func crashChanges(n uint64) []store.Change {
	id := crashID(n)
	changes := []store.Change{
		store.InsertWallet{Wallet: store.Wallet{ID: id, Name: string(id[:])}},
		store.PutSlot{Wallet: id, Slot: store.Slot{Sealed: id[:]}},
	}
	for i := range recordsPerWrite {
		changes = append(changes, store.InsertRecord{Wallet: id, Record: store.Record{
			ID: store.RecordID(crashID(n*recordsPerWrite + uint64(i) + 1)), Kind: store.KeyRecord, Public: []byte{byte(i)},
			Sealed: bytes.Repeat(id[:], 8),
		}})
	}
	return append(changes, store.SetIndex{Wallet: id, Next: n})
}

// writeForever is the child: it prints the number of each write that was
// acknowledged, until it is killed. Arguments: directory, first number.
func writeForever(args []string) error {
	first, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	s, err := Open(context.Background(), Config{Dir: args[0], Head: func() store.Head { return store.Head{Sequence: first} }})
	if err != nil {
		return err
	}
	const callers = 8
	failed := make(chan error, callers)
	for c := range uint64(callers) {
		go func() {
			for n := first + c; ; n += callers {
				if err := s.Apply(context.Background(), crashChanges(n)...); err != nil {
					failed <- err
					return
				}
				// One write per line: a line is never torn by a kill.
				fmt.Fprintf(os.Stdout, "%d\n", n)
			}
		}()
	}
	return <-failed
}

// TestKill kills a writing process at random moments and checks that every
// acknowledged write is there, and that every write is whole or absent.
func TestKill(t *testing.T) {
	t.Parallel()
	const rounds = 6
	dir := t.TempDir()
	acknowledged := map[store.WalletID]bool{}
	for round := range uint64(rounds) {
		first := (round + 1) * 1_000_000
		cmd := child(t, "write", dir, strconv.FormatUint(first, 10))
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The kill comes at a random time after a random number of acknowledgements.
		after, delay := rand.IntN(120), time.Duration(rand.IntN(3000))*time.Microsecond
		acks := 0
		var once sync.Once
		for lines := bufio.NewScanner(out); lines.Scan(); acks++ {
			n, err := strconv.ParseUint(lines.Text(), 10, 64)
			if err != nil {
				t.Fatalf("the child printed %q", lines.Text())
			}
			acknowledged[crashID(n)] = true
			if acks >= after {
				once.Do(func() { time.AfterFunc(delay, func() { cmd.Process.Kill() }) })
			}
		}
		if err := cmd.Wait(); err == nil || acks <= after {
			t.Fatalf("the child ended by itself after %d acknowledgements: %v\n%s", acks, err, &stderr)
		}
		checkAfterCrash(t, dir, acknowledged)
	}
}

// checkAfterCrash opens the store and checks it against what was acknowledged.
func checkAfterCrash(t *testing.T, dir string, acknowledged map[store.WalletID]bool) {
	t.Helper()
	s, err := Open(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatalf("open after the crash: %v", err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Fatalf("check after the crash: %v", err)
	}
	content, err := storetest.Read(t.Context(), s)
	if err != nil {
		t.Fatalf("read after the crash: %v", err)
	}
	there := map[store.WalletID]bool{}
	for _, w := range content.Wallets {
		there[w.ID] = true
		if len(content.Slots[w.ID]) != 1 || len(content.Records[w.ID]) != recordsPerWrite || w.NextIndex == 0 {
			t.Errorf("write %s is not whole", w.Name)
		}
	}
	for id := range acknowledged {
		if !there[id] {
			t.Errorf("write %s was acknowledged and is lost", id[:])
		}
	}
	if content.Head.Sequence == 0 {
		t.Error("no head was saved")
	}
}
