package vault

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
)

// macRoom is how much input [mac] takes on its stack, in bytes: a wallet's id and
// a password as people have them.
const macRoom = 256

// mac is HMAC-SHA-256 (RFC 2104) of the parts one after the other, into dst. The
// key has at most 64 bytes.
//
// It is here because crypto/hmac allocates, and memory allocated within secret.Do
// is remembered one by one to be erased: that cost each signature more than the
// hashing itself. Longer input takes the usual way.
func mac(dst *[sha256.Size]byte, key []byte, parts ...[]byte) {
	var buffer [sha256.BlockSize + macRoom]byte
	defer clear(buffer[:])
	n := sha256.BlockSize
	for _, part := range parts {
		if len(part) > len(buffer)-n {
			macLong(dst, key, parts)
			return
		}
		n += copy(buffer[n:], part)
	}
	pad(buffer[:sha256.BlockSize], key, 0x36)
	inner := sha256.Sum256(buffer[:n])
	pad(buffer[:sha256.BlockSize], key, 0x5c)
	n = sha256.BlockSize + copy(buffer[sha256.BlockSize:], inner[:])
	*dst = sha256.Sum256(buffer[:n])
	clear(inner[:])
}

// pad fills a block with the key, padded with zeros, and the pad of RFC 2104.
func pad(block, key []byte, with byte) {
	clear(block[copy(block, key):])
	for i := range block {
		block[i] ^= with
	}
}

// macLong works on copies: what reaches crypto/hmac is on the heap, and would put
// the arguments of every call of mac there too.
func macLong(dst *[sha256.Size]byte, key []byte, parts [][]byte) {
	key, input := bytes.Clone(key), bytes.Join(parts, nil)
	defer clear(key)
	defer clear(input)
	h := hmac.New(sha256.New, key)
	h.Write(input)
	copy(dst[:], h.Sum(nil))
}
