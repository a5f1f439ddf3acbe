package antelope

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"

	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	privatePrefix = "PVT_"
	wifVersion    = 0x80
	scalarSize    = 32
	seedSize      = ed25519.SeedSize
	edPrivateSize = ed25519.PrivateKeySize // seed ‖ public key
	maxPrivate    = 160                    // characters; the longest form has 95
)

// ParsePrivateKey reads every form that any release of the peers writes: WIF
// (K1), PVT_K1_…, PVT_R1_…, PVT_EM_… (hex, with or without 0x) and PVT_ED_….
// The result is the secret number of 32 bytes big-endian, or the seed of 32
// bytes for ED, whose public key must fit it. WIF of compressed keys is
// refused, as by the current peer.
//
// Errors hold nothing of the text: [ErrNotBase58], [ErrChecksum], [ErrLength],
// [ErrPrefix], [ErrOddHex], [ErrHexDigit], and [ErrKey] for a number that is
// zero or not below the group's order.
func ParsePrivateKey(text secret.Bytes) (key secret.Bytes, t KeyType, err error) {
	secret.Do(func() { key, t, err = parsePrivateKey(text.Expose()) })
	return key, t, err
}

func parsePrivateKey(text []byte) (secret.Bytes, KeyType, error) {
	if len(text) > maxPrivate {
		return secret.Bytes{}, 0, ErrLength
	}
	t, raw, err := decodePrivate(text)
	if err != nil {
		return secret.Bytes{}, 0, err
	}
	defer clear(raw)
	if t == ED {
		full := ed25519.NewKeyFromSeed(raw[:seedSize])
		defer clear(full)
		if subtle.ConstantTimeCompare(full, raw) != 1 {
			return secret.Bytes{}, 0, ErrKey
		}
		return secret.Copy(raw[:seedSize]), t, nil
	}
	if !isScalar(t.Algorithm(), raw) {
		return secret.Bytes{}, 0, ErrKey
	}
	return secret.Copy(raw), t, nil
}

// decodePrivate undoes the text only.
func decodePrivate(text []byte) (KeyType, []byte, error) {
	if !bytes.HasPrefix(text, []byte(privatePrefix)) {
		if bytes.ContainsRune(text, '_') {
			return 0, nil, ErrPrefix
		}
		raw, err := decodeWIF(text)
		return K1, raw, err
	}
	for _, t := range []KeyType{K1, R1, EM, ED} {
		rest, ok := bytes.CutPrefix(text, []byte(privatePrefix+t.String()+"_"))
		if !ok {
			continue
		}
		var raw []byte
		var err error
		switch t {
		case EM:
			raw, err = decodeHexOfSize(rest, scalarSize, ErrLength)
		case ED:
			raw, err = base58.AppendDecode(make([]byte, 0, base58.MaxDecoded(len(rest))), rest)
			if err == nil && len(raw) != edPrivateSize {
				clear(raw)
				err = ErrLength
			}
			err = inText(err)
		default:
			raw, err = decodeChecked(rest, t.String(), scalarSize, ErrLength)
		}
		return t, raw, err
	}
	return 0, nil, ErrPrefix
}

// decodeWIF reads base58 of 80 ‖ secret ‖ the first four bytes of SHA-256 of
// SHA-256 over both, or of one SHA-256.
func decodeWIF(text []byte) ([]byte, error) {
	all, err := base58.AppendDecode(make([]byte, 0, base58.MaxDecoded(len(text))), text)
	if err != nil {
		return nil, inText(err)
	}
	defer clear(all)
	const size = 1 + scalarSize
	if len(all) != size+checksumSize {
		return nil, ErrLength
	}
	once := sha256.Sum256(all[:size])
	twice := sha256.Sum256(once[:])
	if !bytes.Equal(all[size:], twice[:checksumSize]) && !bytes.Equal(all[size:], once[:checksumSize]) {
		return nil, ErrChecksum
	}
	if all[0] != wifVersion {
		return nil, ErrPrefix
	}
	return bytes.Clone(all[1:size]), nil
}

// isScalar reports whether 0 < number < order of the group, in time that does not
// depend on the number.
func isScalar(a curve.Algorithm, number []byte) bool {
	order := a.Order()
	var zero [scalarSize]byte
	borrow := 0 // of number - order, from the lowest byte up
	for i := scalarSize - 1; i >= 0; i-- {
		borrow = (int(number[i]) - int(order[i]) - borrow) >> 8 & 1
	}
	return borrow == 1 && subtle.ConstantTimeCompare(number, zero[:]) == 0
}

// FormatPrivateKey writes what a wallet exports as the profile's text: the secret
// number of 32 bytes for K1, R1 and EM, seed ‖ public key of 64 bytes for ED.
// The error is [ErrKey]. The caller wipes both.
func FormatPrivateKey(t KeyType, key secret.Bytes, profile Profile) (text secret.Bytes, err error) {
	size := scalarSize
	if t == ED {
		size = edPrivateSize
	}
	if t.Algorithm() == curve.NoAlgorithm || key.Len() != size {
		return secret.Bytes{}, ErrKey
	}
	secret.Do(func() { text = secret.New(formatPrivateKey(t, key.Expose(), profile)) })
	return text, nil
}

func formatPrivateKey(t KeyType, key []byte, profile Profile) []byte {
	b := make([]byte, 0, maxPrivate) // never grows, so nothing is left behind
	if t == K1 && profile != Kiod {
		return appendWIF(b, key)
	}
	b = append(append(append(b, privatePrefix...), t.String()...), '_')
	switch t {
	case EM:
		return appendHex(append(b, hexPrefix...), key)
	case ED:
		return base58.AppendEncode(b, key)
	}
	return appendChecked(b, key, t.String())
}

func appendWIF(b, key []byte) []byte {
	all := make([]byte, 0, 1+scalarSize+checksumSize)
	defer func() { clear(all[:cap(all)]) }()
	all = append(append(all, wifVersion), key...)
	once := sha256.Sum256(all)
	twice := sha256.Sum256(once[:])
	return base58.AppendEncode(b, append(all, twice[:checksumSize]...))
}

// ParsePrivate is [ParsePrivateKey] for keys that own accounts by themselves: K1, R1
// and ED. An EM key signs as Ethereum's wallets do, which its usage says, so it is
// imported by kiod's door or in bulk. Errors: fault.Unsupported, and those of
// [ParsePrivateKey].
func (Chain) ParsePrivate(text secret.Bytes) (curve.Algorithm, secret.Bytes, error) {
	key, t, err := ParsePrivateKey(text)
	if err != nil {
		return 0, secret.Bytes{}, err
	}
	if t == EM {
		key.Wipe()
		return 0, secret.Bytes{}, fault.Unsupported.New("a key of type %s has a use of its own", t).WithHint("import it with --bulk")
	}
	return t.Algorithm(), key, nil
}

// FormatPrivate writes a key as the current keosd does: PVT_K1_…, PVT_R1_….
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (secret.Bytes, error) {
	t, err := TypeOf(key.Algorithm())
	if err != nil {
		return secret.Bytes{}, err
	}
	if t == ED { // the public key stands behind the seed
		full := secret.New(key.AppendTo(append(make([]byte, 0, edPrivateSize), private.Expose()...)))
		defer full.Wipe()
		return FormatPrivateKey(t, full, Keosd)
	}
	return FormatPrivateKey(t, private, Keosd)
}
