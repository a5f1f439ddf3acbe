package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
)

func (a *app) newWalletCommand() *cobra.Command {
	c := a.group(&cobra.Command{
		Use:   "wallet",
		Short: "Make, open, close and move wallets",
		Long: `A wallet is a named set of keys under one password. It is named by its name or its
id; the id stays the same when the name changes.`,
		Example: "  strongroom wallet create treasury\n  strongroom wallet list",
	})
	c.AddCommand(
		a.newWalletCreateCommand(), a.newWalletListCommand(), a.newWalletUnlockCommand(), a.newWalletLockCommand(),
		a.newWalletRenameCommand(), a.newWalletPasswordCommand(), a.newWalletDeleteCommand(), a.newWalletExportCommand(),
		a.newWalletImportCommand(), a.newWalletResolveCommand(), a.newWalletSeedCommand(),
	)
	return c
}

// completeWallets offers wallet names to the shell, if a daemon runs: completion
// must neither ask for anything nor take the data directory.
func (a *app) completeWallets(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.walletNames(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
}

func (a *app) walletNames(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var names []string
	_ = a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
		list, err := c.Wallets(ctx)
		for _, w := range list.Wallets {
			names = append(names, w.Name)
		}
		return err
	})
	return names
}

// putWallet shows one wallet as the result of a command.
func (a *app) putWallet(w rest.Wallet) error {
	return a.put(w, func(out io.Writer) { writeWallets(out, []rest.Wallet{w}) })
}

func writeWallets(out io.Writer, all []rest.Wallet) {
	rows := [][]string{{"ID", "NAME", "STATE", "KEYS", "NOTE"}}
	for _, w := range all {
		keys := "-"
		if w.Keys != nil {
			keys = strconv.Itoa(*w.Keys)
		}
		note := ""
		switch {
		case w.Conflict != "":
			note = "conflict: " + w.Conflict
		case w.Advice != "":
			note = w.Advice
		case w.State == "foreign":
			note = "file " + w.File + ", adopted at the first right password"
		}
		rows = append(rows, []string{w.ID, shown(w.Name), w.State, keys, shownOrEmpty(note)})
	}
	table(out, rows)
}

func shownOrEmpty(s string) string {
	if s == "" {
		return ""
	}
	return shown(s)
}

// until says when something ends, in the reader's own time.
func until(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// note writes a line of a table that has a label.
func note(out io.Writer, label, format string, args ...any) {
	fmt.Fprintf(out, "%-11s %s\n", label, fmt.Sprintf(format, args...))
}
