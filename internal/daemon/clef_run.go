package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"strongroom/internal/api/clef"
	"strongroom/internal/api/clef/selector"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// clefCredential is the systemd credential with the master password.
const clefCredential = "clef-master-password"

// atDesk leaves a question to whoever answers over the admin socket, for approvers that
// others stand in front of.
type atDesk struct{ desk *approval.Desk }

func (a atDesk) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	return a.desk.Ask(ctx, *q, nil)
}

// clefApprovers are approvers for the listeners that decide some questions without
// anybody: they are told who they are once the listener opens.
func clefApprovers(listeners []config.Listener) map[string]approval.Approver {
	all := map[string]approval.Approver{}
	for _, l := range listeners {
		if l.Protocol == "clef" && (l.Clef.Rules != "" || len(l.Clef.AutoList) > 0) {
			all[l.Name] = &clef.Later{}
		}
	}
	return all
}

// openClef opens one clef listener of strongroom run. There is no UI: what the rule file
// does not decide is answered over the admin socket. The returned function ends the
// processes of the rule file.
func (d *Daemon) openClef(ctx context.Context, l config.Listener) (_ func(), err error) {
	dir := d.dir.clefDir(l)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Storage.Wrap(err, "the directory %s can not be made", dir)
	}
	opened, err := d.openClefVault(ctx, l)
	if err != nil {
		return nil, err
	}
	withdraw := func() {
		if err := opened.Close(); err != nil {
			d.cfg.Log.Error("the processes of a rule file did not end", "listener", l.Name, "err", err)
		}
	}
	defer func() {
		if err != nil {
			withdraw()
		}
	}()
	by, file, err := clef.Approvers(ctx, opened, l.Clef, atDesk{d.desk}, d.cfg.Log)
	if err != nil {
		return nil, err
	}
	if later, ok := d.cfg.Approvers[l.Name].(*clef.Later); ok {
		later.Set(by)
	}
	door, closeAudit, err := d.clefDoor(ctx, l, opened)
	if err != nil {
		return nil, err
	}
	entrances, err := d.listenClef(ctx, l, door)
	if err != nil {
		return nil, errors.Join(err, closeAudit())
	}
	info := wire.StartupInfo{}
	for _, e := range entrances {
		d.serve(show(l, e.Address), e)
		if e.Name == "HTTP" {
			info.HTTP = e.URL
		} else {
			info.IPC = e.URL
		}
	}
	if file != nil {
		file.Startup(ctx, info)
	}
	return func() {
		withdraw()
		if err := closeAudit(); err != nil {
			d.cfg.Log.Error("the audit log of a listener did not close", "listener", l.Name, "err", err)
		}
	}, nil
}

// openClefVault opens the master seed and the rule file of a listener. One that needs
// neither goes on without: the owner reads in the log where the seed was looked for.
func (d *Daemon) openClefVault(ctx context.Context, l config.Listener) (clef.Opened, error) {
	seed := d.dir.clefSeed(l)
	if _, err := os.Stat(seed); errors.Is(err, fs.ErrNotExist) && l.Clef.Rules == "" && l.Clef.SignerSecret == "" {
		d.cfg.Log.Warn("there is no master seed: no stored passwords are known, and no paired callers", "listener", l.Name, "seed", seed,
			"advice", "the data-dir of the listener names Clef's directory")
		return clef.Opened{}, nil
	}
	return (&clef.Opening{
		Gate: d.Gate, Caller: clefStarter(l), Seed: seed, Needed: l.Clef.SignerSecret != "", Rules: l.Clef.Rules,
		Directory: clef.DirectoryOptions(d.dir.clefDir(l), l.Clef.SignerSecret), From: func() string { return clefPasswordFile(l) },
		AcceptStorage: l.Clef.AcceptRuleStorage, Password: func(context.Context) (secret.Bytes, error) { return d.clefPassword(l) },
		StartRules: d.ruleStarter(l), Print: func(line string) { d.cfg.Log.Info(line, "listener", l.Name) }, Log: d.cfg.Log,
	}).Open(ctx)
}

// clefStarter is who starts a listener, as a caller of the gate: its UI.
func clefStarter(l config.Listener) gate.Caller {
	return gate.Caller{Listener: config.UIListener(l.Name), Protocol: "clef", Address: "start", UID: -1, Identity: "daemon"}
}

// clefDoor makes the door of a listener, with the log that it wants.
func (d *Daemon) clefDoor(ctx context.Context, l config.Listener, opened clef.Opened) (*clef.Door, func() error, error) {
	selectors, err := selector.Open(selector.Config{Custom: l.Clef.CustomDB, Extra: l.Clef.DB})
	if err != nil {
		return nil, nil, err
	}
	cfg := clef.DoorConfig{
		Listener: l.Name, UIListener: config.UIListener(l.Name), ChainID: int64(l.Clef.ChainID), Advanced: l.Clef.Advanced,
		Bulk: l.Clef.Bulk, Unpaired: clef.ParseUnpaired(l.Clef.Unpaired), Rules: opened.Engine != nil, Selectors: selectors,
		Deadline: clef.Deadline(d.cfg.Settings), Log: d.cfg.Log, Now: d.cfg.Now,
	}
	if opened.Vault {
		if cfg.Pairing, err = clef.OpenPairing(ctx, d.Gate, clefStarter(l), d.cfg.Now, rand.Reader); err != nil {
			return nil, nil, err
		}
	}
	closeAudit := func() error { return nil }
	if l.Clef.AuditLog != "" {
		audit, err := clef.OpenAudit(l.Clef.AuditLog, d.cfg.Now, d.cfg.Log)
		if err != nil {
			return nil, nil, err
		}
		cfg.Audit, closeAudit = audit, audit.Close
	}
	door, err := clef.NewDoor(cfg, d.Gate)
	if err != nil {
		return nil, nil, errors.Join(err, closeAudit())
	}
	return door, closeAudit, nil
}

// listenClef opens what a listener names: a socket, an address, or both.
func (d *Daemon) listenClef(ctx context.Context, l config.Listener, door *clef.Door) ([]*clef.Entrance, error) {
	cfg := clef.ListenConfig{
		HTTP: l.Clef.HTTPAddress, VHosts: l.Clef.VHosts, Limits: limitsOf(l.Limits),
		Deadline: clef.Deadline(d.cfg.Settings), Numbers: &d.numbers, Log: d.cfg.Log,
	}
	switch path, isSocket := strings.CutPrefix(l.Address, "unix:"); {
	case isSocket:
		cfg.Socket = path
	case l.Address == "":
		cfg.Socket = filepath.Join(d.dir.clefDir(l), "clef.ipc")
	default:
		cfg.HTTP = l.Address
	}
	return door.Listen(ctx, cfg)
}

// clefPasswordFile is the file of a listener's master password, "" for none.
func clefPasswordFile(l config.Listener) string {
	path := l.Clef.PasswordFile
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); path == "" && dir != "" {
		path = filepath.Join(dir, clefCredential)
	}
	return path
}

// clefPassword is the master password of a listener that nobody can be asked for.
func (d *Daemon) clefPassword(l config.Listener) (secret.Bytes, error) {
	if path := clefPasswordFile(l); path != "" {
		clef.WarnOfReaders(d.cfg.Log, path, path != l.Clef.PasswordFile)
		if password, found, err := clef.ReadPassword(path); found || err != nil {
			return password, err
		}
	}
	return secret.Bytes{}, fault.UnknownWallet.New("listener %q: nobody can be asked for the master password", l.Name).
		WithHint("name a password-file in [listener.clef], or give the systemd credential %s", clefCredential)
}
