package wallet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/secret"
)

// holdWriting keeps writers of a wallet's file waiting until release is called.
func (l *liveWorld) holdWriting(s *Session) (release func()) {
	s.entry.file.writing.Lock()
	return s.entry.file.writing.Unlock
}

// waitFor gives other goroutines the processor until so many keys wait to be written.
func waitFor(s *Session, keys int) {
	for s.entry.file.expected() < keys {
		runtime.Gosched()
	}
}

// Importers that wait at the same time share one write.
func TestLiveImportersShareAWrite(t *testing.T) {
	l := newLiveWorld(t, true)
	s := l.unlock(l.makeLive("w", "pw").ID, "pw")
	const importers = 64
	release := l.holdWriting(s)
	var group sync.WaitGroup
	for i := range importers {
		group.Go(func() {
			k, err := l.importKey(s, ofType(keosdfile.K1), fmt.Sprint("key ", i))
			if err != nil {
				t.Error(err)
			} else if h, err := readHeld(l.path("w"), "pw"); err != nil || !h.has(k) {
				t.Errorf("acknowledged, but not on disk: %v", err)
			}
		})
	}
	waitFor(s, importers)
	if _, err := s.Import(ofType(keosdfile.K1), scalar("key 7")); !fault.Is(err, fault.KeyExists) {
		t.Errorf("a key that is being written can be imported again: %v", err)
	}
	release()
	group.Wait()
	if n := l.writes.Load(); n != 1 {
		t.Errorf("%d writes for %d imports at once", n, importers)
	}
	if list, err := s.Keys(); err != nil || len(list.Keys) != importers {
		t.Errorf("%d keys, %v", len(list.Keys), err)
	}
}

// Every key is on disk when its import returns, while others come and go.
func TestLiveAcknowledgedMeansOnDisk(t *testing.T) {
	l := newLiveWorld(t, true)
	s := l.unlock(l.makeLive("w", "pw").ID, "pw")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 20 {
				k, err := l.importKey(s, ofType(keosdfile.K1), fmt.Sprint("key ", i, " ", j))
				if err != nil {
					t.Error(err)
					return
				}
				h, err := readHeld(l.path("w"), "pw")
				if err != nil || !h.has(k) || len(h.names) != len(h.keys) {
					t.Errorf("not on disk: %v", err)
				}
				switch j % 4 {
				case 1:
					err = s.Delete(context.Background(), k.ID())
				case 2:
					err = s.Name(context.Background(), k.ID(), fmt.Sprint("name ", i, " ", j))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	h := l.onDisk("w", "pw")
	if list, err := s.Keys(); err != nil || len(list.Keys) != 8*15 || len(h.keys) != 8*15 {
		t.Errorf("%d keys, %d on disk, %v", len(list.Keys), len(h.keys), err)
	}
	l.checkLiveSigns(s)
}

// Locking and unlocking beside imports loses no key that was acknowledged: an unlock
// must not read the file while one that ends a moment later replaces it.
func TestLiveLocksBesideImports(t *testing.T) {
	l := newLiveWorld(t, true)
	id := l.makeLive("w", "pw").ID
	var mu sync.Mutex
	var acknowledged []Key
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			for j := range 30 {
				s, err := l.tryUnlock(id, "pw")
				if err != nil {
					t.Error(err)
					return
				}
				if j%5 == 4 {
					group.Go(s.End) // while the import is under way
				}
				k, err := l.importKey(s, ofType(keosdfile.K1), fmt.Sprint("key ", i, " ", j))
				switch {
				case err == nil:
					mu.Lock()
					acknowledged = append(acknowledged, k)
					mu.Unlock()
				case !fault.Is(err, fault.SessionExpired) && !fault.Is(err, fault.Locked):
					t.Errorf("import: %v", err)
				}
				s.End()
			}
		})
	}
	group.Wait()
	h := l.onDisk("w", "pw")
	for _, k := range acknowledged {
		if !h.has(k) {
			t.Errorf("key %s was acknowledged and is lost", k.Name)
		}
	}
	if len(acknowledged) < 100 {
		t.Errorf("only %d imports succeeded", len(acknowledged))
	}
	if !l.locked(id) {
		t.Error("the wallet stays open")
	}
	l.checkLiveSigns(l.unlock(id, "pw"))
}

// Edits of a session that ended are not written, and do not take those of the next
// session with them.
func TestLiveEditsOfAnEndedSession(t *testing.T) {
	l := newLiveWorld(t, true)
	id := l.makeLive("w", "pw").ID
	first := l.unlock(id, "pw")
	release := l.holdWriting(first)
	before := make(chan error)
	go func() {
		_, err := l.importKey(first, ofType(keosdfile.K1), "before")
		before <- err
	}()
	waitFor(first, 1)
	first.End()
	opened := make(chan *Session)
	go func() { opened <- l.unlock(id, "pw") }()
	release()
	wantKind(t, <-before, fault.Locked)
	second := <-opened
	k, err := l.importKey(second, ofType(keosdfile.K1), "before") // the same key again
	if err != nil || k.Name != "my-key-0" {
		t.Fatalf("named %q, %v", k.Name, err)
	}
	l.checkLiveSigns(second)
	if h := l.onDisk("w", "pw"); len(h.keys) != 1 {
		t.Errorf("%d keys", len(h.keys))
	}
}

// The same, when the next session joins before the edits of the one before failed.
func TestLiveEditsOfTwoSessionsStayApart(t *testing.T) {
	l := newLiveWorld(t, true)
	id := l.makeLive("w", "pw").ID
	first := l.unlock(id, "pw")
	d, err := first.Import(ofType(keosdfile.K1), scalar("first"))
	if err != nil {
		t.Fatal(err)
	}
	done := l.join(first.entry, []edit{{add: &d.record}})
	d.Discard()
	first.End()
	second := l.unlock(id, "pw")
	imported := make(chan error)
	go func() {
		_, err := l.importKey(second, ofType(keosdfile.K1), "second")
		imported <- err
	}()
	for second.entry.file.expected() < 2 && len(l.onDisk("w", "pw").keys) == 0 {
		runtime.Gosched() // until it waits, or is written
	}
	wantKind(t, done(), fault.Locked)
	if err := <-imported; err != nil {
		t.Errorf("the edit of the next session: %v", err)
	}
	if h := l.onDisk("w", "pw"); len(h.keys) != 1 {
		t.Errorf("%d keys", len(h.keys))
	}
	l.checkLiveSigns(second)
}

// An unlock waits for the file that a session before it still writes: what it read
// sooner it would write back later, without what came between.
func TestLiveUnlockWaitsForTheFile(t *testing.T) {
	l := newLiveWorld(t, true)
	id := l.makeLive("w", "pw").ID
	l.writeLarge("next", "pw", 3) // what the session before is writing
	before := l.unlock(id, "pw")
	e := before.entry
	release := l.holdWriting(before)
	before.End()
	opened := make(chan *Session)
	go func() { opened <- l.unlock(id, "pw") }()
	for e.change.TryLock() { // until the unlock has begun
		e.change.Unlock()
		runtime.Gosched()
	}
	for range 1000 { // and has had time to read
		runtime.Gosched()
	}
	time.Sleep(5 * time.Millisecond)
	if err := os.Rename(l.path("next"), l.path("w")); err != nil {
		t.Fatal(err)
	}
	release()
	if list, err := (<-opened).Keys(); err != nil || len(list.Keys) != 3 {
		t.Errorf("%d keys, %v", len(list.Keys), err)
	}
}

// A file that was taken away and made anew is not overwritten by who had it open.
func TestCreateLiveInPlaceOfAnOpenFile(t *testing.T) {
	l := newLiveWorld(t, true)
	id := l.makeLive("w", "old").ID
	s := l.unlock(id, "old")
	_, err := l.CreateLive("kiod", New{Name: "w", Password: password("new")})
	wantKind(t, err, fault.WalletExists)
	if _, err := s.Keys(); err != nil {
		t.Errorf("a refused creation ended a session: %v", err)
	}
	release := l.holdWriting(s)
	pending := make(chan error)
	go func() {
		_, err := l.importKey(s, ofType(keosdfile.K1), "x")
		pending <- err
	}()
	waitFor(s, 1)
	if err := os.Remove(l.path("w")); err != nil {
		t.Fatal(err)
	}
	created := make(chan error)
	go func() {
		_, err := l.CreateLive("kiod", New{Name: "w", Password: password("new")})
		created <- err
	}()
	release()
	// Whoever writes first: the creation finds a file, or the import a locked wallet.
	imported, made := <-pending, <-created
	if (imported == nil) == (made == nil) {
		t.Fatalf("the import: %v; the creation: %v", imported, made)
	}
	pw := "old"
	if made == nil {
		pw = "new"
		if !l.locked(id) {
			t.Error("the wallet that was taken away is open")
		}
	}
	l.onDisk("w", pw)
}

func TestLoadLiveLocksAndReadsAgain(t *testing.T) {
	l := newLiveWorld(t, true)
	info := l.makeLive("w", "pw")
	s := l.unlock(info.ID, "pw")
	if _, err := l.importKey(s, ofType(keosdfile.K1), "x"); err != nil {
		t.Fatal(err)
	}
	if again := l.load("w"); again.ID != info.ID || again.Keys != -1 || !l.locked(info.ID) {
		t.Errorf("%+v", again)
	}
	_, err := s.Keys()
	wantKind(t, err, fault.SessionExpired)
	if list, err := l.unlock(info.ID, "pw").Keys(); err != nil || len(list.Keys) != 1 {
		t.Errorf("%d keys, %v", len(list.Keys), err)
	}
	l.LockAll()
	if err := os.WriteFile(l.path("w"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.load("w")
	_, err = l.tryUnlock(info.ID, "pw")
	wantKind(t, err, fault.WrongPassword)
	if err := os.WriteFile(l.path("w"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = l.LoadLive("kiod", "w"); !errors.Is(err, ErrFileEmpty) {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(l.path("w")); err != nil {
		t.Fatal(err)
	}
	_, err = l.LoadLive("kiod", "w")
	wantKind(t, err, fault.UnknownWallet)
	_, err = l.tryUnlock(info.ID, "pw")
	wantKind(t, err, fault.UnknownWallet)
}

// panicOnce is a log that breaks the first write of a file.
type panicOnce struct {
	slog.Handler
	armed *atomic.Bool
}

func (p panicOnce) Enabled(context.Context, slog.Level) bool { return true }

func (p panicOnce) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "writing the wallet file") && p.armed.CompareAndSwap(true, false) {
		panic("broken")
	}
	return nil
}

// A panic of whoever writes for all leaves nobody waiting and nothing locked.
func TestLivePanicWhileWriting(t *testing.T) {
	l := newLiveWorld(t, true)
	var armed atomic.Bool
	l.Close()
	l.cfg.Log = slog.New(panicOnce{slog.DiscardHandler, &armed})
	l.open()
	s := l.unlock(l.makeLive("w", "pw").ID, "pw")
	armed.Store(true)
	release := l.holdWriting(s)
	const importers = 8
	var panics, failed atomic.Int32
	var group sync.WaitGroup
	for i := range importers {
		group.Go(func() {
			defer func() {
				if recover() != nil {
					panics.Add(1)
				}
			}()
			if _, err := l.importKey(s, ofType(keosdfile.K1), fmt.Sprint("key ", i)); fault.Is(err, fault.Internal) {
				failed.Add(1)
			}
		})
	}
	waitFor(s, importers)
	release()
	group.Wait()
	if panics.Load() != 1 || failed.Load() != importers-1 {
		t.Errorf("%d panics, %d errors", panics.Load(), failed.Load())
	}
	if k, err := l.importKey(s, ofType(keosdfile.K1), "key 3"); err != nil || k.Name != "my-key-0" {
		t.Errorf("afterwards: %q, %v", k.Name, err)
	}
	if h := l.onDisk("w", "pw"); len(h.keys) != 1 {
		t.Errorf("%d keys", len(h.keys))
	}
}

// Without locked memory nothing is written, and later everything is.
func TestLiveArenaExhausted(t *testing.T) {
	l := newLiveWorld(t, true)
	info := l.makeLive("w", "pw")
	s := l.unlock(info.ID, "pw")
	before, err := os.ReadFile(l.path("w"))
	if err != nil {
		t.Fatal(err)
	}
	var taken []*secret.Buffer
	for {
		b, err := l.arena.Alloc(secret.MaxAlloc)
		if err != nil {
			break
		}
		taken = append(taken, b)
	}
	_, err = l.importKey(s, ofType(keosdfile.K1), "x")
	wantKind(t, err, fault.Exhausted)
	if after, _ := os.ReadFile(l.path("w")); string(after) != string(before) {
		t.Error("the file was changed")
	}
	s.End()
	_, err = l.tryUnlock(info.ID, "pw")
	wantKind(t, err, fault.Exhausted)
	if !l.locked(info.ID) {
		t.Error("the wallet is half open")
	}
	for _, b := range taken {
		b.Release()
	}
	s = l.unlock(info.ID, "pw")
	if k, err := l.importKey(s, ofType(keosdfile.K1), "x"); err != nil || !l.onDisk("w", "pw").has(k) {
		t.Errorf("afterwards: %v", err)
	}
}

// A folder that is gone gives an error, and the old file stays whole.
func TestLiveFolderGone(t *testing.T) {
	l := newLiveWorld(t, true)
	s := l.unlock(l.makeLive("w", "pw").ID, "pw")
	if _, err := l.importKey(s, ofType(keosdfile.K1), "a"); err != nil {
		t.Fatal(err)
	}
	aside := l.folder.Path + "-aside"
	if err := os.Rename(l.folder.Path, aside); err != nil {
		t.Fatal(err)
	}
	_, err := l.importKey(s, ofType(keosdfile.K1), "b")
	wantKind(t, err, fault.Storage)
	list, err := s.Keys()
	if err != nil || len(list.Keys) != 1 {
		t.Fatalf("%d keys after a failed import, %v", len(list.Keys), err)
	}
	wantKind(t, s.Delete(t.Context(), list.Keys[0].ID()), fault.Storage)
	wantKind(t, s.Name(t.Context(), list.Keys[0].ID(), "x"), fault.Storage)
	if err := os.Rename(aside, l.folder.Path); err != nil {
		t.Fatal(err)
	}
	if k, err := l.importKey(s, ofType(keosdfile.K1), "b"); err != nil || k.Name != "my-key-1" || len(l.onDisk("w", "pw").keys) != 2 {
		t.Errorf("afterwards: %q, %v", k.Name, err)
	}
}
