package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestKiodHome starts programs with no word about directories, as clients do. The
// home directory is what the password database says, HOME or not; so it gets a
// password database of its own, where the machine allows that.
func TestKiodHome(t *testing.T) {
	onSmallDisk(t, func(folder string) {
		home := filepath.Join(folder, "home")
		users := filepath.Join(folder, "passwd")
		entry := fmt.Sprintf("somebody:x:%d:%d::%s:/bin/sh\n", os.Getuid(), os.Getgid(), home)
		if err := os.WriteFile(users, []byte(entry), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount(users, "/etc/passwd", "", syscall.MS_BIND, ""); err != nil {
			t.Fatalf("%s: %v", cannotMount, err)
		}
		for program, name := range map[string]string{"kiod": "sysio-wallet", "keosd": "eosio-wallet"} {
			k := &kiod{t: t, Program: program, Dir: filepath.Join(home, name), ended: make(chan struct{})}
			k.client.Transport = dialing("unix", k.socket())
			k.cmd = exec.Command(os.Args[0], "--http-server-address", "", "--unix-socket-path", program+".sock")
			k.cmd.Env = append(os.Environ(), asDaemon+"="+program, "HOME="+folder)
			k.cmd.Dir = "/"
			if err := k.cmd.Start(); err != nil {
				t.Fatal(err)
			}
			go func() { _ = k.cmd.Wait(); close(k.ended) }()
			t.Cleanup(k.kill)
			await(t, "the default socket", func() bool { return k.reachable("unix", k.socket()) })
			password := k.text("create", quoted("default"))
			if _, err := readKiodFile(filepath.Join(home, name, "default.wallet"), password); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(home, name, "config.ini")); err != nil {
				t.Error(err)
			}
			k.end(syscall.SIGTERM)
		}
	})
}
