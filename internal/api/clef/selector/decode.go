package selector

import (
	"encoding/binary"
	"math/big"

	"strongroom/internal/fault"
)

// wordSize is the unit of the ABI, in bytes.
const wordSize = 32

// value is a decoded value: word of elementary types, data of strings and bytes, list of
// arrays and tuples.
type value struct {
	word [wordSize]byte
	data []byte
	list []value
}

// decoder reads call data as the peer does: leniently, wherever offsets point. What it
// makes has to be encoded again and compared. left bounds the words that it looks at,
// because offsets may point at the same bytes many times over; an honest encoding has
// each word once.
type decoder struct{ left int }

// decode reads arguments. Errors: fault.Invalid with the peer's texts, and errCostly.
func decode(types []*abiType, data []byte) ([]value, error) {
	d := decoder{left: 4*(len(data)/wordSize) + 64}
	return d.sequence(types, data)
}

var errCostly = fault.Invalid.New("the data point at themselves many times over")

// sequence reads values whose heads follow each other at the beginning of data, which is
// also what offsets count from.
func (d *decoder) sequence(types []*abiType, data []byte) (list []value, err error) {
	list = make([]value, len(types))
	at := 0
	for i, t := range types {
		if list[i], err = d.single(t, data, at); err != nil {
			return nil, err
		}
		at += t.words * wordSize
	}
	return list, nil
}

// repeat reads n values of one type.
func (d *decoder) repeat(t *abiType, data []byte, n int) (list []value, err error) {
	if need := uint64(n) * uint64(t.words) * wordSize; n > len(data)/wordSize || need > uint64(len(data)) {
		return nil, fault.Invalid.New("abi: cannot marshal into go array: offset %d would go over slice boundary (len=%d)",
			uint64(n)*wordSize, len(data))
	}
	list = make([]value, n)
	for i := range list {
		if list[i], err = d.single(t, data, i*t.words*wordSize); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// single reads the value whose head is at a place.
func (d *decoder) single(t *abiType, data []byte, at int) (v value, err error) {
	if at+wordSize > len(data) {
		return v, fault.Invalid.New("abi: cannot marshal in to go type: length insufficient %d require %d", len(data), at+wordSize)
	}
	if t.kind != tupleKind && t.kind != arrayKind || t.dynamic {
		if d.left--; d.left < 0 {
			return v, errCostly
		}
	}
	head := data[at : at+wordSize]
	switch t.kind {
	case tupleKind, arrayKind:
		within := data[at:]
		if t.dynamic {
			offset, ok := number(head)
			if t.kind == arrayKind && (!ok || offset > len(data)) {
				return v, fault.Invalid.New("abi: toGoType offset greater than output length: offset: %d, len(output): %d", bigOf(head), len(data))
			}
			if !ok || offset > len(data) {
				return v, fault.Invalid.New("abi: cannot marshal in to go slice: offset %v would go over slice boundary (len=%d)", bigOf(head), len(data))
			}
			within = data[offset:]
		}
		if t.kind == tupleKind {
			v.list, err = d.sequence(t.fields, within)
		} else {
			v.list, err = d.repeat(t.elem, within, t.size)
		}
		return v, err
	case stringKind, bytesKind, sliceKind:
		return d.tail(t, data, head)
	}
	v.word = [wordSize]byte(head)
	return v, checkWord(t, head)
}

// tail reads what has its length where its head points.
func (d *decoder) tail(t *abiType, data, head []byte) (v value, err error) {
	offset, ok := number(head)
	if !ok || offset+wordSize > len(data) {
		end := bigOf(head)
		return v, fault.Invalid.New("abi: cannot marshal in to go slice: offset %v would go over slice boundary (len=%d)",
			end.Add(end, big.NewInt(wordSize)), len(data))
	}
	length, within := data[offset:offset+wordSize], data[offset+wordSize:]
	n, ok := number(length)
	if !ok || n > len(within) {
		end := bigOf(length)
		end.Add(end, big.NewInt(int64(offset+wordSize)))
		if end.BitLen() > 63 {
			return v, fault.Invalid.New("abi: length larger than int64: %v", end)
		}
		return v, fault.Invalid.New("abi: cannot marshal in to go type: length insufficient %d require %v", len(data), end)
	}
	if t.kind == sliceKind {
		if d.left--; d.left < 0 {
			return v, errCostly
		}
		v.list, err = d.repeat(t.elem, within, n)
		return v, err
	}
	if d.left -= 1 + n/wordSize; d.left < 0 {
		return v, errCostly
	}
	v.data = within[:n]
	return v, nil
}

// checkWord refuses words that are no value of a type. What is only padded with other
// bytes than zeros is found when it is encoded again.
func checkWord(t *abiType, w []byte) error {
	switch t.kind {
	case boolKind:
		if n, ok := number(w); !ok || n > 1 {
			return fault.Invalid.New("abi: improperly encoded boolean value")
		}
	case functionKind:
		if binary.BigEndian.Uint64(w[24:]) != 0 {
			return fault.Invalid.New("abi: got improperly encoded function type, got %v", w)
		}
	case uintKind:
		if bigOf(w).BitLen() > t.size {
			return fault.Invalid.New("abi: improperly encoded uint%d value", t.size)
		}
	case intKind:
		n := signed(w)
		if n.Sign() < 0 {
			n.Not(n)
		}
		if n.BitLen() >= t.size {
			return fault.Invalid.New("abi: improperly encoded int%d value", t.size)
		}
	}
	return nil
}

// number is a word as a number of 31 bits, which is more than there are data.
func number(w []byte) (n int, ok bool) {
	for _, b := range w[:wordSize-4] {
		if b != 0 {
			return 0, false
		}
	}
	u := binary.BigEndian.Uint32(w[wordSize-4:])
	return int(u), u < 1<<31
}

func bigOf(w []byte) *big.Int { return new(big.Int).SetBytes(w) }

// signed is a word in two's complement.
func signed(w []byte) *big.Int {
	n := bigOf(w)
	if w[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 8*wordSize))
	}
	return n
}
