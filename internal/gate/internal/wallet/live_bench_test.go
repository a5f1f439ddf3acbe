package wallet

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/secret"
)

// writeLarge writes a wallet file of n K1 keys. Their public keys are made up, which
// shows only where one of them is used.
func (l *liveWorld) writeLarge(name, pw string, n int) {
	l.t.Helper()
	type pair struct{ public, private []byte }
	pairs := make([]pair, n)
	names := make([]keosdfile.Name, 0, n)
	for i := range pairs {
		private := sha256.Sum256(fmt.Append(nil, "large ", i))
		public := sha256.Sum256(private[:])
		pairs[i] = pair{append([]byte{2}, public[:]...), private[:]}
		names = append(names, keosdfile.Name{Text: defaultNameOf(i), Type: keosdfile.K1, Public: pairs[i].public})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return keosdfile.Compare(keosdfile.K1, a.public, keosdfile.K1, b.public)
	})
	slices.SortFunc(names, func(a, b keosdfile.Name) int { return strings.Compare(a.Text, b.Text) })
	key := keosdfile.FileKey(password(pw))
	defer key.Wipe()
	source := keosdfile.Source{
		FileKey: key.Expose(), Count: n, Names: names, Scratch: make([]byte, keosdfile.ScratchSize),
		EachKey: func(put func(keosdfile.Key) error) error {
			for _, p := range pairs {
				if err := put(keosdfile.Key{Type: keosdfile.K1, Public: p.public, Secret: p.private}); err != nil {
					return err
				}
			}
			return nil
		},
	}
	if l.folder.Named {
		source.Layout = keosdfile.Named
	}
	if err := keosdfile.Create(l.path(name), source); err != nil {
		l.t.Fatal(err)
	}
}

func BenchmarkLiveUnlock10000(b *testing.B) {
	for _, named := range []bool{false, true} {
		b.Run(fmt.Sprint("named=", named), func(b *testing.B) {
			l := newLiveWorld(b, named)
			l.writeLarge("large", "pw", 10_000)
			info := l.load("large")
			before, n := cpu(), 0
			for b.Loop() {
				l.unlock(info.ID, "pw").End()
				n++
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(n), "cpu-ms/unlock")
		})
	}
}

// BenchmarkLiveImport imports one key into wallets of several sizes; cpu-ms/key
// is what the whole process used for one.
func BenchmarkLiveImport(b *testing.B) {
	for _, n := range []int{100, 5_000, 10_000} {
		b.Run(fmt.Sprint("keys=", n), func(b *testing.B) {
			l := newLiveWorld(b, true)
			l.writeLarge("large", "pw", n)
			s := l.unlock(l.load("large").ID, "pw")
			before, i := cpu(), 0
			for b.Loop() {
				private := sha256.Sum256(fmt.Append(nil, "import ", i))
				d, err := s.Import(KeyOptions{Algorithm: curve.Secp256k1, Usage: usageOf(keosdfile.K1)}, secret.Copy(private[:]))
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Commit(context.Background()); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(i), "cpu-ms/key")
		})
	}
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
