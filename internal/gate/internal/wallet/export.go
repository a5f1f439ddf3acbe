package wallet

import (
	"context"
	"os"
	"path/filepath"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/kmdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// ExportKmd writes a wallet as a file that kmd opens with the same password, and
// gives its bytes. It runs kmd's derivation with kmd's default parameters.
func (s *Set) ExportKmd(ctx context.Context, id store.WalletID, conn uint64, password secret.Bytes) ([]byte, error) {
	e, err := s.stored(id)
	if err != nil {
		return nil, err
	}
	if err := s.hold(ctx, e, conn, password); err != nil {
		return nil, err
	}
	defer s.release(e)
	e.change.Lock() // so that the file is one state of the wallet
	defer e.change.Unlock()
	ref, err := e.openRef()
	if err != nil {
		return nil, err
	}
	source, err := s.kmdSource(e, ref)
	if err != nil {
		return nil, err
	}
	defer source.DerivationKey.Wipe()
	dir, err := os.MkdirTemp(s.cfg.Private, "export-")
	if err != nil {
		return nil, fault.Storage.Wrap(err, "no room for an export")
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			s.cfg.Log.Error("an export was left behind", "err", err)
		}
	}()
	path := filepath.Join(dir, "wallet.db")
	if err := s.derivations.wait(ctx, id, conn); err != nil {
		return nil, err
	}
	err = kmdfile.Write(ctx, path, source, password, kmdfile.WriteOptions{Rand: s.cfg.Rand})
	s.derivations.done()
	if err != nil {
		return nil, err
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the export can not be read back")
	}
	return file, nil
}

// kmdSource describes an open wallet to the writer. Private keys are opened one by
// one while the file is written.
func (s *Set) kmdSource(e *entry, ref vault.Ref) (kmdfile.Source, error) {
	e.state.RLock()
	meta, seed := e.meta, e.keys.seed
	keys := make([]store.Record, 0, len(e.keys.keys))
	for _, r := range e.keys.keys {
		keys = append(keys, r)
	}
	accounts := make([]store.Record, 0, len(e.keys.accounts))
	for _, r := range e.keys.accounts {
		accounts = append(accounts, r)
	}
	e.state.RUnlock()
	source := kmdfile.Source{Summary: kmdfile.Summary{ID: formatID(e.id), Name: []byte(meta.Name)}, MaxIndex: meta.NextIndex}
	for _, r := range accounts {
		m, err := s.kmdMultisig(ref, r)
		if err != nil {
			return source, err
		}
		source.Multisigs = append(source.Multisigs, m)
	}
	source.EachKey = func(ctx context.Context, receive func(kmdfile.Key) error) error {
		for _, r := range keys {
			if err := ctx.Err(); err != nil {
				return fault.Canceled.Wrap(err, "the export was given up")
			}
			if curve.Algorithm(r.Algorithm) != curve.Ed25519 {
				return fault.Unsupported.New("a kmd wallet file holds only Ed25519 keys; this wallet has a key of algorithm %s", curve.Algorithm(r.Algorithm))
			}
			private, err := s.cfg.Vault.Export(ref, label(r), r.Sealed)
			if err != nil {
				return err
			}
			err = receive(kmdfile.Key{Seed: private, Public: [32]byte(r.Public), Index: r.Index})
			private.Wipe()
			if err != nil {
				return err
			}
		}
		return nil
	}
	if seed.Kind != store.SeedRecord {
		return source, fault.Unsupported.New("the wallet has no seed, which a kmd wallet file must have")
	}
	if seed.Usage != vault.SeedOfEntropy {
		return source, fault.Unsupported.New("a kmd wallet file holds a seed of 32 bytes; this wallet has words of another length, or with a passphrase")
	}
	var err error
	source.DerivationKey, err = s.cfg.Vault.Export(ref, label(seed), seed.Sealed)
	return source, err
}

func (s *Set) kmdMultisig(ref vault.Ref, r store.Record) (kmdfile.Multisig, error) {
	preimage, err := s.cfg.Vault.OpenData(ref, label(r), r.Sealed)
	if err != nil {
		return kmdfile.Multisig{}, err
	}
	m, err := algorand.ParsePreimage(preimage)
	if err != nil {
		return kmdfile.Multisig{}, fault.Unsupported.Wrap(err, "a kmd wallet file holds only Algorand multisig accounts")
	}
	out := kmdfile.Multisig{Address: m.Address(), Version: m.Version, Threshold: m.Threshold}
	for _, sub := range m.Subsigs {
		out.Keys = append(out.Keys, sub.Key)
	}
	return out, nil
}
