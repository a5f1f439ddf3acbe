package daemon

import (
	"context"
	"errors"
	"sync"

	"strongroom/internal/fault"
)

// Run is strongroom run: it serves every configured listener until ctx ends, then
// stops in order. ready is called once all doors are open.
func Run(ctx context.Context, cfg StartConfig, ready func(*Daemon)) error {
	cfg.Approvers = clefApprovers(cfg.Settings.Listeners)
	d, err := Start(ctx, cfg)
	if err != nil {
		return err
	}
	withdraw, err := d.openListeners(ctx)
	if err == nil {
		ready(d)
		<-ctx.Done()
	}
	err = errors.Join(err, d.Close(ctx))
	for _, f := range withdraw {
		f()
	}
	return err
}

func (d *Daemon) openListeners(ctx context.Context) (withdraw []func(), err error) {
	for _, l := range d.cfg.Settings.Listeners {
		var f func()
		switch l.Protocol {
		case "kmd":
			f, err = d.openKmd(ctx, l)
		case "kiod":
			f, err = d.openKiod(ctx, l)
		case "clef":
			f, err = d.openClef(ctx, l)
		default:
			err = fault.Unsupported.New("listener %q: unknown protocol %q", l.Name, l.Protocol)
		}
		if err != nil {
			return withdraw, err
		}
		withdraw = append(withdraw, f)
	}
	return withdraw, nil
}

// watchers are goroutines that wait for something while the daemon runs.
type watchers struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
}

// watch runs f beside the daemon until it returns or the daemon closes.
func (d *Daemon) watch(f func(ctx context.Context)) {
	d.watching.once.Do(func() { d.watching.ctx, d.watching.cancel = context.WithCancel(context.Background()) })
	d.watching.group.Go(func() { f(d.watching.ctx) })
}

func (w *watchers) end() {
	if w.cancel != nil {
		w.cancel()
	}
	w.group.Wait()
}
