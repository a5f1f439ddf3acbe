package wallet

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// liveWorld is a world whose listener "kiod" has a folder of wallet files.
type liveWorld struct {
	*world
	folder LiveFolder
	writes atomic.Int64 // of wallet files
}

func newLiveWorld(t testing.TB, named bool) *liveWorld {
	t.Helper()
	l := &liveWorld{world: newWorld(t), folder: LiveFolder{Listener: "kiod", Path: t.TempDir(), Named: named}}
	l.Close()
	l.cfg.Arena, l.cfg.Live, l.cfg.Log = l.arena, []LiveFolder{l.folder}, slog.New(countWrites{slog.DiscardHandler, &l.writes})
	l.open()
	return l
}

// countWrites counts what the log says of rewritten files.
type countWrites struct {
	slog.Handler
	n *atomic.Int64
}

func (c countWrites) Enabled(context.Context, slog.Level) bool { return true }

func (c countWrites) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "writing the wallet file") {
		c.n.Add(1)
	}
	return nil
}

// makeLive makes an empty wallet file.
func (l *liveWorld) makeLive(name, pw string) Info {
	l.t.Helper()
	info, err := l.CreateLive("kiod", New{Name: name, Password: password(pw)})
	if err != nil {
		l.t.Fatal(err)
	}
	return info
}

func (l *liveWorld) load(name string) Info {
	l.t.Helper()
	info, err := l.LoadLive("kiod", name)
	if err != nil {
		l.t.Fatal(err)
	}
	return info
}

// unlock opens a session of an hour on the listener "kiod".
func (l *liveWorld) unlock(id store.WalletID, pw string) *Session {
	l.t.Helper()
	s, err := l.tryUnlock(id, pw)
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

func (l *liveWorld) tryUnlock(id store.WalletID, pw string) (*Session, error) {
	return l.Unlock(context.Background(), "kiod", 1, Unlock{Wallet: id, Password: password(pw), Lifetime: time.Hour})
}

// ofType are the options of a key of a file's type.
func ofType(t keosdfile.KeyType) KeyOptions {
	return KeyOptions{Algorithm: algorithmOf(t), Usage: usageOf(t)}
}

// importKey imports a key made of a text.
func (l *liveWorld) importKey(s *Session, o KeyOptions, from string) (Key, error) {
	d, err := s.Import(o, scalar(from))
	if err != nil {
		return Key{}, err
	}
	return d.Key, d.Commit(context.Background())
}

// scalar makes a private key of a text: below the order of every group.
func scalar(from string) secret.Bytes {
	b := make([]byte, keosdfile.SecretSize)
	copy(b[1:], from)
	b[keosdfile.SecretSize-1] |= 1
	return secret.New(b)
}

// schemeOf is how keys of a type sign in these tests.
func schemeOf(t keosdfile.KeyType) curve.Scheme {
	switch t {
	case keosdfile.K1, keosdfile.EM:
		return curve.ECDSASecp256k1
	case keosdfile.R1:
		return curve.ECDSAP256
	}
	return curve.PureEdDSA
}

// fileKey is a key as a file has it.
type fileKey struct {
	Type   keosdfile.KeyType
	Public string
}

// held is what a file holds: the secrets by key, and the names by key.
type held struct {
	keys   map[fileKey]string
	names  map[fileKey]string
	layout keosdfile.Layout
}

// onDisk opens a wallet file by itself.
func (l *liveWorld) onDisk(name, pw string) held {
	l.t.Helper()
	h, err := readHeld(l.path(name), pw)
	if err != nil {
		l.t.Fatalf("the file of %s: %v", name, err)
	}
	return h
}

func (l *liveWorld) path(name string) string { return filepath.Join(l.folder.Path, name+".wallet") }

func readHeld(path, pw string) (held, error) {
	f, err := keosdfile.Read(path)
	if err != nil {
		return held{}, err
	}
	key := keosdfile.FileKey(password(pw))
	defer key.Wipe()
	h := held{keys: make(map[fileKey]string), names: make(map[fileKey]string)}
	contents, err := f.Open(key.Expose(), make([]byte, keosdfile.ScratchSize), func(k keosdfile.Key) error {
		h.keys[fileKey{k.Type, string(k.Public)}] = string(k.Secret)
		return nil
	})
	for _, n := range contents.Names {
		h.names[fileKey{n.Type, string(n.Public)}] = n.Text
	}
	h.layout = contents.Layout
	return h, err
}

// inFile is how a file has a key.
func inFile(k Key) fileKey { return fileKey{typeOf(k.Usage), string(k.Public.Bytes())} }

// has tells whether a file holds a key.
func (h held) has(k Key) bool {
	_, ok := h.keys[inFile(k)]
	return ok
}
