package gate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/store"
)

// Sign decodes a request, decides on its effects, journals, and signs. Checks come
// in this order, which decides the error seen where several apply: session,
// decoding, password, key, rules. With KeyFiles it is: decoding, with RejectUnknown the
// account, rules, account, password.
func (g *Gate) Sign(ctx context.Context, c Caller, req SignRequest) (Signed, error) {
	if req.KeyFiles {
		return g.signWithKeyFile(ctx, c, req)
	}
	sessions, a, err := g.inSessions(ctx, Sign, c, req)
	if err != nil {
		return Signed{}, err
	}
	a.chain, a.form = req.Chain, req.Request.Form
	intent, err := g.decode(req.Chain, req.Request)
	if err != nil {
		return Signed{}, g.refuse(ctx, a, err)
	}
	a.describe(intent)
	a.intent, a.subject = intent, req.Subject
	g.nameKeys(a, intent.Tasks)
	for _, s := range sessions {
		if err := s.Authenticate(ctx, req.Password); err != nil {
			return Signed{}, g.refuse(ctx, a, err)
		}
	}
	keys, err := findKeys(sessions, intent.Tasks)
	if err != nil {
		return Signed{}, g.refuse(ctx, a, err)
	}
	a.inWallets(keys)
	out := Signed{Effects: intent.Effects, Request: req.Request}
	err = g.pass(ctx, a, func() error {
		if a.approval != nil { // that took its time, in which a key may be deleted
			if keys, err = findKeys(sessions, intent.Tasks); err != nil {
				return err
			}
		}
		signatures, err := sign(intent.Tasks, keys)
		if err != nil {
			return err
		}
		out.Signature = signatures[0]
		out.Result, err = intent.Finish(signatures)
		a.result = out.Result
		return err
	})
	if err != nil {
		return Signed{}, err
	}
	out.Sequence = a.sequence
	return out, nil
}

// decode has the chain read the request and insists on what the pipeline relies on.
func (g *Gate) decode(id string, req chain.Request) (*chain.Intent, error) {
	c := g.chains[id]
	if c == nil {
		return nil, fault.Unsupported.New("unknown chain %q", id)
	}
	intent, err := c.Decode(req)
	if err != nil {
		return nil, err
	}
	if len(intent.Effects) == 0 || len(intent.Tasks) == 0 || intent.Finish == nil {
		return nil, fault.Internal.New("chain %s decoded a request into nothing", id)
	}
	return intent, nil
}

// describe puts what would be signed into the act. The digest covers the exact
// bytes under each signature, domain prefixes included.
func (a *act) describe(intent *chain.Intent) {
	a.hasEffects(intent)
	var sum [sha256.Size]byte
	var text [2 * sha256.Size]byte
	if len(intent.Tasks) == 1 {
		sum = sha256.Sum256(intent.Tasks[0].Message)
	} else {
		h := sha256.New()
		for _, t := range intent.Tasks {
			one := sha256.Sum256(t.Message)
			h.Write(one[:])
		}
		h.Sum(sum[:0])
	}
	hex.Encode(text[:], sum[:])
	a.digest = string(text[:])
}

// hasEffects puts only the effects into it, for a request without a key yet.
func (a *act) hasEffects(intent *chain.Intent) {
	a.effects = intent.Effects
	a.kinds = make([]chain.EffectKind, len(intent.Effects))
	for i, e := range intent.Effects {
		a.kinds[i] = e.Kind
	}
}

// inSessions finds the session or sessions of a request. Of several, those that
// have ended are passed over: their wallets are locked.
func (g *Gate) inSessions(ctx context.Context, op Operation, c Caller, req SignRequest) ([]*wallet.Session, *act, error) {
	if len(req.Sessions) == 0 {
		s, a, err := g.inSession(ctx, op, c, req.Session)
		return []*wallet.Session{s}, a, err
	}
	var open []*wallet.Session
	for _, id := range req.Sessions {
		if s, err := g.wallets.Session(c.Listener, id); err == nil {
			open = append(open, s)
		}
	}
	return open, &act{operation: op, caller: c}, nil
}

// foundKey is the sealed key of a task and the session whose wallet has it.
type foundKey struct {
	session *wallet.Session
	record  store.Record
}

// findKeys looks up the key of each task, in the first session that has it.
func findKeys(sessions []*wallet.Session, tasks []chain.Task) ([]foundKey, error) {
	keys := make([]foundKey, len(tasks))
	for i, t := range tasks {
		err := error(fault.UnknownKey.New("no open wallet has the key %s", t.Key))
		for _, s := range sessions {
			var r store.Record
			if r, err = s.Find(KeyID{Public: t.Key, Usage: t.Usage}); err == nil {
				keys[i] = foundKey{s, r}
				break
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// inWallets names the wallets that the keys of a request are in.
func (a *act) inWallets(keys []foundKey) {
	for i, k := range keys {
		id, name := k.session.Wallet()
		p := place{wallet: FormatWalletID(id), name: name}
		switch {
		case i == 0:
			a.wallet, a.name = p.wallet, p.name
		case p.wallet != a.wallet && !slices.Contains(a.also, p):
			a.also = append(a.also, p)
		}
	}
}

// nameKeys gives the rules and the journal the names of the keys.
func (g *Gate) nameKeys(a *act, tasks []chain.Task) {
	a.keys = make([][]string, len(tasks))
	for i, t := range tasks {
		text := t.Key.String()
		a.keys[i] = g.keyNames(t.Key)
		if i == 0 {
			a.key = text
		} else {
			a.key += " " + text
		}
	}
}

// hexOf is the part of a key's text after its algorithm.
func hexOf(key string) string {
	_, encoded, _ := strings.Cut(key, ":")
	return encoded
}

func sign(tasks []chain.Task, keys []foundKey) ([][]byte, error) {
	signatures := make([][]byte, len(tasks))
	for i, t := range tasks {
		signature, err := keys[i].session.Sign(keys[i].record, t.Scheme, t.Message)
		if err != nil {
			return nil, err
		}
		signatures[i] = signature
	}
	return signatures, nil
}

// keyNames are the names that rules may have for a key: its hex, and each form of its
// address on each chain, whatever it is used for, so that a rule that denies a key by one
// address holds for all that the key does. They are made only if a rule names keys.
func (g *Gate) keyNames(key curve.PublicKey) []string {
	names := append(make([]string, 0, 1), hexOf(key.String()))
	if !g.cfg.Policy.NamesKeys() {
		return names
	}
	for _, c := range g.cfg.Chains {
		f, ok := c.(chain.Formatter)
		if !ok {
			if address, err := c.Address(key); err == nil {
				names = append(names, address)
			}
			continue
		}
		for _, format := range f.AddressFormats() {
			if address, err := f.AddressAs(key, format); err == nil {
				names = append(names, address)
			}
		}
	}
	return names
}
