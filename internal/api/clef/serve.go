package clef

import (
	"context"
	"errors"
	"slices"
	"sync"

	"strongroom/internal/api/clef/ui"
	"strongroom/internal/api/clef/wire"
)

// serve answers requests until ctx ends or an entrance fails.
func (r *run) serve(ctx context.Context) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(r.entrances))
	for _, e := range r.entrances {
		go func() { ended <- e.Serve() }()
		r.logger.Info(e.Name+" endpoint opened", "url", e.URL)
		r.core.Opened(e.Address)
	}
	serving := len(r.entrances)
	r.announce(ctx)
	select {
	case <-ctx.Done():
	case err = <-ended:
		serving--
	}
	stop()
	r.shutdown(context.WithoutCancel(ctx))
	r.testing.Wait()
	for range serving {
		err = errors.Join(err, <-ended)
	}
	return err
}

// announce tells the UI, and then the rule file, what is served.
func (r *run) announce(ctx context.Context) {
	info := wire.StartupInfo{Extensions: r.extensions()}
	for _, e := range r.entrances {
		if e.Name == "HTTP" {
			info.HTTP = e.URL
		} else {
			info.IPC = e.URL
		}
	}
	if len(info.Extensions) > 0 || !r.stdio {
		var err error
		if info.Accounts, err = r.door.uiAccounts(ctx); err != nil {
			r.logger.Warn("The accounts could not be listed", "err", err)
		}
	}
	r.ui.OnStartup(info)
	if r.rules != nil {
		r.rules.Startup(ctx, info)
	}
	if r.uiTest {
		r.logger.Info("Performing UI test")
		r.testing.Go(func() { r.testUI(ctx) })
	}
}

// testUI takes the UI through a series of requests (§9.11) beside the signer.
func (r *run) testUI(ctx context.Context) {
	failures, err := (&ui.Trial{UI: r.ui.Tested()}).Run(ctx)
	if err == nil {
		r.logger.Info("The UI test is over", "errors", len(failures))
	}
}

// extensions are those that are switched on, by the names of docs/clef-extensions.md.
func (r *run) extensions() (names []string) {
	c := &r.core.Listener.Clef
	for _, e := range []struct {
		name string
		on   bool
	}{
		{"auto-list", len(c.AutoList) > 0}, {"bulk", c.Bulk}, {"no-change", r.noChange}, {"reject-unknown", c.RejectUnknown},
		{"unpaired-restrict", c.Unpaired == "restrict"}, {"unpaired-refuse", c.Unpaired == "refuse"},
	} {
		if e.on {
			names = append(names, e.name)
		}
	}
	return names
}

// shutdown stops accepting, gives up what waits for an approval, and lets what is being
// signed finish within the grace period.
func (r *run) shutdown(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.core.Settings.Daemon.ShutdownGrace.Std())
	defer cancel()
	var closing sync.WaitGroup
	failed := make([]error, len(r.entrances))
	for i, e := range r.entrances {
		closing.Go(func() { failed[i] = e.Shutdown(ctx) })
	}
	r.core.GiveUp()
	closing.Wait()
	for i, e := range slices.Backward(r.entrances) {
		if failed[i] != nil {
			r.logger.Warn("Requests under way were cut", "err", failed[i])
		}
		r.logger.Info(e.Name+" endpoint closed", "url", e.URL)
	}
}

// close undoes the start in reverse.
func (r *run) close() {
	report := func(what string, err error) {
		if err != nil {
			r.logger.Error(what+" did not close cleanly", "err", err)
		}
	}
	if r.core != nil {
		r.core.GiveUp()
	}
	if r.ui != nil {
		report("The UI", r.ui.Close())
	}
	report("The rule engine", r.opened.Close())
	if r.core != nil {
		report("The store", r.core.Close(context.Background()))
	}
	if r.audit != nil {
		report("The audit log", r.audit.Close())
	}
}
