package stellar

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// What can be wrong with the text of a private key. The texts hold nothing of it.
var (
	errPrivate     = fault.Invalid.New("a private key is S and 55 more characters, or 64 hex digits")
	errPrivateText = fault.Invalid.New("the private key's text has a wrong character or checksum")
)

// ParsePrivate reads an S… text (SEP-23), or 64 hex digits. The result is the seed of
// 32 bytes; the caller wipes it. Errors: fault.Invalid.
func (Chain) ParsePrivate(text secret.Bytes) (a curve.Algorithm, seed secret.Bytes, err error) {
	secret.Do(func() {
		switch text.Len() {
		case seedChars:
			seed, err = parseSeed(text.Expose())
		case 2 * keySize:
			b := make([]byte, keySize)
			if _, bad := hex.Decode(b, text.Expose()); bad != nil {
				clear(b)
				err = errPrivateText
				return
			}
			seed = secret.New(b)
		default:
			err = errPrivate
		}
	})
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Ed25519, seed, nil
}

func parseSeed(text []byte) (secret.Bytes, error) {
	var all [1 + keySize + crcSize]byte
	var again [seedChars]byte
	defer clear(all[:])
	defer clear(again[:])
	// The decoder skips line ends: encoding again shows that there were none.
	n, err := strkeyEncoding.Decode(all[:], text)
	if err != nil || n != len(all) {
		return secret.Bytes{}, errPrivateText
	}
	strkeyEncoding.Encode(again[:], all[:])
	sum := binary.LittleEndian.Uint16(all[1+keySize:])
	if !bytes.Equal(again[:], text) || version(all[0]) != versionSeed || crc16(all[:1+keySize]) != sum {
		return secret.Bytes{}, errPrivateText
	}
	return secret.Copy(all[1 : 1+keySize]), nil
}

// FormatPrivate writes the S… text of a seed. The caller wipes it. Errors:
// fault.Invalid, fault.UnknownKey for a key of another algorithm.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (text secret.Bytes, err error) {
	if key.Algorithm() != curve.Ed25519 {
		return secret.Bytes{}, errAlgorithm(key)
	}
	if private.Len() != keySize {
		return secret.Bytes{}, fault.Invalid.New("a private key has %d bytes, not %d", keySize, private.Len())
	}
	secret.Do(func() {
		var all [1 + keySize + crcSize]byte
		defer clear(all[:])
		all[0] = byte(versionSeed)
		copy(all[1:], private.Expose())
		binary.LittleEndian.PutUint16(all[1+keySize:], crc16(all[:1+keySize]))
		out := make([]byte, seedChars)
		strkeyEncoding.Encode(out, all[:])
		text = secret.New(out)
	})
	return text, nil
}
