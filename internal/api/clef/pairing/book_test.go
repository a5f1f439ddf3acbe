package pairing

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// memory is a store.
type memory struct {
	mu      sync.Mutex
	entries map[string]string
	broken  error
}

func (m *memory) List(context.Context) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.entries), m.broken
}

func (m *memory) Get(_ context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.entries[name], m.broken
}

func (m *memory) Put(_ context.Context, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken == nil {
		m.entries[name] = value
	}
	return m.broken
}

func (m *memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken == nil {
		delete(m.entries, name)
	}
	return m.broken
}

// clock is one that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// signer draws its numbers so that each run of a test is the same.
type signer struct {
	*Book
	store *memory
	clock *clock
	rand  *rand.ChaCha8
}

func newSigner(t testing.TB) *signer { return seededSigner(t, 1) }

func seededSigner(t testing.TB, seed byte) *signer {
	t.Helper()
	s := &signer{rand: rand.NewChaCha8([32]byte{seed}), store: &memory{entries: map[string]string{}}, clock: &clock{now: time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)}}
	s.restart(t)
	return s
}

func (s *signer) restart(t testing.TB) {
	t.Helper()
	b, err := Open(context.Background(), Config{Store: s.store, Now: s.clock.Now, Rand: s.rand})
	if err != nil {
		t.Fatal(err)
	}
	s.Book = b
}

// list is who was paired, nobody where the store fails.
func (s *signer) list(t testing.TB) []Caller {
	t.Helper()
	all, err := s.Callers(context.Background())
	if err != nil && s.store.broken == nil {
		t.Error(err)
	}
	return all
}

// caller is the other side.
type caller struct {
	name    string
	private ed25519.PrivateKey
	nonce   wire.PairingNonce
	pairing wire.PairingID
	session wire.PairingID
	number  wire.Number
}

func newCaller(name string, seed byte) *caller {
	c := &caller{name: name, private: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
	c.nonce = sha256.Sum256([]byte(name))
	return c
}

func (c *caller) key() wire.PairingKey {
	return wire.PairingKey(c.private.Public().(ed25519.PublicKey))
}

func (c *caller) start() wire.PairStart {
	return wire.PairStart{Name: c.name, Key: c.key(), Commitment: wire.Commitment(c.key(), c.name, c.nonce)}
}

// call signs a request with the next number.
func (c *caller) call(request string) *wire.PairCall {
	c.number++
	return c.numbered(uint64(c.number), request)
}

func (c *caller) numbered(number uint64, request string) *wire.PairCall {
	call := &wire.PairCall{Key: c.key(), Session: c.session, Number: wire.Number(number), Request: request}
	copy(call.Signature[:], ed25519.Sign(c.private, call.Preimage(c.pairing)))
	return call
}

func approve(context.Context, *wire.PairingRequest) error { return nil }

// pair goes through a handshake; a person compares the codes.
func (c *caller) pair(s *signer) error {
	id, theirs, err := s.Start(c.start(), "127.0.0.1")
	if err != nil {
		return err
	}
	code := wire.PairingCode(c.key(), c.name, c.nonce, theirs)
	c.pairing, err = s.Finish(context.Background(), wire.PairFinish{Handshake: id, Nonce: c.nonce}, func(_ context.Context, r *wire.PairingRequest) error {
		if r.Code != code || r.Name != c.name || r.Key != c.key() {
			return fmt.Errorf("the signer shows %+v, the caller %s", r, code)
		}
		return nil
	})
	c.session, c.number = s.Session(), 0
	if want := wire.PairingOf(c.key(), c.name, c.nonce, theirs); err == nil && c.pairing != want {
		return fmt.Errorf("pairing %x, want %x", c.pairing, want)
	}
	s.clock.move(time.Minute)
	return err
}

func paired(t testing.TB, s *signer, name string, seed byte) *caller {
	t.Helper()
	c := newCaller(name, seed)
	if err := c.pair(s); err != nil {
		t.Fatal(err)
	}
	return c
}

const listing = `{"method":"account_list"}`

func TestPairing(t *testing.T) {
	s := newSigner(t)
	c := paired(t, s, "treasury bot", 1)
	for range 3 {
		if name, err := s.Verify(context.Background(), c.call(listing)); err != nil || name != "treasury bot" {
			t.Errorf("%q, %v", name, err)
		}
	}
	got := s.list(t)
	if len(got) != 1 || got[0].Name != "treasury bot" || got[0].Key != c.key() || got[0].Paired.Format(time.RFC3339) != "2026-11-21T05:00:00Z" {
		t.Errorf("%+v", got)
	}
	// After a restart the pairing is good, in a new session.
	old := c.numbered(100, listing)
	s.restart(t)
	if _, err := s.Verify(context.Background(), old); !errors.Is(err, ErrSession) {
		t.Errorf("a request of the old session: %v", err)
	}
	c.session, c.number = s.Session(), 0
	if name, err := s.Verify(context.Background(), c.call(listing)); err != nil || name != "treasury bot" {
		t.Errorf("%q, %v", name, err)
	}
	if again := s.list(t); len(again) != 1 || again[0] != got[0] {
		t.Errorf("%+v", again)
	}
}

// TestReplay: every request is good once, also if it comes late, and not at all if it is
// much too late.
func TestReplay(t *testing.T) {
	s := newSigner(t)
	c := paired(t, s, "bot", 1)
	first, second, third := c.call(listing), c.call(listing), c.call(listing)
	for i, step := range []struct {
		call *wire.PairCall
		want error
	}{
		{second, nil}, {second, ErrNumber}, {first, nil}, {first, ErrNumber}, // overtaken
		{c.numbered(0, listing), ErrNumber},
		{c.numbered(2, `{"method":"account_new"}`), ErrNumber},            // another request, the same number
		{c.numbered(3+wire.WindowSize, listing), nil}, {third, ErrNumber}, // given up
		{c.numbered(4, listing), nil}, {c.numbered(4, listing), ErrNumber},
		{c.numbered(1<<64-1, listing), nil}, {c.numbered(1<<64-1, listing), ErrNumber}, {c.numbered(5, listing), ErrNumber},
	} {
		if _, err := s.Verify(context.Background(), step.call); !errors.Is(err, step.want) {
			t.Errorf("step %d: %v, want %v", i, err, step.want)
		}
	}
}

// TestForgeries: nothing but the exact bytes that were signed for this signer is good,
// and nothing else uses up numbers.
func TestForgeries(t *testing.T) {
	s := newSigner(t)
	c, other := paired(t, s, "bot", 1), paired(t, s, "other", 2)
	elsewhere := seededSigner(t, 2)
	twin := paired(t, elsewhere, "bot", 1) // the same key and name at another signer
	twin.session = s.Session()
	stranger := newCaller("bot", 3)
	stranger.session, stranger.pairing = s.Session(), c.pairing

	right := c.numbered(1, listing)
	change := func(with func(*wire.PairCall)) *wire.PairCall {
		forged := *right
		with(&forged)
		return &forged
	}
	for name, call := range map[string]*wire.PairCall{
		"another request":        change(func(p *wire.PairCall) { p.Request = `{"method":"account_new"}` }),
		"another spelling of it": change(func(p *wire.PairCall) { p.Request = `{"method": "account_list"}` }),
		"another number":         change(func(p *wire.PairCall) { p.Number = 2 }),
		"another session":        change(func(p *wire.PairCall) { p.Session[0] ^= 1 }),
		"another key":            change(func(p *wire.PairCall) { p.Key = other.key() }),
		"another signature":      change(func(p *wire.PairCall) { p.Signature[63] ^= 1 }),
		"no signature":           change(func(p *wire.PairCall) { p.Signature = [64]byte{} }),
		"of another pairing":     twin.numbered(1, listing),
		"of a stranger":          stranger.numbered(1, listing),
		"nothing":                {},
		// What the signer tells a caller, or a caller commits to, is no signature.
		"reflected": change(func(p *wire.PairCall) {
			commitment := wire.Commitment(c.key(), c.name, c.nonce)
			copy(p.Signature[:], append(commitment[:], c.nonce[:]...))
		}),
		// The order of the curve added to S: the same signature in another spelling (RFC 8032, 5.1.7).
		"malleable": change(func(p *wire.PairCall) {
			order := []byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
			carry := 0
			for i := range order {
				sum := int(p.Signature[32+i]) + int(order[i]) + carry
				p.Signature[32+i], carry = byte(sum), sum>>8
			}
		}),
	} {
		if who, err := s.Verify(context.Background(), call); !errors.Is(err, ErrUnpaired) || who != "" {
			t.Errorf("%s: %q, %v", name, who, err)
		}
	}
	if _, err := s.Verify(context.Background(), right); err != nil {
		t.Errorf("after the forgeries: %v", err)
	}
	var nobody Book
	if _, err := nobody.Verify(context.Background(), right); !errors.Is(err, ErrUnpaired) {
		t.Errorf("the zero book: %v", err)
	}
}

// TestManInTheMiddle: somebody between caller and signer has to tell each side its own
// key and nonce before it knows the other's, so the codes differ.
func TestManInTheMiddle(t *testing.T) {
	s := newSigner(t)
	agree := 0
	const attempts = 200
	for i := range attempts {
		victim, middle := newCaller("bot", 1), newCaller("bot", 2)
		victim.nonce = sha256.Sum256(fmt.Appendf(nil, "victim %d", i))
		middle.nonce = sha256.Sum256(fmt.Appendf(nil, "middle %d", i))
		// The victim commits; the middle does the same to the signer, and must answer the
		// victim before it learns the victim's nonce.
		id, signers, err := s.Start(middle.start(), "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		shown := wire.PairingCode(victim.key(), victim.name, victim.nonce, signers) // it can as well pass the signer's on
		_, err = s.Finish(context.Background(), wire.PairFinish{Handshake: id, Nonce: middle.nonce}, func(_ context.Context, r *wire.PairingRequest) error {
			if r.Code != shown {
				return fault.Denied.New("request denied")
			}
			agree++
			return nil
		})
		if !fault.Is(err, fault.Denied) && agree == 0 {
			t.Fatal(err)
		}
		// Nor can it finish with the victim's nonce what it began with its own.
		if id, _, err = s.Start(middle.start(), "127.0.0.2"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Finish(context.Background(), wire.PairFinish{Handshake: id, Nonce: victim.nonce}, approve); !fault.Is(err, fault.Unauthenticated) {
			t.Fatal(err)
		}
		s.clock.move(time.Minute)
	}
	if agree > 0 {
		t.Errorf("%d of %d codes agree", agree, attempts)
	}
}

// TestGrinding: whoever looks for a handshake whose code fits cannot begin many, however
// they end.
func TestGrinding(t *testing.T) {
	s := newSigner(t)
	c := newCaller("bot", 1)
	begun := 0
	for i := range 1000 {
		id, _, err := s.Start(c.start(), fmt.Sprintf("host %d", i%50))
		if err != nil {
			if !fault.Is(err, fault.Busy) {
				t.Fatal(err)
			}
			continue
		}
		begun++
		if i%2 == 0 { // given up with a wrong nonce: that makes no room
			if _, err := s.Finish(context.Background(), wire.PairFinish{Handshake: id}, approve); !fault.Is(err, fault.Unauthenticated) {
				t.Fatal(err)
			}
		}
	}
	if begun != maxBegun {
		t.Errorf("%d handshakes, want %d", begun, maxBegun)
	}
	s.clock.move(lifetime - time.Second)
	if _, _, err := s.Start(c.start(), "late"); !fault.Is(err, fault.Busy) {
		t.Errorf("before a minute is over: %v", err)
	}
	s.clock.move(time.Second)
	for range maxSource {
		if _, _, err := s.Start(c.start(), "late"); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := s.Start(c.start(), "late"); !fault.Is(err, fault.Busy) {
		t.Errorf("one source: %v", err)
	}
	if _, _, err := s.Start(c.start(), "other"); err != nil {
		t.Errorf("another source: %v", err)
	}
}

// TestHandshakes: each is good once, in time, and for what was committed to.
func TestHandshakes(t *testing.T) {
	s := newSigner(t)
	c := newCaller("bot", 1)
	begin := func() wire.PairFinish {
		t.Helper()
		s.clock.move(time.Minute)
		id, _, err := s.Start(c.start(), "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		return wire.PairFinish{Handshake: id, Nonce: c.nonce}
	}
	finish := func(f wire.PairFinish, confirm Confirm) error {
		_, err := s.Finish(context.Background(), f, confirm)
		return err
	}
	if err := finish(wire.PairFinish{}, approve); !fault.Is(err, fault.UnknownSession) {
		t.Errorf("unknown: %v", err)
	}
	f := begin()
	wrong := f
	wrong.Nonce[0] ^= 1
	if err := finish(wrong, approve); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("wrong nonce: %v", err)
	}
	if err := finish(f, approve); !fault.Is(err, fault.UnknownSession) {
		t.Errorf("right nonce after a wrong one: %v", err)
	}
	f = begin()
	s.clock.move(time.Minute)
	if err := finish(f, approve); !fault.Is(err, fault.UnknownSession) {
		t.Errorf("late: %v", err)
	}
	f = begin()
	denied := fault.Denied.New("request denied")
	if err := finish(f, func(context.Context, *wire.PairingRequest) error { return denied }); !errors.Is(err, denied) {
		t.Errorf("denied: %v", err)
	}
	if err := finish(f, approve); !fault.Is(err, fault.UnknownSession) {
		t.Errorf("after a denial: %v", err)
	}
	if len(s.list(t)) != 0 || len(s.store.entries) != 0 {
		t.Errorf("%+v was paired", s.list(t))
	}
	// While somebody is asked, nobody else is.
	f = begin()
	id, _, err := s.Start(newCaller("second", 2).start(), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	second := wire.PairFinish{Handshake: id, Nonce: newCaller("second", 2).nonce}
	if err := finish(f, func(context.Context, *wire.PairingRequest) error {
		if err := finish(second, approve); !fault.Is(err, fault.Busy) {
			t.Errorf("a second question: %v", err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if err := finish(second, approve); err != nil { // it was not used up
		t.Error(err)
	}
	if len(s.list(t)) != 2 {
		t.Errorf("%+v", s.list(t))
	}
}

// TestNames: no two callers have one, and a key that comes again gets its new name and
// nothing of the old.
func TestNames(t *testing.T) {
	s := newSigner(t)
	first := paired(t, s, "treasury bot", 1)
	for _, name := range []string{"treasury bot", "Treasury BOT"} {
		if err := newCaller(name, 2).pair(s); !fault.Is(err, fault.Conflict) || fault.Text(err) != "the name is taken" {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := first.numbered(50, listing)
	again := paired(t, s, "renamed", 1)
	if _, err := s.Verify(context.Background(), old); !errors.Is(err, ErrUnpaired) {
		t.Errorf("a request of the old pairing: %v", err)
	}
	if name, err := s.Verify(context.Background(), again.call(listing)); err != nil || name != "renamed" {
		t.Errorf("%q, %v", name, err)
	}
	if got := s.list(t); len(got) != 1 || got[0].Name != "renamed" || len(s.store.entries) != 1 {
		t.Errorf("%+v", got)
	}
	if second := newCaller("treasury bot", 2); second.pair(s) != nil {
		t.Error("the old name is still taken")
	}
}

// TestStore: nobody is paired whom the store did not take, and what is malformed there
// stops the start.
func TestStore(t *testing.T) {
	s := newSigner(t)
	s.store.broken = fault.Storage.New("disk full")
	if err := newCaller("bot", 1).pair(s); !fault.Is(err, fault.Storage) || len(s.list(t)) != 0 {
		t.Errorf("%v, %+v", err, s.list(t))
	}
	if _, err := Open(context.Background(), Config{Store: s.store, Now: s.clock.Now, Rand: s.rand}); !fault.Is(err, fault.Storage) {
		t.Error(err)
	}
	s.store.broken = nil
	paired(t, s, "bot", 1)
	name, value := EntryName(newCaller("bot", 1).key()), ""
	if value = s.store.entries[name]; value == "" || !strings.HasPrefix(name, "caller:") {
		t.Fatalf("%v", s.store.entries)
	}
	for what, entries := range map[string]map[string]string{
		"no key":           {"caller:00": value},
		"upper case":       {"caller:" + strings.ToUpper(name[len("caller:"):]): value},
		"no prefix":        {name[len("caller:"):]: value},
		"no json":          {name: "x"},
		"unknown member":   {name: strings.Replace(value, "{", `{"more":1,`, 1)},
		"member twice":     {name: strings.Replace(value, "{", `{"name":"a",`, 1)},
		"strange name":     {name: strings.Replace(value, "bot", "b\\u202eot", 1)},
		"no name":          {name: strings.Replace(value, "bot", "", 1)},
		"short pairing":    {name: strings.Replace(value, `"pairing":"`, `"pairing":"","x":"`, 1)},
		"time of no day":   {name: strings.Replace(value, "2026-11-21", "2026-13-21", 1)},
		"nothing in there": {name: ""},
	} {
		if _, err := Open(context.Background(), Config{Store: &memory{entries: entries}, Now: s.clock.Now, Rand: s.rand}); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, cfg := range map[string]Config{
		"no store": {Now: s.clock.Now, Rand: s.rand}, "no clock": {Store: s.store, Rand: s.rand},
		"no randomness": {Store: s.store, Now: s.clock.Now}, "little randomness": {Store: s.store, Now: s.clock.Now, Rand: bytes.NewReader(make([]byte, 15))},
	} {
		if _, err := Open(context.Background(), cfg); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", what, err)
		}
	}
	b, err := Open(context.Background(), Config{Store: s.store, Now: s.clock.Now, Rand: bytes.NewReader(make([]byte, 40))})
	if err != nil {
		t.Fatal(err)
	}
	if id, nonce, err := b.Start(newCaller("x", 9).start(), ""); !fault.Is(err, fault.Internal) || nonce != (wire.PairingNonce{}) {
		t.Errorf("%x, %v", id, err)
	}
}

func TestManyCallers(t *testing.T) {
	s := newSigner(t)
	for i := range maxCallers {
		paired(t, s, fmt.Sprintf("bot %d", i), byte(i))
	}
	one := newCaller("one more", 0)
	one.private = ed25519.NewKeyFromSeed(bytes.Repeat([]byte("ab"), 16))
	if err := one.pair(s); !fault.Is(err, fault.Exhausted) {
		t.Error(err)
	}
	if err := newCaller("bot again", 5).pair(s); err != nil { // in the place of an old one
		t.Error(err)
	}
}

// TestConcurrently: each number is taken once, however many come with it, while callers
// are paired anew and removed.
func TestConcurrently(t *testing.T) {
	s := newSigner(t)
	c := paired(t, s, "bot", 1)
	calls := make([]*wire.PairCall, 20)
	for i := range calls {
		calls[i] = c.call(listing)
	}
	var mu sync.Mutex
	good := map[wire.Number]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, call := range calls {
				if _, err := s.Verify(context.Background(), call); err == nil {
					mu.Lock()
					good[call.Number]++
					mu.Unlock()
				}
			}
		})
	}
	all.Go(func() {
		for i := range byte(5) {
			other := newCaller(fmt.Sprintf("other %d", i), 100+i)
			if err := other.pair(s); err != nil {
				t.Error(err)
			}
			if err := s.Remove(context.Background(), other.key()); err != nil {
				t.Error(err)
			}
			s.list(t)
		}
	})
	all.Wait()
	for _, call := range calls {
		if good[call.Number] != 1 {
			t.Errorf("number %d was taken %d times", call.Number, good[call.Number])
		}
	}
}
