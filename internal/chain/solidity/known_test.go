package solidity

import (
	"encoding/hex"
	"os"
	"regexp"
	"testing"
)

// TestWellKnown: the bytes are those of the addresses above them, whose checksums
// (EIP-55) are right.
func TestWellKnown(t *testing.T) {
	source, err := os.ReadFile("known.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`// 0x([0-9a-fA-F]{40})\n`).FindAllSubmatch(source, -1)
	if len(found) != 22 {
		t.Fatalf("%d addresses, want 22", len(found))
	}
	for _, m := range found {
		address := [20]byte(unhex(string(m[1])))
		digits := []byte(hex.EncodeToString(address[:]))
		sum := keccak(string(digits))
		for i, c := range digits {
			if c >= 'a' && sum[i/2]>>(4*(1-i%2))&8 != 0 {
				digits[i] = c - 'a' + 'A'
			}
		}
		if string(digits) != string(m[1]) {
			t.Errorf("%s has a wrong checksum, %s would be right", m[1], digits)
		}
		if wellKnown(address) == "" {
			t.Errorf("%s is not known", m[1])
		}
	}
	if wellKnown(alice) != "" || wellKnown([20]byte{}) != "" {
		t.Error("everybody is known")
	}
}

// TestLibraries: only their own functions are harmless as delegatecalls.
func TestLibraries(t *testing.T) {
	create := [20]byte(unhex("9b35Af71d77eaf8d7e40252370304687390A1A52"))
	sign := [20]byte(unhex("d53cd0aB83D845Ac265BE939c57F53AD838012c9"))
	for _, c := range []struct {
		to        [20]byte
		signature string
		want      bool
	}{
		{multiSendOnly, "multiSend(bytes)", true}, {create, "performCreate(uint256,bytes)", true},
		{create, "performCreate2(uint256,bytes,bytes32)", true}, {sign, "signMessage(bytes)", true},
		{multiSendOnly, "signMessage(bytes)", false}, {create, "multiSend(bytes)", false}, {sign, "performCreate(uint256,bytes)", false},
		{mallory, "multiSend(bytes)", false}, {[20]byte(unhex("cA11bde05977b3631167028862bE2a173976CA11")), "aggregate((address,bytes)[])", false},
	} {
		s := selectorOf(c.signature)
		if got := isLibrary(c.to, uint32(s[0])<<24|uint32(s[1])<<16|uint32(s[2])<<8|uint32(s[3])); got != c.want {
			t.Errorf("%s of %s is that of a library: %v", c.signature, wellKnown(c.to), got)
		}
	}
}
