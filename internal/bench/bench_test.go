package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/fault"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		in   []float64
		want float64
	}{
		{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1}, 5}, {[]float64{100, 1, 2}, 2}, {[]float64{4, 1, 1000, 2}, 3},
	} {
		if got := median(test.in); got != test.want {
			t.Errorf("median of %v is %v, want %v", test.in, got, test.want)
		}
	}
	in := []float64{3, 1, 2}
	median(in)
	if in[0] != 3 {
		t.Error("median sorts its argument")
	}
}

func TestMiddleIgnoresDisturbedRounds(t *testing.T) {
	cpu, rate, calls := middle([]Sample{
		{Calls: 100, Elapsed: time.Second, CPU: 5 * time.Millisecond},
		{Calls: 10, Elapsed: 10 * time.Second, CPU: 900 * time.Millisecond}, // disturbed
		{Calls: 200, Elapsed: time.Second, CPU: 12 * time.Millisecond},
		{}, // nothing came of it
	})
	if cpu != 60*time.Microsecond || rate != 100 || calls != 310 {
		t.Errorf("got %v, %v/s, %d calls", cpu, rate, calls)
	}
}

func TestSampleWithoutCalls(t *testing.T) {
	if s := (Sample{CPU: time.Second}); s.CPUPerCall() != 0 || s.Rate() != 0 {
		t.Error("a round without calls has a cost")
	}
}

func TestFigureComparesWithAsManyClients(t *testing.T) {
	ref := Reference{Ed25519: 20, HTTP: 30, HTTPMany: 10}
	taken := []Sample{{Calls: 1000, Elapsed: time.Second, CPU: 60 * time.Millisecond}}
	if f := figure("sign", 10, 1, "written", taken, ref); !near(f.CPU, 60) || !near(f.Rate, 1000) || !near(f.Ratio, 1.2) {
		t.Errorf("one client: %+v", f)
	}
	if f := figure("sign", 10, many, "written", taken, ref); !near(f.Ratio, 2) {
		t.Errorf("many clients: %+v", f)
	}
	if f := figure("sign", 10, 1, "written", taken, Reference{}); f.Ratio != 0 {
		t.Errorf("without a reference: %+v", f)
	}
}

func TestLost(t *testing.T) {
	for _, test := range [][3]float64{{1000, 800, 20}, {1000, 1000, 0}, {1000, 1100, -10}, {0, 5, 0}} {
		if got := lost(test[0], test[1]); !near(got, test[2]) {
			t.Errorf("from %v to %v is a loss of %v %%, want %v", test[0], test[1], got, test[2])
		}
	}
}

func TestCompare(t *testing.T) {
	c := compare(Published{LeastCPU: 290, MostCPU: 460}, 58)
	if !near(c.Least, 5) || !near(c.Most, 460.0/58) {
		t.Errorf("%+v", c)
	}
	if c := compare(publishedKmd(), 0); c.Least != 0 {
		t.Errorf("without processor times: %+v", c)
	}
}

func TestDerivationTakesMedians(t *testing.T) {
	d := derivation("x", 2, []Sample{
		{Calls: 1, Elapsed: time.Second, CPU: 2 * time.Second}, {Calls: 1, Elapsed: 9 * time.Second, CPU: 3 * time.Second},
		{Calls: 1, Elapsed: 2 * time.Second, CPU: 20 * time.Second},
	})
	if !near(d.Seconds, 2) || !near(d.CPU, 3) || d.Workers != 2 {
		t.Errorf("%+v", d)
	}
}

// idle is a process that uses a millisecond between two looks.
func idle() func() (time.Duration, error) {
	var t time.Duration
	return func() (time.Duration, error) { t += time.Millisecond; return t, nil }
}

func TestRoundKeepsItsBound(t *testing.T) {
	var calls atomic.Int64
	s, err := round(t.Context(), 4, time.Hour, 10, idle(), func(int) error { calls.Add(1); return nil })
	if err != nil || s.Calls != 10 || calls.Load() != 10 || s.CPU != time.Millisecond {
		t.Errorf("%+v, %d calls, %v", s, calls.Load(), err)
	}
}

func TestRoundEndsWithTheFirstError(t *testing.T) {
	failed := errors.New("refused")
	_, err := round(t.Context(), 4, time.Hour, 0, idle(), func(worker int) error {
		if worker == 2 {
			return failed
		}
		return nil
	})
	if !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
}

func TestRoundIsCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := round(ctx, 1, time.Hour, 0, idle(), func(int) error { cancel(); return nil })
	if !fault.Is(err, fault.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRequestIsHTTP(t *testing.T) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request(http.MethodPost, "/v1/key", "abc", []byte(`{"a":1}`)))))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || string(body) != `{"a":1}` || r.URL.Path != "/v1/key" || r.Header.Get("X-KMD-API-Token") != "abc" || r.ContentLength != 7 {
		t.Errorf("%+v %q %v", r, body, err)
	}
}

func TestReadHead(t *testing.T) {
	for _, test := range []struct {
		name, in       string
		status, length int
		ok             bool
	}{
		{"usual", "HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: 12\r\n\r\n", 200, 12, true},
		{"other case, no reason", "HTTP/1.1 401\r\ncontent-length:0\r\n\r\n", 401, 0, true},
		{"no length", "HTTP/1.1 200 OK\r\n\r\n", 0, 0, false},
		{"negative", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", 0, 0, false},
		{"huge", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", 0, 0, false},
		{"not a number", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 0, 0, false},
		{"status", "HTTP/1.1 xyz\r\nContent-Length: 0\r\n\r\n", 0, 0, false},
		{"cut", "HTTP/1.1 200 OK\r\nContent-Le", 0, 0, false},
		{"other protocol", "SSH-2.0-x\r\n\r\n", 0, 0, false},
		{"empty", "", 0, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, length, err := readHead(bufio.NewReader(strings.NewReader(test.in)))
			if (err == nil) != test.ok || test.ok && (status != test.status || length != test.length) {
				t.Errorf("%d %d %v", status, length, err)
			}
		})
	}
}

func TestEnvironmentIsNeutral(t *testing.T) {
	t.Setenv("STRONGROOM_SEALING_TIME", "9")
	t.Setenv("GOMAXPROCS", "1")
	t.Setenv("KEPT", "yes")
	got := "\n" + strings.Join(environment("STRONGROOM_AUDIT_DURABILITY=each"), "\n") + "\n"
	if strings.Contains(got, "SEALING_TIME") || strings.Contains(got, "GOMAXPROCS") {
		t.Error("the caller's settings reach the children")
	}
	if !strings.Contains(got, "\nKEPT=yes\n") || !strings.Contains(got, "\nSTRONGROOM_AUDIT_DURABILITY=each\n") {
		t.Error("the children lack what they need")
	}
}

func TestRunRefusesNonsense(t *testing.T) {
	for _, c := range []Config{
		{Kmd: true, Duration: time.Second}, {Kmd: true, Keys: []int{1}}, {Keys: []int{1}, Duration: time.Second},
		{Kmd: true, Keys: []int{0}, Duration: time.Second}, {Kmd: true, Keys: []int{MaxKeys + 1}, Duration: time.Second},
	} {
		if _, err := Run(t.Context(), c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestBareAndClient drives the bare server with the client.
func TestBareAndClient(t *testing.T) {
	in, end := io.Pipe()
	out, tell := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- ServeBare(t.Context(), in, tell) }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	c, err := dial(t.Context(), strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := request(http.MethodPost, "/", "", make([]byte, 500))
	for _, r := range [][]byte{r, request(http.MethodPost, signPath, "", []byte("x")), r} { // on one connection
		body, err := c.expect(http.StatusOK, r)
		if err != nil || string(body) != bareAnswer {
			t.Fatalf("%q %v", body, err)
		}
	}
	if _, err := c.expect(http.StatusTeapot, r); err == nil {
		t.Error("another status was accepted")
	}
	_ = end.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestText(t *testing.T) {
	ref := Reference{Ed25519: 20, HTTP: 15, HTTPMany: 12}
	r := Report{
		Reference:   ref,
		Figures:     []Figure{figure("sign payment", 10, 1, "written", []Sample{{Calls: 10, Elapsed: time.Second, CPU: 700 * time.Microsecond}}, ref)},
		Losses:      []Loss{{Keys: 10, Clients: 1, Generators: 2, Quiet: 100, Rate: 90, Percent: 10}},
		Derivations: []Derivation{{Name: "Argon2id", Workers: 2, Seconds: 0.5, CPU: 0.9}},
		Published:   []Comparison{compare(publishedKmd(), 70)},
	}
	var b strings.Builder
	r.Text(&b)
	for _, want := range []string{"sign payment   10     1         written   70.0", "2.00", "10.0 %", "Recorded elsewhere", "290 to 460", "4.1 to 6.6"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, b.String())
		}
	}
}
