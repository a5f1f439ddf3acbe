package e2e

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver that gives fixtures other ids
)

// fixtures is the folder of wallet files that a real kmd wrote.
const fixtures = recordings + "/wallet-fixture"

// fixture is what a wallet file must contain.
type fixture struct {
	File      string            `json:"file"`
	ID        string            `json:"wallet_id"`
	Name      string            `json:"wallet_name"`
	Password  string            `json:"password"`
	Seed      []byte            `json:"master_derivation_key"`
	Next      string            `json:"next_generated_address_index_5"`
	Keys      []string          `json:"key_list"`
	Accounts  []string          `json:"multisig_list"`
	Private   map[string][]byte `json:"private_keys"`
	Multisigs map[string]struct {
		Version   int      `json:"version"`
		Threshold int      `json:"threshold"`
		Keys      []string `json:"pks"`
	} `json:"multisig"`
}

func readFixtures(t *testing.T) []fixture {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(fixtures, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []fixture
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 {
		t.Fatalf("%d fixtures, want 2", len(all))
	}
	return all
}

// walletFile is a copy of the cheap fixture under an id and a name of its own.
type walletFile struct {
	path, id, name string
	fixture        fixture
}

// copyFixture makes a wallet file beside the data directory, ready to be dropped in.
func copyFixture(t *testing.T, folder, id, name string) walletFile {
	t.Helper()
	f := walletFile{path: filepath.Join(folder, id+".db"), id: id, name: name, fixture: readFixtures(t)[1]}
	b, err := os.ReadFile(filepath.Join(fixtures, f.fixture.File))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", f.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// kmd keeps both as blobs; neither is covered by the password.
	if _, err := db.Exec("UPDATE metadata SET wallet_id = ?, wallet_name = ?", []byte(id), []byte(name)); err != nil {
		t.Fatal(err)
	}
	return f
}

// drop puts the file into the wallet folder of a data directory, as a whole.
func (f walletFile) drop(dir string) error {
	return os.Rename(f.path, filepath.Join(dir, "sqlite_wallets", filepath.Base(f.path)))
}

// page is the file's content in a book.
func (f walletFile) page() *page {
	p := &page{id: f.id, name: f.name, password: f.fixture.Password, seed: f.fixture.Seed, index: 4, keys: map[string][]byte{}, accounts: map[string]bool{}}
	for address, private := range f.fixture.Private {
		p.keys[address] = private[:32]
	}
	for _, address := range f.fixture.Accounts {
		p.accounts[address] = true
	}
	return p
}

// spellings are the forms in which a secret could stand in a file: raw, hex,
// base64 at each of the three offsets in a group, and escaped for JSON.
func spellings(secret []byte) map[string][]byte {
	all := map[string][]byte{
		"raw": secret, "hex": []byte(hex.EncodeToString(secret)), "upper hex": bytes.ToUpper([]byte(hex.EncodeToString(secret))),
	}
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), secret...))
		// The first characters and the last also depend on the neighbours.
		first, last := (shift*8+5)/6, len(encoded)-1
		all["base64 at "+string(rune('0'+shift))] = []byte(encoded[first:last])
		urlSafe := base64.RawURLEncoding.EncodeToString(append(make([]byte, shift), secret...))
		all["URL base64 at "+string(rune('0'+shift))] = []byte(urlSafe[first:last])
	}
	if escaped, err := json.Marshal(string(secret)); err == nil {
		all["JSON"] = escaped[1 : len(escaped)-1]
	}
	return all
}
