package weierstrass

import (
	"crypto/sha256"
	"hash"
)

// nonces is the generator of RFC 6979, section 3.2, with HMAC-SHA-256, for a group
// order of 256 bits. HMAC is spelled out here because crypto/hmac keeps its key
// where nobody can wipe it.
type nonces struct {
	hash  hash.Hash // SHA-256, given by who makes the generator
	k, v  [sha256.Size]byte
	inner [sha256.Size]byte
	pad   [sha256.BlockSize]byte
	tag   [1]byte // what the RFC puts between v and the rest
	begun bool    // an output was taken
}

// init seeds the generator with the private key and the digest reduced modulo the
// group order, 32 bytes each, and with additional data where there is some (section
// 3.6 of the RFC).
func (n *nonces) init(private, digest, extra []byte) {
	for i := range n.v {
		n.v[i] = 1
	}
	n.tag[0] = 0
	n.mac(&n.k, n.v[:], n.tag[:], private, digest, extra)
	n.mac(&n.v, n.v[:])
	n.tag[0] = 1
	n.mac(&n.k, n.v[:], n.tag[:], private, digest, extra)
	n.mac(&n.v, n.v[:])
}

// next gives the next output. It may be out of range; the one after it is then the
// next candidate, as the RFC says.
func (n *nonces) next(dst *[sha256.Size]byte) {
	if n.begun {
		n.tag[0] = 0
		n.mac(&n.k, n.v[:], n.tag[:])
		n.mac(&n.v, n.v[:])
	}
	n.begun = true
	n.mac(&n.v, n.v[:])
	*dst = n.v
}

// mac is HMAC (RFC 2104) under n.k. dst may be n.k or part of data.
func (n *nonces) mac(dst *[sha256.Size]byte, data ...[]byte) {
	n.begin(0x36)
	for _, d := range data {
		n.hash.Write(d)
	}
	n.hash.Sum(n.inner[:0])
	n.begin(0x5c)
	n.hash.Write(n.inner[:])
	n.hash.Sum(dst[:0])
}

// begin starts a hash with the key, padded.
func (n *nonces) begin(pad byte) {
	for i := range n.pad {
		n.pad[i] = pad
	}
	for i, b := range n.k {
		n.pad[i] ^= b
	}
	n.hash.Reset()
	n.hash.Write(n.pad[:])
}

// wipe forgets everything. The hash keeps the last bytes written in a buffer that
// Reset leaves alone: a block that comes in two pieces overwrites all of it.
func (n *nonces) wipe() {
	*n = nonces{hash: n.hash}
	n.hash.Reset()
	n.hash.Write(n.pad[:1])
	n.hash.Write(n.pad[1:])
	n.hash.Reset()
}
