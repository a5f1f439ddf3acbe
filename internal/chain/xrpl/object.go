package xrpl

import (
	"bytes"

	"strongroom/internal/fault"
)

// Sizes in bytes.
const (
	accountSize  = 20
	issuanceSize = 24 // a sequence number and the issuer's account
	hashSize     = 32
)

// Bounds of what is read; those of the network are lower.
const (
	maxDepth    = 10  // objects and arrays inside of each other
	maxElements = 512 // of an array or vector
)

var errShort = fault.InvalidPayload.New("the payload ends in the middle of a field")

// object is a serialized object (xrpl.org, "Serialization Format") that was found
// to be in its one canonical form: fields in the order of their codes, each at most
// once, headers and lengths in their shortest form, amounts and numbers normalised.
type object struct {
	raw    []byte
	values []value
}

// value is a field of an object: raw[start:end] with header, length and end marker,
// raw[data:dataEnd] without them.
type value struct {
	code                      fieldCode
	start, data, dataEnd, end uint32
}

// parseObject reads an object that is all of raw, and its inner objects with it.
func parseObject(raw []byte) (object, error) {
	o := object{raw: raw, values: make([]value, 0, 20)}
	end, err := readFields(raw, 0, 0, func(v value) { o.values = append(o.values, v) })
	if err == nil && end != len(raw) {
		err = fault.InvalidPayload.New("an end marker outside of an inner object")
	}
	return o, err
}

// innerObject indexes the contents of an object inside of one that was read.
func innerObject(contents []byte) object {
	o := object{raw: contents}
	_, _ = readFields(contents, 0, 1, func(v value) { o.values = append(o.values, v) })
	return o
}

// find gives the contents of a field; false: it is not there.
func (o *object) find(c fieldCode) ([]byte, bool) {
	for i := range o.values {
		if v := &o.values[i]; v.code == c {
			return o.raw[v.data:v.dataEnd], true
		}
	}
	return nil, false
}

func (o *object) has(c fieldCode) bool {
	_, ok := o.find(c)
	return ok
}

// bytes gives the contents of a field, nil where it is absent.
func (o *object) bytes(c fieldCode) []byte {
	b, _ := o.find(c)
	return b
}

// uint gives a field of up to 64 bits, 0 where it is absent.
func (o *object) uint(c fieldCode) (n uint64) {
	for _, b := range o.bytes(c) {
		n = n<<8 | uint64(b)
	}
	return n
}

// element is an object inside of an array.
type element struct {
	code   fieldCode
	object object
}

// elements lists an array that was read.
func (o *object) elements(c fieldCode) (all []element) {
	contents := o.bytes(c)
	for len(contents) > 0 {
		code, size, err := readHeader(contents)
		if err != nil {
			break
		}
		end, err := readFields(contents, size, 1, func(value) {})
		if err != nil {
			break
		}
		all = append(all, element{code, innerObject(contents[size:end])})
		contents = contents[end+1:]
	}
	return all
}

// readFields reads fields from pos to the end of b or to an end marker, and gives
// where that is.
func readFields(b []byte, pos, depth int, keep func(value)) (end int, err error) {
	if depth > maxDepth {
		return 0, fault.InvalidPayload.New("more than %d objects inside of each other", maxDepth)
	}
	var last fieldCode
	for pos < len(b) && !(depth > 0 && b[pos] == endOfObject) {
		v := value{start: uint32(pos)}
		code, size, err := readHeader(b[pos:])
		if err != nil {
			return 0, err
		}
		if code.name() == "" {
			return 0, fault.InvalidPayload.New("unknown field %d of type %d", uint16(code), code.kind())
		}
		if code <= last {
			return 0, fault.InvalidPayload.New("field %s is out of order or repeated", code.name())
		}
		v.code, last = code, code
		if err := v.read(b, pos+size, depth); err != nil {
			return 0, fault.InvalidPayload.Wrap(err, "field %s: %s", code.name(), fault.Text(err))
		}
		keep(v)
		pos = int(v.end)
	}
	return pos, nil
}

// read finds where the contents of a field begin and end, and checks them.
func (v *value) read(b []byte, pos, depth int) error {
	kind := v.code.kind()
	size, tail := fixedSize(kind), 0
	var err error
	switch {
	case isVariable(kind):
		var n int
		if size, n, err = readLength(b[pos:]); err == nil {
			pos += n
		}
	case kind == typeSTObject:
		size, err = readInner(b, pos, depth)
		tail = 1
	case kind == typeSTArray:
		size, err = readArray(b, pos, depth)
		tail = 1
	case kind == typeAmount:
		size, err = amountSize(b[pos:])
	case kind == typeIssue:
		size, err = issueSize(b[pos:])
	case kind == typeXChainBridge:
		size, err = bridgeSize(b[pos:])
	case kind == typePathSet:
		size, err = pathSetSize(b[pos:])
	case size == 0:
		err = fault.InvalidPayload.New("a field of a type without contents")
	}
	if err != nil {
		return err
	}
	if size > len(b)-pos-tail {
		return errShort
	}
	v.data, v.dataEnd, v.end = uint32(pos), uint32(pos+size), uint32(pos+size+tail)
	return v.check(b[pos : pos+size])
}

// check finds whether contents of the right size are in their canonical form.
func (v *value) check(contents []byte) error {
	switch v.code.kind() {
	case typeAmount:
		return checkAmount(contents)
	case typeNumber:
		return checkNumber(contents)
	case typeAccountID:
		if len(contents) != accountSize {
			return fault.InvalidPayload.New("an account of %d bytes, not %d", len(contents), accountSize)
		}
	case typeVector256:
		if len(contents)%hashSize != 0 || len(contents) > maxElements*hashSize {
			return fault.InvalidPayload.New("a vector of %d bytes", len(contents))
		}
	}
	return nil
}

// readInner gives the size of an inner object without its end marker.
func readInner(b []byte, pos, depth int) (int, error) {
	end, err := readFields(b, pos, depth+1, func(value) {})
	if err == nil && end == len(b) {
		err = errShort
	}
	return end - pos, err
}

// readArray gives the size of an array without its end marker.
func readArray(b []byte, pos, depth int) (int, error) {
	start := pos
	for n := 0; ; n++ {
		switch {
		case pos == len(b):
			return 0, errShort
		case b[pos] == endOfArray:
			return pos - start, nil
		case n == maxElements:
			return 0, fault.InvalidPayload.New("more than %d elements", maxElements)
		}
		code, size, err := readHeader(b[pos:])
		if err != nil {
			return 0, err
		}
		if code.kind() != typeSTObject || b[pos] == endOfObject || code.name() == "" {
			return 0, fault.InvalidPayload.New("an element that is no object")
		}
		inner, err := readInner(b, pos+size, depth+1)
		if err != nil {
			return 0, fault.InvalidPayload.Wrap(err, "%s: %s", code.name(), fault.Text(err))
		}
		pos += size + inner + 1
	}
}

// issueSize measures an asset without an amount: nothing but zeros for the native
// one, currency and issuer, or the issuer of a multi-purpose token, account one, and
// the sequence number of its issuance in little-endian order.
func issueSize(b []byte) (int, error) {
	if len(b) < accountSize {
		return 0, errShort
	}
	if isZero(b[:accountSize]) {
		return accountSize, nil
	}
	if len(b) < 2*accountSize {
		return 0, errShort
	}
	switch second := b[accountSize : 2*accountSize]; {
	case isZero(second):
		return 0, fault.InvalidPayload.New("a currency without issuer")
	case string(second) == accountOne:
		return 2*accountSize + 4, nil
	}
	return 2 * accountSize, nil
}

// bridgeSize measures two pairs of an account, with its length, and an asset.
func bridgeSize(b []byte) (int, error) {
	pos := 0
	for range 2 {
		if len(b)-pos < 1+accountSize {
			return 0, errShort
		}
		if b[pos] != accountSize {
			return 0, fault.InvalidPayload.New("an account of %d bytes, not %d", b[pos], accountSize)
		}
		pos += 1 + accountSize
		size, err := issueSize(b[pos:])
		if err != nil {
			return 0, err
		}
		pos += size
	}
	return pos, nil
}

// What a step of a payment's path names (xrpl.org, "Path Specifications").
const (
	stepAccount  = 0x01
	stepCurrency = 0x10
	stepIssuer   = 0x20

	pathsEnd = 0x00
	pathNext = 0xff
)

// pathSetSize measures paths of steps, of which none is empty.
func pathSetSize(b []byte) (int, error) {
	pos, steps, all := 0, 0, 0
	for {
		if pos >= len(b) {
			return 0, errShort
		}
		step := b[pos]
		pos++
		if step == pathsEnd || step == pathNext {
			if steps == 0 {
				return 0, fault.InvalidPayload.New("a path without steps")
			}
			if steps = 0; step == pathsEnd {
				return pos, nil
			}
			continue
		}
		if step&^(stepAccount|stepCurrency|stepIssuer) != 0 {
			return 0, fault.InvalidPayload.New("a path with a step of unknown kind %#02x", step)
		}
		for _, part := range []byte{stepAccount, stepCurrency, stepIssuer} {
			if step&part != 0 {
				pos += accountSize
			}
		}
		steps++
		if all++; all > maxElements {
			return 0, fault.InvalidPayload.New("paths of more than %d steps", maxElements)
		}
	}
}

func isZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }
