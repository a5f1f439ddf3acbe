package clef

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy/clefjs"
	"strongroom/internal/secret"
	"strongroom/internal/server"
)

// ListenerName is the name under which the rules and the journal know the door of the
// program; the generated strongroom.toml speaks of it. The UI's is
// [config.UIListener] of it.
const ListenerName = "clef"

// The exit statuses of the peer.
const (
	exitOK     = 0
	exitFailed = 1
)

// Env is what [Main] takes from the process and from the parts that it does not know.
// All fields are needed.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Lookup         func(name string) string // the environment; HOME is the user's home

	// OpenCore opens what is behind the door, for the signer.
	OpenCore func(ctx context.Context, cfg CoreConfig) (Core, error)
	// OpenAdmin reaches what is behind the door, for one command: through the daemon
	// that runs on the same directory, else by opening it.
	OpenAdmin func(ctx context.Context, cfg CoreConfig) (Admin, error)
}

// CoreConfig says which core to open.
type CoreConfig struct {
	StateDir   string // CONFIGDIR/.strongroom; it exists with mode 0700
	ConfigFile string // CONFIGDIR/.strongroom/strongroom.toml; it exists
	// Adjust makes what the file says of the listener into what the command line says.
	Adjust   func(*config.Config, *config.Listener)
	Approver approval.Approver // of the listener
	Logger   *slog.Logger
}

// Vault is what the start needs of the gate, beside what the door does.
type Vault interface {
	Gate
	OpenClef(ctx context.Context, c gate.Caller, password secret.Bytes) error
	RuleStorage(ctx context.Context, c gate.Caller) (*gate.RuleStorage, error)
	AcceptRuleStorage(ctx context.Context, c gate.Caller) error
}

// Core is an open core.
type Core struct {
	Gate     Vault
	Settings config.Config   // as adjusted
	Listener config.Listener // the one called [ListenerName], as adjusted
	Limits   server.Limits   // of that listener
	// Numbers counts the connections of all doors; see server.Config.
	Numbers *atomic.Uint64
	// Opened says that clients are served at an address, for the daemon's status.
	Opened func(address string)
	// StartRules starts the processes that evaluate a rule file.
	StartRules func(ctx context.Context, source []byte, print func(line string)) (*clefjs.Engine, error)
	// GiveUp ends everything that waits for an approval, for good.
	GiveUp func()
	Close  func(ctx context.Context) error
}

// Admin is what the sub-commands need: operations of the owner of a Clef directory.
// Passwords stay the caller's to wipe. The errors are those of the gate.
type Admin interface {
	CreateSeed(ctx context.Context, password secret.Bytes) error
	// The next five open the master seed with its password first.
	Attest(ctx context.Context, master secret.Bytes, digest string) error
	SetPassword(ctx context.Context, master secret.Bytes, address [20]byte, password secret.Bytes) error
	DeletePassword(ctx context.Context, master secret.Bytes, address [20]byte) error
	// Callers gives the entries of the paired callers, as package pairing keeps them.
	Callers(ctx context.Context, master secret.Bytes) (map[string]string, error)
	// RemoveCaller takes one away, also for a signer that runs.
	RemoveCaller(ctx context.Context, master secret.Bytes, key wire.PairingKey) error
	NewKey(ctx context.Context, password secret.Bytes) (gate.KeyFile, error)
	ImportKey(ctx context.Context, private, password secret.Bytes) (gate.KeyFile, error)
	Accounts(ctx context.Context) ([]gate.KeyFile, error)
	Close() error
}

// Main is the program clef (§2): args are those after the program's name. It returns
// the exit status when a command is done, or when ctx ends or a signal ends the signer.
func Main(ctx context.Context, env Env, args []string) int {
	p := &personality{env: env, options: options(env.Lookup("HOME"))}
	p.input = &input{in: env.Stdin, out: env.Stdout}
	p.logger = newLog(env.Stdout, &p.level)
	given, words, err := parseCommandLine(p.options, args)
	if err != nil {
		return p.misused(words, err)
	}
	if given.on(p.options, optStdioUI) {
		p.logger = newLog(env.Stderr, &p.level)
	}
	if len(words) > 0 && (words[0] == "help" || words[0] == "h") {
		return p.help(words[1:])
	}
	switch {
	case given.on(p.options, optHelp):
		return p.help(words)
	case given.on(p.options, optVersion) && len(words) == 0:
		fmt.Fprintln(env.Stdout, "Clef version "+PeerVersion)
		return exitOK
	}
	p.level.Set(verbosity(given.number(p.options, optLogLevel)))
	s, err := given.settings(p.options, env.Lookup)
	if err != nil {
		return p.fail(err)
	}
	if len(words) == 0 {
		return p.fail(p.sign(ctx, s))
	}
	c := findCommand(words[0])
	if c == nil {
		return p.fail(fault.Invalid.New("invalid command: %q", words[0]))
	}
	return p.fail(c.run(p, ctx, s, words[1:]))
}

// personality is one run of the program.
type personality struct {
	env     Env
	options []option
	input   *input
	level   slog.LevelVar
	logger  *slog.Logger
}

// help prints the help of the command that the words name, or of all.
func (p *personality) help(words []string) int {
	if len(words) == 0 {
		fmt.Fprint(p.env.Stdout, help(p.options))
		return exitOK
	}
	c := findCommand(words[0])
	if c == nil {
		return p.fail(fault.Invalid.New("No help topic for '%.64s'", words[0]))
	}
	fmt.Fprint(p.env.Stdout, c.help(p.options))
	return exitOK
}

// misused answers a command line that was not understood: with its help, as the peer
// does.
func (p *personality) misused(words []string, err error) int {
	text := help(p.options)
	if len(words) > 0 {
		if c := findCommand(words[0]); c != nil {
			text = c.help(p.options)
		}
	}
	fmt.Fprintf(p.env.Stdout, "Incorrect Usage: %s\n\n%s", fault.Text(err), text)
	return p.fail(err)
}

// fatal is an error that the peer reports on both streams, with a word before it.
type fatal struct{ error }

func (f fatal) Unwrap() error { return f.error }

// errSilent ends the program without a word, as the peer does where the input ends at
// its first question.
var errSilent = errors.New("")

// fail says why the program ends, and gives the exit status.
func (p *personality) fail(err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errSilent) {
		return exitFailed
	}
	text := fault.Text(err)
	if hint := fault.Hint(err); hint != "" {
		text += "\n" + hint
	}
	if _, both := errors.AsType[fatal](err); both {
		text = "Fatal: " + text
		if !sameFile(p.env.Stdout, p.env.Stderr) {
			fmt.Fprintln(p.env.Stdout, text)
		}
	}
	fmt.Fprintln(p.env.Stderr, text)
	if cause := errors.Unwrap(err); cause != nil && fault.Is(err, fault.Internal) {
		p.logger.Error("the cause", "err", err)
	}
	return exitFailed
}

// sameFile reports whether two streams lead to the same place, so that a line need be
// written once only.
func sameFile(a, b io.Writer) bool {
	x, ok := a.(*os.File)
	if !ok {
		return a == b
	}
	y, ok := b.(*os.File)
	if !ok {
		return false
	}
	first, err1 := x.Stat()
	second, err2 := y.Stat()
	return err1 == nil && err2 == nil && os.SameFile(first, second)
}
