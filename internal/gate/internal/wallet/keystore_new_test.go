package wallet

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3file"
	"strongroom/internal/secret"
)

const goodPassword = "long-enough-1"

// cheapFiles makes new files cost nothing.
func (w *keyWorld) cheapFiles() {
	for _, k := range w.eachKeyStore() {
		k.profile = web3file.Params{N: 2, P: 1}
	}
}

func privateKey(n byte) secret.Bytes { return secret.New(bytes.Repeat([]byte{n}, 32)) }

// A new account is listed at once and signs; one that is taken away is gone at once.
func TestNewKeyFile(t *testing.T) {
	w := newKeyWorld(t)
	d, err := w.NewKeyFile(t.Context(), "clef", 1, password(goodPassword))
	if err != nil {
		t.Fatal(err)
	}
	if list, _, err := w.KeyFiles("clef"); err != nil || len(list) != 0 {
		t.Errorf("before it is committed %d accounts are listed, %v", len(list), err)
	}
	made, err := d.Commit()
	if err != nil || made.Address != d.Address || filepath.Dir(made.Path) != w.store.Path {
		t.Fatalf("made %+v, %v", made, err)
	}
	if list, _, err := w.KeyFiles("clef"); err != nil || len(list) != 1 || list[0] != made {
		t.Errorf("listed %+v, %v", list, err)
	}
	data, err := os.ReadFile(made.Path)
	if err != nil || !strings.Contains(string(data), `"n":4096,"p":6,"r":8`) {
		t.Errorf("the file is %s, %v", data, err)
	}
	w.mustSign(made.Address, typed(goodPassword))
	if exported, err := w.ExportKeyFile("clef-ui", made.Address); err != nil || !bytes.Equal(exported, data) {
		t.Errorf("exported %s, %v", exported, err)
	}
	if err := os.Remove(made.Path); err != nil {
		t.Fatal(err)
	}
	if list, _, err := w.KeyFiles("clef"); err != nil || len(list) != 0 {
		t.Errorf("after it was removed %+v is listed, %v", list, err)
	}
	if _, err := w.ExportKeyFile("clef", made.Address); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("a removed account is exported: %v", err)
	}
	if w.arena.InUse() == 0 || w.openKeys() != 0 {
		t.Errorf("%d keys stay in the vault", w.openKeys())
	}
}

func TestImportKeyFile(t *testing.T) {
	w := newKeyWorld(t)
	w.cheapFiles()
	importKey := func(private secret.Bytes, pw string) (KeyFile, error) {
		d, err := w.ImportKeyFile(context.Background(), "clef", 1, private, password(pw))
		if err != nil {
			return KeyFile{}, err
		}
		return d.Commit()
	}
	made, err := importKey(secret.New(bytes.Repeat([]byte{0x22}, 32)), "golden-password-1")
	if err != nil || made.Address != accountOf(t, "1563915e194d8cfba1943570603f7606a3115508") { // as recorded
		t.Fatalf("made %+v, %v", made, err)
	}
	if !strings.HasSuffix(made.Path, "--1563915e194d8cfba1943570603f7606a3115508") {
		t.Errorf("the file is %s", made.Path)
	}
	w.mustSign(made.Address, typed("golden-password-1"))
	for _, test := range []struct {
		private  secret.Bytes
		password string
		kind     fault.Kind
		text     string
	}{
		{privateKey(0x22), goodPassword, fault.KeyExists, "account already exists"},
		{privateKey(0x22), "test", fault.Invalid, "password requirements not met: password too short (<10 characters)"},
		{privateKey(0x23), "pässwördpässwörd", fault.Invalid, "password requirements not met: password contains invalid characters - only 7bit printable ascii allowed"},
		{privateKey(0), "test", fault.Invalid, "invalid private key, zero or negative"},
		{privateKey(0xff), goodPassword, fault.Invalid, "invalid private key, >=N"},
		{secret.New([]byte{1}), goodPassword, fault.Invalid, "invalid length, need 256 bits"},
	} {
		if _, err := importKey(test.private, test.password); !fault.Is(err, test.kind) || fault.Text(err) != test.text {
			t.Errorf("error %v of kind %s, want %q", err, fault.KindOf(err), test.text)
		}
	}
	if list, _, err := w.KeyFiles("clef"); err != nil || len(list) != 1 {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestImportKeyJSON(t *testing.T) {
	w := newKeyWorld(t)
	w.cheapFiles()
	// The address of the file is wrong on purpose.
	file, err := web3file.Encrypt(privateKey(3), password("old"), [20]byte{1}, web3file.Params{N: 2, P: 1}, w.cfg.Rand)
	if err != nil {
		t.Fatal(err)
	}
	want, err := w.KeyFileAddress("clef", privateKey(3))
	if err != nil {
		t.Fatal(err)
	}
	imported := func(file []byte, old, pw string) (KeyFile, error) {
		d, err := w.ImportKeyJSON(context.Background(), "clef", 1, file, password(old), password(pw))
		if err != nil {
			return KeyFile{}, err
		}
		return d.Commit()
	}
	for _, test := range []struct {
		file     []byte
		old, new string
		kind     fault.Kind
		text     string
	}{
		{file, "wrong", goodPassword, fault.WrongPassword, "could not decrypt key with given password"},
		{file, "old", "x", fault.Invalid, "password requirements not met: password too short (<10 characters)"},
		{[]byte(`"hello"`), "a", goodPassword, fault.Corrupt, "the file does not hold a JSON object where one belongs"},
		{bytes.Replace(file, []byte(`"version":3`), []byte(`"version":2`), 1), "old", goodPassword, fault.Unsupported, "version not supported: 2"},
	} {
		if _, err := imported(test.file, test.old, test.new); !fault.Is(err, test.kind) || fault.Text(err) != test.text {
			t.Errorf("error %v of kind %s, want %q", err, fault.KindOf(err), test.text)
		}
	}
	made, err := imported(file, "old", goodPassword)
	if err != nil || made.Address != want {
		t.Fatalf("made %+v, %v", made, err)
	}
	wantKind(t, w.signs(want, typed("old")), fault.WrongPassword)
	w.mustSign(want, typed(goodPassword))
	if _, err := imported(file, "old", goodPassword); !fault.Is(err, fault.KeyExists) {
		t.Errorf("a second time: %v", err)
	}
}

// Of many who import one key at once, one does.
func TestImportsOfOneKey(t *testing.T) {
	w := newKeyWorld(t)
	w.cheapFiles()
	var made, refused atomic.Int64
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			d, err := w.ImportKeyFile(context.Background(), "clef", uint64(i), privateKey(9), password(goodPassword))
			if err == nil {
				_, err = d.Commit()
			}
			switch {
			case err == nil:
				made.Add(1)
			case fault.Is(err, fault.KeyExists):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if list, _, err := w.KeyFiles("clef"); made.Load() != 1 || refused.Load() != 11 || len(list) != 1 {
		t.Errorf("made %d, refused %d, listed %d, %v", made.Load(), refused.Load(), len(list), err)
	}
}

func TestCheckNewPassword(t *testing.T) {
	var allowed []byte
	for c := byte(' '); c <= '~'; c++ {
		if c != '\\' {
			allowed = append(allowed, c)
		}
	}
	for text, want := range map[string]string{
		string(allowed):       "",
		"0123456789":          "",
		"012345678":           "password too short (<10 characters)",
		"":                    "password too short (<10 characters)",
		`back\slash-long`:     "password contains invalid characters - only 7bit printable ascii allowed",
		"tab\tinside-long":    "password contains invalid characters - only 7bit printable ascii allowed",
		"pässwörd":            "password contains invalid characters - only 7bit printable ascii allowed", // 10 bytes
		"delete\x7finside-it": "password contains invalid characters - only 7bit printable ascii allowed",
	} {
		err := CheckNewPassword(password(text))
		if (err == nil) != (want == "") || err != nil && (fault.Text(err) != want || !fault.Is(err, fault.Invalid)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestCreateClefSeed(t *testing.T) {
	w := newKeyWorld(t, func(k *KeyStore) {
		k.ConfigDir = filepath.Join(t.TempDir(), "new")
		k.Seed = filepath.Join(k.ConfigDir, "masterseed.json")
	})
	w.cheapFiles()
	wantKind(t, w.tryVault(goodPassword), fault.UnknownWallet)
	wantKind(t, w.CreateClefSeed(t.Context(), "clef", 1, password("short")), fault.Invalid)
	if err := w.CreateClefSeed(t.Context(), "clef", 1, password(goodPassword)); err != nil {
		t.Fatal(err)
	}
	wantKind(t, w.CreateClefSeed(t.Context(), "clef", 1, password(goodPassword)), fault.WalletExists)
	if err := w.tryVault(goodPassword); err != nil {
		t.Fatal(err)
	}
	vaults, err := filepath.Glob(w.store.ConfigDir + "/[0-9a-f]*")
	if err != nil || len(vaults) != 1 {
		t.Fatal(vaults, err)
	}
	if info, err := os.Stat(vaults[0]); err != nil || info.Mode() != 0o700|os.ModeDir {
		t.Errorf("the vault has mode %v, %v", info.Mode(), err)
	}
	if err := w.SetClefConfig("clef", "ruleset_sha256", "anything"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(vaults[0], "config.json")); err != nil || info.Mode() != 0o600 {
		t.Errorf("config.json has mode %v, %v", info.Mode(), err)
	}
	if value, err := w.ClefConfig("clef", "ruleset_sha256"); err != nil || value != "anything" {
		t.Errorf("the entry is %q, %v", value, err)
	}
	if err := w.SetClefConfig("clef", "ruleset_sha256", ""); err != nil {
		t.Fatal(err)
	}
	if value, err := w.ClefConfig("clef", "ruleset_sha256"); err != nil || value != "" {
		t.Errorf("a deleted entry is %q, %v", value, err)
	}
	none := newKeyWorld(t, func(k *KeyStore) { k.Seed = "" })
	wantKind(t, none.tryVault(goodPassword), fault.UnknownWallet)
	wantKind(t, none.CreateClefSeed(t.Context(), "clef", 1, password(goodPassword)), fault.UnknownWallet)
}
