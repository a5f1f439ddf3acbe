package web3file

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const fixture = "../../../testdata/golden/clef/config-fixture"

// tiny are parameters that cost nothing.
func tiny() Params { return Params{N: 2, P: 1} }

// key is a private key that protects nothing.
func key(n byte) secret.Bytes { return secret.New(bytes.Repeat([]byte{n}, 32)) }

// What is written has the layout of Clef's own files, byte for byte but for what is random.
func TestEncryptWritesAsClef(t *testing.T) {
	files, err := filepath.Glob(fixture + "/keystore*/UTC*")
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files in the fixture, %v", len(files), err)
	}
	random := regexp.MustCompile(`"[0-9a-f]{32,64}"|"[0-9a-f]{8}-[0-9a-f-]{27}"`)
	for _, name := range files {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p := Light()
		if strings.Contains(name, "keystore-std") {
			p = Standard()
		}
		f, err := Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Encrypt(key(1), password("pw"), f.Address, tiny(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		shape := fmt.Sprintf(`"n":%d,"p":%d`, p.N, p.P)
		got = bytes.Replace(got, []byte(`"n":2,"p":1`), []byte(shape), 1)
		if a, b := random.ReplaceAllString(string(got), "…"), random.ReplaceAllString(string(want), "…"); a != b {
			t.Errorf("written  %s\nrecorded %s", a, b)
		}
	}
}

func TestEncryptAndOpen(t *testing.T) {
	address := [20]byte{0xcd, 19: 0x26}
	data, err := Encrypt(key(7), password("pässword"), address, tiny(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if f.Address != address || !f.HasAddress || f.Version != 3 {
		t.Errorf("read back as %+v", f)
	}
	private, err := f.Open(password("pässword"))
	if err != nil || !private.Equal(key(7)) {
		t.Errorf("opens with %v", err)
	}
	again, err := Encrypt(key(7), password("pässword"), address, tiny(), rand.Reader)
	if err != nil || bytes.Equal(data, again) {
		t.Errorf("two files are equal, %v", err)
	}
	if !json.Valid(data) || bytes.ContainsAny(data, "\n ") {
		t.Errorf("not one line of JSON: %s", data)
	}
}

func TestEncryptRefuses(t *testing.T) {
	if _, err := Encrypt(key(0), password("pw"), [20]byte{}, tiny(), rand.Reader); !fault.Is(err, fault.Invalid) {
		t.Errorf("the key zero: %v", err)
	}
	for _, p := range []Params{{}, {N: 1, P: 1}, {N: 3, P: 1}, {N: 2, P: 0}, {N: -2, P: 1}, {N: 2, P: -1}, {N: 1 << 30, P: 1}} {
		if _, err := Encrypt(key(1), password("pw"), [20]byte{}, p, rand.Reader); !fault.Is(err, fault.Invalid) {
			t.Errorf("parameters %+v: %v", p, err)
		}
	}
	if _, err := Encrypt(key(1), password("pw"), [20]byte{}, tiny(), bytes.NewReader(make([]byte, 47))); !fault.Is(err, fault.Internal) {
		t.Errorf("without random bytes: %v", err)
	}
}

func TestFileName(t *testing.T) {
	f, err := Parse(vectors(t)[0].JSON)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 22, 28, 43, 401887913, time.FixedZone("", 3600))
	if got := FileName(f.Address, at); got != "UTC--2026-11-20T21-28-43.401887913Z--9decf1eef104356113dc3d5e5ac1ea5eeda5d816" {
		t.Error(got)
	}
	if got := FileName([20]byte{}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)); !strings.HasPrefix(got, "UTC--2026-01-02T03-04-05.000000000Z--") {
		t.Error(got)
	}
}

// hostile makes a file of a good one by replacing a piece of text.
func hostile(t testing.TB, old, new string) []byte {
	t.Helper()
	data, err := Encrypt(key(7), password("pw"), [20]byte{1}, tiny(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s is not in %s", old, data)
	}
	return bytes.Replace(data, []byte(old), []byte(new), 1)
}

// Parameters that would cost too much, or are nonsense, are refused before any memory
// is spent on them.
func TestHostileParameters(t *testing.T) {
	for _, test := range []struct {
		old, new string
		kind     fault.Kind
	}{
		{`"n":2`, `"n":1`, fault.Corrupt},
		{`"n":2`, `"n":0`, fault.Corrupt},
		{`"n":2`, `"n":-2`, fault.Corrupt},
		{`"n":2`, `"n":2.5`, fault.Corrupt},
		{`"n":2`, `"n":"2"`, fault.Corrupt},
		{`"n":2`, `"n":null`, fault.Corrupt},
		{`"n":2`, `"n":1e999`, fault.Corrupt},
		{`"n":2`, `"n":1048576,"x":1`, fault.Invalid}, // the bound: opens
		{`"n":2`, `"n":2097152`, fault.TooLarge},
		{`"n":2`, `"n":9223372036854775808`, fault.TooLarge},
		{`"n":2`, `"n":18446744073709551616`, fault.Corrupt},
		{`"n":2`, `"N":2`, fault.Corrupt},
		{`"n":2`, `"n":2,"n":2`, fault.Corrupt},
		{`"r":8`, `"r":0`, fault.Corrupt},
		{`"r":8`, `"r":4294967296`, fault.TooLarge},
		{`"r":8`, `"r":524289`, fault.TooLarge},
		{`"p":1`, `"p":0`, fault.Corrupt},
		{`"p":1`, `"p":33554432`, fault.TooLarge},
		{`"p":1`, `"p":18446744073709551615`, fault.TooLarge},
		{`"dklen":32`, `"dklen":31`, fault.Corrupt},
		{`"dklen":32`, `"dklen":0`, fault.Corrupt},
		{`"dklen":32`, `"dklen":-1`, fault.Corrupt},
		{`"dklen":32`, `"dklen":9007199254740993`, fault.Invalid}, // only 32 are computed
		{`"dklen":32,`, ``, fault.Corrupt},
		{`"kdf":"scrypt"`, `"kdf":"pbkdf2"`, fault.Corrupt},
		{`"kdf":"scrypt"`, `"kdf":7`, fault.Corrupt},
		{`"kdf":"scrypt","kdfparams":{`, `"kdf":"pbkdf2","kdfparams":{"prf":"hmac-sha256","c":0,`, fault.Corrupt},
		{`"kdf":"scrypt","kdfparams":{`, `"kdf":"pbkdf2","kdfparams":{"prf":"hmac-sha256","c":99999999999,`, fault.TooLarge},
		{`"kdf":"scrypt","kdfparams":{`, `"kdf":"pbkdf2","kdfparams":{"c":1,`, fault.Unsupported},
		{`"cipherparams":{`, `"cipherparams":[{`, fault.Corrupt},
		{`"cipher":`, `"CIPHER":"aes-128-ctr","cipher":`, fault.Corrupt},
		{`"crypto":`, `"Crypto":null,"crypto":`, fault.Corrupt},
		{`"address":"01`, `"address":"02","address":"01`, fault.Corrupt},
		{`"version":3`, `"version":4`, fault.Unsupported},
		{`"version":3`, `"version":1`, fault.Unsupported},
		{`"version":3`, `"version":3.0`, fault.Unsupported},
		{`"version":3`, `"version":"1","x":"` + "\xff" + `"`, fault.Corrupt},
		{`"version":3`, `"version":{}`, fault.Unsupported},
		{`"version":3}`, `"version":3}x`, fault.Corrupt},
		{`"version":3}`, `"version":3}{}`, fault.Corrupt},
		{`"version":3}`, `"version":3,"pad":"` + strings.Repeat("x", MaxFileSize) + `"}`, fault.TooLarge},
		{`"version":3}`, `"version":3`, fault.Corrupt},
		{`"version":3}`, `"version":3,"pad":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, fault.Corrupt},
		{`{"address"`, `[{"address"`, fault.Corrupt},
		{`"mac":"`, `"mac":"00`, fault.WrongPassword},
		{`"iv":"`, `"iv":"00`, fault.Corrupt},
		{`"ciphertext":"`, `"ciphertext":"` + strings.Repeat("00", 5000), fault.TooLarge},
		{`"version":3`, `"version":"1"`, fault.WrongPassword},
	} {
		f, err := Parse(hostile(t, test.old, test.new))
		if test.kind == fault.Invalid {
			if err != nil {
				t.Errorf("%s: %v", test.new, err)
			}
			continue
		}
		if err == nil && test.kind == fault.WrongPassword {
			_, err = f.Open(password("pw"))
		}
		if !fault.Is(err, test.kind) {
			t.Errorf("%.60s: %v of kind %s, want %s", test.new, err, fault.KindOf(err), test.kind)
		}
		if err != nil && len(fault.Text(err)) > 200 {
			t.Errorf("%.60s: the text has %d bytes", test.new, len(fault.Text(err)))
		}
	}
}

func TestForms(t *testing.T) {
	for _, test := range []struct{ old, new string }{
		{`"n":2`, `"n":2e0`},
		{`"n":2`, `"n":2.0`},
		{`"dklen":32`, `"dklen":64`},
		{`"crypto"`, `"CRYPTO"`},
		{`"cipherparams":{"iv"`, `"CipherParams":{"IV"`},
		{`"version"`, `"x":{"a":[1,{"b":null}]},"Version"`},
		{`"address":"0100000000000000000000000000000000000000"`, `"address":"0x0100000000000000000000000000000000000000"`},
		{`"address":"0100000000000000000000000000000000000000",`, ``},
		{`"version":3}`, `"version":3}` + "\n "},
	} {
		f, err := Parse(hostile(t, test.old, test.new))
		if err != nil {
			t.Errorf("%s: %v", test.new, err)
			continue
		}
		if private, err := f.Open(password("pw")); err != nil || !private.Equal(key(7)) {
			t.Errorf("%s: opens with %v", test.new, err)
		}
	}
}

func TestUUIDs(t *testing.T) {
	const good = "3198bc9c-6672-5ab3-d995-4942343ae5b6"
	for id, want := range map[string]string{
		good: "", "{" + good + "}": "", "urn:uuid:" + good: "", "URN:UUID:" + good: "", strings.ReplaceAll(good, "-", ""): "",
		"": "invalid UUID length: 0", "nope": "invalid UUID length: 4", good[1:] + "z": "invalid UUID format",
		strings.Repeat("-", 36): "invalid UUID format", strings.Repeat("z", 32): "invalid UUID format",
		"urn:nope:" + good: "invalid urn prefix in the id", good + good: "invalid UUID length: 72",
	} {
		err := checkUUID(id)
		if (err == nil) != (want == "") || err != nil && fault.Text(err) != want {
			t.Errorf("%q: %v, want %q", id, err, want)
		}
	}
	if got := uuid([16]byte(bytes.Repeat([]byte{0xff}, 16))); got != "ffffffff-ffff-4fff-bfff-ffffffffffff" {
		t.Error(got)
	}
}

func TestCheckAddress(t *testing.T) {
	f, err := Parse(named(t, "address-mismatch").JSON)
	if err != nil {
		t.Fatal(err)
	}
	have, _ := parseAddress("c06d56f01452ac016b14ec1f43e3860233ddfb7c")
	err = CheckAddress(have, f.Address)
	if !fault.Is(err, fault.Corrupt) || fault.Text(err) != "key content mismatch: have account c06d56f01452ac016b14ec1f43e3860233ddfb7c, want 0000000000000000000000000000000000000001" {
		t.Error(err)
	}
	if err := CheckAddress(have, have); err != nil {
		t.Error(err)
	}
}

func TestCost(t *testing.T) {
	for name, want := range map[string][2]uint64{
		"scrypt-standard": {1024 * (262144 + 3), 262144 * 8},
		"scrypt-light":    {1024 * (4096 + 8), 4096 * 8 * 6},
		"pbkdf2-wiki":     {0, 262144},
	} {
		f, err := Parse(named(t, name).JSON)
		if err != nil {
			t.Fatal(err)
		}
		if memory, work := f.Cost(); memory != want[0] || work != want[1] {
			t.Errorf("%s costs %d bytes and %d steps, want %v", name, memory, work, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add([]byte(v.JSON))
	}
	f.Add([]byte(`{"address":"01","crypto":{},"id":"","version":"1"}`))
	good, err := Encrypt(key(7), password("pw"), [20]byte{1}, tiny(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		var r reader
		scanned, listed := r.address(data)
		file, err := Parse(data)
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		if file.HasAddress != listed || file.Address != scanned {
			t.Errorf("the file has the account %x, its listing %x", file.Address, scanned)
		}
		if memory, work := file.Cost(); memory > 1<<20 || work > 1<<12 {
			return
		}
		private, err := file.Open(password("pw"))
		if err == nil && private.Len() != KeySize {
			t.Errorf("a key of %d bytes", private.Len())
		}
		private.Wipe()
	})
}
