package sqlite

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"strongroom/internal/store"
)

// benchRecord is a record of the size of a sealed Ed25519 key.
func benchRecord(n uint64) store.Record {
	r := store.Record{Kind: store.KeyRecord, Algorithm: 1, Public: make([]byte, 32), Index: n, Sealed: make([]byte, 88)}
	// Keys and ids are random in life: spread them over the tree.
	binary.BigEndian.PutUint64(r.ID[:], (n+1)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(r.Public, (n+1)*0xbf58476d1ce4e5b9)
	return r
}

func BenchmarkApply(b *testing.B) {
	for _, callers := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			var sequence atomic.Uint64
			s := mustOpen(b, Config{Dir: b.TempDir(), Head: func() store.Head { return store.Head{Sequence: sequence.Add(1)} }})
			w := wallet(1)
			apply(b, s, store.InsertWallet{Wallet: w})
			var next atomic.Uint64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for {
						n := next.Add(1)
						if n > uint64(b.N) {
							return
						}
						if err := s.Apply(b.Context(), store.InsertRecord{Wallet: w.ID, Record: benchRecord(n)}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	}
}

func BenchmarkRecords(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			s := mustOpen(b, Config{Dir: b.TempDir()})
			w := wallet(1)
			changes := []store.Change{store.InsertWallet{Wallet: w}}
			for i := range n {
				changes = append(changes, store.InsertRecord{Wallet: w.ID, Record: benchRecord(uint64(i))})
			}
			apply(b, s, changes...)
			for b.Loop() {
				got := 0
				for _, err := range s.Records(b.Context(), w.ID) {
					if err != nil {
						b.Fatal(err)
					}
					got++
				}
				if got != n {
					b.Fatalf("%d records of %d", got, n)
				}
			}
		})
	}
}
