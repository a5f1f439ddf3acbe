package kmd

import (
	"crypto/rand"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strongroom/internal/api/apitest"
	"strongroom/internal/api/kmd/kmdtest"
)

const (
	testToken  = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"
	recordings = "../../../testdata/golden/kmd"
	tableFile  = "../../../testdata/differences.tsv"
)

// bench is a door to a fake gate.
type bench struct {
	*Door
	gate  *fakeGate
	clock *apitest.Clock
	log   *strings.Builder
}

func newBench(t testing.TB, change func(*DoorConfig)) *bench {
	t.Helper()
	b := &bench{clock: apitest.NewClock(), log: new(strings.Builder)}
	b.gate = newFakeGate(b.clock.Now)
	cfg := DoorConfig{
		Token: testToken, SessionLifetime: time.Minute,
		Listener: "kmd",
		Now:      b.clock.Now, Rand: rand.Reader, Logger: slog.New(slog.NewTextHandler(b.log, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	d, err := NewDoor(cfg, b.gate)
	if err != nil {
		t.Fatal(err)
	}
	b.Door = d
	return b
}

// do sends one request with the right token and returns status and body.
func (b *bench) do(method, path, body string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-KMD-API-Token", testToken)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestRecordings(t *testing.T) {
	differences := apitest.ReadDifferences(t, tableFile)
	total := 0
	for _, profile := range []struct {
		name     string
		lifetime time.Duration
		origins  []string
		private  bool
	}{
		{"main", time.Minute, []string{"http://allowed.example", "http://second.example"}, false},
		{"short", time.Second, nil, false},
		{"pna", time.Minute, []string{"*"}, true},
	} {
		t.Run(profile.name, func(t *testing.T) {
			b := newBench(t, func(c *DoorConfig) {
				c.SessionLifetime, c.AllowedOrigins, c.AllowPrivateNetwork = profile.lifetime, profile.origins, profile.private
			})
			server := httptest.NewServer(b)
			defer server.Close()
			total += kmdtest.Replay(t, kmdtest.Target{
				URL: server.URL, Token: testToken, Profile: profile.name, Dir: recordings,
				Differences: differences, Wait: b.clock.Advance,
			})
		})
	}
	if total != 271 {
		t.Errorf("%d exchanges were replayed, not 271", total)
	}
}
