package daemon

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"strongroom/internal/api/kiod"
	"strongroom/internal/chain/antelope"
	"strongroom/internal/config"
	"strongroom/internal/seal/sealtest"
)

// openKiodBench opens a whole core behind a kiod door, with one wallet file and one
// K1 key, whose text it gives.
func openKiodBench(b *testing.B) (http.Handler, string) {
	b.Helper()
	dir, err := OpenDirectory(b.TempDir(), false, true)
	if err != nil {
		b.Fatal(err)
	}
	settings, err := config.Profile("kiod")
	if err != nil {
		b.Fatal(err)
	}
	listener, ok := settings.Listener(kiod.ListenerName)
	if !ok {
		b.Fatal("no listener")
	}
	listener.Kiod.WalletDir = b.TempDir()
	log := slog.New(slog.DiscardHandler)
	core, err := OpenCore(b.Context(), dir, CoreConfig{
		Settings: settings, Sealing: Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()}, Log: log, Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := core.Close(context.Background()); err != nil {
			b.Error(err)
		}
		_ = dir.Close()
	})
	door, err := kiod.NewDoor(kiod.DoorConfig{
		Profile: antelope.Kiod, Timeout: 15 * time.Minute, MaxBody: 1 << 20, MaxBytesInFlight: -1, MaxRequestsInFlight: -1,
		Listener: kiod.ListenerName, Product: "kiod", Now: time.Now, Rand: rand.Reader, Logger: log, Stop: func() {},
	}, core.Gate)
	if err != nil {
		b.Fatal(err)
	}
	h := door.Handler(nil)
	var key string
	for _, step := range []struct {
		path string
		body any
		out  *string
	}{
		{"create", "w", new(string)}, {"create_key", []string{"w", "K1"}, &key},
	} {
		body, err := json.Marshal(step.body)
		if err != nil {
			b.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/wallet/"+step.path, bytes.NewReader(body)))
		if err := json.Unmarshal(w.Body.Bytes(), step.out); w.Code != http.StatusCreated || err != nil {
			b.Fatalf("%s: %d %s", step.path, w.Code, w.Body)
		}
	}
	return h, key
}

// BenchmarkKiod is a signature from the kiod door inwards: everything but net/http.
// The digest changes each time, because so does the number of nonces that a
// canonical signature takes.
func BenchmarkKiod(b *testing.B) {
	const transaction = `[{"expiration":"2030-01-01T00:00:00","ref_block_num":1,"ref_block_prefix":2,"max_net_usage_words":0,"max_cpu_usage_ms":0,` +
		`"delay_sec":0,"context_free_actions":[],"actions":[{"account":"eosio.token","name":"transfer","authorization":[{"actor":"alice",` +
		`"permission":"active"}],"data":"0000000000855c340000000000000e3d010000000000000004454f530000000000"}],"transaction_extensions":[],` +
		`"signatures":[],"context_free_data":[]},[%[1]q],%[2]q]`
	for _, run := range []struct{ name, path, format string }{
		{"sign_digest", "sign_digest", `[%[2]q,%[1]q]`}, {"sign_transaction", "sign_transaction", transaction},
	} {
		b.Run(run.name, func(b *testing.B) {
			h, key := openKiodBench(b)
			r := httptest.NewRequest(http.MethodPost, "/v1/wallet/"+run.path, nil)
			w := &discard{header: http.Header{}}
			bodies := make([][]byte, 256)
			for i := range bodies {
				bodies[i] = fmt.Appendf(nil, run.format, key, fmt.Sprintf("%064x", i))
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				body := bodies[i%len(bodies)]
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
				h.ServeHTTP(w, r)
				if w.status != http.StatusCreated {
					b.Fatal(w.status)
				}
			}
		})
	}
}
