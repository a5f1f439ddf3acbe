package wallet

import (
	"context"
	"sync"
	"time"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3file"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// keyFileKind labels the sealed key of a key file; it is never stored.
const keyFileKind store.RecordKind = 254

// openedKey is the key of a file, sealed under a data key of its own that lasts until
// nobody needs it any more.
type openedKey struct {
	file   web3file.Account // as it was when it was opened
	ref    vault.Ref
	label  vault.Label
	sealed []byte
	public curve.PublicKey

	// Guarded by the account's lock.
	kept       bool   // it stays for others, for a while
	stored     bool   // they are all, because a stored credential opened it; else only those that nobody looks at
	generation uint64 // of the credentials of which that is known to hold
	holds      int
	used       time.Time
	dropped    bool // locked at the last release
}

// OpenKey is an account whose key is in the vault, for one signature. Release ends it.
type OpenKey struct {
	store   *keyStore
	account *account
	opened  *openedKey
	once    sync.Once
}

// Public is the account's public key.
func (o *OpenKey) Public() curve.PublicKey { return o.opened.public }

// Sign makes one signature: it opens one sealed record. Errors: fault.Locked once the
// key is released or the wallets are closed.
func (o *OpenKey) Sign(scheme curve.Scheme, message []byte) ([]byte, error) {
	return o.store.set.cfg.Vault.Sign(o.opened.ref, o.opened.label, o.opened.sealed, scheme, message)
}

// Release ends the use of the key. Releasing twice does nothing.
func (o *OpenKey) Release() {
	o.once.Do(func() {
		a := o.account
		a.mu.Lock()
		defer a.mu.Unlock()
		o.opened.holds--
		o.opened.used = o.store.set.cfg.Now()
		if o.opened.holds > 0 {
			return
		}
		switch {
		case o.opened.dropped:
			o.store.set.cfg.Vault.Lock(o.opened.ref)
		case !o.opened.kept || o.store.cfg.KeepOpen <= 0:
			o.store.drop(a)
		}
	})
}

// drop forgets the open key of an account, whose lock the caller holds.
func (k *keyStore) drop(a *account) {
	o := a.open
	a.open = nil
	if o.holds == 0 {
		k.set.cfg.Vault.Lock(o.ref)
	}
	o.dropped = true
}

// expired tells whether a key has not been used for as long as it may stay. Time goes by
// whichever clock is further, as for sessions.
func (k *keyStore) expired(o *openedKey, now time.Time) bool {
	return max(now.Sub(o.used), now.Round(0).Sub(o.used.Round(0))) >= k.cfg.KeepOpen
}

// OpenKeyFile opens the key of an account for one signature. A key that a stored
// credential opened is open already, for as long as the key store keeps it. Otherwise
// the file is decrypted, with the stored credential if there is one, else with what
// unlock gives; unlock may be nil and may take its time. What a password that was asked
// for opens is kept too, but only for requests that are unattended, which rules decided
// and nobody looked at, as this one then is; others ask again. Of many callers who need
// the same file at the same time, one derives.
//
// Errors: fault.UnknownKey "unknown account"; fault.Conflict "multiple keys match
// address"; fault.WrongPassword "could not decrypt key with given password", also where
// it is the stored one that is wrong; fault.Corrupt "key content mismatch: …" and others
// of the file; fault.Locked where there is nobody to ask; fault.Busy; fault.Canceled;
// those of unlock.
func (s *Set) OpenKeyFile(ctx context.Context, listener string, conn uint64, address [20]byte, unattended bool, unlock func(ctx context.Context) (secret.Bytes, error)) (*OpenKey, error) {
	k, err := s.keyStoreOf(listener)
	if err != nil {
		return nil, err
	}
	file, err := k.find(address)
	if err != nil {
		return nil, err
	}
	a := k.account(address)
	if key, err := k.holdKept(a, file, unattended); key != nil || err != nil {
		return key, err
	}
	password, generation, stored, err := k.clef.credential(address)
	if err != nil {
		return nil, err
	}
	defer func() { password.Wipe() }()
	if stored {
		return k.openStored(ctx, a, file, conn, password, generation)
	}
	if unlock == nil {
		return nil, fault.Locked.New("the account is locked, and there is nobody to ask for its password").
			WithHint("store the password: clef setpw %s", hexaccount.Checksummed(address))
	}
	if password, err = unlock(ctx); err != nil {
		return nil, err
	}
	return k.openTyped(ctx, a, file, conn, password, unattended)
}

// holdKept holds the open key of an account if it is kept for such a request, its file is
// what it was, and no other password is stored by now. It answers nil where there is none.
func (k *keyStore) holdKept(a *account, file web3file.Account, unattended bool) (*OpenKey, error) {
	unchanged, generation := k.dir.Unchanged(file), k.clef.generation() // both look at files
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.open
	if o == nil || !o.kept {
		return nil, nil
	}
	current := o.file == file && unchanged && (o.holds > 0 || !k.expired(o, k.set.cfg.Now()))
	if current && o.generation != generation {
		var err error
		if current, err = k.stillOpens(a, o); err != nil {
			return nil, err
		}
	}
	if !current {
		k.drop(a)
		return nil, nil
	}
	if !o.stored && !unattended {
		return nil, nil
	}
	return k.hold(a, o)
}

// stillOpens tells whether the credentials, which changed, agree with how a key was
// opened: they have that password, or none as before.
func (k *keyStore) stillOpens(a *account, o *openedKey) (bool, error) {
	password, generation, ok, err := k.clef.credential(a.address)
	if err != nil {
		return false, err
	}
	if !ok {
		o.generation = generation
		return !o.stored, nil
	}
	defer password.Wipe()
	if ok, err = k.set.cfg.Vault.PasswordMatches(o.ref, password); err != nil || !ok {
		return false, nil
	}
	o.stored, o.generation = true, generation
	return true, nil
}

// hold makes a hold of an open key of an account, whose lock the caller holds.
func (k *keyStore) hold(a *account, o *openedKey) (*OpenKey, error) {
	if k.closed.Load() { // whoever closes may have passed this account already
		k.set.cfg.Vault.Lock(o.ref)
		return nil, fault.Canceled.New("the wallets are being closed")
	}
	o.holds++
	o.used = k.set.cfg.Now()
	return &OpenKey{store: k, account: a, opened: o}, nil
}

// openStored opens a file with its stored credential.
func (k *keyStore) openStored(ctx context.Context, a *account, file web3file.Account, conn uint64, password secret.Bytes, generation uint64) (*OpenKey, error) {
	if err := a.takeTurn(ctx); err != nil {
		return nil, err
	}
	defer a.endTurn()
	// While this call waited, another one may have opened it.
	if key, err := k.holdKept(a, file, false); key != nil || err != nil {
		return key, err
	}
	o, err := k.open(ctx, a, file, conn, password)
	if err != nil {
		return nil, err
	}
	o.kept, o.stored, o.generation = true, true, generation
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open != nil { // by a password that somebody typed
		k.drop(a)
	}
	a.open = o
	return k.hold(a, o)
}

// openTyped opens a file with a password that somebody typed. Where he looked at the
// request, what it opens is for this one signature, shared at most with others that have
// the same password at this moment.
func (k *keyStore) openTyped(ctx context.Context, a *account, file web3file.Account, conn uint64, password secret.Bytes, unattended bool) (*OpenKey, error) {
	if err := k.guesses.admit(ctx, k.set.cfg.Now, conn); err != nil {
		return nil, err
	}
	if err := a.takeTurn(ctx); err != nil {
		return nil, err
	}
	defer a.endTurn()
	generation := k.clef.generation()
	if key, err := k.holdTyped(a, file, password, unattended, generation); key != nil || err != nil {
		return key, err
	}
	o, err := k.open(ctx, a, file, conn, password)
	if fault.Is(err, fault.WrongPassword) {
		k.guesses.failed(k.set.cfg.Now, conn)
	}
	if err != nil {
		return nil, err
	}
	o.kept, o.generation = unattended, generation
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open != nil && !a.open.kept {
		k.drop(a)
	}
	if a.open == nil {
		a.open = o
	} else {
		o.dropped = true // the one that is kept stays
	}
	return k.hold(a, o)
}

// holdTyped holds the open key of an account if this is the password that opened it.
func (k *keyStore) holdTyped(a *account, file web3file.Account, password secret.Bytes, unattended bool, generation uint64) (*OpenKey, error) {
	unchanged := k.dir.Unchanged(file)
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.open
	if o == nil || o.file != file || !unchanged {
		return nil, nil
	}
	if match, err := k.set.cfg.Vault.PasswordMatches(o.ref, password); err != nil || !match {
		return nil, nil // the file will tell, at its price
	}
	if unattended && !o.kept {
		o.kept, o.generation = true, generation
	}
	return k.hold(a, o)
}

// takeTurn waits until nobody else opens the account's file.
func (a *account) takeTurn(ctx context.Context) error {
	select {
	case a.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Canceled.Wrap(context.Cause(ctx), "the request was given up")
	}
}

func (a *account) endTurn() { <-a.turn }
