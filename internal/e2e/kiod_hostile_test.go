package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/chain/antelope"
)

// newKiodVictim starts a daemon with one unlocked wallet and returns what shows
// that it is unharmed.
func newKiodVictim(t *testing.T, env []string, options ...string) (k *kiod, unharmed func()) {
	t.Helper()
	k = runKiodWith(t, env, "kiod", newKiodDir(t), options...)
	k.do("create", quoted("w"))
	key := keyWithSecret("victim")
	k.do("import_key", list("w", key.privateText(t, antelope.Kiod)))
	before, err := os.ReadFile(k.wallet("w"))
	if err != nil {
		t.Fatal(err)
	}
	return k, func() {
		t.Helper()
		answer := k.do("sign_digest", list(fmt.Sprintf("%064x", 1), key.id().text(t)))
		if err := verifyK1(key, 1, []byte(answer)); err != nil {
			t.Error(err)
		}
		if after, err := os.ReadFile(k.wallet("w")); err != nil || !bytes.Equal(before, after) {
			t.Errorf("the wallet's file changed: %v", err)
		}
		k.end(syscall.SIGTERM)
		if output := k.output(); strings.Contains(output, "panic") || strings.Contains(output, "goroutine") {
			t.Errorf("the log tells of a crash: %s", output)
		}
	}
}

// raw writes bytes as a client would who does not care for HTTP, and reads what
// comes back until the connection ends.
func (k *kiod) raw(network, request string) (answers string) {
	k.t.Helper()
	address := map[string]string{"unix": k.socket(), "tcp": k.Address}[network]
	conn, err := net.Dial(network, address)
	if err != nil {
		k.t.Fatalf("the daemon lets nobody in any more: %v", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		k.t.Fatal(err)
	}
	// A server that has heard enough may close before everything is written.
	_, _ = io.WriteString(conn, request)
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
	}
	b, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		k.t.Errorf("neither an answer nor an end to %.100q", request)
	}
	return string(b)
}

// TestKiodHostNames plays web pages that have their own name point to this machine.
func TestKiodHostNames(t *testing.T) {
	t.Parallel()
	k, unharmed := newKiodVictim(t, nil, "--http-alias", "wallet.example:80", "--access-control-allow-origin", "https://wallet.example")
	_, port, err := net.SplitHostPort(k.Address)
	if err != nil {
		t.Fatal(err)
	}
	request := func(target string, headers ...string) string {
		return "POST " + target + " HTTP/1.1\r\n" + strings.Join(headers, "\r\n") + "\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	}
	const target = "/v1/wallet/get_public_keys"
	for _, host := range []string{
		"evil.example", "evil.example:" + port, "127.0.0.1.evil.example:" + port, "localhost.evil.example:" + port, "127.0.0.1", "localhost", "127.1:" + port,
		"2130706433:" + port, "0x7f000001:" + port, "0.0.0.0:" + port, "[::1]:" + port, "[::ffff:127.0.0.1]:" + port, "127.0.0.1:0" + port, "127.0.0.1:" + port + "0",
		"127.0.0.1.:" + port, "localhost.:" + port, "wallet.example:" + port, "evil.wallet.example", "WALLET.example ",
		"evil@127.0.0.1:" + port, "127.0.0.1:" + port + "@evil.example", "127.0.0.1:" + port + "/", "127.0.0.1:" + port + ",evil.example", "127.0.0.1:" + port + "#evil",
		"", " ", "*", "null",
	} {
		for _, r := range []string{request(target, "Host: "+host), strings.Replace(request(target, "Host: "+host), "POST", "OPTIONS", 1)} {
			answer := k.raw("tcp", r)
			if !strings.HasPrefix(answer, "HTTP/1.1 400 ") || strings.Contains(answer, "PUB_") || strings.Contains(answer, "Access-Control") {
				t.Errorf("Host %q: %s", host, answer)
			}
			if _, body, _ := strings.Cut(answer, "\r\n\r\n"); strings.Contains(answer, "application/json") {
				if e, err := readEnvelope(400, []byte(body)); err != nil || !strings.HasPrefix(e.Message, "Disallowed HTTP HOST header") {
					t.Errorf("Host %q: %v, %s", host, err, body)
				}
			}
		}
	}
	good := "Host: " + k.Address
	for _, r := range []string{
		request(target, "X: y"), // no Host at all
		request(target, good, "Host: evil.example"),
		request(target, "Host: evil.example", good),
		request("http://evil.example"+target, good),
		request("http://"+k.Address+target, "Host: evil.example"),
		request("//evil.example"+target, "Host: evil.example"),
		request(target, "Host : "+k.Address),
		request(target, " Host: "+k.Address),
		request(target, "X-Forwarded-Host: "+k.Address, "Host: evil.example"),
		strings.Replace(request(target, "Host: evil.example"), "HTTP/1.1", "HTTP/1.0", 1),
		strings.Replace(request(target, "X: y"), "HTTP/1.1", "HTTP/1.0", 1),
	} {
		if answer := k.raw("tcp", r); strings.Contains(answer, " 200 ") || strings.Contains(answer, "PUB_") {
			t.Errorf("%q: %s", r, answer)
		}
	}
	for _, host := range []string{k.Address, "localhost:" + port, "wallet.example"} {
		if answer := k.raw("tcp", request(target, "Host: "+host)); !strings.HasPrefix(answer, "HTTP/1.1 200 ") || !strings.Contains(answer, "https://wallet.example") {
			t.Errorf("Host %q: %s", host, answer)
		}
	}
	// The socket is not reached from web pages; any name will do.
	if answer := k.raw("unix", request(target, "Host: evil.example")); !strings.HasPrefix(answer, "HTTP/1.1 200 ") {
		t.Errorf("over the socket: %s", answer)
	}
	unharmed()
}

// malformed are bodies that no endpoint can make sense of.
func malformed() map[string]string {
	deep := strings.Repeat
	return map[string]string{
		"open list": "[", "open object": "{", "open text": `"`, "closed list": "]", "comma": ",", "only a colon": ":", "nothing but NUL": "\x00", "binary": "\xff\xfe\x00\x01",
		"byte order mark": "\ufeff[\"w\",\"x\"]", "UTF-16": "[\x00\"\x00w\x00\"\x00]\x00", "broken UTF-8": "[\"w\xff\",\"\xc3\x28\"]", "overlong UTF-8": "[\"\xc0\xaf\",\"x\"]",
		"lone high surrogate": `["\ud800","x"]`, "lone low surrogate": `["w","\udc00"]`, "swapped surrogates": `["\udc00\ud800","x"]`, "coded surrogate": "[\"\xed\xa0\x80\",\"x\"]",
		"bad escape": `["\q","x"]`, "short escape": `["\u12","x"]`, "NUL in a text": "[\"w\x00\",\"x\"]", "line end in a text": "[\"w\n\",\"x\"]",
		"comment": "/* */ [\"w\",\"x\"]", "single quotes": "['w','x']", "trailing comma": `["w","x",]`, "leading comma": `[,"w","x"]`, "no comma": `["w" "x"]`,
		"two values": `["w","x"]["w","x"]`, "NaN": "[NaN,Infinity]", "leading zero": "[007,1]", "hexadecimal": "[0x10,1]", "plus": "[+1,1]", "bare exponent": "[1e,1]",
		"objects": `[{},{}]`, "lists": "[[],[]]", "many elements": "[" + deep("1,", 200_000) + "1]", "deep list": deep("[", 100_000), "deep closed list": deep("[", 5000) + deep("]", 5000),
		"deep object": deep(`{"a":`, 50_000), "deep in a text": `["w",` + deep(`[{"a":`, 1000) + "1" + deep("}]", 1000) + "]",
		"long text": `["w","` + deep("a", 900_000), "only spaces": deep(" ", 900_000) + "x", "only quotes": deep(`"`, 99_999), "only backslashes": `"` + deep(`\`, 99_999),
	}
}

// TestKiodMalformedBodies sends nonsense to every endpoint: each gets a refusal in
// the form that clients read.
func TestKiodMalformedBodies(t *testing.T) {
	t.Parallel()
	k, unharmed := newKiodVictim(t, nil, "--verbose-http-errors")
	endpoints := []string{
		"create", "open", "lock", "lock_all", "unlock", "import_key", "remove_key", "create_key", "list_wallets", "list_keys", "get_public_keys", "set_timeout",
		"sign_transaction", "sign_digest", "remove_name", "list_keys_by_name", "set_key_name", "set_key_name_with_public_key", "set_key_name_with_private_key",
	}
	for name, body := range malformed() {
		for _, endpoint := range endpoints {
			status, answer, err := k.try(endpoint, body)
			if err != nil {
				t.Fatalf("%s, %s: %v", endpoint, name, err)
			}
			if _, err := readEnvelope(status, answer); err != nil {
				t.Errorf("%s, %s: %v", endpoint, name, err)
			}
		}
	}
	public := keyWithSecret("victim").id().text(t)
	digest := fmt.Sprintf("%064x", 1)
	transaction := func(members string) string { return `[{` + members + `},["` + public + `"],"` + digest + `"]` }
	for name, c := range map[string]struct{ endpoint, body string }{
		"member twice":             {"sign_transaction", transaction(`"ref_block_num":1,"ref_block_num":2`)},
		"member twice, escaped":    {"sign_transaction", transaction(`"ref_block_num":1,"ref_block_nu\u006d":2`)},
		"member of action twice":   {"sign_transaction", transaction(`"actions":[{"account":"a","account":"b"}]`)},
		"17 bits":                  {"sign_transaction", transaction(`"ref_block_num":65536`)},
		"negative":                 {"sign_transaction", transaction(`"ref_block_prefix":-1`)},
		"33 bits":                  {"sign_transaction", transaction(`"delay_sec":"4294967296"`)},
		"9 bits":                   {"sign_transaction", transaction(`"max_cpu_usage_ms":256`)},
		"huge number":              {"sign_transaction", transaction(`"ref_block_num":1e999999999`)},
		"many digits":              {"sign_transaction", transaction(`"ref_block_num":` + strings.Repeat("9", 500_000))},
		"fraction":                 {"sign_transaction", transaction(`"ref_block_num":1.5`)},
		"number as list":           {"sign_transaction", transaction(`"ref_block_num":[1]`)},
		"actions as text":          {"sign_transaction", transaction(`"actions":"x"`)},
		"action data as object":    {"sign_transaction", transaction(`"actions":[{"account":"a","name":"b","authorization":[],"data":{}}]`)},
		"odd data":                 {"sign_transaction", transaction(`"actions":[{"account":"a","name":"b","authorization":[],"data":"abc"}]`)},
		"bad name":                 {"sign_transaction", transaction(`"actions":[{"account":"A!","name":"b","authorization":[],"data":""}]`)},
		"nested actions":           {"sign_transaction", transaction(`"actions":` + strings.Repeat("[", 100) + strings.Repeat("]", 100))},
		"year without end":         {"sign_transaction", transaction(`"expiration":"99999-01-01T00:00:00"`)},
		"date behind 32 bits":      {"sign_transaction", transaction(`"expiration":"2200-01-01T00:00:00"`)},
		"bad signature":            {"sign_transaction", transaction(`"signatures":["SIG_K1_x"]`)},
		"too many keys":            {"sign_transaction", `[{},["` + strings.Repeat(public+`","`, 300) + public + `"],"` + digest + `"]`},
		"short chain":              {"sign_transaction", `[{},["` + public + `"],"00"]`},
		"transaction as text":      {"sign_transaction", `["{}",["` + public + `"],"` + digest + `"]`},
		"short digest":             {"sign_digest", `["00","` + public + `"]`},
		"long digest":              {"sign_digest", `["` + digest + `00","` + public + `"]`},
		"digest with prefix":       {"sign_digest", `["0x` + digest[2:] + `","` + public + `"]`},
		"digest as number":         {"sign_digest", `[` + digest[63:] + `,"` + public + `"]`},
		"long key":                 {"sign_digest", `["` + digest + `","PUB_K1_` + strings.Repeat("z", 100_000) + `"]`},
		"timeout of many digits":   {"set_timeout", strings.Repeat("9", 400_000)},
		"timeout with an exponent": {"set_timeout", "1e400"},
		"negative timeout":         {"set_timeout", "-1"},
		"timeout that overflows":   {"set_timeout", "9223372036854775807"},
		"long name":                {"create", quoted(strings.Repeat("a", 300))},
		"path":                     {"create", quoted("../w")},
		"absolute path":            {"open", quoted("/etc/passwd")},
		"NUL in a name":            {"open", quoted(`w\u0000`)},
		"long password":            {"unlock", `["w2","` + strings.Repeat("a", 1_000_000) + `"]`},
		"long name of a key":       {"set_key_name", `["w","x","` + strings.Repeat("a", 100_000) + `","my-key-0"]`},
	} {
		status, answer, err := k.try(c.endpoint, c.body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := readEnvelope(status, answer); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := k.do("list_wallets", nil); got != `["w *"]` {
		t.Errorf("wallets afterwards: %s", got)
	}
	unharmed()
}

// TestKiodOversized sends more than is taken, in each way in which HTTP allows it.
func TestKiodOversized(t *testing.T) {
	t.Parallel()
	const limit = 4096
	k, unharmed := newKiodVictim(t, nil, "--max-body-size", fmt.Sprint(limit))
	head := "POST /v1/wallet/lock HTTP/1.1\r\nHost: " + k.Address + "\r\n"
	fits := quoted(strings.Repeat("a", limit-2))
	chunk := fmt.Sprintf("%x\r\n%s\r\n", limit, strings.Repeat(" ", limit))
	for name, c := range map[string]struct{ request, want string }{
		"exactly the limit":  {head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", limit, fits), "HTTP/1.1 500 "}, // no such wallet
		"one more":           {head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s ", limit+1, fits), "HTTP/1.1 413 "},
		"announced":          {head + "Content-Length: 9223372036854775807\r\n\r\n", "HTTP/1.1 413 "},
		"expected":           {head + "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 413 "},
		"beyond 64 bits":     {head + "Content-Length: 92233720368547758070\r\n\r\n", "HTTP/1.1 400 "},
		"negative":           {head + "Content-Length: -1\r\n\r\n", "HTTP/1.1 400 "},
		"two lengths":        {head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n12", "HTTP/1.1 400 "},
		"length and chunks":  {head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 400 "},
		"chunks":             {head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat(chunk, 2) + "0\r\n\r\n", "HTTP/1.1 413 "},
		"endless chunk":      {head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + strings.Repeat(" ", 2*limit), "HTTP/1.1 413 "},
		"bad chunk":          {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 "},
		"unknown encoding":   {head + "Transfer-Encoding: gzip\r\n\r\n", ""},
		"less than promised": {head + "Content-Length: 100\r\n\r\n\"w", "HTTP/1.1 400 "},
		"long header":        {head + "X: " + strings.Repeat("x", 100_000) + "\r\n\r\n", ""},
		"many headers":       {head + strings.Repeat("X: y\r\n", 20_000) + "\r\n", ""},
		"long target":        {"POST /" + strings.Repeat("x", 100_000) + " HTTP/1.1\r\n\r\n", ""},
		"no HTTP":            {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "HTTP/1.1 400 "},
		"HTTP/2":             {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
		"a method":           {"CONNECT evil.example:443 HTTP/1.1\r\nHost: " + k.Address + "\r\n\r\n", "HTTP/1.1 400 "},
		"nothing":            {"", ""},
	} {
		for _, network := range []string{"tcp", "unix"} {
			answer := k.raw(network, c.request)
			if c.want == "" && strings.Contains(answer, " 200 ") || !strings.HasPrefix(answer, c.want) {
				t.Errorf("%s, %s: %.200q, want %q", network, name, answer, c.want)
			}
		}
	}
	unharmed()
}

// TestKiodSlowClients: who takes his time is sent away, and keeps nobody waiting.
func TestKiodSlowClients(t *testing.T) {
	t.Parallel()
	k, unharmed := newKiodVictim(t, []string{
		"STRONGROOM_LISTENER_KIOD_LIMITS_HEADER_TIMEOUT=300ms", "STRONGROOM_LISTENER_KIOD_LIMITS_READ_TIMEOUT=300ms",
		"STRONGROOM_LISTENER_KIOD_LIMITS_IDLE_TIMEOUT=300ms",
	})
	head := "POST /v1/wallet/sign_digest HTTP/1.1\r\nHost: " + k.Address + "\r\n"
	var slow sync.WaitGroup
	for i := range 200 {
		begin := []string{"", "P", head, head + "Content-Length: 1000\r\n\r\n[", head + "Transfer-Encoding: chunked\r\n\r\n1\r\n["}[i%5]
		network, address := "tcp", k.Address
		if i%2 == 0 {
			network, address = "unix", k.socket()
		}
		conn, err := net.Dial(network, address)
		if err != nil {
			t.Fatal(err)
		}
		slow.Go(func() {
			defer conn.Close()
			if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
			_, _ = io.WriteString(conn, begin)
			ended := make(chan struct{})
			dripping := sync.WaitGroup{}
			dripping.Go(func() {
				for begin != "" {
					select {
					case <-ended:
						return
					case <-time.After(50 * time.Millisecond):
						_, _ = io.WriteString(conn, " ")
					}
				}
			})
			answer, err := io.ReadAll(bufio.NewReader(conn))
			close(ended)
			dripping.Wait()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("a client that sent %.20q is waited for", begin)
			}
			if bytes.HasPrefix(answer, []byte("HTTP/1.1 2")) {
				t.Errorf("half a request was answered: %s", answer)
			}
		})
	}
	for range 100 {
		if status, answer, err := k.try("get_public_keys", nil); err != nil || status != http.StatusOK {
			t.Errorf("beside them: %d %s, %v", status, answer, err)
		}
	}
	slow.Wait()
	unharmed()
}
