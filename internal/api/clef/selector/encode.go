package selector

import (
	"encoding/binary"

	"strongroom/internal/api/clef/wire"
)

// appendSequence encodes values one behind the other: their heads, and then the tails
// that the heads point at, in the same order.
func appendSequence(b []byte, types []*abiType, list []value) []byte {
	heads := 0
	for _, t := range types {
		heads += t.words
	}
	return appendHeads(b, heads, len(list), func(i int) (*abiType, *value) { return types[i], &list[i] })
}

// appendRepeated encodes values of one type.
func appendRepeated(b []byte, t *abiType, list []value) []byte {
	return appendHeads(b, t.words*len(list), len(list), func(i int) (*abiType, *value) { return t, &list[i] })
}

func appendHeads(b []byte, heads, n int, at func(int) (*abiType, *value)) []byte {
	start := len(b)
	b = append(b, make([]byte, heads*wordSize)...)
	place := start
	for i := range n {
		t, v := at(i)
		if t.dynamic {
			binary.BigEndian.PutUint64(b[place+wordSize-8:], uint64(len(b)-start))
			b = appendTail(b, t, v)
		} else {
			putStatic(b[place:place:len(b)], t, v)
		}
		place += t.words * wordSize
	}
	return b
}

// putStatic writes a value without dynamic parts over the room that b has.
func putStatic(b []byte, t *abiType, v *value) []byte {
	switch t.kind {
	case tupleKind:
		for i, f := range t.fields {
			b = putStatic(b, f, &v.list[i])
		}
		return b
	case arrayKind:
		for i := range v.list {
			b = putStatic(b, t.elem, &v.list[i])
		}
		return b
	}
	w := v.word
	switch t.kind {
	case addressKind:
		clear(w[:12])
	case fixedKind:
		clear(w[t.size:])
	}
	return append(b, w[:]...)
}

// appendTail encodes a value that has dynamic parts.
func appendTail(b []byte, t *abiType, v *value) []byte {
	switch t.kind {
	case tupleKind:
		return appendSequence(b, t.fields, v.list)
	case arrayKind:
		return appendRepeated(b, t.elem, v.list)
	case sliceKind:
		return appendRepeated(appendLength(b, len(v.list)), t.elem, v.list)
	}
	b = append(appendLength(b, len(v.data)), v.data...)
	return append(b, make([]byte, -len(v.data)&(wordSize-1))...)
}

func appendLength(b []byte, n int) []byte {
	var w [wordSize]byte
	binary.BigEndian.PutUint64(w[wordSize-8:], uint64(n))
	return append(b, w[:]...)
}

// appendText writes a value as the peer shows it: numbers in decimal, addresses with the
// capitals of EIP-55, bytes as a list of numbers.
func appendText(b []byte, t *abiType, v *value) []byte {
	switch t.kind {
	case uintKind:
		return bigOf(v.word[:]).Append(b, 10)
	case intKind:
		return signed(v.word[:]).Append(b, 10)
	case boolKind:
		if v.word[wordSize-1] == 1 {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case addressKind:
		return append(b, wire.Checksummed([20]byte(v.word[12:]))...)
	case stringKind:
		return append(b, v.data...)
	case bytesKind:
		return appendNumbers(b, v.data)
	case fixedKind:
		return appendNumbers(b, v.word[:t.size])
	case functionKind:
		return appendNumbers(b, v.word[:24])
	}
	opening, closing := byte('['), byte(']')
	if t.kind == tupleKind {
		opening, closing = '{', '}'
	}
	b = append(b, opening)
	for i := range v.list {
		elem := t.elem
		if t.kind == tupleKind {
			elem = t.fields[i]
		}
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendText(b, elem, &v.list[i])
	}
	return append(b, closing)
}
