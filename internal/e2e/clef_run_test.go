package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// output is a stream that can be read while it is written.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(b)
}

// from gives what was written from an offset on.
func (o *output) from(start int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.all.Bytes()[start:])
}

func (o *output) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Len()
}

// signer is a running clef.
type signer struct {
	*place
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout output
	stderr output
	port   string
	ended  chan struct{}
	seen   int // how much of the output was looked at
}

// clefPlace is a place with copies of the fixture: its key store, and its Clef directory
// if seed says so.
func clefPlace(t *testing.T, seed bool) *place {
	t.Helper()
	p := newPlace(t)
	p.names["${KEYSTORE}"], p.names["${CONFIG}"], p.names["${RULES}"] =
		filepath.Join(p.dir, "ks"), filepath.Join(p.dir, "cfg"), filepath.Join(p.dir, "rules.js")
	copyFiles(t, filepath.Join(p.names["${FIXTURE}"], "keystore"), p.names["${KEYSTORE}"])
	if seed {
		copyFiles(t, filepath.Join(p.names["${FIXTURE}"], "config"), p.names["${CONFIG}"])
		if err := os.Chmod(filepath.Join(p.names["${CONFIG}"], "masterseed.json"), 0o400); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Mkdir(p.names["${CONFIG}"], 0o700); err != nil {
		t.Fatal(err)
	}
	rules, err := os.ReadFile(filepath.Join(p.names["${FIXTURE}"], "rules.js"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.names["${RULES}"], rules, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// copyFiles copies files and folders that can be written afterwards.
func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// clefFlags are those with which the recordings were made.
func (p *place) clefFlags(port string) []string {
	return []string{
		"--suppress-bootwarn", "--lightkdf", "--http", "--http.port", port, "--chainid", "1337",
		"--keystore", p.names["${KEYSTORE}"], "--configdir", p.names["${CONFIG}"], "--auditlog", "",
		"--4bytedb-custom", filepath.Join(p.names["${CONFIG}"], "4b.json"),
	}
}

// start starts the signer and waits for nothing.
func (p *place) start(flags ...string) *signer {
	p.t.Helper()
	return p.startTo(nil, flags...)
}

// startTo is start with another standard output, unless that is nil.
func (p *place) startTo(stdout io.Writer, flags ...string) *signer {
	p.t.Helper()
	_, port, err := net.SplitHostPort(freeAddress(p.t))
	if err != nil {
		p.t.Fatal(err)
	}
	s := &signer{place: p, port: port, ended: make(chan struct{})}
	for i := range flags {
		flags[i] = p.expand(flags[i])
	}
	s.cmd = p.command(append(p.clefFlags(port), flags...)...)
	s.cmd.Stdout, s.cmd.Stderr = &s.stdout, &s.stderr
	if stdout != nil {
		s.cmd.Stdout = stdout
	}
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	p.t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
	})
	return s
}

// types writes lines to the signer's input.
func (s *signer) types(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(s.stdin, line+"\n"); err != nil {
			s.t.Fatal(err)
		}
	}
}

// awaitOutput waits until a stream has a text from an offset on.
func (s *signer) awaitOutput(o *output, start int, text string) {
	s.t.Helper()
	await(s.t, fmt.Sprintf("%q, after %q", text, o.from(0)), func() bool {
		if strings.Contains(o.from(start), text) {
			return true
		}
		select {
		case <-s.ended:
			s.t.Fatalf("clef ended before %q: %s%s", text, s.stdout.from(0), s.stderr.from(0))
		default:
		}
		return false
	})
}

// awaitServing waits until the external API is announced.
func (s *signer) awaitServing(o *output) {
	s.t.Helper()
	s.awaitOutput(o, 0, "extapi_http")
}

// post sends one request as the client of the recordings.
func (s *signer) post(body string) (jsontext.Value, error) { return s.postWith(body, nil) }

// send sends one request over a connection of its own.
func (s *signer) send(body string, header http.Header) (jsontext.Value, error) {
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:"+s.port, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = header
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}).Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return text, err
}

// call makes a call and gives its result, or the text of its error.
func (s *signer) call(method string, params ...any) (result jsontext.Value, failure string) {
	s.t.Helper()
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := s.post(string(body))
	if err != nil {
		s.t.Fatal(err)
	}
	var reply struct {
		Result jsontext.Value `json:"result"`
		Error  struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		s.t.Fatalf("%q: %v", text, err)
	}
	return reply.Result, reply.Error.Message
}

// stop ends the signer in order and gives its status.
func (s *signer) stop(with syscall.Signal) int {
	s.t.Helper()
	_ = s.cmd.Process.Signal(with)
	return s.exit()
}

func (s *signer) exit() int {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		s.t.Fatalf("clef does not end: %s%s", s.stdout.from(0), s.stderr.from(0))
	}
	return s.cmd.ProcessState.ExitCode()
}

var (
	anyRemote   = regexp.MustCompile(`127\.0\.0\.1:\d+( -> http)|(conn=)127\.0\.0\.1:\d+`)
	anyDuration = regexp.MustCompile(`duration=\S+( ?) *`) // columns are as wide as what was longest before
)

// mask writes what a running signer printed as recordings do.
func (s *signer) mask(text string) string {
	text = strings.ReplaceAll(text, "127.0.0.1:"+s.port, "127.0.0.1:${PORT}")
	for _, name := range []string{"${KEYSTORE}", "${CONFIG}"} {
		text = strings.ReplaceAll(text, s.names[name], name)
	}
	text = anyRemote.ReplaceAllString(logTime.ReplaceAllString(text, "[MM-DD|HH:MM:SS.mmm]"), "$2$${REMOTE}$1")
	return anyDuration.ReplaceAllString(text, "duration=$${DURATION}$1")
}
