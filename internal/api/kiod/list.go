package kiod

import (
	"cmp"
	"slices"
	"sync"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/gate"
)

// idOf is how the gate knows a key. Keys that no wallet holds have no public key
// there.
func idOf(key antelope.PublicKey) gate.KeyID {
	return gate.KeyID{Public: key.Key(), Usage: usageOf(key.Type())}
}

// usageOf numbers the types of keys for the gate, where 0 is "not told".
func usageOf(t antelope.KeyType) uint8 { return uint8(t) + 1 }

// keyOf is the inverse of [idOf]. The type of a key of unknown use follows from its
// algorithm; ok is false for keys that are none of Antelope's.
func keyOf(id gate.KeyID) (key antelope.PublicKey, ok bool) {
	t, err := antelope.TypeOf(id.Public.Algorithm())
	if id.Usage != 0 {
		t, err = antelope.KeyType(id.Usage-1), nil
	}
	if err != nil {
		return key, false
	}
	key, err = antelope.NewPublicKey(t, id.Public)
	return key, err == nil
}

// compareIDs is the order of keys in every list: by type, then by bytes (§7.4).
func compareIDs(a, b gate.KeyID) int {
	return cmp.Or(cmp.Compare(a.Usage, b.Usage), a.Public.Compare(b.Public))
}

// keyTexts keeps the last answer to get_public_keys: base58 of thousands of keys
// costs milliseconds, and some clients ask for nothing else. As long as no list has
// another revision, the answer is ready; when one has, the texts of the keys that
// stayed are taken over.
type keyTexts struct {
	mu     sync.Mutex
	stamps []stamp
	keys   []keyText
	answer []byte
}

// stamp names one state of one wallet's list.
type stamp struct {
	wallet   gate.WalletID
	revision uint64
}

type keyText struct {
	id   gate.KeyID
	text string
}

// render is the whole answer for the keys of several wallets: each key once, in
// order. It is shared: do not change it.
func (k *keyTexts) render(lists []gate.KeyList, profile antelope.Profile) []byte {
	stamps := make([]stamp, len(lists))
	for i, l := range lists {
		stamps[i] = stamp{l.Wallet, l.Revision}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.answer == nil || !slices.Equal(k.stamps, stamps) {
		k.keys = texts(union(lists), k.keys, profile)
		k.stamps, k.answer = stamps, answer(k.keys)
	}
	return k.answer
}

// union lists the keys of all lists in order, each once.
func union(lists []gate.KeyList) []gate.KeyID {
	n := 0
	for _, l := range lists {
		n += len(l.Keys)
	}
	ids := make([]gate.KeyID, 0, n)
	for _, l := range lists {
		for _, key := range l.Keys {
			ids = append(ids, gate.KeyID{Public: key.Public, Usage: key.Usage})
		}
	}
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids)
}

// texts gives each key its text, from old where it is there. Both are in order.
func texts(ids []gate.KeyID, old []keyText, profile antelope.Profile) []keyText {
	all := make([]keyText, 0, len(ids))
	for _, id := range ids {
		for len(old) > 0 && compareIDs(old[0].id, id) < 0 {
			old = old[1:]
		}
		if len(old) > 0 && old[0].id == id {
			all = append(all, old[0])
			continue
		}
		if key, ok := keyOf(id); ok {
			all = append(all, keyText{id, key.Text(profile)})
		}
	}
	return all
}

func answer(keys []keyText) []byte {
	size := 2
	for _, k := range keys {
		size += len(k.text) + 3
	}
	r := reply{b: make([]byte, 0, size)}
	r.list(len(keys), func(i int) { r.b = append(append(append(r.b, '"'), keys[i].text...), '"') })
	return r.b
}
