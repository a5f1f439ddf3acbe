// Package all is the one readable list of the programs that this binary can be.
package all

import (
	"context"
	"io"
	"os"
	"time"

	"strongroom/internal/api/clef"
	"strongroom/internal/api/kiod"
	"strongroom/internal/api/kmd"
)

// Personality is a program that strongroom takes the place of: called by one of
// its names, the binary has that program's command line, files and exit codes.
type Personality struct {
	Names []string // of the program file
	Brief string   // one line for help
	Main  func(ctx context.Context, env Env, args []string) int
}

// Env is what a personality takes from the process.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Version        string
	// Kmd opens the core of the kmd personality.
	Kmd func(context.Context, kmd.CoreConfig) (kmd.Core, error)
	// Kiod opens the core of the kiod and keosd personalities.
	Kiod func(context.Context, kiod.CoreConfig) (kiod.Core, error)
	// Clef opens the core of the clef and signer personalities, ClefAdmin that of their
	// sub-commands.
	Clef      func(context.Context, clef.CoreConfig) (clef.Core, error)
	ClefAdmin func(context.Context, clef.CoreConfig) (clef.Admin, error)
}

// Personalities lists them all.
func Personalities() []Personality {
	return []Personality{
		{Names: []string{"kmd"}, Brief: "Algorand's key management daemon", Main: runKmd},
		{Names: []string{"kiod"}, Brief: "Wire's wallet daemon", Main: runKiod(kiod.Kiod)},
		{Names: []string{"keosd"}, Brief: "the wallet daemon of EOSIO and Antelope", Main: runKiod(kiod.Keosd)},
		{Names: []string{"clef", "signer"}, Brief: "go-ethereum's account manager and signer", Main: runClef},
	}
}

// ByName finds the personality of a program name.
func ByName(name string) (Personality, bool) {
	for _, p := range Personalities() {
		for _, n := range p.Names {
			if n == name {
				return p, true
			}
		}
	}
	return Personality{}, false
}

func runKmd(ctx context.Context, env Env, args []string) int {
	return kmd.Main(ctx, kmd.Env{
		Stdout: env.Stdout, Stderr: env.Stderr, Now: env.Now, PID: os.Getpid(), LockMemory: kmd.LockMemory, OpenCore: env.Kmd,
	}, args)
}

func runKiod(program kiod.Program) func(context.Context, Env, []string) int {
	return func(ctx context.Context, env Env, args []string) int {
		return kiod.Main(ctx, kiod.Env{
			Stdout: env.Stdout, Stderr: env.Stderr, Now: env.Now, Version: env.Version, Home: kiod.HomeDirectory, OpenCore: env.Kiod,
		}, program, args)
	}
}

func runClef(ctx context.Context, env Env, args []string) int {
	return clef.Main(ctx, clef.Env{
		Stdin: env.Stdin, Stdout: env.Stdout, Stderr: env.Stderr, Now: env.Now, Lookup: clef.Lookup,
		OpenCore: env.Clef, OpenAdmin: env.ClefAdmin,
	}, args)
}
