package kmdfile

import (
	"encoding/base32"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/fault"
)

type fixture struct {
	File     string            `json:"file"`
	ID       string            `json:"wallet_id"`
	Name     string            `json:"wallet_name"`
	Password string            `json:"password"`
	Seed     []byte            `json:"master_derivation_key"`
	Derived  map[string]string `json:"derived_addresses_by_index"`
	Multisig map[string]struct {
		Version   uint8    `json:"version"`
		Threshold uint8    `json:"threshold"`
		Keys      [][]byte `json:"pks"`
	} `json:"multisig"`
	Private map[string][]byte `json:"private_keys"`
	Scrypt  struct{ N, R, P int }
}

func fixtures(t *testing.T) []fixture {
	t.Helper()
	b, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []fixture
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 {
		t.Fatalf("%d fixtures", len(all))
	}
	return all
}

// rawAddress is the 32 bytes of a 58 character address.
func rawAddress(t *testing.T, text string) [32]byte {
	t.Helper()
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil || len(b) != 36 {
		t.Fatalf("address %q: %v", text, err)
	}
	return [32]byte(b[:32])
}

func (f *fixture) want(t *testing.T) everything {
	t.Helper()
	indexOf := map[string]uint64{}
	for i, address := range f.Derived {
		indexOf[strings.TrimSuffix(address, " (deleted)")] = uint64(i[0] - '0')
	}
	want := everything{ID: f.ID, Name: f.Name, Seed: string(f.Seed), MaxIndex: 4, Params: Params(f.Scrypt)}
	for address, private := range f.Private {
		public := rawAddress(t, address)
		want.Keys = append(want.Keys, plainKey{Public: string(public[:]), Seed: string(private[:32]), Index: indexOf[address]})
	}
	for address, m := range f.Multisig {
		preimage := Multisig{Address: rawAddress(t, address), Version: m.Version, Threshold: m.Threshold}
		for _, k := range m.Keys {
			preimage.Keys = append(preimage.Keys, [32]byte(k))
		}
		want.Multisigs = append(want.Multisigs, preimage)
	}
	want.sort()
	return want
}

func TestFixturesOpen(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.Name, func(t *testing.T) {
			path := filepath.Join("testdata", f.File)
			got, err := readAll(t, path, password(f.Password))
			if err != nil {
				t.Fatal(err)
			}
			want := f.want(t)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if len(got.Keys) != 4 || len(got.Multisigs) != 2 {
				t.Errorf("%d keys, %d multisigs", len(got.Keys), len(got.Multisigs))
			}
			summary, err := Peek(t.Context(), snapshot(t, path))
			if err != nil || summary.ID != f.ID || string(summary.Name) != f.Name {
				t.Errorf("peek: %+v, %v", summary, err)
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	s := snapshot(t, weakFixture)
	for _, p := range []string{" ", "fixture password", strings.Repeat("x", 10<<10)} {
		c, err := Open(t.Context(), s, password(p))
		if c != nil {
			t.Fatal("contents in spite of an error")
		}
		wantKind(t, err, fault.WrongPassword, "error decrypting. wrong password?")
	}
}

func TestWeakParametersWarn(t *testing.T) {
	c, err := Open(t.Context(), snapshot(t, weakFixture), password(""))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Wipe()
	if !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, "weak scrypt") }) {
		t.Errorf("warnings %q", c.Warnings)
	}
	if DefaultParams().weak() {
		t.Error("the default parameters count as weak")
	}
}

func TestWipe(t *testing.T) {
	c, err := Open(t.Context(), snapshot(t, weakFixture), password(""))
	if err != nil {
		t.Fatal(err)
	}
	seed, master := c.DerivationKey.Expose(), c.master.Expose()
	c.Wipe()
	c.Wipe()
	if slices.Max(seed) != 0 || slices.Max(master) != 0 {
		t.Error("secrets survive Wipe")
	}
	wantKind(t, c.EachKey(t.Context(), func(Key) error { return nil }), fault.Locked, "")
}

func TestSeedsAreWipedAfterEachKey(t *testing.T) {
	c, err := Open(t.Context(), snapshot(t, weakFixture), password(""))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Wipe()
	var seeds [][]byte
	if err := c.EachKey(t.Context(), func(k Key) error {
		seeds = append(seeds, k.Seed.Expose())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(seeds) != 4 {
		t.Fatalf("%d keys", len(seeds))
	}
	for _, s := range seeds {
		if slices.Max(s) != 0 {
			t.Error("a seed survives its callback")
		}
	}
	stop := fault.Busy.New("enough")
	if err := c.EachKey(t.Context(), func(Key) error { return stop }); !fault.Is(err, fault.Busy) {
		t.Errorf("the receiver's error became %v", err)
	}
}
