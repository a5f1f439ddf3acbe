package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"time"

	"strongroom/internal/api/kiod"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// KiodCore opens the core of the kiod and keosd personalities: strongroom's own
// directory inside the peer's, with an admin socket like any other.
func KiodCore(sealing Sealing, version string, now func() time.Time, stop func()) func(context.Context, kiod.CoreConfig) (kiod.Core, error) {
	return func(ctx context.Context, c kiod.CoreConfig) (kiod.Core, error) {
		loaded, err := ReadConfig(c.ConfigFile, nil)
		if err != nil {
			return kiod.Core{}, err
		}
		settings := loaded.Config
		l, ok := settings.Listener(kiod.ListenerName)
		if !ok {
			return kiod.Core{}, fault.Invalid.New("%s has no listener called %q", c.ConfigFile, kiod.ListenerName).
				WithHint("the name must stay: the rules speak of it")
		}
		l.Kiod.WalletDir = c.WalletDir
		d, err := Start(ctx, StartConfig{Dir: c.StateDir, Settings: settings, Sealing: sealing, Log: c.Logger, Now: now, Version: version, Stop: stop})
		if err != nil {
			return kiod.Core{}, err
		}
		return kiod.Core{
			Gate: d.Gate, Listener: *l, Limits: limitsOf(l.Limits), Grace: settings.Daemon.ShutdownGrace.Std(), Close: d.Close,
			Numbers: &d.numbers, Opened: d.shower(*l),
		}, nil
	}
}

// kiodDir is the directory of a kiod listener, by default one of our own.
func (d *Directory) kiodDir(l config.Listener) string {
	if l.DataDir != "" {
		return l.DataDir
	}
	return d.Join(l.Name)
}

// liveFolders are the folders whose wallet files are wallets themselves.
func (d *Directory) liveFolders(listeners []config.Listener) []gate.LiveFolder {
	var folders []gate.LiveFolder
	for _, l := range listeners {
		if l.Protocol != "kiod" || l.Kiod.WalletFormat != "keosd" {
			continue
		}
		path := l.Kiod.WalletDir
		if path == "" {
			path = d.kiodDir(l)
		}
		folders = append(folders, gate.LiveFolder{Listener: l.Name, Path: path, Named: l.Kiod.WalletLayout == "named"})
	}
	return folders
}

// openKiod opens one kiod listener of strongroom run. The returned function gives
// the wallet directory up.
func (d *Daemon) openKiod(ctx context.Context, l config.Listener) (_ func(), err error) {
	dir := d.dir.kiodDir(l)
	settings, err := kiod.FromListener(l, dir)
	if err != nil {
		return nil, err
	}
	for _, needed := range []string{dir, settings.WalletDir} {
		if err := os.MkdirAll(needed, 0o700); err != nil {
			return nil, fault.Storage.Wrap(err, "the directory %s can not be made", needed)
		}
	}
	lock, err := kiod.TakeLock(settings.WalletDir, "kiod")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Release())
		}
	}()
	cfg, err := settings.DoorConfig(l.Kiod.Profile)
	if err != nil {
		return nil, err
	}
	cfg.Listener, cfg.Product, cfg.Now, cfg.Rand = l.Name, "kiod/"+d.cfg.Version, d.cfg.Now, rand.Reader
	cfg.Logger, cfg.Stop = d.cfg.Log, d.cfg.Stop
	door, err := kiod.NewDoor(cfg, d.Gate)
	if err != nil {
		return nil, err
	}
	entrances, err := settings.Listen(ctx)
	if err != nil {
		return nil, err
	}
	limits := limitsOf(l.Limits)
	for i, e := range entrances {
		if err := d.open(show(l, e.Address), e.Listener, door.Handler(e.Hosts), limits, doorOptions{complain: kiod.Complaint}); err != nil {
			for _, left := range entrances[i+1:] {
				err = errors.Join(err, left.Listener.Close())
			}
			return nil, err
		}
	}
	return func() {
		if err := lock.Release(); err != nil {
			d.cfg.Log.Error("the lock of a wallet directory could not be given up", "dir", settings.WalletDir, "err", err)
		}
	}, nil
}
