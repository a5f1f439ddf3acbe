package wallet

import (
	"context"
	"fmt"
	"time"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/kmdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// Foreign tells whether a wallet exists only as a foreign file so far, and its name
// there. A wallet that does not exist at all is not foreign. Errors:
// fault.AmbiguousWallet, fault.Storage.
func (s *Set) Foreign(ctx context.Context, id store.WalletID) (name string, foreign bool, err error) {
	if _, err := s.find(id); err == nil {
		return "", false, nil
	}
	f, err := s.unadopted(ctx, id)
	switch {
	case fault.Is(err, fault.UnknownWallet):
		return "", false, nil
	case err != nil:
		return "", false, err
	}
	return f.displayName(), true, nil
}

// Adoption is a foreign wallet file that was opened with its password and is not in
// the store yet. It has a turn at the derivations, until Discard.
type Adoption struct {
	set      *Set
	file     foreignFile
	id       store.WalletID
	password secret.Bytes // the caller's
	snapshot *kmdfile.Snapshot
	contents *kmdfile.Contents // nil where another call has adopted the file meanwhile
}

// Adopt opens a foreign wallet file, to copy it into the store under the file's own
// id. The file is read through a private copy and never changed. It runs the file's
// derivation; [Adoption.Commit] runs one of ours. Call Discard in the end. Errors:
// fault.WrongPassword, fault.AmbiguousWallet, fault.Conflict, fault.Corrupt.
func (s *Set) Adopt(ctx context.Context, id store.WalletID, conn uint64, password secret.Bytes) (*Adoption, error) {
	f, err := s.unadopted(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.derivations.wait(ctx, id, conn); err != nil {
		return nil, err
	}
	if _, err := s.find(id); err == nil {
		return &Adoption{set: s, id: id}, nil // the password is checked next
	}
	a, err := s.openFile(ctx, f, id, password)
	if err != nil {
		s.derivations.done()
	}
	return a, err
}

// Commit writes the wallet into the store.
func (a *Adoption) Commit(ctx context.Context) error {
	if a.contents == nil {
		return nil
	}
	_, err := a.write(ctx, "")
	return err
}

// Discard wipes what was opened and gives up the turn.
func (a *Adoption) Discard() {
	a.close()
	a.set.derivations.done()
}

// freeName is the file's name of the wallet, made unique where the store has it already.
func (s *Set) freeName(f foreignFile) string {
	name := f.displayName()
	s.mu.RLock()
	defer s.mu.RUnlock()
	id := formatID(f.id)
	for _, unique := range []string{name, fmt.Sprintf("%s (%s)", name, id[:8]), fmt.Sprintf("%s (%s)", name, id)} {
		if _, taken := s.byName[unique]; !taken {
			return unique
		}
	}
	return id
}

// openFile opens a file with its password, to become the wallet id. The caller has
// a turn at the derivations and calls close in the end.
func (s *Set) openFile(ctx context.Context, f foreignFile, id store.WalletID, password secret.Bytes) (*Adoption, error) {
	a := &Adoption{set: s, file: f, id: id, password: password}
	var err error
	if a.snapshot, err = f.folder.Copy(ctx, f.FileName); err != nil {
		return nil, err
	}
	if a.contents, err = kmdfile.Open(ctx, a.snapshot, password); err != nil {
		a.close()
		return nil, err
	}
	if a.contents.ID != f.Summary.ID { // the rules judged the wallet that was listed
		a.close()
		return nil, fault.Conflict.New("the file %q holds another wallet than a moment ago", f.FileName).WithHint("try again")
	}
	return a, nil
}

// close wipes what was opened and removes the private copy.
func (a *Adoption) close() {
	if a.contents != nil {
		a.contents.Wipe()
	}
	if a.snapshot == nil {
		return
	}
	if err := a.snapshot.Close(); err != nil {
		a.set.cfg.Log.Error("a private copy was left behind", "err", err)
	}
}

// write puts the opened file into the store, under a name or, if that is "", the
// file's own.
func (a *Adoption) write(ctx context.Context, name string) (Info, error) {
	s, f, id, contents := a.set, a.file, a.id, a.contents
	for _, warning := range contents.Warnings {
		s.cfg.Log.Warn("adopting a wallet file: "+warning, "wallet", formatID(id), "file", f.FileName)
	}
	var flags seal.Flags
	if contents.Folded {
		flags = seal.FoldedSurrogates
	}
	ref, slot, err := s.createSlot(id, a.password, flags)
	if err != nil {
		return Info{}, err
	}
	defer s.cfg.Vault.Lock(ref)
	records, err := s.reseal(ctx, ref, contents)
	if err != nil {
		return Info{}, err
	}
	hash := a.snapshot.Hash()
	s.adoption.Lock()
	defer s.adoption.Unlock()
	if e, err := s.find(id); err == nil {
		return s.info(e), nil // another call was faster
	}
	if name == "" {
		name = s.freeName(f)
	}
	return s.insert(ctx, store.Wallet{
		ID: id, Name: name, CreatedName: f.displayName(), Created: s.cfg.Now().UTC().Truncate(time.Second),
		Format: sealFormat, NextIndex: contents.MaxIndex, Source: f.FileName, SourceHash: hash[:],
	}, slot, records)
}

// reseal turns everything in an opened file into records of ours.
func (s *Set) reseal(ctx context.Context, ref vault.Ref, contents *kmdfile.Contents) ([]store.Record, error) {
	seed, err := s.sealSeed(ref, contents.DerivationKey)
	if err != nil {
		return nil, err
	}
	records := []store.Record{seed}
	err = contents.EachKey(ctx, func(k kmdfile.Key) error {
		r := store.Record{Kind: store.KeyRecord, Algorithm: uint8(curve.Ed25519), Index: k.Index}
		if err := s.drawRecordID(&r); err != nil {
			return err
		}
		sealed, err := s.cfg.Vault.ImportKey(ref, label(r), curve.Ed25519, k.Seed)
		if err != nil {
			return err
		}
		r.Public, r.Sealed = sealed.Public.Bytes(), sealed.Sealed
		if string(r.Public) != string(k.Public[:]) {
			return fault.Corrupt.New("a key of the wallet file does not belong to its address")
		}
		records = append(records, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, m := range contents.Multisigs {
		preimage := algorand.Multisig{Version: m.Version, Threshold: m.Threshold, Subsigs: make([]algorand.Subsig, len(m.Keys))}
		for i, key := range m.Keys {
			preimage.Subsigs[i].Key = key
		}
		r, err := s.sealAccount(ref, Account{Address: m.Address[:], Preimage: preimage.Preimage()})
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// conflicting finds the file that is in conflict with a wallet.
func (s *Set) conflicting(ctx context.Context, e *entry) (foreignFile, error) {
	files, err := s.scan(ctx)
	if err != nil {
		return foreignFile{}, err
	}
	for _, f := range files {
		if f.id == e.id && e.conflict(f) != "" {
			return f, nil
		}
	}
	return foreignFile{}, fault.Invalid.New("no wallet file is in conflict with this wallet")
}

// KeepOurs settles a conflict for what was adopted: the file as it is now is known
// and no conflict any more.
func (s *Set) KeepOurs(ctx context.Context, id store.WalletID) (Info, error) {
	e, err := s.stored(id)
	if err != nil {
		return Info{}, err
	}
	f, err := s.conflicting(ctx, e)
	if err != nil {
		return Info{}, err
	}
	return s.recognise(ctx, e, f)
}

// recognise makes a file's content the one that is no conflict.
func (s *Set) recognise(ctx context.Context, e *entry, f foreignFile) (Info, error) {
	e.change.Lock()
	defer e.change.Unlock()
	meta, err := e.current()
	if err != nil {
		return Info{}, err
	}
	meta.Source, meta.SourceHash = f.FileName, f.Hash[:]
	if err := s.cfg.Store.Apply(ctx, store.UpdateWallet{Wallet: meta}); err != nil {
		return Info{}, err
	}
	e.state.Lock()
	e.meta = meta
	e.state.Unlock()
	return s.info(e), nil
}

// AdoptAsNew settles a conflict by adopting the changed file beside what was
// adopted before, as a wallet with an id, from [Set.NewID], and a name of its own.
func (s *Set) AdoptAsNew(ctx context.Context, id, second store.WalletID, conn uint64, password secret.Bytes, name string) (Info, error) {
	e, err := s.stored(id)
	if err != nil {
		return Info{}, err
	}
	f, err := s.conflicting(ctx, e)
	if err != nil {
		return Info{}, err
	}
	if name == "" {
		return Info{}, fault.Invalid.New("the second wallet needs a name")
	}
	if err := s.CheckName(ctx, name); err != nil {
		return Info{}, err
	}
	made, err := s.adoptSecond(ctx, f, second, conn, name, password)
	if err != nil {
		return Info{}, err
	}
	if _, err := s.recognise(ctx, e, f); err != nil {
		return Info{}, err
	}
	return made, nil
}

func (s *Set) adoptSecond(ctx context.Context, f foreignFile, second store.WalletID, conn uint64, name string, password secret.Bytes) (Info, error) {
	if err := s.derivations.wait(ctx, f.id, conn); err != nil {
		return Info{}, err
	}
	defer s.derivations.done()
	a, err := s.openFile(ctx, f, second, password)
	if err != nil {
		return Info{}, err
	}
	defer a.close()
	return a.write(ctx, name)
}
