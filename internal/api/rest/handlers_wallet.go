package rest

import (
	"strings"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

func (c *call) status() (any, error) {
	core, err := c.cfg.Gate.Status(c.ctx, c.caller)
	if err != nil {
		return nil, err
	}
	s := c.cfg.Status()
	s.Sessions, s.Wallets, s.Journal = core.Sessions, core.Wallets, core.Journal
	return s, nil
}

func (c *call) stop() (any, error) {
	if err := c.cfg.Gate.AllowStop(c.ctx, c.caller); err != nil {
		return nil, err
	}
	c.cfg.Stop()
	return struct{}{}, nil
}

func (c *call) wallets() (any, error) {
	list, err := c.cfg.Gate.Wallets(c.ctx, c.caller)
	if err != nil {
		return nil, err
	}
	out := Wallets{Wallets: make([]Wallet, len(list.Wallets))}
	for i, w := range list.Wallets {
		out.Wallets[i] = show(w)
	}
	if list.Trouble != nil {
		out.Trouble = fault.Text(list.Trouble)
	}
	return out, nil
}

func (c *call) createWallet() (any, error) {
	var req CreateWallet
	defer func() { req.Password.Wipe(); req.Seed.Wipe(); req.Words.Wipe(); req.Passphrase.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if req.Name == "" {
		return nil, fault.Invalid.New("a wallet needs a name")
	}
	if !req.Words.IsEmpty() && !req.Seed.IsEmpty() || req.Words.IsEmpty() && !req.Passphrase.IsEmpty() {
		return nil, fault.Invalid.New("a wallet has one seed: 32 bytes, or words and their passphrase")
	}
	w, err := c.cfg.Gate.CreateWallet(c.ctx, c.caller, gate.NewWallet{
		Name: req.Name, Password: req.Password.Bytes, Seed: req.Seed.Bytes, Words: req.Words.Bytes, Passphrase: req.Passphrase.Bytes,
	})
	if err != nil {
		return nil, err
	}
	return show(w), nil
}

func (c *call) unlock() (any, error) {
	var req Unlock
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	lifetime := defaultUnlock
	if req.For != "" {
		var err error
		if lifetime, err = time.ParseDuration(req.For); err != nil || lifetime <= 0 {
			return nil, fault.Invalid.New("%q is no length of time", req.For).WithHint("write it like 90s, 10m or 8h")
		}
	}
	w, err := c.wallet()
	if err != nil {
		return nil, err
	}
	s, err := c.cfg.Gate.Unlock(c.ctx, c.caller, gate.Unlock{Wallet: w.ID, Password: req.Password.Bytes, Lifetime: lifetime})
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	before, had := c.open[w.ID]
	c.open[w.ID] = s.ID
	c.mu.Unlock()
	if had {
		_ = c.cfg.Gate.Lock(c.ctx, c.caller, before) // the one before may have expired
	}
	return Session{Wallet: show(s.Wallet), Deadline: s.Deadline}, nil
}

func (c *call) lock() (any, error) {
	w, err := c.wallet()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	s, had := c.open[w.ID]
	delete(c.open, w.ID)
	c.mu.Unlock()
	if had {
		if err := c.cfg.Gate.Lock(c.ctx, c.caller, s); err != nil && !gone(err) {
			return nil, err
		}
	}
	return struct{}{}, nil
}

func (c *call) lockAll() (any, error) {
	if err := c.cfg.Gate.LockAll(c.ctx, c.caller); err != nil {
		return nil, err
	}
	c.mu.Lock()
	clear(c.open)
	c.mu.Unlock()
	return struct{}{}, nil
}

func (c *call) rename() (any, error) {
	var req Rename
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if req.Name == "" {
		return nil, fault.Invalid.New("a wallet needs a name")
	}
	w, err := c.wallet()
	if err != nil {
		return nil, err
	}
	if w, err = c.cfg.Gate.RenameWallet(c.ctx, c.caller, w.ID, req.Password.Bytes, req.Name); err != nil {
		return nil, err
	}
	return show(w), nil
}

func (c *call) changePassword() (any, error) {
	var req ChangePassword
	defer func() { req.Password.Wipe(); req.New.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	w, err := c.wallet()
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.cfg.Gate.ChangePassword(c.ctx, c.caller, w.ID, req.Password.Bytes, req.New.Bytes)
}

func (c *call) deleteWallet() (any, error) {
	var req Password
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	w, err := c.wallet()
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.cfg.Gate.DeleteWallet(c.ctx, c.caller, w.ID, req.Password.Bytes)
}

func (c *call) exportWallet() (any, error) {
	var req ExportWallet
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	w, err := c.wallet()
	if err != nil {
		return nil, err
	}
	return bytesOrError(c.cfg.Gate.ExportWallet(c.ctx, c.caller, w.ID, req.Password.Bytes, req.Format))
}

func (c *call) resolve() (any, error) {
	var req Resolve
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	w, err := c.wallet()
	if err != nil {
		return nil, err
	}
	w, err = c.cfg.Gate.ResolveConflict(c.ctx, c.caller, w.ID, gate.Resolution(req.How), req.Password.Bytes, req.Name)
	if err != nil {
		return nil, err
	}
	return show(w), nil
}

// show is a wallet as this API tells of it.
func show(w gate.Wallet) Wallet {
	out := Wallet{
		ID: gate.FormatWalletID(w.ID), Name: w.Name, Created: w.Created, State: "locked",
		File: w.FileName, Conflict: w.Conflict, Advice: w.Advice,
	}
	switch {
	case w.Foreign:
		out.State = "foreign"
	case w.Sessions > 0:
		out.State = "open"
	}
	if w.Keys >= 0 {
		out.Keys = &w.Keys
	}
	return out
}

// gone says that a session had ended by itself.
func gone(err error) bool {
	return fault.Is(err, fault.UnknownSession) || fault.Is(err, fault.SessionExpired)
}

// bytesOrError keeps a nil slice beside an error out of the answer.
func bytesOrError(file []byte, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return file, nil
}

func replaceQuotes(s string) string { return strings.ReplaceAll(s, "'", `'\''`) }
