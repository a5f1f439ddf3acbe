package daemon

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
)

// withVault gives a listener the fixture's master seed, and its password in a file.
func withVault(t *testing.T, l *config.Listener) {
	t.Helper()
	if err := os.CopyFS(l.Clef.ConfigDir, os.DirFS(filepath.Join(clefFixture, "config"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(l.Clef.ConfigDir, "masterseed.json"), 0o400); err != nil {
		t.Fatal(err)
	}
	l.Clef.PasswordFile = filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(l.Clef.PasswordFile, []byte("master-password-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func masterPassword() rest.Binary {
	return rest.Binary{Bytes: secret.Copy([]byte("master-password-1"))}
}

// pairing is a caller that wants to be paired, or is.
type pairing struct {
	t       *testing.T
	socket  string
	name    string
	private ed25519.PrivateKey
	nonce   wire.PairingNonce
	code    string

	handshake, pairing, session wire.PairingID
	number                      uint64
}

func newPairing(t *testing.T, socket, name string, seed byte) *pairing {
	return &pairing{t: t, socket: socket, name: name, private: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}

func (p *pairing) key() wire.PairingKey {
	return wire.PairingKey(p.private.Public().(ed25519.PublicKey))
}

// read gets the members of a result, which are bytes, in the order of their names.
func (p *pairing) read(reply string, into map[string][]byte) {
	p.t.Helper()
	var answer struct{ Result map[string]string }
	if err := json.Unmarshal([]byte(reply), &answer); err != nil || answer.Result == nil {
		p.t.Fatalf("%s: %v", reply, err)
	}
	for member, room := range into {
		raw, err := hex.DecodeString(strings.TrimPrefix(answer.Result[member], "0x"))
		if err != nil || copy(room, raw) != len(room) {
			p.t.Fatalf("%s in %s: %v", member, reply, err)
		}
	}
}

// finish begins a handshake and gives the reply to its second half, for which somebody
// has to be asked.
func (p *pairing) finish() <-chan string {
	p.t.Helper()
	commitment := wire.Commitment(p.key(), p.name, p.nonce)
	var signers wire.PairingNonce
	key := p.key()
	p.read(<-ask(p.t, p.socket, "account_pairStart", map[string]any{
		"name": p.name, "key": "0x" + hex.EncodeToString(key[:]), "commitment": "0x" + hex.EncodeToString(commitment[:]),
	}), map[string][]byte{"handshake": p.handshake[:], "nonce": signers[:]})
	p.code = wire.PairingCode(p.key(), p.name, p.nonce, signers)
	return ask(p.t, p.socket, "account_pairFinish", map[string]any{
		"handshake": "0x" + hex.EncodeToString(p.handshake[:]), "nonce": "0x" + hex.EncodeToString(p.nonce[:]),
	})
}

// call makes a signed call.
func (p *pairing) call(method string) string {
	p.t.Helper()
	p.number++
	c := wire.PairCall{Key: p.key(), Session: p.session, Number: wire.Number(p.number), Request: fmt.Sprintf(`{"method":%q}`, method)}
	return <-ask(p.t, p.socket, "account_pairCall", map[string]any{
		"key": "0x" + hex.EncodeToString(c.Key[:]), "session": "0x" + hex.EncodeToString(c.Session[:]), "number": fmt.Sprintf("%#x", p.number),
		"request": c.Request, "signature": "0x" + hex.EncodeToString(ed25519.Sign(p.private, c.Preimage(p.pairing))),
	})
}

// approved lets the owner approve the pairing, and checks what he is shown.
func (p *pairing) approved(admin *rest.Client, reply <-chan string) string {
	p.t.Helper()
	waiting, err := admin.Approvals(p.t.Context(), 0, time.Minute)
	if err != nil || len(waiting) != 1 || waiting[0].Operation != "caller.pair" {
		p.t.Fatalf("what waits: %+v %v", waiting, err)
	}
	key := p.key()
	if want := p.name + ", code " + p.code + ", key " + hex.EncodeToString(key[:]); waiting[0].Detail != want {
		p.t.Errorf("the owner is shown %q, the caller shows %q", waiting[0].Detail, want)
	}
	if err := admin.Answer(p.t.Context(), waiting[0].ID, true); err != nil {
		p.t.Fatal(err)
	}
	return <-reply
}

// pair does all of it.
func (p *pairing) pair(admin *rest.Client) {
	p.t.Helper()
	p.read(p.approved(admin, p.finish()), map[string][]byte{"pairing": p.pairing[:], "session": p.session[:]})
}

const (
	servedVersion = `{"jsonrpc":"2.0","id":1,"result":"6.1.0"}`
	notPaired     = `{"jsonrpc":"2.0","id":1,"error":{"code":-32010,"message":"the caller is not paired, or the signature is wrong"}}`
)

// TestClefPairedCallers: whoever approves over the admin socket sees the code, and a caller
// that the owner removes there is refused at once, and its name is free.
func TestClefPairedCallers(t *testing.T) {
	var seed string
	socket, admin := runClef(t, func(_ *config.Config, l *config.Listener) {
		withVault(t, l)
		seed = filepath.Join(l.Clef.ConfigDir, "masterseed.json")
	})
	p := newPairing(t, socket, "payments", 1)
	p.pair(admin)
	if got := p.call("account_version"); got != servedVersion {
		t.Fatal(got)
	}
	rival := newPairing(t, socket, "Payments", 2)
	if got := rival.approved(admin, rival.finish()); !strings.Contains(got, "the name is taken") {
		t.Errorf("the same name: %s", got)
	}

	key := p.key()
	vault := rest.ClefStore{Seed: seed}
	listed, err := admin.ClefCallers(t.Context(), "clef", rest.ClefMaster{ClefStore: vault, Master: masterPassword()})
	if err != nil || len(listed) != 1 || !strings.Contains(listed["caller:"+hex.EncodeToString(key[:])], `"payments"`) {
		t.Fatalf("%v %v", listed, err)
	}
	remove := func(master rest.Binary, key string) error {
		return admin.ClefRemoveCaller(t.Context(), "clef", rest.ClefRemoveCaller{ClefStore: vault, Master: master, Key: key})
	}
	if err := remove(rest.Binary{Bytes: secret.Copy([]byte("wrong"))}, hex.EncodeToString(key[:])); !fault.Is(err, fault.WrongPassword) {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := remove(masterPassword(), "ruleset_sha256"); !fault.Is(err, fault.Invalid) {
		t.Errorf("no key: %v", err)
	}
	if got := p.call("account_version"); got != servedVersion {
		t.Errorf("nothing was removed, but: %s", got)
	}
	if err := remove(masterPassword(), hex.EncodeToString(key[:])); err != nil {
		t.Fatal(err)
	}
	if got := p.call("account_version"); got != notPaired {
		t.Errorf("removed, but: %s", got)
	}
	if err := remove(masterPassword(), hex.EncodeToString(key[:])); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("removed again: %v", err)
	}
	rival.pair(admin)
	if got := rival.call("account_version"); got != servedVersion {
		t.Error(got)
	}
}

// TestClefCallerRemovedElsewhere: a process that is another's owner, with a data directory
// of its own, but works on the same Clef directory, removes a caller as well.
func TestClefCallerRemovedElsewhere(t *testing.T) {
	var clefDir string
	socket, admin := runClef(t, func(_ *config.Config, l *config.Listener) {
		withVault(t, l)
		clefDir = l.Clef.ConfigDir
	})
	p := newPairing(t, socket, "payments", 1)
	p.pair(admin)
	if got := p.call("account_version"); got != servedVersion {
		t.Fatal(got)
	}
	settings, err := config.Profile("clef")
	if err != nil {
		t.Fatal(err)
	}
	settings.Listeners[0].Clef.ConfigDir = clefDir
	other, err := Start(t.Context(), StartConfig{
		Dir: filepath.Join(t.TempDir(), "data"), Create: true, Settings: settings, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Sealing: Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()}, Stop: func() {},
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := clefStarter(settings.Listeners[0])
	key := p.key()
	err = other.Gate.OpenClef(t.Context(), owner, masterPassword().Bytes)
	if err == nil {
		err = other.Gate.SetClefConfig(t.Context(), owner, "caller:"+hex.EncodeToString(key[:]), "")
	}
	if cerr := other.Close(t.Context()); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	if got := p.call("account_version"); got != notPaired {
		t.Errorf("removed, but: %s", got)
	}
}

// TestClefPairingHidesNothing: however many want to be paired, one is asked about at a
// time, and other requests wait beside it.
func TestClefPairingHidesNothing(t *testing.T) {
	socket, admin := runClef(t, func(_ *config.Config, l *config.Listener) { withVault(t, l) })
	first := newPairing(t, socket, "first", 1)
	firstReply := first.finish()
	waiting, err := admin.Approvals(t.Context(), 0, time.Minute)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("what waits: %+v %v", waiting, err)
	}
	for i := range 3 {
		if got := <-newPairing(t, socket, fmt.Sprintf("bot %d", i), byte(2+i)).finish(); !strings.Contains(got, "another pairing waits for its answer") {
			t.Errorf("pairing %d: %s", i, got)
		}
	}
	listing := ask(t, socket, "account_list")
	more, err := admin.Approvals(t.Context(), waiting[0].ID, time.Minute)
	if err != nil || len(more) != 1 || more[0].Operation != "key.list" {
		t.Fatalf("what else waits: %+v %v", more, err)
	}
	if err := admin.Answer(t.Context(), more[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if got := <-listing; got != fixtureListing {
		t.Errorf("listing: %s", got)
	}
	if err := admin.Answer(t.Context(), waiting[0].ID, false); err != nil {
		t.Fatal(err)
	}
	if got := <-firstReply; !strings.Contains(got, "request denied") {
		t.Error(got)
	}
}

// logged is a log that can be read.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), what)
}

// TestClefNobodyToAsk: without a UI and without a stored password an approved request
// fails; its caller is told so, and the owner what to do.
func TestClefNobodyToAsk(t *testing.T) {
	const account = "0x081B48A50679FC4Dfbe1dB8e56307F0aeDd7b84a"
	var log logged
	socket, admin := runClefTo(t, &log, func(_ *config.Config, l *config.Listener) { withVault(t, l) })
	for method, params := range map[string][]any{
		"account_signData": {"text/plain", account, "0x68656c6c6f"},
		"account_signTransaction": {map[string]string{
			"from": account, "to": account, "gas": "0x5208", "gasPrice": "0x1", "value": "0x1", "nonce": "0x0",
		}},
	} {
		reply := ask(t, socket, method, params...)
		waiting, err := admin.Approvals(t.Context(), 0, time.Minute)
		if err != nil || len(waiting) != 1 {
			t.Fatalf("what waits: %+v %v", waiting, err)
		}
		if err := admin.Answer(t.Context(), waiting[0].ID, true); err != nil {
			t.Fatal(err)
		}
		const want = `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"the account is locked, and there is nobody to ask for its password"}}`
		if got := <-reply; got != want {
			t.Errorf("%s: got %s, want %s", method, got, want)
		}
	}
	if n := log.count("store the password: clef setpw " + account); n != 2 {
		t.Errorf("the owner is advised %d times", n)
	}
}

// TestClefSeedMissing: the owner of a listener without a master seed reads once where it
// was looked for.
func TestClefSeedMissing(t *testing.T) {
	var log logged
	var seed string
	runClefTo(t, &log, func(_ *config.Config, l *config.Listener) {
		seed = filepath.Join(l.Clef.ConfigDir, "masterseed.json")
		l.Clef.PasswordFile = filepath.Join(t.TempDir(), "password")
	})
	if log.count("level=WARN") != 1 || log.count(seed) != 1 {
		t.Errorf("the log: %s", log.text.String())
	}
}
