package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/api/all"
	"strongroom/internal/daemon"
	"strongroom/internal/policy/clefjs"
	"strongroom/internal/seal"
	"strongroom/internal/seal/sealtest"
)

const (
	// asDaemon makes the test binary the program that the variable names, or the one
	// that its file is named after.
	asDaemon   = "STRONGROOM_TEST_RUN_AS"
	byFileName = "."
	// asDear makes that program's derivations a hundred times dearer than the
	// cheap profile, for tests in which they must be worth waiting for.
	asDear = "STRONGROOM_TEST_DEAR"
)

func TestMain(m *testing.M) {
	if os.Args[0] == clefjs.WorkerName {
		os.Exit(clefjs.Worker(os.Stdin, os.Stdout))
	}
	name := os.Getenv(asDaemon)
	if name == "" {
		os.Exit(m.Run())
	}
	if err := daemon.Harden(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if name == byFileName {
		name = filepath.Base(os.Args[0])
	}
	program, ok := all.ByName(name)
	if !ok {
		fmt.Fprintln(os.Stderr, "unknown program")
		os.Exit(1)
	}
	stop := func() { _ = syscall.Kill(os.Getpid(), syscall.SIGTERM) }
	os.Exit(program.Main(context.Background(), all.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Version: "test",
		Clef: daemon.ClefCore(sealing(), "test", time.Now, stop), ClefAdmin: daemon.ClefAdmin(sealing(), "test", time.Now),
		Kmd: daemon.KmdCore(sealing(), "test", time.Now, stop), Kiod: daemon.KiodCore(sealing(), "test", time.Now, stop),
	}, os.Args[1:]))
}

func sealing() daemon.Sealing {
	if os.Getenv(asDear) == "" {
		return daemon.Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()}
	}
	dear := seal.Profile{Time: 1, MemoryKiB: 8 << 10, Lanes: 1}
	return daemon.Sealing{Limits: seal.Limits{Min: dear, Max: dear}, Profile: dear}
}

// kmd is a running kmd.
type kmd struct {
	t      *testing.T
	Dir    string
	URL    string
	Token  string
	cmd    *exec.Cmd
	output bytes.Buffer  // both streams; to be read once ended is closed
	ended  chan struct{} // closed when the process is gone
	client http.Client
}

// newDir makes a data directory with the configuration of a profile.
func newDir(t *testing.T, profile string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(recordings, "profiles", profile+".kmd_config.json"))
	if err != nil {
		t.Fatal(err)
	}
	// Any free port: several daemons run at once in tests.
	config = bytes.Replace(config, []byte("{"), []byte(`{"address": "127.0.0.1:0",`), 1)
	if err := os.WriteFile(filepath.Join(dir, "kmd_config.json"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// recordings is the folder of the recorded exchanges.
const recordings = "../../testdata/golden/kmd"

// startKmd runs a daemon on a data directory and waits until it serves.
func startKmd(t *testing.T, dir string, flags ...string) *kmd {
	t.Helper()
	return startKmdWith(t, dir, nil, flags...)
}

// startKmdWith is startKmd with more in the environment.
func startKmdWith(t *testing.T, dir string, env []string, flags ...string) *kmd {
	t.Helper()
	k := launch(t, dir, env, flags...)
	k.awaitServing()
	return k
}

// launch starts a daemon and waits for nothing.
func launch(t *testing.T, dir string, env []string, flags ...string) *kmd {
	t.Helper()
	k := &kmd{t: t, Dir: dir, ended: make(chan struct{})}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	k.client.Transport = transport
	k.cmd = exec.Command(os.Args[0], append([]string{"-d", dir}, flags...)...)
	k.cmd.Env = append(append(os.Environ(), asDaemon+"=kmd"), env...)
	k.cmd.Stderr = &k.output
	k.cmd.Stdout = &k.output
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = k.cmd.Wait(); close(k.ended) }()
	t.Cleanup(func() {
		k.kill()
		transport.CloseIdleConnections()
	})
	return k
}

// awaitServing waits until the daemon has said where it listens. Files that an
// earlier daemon left behind do not count.
func (k *kmd) awaitServing() {
	k.t.Helper()
	await(k.t, "kmd to serve", func() bool {
		select {
		case <-k.ended:
			k.t.Fatalf("kmd ended at start: %s%s", k.output.String(), k.log())
		default:
		}
		return k.read("kmd.pid") == strconv.Itoa(k.cmd.Process.Pid)
	})
	k.URL, k.Token = "http://"+k.read("kmd.net"), k.read("kmd.token")
}

// await polls until something outside this process has happened.
func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

// read gives the text of a file in the data directory, "" if it is not there.
func (k *kmd) read(name string) string {
	b, _ := os.ReadFile(filepath.Join(k.Dir, name))
	return string(b)
}

func (k *kmd) log() string { return k.read("kmd.log") }

// journal is the folder of the daemon's journal.
func (k *kmd) journal() string { return filepath.Join(k.Dir, ".strongroom", "journal") }

// kill ends the daemon at once, as kill -9 does, and waits until it is gone.
func (k *kmd) kill() { k.signal(syscall.SIGKILL) }

// stop ends the daemon in order.
func (k *kmd) stop() {
	k.t.Helper()
	k.signal(syscall.SIGTERM)
	if status := k.cmd.ProcessState.ExitCode(); status != 0 {
		k.t.Errorf("kmd ended with status %d: %s%s", status, k.output.String(), k.log())
	}
}

func (k *kmd) signal(s syscall.Signal) {
	_ = k.cmd.Process.Signal(s)
	k.exit()
}

// exit waits for the end of the daemon and gives its status, -1 after a signal.
func (k *kmd) exit() int {
	k.t.Helper()
	select {
	case <-k.ended:
	case <-time.After(time.Minute):
		k.t.Fatal("kmd does not end")
	}
	return k.cmd.ProcessState.ExitCode()
}

// object is a JSON object.
type object map[string]any

// call makes one request and gives status and decoded answer.
func (k *kmd) call(method, path string, body object) (int, object, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequest(method, k.URL+path, bytes.NewReader(encoded))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("X-KMD-API-Token", k.Token)
	resp, err := k.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(bufio.NewReader(resp.Body))
	if err != nil {
		return 0, nil, err
	}
	var out object
	if err := json.Unmarshal(answer, &out); err != nil {
		return resp.StatusCode, nil, fmt.Errorf("status %d: %q: %w", resp.StatusCode, answer, err)
	}
	return resp.StatusCode, out, nil
}

// must makes a request that has to succeed.
func (k *kmd) must(method, path string, body object) object {
	k.t.Helper()
	status, answer, err := k.call(method, path, body)
	if err != nil || status != http.StatusOK {
		k.t.Fatalf("%s %s: status %d, %v, %v", method, path, status, answer, err)
	}
	return answer
}

// wallet makes a wallet and gives its id.
func (k *kmd) wallet(name, password string) string {
	k.t.Helper()
	answer := k.must("POST", "/v1/wallet", object{"wallet_name": name, "wallet_driver_name": "sqlite", "wallet_password": password})
	return answer["wallet"].(map[string]any)["id"].(string)
}

// open gives a handle of a wallet.
func (k *kmd) open(id, password string) string {
	k.t.Helper()
	return k.must("POST", "/v1/wallet/init", object{"wallet_id": id, "wallet_password": password})["wallet_handle_token"].(string)
}

// keys lists the addresses of a wallet.
func (k *kmd) keys(handle string) []string {
	k.t.Helper()
	var all []string
	listed, _ := k.must("POST", "/v1/key/list", object{"wallet_handle_token": handle})["addresses"].([]any)
	for _, a := range listed {
		all = append(all, a.(string))
	}
	return all
}
