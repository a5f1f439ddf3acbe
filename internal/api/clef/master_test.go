package clef

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"strongroom/internal/api/clef/ui"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// fakeAdmin opens a master seed with one password, and remembers what was stored.
type fakeAdmin struct {
	Admin
	did []string
}

func (a *fakeAdmin) open(master secret.Bytes) error {
	if string(master.Expose()) != "master" {
		return fault.WrongPassword.New("wrong password")
	}
	return nil
}

func (a *fakeAdmin) Attest(_ context.Context, master secret.Bytes, digest string) error {
	a.did = append(a.did, "attest "+digest)
	return a.open(master)
}

func (a *fakeAdmin) SetPassword(_ context.Context, master secret.Bytes, _ [20]byte, password secret.Bytes) error {
	a.did = append(a.did, "set "+string(password.Expose()))
	return a.open(master)
}

func (a *fakeAdmin) DeletePassword(_ context.Context, master secret.Bytes, _ [20]byte) error {
	a.did = append(a.did, "delete")
	return a.open(master)
}

func (*fakeAdmin) Close() error { return nil }

// The three commands that need the master password take it from where the signer does,
// and only what else they ask for from the input.
func TestMasterPasswordOfCommands(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	config := filepath.Join(dir, "config")
	if err := os.Mkdir(config, 0o700); err != nil {
		t.Fatal(err)
	}
	write("config/"+seedName, "{}", 0o400)
	good, bad, open := write("good", "master\nmore", 0o600), write("bad", "wrong", 0o600), write("open", "master", 0o640)
	credential := write(credentialName, "master", 0o440)
	none := filepath.Join(dir, "none")
	for _, tt := range []struct {
		name, input string
		environment map[string]string
		words       []string
		did         string // "" for nothing
		out, errs   string // what stands in them
	}{
		{"attest", "", nil, []string{"--password-file", good, "attest", "abc"}, "attest abc", "Ruleset attestation updated", ""},
		{"by the variable", "", map[string]string{passwordVariable: good}, []string{"attest", "abc"}, "attest abc", "", ""},
		{"by the credential", "", map[string]string{credentialDirectory: filepath.Dir(credential)}, []string{"attest", "abc"}, "attest abc", "", ""},
		{"typed", "master\n", nil, []string{"attest", "abc"}, "attest abc", "Decrypt master seed of clef", ""},
		{"setpw", "account-pw\naccount-pw\n", nil, []string{"--password-file", good, "setpw", testAccount}, "set account-pw", "Credential store updated", ""},
		{"delpw", "", nil, []string{"--password-file", good, "delpw", testAccount}, "delete", "Credential store updated", ""},
		{"a wrong one", "", nil, []string{"--password-file", bad, "attest", "abc"}, "attest abc", "",
			"Fatal: failed to decrypt the master seed of clef\nthe password came from " + bad + ", which --password-file names\n"},
		{"none that is named", "master\n", nil, []string{"--password-file", none, "attest", "abc"}, "", "",
			"Fatal: the password file " + none + " does not exist\n--password-file names it\n"},
		{"none at all", "", nil, []string{"attest", "abc"}, "", "", "Fatal: Failed to read password: EOF\nname a file whose first line it is: --password-file FILE\n"},
		{"open to others", "", nil, []string{"--password-file", open, "attest", "abc"}, "attest abc", "The password file is open to other users", ""},
	} {
		a := &fakeAdmin{}
		var out, errs strings.Builder
		env := Env{
			Stdin: strings.NewReader(tt.input), Stdout: &out, Stderr: &errs, Lookup: func(name string) string { return tt.environment[name] },
			OpenAdmin: func(context.Context, CoreConfig) (Admin, error) { return a, nil },
		}
		status := Main(t.Context(), env, append([]string{"--suppress-bootwarn", "--configdir", config}, tt.words...))
		if (status == exitOK) != (tt.errs == "") || errs.String() != tt.errs || !strings.Contains(out.String(), tt.out) || strings.Join(a.did, ";") != tt.did {
			t.Errorf("%s: status %d, did %q, %q, %q", tt.name, status, a.did, &out, &errs)
		}
		if isWarned := strings.Contains(out.String(), "open to other"); isWarned != (tt.name == "open to others") {
			t.Errorf("%s: %s", tt.name, &out)
		}
	}

	// Whoever may enter the directory can take a seed away and put another one there.
	mode(t, config, 0o755)
	var out strings.Builder
	env := Env{
		Stdin: strings.NewReader("master\n"), Stdout: &out, Stderr: io.Discard, Lookup: func(string) string { return "" },
		OpenAdmin: func(context.Context, CoreConfig) (Admin, error) { return &fakeAdmin{}, nil },
	}
	if Main(t.Context(), env, []string{"--suppress-bootwarn", "--configdir", config, "attest", "abc"}) != exitOK ||
		!strings.Contains(out.String(), "The configuration directory is open to other users") || !strings.Contains(out.String(), "chmod 700 "+config) {
		t.Errorf("a directory that is open: %s", &out)
	}
}

// A start without anybody at the console says what was missing.
func TestNoMasterPasswordAtTheStart(t *testing.T) {
	var out strings.Builder
	log := newLog(io.Discard, slog.LevelInfo)
	console, err := ui.NewConsole(ui.ConsoleConfig{In: strings.NewReader(""), Out: &out, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer console.Close()
	r := &run{personality: &personality{logger: log}, ui: person{console}}
	_, err = r.masterPassword(t.Context())
	if !fault.Is(err, fault.Denied) || fault.Text(err) != "no master password came: the input has ended" || !strings.Contains(fault.Hint(err), "--password-file") {
		t.Errorf("%v (%s)", err, fault.Hint(err))
	}
	if r.passwordFrom != "the console" {
		t.Errorf("it came from %q", r.passwordFrom)
	}
}

func TestReadPassword(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{"pw": "pw", "pw\n": "pw", "pw\r\nmore\n": "pw", "": "", "\n": "", " p w \n": " p w "} {
		path := filepath.Join(dir, "pw")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, found, err := ReadPassword(path)
		if string(got.Expose()) != want || !found || err != nil {
			t.Errorf("%q: %q %v %v", text, got.Expose(), found, err)
		}
	}
	path := filepath.Join(dir, "long")
	if err := os.WriteFile(path, []byte(strings.Repeat("x", maxLine+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadPassword(path); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a line that is too long: %v", err)
	}
	if _, found, err := ReadPassword(filepath.Join(dir, "none")); found || err != nil {
		t.Errorf("no file: %v %v", found, err)
	}
	if _, found, err := ReadPassword(dir); !found || !fault.Is(err, fault.Storage) {
		t.Errorf("a directory: %v %v", found, err)
	}
}
