package clef

import (
	"context"
	"fmt"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// accounts lists the key files; without a key store there are none.
func (p *personality) accounts(ctx context.Context, s settings) (all []gate.KeyFile, err error) {
	if err := p.begin(s); err != nil {
		return nil, err
	}
	err = p.withAdmin(ctx, s, func(a Admin) error {
		all, err = a.Accounts(ctx)
		return err
	})
	if fault.Is(err, fault.Unsupported) {
		return nil, nil
	}
	return all, err
}

// listAccounts is clef list-accounts.
func (p *personality) listAccounts(ctx context.Context, s settings, _ []string) error {
	all, err := p.accounts(ctx, s)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(p.env.Stdout, "\nThe keystore is empty.")
	}
	fmt.Fprintln(p.env.Stdout)
	for _, a := range all {
		fmt.Fprintf(p.env.Stdout, "%s (%s)\n", wire.Checksummed(a.Address), keystoreScheme+a.Path)
	}
	return nil
}

// listWallets is clef list-wallets. Each key file is a wallet of one account; hardware
// wallets are not supported.
func (p *personality) listWallets(ctx context.Context, s settings, _ []string) error {
	all, err := p.accounts(ctx, s)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(p.env.Stdout, "\nThere are no wallets.")
	}
	fmt.Fprintln(p.env.Stdout)
	for i, a := range all {
		url := keystoreScheme + a.Path
		fmt.Fprintf(p.env.Stdout, "- Wallet %d at %s (Locked )\n  -Account 0: %s (%s)\n\n", i, url, wire.Checksummed(a.Address), url)
	}
	return nil
}
