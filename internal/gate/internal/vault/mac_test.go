package vault

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"testing"
)

func TestMACIsHMAC(t *testing.T) {
	for _, keySize := range []int{0, 1, 32, 64} {
		key := bytes.Repeat([]byte{0xa5}, keySize)
		for _, size := range []int{0, 1, 16, 55, 56, 64, macRoom - 17, macRoom - 16, macRoom - 15, macRoom, macRoom + 1, 5000} {
			first, second := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, size)
			var got [sha256.Size]byte
			mac(&got, key, first, second)
			want := hmac.New(sha256.New, key)
			want.Write(first)
			want.Write(second)
			if !bytes.Equal(got[:], want.Sum(nil)) {
				t.Errorf("key of %d bytes, input of %d: not the HMAC", keySize, 16+size)
			}
		}
	}
}

func TestMACAllocatesNothing(t *testing.T) {
	key, password := make([]byte, checkSize), []byte("a password of usual length")
	var wallet [16]byte
	var out [sha256.Size]byte
	if n := testing.AllocsPerRun(100, func() { mac(&out, key, wallet[:], password) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
