package kiod

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strongroom/internal/api/apitest"
	"strongroom/internal/chain/antelope"
)

const (
	recordings = "../../../testdata/golden/kiod"
	tableFile  = "../../../testdata/differences-kiod.tsv"

	alphaPassword = "PW5KW2AzLfjxRaRtNqWeNEBfhSGnzCv47tYRjyaxx9VJKnVkV63dE"
	namedPassword = "PW5K1hRsJXTEvbQAM68gRtfXGXPvsvw3v9LN4WXdyWjBQ2niPhZQc"
	alphaKey      = "EOS7FwGzQo6CLhJCexq6BuJjv4FT4owFjPUzMVcXphH4Pf9xbYyzz"
	someDigest    = "1111111111111111111111111111111111111111111111111111111111111111"
)

// bench is a door to a fake gate on a folder of its own.
type bench struct {
	*Door
	gate  *fakeGate
	clock *apitest.Clock
	log   *bytes.Buffer
	dir   string
	stops int
}

func newBench(t testing.TB, change func(*DoorConfig), wallets ...string) *bench {
	t.Helper()
	b := &bench{clock: apitest.NewClock(), log: new(bytes.Buffer), dir: t.TempDir()}
	for _, name := range wallets {
		data, err := os.ReadFile(filepath.Join(recordings, "wallet-fixture", name+".wallet"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(b.dir, name+".wallet"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg := DoorConfig{
		Profile: antelope.Keosd, PathPrefix: b.dir + "/./", Timeout: 15 * time.Minute, MaxBody: 1 << 20,
		MaxBytesInFlight: -1, MaxRequestsInFlight: -1, Listener: "kiod", Product: "test", Now: b.clock.Now, Rand: rand.Reader,
		Logger: slog.New(slog.NewTextHandler(b.log, nil)), Stop: func() { b.stops++ },
	}
	if change != nil {
		change(&cfg)
	}
	b.gate = newFakeGate(b.dir, cfg.Profile == antelope.Kiod, cfg.Now)
	d, err := NewDoor(cfg, b.gate)
	if err != nil {
		t.Fatal(err)
	}
	b.Door = d
	return b
}

// do sends one request as over a unix socket and returns status and body.
func (b *bench) do(path, body string) (int, string) {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	w := httptest.NewRecorder()
	b.Handler(nil).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// wallet sends a request to an endpoint of wallets, which must be answered with
// the status.
func (b *bench) wallet(t testing.TB, endpoint, body string, status int) string {
	t.Helper()
	got, text := b.do(walletPath+endpoint, body)
	if got != status {
		t.Fatalf("%s %s: status %d, want %d: %s", endpoint, body, got, status, text)
	}
	return text
}
