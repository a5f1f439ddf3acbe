package rest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// kept is a writer that keeps the slices it is given, as no writer should.
type kept struct{ given [][]byte }

func (k *kept) Write(b []byte) (int, error) {
	k.given = append(k.given, b)
	return len(b), nil
}

func TestEncodeLeavesNoSecretBehind(t *testing.T) {
	var k kept
	private := secret.New(bytes.Repeat([]byte{0xfb}, 64))
	if err := encode(&k, Private{Private: Binary{private}}); err != nil {
		t.Fatal(err)
	}
	if len(k.given) != 1 || len(k.given[0]) < 80 {
		t.Fatalf("written in %d pieces", len(k.given))
	}
	if !bytes.Equal(k.given[0], make([]byte, len(k.given[0]))) {
		t.Error("the buffer of an answer was not wiped")
	}
}

// One wallet file with such a name, dropped into the folder, would otherwise hide
// all wallets from their owner.
func TestEncodeShowsNamesThatAreNotUTF8(t *testing.T) {
	var b bytes.Buffer
	if err := encode(&b, Wallets{Wallets: []Wallet{{ID: "a", Name: "caf\xe9"}, {ID: "b", Name: "good"}}}); err != nil {
		t.Fatal(err)
	}
	var back Wallets
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Wallets) != 2 || back.Wallets[0].Name != "caf\ufffd" {
		t.Errorf("got %+v", back)
	}
}

// grown remembers each buffer that a body was read into.
type grown struct {
	rest    io.Reader
	buffers [][]byte
}

func (g *grown) Read(b []byte) (int, error) {
	n, err := g.rest.Read(b[:min(len(b), 300)])
	g.buffers = append(g.buffers, b[:n])
	return n, err
}

// A body is read in pieces into growing buffers; each may hold a password.
func TestBodiesAreWiped(t *testing.T) {
	body := &grown{rest: strings.NewReader(`{"password":"` + strings.Repeat("p", 3000) + `"}`)}
	r := httptest.NewRequest(http.MethodPost, "/", body)
	d := &Door{cfg: Config{Caller: func(*http.Request) gate.Caller { return gate.Caller{} }}}
	d.serve(httptest.NewRecorder(), r, maxBody, func(*call) (any, error) { return nothing{}, nil })
	for i, b := range body.buffers {
		if bytes.ContainsRune(b, 'p') {
			t.Fatalf("buffer %d of %d still holds the password", i, len(body.buffers))
		}
	}
}
