package wallet

import (
	"context"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3file"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// open decrypts a file and seals its key in the vault. The caller has the turn of the
// account. A password that was wrong before is refused without a derivation.
func (k *keyStore) open(ctx context.Context, a *account, file web3file.Account, conn uint64, password secret.Bytes) (*openedKey, error) {
	check := k.set.cfg.Vault.PasswordCheck(a.id, password)
	if a.knownWrong(file, check) {
		return nil, errKeyPassword()
	}
	data, err := k.dir.Read(file)
	if err != nil {
		return nil, err
	}
	parsed, err := web3file.Parse(data)
	if err != nil {
		return nil, err
	}
	private, err := k.decrypt(ctx, a.id, conn, parsed, password)
	if err != nil {
		if fault.Is(err, fault.WrongPassword) {
			a.mu.Lock()
			a.refused.add(check)
			a.mu.Unlock()
		}
		return nil, err
	}
	defer private.Wipe()
	o, address, err := k.seal(private, password)
	if err != nil {
		return nil, err
	}
	if err := web3file.CheckAddress(address, file.Address); err != nil {
		k.set.cfg.Vault.Lock(o.ref)
		return nil, err
	}
	o.file = file
	return o, nil
}

// knownWrong tells whether a password was wrong for the file as it is.
func (a *account) knownWrong(file web3file.Account, check [32]byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tried != file {
		a.tried, a.refused = file, memory{}
	}
	return a.refused.has(check)
}

// decrypt runs the derivation of a file in its turn.
func (k *keyStore) decrypt(ctx context.Context, id store.WalletID, conn uint64, file *web3file.File, password secret.Bytes) (secret.Bytes, error) {
	if err := k.set.derivations.wait(ctx, id, conn); err != nil {
		return secret.Bytes{}, err
	}
	defer k.set.derivations.done()
	memory, _ := file.Cost()
	k.set.derived(memory)
	return file.Open(password)
}

// seal puts a private key into the vault under a data key of its own, and gives its
// account.
func (k *keyStore) seal(private, password secret.Bytes) (o *openedKey, address [20]byte, err error) {
	ref, err := k.set.cfg.Vault.Begin(k.id, password)
	if err != nil {
		return nil, address, err
	}
	o = &openedKey{ref: ref, label: vault.Label{Record: serialID(0), Kind: uint8(keyFileKind)}}
	sealed, err := k.set.cfg.Vault.ImportKey(ref, o.label, curve.Secp256k1, private)
	if err == nil {
		address, err = o.take(sealed)
	}
	if err != nil {
		k.set.cfg.Vault.Lock(ref)
		return nil, address, err
	}
	return o, address, nil
}

// take makes a sealed key the one of o.
func (o *openedKey) take(sealed vault.Sealed) (address [20]byte, err error) {
	o.public, o.sealed = sealed.Public, sealed.Sealed
	o.label.Algorithm, o.label.Public = uint8(curve.Secp256k1), sealed.Public.Bytes()
	return hexaccount.AddressOf(sealed.Public)
}

func errKeyPassword() error {
	return fault.WrongPassword.New("could not decrypt key with given password")
}

// heavyMemory is what a derivation uses so that its memory is worth an extra collection
// of garbage, in bytes.
const heavyMemory = 64 << 20

// derived notes that a derivation with so much memory runs.
func (s *Set) derived(memory uint64) {
	if memory >= heavyMemory {
		s.heavy.Store(true)
	}
}
