package gate

import (
	"bytes"
	"crypto/rand"
	"slices"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/hd"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

// The first vector of testdata/golden/tatum/addresses.json: 12 words, and the public
// keys that the deriver gives for them stand for what other wallets give.
const twelveWords = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

const ethereumPath = "m/44'/60'/0'/0/i"

// openSeeded makes a wallet of words and opens it.
func (h *house) openSeeded(c Caller, words, passphrase string) SessionID {
	h.t.Helper()
	w, err := h.CreateWallet(h.t.Context(), c, NewWallet{
		Name: "seeded", Password: password("pw"), Words: password(words), Passphrase: password(passphrase),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.open(c, w.ID)
}

func ethereum(number uint32) Derivation {
	return Derivation{Chain: "ethereum", Algorithm: curve.Secp256k1, Path: ethereumPath, Number: number}
}

// Keys of a wallet of words are those that every other wallet derives from them.
func TestDeriveKey(t *testing.T) {
	for _, c := range []struct{ name, words, passphrase string }{
		{"12 words", twelveWords, ""},
		{"12 words and a passphrase", twelveWords, "TREZOR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, everything())
			me := caller("kmd")
			s := h.openSeeded(me, c.words, c.passphrase)
			for _, number := range []uint32{0, 7, hd.Hardened - 1} {
				k, err := h.DeriveKey(t.Context(), me, s, ethereum(number))
				if err != nil {
					t.Fatal(err)
				}
				path, err := hd.ParsePath(ethereumPath, number)
				if err != nil {
					t.Fatal(err)
				}
				want, err := NewDeriver(rand.Reader).Child(curve.Secp256k1, password(c.words), password(c.passphrase), path)
				if err != nil || k.Public != want || k.Path != path.String() || k.Chain != "ethereum" {
					t.Errorf("key %d is %+v, want %s, %v", number, k, want, err)
				}
			}
			words, passphrase, err := h.ExportMnemonic(t.Context(), me, s, password("pw"))
			if err != nil || string(words.Expose()) != c.words || string(passphrase.Expose()) != c.passphrase {
				t.Errorf("the words come back as others: %v", err)
			}
			if _, err := h.GenerateKey(t.Context(), me, s); !fault.Is(err, fault.Unsupported) {
				t.Errorf("kmd's keys need 32 bytes: %v", err)
			}
			if _, err := h.ExportSeed(t.Context(), me, s, password("pw")); !fault.Is(err, fault.Unsupported) {
				t.Errorf("the seed has no 32 bytes: %v", err)
			}
		})
	}
}

// A wallet with a seed of 32 bytes derives from the 24 words that stand for them, and
// as kmd does: the one seed brings both kinds back.
func TestDeriveFromEntropy(t *testing.T) {
	h := newHouse(t, everything())
	me := caller("kmd")
	seed := bytes.Repeat([]byte{7}, 32)
	w, err := h.CreateWallet(t.Context(), me, NewWallet{Name: "w", Password: password("pw"), Seed: secret.Copy(seed)})
	if err != nil {
		t.Fatal(err)
	}
	s := h.open(me, w.ID)
	words, err := hd.NewMnemonic(seed)
	if err != nil {
		t.Fatal(err)
	}
	other := h.openSeeded(me, string(words.Expose()), "")
	for _, d := range []Derivation{ethereum(3), {Chain: "solana", Algorithm: curve.Ed25519, Path: "m/44'/501'/0'/0'/i'"}} {
		a, errA := h.DeriveKey(t.Context(), me, s, d)
		b, errB := h.DeriveKey(t.Context(), me, other, d)
		if errA != nil || errB != nil || a.Public != b.Public {
			t.Errorf("%s: %s and %s, %v, %v", d.Chain, a.Public, b.Public, errA, errB)
		}
	}
	a, errA := h.GenerateKey(t.Context(), me, s)
	b, errB := h.GenerateKey(t.Context(), me, other)
	if errA != nil || errB != nil || a.Public != b.Public {
		t.Errorf("kmd's first key is %s and %s, %v, %v", a.Public, b.Public, errA, errB)
	}
}

// The next number is the one after the highest, also when the store is read again;
// a key that is there is given as it is.
func TestDeriveNext(t *testing.T) {
	h := newHouse(t, everything())
	me := caller("kmd")
	s := h.openSeeded(me, twelveWords, "")
	next := ethereum(0)
	next.Next = true
	var paths []string
	for range 2 {
		k, err := h.DeriveKey(t.Context(), me, s, next)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, k.Path)
	}
	if _, err := h.DeriveKey(t.Context(), me, s, ethereum(5)); err != nil {
		t.Fatal(err)
	}
	polygon := next
	polygon.Chain = "polygon" // the same series: its first numbers are taken
	if k, err := h.DeriveKey(t.Context(), me, s, polygon); err != nil || k.Path != "m/44'/60'/0'/0/6" {
		t.Errorf("next after 5: %+v, %v", k, err)
	}
	if want := []string{"m/44'/60'/0'/0/0", "m/44'/60'/0'/0/1"}; !slices.Equal(paths, want) {
		t.Errorf("paths %v, want %v", paths, want)
	}
	again, err := h.DeriveKey(t.Context(), me, s, ethereum(1))
	if !fault.Is(err, fault.KeyExists) || again.Path != "m/44'/60'/0'/0/1" || again.Chain != "ethereum" {
		t.Errorf("deriving a key again: %+v, %v", again, err)
	}
	list, err := h.Keys(t.Context(), me, s)
	if err != nil || len(list.Keys) != 4 {
		t.Fatalf("%d keys, %v", len(list.Keys), err)
	}
	for _, k := range list.Keys {
		if k.Chain == "" || k.Path == "" {
			t.Errorf("a key does not say what it was made for: %+v", k)
		}
	}
}

func TestDeriveRefuses(t *testing.T) {
	h := newHouse(t, everything())
	me := caller("kmd")
	s := h.openSeeded(me, twelveWords, "")
	for name, d := range map[string]Derivation{
		"no path":                  {Chain: "x", Algorithm: curve.Secp256k1},
		"a path of words":          {Chain: "x", Algorithm: curve.Secp256k1, Path: "m/a/b"},
		"Ed25519 without hardness": {Chain: "x", Algorithm: curve.Ed25519, Path: "m/44'/501'/i"},
		"no algorithm":             {Chain: "x", Path: ethereumPath},
	} {
		if k, err := h.DeriveKey(t.Context(), me, s, d); err == nil {
			t.Errorf("%s: made %+v", name, k)
		}
	}
	for name, n := range map[string]NewWallet{
		"eleven words":     {Words: password("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about")},
		"a wrong checksum": {Words: password("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon")},
		"no words":         {Words: password("hello world")},
	} {
		n.Name, n.Password = name, password("pw")
		if _, err := h.CreateWallet(t.Context(), me, n); err == nil {
			t.Errorf("%s: a wallet was made", name)
		}
	}
}

// What denies making keys and revealing seeds covers the new ways to do so, and each
// leaves its records: a decision before there is a result, or a refusal.
func TestDerivationUnderRules(t *testing.T) {
	for op, call := range map[Operation]func(s *scene) error{
		GenerateKey: func(s *scene) error { _, err := s.DeriveKey(s.t.Context(), s.c, s.session, ethereum(0)); return err },
		ExportSeed: func(s *scene) error {
			words, _, err := s.ExportMnemonic(s.t.Context(), s.c, s.session, password("pw"))
			words.Wipe()
			return err
		},
	} {
		for _, denied := range []Operation{"", op} {
			s := stage(t, denied)
			s.session = s.open(s.c, s.wallet.ID) // sessions belong to the listener that opened them
			var err error
			records := s.since(func() { err = call(s) })
			if denied == "" && err != nil || denied != "" && !fault.Is(err, fault.Denied) {
				t.Errorf("%s, denied %q: %v", op, denied, err)
			}
			verdict := "allow"
			if denied != "" {
				verdict = "deny"
			}
			if len(records) != 1 || records[0].Operation != string(op) || records[0].Verdict != verdict {
				t.Errorf("%s, denied %q: records %+v", op, denied, records)
			}
		}
	}
	s := stage(t, "")
	if _, _, err := s.ExportMnemonic(t.Context(), s.c, s.session, password("wrong")); !fault.Is(err, fault.WrongPassword) {
		t.Errorf("with a wrong password: %v", err)
	}
}

// A kmd file has a seed of 32 bytes: a wallet of 12 words is not made into one.
func TestSeedOfWordsStaysHere(t *testing.T) {
	h := newHouse(t, everything())
	me := caller("kmd")
	s := h.openSeeded(me, twelveWords, "")
	list, err := h.Keys(t.Context(), me, s)
	if err != nil {
		t.Fatal(err)
	}
	if file, err := h.ExportWallet(t.Context(), me, list.Wallet, password("pw"), FormatKmd); !fault.Is(err, fault.Unsupported) {
		t.Errorf("a file of %d bytes, %v", len(file), err)
	}
}

// A rule that names a key by any form of its address, on any chain, holds for whatever
// the key does: revealing it, deleting it, and signing for another chain.
func TestKeysAreNamedByEveryAddress(t *testing.T) {
	any := []string{"*"}
	path, err := hd.ParsePath(ethereumPath, 0)
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewDeriver(rand.Reader).Child(curve.Secp256k1, password(twelveWords), password(""), path)
	if err != nil {
		t.Fatal(err)
	}
	taproot := ""
	for _, c := range all.All() {
		if f, ok := c.(chain.Formatter); ok && c.ID() == "bitcoin" {
			if taproot, err = f.AddressAs(key, "p2tr"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, address := range map[string]string{
		"ethereum": "0x9858EfFD232B4033E47d90003D41EC34EcaEda94", "lower case": "0x9858effd232b4033e47d90003d41ec34ecaeda94", "taproot": taproot, "hex": hexOf(key.String()),
	} {
		rules := append(everything(), policy.Rule{
			Name: "denied", Verdict: policy.Deny, Listeners: any, Operations: []string{"key.export", "sign"}, Wallets: any, Keys: []string{address}, Effects: []string{"opaque"},
		})
		h := newHouse(t, rules)
		h.cfg.Chains = all.All()
		for _, c := range h.cfg.Chains {
			h.chains[c.ID()] = c
		}
		me := caller("kmd")
		s := h.openSeeded(me, twelveWords, "")
		made, err := h.DeriveKey(t.Context(), me, s, ethereum(0))
		if err != nil || made.Public != key {
			t.Fatal(made, err)
		}
		if _, err := h.ExportKey(t.Context(), me, s, key, password("pw")); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: revealed, %v", name, err)
		}
		digest := chain.Request{Form: "digest", Payload: make([]byte, 32), Signer: key}
		if _, err := h.Sign(t.Context(), me, SignRequest{Session: s, Password: password("pw"), Chain: "antelope", Request: digest}); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: signed, %v", name, err)
		}
	}
}
