package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

func (a *app) newCompletionCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Write a completion script for a shell",
		Long: `Writes a script that completes commands, flags and, while a daemon runs, wallet names.
It must be loaded by each new shell.`,
		Example: `  source <(strongroom completion bash)
  strongroom completion zsh > "${fpath[1]}/_strongroom"
  strongroom completion fish > ~/.config/fish/completions/strongroom.fish`,
		Args:      exactly(1),
		ValidArgs: []string{"bash", "zsh", "fish"},
	}
	c.RunE = a.run(func(_ context.Context, args []string) error {
		write, known := map[string]func(io.Writer) error{
			"bash": func(w io.Writer) error { return c.Root().GenBashCompletionV2(w, true) },
			"zsh":  c.Root().GenZshCompletion,
			"fish": func(w io.Writer) error { return c.Root().GenFishCompletion(w, true) },
		}[args[0]]
		if !known {
			return usage("unknown shell %s", shown(args[0])).withHint("known shells: bash, zsh, fish")
		}
		return write(a.env.Stdout)
	})
	return c
}
