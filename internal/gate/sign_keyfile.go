package gate

import (
	"bytes"
	"context"
	"slices"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/secret"
)

// openKey is the key of an account while it is in the vault.
type openKey interface {
	Public() curve.PublicKey
	Sign(scheme curve.Scheme, message []byte) ([]byte, error)
	Release()
}

// keyFiles finds and opens the accounts of key stores.
type keyFiles interface {
	known(listener string, address [20]byte) (KeyFile, error)
	open(ctx context.Context, listener string, conn uint64, address [20]byte, unattended bool, unlock func(context.Context) (secret.Bytes, error)) (openKey, error)
}

// storedKeyFiles are those of the wallets.
type storedKeyFiles struct{ *wallet.Set }

var _ openKey = (*wallet.OpenKey)(nil)

func (s storedKeyFiles) known(listener string, address [20]byte) (KeyFile, error) {
	return s.KeyFileKnown(listener, address)
}

func (s storedKeyFiles) open(ctx context.Context, listener string, conn uint64, address [20]byte, unattended bool, unlock func(context.Context) (secret.Bytes, error)) (openKey, error) {
	key, err := s.OpenKeyFile(ctx, listener, conn, address, unattended, unlock)
	if err != nil {
		return nil, err // a nil *wallet.OpenKey would be a key
	}
	return key, nil
}

// keyStoreOf is the key store that a listener may use: its own, or that of the listener
// whose owner it is.
func (g *Gate) keyStoreOf(listener string) (KeyStore, error) {
	for _, s := range g.cfg.KeyStores {
		if listener == s.Listener || (listener == s.Owner && s.Owner != "") {
			return s, nil
		}
	}
	return KeyStore{}, fault.Unsupported.New("this listener has no key store")
}

// fileSigning is one signature with an account of a key store, on its way.
type fileSigning struct {
	*Gate
	act    *act
	store  KeyStore
	req    SignRequest
	sender [20]byte
	intent *chain.Intent // what is agreed to
}

// signWithKeyFile is [Gate.Sign] for an account of a key store. The request is previewed
// for the sender that it names, judged, approved where the rules ask, and only then is
// there any look for a key, so that who may not sign does not learn which accounts
// there are. What the key turns out to sign must be what was agreed to.
func (g *Gate) signWithKeyFile(ctx context.Context, c Caller, req SignRequest) (Signed, error) {
	s := &fileSigning{Gate: g, req: req, act: &act{
		operation: Sign, caller: c, chain: req.Chain, form: req.Request.Form, subject: req.Subject, changeable: true,
	}}
	defer s.act.giveBack(ctx)
	if err := s.agree(ctx); err != nil {
		return Signed{}, err
	}
	s.act.changeable = false // whoever is asked from here on can not change it any more
	key, err := s.unlock(ctx)
	if err != nil {
		return Signed{}, g.refuse(ctx, s.act, err)
	}
	defer key.Release()
	tasks, finish, err := s.decodeFor(key.Public())
	if err == nil && ctx.Err() != nil {
		err = fault.Canceled.Wrap(ctx.Err(), "the caller went away")
	}
	if err != nil {
		return Signed{}, g.refuse(ctx, s.act, err)
	}
	out := Signed{Effects: s.intent.Effects, Request: s.req.Request}
	err = g.pass(ctx, s.act, func() error {
		signatures := make([][]byte, len(tasks))
		for i, t := range tasks {
			var err error
			if signatures[i], err = key.Sign(t.Scheme, t.Message); err != nil {
				return err
			}
		}
		out.Signature = signatures[0]
		var err error
		out.Result, err = finish(signatures)
		s.act.result = out.Result
		return err
	})
	if err != nil {
		return Signed{}, err
	}
	out.Sequence = s.act.sequence
	return out, nil
}

// agree finds out what is to be signed: what the caller wants, or what the approver
// made of it, which the rules judge as anything else. It journals what it refuses.
func (s *fileSigning) agree(ctx context.Context) error {
	store, err := s.keyStoreOf(s.act.caller.Listener)
	if err != nil {
		return s.refuse(ctx, s.act, err)
	}
	s.store = store
	s.act.inStore(store)
	if err := s.judgeRequest(ctx, s.req.Request); err != nil {
		return err
	}
	if s.act.approval == nil || s.act.approval.Changed == nil {
		return nil
	}
	return s.judgeRequest(ctx, *s.act.approval.Changed)
}

// judgeRequest previews a request, has the rules judge it, and waits for an approval
// where they ask and there is none yet.
func (s *fileSigning) judgeRequest(ctx context.Context, r chain.Request) error {
	// While somebody thinks, what he was shown must not change.
	r.Payload, r.Context = bytes.Clone(r.Payload), bytes.Clone(r.Context)
	s.req.Request, s.act.form = r, r.Form
	if err := s.preview(r); err != nil {
		return s.refuse(ctx, s.act, err)
	}
	if s.store.RejectUnknown {
		if _, err := s.files.known(s.act.caller.Listener, s.sender); err != nil {
			return s.refuse(ctx, s.act, err)
		}
	}
	_, err := s.judge(ctx, s.act)
	return err
}

// preview has the chain read a request for its sender.
func (s *fileSigning) preview(r chain.Request) error {
	if len(r.Context) != len(s.sender) || !r.Signer.IsZero() || len(r.Signers) > 0 {
		return fault.Invalid.New("a request for an account of a key store names the 20 bytes of its address, and no key")
	}
	c := s.chains[s.req.Chain]
	if c == nil {
		return fault.Unsupported.New("unknown chain %q", s.req.Chain)
	}
	p, ok := c.(chain.Previewer)
	if !ok {
		return fault.Unsupported.New("chain %s has no accounts of key stores", s.req.Chain)
	}
	intent, err := p.Preview(r)
	if err != nil {
		return err
	}
	if len(intent.Effects) == 0 {
		return fault.Internal.New("chain %s decoded a request into nothing", s.req.Chain)
	}
	s.sender, s.intent = [20]byte(r.Context), intent
	s.act.intent = intent
	s.act.hasEffects(intent)
	s.act.key = hexaccount.Checksummed(s.sender)
	s.act.keys = [][]string{addressNames(s.sender)}
	return nil
}

// addressNames are the names that rules have for an account before its key is known.
func addressNames(a [20]byte) []string {
	return []string{hexaccount.Checksummed(a), hexaccount.Lower(a)}
}

// unlock finds the account of the sender and opens its key. The password, if one is
// needed, has as long as an approval.
func (s *fileSigning) unlock(ctx context.Context) (openKey, error) {
	file, err := s.files.known(s.act.caller.Listener, s.sender)
	if err != nil {
		return nil, err
	}
	var ask func(context.Context) (secret.Bytes, error)
	if s.req.Unlock != nil {
		ask = func(ctx context.Context) (secret.Bytes, error) { return s.password(ctx, file) }
	}
	unattended := s.act.approval == nil || s.act.approval.By == approval.ByRules
	return s.files.open(ctx, s.act.caller.Listener, s.act.caller.Conn, s.sender, unattended, ask)
}

// password asks for the password of an account. Where there is a desk it takes a place
// there, so that nobody can fill a screen with questions.
func (s *fileSigning) password(ctx context.Context, file KeyFile) (secret.Bytes, error) {
	if s.cfg.Desk != nil {
		release, err := s.cfg.Desk.Reserve(s.act.asker())
		if err != nil {
			return secret.Bytes{}, err
		}
		defer release()
	}
	resume := s.act.suspend()
	within, stop := context.WithTimeoutCause(ctx, s.patience(), approval.ErrTimeout)
	defer stop()
	password, err := s.req.Unlock(within, file)
	if err == nil && within.Err() == nil {
		if err := resume(within); err != nil {
			password.Wipe()
			return secret.Bytes{}, err
		}
	}
	switch {
	case within.Err() == nil:
		return password, err
	case err == nil:
		password.Wipe()
	}
	if context.Cause(within) == approval.ErrTimeout {
		return secret.Bytes{}, approval.ErrTimeout
	}
	return secret.Bytes{}, fault.Canceled.New("the caller went away")
}

// patience is how long somebody may take to give a password.
func (s *fileSigning) patience() time.Duration {
	if s.cfg.Desk == nil {
		return time.Minute
	}
	return s.cfg.Desk.Timeout()
}

// decodeFor decodes what was agreed to for the key that signs it, and insists that it
// is the same.
func (s *fileSigning) decodeFor(public curve.PublicKey) ([]chain.Task, func([][]byte) ([]byte, error), error) {
	r := s.req.Request
	r.Signer = public
	intent, err := s.decode(s.req.Chain, r)
	if err != nil {
		return nil, nil, err
	}
	if intent.Chain != s.intent.Chain || intent.Form != s.intent.Form || !slices.Equal(intent.Effects, s.intent.Effects) {
		return nil, nil, fault.Internal.New("the key would sign something else than what was agreed to")
	}
	for _, t := range intent.Tasks {
		if t.Key != public {
			return nil, nil, fault.Internal.New("the request needs another key than the sender's")
		}
	}
	s.act.describe(intent)
	s.act.keys = [][]string{append(addressNames(s.sender), s.keyNames(public)...)}
	return intent.Tasks, intent.Finish, nil
}
