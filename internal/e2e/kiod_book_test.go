package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"strongroom/internal/chain/antelope"
)

// keyID is a key without its secret, as files know it.
type keyID struct {
	kind   byte
	public [33]byte
}

func (k fileKey) id() keyID { return keyID{k.kind, k.public} }

func (id keyID) text(t *testing.T) string {
	return fileKey{kind: id.kind, public: id.public}.publicText(t, antelope.Kiod)
}

// kiodBook is what one client was told of its keys in a wallet that it shares with
// others, and of wallets of its own.
type kiodBook struct {
	t            *testing.T
	prefix       string
	wallet       string // the shared one
	password     string
	random       *rand.Rand
	number       int
	keys         map[keyID]string  // with their names, "" for one that is not known
	gone         map[keyID]bool    // removed
	wallets      map[string]string // with their passwords
	pending      func(found map[keyID]string)
	unknown      int // keys that were made, perhaps, and whose answer did not come
	acknowledged map[string]int
}

func newKiodBook(t *testing.T, prefix, wallet, password string, seed uint64) *kiodBook {
	return &kiodBook{
		t: t, prefix: prefix, wallet: wallet, password: password, random: rand.New(rand.NewPCG(seed, 2)),
		keys: map[keyID]string{}, gone: map[keyID]bool{}, wallets: map[string]string{}, acknowledged: map[string]int{},
	}
}

// step makes one change. What it leaves pending after an error may have happened.
func (b *kiodBook) step(k *kiod) error {
	b.number++
	text := fmt.Sprintf("%s-%d", b.prefix, b.number)
	switch n := b.random.IntN(100); {
	case n < 45 || len(b.keys) < 3 && n < 95:
		return b.importKey(k, keyWithSecret(text))
	case n < 60:
		return b.createKey(k, []string{"K1", "R1", "EM", "ED"}[b.random.IntN(4)])
	case n < 75:
		return b.removeKey(k, b.anyKey())
	case n < 95:
		return b.nameKey(k, b.anyKey(), text)
	}
	return b.createWallet(k, text)
}

// anyKey chooses one of the keys, the same for the same seed.
func (b *kiodBook) anyKey() keyID {
	compare := func(x, y keyID) int {
		return compareFileKeys(fileKey{kind: x.kind, public: x.public}, fileKey{kind: y.kind, public: y.public})
	}
	all := slices.SortedFunc(maps.Keys(b.keys), compare)
	return all[b.random.IntN(len(all))]
}

// change makes a request. Until it is acknowledged, resolve tells from what is
// found whether it has happened.
func (b *kiodBook) change(k *kiod, operation, endpoint string, body any, resolve func(found map[keyID]string)) ([]byte, error) {
	b.pending = resolve
	status, answer, err := k.try(endpoint, body)
	if err = succeeded(status, answer, err); err == nil {
		b.pending = nil
		b.acknowledged[operation]++
	}
	if status >= http.StatusBadRequest { // it has not happened
		b.pending = nil
	}
	return answer, err
}

func (b *kiodBook) importKey(k *kiod, key fileKey) error {
	_, err := b.change(k, "key.import", "import_key", list(b.wallet, key.privateText(b.t, antelope.Kiod)), func(found map[keyID]string) {
		if name, ok := found[key.id()]; ok {
			b.keys[key.id()] = name
		}
	})
	if err == nil {
		b.keys[key.id()] = ""
	}
	return err
}

func (b *kiodBook) createKey(k *kiod, kind string) error {
	answer, err := b.change(k, "key.generate", "create_key", list(b.wallet, kind), func(map[keyID]string) { b.unknown++ })
	if err != nil {
		return err
	}
	var text string
	if err := json.Unmarshal(answer, &text); err != nil {
		return err
	}
	public, err := antelope.ParsePublicKey(text)
	if err != nil {
		return err
	}
	packed := public.AppendPacked(nil)
	id := keyID{kind: packed[0]}
	copy(id.public[:], packed[1:])
	b.keys[id] = ""
	return nil
}

func (b *kiodBook) removeKey(k *kiod, id keyID) error {
	_, err := b.change(k, "key.delete", "remove_key", list(b.wallet, b.password, id.text(b.t)), func(found map[keyID]string) {
		if _, ok := found[id]; !ok {
			delete(b.keys, id)
		}
	})
	if err == nil {
		delete(b.keys, id)
		b.gone[id] = true
	}
	return err
}

func (b *kiodBook) nameKey(k *kiod, id keyID, name string) error {
	endpoint, current := "set_key_name", b.keys[id]
	if current == "" {
		endpoint, current = "set_key_name_with_public_key", id.text(b.t)
	}
	_, err := b.change(k, "key.rename", endpoint, list(b.wallet, b.password, name, current), func(found map[keyID]string) {
		if found[id] == name {
			b.keys[id] = name
		}
	})
	if err == nil {
		b.keys[id] = name
	}
	return err
}

func (b *kiodBook) createWallet(k *kiod, name string) error {
	answer, err := b.change(k, "wallet.create", "create", quoted(name), func(map[keyID]string) {})
	if err != nil {
		return err
	}
	var password string
	err = json.Unmarshal(answer, &password)
	b.wallets[name] = password
	return err
}

// check compares the book with the files of a daemon that is not running. found is
// what is in the shared wallet.
func (b *kiodBook) check(k *kiod, found map[keyID]string) error {
	if b.pending != nil {
		b.pending(found)
		b.pending = nil
	}
	for id, name := range b.keys {
		switch now, ok := found[id]; {
		case !ok:
			return fmt.Errorf("%s: the key %s is lost", b.prefix, id.text(b.t))
		case name != "" && now != name:
			return fmt.Errorf("%s: the key %s is called %q, not %q", b.prefix, id.text(b.t), now, name)
		default:
			b.keys[id] = now
		}
	}
	for id := range b.gone {
		if _, ok := found[id]; ok {
			return fmt.Errorf("%s: the key %s is back", b.prefix, id.text(b.t))
		}
	}
	for name, password := range b.wallets {
		if _, err := readKiodFile(k.wallet(name), password); err != nil {
			return fmt.Errorf("%s: the wallet %s: %w", b.prefix, name, err)
		}
	}
	return nil
}

// checkKiodBooks compares a file with what was in it at first and what all clients
// were told.
func checkKiodBooks(k *kiod, path string, base []fileKey, books []*kiodBook) error {
	keys, err := readKiodFile(path, books[0].password)
	if err != nil {
		return err
	}
	found := make(map[keyID]string, len(keys))
	for _, key := range keys {
		found[key.id()] = key.name
	}
	for _, key := range base {
		if found[key.id()] != key.name {
			return fmt.Errorf("of what was there, %q is lost", key.name)
		}
	}
	known, unknown := len(base), 0
	for _, b := range books {
		if err := b.check(k, found); err != nil {
			return err
		}
		known += len(b.keys)
		unknown += b.unknown
	}
	if len(keys) < known || len(keys) > known+unknown {
		return fmt.Errorf("%d keys in the file, want %d and at most %d more", len(keys), known, unknown)
	}
	return nil
}
