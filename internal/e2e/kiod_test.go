package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/api/apitest"
	"strongroom/internal/api/kiod/kiodtest"
)

// kiodRecordings is the folder of the exchanges recorded from keosd and derived for kiod.
const kiodRecordings = "../../testdata/golden/kiod"

// startKiod runs kiod or keosd, whichever has the profile, on a data directory and
// gives its address. It ends with the test.
func startKiod(t *testing.T, profile, dir string, options []string) string {
	t.Helper()
	program := "kiod"
	if profile == "keosd" {
		program = profile
	}
	address := freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--config-dir", dir, "--data-dir", dir, "--http-server-address", address, "--unix-socket-path", ""}
	for _, o := range options {
		args = append(args, strings.ReplaceAll(o, "${PORT}", port))
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asDaemon+"="+program, "STRONGROOM_LISTENER_KIOD_KIOD_PROFILE="+profile)
	output, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		<-ended
	})
	await(t, program+" to serve", func() bool {
		select {
		case <-ended:
			text, _ := os.ReadFile(output.Name())
			t.Fatalf("%s ended at start: %s", program, text)
		default:
		}
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
	return address
}

// freeAddress is an address of the loopback device that nobody listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "127.0.0.1:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// TestKiodRecordings replays every recorded and derived exchange of keosd and kiod
// against whole daemons, a fresh one for each.
func TestKiodRecordings(t *testing.T) {
	t.Parallel()
	differences := apitest.ReadDifferences(t, "../../testdata/differences-kiod.tsv")
	n := kiodtest.Replay(t, kiodRecordings, differences, func(t *testing.T, profile, dir string, options []string) kiodtest.Server {
		return kiodtest.Server{Address: startKiod(t, profile, dir, options), WalletDir: dir}
	})
	if n != 306 {
		t.Errorf("%d recordings were replayed, not 306", n)
	}
}
