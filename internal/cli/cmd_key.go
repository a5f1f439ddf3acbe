package cli

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
)

func (a *app) newKeyCommand() *cobra.Command {
	c := a.group(&cobra.Command{
		Use:   "key",
		Short: "Make, list and move the keys of a wallet",
		Long: `A key is named by an address that it owns on any chain, or by its public key as
lists show it.`,
		Example: "  strongroom key new treasury\n  strongroom key list treasury",
	})
	c.AddCommand(
		a.newKeyListCommand(), a.newKeyNewCommand(), a.newKeyDeriveCommand(), a.newKeyImportCommand(), a.newKeyExportCommand(), a.newKeyDeleteCommand(),
	)
	return c
}

// putKey shows one key as the result of a command.
func (a *app) putKey(k rest.Key) error {
	return a.put(k, func(out io.Writer) { writeKeys(out, []rest.Key{k}) })
}

func writeKeys(out io.Writer, keys []rest.Key) {
	rows := [][]string{{"FROM SEED", "CHAIN", "ADDRESS", "PUBLIC KEY"}}
	for _, k := range slices.SortedStableFunc(slices.Values(keys), compareKeys) {
		index := "no"
		switch {
		case k.Path != "":
			index = k.Path
		case k.Index > 0:
			index = strconv.FormatUint(k.Index, 10)
		}
		chains := slices.Sorted(maps.Keys(k.Addresses))
		if len(chains) == 0 {
			rows = append(rows, []string{index, "-", "-", k.Public})
		}
		for _, chain := range chains {
			rows = append(rows, []string{index, chain, k.Addresses[chain], k.Public})
		}
	}
	table(out, rows)
}

// compareKeys puts keys into the order in which people look for them: by chain, then by
// number or path, those without either last.
func compareKeys(a, b rest.Key) int {
	return cmp.Or(
		strings.Compare(a.Chain, b.Chain),
		cmp.Compare(rankOfKey(a), rankOfKey(b)),
		cmp.Compare(a.Index, b.Index),
		cmp.Compare(len(a.Path), len(b.Path)), // 9 before 10
		strings.Compare(a.Path, b.Path),
	)
}

func rankOfKey(k rest.Key) int {
	if k.Index == 0 && k.Path == "" {
		return 1
	}
	return 0
}
