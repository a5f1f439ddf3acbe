package kiod

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"strongroom/internal/fault"
)

// raw sends bytes to a door and returns all that comes back.
func raw(t *testing.T, address, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(c) // a reset is as good as an end
	return string(got)
}

// TestHTTP: what §2 says of the server, on the wire.
func TestHTTP(t *testing.T) {
	b := newBench(t, func(c *DoorConfig) { c.MaxBody = 100 })
	address := serveTCP(t, b, Settings{ValidateHost: true})
	const list = "/v1/wallet/list_wallets"
	head := func(line string, more ...string) string {
		return line + "\r\nHost: " + address + "\r\nConnection: close\r\n" + strings.Join(more, "\r\n") + "\r\n\r\n"
	}
	for name, c := range map[string]struct {
		request string
		want    []string // parts of what comes back; none: nothing at all
	}{
		"GET":                {head("GET " + list + " HTTP/1.1"), []string{"HTTP/1.1 200", "[]"}},
		"unknown method":     {head("BREW " + list + " HTTP/1.1"), []string{"HTTP/1.1 200", "[]"}},
		"HEAD":               {head("HEAD " + list + " HTTP/1.1"), []string{"HTTP/1.1 200", "Content-Length: 2"}},
		"HTTP/1.0":           {"POST " + list + " HTTP/1.0\r\nHost: " + address + "\r\n\r\n", []string{"HTTP/1.0 200", "[]"}},
		"HTTP/1.0 no host":   {"POST " + list + " HTTP/1.0\r\n\r\n", []string{" 400 ", "Disallowed HTTP HOST"}},
		"percent":            {head("POST /v1/wallet/list%5fwallets HTTP/1.1"), []string{" 404 ", "Unknown Endpoint"}},
		"bad percent":        {head("POST /v1/wallet/%zz HTTP/1.1"), []string{" 400 ", "Illegal request-target"}},
		"query":              {head("POST " + list + "? HTTP/1.1"), []string{" 404 "}},
		"double slash":       {head("POST //v1/wallet/list_wallets HTTP/1.1"), []string{" 404 "}},
		"capital":            {head("POST /V1/wallet/list_wallets HTTP/1.1"), []string{" 404 "}},
		"absolute form":      {head("POST http://" + address + list + " HTTP/1.1"), []string{" 400 ", "Illegal request-target"}},
		"asterisk":           {head("OPTIONS * HTTP/1.1"), []string{" 400 ", "Illegal request-target"}},
		"connect":            {head("CONNECT " + address + " HTTP/1.1"), []string{" 400 "}},
		"two hosts":          {"POST " + list + " HTTP/1.1\r\nHost: " + address + "\r\nHost: evil\r\n\r\n", []string{" 400 ", "application/json"}},
		"no host":            {"POST " + list + " HTTP/1.1\r\n\r\n", []string{" 400 ", "Disallowed HTTP HOST"}},
		"malformed host":     {"POST " + list + " HTTP/1.1\r\nHost: a b\r\n\r\n", []string{" 400 ", "Disallowed HTTP HOST"}},
		"rebinding":          {"POST " + list + " HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n", []string{" 400 ", "Disallowed HTTP HOST"}},
		"localhost prefix":   {"POST " + list + " HTTP/1.1\r\nHost: localhost.evil.example\r\nConnection: close\r\n\r\n", []string{" 400 "}},
		"localhost":          {"POST " + list + " HTTP/1.1\r\nHost: localhost" + address[strings.LastIndex(address, ":"):] + "\r\nConnection: close\r\n\r\n", []string{" 200 "}},
		"localhost no port":  {"POST " + list + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", []string{" 400 "}},
		"large head":         {head("POST "+list+" HTTP/1.1", "X: "+strings.Repeat("x", 9<<10)), nil},
		"almost large head":  {head("POST "+list+" HTTP/1.1", "X: "+strings.Repeat("x", 7<<10)), []string{" 200 "}},
		"body at the limit":  {head("POST /v1/wallet/open HTTP/1.1", "Content-Length: 100") + `"` + strings.Repeat("a", 98) + `"`, []string{" 500 ", "3120002"}},
		"body over limit":    {head("POST /v1/wallet/open HTTP/1.1", "Content-Length: 101") + `"` + strings.Repeat("a", 99) + `"`, []string{" 413 ", "Payload Too Large"}},
		"chunked over limit": {head("POST /v1/wallet/open HTTP/1.1", "Transfer-Encoding: chunked") + "80\r\n" + strings.Repeat(" ", 128) + "\r\n0\r\n\r\n", []string{" 413 "}},
		"chunked":            {head("POST /v1/wallet/open HTTP/1.1", "Transfer-Encoding: chunked") + "3\r\n\"x\"\r\n0\r\n\r\n", []string{" 500 ", "x.wallet"}},
		"continue":           {head("POST /v1/wallet/open HTTP/1.1", "Content-Length: 3", "Expect: 100-continue") + `"x"`, []string{"100 Continue", " 500 ", "x.wallet"}},
		"OPTIONS":            {head("OPTIONS /nothing HTTP/1.1"), []string{" 200 ", "{}"}},
		"OPTIONS evil":       {"OPTIONS /nothing HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n", []string{" 400 "}},
		"garbage":            {"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", []string{" 400 "}},
	} {
		t.Run(name, func(t *testing.T) {
			got := raw(t, address, c.request)
			if c.want == nil && got != "" {
				t.Errorf("got %q, want nothing", got)
			}
			for _, part := range c.want {
				if !strings.Contains(got, part) {
					t.Errorf("got %q, want %q in it", got, part)
				}
			}
			if strings.Contains(got, "\r\nDate:") || strings.Contains(got, "text/plain") {
				t.Errorf("got %q", got)
			}
		})
	}
	if bytes := b.flight.bytes.Load(); bytes != 0 || b.flight.requests.Load() != 0 {
		t.Errorf("%d bytes, %d requests are still in flight", bytes, b.flight.requests.Load())
	}
	if len(b.gate.refused) < 3 {
		t.Errorf("refused hosts are not reported: %v", b.gate.refused)
	}
}

// TestPipelining: requests that come at once are answered in order on one connection.
func TestPipelining(t *testing.T) {
	b := newBench(t, nil)
	address := serveTCP(t, b, Settings{ValidateHost: true})
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const n = 20
	for i := range n {
		body := fmt.Sprintf(`"w%d"`, i)
		fmt.Fprintf(c, "POST /v1/wallet/open HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", address, len(body), body)
	}
	in := bufio.NewReader(c)
	for i := range n {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || !strings.Contains(string(body), fmt.Sprintf("/w%d.wallet", i)) {
			t.Fatalf("answer %d: %s (%v)", i, body, err)
		}
	}
}

// TestFlight: requests beyond a limit are refused, and what is in work is counted
// until its answer is out.
func TestFlight(t *testing.T) {
	f := flight{maxBytes: 100, maxRequests: 2}
	if why := f.enter(60); why != "" {
		t.Fatal(why)
	}
	if why := f.enter(60); why != "Too many bytes in flight: 120" {
		t.Error(why)
	}
	f.leave(60)
	if why := f.enter(39); why != "Too many bytes in flight: 101" {
		t.Error(why)
	}
	f.leave(39)
	if why := f.enter(38); why != "" {
		t.Error(why)
	}
	if why := f.enter(0); why != "Too many requests in flight: 3" {
		t.Error(why)
	}
	f.leave(0)
	f.leave(38)
	f.leave(60)
	if f.bytes.Load() != 0 || f.requests.Load() != 0 {
		t.Error("something is left")
	}
	unlimited := flight{maxBytes: -1, maxRequests: -1}
	if why := unlimited.enter(1 << 40); why != "" {
		t.Error(why)
	}
}

// TestHosts: which values are known. The recordings show more.
func TestHosts(t *testing.T) {
	loopback := &net.TCPAddr{IP: net.ParseIP("127.0.0.1"), Port: 8900}
	lan := &net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: 80}
	six := &net.TCPAddr{IP: net.IPv6loopback, Port: 8900}
	for _, c := range []struct {
		bound      net.Addr
		configured string
		host       string
		want       bool
	}{
		{loopback, "localhost:8900", "localhost:8900", true}, {loopback, "", "127.0.0.1:8900", true}, {loopback, "", "localhost:8900", true},
		{loopback, "", "LOCALHOST:8900", false}, {loopback, "", "localhost.:8900", false}, {loopback, "", "127.0.0.1:8900.evil.example", false},
		{loopback, "", "127.0.0.1:08900", false}, {loopback, "", "127.1:8900", false}, {loopback, "", "2130706433:8900", false},
		{lan, "wallet.lan:80", "wallet.lan", true}, {lan, "", "192.0.2.1", true}, {lan, "", "localhost:80", false}, {lan, "", "192.0.2.2", false},
		{six, "", "[::1]:8900", true}, {six, "", "localhost:8900", true}, {six, "", "[::1]", false},
		{loopback, "", "", false},
	} {
		r := &http.Request{Host: c.host}
		if got := NewHosts(true, c.configured, c.bound, nil).allows(r); got != c.want {
			t.Errorf("%q on %s: %v", c.host, c.bound, got)
		}
	}
	if !(*Hosts)(nil).allows(&http.Request{}) {
		t.Error("a unix socket does not let everybody pass")
	}
	if new(Hosts).allows(&http.Request{Host: "x:1"}) {
		t.Error("the zero value knows a host")
	}
}

// TestStop: both ways to stop are there in every profile, and the order comes once
// the gate allows it.
func TestStop(t *testing.T) {
	for _, path := range []string{keosdStop, kiodStop} {
		b := newBench(t, nil)
		b.gate.fail = fault.Denied.New("not allowed: by a rule")
		if status, text := b.do(path, ""); status != 403 || b.stops != 0 || !strings.Contains(text, "not allowed") {
			t.Errorf("%s: %d %s, %d stops", path, status, text, b.stops)
		}
		b.gate.fail = nil
		if status, text := b.do(path, "{ anything"); status != 200 || text != "{}" || b.stops != 1 {
			t.Errorf("%s: %d %s, %d stops", path, status, text, b.stops)
		}
	}
}
