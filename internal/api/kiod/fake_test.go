package kiod

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// fakeGate behaves as the gate does towards this protocol, without rules, journal
// or locked memory: it reads and writes the peer's wallet files in a folder, and
// its sessions end when its clock says so.
type fakeGate struct {
	folder string
	named  bool // layout of the files
	now    func() time.Time

	mu       sync.Mutex
	wallets  map[gate.WalletID]*fakeWallet
	sessions map[gate.SessionID]*fakeSession
	calls    map[string]int
	refused  []gate.Operation
	callers  []gate.Caller
	fail     error         // returned by every operation while set
	slow     chan struct{} // not nil: every unlock says that it arrived and waits to go on
	revision uint64
}

type fakeWallet struct {
	gate.Wallet
	file     []byte
	password []byte
	keys     []fakeKey // in order
	revision uint64
}

type fakeKey struct {
	id     gate.KeyID
	name   string
	secret []byte // 32 bytes
}

type fakeSession struct {
	*fakeWallet
	deadline time.Time
}

var _ Gate = (*fakeGate)(nil)

func newFakeGate(folder string, named bool, now func() time.Time) *fakeGate {
	return &fakeGate{
		folder: folder, named: named, now: now, wallets: make(map[gate.WalletID]*fakeWallet),
		sessions: make(map[gate.SessionID]*fakeSession), calls: make(map[string]int),
	}
}

func (g *fakeGate) begin(c gate.Caller, what string) (func(), error) {
	g.mu.Lock()
	g.callers = append(g.callers, c)
	g.calls[what]++
	return g.mu.Unlock, g.fail
}

func (g *fakeGate) count(what string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls[what]
}

// open counts the sessions that hold keys.
func (g *fakeGate) open() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, s := range g.sessions {
		if g.now().Before(s.deadline) {
			n++
		}
	}
	return n
}

func (g *fakeGate) session(id gate.SessionID) (*fakeSession, error) {
	s, ok := g.sessions[id]
	if !ok {
		return nil, fault.UnknownSession.New("no such session")
	}
	if !g.now().Before(s.deadline) {
		delete(g.sessions, id)
		return nil, fault.SessionExpired.New("the session has expired")
	}
	return s, nil
}

func (g *fakeGate) path(name string) string { return filepath.Join(g.folder, name+".wallet") }

// authenticate is what the gate does in sessions of this kind: they are proof
// enough, and only a password that is given must be right.
func (w *fakeWallet) authenticate(password secret.Bytes) error {
	if password.IsEmpty() {
		return nil
	}
	return w.check(password)
}

func (w *fakeWallet) check(password secret.Bytes) error {
	if !bytes.Equal(w.password, password.Expose()) {
		return fault.WrongPassword.New("wrong password")
	}
	return nil
}

func (g *fakeGate) save(w *fakeWallet) error {
	g.revision++
	w.revision = g.revision
	w.file = encodeWallet(w.password, w.keys, g.named)
	return os.WriteFile(g.path(w.Name), w.file, 0o600)
}

func (g *fakeGate) CreateWallet(_ context.Context, c gate.Caller, n gate.NewWallet) (gate.Wallet, error) {
	done, err := g.begin(c, "create")
	defer done()
	if err != nil {
		return gate.Wallet{}, err
	}
	if !n.Live {
		return gate.Wallet{}, errors.New("not a live wallet")
	}
	if _, err := os.Stat(g.path(n.Name)); !errors.Is(err, fs.ErrNotExist) {
		return gate.Wallet{}, fault.WalletExists.New("the file exists")
	}
	w := &fakeWallet{password: bytes.Clone(n.Password.Expose())}
	w.Name = n.Name
	rand.Read(w.ID[:])
	g.wallets[w.ID] = w
	return w.Wallet, g.save(w)
}

func (g *fakeGate) LiveWallet(_ context.Context, c gate.Caller, name string) (gate.Wallet, error) {
	done, err := g.begin(c, "live")
	defer done()
	if err != nil {
		return gate.Wallet{}, err
	}
	file, err := os.ReadFile(g.path(name))
	if err != nil {
		return gate.Wallet{}, fault.UnknownWallet.Wrap(err, "there is no such wallet file")
	}
	if err := checkFile(file); err != nil {
		return gate.Wallet{}, err
	}
	w := &fakeWallet{file: file}
	w.Name = name
	rand.Read(w.ID[:])
	for id, s := range g.sessions {
		if s.Name == name {
			delete(g.sessions, id)
		}
	}
	g.wallets[w.ID] = w
	return w.Wallet, nil
}

func (g *fakeGate) Unlock(_ context.Context, c gate.Caller, u gate.Unlock) (gate.Session, error) {
	if g.slow != nil {
		g.slow <- struct{}{} // arrived
		<-g.slow             // go on
	}
	done, err := g.begin(c, "unlock")
	defer done()
	if err != nil {
		return gate.Session{}, err
	}
	w, ok := g.wallets[u.Wallet]
	if !ok {
		return gate.Session{}, fault.UnknownWallet.New("wallet not found")
	}
	keys, err := decodeWallet(w.file, u.Password.Expose())
	if err != nil {
		return gate.Session{}, err
	}
	g.revision++
	w.keys, w.password, w.revision = keys, bytes.Clone(u.Password.Expose()), g.revision
	s := gate.Session{Wallet: w.Wallet, Deadline: g.now().Add(u.Lifetime)}
	rand.Read(s.ID[:])
	g.sessions[s.ID] = &fakeSession{w, s.Deadline}
	return s, nil
}

func (g *fakeGate) Session(_ context.Context, c gate.Caller, id gate.SessionID) (gate.Session, error) {
	done, err := g.begin(c, "session")
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
	done, err := g.begin(c, "renew")
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
	done, err := g.begin(c, "lock")
	defer done()
	if err != nil {
		return err
	}
	_, err = g.session(id)
	delete(g.sessions, id)
	return err
}

func (g *fakeGate) CheckPassword(_ context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes) error {
	done, err := g.begin(c, "password")
	defer done()
	if err != nil {
		return err
	}
	s, err := g.session(id)
	if err != nil {
		return err
	}
	return s.check(password)
}

func (w *fakeWallet) describe(k fakeKey) gate.Key {
	return gate.Key{Public: k.id.Public, Usage: k.id.Usage, Name: k.name}
}

func (w *fakeWallet) find(id gate.KeyID) int {
	return slices.IndexFunc(w.keys, func(k fakeKey) bool { return k.id == id })
}

// Keys lists in the order of algorithms, as the gate does, not in the protocol's.
func (g *fakeGate) Keys(_ context.Context, c gate.Caller, id gate.SessionID) (gate.KeyList, error) {
	done, err := g.begin(c, "keys")
	defer done()
	if err != nil {
		return gate.KeyList{}, err
	}
	s, err := g.session(id)
	if err != nil {
		return gate.KeyList{}, err
	}
	l := gate.KeyList{Wallet: s.ID, Revision: s.revision}
	for _, k := range s.keys {
		l.Keys = append(l.Keys, s.describe(k))
	}
	slices.SortFunc(l.Keys, func(a, b gate.Key) int { return a.Public.Compare(b.Public) })
	return l, nil
}

func (g *fakeGate) FindKey(_ context.Context, c gate.Caller, id gate.SessionID, key gate.KeyID) (gate.Key, error) {
	done, err := g.begin(c, "find")
	defer done()
	if err != nil {
		return gate.Key{}, err
	}
	s, err := g.session(id)
	if err != nil {
		return gate.Key{}, err
	}
	at := s.find(key)
	if at < 0 {
		return gate.Key{}, fault.UnknownKey.New("no such key")
	}
	return s.describe(s.keys[at]), nil
}

func (g *fakeGate) NewKey(ctx context.Context, c gate.Caller, id gate.SessionID, o gate.KeyOptions) (gate.Key, error) {
	raw := make([]byte, 32)
	rand.Read(raw)
	raw[0] &= 0x7f // below every order
	return g.AddKey(ctx, c, id, o, secret.New(raw))
}

func (g *fakeGate) AddKey(_ context.Context, c gate.Caller, id gate.SessionID, o gate.KeyOptions, private secret.Bytes) (gate.Key, error) {
	done, err := g.begin(c, "add")
	defer done()
	if err != nil {
		return gate.Key{}, err
	}
	s, err := g.session(id)
	if err != nil {
		return gate.Key{}, err
	}
	k := fakeKey{id: gate.KeyID{Public: publicOf(o.Algorithm, private.Expose()), Usage: o.Usage}, secret: bytes.Clone(private.Expose())}
	if at := s.find(k.id); at >= 0 {
		return s.describe(s.keys[at]), fault.KeyExists.New("the key is there")
	}
	if g.named {
		k.name = freeName(s.keys)
	}
	s.keys = append(s.keys, k)
	slices.SortFunc(s.keys, func(a, b fakeKey) int { return compareIDs(a.id, b.id) })
	return s.describe(k), g.save(s.fakeWallet)
}

func freeName(keys []fakeKey) string {
	for n := 0; ; n++ {
		name := fmt.Sprintf("my-key-%d", n)
		if !slices.ContainsFunc(keys, func(k fakeKey) bool { return k.name == name }) {
			return name
		}
	}
}

func (g *fakeGate) NameKey(_ context.Context, c gate.Caller, id gate.SessionID, key gate.KeyID, name string, password secret.Bytes) error {
	done, err := g.begin(c, "name")
	defer done()
	if err != nil {
		return err
	}
	s, err := g.session(id)
	if err != nil {
		return err
	}
	at := s.find(key)
	switch {
	case s.authenticate(password) != nil:
		return s.authenticate(password)
	case at < 0:
		return fault.UnknownKey.New("no such key")
	case slices.ContainsFunc(s.keys, func(k fakeKey) bool { return k.name == name && k.id != key }):
		return fault.KeyExists.New("the name is taken")
	}
	s.keys[at].name = name
	return g.save(s.fakeWallet)
}

func (g *fakeGate) RemoveKey(_ context.Context, c gate.Caller, id gate.SessionID, key gate.KeyID, password secret.Bytes) error {
	done, err := g.begin(c, "remove")
	defer done()
	if err != nil {
		return err
	}
	s, err := g.session(id)
	if err != nil {
		return err
	}
	at := s.find(key)
	switch {
	case s.authenticate(password) != nil:
		return s.authenticate(password)
	case at < 0:
		return fault.UnknownKey.New("no such key")
	}
	s.keys = slices.Delete(s.keys, at, at+1)
	return g.save(s.fakeWallet)
}

func (g *fakeGate) ExportKeys(_ context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes, each func(gate.Key, secret.Bytes) error) error {
	done, err := g.begin(c, "export")
	defer done()
	if err != nil {
		return err
	}
	s, err := g.session(id)
	if err != nil {
		return err
	}
	if err := s.authenticate(password); err != nil {
		return err
	}
	for _, k := range s.keys {
		private := secret.Copy(k.secret)
		if err := each(s.describe(k), private); err != nil {
			return err
		}
		private.Wipe()
	}
	return nil
}

func (g *fakeGate) Sign(_ context.Context, c gate.Caller, r gate.SignRequest) (gate.Signed, error) {
	done, err := g.begin(c, "sign")
	defer done()
	if err != nil {
		return gate.Signed{}, err
	}
	var open []*fakeSession
	for _, id := range r.Sessions {
		s, err := g.session(id)
		if err != nil {
			return gate.Signed{}, err
		}
		open = append(open, s)
	}
	intent, err := antelope.New().Decode(r.Request)
	if err != nil {
		return gate.Signed{}, err
	}
	var signatures [][]byte
	for _, t := range intent.Tasks {
		made := []byte(nil)
		for _, s := range open {
			if at := s.findTask(t.Key, t.Scheme); made == nil && at >= 0 {
				made = signTask(t.Scheme, s.keys[at].secret, t.Message)
			}
		}
		if made == nil {
			return gate.Signed{}, fault.UnknownKey.New("no such key")
		}
		signatures = append(signatures, made)
	}
	result, err := intent.Finish(signatures)
	return gate.Signed{Result: result, Effects: intent.Effects}, err
}

// findTask tells the two uses of secp256k1 apart by the scheme.
func (w *fakeWallet) findTask(public curve.PublicKey, scheme curve.Scheme) int {
	usage := map[curve.Scheme]uint8{curve.AntelopeK1: 1, curve.ECDSAP256: 2, curve.ECDSASecp256k1: 4, curve.PureEdDSA: 5}[scheme]
	return w.find(gate.KeyID{Public: public, Usage: usage})
}

func (g *fakeGate) AllowStop(_ context.Context, c gate.Caller) error {
	done, err := g.begin(c, "stop")
	defer done()
	return err
}

func (g *fakeGate) Refused(_ context.Context, _ gate.Caller, op gate.Operation, _ fault.Kind) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refused = append(g.refused, op)
}

func appendVaruint(b []byte, v int) []byte { return binary.AppendUvarint(b, uint64(v)) }
