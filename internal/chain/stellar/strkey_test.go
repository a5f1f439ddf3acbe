package stellar

import (
	"bytes"
	"encoding/base32"
	"encoding/hex"
	"testing"

	"github.com/stellar/go-stellar-sdk/xdr"
)

const sep23Account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"

// sep23Hash are the bytes that all texts of SEP-23's test cases stand for.
func sep23Hash(t *testing.T) (h [32]byte) {
	t.Helper()
	raw, err := hex.DecodeString("3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a")
	if err != nil {
		t.Fatal(err)
	}
	copy(h[:], raw)
	return h
}

// TestStrkeys holds the valid test cases of SEP-23.
func TestStrkeys(t *testing.T) {
	hash := xdr.Uint256(sep23Hash(t))
	muxed := func(id uint64) xdr.MuxedAccount {
		return xdr.MuxedAccount{
			Type:     xdr.CryptoKeyTypeKeyTypeMuxedEd25519,
			Med25519: &xdr.MuxedAccountMed25519{Id: xdr.Uint64(id), Ed25519: hash},
		}
	}
	counting := func(n int) (b []byte) {
		for i := range n {
			b = append(b, byte(i+1))
		}
		return b
	}
	payload := func(n int) string {
		text, _ := signerText(xdr.SignerKey{
			Type:                 xdr.SignerKeyTypeSignerKeyTypeEd25519SignedPayload,
			Ed25519SignedPayload: &xdr.SignerKeyEd25519SignedPayload{Ed25519: hash, Payload: counting(n)},
		})
		return text
	}
	v0 := xdr.Hash(hash)
	for want, got := range map[string]string{
		sep23Account: muxedText(xdr.MuxedAccount{Ed25519: &hash}),
		"MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ":                                              muxedText(muxed(0)),
		"MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK":                                              muxedText(muxed(1 << 63)),
		"PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAQACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB6IBZGM": payload(32),
		"PA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAOQCAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUAAAAFGBU": payload(29),
		"CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA":                                                           strkeyText(versionContract, hash[:]),
		"LA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUPJN":                                                           strkeyText(versionPool, hash[:]),
		"BAAD6DBUX6J22DMZOHIEZTEQ64CVCHEDRKWZONFEUL5Q26QD7R76RGR4TU":                                                         balanceText(xdr.ClaimableBalanceId{V0: &v0}),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := strkeyText(versionAccount, make([]byte, 32)); got != nobodyAccount {
		t.Errorf("the account of zeros is %s", got)
	}
}

// TestSeedSpellings: a seed has one text; other texts of the same bytes are refused.
func TestSeedSpellings(t *testing.T) {
	hash := sep23Hash(t)
	good := strkeyText(versionSeed, hash[:])
	seed, err := parseSeed([]byte(good))
	if err != nil || !bytes.Equal(seed.Expose(), hash[:]) {
		t.Fatalf("%v", err)
	}
	bad := []string{good[:55] + "\n", "\n" + good[:55], good[:54] + "==", sep23Account, good[:55] + "a"}
	for i := range good {
		for _, c := range "AQ7" {
			if byte(c) != good[i] {
				bad = append(bad, good[:i]+string(c)+good[i+1:])
			}
		}
	}
	bad = append(bad, base32.StdEncoding.EncodeToString(make([]byte, 35)))
	for _, text := range bad {
		if _, err := parseSeed([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
