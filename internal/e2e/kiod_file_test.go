package e2e

import (
	"bytes"
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// The reader and the writer of wallet files below share no code with the product:
// they are the other daemon that the directory is shared with.

// fileKey is a key as it stands in a file. Kind 0 is K1, 1 R1, 3 EM, 4 ED.
type fileKey struct {
	kind    byte
	public  [33]byte // padded with zeros
	private string   // raw
	name    string   // "" in the unnamed layout
}

// keyWithSecret makes the K1 key whose secret is the hash of a text.
func keyWithSecret(text string) fileKey {
	scalar := sha256.Sum256([]byte(text))
	return fileKey{public: [33]byte(secp256k1.PrivKeyFromBytes(scalar[:]).PubKey().SerializeCompressed()), private: string(scalar[:])}
}

func (k fileKey) publicText(t *testing.T, profile antelope.Profile) string {
	t.Helper()
	size := 33
	if k.kind == 4 {
		size = 32
	}
	kind := map[byte]antelope.KeyType{0: antelope.K1, 1: antelope.R1, 3: antelope.EM, 4: antelope.ED}[k.kind]
	key, err := curve.NewPublicKey(kind.Algorithm(), k.public[:size])
	if err != nil {
		t.Fatal(err)
	}
	public, err := antelope.NewPublicKey(kind, key)
	if err != nil {
		t.Fatal(err)
	}
	return public.Text(profile)
}

// privateText is the text of a K1 key's secret.
func (k fileKey) privateText(t *testing.T, profile antelope.Profile) string {
	t.Helper()
	text, err := antelope.FormatPrivateKey(antelope.K1, secret.Copy([]byte(k.private)), profile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text.Expose())
}

// check compares the public key with the secret.
func (k fileKey) check() error {
	var public []byte
	switch k.kind {
	case 0, 3:
		public = secp256k1.PrivKeyFromBytes([]byte(k.private)).PubKey().SerializeCompressed()
	case 1:
		key, err := ecdh.P256().NewPrivateKey([]byte(k.private))
		if err != nil {
			return err
		}
		point := key.PublicKey().Bytes()
		public = append([]byte{2 + point[64]&1}, point[1:33]...)
	case 4:
		public = append([]byte(ed25519.NewKeyFromSeed([]byte(k.private[:32])).Public().(ed25519.PublicKey)), 0)
	}
	if !bytes.Equal(public, k.public[:]) {
		return fmt.Errorf("the secret belongs to %x, not %x", public, k.public)
	}
	return nil
}

// walletText is what a wallet file holds.
type walletText struct {
	Version *int   `json:"version"`
	Cipher  string `json:"cipher_keys"`
}

// readKiodFile opens a wallet file.
func readKiodFile(path, password string) ([]fileKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file walletText
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%d bytes: %w", len(text), err)
	}
	data, err := hex.DecodeString(file.Cipher)
	if err != nil || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%d bytes of ciphertext: %w", len(data), err)
	}
	k := sha512.Sum512([]byte(password))
	block, err := aes.NewCipher(k[:32])
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, k[32:48]).CryptBlocks(data, data)
	padding := int(data[len(data)-1])
	if padding < 1 || padding > aes.BlockSize || !bytes.HasSuffix(data, bytes.Repeat([]byte{byte(padding)}, padding)) || !bytes.HasPrefix(data, k[:]) {
		return nil, errors.New("the password does not open the file")
	}
	r := bytes.NewReader(data[64 : len(data)-padding])
	keys, err := readKeys(r)
	if err == nil && file.Version != nil {
		err = readNames(r, keys)
	}
	if err == nil && r.Len() > 0 {
		err = fmt.Errorf("%d bytes behind the end", r.Len())
	}
	return keys, err
}

// number reads a varuint32; what is not there reads as an impossible one.
func number(r *bytes.Reader) int {
	n, err := binary.ReadUvarint(r)
	if err != nil || n > 1<<20 {
		return 1 << 20
	}
	return int(n)
}

func publicSize(kind int) int {
	if kind == 4 {
		return 32
	}
	return 33
}

func readKeys(r *bytes.Reader) (keys []fileKey, err error) {
	for range number(r) {
		kind := number(r)
		k := fileKey{kind: byte(kind)}
		_, err1 := r.Read(k.public[:publicSize(kind)])
		want, size := map[int]int{0: 0, 1: 1, 3: 2, 4: 3}, 32
		if kind == 4 {
			size = 64
		}
		other, known := want[kind]
		private := make([]byte, size)
		if got := number(r); !known || got != other {
			return nil, fmt.Errorf("key %d has the types %d and %d", len(keys), kind, got)
		}
		_, err2 := r.Read(private)
		k.private = string(private)
		if err := errors.Join(err1, err2, k.check()); err != nil {
			return nil, fmt.Errorf("key %d: %w", len(keys), err)
		}
		if n := len(keys); n > 0 && compareFileKeys(keys[n-1], k) >= 0 {
			return nil, fmt.Errorf("key %d is not in order", n)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func compareFileKeys(a, b fileKey) int {
	return cmp.Or(int(a.kind)-int(b.kind), bytes.Compare(a.public[:], b.public[:]))
}

// readNames puts the names into the keys. Each key must have one of its own.
func readNames(r *bytes.Reader, keys []fileKey) error {
	count, last := number(r), ""
	if count != len(keys) {
		return fmt.Errorf("%d names of %d keys", count, len(keys))
	}
	for range count {
		name := make([]byte, number(r))
		_, err := r.Read(name)
		kind := number(r)
		public := [33]byte{}
		_, err2 := r.Read(public[:publicSize(kind)])
		at, found := slices.BinarySearchFunc(keys, fileKey{kind: byte(kind), public: public}, compareFileKeys)
		switch {
		case err != nil || err2 != nil || !found || keys[at].name != "" || string(name) <= last:
			return fmt.Errorf("the name %q: %w", name, errors.Join(err, err2))
		}
		last = string(name)
		keys[at].name = last
	}
	return nil
}

// writeKiodFile writes a wallet file in the named layout, or in the unnamed one if
// the keys have no names.
func writeKiodFile(t *testing.T, path, password string, keys []fileKey) {
	t.Helper()
	if err := os.WriteFile(path, encodeKiodFile(t, password, keys), 0o600); err != nil {
		t.Fatal(err)
	}
}

func encodeKiodFile(t *testing.T, password string, keys []fileKey) []byte {
	t.Helper()
	keys = slices.SortedFunc(slices.Values(keys), compareFileKeys)
	k := sha512.Sum512([]byte(password))
	data := binary.AppendUvarint(k[:], uint64(len(keys)))
	for _, key := range keys {
		data = append(append(data, key.kind), key.public[:publicSize(int(key.kind))]...)
		data = append(append(data, map[byte]byte{0: 0, 1: 1, 3: 2, 4: 3}[key.kind]), key.private...)
	}
	head := "{\n"
	if len(keys) > 0 && keys[0].name != "" {
		head += "  \"version\": 1,\n"
		slices.SortFunc(keys, func(a, b fileKey) int { return strings.Compare(a.name, b.name) })
		data = binary.AppendUvarint(data, uint64(len(keys)))
		for _, key := range keys {
			data = append(binary.AppendUvarint(data, uint64(len(key.name))), key.name...)
			data = append(append(data, key.kind), key.public[:publicSize(int(key.kind))]...)
		}
	}
	padding := aes.BlockSize - len(data)%aes.BlockSize
	data = append(data, bytes.Repeat([]byte{byte(padding)}, padding)...)
	block, err := aes.NewCipher(k[:32])
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, k[32:48]).CryptBlocks(data, data)
	return []byte(head + "  \"cipher_keys\": \"" + hex.EncodeToString(data) + "\"\n}")
}

// kiodFixtures is the folder of wallet files, most of which a real keosd wrote.
const kiodFixtures = kiodRecordings + "/wallet-fixture"

// kiodFixture says what is in a wallet file.
type kiodFixture struct {
	Password string
	Layout   string
	Count    int `json:"key_count"` // where the keys are not listed
	Keys     []struct {
		Private string `json:"private_prefixed"`
		Public  string `json:"public_prefixed"`
	}
}

func readKiodFixtures(t *testing.T) map[string]kiodFixture {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(kiodFixtures, "passwords.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Wallets map[string]kiodFixture }
	if err := json.Unmarshal(text, &all); err != nil || len(all.Wallets) != 9 {
		t.Fatalf("%d fixtures: %v", len(all.Wallets), err)
	}
	return all.Wallets
}

// copyKiodFixtures puts the wallet files into a directory.
func copyKiodFixtures(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(kiodFixtures, name+".wallet"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".wallet"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKiodFileAgainstFixtures holds the other reader and writer against the files
// that keosd wrote, so that they can be trusted below.
func TestKiodFileAgainstFixtures(t *testing.T) {
	for name, f := range readKiodFixtures(t) {
		path := filepath.Join(kiodFixtures, name+".wallet")
		if name == "kiod-unversioned" {
			continue // names without a version are read by guessing
		}
		keys, err := readKiodFile(path, f.Password)
		if err != nil || len(keys) != max(f.Count, len(f.Keys)) {
			t.Errorf("%s: %d keys, %v", name, len(keys), err)
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := encodeKiodFile(t, f.Password, keys); len(keys) > 0 && !bytes.Equal(got, want) {
			t.Errorf("%s: other bytes", name)
		}
	}
}

// TestKiodSharedDirectory lets keosd's files be opened, changed and changed back,
// and compares bytes: whoever comes next finds what keosd would have written.
func TestKiodSharedDirectory(t *testing.T) {
	t.Parallel()
	all := readKiodFixtures(t)
	dir := newKiodDir(t)
	copyKiodFixtures(t, dir, "alpha", "beta", "many", "derived")
	many, err := readKiodFile(filepath.Join(dir, "many.wallet"), all["many"].Password)
	if err != nil {
		t.Fatal(err)
	}
	// An empty wallet with the password of another: what is imported makes the same file.
	writeKiodFile(t, filepath.Join(dir, "again.wallet"), all["many"].Password, nil)
	k := runKiod(t, "keosd", dir)
	for _, name := range []string{"alpha", "beta", "derived"} {
		f := all[name]
		k.do("unlock", list(name, f.Password))
		for _, key := range f.Keys {
			k.do("remove_key", list(name, f.Password, key.Public))
		}
		if keys, err := readKiodFile(k.wallet(name), f.Password); err != nil || len(keys) != 0 {
			t.Errorf("%s without its keys: %d, %v", name, len(keys), err)
		}
		rand.Shuffle(len(f.Keys), func(i, j int) { f.Keys[i], f.Keys[j] = f.Keys[j], f.Keys[i] })
		for _, key := range f.Keys {
			k.do("import_key", list(name, key.Private))
		}
		compareFiles(t, k.wallet(name), filepath.Join(kiodFixtures, name+".wallet"))
	}
	k.do("unlock", list("again", all["many"].Password))
	rand.Shuffle(len(many), func(i, j int) { many[i], many[j] = many[j], many[i] })
	for _, key := range many {
		k.do("import_key", list("again", key.privateText(t, antelope.Keosd)))
	}
	compareFiles(t, k.wallet("again"), filepath.Join(kiodFixtures, "many.wallet"))

	// A wallet of ours, to the other daemon and back.
	password := k.text("create", quoted("turns"))
	ours := k.text("create_key", list("turns", "R1"))
	k.end(syscall.SIGTERM)
	keys, err := readKiodFile(k.wallet("turns"), password)
	if err != nil || len(keys) != 1 || keys[0].publicText(t, antelope.Keosd) != ours {
		t.Fatalf("a new wallet: %d keys, %v", len(keys), err)
	}
	theirs := keyWithSecret("theirs")
	writeKiodFile(t, k.wallet("turns"), password, append(keys, theirs))
	k = runKiod(t, "keosd", dir)
	k.do("unlock", list("turns", password))
	if got, want := k.texts("get_public_keys", nil), []string{theirs.publicText(t, antelope.Keosd), ours}; !slices.Equal(got, want) {
		t.Errorf("keys %q, want %q", got, want)
	}
	k.end(syscall.SIGTERM)
}

func compareFiles(t *testing.T, path, want string) {
	t.Helper()
	a, err := os.ReadFile(path)
	b, err2 := os.ReadFile(want)
	if err := errors.Join(err, err2); err != nil || !bytes.Equal(a, b) {
		t.Errorf("%s differs from %s: %v", filepath.Base(path), want, err)
	}
}
