package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const sampleKey = "PUB_K1_6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5BoDq63"

// bodyOf reads a request and checks its head.
func bodyOf(t *testing.T, raw []byte, path string) []byte {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.URL.Path != path || r.Host != "127.0.0.1:1" || r.ContentLength != int64(len(body)) {
		t.Errorf("%+v %q %v", r, body, err)
	}
	return body
}

// TestKiodRequests: what is sent is what clients send, and no two to sign are equal.
func TestKiodRequests(t *testing.T) {
	w := &kiodWallet{daemon: &child{address: "127.0.0.1:1"}, password: []byte(`"PW5"`), key: sampleKey}
	for path, list := range map[string][][]byte{"/v1/wallet/sign_digest": w.digests(20), "/v1/wallet/sign_transaction": w.transactions(20)} {
		seen := map[string]bool{}
		for _, raw := range list {
			body := bodyOf(t, raw, path)
			var values []json.RawMessage
			if err := json.Unmarshal(body, &values); err != nil || seen[string(values[0])] {
				t.Fatalf("%s: %s, %v", path, body, err)
			}
			seen[string(values[0])] = true
			if len(values) == 3 {
				if _, err := antelope.ParseTransaction(values[0]); err != nil {
					t.Errorf("%s is no transaction: %v", values[0], err)
				}
			} else if len(values[0]) != 66 || string(values[1]) != `"`+sampleKey+`"` {
				t.Errorf("%s", body)
			}
		}
	}
	if body := bodyOf(t, w.unlocking(), "/v1/wallet/unlock"); string(body) != `["bench","PW5"]` {
		t.Errorf("%s", body)
	}
	raw, err := w.importing(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	if err := json.Unmarshal(bodyOf(t, raw, "/v1/wallet/import_key"), &values); err != nil || len(values) != 2 || values[0] != "bench" {
		t.Fatalf("%q %v", values, err)
	}
	private, kind, err := antelope.ParsePrivateKey(secret.New([]byte(values[1])))
	if err != nil || kind != antelope.K1 || !bytes.Equal(private.Expose(), bytes.Repeat([]byte{7}, 32)) {
		t.Errorf("%s %v", kind, err)
	}
}

// TestKiodFigures: only signatures are compared, with as many clients.
func TestKiodFigures(t *testing.T) {
	k := KiodReport{Reference: KiodReference{Canonical: 60, HTTP: 40, HTTPMany: 20}}
	for _, f := range []Figure{
		{Operation: "sign_digest", Clients: 1, CPU: 150}, {Operation: "sign_digest", Clients: many, CPU: 120},
		{Operation: "get_public_keys", Clients: 1, CPU: 150}, {Operation: "sign_transaction", Clients: 1},
	} {
		k.add(f, overTCP)
	}
	for i, want := range []struct{ ratio, beyond float64 }{{1.5, 50}, {1.5, 40}, {}, {}} {
		if f := k.Figures[i]; !near(f.Ratio, want.ratio) || !near(f.Beyond, want.beyond) {
			t.Errorf("%+v, want %+v", f, want)
		}
	}
	compared := k.compare()
	if len(compared) != 2 || compared[0].Operation != "sign_digest" || !near(compared[0].Least, 0.8) || compared[1].Least != 0 {
		t.Errorf("%+v", compared)
	}
}

func TestKiodText(t *testing.T) {
	k := &KiodReport{Reference: KiodReference{Library: 22, Canonical: 60, HTTP: 40}, Losses: []ListLoss{{Keys: 10_000, Clients: 1, Quiet: 100, Rate: 75, Percent: 25}}}
	k.add(Figure{Operation: "sign_digest", Keys: 10, Clients: 1, CPU: 120, Rate: 7000}, overUnix)
	r := Report{Kiod: k, Published: []Comparison{compare(Published{Peer: "keosd 4", Operation: "sign_digest", LeastCPU: 120, MostCPU: 120}, 120)}}
	var b strings.Builder
	r.Text(&b)
	for _, want := range []string{"canonical (mean)", "sign_digest   10     1         unix   120.0    7000      1.20    20.0", "25.0 %", "keosd 4   sign_digest   120      120.0   1.0"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "Ed25519") {
		t.Error("the report speaks of what was not measured")
	}
}

// TestBesideEnds: those beside stop with what they run beside, and their errors count.
func TestBesideEnds(t *testing.T) {
	b := &bench{Config: Config{Duration: time.Millisecond}}
	in, end := io.Pipe()
	out, tell := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- ServeBare(t.Context(), in, tell) }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conns, closeAll, err := dialAll(t.Context(), strings.TrimSpace(address), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	digest := requestTo("localhost", http.MethodPost, digestSignPath, "", []byte("x"))
	called := make(chan struct{}, 1)
	call := func(c *Conn) error {
		body, err := c.expect(http.StatusCreated, digest)
		if err == nil && string(body) != bareSignature {
			err = errors.New("another answer")
		}
		select {
		case called <- struct{}{}:
		default:
		}
		return err
	}
	made, err := b.beside(conns, call, func() error { <-called; <-called; return nil })
	select { // one that came too late
	case <-called:
	default:
	}
	if err != nil || made < 1 {
		t.Errorf("%d calls, %v", made, err)
	}
	refused := errors.New("refused")
	failing := func(*Conn) error { called <- struct{}{}; return refused }
	if _, err := b.beside(conns[:1], failing, func() error { <-called; return nil }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	_ = end.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestKiodRefusesLargeFiles(t *testing.T) {
	_, err := Run(t.Context(), Config{Kiod: true, Keys: []int{MaxFileKeys + 1}, Duration: time.Second})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}
