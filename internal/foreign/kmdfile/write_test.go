package kmdfile

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/nacl/secretbox"
	"golang.org/x/crypto/scrypt"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

var testSeed = slices.Repeat([]byte{0x80}, 32)

func TestWriteReadBack(t *testing.T) {
	thousand := make([]uint64, 1000)
	for i := range thousand {
		thousand[i] = uint64(i + 1)
	}
	for _, v := range []struct {
		about, name, password string
		indices               []uint64
	}{
		{"a thousand keys", "plain", "fixture password", thousand},
		{"a gap where a key was deleted", "gap", "x", []uint64{1, 3, 4, 300, 70000, 1 << 33}},
		{"no derived keys, blank password", "blank", "", nil},
		{"blank name", "", "x", []uint64{1}},
		{"odd characters", "a\x00b 'c' \"d\" \xff é 日本 🗝", "p\x00w é 🗝", []uint64{1}},
		{"long name and password", strings.Repeat("n", 10<<10), strings.Repeat("🗝", 10<<8), []uint64{2}},
	} {
		t.Run(v.about, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out.db")
			source, want := sample(v.name, testSeed, v.indices)
			if err := Write(t.Context(), path, source, password(v.password), WriteOptions{Params: cheap}); err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, path, password(v.password))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			_, err = readAll(t, path, password(v.password+"x"))
			wantKind(t, err, fault.WrongPassword, "")
			onlyFile(t, path)
		})
	}
}

// onlyFile checks that nothing but the file of mode 0600 is in its folder.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A kmd wallet goes through our reader and writer and back without loss.
func TestRewriteFixture(t *testing.T) {
	c, err := Open(t.Context(), snapshot(t, weakFixture), password(""))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Wipe()
	path := filepath.Join(t.TempDir(), FileName(c.Name, c.ID))
	if err := Write(t.Context(), path, c.Source(), password("new"), WriteOptions{Params: cheap}); err != nil {
		t.Fatal(err)
	}
	want, err := readAll(t, weakFixture, password(""))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, path, password("new"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultParametersAreWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.db")
	source, want := sample("n", testSeed, []uint64{1})
	if err := Write(t.Context(), path, source, password("p"), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	want.Params = Params{65536, 1, 32}
	got, err := readAll(t, path, password("p"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// unseal opens a column of kmd's making with library functions and fixed offsets
// of the canonical layout, sharing no code with the package.
func unseal(t *testing.T, column, key []byte, kind string) []byte {
	t.Helper()
	rest, ok := bytes.CutPrefix(column, []byte("\x87\xaaciphertext\xc4"))
	if !ok {
		t.Fatalf("column begins %x", column[:min(len(column), 16)])
	}
	ciphertext, rest := rest[1:1+rest[0]], rest[1+rest[0]:]
	stretched := rest[10] == 0xc3
	if !bytes.HasPrefix(rest, []byte("\xa9do_scrypt")) {
		t.Fatalf("%q", rest)
	}
	rest, ok = bytes.CutPrefix(rest[11:], []byte("\xa5nonce\xc4\x18"))
	if !ok {
		t.Fatalf("%q", rest)
	}
	nonce, rest := [24]byte(rest[:24]), rest[24:]
	rest, ok = bytes.CutPrefix(rest, []byte("\xa4salt\xc4\x20"))
	if !ok {
		t.Fatalf("%q", rest)
	}
	salt, rest := rest[:32], rest[32:]
	if stretched {
		if string(rest) != "\xa8scrypt_n\x02\xa8scrypt_p\x01\xa8scrypt_r\x01" {
			t.Fatalf("%q", rest)
		}
		var err error
		if key, err = scrypt.Key(key, salt, 2, 1, 1, 32); err != nil {
			t.Fatal(err)
		}
	} else if string(rest) != "\xa8scrypt_n\x00\xa8scrypt_p\x00\xa8scrypt_r\x00" || !bytes.Equal(salt, make([]byte, 32)) {
		t.Fatalf("%q", rest)
	}
	plain, ok := secretbox.Open(nil, ciphertext, &nonce, (*[32]byte)(key))
	if !ok {
		t.Fatal("a box does not open")
	}
	plain, ok = bytes.CutPrefix(plain, []byte("\x82\xa9plaintext\xc4"))
	if !ok {
		t.Fatalf("plaintext %x", plain)
	}
	payload, tail := plain[1:1+plain[0]], plain[1+plain[0]:]
	if !strings.HasSuffix(string(tail), kind) ||
		len(tail) != len("\xaeplaintext_type")+1+len(kind) || tail[15] != byte(0xa0|len(kind)) {
		t.Fatalf("tail %q", tail)
	}
	return payload
}

// What kmd depends on, checked without our reader: storage classes of the
// columns, canonical blobs, and that library functions open them.
func TestWrittenFileIndependently(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.db")
	source, want := sample("näme", testSeed, []uint64{1, 2, 5})
	if err := Write(t.Context(), path, source, password("päss"), WriteOptions{Params: cheap}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	count := func(query string, want int) {
		t.Helper()
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d (%v), want %d", query, n, err, want)
		}
	}
	count(`SELECT count(*) FROM metadata WHERE typeof(driver_name)='text' AND driver_name='sqlite' AND typeof(driver_version)='integer'
		AND driver_version=1 AND typeof(wallet_id)='blob' AND typeof(wallet_name)='blob' AND typeof(mep_encrypted)='blob'
		AND typeof(mdk_encrypted)='blob' AND typeof(max_key_idx_encrypted)='blob' AND wallet_name=CAST('näme' AS BLOB)`, 1)
	count("SELECT count(*) FROM metadata", 1)
	count("SELECT count(*) FROM keys WHERE typeof(address)='blob' AND length(address)=32 AND typeof(secret_key_encrypted)='blob' AND typeof(key_idx)='integer'", 3)
	count("SELECT count(*) FROM keys WHERE key_idx IS NULL", 1)
	count("SELECT count(*) FROM msig_addrs WHERE typeof(address)='blob' AND typeof(version)='integer' AND typeof(threshold)='integer' AND typeof(pks)='blob'", 2)
	count("SELECT count(*) FROM sqlite_schema", 6)
	var check string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("integrity: %q, %v", check, err)
	}
	if err := db.QueryRow("PRAGMA journal_mode").Scan(&check); err != nil || check != "delete" {
		t.Errorf("journal mode: %q, %v", check, err)
	}

	var mep, mdk, index []byte
	if err := db.QueryRow("SELECT mep_encrypted, mdk_encrypted, max_key_idx_encrypted FROM metadata").Scan(&mep, &mdk, &index); err != nil {
		t.Fatal(err)
	}
	master := unseal(t, mep, []byte("päss"), "master_key")
	if len(master) != 32 || len(mdk) != 224 || len(index) != 183 {
		t.Errorf("lengths %d, %d, %d", len(master), len(mdk), len(index))
	}
	if got := unseal(t, mdk, master, "master_derivation_key"); !bytes.Equal(got, testSeed) {
		t.Errorf("derivation key %x", got)
	}
	if got := unseal(t, index, master, "max_key_idx"); !bytes.Equal(got, []byte{5}) {
		t.Errorf("index %x", got)
	}
	for _, k := range want.Keys {
		var sealed []byte
		if err := db.QueryRow("SELECT secret_key_encrypted FROM keys WHERE address = ?", []byte(k.Public)).Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		if got := unseal(t, sealed, master, "secret_key"); string(got) != "\xc4\x40"+k.Seed+k.Public || len(sealed) != 247 {
			t.Errorf("key %x of %d bytes", got, len(sealed))
		}
	}
	for _, m := range want.Multisigs {
		pks := []byte{0x90 | byte(len(m.Keys))}
		for _, k := range m.Keys {
			pks = append(append(pks, 0xc4, 32), k[:]...)
		}
		count("SELECT count(*) FROM msig_addrs WHERE version=1 AND threshold="+string(rune('0'+m.Threshold))+" AND hex(pks)='"+
			strings.ToUpper(hex.EncodeToString(pks))+"' AND hex(address)='"+strings.ToUpper(hex.EncodeToString(m.Address[:]))+"'", 1)
	}
}

func TestFreshKeysAndNonces(t *testing.T) {
	source, _ := sample("n", testSeed, []uint64{1})
	var boxes [2][]byte
	for i := range boxes {
		path := filepath.Join(t.TempDir(), "out.db")
		if err := Write(t.Context(), path, source, password("p"), WriteOptions{Params: cheap}); err != nil {
			t.Fatal(err)
		}
		boxes[i], _ = os.ReadFile(path)
	}
	if bytes.Equal(boxes[0], boxes[1]) {
		t.Error("two files of the same contents are equal")
	}
}

func TestWriteRefusals(t *testing.T) {
	full := func() Source { s, _ := sample("n", testSeed, []uint64{1}); return s }
	for _, v := range []struct {
		about string
		spoil func(*Source, *WriteOptions)
		kind  fault.Kind
	}{
		{"id in upper case", func(s *Source, _ *WriteOptions) { s.ID = strings.ToUpper(testID) }, fault.Invalid},
		{"no id", func(s *Source, _ *WriteOptions) { s.ID = "" }, fault.Invalid},
		{"endless name", func(s *Source, _ *WriteOptions) { s.Name = make([]byte, maxName+1) }, fault.TooLarge},
		{"short derivation key", func(s *Source, _ *WriteOptions) { s.DerivationKey = secret.New(make([]byte, 31)) }, fault.Invalid},
		{"bad parameters", func(_ *Source, o *WriteOptions) { o.Params = Params{3, 1, 1} }, fault.Invalid},
		{"foreign multisig", func(s *Source, _ *WriteOptions) { s.Multisigs[0].Address[0] ^= 1 }, fault.Invalid},
		{"no randomness", func(_ *Source, o *WriteOptions) { o.Rand = bytes.NewReader(make([]byte, 100)) }, fault.Exhausted},
		{"key of another address", func(s *Source, _ *WriteOptions) { s.EachKey = oneKey(Key{Seed: secret.New(make([]byte, 32))}) }, fault.Invalid},
		{"short seed", func(s *Source, _ *WriteOptions) { s.EachKey = oneKey(Key{Seed: secret.New(make([]byte, 31))}) }, fault.Invalid},
		{"source fails", func(s *Source, _ *WriteOptions) {
			s.EachKey = func(context.Context, func(Key) error) error { return fault.Busy.New("not now") }
		}, fault.Busy},
		{"wrong numbers", func(s *Source, _ *WriteOptions) { s.DerivationKey = secret.New(make([]byte, 32)) }, fault.Invalid},
	} {
		t.Run(v.about, func(t *testing.T) {
			s, o := full(), WriteOptions{Params: cheap}
			v.spoil(&s, &o)
			dir := t.TempDir()
			wantKind(t, Write(t.Context(), filepath.Join(dir, "out.db"), s, password(""), o), v.kind, "")
			if entries, _ := os.ReadDir(dir); len(entries) != 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

func oneKey(k Key) func(context.Context, func(Key) error) error {
	return func(_ context.Context, receive func(Key) error) error { return receive(k) }
}

func TestWriteReplacesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.db")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	source, _ := sample("n", testSeed, nil)
	wantKind(t, Write(t.Context(), path, source, password(""), WriteOptions{Params: cheap}), fault.Conflict, "")
	if b, _ := os.ReadFile(path); string(b) != "precious" {
		t.Errorf("replaced by %q", b)
	}
	// One that appears while we write is safe too.
	aside := filepath.Join(filepath.Dir(path), "aside")
	if err := os.WriteFile(aside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantKind(t, place(aside, path), fault.Conflict, "")
	if b, _ := os.ReadFile(path); string(b) != "precious" {
		t.Errorf("replaced by %q", b)
	}
}

func TestFileName(t *testing.T) {
	for _, v := range []struct{ name, want string }{
		{"fixture", "fixture." + testID + ".db"},
		{"fixture blank", "fixtureblank." + testID + ".db"},
		{"../../etc/passwd", "etcpasswd." + testID + ".db"},
		{"A-z_0é🗝\x00", "A-z_0." + testID + ".db"},
		{"🗝", "." + testID + ".db"},
		{testID, testID + ".db"},
		{"0123456789abcdef/0123456789abcdef", testID + ".db"},
		{strings.Repeat("n", 1000), strings.Repeat("n", 255-36) + "." + testID + ".db"},
	} {
		if got := FileName([]byte(v.name), testID); got != v.want {
			t.Errorf("%q: %q, want %q", v.name, got, v.want)
		}
	}
}

// Passwords with characters beyond U+FFFF that a client escaped in JSON are
// sealed by kmd with U+FFFD in their place.
func TestFoldedPassword(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.db")
	source, _ := sample("n", testSeed, nil)
	if err := Write(t.Context(), path, source, password("a\uFFFDb\uFFFD"), WriteOptions{Params: cheap}); err != nil {
		t.Fatal(err)
	}
	for pw, folded := range map[string]bool{"a\uFFFDb\uFFFD": false, "a🗝b🔒": true} {
		got, err := readAll(t, path, password(pw))
		if err != nil || got.Folded != folded {
			t.Errorf("%q: folded %v, %v", pw, got.Folded, err)
		}
	}
	for _, pw := range []string{"a日b日", "a🗝b", "ab", "a\xffb\xff"} {
		_, err := readAll(t, path, password(pw))
		wantKind(t, err, fault.WrongPassword, "")
	}
	if f, ok := fold(password("a\xf0\x9f🗝\x00")); !ok || string(f.Expose()) != "a\xf0\x9f\uFFFD\x00" {
		t.Errorf("fold: %q, %v", f.Expose(), ok)
	}
}

// The exact bytes of an envelope as kmd writes it, with two-byte and four-byte numbers.
func TestEnvelopeLayout(t *testing.T) {
	e := envelope{ciphertext: []byte{1, 2}, stretched: true, params: Params{65536, 1, 300}}
	b := e.encode()
	want := "\x87\xaaciphertext\xc4\x02\x01\x02\xa9do_scrypt\xc3\xa5nonce\xc4\x18" + strings.Repeat("\x00", 24) +
		"\xa4salt\xc4\x20" + strings.Repeat("\x00", 32) + "\xa8scrypt_n\xce" + string(binary.BigEndian.AppendUint32(nil, 65536)) +
		"\xa8scrypt_p\xcd\x01\x2c\xa8scrypt_r\x01"
	if string(b) != want {
		t.Errorf("%q", b)
	}
}
