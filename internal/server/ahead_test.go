package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// waiter is a server whose handler answers "/wait" when its request ends or the test
// says so, and everything else with its path.
func waiter(t *testing.T, network string) (r *running, began, ended chan string, goOn chan struct{}) {
	began, ended, goOn = make(chan string, 100), make(chan string, 100), make(chan struct{})
	address := "127.0.0.1:0"
	if network == "unix" {
		address = unixPrefix + t.TempDir() + "/s"
	}
	r = start(t, address, Config{Limits: testLimits(), Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := ReadBody(q, 1<<20)
		if err != nil {
			t.Error(err)
		}
		if strings.HasPrefix(q.URL.Path, "/wait") {
			began <- q.URL.Path
			select {
			case <-q.Context().Done():
				ended <- q.URL.Path
			case <-goOn:
			}
		}
		fmt.Fprintf(w, "%s %d", q.URL.Path, len(body))
	})})
	return r, began, ended, goOn
}

func post(path string, length int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", path, length, strings.Repeat("b", length))
}

// A client that says more while its request is at work is missed all the same when it
// goes away.
func TestClientThatSaysMoreGoesAway(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		for name, more := range map[string]string{
			"nothing": "", "a byte": "P", "a request": post("/next", 3), "more than net/http reads": post("/next", 10_000),
			"requests": strings.Repeat(post("/next", 100), 100), "garbage": strings.Repeat("x", 9000),
			"all that is kept": strings.Repeat("x", maxAhead), "more than is kept": strings.Repeat("x", 1<<20),
		} {
			t.Run(network+" "+name, func(t *testing.T) {
				t.Parallel()
				r, began, ended, _ := waiter(t, network)
				c := r.dial(t)
				go func() { _, _ = io.WriteString(c, post("/wait", 5)+more) }()
				<-began
				_ = c.Close()
				select {
				case <-ended:
				case <-time.After(20 * time.Second):
					t.Error("the request survives its client")
				}
			})
		}
	}
}

// What a client says while its request is at work is served afterwards, none of it lost.
func TestPipelinedRequestsAreServed(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"tcp", "unix"} {
		r, began, ended, goOn := waiter(t, network)
		c := r.dial(t)
		var all strings.Builder
		var want []string
		for i := range 30 {
			for _, path := range []string{"/a", "/wait"} {
				path = fmt.Sprint(path, i)
				all.WriteString(post(path, i*97))
				want = append(want, fmt.Sprintf("%s %d", path, i*97))
			}
		}
		go func() { _, _ = io.WriteString(c, all.String()) }()
		go func() {
			for range 30 {
				<-began
				goOn <- struct{}{}
			}
		}()
		in := bufio.NewReader(c)
		for _, w := range want {
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(resp.Body)
			if err != nil || string(text) != w {
				t.Fatalf("%q, %v; want %q", text, err, w)
			}
		}
		if len(ended) > 0 {
			t.Errorf("%s ended early", <-ended)
		}
		// Idle, and then one more.
		if resp := ask(t, c, post("/last", 1)); resp.StatusCode != http.StatusOK {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
}
