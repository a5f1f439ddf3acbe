package wallet

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// Many sign with several accounts while files and credentials change, keys expire and
// the folder is listed. Nothing signs for another account, and at the end nothing is
// left in locked memory, which the world checks.
func TestKeyStoreUnderLoad(t *testing.T) {
	w := newKeyWorld(t)
	w.openVault()
	var accounts [4][20]byte
	for n := range accounts {
		accounts[n], _ = w.addFile(byte(n+1), "pw")
		w.credential(accounts[n], "pw")
	}
	const rounds = 150
	var group sync.WaitGroup
	stop := make(chan struct{})
	for g := range 6 {
		group.Go(func() {
			for i := range rounds {
				err := w.signs(accounts[(g+i)%len(accounts)], typed("pw"))
				switch fault.KindOf(err) {
				case fault.WrongPassword, fault.UnknownKey, fault.Conflict, fault.Busy: // what the others do
				default:
					if err != nil {
						t.Errorf("%v of kind %s", err, fault.KindOf(err))
					}
				}
			}
		})
	}
	var others sync.WaitGroup
	for what, work := range map[string]func(i int){
		"credentials": func(i int) { w.credential(accounts[0], []string{"pw", "wrong", ""}[i%3]) },
		"files": func(i int) {
			_, path := w.addFile(2, "pw")
			if i%3 == 0 {
				if err := os.Remove(path); err != nil {
					t.Error(err)
				}
			}
		},
		"expiry": func(int) {
			w.clock.move(w.store.KeepOpen)
			w.sweepKeyStores()
		},
		"lists": func(int) {
			if _, _, err := w.KeyFiles("clef-ui"); err != nil {
				t.Error(err)
			}
		},
	} {
		others.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					work(i)
				}
				time.Sleep(time.Duration(len(what)) * 100 * time.Microsecond)
			}
		})
	}
	group.Wait()
	close(stop)
	others.Wait()
	w.addFile(2, "pw")
	w.credential(accounts[0], "pw")
	for n, a := range accounts {
		if err := w.signs(a, typed("pw")); err != nil {
			t.Errorf("account %d afterwards: %v", n, err)
		}
	}
}

// What a signature with a stored credential costs once the key is open.
func BenchmarkKeyStoreSign(b *testing.B) {
	for _, files := range []int{1, 5000} {
		b.Run(fmt.Sprint(files, " files"), func(b *testing.B) {
			w := newKeyWorld(b)
			w.clock.move(time.Hour) // the folder is settled
			address, path := w.addFile(1, "pw")
			data, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			for n := range files - 1 {
				other := fmt.Appendf(nil, `{"address":"%040x"`, n+1)
				if err := os.WriteFile(fmt.Sprint(path, n), append(other, data[len(other):]...), 0o600); err != nil {
					b.Fatal(err)
				}
			}
			w.openVault()
			w.credential(address, "pw")
			digest := make([]byte, 32)
			for b.Loop() {
				key, err := w.OpenKeyFile(context.Background(), "clef", 1, address, false, nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := key.Sign(curve.ECDSASecp256k1, digest); err != nil {
					b.Fatal(err)
				}
				key.Release()
			}
		})
	}
}
