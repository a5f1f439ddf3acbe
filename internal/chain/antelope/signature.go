package antelope

import (
	"strings"

	"strongroom/internal/codec/antelope"
	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const (
	signaturePrefix  = "SIG_"
	recoverableSize  = curve.RecoverableSize
	edSignatureSize  = 64
	edFullSize       = edwardsSize + edSignatureSize // public key ‖ signature
	recoveryOffset   = 27                            // of v in Ethereum's signatures
	compressedOffset = 27 + 4                        // of the first byte of K1 and R1 signatures
	maxClientData    = 2048
)

// Signature is a signature of any type as it stands in its text. The zero value
// is none.
type Signature struct {
	kind KeyType
	// data is 31 + recovery id ‖ r ‖ s for K1 and R1; r ‖ s ‖ v for EM; public
	// key ‖ signature for ED (in texts of one earlier release, the signature
	// alone); for WA as for R1, with authenticator data and client data.
	data string
}

// newSignature encodes what a wallet's key made under its scheme.
func newSignature(key PublicKey, made []byte) (Signature, error) {
	switch key.kind {
	case K1: // the scheme's own form
		if _, _, err := curve.AntelopeK1.Split(made); err != nil {
			return Signature{}, errMade
		}
		return Signature{K1, string(made)}, nil
	case R1:
		rs, recovery, err := curve.ECDSAP256.Split(made)
		if err != nil {
			return Signature{}, errMade
		}
		return Signature{R1, string(append([]byte{compressedOffset + recovery}, rs...))}, nil
	case EM:
		rs, recovery, err := curve.ECDSASecp256k1.Split(made)
		if err != nil || recovery > 1 {
			return Signature{}, errMade
		}
		return Signature{EM, string(append(append(make([]byte, 0, recoverableSize), rs...), recoveryOffset+recovery))}, nil
	case ED:
		if len(made) == edSignatureSize {
			return Signature{ED, key.packed + string(made)}, nil
		}
	}
	return Signature{}, errMade
}

var errMade = fault.Internal.New("a signature that is not in the form of its scheme")

// Type is the type of the key that made the signature.
func (s Signature) Type() KeyType { return s.kind }

// String is the text of the signature, "" for none.
func (s Signature) String() string {
	if s.data == "" {
		return ""
	}
	var space [160]byte
	return string(s.appendTo(space[:0]))
}

func (s Signature) appendTo(b []byte) []byte {
	name := s.kind.String()
	b = append(append(append(b, signaturePrefix...), name...), '_')
	switch s.kind {
	case EM:
		return appendHex(append(b, hexPrefix...), []byte(s.data))
	case ED:
		return base58.AppendEncode(b, []byte(s.data))
	}
	return appendChecked(b, []byte(s.data), name)
}

// ParseSignature reads the texts of K1, R1, WA, EM and ED signatures. It does not
// verify them. Errors: [ErrNotBase58], [ErrChecksum], [ErrTruncated],
// [ErrLength], [ErrPrefix], [ErrOddHex], [ErrHexDigit].
func ParseSignature(text string) (Signature, error) {
	rest, ok := strings.CutPrefix(text, signaturePrefix)
	name, rest, _ := strings.Cut(rest, "_")
	t, known := ParseKeyType(name)
	if !ok || !known || name != t.String() {
		return Signature{}, ErrPrefix
	}
	var data []byte
	var err error
	switch t {
	case K1, R1:
		data, err = decodeChecked(rest, name, recoverableSize, ErrTruncated)
	case WA:
		data, err = decodeChecked(rest, name, 0, ErrTruncated)
		r := antelope.NewReader(data)
		r.Fixed(recoverableSize)
		r.Bytes(maxClientData)
		r.Bytes(maxClientData)
		if err == nil && r.Err() != nil {
			err = ErrTruncated
		} else if err == nil && r.End() != nil {
			err = ErrLength
		}
	case EM:
		data, err = decodeHexOfSize(rest, recoverableSize, ErrTruncated)
	case ED:
		data, err = base58.AppendDecode(nil, rest)
		switch {
		case err != nil:
			err = inText(err)
		case len(data) > edFullSize:
			err = ErrLength
		case len(data) != edFullSize && len(data) != edSignatureSize:
			err = ErrTruncated
		}
	default:
		err = ErrPrefix
	}
	if err != nil {
		return Signature{}, err
	}
	return Signature{t, string(data)}, nil
}
