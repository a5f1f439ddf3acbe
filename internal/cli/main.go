package cli

import (
	"context"
	"io"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"strongroom/internal/daemon"
)

// Env is what the command line takes from the process. All fields are needed.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string // "NAME=value"
	Now            func() time.Time
	Rand           io.Reader
	Sealing        daemon.Sealing // of passwords: daemon.ProductionSealing, except in tests
	Version        string
	Personalities  []Personality
}

// Personality is another program that this binary is when it is called by one of
// its names, or with such a name as first argument.
type Personality struct {
	Names []string
	About string // one line for the list of commands
	Main  func(ctx context.Context, args []string) int
}

// Main runs the command line args, of which the first is the program's name, and
// returns the exit status.
func Main(ctx context.Context, env Env, args []string) int {
	if p := env.personality(filepath.Base(args[0])); p != nil {
		return p.Main(ctx, args[1:])
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	a := &app{env: env, program: args[0]}
	return a.main(ctx, args[1:])
}

func (e *Env) personality(name string) *Personality {
	for i := range e.Personalities {
		if slices.Contains(e.Personalities[i].Names, name) {
			return &e.Personalities[i]
		}
	}
	return nil
}

// lookup is the value of an environment variable, "" if it is not set.
func (e *Env) lookup(name string) string {
	for _, entry := range e.Environ {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// app is one run of the command line.
type app struct {
	env        Env
	program    string // how this program was called
	global     globalOptions
	ran        bool   // the line was understood and a command ran
	stdinTaken string // the flag or argument that reads standard input
}

func (a *app) main(ctx context.Context, args []string) int {
	root := a.newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if !a.ran {
		// Parsing may have ended before it came to --json.
		a.global.JSON = a.global.JSON || slices.Contains(args, "--json")
		err = usageFault(err)
	}
	if ctx.Err() != nil {
		err = interrupted(err)
	}
	return a.fail(err)
}
