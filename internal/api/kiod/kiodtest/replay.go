// Package kiodtest replays recorded exchanges of keosd and kiod against a server
// and compares the answers: the suite that everything which claims to speak the
// protocol must pass. Each recording has a server of its own, with the options and
// wallet files that it names; how to start one is the caller's business. Only
// tests import it.
package kiodtest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Recording is one exchange; the README of the recordings describes the members.
type Recording struct {
	Name    string `json:"name"`
	Profile string `json:"profile"`
	Server  struct {
		Options []string `json:"options"`
		Wallets []string `json:"wallets"`
	} `json:"server"`
	Setup    []step `json:"setup"`
	Request  step   `json:"request"`
	Response struct {
		Status   int               `json:"status"`
		Headers  map[string]string `json:"headers"`
		Body     jsontext.Value    `json:"body"`
		BodyText *string           `json:"body_text"`
	} `json:"response"`
	Dynamic   []string          `json:"dynamic"`
	Match     [][2]string       `json:"match"`
	Verify    *verification     `json:"verify"`
	MayRefuse bool              `json:"may_refuse"`
	folder    string            // of the recordings
	captured  map[string]string // by setup steps
}

type step struct {
	Method       string            `json:"method"`
	Path         string            `json:"path"`
	Headers      map[string]string `json:"headers"`
	Body         string            `json:"body"`
	BodyRepeat   int               `json:"body_repeat"`
	ExpectStatus int               `json:"expect_status"`
	Capture      string            `json:"capture"`
	SleepMS      int               `json:"sleep_ms"`
	WriteFile    string            `json:"write_file"`
	RemoveFile   string            `json:"remove_file"`
}

// Server is a running server with its own wallet directory.
type Server struct {
	Address   string // "127.0.0.1:8900"
	WalletDir string
	Wait      func(time.Duration) // passes time; nil sleeps
}

// Start starts a server of a profile. The wallet files lie in dir, which is also
// the data directory. It ends with the test.
type Start func(t *testing.T, profile, dir string, options []string) Server

// Read reads all recordings of a folder, in the order of their names.
func Read(t testing.TB, folder string) []*Recording {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s (%v)", folder, err)
	}
	var all []*Recording
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := &Recording{folder: folder, captured: map[string]string{}}
		if err := json.Unmarshal(data, r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, r)
	}
	return all
}

// Replay runs every recording of a folder as a subtest and returns how many there
// were. differences are those in which the server differs on purpose, by name, with
// the reason; one that does not differ fails.
func Replay(t *testing.T, folder string, differences map[string]string, start Start) int {
	all := Read(t, folder)
	known := map[string]bool{}
	for _, r := range all {
		known[r.Name] = true
		t.Run(r.Name, func(t *testing.T) {
			problems := r.replay(t, start)
			switch reason, listed := differences[r.Name]; {
			case listed && len(problems) == 0:
				t.Errorf("listed as different (%s), but it is not", reason)
			case !listed && len(problems) > 0:
				t.Error(strings.Join(problems, "\n\t"))
			}
		})
	}
	for name := range differences {
		if !known[name] {
			t.Errorf("the difference %s names no recording", name)
		}
	}
	return len(all)
}

// replay does the steps of one recording and returns what is wrong with the answer.
func (r *Recording) replay(t *testing.T, start Start) (problems []string) {
	dir := t.TempDir()
	for _, name := range r.Server.Wallets {
		data, err := os.ReadFile(filepath.Join(r.folder, "wallet-fixture", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := start(t, r.Profile, dir, r.Server.Options)
	for i, s := range r.Setup {
		if err := r.prepare(server, s); err != nil {
			t.Fatalf("step %d of the setup: %v", i, err)
		}
	}
	got, err := r.send(server, r.Request)
	if r.Response.Status == 0 {
		if err != nil || got.StatusCode == http.StatusRequestEntityTooLarge || got.StatusCode == http.StatusExpectationFailed {
			return nil
		}
		return []string{fmt.Sprintf("status %d, want a closed connection or 413", got.StatusCode)}
	}
	if err != nil {
		return []string{err.Error()}
	}
	return r.compare(got, server)
}

// prepare does one step of the setup.
func (r *Recording) prepare(server Server, s step) error {
	switch {
	case s.SleepMS > 0:
		wait := server.Wait
		if wait == nil {
			wait = time.Sleep
		}
		wait(time.Duration(s.SleepMS) * time.Millisecond)
		return nil
	case s.WriteFile != "":
		return os.WriteFile(filepath.Join(server.WalletDir, s.WriteFile), []byte(s.Body), 0o600)
	case s.RemoveFile != "":
		return os.Remove(filepath.Join(server.WalletDir, s.RemoveFile))
	}
	got, err := r.send(server, s)
	if err != nil {
		return err
	}
	if got.StatusCode != s.ExpectStatus {
		return fmt.Errorf("%s: status %d: %s", s.Path, got.StatusCode, got.body)
	}
	if s.Capture != "" {
		var text string
		if err := json.Unmarshal(got.body, &text); err != nil {
			return err
		}
		r.captured[s.Capture] = text
	}
	return nil
}

// exchange is an answer with its body.
type exchange struct {
	*http.Response
	body []byte
}

// send writes a request as it stands, byte by byte: net/http would mend targets
// and headers.
func (r *Recording) send(server Server, s step) (*exchange, error) {
	body := r.fillIn(s.Body, server)
	if s.BodyRepeat > 0 {
		body = strings.Repeat(body, s.BodyRepeat)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", s.Method, r.fillIn(s.Path, server))
	headers := map[string]string{"Host": server.Address, "Accept": "*/*", "Content-Length": strconv.Itoa(len(body)), "Connection": "close"}
	for name, value := range s.Headers {
		headers[name] = r.fillIn(value, server)
	}
	for name, value := range headers {
		if value != "(absent)" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	b.WriteString("\r\n")
	b.WriteString(body)
	conn, err := net.Dial("tcp", server.Address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.Write(b.Bytes()); err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, &http.Request{Method: s.Method})
	for err == nil && resp.StatusCode == http.StatusContinue {
		resp, err = http.ReadResponse(in, &http.Request{Method: s.Method})
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return &exchange{resp, got}, err
}

// fillIn puts values in place of ${NAME}.
func (r *Recording) fillIn(text string, server Server) string {
	_, port, _ := net.SplitHostPort(server.Address)
	text = strings.ReplaceAll(text, "${PORT}", port)
	text = strings.ReplaceAll(text, "${WALLET_DIR}", server.WalletDir)
	for name, value := range r.captured {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	return text
}
