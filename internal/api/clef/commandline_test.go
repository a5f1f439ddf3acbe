package clef

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

func TestParseCommandLine(t *testing.T) {
	all := options("/home/ann")
	for _, tt := range []struct {
		line  string
		given values
		words string
		err   string
	}{
		{"", values{}, "", ""},
		{"--http --http.port 1234", values{"http": "true", "http.port": "1234"}, "", ""},
		{"-http -http.port=1234", values{"http": "true", "http.port": "1234"}, "", ""},
		{"-chainid 4 -advanced", values{"chainid": "4", "advanced": "true"}, "", ""},
		{"--chainid=0x539", values{"chainid": "0x539"}, "", ""},
		{"--chainid -1", values{"chainid": "-1"}, "", ""},
		{"--advanced=false --advanced=1", values{"advanced": "1"}, "", ""},
		{"--loglevel 1 init --configdir D", values{"loglevel": "1", "configdir": "D"}, "init", ""},
		{"setpw 0x12 --configdir D", values{"configdir": "D"}, "setpw 0x12", ""},
		{"--chainid 1 --chainid 2", values{"chainid": "2"}, "", ""},
		{"attest -- -x --y", values{}, "attest -x --y", ""},
		{"- x", values{}, "- x", ""},
		{"--nousb --suppress-bootwarn list-accounts", values{"nousb": "true", "suppress-bootwarn": "true"}, "list-accounts", ""},
		{"--rpcaddr 0.0.0.0 --rpcport 8550 --rpcvhosts * --rpc", values{"rpcaddr": "0.0.0.0", "rpcport": "8550", "rpcvhosts": "*", "rpc": "true"}, "", ""},
		{"--4bytedb FILE", values{"4bytedb": "FILE"}, "", ""},
		{"--approval-timeout 90s --key-timeout=1h", values{"approval-timeout": "90s", "key-timeout": "1h"}, "", ""},
		{"-h", values{"help": "true"}, "", ""},
		{"-v", values{"version": "true"}, "", ""},
		{"--auditlog=", values{"auditlog": ""}, "", ""},
		{"--frobnicate", values{}, "", "flag provided but not defined: -frobnicate"},
		{"-frobnicate=1 x", values{}, "", "flag provided but not defined: -frobnicate"},
		{"--http.port", values{}, "", "flag needs an argument: -http.port"},
		{"--http.port x", values{}, "", `invalid value "x" for flag -http.port: parse error`},
		{"--chainid 9223372036854775808", values{}, "", `invalid value "9223372036854775808" for flag -chainid: parse error`},
		{"--http=maybe", values{}, "", `invalid boolean value "maybe" for -http: parse error`},
		{"--approval-timeout 60", values{}, "", `invalid value "60" for flag -approval-timeout: parse error`},
		{"---http", values{}, "", "bad flag syntax: ---http"},
		{"--=x", values{}, "", "bad flag syntax: --=x"},
	} {
		given, words, err := parseCommandLine(all, strings.Fields(tt.line))
		if tt.err != "" {
			if fault.Text(err) != tt.err || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: error %v, want %q", tt.line, err, tt.err)
			}
			continue
		}
		if err != nil || !cmp.Equal(given, tt.given) || strings.Join(words, " ") != tt.words {
			t.Errorf("%s: %v %v %v", tt.line, given, words, err)
		}
	}
	if _, _, err := parseCommandLine(all, []string{"--configdir", "a\x00b"}); err == nil {
		t.Error("a zero byte in an argument")
	}
	if _, _, err := parseCommandLine(all, slices.Repeat([]string{"x"}, maxArguments+1)); err == nil {
		t.Error("too many arguments")
	}
}

// settingsOf reads a command line with its words separated by spaces.
func settingsOf(line string, environment map[string]string) (settings, error) {
	all := options("/home/ann")
	given, _, err := parseCommandLine(all, strings.Fields(line))
	if err != nil {
		return settings{}, err
	}
	return given.settings(all, func(name string) string {
		if name == "HOME" {
			return "/home/ann"
		}
		return environment[name]
	})
}

func TestSettings(t *testing.T) {
	for _, tt := range []struct {
		line string
		is   func(settings) bool
	}{
		{"", func(s settings) bool {
			return s.chainID == 1 && s.http == "" && s.socket == s.configDir+"/clef.ipc" && s.seed == s.configDir+"/masterseed.json" &&
				!s.otherSeed && s.auditLog == "audit.log" && s.rules == "" && s.stateDir == s.configDir+"/.strongroom" && len(s.passwords) == 0
		}},
		{"--configdir /c", func(s settings) bool { return s.configDir == "/c" && s.socket == "/c/clef.ipc" }},
		{"--configdir ~/c --keystore ~/k", func(s settings) bool { return s.configDir == "/home/ann/c" && s.keystore == "/home/ann/k" }},
		{"--keystore=", func(s settings) bool { return s.keystore == "" }},
		{"--ipcpath /run/x", func(s settings) bool { return s.socket == "/run/x/clef.ipc" }},
		{"--ipcdisable --ipcpath /run/x", func(s settings) bool { return s.socket == "" }},
		{"--signersecret /s", func(s settings) bool { return s.seed == "/s" && s.otherSeed }},
		{"--http", func(s settings) bool { return s.http == "localhost:8550" && cmp.Equal(s.vhosts, []string{"localhost"}) }},
		{"--http --http.addr ::1 --http.port 1", func(s settings) bool { return s.http == "[::1]:1" }},
		{"--http --http.addr [::1]", func(s settings) bool { return s.http == "[::1]:8550" }},
		{"--http --http.port 0", func(s settings) bool { return s.http == "localhost:0" }},
		{"--http.port 1234", func(s settings) bool { return s.http == "" }},
		{"--rpcaddr 1.2.3.4", func(s settings) bool { return s.http == "1.2.3.4:8550" }},
		{"--rpcport 1234", func(s settings) bool { return s.http == "localhost:1234" }},
		{"--rpc --rpcvhosts a,*", func(s settings) bool { return s.http == "localhost:8550" && cmp.Equal(s.vhosts, []string{"a", "*"}) }},
		{"--http.vhosts a,,b", func(s settings) bool { return cmp.Equal(s.vhosts, []string{"a", "b"}) }},
		{"--http.vhosts=", func(s settings) bool { return len(s.vhosts) == 0 }},
		{"-chainid 0x539", func(s settings) bool { return s.chainID == 1337 }},
		{"--chainid 0", func(s settings) bool { return s.chainID == 0 }},
		{"--chainid -5", func(s settings) bool { return s.chainID == -5 }},
		{"--auditlog=", func(s settings) bool { return s.auditLog == "" }},
		{"--password-file /p", func(s settings) bool {
			return len(s.passwords) == 1 && s.passwords[0].path == "/p" && s.passwords[0].needed
		}},
	} {
		s, err := settingsOf(tt.line, nil)
		if err != nil || !tt.is(s) {
			t.Errorf("%s: %+v %v", tt.line, s, err)
		}
	}
	for line, text := range map[string]string{
		"--configdir=":                       "must not be empty",
		"--http --http.port 65536":           "no port",
		"--http --http.port -1":              "no port",
		"--http --http.addr=":                "must not be empty",
		"--approval-timeout 500ms":           "it must be 1s to 1h",
		"--approval-timeout 1h1s":            "it must be 1s to 1h",
		"--key-timeout -1s":                  "must not be negative",
		"--unpaired all":                     "show, restrict or refuse",
		"--auto-list 0x12":                   "is no address",
		"--auto-list " + testAccount + ",zz": "is no address",
	} {
		if _, err := settingsOf(line, nil); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), text) {
			t.Errorf("%s: %v, want %q", line, err, text)
		}
	}
}

const testAccount = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"

// The command line takes as long a wait for an approval as the file does, and no longer.
func TestLongestApproval(t *testing.T) {
	for text, ok := range map[string]bool{maxApproval.String(): true, (maxApproval + time.Second).String(): false} {
		_, option := settingsOf("--approval-timeout "+text, nil)
		_, file := config.Load(config.Input{File: []byte("[approval]\ntimeout = \"" + text + "\"\n"), Operations: gate.Operations()})
		if (option == nil) != ok || (file == nil) != ok {
			t.Errorf("%s: the command line says %v, the file %v", text, option, file)
		}
	}
}

// What a command has to be told of the directory is what was told.
func TestDirectoryOptions(t *testing.T) {
	for line, want := range map[string]string{
		"": "", "--keystore /k": "", "--configdir /c": "--configdir /c", "--signersecret /s": "--signersecret /s",
		"--configdir /c --signersecret /it's": `--configdir /c --signersecret '/it'\''s'`,
	} {
		if s, err := settingsOf(line, nil); err != nil || s.directory != want {
			t.Errorf("%q: %q, want %q (%v)", line, s.directory, want, err)
		}
	}
}

// A password never stands in the environment: a variable names a file.
func TestPasswordFiles(t *testing.T) {
	environment := map[string]string{"CREDENTIALS_DIRECTORY": "/run/credentials/clef.service"}
	s, err := settingsOf("", environment)
	want := []passwordFile{{"/run/credentials/clef.service/clef-master-password", false, "CREDENTIALS_DIRECTORY"}}
	if err != nil || !slices.Equal(s.passwords, want) {
		t.Errorf("credential: %+v %v", s.passwords, err)
	}
	environment["CLEF_PASSWORD_FILE"] = "/etc/clef/pw"
	if s, _ = settingsOf("", environment); len(s.passwords) != 1 || s.passwords[0].path != "/etc/clef/pw" || !s.passwords[0].needed {
		t.Errorf("variable: %+v", s.passwords)
	}
	if s, _ = settingsOf("--password-file /p", environment); len(s.passwords) != 1 || s.passwords[0].path != "/p" {
		t.Errorf("option: %+v", s.passwords)
	}
}

// What the command line says takes the place of what strongroom.toml does; of what only
// we have, the file keeps what the command line does not name.
func TestAdjust(t *testing.T) {
	c, err := config.Profile("clef")
	if err != nil {
		t.Fatal(err)
	}
	l := &c.Listeners[0]
	l.Clef.Bulk, l.Clef.RejectUnknown, l.Clef.Keystore, l.Clef.KeyTimeout = true, true, "/file", config.Duration(time.Hour)
	s, err := settingsOf("--keystore /k --configdir /c --bulk=false --unpaired refuse --approval-timeout 2m --auto-list "+testAccount, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.adjust(&c, l)
	if l.Clef.Keystore != "/k" || l.Clef.ConfigDir != "/c" || l.Clef.SignerSecret != "/c/masterseed.json" || l.Clef.Bulk ||
		!l.Clef.RejectUnknown || l.Clef.Unpaired != "refuse" || c.Approval.Timeout.Std() != 2*time.Minute ||
		l.Clef.KeyTimeout.Std() != time.Hour || !cmp.Equal(l.Clef.AutoList, []string{testAccount}) {
		t.Errorf("got %+v and %+v", l.Clef, c.Approval)
	}
}

func TestDefaultFolders(t *testing.T) {
	for system, want := range map[string]folders{
		"linux":  {"/home/ann/.clef", "/home/ann/.ethereum/keystore"},
		"darwin": {"/home/ann/Library/Signer", "/home/ann/Library/Ethereum/keystore"},
	} {
		if got := defaultFolders("/home/ann", system); got != want {
			t.Errorf("%s: %+v", system, got)
		}
	}
}

func FuzzCommandLine(f *testing.F) {
	for _, line := range []string{"--http --http.port=1 init", "-chainid 4 -- x", "--auto-list 0x,", "---", "-=", "--unpaired show setpw"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := settingsOf(line, nil)
		if err == nil && (s.configDir == "" || s.stateDir != s.configDir+"/.strongroom") {
			t.Errorf("%q: %+v", line, s)
		}
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Errorf("%q: %v", line, err)
		}
	})
}
