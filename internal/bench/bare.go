package bench

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"strongroom/internal/fault"
)

// ServeBare is the server that the product is compared with: net/http as it
// comes, which reads the body and gives a fixed answer of the size of a signed
// payment; below [signPath] it also makes one signature of the standard library
// first. It tells its address on out and serves until in ends.
func ServeBare(ctx context.Context, in io.Reader, out io.Writer) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fault.Internal.Wrap(err, "no random bytes")
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fault.Internal.Wrap(err, "no port to listen on")
	}
	s := &http.Server{Handler: bare{private}} // without limits on purpose
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	if _, err := fmt.Fprintln(out, l.Addr()); err != nil {
		return errors.Join(err, s.Close(), <-ended)
	}
	_, _ = io.Copy(io.Discard, in)
	err = s.Close()
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// signPath is where the bare server signs.
const signPath = "/sign"

// bare is the handler: it signs with a key that is nobody's.
type bare struct{ private ed25519.PrivateKey }

func (b bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if r.URL.Path == signPath {
		_ = ed25519.Sign(b.private, body)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(bareAnswer)))
	_, _ = w.Write([]byte(bareAnswer))
}

// bareAnswer has the size of the answer that carries a signed payment.
const bareAnswer = "{\n  \"signed_transaction\": \"" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"\n}"
