package web3file

import (
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How often the folder is looked at without being told to: what a watch missed, as on
// network file systems, shows after that.
const (
	watchedEvery   = 30 * time.Second
	unwatchedEvery = 3 * time.Second
	quiet          = 50 * time.Millisecond // from a change to the look: writers make several
)

// watch is the goroutine that listens to the kernel. The zero value is one that was
// never started.
type watch struct {
	watcher *fsnotify.Watcher // nil where the system gives none
	stop    chan struct{}     // closed by stopWatch
	done    sync.WaitGroup
}

func (d *Directory) startWatch() {
	d.watch.stop = make(chan struct{})
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		d.cfg.Log.Warn("the folder of key files cannot be watched; it is looked at every few seconds", "path", d.cfg.Path, "err", err)
		watcher = nil
	}
	d.watch.watcher = watcher
	watched := d.rewatch()
	d.watch.done.Go(func() { d.listen(watched) })
}

func (d *Directory) stopWatch() {
	close(d.watch.stop)
	d.watch.done.Wait()
	if d.watch.watcher != nil {
		_ = d.watch.watcher.Close()
	}
}

// rewatch asks to be told of changes in the folder, which may be another one than
// before, and reports whether that works.
func (d *Directory) rewatch() bool {
	return d.watch.watcher != nil && d.watch.watcher.Add(d.cfg.Path) == nil
}

// listen marks the list as stale when a file changed, and renews it soon after.
func (d *Directory) listen(watched bool) {
	var events <-chan fsnotify.Event
	var errors <-chan error
	if w := d.watch.watcher; w != nil {
		events, errors = w.Events, w.Errors
	}
	pause := func() time.Duration {
		if watched {
			return watchedEvery
		}
		return unwatchedEvery
	}
	slow, soon := time.NewTimer(pause()), time.NewTimer(time.Hour)
	soon.Stop()
	defer slow.Stop()
	defer soon.Stop()
	for {
		select {
		case <-d.watch.stop:
			return
		case e, open := <-events:
			if !open {
				events = nil
			} else if e.Op != fsnotify.Chmod && !ignored(filepath.Base(e.Name)) {
				d.stale.Store(true)
				soon.Reset(quiet)
			}
		case _, open := <-errors: // the kernel had more to tell than it could keep
			if !open {
				errors = nil
			}
			d.stale.Store(true)
			soon.Reset(quiet)
		case <-soon.C:
			d.current()
		case <-slow.C:
			watched = d.rewatch()
			d.look()
			slow.Reset(pause())
		}
	}
}
