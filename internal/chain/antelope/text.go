package antelope

import (
	"bytes"
	"encoding/hex"
	"slices"

	//lint:ignore SA1019 the checksums of these texts are RIPEMD-160, whatever it is worth
	"golang.org/x/crypto/ripemd160"

	"strongroom/internal/codec/base58"
)

const (
	checksumSize = 4
	hexPrefix    = "0x"
)

// checksum is the first four bytes of RIPEMD-160 over data and the name of the
// key type; the oldest texts leave the name out.
func checksum(data []byte, suffix string) [checksumSize]byte {
	h := ripemd160.New()
	h.Write(data)
	h.Write([]byte(suffix))
	var sum [ripemd160.Size]byte
	h.Sum(sum[:0])
	return [checksumSize]byte(sum[:])
}

// appendChecked appends base58 of data and its checksum.
func appendChecked(b, data []byte, suffix string) []byte {
	var space [128]byte
	all := slices.Grow(space[:0], len(data)+checksumSize)
	sum := checksum(data, suffix)
	all = append(append(all, data...), sum[:]...)
	b = base58.AppendEncode(b, all)
	clear(all) // private keys have this form too
	return b
}

// decodeChecked is the inverse of appendChecked. The result is in memory of its
// own. Texts with fewer bytes than size give short, with more [ErrLength]; a
// size of 0 takes any.
func decodeChecked[T string | []byte](text T, suffix string, size int, short error) ([]byte, error) {
	all, err := base58.AppendDecode(make([]byte, 0, base58.MaxDecoded(min(len(text), base58.MaxText))), text)
	n := len(all) - checksumSize
	switch {
	case err != nil:
		return nil, inText(err)
	case n < max(size, 0):
		clear(all)
		return nil, short
	case size > 0 && n > size:
		clear(all)
		return nil, ErrLength
	}
	if sum := checksum(all[:n], suffix); !bytes.Equal(sum[:], all[n:]) {
		clear(all)
		return nil, ErrChecksum
	}
	return all[:n], nil
}

// decodeHex reads digits of either case. An odd number of them is reported
// before a bad one, as the peer does. What was read before a bad digit is wiped.
func decodeHex[T string | []byte](text T) ([]byte, error) {
	if len(text)%2 != 0 {
		return nil, ErrOddHex
	}
	out := make([]byte, len(text)/2)
	for i := range out {
		high, low := hexDigit(text[2*i]), hexDigit(text[2*i+1])
		if high < 0 || low < 0 {
			clear(out)
			return nil, ErrHexDigit
		}
		out[i] = byte(high<<4 | low)
	}
	return out, nil
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// decodeHexOfSize reads a hex text that may begin with 0x and must stand for
// size bytes: fewer give short, more [ErrLength].
func decodeHexOfSize[T string | []byte](text T, size int, short error) ([]byte, error) {
	text = trimHexPrefix(text)
	if len(text) > 2*size {
		return nil, ErrLength
	}
	out, err := decodeHex(text)
	if err == nil && len(out) < size {
		clear(out)
		return nil, short
	}
	return out, err
}

func trimHexPrefix[T string | []byte](text T) T {
	if len(text) >= 2 && text[0] == hexPrefix[0] && text[1] == hexPrefix[1] {
		return text[2:]
	}
	return text
}

// ParseHash reads a digest or chain id: 64 hex digits of either case, without
// 0x. Errors: [ErrOddHex], [ErrHexDigit], [ErrLength].
func ParseHash(text string) (hash [32]byte, err error) {
	if len(text) > 4*len(hash) && len(text)%2 == 0 { // hopeless: not worth reading
		return hash, ErrLength
	}
	b, err := decodeHex(text)
	if err != nil {
		return hash, err
	}
	if len(b) != len(hash) {
		return hash, ErrLength
	}
	return [32]byte(b), nil
}

// appendHex appends lower-case digits.
func appendHex(b, data []byte) []byte { return hex.AppendEncode(b, data) }
