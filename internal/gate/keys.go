package gate

import (
	"context"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/wallet"
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
	draft, err := s.Generate()
	if err != nil {
		return Key{}, g.refuse(ctx, a, err)
	}
	return g.commit(ctx, a, draft)
}

// ImportKey adds a key that comes from outside. Ed25519: the 32 byte seed.
// Errors: fault.KeyExists, fault.Invalid.
func (g *Gate) ImportKey(ctx context.Context, c Caller, id SessionID, algorithm curve.Algorithm, private secret.Bytes) (Key, error) {
	s, a, err := g.inSession(ctx, ImportKey, c, id)
	if err != nil {
		return Key{}, err
	}
	draft, err := s.Import(algorithm, private)
	if err != nil {
		return Key{}, g.refuse(ctx, a, err)
	}
	return g.commit(ctx, a, draft)
}

// commit journals a drafted key under its name and writes it.
func (g *Gate) commit(ctx context.Context, a *act, draft *wallet.Draft) (Key, error) {
	defer draft.Discard()
	g.nameKey(a, draft.Key.Public)
	err := g.pass(ctx, a, func() error { return draft.Commit(ctx) })
	if err != nil {
		return Key{}, err
	}
	return draft.Key, nil
}

// ExportKey gives a private key in the clear: for Ed25519 the 32 byte seed, then
// the 32 byte public key. The caller wipes it.
func (g *Gate) ExportKey(ctx context.Context, c Caller, id SessionID, public curve.PublicKey, password secret.Bytes) (secret.Bytes, error) {
	s, a, err := g.inSession(ctx, ExportKey, c, id)
	if err != nil {
		return secret.Bytes{}, err
	}
	g.nameKey(a, public)
	if err := s.Authenticate(ctx, password); err != nil {
		return secret.Bytes{}, g.refuse(ctx, a, err)
	}
	r, err := s.Find(public)
	if err != nil {
		return secret.Bytes{}, g.refuse(ctx, a, err)
	}
	var full secret.Bytes
	err = g.pass(ctx, a, func() error {
		private, err := s.Export(r)
		if err != nil {
			return err
		}
		defer private.Wipe()
		if public.Algorithm() != curve.Ed25519 {
			return fault.Unsupported.New("keys of algorithm %s have no export form yet", public.Algorithm())
		}
		full = secret.New(public.AppendTo(append(make([]byte, 0, 64), private.Expose()...)))
		return nil
	})
	return full, err
}

// DeleteKey removes a key for ever. Errors: fault.UnknownKey.
func (g *Gate) DeleteKey(ctx context.Context, c Caller, id SessionID, public curve.PublicKey, password secret.Bytes) error {
	s, a, err := g.inSession(ctx, DeleteKey, c, id)
	if err != nil {
		return err
	}
	g.nameKey(a, public)
	if err := s.Authenticate(ctx, password); err != nil {
		return g.refuse(ctx, a, err)
	}
	if _, err := s.Find(public); err != nil {
		return g.refuse(ctx, a, err)
	}
	return g.pass(ctx, a, func() error { return s.Delete(ctx, public) })
}

// ExportSeed gives the wallet's seed, 32 bytes, in the clear. The caller wipes it.
func (g *Gate) ExportSeed(ctx context.Context, c Caller, id SessionID, password secret.Bytes) (secret.Bytes, error) {
	s, a, err := g.inSession(ctx, ExportSeed, c, id)
	if err != nil {
		return secret.Bytes{}, err
	}
	if err := s.Authenticate(ctx, password); err != nil {
		return secret.Bytes{}, g.refuse(ctx, a, err)
	}
	var seed secret.Bytes
	err = g.pass(ctx, a, func() (err error) {
		seed, err = s.ExportSeed()
		return err
	})
	return seed, err
}

// CheckPassword tells whether this is the session's password, for protocols that
// must report a wrong one before something else. Wrong guesses are slowed.
func (g *Gate) CheckPassword(ctx context.Context, c Caller, id SessionID, password secret.Bytes) error {
	s, a, err := g.inSession(ctx, UnlockWallet, c, id)
	if err != nil {
		return err
	}
	if err := s.CheckPassword(ctx, password); err != nil {
		return g.refuse(ctx, a, err)
	}
	return nil
}

// nameKey gives the rules and the journal the names of a key.
func (g *Gate) nameKey(a *act, public curve.PublicKey) {
	a.key = public.String()
	a.keys = [][]string{g.keyNames(public)}
}
