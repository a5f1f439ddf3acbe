package hd

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func TestSLIP10Vectors(t *testing.T) {
	var a curve.Algorithm
	var seed []byte
	count := map[curve.Algorithm]int{}
	for _, line := range vectorLines(t, "slip10.txt") {
		f := strings.Fields(line)
		switch f[0] {
		case "curve":
			var err error
			if a, err = curve.ParseAlgorithm(f[1]); err != nil {
				t.Fatal(err)
			}
			continue
		case "seed":
			seed = unhex(t, f[1])
			continue
		}
		count[a]++
		path := mustPath(t, f[0])
		private, x := fromSeed(t, a, seed, path)
		public, err := testPoint(a, private)
		if err != nil {
			t.Fatal(err)
		}
		encoded := hex.EncodeToString(public.Bytes())
		if a == curve.Ed25519 {
			encoded = "00" + encoded
			n := along(t, a, path, func(n *node) error { return n.fromSeed(seed) })
			copy(x.ChainCode[:], n.chain())
		} else if hex.EncodeToString(x.Parent[:]) != f[1] || x.Key != public || int(x.Depth) != len(path) {
			t.Errorf("%s %s: parent %x, depth %d, key %s", a, path, x.Parent, x.Depth, x.Key)
		} else if b := unbase58(t, x.Text(0x0488b21e)); len(b) != payloadSize || !bytes.HasSuffix(b, append(unhex(t, f[2]), public.Bytes()...)) {
			t.Errorf("%s %s: the text says %x", a, path, b)
		}
		if hex.EncodeToString(x.ChainCode[:]) != f[2] || hex.EncodeToString(private) != f[3] || encoded != f[4] {
			t.Errorf("%s %s: chain code %x, private %x, public %s", a, path, x.ChainCode, private, encoded)
		}
	}
	if count[curve.Secp256k1] != 12 || count[curve.Ed25519] != 12 || count[curve.P256] != 16 {
		t.Errorf("vectors per curve: %v", count)
	}
}

// extendedPrivate is BIP-32's text of an extended private key, which only tests write.
func extendedPrivate(version uint32, private []byte, x ExtendedPublic) string {
	b := binary.BigEndian.AppendUint32(nil, version)
	b = append(append(b, x.Depth), x.Parent[:]...)
	b = binary.BigEndian.AppendUint32(b, x.Number)
	b = append(append(append(b, x.ChainCode[:]...), 0), private...)
	return base58check(b)
}

func TestBIP32Vectors(t *testing.T) {
	var seed []byte
	count := 0
	for _, line := range vectorLines(t, "bip32.txt") {
		f := strings.Fields(line)
		if f[0] == "seed" {
			seed = unhex(t, f[1])
			continue
		}
		count++
		private, x := fromSeed(t, curve.Secp256k1, seed, mustPath(t, f[0]))
		if x.Text(0x0488b21e) != f[1] || extendedPrivate(0x0488ade4, private, x) != f[2] {
			t.Errorf("%s: %s, %s", f[0], x.Text(0x0488b21e), extendedPrivate(0x0488ade4, private, x))
		}
		if back, version, err := ParseExtended(f[1]); err != nil || back != x || version != 0x0488b21e {
			t.Errorf("%s: read as %v of version %08x, %v", f[1], back, version, err)
		}
	}
	if count != 17 {
		t.Errorf("%d vectors", count)
	}
}

// On P-256 public and private derivation are each other's oracle. That of secp256k1 is
// held against btcutil's hdkeychain by the tests in oracle/hd.
func TestPublicDerivationAgrees(t *testing.T) {
	random := rand.New(rand.NewPCG(32, 32))
	for _, a := range []curve.Algorithm{curve.P256, curve.Secp256k1} {
		for range 200 {
			seed, path := randomBytes(random, 16+random.IntN(49)), make(Path, random.IntN(6))
			for i := range path {
				path[i] = random.Uint32()
				if random.IntN(3) == 0 {
					path[i] = []uint32{0, 1, Hardened - 1, Hardened, 1<<32 - 1}[random.IntN(5)]
				}
			}
			number := random.Uint32() &^ Hardened
			_, parent := fromSeed(t, a, seed, path)
			private, x := fromSeed(t, a, seed, append(path, number))
			child, err := parent.Child(number)
			if key, pointErr := testPoint(a, private); err != nil || pointErr != nil || child != x || child.Key != key {
				t.Fatalf("%s: child %d of seed %x: %v, want %v, %v", a, number, seed, child, x, err)
			}
		}
	}
}

// A sum of zero and a hash at or above the order are no keys. Such hashes cannot be
// found for secp256k1, so the parent is fitted to the hash, whose public key is a lie.
func TestNumbersWithoutKeys(t *testing.T) {
	lie, err := testPoint(curve.Secp256k1, append(make([]byte, 31), 1))
	if err != nil {
		t.Fatal(err)
	}
	chainCode, number := bytes.Repeat([]byte{0x5a}, 32), []byte{0, 0, 0, 7}
	code := func(parts ...[]byte) []byte {
		h := hmac.New(sha512.New, chainCode)
		for _, part := range parts {
			h.Write(part)
		}
		return h.Sum(nil)
	}
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256} {
		public, err := curve.NewPublicKey(a, lie.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		order := a.Order()
		n := new(big.Int).SetBytes(order[:])
		first := code(lie.Bytes(), number)
		left := new(big.Int).SetBytes(first[:32])
		if left.Cmp(n) >= 0 {
			t.Fatal("the fixed hash is no key by itself")
		}
		x, err := newNode(a, Path{7}, func(curve.Algorithm, []byte) (curve.PublicKey, error) { return public, nil })
		if err != nil {
			t.Fatal(err)
		}
		parent := new(big.Int).Sub(n, left).FillBytes(make([]byte, 32))
		copy(x.private(), parent)
		copy(x.chain(), chainCode)
		err = x.child(7)
		if a == curve.Secp256k1 {
			if !fault.Is(err, fault.Invalid) || fault.Hint(err) != "try the next index" {
				t.Errorf("%s: %v (%s)", a, err, fault.Hint(err))
			}
			continue
		}
		second := code([]byte{1}, first[32:], number)
		want := new(big.Int).Add(new(big.Int).SetBytes(second[:32]), new(big.Int).SetBytes(parent))
		want.Mod(want, n)
		if err != nil || !bytes.Equal(x.private(), want.FillBytes(make([]byte, 32))) || !bytes.Equal(x.chain(), second[32:]) {
			t.Errorf("%s: %x, %v, want %x", a, x.private(), err, want)
		}
	}
}

// A seed whose hash is at or above the order has no master key. The order is made so
// small here that every hash is.
func TestSeedWithoutMasterKey(t *testing.T) {
	n, err := newNode(curve.Secp256k1, nil, testPoint)
	if err != nil {
		t.Fatal(err)
	}
	n.order = scalar{1}
	if err := n.fromSeed(make([]byte, 32)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "no master key") {
		t.Error(err)
	}
	if !bytes.Equal(n.material[:], make([]byte, len(n.material))) {
		t.Errorf("the node is %x", n.material)
	}
}

func TestAddModulo(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256} {
		orderBytes := a.Order()
		var order scalar
		order.load(orderBytes[:])
		n, one := new(big.Int).SetBytes(orderBytes[:]), big.NewInt(1)
		top := new(big.Int).Sub(new(big.Int).Lsh(one, 256), one)
		edges := []*big.Int{
			new(big.Int), one, big.NewInt(2), new(big.Int).Sub(n, one), n, new(big.Int).Add(n, one), top,
			new(big.Int).Rsh(n, 1), new(big.Int).Add(new(big.Int).Rsh(n, 1), one), new(big.Int).Lsh(one, 64), new(big.Int).Lsh(one, 192),
		}
		check := func(tweak, key *big.Int) {
			sum := new(big.Int).Add(tweak, key)
			sum.Mod(sum, n)
			wantOK := tweak.Cmp(n) < 0 && sum.Sign() != 0
			x, y := tweak.FillBytes(make([]byte, 32)), key.FillBytes(make([]byte, 32))
			want := bytes.Clone(y)
			if wantOK {
				sum.FillBytes(want)
			}
			if ok := addModulo(y, x, y, &order); ok != wantOK || !bytes.Equal(y, want) {
				t.Fatalf("%s: %x + %x: %x, %v", a, tweak, key, y, ok)
			}
		}
		for _, x := range edges {
			for _, y := range edges {
				if y.Cmp(n) < 0 {
					check(x, y)
				}
			}
		}
		for range 2000 {
			x, y := new(big.Int).SetBytes(randomBytes(random, 32)), new(big.Int).SetBytes(randomBytes(random, 32))
			check(x, y.Mod(y, n))
			check(new(big.Int).Sub(n, y), y)
		}
	}
}

func TestDeriveArguments(t *testing.T) {
	phrase, none := words(shortWords), words("")
	broken := errors.New("no point today")
	for _, c := range []struct {
		name  string
		a     curve.Algorithm
		room  int
		words string
		path  Path
		point Point
		want  fault.Kind
		part  string
	}{
		{"no algorithm", curve.NoAlgorithm, 64, shortWords, nil, testPoint, fault.Invalid, "algorithm"},
		{"unknown algorithm", 77, 64, shortWords, nil, testPoint, fault.Invalid, "algorithm"},
		{"no room", curve.Secp256k1, 31, shortWords, nil, testPoint, fault.Invalid, "room for 31"},
		{"no room for two halves", curve.Ed25519BIP32, 63, shortWords, nil, testPoint, fault.Invalid, "room for 63"},
		{"no words", curve.Secp256k1, 32, "", nil, testPoint, fault.Invalid, "no words"},
		{"long passphrase for Cardano", curve.Ed25519BIP32, 64, shortWords, nil, testPoint, fault.TooLarge, "4096 bytes"},
		{"Cardano needs true words", curve.Ed25519BIP32, 64, "abandon abandon", nil, testPoint, fault.Invalid, "has 2 words"},
		{"ed25519, last not hardened", curve.Ed25519, 32, shortWords, Path{Hardened, 7}, testPoint, fault.Invalid, "number 2 of the derivation path m/0'/7"},
		{"ed25519, first not hardened", curve.Ed25519, 32, shortWords, Path{0, Hardened}, testPoint, fault.Invalid, "number 1 of"},
		{"too deep", curve.Secp256k1, 32, shortWords, make(Path, maxDepth+1), testPoint, fault.TooLarge, "10 numbers"},
		{"broken point", curve.Secp256k1, 32, shortWords, Path{0}, func(curve.Algorithm, []byte) (curve.PublicKey, error) {
			return curve.PublicKey{}, broken
		}, fault.Internal, "no point today"},
		{"point of another curve", curve.Secp256k1, 32, shortWords, Path{0}, func(_ curve.Algorithm, b []byte) (curve.PublicKey, error) {
			return testPoint(curve.P256, b)
		}, fault.Internal, "wrong algorithm"},
	} {
		dst := bytes.Repeat([]byte{7}, c.room)
		passphrase := none
		if strings.HasPrefix(c.name, "long passphrase") {
			passphrase = words(strings.Repeat("x", maxPassphrase+1))
		}
		n, err := Derive(dst, c.a, words(c.words), passphrase, c.path, c.point)
		if !fault.Is(err, c.want) || !strings.Contains(err.Error(), c.part) || n != 0 || !bytes.Equal(dst, make([]byte, c.room)) {
			t.Errorf("%s: %d, %v, %x", c.name, n, err, dst)
		}
	}
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256, curve.Ed25519} {
		for _, size := range []int{0, 15, 65} {
			if _, err := DeriveFromSeed(make([]byte, 32), a, make([]byte, size), nil, testPoint); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s from a seed of %d bytes: %v", a, size, err)
			}
		}
		dst := bytes.Repeat([]byte{7}, 80)
		if n, err := Derive(dst, a, phrase, none, Path{Hardened}, nil); err != nil || n != 32 || !bytes.Equal(dst[32:], make([]byte, 48)) {
			t.Errorf("%s into more room: %d, %v, %x", a, n, err, dst)
		}
	}
	if _, err := DeriveFromSeed(make([]byte, 64), curve.Ed25519BIP32, make([]byte, 64), nil, testPoint); !fault.Is(err, fault.Unsupported) {
		t.Errorf("Cardano from a seed: %v", err)
	}
}

// A caller may overwrite a seed with the key of it.
func TestSeedInPlace(t *testing.T) {
	seed := bytes.Repeat([]byte{0x42}, 64)
	want, _ := fromSeed(t, curve.Secp256k1, seed, Path{1, 2})
	if n, err := DeriveFromSeed(seed, curve.Secp256k1, seed, Path{1, 2}, testPoint); err != nil || !bytes.Equal(seed[:n], want) {
		t.Errorf("%x, %v, want %x", seed, err, want)
	}
	if !bytes.Equal(seed[32:], make([]byte, 32)) {
		t.Errorf("the rest of the seed is left: %x", seed)
	}
}

// Words and a passphrase are the same as the seed they stand for.
func TestDeriveIsSeedAndPath(t *testing.T) {
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256, curve.Ed25519} {
		for _, passphrase := range []string{"", "Zürich"} {
			path := mustPath(t, "m/44'/60'/0'/1'/5'")
			seed, got, want := make([]byte, 64), make([]byte, 32), make([]byte, 32)
			if err := MnemonicSeed(seed, words(shortWords), words(passphrase)); err != nil {
				t.Fatal(err)
			}
			if _, err := DeriveFromSeed(want, a, seed, path, testPoint); err != nil {
				t.Fatal(err)
			}
			if _, err := Derive(got, a, words(shortWords), words(passphrase), path, testPoint); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %x, %v, want %x", a, got, err, want)
			}
		}
	}
}
