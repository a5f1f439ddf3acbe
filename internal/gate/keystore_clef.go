package gate

import (
	"context"

	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/secret"
)

// OpenClef opens the vault of the Clef directory of the listener's key store with the
// password of its master seed. It stays open until the gate closes. Its directory is
// made if it is missing. Errors: fault.Denied; fault.UnknownWallet where there is no
// seed file; fault.Invalid for a file that is not readable by its owner only;
// fault.WrongPassword "failed to decrypt the master seed of clef"; fault.Corrupt;
// fault.Busy; fault.Storage.
func (g *Gate) OpenClef(ctx context.Context, c Caller, password secret.Bytes) error {
	a, err := g.onKeyStore(ctx, UnlockWallet, c, false)
	if err != nil {
		return err
	}
	a.detail = "master seed"
	var opening *wallet.ClefOpening
	return g.passAfter(ctx, a, func() (release func(), err error) {
		if opening, err = g.wallets.OpenClef(ctx, c.Listener, c.Conn, password); err != nil {
			return nil, err
		}
		return opening.Discard, nil
	}, func() error { return opening.Commit() })
}

// ClefConfig gives an entry of the vault's config.json, "" for one that is not there:
// "ruleset_sha256", or "caller:" and the hex of an Ed25519 key. To the rules this is a
// look at the wallet, as in a list. Errors: fault.Denied, fault.Locked before
// [Gate.OpenClef], fault.Corrupt.
func (g *Gate) ClefConfig(ctx context.Context, c Caller, key string) (string, error) {
	a, err := g.onKeyStore(ctx, ListWallets, c, false)
	if err != nil {
		return "", err
	}
	var value string
	err = g.pass(ctx, a, func() (err error) {
		value, err = g.wallets.ClefConfig(c.Listener, key)
		return err
	})
	return value, err
}

// ClefConfigs gives the entries of the vault's config.json whose names begin with a
// prefix: "caller:" for all paired callers. Errors: those of [Gate.ClefConfig].
func (g *Gate) ClefConfigs(ctx context.Context, c Caller, prefix string) (map[string]string, error) {
	a, err := g.onKeyStore(ctx, ListWallets, c, false)
	if err != nil {
		return nil, err
	}
	var found map[string]string
	err = g.pass(ctx, a, func() (err error) {
		found, err = g.wallets.ClefConfigs(c.Listener, prefix)
		return err
	})
	return found, err
}

// PairCaller asks whether a caller may be paired, which detail names. subject is what
// approvers are shown. It keeps nothing: [Gate.SetClefConfig] does. Errors: fault.Denied.
func (g *Gate) PairCaller(ctx context.Context, c Caller, subject any, detail string) error {
	a, err := g.onKeyStore(ctx, PairCaller, c, false)
	if err != nil {
		return err
	}
	a.detail, a.subject = detail, subject
	return g.pass(ctx, a, func() error { return nil })
}

// SetClefConfig changes an entry of the vault's config.json; an empty value deletes it.
// It is not checked. Errors: fault.Denied, fault.Locked before [Gate.OpenClef],
// fault.Corrupt, fault.Storage.
func (g *Gate) SetClefConfig(ctx context.Context, c Caller, key, value string) error {
	a, err := g.onKeyStore(ctx, AttestRules, c, false)
	if err != nil {
		return err
	}
	a.detail = key + "=" + value
	return g.pass(ctx, a, func() error { return g.wallets.SetClefConfig(c.Listener, key, value) })
}

// SetCredential stores the password of an account, which need not be there; an empty one
// deletes it. It is not tried on the account's file. Errors: fault.Denied, fault.Locked
// before [Gate.OpenClef], fault.Corrupt, fault.Storage.
func (g *Gate) SetCredential(ctx context.Context, c Caller, address [20]byte, password secret.Bytes) error {
	a, err := g.onKeyStore(ctx, StorePassword, c, false)
	if err != nil {
		return err
	}
	a.concerns(address)
	if password.IsEmpty() {
		a.detail = "delete"
	}
	return g.pass(ctx, a, func() error { return g.wallets.SetCredential(c.Listener, address, password) })
}

// CreateClefSeed makes a master seed where the key store has its path. Errors:
// fault.Denied; fault.Invalid for a password that [CheckNewPassword] refuses;
// fault.WalletExists "master key … already exists, will not overwrite"; fault.Storage,
// also where the directory above the seed's is missing; fault.UnknownWallet where the key
// store has no path for a seed; fault.Busy.
func (g *Gate) CreateClefSeed(ctx context.Context, c Caller, password secret.Bytes) error {
	a, err := g.onKeyStore(ctx, CreateWallet, c, false)
	if err != nil {
		return err
	}
	a.detail = "master seed"
	if err := CheckNewPassword(password); err != nil {
		return g.refuse(ctx, a, err)
	}
	return g.pass(ctx, a, func() error { return g.wallets.CreateClefSeed(ctx, c.Listener, c.Conn, password) })
}
