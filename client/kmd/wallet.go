package kmd

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// ErrClosed is returned by the calls of a [Wallet] after Close.
var ErrClosed = errors.New("kmd: the wallet is closed")

// renewPause bounds how often a wallet renews its handle: daemons with sessions
// of a second report zero whole seconds left.
const renewPause = 250 * time.Millisecond

// PasswordFunc asks for a wallet's password, of a person, a file or a secret
// service. The client wipes the slice that it returns, so return a fresh one.
type PasswordFunc func(ctx context.Context) ([]byte, error)

// OpenWallet says which wallet to open and how to get at its password.
type OpenWallet struct {
	ID string // the wallet's id, see [Client.ListWallets]
	// Password opens the wallet once. It belongs to the caller, who may clear
	// it as soon as Open returns. If nil, AskPassword is called.
	Password []byte
	// AskPassword, if not nil, is called when a password is needed: to open
	// the wallet again after its handle has gone, and for each call that needs
	// a password and is made without one. Without it the wallet is not opened
	// again, and such calls send what they were given. Calls may overlap.
	AskPassword PasswordFunc
}

// Wallet is an open wallet. It keeps its handle alive until [Wallet.Close],
// which must be called. Its methods are those of [Client]; they set the Handle
// of a request themselves, whatever it holds.
type Wallet struct {
	client *Client
	id     string
	ask    PasswordFunc

	cancel context.CancelFunc // stops the renewing goroutine
	done   chan struct{}      // closed by the renewing goroutine when it ends
	opened chan struct{}      // tells it of a new handle; holds at most one

	reopen sync.Mutex // held while a new handle is fetched, so that one call does it for all

	mu     sync.Mutex // guards the fields below; never held during a call
	token  string     // "" once the handle is known to be gone
	renew  time.Time  // when to renew next
	closed bool
}

// Open opens a wallet.
func (c *Client) Open(ctx context.Context, open OpenWallet) (*Wallet, error) {
	w := &Wallet{client: c, id: open.ID, ask: open.AskPassword, done: make(chan struct{}), opened: make(chan struct{}, 1)}
	var err error
	if open.Password == nil && open.AskPassword != nil {
		err = w.initAsking(ctx)
	} else {
		err = w.init(ctx, open.Password)
	}
	if err != nil {
		return nil, err
	}
	// The wallet outlives ctx, which is only that of the opening.
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w.cancel = cancel
	go w.keepAlive(background)
	return w, nil
}

// Close stops renewing, waits until that has ended, and releases the handle.
// Further calls of Close do nothing. A handle that has gone already is no error.
func (w *Wallet) Close(ctx context.Context) error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.mu.Unlock()
	w.cancel()
	<-w.done
	w.reopen.Lock() // a call that is just opening the wallet again finishes first
	defer w.reopen.Unlock()
	w.mu.Lock()
	token := w.token
	w.token = ""
	w.mu.Unlock()
	if token == "" {
		return nil
	}
	if err := w.client.ReleaseWalletHandle(ctx, token); err != nil && !IsHandleGone(err) {
		return err
	}
	return nil
}

// Do calls fn with the wallet's handle, for calls that Wallet has no method
// for. If fn fails because the handle has gone, and the wallet has a way to ask
// for the password, the wallet is opened again and fn is called once more.
func (w *Wallet) Do(ctx context.Context, fn func(ctx context.Context, handle string) error) error {
	token, err := w.current()
	if err != nil {
		return err
	}
	if token != "" {
		err = fn(ctx, token)
		if !IsHandleGone(err) {
			return err
		}
		w.forget(token)
	} else {
		err = &Error{Status: http.StatusUnauthorized, Message: MessageHandleExpired}
	}
	if w.ask == nil {
		return err
	}
	token, err = w.again(ctx)
	if err != nil {
		return err
	}
	return fn(ctx, token)
}

// current is the handle, "" if it has gone.
func (w *Wallet) current() (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return "", ErrClosed
	}
	return w.token, nil
}

// forget drops the handle token unless it has been replaced already.
func (w *Wallet) forget(token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.token == token {
		w.token = ""
	}
}

// again opens the wallet again, once for all calls that find its handle gone.
func (w *Wallet) again(ctx context.Context) (string, error) {
	w.reopen.Lock()
	defer w.reopen.Unlock()
	if token, err := w.current(); err != nil || token != "" {
		return token, err
	}
	if err := w.initAsking(ctx); err != nil {
		return "", err
	}
	select {
	case w.opened <- struct{}{}:
	default:
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.token, nil
}

func (w *Wallet) initAsking(ctx context.Context) error {
	password, err := w.ask(ctx)
	defer func() { clear(password) }()
	if err != nil {
		return err
	}
	return w.init(ctx, password)
}

// init fetches a handle and learns how long it lives.
func (w *Wallet) init(ctx context.Context, password []byte) error {
	token, err := w.client.InitWalletHandle(ctx, InitWalletHandleRequest{ID: w.id, Password: password})
	if err != nil {
		return err
	}
	info, err := w.client.WalletInfo(ctx, token)
	if err != nil && !IsHandleGone(err) { // a lifetime of zero: usable for nothing, but open
		return errors.Join(err, w.client.ReleaseWalletHandle(context.WithoutCancel(ctx), token))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.token = token
	w.renew = nextRenewal(info.Expires)
	return nil
}

// nextRenewal is when half of the time left has passed: late enough to cost
// little, early enough for one more attempt.
func nextRenewal(left time.Duration) time.Time {
	return time.Now().Add(max(left/2, renewPause))
}

// keepAlive renews the handle until ctx ends. Close waits for it.
func (w *Wallet) keepAlive(ctx context.Context) {
	defer close(w.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		w.mu.Lock()
		token, at := w.token, w.renew
		w.mu.Unlock()
		var due <-chan time.Time // nil, which never comes, while there is no handle
		if token != "" {
			timer.Reset(time.Until(at))
			due = timer.C
		}
		select {
		case <-ctx.Done():
			return
		case <-w.opened:
		case <-due:
			w.renewOnce(ctx, token)
		}
	}
}

func (w *Wallet) renewOnce(ctx context.Context, token string) {
	handle, err := w.client.RenewWalletHandle(ctx, token)
	if IsHandleGone(err) {
		w.forget(token)
		return
	}
	// After any other failure (the daemon is busy or starting) the renewal is
	// tried again after a pause, until the handle works or is gone.
	w.mu.Lock()
	defer w.mu.Unlock()
	w.renew = nextRenewal(handle.Expires)
}
