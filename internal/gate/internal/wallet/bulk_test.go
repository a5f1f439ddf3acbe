package wallet

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/secret"
)

// newKeys makes K1 keys of a text.
func newKeys(from string, n int) []NewKey {
	all := make([]NewKey, n)
	for i := range all {
		all[i] = NewKey{KeyOptions: ofType(keosdfile.K1), Private: scalar(fmt.Sprint(from, " ", i))}
	}
	return all
}

func bulkImport(s *Session, all []NewKey) (*BulkDraft, error) {
	d, err := s.ImportAll(all)
	if err != nil {
		return nil, err
	}
	defer d.Discard()
	return d, d.Commit(context.Background())
}

// Many keys come in one write, with names where the file wants them.
func TestBulkIntoLiveWallet(t *testing.T) {
	for _, named := range []bool{false, true} {
		t.Run(fmt.Sprint("named=", named), func(t *testing.T) {
			l := newLiveWorld(t, named)
			s := l.unlock(l.makeLive("w", "pw").ID, "pw")
			if _, err := l.importKey(s, ofType(keosdfile.K1), "bulk 3"); err != nil {
				t.Fatal(err)
			}
			l.writes.Store(0)
			all := append(newKeys("bulk", 300), newKeys("bulk", 2)...)
			d, err := bulkImport(s, all)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Keys) != 299 || d.Present != 3 || l.writes.Load() != 1 {
				t.Errorf("%d added, %d present, %d writes", len(d.Keys), d.Present, l.writes.Load())
			}
			h := l.onDisk("w", "pw")
			for _, k := range d.Keys {
				if !h.has(k) {
					t.Error("a key is not on disk")
				}
			}
			if d := cmp.Diff(h.keys, l.allKeys(s)); d != "" {
				t.Error(d)
			}
			if named && (len(h.names) != 300 || d.Keys[298].Name != "my-key-299") {
				t.Errorf("%d names, the last is %q", len(h.names), d.Keys[298].Name)
			}
			if d, err = bulkImport(s, all); err != nil || len(d.Keys) != 0 || d.Present != 302 || l.writes.Load() != 1 {
				t.Errorf("again: %+v, %v, %d writes", d, err, l.writes.Load())
			}
			l.checkLiveSigns(s)
			if k, err := l.importKey(s, ofType(keosdfile.K1), "one more"); err != nil || (named && k.Name != "my-key-300") {
				t.Errorf("afterwards: %q, %v", k.Name, err)
			}
		})
	}
}

// All or none, in the store too.
func TestBulkIntoStore(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "pw").ID
	s := w.unlock(id, "pw")
	all := newKeys("bulk", 200)
	all[100].Name, all[150].Name = "mine", "mine"
	_, err := bulkImport(s, all)
	wantKind(t, err, fault.KeyExists)
	all[150].Name = ""
	all[199].Private = secret.New(make([]byte, 32)) // zero is no key
	_, err = bulkImport(s, all)
	wantKind(t, err, fault.Invalid)
	all = all[:199]
	w.store.fail.Store(true)
	_, err = bulkImport(s, all)
	wantKind(t, err, fault.Storage)
	w.store.fail.Store(false)
	if list, err := s.Keys(); err != nil || len(list.Keys) != 0 {
		t.Fatalf("%d keys after failures, %v", len(list.Keys), err)
	}
	_, err = s.ImportAll(make([]NewKey, MaxBulk+1))
	wantKind(t, err, fault.TooLarge)
	d, err := bulkImport(s, all)
	if err != nil || len(d.Keys) != 199 || d.Keys[100].Name != "mine" {
		t.Fatalf("%v", err)
	}
	w.restart()
	s = w.unlock(id, "pw")
	digest := sha256.Sum256(nil)
	for _, k := range d.Keys {
		r, err := s.Find(k.ID())
		if err != nil {
			t.Fatal(err)
		}
		if r.Name != k.Name {
			t.Errorf("named %q", r.Name)
		}
		signature, err := s.Sign(r, curve.ECDSASecp256k1, digest[:])
		if err != nil || curve.Verify(curve.ECDSASecp256k1, k.Public, digest[:], signature) != nil {
			t.Fatalf("signing: %v", err)
		}
	}
}

// A session that ends between draft and commit keeps nothing.
func TestBulkOfAnEndedSession(t *testing.T) {
	l := newLiveWorld(t, true)
	s := l.unlock(l.makeLive("w", "pw").ID, "pw")
	d, err := s.ImportAll(newKeys("x", 3))
	if err != nil {
		t.Fatal(err)
	}
	s.End()
	wantKind(t, d.Commit(t.Context()), fault.SessionExpired)
	if h := l.onDisk("w", "pw"); len(h.keys) != 0 {
		t.Errorf("%d keys", len(h.keys))
	}
	l.unlock(s.entry.id, "pw") // the wallet is not kept from others
}
