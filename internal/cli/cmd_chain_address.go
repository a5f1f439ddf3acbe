package cli

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/hd"
)

type chainAddressOptions struct {
	Chain      chainOptions
	Mnemonic   string
	Passphrase string
	Key        string
	Extended   string
	Public     string
	Index      uint32
	Count      uint32
	Path       string
	Format     string
}

func (o *chainAddressOptions) Add(f *pflag.FlagSet) {
	o.Chain.Add(f, "the `chain`, by any of its names")
	f.StringVar(&o.Mnemonic, "mnemonic-file", "", "derive from the words in a `file` (- for standard input)")
	f.StringVar(&o.Passphrase, "passphrase-file", "", "the passphrase that belongs to the words (BIP-39), in a `file`")
	f.StringVar(&o.Key, "key-file", "", "of the private key in a `file` (- for standard input), in a text form of the chain or in hex")
	f.StringVar(&o.Extended, "xpub", "", "derive from an extended public `key`")
	f.StringVar(&o.Public, "public-key", "", "of a public `key` in hex")
	f.Uint32Var(&o.Index, "index", 0, "the `number` of the first key")
	f.Uint32Var(&o.Count, "count", 1, "how many keys, one after the other")
	f.StringVar(&o.Path, "path", "", "the derivation `path` instead of the chain's own, with i for the number")
	f.StringVar(&o.Format, "format", "", "another `form` of the address: for Bitcoin p2pkh, p2wpkh, p2sh-p2wpkh, p2tr")
}

func (a *app) newChainAddressCommand() *cobra.Command {
	var o chainAddressOptions
	c := &cobra.Command{
		Use:   "address --chain CHAIN",
		Short: "Show addresses of words or of a key",
		Long: `Shows the addresses that recovery words, a private key or a public key own on a chain,
without any wallet: to see that words are the right ones before they are imported. The
words are asked for on the terminal where no flag says where they are; secrets are never
given on the command line.

Keys are numbered from 0; those of Algorand from 1, as kmd does. Its 25 words alone are
those of an account; with --index or --count they are those of a wallet.`,
		Example: `  strongroom chain address --chain ETH --mnemonic-file words.txt --count 5
  strongroom chain address --chain BTC --format p2tr --path "m/86'/0'/0'/0/i" --mnemonic-file words.txt
  strongroom chain address --chain LTC --key-file wif.txt
  strongroom chain address --chain ETH --xpub xpub6EF8jXq...`,
		Args: exactly(0),
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.runChainAddress(ctx, o) })
	return c
}

// shownAddress is an address under --json.
type shownAddress struct {
	Chain   string  `json:"chain"`
	Path    string  `json:"path,omitempty"`
	Number  *uint32 `json:"number,omitempty"`
	Address string  `json:"address"`
	Public  string  `json:"publicKey"`
	Parent  string  `json:"xpub,omitempty"` // the extended public key that it is a child of
}

type shownAddresses struct {
	Addresses []shownAddress `json:"addresses"`
}

const maxAddresses = 10_000

func (a *app) runChainAddress(ctx context.Context, o chainAddressOptions) error {
	row, err := o.Chain.find()
	if err != nil {
		return err
	}
	if o.Count == 0 || o.Count > maxAddresses || uint64(o.Index)+uint64(o.Count) > hd.Hardened {
		return usage("--count is 1 to %d, and numbers stay below %d", maxAddresses, uint32(hd.Hardened))
	}
	sources := 0
	for _, s := range []string{o.Mnemonic, o.Key, o.Extended, o.Public} {
		if s != "" {
			sources++
		}
	}
	if sources > 1 {
		return usage("--mnemonic-file, --key-file, --xpub and --public-key each say what to take; give one")
	}
	var out []shownAddress
	switch {
	case o.Public != "":
		out, err = addressOfPublic(row, o)
	case o.Extended != "":
		out, err = addressesOfExtended(row, o)
	case o.Key != "":
		out, err = a.addressOfKey(row, o)
	default:
		out, err = a.addressesOfWords(ctx, row, o)
	}
	if err != nil {
		return err
	}
	return a.put(shownAddresses{out}, func(w io.Writer) {
		if len(out) == 1 {
			_, _ = io.WriteString(w, out[0].Address+"\n")
			return
		}
		rows := [][]string{{"KEY", "ADDRESS", "PUBLIC KEY"}}
		for _, s := range out {
			key := s.Path
			if key == "" && s.Number != nil {
				key = strconv.FormatUint(uint64(*s.Number), 10)
			}
			rows = append(rows, []string{key, s.Address, s.Public})
		}
		table(w, rows)
	})
}

// address shows one key in the form that is asked for.
func address(row chain.Row, key curve.PublicKey, format string) (shownAddress, error) {
	s := shownAddress{Chain: row.ID, Public: key.String()}
	var err error
	if format == "" {
		s.Address, err = row.Chain.Address(key)
		return s, err
	}
	f, ok := row.Chain.(chain.Formatter)
	if !ok {
		return s, usage("%s has one form of address", row.Title)
	}
	if s.Address, err = f.AddressAs(key, format); err != nil {
		return s, usage("--format %s: %s", shown(format), fault.Text(err)).withHint("forms on %s: %s", row.Title, strings.Join(f.AddressFormats(), ", "))
	}
	return s, nil
}

func addressOfPublic(row chain.Row, o chainAddressOptions) ([]shownAddress, error) {
	key, err := parsePublic(o.Public, row)
	if err != nil {
		return nil, err
	}
	s, err := address(row, key, o.Format)
	return []shownAddress{s}, err
}

func addressesOfExtended(row chain.Row, o chainAddressOptions) ([]shownAddress, error) {
	parent, _, err := hd.ParseExtended(o.Extended)
	if err != nil {
		return nil, err
	}
	var out []shownAddress
	for number := o.Index; number < o.Index+o.Count; number++ {
		child, err := parent.Child(number)
		if err != nil {
			return nil, err
		}
		s, err := address(row, child.Key, o.Format)
		if err != nil {
			return nil, err
		}
		s.Number, s.Parent = &number, o.Extended
		out = append(out, s)
	}
	return out, nil
}

func (a *app) addressOfKey(row chain.Row, o chainAddressOptions) ([]shownAddress, error) {
	text, err := a.secretFile(o.Key, "--key-file")
	if err != nil {
		return nil, err
	}
	defer text.Wipe()
	d := gate.NewDeriver(a.env.Rand)
	algorithm, private, err := parsePrivate(row.Chain, text, d)
	if err != nil {
		return nil, err
	}
	defer private.Wipe()
	key, err := d.PublicKey(algorithm, private)
	if err != nil {
		return nil, err
	}
	s, err := address(row, key, o.Format)
	return []shownAddress{s}, err
}
