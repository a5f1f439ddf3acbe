package audit

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func refusal(address, operation string) *Record {
	return &Record{Phase: Decision, Operation: operation, Verdict: "deny", Error: "unauthenticated",
		Listener: "kmd", Address: address, UID: -1}
}

func refuse(t *testing.T, j *Journal, address, operation string) {
	t.Helper()
	if err := j.AppendRefusal(context.Background(), refusal(address, operation)); err != nil {
		t.Error(err)
	}
}

// counts sums what the journal says about refusals, by host and operation, and
// counts the records that say it.
func counts(t *testing.T, dir string) (records int, sums map[string]uint64) {
	t.Helper()
	sums = map[string]uint64{}
	for _, r := range readAll(t, dir) {
		if r.Verdict == "deny" {
			records++
			sums[hostOf(r.Address)+" "+r.Operation] += max(1, r.Count)
		}
	}
	return records, sums
}

func TestRefusalsAreCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t.TempDir())
		j, _ := mustOpen(t, cfg)
		for i := range 100 { // one host with many ports
			refuse(t, j, fmt.Sprintf("10.0.0.1:%d", 1000+i), "sign")
		}
		refuse(t, j, "10.0.0.2:7", "sign")
		refuse(t, j, "10.0.0.1:7", "key.list")
		if records, sums := counts(t, cfg.Dir); records != 3 || sums["10.0.0.1 sign"] != 1 {
			t.Errorf("at once: %d records, %v", records, sums)
		}
		time.Sleep(refusalWindow - time.Nanosecond)
		synctest.Wait()
		if records, _ := counts(t, cfg.Dir); records != 3 {
			t.Errorf("before the window closes: %d records", records)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		records, sums := counts(t, cfg.Dir)
		if records != 4 || sums["10.0.0.1 sign"] != 100 || sums["10.0.0.2 sign"] != 1 || sums["10.0.0.1 key.list"] != 1 {
			t.Errorf("after the window: %d records, %v", records, sums)
		}
		last, err := Tail(cfg.Dir, 1)
		if err != nil || last[0].Count != 99 || last[0].Listener != "kmd" {
			t.Errorf("%+v, %v", last, err)
		}

		// The next window begins with a record at once, and Close ends it.
		refuse(t, j, "10.0.0.1:1", "sign")
		refuse(t, j, "10.0.0.1:2", "sign")
		if records, _ := counts(t, cfg.Dir); records != 5 {
			t.Errorf("next window: %d records", records)
		}
		mustClose(t, j)
		if records, sums := counts(t, cfg.Dir); records != 6 || sums["10.0.0.1 sign"] != 102 {
			t.Errorf("after closing: %d records, %v", records, sums)
		}
		mustVerify(t, cfg.Dir, j.Head())
	})
}

func TestRefusalTableIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t.TempDir())
		j, _ := mustOpen(t, cfg)
		const hosts = maxRefusals + 500
		for i := range hosts {
			refuse(t, j, fmt.Sprintf("10.1.%d.%d:1", i/256, i%256), "sign")
		}
		time.Sleep(2 * refusalWindow)
		synctest.Wait()
		records, sums := counts(t, cfg.Dir)
		if records != maxRefusals+1 || sums[" sign"] != 500 {
			t.Errorf("%d records, %d others", records, sums[" sign"])
		}
		mustClose(t, j)
	})
}

// TestRefusalsKeepWalletAndKey: what exists is told apart, what does not is not.
func TestRefusalsKeepWalletAndKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t.TempDir())
		j, _ := mustOpen(t, cfg)
		for _, kind := range []string{"wrong-password", "unknown-key", "unknown-wallet"} {
			for i := range 24 {
				r := refusal("10.0.0.1:1", "sign")
				r.Error, r.Wallet, r.Key, r.Digest = kind, fmt.Sprint("wallet ", i%2), fmt.Sprint("key ", i%3), fmt.Sprint(i)
				if err := j.AppendRefusal(context.Background(), r); err != nil {
					t.Fatal(err)
				}
			}
		}
		mustClose(t, j)
		records, sums := map[string]int{}, map[string]uint64{}
		for _, r := range readAll(t, cfg.Dir) {
			if r.Verdict != "deny" {
				continue
			}
			records[r.Error]++
			sums[r.Error] += max(1, r.Count)
			if r.Wallet == "" || r.Key == "" || (r.Count == 0) != (r.Digest != "") {
				t.Errorf("%+v", r)
			}
		}
		for kind, want := range map[string]int{"wrong-password": 2 * 6, "unknown-key": 2 * 2, "unknown-wallet": 2} {
			if records[kind] != want || sums[kind] != 24 {
				t.Errorf("%s: %d records of %d refusals, want %d of 24", kind, records[kind], sums[kind], want)
			}
		}
	})
}

// TestRefusalsSurviveAFailure lets a window close while nothing can be written.
func TestRefusalsSurviveAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t.TempDir())
		j, _ := mustOpen(t, cfg)
		for range 10 {
			refuse(t, j, "10.0.0.1:1", "sign")
		}
		j.disk.Lock()
		j.broken = errFull
		j.disk.Unlock()
		time.Sleep(refusalWindow + time.Millisecond)
		synctest.Wait()
		refuse(t, j, "10.0.0.1:1", "sign") // still only counted
		j.disk.Lock()
		j.broken = nil
		j.disk.Unlock()
		time.Sleep(refusalWindow + time.Millisecond)
		synctest.Wait()
		if records, sums := counts(t, cfg.Dir); records != 2 || sums["10.0.0.1 sign"] != 11 {
			t.Errorf("%d records, %v", records, sums)
		}
		mustClose(t, j)
	})
}

// TestBackgroundSync sees that what was written is synced within syncEvery, and
// that an idle journal does nothing.
func TestBackgroundSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := mustOpen(t, testConfig(t.TempDir()))
		time.Sleep(2 * syncEvery) // what opening wrote
		synctest.Wait()
		for range 3 {
			mustAppend(t, j, signRecord(1))
		}
		synctest.Wait()
		mustAppend(t, j, signRecord(1)) // while the syncer waits: it is told again
		if len(j.dirty) != 1 {
			t.Error("the syncer was not told")
		}
		time.Sleep(3 * syncEvery)
		synctest.Wait()
		if len(j.dirty) != 0 {
			t.Error("the syncer did not take up what was written")
		}
		// A sync that fails must not stay unnoticed.
		if err := j.segment.Close(); err != nil {
			t.Fatal(err)
		}
		j.dirty <- struct{}{}
		time.Sleep(2 * syncEvery)
		synctest.Wait()
		if j.disk.Lock(); j.broken == nil {
			t.Error("the failure of a background sync was not noticed")
		}
		j.disk.Unlock()
	})
}
