package cardano

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"strongroom/internal/fault"
)

// The major types of CBOR (RFC 8949, section 3.1).
const (
	majorUint  = 0
	majorInt   = 1 // negative
	majorBytes = 2
	majorText  = 3
	majorArray = 4
	majorMap   = 5
	majorTag   = 6
	majorOther = 7
)

const (
	cborFalse = 0xf4
	cborTrue  = 0xf5
	cborNull  = 0xf6
	cborBreak = 0xff
	maxDepth  = 64
)

// What can be wrong with the encoding.
var (
	errEnd    = fault.InvalidPayload.New("cbor: the data end too early")
	errRest   = fault.InvalidPayload.New("cbor: data behind the end")
	errHead   = fault.InvalidPayload.New("cbor: a head that the standard does not allow")
	errType   = fault.InvalidPayload.New("cbor: an item of another type than wanted")
	errDepth  = fault.InvalidPayload.New("cbor: nested deeper than %d", maxDepth)
	errText   = fault.InvalidPayload.New("cbor: text that is not UTF-8")
	errCount  = fault.InvalidPayload.New("cbor: more or fewer items than wanted")
	errTwice  = fault.InvalidPayload.New("cbor: a map with a key twice")
	errNumber = fault.InvalidPayload.New("cbor: a number that is out of range")
)

// reader reads CBOR (RFC 8949) item by item. Its first error sticks, and what is read
// after it is zero. It takes definite and indefinite lengths and heads of any width,
// as the ledger does: what is signed are the bytes themselves. Slices that it gives
// share the memory of what is read. Nothing is allocated for what is only announced.
type reader struct {
	data []byte
	at   int
	err  error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// end gives the first error, or one if there are data left.
func (r *reader) end() error {
	if r.err == nil && r.at < len(r.data) {
		r.err = errRest
	}
	return r.err
}

// peek is the first byte of the next item, 0 where there is none.
func (r *reader) peek() byte {
	if r.err != nil || r.at >= len(r.data) {
		r.fail(errEnd)
		return 0
	}
	return r.data[r.at]
}

func (r *reader) major() byte { return r.peek() >> 5 }

// head takes the head of an item. indefinite is true for lengths that are not said.
func (r *reader) head() (major byte, n uint64, indefinite bool) {
	first := r.peek()
	if r.err != nil {
		return 0, 0, false
	}
	r.at++
	major, low := first>>5, first&31
	switch {
	case low < 24:
		return major, uint64(low), false
	case low <= 27:
		size := 1 << (low - 24)
		if len(r.data)-r.at < size {
			r.fail(errEnd)
			return 0, 0, false
		}
		var wide [8]byte
		copy(wide[8-size:], r.data[r.at:r.at+size])
		r.at += size
		return major, binary.BigEndian.Uint64(wide[:]), false
	case low == 31 && major >= majorBytes && major <= majorMap:
		return major, 0, true
	}
	r.fail(errHead)
	return 0, 0, false
}

func (r *reader) expect(want byte) (n uint64, indefinite bool) {
	if r.major() != want {
		r.fail(errType)
		return 0, false
	}
	_, n, indefinite = r.head()
	return n, indefinite
}

func (r *reader) uint() uint64 {
	n, _ := r.expect(majorUint)
	return n
}

// signed takes a number of at most 64 bits and its sign.
func (r *reader) signed() (n uint64, negative bool) {
	if r.major() == majorInt {
		_, n, _ = r.head()
		if n == 1<<64-1 {
			r.fail(errNumber)
			return 0, false
		}
		return n + 1, true
	}
	return r.uint(), false
}

// bytes takes a byte string, whose chunks are joined.
func (r *reader) bytes() []byte { return r.chunks(majorBytes) }

func (r *reader) text() string {
	b := r.chunks(majorText)
	if !utf8.Valid(b) {
		r.fail(errText)
		return ""
	}
	return string(b)
}

func (r *reader) chunks(major byte) []byte {
	n, indefinite := r.expect(major)
	if !indefinite {
		return r.take(n)
	}
	all := []byte{}
	for r.err == nil {
		if r.peek() == cborBreak {
			r.at++
			return all
		}
		n, again := r.expect(major)
		if again {
			r.fail(errHead)
		}
		all = append(all, r.take(n)...)
	}
	return nil
}

func (r *reader) take(n uint64) []byte {
	if r.err != nil {
		return nil
	}
	if n > uint64(len(r.data)-r.at) {
		r.fail(errEnd)
		return nil
	}
	b := r.data[r.at : r.at+int(n)]
	r.at += int(n)
	return b
}

// fixed takes a byte string of one size.
func (r *reader) fixed(size int) []byte {
	b := r.bytes()
	if r.err == nil && len(b) != size {
		r.fail(fault.InvalidPayload.New("cbor: a byte string of %d bytes, not %d", len(b), size))
		return nil
	}
	return b
}

// list is an array or a map that is being read.
type list struct {
	r          *reader
	left       uint64
	indefinite bool
	done       bool
}

func (r *reader) array() list {
	n, indefinite := r.expect(majorArray)
	return list{r: r, left: n, indefinite: indefinite}
}

func (r *reader) mapping() list {
	n, indefinite := r.expect(majorMap)
	return list{r: r, left: n, indefinite: indefinite}
}

// set takes an array with or without the tag of sets (CIP-21; Conway's CDDL).
func (r *reader) set() list {
	if r.major() == majorTag {
		r.tag(tagSet)
	}
	return r.array()
}

// tag takes a tag that must be want.
func (r *reader) tag(want uint64) {
	if n, _ := r.expect(majorTag); n != want {
		r.fail(errType)
	}
}

// more reports whether there is another item (or entry of a map), and moves on to it.
func (l *list) more() bool {
	switch {
	case l.r.err != nil || l.done:
		return false
	case l.indefinite:
		if l.r.peek() == cborBreak {
			l.r.at++
			l.done = true
			return false
		}
		return l.r.err == nil
	case l.left == 0:
		l.done = true
		return false
	}
	l.left--
	return true
}

// next demands another item, for arrays whose members have a place.
func (l *list) next() *reader {
	if !l.more() {
		l.r.fail(errCount)
	}
	return l.r
}

// end demands that there are no more items.
func (l *list) end() {
	if l.more() {
		l.r.fail(errCount)
	}
}

// null takes a null, if there is one.
func (r *reader) null() bool {
	if r.peek() != cborNull {
		return false
	}
	r.at++
	return r.err == nil
}

// boolean takes true or false.
func (r *reader) boolean() bool {
	b := r.peek()
	if b != cborTrue && b != cborFalse {
		r.fail(errType)
		return false
	}
	r.at++
	return b == cborTrue
}

// raw takes any item and gives its bytes. It is checked to be well-formed and to have no
// map with a key twice.
func (r *reader) raw() []byte {
	from := r.at
	r.skip(0)
	if r.err != nil {
		return nil
	}
	return r.data[from:r.at]
}

func (r *reader) skip(depth int) {
	if depth > maxDepth {
		r.fail(errDepth)
		return
	}
	switch r.major() {
	case majorUint, majorInt:
		r.head()
	case majorBytes:
		r.bytes()
	case majorText:
		r.text()
	case majorArray:
		for l := r.array(); l.more(); {
			r.skip(depth + 1)
		}
	case majorMap:
		var seen keys
		for l := r.mapping(); l.more(); {
			from := r.at
			r.skip(depth + 1)
			if r.err != nil || !seen.add(r.data[from:r.at]) {
				r.fail(errTwice)
				return
			}
			r.skip(depth + 1)
		}
	case majorTag:
		r.head()
		r.skip(depth + 1)
	default:
		first := r.peek()
		_, n, _ := r.head()
		if first&31 == 24 && n < 32 {
			r.fail(errHead) // a simple value in two bytes where one is enough
		}
	}
}

// keys are the keys of a map so far. Two spellings of one key count as two here: the
// places that give keys a meaning compare their values.
type keys struct{ seen map[string]struct{} }

func (k *keys) add(key []byte) bool {
	if k.seen == nil {
		k.seen = map[string]struct{}{}
	}
	if _, twice := k.seen[string(key)]; twice {
		return false
	}
	k.seen[string(bytes.Clone(key))] = struct{}{}
	return true
}

// appendHead appends the shortest head.
func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major<<5|byte(n))
	case bits.Len64(n) <= 8:
		return append(b, major<<5|24, byte(n))
	case bits.Len64(n) <= 16:
		return binary.BigEndian.AppendUint16(append(b, major<<5|25), uint16(n))
	case bits.Len64(n) <= 32:
		return binary.BigEndian.AppendUint32(append(b, major<<5|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major<<5|27), n)
}

func appendBytes(b, content []byte) []byte {
	return append(appendHead(b, majorBytes, uint64(len(content))), content...)
}

func appendText(b []byte, text string) []byte {
	return append(appendHead(b, majorText, uint64(len(text))), text...)
}
