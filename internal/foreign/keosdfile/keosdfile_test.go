package keosdfile

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const fixtures = "../../../testdata/golden/kiod/wallet-fixture"

// expected is passwords.json: what the fixtures hold.
type expected struct {
	Wallets map[string]struct {
		Password string `json:"password"`
		Keys     []struct {
			Private string `json:"private_prefixed"`
			Name    string `json:"name"`
		} `json:"keys"`
	} `json:"wallets"`
}

func readExpected(t testing.TB) expected {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(fixtures, "passwords.json"))
	if err != nil {
		t.Fatal(err)
	}
	var e expected
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// secretOf reads the secret out of a prefixed private key text, checksums unseen.
func secretOf(t testing.TB, text string) string {
	t.Helper()
	if rest, ok := strings.CutPrefix(text, "PVT_EM_"); ok {
		return strings.TrimPrefix(rest, "0x")
	}
	parts := strings.Split(text, "_")
	n := new(big.Int)
	for _, c := range parts[len(parts)-1] {
		i := strings.IndexRune("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", c)
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(i)))
	}
	size := 36 // with four bytes of checksum
	if strings.HasPrefix(text, "PVT_ED_") {
		size = 64
	}
	return hex.EncodeToString(n.FillBytes(make([]byte, size))[:SecretSize])
}

// publicOf computes the public key of a secret with code that is not ours.
func publicOf(t testing.TB, k Key) []byte {
	t.Helper()
	switch k.Type {
	case K1, EM:
		return secp256k1.PrivKeyFromBytes(k.Secret).PubKey().SerializeCompressed()
	case R1:
		private, err := ecdh.P256().NewPrivateKey(k.Secret)
		if err != nil {
			t.Fatal(err)
		}
		full := private.PublicKey().Bytes()
		return append([]byte{2 + full[64]&1}, full[1:33]...)
	}
	return ed25519.NewKeyFromSeed(k.Secret)[32:]
}

func open(f *File, password string, receive func(Key) error) (Contents, error) {
	key := FileKey(secret.Copy([]byte(password)))
	defer key.Wipe()
	return f.Open(key.Expose(), make([]byte, ScratchSize), receive)
}

// held is one key as a test compares it.
type held struct {
	Type           KeyType
	Public, Secret string
}

func contents(t testing.TB, f *File, password string) ([]held, Contents) {
	t.Helper()
	var all []held
	c, err := open(f, password, func(k Key) error {
		all = append(all, held{k.Type, string(k.Public), hex.EncodeToString(k.Secret)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, c
}

func TestFixtures(t *testing.T) {
	for name, want := range readExpected(t).Wallets {
		t.Run(name, func(t *testing.T) {
			f, err := Read(filepath.Join(fixtures, name+".wallet"))
			if err != nil {
				t.Fatal(err)
			}
			var secrets, expectedSecrets []string
			c, err := open(f, want.Password, func(k Key) error {
				if !bytes.Equal(publicOf(t, k), k.Public) {
					t.Errorf("public key %x does not belong to its secret", k.Public)
				}
				secrets = append(secrets, hex.EncodeToString(k.Secret))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range want.Keys {
				expectedSecrets = append(expectedSecrets, secretOf(t, k.Private))
			}
			if name == "many" { // not listed one by one
				for i := range 200 {
					s := sha256.Sum256(fmt.Append(nil, "many-", i))
					expectedSecrets = append(expectedSecrets, hex.EncodeToString(s[:]))
				}
			}
			slices.Sort(secrets)
			slices.Sort(expectedSecrets)
			if d := cmp.Diff(expectedSecrets, secrets); d != "" {
				t.Error(d)
			}
			layout := Unnamed
			if strings.HasPrefix(name, "kiod-") {
				layout = Named
			}
			if c.Layout != layout || (layout == Named && len(c.Names) != len(want.Keys)) {
				t.Errorf("layout %d with %d names", c.Layout, len(c.Names))
			}
			for _, k := range want.Keys {
				named := slices.ContainsFunc(c.Names, func(n Name) bool { return n.Text == k.Name })
				if layout == Named && k.Name != "" && !named {
					t.Errorf("no key is named %q", k.Name)
				}
			}
			for _, wrong := range []string{"", want.Password + " ", strings.ToLower(want.Password)} {
				if _, err := open(f, wrong, func(Key) error { return nil }); !fault.Is(err, fault.WrongPassword) {
					t.Errorf("password %q: %v", wrong, err)
				}
			}
		})
	}
}

// source describes what was read from a file to the writer.
func source(t testing.TB, password string, keys []held, c Contents) Source {
	t.Helper()
	return Source{
		FileKey: FileKey(secret.Copy([]byte(password))).Expose(), Layout: c.Layout, Count: len(keys), Names: c.Names,
		Scratch: make([]byte, ScratchSize),
		EachKey: func(put func(Key) error) error {
			for _, k := range keys {
				raw, err := hex.DecodeString(k.Secret)
				if err != nil {
					t.Fatal(err)
				}
				if err := put(Key{Type: k.Type, Public: []byte(k.Public), Secret: raw}); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// The format has no salt, so what we write of a fixture is the fixture, byte for byte.
func TestWritingAFixtureGivesTheFixture(t *testing.T) {
	for name, want := range readExpected(t).Wallets {
		if name == "kiod-unversioned" {
			continue // is written with a version
		}
		t.Run(name, func(t *testing.T) {
			original, err := os.ReadFile(filepath.Join(fixtures, name+".wallet"))
			if err != nil {
				t.Fatal(err)
			}
			f, err := Parse(original)
			if err != nil {
				t.Fatal(err)
			}
			keys, c := contents(t, f, want.Password)
			path := filepath.Join(t.TempDir(), "copy.wallet")
			if err := Create(path, source(t, want.Password, keys, c)); err != nil {
				t.Fatal(err)
			}
			written, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(original), string(written)); d != "" {
				t.Error(d)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
		})
	}
}

// testKeys makes n keys whose public parts are no points: this package does not look.
func testKeys(n int) ([]held, Contents) {
	c := Contents{Layout: Named, Names: []Name{}}
	var keys []held
	for i := range n {
		s := sha256.Sum256(fmt.Append(nil, "key ", i))
		public := append([]byte{2}, fmt.Appendf(nil, "%032d", i)...)
		keys = append(keys, held{K1, string(public), hex.EncodeToString(s[:])})
		c.Names = append(c.Names, Name{Text: fmt.Sprint("my-key-", i), Type: K1, Public: public})
	}
	slices.SortFunc(c.Names, func(a, b Name) int { return strings.Compare(a.Text, b.Text) })
	return keys, c
}

func TestRoundTripAcrossBufferBorders(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []int{0, 1, 29, 30, 31, 32, 58, 59, 60, 61, 62, 1000} {
		path := filepath.Join(dir, fmt.Sprint(n, ".wallet"))
		keys, c := testKeys(n)
		if err := Write(path, source(t, "pw", keys, c)); err != nil {
			t.Fatal(err)
		}
		f, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		again, c2 := contents(t, f, "pw")
		if d := cmp.Diff(keys, again); d != "" {
			t.Errorf("%d keys: %s", n, d)
		}
		if d := cmp.Diff(c, c2); d != "" {
			t.Errorf("%d keys: %s", n, d)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCreateNeverReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wallet")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, c := testKeys(1)
	if err := Create(path, source(t, "pw", keys, c)); !fault.Is(err, fault.WalletExists) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "mine" {
		t.Error("the file was changed")
	}
}

func TestAFailedWriteLeavesTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.wallet")
	keys, c := testKeys(3)
	if err := Write(path, source(t, "pw", keys, c)); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	broken := source(t, "pw", keys, c)
	broken.EachKey = func(put func(Key) error) error { return errors.New("broken") }
	if err := Write(path, broken); err == nil {
		t.Fatal("no error")
	}
	short := source(t, "pw", keys, c)
	short.Count = 4
	if err := Write(path, short); err == nil {
		t.Fatal("no error")
	}
	after, _ := os.ReadFile(path)
	if !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files", len(entries))
	}
}

func TestContainers(t *testing.T) {
	long := strings.Repeat("00", 96)
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"empty":            {"", ErrEmpty},
		"blank":            {" \n", ErrEmpty},
		"no JSON":          {"x", ErrForm},
		"cut":              {`{"cipher_keys": "00`, ErrJSON},
		"trailing text":    {`{"cipher_keys": ""} x`, ErrJSON},
		"twice":            {`{"cipher_keys": "00", "cipher_keys": "01"}`, ErrJSON},
		"a list":           {`["00"]`, ErrForm},
		"a number":         {`{"cipher_keys": 12}`, ErrForm},
		"bad hex":          {`{"cipher_keys": "0g"}`, ErrHex},
		"odd hex":          {`{"cipher_keys": "000"}`, ErrHex},
		"no cipher_keys":   {`{}`, nil},
		"long":             {heads[Named] + strings.Repeat("00", 1<<18) + tail, nil},
		"long, bad hex":    {heads[Named] + strings.Repeat("00", 1<<18) + "0g" + tail, ErrHex},
		"long, odd hex":    {heads[Unnamed] + strings.Repeat("00", 1<<18) + "0" + tail, ErrHex},
		"usual, cut":       {heads[Unnamed] + "00", ErrJSON},
		"unknown members":  {`{"x": [1, {"y": null}], "cipher_keys": "` + long + `"}`, nil},
		"version last":     {"{\"cipher_keys\"\t:\n\"" + long + `", "version": 1}`, nil},
		"version as float": {`{"version": 1.5}`, ErrForm},
	} {
		f, err := Parse([]byte(test.text))
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if _, err := open(f, "pw", func(Key) error { return nil }); !fault.Is(err, fault.WrongPassword) {
			t.Errorf("%s opens: %v", name, err)
		}
	}
	if _, err := Parse([]byte(`{"version": 2}`)); !fault.Is(err, fault.Unsupported) {
		t.Errorf("version 2: %v", err)
	}
}

func TestReadRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(filepath.Join(dir, "none")); !fault.Is(err, fault.UnknownWallet) {
		t.Errorf("missing: %v", err)
	}
	if _, err := Read(dir); err == nil {
		t.Error("a directory is read")
	}
	target := filepath.Join(fixtures, "alpha.wallet")
	absolute, err := filepath.Abs(target)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.wallet")
	if err := os.Symlink(absolute, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(link); err == nil {
		t.Error("a symbolic link is followed")
	}
}

// Every bit flipped: an error or other keys, never a crash. That other keys are
// possible is the format's weakness, which callers answer by comparing each public
// key with its secret.
func TestFlippedBits(t *testing.T) {
	want := readExpected(t).Wallets["kiod-named"]
	f, err := Read(filepath.Join(fixtures, "kiod-named.wallet"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(f.ciphertext) * 8 {
		g := &File{version: f.version, ciphertext: bytes.Clone(f.ciphertext)}
		g.ciphertext[i/8] ^= 1 << (i % 8)
		_, err := open(g, want.Password, func(Key) error { return nil })
		if i/8 < checkSize && !fault.Is(err, fault.WrongPassword) {
			t.Fatalf("bit %d, in the check: %v", i, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for name := range readExpected(f).Wallets {
		b, err := os.ReadFile(filepath.Join(fixtures, name+".wallet"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if file, err := Parse(text); err == nil {
			_, _ = open(file, "pw", func(Key) error { return nil })
		}
	})
}

// FuzzPlaintext feeds the decoder plaintext of any kind, properly encrypted.
func FuzzPlaintext(f *testing.F) {
	f.Add([]byte{0})
	f.Add(append([]byte{1, 0}, make([]byte, 66)...))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add([]byte{0, 0})
	key := FileKey(secret.Copy([]byte("pw"))).Expose()
	f.Fuzz(func(t *testing.T, plain []byte) {
		sealed := encrypt(t, key, append(bytes.Clone(key), plain...))
		for version := range 2 {
			var all []Key
			c, err := (&File{version: version, ciphertext: sealed}).Open(key, make([]byte, ScratchSize), func(k Key) error {
				all = append(all, Key{Type: k.Type, Public: bytes.Clone(k.Public), Secret: bytes.Clone(k.Secret)})
				return nil
			})
			if err == nil && len(c.Names) > len(plain) {
				t.Error("more names than bytes")
			}
		}
	})
}

func encrypt(t testing.TB, key, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	s := Source{FileKey: key, Scratch: make([]byte, ScratchSize)}
	e, err := s.encrypter(&out)
	if err != nil {
		t.Fatal(err)
	}
	e.put(plain)
	e.finish()
	sealed, err := hex.DecodeString(out.String())
	if err != nil || e.err != nil {
		t.Fatal(err, e.err)
	}
	return sealed
}

func BenchmarkOpen10000(b *testing.B) {
	keys, c := testKeys(10_000)
	path := filepath.Join(b.TempDir(), "a.wallet")
	if err := Write(path, source(b, "pw", keys, c)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f, err := Read(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := open(f, "pw", func(Key) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite10000(b *testing.B) {
	keys, c := testKeys(10_000)
	path := filepath.Join(b.TempDir(), "a.wallet")
	for b.Loop() {
		if err := Write(path, source(b, "pw", keys, c)); err != nil {
			b.Fatal(err)
		}
	}
}
