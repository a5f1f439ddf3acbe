package wallet

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// record is a key record with a public key that stands nowhere near its neighbours.
func record(n uint64) store.Record {
	public := make([]byte, 32)
	binary.LittleEndian.PutUint64(public, n*0x9e3779b97f4a7c15)
	return store.Record{Kind: store.KeyRecord, Algorithm: uint8(curve.Ed25519), Public: public, Index: n}
}

func filled(t testing.TB, n uint64) *index {
	t.Helper()
	x := newIndex(new(atomic.Uint64))
	for i := range n {
		if err := x.add(record(i)); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func checkOrder(t testing.TB, keys []Key, n int) {
	t.Helper()
	if len(keys) != n {
		t.Fatalf("%d keys, want %d", len(keys), n)
	}
	for i := range keys[1:] {
		if bytes.Compare(keys[i].Public.Bytes(), keys[i+1].Public.Bytes()) >= 0 {
			t.Fatalf("key %d is not before the next one", i)
		}
	}
}

func TestIndexOrder(t *testing.T) {
	x := filled(t, 10_000)
	checkOrder(t, x.sorted(), 10_000)
	seen := map[uint64]bool{x.revision: true}
	for n := uint64(10_000); n < 10_200; n++ { // into a list that exists
		if err := x.add(record(n)); err != nil {
			t.Fatal(err)
		}
		if seen[x.revision] {
			t.Fatal("a revision came twice")
		}
		seen[x.revision] = true
		if n%2 == 0 {
			x.sorted()
		}
	}
	checkOrder(t, x.sorted(), 10_200)
	for n := range uint64(200) {
		x.remove(mustID(t, record(n*50)))
		if seen[x.revision] {
			t.Fatal("a revision came twice")
		}
		seen[x.revision] = true
	}
	checkOrder(t, x.sorted(), 10_000)
	revision := x.revision
	x.sorted()
	if x.revision != revision {
		t.Error("looking at the list changes its revision")
	}
}

// A name changes in place: the order stays, and lists that were handed out do too.
func TestIndexRename(t *testing.T) {
	x := filled(t, 1000)
	before := x.sorted()
	snapshot := slices.Clone(before)
	revision := x.revision
	if err := x.add(record(1000)); err != nil { // not in the list yet
		t.Fatal(err)
	}
	for _, n := range []uint64{500, 1000} {
		id := mustID(t, record(n))
		x.rename(id, "first")
		x.rename(id, "second")
		if x.named["second"] != id || len(x.named) != 1 || x.keys[id].Name != "second" || x.revision == revision {
			t.Errorf("names %v, revision %d", x.named, x.revision)
		}
		i := slices.IndexFunc(x.sorted(), func(k Key) bool { return k.Name == "second" })
		if i < 0 || x.sorted()[i].ID() != id {
			t.Errorf("the list has the name at %d", i)
		}
		checkOrder(t, x.sorted(), 1001)
		x.rename(id, "")
		delete(x.named, "")
	}
	if !slices.Equal(before, snapshot) {
		t.Error("a list that was handed out has changed")
	}
}

func mustID(t testing.TB, r store.Record) KeyID { return KeyID{Public: mustKey(t, r)} }

func mustKey(t testing.TB, r store.Record) curve.PublicKey {
	t.Helper()
	k, err := curve.NewPublicKey(curve.Algorithm(r.Algorithm), r.Public)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestIndexRefusesDamage(t *testing.T) {
	x := newIndex(new(atomic.Uint64))
	short := record(1)
	short.Public = short.Public[:31]
	wantKind(t, x.add(short), fault.Corrupt)
	wantKind(t, x.add(store.Record{Kind: 99}), fault.Unsupported)
}

// Lists that were handed out never change, whatever happens to the wallet; the race
// detector sees writes that the comparison would miss.
func TestListsAreNeverChanged(t *testing.T) {
	w := newWorld(t)
	s := w.unlock(w.create("w", "").ID, "")
	var lists []KeyList
	var stop atomic.Bool
	var reader sync.WaitGroup
	reader.Go(func() {
		for !stop.Load() {
			list, err := s.Keys()
			if err != nil {
				t.Error(err)
				return
			}
			if len(lists) > 0 && lists[len(lists)-1].Revision == list.Revision {
				continue
			}
			list.Keys = slices.Clip(list.Keys)
			lists = append(lists, list)
		}
	})
	content := make(map[uint64][]Key)
	note := func() {
		list, err := s.Keys()
		if err != nil {
			t.Fatal(err)
		}
		if before, seen := content[list.Revision]; seen && !slices.Equal(before, list.Keys) {
			t.Fatalf("revision %d stands for two lists", list.Revision)
		}
		content[list.Revision] = slices.Clone(list.Keys)
	}
	note()
	for i := range 60 {
		k := w.generate(s)
		note()
		if i%3 == 2 {
			if err := s.Delete(t.Context(), KeyID{Public: k.Public}); err != nil {
				t.Fatal(err)
			}
			note()
		}
	}
	stop.Store(true)
	reader.Wait()
	for _, list := range lists {
		if !slices.Equal(list.Keys, content[list.Revision]) {
			t.Errorf("the list of revision %d was changed after it was handed out", list.Revision)
		}
	}
}

// A wallet of the store with many keys lists them in order.
func TestManyKeys(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "").ID
	const keys = 10_000
	changes := make([]store.Change, keys)
	for i := range changes {
		r := record(uint64(i))
		binary.BigEndian.PutUint64(r.ID[:], uint64(i)+1)
		r.Sealed = []byte("sealed")
		changes[i] = store.InsertRecord{Wallet: id, Record: r}
	}
	if err := w.cfg.Store.Apply(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
	list, err := w.unlock(id, "").Keys()
	if err != nil {
		t.Fatal(err)
	}
	checkOrder(t, list.Keys, keys)
}
