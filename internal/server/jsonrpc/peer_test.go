package jsonrpc_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
	"strongroom/internal/server"
	"strongroom/internal/server/jsonrpc"
)

// other is the program at the other end of a peer.
type other struct {
	t   testing.TB
	in  io.WriteCloser // what the peer reads
	out *bufio.Reader  // what it writes
	raw io.Closer
}

// logged is a log that can be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func startPeer(t testing.TB) (*jsonrpc.Peer, *other, *logged) {
	t.Helper()
	log := new(logged)
	fromOther, toPeer := io.Pipe()
	fromPeer, toOther := io.Pipe()
	p, err := jsonrpc.StartPeer(jsonrpc.PeerConfig{
		In: fromOther, Out: toOther, MaxMessage: 1 << 16, MaxRunning: 2, Log: slog.New(slog.NewTextHandler(log, nil)),
		Meta: jsonrpc.Meta{Remote: "ui"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		fromPeer.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, &other{t, toPeer, bufio.NewReader(fromPeer), fromPeer}, log
}

// read is the next line of the peer.
func (o *other) read() string {
	o.t.Helper()
	line, err := o.out.ReadString('\n')
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.TrimSuffix(line, "\n")
}

func (o *other) write(text string) {
	o.t.Helper()
	if _, err := io.WriteString(o.in, text); err != nil {
		o.t.Fatal(err)
	}
}

// call calls in a goroutine and gives what came of it.
func call(ctx context.Context, p *jsonrpc.Peer, method, param string) <-chan string {
	done := make(chan string, 1)
	go func() {
		var got string
		err := p.Call(ctx, method, jsontext.Value(param), func(v jsontext.Value) error {
			got = string(v)
			return nil
		})
		if err != nil {
			got = "error: " + fmt.Sprintf("%s %+v", fault.KindOf(err), err)
			if e, ok := errors.AsType[*jsonrpc.Error](err); ok {
				got = fmt.Sprintf("%d %s %s", e.Code, e.Message, []byte(e.Data))
			}
		}
		done <- got
	}()
	return done
}

func TestPeerCalls(t *testing.T) {
	p, o, _ := startPeer(t)
	first := call(t.Context(), p, "ui_onInputRequired", `{"title": "Master Password"}`)
	if got, want := o.read(), `{"jsonrpc":"2.0","id":1,"method":"ui_onInputRequired","params":[{"title": "Master Password"}]}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if err := p.Notify(t.Context(), "ui_showInfo", jsontext.Value("{\n\"text\":\"a\"\n}")); err != nil {
		t.Fatal(err)
	}
	if got, want := o.read(), `{"jsonrpc":"2.0","method":"ui_showInfo","params":[{"text":"a"}]}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	third := call(t.Context(), p, "ui_approveListing", `{}`)
	if got, want := o.read(), `{"jsonrpc":"2.0","id":3,"method":"ui_approveListing","params":[{}]}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// In another order, without a line of its own, and with things between.
	o.write("debug: answering\n" + `{"jsonrpc":"2.0","id":3,"result":` + "\n" + `{"accounts":null}}{"jsonrpc":"2.0","id":99,"result":1}` +
		`{"jsonrpc":"2.0","id":"1","result":2}{"jsonrpc":"2.0","id":1,"result":{"text":"pass"}}`)
	if got := <-third; got != `{"accounts":null}` {
		t.Errorf("got %s", got)
	}
	if got := <-first; got != `{"text":"pass"}` {
		t.Errorf("got %s", got)
	}
}

func TestPeerErrors(t *testing.T) {
	p, o, _ := startPeer(t)
	for answer, want := range map[string]string{
		`{"jsonrpc":"2.0","id":%d,"error":{"code":-31999,"message":"ui says no","data":{"why":"test"}}}`: `-31999 ui says no {"why":"test"}`,
		`{"jsonrpc":"2.0","id":%d,"error":{}}`:                    `0  `,
		`{"jsonrpc":"2.0","id":%d,"error":"no"}`:                  `-32000 the answer is an error of a form that is not understood `,
		`{"jsonrpc":"2.0","id":%d,"result":1,"error":{"code":5}}`: `5  `,
		`{"jsonrpc":"2.0","id":%d,"result":7,"error":null}`:       `7`,
		`{"jsonrpc":"2.0","id":%d,"error":null}`:                  `-32000 the answer has neither result nor error `,
		`{"jsonrpc":"2.0","id":%d}`:                               `-32000 the answer is no json-rpc response `,
		`{"id":%d,"result":{"approved":true}}`:                    `-32000 the answer is no json-rpc response `,
		`{"jsonrpc":"2.0","id":%d,"result":1,"params":[]}`:        `-32000 the answer is no json-rpc response `,
		`{"jsonrpc":"2.0","id":%d,"result":null}`:                 `null`,
	} {
		done := call(t.Context(), p, "ui_x", `{}`)
		var id int
		if _, err := fmt.Sscanf(o.read(), `{"jsonrpc":"2.0","id":%d`, &id); err != nil {
			t.Fatal(err)
		}
		o.write(fmt.Sprintf(answer, id))
		if got := <-done; got != want {
			t.Errorf("%s: got %q, want %q", answer, got, want)
		}
	}
}

// TestPeerGone: whatever ends the other side's end, all calls fail at once, now and later.
func TestPeerGone(t *testing.T) {
	for name, leave := range map[string]func(*other){
		"closes its end":    func(o *other) { o.in.Close() },
		"reads no more":     func(o *other) { o.raw.Close() },
		"ends within":       func(o *other) { o.write(`{"jsonrpc":`); o.in.Close() },
		"writes a } alone":  func(o *other) { o.write(`{"a":}`) },
		"writes duplicates": func(o *other) { o.write(`{"jsonrpc":"2.0","id":1,"id":1,"result":{"approved":true}}`) },
		"writes far too much": func(o *other) {
			if _, err := io.WriteString(o.in, "{"+strings.Repeat(" ", 1<<20)); err == nil {
				o.t.Error("all of it was read")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, o, log := startPeer(t)
			done := call(t.Context(), p, "ui_approveTx", `{}`)
			o.read()
			second := call(t.Context(), p, "ui_approveTx", `{}`)
			if name == "reads no more" {
				leave(o)
			} else {
				o.read()
				leave(o)
			}
			for _, c := range []<-chan string{done, second, call(t.Context(), p, "ui_approveTx", `{}`)} {
				if got := <-c; !strings.HasPrefix(got, "error: denied the program at the other end is gone") {
					t.Errorf("got %s", got)
				}
			}
			<-p.Done()
			if log.String() == "" {
				t.Error("nothing is logged")
			}
		})
	}
}

// TestPeerNotifiesAfterEndOfInput: scripts close the pipe to the signer once they have given the
// password, and still wait for what it says.
func TestPeerNotifiesAfterEndOfInput(t *testing.T) {
	p, o, _ := startPeer(t)
	o.in.Close()
	<-p.Done()
	if err := p.Notify(t.Context(), "ui_onSignerStartup", jsontext.Value(`{}`)); err != nil {
		t.Fatal(err)
	}
	if got, want := o.read(), `{"jsonrpc":"2.0","method":"ui_onSignerStartup","params":[{}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPeerCallGivenUp(t *testing.T) {
	p, o, _ := startPeer(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := call(ctx, p, "ui_approveTx", `{}`)
	o.read()
	cancel()
	if got := <-done; !strings.HasPrefix(got, "error: canceled") {
		t.Errorf("got %s", got)
	}
	next := call(t.Context(), p, "ui_approveTx", `{}`)
	o.read()
	o.write(`{"jsonrpc":"2.0","id":1,"result":"late"}{"jsonrpc":"2.0","id":2,"result":"good"}`)
	if got := <-next; got != `"good"` {
		t.Errorf("got %s", got)
	}
}

// TestPeerStuck: a program that does not read cannot hold up callers beyond their time.
func TestPeerStuck(t *testing.T) {
	p, _, _ := startPeer(t)
	ctx, cancel := context.WithCancel(t.Context())
	var all []<-chan string
	for range 100 {
		all = append(all, call(ctx, p, "ui_approveTx", `{}`))
	}
	cancel()
	for _, c := range all {
		if got := <-c; !strings.HasPrefix(got, "error: canceled") {
			t.Errorf("got %s", got)
		}
	}
}

func TestPeerServes(t *testing.T) {
	p, o, log := startPeer(t)
	o.write(`{"jsonrpc":"2.0","id":"a","method":"clef_listAccounts"}`)
	if got, want := o.read(), `{"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"the method clef_listAccounts does not exist/is not available"}}`; got != want {
		t.Errorf("got %s", got)
	}
	var kept jsontext.Value
	p.Offer(service(t, nil, method("clef_import", 1, 1, func(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		kept = c.Args[0]
		// A call of the other side may ask it something before it is done.
		err := p.Call(ctx, "ui_onInputRequired", jsontext.Value(`{}`), func(v jsontext.Value) error { return nil })
		return jsonrpc.Text(c.Meta.Remote), err
	})))
	o.write(`{"jsonrpc":"2.0","id":7,"method":"clef_import","params":["canary"]}`)
	if got, want := o.read(), `{"jsonrpc":"2.0","id":1,"method":"ui_onInputRequired","params":[{}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	o.write(`{"jsonrpc":"2.0","id":1,"result":{}}`)
	if got, want := o.read(), `{"jsonrpc":"2.0","id":7,"result":"ui"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	if strings.Contains(log.String(), "canary") {
		t.Error("parameters are in the log")
	}
	if err := p.Close(); err != nil { // which waits for the call
		t.Error(err)
	}
	if bytes.Contains(kept, []byte("canary")) {
		t.Error("the parameters are still in memory")
	}
}

// TestPeerBounds: two calls are at work; a third is refused, and answers still come through.
func TestPeerBounds(t *testing.T) {
	p, o, _ := startPeer(t)
	g := newGated()
	p.Offer(service(t, nil, g.method("clef_waits")))
	o.write(`{"jsonrpc":"2.0","id":8,"method":"clef_waits"}{"jsonrpc":"2.0","method":"clef_waits"}`)
	<-g.running
	<-g.running
	o.write(`{"jsonrpc":"2.0","id":9,"method":"clef_waits"}`)
	if got, want := o.read(), `{"jsonrpc":"2.0","id":9,"error":{"code":-32000,"message":"too many calls at the same time"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	done := call(t.Context(), p, "ui_x", `{}`)
	o.read()
	o.write(`{"jsonrpc":"2.0","id":1,"result":3}`)
	if got := <-done; got != "3" {
		t.Errorf("got %s", got)
	}
	close(g.leave)
	if got, want := o.read(), `{"jsonrpc":"2.0","id":8,"result":null}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	o.write(`[{"jsonrpc":"2.0","id":1,"method":"clef_waits"}]{"jsonrpc":"1.0","id":5,"method":"clef_waits"}{}`)
	for _, id := range []string{"null", "5", "null"} {
		if got, want := o.read(), `{"jsonrpc":"2.0","id":`+id+`,"error":{"code":-32600,"message":"invalid request"}}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestPeerSkipsLines: what a program prints is skipped, logged a few times, and never
// repeated in the log.
func TestPeerSkipsLines(t *testing.T) {
	p, o, log := startPeer(t)
	done := call(t.Context(), p, "ui_x", `{}`)
	o.read()
	o.write(strings.Repeat("canary \"{\" [ 5\n", 1000) + "\"canary\"\n42\n} ]\n" + `{"jsonrpc":"2.0","id":1,"result":1}`)
	if got := <-done; got != "1" {
		t.Errorf("got %s", got)
	}
	if n := strings.Count(log.String(), "is ignored"); n == 0 || n > 10 || strings.Contains(log.String(), "canary") {
		t.Errorf("%d lines in the log: %.300s", n, log.String())
	}
}

// TestPeerClose: what is unsent is sent, calls of the other side end, and so does
// everything else.
func TestPeerClose(t *testing.T) {
	g := newGated()
	p, o, _ := startPeer(t)
	p.Offer(service(t, nil, g.method("clef_waits")))
	o.write(`{"jsonrpc":"2.0","id":1,"method":"clef_waits"}`)
	<-g.running
	for range 3 {
		if err := p.Notify(t.Context(), "ui_showError", jsontext.Value(`{}`)); err != nil {
			t.Fatal(err)
		}
	}
	closed := make(chan error, 1)
	go func() { closed <- p.Close() }()
	for range 3 {
		o.read()
	}
	if err := <-g.ended; err != context.Canceled {
		t.Error(err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := p.Notify(t.Context(), "ui_showError", jsontext.Value(`{}`)); !fault.Is(err, fault.Denied) {
		t.Errorf("after the end: %v", err)
	}
}

// TestPeerOverFiles: with real pipes, as the signer's standard streams are, Close ends the
// reading although the other side says nothing.
func TestPeerOverFiles(t *testing.T) {
	in, toPeer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer toPeer.Close()
	fromPeer, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer fromPeer.Close()
	in.Fd() // makes it a file whose reads block, as those are that a process is started with
	p, err := jsonrpc.StartPeer(jsonrpc.PeerConfig{
		In: server.Pollable(in), Out: server.Pollable(out), MaxMessage: 1 << 10, MaxRunning: 1, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	done := call(t.Context(), p, "ui_x", `{}`)
	if _, err := bufio.NewReader(fromPeer).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if got := <-done; !strings.HasPrefix(got, "error: denied") {
		t.Errorf("got %s", got)
	}
}

// FuzzPeer: whatever the other side writes, a call gets at most one answer, which is
// valid JSON, the peer ends when it is closed, and its own lines are JSON-RPC.
func FuzzPeer(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"result":{"approved":true}}`,
		`{"jsonrpc":"2.0","id":1,"error":{"code":-31999,"message":"ui says no","data":{"why":"test"}}}`,
		"hello\n" + `{"jsonrpc":"2.0","id":1,"result":null}`,
		`{"jsonrpc":"2.0","id":1,"method":"account_version"}{"jsonrpc":"2.0","id":1,"result":5}`,
		`[{"jsonrpc":"2.0","id":1,"result":5}]`, `{"id":1}`, `{"jsonrpc":"2.0","id":1,"id":1}`, `}{`, `{"a":"\`,
	} {
		f.Add([]byte(seed))
	}
	s := service(f, nil)
	f.Fuzz(func(t *testing.T, input []byte) {
		var out bytes.Buffer
		in := &gatedReader{at: make(chan struct{}), r: bytes.NewReader(input)}
		p, err := jsonrpc.StartPeer(jsonrpc.PeerConfig{In: in, Out: &out, MaxMessage: 1 << 12, MaxRunning: 1, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		p.Offer(s)
		answers := 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = p.Call(context.Background(), "ui_approveTx", jsontext.Value(`{}`), func(v jsontext.Value) error {
				if answers++; !v.IsValid() {
					t.Errorf("not JSON: %q", v)
				}
				return nil
			})
		}()
		close(in.at)
		<-done // an answer, or the end of the input
		<-p.Done()
		if err := p.Close(); err != nil || answers > 1 {
			t.Errorf("%d answers, %v", answers, err)
		}
		for line := range bytes.Lines(out.Bytes()) {
			if v := jsontext.Value(line); !v.IsValid() || line[len(line)-1] != '\n' {
				t.Errorf("wrote %q", line)
			}
		}
	})
}

// gatedReader reads nothing before it is let.
type gatedReader struct {
	at chan struct{}
	r  io.Reader
}

func (g *gatedReader) Read(b []byte) (int, error) {
	<-g.at
	return g.r.Read(b)
}
