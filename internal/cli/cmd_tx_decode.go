package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain"
)

type txDecodeOptions struct {
	Chain chainOptions
	Keys  []string
}

func (o *txDecodeOptions) Add(f *pflag.FlagSet) {
	o.Chain.Add(f, "the `chain`, by any of its names")
	f.StringArrayVar(&o.Keys, "key", nil, "the public `key` that would sign, in hex, where the transaction does not say (may be repeated)")
}

func (a *app) newTxDecodeCommand() *cobra.Command {
	var o txDecodeOptions
	c := &cobra.Command{
		Use:   "decode --chain CHAIN FILE",
		Short: "Show what signing a transaction would do",
		Long: `Shows what a signature under the transaction in a file (- for standard input) would do:
each effect, what else the transaction says, and what a careful reader would stop at.
"opaque" is what this program does not understand. No wallet, key or daemon is needed.`,
		Example: "  strongroom tx decode --chain ETH transfer.json\n  strongroom tx decode --chain BTC payment.psbt --json | jq .effects",
		Args:    exactly(1),
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	c.RunE = a.run(func(_ context.Context, args []string) error { return a.runTxDecode(o, args[0]) })
	return c
}

// decoded is a transaction under --json. Its fields are a stable interface.
type decoded struct {
	Chain    string                 `json:"chain"`
	Form     string                 `json:"form"`
	Effects  []rest.Effect          `json:"effects"`
	Facts    []decodedFact          `json:"facts"`
	Warnings []string               `json:"warnings"`
	Units    map[string]decodedUnit `json:"units"` // by asset
	Names    map[string]string      `json:"names"` // by address
	Signers  []string               `json:"signers"`
}

type decodedFact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type decodedUnit struct {
	Symbol   string `json:"symbol"`
	Decimals int    `json:"decimals"`
}

func (a *app) runTxDecode(o txDecodeOptions, file string) error {
	row, err := o.Chain.find()
	if err != nil {
		return err
	}
	data, err := a.input(file, "the transaction", maxPayload)
	if err != nil {
		return err
	}
	req, err := readTransaction(row, data)
	if err != nil {
		return err
	}
	for i, text := range o.Keys {
		key, err := parsePublic(text, row)
		if err != nil {
			return err
		}
		if i == 0 {
			req.Signer = key
		} else {
			req.Signers = append(req.Signers, key)
		}
	}
	in, err := understand(row, req)
	if err != nil {
		return needsKey(err, len(o.Keys) > 0, "give the public key that would sign, as key list shows it")
	}
	d := describe(in)
	return a.put(d, func(w io.Writer) { writeIntent(w, row, in) })
}

func describe(in *chain.Intent) decoded {
	d := decoded{
		Chain: in.Chain, Form: in.Form, Facts: []decodedFact{}, Warnings: append([]string{}, in.Warnings...),
		Units: map[string]decodedUnit{}, Names: map[string]string{}, Signers: []string{},
	}
	for _, e := range in.Effects {
		d.Effects = append(d.Effects, rest.Effect{Kind: e.Kind.String(), Effect: e})
	}
	for _, f := range in.Facts {
		d.Facts = append(d.Facts, decodedFact(f))
	}
	for asset, u := range in.Units {
		d.Units[asset] = decodedUnit(u)
	}
	for address, name := range in.Names {
		d.Names[address] = name
	}
	for _, t := range in.Tasks {
		if !t.Key.IsZero() {
			d.Signers = append(d.Signers, t.Key.String())
		}
	}
	return d
}

// writeIntent shows an intent to a person: effects first, warnings last, where the
// eye stays.
func writeIntent(w io.Writer, row chain.Row, in *chain.Intent) {
	fmt.Fprintf(w, "%s, %s\n\n", row.Title, in.Form)
	rows := [][]string{{"EFFECT", "AMOUNT", "ASSET", "FROM", "TO", "DETAIL"}}
	for _, e := range in.Effects {
		rows = append(rows, []string{e.Kind.String(), orDash(unitAmount(in, row, e)), orDash(assetName(in, row, e.Asset)),
			orDash(named(in, e.From)), orDash(named(in, e.To)), orDash(detail(e))})
	}
	table(w, rows)
	if len(in.Facts) > 0 {
		fmt.Fprintln(w)
		facts := make([][]string, len(in.Facts))
		for i, f := range in.Facts {
			facts[i] = []string{shown(f.Name), shown(f.Value)}
		}
		table(w, facts)
	}
	if row.Ended != "" {
		fmt.Fprintf(w, "\nwarning: %s: %s\n", row.Title, row.Ended)
	}
	for i, text := range in.Warnings {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "warning: %s\n", shown(text))
	}
}

// detail is what an effect says besides its columns.
func detail(e chain.Effect) string {
	text := shown(e.Detail)
	if e.Subject != "" {
		text = joinWords(shown(e.Subject), text)
	}
	if e.Until != "" {
		text = joinWords(text, "until "+shown(e.Until))
	}
	return text
}

func joinWords(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + "; " + b
}

// named is an address with what is known of it.
func named(in *chain.Intent, address string) string {
	if name := in.Names[address]; name != "" {
		return shown(address) + " (" + shown(name) + ")"
	}
	return shown(address)
}

// unitOf tells how an asset is counted.
func unitOf(in *chain.Intent, row chain.Row, asset string) (chain.Unit, bool) {
	if u, ok := in.Units[asset]; ok {
		return u, true
	}
	return chain.Unit{Symbol: row.Symbol, Decimals: row.Decimals}, asset == row.Symbol
}

func unitAmount(in *chain.Intent, row chain.Row, e chain.Effect) string {
	u, known := unitOf(in, row, e.Asset)
	if !known {
		return shown(e.Amount)
	}
	return shown(withPoint(e.Amount, u.Decimals))
}

func assetName(in *chain.Intent, row chain.Row, asset string) string {
	u, known := unitOf(in, row, asset)
	if !known || asset == u.Symbol {
		return shown(asset)
	}
	return shown(u.Symbol) + " (" + shown(asset) + ")"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
