package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// maxSocketPath is the longest path that every system takes for a unix socket.
const maxSocketPath = 103

// startKiod starts a kiod personality on a directory, which is made (0700) if it
// does not exist. It returns once the daemon listens. The peer has no option that
// ends an orphan: should this process be killed, the daemon stays.
func startKiod(ctx context.Context, executable, dir string) (*child, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Storage.Wrap(err, "the directory %s can not be made", dir)
	}
	c := &child{output: new(tail)}
	var err error
	if c.address, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	if socket := filepath.Join(dir, "kiod.sock"); filepath.IsAbs(socket) && len(socket) <= maxSocketPath {
		c.socket = socket
	}
	c.cmd = exec.Command(executable)
	c.cmd.Args = []string{"kiod", "--config-dir", dir, "--data-dir", dir, "--http-server-address", c.address, "--unix-socket-path", c.socket}
	c.cmd.Env = environment()
	c.cmd.Stderr = c.output
	if err := c.cmd.Start(); err != nil {
		return nil, fault.Internal.Wrap(err, "the daemon to be measured can not be started")
	}
	c.watch()
	if !c.await(ctx, func() bool {
		conn, err := dial(ctx, c.address)
		return err == nil && conn.Close() == nil
	}) {
		err := c.stop()
		return nil, fault.Internal.Wrap(err, "the daemon to be measured did not start: %.300q", c.output.text)
	}
	return c, nil
}

// freeAddress is an address of the loopback device that nobody listens on now: the
// daemon tells nobody which port it got if it is asked for any.
func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fault.Internal.Wrap(err, "no port to listen on")
	}
	if err := l.Close(); err != nil {
		return "", fault.Internal.Wrap(err, "no port to listen on")
	}
	return l.Addr().String(), nil
}

// kiodWallet is an unlocked wallet of a measured kiod. Its keys protect nothing.
type kiodWallet struct {
	daemon   *child
	password []byte // as JSON
	key      string // the one that signs
}

const kiodName = "bench"

// command builds a request of the kiod protocol; body is JSON.
func (c *child) command(name string, body []byte) []byte {
	return requestTo(c.address, http.MethodPost, "/v1/wallet/"+name, "", body)
}

// newKiodWallet makes a wallet with one K1 key. It is unlocked.
func (c *child) newKiodWallet(conn *Conn) (*kiodWallet, error) {
	answer, err := conn.expect(http.StatusCreated, c.command("create", []byte(`"`+kiodName+`"`)))
	if err != nil {
		return nil, err
	}
	w := &kiodWallet{daemon: c, password: bytes.Clone(answer)}
	if answer, err = conn.expect(http.StatusCreated, w.creating()); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(answer, &w.key); err != nil {
		return nil, fault.Internal.Wrap(err, "the measured daemon's answer can not be read")
	}
	return w, nil
}

func (w *kiodWallet) creating() []byte {
	return w.daemon.command("create_key", []byte(`["`+kiodName+`","K1"]`))
}

func (w *kiodWallet) listing() []byte { return w.daemon.command("get_public_keys", nil) }

func (w *kiodWallet) locking() []byte {
	return w.daemon.command("lock", []byte(`"`+kiodName+`"`))
}

func (w *kiodWallet) unlocking() []byte {
	return w.daemon.command("unlock", fmt.Appendf(nil, `[%q,%s]`, kiodName, w.password))
}

// importing builds a request that imports a new key.
func (w *kiodWallet) importing(rand io.Reader) ([]byte, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return nil, fault.Internal.Wrap(err, "no random bytes")
	}
	private := secret.New(raw)
	defer private.Wipe()
	text, err := antelope.FormatPrivateKey(antelope.K1, private, antelope.Keosd)
	if err != nil {
		return nil, err
	}
	defer text.Wipe()
	body := append([]byte(`["`+kiodName+`","`), text.Expose()...)
	return w.daemon.command("import_key", append(body, `"]`...)), nil
}

// digests builds requests that sign different digests: how many nonces a canonical
// signature takes depends on the digest.
func (w *kiodWallet) digests(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = w.daemon.command("sign_digest", w.digest(i))
	}
	return all
}

// digest is the body of the request to sign digest number i.
func (w *kiodWallet) digest(i int) []byte { return fmt.Appendf(nil, `["%064x",%q]`, i, w.key) }

// transactions builds requests that sign different transfers of a token, on a network
// that does not exist.
func (w *kiodWallet) transactions(n int) [][]byte {
	const transfer = `[{"expiration":"2030-01-01T00:00:00","ref_block_num":1,"ref_block_prefix":%d,"max_net_usage_words":0,` +
		`"max_cpu_usage_ms":0,"delay_sec":0,"context_free_actions":[],"actions":[{"account":"eosio.token","name":"transfer",` +
		`"authorization":[{"actor":"alice","permission":"active"}],` +
		`"data":"0000000000855c340000000000000e3d010000000000000004454f530000000000"}],` +
		`"transaction_extensions":[],"signatures":[],"context_free_data":[]},[%q],"%064x"]`
	all := make([][]byte, n)
	for i := range all {
		all[i] = w.daemon.command("sign_transaction", fmt.Appendf(nil, transfer, i, w.key, 1))
	}
	return all
}

// fill makes n keys over many connections: the daemon writes the file once for
// those that come together.
func (w *kiodWallet) fill(ctx context.Context, n int, progress func(done int)) (err error) {
	const together = 128
	conns, closeAll, err := w.daemon.dial(ctx, together)
	if err != nil {
		return err
	}
	defer closeAll()
	request := w.creating()
	for done := 0; done < n; {
		batch := min(1000, n-done)
		if err := share(ctx, conns, batch, func(conn *Conn, _ int) error {
			_, err := conn.expect(http.StatusCreated, request)
			return err
		}); err != nil {
			return err
		}
		done += batch
		progress(done)
	}
	return nil
}

// kiod starts a daemon with a wallet in a directory of its own.
func (b *bench) kiod(ctx context.Context) (*child, *kiodWallet, error) {
	c, err := startKiod(ctx, b.Executable, filepath.Join(b.dir, "kiod"))
	if err != nil {
		return nil, nil, err
	}
	conn, err := dial(ctx, c.address)
	if err != nil {
		return nil, nil, errors.Join(err, c.stop())
	}
	defer conn.Close()
	err = conn.limit(answerWait)
	var w *kiodWallet
	if err == nil {
		w, err = c.newKiodWallet(conn)
	}
	if err != nil {
		return nil, nil, errors.Join(err, c.stop())
	}
	return c, w, nil
}
