package bench

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"strongroom/internal/fault"
)

// password protects wallets that are thrown away and hold nothing.
const password = "bench password"

// fillers is how many connections make keys where speed is not measured.
const fillers = 8

// wallet is an opened wallet of a measured daemon.
type wallet struct {
	daemon *child
	id     string
	handle string
}

// post builds a request of the kmd protocol.
func (c *child) post(path string, fields map[string]string) []byte {
	body, err := json.Marshal(fields) // of strings: can not fail
	if err != nil {
		panic("bench: " + err.Error())
	}
	return request(http.MethodPost, path, c.token, body)
}

// ask posts fields and reads the answer into out.
func (c *child) ask(conn *Conn, path string, fields map[string]string, out any) error {
	body, err := conn.expect(http.StatusOK, c.post(path, fields))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fault.Internal.Wrap(err, "the measured daemon's answer can not be read")
	}
	return nil
}

// newWallet makes a wallet and opens it.
func (c *child) newWallet(ctx context.Context, name string) (*wallet, error) {
	conn, err := dial(ctx, c.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.limit(answerWait); err != nil {
		return nil, err
	}
	var made struct {
		Wallet struct {
			ID string `json:"id"`
		} `json:"wallet"`
	}
	err = c.ask(conn, "/v1/wallet", map[string]string{"wallet_name": name, "wallet_driver_name": "sqlite", "wallet_password": password}, &made)
	if err != nil {
		return nil, err
	}
	w := &wallet{daemon: c, id: made.Wallet.ID}
	w.handle, err = w.open(conn)
	return w, err
}

// opening is the request that opens the wallet.
func (w *wallet) opening(password string) []byte {
	return w.daemon.post("/v1/wallet/init", map[string]string{"wallet_id": w.id, "wallet_password": password})
}

func (w *wallet) open(conn *Conn) (handle string, err error) {
	body, err := conn.expect(http.StatusOK, w.opening(password))
	if err != nil {
		return "", err
	}
	return handleIn(body)
}

// handleIn takes the handle out of the answer to an opening.
func handleIn(body []byte) (string, error) {
	var opened struct {
		Handle string `json:"wallet_handle_token"`
	}
	if err := json.Unmarshal(body, &opened); err != nil || opened.Handle == "" {
		return "", fault.Internal.Wrap(err, "the measured daemon gave no handle")
	}
	return opened.Handle, nil
}

// release gives handles back.
func (w *wallet) release(conn *Conn, handles ...string) error {
	for _, h := range handles {
		if _, err := conn.expect(http.StatusOK, w.daemon.post("/v1/wallet/release", map[string]string{"wallet_handle_token": h})); err != nil {
			return err
		}
	}
	return nil
}

func (w *wallet) generating() []byte {
	return w.daemon.post("/v1/key", map[string]string{"wallet_handle_token": w.handle})
}

func (w *wallet) listing() []byte {
	return w.daemon.post("/v1/key/list", map[string]string{"wallet_handle_token": w.handle})
}

// keys lists the addresses.
func (w *wallet) keys(conn *Conn) ([]string, error) {
	var list struct {
		Addresses []string `json:"addresses"`
	}
	err := w.daemon.ask(conn, "/v1/key/list", map[string]string{"wallet_handle_token": w.handle}, &list)
	return list.Addresses, err
}

// signings builds one request for a payment from each of at most n keys, spread
// evenly over all.
func (w *wallet) signings(conn *Conn, n int, payment func(address string) ([]byte, error)) ([][]byte, error) {
	all, err := w.keys(conn)
	if err != nil {
		return nil, err
	}
	n = min(n, len(all))
	requests := make([][]byte, 0, n)
	for i := range n {
		p, err := payment(all[i*len(all)/n])
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(struct {
			Handle      string `json:"wallet_handle_token"`
			Password    string `json:"wallet_password"`
			Transaction []byte `json:"transaction"`
		}{w.handle, password, p})
		if err != nil {
			return nil, fault.Internal.Wrap(err, "a request can not be built")
		}
		requests = append(requests, request(http.MethodPost, "/v1/transaction/sign", w.daemon.token, body))
	}
	return requests, nil
}

// fill makes n keys over several connections at once.
func (w *wallet) fill(ctx context.Context, n int, progress func(done int)) error {
	conns, closeAll, err := w.daemon.dial(ctx, fillers)
	if err != nil {
		return err
	}
	defer closeAll()
	request := w.generating()
	const step = 1000 // keys between two signs of life
	for done := 0; done < n; {
		batch := min(step, n-done)
		if err := share(ctx, conns, batch, func(conn *Conn, _ int) error {
			_, err := conn.expect(http.StatusOK, request)
			return err
		}); err != nil {
			return err
		}
		done += batch
		progress(done)
	}
	return nil
}

// share runs n calls over all connections and returns the first error.
func share(ctx context.Context, conns []*Conn, n int, call func(conn *Conn, i int) error) error {
	errs := make([]error, len(conns))
	var group sync.WaitGroup
	for c, conn := range conns {
		group.Go(func() {
			if errs[c] = conn.limit(answerWait); errs[c] != nil {
				return
			}
			for i := c; i < n && ctx.Err() == nil && errs[c] == nil; i += len(conns) {
				errs[c] = call(conn, i)
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fault.Canceled.Wrap(err, "interrupted")
	}
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
