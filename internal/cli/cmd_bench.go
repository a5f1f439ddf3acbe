package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/bench"
	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
	"strongroom/internal/fault"
)

type benchOptions struct {
	Protocol string
	Keys     []int
	Seconds  float64
	Dir      string
	Quick    bool
}

func (o *benchOptions) Add(f *pflag.FlagSet) {
	f.StringVar(&o.Protocol, "protocol", "all", "the `protocol` to measure: kmd, kiod, clef, chains or all")
	f.IntSliceVar(&o.Keys, "keys", []int{10, 1000, 10_000, 100_000}, "the `numbers` of keys to measure with; over kiod, whose wallets are files, those up to 10,000")
	f.Float64Var(&o.Seconds, "seconds", 2, "the `seconds` that one measurement takes")
	f.StringVar(&o.Dir, "dir", "", "the `directory` for throw-away files (default the system's); its disk decides what durability costs")
	f.BoolVar(&o.Quick, "quick", false, "few keys, short, cheapest sealing: shows that everything works, not what it costs")
}

func (a *app) newBenchCommand() *cobra.Command {
	var o benchOptions
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure what signing, making, listing and unlocking cost here",
		Long: `Starts daemons of its own in throw-away directories and measures what calls cost them,
beside what nobody can do without: one bare signature and one bare request. Of each chain
it measures a common transaction beside the bare signature that it takes. It takes some
minutes and wants a quiet machine.`,
		Example: "  strongroom bench\n  strongroom bench --protocol kiod\n  strongroom bench --keys 10,1000 --seconds 1 --json",
		Args:    exactly(0),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, _ []string) error {
		if o.Quick && !c.Flags().Changed("keys") {
			o.Keys = []int{5, 20}
		}
		if o.Quick && !c.Flags().Changed("seconds") {
			o.Seconds = 0.05
		}
		return a.runBench(ctx, o)
	})
	return c
}

// bareServer is the hidden command that the benchmark compares with.
const bareServer = "bench-bare-server"

func (a *app) newBareServerCommand() *cobra.Command {
	return &cobra.Command{
		Use:     bareServer,
		Short:   "Serve one fixed answer until standard input ends",
		Long:    "The server that strongroom bench compares with. Nothing else has a use for it.",
		Example: "  strongroom " + bareServer,
		Args:    exactly(0),
		Hidden:  true,
		RunE: a.run(func(ctx context.Context, _ []string) error {
			return bench.ServeBare(ctx, a.env.Stdin, a.env.Stdout)
		}),
	}
}

// maxBenchSeconds bounds one measurement.
const maxBenchSeconds = 600

func (a *app) runBench(ctx context.Context, o benchOptions) error {
	if !(o.Seconds > 0 && o.Seconds <= maxBenchSeconds) { // NaN is neither
		return usage("--seconds must be more than 0 and at most %d", maxBenchSeconds)
	}
	kmd, kiod, clef := o.Protocol == "kmd", o.Protocol == "kiod", o.Protocol == "clef"
	var chains []chain.Row
	switch o.Protocol {
	case "all":
		kmd, kiod, clef, chains = true, true, true, all.Rows()
	case "chains":
		chains = all.Rows()
	case "kmd", "kiod", "clef":
	default:
		return usage("--protocol is kmd, kiod, clef, chains or all, not %q", o.Protocol)
	}
	for _, n := range o.Keys {
		if n < 1 || n > bench.MaxKeys {
			return usage("--keys takes numbers from 1 to %d", bench.MaxKeys)
		}
	}
	if kiod && len(o.Keys) > 0 && slices.Min(o.Keys) > bench.MaxFileKeys {
		return usage("--keys needs a number up to %d for kiod; --protocol kmd leaves it out", bench.MaxFileKeys)
	}
	self, err := os.Executable()
	if err != nil {
		return fault.Internal.Wrap(err, "the program's own file can not be found")
	}
	steps := a.newSteps()
	report, err := bench.Run(ctx, bench.Config{
		Executable: self, BareServer: []string{bareServer}, Dir: o.Dir, Keys: o.Keys, Duration: time.Duration(o.Seconds * float64(time.Second)), Kmd: kmd, Kiod: kiod, Clef: clef, Chains: chains, Quick: o.Quick,
		Rand: a.env.Rand, Payment: samplePayment, Progress: steps.show,
		Export: func(dir, wallet, output string) []string {
			return []string{"wallet", "export", wallet, "--format", "kmd", "--data-dir", filepath.Join(dir, ".strongroom"), "--output", output}
		},
	})
	steps.end()
	if err != nil {
		return err
	}
	return a.put(report, func(out io.Writer) { report.Text(out) })
}
