package bitcoin

import (
	"bytes"
	"sync/atomic"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// outputKeys finds the keys that taproot outputs pay to, and remembers those that were
// used lately: the tweak of BIP-341 takes longer than all the rest of decoding a
// transaction, and is the same every time. Whether it is remembered changes no answer.
// It holds public data only, and is safe for concurrent use.
type outputKeys struct {
	slots [256]atomic.Pointer[tweaked]
}

// tweaked is an internal key, the root of its tree of scripts (nil for none), and what
// follows from both. It never changes.
type tweaked struct {
	internal     curve.PublicKey
	root, output []byte
}

// of is the x coordinate of the key that a taproot output pays to: internal, tweaked
// with the root of the script tree, if there is one (BIP-341). The result is shared, and
// not to be written to. Errors are fault.Invalid.
func (m *outputKeys) of(internal curve.PublicKey, root []byte) ([]byte, error) {
	if internal.Algorithm() != curve.Secp256k1 {
		return nil, fault.Invalid.New("a key of algorithm %s has no taproot output", internal.Algorithm())
	}
	var space [compressedSize]byte
	at := internal.AppendTo(space[:0])[compressedSize-1]
	if len(root) > 0 {
		at ^= root[len(root)-1]
	}
	slot := &m.slots[at]
	if known := slot.Load(); known != nil && known.internal == internal && bytes.Equal(known.root, root) {
		return known.output, nil
	}
	output, err := internal.Taproot(root)
	if err != nil {
		return nil, err
	}
	slot.Store(&tweaked{internal, bytes.Clone(root), output})
	return output, nil
}
