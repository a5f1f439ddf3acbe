package cli_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"strongroom/internal/api/all"
	"strongroom/internal/api/rest"
	"strongroom/internal/cli"
	"strongroom/internal/daemon"
	"strongroom/internal/policy/clefjs"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/server"
)

// program is the process of cmd/strongroom with the cheap derivation of tests.
func program() int {
	_ = daemon.Harden()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return cli.Main(ctx, testEnv(cancel), os.Args)
}

func testEnv(stop func()) cli.Env {
	sealing := daemon.Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()}
	env := cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(),
		Now: time.Now, Rand: rand.Reader, Sealing: sealing, Version: "test",
	}
	programs := all.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Version: "test",
		Kmd: daemon.KmdCore(sealing, "test", time.Now, stop), Kiod: daemon.KiodCore(sealing, "test", time.Now, stop),
		Clef: daemon.ClefCore(sealing, "test", time.Now, stop), ClefAdmin: daemon.ClefAdmin(sealing, "test", time.Now),
	}
	for _, p := range all.Personalities() {
		env.Personalities = append(env.Personalities, cli.Personality{
			Names: p.Names, About: p.Brief,
			Main: func(ctx context.Context, args []string) int { return p.Main(ctx, programs, args) },
		})
	}
	return env
}

func TestMain(m *testing.M) {
	run := func() { os.Exit(program()) }
	if os.Args[0] == clefjs.WorkerName {
		os.Exit(clefjs.Worker(os.Stdin, os.Stdout))
	}
	testscript.Main(m, map[string]func(){"strongroom": run, "kmd": run, "kiod": run, "clef": run})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("STRONGROOM_DATA_DIR", filepath.Join(env.WorkDir, "data"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TZ", "UTC")
			fixtures, err := filepath.Abs("../foreign/kmdfile/testdata")
			if err != nil {
				return err
			}
			env.Setenv("FIXTURES", fixtures)
			wallets, err := filepath.Abs("../../testdata/golden/kiod/wallet-fixture")
			env.Setenv("KEOSD_WALLETS", wallets)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "await": await, "absent": absent, "flip": flip, "private": private, "cut": cut, "answer": answer,
		},
	})
}

// exits STATUS PROGRAM ARGS... runs a program that must end with that status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// await DIR [DOORS] waits until a daemon serves a data directory with that many doors.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: await directory [doors]")
	}
	doors := 1
	if len(args) == 2 {
		var err error
		doors, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	address := "unix:" + filepath.Join(ts.MkAbs(args[0]), "run", "admin.sock")
	client := rest.NewClient(func(ctx context.Context) (net.Conn, error) { return server.Dial(ctx, address) })
	defer client.Close()
	deadline := time.Now().Add(time.Minute)
	for {
		status, err := client.Status(context.Background())
		if err == nil && len(status.Listeners) >= doors {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("no daemon with %d doors on %s: %v", doors, args[0], err)
		}
		time.Sleep(10 * time.Millisecond) // between two looks at another process
	}
}

// answer VERB gives an answer to the first of what waits for an approval.
func answer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: answer approve|deny")
	}
	address := "unix:" + filepath.Join(ts.MkAbs("data"), "run", "admin.sock")
	client := rest.NewClient(func(ctx context.Context) (net.Conn, error) { return server.Dial(ctx, address) })
	defer client.Close()
	waiting, err := client.Approvals(context.Background(), 0, time.Minute)
	ts.Check(err)
	if len(waiting) == 0 {
		ts.Fatalf("nothing waits")
	}
	ts.Check(ts.Exec("strongroom", "approval", args[0], strconv.FormatUint(waiting[0].ID, 10)))
}

// absent TEXT DIR fails if any file below the directory contains the text.
func absent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: absent text directory")
	}
	looked := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		if bytes.Contains(data, []byte(args[0])) {
			ts.Fatalf("%s contains %q", path, args[0])
		}
		return nil
	}))
	if looked == 0 {
		ts.Fatalf("there is nothing to look at in %s", args[1])
	}
}

// flip TEXT FILES... changes one bit of the first occurrence of a text.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip text file")
	}
	path := only(ts, args[1])
	data, err := os.ReadFile(path)
	ts.Check(err)
	at := bytes.Index(data, []byte(args[0]))
	if at < 0 {
		ts.Fatalf("%s does not contain %q", path, args[0])
	}
	data[at] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

// cut FILE removes the last line of a file.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: cut file")
	}
	path := only(ts, args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	at := strings.LastIndexByte(strings.TrimSuffix(string(data), "\n"), '\n')
	ts.Check(os.WriteFile(path, data[:at+1], 0o600))
}

// only is the one file that a pattern matches.
func only(ts *testscript.TestScript, pattern string) string {
	found, err := filepath.Glob(ts.MkAbs(pattern))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%d files match %s", len(found), pattern)
	}
	return found[0]
}

// private DIR fails if others may use anything below the directory.
func private(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: private directory")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			ts.Fatalf("%s has mode %04o", path, info.Mode().Perm())
		}
		return err
	}))
}
