package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
)

const (
	many       = 8 // clients at once, beside one
	generators = 2 // clients that make keys while others sign
	rounds     = 5 // of each measurement; the median counts

	coldOpenings = 3    // a derivation each
	warmOpenings = 4000 // per round at most: every one opens a session that stays
	signingKeys  = 1000 // different keys that sign, at most

	// MaxKeys bounds a wallet of the benchmark: half of what a wallet takes.
	MaxKeys = 500_000
)

// Config says what to measure. All fields but Dir are needed.
type Config struct {
	Executable string        // this program
	BareServer []string      // its arguments that make it run [ServeBare]
	Dir        string        // where to make the throw-away directory; "" is the system's place
	Keys       []int         // numbers of keys in the wallet, each from 1 to MaxKeys
	Duration   time.Duration // of one measurement
	Kmd, Kiod  bool          // which protocols
	Clef       bool          // and this one
	Chains     []chain.Row   // chains to measure; none for none
	Quick      bool          // cheapest sealing, each derivation once: shows that everything works
	Rand       io.Reader
	Payment    func(address string) ([]byte, error)      // a canonical transaction of an account
	Progress   func(step string, done, total int)        // total 0: a step that is not counted
	Export     func(dir, wallet, output string) []string // arguments that export a wallet of a daemon's directory as a kmd file
}

// bench is one run.
type bench struct {
	Config
	dir    string
	report *Report
}

// Run measures everything. It needs some minutes, and 100,000 keys need about as
// many KiB of disk.
func Run(ctx context.Context, cfg Config) (_ *Report, err error) {
	if len(cfg.Keys) == 0 || cfg.Duration <= 0 || !cfg.Kmd && !cfg.Kiod && !cfg.Clef && len(cfg.Chains) == 0 {
		return nil, fault.Invalid.New("nothing to measure: a protocol, numbers of keys and a duration are needed")
	}
	cfg.Keys = slices.Compact(slices.Sorted(slices.Values(cfg.Keys)))
	if cfg.Keys[0] < 1 || cfg.Keys[len(cfg.Keys)-1] > MaxKeys {
		return nil, fault.Invalid.New("a wallet is measured with 1 to %d keys", MaxKeys)
	}
	dir, err := os.MkdirTemp(cfg.Dir, "strongroom-bench-") // 0700
	if err != nil {
		return nil, fault.Storage.Wrap(err, "no throw-away directory can be made")
	}
	defer func() {
		if removed := os.RemoveAll(dir); removed != nil && err == nil {
			err = fault.Storage.Wrap(removed, "the throw-away directory %s can not be removed", dir)
		}
	}()
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fault.Storage.Wrap(err, "the current directory is not known")
	}
	b := &bench{Config: cfg, dir: dir, report: &Report{
		Version: SchemaVersion, Seconds: cfg.Duration.Seconds(),
		System: System{
			OS: runtime.GOOS, Arch: runtime.GOARCH, Processors: runtime.NumCPU(), Go: runtime.Version(), Erasing: secret.Erasing(), Clock: ClockSource,
		},
	}}
	var parts []func(context.Context) error
	if cfg.Kmd {
		parts = append(parts, b.measureWallet, b.measureDurability, b.measureArgon2, b.measureScrypt)
	}
	if cfg.Kiod {
		parts = append(parts, b.measureKiod)
	}
	if cfg.Clef {
		parts = append(parts, b.measureClef)
	}
	if len(cfg.Chains) > 0 {
		parts = append(parts, b.measureChains)
	}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			if ctx.Err() != nil {
				return nil, fault.Canceled.Wrap(err, "interrupted")
			}
			return nil, err
		}
	}
	return b.report, nil
}

// sealing is the environment of a daemon whose sealing is not what is measured.
func cheapSealing() []string {
	least := seal.Production().Min
	return []string{
		fmt.Sprintf("STRONGROOM_SEALING_TIME=%d", least.Time), fmt.Sprintf("STRONGROOM_SEALING_MEMORY_MIB=%d", least.MemoryKiB>>10),
		fmt.Sprintf("STRONGROOM_SEALING_LANES=%d", least.Lanes),
	}
}

// kmd starts a daemon in a directory of its own, with a wallet.
func (b *bench) kmd(ctx context.Context, name string, env ...string) (*child, *wallet, error) {
	c, err := startKmd(ctx, b.Executable, filepath.Join(b.dir, name), env...)
	if err != nil {
		return nil, nil, err
	}
	w, err := c.newWallet(ctx, name)
	if err != nil {
		return nil, nil, errors.Join(err, c.stop())
	}
	return c, w, nil
}

// measureWallet measures one daemon in its usual configuration while its wallet grows.
func (b *bench) measureWallet(ctx context.Context) (err error) {
	var env []string
	if b.Quick {
		env = cheapSealing()
	}
	b.Progress("starting", 0, 0)
	c, w, err := b.kmd(ctx, "usual", env...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	m := &meter{bench: b, wallet: w, durability: "written"}
	if err := m.dial(ctx); err != nil {
		return err
	}
	defer m.close()
	for i, n := range b.Keys {
		if err := m.growTo(ctx, n); err != nil {
			return err
		}
		if i == 0 {
			if err := m.references(ctx); err != nil {
				return err
			}
		}
		// What generating adds is the beginning of the next size.
		room := n
		if i+1 < len(b.Keys) {
			room = b.Keys[i+1] - n
		}
		if err := m.all(ctx, i > 0, room); err != nil {
			return err
		}
	}
	return m.loss(ctx)
}

// measureDurability signs and generates under the other levels of durability.
func (b *bench) measureDurability(ctx context.Context) error {
	for _, level := range []string{"group", "each"} {
		if err := b.measureLevel(ctx, level); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) measureLevel(ctx context.Context, level string) (err error) {
	b.Progress("starting with durability "+level, 0, 0)
	c, w, err := b.kmd(ctx, level, append(cheapSealing(), "STRONGROOM_AUDIT_DURABILITY="+level)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	m := &meter{bench: b, wallet: w, durability: level}
	if err := m.dial(ctx); err != nil {
		return err
	}
	defer m.close()
	if err := m.growTo(ctx, b.Keys[0]); err != nil {
		return err
	}
	return m.sign(ctx)
}

// measureArgon2 derives with the profile of new wallets.
func (b *bench) measureArgon2(ctx context.Context) error {
	profile := seal.Default()
	if b.Quick {
		profile = seal.Production().Min
	}
	name := fmt.Sprintf("Argon2id, %d MiB, %d passes, %d lanes", profile.MemoryKiB>>10, profile.Time, profile.Lanes)
	b.Progress(name, 0, 0)
	var taken []Sample
	for range b.derivations() {
		s, err := sealRaw(ctx, b.Rand, profile)
		if err != nil {
			return err
		}
		taken = append(taken, s)
	}
	b.report.Derivations = append(b.report.Derivations, derivation(name, runtime.GOMAXPROCS(0), taken))
	return nil
}

// derivations is how often to repeat a derivation.
func (b *bench) derivations() int {
	if b.Quick {
		return 1
	}
	return coldOpenings
}
