package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"strongroom/internal/config"
	"strongroom/internal/daemon"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// variableDataDir names the data directory where --data-dir does not.
const variableDataDir = "STRONGROOM_DATA_DIR"

// insideName is strongroom's own directory inside one of a peer.
const insideName = ".strongroom"

// dataDir is the absolute path of the data directory: --data-dir, else the
// environment, else ~/.strongroom. Of a directory that a personality serves it is
// the one inside.
func (a *app) dataDir() (string, error) {
	dir := a.global.DataDir
	if dir == "" {
		dir = a.env.lookup(variableDataDir)
	}
	if dir == "" {
		home := a.env.lookup("HOME")
		if home == "" {
			return "", usage("no data directory is given and HOME is not set").withHint("give one with --data-dir")
		}
		dir = filepath.Join(home, insideName)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fault.Storage.Wrap(err, "the working directory can not be found")
	}
	if info, err := os.Stat(filepath.Join(dir, insideName)); err == nil && info.IsDir() {
		dir = filepath.Join(dir, insideName)
	}
	return dir, nil
}

// load finds the data directory and reads its configuration, with what the
// environment and --set add to it.
func (a *app) load(more ...config.Override) (dir string, loaded *config.Loaded, err error) {
	if dir, err = a.dataDir(); err != nil {
		return "", nil, err
	}
	loaded, err = a.loadFrom(dir, more...)
	return dir, loaded, err
}

// maxConfig bounds the size of a configuration file, in bytes; package config
// refuses what is larger than it likes.
const maxConfig = 1<<20 + 1

func (a *app) loadFrom(dir string, more ...config.Override) (*config.Loaded, error) {
	path := filepath.Join(dir, daemon.ConfigName)
	file, err := readFile(path, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &trouble{
			code: exitNotFound, kind: "no-data-directory", text: "there is no strongroom data directory at " + shown(dir),
			hint: "make one with: strongroom init --data-dir " + shellWord(dir),
		}
	}
	if err != nil {
		return nil, err
	}
	overrides := more
	for _, s := range a.global.Set {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usage("--set needs key=value, not %s", shown(s)).withHint("for example: --set audit.durability=each")
		}
		overrides = append(overrides, config.Override{Key: key, Value: value, From: "--set"})
	}
	return config.Load(config.Input{
		FileName: path, File: file, Environment: a.env.Environ, Overrides: overrides, Operations: gate.Operations(),
	})
}

// shellWord quotes a word for a command line to copy.
func shellWord(s string) string {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./:@", r) {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}
