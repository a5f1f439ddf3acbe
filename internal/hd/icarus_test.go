package hd

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/curve"
)

func TestIcarusVectors(t *testing.T) {
	count := 0
	for _, file := range []string{"icarus.txt", "icarus-emurgo.txt"} {
		for _, line := range vectorLines(t, file) {
			count++
			f := strings.Split(line, "|")
			path := mustPath(t, f[2])
			private := make([]byte, 64)
			if n, err := Derive(private, curve.Ed25519BIP32, words(f[0]), words(f[1]), path, testPoint); err != nil || n != 64 {
				t.Errorf("%s: %d, %v", line, n, err)
				continue
			}
			x, err := Extended(curve.Ed25519BIP32, words(f[0]), words(f[1]), path, testPoint)
			if err != nil {
				t.Error(err)
				continue
			}
			got := hex.EncodeToString(private) + hex.EncodeToString(x.ChainCode[:]) + hex.EncodeToString(x.Key.Bytes())
			if f[3] != got && f[3] != got[:192] { // CIP-3 gives no public keys
				t.Errorf("%s: %s", line, got)
			}
			if x.Parent != [4]byte{} || int(x.Depth) != len(path) || len(path) > 0 && x.Number != path[len(path)-1] {
				t.Errorf("%s: %+v", line, x)
			}
			want := hex.EncodeToString(x.Key.Bytes()) + hex.EncodeToString(x.ChainCode[:])
			if x.Text(0x0488b21e) != want {
				t.Errorf("%s: text %s", line, x.Text(0))
			}
			back, version, err := ParseExtended(want)
			if err != nil || back.Key != x.Key || back.ChainCode != x.ChainCode || version != 0 {
				t.Errorf("%s comes back as %v, %v", want, back, err)
			}
		}
	}
	if count != 50 {
		t.Errorf("%d vectors", count)
	}
}

// A child without its mark and the public key of its parent belong together: the
// sums of the private derivation hold on the curve too.
func TestIcarusKeysKeepTheirForm(t *testing.T) {
	private := make([]byte, 64)
	for i := range uint32(50) {
		path := Path{1852 + Hardened, 1815 + Hardened, i + Hardened, i % 3, 1<<31 - 1 - i, i, i, i, i, i}
		if _, err := Derive(private, curve.Ed25519BIP32, words(shortWords), words(""), path, testPoint); err != nil {
			t.Fatal(err)
		}
		if private[0]&7 != 0 || private[31]&0xc0 != 0x40 {
			t.Errorf("kL of %s is %x", path, private[:32])
		}
		key, err := testPoint(curve.Ed25519BIP32, private)
		if err != nil || len(key.Bytes()) != ed25519.PublicKeySize {
			t.Errorf("%s: %s, %v", path, key, err)
		}
	}
}

func TestAddTimes8(t *testing.T) {
	number := bytes.Repeat([]byte{0xff}, 32)
	addTimes8(number, append([]byte{1}, make([]byte, 27)...))
	if want := append([]byte{7}, make([]byte, 31)...); !bytes.Equal(number, want) {
		t.Errorf("%x", number)
	}
	number = make([]byte, 32)
	addTimes8(number, bytes.Repeat([]byte{0xff}, 28))
	if want := append(append([]byte{0xf8}, bytes.Repeat([]byte{0xff}, 27)...), 7, 0, 0, 0); !bytes.Equal(number, want) {
		t.Errorf("%x", number)
	}
	number = bytes.Repeat([]byte{0xff}, 32)
	addWrapping(number, bytes.Repeat([]byte{0xff}, 32))
	if want := append([]byte{0xfe}, bytes.Repeat([]byte{0xff}, 31)...); !bytes.Equal(number, want) {
		t.Errorf("%x", number)
	}
}
