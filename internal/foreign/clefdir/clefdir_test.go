package clefdir

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const fixture = "../../../testdata/golden/clef/config-fixture"

// expected is what the fixture holds.
type expected struct {
	MasterPassword string
	MasterSeedHex  string
	VaultDirectory string
	Files          map[string]struct {
		Label, KeyHex string
		Entries       map[string]string
	}
}

func readExpected(t testing.TB) (e expected) {
	t.Helper()
	data, err := os.ReadFile(fixture + "/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func password(text string) secret.Bytes { return secret.Copy([]byte(text)) }

func tiny() Params { return Params{N: 2, P: 1} }

// seedCopy is the fixture's seed file in a folder of its own, with a mode.
func seedCopy(t testing.TB, mode os.FileMode) string {
	t.Helper()
	data, err := os.ReadFile(fixture + "/config/masterseed.json")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "masterseed.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// Clef's own directory opens: seed, names, keys and every entry of every file.
func TestFixture(t *testing.T) {
	want := readExpected(t)
	file, err := ReadSeed(seedCopy(t, 0o400))
	if err != nil {
		t.Fatal(err)
	}
	if !file.Supported() {
		t.Errorf("version %d is not supported", file.Version)
	}
	seed, err := file.Open(password(want.MasterPassword))
	if err != nil {
		t.Fatal(err)
	}
	defer seed.Wipe()
	if got := hex.EncodeToString(seed.Expose()); got != want.MasterSeedHex {
		t.Errorf("the seed is %s", got)
	}
	if got := VaultName(seed); got != want.VaultDirectory {
		t.Errorf("the vault is %s", got)
	}
	keys := map[string][]byte{CredentialsFile: make([]byte, KeySize), StorageFile: make([]byte, KeySize), ConfigFile: make([]byte, KeySize)}
	Keys(seed, keys[CredentialsFile], keys[StorageFile], keys[ConfigFile])
	for name, content := range want.Files {
		if got := hex.EncodeToString(keys[name]); got != content.KeyHex {
			t.Errorf("the key of %s is %s", name, got)
		}
		table, data, err := ReadTable(filepath.Join(fixture, "config", want.VaultDirectory, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Names(); !slices.Equal(got, slices.Sorted(maps.Keys(content.Entries))) {
			t.Errorf("%s has the entries %v", name, got)
		}
		for entry, value := range content.Entries {
			if got := get(t, table, keys[name], entry); got != value {
				t.Errorf("%s, %s: %q", name, entry, got)
			}
		}
		// Written again without changes, it is the same file to the byte.
		if same, err := table.With(keys[name], nil, rand.Reader); err != nil || !bytes.Equal(same, data) {
			t.Errorf("%s is written as %s, %v", name, same, err)
		}
	}
	if len(want.Files) != 3 {
		t.Errorf("%d files are expected", len(want.Files))
	}
}

// get is an entry that must open, "" where there is none.
func get(t testing.TB, table *Table, key []byte, name string) string {
	t.Helper()
	value, ok, err := table.Get(key, name)
	if err != nil {
		t.Fatal(err)
	}
	defer value.Wipe()
	if !ok {
		return ""
	}
	return string(slices.Clone(value.Expose()))
}

func TestSeedRefusals(t *testing.T) {
	file, err := ReadSeed(seedCopy(t, 0o400))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Open(password("wrong")); !fault.Is(err, fault.WrongPassword) || fault.Text(err) != "failed to decrypt the master seed of clef" {
		t.Errorf("a wrong password: %v", err)
	}
	missing := filepath.Join(t.TempDir(), "masterseed.json")
	if _, err := ReadSeed(missing); !fault.Is(err, fault.UnknownWallet) ||
		fault.Text(err) != "failed stat on "+missing+": stat "+missing+": no such file or directory" {
		t.Errorf("no file: %v", err)
	}
	for mode, text := range map[os.FileMode]string{0o600: "-rw-------", 0o440: "-r--r-----", 0o500: "-r-x------", 0o404: "-r-----r--"} {
		path := seedCopy(t, mode)
		if _, err := ReadSeed(path); !fault.Is(err, fault.Invalid) || fault.Text(err) != "file ("+path+") has insecure file permissions ("+text+")" {
			t.Errorf("mode %s: %v", text, err)
		}
	}
	for _, mode := range []os.FileMode{0o400, 0o000} { // root reads both
		if _, err := ReadSeed(seedCopy(t, mode)); err != nil && os.Getuid() == 0 {
			t.Errorf("mode %s: %v", mode, err)
		}
	}
}

func TestSeedFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "clef")
	path := filepath.Join(dir, "masterseed.json")
	if err := CreateSeed(path, password("long-enough-1"), tiny(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o400, dir: 0o700 | os.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
	file, err := ReadSeed(path)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := file.Open(password("long-enough-1"))
	if err != nil || seed.Len() != SeedSize {
		t.Fatalf("a seed of %d bytes, %v", seed.Len(), err)
	}
	if err := CreateSeed(path, password("long-enough-1"), tiny(), rand.Reader); !fault.Is(err, fault.WalletExists) ||
		fault.Text(err) != "master key "+path+" already exists, will not overwrite" {
		t.Errorf("a second seed: %v", err)
	}
	nested := filepath.Join(dir, "a", "b")
	if err := CreateSeed(filepath.Join(nested, "masterseed.json"), password("long-enough-1"), tiny(), rand.Reader); !fault.Is(err, fault.Storage) ||
		fault.Text(err) != "mkdir "+nested+": no such file or directory" {
		t.Errorf("without a parent: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	// The layout is Clef's, byte for byte but for what is random.
	random := regexp.MustCompile(`"[0-9a-f]{32,}"|"n":\d+,"p":\d+`)
	ours, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(fixture + "/config/masterseed.json")
	if err != nil {
		t.Fatal(err)
	}
	if a, b := random.ReplaceAllString(string(ours), "…"), random.ReplaceAllString(string(theirs), "…"); a != b {
		t.Errorf("written  %s\nrecorded %s", a, b)
	}
}

func TestSeedContents(t *testing.T) {
	good, err := os.ReadFile(fixture + "/config/masterseed.json")
	if err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "s")
	for _, test := range []struct {
		old, new, want string
		kind           fault.Kind
	}{
		{`"version":1`, `"version":"1"`, "the version of the master seed is not a whole number", fault.Corrupt},
		{`"params":{`, `"nothing":{`, "cipher not supported: ", fault.Unsupported},
		{`"n":4096`, `"n":4095`, "scrypt: N must be > 1 and a power of 2", fault.Corrupt},
		{`{"desc`, `["desc`, "the file does not hold a JSON object where one belongs", fault.Corrupt},
	} {
		_, err := parseSeed(bytes.Replace(good, []byte(test.old), []byte(test.new), 1))
		if !fault.Is(err, test.kind) || fault.Text(err) != test.want {
			t.Errorf("%s: %v of kind %s", test.new, err, fault.KindOf(err))
		}
	}
	other, err := parseSeed(bytes.Replace(good, []byte(`"version":1`), []byte(`"version":2`), 1))
	if err != nil || other.Supported() {
		t.Errorf("another version: %v", err)
	}
	if _, err := other.Open(password("master-password-1")); err != nil {
		t.Errorf("another version does not open: %v", err)
	}
	if err := os.WriteFile(short, bytes.Repeat([]byte{' '}, maxSeedFile+1), 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSeed(short); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large file: %v", err)
	}
}

// What is damaged is named, with what to do; the texts, which callers may see, have no
// more of a path than the name of the file.
func TestDamagedFilesAreNamed(t *testing.T) {
	want := readExpected(t)
	vault := filepath.Join(t.TempDir(), want.VaultDirectory)
	if err := os.CopyFS(vault, os.DirFS(filepath.Join(fixture, "config", want.VaultDirectory))); err != nil {
		t.Fatal(err)
	}
	check := func(what string, err error, text, hint string) {
		t.Helper()
		if !fault.Is(err, fault.Corrupt) || fault.Text(err) != text || fault.Hint(err) != hint {
			t.Errorf("%s: %q (%s)", what, fault.Text(err), fault.Hint(err))
		}
	}
	for _, name := range []string{CredentialsFile, StorageFile, ConfigFile} {
		path := filepath.Join(vault, name)
		table, _, err := ReadTable(path)
		if err != nil {
			t.Fatal(err)
		}
		restore := "restore " + path + " from a backup"
		_, _, err = table.Get(testKey(), table.Names()[0])
		check("another key", err, "an entry of "+name+" was changed, or belongs to another name or seed", restore)
		if err := os.WriteFile(path, []byte("{\"a\":"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err = ReadTable(path)
		check("cut", err, name+" does not hold what an encrypted file of Clef holds", restore)
	}
	seed := filepath.Join(vault, "masterseed.json")
	if err := os.WriteFile(seed, []byte("x"), 0o400); err != nil {
		t.Fatal(err)
	}
	_, err := ReadSeed(seed)
	check("the seed", err, "the master seed "+seed+": the file is not valid JSON", "restore the file from a backup, with the mode 0400")
}

// Of what writers of seeds left behind only what nobody can be at work on goes.
func TestCleanSeeds(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	for name, age := range map[string]time.Duration{
		".masterseed-1.tmp": asideAge + time.Minute, ".masterseed-2.tmp": time.Second, "masterseed.json": time.Hour, ".masterseed-3.txt": time.Hour,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o400); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".masterseed-4.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	CleanSeeds(dir, now.Add(time.Minute)) // no sooner
	CleanSeeds(filepath.Join(dir, "none"), now)
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".masterseed-2.tmp", ".masterseed-3.txt", ".masterseed-4.tmp"}
	for i := range want {
		want[i] = filepath.Join(dir, want[i])
	}
	if !slices.Equal(left, want) {
		t.Errorf("left: %q", left)
	}
}

func testKey() []byte { return bytes.Repeat([]byte{7}, KeySize) }

// change makes a new table of an old one.
func change(t testing.TB, table *Table, changes ...Change) *Table {
	t.Helper()
	data, err := table.With(testKey(), changes, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if table, err = ParseTable(data); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return table
}

func set(name, value string) Change { return Change{Name: name, Value: password(value)} }

func TestTable(t *testing.T) {
	empty, data, err := ReadTable(filepath.Join(t.TempDir(), "none.json"))
	if err != nil || data != nil || len(empty.Names()) != 0 {
		t.Fatalf("a missing file: %v, %v", data, err)
	}
	one := change(t, empty, set("b", "2"), set("a", "1"), set("", "nothing"), set(`"quoted" <&> ü`, "✓"), set("gone", "x"), set("gone", ""))
	if got := one.Names(); !slices.Equal(got, []string{`"quoted" <&> ü`, "a", "b"}) {
		t.Errorf("the names are %q", got)
	}
	two := change(t, one, set("a", "11"), set("b", ""), set("never", ""))
	for name, want := range map[string]string{"a": "11", "b": "", `"quoted" <&> ü`: "✓", "": ""} {
		if got := get(t, two, testKey(), name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	if get(t, one, testKey(), "a") != "1" || get(t, one, testKey(), "b") != "2" {
		t.Error("a change went into the old table")
	}
	last := change(t, empty, set("a", "1"), set("a", "2"), set("a", "3"))
	if got := get(t, last, testKey(), "a"); got != "3" {
		t.Errorf("of three changes %q is left", got)
	}
	if _, err := one.With(testKey(), []Change{set("\xff", "x")}, rand.Reader); !fault.Is(err, fault.Invalid) {
		t.Errorf("a name that is not UTF-8: %v", err)
	}
	if _, err := one.With(testKey(), []Change{set("large", strings.Repeat("x", MaxTable))}, rand.Reader); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too much: %v", err)
	}
	if _, err := one.With(testKey(), []Change{set("x", "y")}, bytes.NewReader(nil)); !fault.Is(err, fault.Internal) {
		t.Errorf("without random bytes: %v", err)
	}
}

// A value opens under its own name and key only.
func TestTableBinds(t *testing.T) {
	table := change(t, &Table{}, set("a", "1"), set("b", "2"))
	swapped := &Table{entries: slices.Clone(table.entries)}
	swapped.entries[0].name, swapped.entries[1].name = "b", "a"
	slices.Reverse(swapped.entries)
	flipped := &Table{entries: slices.Clone(table.entries)}
	flipped.entries[0].sealed = bytes.Clone(flipped.entries[0].sealed)
	flipped.entries[0].sealed[3] ^= 1
	cut := &Table{entries: slices.Clone(table.entries)}
	cut.entries[0].sealed = cut.entries[0].sealed[:tagLen-1]
	nonce := &Table{entries: slices.Clone(table.entries)}
	nonce.entries[0].nonce = nil
	for what, table := range map[string]*Table{"swapped": swapped, "flipped": flipped, "cut": cut, "without nonce": nonce} {
		if _, ok, err := table.Get(testKey(), "a"); ok || !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v, %v", what, ok, err)
		}
	}
	other := bytes.Repeat([]byte{8}, KeySize)
	if _, ok, err := table.Get(other, "a"); ok || !fault.Is(err, fault.Corrupt) {
		t.Errorf("another key: %v, %v", ok, err)
	}
}

func TestTableRefusals(t *testing.T) {
	const e = `{"iv":"AAAAAAAAAAAAAAAA","c":"AAAAAAAAAAAAAAAAAAAAAA=="}`
	for _, text := range []string{
		``, `null`, `[]`, `{`, `{}x`, `{}{}`, `{"a":1}`, `{"a":null}`, `{"a":{"iv":1,"c":""}}`, `{"a":{"iv":"!","c":""}}`,
		`{"a":{"iv":"AA==","iv":"AA==","c":""}}`, `{"a":` + e + `,"a":` + e + `}`, `{"a":{"iv":"AA==","IV":"AA==","c":""}}`, "{\"\xff\":" + e + `}`,
	} {
		if _, err := ParseTable([]byte(text)); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{`{}`, " {} \n", `{"b":` + e + `,"a":` + e + `}`, `{"a":{"C":"AAAAAAAAAAAAAAAAAAAAAA==","x":[1],"Iv":"AAAAAAAAAAAAAAAA"}}`} {
		if _, err := ParseTable([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	path := filepath.Join(t.TempDir(), "large.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(MaxTable + 1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadTable(path); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large file: %v", err)
	}
	if _, _, err := ReadTable(t.TempDir()); !fault.Is(err, fault.Storage) {
		t.Errorf("a folder: %v", err)
	}
}

func FuzzSeed(f *testing.F) {
	data, err := os.ReadFile(fixture + "/config/masterseed.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"params":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parseSeed(data)
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		if memory, work := file.object.Cost(); memory > 1<<20 || work > 1<<12 {
			return
		}
		if seed, err := file.Open(password("pw")); err == nil && seed.Len() < SeedSize {
			t.Errorf("a seed of %d bytes", seed.Len())
		}
	})
}

func FuzzTable(f *testing.F) {
	files, err := filepath.Glob(fixture + "/config/*/*.json")
	if err != nil || len(files) != 3 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"a":{"iv":"","c":""}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := ParseTable(data)
		if err != nil {
			if !fault.Is(err, fault.Corrupt) {
				t.Errorf("an error of kind %s: %v", fault.KindOf(err), err)
			}
			return
		}
		for _, name := range table.Names() {
			if _, ok, err := table.Get(testKey(), name); ok || err == nil && name != "" {
				t.Errorf("%q opens", name)
			}
		}
		again, err := table.With(testKey(), []Change{set("added", "1")}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		read, err := ParseTable(again)
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if get(t, read, testKey(), "added") != "1" {
			t.Error("a change is lost")
		}
	})
}
