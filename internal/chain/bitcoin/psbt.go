package bitcoin

import (
	"bytes"
	"slices"

	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/fault"
)

const psbtMagic = "psbt\xff"

const (
	maxPairs     = 50_000 // key-value pairs of a PSBT
	sizeOfScript = 10_000 // bytes of a script, by consensus
)

// pair is an entry of a map of a PSBT. The first byte of key is its type (types of more
// than one byte are not in use).
type pair struct{ key, value []byte }

// fields is one map of a PSBT.
type fields []pair

// packet is a PSBT of version 0 (BIP-174).
type packet struct {
	tx      *wire.MsgTx
	global  fields
	inputs  []fields
	outputs []fields
}

// get is the value of the key that is a type alone, nil if it is not there.
func (f fields) get(kind byte) []byte { return f.of(kind, nil) }

// of is the value of a type and its key data, nil if it is not there.
func (f fields) of(kind byte, data []byte) []byte {
	for i := range f {
		if key := f[i].key; key[0] == kind && bytes.Equal(key[1:], data) {
			return f[i].value
		}
	}
	return nil
}

// with is f with a pair more, at its place. It is a map of its own.
func (f fields) with(kind byte, data, value []byte) fields {
	key := append([]byte{kind}, data...)
	at, _ := slices.BinarySearchFunc(f, key, func(p pair, key []byte) int { return bytes.Compare(p.key, key) })
	return slices.Insert(slices.Clone(f), at, pair{key, value})
}

// parsePacket reads a PSBT, which it shares memory with. If sorted, keys must
// be in ascending order; otherwise they are sorted here.
func (c *Chain) parsePacket(payload []byte, sorted bool) (*packet, error) {
	r := reader{rest: payload}
	if string(r.take(len(psbtMagic))) != psbtMagic {
		return nil, fault.InvalidPayload.New("this is no PSBT")
	}
	pairs := 0
	global, err := readFields(&r, "the global map", sorted, &pairs)
	if err != nil {
		return nil, err
	}
	if version := global.get(globalVersion); version != nil && !bytes.Equal(version, make([]byte, 4)) {
		return nil, fault.Unsupported.New("PSBT of another version than 0")
	}
	raw := global.get(globalUnsigned)
	if raw == nil {
		return nil, fault.InvalidPayload.New("the PSBT has no unsigned transaction")
	}
	p := &packet{global: global}
	if p.tx, err = c.parseUnsigned(raw); err != nil {
		return nil, err
	}
	maps := make([]fields, len(p.tx.TxIn)+len(p.tx.TxOut))
	for i := range maps {
		if maps[i], err = readFields(&r, "the map of an input or output", sorted, &pairs); err != nil {
			return nil, err
		}
	}
	if len(r.rest) > 0 {
		return nil, fault.InvalidPayload.New("bytes after the end of the PSBT")
	}
	p.inputs, p.outputs = maps[:len(p.tx.TxIn):len(p.tx.TxIn)], maps[len(p.tx.TxIn):]
	return p, p.checkFields()
}

// readFields reads one map.
func readFields(r *reader, what string, sorted bool, pairs *int) (fields, error) {
	var f fields
	for {
		key := r.bytes()
		if len(key) == 0 {
			break
		}
		if *pairs++; *pairs > maxPairs {
			return nil, fault.TooLarge.New("a PSBT of more than %d entries", maxPairs)
		}
		f = append(f, pair{key, r.bytes()})
	}
	if r.bad {
		return nil, fault.InvalidPayload.New("the PSBT is cut off or damaged in %s", what)
	}
	if !sorted {
		slices.SortFunc(f, func(a, b pair) int { return bytes.Compare(a.key, b.key) })
	}
	for i := 1; i < len(f); i++ {
		switch bytes.Compare(f[i-1].key, f[i].key) {
		case 0:
			return nil, fault.InvalidPayload.New("a key stands twice in %s of the PSBT", what)
		case 1:
			return nil, fault.InvalidPayload.New("the keys in %s of the PSBT are not in ascending order", what)
		}
	}
	return f, nil
}

// encode writes the PSBT.
func (p *packet) encode() []byte {
	b := p.global.append([]byte(psbtMagic))
	for _, f := range p.inputs {
		b = f.append(b)
	}
	for _, f := range p.outputs {
		b = f.append(b)
	}
	return b
}

func (f fields) append(b []byte) []byte {
	for _, p := range f {
		b = appendBytes(appendBytes(b, p.key), p.value)
	}
	return append(b, 0)
}

// newPacket is a PSBT of an unsigned transaction, with what its inputs spend where
// that is known: amounts and scripts stand in spent, one for each input.
func newPacket(tx *wire.MsgTx, spent []wire.TxOut) *packet {
	p := &packet{
		tx:      tx,
		global:  fields{{[]byte{globalUnsigned}, appendUnsigned(nil, tx)}},
		inputs:  make([]fields, len(tx.TxIn)),
		outputs: make([]fields, len(tx.TxOut)),
	}
	for i, out := range spent {
		p.inputs[i] = fields{{[]byte{inWitnessUTXO}, encodeOutput(out.Value, out.PkScript)}}
	}
	return p
}
