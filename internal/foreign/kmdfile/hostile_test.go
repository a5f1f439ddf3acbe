package kmdfile

import (
	"bytes"
	"context"
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/nacl/secretbox"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// rewriteEnvelope replaces an envelope column of the metadata row.
func rewriteEnvelope(t *testing.T, path, column string, change func(e *envelope)) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b []byte
	if err := db.QueryRow("SELECT " + column + " FROM metadata").Scan(&b); err != nil {
		t.Fatal(err)
	}
	e, err := decodeEnvelope(b)
	if err != nil {
		t.Fatal(err)
	}
	change(&e)
	if _, err := db.Exec("UPDATE metadata SET "+column+" = ?", e.encode()); err != nil {
		t.Fatal(err)
	}
}

func TestHostileRows(t *testing.T) {
	for _, v := range []struct {
		about, statement string
		kind             fault.Kind
		text             string
	}{
		{"driver name", "UPDATE metadata SET driver_name = 'ledger'", fault.Unsupported, "found database with wrong driver name in wallets dir"},
		{"driver version", "UPDATE metadata SET driver_version = 2", fault.Unsupported, "found database with wrong driver version in wallets dir"},
		{"driver version as text", "UPDATE metadata SET driver_version = 'one'", fault.Unsupported, ""},
		{"id too short", "UPDATE metadata SET wallet_id = 'abc'", fault.Unsupported, ""},
		{"id with a line end", "UPDATE metadata SET wallet_id = wallet_id || char(10)", fault.Unsupported, ""},
		{"huge name", "UPDATE metadata SET wallet_name = zeroblob(70000)", fault.TooLarge, ""},
		{"huge blob", "UPDATE metadata SET mdk_encrypted = zeroblob(5000000)", fault.Corrupt, ""},
		{"no wallet", "DELETE FROM metadata", fault.Corrupt, ""},
		{"two wallets", "INSERT INTO metadata SELECT driver_name, driver_version, 'x', wallet_name, mep_encrypted, mdk_encrypted, max_key_idx_encrypted FROM metadata", fault.Corrupt, ""},
		{"master key as text", "UPDATE metadata SET mep_encrypted = 'text'", fault.Corrupt, ""},
		{"master key truncated", "UPDATE metadata SET mep_encrypted = substr(mep_encrypted, 1, 100)", fault.Corrupt, ""},
		{"something appended", "UPDATE metadata SET mep_encrypted = CAST(mep_encrypted || x'00' AS BLOB)", fault.Corrupt, ""},
		{"swapped columns", "UPDATE metadata SET mdk_encrypted = max_key_idx_encrypted", fault.Corrupt, textWrongType},
		{"not a password box", "UPDATE metadata SET mep_encrypted = mdk_encrypted", fault.Unsupported, ""},
		{"derivation key under a password", "UPDATE metadata SET mdk_encrypted = mep_encrypted", fault.Corrupt, ""},
		{"derivation key damaged", "UPDATE metadata SET mdk_encrypted = CAST(substr(mdk_encrypted, 1, 20) || x'00' || substr(mdk_encrypted, 22) AS BLOB)", fault.Corrupt, textWrongPassword},
		{"derivation key for a private key", "UPDATE keys SET secret_key_encrypted = (SELECT mdk_encrypted FROM metadata)", fault.Corrupt, textWrongType},
		{"address too short", "UPDATE keys SET address = substr(address, 1, 31)", fault.Corrupt, ""},
		{"foreign address", "UPDATE keys SET address = zeroblob(32) WHERE key_idx = 3", fault.Corrupt, textMismatch},
		{"swapped keys", "UPDATE keys SET secret_key_encrypted = (SELECT secret_key_encrypted FROM keys WHERE key_idx = 1) WHERE key_idx = 4", fault.Corrupt, textMismatch},
		{"negative number", "UPDATE keys SET key_idx = -1 WHERE key_idx = 3", fault.Corrupt, ""},
		{"number as text", "UPDATE keys SET key_idx = 'three' WHERE key_idx = 3", fault.Corrupt, ""},
		{"multisig version", "UPDATE msig_addrs SET version = 2", fault.Corrupt, "unknown version"},
		{"multisig threshold", "UPDATE msig_addrs SET threshold = 4", fault.Corrupt, "Invalid threshold"},
		{"multisig threshold 256", "UPDATE msig_addrs SET threshold = 257", fault.Corrupt, ""},
		{"multisig address", "UPDATE msig_addrs SET address = zeroblob(32) WHERE threshold = 1", fault.Corrupt, textMismatch},
		{"multisig keys", "UPDATE msig_addrs SET pks = x'dd7fffffff'", fault.Corrupt, ""},
		{"multisig keys as text", "UPDATE msig_addrs SET pks = 'text'", fault.Corrupt, ""},
		{"trigger", "CREATE TRIGGER t AFTER UPDATE ON keys BEGIN DELETE FROM keys; END", fault.Unsupported, ""},
		{"view", "CREATE VIEW v AS SELECT * FROM keys", fault.Unsupported, ""},
		{"table", "CREATE TABLE more (a)", fault.Unsupported, ""},
		{"virtual table", "CREATE VIRTUAL TABLE more USING fts5(a)", fault.Unsupported, ""},
		{"index over an expression", "CREATE INDEX i ON keys (abs(key_idx))", fault.Unsupported, ""},
		{"generated column", "ALTER TABLE keys ADD COLUMN more GENERATED ALWAYS AS (abs(key_idx)) VIRTUAL", fault.Unsupported, ""},
		{"column", "ALTER TABLE keys ADD COLUMN more BLOB", fault.Unsupported, ""},
		{"missing table", "DROP TABLE msig_addrs", fault.Unsupported, ""},
		{"renamed column", "ALTER TABLE keys RENAME COLUMN key_idx TO idx", fault.Unsupported, ""},
		{"view instead of a table", "DROP TABLE keys; CREATE VIEW keys AS SELECT NULL AS address, NULL AS secret_key_encrypted, NULL AS key_idx", fault.Unsupported, ""},
		{"generated instead of stored", `DROP TABLE keys; CREATE TABLE keys (address BLOB PRIMARY KEY,
			secret_key_encrypted BLOB NOT NULL AS (zeroblob(200)) STORED, key_idx INT)`, fault.Unsupported, ""},
		{"another database in its place", "DROP TABLE metadata; CREATE TABLE metadata (key TEXT, value TEXT)", fault.Unsupported, ""},
	} {
		t.Run(v.about, func(t *testing.T) {
			path := placeFixture(t, weakFixture)
			edit(t, path, v.statement)
			_, err := readAll(t, path, password(""))
			wantKind(t, err, v.kind, v.text)
		})
	}
}

// Harmless differences do not lock anybody out.
func TestTolerated(t *testing.T) {
	path := placeFixture(t, weakFixture)
	edit(t, path, "UPDATE metadata SET wallet_id = CAST(wallet_id AS TEXT), wallet_name = CAST(wallet_name AS TEXT)",
		"ANALYZE", "UPDATE keys SET key_idx = 9 WHERE key_idx = 3", "VACUUM")
	got, err := readAll(t, path, password(""))
	if err != nil {
		t.Fatal(err)
	}
	misnumbered := 0
	for _, k := range got.Keys {
		if k.Misnumbered {
			misnumbered++
			if k.Index != 0 {
				t.Errorf("a number is believed that does not derive: %d", k.Index)
			}
		}
	}
	if got.Name != "fixture blank" || len(got.Keys) != 4 || misnumbered != 1 {
		t.Errorf("%q, %d keys, %d misnumbered", got.Name, len(got.Keys), misnumbered)
	}
}

func TestPlantedScryptParameters(t *testing.T) {
	for _, v := range []struct {
		p    Params
		kind fault.Kind
	}{
		{Params{1 << 30, 1, 1}, fault.TooLarge},
		{Params{1 << 30, 1 << 30, 1 << 30}, fault.TooLarge},
		{Params{2, 1 << 30, 1 << 30}, fault.TooLarge},
		{Params{0, 0, 0}, fault.Corrupt},
		{Params{3, 1, 1}, fault.Corrupt},
		{Params{4, 1, 1}, fault.WrongPassword}, // computed, and then the box does not open
	} {
		path := placeFixture(t, weakFixture)
		rewriteEnvelope(t, path, "mep_encrypted", func(e *envelope) { e.params = v.p })
		_, err := readAll(t, path, password(""))
		wantKind(t, err, v.kind, "")
	}
}

// Rows of one wallet in another: each wallet has its own master key, even where
// password and derivation key are the same.
func TestRowsOfAnotherWallet(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.db"), filepath.Join(dir, "two.db")
	for _, path := range []string{one, two} {
		source, _ := sample("n", testSeed, []uint64{1, 2})
		if err := Write(t.Context(), path, source, password("p"), WriteOptions{Params: cheap}); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		"UPDATE main.keys SET secret_key_encrypted = (SELECT secret_key_encrypted FROM other.keys WHERE other.keys.address = main.keys.address)",
		"UPDATE main.metadata SET mdk_encrypted = (SELECT mdk_encrypted FROM other.metadata)",
		"UPDATE main.metadata SET mep_encrypted = (SELECT mep_encrypted FROM other.metadata)",
	} {
		path := filepath.Join(t.TempDir(), "spliced.db")
		copyFile(t, one, path)
		edit(t, path, "ATTACH '"+two+"' AS other", statement)
		_, err := readAll(t, path, password("p"))
		wantKind(t, err, fault.Corrupt, textWrongPassword)
	}
}

// A private key whose stored halves do not belong together is refused even if
// the public half fits the row: the seed is what would sign.
func TestPrivateKeyHalves(t *testing.T) {
	c := &Contents{master: secret.New(make([]byte, 32)), DerivationKey: secret.New(make([]byte, 32))}
	for about, private := range map[string][]byte{
		"halves":    append(make([]byte, 32), bytes.Repeat([]byte{7}, 32)...),
		"too short": make([]byte, 63),
	} {
		var e envelope
		e.seal(c.master, typeKey, appendBin(nil, private), make([]byte, nonceSize))
		_, err := c.openKey(keyRow{address: [32]byte(bytes.Repeat([]byte{7}, 32)), sealed: e.encode()})
		if !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", about, err)
		}
	}
}

func TestMasterKeyOfWrongLength(t *testing.T) {
	path := placeFixture(t, weakFixture)
	rewriteEnvelope(t, path, "mep_encrypted", func(e *envelope) {
		slot, err := e.params.stretch(t.Context(), password(""), e.salt[:])
		if err != nil {
			t.Fatal(err)
		}
		e.seal(slot, typeMaster, make([]byte, 31), e.nonce[:])
	})
	_, err := readAll(t, path, password(""))
	wantKind(t, err, fault.Corrupt, "")
}

// Whatever happens to the bytes of a file: no panic, no hang, an error of a kind
// or the contents.
func TestMangledFiles(t *testing.T) {
	original, err := os.ReadFile(weakFixture)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	opened := 0
	try := func(b []byte) {
		path := filepath.Join(t.TempDir(), "m.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if readBounded(t, ctx, path) == nil {
			opened++
		}
	}
	for _, n := range []int{0, 1, 15, 16, 99, 100, 101, 511, 4095, 4096, 8192, len(original) - 1} {
		before := opened
		if try(original[:n]); opened != before {
			t.Errorf("a file cut to %d bytes opens", n)
		}
	}
	for range 150 {
		b := bytes.Clone(original)
		for range 1 + r.IntN(20) {
			page := r.IntN(len(b) / 4096) // mostly in headers and cell pointers
			b[page*4096+r.IntN(200)] = byte(r.Uint32())
		}
		try(b)
	}
	random := make([]byte, 8192)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	try(random)
	try(append([]byte("SQLite format 3\x00"), random...))
}

// readBounded reads everything under a deadline and fails the test on errors
// without a kind, and on a hang.
func readBounded(t testing.TB, ctx context.Context, path string) error {
	t.Helper()
	s, err := Copy(ctx, path, t.TempDir())
	if err == nil {
		defer s.Close()
		var c *Contents
		if c, err = Open(ctx, s, secret.Bytes{}); err == nil {
			defer c.Wipe()
			err = c.EachKey(ctx, func(Key) error { return nil })
		}
	}
	if ctx.Err() != nil {
		t.Fatal("reading takes too long")
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		t.Fatalf("an error without a kind: %v", err)
	}
	return err
}

// The schema of a database may be spread over a tree of pages that hardly ends.
func TestSchemaMustFitOnOnePage(t *testing.T) {
	path := placeFixture(t, weakFixture)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[100] = 0x05 // an inner page
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = readAll(t, path, password(""))
	wantKind(t, err, fault.Unsupported, "")
}

func TestBoxWithoutTag(t *testing.T) {
	e := envelope{ciphertext: make([]byte, secretbox.Overhead-1)}
	if _, err := e.open(secret.New(make([]byte, 32)), typeKey); err != errSealed {
		t.Error(err)
	}
}
