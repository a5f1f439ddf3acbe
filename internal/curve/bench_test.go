package curve

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Each verification stands beside that of a library.
func BenchmarkVerify(b *testing.B) {
	run := func(name string, verify func() bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !verify() {
					b.Fatal("does not verify")
				}
			}
		})
	}
	scheme := func(s Scheme, key PublicKey, message, signature []byte) {
		run(s.String(), func() bool { return Verify(s, key, message, signature) == nil })
	}

	key, digest, rs := sampleECDSA(b)
	id, err := RecoveryID(key, digest, rs)
	if err != nil {
		b.Fatal(err)
	}
	scheme(ECDSASecp256k1, key, digest, append(bytes.Clone(rs), id))
	scheme(ECDSASecp256k1AnyS, key, digest, append(bytes.Clone(rs), id))
	public, err := secp256k1.ParsePubKey(key.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	var r, s secp256k1.ModNScalar
	r.SetByteSlice(rs[:32])
	s.SetByteSlice(rs[32:])
	bare := ecdsa.NewSignature(&r, &s)
	run("library/ecdsa", func() bool { return bare.Verify(digest, public) })

	key, message, signature := readKeyPaths(b)[1].signed(b)
	scheme(TaprootKey, key, message, signature)
	output, err := key.Taproot(message[32:])
	if err != nil {
		b.Fatal(err)
	}
	public, err = schnorr.ParsePubKey(output)
	if err != nil {
		b.Fatal(err)
	}
	parsed, err := schnorr.ParseSignature(signature)
	if err != nil {
		b.Fatal(err)
	}
	run("library/bip340", func() bool { return parsed.Verify(message[:32], public) })

	row := readTable(b, "bitcoin-cash/schnorr.csv", ',')[1]
	key, err = ParsePoint(Secp256k1, unhex(b, row[2]))
	if err != nil {
		b.Fatal(err)
	}
	scheme(SchnorrBCH, key, unhex(b, row[3]), unhex(b, row[4]))

	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	signature = ed25519.Sign(private, digest)
	key, err = NewPublicKey(Ed25519BIP32, private[32:])
	if err != nil {
		b.Fatal(err)
	}
	scheme(EdDSABIP32, key, digest, signature)
	run("library/ed25519", func() bool { return ed25519.Verify(ed25519.PublicKey(private[32:]), digest, signature) })
}

// sampleECDSA is a signature of the vectors, with a low s.
func sampleECDSA(b *testing.B) (key PublicKey, digest, rs []byte) {
	group := readWycheproof(b, "ecdsa_secp256k1_sha256_p1363_test.json").TestGroups[0]
	key, err := ParsePoint(Secp256k1, unhex(b, group.Key.Uncompressed))
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256(unhex(b, group.Tests[0].Msg))
	return key, sum[:], lowered(Secp256k1, unhex(b, group.Tests[0].Sig))
}

func BenchmarkTaproot(b *testing.B) {
	key, message, _ := readKeyPaths(b)[1].signed(b)
	for b.Loop() {
		if _, err := key.Taproot(message[32:]); err != nil {
			b.Fatal(err)
		}
	}
}
