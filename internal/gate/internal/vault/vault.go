// Package vault is a soft HSM: it holds data keys and does the private-key
// mathematics.
//
// # What it is given and what it gives
//
// All arguments and results are plain data and the vault does no I/O, so that it
// can become a process of its own. A wallet's data key lives here, in locked
// memory, from [Vault.Unlock] to [Vault.Lock]; outside it is only a [Ref]. Private
// keys arrive sealed and leave sealed. One is opened for the microseconds of one
// signature, into scratch that is wiped; nothing is derived from a password on
// that path.
//
// # Sealing
//
// A record is sealed with XChaCha20-Poly1305 under a key of its own, which
// HChaCha20 makes of the data key and the record's id. The associated data binds
// the store, wallet, record id, kind, algorithm and public part, so that records
// can not be swapped, spliced or moved into another wallet.
//
// # What remains in memory
//
// crypto/ed25519 keeps the expanded form of the last key that it saw at an
// address, in Go's heap. [Vault.Tidy] displaces it; the owner calls it soon after
// signing stops. What the other kinds of keys leave, packages weierstrass and
// edwards say. Built with
// GOEXPERIMENT=runtimesecret, registers, stack and heap of the operations here are
// erased by the runtime.
//
// Only gate and what is below it may import this package; the compiler sees to it.
package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault/edwards"
	"strongroom/internal/gate/internal/vault/weierstrass"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
)

// Sizes in bytes.
const (
	dataKeySize = 32
	checkSize   = sha256.Size
)

// Ref stands for a data key that is open in this vault. Zero stands for none.
type Ref uint64

// Config is what a vault needs.
type Config struct {
	Arena  *secret.Arena
	Sealer *seal.Sealer
	Store  [16]byte  // identity of the store, bound into everything sealed
	Rand   io.Reader // crypto/rand.Reader in production
}

// Vault is safe for concurrent use.
type Vault struct {
	cfg      Config
	checkKey *secret.Buffer // keys the comparison values of passwords
	scratch  chan *secret.Scratch
	signer   *weierstrass.Signer // secp256k1 and P-256
	extended *edwards.Signer     // Ed25519BIP32
	unclean  atomic.Bool         // something was signed since the last Tidy
	tidying  sync.Mutex

	mu   sync.RWMutex
	open map[Ref]*dataKey
	last Ref
}

// dataKey is an open data key: 32 bytes of key, then the comparison value of the
// password that it was opened with.
type dataKey struct {
	mu     sync.RWMutex
	wallet [16]byte
	folded bool           // the password is compared as folded by seal.FoldSurrogates
	buffer *secret.Buffer // nil once locked
}

// New makes an empty vault.
func New(cfg Config) (_ *Vault, err error) {
	v := &Vault{cfg: cfg, signer: weierstrass.New(cfg.Rand), extended: edwards.New(cfg.Rand), open: make(map[Ref]*dataKey)}
	defer func() {
		if err != nil {
			v.free()
		}
	}()
	if v.checkKey, err = cfg.Arena.Alloc(checkSize); err != nil {
		return nil, err
	}
	if _, err = io.ReadFull(cfg.Rand, v.checkKey.Bytes()); err != nil {
		return nil, fault.Internal.Wrap(err, "no random bytes")
	}
	workers := 2 * runtime.GOMAXPROCS(0)
	v.scratch = make(chan *secret.Scratch, workers)
	for range workers {
		s, err := secret.NewScratch(scratchSize)
		if err != nil {
			return nil, err
		}
		v.scratch <- s
	}
	return v, nil
}

// Close locks everything and gives the memory back. The vault must not be used afterwards.
func (v *Vault) Close() error {
	v.LockAll()
	v.Tidy()
	for range cap(v.scratch) { // those in use come back soon
		s := <-v.scratch
		if err := s.Close(); err != nil {
			return err
		}
	}
	v.free()
	return nil
}

// free gives back the memory of a vault that nobody uses.
func (v *Vault) free() {
	if v.checkKey != nil {
		v.checkKey.Release()
	}
	for len(v.scratch) > 0 {
		_ = (<-v.scratch).Close()
	}
}

// Slot names one keyslot of one wallet.
type Slot struct {
	Wallet [16]byte
	Number uint32
}

func (v *Vault) binding(s Slot) seal.Binding {
	return seal.Binding{Store: v.cfg.Store, Wallet: s.Wallet, Slot: s.Number}
}

// Create draws a data key for a new wallet and seals it into a first keyslot.
// It runs one password derivation.
func (v *Vault) Create(slot Slot, password secret.Bytes, flags seal.Flags) (Ref, []byte, error) {
	k, err := v.newDataKey(slot.Wallet)
	if err != nil {
		return 0, nil, err
	}
	if _, err := io.ReadFull(v.cfg.Rand, k.buffer.Bytes()[:dataKeySize]); err != nil {
		k.lock()
		return 0, nil, fault.Internal.Wrap(err, "no random bytes")
	}
	sealed, err := v.cfg.Sealer.Seal(v.binding(slot), password, flags, k.buffer.Bytes()[:dataKeySize])
	if err != nil {
		k.lock()
		return 0, nil, err
	}
	k.folded = flags&seal.FoldedSurrogates != 0
	v.checkOf(k, password, k.buffer.Bytes()[dataKeySize:])
	return v.keep(k), sealed, nil
}

// Unlock opens a wallet's data key through one of its keyslots. It runs one
// password derivation, unless the slot says by itself that the password is wrong.
// Errors: fault.WrongPassword, fault.Corrupt.
func (v *Vault) Unlock(slot Slot, sealed []byte, password secret.Bytes) (Ref, error) {
	k, err := v.newDataKey(slot.Wallet)
	if err != nil {
		return 0, err
	}
	if err := v.cfg.Sealer.Open(v.binding(slot), sealed, password, k.buffer.Bytes()[:dataKeySize]); err != nil {
		k.lock()
		return 0, err
	}
	info, err := seal.Inspect(sealed)
	if err != nil {
		k.lock()
		return 0, err
	}
	k.folded = info.Flags&seal.FoldedSurrogates != 0
	v.checkOf(k, password, k.buffer.Bytes()[dataKeySize:])
	return v.keep(k), nil
}

// Begin draws a data key that no keyslot holds: for wallets whose own file is what
// the password opens. It lasts until [Vault.Lock].
func (v *Vault) Begin(wallet [16]byte, password secret.Bytes) (Ref, error) {
	k, err := v.newDataKey(wallet)
	if err != nil {
		return 0, err
	}
	if _, err := io.ReadFull(v.cfg.Rand, k.buffer.Bytes()[:dataKeySize]); err != nil {
		k.lock()
		return 0, fault.Internal.Wrap(err, "no random bytes")
	}
	v.checkOf(k, password, k.buffer.Bytes()[dataKeySize:])
	return v.keep(k), nil
}

// Reseal seals an open data key into a keyslot under a new password. It runs one
// derivation. Once the slot is durable, tell it to [Vault.SetPassword].
func (v *Vault) Reseal(ref Ref, slot Slot, password secret.Bytes, flags seal.Flags) ([]byte, error) {
	k, err := v.key(ref)
	if err != nil {
		return nil, err
	}
	k.mu.RLock()
	if k.buffer == nil || k.wallet != slot.Wallet {
		k.mu.RUnlock()
		return nil, errLocked()
	}
	key, err := v.cfg.Arena.Alloc(dataKeySize)
	if err == nil {
		copy(key.Bytes(), k.buffer.Bytes())
	}
	k.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	defer key.Release()
	return v.cfg.Sealer.Seal(v.binding(slot), password, flags, key.Bytes())
}

// SetPassword makes password, to the byte, the one that [Vault.PasswordMatches]
// knows for ref; for use once a changed keyslot is durable.
func (v *Vault) SetPassword(ref Ref, password secret.Bytes) error {
	k, err := v.key(ref)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.buffer == nil {
		return errLocked()
	}
	k.folded = false
	v.checkOf(k, password, k.buffer.Bytes()[dataKeySize:])
	return nil
}

// PasswordMatches compares password with the one that ref was opened with, in
// constant time and without a derivation. Where the keyslot does not tell
// characters beyond U+FFFF from each other, neither does this.
func (v *Vault) PasswordMatches(ref Ref, password secret.Bytes) (bool, error) {
	k, err := v.key(ref)
	if err != nil {
		return false, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.buffer == nil {
		return false, errLocked()
	}
	var value [checkSize]byte
	v.checkOf(k, password, value[:])
	return hmac.Equal(value[:], k.buffer.Bytes()[dataKeySize:]), nil
}

// PasswordCheck is a value by which the caller recognises a password that it was
// offered before, for as long as this process lives.
func (v *Vault) PasswordCheck(wallet [16]byte, password secret.Bytes) [checkSize]byte {
	var value [checkSize]byte
	v.check(wallet, password, value[:])
	return value
}

// checkOf computes the comparison value of a password of k, as its keyslot sees it.
func (v *Vault) checkOf(k *dataKey, password secret.Bytes, dst []byte) {
	if k.folded {
		folded, changed := seal.FoldSurrogates(password)
		if changed {
			defer folded.Wipe()
		}
		password = folded
	}
	v.check(k.wallet, password, dst)
}

// check computes the comparison value of a password into dst: an HMAC under a key
// that never leaves this process, so that it is worth nothing elsewhere.
func (v *Vault) check(wallet [16]byte, password secret.Bytes, dst []byte) {
	secret.Do(func() {
		var sum [checkSize]byte
		mac(&sum, v.checkKey.Bytes(), wallet[:], password.Expose())
		copy(dst, sum[:])
		clear(sum[:])
	})
}

// Lock wipes a data key. Locking what is not open does nothing.
func (v *Vault) Lock(ref Ref) {
	v.mu.Lock()
	k := v.open[ref]
	delete(v.open, ref)
	v.mu.Unlock()
	if k != nil {
		k.lock()
	}
}

// LockAll wipes every data key.
func (v *Vault) LockAll() {
	v.mu.Lock()
	all := v.open
	v.open = make(map[Ref]*dataKey)
	v.mu.Unlock()
	for _, k := range all {
		k.lock()
	}
}

func (v *Vault) newDataKey(wallet [16]byte) (*dataKey, error) {
	buffer, err := v.cfg.Arena.Alloc(dataKeySize + checkSize)
	if err != nil {
		return nil, err
	}
	return &dataKey{wallet: wallet, buffer: buffer}, nil
}

func (v *Vault) keep(k *dataKey) Ref {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last++
	v.open[v.last] = k
	return v.last
}

func (v *Vault) key(ref Ref) (*dataKey, error) {
	v.mu.RLock()
	k := v.open[ref]
	v.mu.RUnlock()
	if k == nil {
		return nil, errLocked()
	}
	return k, nil
}

func (k *dataKey) lock() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.buffer != nil {
		k.buffer.Release()
		k.buffer = nil
	}
}

func errLocked() error { return fault.Locked.New("the wallet is locked") }
