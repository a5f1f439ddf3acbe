//go:build cgo

package weierstrass

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"testing"
)

// libsecp256k1 and the path in pure Go give the same bytes, recovery id included.
func TestBothImplementationsAgree(t *testing.T) {
	s := New(rand.Reader)
	seed := make([]byte, 32)
	rand.Read(seed)
	const workers = 4
	var group sync.WaitGroup
	for first := range workers {
		group.Go(func() {
			for i := first; i < crossChecks; i += workers {
				compare(t, s, binary.BigEndian.AppendUint64(seed[:32:32], uint64(i)), i%16 == 0)
			}
		})
	}
	group.Wait()
}

// compare signs with both. A digest of ones is not below the group order.
func compare(t *testing.T, s *Signer, seed []byte, ones bool) {
	private := sha256.Sum256(seed)
	digest := sha256.Sum256(private[:])
	if ones {
		copy(digest[:], bytes.Repeat([]byte{0xff}, 16))
	}
	var a, b [64]byte
	idA, errA := s.signSecp256k1(&a, private[:], digest[:])
	idB, errB := s.signPortable(&b, private[:], digest[:], plain)
	if errA != nil || errB != nil || a != b || idA != idB {
		t.Errorf("key %x, digest %x: libsecp256k1 %x %d %v, pure Go %x %d %v", private, digest, a, idA, errA, b, idB, errB)
	}
}
