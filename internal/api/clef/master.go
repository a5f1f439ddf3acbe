package clef

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// ReadPassword reads the first line of a file. found is false where there is none.
// Errors: fault.Storage; fault.TooLarge.
func ReadPassword(path string) (password secret.Bytes, found bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return secret.Bytes{}, false, nil
	}
	if err != nil {
		return secret.Bytes{}, true, fault.Storage.New("the password file can not be read: %v", err)
	}
	defer f.Close()
	text := make([]byte, maxLine+3)
	defer clear(text)
	n, err := io.ReadFull(f, text)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return secret.Bytes{}, true, fault.Storage.New("the password file can not be read: %v", err)
	}
	line, _, _ := bytes.Cut(text[:n], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) > maxLine {
		return secret.Bytes{}, true, fault.TooLarge.New("the first line of %s has more than %d bytes", path, maxLine)
	}
	return secret.Copy(line), true, nil
}

// WarnOfReaders tells the owner of a password file that others may read it. The file of a
// credential is systemd's: what stands there for its group may be the one user to whom
// systemd gives it (the mask of an access list, see acl(5)).
func WarnOfReaders(log *slog.Logger, path string, credential bool) {
	var others fs.FileMode = openToOthers
	if credential {
		others &= 0o007
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&others != 0 {
		log.Warn("The password file is open to other users", "file", path, "mode", info.Mode().String(), "mend", "chmod 600 "+word(path))
	}
}

// openToOthers are the permissions that only the owner should have.
const openToOthers = 0o077

// passwordOfFile reads the master password from the first file that is there, and says
// where it is from. found is false where no file is named.
func (p *personality) passwordOfFile(s settings) (password secret.Bytes, from string, found bool, err error) {
	for _, f := range s.passwords {
		password, found, err := ReadPassword(f.path)
		switch {
		case err != nil:
			return secret.Bytes{}, "", false, err
		case found:
			WarnOfReaders(p.logger, f.path, !f.needed)
			return password, fmt.Sprintf("%s, which %s names", f.path, f.from), true, nil
		case f.needed:
			return secret.Bytes{}, "", false, fault.Invalid.New("the password file %s does not exist", f.path).WithHint("%s names it", f.from)
		}
	}
	return secret.Bytes{}, "", false, nil
}

// masterPassword comes from a file, if one is named or there, else from the UI.
func (r *run) masterPassword(ctx context.Context) (secret.Bytes, error) {
	password, from, found, err := r.passwordOfFile(r.settings)
	if found || err != nil {
		r.passwordFrom = from
		return password, err
	}
	r.passwordFrom = "the console"
	if r.stdio {
		r.passwordFrom = "the UI"
	}
	password, err = r.ui.AskPassword(ctx, "Master Password", "Please enter the password to decrypt the master seed")
	if errors.Is(err, io.EOF) && !r.stdio {
		password.Wipe()
		return secret.Bytes{}, fault.Denied.New("no master password came: the input has ended").WithHint("%s", nameFile)
	}
	return password, err
}

// nameFile is what to do where nobody types the master password.
const nameFile = "name a file whose first line it is: --" + optPasswordFile + " FILE"

// withMaster does work with the master password, from a file, if one is named or there,
// else from the input.
func (p *personality) withMaster(ctx context.Context, s settings, work func(a Admin, master secret.Bytes) error) error {
	if err := checkSeedFile(s.seed); err != nil {
		return fatal{err}
	}
	master, from, found, err := p.passwordOfFile(s)
	if err != nil {
		return fatal{err}
	}
	if !found {
		master, err = p.typedPassword("Decrypt master seed of clef")
	}
	if errors.Is(err, errNoInput) {
		return fatal{withHint(err, nameFile)}
	}
	if err != nil {
		return err
	}
	defer master.Wipe()
	err = p.withAdmin(ctx, s, func(a Admin) error { return work(a, master) })
	switch {
	case fault.Is(err, fault.WrongPassword) && found:
		return fatal{withHint(seedFault(err), "the password came from "+from)}
	case err != nil:
		return fatal{seedFault(err)}
	}
	return nil
}
