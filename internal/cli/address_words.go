package cli

import (
	"bytes"
	"context"

	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// addressesOfWords are those of the keys that a wallet made of the words would derive.
func (a *app) addressesOfWords(ctx context.Context, row chain.Row, o chainAddressOptions) ([]shownAddress, error) {
	words, err := a.words(ctx, o.Mnemonic, "--mnemonic-file", "recovery words: ")
	if err != nil {
		return nil, err
	}
	defer words.Wipe()
	d := gate.NewDeriver(a.env.Rand)
	canonical, err := canonicalWords(words)
	if err != nil {
		return nil, err
	}
	defer canonical.Wipe()
	if row.ID == algorand.ID && o.Path == "" && o.Passphrase == "" {
		account := len(bytes.Fields(words.Expose())) == algorandWords && o.Index == 0 && o.Count == 1
		return numberedAddresses(d, row, o, canonical, account)
	}
	var passphrase secret.Bytes
	if o.Passphrase != "" {
		if passphrase, err = a.secretFile(o.Passphrase, "--passphrase-file"); err != nil {
			return nil, err
		}
	}
	defer passphrase.Wipe()
	return derivedAddresses(d, row, o, canonical, passphrase)
}

// canonicalWords gives the words of BIP-39 for a seed in those or in Algorand's words.
func canonicalWords(words secret.Bytes) (secret.Bytes, error) {
	if len(bytes.Fields(words.Expose())) != algorandWords {
		return hd.ParseMnemonic(words)
	}
	seed := make([]byte, hd.KeySize)
	defer clear(seed)
	if err := hd.ParseAlgorandWords(seed, words); err != nil {
		return secret.Bytes{}, err
	}
	return hd.NewMnemonic(seed)
}

// numberedAddresses are those of the keys that wallets of Algorand number from 1, or
// that of the account whose private key the words are.
func numberedAddresses(d *gate.Deriver, row chain.Row, o chainAddressOptions, words secret.Bytes, account bool) ([]shownAddress, error) {
	seed := secret.New(make([]byte, hd.KeySize))
	defer seed.Wipe()
	if n, err := hd.MnemonicEntropy(seed.Expose(), words); err != nil {
		return nil, err
	} else if n != hd.KeySize {
		return nil, fault.Unsupported.New("Algorand's keys come from 24 or 25 words").WithHint("for another derivation, give its --path")
	}
	if account {
		key, err := d.PublicKey(curve.Ed25519, seed)
		if err != nil {
			return nil, err
		}
		s, err := address(row, key, o.Format)
		return []shownAddress{s}, err
	}
	private := secret.New(make([]byte, hd.KeySize))
	defer private.Wipe()
	var out []shownAddress
	first := max(o.Index, 1)
	for number := first; number < first+o.Count; number++ {
		if err := hd.KmdSeed(private.Expose(), seed.Expose(), uint64(number)); err != nil {
			return nil, err
		}
		key, err := d.PublicKey(curve.Ed25519, private)
		if err != nil {
			return nil, err
		}
		s, err := address(row, key, o.Format)
		if err != nil {
			return nil, err
		}
		s.Number = &number
		out = append(out, s)
	}
	return out, nil
}

func derivedAddresses(d *gate.Deriver, row chain.Row, o chainAddressOptions, words, passphrase secret.Bytes) ([]shownAddress, error) {
	pattern := row.Path
	if o.Path != "" {
		pattern = o.Path
	}
	if pattern == "" {
		return nil, fault.Unsupported.New("%s has no usual path for words of BIP-39", row.Title).WithHint("give one with --path")
	}
	first, err := hd.ParsePath(pattern, o.Index)
	if err != nil {
		return nil, err
	}
	parent := "" // only where the last step is not hardened
	if n := len(first); n > 0 && first[n-1] < hd.Hardened && (row.Extended != 0 || row.Algorithm == curve.Ed25519BIP32) {
		x, err := d.Extended(row.Algorithm, words, passphrase, first[:n-1])
		if err != nil {
			return nil, err
		}
		parent = x.Text(row.Extended)
	}
	var out []shownAddress
	for number := o.Index; number < o.Index+o.Count; number++ {
		path, err := hd.ParsePath(pattern, number)
		if err != nil {
			return nil, err
		}
		key, err := d.Child(row.Algorithm, words, passphrase, path)
		if err != nil {
			return nil, err
		}
		s, err := address(row, key, o.Format)
		if err != nil {
			return nil, err
		}
		s.Path, s.Number, s.Parent = path.String(), &number, parent
		out = append(out, s)
	}
	return out, nil
}
