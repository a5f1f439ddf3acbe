package solidity

import (
	"math/big"
	"strconv"
	"strings"
	"time"
)

// word is the size of everything that stands in a head.
const word = 32

// kind is what a type is made of.
type kind uint8

const (
	kindUint    kind = iota // bits wide
	kindInt                 // bits wide, two's complement
	kindAddress             // a uint160
	kindBool                // 0 or 1
	kindFixed               // bytesN: bits/8 bytes, then zeros
	kindBytes               // bytes and string
	kindArray               // T[] or T[n]
	kindTuple
)

// shape is a type of the ABI.
type shape struct {
	kind    kind
	bits    int     // of numbers, and of bytesN
	count   int     // of T[n]; -1 for T[]
	parts   []shape // the members of a tuple, the one element of an array
	dynamic bool    // its head is an offset to a tail
	head    int     // bytes in the head of what it is part of
}

// value is a decoded argument. It shares the memory of the call data.
type value struct {
	b    []byte  // the word of a static type; the content of bytes and strings
	list []value // of arrays and tuples
}

// decode reads the arguments of a function by its signature. ok is false unless
// data is the one canonical encoding of them, but for the byte before addresses that
// [Caller.Prefix] allows.
func (d decoder) decode(signature string, data []byte) (arguments []value, ok bool) {
	s, ok := shapeOf(signature)
	if !ok {
		return nil, false
	}
	list, used, ok := d.sequence(s.parts, len(s.parts), data)
	if !ok || used != len(data) {
		return nil, false
	}
	return list, true
}

// decoder reads values. prefix is the byte that may stand before an address.
type decoder struct{ prefix byte }

// shapeOf is the tuple of the arguments of a function.
func shapeOf(signature string) (shape, bool) {
	_, types, _ := strings.Cut(signature, "(")
	s, rest, ok := parseTuple(types)
	return s, ok && rest == ""
}

// parseTuple reads the members of a tuple behind its opening bracket.
func parseTuple(text string) (s shape, rest string, ok bool) {
	s = shape{kind: kindTuple, parts: make([]shape, 0, strings.Count(text, ",")+1)}
	if strings.HasPrefix(text, ")") {
		return s, text[1:], true
	}
	for {
		part, rest, ok := parseType(text)
		if !ok || rest == "" {
			return s, "", false
		}
		s.parts = append(s.parts, part)
		s.dynamic = s.dynamic || part.dynamic
		s.head += part.head
		text = rest[1:]
		if rest[0] == ')' {
			if s.dynamic {
				s.head = word
			}
			return s, text, true
		}
		if rest[0] != ',' {
			return s, "", false
		}
	}
}

// parseType reads one type with its array suffixes.
func parseType(text string) (s shape, rest string, ok bool) {
	if strings.HasPrefix(text, "(") {
		s, rest, ok = parseTuple(text[1:])
	} else {
		end := strings.IndexAny(text, ",)[")
		if end < 0 {
			return s, "", false
		}
		s, ok = elementary(text[:end])
		rest = text[end:]
	}
	for ok && strings.HasPrefix(rest, "[") {
		length, after, closed := strings.Cut(rest[1:], "]")
		array := shape{kind: kindArray, count: -1, parts: []shape{s}, dynamic: true, head: word}
		if length != "" {
			n, err := strconv.Atoi(length)
			if err != nil || n <= 0 {
				return s, "", false
			}
			array.count, array.dynamic = n, s.dynamic
			if !s.dynamic {
				array.head = n * s.head
			}
		}
		s, rest, ok = array, after, closed
	}
	return s, rest, ok
}

// elementary is a type without parts. It serves for the signatures of this
// package, so that it need not refuse widths that no compiler knows.
func elementary(name string) (shape, bool) {
	end := 0
	for end < len(name) && (name[end] < '0' || name[end] > '9') {
		end++
	}
	base, bits := name[:end], 0
	if end < len(name) {
		var err error
		if bits, err = strconv.Atoi(name[end:]); err != nil || bits <= 0 || bits > 256 {
			return shape{}, false
		}
	}
	s := shape{bits: bits, head: word}
	switch {
	case base == "uint" && bits != 0:
		s.kind = kindUint
	case base == "int" && bits != 0:
		s.kind = kindInt
	case base == "bytes" && bits != 0:
		s.kind, s.bits = kindFixed, 8*bits
	case name == "address":
		s.kind, s.bits = kindAddress, 160
	case name == "bool":
		s.kind = kindBool
	case name == "bytes" || name == "string":
		s.kind, s.dynamic = kindBytes, true
	default:
		return s, false
	}
	return s, s.bits <= 256
}

// sequence reads n values, of the types in parts again and again, from the start of
// data: their heads, then the tails in the same order, without gaps. used is how
// many bytes they take.
func (d decoder) sequence(parts []shape, n int, data []byte) (list []value, used int, ok bool) {
	for i := range min(n, len(parts)) {
		used += parts[i].head
	}
	if len(parts) == 1 {
		used = n * parts[0].head // n was checked against the size of data
	}
	if used > len(data) {
		return nil, 0, false
	}
	list = make([]value, n)
	at := 0
	for i := range list {
		part := &parts[i%len(parts)]
		if part.dynamic {
			offset, small := number(data[at : at+word])
			if !small || offset != used {
				return nil, 0, false
			}
			v, n, ok := d.single(part, data[used:])
			if !ok {
				return nil, 0, false
			}
			list[i], used, at = v, used+n, at+word
			continue
		}
		v, n, ok := d.single(part, data[at:])
		if !ok {
			return nil, 0, false
		}
		list[i], at = v, at+n
	}
	return list, used, true
}

// single reads one value from the start of data.
func (d decoder) single(s *shape, data []byte) (v value, used int, ok bool) {
	switch s.kind {
	case kindTuple:
		v.list, used, ok = d.sequence(s.parts, len(s.parts), data)
		return v, used, ok
	case kindArray:
		if s.count >= 0 {
			v.list, used, ok = d.sequence(s.parts, s.count, data)
			return v, used, ok
		}
		if len(data) < word {
			return v, 0, false
		}
		// Each element takes at least a word, which bounds the memory spent on them.
		count, small := number(data[:word])
		if !small || count > (len(data)-word)/s.parts[0].head {
			return v, 0, false
		}
		v.list, used, ok = d.sequence(s.parts, count, data[word:])
		return v, used + word, ok
	case kindBytes:
		if len(data) < word {
			return v, 0, false
		}
		size, small := number(data[:word])
		if !small || size > len(data)-word {
			return v, 0, false
		}
		padded := (size + word - 1) / word * word
		if padded > len(data)-word || !zeros(data[word+size:word+padded]) {
			return v, 0, false
		}
		return value{b: data[word : word+size]}, word + padded, true
	}
	if len(data) < word {
		return v, 0, false
	}
	v.b = data[:word]
	return v, word, s.clean(v.b, d.prefix)
}

// clean reports whether the word of a static type has no bits beside the value.
func (s *shape) clean(w []byte, prefix byte) bool {
	spare := word - s.bits/8
	switch s.kind {
	case kindAddress:
		return zeros(w[:spare-1]) && (w[spare-1] == 0 || w[spare-1] == prefix)
	case kindBool:
		return zeros(w[:word-1]) && w[word-1] <= 1
	case kindFixed:
		return zeros(w[s.bits/8:])
	case kindInt:
		sign := byte(0)
		if w[spare%word]&0x80 != 0 {
			sign = 0xff
		}
		for _, b := range w[:spare] {
			if b != sign {
				return false
			}
		}
		return true
	}
	return zeros(w[:spare])
}

// number is a word as an int, where it is small enough for offsets and sizes.
func number(w []byte) (n int, ok bool) {
	if !zeros(w[:word-4]) || w[word-4]&0x80 != 0 {
		return 0, false
	}
	return int(w[28])<<24 | int(w[29])<<16 | int(w[30])<<8 | int(w[31]), true
}

func zeros(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// address is the value of type address.
func (v value) address() [20]byte { return [20]byte(v.b[12:word]) }

// isZero reports whether a word is zero.
func (v value) isZero() bool { return zeros(v.b) }

// decimal is the value of an unsigned type as decimal text.
func (v value) decimal() string { return decimal(v.b) }

func decimal(w []byte) string {
	if zeros(w[:word-8]) {
		var n uint64
		for _, b := range w[word-8:] {
			n = n<<8 | uint64(b)
		}
		return strconv.FormatUint(n, 10)
	}
	return new(big.Int).SetBytes(w).String()
}

// isMax reports whether an unsigned number has all its bits set.
func (v value) isMax(bits int) bool {
	for _, b := range v.b[word-bits/8:] {
		if b != 0xff {
			return false
		}
	}
	return true
}

// lastYear is the end of the year 9999, after which times have no usual text.
const lastYear = 253402300799

// until is a time in seconds since 1970 as effects name it, "" where it is so late
// that it means never.
func (v value) until() string {
	if !zeros(v.b[:word-8]) {
		return ""
	}
	var n uint64
	for _, b := range v.b[word-8:] {
		n = n<<8 | uint64(b)
	}
	if n > lastYear {
		return ""
	}
	return time.Unix(int64(n), 0).UTC().Format(time.RFC3339)
}
