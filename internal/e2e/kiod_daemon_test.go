package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/api/rest"
	"strongroom/internal/server"
)

// kiod is a running kiod or keosd.
type kiod struct {
	t       *testing.T
	Program string
	Dir     string // data, configuration and wallets
	Address string // of the TCP listener
	cmd     *exec.Cmd
	ended   chan struct{} // closed when the process is gone
	client  http.Client   // over the unix socket
}

// newKiodDir makes an empty data directory. Its path is short enough for sockets.
func newKiodDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kiod")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// runKiod starts a program on a data directory and waits until it serves.
func runKiod(t *testing.T, program, dir string, options ...string) *kiod {
	t.Helper()
	return runKiodWith(t, nil, program, dir, options...)
}

// runKiodWith is runKiod with more in the environment.
func runKiodWith(t *testing.T, env []string, program, dir string, options ...string) *kiod {
	t.Helper()
	k := launchKiod(t, env, program, dir, options...)
	k.awaitServing()
	return k
}

// launchKiod starts a program and waits for nothing.
func launchKiod(t *testing.T, env []string, program, dir string, options ...string) *kiod {
	t.Helper()
	k := &kiod{t: t, Program: program, Dir: dir, Address: freeAddress(t), ended: make(chan struct{})}
	transport := dialing("unix", k.socket())
	k.client.Transport = transport
	k.cmd = exec.Command(os.Args[0], append([]string{"--data-dir", dir, "--config-dir", dir, "--http-server-address", k.Address}, options...)...)
	k.cmd.Env = append(append(os.Environ(), asDaemon+"="+program), env...)
	// Kept beside the directory, so that a search of that does not find it twice.
	output, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	k.cmd.Stdout, k.cmd.Stderr = output, output
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

// output is what the program has printed so far.
func (k *kiod) output() string {
	b, _ := os.ReadFile(k.cmd.Stdout.(*os.File).Name())
	return string(b)
}

func (k *kiod) socket() string { return filepath.Join(k.Dir, k.Program+".sock") }

func (k *kiod) wallet(name string) string { return filepath.Join(k.Dir, name+".wallet") }

func (k *kiod) journal() string { return filepath.Join(k.Dir, ".strongroom", "journal") }

// awaitServing waits until both entrances are open. A socket that an earlier
// process left behind lets nobody in.
func (k *kiod) awaitServing() {
	k.t.Helper()
	await(k.t, k.Program+" to serve", func() bool {
		select {
		case <-k.ended:
			k.t.Fatalf("%s ended at start: %s", k.Program, k.output())
		default:
		}
		return k.reachable("unix", k.socket()) && k.reachable("tcp", k.Address)
	})
}

func (k *kiod) reachable(network, address string) bool {
	conn, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// kill ends the daemon at once, as kill -9 does, and waits until it is gone.
func (k *kiod) kill() {
	_ = k.cmd.Process.Signal(syscall.SIGKILL)
	k.exit()
}

// end sends a signal that ends the daemon in order.
func (k *kiod) end(s syscall.Signal) {
	k.t.Helper()
	_ = k.cmd.Process.Signal(s)
	k.checkEnd()
}

// checkEnd waits for an orderly end.
func (k *kiod) checkEnd() {
	k.t.Helper()
	if status := k.exit(); status != 0 {
		k.t.Errorf("%s ended with status %d: %s", k.Program, status, k.output())
	}
	if _, err := os.Lstat(filepath.Join(k.Dir, "wallet.lock")); !os.IsNotExist(err) {
		k.t.Errorf("wallet.lock after the end: %v", err)
	}
}

// exit waits for the end of the daemon and gives its status, -1 after a signal.
func (k *kiod) exit() int {
	k.t.Helper()
	select {
	case <-k.ended:
	case <-time.After(time.Minute):
		k.t.Fatalf("%s does not end", k.Program)
	}
	return k.cmd.ProcessState.ExitCode()
}

// try posts a body, as it is if it is a string or nil, else as JSON, to an endpoint
// below /v1/wallet/, over the unix socket. It gives status and answer.
func (k *kiod) try(endpoint string, body any) (int, []byte, error) {
	var encoded []byte
	switch b := body.(type) {
	case nil:
	case string:
		encoded = []byte(b)
	default:
		var err error
		if encoded, err = json.Marshal(b); err != nil {
			return 0, nil, err
		}
	}
	resp, err := k.client.Post("http://localhost/v1/wallet/"+endpoint, "application/json", bytes.NewReader(encoded))
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// list is the body of an endpoint with several parameters.
func list(values ...any) []any { return values }

// quoted is the body of an endpoint with one parameter.
func quoted(text string) string { return `"` + text + `"` }

// do makes a request that has to succeed and gives the answer.
func (k *kiod) do(endpoint string, body any) string {
	k.t.Helper()
	status, answer, err := k.try(endpoint, body)
	if err != nil || status != http.StatusOK && status != http.StatusCreated {
		k.t.Fatalf("%s: status %d, %.300s, %v", endpoint, status, answer, err)
	}
	return string(answer)
}

// text is do for an answer that is a JSON string.
func (k *kiod) text(endpoint string, body any) (text string) {
	k.t.Helper()
	if err := json.Unmarshal([]byte(k.do(endpoint, body)), &text); err != nil {
		k.t.Fatalf("%s: %v", endpoint, err)
	}
	return text
}

// texts is do for an answer that is a list of strings.
func (k *kiod) texts(endpoint string, body any) (texts []string) {
	k.t.Helper()
	if err := json.Unmarshal([]byte(k.do(endpoint, body)), &texts); err != nil {
		k.t.Fatalf("%s: %v", endpoint, err)
	}
	return texts
}

// refused makes a request that must be refused with a code.
func (k *kiod) refused(code int, endpoint string, body any) {
	k.t.Helper()
	status, answer, err := k.try(endpoint, body)
	if err != nil {
		k.t.Fatalf("%s: %v", endpoint, err)
	}
	if e, err := readEnvelope(status, answer); err != nil || e.Error.Code != code {
		k.t.Errorf("%s: %v, %s; want code %d", endpoint, err, answer, code)
	}
}

// errorEnvelope is the form of every refusal.
type errorEnvelope struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Error   struct {
		Code    int    `json:"code"`
		Name    string `json:"name"`
		What    string `json:"what"`
		Details []struct {
			Message string `json:"message"`
			File    string `json:"file"`
			Line    int    `json:"line_number"`
			Method  string `json:"method"`
		} `json:"details"`
	} `json:"error"`
}

// readEnvelope reads a refusal strictly: clients print errors by it.
func readEnvelope(status int, answer []byte) (e errorEnvelope, err error) {
	err = json.Unmarshal(answer, &e, json.RejectUnknownMembers(true))
	switch {
	case err != nil:
	case status < 400 || e.Code != status || e.Message == "" || e.Error.Details == nil:
		err = fmt.Errorf("status %d with the envelope %s", status, answer)
	}
	return e, err
}

// succeeded is nil for success and errRefused for a refusal in the form that
// clients read; anything else is an error of its own.
func succeeded(status int, answer []byte, err error) error {
	if err != nil {
		return err
	}
	if status == http.StatusOK || status == http.StatusCreated {
		return nil
	}
	e, err := readEnvelope(status, answer)
	if err != nil {
		return err
	}
	text := e.Error.What
	for _, d := range e.Error.Details {
		text += ": " + d.Message
	}
	return fmt.Errorf("%w: %d %d %s", errRefused, status, e.Error.Code, text)
}

// status is what the admin socket says of the daemon.
func (k *kiod) status() rest.Status {
	k.t.Helper()
	address := "unix:" + filepath.Join(k.Dir, ".strongroom", "run", "admin.sock")
	c := rest.NewClient(func(ctx context.Context) (net.Conn, error) { return server.Dial(ctx, address) })
	defer c.Close()
	s, err := c.Status(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	return s
}

// runToEnd runs a program that must end by itself and gives its exit status, what
// it printed to standard output, and to standard error.
func runToEnd(t *testing.T, program string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asDaemon+"="+program)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil || ctx.Err() != nil {
		t.Fatalf("%s %q: %v", program, args, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}
