package wallet

import (
	"context"
	"io"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// sealFormat is the version of the sealing of slots and records together.
const sealFormat = 1

// Info is what a list of wallets shows.
type Info struct {
	ID          store.WalletID
	Name        string
	CreatedName string // name at creation; for foreign files as the file says
	FileName    string // base name of the foreign file it comes from, "" for wallets made here
	Created     time.Time
	Foreign     bool   // still only a foreign file: adopted at the first right password
	Conflict    string // not "": why a foreign file no longer matches what was adopted
	Keys        int    // number of keys; -1 while that is not known (not opened since the start)
	Sessions    int    // holds now open
	Advice      string // not "": what the owner should do
	Listener    string // not "": the wallet is a live file that only this listener sees
}

// New is a wallet to be made.
type New struct {
	Name     string // at most 64 bytes; "" takes the id as the name
	Password secret.Bytes
	Seed     secret.Bytes // 32 byte master derivation key; empty or all zero draws a random one
	// Words are a seed of 12 to 24 words of BIP-39, instead of Seed, and Passphrase what
	// belongs to them.
	Words, Passphrase secret.Bytes
	// Live makes a wallet that the caller's listener knows by its name alone: a file
	// in the listener's folder if it has one, else a wallet of the store.
	Live bool
}

// NewID draws the id of a wallet to be made.
func (s *Set) NewID() (store.WalletID, error) {
	var id store.WalletID
	if _, err := io.ReadFull(s.cfg.Rand, id[:]); err != nil {
		return id, fault.Internal.Wrap(err, "no random bytes")
	}
	return id, nil
}

// CheckName tells whether a wallet may be made with, or renamed to, this name.
func (s *Set) CheckName(ctx context.Context, name string) error {
	if len(name) > MaxNameLength {
		return fault.Invalid.New("wallet name too long, must be <= %d bytes", MaxNameLength)
	}
	s.mu.RLock()
	_, taken := s.byName[name]
	s.mu.RUnlock()
	if taken {
		return errNameTaken()
	}
	files, err := s.scan(ctx)
	if err != nil {
		return err
	}
	for _, f := range files {
		if e, _ := s.find(f.id); e == nil && f.displayName() == name {
			return errNameTaken()
		}
	}
	return nil
}

// Create makes a wallet. It runs one password derivation. The wallet stays locked.
func (s *Set) Create(ctx context.Context, id store.WalletID, conn uint64, n New) (Info, error) {
	if n.Name == "" {
		n.Name = formatID(id)
	}
	if err := s.CheckName(ctx, n.Name); err != nil {
		return Info{}, err
	}
	if s.Count() >= maxWallets {
		return Info{}, fault.Exhausted.New("the store holds %d wallets and takes no more", maxWallets)
	}
	meta := store.Wallet{ID: id, Name: n.Name, CreatedName: n.Name, Created: s.cfg.Now().UTC().Truncate(time.Second), Format: sealFormat}
	ref, slot, err := s.newSlot(ctx, id, conn, n.Password)
	if err != nil {
		return Info{}, err
	}
	defer s.cfg.Vault.Lock(ref)
	var seed store.Record
	if n.Words.IsEmpty() {
		seed, err = s.sealSeed(ref, n.Seed)
	} else {
		seed, err = s.sealMnemonic(ref, n.Words, n.Passphrase)
	}
	if err != nil {
		return Info{}, err
	}
	return s.insert(ctx, meta, slot, []store.Record{seed})
}

// newSlot draws a data key for a wallet to be made and seals it under the password.
// All wallets to be made share one line of the queue, as if they were one wallet:
// their ids are fresh, and a line for each would let whoever makes many go first.
func (s *Set) newSlot(ctx context.Context, id store.WalletID, conn uint64, password secret.Bytes) (vault.Ref, store.Slot, error) {
	if err := s.derivations.wait(ctx, store.WalletID{}, conn); err != nil {
		return 0, store.Slot{}, err
	}
	defer s.derivations.done()
	return s.createSlot(id, password, 0)
}

func (s *Set) createSlot(id store.WalletID, password secret.Bytes, flags seal.Flags) (vault.Ref, store.Slot, error) {
	if !password.IsEmpty() {
		flags |= seal.NotBlank
	}
	ref, sealed, err := s.cfg.Vault.Create(vault.Slot{Wallet: id, Number: 1}, password, flags)
	return ref, store.Slot{Number: 1, Sealed: sealed}, err
}

func (s *Set) sealSeed(ref vault.Ref, seed secret.Bytes) (store.Record, error) {
	r := store.Record{Kind: store.SeedRecord}
	if err := s.drawRecordID(&r); err != nil {
		return r, err
	}
	var err error
	r.Sealed, err = s.cfg.Vault.ImportSeed(ref, label(r), seed)
	return r, err
}

func (s *Set) drawRecordID(r *store.Record) error {
	if _, err := io.ReadFull(s.cfg.Rand, r.ID[:]); err != nil {
		return fault.Internal.Wrap(err, "no random bytes")
	}
	return nil
}

// insert writes a whole new wallet in one transaction and shows it.
func (s *Set) insert(ctx context.Context, meta store.Wallet, slot store.Slot, records []store.Record) (Info, error) {
	changes := make([]store.Change, 0, 2+len(records))
	changes = append(changes, store.InsertWallet{Wallet: meta}, store.PutSlot{Wallet: meta.ID, Slot: slot})
	for _, r := range records {
		changes = append(changes, store.InsertRecord{Wallet: meta.ID, Record: r})
	}
	if err := s.cfg.Store.Apply(ctx, changes...); err != nil {
		return Info{}, err
	}
	e := &entry{id: meta.ID, meta: meta, slots: []store.Slot{slot}}
	s.mu.Lock()
	s.byID[meta.ID], s.byName[meta.Name] = e, e
	s.mu.Unlock()
	return s.info(e), nil
}

// Rename gives a wallet another name. Checks come in this order: the wallet
// exists, the name is free (its own counts as taken), the password is right.
func (s *Set) Rename(ctx context.Context, id store.WalletID, conn uint64, password secret.Bytes, name string) (Info, error) {
	if name == "" {
		name = formatID(id)
	}
	e, err := s.stored(id)
	if err != nil {
		return Info{}, err
	}
	if err := s.CheckName(ctx, name); err != nil {
		return Info{}, err
	}
	if err := s.hold(ctx, e, conn, password); err != nil {
		return Info{}, err
	}
	defer s.release(e)
	e.change.Lock()
	defer e.change.Unlock()
	if err := s.CheckName(ctx, name); err != nil { // it may have been taken while the password was checked
		return Info{}, err
	}
	meta, err := e.current()
	if err != nil {
		return Info{}, err
	}
	before := meta.Name
	meta.Name = name
	if err := s.cfg.Store.Apply(ctx, store.UpdateWallet{Wallet: meta}); err != nil {
		return Info{}, err
	}
	e.state.Lock()
	e.meta = meta
	e.state.Unlock()
	s.mu.Lock()
	s.forgetName(before, e)
	s.byName[name] = e
	s.mu.Unlock()
	return s.info(e), nil
}

// ChangePassword replaces the password slot. Sessions stay open; those that must
// show the password again must show the new one.
func (s *Set) ChangePassword(ctx context.Context, id store.WalletID, conn uint64, before, after secret.Bytes) error {
	e, err := s.stored(id)
	if err != nil {
		return err
	}
	if err := s.hold(ctx, e, conn, before); err != nil {
		return err
	}
	defer s.release(e)
	e.change.Lock()
	defer e.change.Unlock()
	ref, err := e.openRef()
	if err != nil {
		return err
	}
	// The number changes with the content and is bound into the slot, so that the old
	// one fits no place that the new one has. Beside the new one, derive sees it.
	old := e.currentSlots()
	number := old[len(old)-1].Number + 1
	slot, err := s.nextSlot(ctx, ref, id, conn, number, after)
	if err != nil {
		return err
	}
	changes := []store.Change{store.PutSlot{Wallet: id, Slot: slot}}
	slots := []store.Slot{}
	for _, o := range old {
		if info, _ := seal.Inspect(o.Sealed); isPassword(info) {
			changes = append(changes, store.DeleteSlot{Wallet: id, Number: o.Number})
			continue
		}
		slots = append(slots, o)
	}
	if err := s.cfg.Store.Apply(ctx, changes...); err != nil {
		return err
	}
	e.state.Lock()
	e.slots = append(slots, slot)
	e.refused = memory{}
	e.state.Unlock()
	return s.cfg.Vault.SetPassword(ref, after)
}

func (s *Set) nextSlot(ctx context.Context, ref vault.Ref, id store.WalletID, conn uint64, number uint32, password secret.Bytes) (store.Slot, error) {
	if err := s.derivations.wait(ctx, id, conn); err != nil {
		return store.Slot{}, err
	}
	defer s.derivations.done()
	var flags seal.Flags
	if !password.IsEmpty() {
		flags = seal.NotBlank
	}
	sealed, err := s.cfg.Vault.Reseal(ref, vault.Slot{Wallet: id, Number: number}, password, flags)
	return store.Slot{Number: number, Sealed: sealed}, err
}

// Delete removes a wallet with all its keys, for ever. A foreign file that it was
// adopted from stays where it is.
func (s *Set) Delete(ctx context.Context, id store.WalletID, conn uint64, password secret.Bytes) error {
	e, err := s.stored(id)
	if err != nil {
		return err
	}
	if err := s.hold(ctx, e, conn, password); err != nil {
		return err
	}
	defer s.release(e)
	e.change.Lock()
	defer e.change.Unlock()
	meta, err := e.current()
	if err != nil {
		return err
	}
	if err := s.cfg.Store.Apply(ctx, store.DeleteWallet{ID: id}); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.byID, id)
	s.forgetName(meta.Name, e)
	s.mu.Unlock()
	e.state.Lock()
	e.deleted = true
	e.keys = nil
	e.state.Unlock()
	for _, n := range s.sessions.all(e) {
		n.End()
	}
	return nil
}

// forgetName frees a name that e gave up. In the store it was free since before, so
// another wallet may have it by now. The caller holds s.mu.
func (s *Set) forgetName(name string, e *entry) {
	if s.byName[name] == e {
		delete(s.byName, name)
	}
}

// gone reports whether the wallet was deleted.
func (e *entry) gone() bool {
	e.state.RLock()
	defer e.state.RUnlock()
	return e.deleted
}

// current is the wallet's description, unless it was deleted.
func (e *entry) current() (store.Wallet, error) {
	e.state.RLock()
	defer e.state.RUnlock()
	if e.deleted {
		return store.Wallet{}, errUnknown()
	}
	return e.meta, nil
}

func (e *entry) openRef() (vault.Ref, error) {
	e.state.RLock()
	defer e.state.RUnlock()
	if e.deleted {
		return 0, errUnknown()
	}
	if e.ref == 0 {
		return 0, errClosed()
	}
	return e.ref, nil
}
