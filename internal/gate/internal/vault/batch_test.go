package vault

import (
	"bytes"
	"crypto/rand"
	"testing"

	"strongroom/internal/fault"
)

// What is sealed together opens one by one and together, and the reverse.
func TestSealManyIsSealDataManyTimes(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	const n, size = 5, 32
	plain, sealed := make([]byte, n*size), make([]byte, n*SealedSize(size))
	rand.Read(plain)
	labels, each := make([]Label, n), make([][]byte, n)
	for i := range labels {
		labels[i] = Label{Record: [16]byte{byte(i)}, Kind: 1, Algorithm: 2, Usage: byte(i), Public: []byte{byte(i), 7}}
		each[i] = sealed[i*SealedSize(size) : (i+1)*SealedSize(size)]
	}
	if err := v.SealMany(ref, labels, plain, sealed); err != nil {
		t.Fatal(err)
	}
	for i, l := range labels {
		one, err := v.OpenData(ref, l, each[i])
		if err != nil || !bytes.Equal(one, plain[i*size:(i+1)*size]) {
			t.Errorf("record %d: %x, %v", i, one, err)
		}
	}
	var err error
	if each[3], err = v.SealData(ref, labels[3], plain[3*size:4*size]); err != nil {
		t.Fatal(err)
	}
	opened := make([]byte, n*size)
	if err := v.OpenMany(ref, labels, each, opened); err != nil || !bytes.Equal(opened, plain) {
		t.Errorf("opened together: %v", err)
	}
	swapped := [][]byte{each[1], each[0], each[2], each[3], each[4]}
	flipped := [][]byte{each[0], each[1], each[2], each[3], bytes.Clone(each[4])}
	flipped[4][SealedSize(size)-1] ^= 1
	short := [][]byte{each[0], each[1], each[2], each[3], each[4][1:]}
	for name, bad := range map[string][][]byte{"swapped": swapped, "flipped": flipped, "short": short} {
		if err := v.OpenMany(ref, labels, bad, opened); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"seal, uneven":   v.SealMany(ref, labels, plain[1:], sealed),
		"seal, no room":  v.SealMany(ref, labels, plain, sealed[1:]),
		"open, uneven":   v.OpenMany(ref, labels, each, opened[1:]),
		"open, too many": v.OpenMany(ref, labels, each[1:], opened),
	} {
		if !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v.Lock(ref)
	if err := v.SealMany(ref, labels, plain, sealed); !fault.Is(err, fault.Locked) {
		t.Errorf("locked: %v", err)
	}
	if err := v.OpenMany(ref, labels, each, opened); !fault.Is(err, fault.Locked) {
		t.Errorf("locked: %v", err)
	}
}
