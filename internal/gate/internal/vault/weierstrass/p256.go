package weierstrass

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/subtle"
	"encoding/asn1"
	"math/big"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// signP256 signs with crypto/ecdsa, whose nonces without a random source are those
// of RFC 6979. The key is a big.Int only between its parsing and the conversion
// back that crypto/ecdsa does; nothing is computed with it.
func signP256(rs *[64]byte, private, digest []byte) (byte, error) {
	var long, der []byte
	var err error
	encoded, encodedKey := make([]byte, 80), make([]byte, 65) // results must not live on Do's side
	secret.Do(func() {
		var key *ecdsa.PrivateKey
		if key, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), private); err != nil {
			return
		}
		//lint:ignore SA1019 there is no other way to wipe it
		defer func() { clear(key.D.Bits()) }()
		var signature, public []byte
		if signature, err = key.Sign(nil, digest, crypto.SHA256); err != nil {
			return
		}
		if public, err = key.PublicKey.Bytes(); err != nil {
			return
		}
		der = encoded[:copy(encoded, signature)]
		long = encodedKey[:copy(encodedKey, public)]
	})
	if err != nil {
		return 0, fault.Internal.Wrap(err, "P-256 did not sign")
	}
	var numbers struct{ R, S *big.Int } // both are public
	if rest, err := asn1.Unmarshal(der, &numbers); err != nil || len(rest) != 0 {
		return 0, fault.Internal.Wrap(err, "P-256 gave no signature")
	}
	numbers.R.FillBytes(rs[:32])
	numbers.S.FillBytes(rs[32:])
	order := curve.P256.Order()
	lower(rs[32:], &order)

	var short [33]byte
	compress(&short, long)
	public, err := curve.NewPublicKey(curve.P256, short[:])
	if err != nil {
		return 0, err
	}
	// This also verifies: a signature that a fault of the hardware spoiled, and that
	// could tell the key to who knows its digest, does not leave.
	recovery, err := curve.RecoveryID(public, digest, rs[:])
	if err != nil {
		clear(rs[:])
		return 0, fault.Internal.Wrap(err, "a new P-256 signature does not verify")
	}
	return recovery, nil
}

// lower replaces s by order - s where that is less, in constant time.
func lower(s []byte, order *[32]byte) {
	var other [32]byte
	subtract(other[:], order[:], s)
	var difference [32]byte
	less := subtract(difference[:], other[:], s)
	subtle.ConstantTimeCopy(less, s, other[:])
}
