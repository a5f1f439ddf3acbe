package kmdfile

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha512"
	"database/sql"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"context"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	weakFixture   = "testdata/wallet-blank-password-weak-scrypt.db"
	strongFixture = "testdata/wallet-default-scrypt.db"
	testID        = "0123456789abcdef0123456789abcdef"
)

// cheap keeps derivations out of the tests' time.
var cheap = Params{N: 2, R: 1, P: 1}

func password(s string) secret.Bytes { return secret.New([]byte(s)) }

// place copies a fixture to a writable file in a fresh folder.
func placeFixture(t testing.TB, fixture string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wallet.db")
	copyFile(t, fixture, path)
	return path
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func snapshot(t testing.TB, path string) *Snapshot {
	t.Helper()
	s, err := Copy(t.Context(), path, t.TempDir())
	if err != nil {
		t.Fatalf("copy %s: %v", path, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// everything is the contents of a wallet in a comparable form.
type everything struct {
	ID, Name, Seed string
	MaxIndex       uint64
	Keys           []plainKey
	Multisigs      []Multisig
	Params         Params
	Folded         bool
}

type plainKey struct {
	Public, Seed string // raw bytes
	Index        uint64
	Misnumbered  bool
}

// readAll copies, opens and reads the whole file, streaming keys included.
func readAll(t testing.TB, path string, pw secret.Bytes) (everything, error) {
	t.Helper()
	s, err := Copy(t.Context(), path, t.TempDir())
	if err != nil {
		return everything{}, err
	}
	defer s.Close()
	c, err := Open(t.Context(), s, pw)
	if err != nil {
		return everything{}, err
	}
	defer c.Wipe()
	all := everything{ID: c.ID, Name: string(c.Name), Seed: string(c.DerivationKey.Expose()),
		MaxIndex: c.MaxIndex, Multisigs: c.Multisigs, Params: c.Params, Folded: c.Folded}
	err = c.EachKey(t.Context(), func(k Key) error {
		all.Keys = append(all.Keys, plainKey{string(k.Public[:]), string(k.Seed.Expose()), k.Index, k.Misnumbered})
		return nil
	})
	all.sort()
	return all, err
}

func (e *everything) sort() {
	slices.SortFunc(e.Keys, func(a, b plainKey) int {
		if a.Public < b.Public {
			return -1
		}
		return 1
	})
	slices.SortFunc(e.Multisigs, func(a, b Multisig) int { return slices.Compare(a.Address[:], b.Address[:]) })
}

// derive is kmd's derivation, written apart from the package's own.
func derive(seed []byte, n uint64) []byte {
	mac := hmac.New(func() hash.Hash { return sha512.New512_256() }, seed)
	fmt.Fprintf(mac, "AlgorandDeterministicKey-%d\x01", n)
	return mac.Sum(nil)
}

// sample is a source with keys of the given indices, one imported key and two
// multisigs, and what reading it back should give.
func sample(name string, seed []byte, indices []uint64) (Source, everything) {
	want := everything{ID: testID, Name: name, Seed: string(seed), Params: cheap}
	if name == "" {
		want.Name = testID
	}
	var keys []plainKey
	add := func(private []byte, index uint64) {
		public := ed25519.NewKeyFromSeed(private).Public().(ed25519.PublicKey)
		keys = append(keys, plainKey{Public: string(public), Seed: string(private), Index: index})
		want.MaxIndex = max(want.MaxIndex, index)
	}
	for _, i := range indices {
		add(derive(seed, i), i)
	}
	add(slices.Repeat([]byte{0x5a}, 32), 0)
	for i := range uint8(2) {
		m := Multisig{Version: 1, Threshold: 1 + i}
		for _, k := range keys[:min(len(keys), 1+int(i))] {
			m.Keys = append(m.Keys, [32]byte([]byte(k.Public)))
		}
		m.Keys = append(m.Keys, m.Keys[0]) // repetitions are allowed
		m.Address = m.address()
		want.Multisigs = append(want.Multisigs, m)
	}
	want.Keys = slices.Clone(keys)
	source := Source{Summary: Summary{ID: testID, Name: []byte(name)}, DerivationKey: secret.Copy(seed),
		MaxIndex: want.MaxIndex, Multisigs: slices.Clone(want.Multisigs),
		EachKey: func(_ context.Context, receive func(Key) error) error {
			for _, k := range keys {
				s := secret.Copy([]byte(k.Seed))
				err := receive(Key{Seed: s, Public: [32]byte([]byte(k.Public)), Index: k.Index})
				s.Wipe()
				if err != nil {
					return err
				}
			}
			return nil
		}}
	want.sort()
	return source, want
}

// edit runs statements on a file through plain SQLite.
func edit(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func wantKind(t testing.TB, err error, kind fault.Kind, text string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got %v (kind %s), want kind %s", err, fault.KindOf(err), kind)
	}
	if text != "" && fault.Text(err) != text {
		t.Fatalf("got text %q, want %q", fault.Text(err), text)
	}
}
