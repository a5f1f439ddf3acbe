package kmd

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
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"strongroom/internal/atomicfile"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/server"
	"strongroom/internal/telemetry/kmdlog"
)

// ListenerName is the name under which the rules and the journal know the door
// of this personality; the generated strongroom.toml speaks of it.
const ListenerName = "kmd"

// stateName is where strongroom keeps its own state inside the peer's directory.
const stateName = ".strongroom"

// Env is what [Main] takes from the process and from the parts that it does not
// know. All fields are needed.
type Env struct {
	Stdout, Stderr io.Writer
	Now            func() time.Time
	PID            int
	LockMemory     func() error // [LockMemory]

	// OpenCore opens what is behind the door.
	OpenCore func(ctx context.Context, cfg CoreConfig) (Core, error)
}

// CoreConfig says which core to open.
type CoreConfig struct {
	StateDir   string   // DIR/.strongroom; it exists with mode 0700
	ConfigFile string   // DIR/.strongroom/strongroom.toml; it exists
	DataDir    string   // the peer's directory
	AdoptFrom  string   // folder of the peer's wallet files
	Settings   Settings // kmd_config.json, which wins over the same keys of ConfigFile
	Logger     *slog.Logger
	LogLevel   *slog.LevelVar // of Logger; for what ConfigFile says
}

// Core is an open core.
type Core struct {
	Gate   Gate
	Limits server.Limits // of the listener called [ListenerName]
	Grace  time.Duration // how long requests under way may take to finish at the end
	// Numbers counts the connections of all doors; see server.Config.
	Numbers *atomic.Uint64
	// Opened says that clients are served at an address, for the daemon's status.
	Opened func(address string)
	Close  func(ctx context.Context) error
}

// Main is the program kmd (§1): args are those after the program's name. It
// returns the exit status when ctx ends, on SIGTERM or SIGINT, or after the idle
// timeout.
func Main(ctx context.Context, env Env, args []string) int {
	if len(args) == 2 && args[0] == "generate-docs" {
		if err := writeManual(args[1]); err != nil {
			fmt.Fprintln(env.Stderr, err)
			return exitUsage
		}
		return exitOK
	}
	line, err := parseCommandLine(args)
	if err != nil {
		fmt.Fprintf(env.Stderr, "Error: %s\n%s\n", fault.Text(err), usage)
		fmt.Fprintln(env.Stdout, fault.Text(err))
		return exitUsage
	}
	if line.help {
		fmt.Fprint(env.Stdout, usage)
		return exitOK
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)

	log, err := openLog(line.dir)
	if err != nil {
		fmt.Fprintf(env.Stderr, "kmd: cannot open the log file: %v\n", err)
		return exitLog
	}
	defer log.Close()
	p := &personality{env: env, dir: line.dir, timeout: line.timeout, level: new(slog.LevelVar)}
	p.logger = slog.New(kmdlog.New(log, p.level))
	return p.run(ctx)
}

// personality is one run of the program.
type personality struct {
	env     Env
	dir     string
	timeout time.Duration
	logger  *slog.Logger
	level   *slog.LevelVar // Info, until the core has read the configuration
}

// run goes through the start order of §1.2 and undoes it in reverse.
func (p *personality) run(ctx context.Context) int {
	if err := p.env.LockMemory(); err != nil {
		p.logger.Info(fmt.Sprintf("failed to mlockall: %v", err))
	} else {
		p.logger.Info("successfully executed mlockall")
	}
	p.warnOfModes()
	settings, token, err := p.prepare()
	if err != nil {
		return p.fail(exitStart, err)
	}
	unlock, held, err := TakeLock(p.dir)
	switch {
	case held:
		return p.fail(exitLocked, fault.Busy.New("failed to lock kmd.lock; is an instance of kmd already running in this data directory?"))
	case err != nil:
		return p.fail(exitStart, err)
	}
	defer unlock()

	core, err := p.open(ctx, settings)
	if err != nil {
		return p.fail(exitStart, err)
	}
	err = p.serve(ctx, settings, token, core)
	if closeErr := core.Close(context.WithoutCancel(ctx)); closeErr != nil {
		p.logger.Error("the store did not close cleanly", "err", closeErr)
	}
	if err != nil {
		return p.fail(exitStart, err)
	}
	return exitOK
}

// fail logs why the program ends. The hint, if there is one, follows the words
// that the peer's users know.
func (p *personality) fail(status int, err error) int {
	text := fmt.Sprintf("couldn't start kmd: %s", startReason(err))
	if hint := fault.Hint(err); hint != "" {
		text += "; " + hint
	}
	p.logger.Error(text)
	fmt.Fprintf(p.env.Stderr, "kmd: %s\n", text)
	if cause := errors.Unwrap(err); cause != nil {
		p.logger.Error("the cause", "err", err)
	}
	return status
}

// startReason is the text of a classified error, or all of any other: the log is
// the owner's.
func startReason(err error) string {
	if _, classified := errors.AsType[*fault.Error](err); classified {
		return fault.Text(err)
	}
	return err.Error()
}

// warnOfModes says in the log and on standard error that others can look into
// the data directory. The peer does not care; goal refuses to start it then.
func (p *personality) warnOfModes() {
	if open, err := isOpenToOthers(p.dir); err == nil && open {
		p.warn(fmt.Sprintf("the data directory is open to other users; mend it with: chmod 700 %s", p.dir))
	}
}

func (p *personality) warn(text string) {
	p.logger.Warn(text)
	fmt.Fprintf(p.env.Stderr, "kmd: warning: %s\n", text)
}

// prepare reads the configuration, makes the wallet folder, and reads or makes
// the token: all that the peer does before it takes the lock.
func (p *personality) prepare() (Settings, string, error) {
	settings, found, err := ReadSettings(p.dir)
	if err != nil {
		return settings, "", err
	}
	if !found {
		if err := writeExample(p.dir); err != nil {
			p.logger.Warn("the example configuration could not be written", "err", err)
		}
	}
	if err := settings.Check(); err != nil {
		return settings, "", err
	}
	if err := makeWalletsDir(settings.WalletsDir(p.dir)); err != nil {
		return settings, "", err
	}
	token, wide, err := LoadToken(p.dir, rand.Reader)
	if err != nil {
		return settings, "", err
	}
	if wide {
		p.warn(fmt.Sprintf("others can read the API token; mend it with: chmod 600 %s", filepath.Join(p.dir, tokenName)))
	}
	return settings, token, nil
}

// open makes strongroom's own directory with its configuration, where they do
// not exist yet, and opens the core in it.
func (p *personality) open(ctx context.Context, settings Settings) (Core, error) {
	dataDir, err := filepath.Abs(p.dir)
	if err != nil {
		return Core{}, err
	}
	cfg := CoreConfig{
		StateDir: filepath.Join(dataDir, stateName), DataDir: dataDir,
		AdoptFrom: settings.WalletsDir(dataDir), Settings: settings, Logger: p.logger, LogLevel: p.level,
	}
	cfg.ConfigFile = filepath.Join(cfg.StateDir, "strongroom.toml")
	if err := os.Mkdir(cfg.StateDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return Core{}, fmt.Errorf("make strongroom's directory: %w", err)
	}
	if _, err := os.Lstat(cfg.ConfigFile); errors.Is(err, fs.ErrNotExist) {
		if err := atomicfile.Write(cfg.ConfigFile, []byte(config.DefaultFile("kmd")), 0o600); err != nil {
			return Core{}, fmt.Errorf("write strongroom's configuration: %w", err)
		}
	}
	return p.env.OpenCore(ctx, cfg)
}

// serve listens, tells clients where, and serves until ctx ends or nobody has
// asked for anything in too long.
func (p *personality) serve(ctx context.Context, settings Settings, token string, core Core) error {
	door, err := NewDoor(DoorConfig{
		Token: token, SessionLifetime: settings.Lifetime(),
		AllowedOrigins: settings.AllowedOrigins, AllowPrivateNetwork: settings.AllowHeaderPNA,
		MaxBody: core.Limits.MaxBody, Listener: ListenerName,
		Now: p.env.Now, Rand: rand.Reader, Logger: p.logger,
	}, core.Gate)
	if err != nil {
		return err
	}
	web, err := server.New(server.Config{Handler: door, Limits: core.Limits, Log: p.logger, Numbers: core.Numbers})
	if err != nil {
		return err
	}
	listener, err := Listen(ctx, settings.Address)
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	if err := Publish(p.dir, address, p.env.PID); err != nil {
		return errors.Join(err, listener.Close())
	}
	defer Withdraw(p.dir)
	core.Opened(address)
	p.logger.Info("started kmd on sock: " + address)

	var work sync.WaitGroup
	ended := make(chan error, 1)
	work.Go(func() { ended <- web.Serve(listener) })
	err = p.await(ctx, door, ended)

	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), core.Grace)
	defer cancel()
	if err := web.Shutdown(drain); err != nil {
		p.logger.Warn("requests under way were cut", "err", err)
	}
	work.Wait()
	p.logger.Info("kmd wallet HTTP server stopped with: http: Server closed")
	p.logger.Info("kmd server died. exiting...")
	return err
}

// await returns when ctx ends or the idle timeout has passed, and with an error
// when the server ended by itself.
func (p *personality) await(ctx context.Context, door *Door, ended <-chan error) error {
	watch, stop := context.WithCancel(ctx)
	var watcher sync.WaitGroup
	defer watcher.Wait()
	defer stop()
	idle := make(chan struct{})
	if p.timeout > 0 {
		watcher.Go(func() {
			if door.WaitIdle(watch, p.timeout) == nil {
				close(idle)
			}
		})
	}
	select {
	case <-ctx.Done():
	case <-idle:
		p.logger.Info("killing kmd after timeout")
	case err := <-ended:
		return err
	}
	return nil
}
