package gate

import (
	"context"

	"strongroom/internal/fault"
)

// createLive makes the file of a wallet in the folder of the caller's listener.
func (g *Gate) createLive(ctx context.Context, c Caller, n NewWallet) (Wallet, error) {
	id, err := g.wallets.LiveID(c.Listener, n.Name)
	a := &act{operation: CreateWallet, caller: c, wallet: FormatWalletID(id), name: n.Name}
	if err != nil {
		return Wallet{}, g.refuse(ctx, a, err)
	}
	var made Wallet
	err = g.pass(ctx, a, func() (err error) {
		made, err = g.wallets.CreateLive(c.Listener, n)
		return err
	})
	return made, err
}

// LiveWallet finds a wallet of the caller's listener by its name and leaves it
// locked: its open sessions end. A file is read again. Errors: fault.UnknownWallet;
// [ErrWalletEmpty] and its like for files that are no wallets.
func (g *Gate) LiveWallet(ctx context.Context, c Caller, name string) (Wallet, error) {
	if !g.wallets.HasFolder(c.Listener) {
		return g.namedWallet(ctx, c, name)
	}
	id, err := g.wallets.LiveID(c.Listener, name)
	a := &act{operation: ListWallets, caller: c, wallet: FormatWalletID(id), name: name}
	if err != nil {
		return Wallet{}, g.refuse(ctx, a, err)
	}
	var found Wallet
	err = g.pass(ctx, a, func() (err error) {
		found, err = g.wallets.LoadLive(c.Listener, name)
		return err
	})
	return found, err
}

// namedWallet finds a wallet of the store by its name, for a listener that knows
// wallets by names, and ends the listener's sessions of it.
func (g *Gate) namedWallet(ctx context.Context, c Caller, name string) (Wallet, error) {
	list, err := g.Wallets(ctx, c)
	if err != nil {
		return Wallet{}, err
	}
	for _, w := range list.Wallets {
		if w.Name == name && !w.Foreign {
			g.wallets.EndSessions(c.Listener, w.ID)
			return w, nil
		}
	}
	return Wallet{}, g.refuse(ctx, &act{operation: ListWallets, caller: c, name: name}, fault.UnknownWallet.New("wallet not found"))
}
