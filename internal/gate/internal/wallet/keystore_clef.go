package wallet

import (
	"context"
	"path/filepath"
	"strings"
	"sync"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/clefdir"
	"strongroom/internal/secret"
)

// clefVault is the vault of a Clef directory. The zero value is a closed one.
type clefVault struct {
	mu     sync.RWMutex
	opened *openedClef // nil while it is closed
}

// openedClef is a vault whose keys are known. It never changes.
type openedClef struct {
	name, dir   string         // of its directory, and the path
	keys        *secret.Buffer // of credentials, rule storage and configuration
	credentials *clefdir.File
	config      *clefdir.File
	rules       *RuleFile
}

// The keys stand one after the other.
const clefKeys = 3 * clefdir.KeySize

func (o *openedClef) credentialsKey() []byte { return keyAt(o.keys, 0) }
func (o *openedClef) rulesKey() []byte       { return keyAt(o.keys, 1) }
func (o *openedClef) configKey() []byte      { return keyAt(o.keys, 2) }

// keyAt is one of several keys in a buffer, nil once that is released.
func keyAt(b *secret.Buffer, i int) []byte {
	all := b.Bytes()
	if all == nil {
		return nil
	}
	return all[i*clefdir.KeySize : (i+1)*clefdir.KeySize]
}

func errClefClosed() error {
	return fault.Locked.New("the vault of the Clef directory is not open").WithHint("give the master password when the signer starts")
}

// use lends the opened vault, which is not closed meanwhile.
func (v *clefVault) use(f func(*openedClef) error) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.opened == nil {
		return errClefClosed()
	}
	return f(v.opened)
}

func (v *clefVault) close() { v.put(nil) }

// put replaces the opened vault and wipes the keys of the one before. One of the same
// seed stays instead, because its rule storage is in use; isNew is false then.
func (v *clefVault) put(o *openedClef) (isNew bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if o != nil && v.opened != nil && o.name == v.opened.name { // the name follows from the seed
		o.keys.Release()
		return false
	}
	if v.opened != nil {
		v.opened.keys.Release()
	}
	v.opened = o
	return true
}

// credential gives the stored password of an account, which the caller wipes, and the
// generation of the credentials that it is from. Nothing is stored in a vault that is
// closed. Errors: fault.Corrupt.
func (v *clefVault) credential(address [20]byte) (password secret.Bytes, generation uint64, ok bool, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.opened == nil {
		return secret.Bytes{}, 0, false, nil
	}
	table, generation, err := v.opened.credentials.Load()
	if err != nil {
		return secret.Bytes{}, generation, false, err
	}
	password, ok, err = table.Get(v.opened.credentialsKey(), hexaccount.Checksummed(address))
	return password, generation, ok, err
}

// generation is that of the credentials as they are now; 0 for a vault that is closed.
func (v *clefVault) generation() uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.opened == nil {
		return 0
	}
	return v.opened.credentials.Generation()
}

// ClefOpening is a vault whose master seed was opened. Exactly one of Commit and Discard
// ends it.
type ClefOpening struct {
	store  *keyStore
	opened *openedClef // nil once it is ended
}

// OpenClef opens the master seed of a listener's key store with its password. It runs
// one derivation; then the three keys of the vault's files are in locked memory, and the
// seed is wiped. Errors: fault.UnknownWallet where there is no seed, fault.Invalid for its
// mode, fault.WrongPassword, fault.Corrupt, fault.Busy.
func (s *Set) OpenClef(ctx context.Context, listener string, conn uint64, password secret.Bytes) (*ClefOpening, error) {
	k, err := s.withSeed(listener)
	if err != nil {
		return nil, err
	}
	file, err := clefdir.ReadSeed(k.cfg.Seed)
	if err != nil {
		return nil, err
	}
	if !file.Supported() {
		s.cfg.Log.Warn("the master seed has a version that is not known; it is read as version 1", "version", file.Version)
	}
	if err := k.guesses.admit(ctx, s.cfg.Now, conn); err != nil {
		return nil, err
	}
	seed, err := k.openSeed(ctx, conn, file, password)
	if fault.Is(err, fault.WrongPassword) {
		k.guesses.failed(s.cfg.Now, conn)
	}
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	opened, err := k.vaultOf(seed)
	if err != nil {
		return nil, err
	}
	return &ClefOpening{store: k, opened: opened}, nil
}

// Commit makes the directory of the vault, if it is missing, and opens the vault until
// the wallets close. Errors: fault.Storage.
func (c *ClefOpening) Commit() error {
	k := c.store
	if err := clefdir.MakeVault(c.opened.dir); err != nil {
		return err
	}
	if k.clef.put(c.opened) {
		k.forget(func(*openedKey) bool { return true }) // what other credentials opened
	}
	c.opened = nil
	if k.closed.Load() { // perhaps before this one was put
		k.clef.close()
		return fault.Canceled.New("the wallets are being closed")
	}
	return nil
}

// Discard forgets an opening that was not committed.
func (c *ClefOpening) Discard() {
	if c.opened != nil {
		c.opened.keys.Release()
		c.opened = nil
	}
}

func (s *Set) withSeed(listener string) (*keyStore, error) {
	k, err := s.keyStoreOf(listener)
	if err == nil && k.cfg.Seed == "" {
		err = fault.UnknownWallet.New("the listener has no master seed")
	}
	return k, err
}

func (k *keyStore) openSeed(ctx context.Context, conn uint64, file *clefdir.SeedFile, password secret.Bytes) (secret.Bytes, error) {
	if err := k.set.derivations.wait(ctx, k.id, conn); err != nil {
		return secret.Bytes{}, err
	}
	defer k.set.derivations.done()
	memory, _ := file.Cost()
	k.set.derived(memory)
	return file.Open(password)
}

// vaultOf derives what a vault needs.
func (k *keyStore) vaultOf(seed secret.Bytes) (*openedClef, error) {
	keys, err := k.set.cfg.Arena.Alloc(clefKeys)
	if err != nil {
		return nil, err
	}
	o := &openedClef{name: clefdir.VaultName(seed), keys: keys}
	clefdir.Keys(seed, o.credentialsKey(), o.rulesKey(), o.configKey())
	o.dir = filepath.Join(k.cfg.ConfigDir, o.name)
	o.credentials = clefdir.NewFile(filepath.Join(o.dir, clefdir.CredentialsFile), k.set.cfg.Now)
	o.config = clefdir.NewFile(filepath.Join(o.dir, clefdir.ConfigFile), k.set.cfg.Now)
	o.rules = newRuleFile(k, o, o.dir)
	return o, nil
}

func (s *Set) useClef(listener string, f func(*keyStore, *openedClef) error) error {
	k, err := s.keyStoreOf(listener)
	if err != nil {
		return err
	}
	return k.clef.use(func(o *openedClef) error { return f(k, o) })
}

// ClefConfig gives an entry of the vault's config.json, "" where there is none. Errors:
// fault.Locked, fault.Corrupt.
func (s *Set) ClefConfig(listener, key string) (value string, err error) {
	err = s.useClef(listener, func(_ *keyStore, o *openedClef) error {
		table, _, err := o.config.Load()
		if err != nil {
			return err
		}
		value, err = table.Text(o.configKey(), key)
		return err
	})
	return value, err
}

// ClefConfigs gives the entries of the vault's config.json whose names begin with a
// prefix. Errors: fault.Locked, fault.Corrupt.
func (s *Set) ClefConfigs(listener, prefix string) (map[string]string, error) {
	found := make(map[string]string)
	err := s.useClef(listener, func(_ *keyStore, o *openedClef) error {
		table, _, err := o.config.Load()
		if err != nil {
			return err
		}
		for _, name := range table.Names() {
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			if found[name], err = table.Text(o.configKey(), name); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// SetClefConfig changes an entry of the vault's config.json; an empty value deletes it.
// Errors: fault.Locked, fault.Corrupt, fault.Storage.
func (s *Set) SetClefConfig(listener, key, value string) error {
	return s.useClef(listener, func(k *keyStore, o *openedClef) error {
		return k.update(o.config, o.configKey(), clefdir.Change{Name: key, Value: secret.Copy([]byte(value))})
	})
}

// SetCredential stores the password of an account; an empty one deletes it. A key that
// the password before opened is closed at its next use.
func (s *Set) SetCredential(listener string, address [20]byte, password secret.Bytes) error {
	return s.useClef(listener, func(k *keyStore, o *openedClef) error {
		return k.update(o.credentials, o.credentialsKey(), clefdir.Change{Name: hexaccount.Checksummed(address), Value: password})
	})
}

func (k *keyStore) update(file *clefdir.File, key []byte, change clefdir.Change) error {
	return file.Update(func(t *clefdir.Table) ([]byte, error) {
		return t.With(key, []clefdir.Change{change}, k.set.cfg.Rand)
	})
}

// CreateClefSeed makes a master seed. It runs two derivations in one turn. Errors:
// fault.Invalid for a password that [CheckNewPassword] refuses, fault.WalletExists where
// there is a seed, fault.Storage.
func (s *Set) CreateClefSeed(ctx context.Context, listener string, conn uint64, password secret.Bytes) error {
	k, err := s.withSeed(listener)
	if err != nil {
		return err
	}
	if err := CheckNewPassword(password); err != nil {
		return err
	}
	if err := s.derivations.wait(ctx, k.id, conn); err != nil {
		return err
	}
	defer s.derivations.done()
	if !k.cfg.Light {
		s.derived(heavyMemory)
	}
	clefdir.CleanSeeds(filepath.Dir(k.cfg.Seed), s.cfg.Now())
	return clefdir.CreateSeed(k.cfg.Seed, password, k.profile, s.cfg.Rand)
}
