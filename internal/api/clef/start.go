package clef

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"strongroom/internal/api/clef/rules"
	"strongroom/internal/api/clef/selector"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// sign runs the signer until ctx or a signal ends it.
func (p *personality) sign(ctx context.Context, s settings) error {
	if err := p.begin(s); err != nil {
		return err
	}
	// A UI or a reader of the log that goes away must not end a signer.
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	ctx, stop := p.untilSignal(ctx)
	defer stop()
	r := &run{personality: p, settings: s}
	err := r.start(ctx)
	if err == nil {
		err = r.serve(ctx)
	}
	r.close()
	if err != nil && !s.stdio { // where standard output is for the UI alone
		return fatal{err}
	}
	return err
}

// untilSignal gives a context that ends with the first SIGINT or SIGTERM. The second one
// has its usual effect: it ends the process at once.
func (p *personality) untilSignal(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		select {
		case got := <-signals:
			signal.Stop(signals)
			p.logger.Info("Exiting...", "signal", got.String())
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, func() {
		cancel()
		watcher.Wait()
		signal.Stop(signals)
	}
}

// run is one run of the signer. Its parts are there as far as the start has come.
type run struct {
	*personality
	settings
	ui     channel
	core   *Core
	opened Opened
	// passwordFrom says where the master password is from, once it was given.
	passwordFrom string
	rules        *rules.Rules // nil without a rule file
	audit        *AuditFile
	door         *Door
	entrances    []*Entrance
	testing      sync.WaitGroup // of the UI
}

// uiCaller is the UI as a caller of the gate.
func uiCaller() gate.Caller {
	return gate.Caller{Listener: config.UIListener(ListenerName), Protocol: "clef", Address: "ui", UID: -1, Identity: "ui"}
}

// start goes through the start order of the peer (§3).
func (r *run) start(ctx context.Context) (err error) {
	if err := r.openUI(); err != nil {
		return err
	}
	selectors, err := selector.Open(selector.Config{Custom: r.customDB, Extra: r.db})
	if err != nil {
		return err
	}
	approver := &Later{}
	cfg, err := r.coreConfig(r.settings)
	if err != nil {
		return err
	}
	cfg.Approver = approver
	core, err := r.env.OpenCore(ctx, cfg)
	if err != nil {
		return err
	}
	r.core = &core
	if r.opened, err = r.opening().Open(ctx); err != nil {
		if r.stdio { // a program does not see why we end
			r.ui.ShowError(fault.Text(err))
		}
		return err
	}
	by, file, err := Approvers(ctx, r.opened, r.core.Listener.Clef, r.ui, r.logger)
	if err != nil {
		return err
	}
	approver.Set(by)
	r.rules = file
	r.logger.Info("Starting signer", "chainid", r.chainID, "keystore", r.keystore, "light-kdf", r.light, "advanced", r.advanced)
	r.mentionSmartcards()
	if r.advanced {
		r.logger.Info("Clef is in advanced mode: will warn instead of reject")
	}
	if err := r.openAudit(); err != nil {
		return err
	}
	door := r.doorConfig(ctx, selectors)
	if r.opened.Vault {
		if door.Pairing, err = OpenPairing(ctx, core.Gate, uiCaller(), r.env.Now, rand.Reader); err != nil {
			return err
		}
	}
	if r.door, err = NewDoor(door, core.Gate); err != nil {
		return err
	}
	return r.listen(ctx)
}

// opening is how the master seed and the rule file are opened.
func (r *run) opening() *Opening {
	return &Opening{
		Gate: r.core.Gate, Caller: uiCaller(), Seed: r.seed, Needed: r.otherSeed, Rules: r.settings.rules,
		Program: true, Directory: r.directory, From: func() string { return r.passwordFrom }, Fallback: r.fallback, AcceptStorage: r.core.Listener.Clef.AcceptRuleStorage,
		Password: r.masterPassword, StartRules: r.core.StartRules, Print: r.printRule, Log: r.logger,
	}
}

// printRule writes a line of a rule file's console, where the peer does.
func (r *run) printRule(line string) { fmt.Fprintln(r.env.Stderr, line) }

// mentionSmartcards says what the peer says of the smart card daemon. Hardware wallets
// are not supported: they answer as on a machine without them.
func (r *run) mentionSmartcards() {
	if r.pcscd == "" {
		return
	}
	switch info, err := os.Stat(r.pcscd); {
	case errors.Is(err, fs.ErrNotExist):
		r.logger.Info("Smartcard socket file missing, disabling", "err", err.Error())
	case err != nil:
		r.logger.Error("Failed to look at the smartcard socket file, disabling", "err", err.Error())
	case info.Mode().Type() != os.ModeSocket:
		r.logger.Error("Invalid smartcard socket file type, disabling", "path", r.pcscd)
	default:
		r.logger.Info("Smartcards are not supported, disabling", "path", r.pcscd)
	}
}

func (r *run) openAudit() (err error) {
	if r.auditLog == "" {
		return nil
	}
	if r.audit, err = OpenAudit(r.auditLog, r.env.Now, r.logger); err != nil {
		return err
	}
	r.logger.Info("Audit logs configured", "file", r.auditLog)
	return nil
}

// doorConfig is that of the door; ctx ends when the signer does.
func (r *run) doorConfig(ctx context.Context, selectors *selector.Database) DoorConfig {
	l := &r.core.Listener
	cfg := DoorConfig{
		Listener: ListenerName, UIListener: config.UIListener(ListenerName), ChainID: r.chainID,
		Advanced: r.advanced, Bulk: l.Clef.Bulk, Unpaired: ParseUnpaired(l.Clef.Unpaired), NoChange: r.noChange,
		UI: &mortalUI{UI: r.ui, end: ctx}, Rules: r.opened.Engine != nil, Selectors: selectors,
		Deadline: Deadline(r.core.Settings), Log: r.logger, Now: r.env.Now,
	}
	if r.audit != nil {
		cfg.Audit = r.audit
	}
	return cfg
}

// workTime is what a request may take beside the approval: for a password and the
// derivation of its key.
const workTime = 2 * time.Minute

// Deadline is how long a request may take: until its approval is dead, and the work.
func Deadline(c config.Config) time.Duration { return c.Approval.Timeout.Std() + workTime }

// ParseUnpaired reads what the configuration says; what is unknown refuses.
func ParseUnpaired(name string) Unpaired {
	switch name {
	case "show":
		return ShowUnpaired
	case "restrict":
		return RestrictUnpaired
	}
	return RefuseUnpaired
}

// mortalUI is a UI whose questions end with the signer, so that nothing waits for an
// answer when it is told to stop.
type mortalUI struct {
	UI
	end context.Context
}

func (m *mortalUI) AskPassword(ctx context.Context, title, prompt string) (secret.Bytes, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(m.end, cancel)()
	return m.UI.AskPassword(ctx, title, prompt)
}

// listen opens the entrances. Nobody is served yet.
func (r *run) listen(ctx context.Context) (err error) {
	if err := r.ui.Attach(r.door); err != nil {
		return err
	}
	r.entrances, err = r.door.Listen(ctx, ListenConfig{
		HTTP: r.http, VHosts: r.vhosts, Socket: r.socket, Limits: r.core.Limits,
		Deadline: Deadline(r.core.Settings), Numbers: r.core.Numbers, Log: r.logger,
	})
	return err
}
