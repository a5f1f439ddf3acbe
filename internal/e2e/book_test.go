package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/gate"
	"strongroom/internal/hd"
)

// book is what one client knows of the wallets that are its own: all that was
// acknowledged, and at most one change of which it does not know the end.
type book struct {
	prefix string // of the names of its wallets
	rand   *rand.Rand
	files  []walletFile // to be dropped in and adopted

	pages        map[string]*page // by wallet id
	pending      *change          // sent, and never answered
	acknowledged map[string]int   // by the journal's name of the operation
	names        int
}

// page is one wallet in a book.
type page struct {
	id, name, password string
	seed               []byte
	index              uint64            // highest index used
	keys               map[string][]byte // seed of each address
	accounts           map[string]bool
	adopted            bool   // it came as a file, and its adoption was acknowledged
	handle             string // "" while not open
}

// change is one request that alters a wallet, and what it does.
type change struct {
	operation    gate.Operation
	method, path string
	body         object
	apply        func(id string) // makes it true in the book; id only for a wallet made
}

func newBook(prefix string, seed uint64, files []walletFile) *book {
	return &book{
		prefix: prefix, rand: rand.New(rand.NewPCG(seed, 0)), files: files,
		pages: make(map[string]*page), acknowledged: make(map[string]int),
	}
}

// password is that of all wallets that the book made.
func (b *book) password() string { return "the password of " + b.prefix }

func (b *book) newName() string {
	b.names++
	return fmt.Sprintf("%s %d", b.prefix, b.names)
}

func (b *book) bytes(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(b.rand.Uint32())
	}
	return out
}

// ours picks a wallet of the book; it has at least one.
func (b *book) ours() *page {
	ids := slices.Sorted(maps.Keys(b.pages))
	return b.pages[ids[b.rand.IntN(len(ids))]]
}

// errRefused is an answer other than success.
var errRefused = errors.New("refused")

// step makes one random change. An error that is errRefused means that the
// daemon answered and did not do it; after any other the end is unknown.
func (b *book) step(k *kmd) error {
	if len(b.pages) == 0 || b.rand.IntN(12) == 0 {
		return b.make(k, b.creation())
	}
	if len(b.files) > 0 && b.rand.IntN(8) == 0 {
		return b.adopt(k)
	}
	p := b.ours()
	if p.handle == "" {
		if err := b.open(k, p); err != nil {
			return err
		}
	}
	return b.make(k, b.alteration(p))
}

// make sends a change and notes its end.
func (b *book) make(k *kmd, c *change) error {
	status, answer, err := k.call(c.method, c.path, c.body)
	if err != nil {
		b.pending = c
		return fmt.Errorf("%s: %w", c.operation, err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("%w: %s: %d %v", errRefused, c.operation, status, answer)
	}
	id := ""
	if w, ok := answer["wallet"].(map[string]any); ok {
		id = w["id"].(string)
	}
	c.apply(id)
	b.acknowledged[string(c.operation)]++
	return nil
}

func (b *book) creation() *change {
	p := &page{name: b.newName(), password: b.password(), seed: b.bytes(32), keys: map[string][]byte{}, accounts: map[string]bool{}}
	return &change{
		gate.CreateWallet, "POST", "/v1/wallet",
		object{"wallet_name": p.name, "wallet_driver_name": "sqlite", "wallet_password": p.password, "master_derivation_key": p.seed},
		func(id string) { p.id = id; b.pages[id] = p },
	}
}

// alteration draws a change of an open wallet.
func (b *book) alteration(p *page) *change {
	handle := object{"wallet_handle_token": p.handle}
	with := func(more object) object { maps.Copy(more, handle); return more }
	switch b.rand.IntN(10) {
	case 0:
		name := b.newName()
		return &change{
			gate.RenameWallet, "POST", "/v1/wallet/rename",
			object{"wallet_id": p.id, "wallet_password": p.password, "wallet_name": name},
			func(string) { p.name = name },
		}
	case 1, 2:
		seed := b.bytes(32)
		return &change{
			gate.ImportKey, "POST", "/v1/key/import", with(object{"private_key": append(bytes.Clone(seed), make([]byte, 32)...)}),
			func(string) { p.keys[addressOfSeed(seed)] = seed },
		}
	case 3:
		if len(p.keys) > 0 {
			keys := slices.Sorted(maps.Keys(p.keys))
			address := keys[b.rand.IntN(len(keys))]
			return &change{
				gate.DeleteKey, "DELETE", "/v1/key", with(object{"address": address, "wallet_password": p.password}),
				func(string) { delete(p.keys, address) },
			}
		}
	case 4, 5:
		m := algorand.Multisig{Version: 1, Threshold: 2, Subsigs: make([]algorand.Subsig, 3)}
		var pks [][]byte
		for i := range m.Subsigs {
			pks = append(pks, b.bytes(32))
			copy(m.Subsigs[i].Key[:], pks[i])
		}
		address := multisigAddress(m.Version, m.Threshold, pks)
		return &change{
			gate.ImportAccount, "POST", "/v1/multisig/import", with(object{"multisig_version": 1, "threshold": 2, "pks": pks}),
			func(string) { p.accounts[address] = true },
		}
	case 6:
		if len(p.accounts) > 0 {
			address := slices.Sorted(maps.Keys(p.accounts))[0]
			return &change{
				gate.DeleteAccount, "DELETE", "/v1/multisig", with(object{"address": address, "wallet_password": p.password}),
				func(string) { delete(p.accounts, address) },
			}
		}
	}
	return &change{gate.GenerateKey, "POST", "/v1/key", handle, func(string) {
		p.index++
		seed := derivedSeed(p.seed, p.index)
		p.keys[addressOfSeed(seed)] = seed
	}}
}

// adopt drops a wallet file in and opens it, which copies it into the store.
func (b *book) adopt(k *kmd) error {
	f := b.files[0]
	b.files = b.files[1:]
	if err := f.drop(k.Dir); err != nil {
		return err
	}
	p := f.page()
	b.pages[p.id] = p
	if err := b.open(k, p); err != nil {
		return err
	}
	p.adopted = true
	b.acknowledged[string(gate.AdoptWallet)]++
	return nil
}

func (b *book) open(k *kmd, p *page) error {
	status, answer, err := k.call("POST", "/v1/wallet/init", object{"wallet_id": p.id, "wallet_password": p.password})
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%w: open %q: %d %v", errRefused, p.name, status, answer)
	}
	p.handle = answer["wallet_handle_token"].(string)
	return nil
}

// content is what a daemon shows of one wallet.
type content struct {
	Name, Seed     string
	Keys, Accounts []string
}

// check holds a freshly started daemon against the book. A change of unknown end
// must have happened as a whole or not at all.
func (b *book) check(k *kmd) error {
	for _, p := range b.pages {
		p.handle = "" // the daemon that gave it is gone
	}
	shown, err := b.shown(k)
	if err != nil {
		return err
	}
	diff := cmp.Diff(b.expected(), shown)
	if c := b.pending; c != nil && diff != "" {
		made := ""
		for id := range shown {
			if b.pages[id] == nil {
				made = id
			}
		}
		if c.operation == gate.CreateWallet && made == "" {
			return fmt.Errorf("%s: want (-), got (+):\n%s", b.prefix, diff)
		}
		c.apply(made)
		diff = cmp.Diff(b.expected(), shown)
	}
	b.pending = nil
	if diff != "" {
		return fmt.Errorf("%s: want (-), got (+):\n%s", b.prefix, diff)
	}
	return nil
}

// expected is the book's side of the comparison.
func (b *book) expected() map[string]content {
	all := make(map[string]content)
	for id, p := range b.pages {
		all[id] = content{p.name, base64.StdEncoding.EncodeToString(p.seed), inByteOrder(maps.Keys(p.keys)), inByteOrder(maps.Keys(p.accounts))}
	}
	return all
}

// shown reads everything that the daemon has of this book, private keys included.
func (b *book) shown(k *kmd) (map[string]content, error) {
	all := make(map[string]content)
	listed := k.must("GET", "/v1/wallets", object{})["wallets"]
	if listed == nil {
		return all, nil
	}
	for _, w := range listed.([]any) {
		id, name := w.(map[string]any)["id"].(string), w.(map[string]any)["name"].(string)
		if !strings.HasPrefix(name, b.prefix+" ") {
			continue
		}
		password := b.password()
		if p := b.pages[id]; p != nil {
			password = p.password
		}
		c, err := contentOf(k, id, password)
		if err != nil {
			return nil, fmt.Errorf("wallet %q: %w", name, err)
		}
		c.Name = name
		all[id] = c
	}
	return all, nil
}

// contentOf opens a wallet and reads all of it.
func contentOf(k *kmd, id, password string) (c content, err error) {
	get := func(method, path string, body object, field string) any {
		if err != nil {
			return nil
		}
		var status int
		var answer object
		if status, answer, err = k.call(method, path, body); err == nil && status != http.StatusOK {
			err = fmt.Errorf("%s: status %d: %v", path, status, answer["message"])
		}
		return answer[field]
	}
	texts := func(v any) (all []string) {
		list, _ := v.([]any)
		for _, x := range list {
			all = append(all, x.(string))
		}
		return all
	}
	handle, _ := get("POST", "/v1/wallet/init", object{"wallet_id": id, "wallet_password": password}, "wallet_handle_token").(string)
	open := object{"wallet_handle_token": handle, "wallet_password": password}
	c.Seed, _ = get("POST", "/v1/master-key/export", open, "master_derivation_key").(string)
	c.Keys = texts(get("POST", "/v1/key/list", object{"wallet_handle_token": handle}, "addresses"))
	c.Accounts = texts(get("POST", "/v1/multisig/list", object{"wallet_handle_token": handle}, "addresses"))
	for _, address := range c.Keys {
		encoded, _ := get("POST", "/v1/key/export", object{"wallet_handle_token": handle, "wallet_password": password, "address": address}, "private_key").(string)
		private, decodeErr := base64.StdEncoding.DecodeString(encoded)
		if err == nil && (decodeErr != nil || len(private) != 64 || addressOfSeed(private[:32]) != address) {
			err = fmt.Errorf("the private key of %s is not its own", address)
		}
	}
	get("POST", "/v1/wallet/release", object{"wallet_handle_token": handle}, "")
	return c, err
}

// derivedSeed is the seed of a wallet's key by its number.
func derivedSeed(master []byte, index uint64) []byte {
	seed := make([]byte, 32)
	if err := hd.KmdSeed(seed, master, index); err != nil {
		panic(err)
	}
	return seed
}

func addressOfSeed(seed []byte) string {
	return algorand.Address(ed25519.NewKeyFromSeed(seed)[32:]).String()
}

// multisigAddress is the hash of §11 of kmd's behaviour.
func multisigAddress(version, threshold uint8, keys [][]byte) string {
	text := append([]byte("MultisigAddr"), version, threshold)
	for _, key := range keys {
		text = append(text, key...)
	}
	return algorand.Address(sha512.Sum512_256(text)).String()
}

// inByteOrder sorts addresses as the daemon lists them.
func inByteOrder(addresses func(func(string) bool)) []string {
	return slices.SortedFunc(addresses, func(x, y string) int {
		a, errA := algorand.ParseAddress(x)
		b, errB := algorand.ParseAddress(y)
		if errA != nil || errB != nil {
			panic(errors.Join(errA, errB))
		}
		return bytes.Compare(a[:], b[:])
	})
}
