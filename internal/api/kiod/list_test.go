package kiod

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/curve"
	"strongroom/internal/gate"
)

// someKeys are n keys of all types that wallets hold; an EM key shares its public
// key with a K1 key.
func someKeys(n int) []gate.Key {
	keys := make([]gate.Key, n)
	for i := range keys {
		seed := sha256.Sum256(binary.BigEndian.AppendUint32(nil, uint32(i/4)))
		seed[0] &= 0x7f
		a := [...]curve.Algorithm{curve.Ed25519, curve.Secp256k1, curve.P256, curve.Secp256k1}[i%4]
		usage := [...]antelope.KeyType{antelope.ED, antelope.K1, antelope.R1, antelope.EM}[i%4]
		keys[i] = gate.Key{Public: publicOf(a, seed[:]), Usage: usageOf(usage)}
	}
	return keys
}

// TestKeyTexts: kept texts are never served for another list, and the answer is the
// union in the protocol's order whatever was kept.
func TestKeyTexts(t *testing.T) {
	keys := someKeys(40)
	one, two := gate.WalletID{1}, gate.WalletID{2}
	var kept keyTexts
	revision := uint64(0)
	check := func(lists ...gate.KeyList) string {
		t.Helper()
		var fresh keyTexts
		want := string(fresh.render(lists, antelope.Kiod))
		for range 2 {
			if got := string(kept.render(lists, antelope.Kiod)); got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
		}
		return want
	}
	list := func(w gate.WalletID, keys ...gate.Key) gate.KeyList {
		revision++
		return gate.KeyList{Wallet: w, Revision: revision, Keys: keys}
	}
	all := check(list(one, keys...))
	for _, pair := range [][2]string{{"PUB_K1_", "PUB_R1_"}, {"PUB_R1_", "PUB_EM_"}, {"PUB_EM_", "PUB_ED_"}} {
		if strings.LastIndex(all, pair[0]) > strings.Index(all, pair[1]) {
			t.Errorf("%s comes after %s", pair[0], pair[1])
		}
	}
	if got := check(list(one, keys[:30]...), list(two, keys[10:]...)); got != all {
		t.Error("the union is not the union")
	}
	check(list(one, keys[5:7]...))
	check(list(one), list(two))
	check(list(two, keys[1]), list(one, keys[0]))
	a, b := list(one, keys[:8]...), list(two, keys[8:16]...)
	check(a, b)
	check(a)
	check(b)
	if got := check(list(one)); got != "[]" {
		t.Error(got)
	}
	// The same revision gives the same memory: nothing is computed.
	first := kept.render([]gate.KeyList{a, b}, antelope.Kiod)
	if second := kept.render([]gate.KeyList{a, b}, antelope.Kiod); &first[0] != &second[0] {
		t.Error("the answer was computed again")
	}
}

// TestForeignKeysAreLeftOut: a native wallet may hold keys of no known use.
func TestForeignKeysAreLeftOut(t *testing.T) {
	seed := sha256.Sum256([]byte("x"))
	untold := gate.KeyID{Public: publicOf(curve.Secp256k1, seed[:])}
	key, ok := keyOf(untold)
	if !ok || key.Type() != antelope.K1 {
		t.Errorf("%v %v", key, ok)
	}
	for _, id := range []gate.KeyID{{}, {Public: untold.Public, Usage: 2}, {Public: untold.Public, Usage: 6}, {Public: untold.Public, Usage: 255}} {
		if key, ok := keyOf(id); ok {
			t.Errorf("%v is read as %v", id, key)
		}
	}
}

func BenchmarkPublicKeys(b *testing.B) {
	var kept keyTexts
	lists := []gate.KeyList{{Keys: someKeys(10_000), Revision: 1}}
	kept.render(lists, antelope.Keosd)
	b.Run("kept", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			kept.render(lists, antelope.Keosd)
		}
	})
	b.Run("changed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			lists[0].Revision++
			kept.render(lists, antelope.Keosd)
		}
	})
}
