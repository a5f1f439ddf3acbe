package tron

import (
	"strings"
	"testing"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

func TestParsePrivateRefuses(t *testing.T) {
	order := curve.Secp256k1.Order()
	text := make([]byte, 0, 64)
	for _, b := range order {
		text = append(text, "0123456789abcdef"[b>>4], "0123456789abcdef"[b&15])
	}
	for _, bad := range []string{
		"", "0x", strings.Repeat("0", 64), strings.Repeat("f", 64), string(text), strings.Repeat("1", 63), strings.Repeat("1", 65),
		strings.Repeat("1", 63) + "g", "0X" + strings.Repeat("1", 64), strings.Repeat("1", 66),
	} {
		if _, key, err := tron().ParsePrivate(secret.New([]byte(bad))); !fault.Is(err, fault.Invalid) || key.Len() != 0 {
			t.Errorf("%q: error %v", bad, err)
		} else if bad != "" && strings.Contains(err.Error(), bad) && len(bad) > 2 {
			t.Errorf("the error repeats the key: %v", err)
		}
	}
	if _, key, err := tron().ParsePrivate(secret.New([]byte("0x" + strings.Repeat("1", 64)))); err != nil || key.Len() != 32 {
		t.Errorf("with 0x: %v", err)
	}
}

func TestFormatPrivateRefuses(t *testing.T) {
	ed := chaintest.PublicKey(t, curve.Ed25519, private)
	if _, err := tron().FormatPrivate(ed, secret.Copy(private)); err == nil {
		t.Error("an Ed25519 key is written")
	}
	if _, err := tron().FormatPrivate(signer(t), secret.Copy(private[:31])); err == nil {
		t.Error("31 bytes are written")
	}
}

func TestParseAddressRefuses(t *testing.T) {
	good := addressText(alice)
	for _, bad := range []string{
		"", "T", good[:33], good + "1", "1" + good, strings.Replace(good, "T", "t", 1), good[:33] + "1",
		"a0" + hexOf(alice), "41" + hexOf(alice)[:38], "0x" + hexOf(alice), "41" + hexOf(alice) + "00",
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", strings.Repeat("1", 5000), "41" + strings.Repeat("g", 40),
	} {
		if hash, err := ParseAddress(bad); !fault.Is(err, fault.InvalidAddress) {
			t.Errorf("%.60q is read as %x, error %v", bad, hash, err)
		}
	}
	ed := chaintest.PublicKey(t, curve.Ed25519, private)
	if _, err := tron().Address(ed); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("address of an Ed25519 key: %v", err)
	}
	if _, err := tron().AddressAs(signer(t), "bech32"); !fault.Is(err, fault.Unsupported) {
		t.Errorf("address in a form that is none: %v", err)
	}
}
