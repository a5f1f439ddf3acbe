package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/daemon"
	"strongroom/internal/fault"
)

type initOptions struct {
	Profile string
}

func (o *initOptions) Add(f *pflag.FlagSet) {
	f.StringVar(&o.Profile, "profile", "strongroom", "the `configuration` to begin with: "+strings.Join(config.Profiles(), ", "))
}

func (a *app) newInitCommand() *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a data directory",
		Long: `Makes a data directory that only you can enter, with a commented configuration
(strongroom.toml), an empty store and a new journal. The profile strongroom has no
doors but the admin socket; kmd also opens one for clients of Algorand's kmd.`,
		Example: "  strongroom init\n  strongroom init --data-dir /srv/keys --profile kmd",
		Args:    exactly(0),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.runInit(ctx, o) })
	return c
}

// initialized is the result of init.
type initialized struct {
	Directory string `json:"directory"`
	Config    string `json:"config"`
	Profile   string `json:"profile"`
}

func (a *app) runInit(ctx context.Context, o initOptions) error {
	if !slices.Contains(config.Profiles(), o.Profile) {
		return usage("unknown profile %s", shown(o.Profile)).withHint("known profiles: %s", strings.Join(config.Profiles(), ", "))
	}
	dir, err := a.dataDir()
	if err != nil {
		return err
	}
	if err := makeDataDir(dir, config.DefaultFile(o.Profile), a.global.TrustModes); err != nil {
		return err
	}
	// Opening everything once makes store and journal, and shows now what would
	// otherwise fail at the first wallet.
	loaded, err := a.loadFrom(dir)
	if err != nil {
		return err
	}
	if err := a.alone(ctx, dir, loaded.Config, func(context.Context, *rest.Client) error { return nil }); err != nil {
		return err
	}
	result := initialized{Directory: dir, Config: filepath.Join(dir, daemon.ConfigName), Profile: o.Profile}
	if err := a.put(result, func(out io.Writer) { fmt.Fprintln(out, dir) }); err != nil || a.global.JSON {
		return err
	}
	a.say("the data directory is ready; read %s", shown(result.Config))
	a.say("hint: make a wallet with: strongroom wallet create NAME, and serve with: strongroom run")
	return nil
}

// makeDataDir makes a data directory that holds a configuration and nothing else.
// One that exists must be empty and, unless trustModes says otherwise, closed to
// others; if it is not, nothing is changed.
func makeDataDir(dir, configuration string, trustModes bool) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fault.Storage.Wrap(err, "the directory %s can not be made", shown(filepath.Dir(dir)))
	}
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
	case !errors.Is(err, fs.ErrExist):
		return fault.Storage.Wrap(err, "the data directory %s can not be made", shown(dir))
	default:
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fault.Storage.Wrap(err, "the data directory %s can not be read", shown(dir))
		}
		if len(entries) > 0 {
			return fault.Conflict.New("the directory %s is not empty", shown(dir)).WithHint("give another one with --data-dir")
		}
		if err := daemon.CheckModes(dir, trustModes); err != nil {
			return err
		}
	}
	return newFile(filepath.Join(dir, daemon.ConfigName), []byte(configuration))
}
