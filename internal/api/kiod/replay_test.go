package kiod

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"strongroom/internal/api/apitest"
	"strongroom/internal/api/kiod/kiodtest"
	"strongroom/internal/server"
)

func testLimits() server.Limits {
	return server.Limits{
		MaxBody: 4 << 20, MaxHeader: 4 << 10, MaxConnections: 100,
		HeaderTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
	}
}

// serve serves a door over TCP with the settings of a command line.
func serveTCP(t testing.TB, b *bench, s Settings) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web, err := server.New(server.Config{
		Handler: b.Handler(NewHosts(s.ValidateHost, s.Address, l.Addr(), s.Aliases)), Limits: testLimits(),
		Log: slog.New(slog.DiscardHandler), Complain: Complaint,
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = web.Shutdown(ctx)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func TestRecordings(t *testing.T) {
	n := kiodtest.Replay(t, recordings, apitest.ReadDifferences(t, tableFile), func(t *testing.T, profile, dir string, args []string) kiodtest.Server {
		program := Kiod
		if profile == "keosd" {
			program = Keosd
		}
		all := program.options()
		given, err := parseCommandLine(all, args)
		if err != nil {
			t.Fatal(err)
		}
		s, err := given.settings(all, dir)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := s.DoorConfig(profile)
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t, func(c *DoorConfig) {
			cfg.Listener, cfg.Product, cfg.Now, cfg.Rand, cfg.Logger, cfg.Stop = c.Listener, c.Product, c.Now, c.Rand, c.Logger, c.Stop
			*c = cfg
		})
		b.gate.folder = dir
		return kiodtest.Server{Address: serveTCP(t, b, s), WalletDir: dir, Wait: b.clock.Advance}
	})
	if n != 306 {
		t.Errorf("%d recordings were replayed, not 306", n)
	}
}
