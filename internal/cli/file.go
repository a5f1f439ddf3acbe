package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// maxSecretFile bounds files of passwords, words and keys, in bytes.
const maxSecretFile = 64 << 10

// secretFile reads a file that holds one secret on one line, - for standard
// input. The line's end is not part of it. The caller wipes it.
func (a *app) secretFile(name, flag string) (secret.Bytes, error) {
	data, err := a.input(name, flag, maxSecretFile)
	if err != nil {
		return secret.Bytes{}, err
	}
	a.warnOfReaders(name)
	line := bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	defer clear(data)
	return secret.Copy(line), nil
}

// warnOfReaders warns of a file with secrets that others may read.
func (a *app) warnOfReaders(name string) {
	if name == "-" {
		return
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		a.say("warning: others may read %s; mend it with: chmod 600 %s", shown(name), shellWord(name))
	}
}

// input reads a whole file, - for standard input, which only one flag or argument
// of a command may take.
func (a *app) input(name, who string, limit int64) ([]byte, error) {
	if name != "-" {
		data, err := readFile(name, limit)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usage("%s: there is no file %s", who, shown(name))
		}
		return data, err
	}
	if a.stdinTaken != "" {
		return nil, usage("standard input can not be both %s and %s", a.stdinTaken, who)
	}
	a.stdinTaken = who
	return readAll(a.env.Stdin, "standard input", limit)
}

// readFile reads at most limit bytes; a longer file is refused.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the file %s can not be read", shown(name))
	}
	defer f.Close()
	return readAll(f, shown(name), limit)
}

// readAll reads everything and leaves no copies behind, since it may be a secret.
func readAll(r io.Reader, what string, limit int64) ([]byte, error) {
	data := make([]byte, min(limit+1, 4096))
	n := 0
	for {
		if n == len(data) {
			if int64(n) > limit {
				clear(data)
				return nil, fault.TooLarge.New("%s has more than %d bytes", what, limit)
			}
			larger := make([]byte, min(int64(2*n), limit+1))
			copy(larger, data)
			clear(data)
			data = larger
		}
		read, err := r.Read(data[n:])
		n += read
		if errors.Is(err, io.EOF) {
			if int64(n) > limit {
				clear(data)
				return nil, fault.TooLarge.New("%s has more than %d bytes", what, limit)
			}
			return data[:n], nil
		}
		if err != nil {
			clear(data)
			return nil, fault.Storage.Wrap(err, "%s can not be read", what)
		}
	}
}

// checkNew refuses a file that exists before work is done whose result it would not take.
func checkNew(name string) error {
	if name == "-" {
		return nil
	}
	if _, err := os.Lstat(name); err == nil {
		return errExists(name)
	}
	return nil
}

func errExists(name string) error {
	return fault.Conflict.New("the file %s exists already", shown(name)).WithHint("choose another name, or move it away")
}

// newFile writes a file that must not exist yet, readable by the owner only.
func newFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return errExists(name)
	}
	if err != nil {
		return fault.Storage.Wrap(err, "the file %s can not be made", shown(name))
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fault.Storage.Wrap(errors.Join(err, os.Remove(name)), "the file %s can not be written", shown(name))
	}
	return nil
}
