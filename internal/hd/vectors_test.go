package hd

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"filippo.io/edwards25519"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func words(text string) secret.Bytes { return secret.Copy([]byte(text)) }

// vectorLines are the lines of a file of vectors without its comments.
func vectorLines(t testing.TB, name string) (lines []string) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// testPoint computes public keys by other code than the vault's.
func testPoint(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
	var encoded []byte
	switch {
	case a == curve.Ed25519 && len(private) == 32:
		encoded = ed25519.NewKeyFromSeed(private)[32:]
	case a == curve.Secp256k1 && len(private) == 32:
		encoded = secp256k1.PrivKeyFromBytes(private).PubKey().SerializeCompressed()
	case a == curve.P256:
		key, err := ecdh.P256().NewPrivateKey(private)
		if err != nil {
			return curve.PublicKey{}, err
		}
		return curve.ParsePoint(a, key.PublicKey().Bytes())
	case a == curve.Ed25519BIP32 && len(private) == 64:
		var wide [64]byte
		copy(wide[:], private[:32])
		k, err := edwards25519.NewScalar().SetUniformBytes(wide[:])
		if err != nil {
			return curve.PublicKey{}, err
		}
		encoded = new(edwards25519.Point).ScalarBaseMult(k).Bytes()
	default:
		return curve.PublicKey{}, fmt.Errorf("a private key of algorithm %s with %d bytes", a, len(private))
	}
	return curve.NewPublicKey(a, encoded)
}

func mustPath(t testing.TB, text string) Path {
	t.Helper()
	path, err := ParsePath(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// along gives the node at the end of a path from a master key that make makes.
func along(t testing.TB, a curve.Algorithm, path Path, master func(*node) error) *node {
	t.Helper()
	n, err := newNode(a, path, testPoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := master(n); err != nil {
		t.Fatal(err)
	}
	for _, number := range path {
		if err := n.child(number); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// fromSeed is the key at the end of a path, public where the algorithm has that.
func fromSeed(t testing.TB, a curve.Algorithm, seed []byte, path Path) (private []byte, x ExtendedPublic) {
	t.Helper()
	private = make([]byte, 32)
	if n, err := DeriveFromSeed(private, a, seed, path, testPoint); err != nil || n != 32 {
		t.Fatalf("%s %s: %d, %v", a, path, n, err)
	}
	if a == curve.Ed25519 {
		return private, x
	}
	n := along(t, a, nil, func(n *node) error { return n.fromSeed(seed) })
	x, err := n.extended(path)
	if err != nil {
		t.Fatal(err)
	}
	return private, x
}
