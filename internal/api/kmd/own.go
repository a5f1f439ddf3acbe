package kmd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"strongroom/internal/fault"
)

// The peer's directory may be one that others can write to. What they could put in
// the place of our files is a pipe, which would hang us, or a symbolic link, which
// would lead us to write to, or read, something else of ours.
//
// A link is followed all the same where nobody else can have put it there: it is
// ours or root's, and so is the directory, which others cannot write to or where
// they can only remove what is theirs (sticky). Deployments mount tokens that way.

// openOwn opens a file of the directory without waiting for anybody. linked is true
// where it was reached through a symbolic link; one that is not to be followed is
// fault.Denied. New files get the mode 0600.
func openOwn(path string, flags int) (f *os.File, linked bool, err error) {
	nofollow := noFollow(path)
	f, err = os.OpenFile(path, flags|nofollow|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0o600)
	switch {
	case errors.Is(err, syscall.ELOOP) && nofollow != 0:
		return nil, false, fault.Denied.Wrap(err, "%s is a symbolic link that others may have put there", path).
			WithHint("replace it by a file; a link is followed only where it and its directory belong to this user or root, and others can not write there")
	case errors.Is(err, syscall.ENXIO): // a pipe that nobody reads
		return nil, false, errNotRegular(path, err)
	case err != nil:
		return nil, false, err
	}
	return f, nofollow == 0, nil
}

// noFollow is O_NOFOLLOW, or 0 where path is a link that only we or root can have made.
func noFollow(path string) int {
	link, err := os.Lstat(path)
	if err != nil || link.Mode().Type() != fs.ModeSymlink || !isOurs(link) {
		return syscall.O_NOFOLLOW
	}
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil || !isOurs(dir) || dir.Mode().Perm()&0o022 != 0 && dir.Mode()&fs.ModeSticky == 0 {
		return syscall.O_NOFOLLOW
	}
	return 0
}

// isOurs reports whether our user or root owns a file.
func isOurs(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && (owner.Uid == 0 || int(owner.Uid) == os.Geteuid())
}

func mustBeRegular(f *os.File) error {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular(f.Name(), nil)
	}
	return err
}

func errNotRegular(path string, cause error) error {
	const text, hint = "%s is not a regular file", "move it away"
	if cause != nil {
		return fault.Invalid.Wrap(cause, text, path).WithHint(hint)
	}
	return fault.Invalid.New(text, path).WithHint(hint)
}
