package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"time"

	"strongroom/internal/api/kmd"
	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/server"
	"strongroom/internal/telemetry"
)

// KmdCore opens the core of the kmd personality: strongroom's own directory inside
// the peer's, with an admin socket like any other.
func KmdCore(sealing Sealing, version string, now func() time.Time, stop func()) func(context.Context, kmd.CoreConfig) (kmd.Core, error) {
	return func(ctx context.Context, c kmd.CoreConfig) (kmd.Core, error) {
		loaded, err := ReadConfig(c.ConfigFile, nil)
		if err != nil {
			return kmd.Core{}, err
		}
		settings := loaded.Config
		level, err := telemetry.ParseLevel(settings.Log.Level)
		if err != nil {
			return kmd.Core{}, err
		}
		c.LogLevel.Set(level)
		l, ok := settings.Listener(kmd.ListenerName)
		if !ok {
			return kmd.Core{}, fault.Invalid.New("%s has no listener called %q", c.ConfigFile, kmd.ListenerName).
				WithHint("the name must stay: the rules speak of it")
		}
		l.Kmd.AdoptFrom = c.AdoptFrom
		d, err := Start(ctx, StartConfig{Dir: c.StateDir, Settings: settings, Sealing: sealing, Log: c.Logger, Now: now, Version: version, Stop: stop})
		if err != nil {
			return kmd.Core{}, err
		}
		return kmd.Core{
			Gate: d.Gate, Limits: limitsOf(l.Limits), Grace: settings.Daemon.ShutdownGrace.Std(), Close: d.Close,
			Numbers: &d.numbers, Opened: d.shower(*l),
		}, nil
	}
}

// ReadConfig reads a configuration file and what the environment adds to it.
func ReadConfig(path string, overrides []config.Override) (*config.Loaded, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the configuration %s can not be read", path)
	}
	return config.Load(config.Input{
		FileName: path, File: file, Environment: os.Environ(), Overrides: overrides, Operations: gate.Operations(),
	})
}

func limitsOf(l config.Limits) server.Limits {
	return server.Limits{
		MaxBody: int64(l.MaxBodyKiB) << 10, MaxHeader: l.MaxHeaderKiB << 10, MaxConnections: l.MaxConnections,
		HeaderTimeout: l.HeaderTimeout.Std(), ReadTimeout: l.ReadTimeout.Std(), IdleTimeout: l.IdleTimeout.Std(),
		WriteTimeout: l.WriteTimeout.Std(), // the doors give less to those who have not proved anything
	}
}

// openKmd opens one kmd listener of strongroom run. Its files (kmd.token, kmd.net,
// kmd.pid) are in the listener's data directory, by default one of our own. The
// returned function withdraws them.
func (d *Daemon) openKmd(ctx context.Context, l config.Listener) (_ func(), err error) {
	dir := l.DataDir
	if dir == "" {
		dir = d.dir.Join(l.Name)
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, fault.Storage.Wrap(err, "the directory %s can not be made", dir)
		}
	}
	token, wide, err := kmd.LoadToken(dir, rand.Reader)
	if err != nil {
		return nil, err
	}
	if wide {
		d.cfg.Log.Warn("others can read the API token; mend it with: chmod 600 " + filepath.Join(dir, "kmd.token"))
	}
	unlock, held, err := kmd.TakeLock(dir)
	switch {
	case held:
		return nil, fault.Busy.New("another kmd runs on the directory %s", dir)
	case err != nil:
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, unlock())
		}
	}()
	handler, err := kmd.NewDoor(kmd.DoorConfig{
		Token: token, SessionLifetime: l.Kmd.SessionLifetime.Std(),
		AllowedOrigins: l.Kmd.AllowedOrigins, AllowPrivateNetwork: l.Kmd.AllowPrivateNetwork,
		MaxBody: int64(l.Limits.MaxBodyKiB) << 10, Listener: l.Name,
		Now: d.cfg.Now, Rand: rand.Reader, Logger: d.cfg.Log,
	}, d.Gate)
	if err != nil {
		return nil, err
	}
	listener, err := kmd.Listen(ctx, l.Address)
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := kmd.Publish(dir, address, os.Getpid()); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	withdraw := func() {
		kmd.Withdraw(dir)
		if err := unlock(); err != nil {
			d.cfg.Log.Error("the lock of a directory could not be given up", "dir", dir, "err", err)
		}
	}
	if err := d.open(rest.Listener{Name: l.Name, Protocol: l.Protocol, Address: address}, listener, handler, limitsOf(l.Limits), doorOptions{}); err != nil {
		withdraw()
		return nil, err
	}
	if l.Kmd.IdleExit > 0 {
		d.watch(func(ctx context.Context) {
			if handler.WaitIdle(ctx, l.Kmd.IdleExit.Std()) == nil {
				d.cfg.Log.Info("nobody asked for anything; stopping", "listener", l.Name)
				d.cfg.Stop()
			}
		})
	}
	return withdraw, nil
}
