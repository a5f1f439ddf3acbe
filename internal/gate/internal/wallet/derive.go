package wallet

import (
	"context"
	"strconv"
	"strings"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// Derivation says which key to draw from a wallet's seed.
type Derivation struct {
	Chain     string // noted with the key
	Algorithm curve.Algorithm
	Path      string // as hd.ParsePath reads it, with i for the number
	Number    uint32
	Next      bool // the number after the highest that the wallet has a key for, instead of Number
}

// Derive drafts a key of the wallet's seed. Where the wallet has no seed of words
// of its own, its 32 bytes are the entropy of 24. Errors: fault.KeyExists, beside an
// ended draft that names the key; fault.Unsupported for a wallet without a seed.
func (n *Session) Derive(ctx context.Context, d Derivation) (*Draft, error) {
	return n.draft(func(ref vault.Ref, x *index, _ store.Wallet, r *store.Record) (Key, error) {
		if x.seed.Kind != store.SeedRecord {
			return Key{}, fault.Unsupported.New("the wallet has no seed to derive keys from")
		}
		if err := n.entry.accepts(d.Algorithm, 0); err != nil {
			return Key{}, err
		}
		number := d.Number
		if d.Next {
			number = n.nextNumber(x, d)
		}
		for ; number < hd.Hardened; number++ {
			if err := ctx.Err(); err != nil {
				return Key{}, fault.Canceled.Wrap(err, "the request was given up")
			}
			path, err := hd.ParsePath(d.Path, number)
			if err != nil {
				return Key{}, err
			}
			sealed, err := n.set.cfg.Vault.DeriveChild(ref, label(x.seed), x.seed.Sealed, d.Algorithm, path, label(*r))
			if err != nil {
				return Key{}, err
			}
			k := Key{Public: sealed.Public, Chain: d.Chain, Path: path.String()}
			if !n.entry.has(k.ID()) {
				r.Sealed = sealed.Sealed
				return k, nil
			}
			if !d.Next || !strings.Contains(d.Path, "i") {
				known, err := n.Find(k.ID())
				if err != nil {
					return Key{}, err
				}
				return keyOf(k.ID(), known), fault.KeyExists.New("key already exists in wallet")
			}
		}
		return Key{}, fault.Exhausted.New("the path %s has no more keys", d.Path)
	})
}

// nextNumber is the number after the highest noted one.
func (n *Session) nextNumber(x *index, d Derivation) uint32 {
	first, err := hd.ParsePath(d.Path, 0)
	if err != nil {
		return 0 // Derive says what is wrong
	}
	n.entry.state.RLock()
	defer n.entry.state.RUnlock()
	return x.drawn[series(Key{Public: curve.PublicKey{}, Path: first.String()}, d.Algorithm)]
}

// drawn tells for each series of derived keys the number after its highest.
type drawn map[string]uint32

// note takes up a key that was drawn by a path.
func (d drawn) note(k Key) {
	last := strings.TrimRight(k.Path[strings.LastIndexByte(k.Path, '/')+1:], "'")
	number, err := strconv.ParseUint(last, 10, 31)
	if err != nil || k.Path == "" {
		return
	}
	s := series(k, k.Public.Algorithm())
	d[s] = max(d[s], uint32(number)+1)
}

// series is what keys have in common that differ in the last number of their paths.
// The chain is no part of it: two chains with one path share the keys of it.
func series(k Key, a curve.Algorithm) string {
	end := strings.LastIndexByte(k.Path, '/') + 1
	hardened := strings.HasSuffix(k.Path, "'")
	return a.String() + " " + k.Path[:end] + strconv.FormatBool(hardened)
}

// sealMnemonic seals words, and a passphrase if there is one, as the seed of a wallet
// to be made. 24 words without a passphrase are kept as their 32 bytes, from which
// kmd's keys are derived too.
func (s *Set) sealMnemonic(ref vault.Ref, words, passphrase secret.Bytes) (store.Record, error) {
	canonical, err := hd.ParseMnemonic(words)
	if err != nil {
		return store.Record{}, err
	}
	defer canonical.Wipe()
	if passphrase.IsEmpty() {
		entropy := secret.New(make([]byte, hd.KeySize))
		defer entropy.Wipe()
		n, err := hd.MnemonicEntropy(entropy.Expose(), canonical)
		if err != nil {
			return store.Record{}, err
		}
		if n == hd.KeySize {
			return s.sealSeed(ref, entropy)
		}
	}
	if passphrase.Len() > maxPassphrase {
		return store.Record{}, fault.TooLarge.New("a passphrase may have at most %d bytes", maxPassphrase)
	}
	r := store.Record{Kind: store.SeedRecord, Usage: vault.SeedOfWords}
	if err := s.drawRecordID(&r); err != nil {
		return r, err
	}
	plain := vault.JoinSeed(canonical, passphrase)
	defer plain.Wipe()
	r.Sealed, err = s.cfg.Vault.SealData(ref, label(r), plain.Expose())
	return r, err
}

const maxPassphrase = 1024 // bytes

// ExportMnemonic gives the words that stand for the wallet's seed, and the passphrase
// that belongs to them. The caller wipes both.
func (n *Session) ExportMnemonic() (words, passphrase secret.Bytes, err error) {
	r, err := n.seed()
	if err != nil {
		return secret.Bytes{}, secret.Bytes{}, err
	}
	seed, err := n.Export(r)
	if err != nil {
		return secret.Bytes{}, secret.Bytes{}, err
	}
	defer seed.Wipe()
	return vault.SplitSeed(r.Usage, seed)
}
