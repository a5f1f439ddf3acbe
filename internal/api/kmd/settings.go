package kmd

import (
	"encoding/json" // as lenient as the peer's reader: any case of names, unknown fields, null for "as it was"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
)

// Settings is kmd_config.json (§2). Field names are the peer's.
type Settings struct {
	Address             string   `json:"address"`
	SessionLifetimeSecs uint64   `json:"session_lifetime_secs"`
	AllowedOrigins      []string `json:"allowed_origins"`
	AllowHeaderPNA      bool     `json:"allow_header_pna"`
	Drivers             Drivers  `json:"drivers"`
}

// Drivers holds the settings of the wallet drivers.
type Drivers struct {
	SQLite SQLiteDriver `json:"sqlite"`
	Ledger LedgerDriver `json:"ledger"`
}

// SQLiteDriver says where wallet files are and how the peer would seal new
// ones. The numbers are checked as the peer checks them and otherwise unused:
// wallets made here are sealed by strongroom's own rules.
type SQLiteDriver struct {
	WalletsDir  string         `json:"wallets_dir"`
	AllowUnsafe bool           `json:"allow_unsafe_scrypt"`
	Scrypt      ScryptSettings `json:"scrypt"`
}

// ScryptSettings are the cost parameters of scrypt.
type ScryptSettings struct {
	N int `json:"scrypt_n"`
	R int `json:"scrypt_r"`
	P int `json:"scrypt_p"`
}

// LedgerDriver is read for compatibility; there is no Ledger driver.
type LedgerDriver struct {
	Disable bool `json:"disable"`
}

const (
	configName  = "kmd_config.json"
	exampleName = "kmd_config.json.example"
	walletsName = "sqlite_wallets"

	maxConfig = 1 << 20

	minScryptN, minScryptR, minScryptP = 32768, 1, 32
)

// DefaultSettings are those of a directory without kmd_config.json.
func DefaultSettings() Settings {
	return Settings{
		SessionLifetimeSecs: 60,
		Drivers:             Drivers{SQLite: SQLiteDriver{Scrypt: ScryptSettings{N: 65536, R: 1, P: 32}}},
	}
}

// ReadSettings reads kmd_config.json of a data directory. found is false where
// there is none that can be read: then the defaults hold. Invalid JSON is an error.
func ReadSettings(dir string) (s Settings, found bool, err error) {
	s = DefaultSettings()
	data, _, err := readBounded(filepath.Join(dir, configName), maxConfig)
	if fault.Is(err, fault.TooLarge) || fault.Is(err, fault.Denied) || fault.Is(err, fault.Invalid) {
		return s, false, err // somebody may have put it there
	}
	if err != nil {
		return s, false, nil // as the peer: what cannot be read is absent
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, true, fault.Invalid.Wrap(err, "%s is not valid JSON of the expected types", configName)
	}
	return s, true, nil
}

// Lifetime is the life of a wallet handle, at most a year.
func (s *Settings) Lifetime() time.Duration {
	if s.SessionLifetimeSecs > uint64(maxLifetime/time.Second) {
		return maxLifetime
	}
	return time.Duration(s.SessionLifetimeSecs) * time.Second
}

// WalletsDir is the folder of the peer's wallet files, for the data directory dir.
func (s *Settings) WalletsDir(dir string) string {
	if s.Drivers.SQLite.WalletsDir == "" {
		return filepath.Join(dir, walletsName)
	}
	return s.Drivers.SQLite.WalletsDir
}

// Check refuses what the peer refuses at start, in its words (§1.4).
func (s *Settings) Check() error {
	d := &s.Drivers.SQLite
	if !d.AllowUnsafe {
		switch {
		case d.Scrypt.N < minScryptN:
			return fault.Invalid.New("slow scrypt N must be at least %d", minScryptN)
		case d.Scrypt.R < minScryptR:
			return fault.Invalid.New("slow scrypt R must be at least %d", minScryptR)
		case d.Scrypt.P < minScryptP:
			return fault.Invalid.New("slow scrypt P must be at least %d", minScryptP)
		}
	}
	if d.WalletsDir != "" && !filepath.IsAbs(d.WalletsDir) {
		return fault.Invalid.New("sqlite wallets path must be absolute path")
	}
	return nil
}

// makeWalletsDir creates the last element of the wallet folder's path.
func makeWalletsDir(path string) error {
	err := os.Mkdir(path, 0o700)
	if err == nil {
		return nil
	}
	if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		return nil
	}
	return fault.Invalid.New("couldn't create wallets directory at %s: %s", path, reason(err))
}

// writeExample writes the defaults beside a missing configuration, as the peer does.
func writeExample(dir string) error {
	b, err := json.MarshalIndent(DefaultSettings(), "", "\t")
	if err != nil {
		return fmt.Errorf("encode the example configuration: %w", err)
	}
	return atomicfile.Write(filepath.Join(dir, exampleName), b, 0o644)
}

// reason is what the operating system said, without the call and the path.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
