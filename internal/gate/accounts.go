package gate

import (
	"context"
	"encoding/hex"

	"strongroom/internal/secret"
)

// Accounts lists the addresses of the multi-signature accounts that the session's
// wallet knows, in byte order, without their preimages.
func (g *Gate) Accounts(ctx context.Context, c Caller, id SessionID) ([]Account, error) {
	s, a, err := g.inSession(ctx, ListAccounts, c, id)
	if err != nil {
		return nil, err
	}
	var all []Account
	err = g.pass(ctx, a, func() (err error) {
		all, err = s.Accounts()
		return err
	})
	return all, err
}

// Account finds one account. Errors: fault.UnknownAccount.
func (g *Gate) Account(ctx context.Context, c Caller, id SessionID, address []byte) (Account, error) {
	s, a, err := g.inSession(ctx, ExportAccount, c, id)
	if err != nil {
		return Account{}, err
	}
	a.key = hex.EncodeToString(address)
	var found Account
	err = g.pass(ctx, a, func() (err error) {
		found, err = s.Account(address)
		return err
	})
	return found, err
}

// ImportAccount keeps an account in the wallet. Errors: fault.KeyExists.
func (g *Gate) ImportAccount(ctx context.Context, c Caller, id SessionID, account Account) error {
	s, a, err := g.inSession(ctx, ImportAccount, c, id)
	if err != nil {
		return err
	}
	a.key = hex.EncodeToString(account.Address)
	return g.pass(ctx, a, func() error { return s.ImportAccount(ctx, account) })
}

// DeleteAccount forgets an account. Errors: fault.UnknownAccount.
func (g *Gate) DeleteAccount(ctx context.Context, c Caller, id SessionID, address []byte, password secret.Bytes) error {
	s, a, err := g.inSession(ctx, DeleteAccount, c, id)
	if err != nil {
		return err
	}
	a.key = hex.EncodeToString(address)
	if err := s.CheckPassword(ctx, password); err != nil {
		return g.refuse(ctx, a, err)
	}
	if _, err := s.Account(address); err != nil {
		return g.refuse(ctx, a, err)
	}
	return g.pass(ctx, a, func() error { return s.DeleteAccount(ctx, address) })
}
