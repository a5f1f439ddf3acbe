package gate

import (
	"context"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

// WalletList is an answer of [Gate.Wallets].
type WalletList struct {
	Wallets []Wallet
	// Trouble is not nil where folders of foreign files could not be looked at, or not
	// as a whole: files of theirs are missing in the list. Its text is safe to show.
	Trouble error
}

// Wallets lists the wallets that the caller's listener may see, in order of their
// ids, then foreign files that are not adopted yet. It is denied where no rule lets
// the listener see any wallet at all.
func (g *Gate) Wallets(ctx context.Context, c Caller) (WalletList, error) {
	var visible WalletList
	a := &act{operation: ListWallets, caller: c, some: true}
	err := g.pass(ctx, a, func() error {
		all, trouble := g.wallets.List(ctx)
		visible.Trouble = trouble
		for _, w := range all {
			if w.Listener != "" && w.Listener != c.Listener {
				continue
			}
			d := g.cfg.Policy.Decide(policy.Question{
				Listener: c.Listener, Caller: c.Identity, Operation: string(ListWallets), Wallet: w.Name, WalletID: FormatWalletID(w.ID),
			})
			if d.Verdict == policy.Allow || d.Verdict == policy.Ask && a.approval != nil {
				visible.Wallets = append(visible.Wallets, w)
			}
		}
		return nil
	})
	return visible, err
}

// CreateWallet makes a wallet with a fresh data key and a seed. It stays locked.
// Checks: name length, name free. Errors: fault.Invalid, fault.WalletExists.
func (g *Gate) CreateWallet(ctx context.Context, c Caller, n NewWallet) (Wallet, error) {
	if n.Live && g.wallets.HasFolder(c.Listener) {
		return g.createLive(ctx, c, n)
	}
	id, err := g.wallets.NewID()
	if err != nil {
		return Wallet{}, err
	}
	if n.Name == "" {
		n.Name = FormatWalletID(id)
	}
	a := &act{operation: CreateWallet, caller: c, name: n.Name}
	if err := g.wallets.CheckName(ctx, n.Name); err != nil {
		return Wallet{}, g.refuse(ctx, a, err) // no wallet ever has this id
	}
	a.wallet = FormatWalletID(id)
	var made Wallet
	err = g.pass(ctx, a, func() (err error) {
		made, err = g.wallets.Create(ctx, id, c.Conn, n)
		return err
	})
	return made, err
}

// RenameWallet gives a wallet another name. The rules must allow it for both names,
// so that nobody takes a wallet under rules that were meant for another. Checks: the
// wallet exists, the name is within bounds and free (its own counts as taken), the
// password.
func (g *Gate) RenameWallet(ctx context.Context, c Caller, id WalletID, password secret.Bytes, name string) (Wallet, error) {
	var renamed Wallet
	a := g.onWallet(RenameWallet, c, id)
	if err := g.wallets.Exists(ctx, id); err != nil {
		return Wallet{}, g.refuse(ctx, a, err)
	}
	if err := g.wallets.CheckName(ctx, name); err != nil {
		return Wallet{}, g.refuse(ctx, a, err)
	}
	if err := g.adopt(ctx, a, password); err != nil {
		return Wallet{}, err
	}
	a.becomes = name
	err := g.passAfter(ctx, a, g.holding(ctx, c, id, password), func() (err error) {
		renamed, err = g.wallets.Rename(ctx, id, c.Conn, password, name)
		return err
	})
	return renamed, err
}

// DeleteWallet removes a wallet with all its keys, for ever.
func (g *Gate) DeleteWallet(ctx context.Context, c Caller, id WalletID, password secret.Bytes) error {
	return g.passAfter(ctx, g.onWallet(DeleteWallet, c, id), g.holding(ctx, c, id, password), func() error {
		return g.wallets.Delete(ctx, id, c.Conn, password)
	})
}

// ChangePassword replaces the wallet's password slot; keys and sessions stay.
func (g *Gate) ChangePassword(ctx context.Context, c Caller, id WalletID, before, after secret.Bytes) error {
	a := g.onWallet(ChangePassword, c, id)
	if err := g.adopt(ctx, a, before); err != nil {
		return err
	}
	return g.passAfter(ctx, a, g.holding(ctx, c, id, before), func() error {
		return g.wallets.ChangePassword(ctx, id, c.Conn, before, after)
	})
}

// Unlock opens a session. A foreign wallet file is adopted first. Errors:
// fault.UnknownWallet, fault.AmbiguousWallet, fault.WrongPassword, fault.Busy.
func (g *Gate) Unlock(ctx context.Context, c Caller, u Unlock) (Session, error) {
	var opened Session
	a := g.onWallet(UnlockWallet, c, u.Wallet)
	if err := g.adopt(ctx, a, u.Password); err != nil {
		return Session{}, err
	}
	err := g.passAfter(ctx, a, func() (func(), error) {
		return g.wallets.HoldFor(ctx, c.Listener, u.Wallet, c.Conn, u.Password)
	}, func() error {
		s, err := g.wallets.Unlock(ctx, c.Listener, c.Conn, u)
		if err != nil {
			return err
		}
		opened = describeSession(s)
		return nil
	})
	return opened, err
}

// holding is the check that the password opens the wallet, for [Gate.passAfter]. The
// wallet stays open until the work is done, which therefore derives nothing.
func (g *Gate) holding(ctx context.Context, c Caller, id WalletID, password secret.Bytes) func() (func(), error) {
	return func() (func(), error) { return g.wallets.Hold(ctx, id, c.Conn, password) }
}

// adopt makes sure that the wallet of an act, if it is only a foreign file so far,
// is in the store before the act itself is decided. That is an operation of its own.
func (g *Gate) adopt(ctx context.Context, a *act, password secret.Bytes) error {
	id, err := ParseWalletID(a.wallet)
	if err != nil {
		return err
	}
	name, foreign, err := g.wallets.Foreign(ctx, id)
	if err != nil {
		return g.refuse(ctx, a, err)
	}
	if !foreign {
		return nil
	}
	adoption := &act{operation: AdoptWallet, caller: a.caller, wallet: a.wallet, name: name}
	var opened *wallet.Adoption
	err = g.passAfter(ctx, adoption, func() (release func(), err error) {
		if opened, err = g.wallets.Adopt(ctx, id, a.caller.Conn, password); err != nil {
			return nil, err
		}
		return opened.Discard, nil
	}, func() error { return opened.Commit(ctx) })
	a.name = g.wallets.Name(id) // what the rules of the act see; where it clashed, not the file's name
	return err
}

// Session describes an open session. To the rules this is a look at its wallet, as
// in a list.
func (g *Gate) Session(ctx context.Context, c Caller, id SessionID) (Session, error) {
	s, a, err := g.inSession(ctx, ListWallets, c, id)
	if err != nil {
		return Session{}, err
	}
	var found Session
	err = g.pass(ctx, a, func() error { found = describeSession(s); return nil })
	return found, err
}

// Renew moves a session's deadline to lifetime from now.
func (g *Gate) Renew(ctx context.Context, c Caller, id SessionID, lifetime time.Duration) (Session, error) {
	s, a, err := g.inSession(ctx, RenewSession, c, id)
	if err != nil {
		return Session{}, err
	}
	if err := g.pass(ctx, a, func() error { return s.Renew(lifetime) }); err != nil {
		return Session{}, err
	}
	return describeSession(s), nil
}

// Lock ends a session; the last one of a wallet locks it.
func (g *Gate) Lock(ctx context.Context, c Caller, id SessionID) error {
	s, a, err := g.inSession(ctx, LockWallet, c, id)
	if err != nil {
		return err
	}
	return g.pass(ctx, a, func() error { s.End(); return nil })
}

// LockAll ends every session of every listener.
func (g *Gate) LockAll(ctx context.Context, c Caller) error {
	return g.pass(ctx, &act{operation: LockWallet, caller: c, detail: "all"}, func() error {
		g.wallets.LockAll()
		return nil
	})
}

// Resolution says what becomes of a foreign file that changed after it was adopted.
type Resolution string

const (
	KeepOurs   Resolution = "keep"   // stay with what was adopted; the file as it is now is no conflict any more
	AdoptAsNew Resolution = "as-new" // adopt the changed file beside it, as a wallet of its own
)

// ResolveConflict settles a conflict. AdoptAsNew needs the file's password and a
// free name; its wallet gets an id of its own.
func (g *Gate) ResolveConflict(ctx context.Context, c Caller, id WalletID, how Resolution, password secret.Bytes, name string) (Wallet, error) {
	a := g.onWallet(ResolveWallet, c, id)
	second, err := g.wallets.NewID()
	if err != nil {
		return Wallet{}, err
	}
	a.detail = string(how)
	if how == AdoptAsNew {
		a.detail += " " + FormatWalletID(second)
		a.becomes = name
	}
	var w Wallet
	err = g.pass(ctx, a, func() (err error) {
		switch how {
		case KeepOurs:
			w, err = g.wallets.KeepOurs(ctx, id)
		case AdoptAsNew:
			w, err = g.wallets.AdoptAsNew(ctx, id, second, c.Conn, password, name)
		default:
			err = fault.Invalid.New("unknown resolution %q", how).WithHint("known resolutions: keep, as-new")
		}
		return err
	})
	return w, err
}

func describeSession(s *wallet.Session) Session {
	return Session{ID: s.ID, Wallet: s.Info(), Deadline: s.Deadline()}
}
