// Command strongroom is the daemon, its command line, and every program that it
// takes the place of; see internal/cli.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"strongroom/internal/api/all"
	"strongroom/internal/cli"
	"strongroom/internal/daemon"
	"strongroom/internal/policy/clefjs"
)

// version is set by the linker.
var version = "devel"

func main() {
	if len(os.Args) > 0 && os.Args[0] == clefjs.WorkerName {
		os.Exit(clefjs.Worker(os.Stdin, os.Stdout)) // a process without keys that evaluates rules
	}
	if err := daemon.Harden(); err != nil {
		fmt.Fprintf(os.Stderr, "strongroom: warning: the process can not be closed to others: %v\n", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	code := cli.Main(ctx, newEnv(cancel), os.Args)
	cancel()
	os.Exit(code)
}

// newEnv is the process as the command line sees it. stop ends a personality that
// is told to stop over its admin socket.
func newEnv(stop func()) cli.Env {
	sealing := daemon.ProductionSealing()
	env := cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(),
		Now: time.Now, Rand: rand.Reader, Sealing: sealing, Version: version,
	}
	programs := all.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Version: version,
		Kmd: daemon.KmdCore(sealing, version, time.Now, stop), Kiod: daemon.KiodCore(sealing, version, time.Now, stop),
		Clef: daemon.ClefCore(sealing, version, time.Now, stop), ClefAdmin: daemon.ClefAdmin(sealing, version, time.Now),
	}
	for _, p := range all.Personalities() {
		env.Personalities = append(env.Personalities, cli.Personality{
			Names: p.Names, About: p.Brief,
			Main: func(ctx context.Context, args []string) int { return p.Main(ctx, programs, args) },
		})
	}
	return env
}
