package kmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/fault"
)

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}

func TestSettings(t *testing.T) {
	const unsafe = `"allow_unsafe_scrypt":true,`
	scrypt := func(extra, n, r, p string) string {
		return `{"drivers":{"sqlite":{` + extra + `"scrypt":{"scrypt_n":` + n + `,"scrypt_r":` + r + `,"scrypt_p":` + p + `}}}}`
	}
	for _, c := range []struct{ name, text, refusal string }{
		{"defaults", `{}`, ""},
		{"null", `null`, ""},
		{"unknown fields", `{"x":1,"drivers":{"x":{}}}`, ""},
		{"case of names", `{"Session_Lifetime_SECS":5}`, ""},
		{"null keeps the default", `{"session_lifetime_secs":null,"drivers":null}`, ""},
		{"least scrypt", scrypt("", "32768", "1", "32"), ""},
		{"weak N", scrypt("", "32767", "1", "32"), "slow scrypt N must be at least 32768"},
		{"weak R", scrypt("", "65536", "0", "32"), "slow scrypt R must be at least 1"},
		{"weak P", scrypt("", "65536", "1", "31"), "slow scrypt P must be at least 32"},
		{"weak all", scrypt("", "2", "0", "1"), "slow scrypt N must be at least 32768"},
		{"weak but allowed", scrypt(unsafe, "2", "1", "1"), ""},
		{"relative folder", `{"drivers":{"sqlite":{"wallets_dir":"x/y"}}}`, "sqlite wallets path must be absolute path"},
		{"absolute folder", `{"drivers":{"sqlite":{"wallets_dir":"/x/y"}}}`, ""},
		{"not JSON", `{"address":`, "kmd_config.json is not valid JSON of the expected types"},
		{"wrong type", `{"address":1}`, "kmd_config.json is not valid JSON of the expected types"},
		{"negative lifetime", `{"session_lifetime_secs":-1}`, "kmd_config.json is not valid JSON of the expected types"},
		{"empty file", ``, "kmd_config.json is not valid JSON of the expected types"},
		{"too long", strings.Repeat(" ", maxConfig) + "{}", "kmd_config.json is longer than 1048576 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, configName), c.text, 0o644)
			s, _, err := ReadSettings(dir)
			if err == nil {
				err = s.Check()
			}
			switch {
			case c.refusal == "" && err != nil:
				t.Error(err)
			case c.refusal != "" && (err == nil || fault.Text(err) != c.refusal):
				t.Errorf("error %v, want %s", err, c.refusal)
			}
		})
	}
}

func TestSettingsValues(t *testing.T) {
	dir := t.TempDir()
	if s, found, err := ReadSettings(dir); err != nil || found || s.Lifetime() != time.Minute || s.WalletsDir(dir) != filepath.Join(dir, "sqlite_wallets") || s.Address != "" || s.AllowedOrigins != nil {
		t.Errorf("without a file: %+v, %t, %v", s, found, err)
	}
	writeFile(t, filepath.Join(dir, configName), `{"Address":"127.0.0.1:1","SESSION_LIFETIME_SECS":7,"allowed_origins":["a","*"],"allow_header_pna":true,"drivers":{"sqlite":{"wallets_dir":"/w"}}}`, 0o600)
	s, found, err := ReadSettings(dir)
	if err != nil || !found || s.Address != "127.0.0.1:1" || s.Lifetime() != 7*time.Second || !slices.Equal(s.AllowedOrigins, []string{"a", "*"}) || !s.AllowHeaderPNA || s.WalletsDir(dir) != "/w" {
		t.Errorf("%+v, %t, %v", s, found, err)
	}
	if s.Drivers.SQLite.Scrypt != (ScryptSettings{65536, 1, 32}) {
		t.Errorf("missing fields keep their defaults: %+v", s.Drivers)
	}
	s.SessionLifetimeSecs = 1<<64 - 1
	if s.Lifetime() != 365*24*time.Hour {
		t.Errorf("life %v", s.Lifetime())
	}
}

func TestExample(t *testing.T) {
	dir := t.TempDir()
	if err := writeExample(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, exampleName))
	if err != nil || !strings.Contains(string(text), "\n\t\"session_lifetime_secs\": 60,\n") || !strings.Contains(string(text), "\n\t\t\t\t\"scrypt_n\": 65536,\n") {
		t.Errorf("%s (%v)", text, err)
	}
	var s Settings
	if err := json.Unmarshal(text, &s); err != nil || s.Check() != nil {
		t.Errorf("the example is not a configuration: %v", err)
	}
}

func TestWalletsDirReason(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "folder")
	if err := makeWalletsDir(path); err == nil || fault.Text(err) != "couldn't create wallets directory at "+path+": no such file or directory" {
		t.Errorf("%v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, "", 0o600)
	if err := makeWalletsDir(file); err == nil {
		t.Error("a file passes for a folder")
	}
	folder := filepath.Join(t.TempDir(), "folder")
	for range 2 {
		if err := makeWalletsDir(folder); err != nil {
			t.Error(err)
		}
	}
	if open, err := isOpenToOthers(folder); open || err != nil {
		t.Errorf("the folder is open to others (%v)", err)
	}
}

func TestToken(t *testing.T) {
	zeros := strings.NewReader(strings.Repeat("\x00", 64))
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		want       string // of the token; "new" for a generated one
		refusal    string
		wide       bool
	}{
		{"64", strings.Repeat("a", 64), 0o600, strings.Repeat("a", 64), "", false},
		{"256", strings.Repeat("é", 128), 0o600, strings.Repeat("é", 128), "", false},
		{"first line only", strings.Repeat("a", 64) + "\nsecond", 0o600, strings.Repeat("a", 64), "", false},
		{"CR LF", strings.Repeat("a", 64) + "\r\n", 0o600, strings.Repeat("a", 64), "", false},
		{"63", strings.Repeat("a", 63) + "\n", 0o600, "", "provided APIToken too short. Must be >= 64 characters", false},
		{"257", strings.Repeat("a", 257), 0o600, "", "provided APIToken too long. Must be <= 256 characters", false},
		{"readable by others", strings.Repeat("a", 64), 0o644, strings.Repeat("a", 64), "", true},
		{"empty", "", 0o644, "new", "", false},
		{"empty first line", "\n" + strings.Repeat("a", 64), 0o644, "new", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, tokenName)
			writeFile(t, path, c.text, c.mode)
			zeros.Reset(strings.Repeat("\x00", 64))
			token, wide, err := LoadToken(dir, zeros)
			if c.refusal != "" {
				if err == nil || fault.Text(err) != c.refusal {
					t.Errorf("error %v", err)
				}
				return
			}
			want := c.want
			if want == "new" {
				want = strings.Repeat("0", 64)
				if text, err := os.ReadFile(path); err != nil || string(text) != want {
					t.Errorf("the file holds %q (%v)", text, err)
				}
				if open, err := isOpenToOthers(path); open || err != nil {
					t.Error("a new token is open to others")
				}
			}
			if token != want || wide != c.wide || err != nil {
				t.Errorf("%q, wide %t, %v", token, wide, err)
			}
		})
	}
}

func TestTokenIsNotMadeFromNothing(t *testing.T) {
	dir := t.TempDir()
	if token, _, err := LoadToken(dir, brokenReader{}); err == nil {
		t.Errorf("token %q", token)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("%v left behind (%v)", files, err)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	release, held, err := TakeLock(dir)
	if err != nil || held {
		t.Fatal(held, err)
	}
	if _, held, err := TakeLock(dir); err != nil || !held {
		t.Errorf("a second lock: held %t, %v", held, err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, lockName)); err != nil {
		t.Error("the lock file is gone")
	}
	release, held, err = TakeLock(dir)
	if err != nil || held {
		t.Fatal("after release", held, err)
	}
	_ = release()
	if _, held, err := TakeLock(filepath.Join(dir, "missing")); err == nil || held {
		t.Errorf("in a missing folder: held %t, %v", held, err)
	}
}
