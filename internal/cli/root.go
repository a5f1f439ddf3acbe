package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// globalOptions are the flags of every command.
type globalOptions struct {
	DataDir    string
	JSON       bool
	Verbose    bool
	TrustModes bool
	Set        []string // KEY=VALUE
}

func (o *globalOptions) Add(f *pflag.FlagSet) {
	f.StringVar(&o.DataDir, "data-dir", "", "data `directory` (default $STRONGROOM_DATA_DIR, else ~/.strongroom); of a directory of kmd, kiod, keosd or clef, the .strongroom inside it")
	f.BoolVar(&o.JSON, "json", false, "write results, and failures, as JSON")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "say more on standard error")
	f.BoolVar(&o.TrustModes, "trust-modes", false, "accept a data directory that others may enter")
	f.StringArrayVar(&o.Set, "set", nil, "set a configuration `key=value` for this run (may be repeated)")
}

func (a *app) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "strongroom",
		Short: "Keep private keys sealed, decide what they may sign, and prove it",
		Long: `Strongroom keeps private keys encrypted, decides what they may sign, and signs, for
every chain, under one policy, with one audit trail.

Commands speak to the daemon of a data directory. Where none runs, most of them do
their work themselves. Data goes to standard output, everything else to standard
error.`,
		Example: `  strongroom init
  strongroom wallet create treasury
  strongroom key new treasury
  strongroom run`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetOut(a.env.Stdout)
	root.SetErr(a.env.Stderr)
	root.SetIn(a.env.Stdin)
	a.global.Add(root.PersistentFlags())
	root.AddGroup(&cobra.Group{ID: "daemon", Title: "The daemon:"}, &cobra.Group{ID: "keys", Title: "Wallets and keys:"},
		&cobra.Group{ID: "chains", Title: "Chains, transactions and messages:"},
		&cobra.Group{ID: "proof", Title: "The record of what was done:"}, &cobra.Group{ID: "programs", Title: "Other programs that this one can be:"})
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("daemon", a.newInitCommand(), a.newRunCommand(), a.newStatusCommand(), a.newStopCommand(), a.newDoctorCommand(), a.newDevCommand())
	add("keys", a.newWalletCommand(), a.newKeyCommand(), a.newApprovalCommand())
	add("chains", a.newChainCommand(), a.newTxCommand(), a.newMessageCommand(), a.newSignCommand())
	add("proof", a.newAuditCommand())
	for i := range a.env.Personalities {
		add("programs", a.newPersonalityCommand(&a.env.Personalities[i]))
	}
	root.AddCommand(a.newBenchCommand(), a.newBareServerCommand(), a.newVersionCommand(), a.newCompletionCommand(), a.newDocsCommand())
	root.SetHelpCommand(a.newHelpCommand(root))
	a.group(root)
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpTemplate("{{.Long}}\n\n{{.UsageString}}")
	root.InitDefaultHelpFlag()
	return root
}

// usageTemplate is the part of a help text below its description. It ends with
// the exit statuses, since they are as much an interface as the flags.
var usageTemplate = `Usage:
  {{.UseLine}}
{{if .HasExample}}
Example:
{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}{{$all := .Commands}}{{range $group := .Groups}}
{{.Title}}{{range $all}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}
{{if .Groups}}More:{{else}}Commands:{{end}}{{range $all}}{{if and (eq .GroupID "") .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}
Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}
Exit status:
` + exitTable()

// group makes a command that only holds others refuse everything else. cobra
// itself would print a help text and succeed.
func (a *app) group(c *cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(cmd *cobra.Command, args []string) error {
		hint := fmt.Sprintf("list them with: %s --help", cmd.CommandPath())
		if len(args) == 0 {
			return usage("%s needs a command", cmd.CommandPath()).withHint("%s", hint)
		}
		cmd.SuggestionsMinimumDistance = 2
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = "did you mean " + strings.Join(near, " or ") + "?"
		}
		return usage("unknown command %s for %s", shown(args[0]), cmd.CommandPath()).withHint("%s", hint)
	}
	return c
}

// run makes f the work of a command.
func (a *app) run(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.ran = true
		return f(cmd.Context(), args)
	}
}

// newHelpCommand is "strongroom help wallet create", for habit's sake.
func (a *app) newHelpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show the help of a command",
		Long:    "Shows the same as the flag --help of a command.",
		Example: "  strongroom help wallet create",
		Hidden:  true,
		RunE: a.run(func(_ context.Context, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usage("there is no command %s", shown(strings.Join(args, " "))).withHint("list them with: strongroom --help")
			}
			return c.Help()
		}),
	}
}

// exactly says how many arguments a command takes, in the words of its usage line.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s takes %d argument%s, not %d", cmd.CommandPath(), n, plural(n), len(args)).withHint("usage: %s", cmd.UseLine())
		}
		for _, arg := range args {
			if arg == "" {
				return usage("an argument of %s is empty", cmd.CommandPath()).withHint("usage: %s", cmd.UseLine())
			}
		}
		return nil
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func (a *app) newPersonalityCommand(p *Personality) *cobra.Command {
	return &cobra.Command{
		Use:     p.Names[0] + " ...",
		Aliases: p.Names[1:],
		Short:   p.About,
		Long: p.About + `.

This is the program of that name: everything after the name is its own command line,
and it has its own exit statuses. Called through a hard link of that name, strongroom
is that program from the start.`,
		Example:            "  strongroom " + p.Names[0] + " --help",
		DisableFlagParsing: true,
		RunE: a.run(func(ctx context.Context, args []string) error {
			if code := p.Main(ctx, args); code != exitOK {
				return otherExit(code)
			}
			return nil
		}),
	}
}
