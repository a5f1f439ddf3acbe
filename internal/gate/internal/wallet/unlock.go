package wallet

import (
	"context"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// memory recognises the last few wrong passwords of a wallet, so that a client
// that repeats one does not cost a derivation each time. It holds keyed hashes.
type memory struct {
	values [16][32]byte
	used   int
	next   int
}

func (m *memory) has(v [32]byte) bool {
	for _, known := range m.values[:m.used] {
		if known == v {
			return true
		}
	}
	return false
}

func (m *memory) add(v [32]byte) {
	m.values[m.next] = v
	m.next = (m.next + 1) % len(m.values)
	m.used = min(m.used+1, len(m.values))
}

// hold opens the wallet with the password and keeps it open until release is
// called. A password that is known to be right or wrong costs no derivation;
// otherwise one runs, in turn with other callers.
func (s *Set) hold(ctx context.Context, e *entry, conn uint64, password secret.Bytes) error {
	if err := s.holdIfOpen(e, password); !fault.Is(err, fault.Locked) {
		return err
	}
	if e.file != nil {
		return s.openLive(e, password)
	}
	check := s.cfg.Vault.PasswordCheck(e.id, password)
	if s.knownWrong(e, check, password) {
		return errPassword()
	}
	ref, slots, err := s.tryPassword(ctx, e, conn, password, check)
	if err != nil || ref == 0 {
		return err
	}
	// The turn is over: load waits for whoever changes the wallet, and that one
	// may be waiting for a turn.
	if err := s.load(ctx, e); err != nil {
		s.cfg.Vault.Lock(ref)
		return err
	}
	return s.settle(e, ref, slots)
}

// Hold opens a wallet of the store with its password and keeps it open until release
// is called. Meanwhile operations that ask for the same password derive nothing.
// Errors: fault.UnknownWallet, fault.WrongPassword, fault.Busy, fault.Corrupt.
func (s *Set) Hold(ctx context.Context, id store.WalletID, conn uint64, password secret.Bytes) (release func(), err error) {
	e, err := s.stored(id)
	if err != nil {
		return nil, err
	}
	return s.holdEntry(ctx, e, conn, password)
}

// HoldFor is Hold for any wallet that the listener may unlock.
func (s *Set) HoldFor(ctx context.Context, listener string, id store.WalletID, conn uint64, password secret.Bytes) (release func(), err error) {
	e, err := s.visible(listener, id)
	if err != nil {
		return nil, err
	}
	return s.holdEntry(ctx, e, conn, password)
}

func (s *Set) holdEntry(ctx context.Context, e *entry, conn uint64, password secret.Bytes) (release func(), err error) {
	if err := s.hold(ctx, e, conn, password); err != nil {
		return nil, err
	}
	return func() { s.release(e) }, nil
}

// tryPassword runs a derivation in its turn. It gives the open data key and the
// slots that it was found in, or no key if the wallet is held already because
// another call opened it meanwhile.
func (s *Set) tryPassword(ctx context.Context, e *entry, conn uint64, password secret.Bytes, check [32]byte) (vault.Ref, []store.Slot, error) {
	if err := s.derivations.wait(ctx, e.id, conn); err != nil {
		return 0, nil, err
	}
	defer s.derivations.done()
	// While this call waited, another one may have found out.
	if err := s.holdIfOpen(e, password); !fault.Is(err, fault.Locked) {
		return 0, nil, err
	}
	if s.knownWrong(e, check, password) {
		return 0, nil, errPassword()
	}
	slots := e.currentSlots()
	ref, err := s.derive(e.id, slots, password)
	if fault.Is(err, fault.WrongPassword) {
		e.state.Lock()
		if sameSlots(e.slots, slots) { // else the password was changed meanwhile
			e.refused.add(check)
		}
		e.state.Unlock()
	}
	return ref, slots, err
}

// settle makes ref the wallet's open data key, unless it has one already, and holds it.
func (s *Set) settle(e *entry, ref vault.Ref, slots []store.Slot) error {
	e.state.Lock()
	defer e.state.Unlock()
	switch {
	case e.deleted:
		s.cfg.Vault.Lock(ref)
		return errUnknown()
	case !sameSlots(e.slots, slots):
		s.cfg.Vault.Lock(ref)
		return fault.Conflict.New("the wallet's password was changed at the same moment").WithHint("try again")
	case e.ref != 0:
		s.cfg.Vault.Lock(ref)
	default:
		e.ref = ref
	}
	e.holds++
	return nil
}

// holdIfOpen holds a wallet that is open already, if the password is the one it
// was opened with. It answers fault.Locked if only a derivation can tell.
func (s *Set) holdIfOpen(e *entry, password secret.Bytes) error {
	e.state.Lock()
	if e.deleted {
		e.state.Unlock()
		return errUnknown()
	}
	ref := e.ref
	if ref != 0 {
		e.holds++
	}
	e.state.Unlock()
	if ref == 0 {
		return errClosed()
	}
	if match, err := s.cfg.Vault.PasswordMatches(ref, password); err != nil || !match {
		s.release(e)
		return errClosed()
	}
	return nil
}

// release ends a hold; the last one locks the wallet and wipes its data key.
func (s *Set) release(e *entry) {
	e.state.Lock()
	defer e.state.Unlock()
	e.holds--
	if e.holds == 0 && e.ref != 0 {
		s.cfg.Vault.Lock(e.ref)
		e.ref = 0
		if e.file != nil { // what is in memory was sealed for this while only
			e.keys, e.file.opened = newIndex(&s.revisions), nil
		}
	}
}

// knownWrong reports whether a password can be refused without a derivation:
// because it was tried before, or because it is blank and every password slot
// carries the note that its password is not.
func (s *Set) knownWrong(e *entry, check [32]byte, password secret.Bytes) bool {
	e.state.RLock()
	defer e.state.RUnlock()
	return e.refused.has(check) || (password.IsEmpty() && e.notBlank())
}

// notBlank reports whether no slot of the wallet opens with a blank password. The
// caller holds e.state.
func (e *entry) notBlank() bool {
	for _, slot := range e.slots {
		info, err := seal.Inspect(slot.Sealed)
		if isPassword(info) && (err != nil || info.Flags&seal.NotBlank == 0) {
			return false
		}
	}
	return true
}

// isPassword tells whether a slot takes a password, as far as can be told: a
// damaged one has no kind. Slots of other kinds are passed over.
func isPassword(info seal.Info) bool { return info.Kind == seal.Password || info.Kind == 0 }

// derive tries the password on the password slot. There is one at most: a password
// change writes the new one and removes the old one in one transaction. Where there
// are two, somebody has put one back, and an old password must not open with it.
func (s *Set) derive(id store.WalletID, slots []store.Slot, password secret.Bytes) (vault.Ref, error) {
	var only *store.Slot
	for i := range slots {
		if info, _ := seal.Inspect(slots[i].Sealed); !isPassword(info) {
			continue
		}
		if only != nil {
			return 0, fault.Corrupt.New("the wallet has two password keyslots, which strongroom never writes: somebody changed the store").
				WithHint("restore the store from a backup")
		}
		only = &slots[i]
	}
	if only == nil {
		return 0, errPassword()
	}
	return s.cfg.Vault.Unlock(vault.Slot{Wallet: id, Number: only.Number}, only.Sealed, password)
}

// load reads the wallet's records into memory, once. Afterwards it waits for nobody
// who changes the wallet.
func (s *Set) load(ctx context.Context, e *entry) error {
	if e.loaded() {
		return nil
	}
	e.change.Lock()
	defer e.change.Unlock()
	if e.loaded() {
		return nil
	}
	x := newIndex(&s.revisions)
	for r, err := range s.cfg.Store.Records(ctx, e.id) {
		if err != nil {
			return err
		}
		if err := x.add(r); err != nil {
			return err
		}
	}
	e.state.Lock()
	e.keys = x
	e.state.Unlock()
	return nil
}

func (e *entry) loaded() bool {
	e.state.RLock()
	defer e.state.RUnlock()
	return e.keys != nil
}

func (e *entry) currentSlots() []store.Slot {
	e.state.RLock()
	defer e.state.RUnlock()
	return e.slots
}

// sameSlots compares by identity: slots are replaced as a whole, never changed.
func sameSlots(a, b []store.Slot) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func errPassword() error { return fault.WrongPassword.New("wrong password") }
func errClosed() error   { return fault.Locked.New("the wallet is locked") }
