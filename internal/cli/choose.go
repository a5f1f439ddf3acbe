package cli

import (
	"context"
	"slices"
	"strings"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// chooseWallet is the wallet that is named, or the only one that can be meant.
func chooseWallet(ctx context.Context, c *rest.Client, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	list, err := c.Wallets(ctx)
	if err != nil {
		return "", err
	}
	candidates := list.Wallets
	if len(candidates) > 1 {
		candidates = slices.DeleteFunc(slices.Clone(candidates), func(w rest.Wallet) bool { return w.State != "open" })
	}
	if len(candidates) != 1 {
		return "", usage("--wallet is needed: there are %d wallets", len(list.Wallets)).withHint("list them with: strongroom wallet list")
	}
	return candidates[0].ID, nil
}

// chooseKeys gives the public keys that are named. Where none is, it is all keys of
// the wallet that were made for the chain, or could own an address there, as long as
// that is one key, or the chain finds out by itself which of them sign.
func chooseKeys(ctx context.Context, c *rest.Client, wallet string, password secret.Bytes, row chain.Row, named []string) ([]curve.PublicKey, error) {
	all, err := c.Keys(ctx, wallet, password)
	if err != nil {
		return nil, err
	}
	if len(named) > 0 {
		return namedKeys(all, row, named)
	}
	var made, fit []curve.PublicKey
	for _, k := range all {
		public, err := parsePublic(k.Public, row)
		if err != nil || k.Usage != 0 {
			continue
		}
		if k.Chain == row.ID || isOnPath(k, public, row) {
			made = append(made, public)
		} else if k.Chain == "" && k.Index == 0 && public.Algorithm() == row.Chain.Algorithm() {
			fit = append(fit, public)
		}
	}
	if len(made) == 0 {
		made = fit
	}
	_, many := row.Chain.(chain.KeyChooser)
	if len(made) > 1 && !many {
		return nil, nil // the transaction may say it
	}
	return made, nil
}

// isOnPath tells whether a key that was made for another chain is one of this chain's
// too, because both have the same path: all test networks share one, for example.
func isOnPath(k rest.Key, public curve.PublicKey, row chain.Row) bool {
	if row.Path == "" || public.Algorithm() != row.Algorithm {
		return false
	}
	before, after, _ := strings.Cut(row.Path, "i")
	number, ok := strings.CutPrefix(k.Path, before)
	if !ok {
		return false
	}
	number, ok = strings.CutSuffix(number, after)
	return ok && isNumber(number)
}

func namedKeys(all []rest.Key, row chain.Row, named []string) ([]curve.PublicKey, error) {
	var keys []curve.PublicKey
	for _, name := range named {
		i := slices.IndexFunc(all, func(k rest.Key) bool { return isNamed(k, row, name) })
		if i < 0 {
			return nil, fault.UnknownKey.New("the wallet has no key %s", shown(name)).WithHint("list its keys with: strongroom key list WALLET")
		}
		public, err := parsePublic(all[i].Public, row)
		if err != nil {
			return nil, err
		}
		keys = append(keys, public)
	}
	return keys, nil
}

// isNamed tells whether a text names a key: its name, its public key, or an address
// on the chain in any form.
func isNamed(k rest.Key, row chain.Row, name string) bool {
	if name == k.Public || name == k.Name {
		return true
	}
	public, err := parsePublic(k.Public, row)
	if err != nil {
		return false
	}
	if own, err := row.Chain.Address(public); err == nil && own == name {
		return true
	}
	if given, err := parsePublic(name, row); err == nil && given == public {
		return true
	}
	if f, ok := row.Chain.(chain.Formatter); ok {
		for _, format := range f.AddressFormats() {
			if own, err := f.AddressAs(public, format); err == nil && own == name {
				return true
			}
		}
	}
	return false
}

// missingKey says which key a wallet lacks to sign something.
func missingKey(err error, row chain.Row, in *chain.Intent) error {
	if !fault.Is(err, fault.UnknownKey) || len(in.Tasks) != 1 {
		return err
	}
	address, failed := row.Chain.Address(in.Tasks[0].Key)
	if failed != nil {
		return err
	}
	return fault.UnknownKey.Wrap(err, "the wallet does not have the key of %s", address).
		WithHint("another wallet may have it, or another key that may sign: name it with --wallet or --key")
}
