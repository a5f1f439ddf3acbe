package store_test

import (
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

func TestCheck(t *testing.T) {
	wallet := store.Wallet{ID: store.WalletID{1}, Name: "w"}
	record := store.Record{ID: store.RecordID{1}, Kind: store.KeyRecord, Sealed: []byte{1}}
	with := func(f func(*store.Wallet)) store.Change {
		w := wallet
		f(&w)
		return store.InsertWallet{Wallet: w}
	}
	withRecord := func(f func(*store.Record)) store.Change {
		r := record
		f(&r)
		return store.InsertRecord{Wallet: wallet.ID, Record: r}
	}
	good := map[string]store.Change{
		"wallet":          store.InsertWallet{Wallet: wallet},
		"empty name":      with(func(w *store.Wallet) { w.Name = "" }),
		"longest name":    with(func(w *store.Wallet) { w.Name = strings.Repeat("n", store.MaxName) }),
		"highest index":   store.SetIndex{Wallet: wallet.ID, Next: store.MaxIndex},
		"record":          store.InsertRecord{Wallet: wallet.ID, Record: record},
		"largest sealed":  withRecord(func(r *store.Record) { r.Sealed = make([]byte, store.MaxSealed) }),
		"adopted":         with(func(w *store.Wallet) { w.SourceHash = make([]byte, 32) }),
		"name of a key":   store.NameRecord{Wallet: wallet.ID, ID: record.ID, Name: "k"},
		"delete a slot":   store.DeleteSlot{Wallet: wallet.ID},
		"delete a wallet": store.DeleteWallet{ID: wallet.ID},
	}
	for name, c := range good {
		if err := store.Check(c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}

	bad := map[string]struct {
		change store.Change
		kind   fault.Kind
	}{
		"nothing":             {nil, fault.Invalid},
		"wallet without id":   {with(func(w *store.Wallet) { w.ID = store.WalletID{} }), fault.Invalid},
		"long name of a key":  {store.NameRecord{Wallet: wallet.ID, ID: record.ID, Name: strings.Repeat("n", store.MaxName+1)}, fault.TooLarge},
		"name of no key":      {store.NameRecord{Wallet: wallet.ID, Name: "k"}, fault.Invalid},
		"long name":           {with(func(w *store.Wallet) { w.Name = strings.Repeat("n", store.MaxName+1) }), fault.TooLarge},
		"long created name":   {with(func(w *store.Wallet) { w.CreatedName = strings.Repeat("n", store.MaxName+1) }), fault.TooLarge},
		"long source":         {with(func(w *store.Wallet) { w.Source = strings.Repeat("n", store.MaxName+1) }), fault.TooLarge},
		"short source hash":   {with(func(w *store.Wallet) { w.SourceHash = make([]byte, 31) }), fault.Invalid},
		"index too high":      {with(func(w *store.Wallet) { w.NextIndex = store.MaxIndex + 1 }), fault.Invalid},
		"update without id":   {store.UpdateWallet{}, fault.Invalid},
		"record without id":   {withRecord(func(r *store.Record) { r.ID = store.RecordID{} }), fault.Invalid},
		"record of no kind":   {withRecord(func(r *store.Record) { r.Kind = 0 }), fault.Invalid},
		"record of kind 4":    {withRecord(func(r *store.Record) { r.Kind = 4 }), fault.Invalid},
		"record unsealed":     {withRecord(func(r *store.Record) { r.Sealed = nil }), fault.Invalid},
		"sealed too large":    {withRecord(func(r *store.Record) { r.Sealed = make([]byte, store.MaxSealed+1) }), fault.TooLarge},
		"public too large":    {withRecord(func(r *store.Record) { r.Public = make([]byte, store.MaxPublic+1) }), fault.TooLarge},
		"record index":        {withRecord(func(r *store.Record) { r.Index = store.MaxIndex + 1 }), fault.Invalid},
		"record of no wallet": {store.InsertRecord{Record: record}, fault.Invalid},
		"slot unsealed":       {store.PutSlot{Wallet: wallet.ID}, fault.Invalid},
		"set index too high":  {store.SetIndex{Wallet: wallet.ID, Next: store.MaxIndex + 1}, fault.Invalid},
		"delete no record":    {store.DeleteRecord{Wallet: wallet.ID}, fault.Invalid},
		"delete no wallet":    {store.DeleteWallet{}, fault.Invalid},
	}
	for name, c := range bad {
		if err := store.Check(c.change); !fault.Is(err, c.kind) {
			t.Errorf("%s: got %v, want an error of kind %v", name, err, c.kind)
		}
	}
	if err := store.CheckHead(store.Head{Sequence: store.MaxIndex + 1}); !fault.Is(err, fault.Invalid) {
		t.Errorf("head too high: got %v", err)
	}
}
