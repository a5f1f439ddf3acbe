package bitcoin

import (
	"crypto/sha256"
	"encoding/binary"

	"strongroom/internal/fault"
)

// The types of keys that are read or checked (BIP-174, BIP-370, BIP-371).
const (
	globalUnsigned = 0x00
	globalXPub     = 0x01
	globalVersion  = 0xfb

	inPreviousTx    = 0x00
	inWitnessUTXO   = 0x01
	inPartialSig    = 0x02
	inSighash       = 0x03
	inRedeem        = 0x04
	inWitnessScript = 0x05
	inDerivation    = 0x06
	inFinalScript   = 0x07
	inFinalWitness  = 0x08
	inTapKeySig     = 0x13
	inTapScriptSig  = 0x14
	inTapLeaf       = 0x15
	inTapDerivation = 0x16
	inTapInternal   = 0x17
	inTapRoot       = 0x18

	outRedeem        = 0x00
	outWitnessScript = 0x01
	outDerivation    = 0x02
	outTapInternal   = 0x05
	outTapTree       = 0x06
	outTapDerivation = 0x07
)

// The types that only version 2 has (BIP-370), with nothing behind the type in the key.
// They replace parts of the unsigned transaction: in a PSBT of version 0 they would say
// something else than it does.
const (
	firstGlobalV2, lastGlobalV2 = 0x02, 0x06
	firstInV2, lastInV2         = 0x0e, 0x12
	firstOutV2, lastOutV2       = 0x03, 0x04
)

// anySize is a value that only its meaning can check.
const anySize = -1

// checkFields holds the types that are known against their definitions: what stands
// behind the type in the key, and how long the value is.
func (p *packet) checkFields() error {
	for _, f := range p.global {
		switch kind := f.key[0]; {
		case kind == globalUnsigned && len(f.key) != 1,
			kind == globalVersion && (len(f.key) != 1 || len(f.value) != 4),
			kind == globalXPub && (len(f.key) != 1+78 || !isDerivation(f.value)),
			kind >= firstGlobalV2 && kind <= lastGlobalV2 && len(f.key) == 1:
			return fault.InvalidPayload.New("the global map of the PSBT has a wrong entry of type %#02x", kind)
		}
	}
	for i, input := range p.inputs {
		for _, f := range input {
			if !f.validInput() {
				return fault.InvalidPayload.New("input %d of the PSBT has a wrong entry of type %#02x", i, f.key[0])
			}
		}
	}
	for i, output := range p.outputs {
		for _, f := range output {
			if !f.validOutput() {
				return fault.InvalidPayload.New("output %d of the PSBT has a wrong entry of type %#02x", i, f.key[0])
			}
		}
	}
	return nil
}

func (p pair) validInput() bool {
	switch kind := p.key[0]; kind {
	case inPreviousTx, inRedeem, inWitnessScript, inFinalScript, inFinalWitness:
		return p.plain(anySize)
	case inWitnessUTXO:
		_, _, ok := decodeOutput(p.value)
		return ok && p.plain(anySize)
	case inPartialSig:
		return isPublic(p.key[1:]) && len(p.value) > 0
	case inSighash:
		return p.plain(4)
	case inDerivation:
		return isPublic(p.key[1:]) && isDerivation(p.value)
	case inTapKeySig:
		return p.plain(64) || p.plain(65)
	case inTapScriptSig:
		return len(p.key) == 1+xOnlySize+sha256.Size && (len(p.value) == 64 || len(p.value) == 65)
	case inTapLeaf: // the key has a control block: version, internal key and a path of hashes
		return len(p.key) >= 1+1+xOnlySize && (len(p.key)-1-1-xOnlySize)%sha256.Size == 0 && len(p.value) > 0
	case inTapDerivation:
		return len(p.key) == 1+xOnlySize
	case inTapInternal, inTapRoot:
		return p.plain(xOnlySize)
	default:
		return kind < firstInV2 || kind > lastInV2 || len(p.key) != 1
	}
}

func (p pair) validOutput() bool {
	switch kind := p.key[0]; kind {
	case outRedeem, outWitnessScript, outTapTree:
		return p.plain(anySize)
	case outDerivation:
		return isPublic(p.key[1:]) && isDerivation(p.value)
	case outTapInternal:
		return p.plain(xOnlySize)
	case outTapDerivation:
		return len(p.key) == 1+xOnlySize
	default:
		return kind < firstOutV2 || kind > lastOutV2 || len(p.key) != 1
	}
}

// plain reports whether the key is a type alone and the value has that size.
func (p pair) plain(size int) bool {
	return len(p.key) == 1 && (size == anySize || len(p.value) == size)
}

// isPublic reports whether key has the size and first byte of a public key.
func isPublic(key []byte) bool {
	switch len(key) {
	case compressedSize:
		return key[0] == 2 || key[0] == 3
	case uncompressedSize:
		return key[0] == 4
	}
	return false
}

// isDerivation reports whether value is a fingerprint and a path.
func isDerivation(value []byte) bool { return len(value) >= 4 && len(value)%4 == 0 }

// decodeOutput reads an amount and a script.
func decodeOutput(value []byte) (amount int64, script []byte, ok bool) {
	r := reader{rest: value}
	amount, script = r.int64(), r.bytes()
	return amount, script, !r.bad && len(r.rest) == 0
}

func encodeOutput(amount int64, script []byte) []byte {
	return appendBytes(binary.LittleEndian.AppendUint64(nil, uint64(amount)), script)
}
