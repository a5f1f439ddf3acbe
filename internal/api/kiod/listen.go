package kiod

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// Entrance is one open listener and the guard of its door, nil for a unix socket.
type Entrance struct {
	Listener net.Listener
	Hosts    *Hosts
	Address  string // as messages show it
}

// Listen opens the unix socket and the TCP address of the settings, as far as they
// name one.
func (s *Settings) Listen(ctx context.Context) (open []Entrance, err error) {
	defer func() {
		if err != nil {
			for _, e := range open {
				err = errors.Join(err, e.Listener.Close())
			}
			open = nil
		}
	}()
	if s.Socket != "" {
		l, err := server.Listen(ctx, "unix:"+s.Socket)
		if err != nil {
			return open, err
		}
		open = append(open, Entrance{l, nil, s.Socket})
		if err := s.widen(); err != nil {
			return open, err
		}
	}
	if s.Address != "" {
		l, err := server.Listen(ctx, s.Address)
		if err != nil {
			return open, err
		}
		open = append(open, Entrance{l, NewHosts(s.ValidateHost, s.Address, l.Addr(), s.Aliases), l.Addr().String()})
	}
	if len(open) == 0 {
		return nil, fault.Invalid.New("neither a unix socket nor an address to listen on is configured").
			WithHint("give --unix-socket-path or --http-server-address")
	}
	return open, nil
}

// widen lets others than the owner in, where that is asked for. The socket was made
// for the owner alone, and nobody else can put something in its place: its
// directory is not writable for others.
func (s *Settings) widen() error {
	if s.SocketGroup >= 0 {
		if err := os.Lchown(s.Socket, -1, s.SocketGroup); err != nil {
			return fault.Storage.Wrap(err, "the socket %s can not be given to its group", s.Socket)
		}
	}
	if s.SocketMode != 0o600 {
		if err := os.Chmod(s.Socket, os.FileMode(s.SocketMode)); err != nil {
			return fault.Storage.Wrap(err, "the mode of the socket %s can not be set", s.Socket)
		}
	}
	return nil
}

// IsOpenToNetwork reports whether others than programs of this machine reach an
// entrance.
func (e Entrance) IsOpenToNetwork() bool {
	tcp, ok := e.Listener.Addr().(*net.TCPAddr)
	return ok && !tcp.IP.IsLoopback()
}

// FromListener is the settings of a configured listener of strongroom run; dataDir
// is that of the listener, absolute.
func FromListener(l config.Listener, dataDir string) (s Settings, err error) {
	k := l.Kiod
	s = Settings{
		CORS:    CORS{AllowOrigin: k.AllowOrigin, AllowHeaders: k.AllowHeaders, MaxAge: k.MaxAge, AllowCredentials: k.AllowCredentials},
		MaxBody: int64(l.Limits.MaxBodyKiB) << 10, MaxBytesInFlight: int64(k.MaxInFlightMiB), MaxRequestsInFlight: int64(k.MaxRequestsInFlight),
		Verbose: k.VerboseErrors, ValidateHost: k.ValidateHost, Aliases: k.Aliases, KeepAlive: k.KeepAlive,
		WalletDir: k.WalletDir, Timeout: k.UnlockTimeout.Std(),
	}
	if s.MaxBytesInFlight >= 0 {
		s.MaxBytesInFlight <<= 20
	}
	if s.WalletDir == "" {
		s.WalletDir = dataDir
	}
	s.PathPrefix = s.WalletDir + "/"
	switch path, isSocket := strings.CutPrefix(l.Address, "unix:"); {
	case isSocket:
		s.Socket = path
	case l.Address == "":
		s.Socket = below(dataDir, Kiod.socket())
	default:
		s.Address = l.Address
	}
	if s.SocketMode, err = ParseSocketMode(k.SocketMode); err != nil {
		return s, err
	}
	s.SocketGroup, err = LookUpGroup(k.SocketGroup)
	return s, err
}

// DoorConfig is that of a door with these settings, but for the parts that come
// from elsewhere: Listener, Product, Now, Rand, Logger, Stop.
func (s *Settings) DoorConfig(profile string) (DoorConfig, error) {
	p, err := antelope.ParseProfile(profile)
	return DoorConfig{
		Profile: p, PathPrefix: s.PathPrefix, Timeout: min(s.Timeout, maxUnlockTimeout*time.Second), MaxBody: s.MaxBody,
		Verbose: s.Verbose, NoKeepAlive: !s.KeepAlive, CORS: s.CORS,
		MaxBytesInFlight: s.MaxBytesInFlight, MaxRequestsInFlight: s.MaxRequestsInFlight,
	}, err
}
