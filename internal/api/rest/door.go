package rest

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
	"strongroom/internal/server"
)

// Config is what the door needs.
type Config struct {
	Gate   *gate.Gate
	Chains []chain.Row // the registry: for paths and addresses of keys
	Caller func(*http.Request) gate.Caller
	Status func() Status // the part of the status that the gate does not know
	Stop   func()        // ends the daemon; returns at once
	Log    *slog.Logger
	// KeyStores are those of the listeners that speak Clef's protocol.
	KeyStores []gate.KeyStore
}

// Door serves the API. It is an http.Handler.
type Door struct {
	cfg Config
	mux *http.ServeMux

	mu   sync.Mutex
	open map[gate.WalletID]gate.SessionID // wallets that were unlocked here
}

// defaultUnlock is how long "unlock" holds a wallet open if it does not say.
const defaultUnlock = 10 * time.Minute

// once is the life of a session for a single request that carries the password.
const once = time.Minute

// NewDoor makes the handler.
func NewDoor(cfg Config) *Door {
	d := &Door{cfg: cfg, mux: http.NewServeMux(), open: make(map[gate.WalletID]gate.SessionID)}
	routes := map[string]func(*call) (any, error){
		"GET /v1/status":                      (*call).status,
		"POST /v1/stop":                       (*call).stop,
		"POST /v1/lock":                       (*call).lockAll,
		"GET /v1/wallets":                     (*call).wallets,
		"POST /v1/wallets":                    (*call).createWallet,
		"DELETE /v1/wallets/{wallet}":         (*call).deleteWallet,
		"POST /v1/wallets/{wallet}/unlock":    (*call).unlock,
		"POST /v1/wallets/{wallet}/lock":      (*call).lock,
		"POST /v1/wallets/{wallet}/rename":    (*call).rename,
		"POST /v1/wallets/{wallet}/password":  (*call).changePassword,
		"POST /v1/wallets/{wallet}/export":    (*call).exportWallet,
		"POST /v1/wallets/{wallet}/resolve":   (*call).resolve,
		"POST /v1/wallets/{wallet}/seed":      (*call).exportSeed,
		"POST /v1/wallets/{wallet}/list-keys": (*call).keys,
		"POST /v1/wallets/{wallet}/keys":      (*call).deriveKey,
		"POST /v1/wallets/{wallet}/import":    (*call).importKey,
		"POST /v1/wallets/{wallet}/reveal":    (*call).exportKey,
		"POST /v1/wallets/{wallet}/forget":    (*call).deleteKey,
		"POST /v1/wallets/{wallet}/sign":      (*call).sign,
		"GET /v1/audit":                       (*call).auditTail,
		"POST /v1/audit/verify":               (*call).auditVerify,
	}
	maps.Copy(routes, clefRoutes())
	maps.Copy(routes, approvalRoutes())
	for pattern, handle := range routes {
		d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, maxBody, handle) })
	}
	large := map[string]func(*call) (any, error){
		"POST /v1/import-wallet":                (*call).importWallet,
		"POST /v1/wallets/{wallet}/import-many": (*call).importKeys,
	}
	for pattern, handle := range large {
		d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, maxImport, handle) })
	}
	return d
}

// ServeHTTP implements http.Handler. Pages in browsers have no business here.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mux.ServeHTTP(w, r)
}

// call is one request on its way.
type call struct {
	*Door
	ctx    context.Context
	caller gate.Caller
	r      *http.Request
	body   []byte
}

func (d *Door) serve(w http.ResponseWriter, r *http.Request, most int64, handle func(*call) (any, error)) {
	c := &call{Door: d, ctx: r.Context(), caller: d.cfg.Caller(r), r: r}
	var err error
	if c.body, err = server.ReadBody(r, most); err != nil { // wipes what it outgrows
		d.fail(w, r, err)
		return
	}
	defer clear(c.body)
	answer, err := handle(c)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if file, ok := answer.([]byte); ok {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(file)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = encode(w, answer)
}

// wallet finds the wallet that the path names, by id or by name. Trouble with a
// folder of foreign files matters only if the wallet may be one of them.
func (c *call) wallet() (gate.Wallet, error) {
	named := c.r.PathValue("wallet")
	list, err := c.cfg.Gate.Wallets(c.ctx, c.caller)
	if err != nil {
		return gate.Wallet{}, err
	}
	var found []gate.Wallet
	for _, w := range list.Wallets {
		if gate.FormatWalletID(w.ID) == named {
			return w, nil
		}
		if w.Name == named {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 0:
		if list.Trouble != nil {
			return gate.Wallet{}, list.Trouble
		}
		return gate.Wallet{}, fault.UnknownWallet.New("no wallet is called %q", named).WithHint("list them with: strongroom wallet list")
	case 1:
		return found[0], nil
	}
	return gate.Wallet{}, fault.AmbiguousWallet.New("%d wallets are called %q", len(found), named).WithHint("name it by its id")
}

// within runs f in a session of the wallet: the one that was opened here, or one
// for this request alone if the password came along.
func (c *call) within(password secret.Bytes, f func(gate.SessionID) error) error {
	w, err := c.wallet()
	if err != nil {
		return err
	}
	if session, ok := c.session(w.ID); ok && password.IsEmpty() {
		return f(session)
	}
	s, err := c.cfg.Gate.Unlock(c.ctx, c.caller, gate.Unlock{Wallet: w.ID, Password: password, Lifetime: once})
	if fault.Is(err, fault.WrongPassword) && password.IsEmpty() {
		return fault.Locked.New("wallet %q is locked", w.Name).WithHint("unlock it with: strongroom wallet unlock %s", shellWord(w.Name))
	}
	if err != nil {
		return err
	}
	defer func() { _ = c.cfg.Gate.Lock(context.WithoutCancel(c.ctx), c.caller, s.ID) }()
	return f(s.ID)
}

// session is the open session of a wallet, if it has one here.
func (d *Door) session(id gate.WalletID) (gate.SessionID, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.open[id]
	return s, ok
}

func shellWord(s string) string {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return "'" + replaceQuotes(s) + "'"
		}
	}
	return s
}
