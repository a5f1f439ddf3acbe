package storetest

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// Machine drives an engine and the model with the same random transactions,
// closing and reopening now and then, and compares errors and content.
func Machine(t *testing.T, open Open) {
	ctx, dir := t.Context(), t.TempDir()
	s, err := open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { s.Close() }()
	rapid.Check(t, func(rt *rapid.T) {
		// One store serves all runs, because making one costs more than a run.
		if err := empty(ctx, s); err != nil {
			rt.Fatalf("empty the store: %v", err)
		}
		m := newModel()

		rt.Repeat(map[string]func(*rapid.T){
			"": func(rt *rapid.T) {
				got, err := Read(ctx, s)
				if err != nil {
					rt.Fatalf("read: %v", err)
				}
				if diff := Diff(m.content(), got); diff != "" {
					rt.Fatalf("content (-model +store):\n%s", diff)
				}
			},
			"apply": func(rt *rapid.T) {
				changes := rapid.SliceOfN(anyChange(), 1, 6).Draw(rt, "changes")
				next, want := m.apply(changes)
				got := s.Apply(ctx, changes...)
				if (got == nil) != (want == nil) || fault.KindOf(got) != fault.KindOf(want) {
					rt.Fatalf("apply: got %v (%v), the model says %v", got, fault.KindOf(got), fault.KindOf(want))
				}
				m = next
			},
			"save head": func(rt *rapid.T) {
				if rapid.IntRange(0, 3).Draw(rt, "rarely") != 0 {
					rt.Skip("not now")
				}
				m.head = head(rapid.Uint64Range(0, store.MaxIndex).Draw(rt, "sequence"))
				if err := s.SaveHead(ctx, m.head); err != nil {
					rt.Fatalf("save head: %v", err)
				}
			},
			"reopen": func(rt *rapid.T) {
				if rapid.IntRange(0, 9).Draw(rt, "rarely") != 0 {
					rt.Skip("not now")
				}
				if err := s.Close(); err != nil {
					rt.Fatalf("close: %v", err)
				}
				if s, err = open(dir, nil); err != nil {
					rt.Fatalf("reopen: %v", err)
				}
			},
		})
	})
}

func empty(ctx context.Context, s store.Store) error {
	wallets, err := s.Wallets(ctx)
	if err != nil {
		return err
	}
	var changes []store.Change
	for _, w := range wallets {
		changes = append(changes, store.DeleteWallet{ID: w.ID})
	}
	if err := s.Apply(ctx, changes...); err != nil {
		return err
	}
	return s.SaveHead(ctx, store.Head{})
}

// anyChange draws from few ids, names and keys, so that they often meet.
func anyChange() *rapid.Generator[store.Change] {
	number := rapid.IntRange(0, 2)
	return rapid.Custom(func(t *rapid.T) store.Change {
		w, n := number.Draw(t, "wallet"), number.Draw(t, "number")
		switch rapid.IntRange(0, 10).Draw(t, "change") {
		case 0, 1:
			return store.InsertWallet{Wallet: anyWallet(t, w)}
		case 2:
			return store.UpdateWallet{Wallet: anyWallet(t, w)}
		case 3:
			return store.DeleteWallet{ID: walletID(w)}
		case 4:
			return store.PutSlot{Wallet: walletID(w), Slot: store.Slot{Number: uint32(n), Sealed: anySealed(t)}}
		case 5:
			return store.DeleteSlot{Wallet: walletID(w), Number: uint32(n)}
		case 6, 7:
			r := store.Record{
				ID:     recordID(rapid.IntRange(0, 5).Draw(t, "record")),
				Kind:   store.RecordKind(rapid.IntRange(1, 3).Draw(t, "kind")),
				Index:  rapid.Uint64Range(0, store.MaxIndex).Draw(t, "index"),
				Chain:  rapid.SampledFrom([]string{"", "ethereum"}).Draw(t, "chain"),
				Path:   rapid.SampledFrom([]string{"", "m/44'/60'/0'/0/0"}).Draw(t, "path"),
				Sealed: anySealed(t),
			}
			if r.Kind != store.SeedRecord {
				r.Algorithm, r.Usage, r.Public = uint8(n), uint8(number.Draw(t, "usage")), []byte{byte(number.Draw(t, "public"))}
				r.Name = rapid.SampledFrom([]string{"", "a", "\xff"}).Draw(t, "key name")
			}
			return store.InsertRecord{Wallet: walletID(w), Record: r}
		case 8:
			return store.DeleteRecord{Wallet: walletID(w), ID: recordID(rapid.IntRange(0, 5).Draw(t, "record"))}
		case 9:
			return store.NameRecord{
				Wallet: walletID(w), ID: recordID(rapid.IntRange(0, 5).Draw(t, "record")),
				Name: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "key name"),
			}
		default:
			return store.SetIndex{Wallet: walletID(w), Next: rapid.Uint64Range(0, 9).Draw(t, "next")}
		}
	})
}

func anyWallet(t *rapid.T, n int) store.Wallet {
	w := wallet(n)
	w.Name = rapid.SampledFrom([]string{"", "a", "b", "\xff"}).Draw(t, "name")
	w.CreatedName = w.Name
	w.NextIndex = rapid.Uint64Range(0, 9).Draw(t, "next index")
	if rapid.Bool().Draw(t, "made here") {
		w.Source, w.SourceHash = "", nil
	}
	return w
}

func anySealed(t *rapid.T) []byte {
	return rapid.SliceOfN(rapid.Byte(), 1, 8).Draw(t, "sealed")
}
