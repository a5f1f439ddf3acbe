// Package kmdtest replays recorded exchanges of Algorand's kmd against a server
// and compares the answers byte by byte: the suite that everything which claims
// to speak the protocol must pass. Only tests import it.
package kmdtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Target is a server under test, on an empty data directory and with the
// configuration of one profile.
type Target struct {
	URL     string // "http://127.0.0.1:7833"
	Token   string
	Profile string // "main", "short" or "pna"
	Dir     string // folder of the recordings

	// Differences are the exchanges in which the server differs on purpose: their
	// file names without ".json", with the reason. One that does not differ fails.
	Differences map[string]string

	// Wait passes the time that an exchange waits before its request; nil sleeps.
	Wait func(time.Duration)
}

// exchange is one recording; the README of the recordings describes the fields.
type exchange struct {
	Profile string `json:"profile"`
	Request struct {
		Method  string            `json:"method"`
		Path    string            `json:"path"`
		Headers map[string]string `json:"headers"`
		Body    jsontext.Value    `json:"body"`
		BodyRaw *string           `json:"body_raw"`
	} `json:"request"`
	Response struct {
		Status         int               `json:"status"`
		Headers        map[string]string `json:"headers"`
		Body           jsontext.Value    `json:"body"`
		BodyRaw        string            `json:"body_raw"`
		BodySummarised bool              `json:"body_summarised"`
	} `json:"response"`
	Dynamic  []string          `json:"dynamic"`
	Vars     map[string]string `json:"vars"`
	Captures map[string]string `json:"captures"`
	Wait     int               `json:"wait_before_ms"`
}

// captured is one value that differs from run to run.
type captured struct{ recorded, actual string }

// Replay sends the requests of the target's profile in order and reports every
// answer that differs from the recording. It returns how many it sent.
func Replay(t testing.TB, target Target) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(target.Dir, "[0-9]*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s (%v)", target.Dir, err)
	}
	r := replay{target: target, values: make(map[string]captured), client: &http.Transport{}}
	defer r.client.CloseIdleConnections()
	sent := 0
	for _, file := range files { // Glob sorts
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var e exchange
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if e.Profile != target.Profile {
			continue
		}
		sent++
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		problems := r.exchange(&e)
		switch reason, listed := target.Differences[name]; {
		case listed && len(problems) == 0:
			t.Errorf("%s: listed as different (%s), but it is not", name, reason)
		case !listed && len(problems) > 0:
			t.Errorf("%s: %s", name, strings.Join(problems, "\n\t"))
		}
	}
	return sent
}

type replay struct {
	target Target
	values map[string]captured
	client *http.Transport
}

// exchange sends one request and returns what is wrong with the answer.
func (r *replay) exchange(e *exchange) (problems []string) {
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if e.Wait > 0 {
		wait := time.Sleep
		if r.target.Wait != nil {
			wait = r.target.Wait
		}
		wait(time.Duration(e.Wait) * time.Millisecond)
	}
	resp, body, err := r.send(e)
	if err != nil {
		return []string{err.Error()}
	}
	for name, at := range e.Captures {
		at = strings.TrimPrefix(at, "response.body.")
		v := captured{recorded: lookUp(e.Response.Body, at), actual: lookUp(body, at)}
		r.values[name] = v
		if len(v.actual) != len(v.recorded) {
			wrong("%s is %q, which has not the length of %q", at, v.actual, v.recorded)
		}
	}
	if resp.StatusCode != e.Response.Status {
		wrong("status %d, want %d", resp.StatusCode, e.Response.Status)
	}
	for name, want := range e.Response.Headers {
		if got := resp.Header.Get(name); got != want {
			wrong("header %s: %q, want %q", name, got, want)
		}
	}
	// A CORS header that a recording of the same kind lacks was not sent.
	for name := range resp.Header {
		_, recorded := e.Response.Headers[strings.ToLower(name)]
		if strings.HasPrefix(name, "Access-Control-") && !recorded {
			wrong("header %s is there", name)
		}
	}
	if e.Response.BodySummarised {
		if !jsontext.Value(body).IsValid() {
			wrong("the body is not JSON")
		}
		return problems
	}
	if got, want := r.normalise(e, body); got != want {
		wrong("body differs:\n\tgot  %q\n\twant %q", got, want)
	}
	return problems
}

func (r *replay) send(e *exchange) (*http.Response, []byte, error) {
	var body []byte
	switch {
	case e.Request.BodyRaw != nil:
		body = []byte(r.fillIn(*e.Request.BodyRaw))
	case e.Request.Body != nil:
		compact := e.Request.Body.Clone()
		if err := compact.Compact(); err != nil {
			return nil, nil, err
		}
		text := string(compact)
		for at, name := range e.Vars {
			if strings.HasPrefix(at, "request.body.") && r.values[name].recorded != "" {
				text = strings.ReplaceAll(text, r.values[name].recorded, r.values[name].actual)
			}
		}
		body = []byte(text)
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequest(e.Request.Method, r.target.URL+e.Request.Path, reader)
	if err != nil {
		return nil, nil, err
	}
	for name, value := range e.Request.Headers {
		if value == "$TOKEN" || name == "x-kmd-api-token" {
			value = r.target.Token
		}
		req.Header.Set(name, value)
	}
	resp, err := r.client.RoundTrip(req) // a client would follow the redirects
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp, got, err
}

var placeholder = regexp.MustCompile(`\$\{[A-Za-z0-9_.]+\}`)

// fillIn puts captured values in place of ${NAME}, and of ${NAME.id} the part
// before the dot.
func (r *replay) fillIn(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		name, part, _ := strings.Cut(p[2:len(p)-1], ".")
		value := r.values[name].actual
		if part == "id" {
			value, _, _ = strings.Cut(value, ".")
		}
		return value
	})
}

// normalise puts names in place of everything that differs from run to run.
func (r *replay) normalise(e *exchange, body []byte) (got, want string) {
	got, want = string(body), e.Response.BodyRaw
	for name, v := range r.values {
		if v.actual != "" {
			got = strings.ReplaceAll(got, v.actual, "<"+name+">")
		}
		if v.recorded != "" {
			want = strings.ReplaceAll(want, v.recorded, "<"+name+">")
		}
	}
	for _, d := range e.Dynamic {
		field := d[strings.LastIndexByte(d, '.')+1:]
		if !strings.HasPrefix(d, "response.body.") || !strings.HasSuffix(field, "_seconds") {
			continue
		}
		number := regexp.MustCompile(`("` + field + `":\s*)-?\d+`)
		got, want = number.ReplaceAllString(got, "${1}*"), number.ReplaceAllString(want, "${1}*")
	}
	return got, want
}

// lookUp is the text at a dotted path of a JSON document, "" if there is none.
func lookUp(document []byte, path string) string {
	v := jsontext.Value(document)
	for _, name := range strings.Split(path, ".") {
		var members map[string]jsontext.Value
		if err := json.Unmarshal(v, &members); err != nil {
			return ""
		}
		v = members[name]
	}
	var text string
	if err := json.Unmarshal(v, &text); err != nil {
		return ""
	}
	return text
}
