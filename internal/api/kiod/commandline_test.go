package kiod

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"strongroom/internal/fault"
)

func TestCommandLine(t *testing.T) {
	all := Kiod.options()
	for _, c := range []struct {
		args string // separated by |
		name string
		want []string
	}{
		{"--data-dir|/x", optDataDir, []string{"/x"}}, {"--data-dir=/x", optDataDir, []string{"/x"}}, {"-d|/x", optDataDir, []string{"/x"}},
		{"-d/x", optDataDir, []string{"/x"}}, {"-d=/x", optDataDir, []string{"/x"}},
		{"--unix-socket-path|", optSocket, []string{""}}, {"--unix-socket-path=", optSocket, []string{""}},
		{"--http-server-address||--unix-socket-path|keosd.sock", optSocket, []string{"keosd.sock"}}, // as clients launch it
		{"--http-alias|a:1|--http-alias=b:2", optAlias, []string{"a:1", "b:2"}},
		{"--verbose-http-errors", optVerbose, []string{"true"}}, {"--verbose-http-errors=no", optVerbose, []string{"no"}},
		{"--http-validate-host|false", optValidateHost, []string{"false"}}, {"--unlock-timeout|-5", optTimeout, []string{"-5"}},
		{"--access-control-allow-origin|-x", optOrigin, []string{"-x"}}, {"--plugin|eosio::wallet_api_plugin", optPlugin, []string{"eosio::wallet_api_plugin"}},
		{"-h", optHelp, []string{"true"}},
	} {
		given, err := parseCommandLine(all, strings.Split(c.args, "|"))
		if err != nil || !reflect.DeepEqual(given[c.name], c.want) {
			t.Errorf("%s: %q, %v", c.args, given[c.name], err)
		}
	}
	for args, want := range map[string]string{
		"--nosuch":                               "unrecognised option '--nosuch'",
		"--nosuch=secret":                        "unrecognised option '--nosuch'",
		"--yubihsm-url|http://x":                 "unrecognised option '--yubihsm-url'",
		"--https-server-address|x":               "unrecognised option '--https-server-address'",
		"-x":                                     "unrecognised option '-x'",
		"--":                                     "too many positional options",
		"-":                                      "too many positional options",
		"wallet":                                 "too many positional options",
		"--data-dir":                             "the required argument for option '--data-dir' is missing",
		"--data-dir|--help":                      "the required argument for option '--data-dir' is missing",
		"--data-dir|a|--data-dir|b":              "option '--data-dir' cannot be specified more than once",
		"--unlock-timeout|soon":                  "for option '--unlock-timeout' is invalid",
		"--unlock-timeout|":                      "for option '--unlock-timeout' is invalid",
		"--unlock-timeout|1e3":                   "for option '--unlock-timeout' is invalid",
		"--max-body-size|9999999999999999999999": "for option '--max-body-size' is invalid",
		"--http-validate-host|maybe":             "for option '--http-validate-host' is invalid",
		"--help=yes":                             "option '--help' does not take any arguments",
		"--wallet-dir|a\x00b":                    "for option '--wallet-dir' is invalid",
	} {
		if _, err := parseCommandLine(all, strings.Split(args, "|")); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}

func TestConfigFile(t *testing.T) {
	all := Keosd.options()
	given, redundant, err := parseConfig(all, []byte("# comment\n\n unlock-timeout = 900 # as ever\nhttp-alias=a:1\nhttp-alias = b:2\r\nverbose-http-errors = yes\nwallet-dir =\n"))
	if err != nil || !reflect.DeepEqual(redundant, []string{optTimeout}) {
		t.Errorf("%v %v", redundant, err)
	}
	if want := (values{optTimeout: {"900"}, optAlias: {"a:1", "b:2"}, optVerbose: {"yes"}, optWalletDir: {""}}); !reflect.DeepEqual(given, want) {
		t.Errorf("%v", given)
	}
	line, err := parseCommandLine(all, []string{"--http-alias", "c:3", "--unlock-timeout=1"})
	if err != nil {
		t.Fatal(err)
	}
	line.merge(given)
	if line.text(all, optTimeout) != "1" || !reflect.DeepEqual(line[optAlias], []string{"c:3"}) || !line.flag(all, optVerbose) || line.number(all, optThreads) != 2 {
		t.Errorf("%v", line)
	}
	for text, want := range map[string]string{
		"nosuch = 1":                             "line 1: unrecognised option 'nosuch'",
		"\n[section]\nx = 1":                     "line 2: the options configuration file contains an invalid line",
		"unlock-timeout":                         "invalid line",
		"= 1":                                    "invalid line",
		"data-dir = /x":                          "unrecognised option 'data-dir'",
		"help = 1":                               "unrecognised option 'help'",
		"unlock-timeout = x":                     "line 1: the argument",
		"unlock-timeout = 1\nunlock-timeout = 2": "line 2: option '--unlock-timeout' cannot be specified more than once",
		strings.Repeat("http-alias=x\n", 1001):   "too often",
	} {
		if _, _, err := parseConfig(all, []byte(text)); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), want) {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

func TestSettings(t *testing.T) {
	settings := func(args ...string) (Settings, error) {
		all := Kiod.options()
		given, err := parseCommandLine(all, args)
		if err != nil {
			t.Fatal(err)
		}
		return given.settings(all, "/data")
	}
	s, err := settings()
	if err != nil || s.Socket != "/data/kiod.sock" || s.Address != "" || s.WalletDir != "/data" || s.PathPrefix != "/data/./" || s.MaxBody != 1<<20 ||
		s.SocketMode != 0o600 || s.SocketGroup != -1 || s.MaxBytesInFlight != 500<<20 || s.MaxRequestsInFlight != -1 || !s.ValidateHost || !s.KeepAlive {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = settings("--wallet-dir=wallets", "--unix-socket-path=", "--unix-socket-mode=0660", "--unix-socket-group=7", "--http-max-bytes-in-flight-mb=-1", "--unlock-timeout=0")
	if err != nil || s.Socket != "" || s.WalletDir != "/data/wallets" || s.PathPrefix != "/data/wallets/" || s.SocketMode != 0o660 || s.SocketGroup != 7 || s.MaxBytesInFlight != -1 || s.Timeout != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err = settings("--wallet-dir=/w/"); err != nil || s.WalletDir != "/w" || s.PathPrefix != "/w/" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err = settings("--plugin=eosio::wallet_plugin", "--plugin=sysio::http_plugin sysio::wallet_api_plugin"); err != nil {
		t.Error(err)
	}
	for _, arg := range []string{
		"--unlock-timeout=-1", "--unlock-timeout=9223372036854775807", "--http-threads=0", "--http-threads=-1", "--plugin=eosio::chain_plugin", "--max-body-size=0",
		"--max-body-size=-1", "--http-max-bytes-in-flight-mb=-2", "--http-max-in-flight-requests=-2", "--http-max-bytes-in-flight-mb=9223372036854775807",
		"--unix-socket-mode=0400", "--unix-socket-mode=4755", "--unix-socket-mode=rw", "--unix-socket-group=no such group", "--access-control-allow-origin=a\r\nX: y",
	} {
		if s, err := settings(arg); err == nil {
			t.Errorf("%s: %+v", arg, s)
		}
	}
	if _, err := settings("--unlock-timeout=-1"); startReason(err) != "3120011 invalid_lock_timeout_exception: Please specify a positive timeout -1" {
		t.Error(startReason(err))
	}
}

// TestPrintedTexts holds help and default configuration against their golden files.
func TestPrintedTexts(t *testing.T) {
	for _, p := range []Program{Kiod, Keosd} {
		for suffix, text := range map[string]string{".help": p.help(), ".ini": p.defaultConfig()} {
			path := filepath.Join("testdata", p.String()+suffix)
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || string(want) != text {
				t.Errorf("%s differs (%v); write it with: go test ./internal/api/kiod -run PrintedTexts -update", path, err)
			}
		}
		// What is printed is what a new file says: nothing.
		given, redundant, err := parseConfig(p.options(), []byte(p.defaultConfig()))
		if err != nil || len(given) != 0 || len(redundant) != 0 {
			t.Errorf("%s: %v %v %v", p, given, redundant, err)
		}
		// And each line is the option's default once it is switched on.
		on := strings.ReplaceAll(p.defaultConfig(), "\n# ", "\n")
		on = strings.Join(keepOptions(on), "\n")
		if given, redundant, err = parseConfig(p.options(), []byte(on)); err != nil || len(redundant) != len(given)-2 { // less the two that repeat
			t.Errorf("%s: %d options, %d redundant, %v", p, len(given), len(redundant), err)
		}
		order := []string{"Application Options:", "Config Options for " + p.prefix() + "http_plugin:", "Config Options for " + p.prefix() + "wallet_plugin:",
			"Application Config Options:", "Application Command Line Options:"}
		at := 0
		for _, title := range order {
			next := strings.Index(p.help()[at:], title)
			if next < 0 {
				t.Fatalf("%s: no group %q in its place", p, title)
			}
			at += next
		}
		for line := range strings.Lines(p.help()) {
			if len(line) > helpWidth+1 {
				t.Errorf("%s: a line of %d columns", p, len(line)-1)
			}
		}
	}
}

// keepOptions are the lines of options, without those of descriptions.
func keepOptions(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if name, _, ok := strings.Cut(line, " ="); ok && find(Kiod.options(), name) != nil {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func FuzzCommandLine(f *testing.F) {
	for _, s := range []string{"", "-h", "--help", "-d\n/x", "--http-alias\na\n--http-alias=b", "--unlock-timeout\n-1", "--x", "-", "--=", "-=", "-d=", "--verbose-http-errors=1"} {
		f.Add(s)
	}
	all := Kiod.options()
	f.Fuzz(func(t *testing.T, text string) {
		given, err := parseCommandLine(all, strings.Split(text, "\n"))
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		checkGiven(t, all, given)
	})
}

func FuzzConfigFile(f *testing.F) {
	f.Add([]byte(Kiod.defaultConfig()))
	for _, s := range []string{"", "a", "=", "a=b=c", "#", "unlock-timeout = 1 # x", "http-alias = #", "[x]", "\x00", "\xff=1", "plugin=\nplugin="} {
		f.Add([]byte(s))
	}
	all := Kiod.options()
	f.Fuzz(func(t *testing.T, text []byte) {
		given, _, err := parseConfig(all, text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		checkGiven(t, all, given)
		for name := range given {
			if find(all, name).group == commandOptions {
				t.Errorf("%s may not stand in a file", name)
			}
		}
	})
}

// checkGiven: what was accepted makes settings, or says why not.
func checkGiven(t *testing.T, all []option, given values) {
	for name, list := range given {
		o := find(all, name)
		if o == nil || len(list) == 0 || len(list) > 1 && !o.repeats {
			t.Fatalf("%s: %q", name, list)
		}
	}
	if s, err := given.settings(all, "/data"); err == nil && (!filepath.IsAbs(s.WalletDir) || s.Timeout < 0 || s.MaxBody < 1) {
		t.Errorf("%+v", s)
	}
}
