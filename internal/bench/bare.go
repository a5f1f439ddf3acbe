package bench

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// ServeBare is the server that the product is compared with: net/http as it
// comes, which reads the body and gives a fixed answer of the size of a signed
// payment; below [signPath] it also makes one signature of the standard library
// first. [digestPath] and [digestSignPath] are the same for kiod: an answer of the size
// of one signature, without and with a canonical signature of secp256k1. It tells its
// address on out and serves until in ends.
func ServeBare(ctx context.Context, in io.Reader, out io.Writer) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fault.Internal.Wrap(err, "no random bytes")
	}
	trial, err := gate.NewTrial(curve.Secp256k1, rand.Reader)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fault.Internal.Wrap(err, "no port to listen on")
	}
	s := &http.Server{Handler: bare{private, trial}} // without limits on purpose
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

// Where the bare server does what.
const (
	signPath       = "/sign"
	digestPath     = "/digest"
	digestSignPath = "/digest/sign"
)

// bare is the handler: it signs with keys that are nobody's.
type bare struct {
	private ed25519.PrivateKey
	trial   *gate.Trial
}

func (b bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	status, answer := http.StatusOK, bareAnswer
	switch r.URL.Path {
	case signPath:
		_ = ed25519.Sign(b.private, body)
	case digestSignPath:
		// What the body holds at the place of the digest makes another nonce each time.
		digest := sha256.Sum256(body)
		if _, err := b.trial.Sign(curve.AntelopeK1, digest[:]); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		fallthrough
	case digestPath:
		status, answer = http.StatusCreated, bareSignature
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(answer)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

// bareSignature has the size of the answer of sign_digest.
const bareSignature = `"SIG_K1_` +
	`11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111"`

// bareAnswer has the size of the answer that carries a signed payment.
const bareAnswer = "{\n  \"signed_transaction\": \"" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"\n}"
