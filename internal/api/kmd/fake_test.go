package kmd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"fmt"
	"slices"
	"sync"
	"time"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// fakeGate behaves as the gate does towards this protocol, without rules,
// journal or sealing: wallets in a map, keys in the clear.
type fakeGate struct {
	now func() time.Time

	mu       sync.Mutex
	wallets  map[gate.WalletID]*fakeWallet
	sessions map[gate.SessionID]*fakeSession
	refused  []gate.Operation
	callers  []gate.Caller
	fail     error // returned by every operation while set
	trouble  error // beside every list of wallets
}

type fakeWallet struct {
	gate.Wallet
	password []byte
	seed     []byte
	next     uint64
	keys     map[curve.PublicKey]ed25519.PrivateKey
	list     gate.KeyList
	accounts map[string]gate.Account
}

type fakeSession struct {
	*fakeWallet
	deadline time.Time
}

func newFakeGate(now func() time.Time) *fakeGate {
	return &fakeGate{now: now, wallets: make(map[gate.WalletID]*fakeWallet), sessions: make(map[gate.SessionID]*fakeSession)}
}

func (g *fakeGate) begin(c gate.Caller) (func(), error) {
	g.mu.Lock()
	g.callers = append(g.callers, c)
	return g.mu.Unlock, g.fail
}

func (g *fakeGate) session(id gate.SessionID) (*fakeSession, error) {
	s, ok := g.sessions[id]
	if !ok {
		return nil, fault.UnknownSession.New("no such session")
	}
	if !g.now().Before(s.deadline) {
		return nil, fault.SessionExpired.New("session expired")
	}
	return s, nil
}

func (w *fakeWallet) check(password secret.Bytes) error {
	if !bytes.Equal(w.password, password.Expose()) {
		return fault.WrongPassword.New("wrong password")
	}
	return nil
}

func (g *fakeGate) nameTaken(name string) bool {
	for _, w := range g.wallets {
		if w.Name == name {
			return true
		}
	}
	return false
}

func (g *fakeGate) Wallets(_ context.Context, c gate.Caller) (gate.WalletList, error) {
	done, err := g.begin(c)
	defer done()
	list := gate.WalletList{Trouble: g.trouble}
	for _, w := range g.wallets {
		list.Wallets = append(list.Wallets, w.Wallet)
	}
	return list, err
}

func (g *fakeGate) CreateWallet(_ context.Context, c gate.Caller, n gate.NewWallet) (gate.Wallet, error) {
	done, err := g.begin(c)
	defer done()
	if err != nil {
		return gate.Wallet{}, err
	}
	if g.nameTaken(n.Name) {
		return gate.Wallet{}, fault.WalletExists.New("name taken")
	}
	w := &fakeWallet{
		keys: make(map[curve.PublicKey]ed25519.PrivateKey), accounts: make(map[string]gate.Account),
		password: bytes.Clone(n.Password.Expose()), seed: bytes.Clone(n.Seed.Expose()),
	}
	rand.Read(w.ID[:])
	w.Name = n.Name
	if w.Name == "" {
		w.Name = gate.FormatWalletID(w.ID)
	}
	w.CreatedName = w.Name
	if len(bytes.Trim(w.seed, "\x00")) == 0 {
		w.seed = make([]byte, 32)
		rand.Read(w.seed)
	}
	g.wallets[w.ID] = w
	return w.Wallet, nil
}

func (g *fakeGate) RenameWallet(_ context.Context, c gate.Caller, id gate.WalletID, password secret.Bytes, name string) (gate.Wallet, error) {
	done, err := g.begin(c)
	defer done()
	if err != nil {
		return gate.Wallet{}, err
	}
	w, ok := g.wallets[id]
	if !ok {
		return gate.Wallet{}, fault.UnknownWallet.New("no such wallet")
	}
	if g.nameTaken(name) {
		return gate.Wallet{}, fault.WalletExists.New("name taken")
	}
	if err := w.check(password); err != nil {
		return gate.Wallet{}, err
	}
	w.Name = name
	return w.Wallet, nil
}

func (g *fakeGate) Unlock(_ context.Context, c gate.Caller, u gate.Unlock) (gate.Session, error) {
	done, err := g.begin(c)
	defer done()
	if err != nil {
		return gate.Session{}, err
	}
	w, ok := g.wallets[u.Wallet]
	if !ok {
		return gate.Session{}, fault.UnknownWallet.New("no such wallet")
	}
	if err := w.check(u.Password); err != nil {
		return gate.Session{}, err
	}
	if !u.Reauthenticate {
		return gate.Session{}, fault.Internal.New("kmd's sessions ask for the password again")
	}
	var id gate.SessionID
	rand.Read(id[:])
	g.sessions[id] = &fakeSession{w, g.now().Add(u.Lifetime)}
	return gate.Session{ID: id, Wallet: w.Wallet, Deadline: g.sessions[id].deadline}, nil
}

func (g *fakeGate) Session(_ context.Context, c gate.Caller, id gate.SessionID) (gate.Session, error) {
	done, err := g.begin(c)
	defer done()
	if err != nil {
		return gate.Session{}, err
	}
	s, err := g.session(id)
	if err != nil {
		return gate.Session{}, err
	}
	return gate.Session{ID: id, Wallet: s.Wallet, Deadline: s.deadline}, nil
}

func (g *fakeGate) Renew(_ context.Context, c gate.Caller, id gate.SessionID, lifetime time.Duration) (gate.Session, error) {
	done, err := g.begin(c)
	defer done()
	if err != nil {
		return gate.Session{}, err
	}
	s, err := g.session(id)
	if err != nil {
		return gate.Session{}, err
	}
	s.deadline = g.now().Add(lifetime)
	return gate.Session{ID: id, Wallet: s.Wallet, Deadline: s.deadline}, nil
}

func (g *fakeGate) Lock(_ context.Context, c gate.Caller, id gate.SessionID) error {
	done, err := g.begin(c)
	defer done()
	if err != nil {
		return err
	}
	if _, err := g.session(id); err != nil {
		return err
	}
	delete(g.sessions, id)
	return nil
}

// inside runs f in a session, after the password check where one is given.
func (g *fakeGate) inside(c gate.Caller, id gate.SessionID, password *secret.Bytes, f func(*fakeSession) error) error {
	done, err := g.begin(c)
	defer done()
	if err != nil {
		return err
	}
	s, err := g.session(id)
	if err != nil {
		return err
	}
	if password != nil {
		if err := s.check(*password); err != nil {
			return err
		}
	}
	return f(s)
}

func (g *fakeGate) CheckPassword(_ context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes) error {
	return g.inside(c, id, &password, func(*fakeSession) error { return nil })
}

func (g *fakeGate) Keys(_ context.Context, c gate.Caller, id gate.SessionID) (list gate.KeyList, err error) {
	err = g.inside(c, id, nil, func(s *fakeSession) error { list = s.list; return nil })
	return list, err
}

// put stores a key and makes a new list, as shared lists never change.
func (w *fakeWallet) put(private ed25519.PrivateKey, index uint64) gate.Key {
	k := gate.Key{Public: ed25519Key([32]byte(private[32:])), Index: index}
	w.keys[k.Public] = private
	keys := append(slices.Clone(w.list.Keys), k)
	slices.SortFunc(keys, func(a, b gate.Key) int { return a.Public.Compare(b.Public) })
	w.list = gate.KeyList{Keys: keys, Wallet: w.ID, Revision: w.list.Revision + 1}
	return k
}

func (g *fakeGate) GenerateKey(_ context.Context, c gate.Caller, id gate.SessionID) (key gate.Key, err error) {
	err = g.inside(c, id, nil, func(s *fakeSession) error {
		for {
			s.next++
			mac := hmac.New(sha512.New512_256, s.seed)
			fmt.Fprintf(mac, "AlgorandDeterministicKey-%d\x01", s.next)
			private := ed25519.NewKeyFromSeed(mac.Sum(nil))
			if _, ok := s.keys[ed25519Key([32]byte(private[32:]))]; !ok {
				key = s.put(private, s.next)
				return nil
			}
		}
	})
	return key, err
}

func (g *fakeGate) ImportKey(_ context.Context, c gate.Caller, id gate.SessionID, a curve.Algorithm, seed secret.Bytes) (key gate.Key, err error) {
	err = g.inside(c, id, nil, func(s *fakeSession) error {
		private := ed25519.NewKeyFromSeed(bytes.Clone(seed.Expose()))
		if _, ok := s.keys[ed25519Key([32]byte(private[32:]))]; ok || a != curve.Ed25519 {
			return fault.KeyExists.New("key exists")
		}
		key = s.put(private, 0)
		return nil
	})
	return key, err
}

func (g *fakeGate) ExportKey(_ context.Context, c gate.Caller, id gate.SessionID, public curve.PublicKey, password secret.Bytes) (out secret.Bytes, err error) {
	err = g.inside(c, id, &password, func(s *fakeSession) error {
		private, ok := s.keys[public]
		if !ok {
			return fault.UnknownKey.New("no such key")
		}
		out = secret.Copy(private)
		return nil
	})
	return out, err
}

func (g *fakeGate) DeleteKey(_ context.Context, c gate.Caller, id gate.SessionID, public curve.PublicKey, password secret.Bytes) error {
	return g.inside(c, id, &password, func(s *fakeSession) error {
		if _, ok := s.keys[public]; !ok {
			return fault.UnknownKey.New("no such key")
		}
		delete(s.keys, public)
		keys := slices.DeleteFunc(slices.Clone(s.list.Keys), func(k gate.Key) bool { return k.Public == public })
		s.list = gate.KeyList{Keys: keys, Wallet: s.ID, Revision: s.list.Revision + 1}
		return nil
	})
}

func (g *fakeGate) ExportSeed(_ context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes) (out secret.Bytes, err error) {
	err = g.inside(c, id, &password, func(s *fakeSession) error { out = secret.Copy(s.seed); return nil })
	return out, err
}

func (g *fakeGate) Accounts(_ context.Context, c gate.Caller, id gate.SessionID) (all []gate.Account, err error) {
	err = g.inside(c, id, nil, func(s *fakeSession) error {
		for _, a := range s.accounts {
			all = append(all, a)
		}
		slices.SortFunc(all, func(a, b gate.Account) int { return bytes.Compare(a.Address, b.Address) })
		return nil
	})
	return all, err
}

func (g *fakeGate) Account(_ context.Context, c gate.Caller, id gate.SessionID, address []byte) (a gate.Account, err error) {
	err = g.inside(c, id, nil, func(s *fakeSession) error {
		var ok bool
		if a, ok = s.accounts[string(address)]; !ok {
			return fault.UnknownAccount.New("no such account")
		}
		return nil
	})
	return a, err
}

func (g *fakeGate) ImportAccount(_ context.Context, c gate.Caller, id gate.SessionID, a gate.Account) error {
	return g.inside(c, id, nil, func(s *fakeSession) error {
		if _, ok := s.accounts[string(a.Address)]; ok {
			return fault.KeyExists.New("account exists")
		}
		s.accounts[string(a.Address)] = gate.Account{Address: bytes.Clone(a.Address), Preimage: bytes.Clone(a.Preimage)}
		return nil
	})
}

func (g *fakeGate) DeleteAccount(_ context.Context, c gate.Caller, id gate.SessionID, address []byte, password secret.Bytes) error {
	return g.inside(c, id, &password, func(s *fakeSession) error {
		if _, ok := s.accounts[string(address)]; !ok {
			return fault.UnknownAccount.New("no such account")
		}
		delete(s.accounts, string(address))
		return nil
	})
}

func (g *fakeGate) Sign(_ context.Context, c gate.Caller, r gate.SignRequest) (out gate.Signed, err error) {
	err = g.inside(c, r.Session, nil, func(s *fakeSession) error {
		intent, err := algorand.New().Decode(r.Request)
		if err != nil {
			return err
		}
		if err := s.check(r.Password); err != nil {
			return err
		}
		private, ok := s.keys[intent.Tasks[0].Key]
		if !ok {
			return fault.UnknownKey.New("no such key")
		}
		out.Signature = ed25519.Sign(private, intent.Tasks[0].Message)
		out.Result, err = intent.Finish([][]byte{out.Signature})
		return err
	})
	return out, err
}

func (g *fakeGate) Refused(_ context.Context, c gate.Caller, op gate.Operation, kind fault.Kind) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if kind == fault.Unauthenticated && c.Identity == "" {
		g.refused = append(g.refused, op)
	}
}
