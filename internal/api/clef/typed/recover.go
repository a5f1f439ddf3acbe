package typed

import (
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain/evm"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// Recover is account_ecRecover: the account that signed a personal message. The signature
// is r‖s‖v, with v of 27 or 28; s may be high, because the peer takes that. Errors:
// fault.Invalid, fault.TooLarge.
func Recover(message, signature []byte) (account [20]byte, err error) {
	if len(signature) != curve.RecoverableSize {
		return account, fault.Invalid.New("signature must be %d bytes long", curve.RecoverableSize)
	}
	v := signature[len(signature)-1]
	if v != 27 && v != 28 {
		return account, fault.Invalid.New("invalid Ethereum signature (V is not 27 or 28)")
	}
	raw, err := evm.Preimage(evm.FormMessage, message)
	if err != nil {
		return account, err
	}
	digest := wire.Keccak(raw)
	joined, err := curve.ECDSASecp256k1AnyS.Join(signature[:len(signature)-1], v-27)
	if err != nil {
		return account, errRecovery
	}
	key, err := curve.Recover(curve.ECDSASecp256k1AnyS, digest[:], joined)
	if err != nil {
		return account, errRecovery
	}
	point, err := key.Uncompressed()
	if err != nil {
		return account, errRecovery
	}
	sum := wire.Keccak(point[1:])
	return [20]byte(sum[12:]), nil
}

var errRecovery = fault.Invalid.New("recovery failed")
