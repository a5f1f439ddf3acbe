package wallet

import (
	"bytes"
	"context"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3file"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
)

// KeyFileDraft is the file of a new account, encrypted and opened again as a test, that
// is not in the folder yet.
type KeyFileDraft struct {
	Address [20]byte
	store   *keyStore
	data    []byte
}

// profile is the parameters of new files and seeds.
func profile(light bool) web3file.Params {
	if light {
		return web3file.Light()
	}
	return web3file.Standard()
}

// HasKeyFiles tells whether the listener's key store has a folder. Errors:
// fault.Unsupported "password based accounts not supported".
func (s *Set) HasKeyFiles(listener string) error {
	_, err := s.withFolder(listener)
	return err
}

// NewKeyFile drafts the file of a new random key. It runs two derivations in one turn.
// Errors: fault.Invalid for a password that [CheckNewPassword] refuses, fault.Busy.
func (s *Set) NewKeyFile(ctx context.Context, listener string, conn uint64, password secret.Bytes) (*KeyFileDraft, error) {
	k, err := s.withFolder(listener)
	if err != nil {
		return nil, err
	}
	if err := CheckNewPassword(password); err != nil {
		return nil, err
	}
	private, address, err := k.generate()
	if err != nil {
		return nil, err
	}
	defer private.Wipe()
	return k.encrypt(ctx, conn, private, password, address)
}

// generate draws a key in the vault and gives it out once, to be encrypted.
func (k *keyStore) generate() (private secret.Bytes, address [20]byte, err error) {
	v := k.set.cfg.Vault
	ref, err := v.Begin(k.id, secret.Bytes{})
	if err != nil {
		return secret.Bytes{}, address, err
	}
	defer v.Lock(ref)
	o := &openedKey{label: vault.Label{Record: serialID(0), Kind: uint8(keyFileKind)}}
	sealed, err := v.GenerateKey(ref, o.label, curve.Secp256k1)
	if err != nil {
		return secret.Bytes{}, address, err
	}
	if address, err = o.take(sealed); err != nil {
		return secret.Bytes{}, address, err
	}
	private, err = v.Export(ref, o.label, o.sealed)
	return private, address, err
}

// KeyFileAddress is the account of a private key, 32 bytes. Errors: fault.Invalid, with
// Clef's texts.
func (s *Set) KeyFileAddress(listener string, private secret.Bytes) (address [20]byte, err error) {
	k, err := s.withFolder(listener)
	if err != nil {
		return address, err
	}
	if err := web3file.CheckKey(private); err != nil {
		return address, err
	}
	o, address, err := k.seal(private, secret.Bytes{})
	if err == nil {
		k.set.cfg.Vault.Lock(o.ref)
	}
	return address, err
}

// ImportKeyFile drafts the file of a private key. It runs two derivations in one turn.
// Errors: fault.Invalid for what is no key and for the password; fault.KeyExists
// "account already exists"; fault.Busy.
func (s *Set) ImportKeyFile(ctx context.Context, listener string, conn uint64, private, password secret.Bytes) (*KeyFileDraft, error) {
	address, err := s.KeyFileAddress(listener, private)
	if err != nil {
		return nil, err
	}
	k, err := s.withFolder(listener)
	if err != nil {
		return nil, err
	}
	if err := checkRequirements(password); err != nil {
		return nil, err
	}
	if len(k.dir.Find(address)) > 0 {
		return nil, errAccountExists()
	}
	return k.encrypt(ctx, conn, private, password, address)
}

// ImportKeyJSON drafts the file of a key that comes in a file, whose own address does not
// matter. It runs three derivations. Errors: those of [web3file.Parse],
// [web3file.File.Open] and [Set.ImportKeyFile].
func (s *Set) ImportKeyJSON(ctx context.Context, listener string, conn uint64, file []byte, old, password secret.Bytes) (*KeyFileDraft, error) {
	k, err := s.withFolder(listener)
	if err != nil {
		return nil, err
	}
	if err := checkRequirements(password); err != nil {
		return nil, err
	}
	parsed, err := web3file.Parse(file)
	if err != nil {
		return nil, err
	}
	if err := k.guesses.admit(ctx, s.cfg.Now, conn); err != nil {
		return nil, err
	}
	private, err := k.decrypt(ctx, k.id, conn, parsed, old)
	if fault.Is(err, fault.WrongPassword) {
		k.guesses.failed(s.cfg.Now, conn)
	}
	if err != nil {
		return nil, err
	}
	defer private.Wipe()
	return s.ImportKeyFile(ctx, listener, conn, private, password)
}

func errAccountExists() error { return fault.KeyExists.New("account already exists") }

// checkRequirements is [CheckNewPassword] with the words that imports have.
func checkRequirements(password secret.Bytes) error {
	if err := CheckNewPassword(password); err != nil {
		return fault.Invalid.New("password requirements not met: %s", fault.Text(err))
	}
	return nil
}

// encrypt makes the draft of a key's file, and opens it again as a test.
func (k *keyStore) encrypt(ctx context.Context, conn uint64, private, password secret.Bytes, address [20]byte) (*KeyFileDraft, error) {
	if err := k.set.derivations.wait(ctx, k.id, conn); err != nil {
		return nil, err
	}
	defer k.set.derivations.done()
	data, err := web3file.Encrypt(private, password, address, k.profile, k.set.cfg.Rand)
	if err != nil {
		return nil, err
	}
	file, err := web3file.Parse(data)
	if err != nil {
		return nil, err
	}
	memory, _ := file.Cost()
	k.set.derived(memory)
	again, err := file.Open(password)
	if err != nil {
		return nil, fault.Internal.Wrap(err, "the new key file does not open")
	}
	defer again.Wipe()
	if !again.Equal(private) || file.Address != address {
		return nil, fault.Internal.New("the new key file does not open as it was")
	}
	return &KeyFileDraft{Address: address, store: k, data: data}, nil
}

// Commit writes the file; the account is listed when it returns. Errors: fault.KeyExists
// where another draft of the account was faster, fault.Storage.
func (d *KeyFileDraft) Commit() (KeyFile, error) {
	k := d.store
	k.creating.Lock()
	defer k.creating.Unlock()
	if len(k.dir.Find(d.Address)) > 0 { // two files of one account could not be used
		return KeyFile{}, errAccountExists()
	}
	made, err := k.dir.Create(web3file.FileName(d.Address, k.set.cfg.Now()), d.data, func(written []byte) error {
		if !bytes.Equal(written, d.data) {
			return fault.Storage.New("the key file is not on the disk as it was written")
		}
		return nil
	})
	return keyFileOf(made), err
}

// ExportKeyFile gives the file of an account as it is. Errors: those of
// [Set.KeyFileKnown], and of reading.
func (s *Set) ExportKeyFile(listener string, address [20]byte) ([]byte, error) {
	k, err := s.withFolder(listener)
	if err != nil {
		return nil, err
	}
	file, err := k.find(address)
	if err != nil {
		return nil, err
	}
	return k.dir.Read(file)
}
