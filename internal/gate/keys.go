package gate

import (
	"context"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

// Keys lists the keys of the session's wallet.
func (g *Gate) Keys(ctx context.Context, c Caller, id SessionID) (KeyList, error) {
	s, a, err := g.inSession(ctx, ListKeys, c, id)
	if err != nil {
		return KeyList{}, err
	}
	var list KeyList
	err = g.pass(ctx, a, func() (err error) {
		list, err = s.Keys()
		return err
	})
	return list, err
}

// GenerateKey makes the wallet's next derived key.
func (g *Gate) GenerateKey(ctx context.Context, c Caller, id SessionID) (Key, error) {
	s, a, err := g.inSession(ctx, GenerateKey, c, id)
	if err != nil {
		return Key{}, err
	}
	return g.draft(ctx, a, func() (*wallet.Draft, error) { return s.Generate(ctx) })
}

// DeriveKey draws a key for a chain from the wallet's seed. Errors: fault.KeyExists,
// beside the key that is there already; fault.Unsupported for a wallet without a seed.
func (g *Gate) DeriveKey(ctx context.Context, c Caller, id SessionID, d Derivation) (Key, error) {
	s, a, err := g.inSession(ctx, GenerateKey, c, id)
	if err != nil {
		return Key{}, err
	}
	return g.draft(ctx, a, func() (*wallet.Draft, error) { return s.Derive(ctx, d) })
}

// known is the key that an ended draft names where it is in the wallet already.
func known(draft *wallet.Draft, err error) Key {
	if draft != nil && fault.Is(err, fault.KeyExists) {
		return draft.Key
	}
	return Key{}
}

// ImportKey adds a key that comes from outside. Ed25519: the 32 byte seed.
// Errors: fault.KeyExists, fault.Invalid.
func (g *Gate) ImportKey(ctx context.Context, c Caller, id SessionID, algorithm curve.Algorithm, private secret.Bytes) (Key, error) {
	return g.AddKey(ctx, c, id, KeyOptions{Algorithm: algorithm}, private)
}

// AddKey adds a key that comes from outside: an Ed25519 seed, or the scalar of the
// other curves, 32 bytes big-endian. Errors: fault.KeyExists, beside the key that is
// there already; fault.Invalid.
func (g *Gate) AddKey(ctx context.Context, c Caller, id SessionID, o KeyOptions, private secret.Bytes) (Key, error) {
	s, a, err := g.inSession(ctx, ImportKey, c, id)
	if err != nil {
		return Key{}, err
	}
	return g.draft(ctx, a, func() (*wallet.Draft, error) { return s.Import(o, private) })
}

// NewKey makes a random key. Errors: fault.KeyExists if its name is taken.
func (g *Gate) NewKey(ctx context.Context, c Caller, id SessionID, o KeyOptions) (Key, error) {
	s, a, err := g.inSession(ctx, GenerateKey, c, id)
	if err != nil {
		return Key{}, err
	}
	return g.draft(ctx, a, func() (*wallet.Draft, error) { return s.Make(o) })
}

// draft makes a key, journals it under its name and writes it. A draft keeps the wallet
// from changing, so where somebody has to approve it, it is dropped for as long as that
// takes and made again; one that is drawn at random is then another.
func (g *Gate) draft(ctx context.Context, a *act, prepare func() (*wallet.Draft, error)) (Key, error) {
	draft, err := prepare()
	if err != nil {
		return known(draft, err), g.refuse(ctx, a, err)
	}
	g.nameKey(a, draft.Key.Public)
	if g.decide(a).Verdict == policy.Ask {
		draft.Discard()
		defer a.giveBack(ctx)
		if _, err := g.judge(ctx, a); err != nil {
			return Key{}, err
		}
		if draft, err = prepare(); err != nil {
			return known(draft, err), g.refuse(ctx, a, err)
		}
		g.nameKey(a, draft.Key.Public)
	}
	defer draft.Discard()
	if err := g.pass(ctx, a, func() error { return draft.Commit(ctx) }); err != nil {
		return Key{}, err
	}
	return draft.Key, nil
}

// ExportKey gives a private key in the clear: for Ed25519 the 32 byte seed, then
// the 32 byte public key; of the other algorithms what [Gate.AddKey] takes. The caller
// wipes it.
func (g *Gate) ExportKey(ctx context.Context, c Caller, id SessionID, public curve.PublicKey, password secret.Bytes) (secret.Bytes, error) {
	s, a, err := g.inSession(ctx, ExportKey, c, id)
	if err != nil {
		return secret.Bytes{}, err
	}
	g.nameKey(a, public)
	if err := s.CheckPassword(ctx, password); err != nil {
		return secret.Bytes{}, g.refuse(ctx, a, err)
	}
	r, err := s.Find(KeyID{Public: public})
	if err != nil {
		return secret.Bytes{}, g.refuse(ctx, a, err)
	}
	var full secret.Bytes
	err = g.pass(ctx, a, func() error {
		private, err := s.Export(r)
		if err != nil {
			return err
		}
		if public.Algorithm() != curve.Ed25519 {
			full = private
			return nil
		}
		defer private.Wipe()
		full = secret.New(public.AppendTo(append(make([]byte, 0, 64), private.Expose()...)))
		return nil
	})
	return full, err
}

// ExportKeys gives every private key of the wallet to each, in the order of
// [Gate.Keys]: an Ed25519 seed, or a scalar. Each is wiped when each returns.
func (g *Gate) ExportKeys(ctx context.Context, c Caller, id SessionID, password secret.Bytes, each func(Key, secret.Bytes) error) error {
	s, a, err := g.inSession(ctx, ExportKey, c, id)
	if err != nil {
		return err
	}
	a.detail = "every key"
	if err := s.CheckPassword(ctx, password); err != nil {
		return g.refuse(ctx, a, err)
	}
	return g.pass(ctx, a, func() error { return s.ExportAll(each) })
}

// FindKey tells whether the session's wallet has a key. Errors: fault.UnknownKey.
func (g *Gate) FindKey(ctx context.Context, c Caller, id SessionID, key KeyID) (Key, error) {
	s, a, err := g.inSession(ctx, ListKeys, c, id)
	if err != nil {
		return Key{}, err
	}
	var found Key
	err = g.pass(ctx, a, func() error {
		r, err := s.Find(key)
		found = Key{Public: key.Public, Usage: key.Usage, Index: r.Index, Name: r.Name, Chain: r.Chain, Path: r.Path}
		return err
	})
	return found, err
}

// NameKey gives a key a name that no other key of its wallet has. Errors:
// fault.UnknownKey, fault.KeyExists.
func (g *Gate) NameKey(ctx context.Context, c Caller, id SessionID, key KeyID, name string, password secret.Bytes) error {
	s, a, err := g.inSession(ctx, RenameKey, c, id)
	if err != nil {
		return err
	}
	g.nameKey(a, key.Public)
	if err := s.CheckPassword(ctx, password); err != nil {
		return g.refuse(ctx, a, err)
	}
	if _, err := s.Find(key); err != nil {
		return g.refuse(ctx, a, err)
	}
	return g.pass(ctx, a, func() error { return s.Name(ctx, key, name) })
}

// DeleteKey removes a key for ever. Errors: fault.UnknownKey.
func (g *Gate) DeleteKey(ctx context.Context, c Caller, id SessionID, public curve.PublicKey, password secret.Bytes) error {
	return g.RemoveKey(ctx, c, id, KeyID{Public: public}, password)
}

// RemoveKey removes a key for ever. Errors: fault.UnknownKey.
func (g *Gate) RemoveKey(ctx context.Context, c Caller, id SessionID, key KeyID, password secret.Bytes) error {
	s, a, err := g.inSession(ctx, DeleteKey, c, id)
	if err != nil {
		return err
	}
	g.nameKey(a, key.Public)
	if err := s.CheckPassword(ctx, password); err != nil {
		return g.refuse(ctx, a, err)
	}
	if _, err := s.Find(key); err != nil {
		return g.refuse(ctx, a, err)
	}
	return g.pass(ctx, a, func() error { return s.Delete(ctx, key) })
}

// ExportSeed gives the wallet's seed, 32 bytes, in the clear. The caller wipes it.
func (g *Gate) ExportSeed(ctx context.Context, c Caller, id SessionID, password secret.Bytes) (secret.Bytes, error) {
	s, a, err := g.inSession(ctx, ExportSeed, c, id)
	if err != nil {
		return secret.Bytes{}, err
	}
	if err := s.CheckPassword(ctx, password); err != nil {
		return secret.Bytes{}, g.refuse(ctx, a, err)
	}
	var seed secret.Bytes
	err = g.pass(ctx, a, func() (err error) {
		seed, err = s.ExportSeed()
		return err
	})
	return seed, err
}

// ExportMnemonic gives the words of BIP-39 that stand for the wallet's seed, and the
// passphrase that belongs to them. The caller wipes both.
func (g *Gate) ExportMnemonic(ctx context.Context, c Caller, id SessionID, password secret.Bytes) (words, passphrase secret.Bytes, err error) {
	s, a, err := g.inSession(ctx, ExportSeed, c, id)
	if err != nil {
		return secret.Bytes{}, secret.Bytes{}, err
	}
	if err := s.CheckPassword(ctx, password); err != nil {
		return secret.Bytes{}, secret.Bytes{}, g.refuse(ctx, a, err)
	}
	err = g.pass(ctx, a, func() (err error) {
		words, passphrase, err = s.ExportMnemonic()
		return err
	})
	return words, passphrase, err
}

// CheckPassword tells whether this is the session's password, for protocols that
// must report a wrong one before something else. Wrong guesses are slowed. It is
// decided as wallet.unlock and only refusals are journaled.
func (g *Gate) CheckPassword(ctx context.Context, c Caller, id SessionID, password secret.Bytes) error {
	s, a, err := g.inSession(ctx, UnlockWallet, c, id)
	if err != nil {
		return err
	}
	if _, err := g.judge(ctx, a); err != nil {
		return err
	}
	defer a.giveBack(ctx)
	if err := s.CheckPassword(ctx, password); err != nil {
		return g.refuse(ctx, a, err)
	}
	return a.conclude(ctx)
}

// nameKey gives the rules and the journal the names of a key.
func (g *Gate) nameKey(a *act, public curve.PublicKey) {
	a.key = public.String()
	a.keys = [][]string{g.keyNames(public)}
}
