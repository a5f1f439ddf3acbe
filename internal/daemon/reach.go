package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// ErrNobody says that nobody listens on the admin socket.
var ErrNobody = errors.New("nobody listens on the admin socket")

// Reach connects to the daemon of a data directory. Nothing is sent yet, and nothing
// can be to somebody else who put a socket there. Errors: [ErrNobody], fault.Denied.
func Reach(ctx context.Context, dir string, settings config.Config) (net.Conn, error) {
	address := AdminAddress(dir, settings)
	conn, err := server.Dial(ctx, address)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fault.Denied.Wrap(err, "the admin socket %s does not admit you", address)
	case err != nil:
		return nil, fault.Internal.Wrap(err, "the admin socket %s can not be reached", address)
	}
	if uid := server.ServerUID(conn); !isTrusted(dir, uid) {
		_ = conn.Close() // nothing was sent
		return nil, fault.Denied.New("user %d listens on the admin socket %s, and is neither you, nor root, nor the owner of the data directory", uid, address).
			WithHint("nothing was sent; find out who put the socket there")
	}
	return conn, nil
}

// isTrusted reports whether a user may have our passwords: it is us, root, or the
// owner of the data directory, who could have them anyway.
func isTrusted(dir string, uid int64) bool {
	if uid < 0 {
		return false
	}
	if uid == 0 || uid == int64(os.Geteuid()) {
		return true
	}
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && uid == int64(owner.Uid)
}
