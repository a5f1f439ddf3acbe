package kmd

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/gofrs/flock"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
)

// The files in the data directory that clients look for (§1.3).
const (
	tokenName = "kmd.token"
	netName   = "kmd.net"
	pidName   = "kmd.pid"
	lockName  = "kmd.lock"
	logName   = "kmd.log"

	minToken, maxToken = 64, 256
	tokenBytes         = 32
	maxTokenFile       = 64 << 10
)

// openLog opens kmd.log for appending. At the peer the group may read it. Where it
// is a link of ours it may lead to any file, /dev/stdout for instance.
func openLog(dir string) (*os.File, error) {
	f, linked, err := openOwn(filepath.Join(dir, logName), os.O_WRONLY|os.O_APPEND|os.O_CREATE)
	if err != nil || linked {
		return f, err
	}
	if err := mustBeRegular(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// LoadToken reads the API token of a data directory, or makes one (0600) where
// there is none. wide is true where the file was there and its mode gives others
// something: it is used all the same, as the peer's own files are like that. A file
// that somebody else owns is refused (fault.Denied): they know what is in it.
func LoadToken(dir string, rand io.Reader) (token string, wide bool, err error) {
	path := filepath.Join(dir, tokenName)
	data, info, err := readBounded(path, maxTokenFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", false, fmt.Errorf("read the API token: %w", err)
	case !isOurs(info):
		return "", false, fault.Denied.New("the API token %s belongs to another user, who knows it", path).
			WithHint("remove the file, and a new token is made")
	}
	if token = firstLine(data); token != "" {
		return token, info.Mode().Perm()&0o077 != 0, checkToken(token)
	}
	var raw [tokenBytes]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", false, fmt.Errorf("draw the API token: %w", err)
	}
	token = hex.EncodeToString(raw[:])
	return token, false, atomicfile.Write(path, []byte(token), 0o600)
}

// checkToken holds a token against the peer's bounds.
func checkToken(token string) error {
	switch {
	case len(token) < minToken:
		return fault.Invalid.New("provided APIToken too short. Must be >= %d characters", minToken)
	case len(token) > maxToken:
		return fault.Invalid.New("provided APIToken too long. Must be <= %d characters", maxToken)
	}
	return nil
}

// firstLine is the text before the first line end, which may be CR LF.
func firstLine(data []byte) string {
	_, line, err := bufio.ScanLines(data, true)
	if err != nil {
		return ""
	}
	return string(line)
}

// TakeLock takes the lock of a data directory, which the kernel holds until
// release is called or the process ends. held is true where another process has
// it. The file stays for ever: by now it may be another process's.
func TakeLock(dir string) (release func() error, held bool, err error) {
	path := filepath.Join(dir, lockName)
	// The lock's own library opens the file, so look at what is there before it does.
	f, _, err := openOwn(path, os.O_RDONLY|os.O_CREATE)
	if err != nil {
		return nil, false, err
	}
	if err := errors.Join(mustBeRegular(f), f.Close()); err != nil {
		return nil, false, err
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY|syscall.O_NONBLOCK|noFollow(path)), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil || !ok {
		return nil, err == nil, err
	}
	return lock.Close, false, nil
}

// Publish tells clients, in a data directory, where the daemon listens and which
// process it is. Each file appears whole: goal reads them while the daemon starts.
func Publish(dir, address string, pid int) error {
	if err := atomicfile.Write(filepath.Join(dir, netName), []byte(address), 0o640); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, pidName), strconv.AppendInt(nil, int64(pid), 10), 0o640)
}

// Withdraw removes what [Publish] wrote.
func Withdraw(dir string) {
	_ = os.Remove(filepath.Join(dir, pidName))
	_ = os.Remove(filepath.Join(dir, netName))
}

// readBounded reads a regular file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, fs.FileInfo, error) {
	f, _, err := openOwn(path, os.O_RDONLY)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if err := mustBeRegular(f); err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fault.TooLarge.New("%s is longer than %d bytes", filepath.Base(path), limit)
	}
	return data, info, err
}

// isOpenToOthers reports whether the mode of a path gives anything to group or
// others.
func isOpenToOthers(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	return info.Mode().Perm()&0o077 != 0, nil
}
