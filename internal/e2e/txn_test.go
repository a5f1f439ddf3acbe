package e2e

import (
	"bytes"
	"testing"

	"strongroom/internal/chain/algorand"
)

// rawAddress is the 32 bytes of an address.
func rawAddress(t *testing.T, address string) []byte {
	t.Helper()
	a, err := algorand.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	return a[:]
}

// payment is the canonical msgpack of a payment of 5 from an address to itself.
func payment(t *testing.T, from string) []byte {
	t.Helper()
	raw := rawAddress(t, from)
	return bytes.Join([][]byte{
		[]byte("\x88\xa3amt\x05\xa3fee\xcd\x03\xe8\xa2fv\x01\xa2gh\xc4\x20"), bytes.Repeat([]byte{7}, 32),
		[]byte("\xa2lv\xcd\x03\xe8\xa3rcv\xc4\x20"), raw,
		[]byte("\xa3snd\xc4\x20"), raw, []byte("\xa4type\xa3pay"),
	}, nil)
}
