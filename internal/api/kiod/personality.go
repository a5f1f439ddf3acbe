package kiod

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"strongroom/internal/atomicfile"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// ListenerName is the name under which the rules and the journal know the door of
// both programs; the generated strongroom.toml speaks of it.
const ListenerName = "kiod"

// stateName is where strongroom keeps its own state inside the peer's directory.
const stateName = ".strongroom"

// The exit statuses of §1.3.
const (
	exitOK    = 0
	exitStart = 255
)

// Env is what [Main] takes from the process and from the parts that it does not
// know. All fields are needed.
type Env struct {
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Version        string
	Home           func() (string, error) // [HomeDirectory]

	// OpenCore opens what is behind the door.
	OpenCore func(ctx context.Context, cfg CoreConfig) (Core, error)
}

// CoreConfig says which core to open.
type CoreConfig struct {
	StateDir   string // DATA/.strongroom; it exists with mode 0700
	ConfigFile string // DATA/.strongroom/strongroom.toml; it exists
	WalletDir  string // absolute folder of the wallet files; it exists
	Logger     *slog.Logger
}

// Core is an open core.
type Core struct {
	Gate     Gate
	Listener config.Listener // the one called [ListenerName]: its Kiod.Profile counts
	Limits   server.Limits   // of that listener
	Grace    time.Duration   // how long requests under way may take to finish at the end
	// Numbers counts the connections of all doors; see server.Config.
	Numbers *atomic.Uint64
	// Opened says that clients are served at an address, for the daemon's status.
	Opened func(address string)
	Close  func(ctx context.Context) error
}

// Main is the program kiod or keosd (§1): args are those after the program's name.
// It returns the exit status when ctx ends, on SIGTERM or SIGINT, when a client
// stops it, or when its lock file is taken away.
func Main(ctx context.Context, env Env, program Program, args []string) int {
	p := &personality{env: env, program: program, options: program.options()}
	p.logger = newLog(env.Stderr, program.String(), &p.level)
	given, err := parseCommandLine(p.options, args)
	if err != nil {
		return p.fail(err)
	}
	switch {
	case given.has(optHelp):
		fmt.Fprint(env.Stdout, program.help())
		return exitOK
	case given.has(optVersion):
		fmt.Fprintln(env.Stdout, env.Version)
		return exitOK
	case given.has(optFullVersion):
		fmt.Fprintln(env.Stdout, env.Version+" strongroom")
		return exitOK
	case given.has(optPrintDefault):
		fmt.Fprint(env.Stdout, program.defaultConfig())
		return exitOK
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// A reader of the log that goes away must not end a signer.
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	if err := p.run(ctx, given); err != nil {
		return p.fail(err)
	}
	return exitOK
}

// personality is one run of a program.
type personality struct {
	env     Env
	program Program
	options []option
	level   slog.LevelVar
	logger  *slog.Logger
}

// fail logs why the program ends. The hint, if there is one, follows the words that
// the peer's users know.
func (p *personality) fail(err error) int {
	text := startReason(err)
	if hint := fault.Hint(err); hint != "" {
		text += "; " + hint
	}
	p.logger.Error(text)
	if errors.Unwrap(err) != nil || fault.Is(err, fault.Internal) { // the log is the owner's
		p.logger.Error("the cause", "err", err)
	}
	fmt.Fprintln(p.env.Stderr, "Failed to initialize")
	return exitStart
}

// startReason is what the log says of an error. Those of the wallet directory have
// a number at the peer.
func startReason(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return fmt.Sprintf("%d %s: %s", r.code, descriptions[r.code].name, r.message)
	}
	return fault.Text(err)
}

// run goes through the start order and undoes it in reverse.
func (p *personality) run(ctx context.Context, given values) error {
	settings, err := p.configure(given)
	if err != nil {
		return err
	}
	reload := p.watchLogConf(given)
	defer reload()
	if err := makeDir(settings.WalletDir); err != nil {
		return err
	}
	lock, err := TakeLock(settings.WalletDir, p.program.String())
	if err != nil {
		return &refusal{code: codeWallet, message: fault.Text(err), cause: errors.Unwrap(err)}
	}
	defer func() { _ = lock.Release() }()

	core, err := p.open(ctx, given, settings)
	if err != nil {
		return err
	}
	err = p.serve(ctx, settings, lock, core)
	if closeErr := core.Close(context.WithoutCancel(ctx)); closeErr != nil {
		p.logger.Error("the store did not close cleanly", "err", closeErr)
	}
	return err
}

// configure finds the directories, reads config.ini or makes it, and checks all
// options.
func (p *personality) configure(given values) (s Settings, err error) {
	dataDir, configDir, err := p.directories(given)
	if err != nil {
		return s, err
	}
	if err := makeDir(dataDir); err != nil {
		return s, err
	}
	path := below(configDir, given.text(p.options, optConfig))
	file, redundant, err := p.program.config(p.options, path)
	if err != nil {
		return s, err
	}
	for _, name := range redundant {
		p.logger.Warn("option " + name + " in " + path + " is redundant: it is set to its default")
	}
	given.merge(file)
	return given.settings(p.options, dataDir)
}

// directories are those of data and configuration, absolute. Each has the default
// by itself (§1.2).
func (p *personality) directories(given values) (data, config string, err error) {
	data, config = given.text(p.options, optDataDir), given.text(p.options, optConfigDir)
	for _, dir := range []*string{&data, &config} {
		if *dir == "" {
			home, err := p.env.Home()
			if err != nil {
				return "", "", fault.Invalid.Wrap(err, "the home directory is not known").WithHint("give --data-dir and --config-dir")
			}
			*dir = filepath.Join(home, p.program.folder())
		}
		if *dir, err = filepath.Abs(*dir); err != nil {
			return "", "", fault.Invalid.Wrap(err, "the directory %q", *dir)
		}
	}
	return data, config, nil
}

// watchLogConf reads the logging configuration, and again at each SIGHUP, until
// the function that it returns is called.
func (p *personality) watchLogConf(given values) (end func()) {
	_, configDir, err := p.directories(given)
	path := below(configDir, given.text(p.options, optLogConf))
	read := func() {
		text, readErr := readBounded(path)
		if err != nil || errors.Is(readErr, fs.ErrNotExist) {
			return
		}
		level, confErr := parseLogConf(text)
		if failed := errors.Join(readErr, confErr); failed != nil {
			p.logger.Error("the logging configuration is not used", "file", path, "err", failed)
			return
		}
		p.level.Set(level)
	}
	read()
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for range hangups {
			read()
		}
	})
	return func() {
		signal.Stop(hangups)
		close(hangups)
		watcher.Wait()
	}
}

// open makes strongroom's own directory with its configuration, where they do
// not exist yet, and opens the core in it.
func (p *personality) open(ctx context.Context, given values, s Settings) (Core, error) {
	dataDir, _, err := p.directories(given)
	if err != nil {
		return Core{}, err
	}
	cfg := CoreConfig{StateDir: filepath.Join(dataDir, stateName), WalletDir: s.WalletDir, Logger: p.logger}
	cfg.ConfigFile = filepath.Join(cfg.StateDir, "strongroom.toml")
	if err := os.Mkdir(cfg.StateDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return Core{}, fault.Storage.Wrap(err, "the directory %s can not be made", cfg.StateDir)
	}
	if _, err := os.Lstat(cfg.ConfigFile); errors.Is(err, fs.ErrNotExist) {
		if err := atomicfile.Write(cfg.ConfigFile, []byte(config.DefaultFile(p.program.String())), 0o600); err != nil {
			return Core{}, fault.Storage.Wrap(err, "strongroom's configuration %s can not be written", cfg.ConfigFile)
		}
	}
	return p.env.OpenCore(ctx, cfg)
}

// serve opens the door and serves until ctx ends, a client stops it, or the lock
// file is gone.
func (p *personality) serve(ctx context.Context, s Settings, lock *Lock, core Core) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cfg, err := s.DoorConfig(core.Listener.Kiod.Profile)
	if err != nil {
		return err
	}
	cfg.Listener, cfg.Product, cfg.Now, cfg.Rand = ListenerName, p.program.String()+"/"+p.env.Version, p.env.Now, rand.Reader
	cfg.Logger, cfg.Stop = p.logger, stop
	door, err := NewDoor(cfg, core.Gate)
	if err != nil {
		return err
	}
	entrances, err := s.Listen(ctx)
	if err != nil {
		return err
	}
	core.Limits.MaxBody = s.MaxBody
	servers := make([]*server.Server, len(entrances))
	for i, e := range entrances {
		servers[i], err = server.New(server.Config{
			Handler: door.Handler(e.Hosts), Limits: core.Limits, Log: p.logger, Numbers: core.Numbers, Complain: Complaint,
		})
		if err != nil {
			for _, open := range entrances {
				err = errors.Join(err, open.Listener.Close())
			}
			return err
		}
	}
	p.announce(door, entrances, core.Opened)
	return p.await(ctx, core.Grace, lock, entrances, servers)
}

// announce logs what the peer logs at start, and tells the daemon what is open.
func (p *personality) announce(door *Door, entrances []Entrance, opened func(address string)) {
	for _, path := range slices.Sorted(door.paths()) {
		p.logger.Info("add api url: " + path)
	}
	for _, e := range entrances {
		p.logger.Info("start listening for http requests on " + e.Address)
		opened(e.Address)
		if e.IsOpenToNetwork() {
			for _, line := range securityWarning {
				p.logger.Warn(line)
			}
		}
	}
}

// securityWarning is for doors that the network reaches.
var securityWarning = [...]string{
	"************************************************************",
	"*                                                          *",
	"*                  -- SECURITY WARNING --                  *",
	"*                                                          *",
	"*  This address is not local to this machine. Everybody    *",
	"*  who can reach it can sign with every unlocked wallet.   *",
	"*                                                          *",
	"************************************************************",
}

// await runs the servers until it is time to end.
func (p *personality) await(ctx context.Context, grace time.Duration, lock *Lock, entrances []Entrance, servers []*server.Server) (err error) {
	watch, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	removed := make(chan struct{})
	work.Go(func() {
		if lock.WaitRemoved(watch) == nil {
			close(removed)
		}
	})
	ended := make(chan error, len(servers))
	for i := range servers {
		work.Go(func() { ended <- servers[i].Serve(entrances[i].Listener) })
	}
	select {
	case <-ctx.Done():
	case <-removed:
		p.logger.Error("the lock file " + lock.path + " was removed while " + p.program.String() + " is running; ending")
	case err = <-ended:
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, s := range servers {
		if err := s.Shutdown(drain); err != nil {
			p.logger.Warn("requests under way were cut", "err", err)
		}
	}
	p.logger.Info(p.program.String() + " ends")
	return err
}
