package kmd

import (
	"sync"

	"strongroom/internal/gate"
)

const (
	// minCached is the number of keys from which a rendered list is worth keeping.
	minCached = 64
	// maxCachedKeys bounds the keys of all kept lists together: some 66 bytes each.
	maxCachedKeys = 1 << 19

	listHead = "{\n  \"addresses\": ["
	listItem = "\n    \"" // then the 58 characters, a quote, and a comma or the end
	listTail = "\n  ]\n}"

	addressSize = 58
	itemSize    = len(listItem) + addressSize + 2
)

// lists keeps the answers to key/list of large wallets: text of fixed width for
// each key, in the order of the keys. As long as the revision of a list stays,
// the answer is ready; when it has changed, the text of the keys that stayed is
// copied instead of computed anew. So a list of 100,000 keys stays fast while
// keys are being added.
type lists struct {
	mu    sync.Mutex
	kept  map[gate.WalletID]*keptList
	keys  int // in all kept lists
	clock uint64
}

// keptList is immutable but for used: its text may be on its way to clients.
type keptList struct {
	list gate.KeyList
	text []byte
	used uint64
}

func newLists() *lists { return &lists{kept: make(map[gate.WalletID]*keptList)} }

// render is the whole answer for a list of keys. It is shared: do not change it.
func (l *lists) render(list gate.KeyList) []byte {
	if len(list.Keys) == 0 {
		return []byte("{}")
	}
	if len(list.Keys) < minCached {
		return renderKeys(list.Keys, nil)
	}
	l.mu.Lock()
	old := l.kept[list.Wallet]
	if old != nil && old.list.Revision == list.Revision {
		l.clock++
		old.used = l.clock
		l.mu.Unlock()
		return old.text
	}
	l.mu.Unlock()

	text := renderKeys(list.Keys, old)
	l.keep(&keptList{list: list, text: text})
	return text
}

// keep stores a rendered list, and drops those unused for longest while there
// are too many keys.
func (l *lists) keep(k *keptList) {
	if len(k.list.Keys) > maxCachedKeys {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(k.list.Wallet)
	for l.keys+len(k.list.Keys) > maxCachedKeys {
		l.drop(l.oldest())
	}
	l.clock++
	k.used = l.clock
	l.kept[k.list.Wallet] = k
	l.keys += len(k.list.Keys)
}

func (l *lists) drop(id gate.WalletID) {
	if k, ok := l.kept[id]; ok {
		l.keys -= len(k.list.Keys)
		delete(l.kept, id)
	}
}

func (l *lists) oldest() (id gate.WalletID) {
	first := true
	var used uint64
	for wallet, k := range l.kept {
		if first || k.used < used {
			first, used, id = false, k.used, wallet
		}
	}
	return id
}

// renderKeys writes the answer, taking the text of keys that old has too from there.
func renderKeys(keys []gate.Key, old *keptList) []byte {
	b := make([]byte, 0, len(listHead)+len(keys)*itemSize+len(listTail))
	b = append(b, listHead...)
	next := 0 // in old; both are in the same order
	for _, k := range keys {
		if old != nil {
			for next < len(old.list.Keys) && old.list.Keys[next].Public.Compare(k.Public) < 0 {
				next++
			}
			if next < len(old.list.Keys) && old.list.Keys[next].Public == k.Public {
				at := len(listHead) + next*itemSize
				b = append(b, old.text[at:at+itemSize-1]...)
				b = append(b, ',')
				continue
			}
		}
		b = append(b, listItem...)
		b = append(b, addressOf(k.Public)...)
		b = append(b, `",`...)
	}
	b = b[:len(b)-1] // the last comma
	return append(b, listTail...)
}
