package clefdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3crypto"
	"strongroom/internal/secret"
)

// Params are parameters of scrypt for a new seed.
type Params = web3crypto.Params

const (
	seedVersion = 1
	maxSeedFile = 64 << 10 // bytes
	seedMode    = 0o400
)

// SeedFile is a master seed that was read, still encrypted.
type SeedFile struct {
	Version int // 1; others are read as if they were
	object  *web3crypto.Object
}

// ReadSeed reads a seed file. Its owner may read it, and nobody may do anything else.
// Errors: fault.UnknownWallet where there is none, fault.Invalid for the mode,
// fault.Corrupt, fault.Unsupported and fault.TooLarge as for key files. The texts begin
// with Clef's where it has one, and name the path.
func ReadSeed(path string) (*SeedFile, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.UnknownWallet.New("failed stat on %s: stat %s: no such file or directory", path, path).
			WithHint("make a master seed: clef init")
	}
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the master seed %s cannot be read", path)
	}
	if info.Mode().Perm()&^seedMode != 0 {
		return nil, fault.Invalid.New("file (%s) has insecure file permissions (%s)", path, info.Mode()).
			WithHint("chmod 400 %s", path)
	}
	data, err := readFile(path, maxSeedFile)
	if err != nil {
		return nil, err
	}
	f, err := parseSeed(data)
	if err != nil {
		return nil, fault.KindOf(err).Wrap(errors.Unwrap(err), "the master seed %s: %s", path, fault.Text(err)).
			WithHint("restore the file from a backup, with the mode 0400")
	}
	return f, nil
}

func parseSeed(data []byte) (*SeedFile, error) {
	f := &SeedFile{}
	var params jsontext.Value
	err := web3crypto.Members(data, func(name string, value jsontext.Value) (err error) {
		switch web3crypto.Fold(name) {
		case "version":
			if f.Version, err = strconv.Atoi(string(value)); err != nil {
				return fault.Corrupt.New("the version of the master seed is not a whole number")
			}
		case "params":
			params = value.Clone()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	f.object, err = web3crypto.Parse(web3crypto.V3, params)
	return f, err
}

// Supported tells whether the file has the version that is known.
func (f *SeedFile) Supported() bool { return f.Version == seedVersion }

// Cost is what [SeedFile.Open] takes: memory in bytes, and work; see
// [web3crypto.Object.Cost].
func (f *SeedFile) Cost() (memory, work uint64) { return f.object.Cost() }

// Open decrypts the seed, at least [SeedSize] bytes, which the caller wipes. It runs one
// key derivation. Errors: fault.WrongPassword "failed to decrypt the master seed of
// clef", fault.Corrupt for a seed that is too short.
func (f *SeedFile) Open(password secret.Bytes) (secret.Bytes, error) {
	seed, err := f.object.Open(password)
	if fault.Is(err, fault.WrongPassword) {
		return secret.Bytes{}, fault.WrongPassword.New("failed to decrypt the master seed of clef")
	}
	if err != nil {
		return secret.Bytes{}, err
	}
	if seed.Len() < SeedSize {
		defer seed.Wipe()
		return secret.Bytes{}, fault.Corrupt.New("master seed of insufficient length, expected >%d bytes, got %d", SeedSize-1, seed.Len())
	}
	return seed, nil
}

// What a writer of a seed leaves behind when it is killed.
const (
	asidePattern = ".masterseed-*.tmp"
	asideAge     = 10 * time.Minute // a writer needs the one of it for a second or two
)

// CleanSeeds removes what writers of seeds that were killed left in a directory. What may
// still be at work stays.
func CleanSeeds(dir string, now time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // nothing to clean
	}
	for _, e := range entries {
		if match, _ := filepath.Match(asidePattern, e.Name()); !match || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > asideAge {
			_ = os.Remove(filepath.Join(dir, e.Name())) // the next one tries again
		}
	}
}

// CreateSeed writes a file with a new random seed, mode 0400. The directory is made with
// mode 0700 if it is missing, but nothing above it. The file is written aside, opened
// again as a test, synced and given its name; it never replaces one. It runs two key
// derivations. Errors: fault.WalletExists, fault.Storage, fault.Invalid for parameters
// out of bounds.
func CreateSeed(path string, password secret.Bytes, p Params, rand io.Reader) error {
	dir := filepath.Dir(path)
	if err := makeDirectory(dir); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return errSeedExists(path)
	}
	seed := secret.New(make([]byte, SeedSize))
	defer seed.Wipe()
	if _, err := io.ReadFull(rand, seed.Expose()); err != nil {
		return fault.Internal.Wrap(err, "no random bytes")
	}
	params, err := web3crypto.Encrypt(seed, password, p, rand)
	if err != nil {
		return err
	}
	data := fmt.Appendf(nil, `{"description":"Clef seed","version":%d,"params":%s}`, seedVersion, params)
	return writeSeed(path, data, func(written []byte) error {
		f, err := parseSeed(written)
		if err != nil {
			return err
		}
		again, err := f.Open(password)
		if err != nil {
			return err
		}
		defer again.Wipe()
		if !again.Equal(seed) {
			return fault.Internal.New("the new master seed does not open as it was")
		}
		return nil
	})
}

// writeSeed puts the file in its place, unless there is one.
func writeSeed(path string, data []byte, check func(written []byte) error) error {
	dir := filepath.Dir(path)
	aside, err := os.CreateTemp(dir, asidePattern) // mode 0600
	if err != nil {
		return errWrite(err)
	}
	defer os.Remove(aside.Name())
	defer aside.Close()
	if _, err := aside.Write(data); err != nil {
		return errWrite(err)
	}
	if err := errors.Join(aside.Chmod(seedMode), aside.Sync()); err != nil {
		return errWrite(err)
	}
	written := make([]byte, len(data))
	if _, err := aside.ReadAt(written, 0); err != nil {
		return errWrite(err)
	}
	if err := check(written); err != nil {
		return err
	}
	if err := os.Link(aside.Name(), path); errors.Is(err, fs.ErrExist) {
		return errSeedExists(path)
	} else if err != nil {
		return errWrite(err)
	}
	if err := atomicfile.SyncDir(dir); err != nil {
		return errWrite(err)
	}
	return nil
}

func errSeedExists(path string) error {
	return fault.WalletExists.New("master key %s already exists, will not overwrite", path)
}

// makeDirectory makes a directory with mode 0700, durable, but nothing above it.
func makeDirectory(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Storage.New("mkdir %s: no such file or directory", dir)
	}
	if err == nil {
		err = atomicfile.SyncDir(filepath.Dir(dir))
	}
	if err != nil {
		return errWrite(err)
	}
	return nil
}

// MakeVault makes the directory of a vault, with mode 0700, unless it is there.
func MakeVault(path string) error { return makeDirectory(path) }

// readFile reads a whole file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Storage.Wrap(err, "%s cannot be read", path)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fault.Storage.Wrap(err, "%s cannot be read", path)
	}
	if int64(len(data)) > limit {
		return nil, fault.TooLarge.New("%s has more than %d bytes", path, limit)
	}
	return data, nil
}

func errWrite(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Storage.Wrap(err, "the Clef directory cannot be written: the disk is full").WithHint("make room; nothing was changed")
	}
	return fault.Storage.Wrap(err, "the Clef directory cannot be written")
}
