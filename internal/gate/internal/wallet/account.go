package wallet

import (
	"bytes"
	"context"
	"slices"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/store"
)

// maxAccounts bounds the multi-signature accounts of one wallet.
const maxAccounts = 100_000

// Accounts lists the addresses of the wallet's multi-signature accounts in byte
// order. The preimages stay sealed; [Session.Account] opens one.
func (n *Session) Accounts() ([]Account, error) {
	if _, err := n.ref(); err != nil {
		return nil, err
	}
	e := n.entry
	e.state.RLock()
	defer e.state.RUnlock()
	if e.deleted {
		return nil, errUnknown()
	}
	all := make([]Account, 0, len(e.keys.accounts))
	for _, r := range e.keys.accounts {
		all = append(all, Account{Address: bytes.Clone(r.Public)})
	}
	slices.SortFunc(all, func(a, b Account) int { return bytes.Compare(a.Address, b.Address) })
	return all, nil
}

// Account finds one account by its address.
func (n *Session) Account(address []byte) (Account, error) {
	r, err := n.findAccount(address)
	if err != nil {
		return Account{}, err
	}
	return n.openAccount(r)
}

// ImportAccount keeps an account in the wallet. Errors: fault.KeyExists.
func (n *Session) ImportAccount(ctx context.Context, a Account) error {
	e := n.entry
	if e.file != nil {
		return fault.Unsupported.New("a wallet file holds no multi-signature accounts")
	}
	e.change.Lock()
	defer e.change.Unlock()
	ref, err := n.ref()
	if err != nil {
		return err
	}
	e.state.RLock()
	_, present := e.keys.accounts[string(a.Address)]
	count := len(e.keys.accounts)
	e.state.RUnlock()
	if present {
		return fault.KeyExists.New("key already exists in wallet")
	}
	if count >= maxAccounts {
		return fault.Exhausted.New("the wallet holds %d accounts and takes no more", maxAccounts)
	}
	r, err := n.set.sealAccount(ref, a)
	if err != nil {
		return err
	}
	return n.set.submit(ctx, e, edit{add: &r})()
}

// DeleteAccount forgets an account.
func (n *Session) DeleteAccount(ctx context.Context, address []byte) error {
	e := n.entry
	e.change.Lock()
	defer e.change.Unlock()
	if _, err := n.ref(); err != nil {
		return err
	}
	r, err := n.findAccount(address)
	if err != nil {
		return err
	}
	return n.set.submit(ctx, e, edit{remove: &r})()
}

func (n *Session) findAccount(address []byte) (store.Record, error) {
	e := n.entry
	e.state.RLock()
	defer e.state.RUnlock()
	if e.deleted {
		return store.Record{}, errUnknown()
	}
	r, ok := e.keys.accounts[string(address)]
	if !ok {
		return store.Record{}, fault.UnknownAccount.New("the wallet does not know this multi-signature account")
	}
	return r, nil
}

func (n *Session) openAccount(r store.Record) (Account, error) {
	ref, err := n.ref()
	if err != nil {
		return Account{}, err
	}
	preimage, err := n.set.cfg.Vault.OpenData(ref, label(r), r.Sealed)
	return Account{Address: bytes.Clone(r.Public), Preimage: preimage}, err
}

// sealAccount makes the record of an account.
func (s *Set) sealAccount(ref vault.Ref, a Account) (store.Record, error) {
	r := store.Record{Kind: store.AccountRecord, Public: bytes.Clone(a.Address)}
	if err := s.drawRecordID(&r); err != nil {
		return r, err
	}
	var err error
	r.Sealed, err = s.cfg.Vault.SealData(ref, label(r), a.Preimage)
	return r, err
}
