package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/seal/sealtest"
)

const clefFixture = "../../testdata/golden/clef/config-fixture"

// runClef serves the fixture's key store as strongroom run does, and gives the path of
// the socket and a client of the admin socket. change makes the configuration its own.
func runClef(t *testing.T, change func(*config.Config, *config.Listener)) (socket string, admin *rest.Client) {
	t.Helper()
	return runClefTo(t, t.Output(), change)
}

// runClefTo is runClef with a log.
func runClefTo(t *testing.T, log io.Writer, change func(*config.Config, *config.Listener)) (socket string, admin *rest.Client) {
	t.Helper()
	dir := t.TempDir()
	settings, err := config.Profile("clef")
	if err != nil {
		t.Fatal(err)
	}
	l := &settings.Listeners[0]
	l.Clef.Keystore, l.Clef.ConfigDir = filepath.Join(dir, "keystore"), filepath.Join(dir, "clef")
	if err := os.CopyFS(l.Clef.Keystore, os.DirFS(filepath.Join(clefFixture, "keystore"))); err != nil {
		t.Fatal(err)
	}
	change(&settings, l)
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	data := filepath.Join(dir, "data")
	go func() {
		ended <- Run(ctx, StartConfig{
			Dir: data, Create: true, Settings: settings, Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now, Version: "test",
			Sealing: Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()}, Stop: cancel,
		}, func(*Daemon) { close(ready) })
	}()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatalf("%v (%s)", err, fault.Hint(err))
	}
	admin = rest.NewClient(func(ctx context.Context) (net.Conn, error) { return Reach(ctx, data, settings) })
	t.Cleanup(func() {
		admin.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(filepath.Join(l.Clef.ConfigDir, "clef.ipc")); err == nil {
			t.Error("the socket is left")
		}
	})
	return filepath.Join(l.Clef.ConfigDir, "clef.ipc"), admin
}

// ask makes one call over IPC and gives the reply in a channel.
func ask(t *testing.T, socket, method string, params ...any) <-chan string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": append([]any{}, params...)})
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := c.Write(body); err != nil {
		t.Fatal(err)
	}
	reply := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(c).ReadString('\n')
		reply <- strings.TrimSpace(line)
	}()
	return reply
}

const fixtureListing = `{"jsonrpc":"2.0","id":1,"result":["0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826",` +
	`"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a","0x081b48a50679fc4dfbe1db8e56307f0aedd7b84a"]}`

// Without a UI it is the owner who approves, over the admin socket.
func TestClefApprovedAtTheDesk(t *testing.T) {
	socket, admin := runClef(t, func(*config.Config, *config.Listener) {})
	if reply := <-ask(t, socket, "account_version"); reply != `{"jsonrpc":"2.0","id":1,"result":"6.1.0"}` {
		t.Errorf("version: %s", reply)
	}
	for _, answer := range []struct {
		approve bool
		want    string
	}{
		{true, fixtureListing},
		{false, `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"request denied"}}`},
	} {
		reply := ask(t, socket, "account_list")
		waiting, err := admin.Approvals(t.Context(), 0, time.Minute)
		if err != nil || len(waiting) != 1 || waiting[0].Operation != "key.list" || waiting[0].Asker.Listener != "clef" {
			t.Fatalf("what waits: %+v %v", waiting, err)
		}
		if err := admin.Answer(t.Context(), waiting[0].ID, answer.approve); err != nil {
			t.Fatal(err)
		}
		if got := <-reply; got != answer.want {
			t.Errorf("got %s, want %s", got, answer.want)
		}
	}
}

// Some questions need nobody, and the others still go to the desk.
func TestClefAutoListBeforeTheDesk(t *testing.T) {
	socket, admin := runClef(t, func(_ *config.Config, l *config.Listener) {
		l.Clef.AutoList = []string{"0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A", "0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"}
		l.Clef.HTTPAddress = "127.0.0.1:0"
	})
	if reply := <-ask(t, socket, "account_list"); reply != `{"jsonrpc":"2.0","id":1,"result":["0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"]}` {
		t.Errorf("listing: %s", reply)
	}
	// Nobody is asked to approve what must fail.
	if reply := <-ask(t, socket, "account_new"); reply != `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,`+
		`"message":"no one can be asked for a password here: make the key with clef newaccount"}}` {
		t.Errorf("new account: %s", reply)
	}
	reply := ask(t, socket, "account_signData", "text/plain", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0x68656c6c6f")
	waiting, err := admin.Approvals(t.Context(), 0, time.Minute)
	if err != nil || len(waiting) != 1 || waiting[0].Operation != "sign" {
		t.Fatalf("what waits: %+v %v", waiting, err)
	}
	if err := admin.Answer(t.Context(), waiting[0].ID, false); err != nil {
		t.Fatal(err)
	}
	if got := <-reply; !strings.Contains(got, "request denied") {
		t.Errorf("signature: %s", got)
	}
	status, err := admin.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var web string
	for _, l := range status.Listeners {
		if l.Protocol == "clef" && strings.HasPrefix(l.Address, "127.0.0.1:") {
			web = l.Address
		}
	}
	resp, err := http.Post("http://"+web, "application/json", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"account_version"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("over HTTP: %s", resp.Status)
	}
}

// A rule file without the vault that attests it stops the start.
func TestClefRulesNeedTheirVault(t *testing.T) {
	settings, err := config.Profile("clef")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	settings.Listeners[0].Clef.ConfigDir, settings.Listeners[0].Clef.Rules = filepath.Join(dir, "clef"), filepath.Join(clefFixture, "rules.js")
	err = Run(t.Context(), StartConfig{
		Dir: filepath.Join(dir, "data"), Create: true, Settings: settings, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Sealing: Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()}, Stop: func() {},
	}, func(*Daemon) { t.Error("it serves") })
	if !fault.Is(err, fault.UnknownWallet) {
		t.Errorf("got %v", err)
	}
}
