package server

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"strongroom/internal/fault"
)

// unixPrefix marks the address of a unix socket: "unix:/run/strongroom/admin.sock".
const unixPrefix = "unix:"

// probeTimeout is how long a process behind an existing socket has to accept.
const probeTimeout = 2 * time.Second

// Listen opens a listener on "host:port" or "unix:/path". A host must be given:
// an empty one would mean every interface of the machine, which has to be written
// out ("0.0.0.0:7833", "[::]:7833").
//
// An address that is in use is fault.Conflict.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(address, unixPrefix); ok {
		return listenUnix(ctx, path)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return nil, fault.Invalid.New("%q is no address to listen on", address).WithHint(`write "127.0.0.1:7833" or "unix:/path"`)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fault.Conflict.Wrap(err, "address %s is in use", address)
	}
	if err != nil {
		return nil, fault.Invalid.Wrap(err, "cannot listen on %s", address)
	}
	return l, nil
}

// Dial connects to an address that [Listen] takes. Where nobody listens the
// error wraps the system's own (ECONNREFUSED, ENOENT).
func Dial(ctx context.Context, address string) (net.Conn, error) {
	path, ok := strings.CutPrefix(address, unixPrefix)
	if !ok {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	name, release, err := socketName(path)
	if err != nil {
		return nil, err
	}
	defer release()
	return new(net.Dialer).DialContext(ctx, "unix", name)
}

// listenUnix binds the socket in a fresh directory that only we may enter, gives
// it its mode there, and only then puts it in its place with a link, which never
// replaces anything. So it is private from its first instant without touching
// the umask, which belongs to the whole process.
func listenUnix(ctx context.Context, path string) (_ net.Listener, err error) {
	if !filepath.IsAbs(path) {
		return nil, fault.Invalid.New("the path of a socket must be absolute, not %q", path)
	}
	path = filepath.Clean(path)
	parent := filepath.Dir(path)
	if len(filepath.Base(path)) > maxSocketName {
		return nil, tooLong(path)
	}
	if err := checkParent(parent); err != nil {
		return nil, err
	}
	if err := clearStale(ctx, path); err != nil {
		return nil, err
	}
	private, err := os.MkdirTemp(parent, ".bind-") // mode 0700
	if err != nil {
		return nil, fault.Storage.Wrap(err, "cannot create a socket in %s", parent)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(private)) }()

	fresh := filepath.Join(private, "s")
	name, release, err := socketName(fresh)
	if err != nil {
		return nil, err
	}
	defer release()
	l, err := new(net.ListenConfig).Listen(ctx, "unix", name)
	if err != nil {
		return nil, fault.Storage.Wrap(err, "cannot create the socket %s", path)
	}
	inner := l.(*net.UnixListener)
	inner.SetUnlinkOnClose(false) // it knows only the temporary name
	if err := place(fresh, path); err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	info, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(fault.Storage.Wrap(err, "the socket %s vanished", path), inner.Close())
	}
	return &unixListener{UnixListener: inner, path: path, info: info}, nil
}

// place gives the bound socket its mode and its final name.
func place(fresh, path string) error {
	if err := os.Chmod(fresh, 0o600); err != nil {
		return fault.Storage.Wrap(err, "cannot restrict the socket %s", path)
	}
	switch err := os.Link(fresh, path); {
	case errors.Is(err, os.ErrExist):
		return fault.Conflict.Wrap(err, "%s was created by somebody else in this moment", path)
	case err != nil:
		return fault.Storage.Wrap(err, "cannot create the socket %s", path)
	}
	return nil
}

// checkParent makes the directory of a socket, or refuses one in which others
// could put their own socket in the place of ours.
func checkParent(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Storage.Wrap(err, "cannot create the directory %s", dir)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fault.Storage.Wrap(err, "cannot read the directory %s", dir)
	}
	if info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0 {
		return fault.Invalid.New("the directory %s of the socket may be written by others (mode %04o)", dir, info.Mode().Perm()).
			WithHint("chmod go-w %s", dir)
	}
	return nil
}

// clearStale removes a socket that nobody listens on any more. Anything else at
// that path stays and is an error.
func clearStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Storage.Wrap(err, "cannot look at %s", path)
	}
	if info.Mode().Type() != os.ModeSocket {
		return fault.Conflict.New("%s exists and is not a socket", path).WithHint("move it away, or configure another path")
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := Dial(ctx, unixPrefix+path)
	if err == nil {
		_ = conn.Close()
		return fault.Conflict.New("another process listens on %s", path)
	}
	// Only a refusal proves that nobody is there: a full queue or a missing permission does not.
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fault.Conflict.Wrap(err, "cannot tell whether another process listens on %s", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fault.Storage.Wrap(err, "cannot remove the stale socket %s", path)
	}
	return nil
}

// unixListener knows the name that the world knows, and removes it at the end
// unless somebody else's socket stands there by then.
type unixListener struct {
	*net.UnixListener
	path string
	info os.FileInfo
}

// Addr is the socket's final path.
func (l *unixListener) Addr() net.Addr { return &net.UnixAddr{Name: l.path, Net: "unix"} }

// Close stops listening and removes the socket.
func (l *unixListener) Close() error {
	if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.info) {
		_ = os.Remove(l.path)
	}
	return l.UnixListener.Close()
}
