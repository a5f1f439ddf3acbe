package kmdfile

import (
	"encoding/binary"
	"errors"
	"math"
)

// The few forms of msgpack that occur in wallet files. The writer is canonical
// (shortest forms). The reader also takes longer forms of lengths and integers,
// never more bytes than there are, and nothing else.

var errMsgpack = errors.New("malformed msgpack")

// appendMap begins a map of n entries, n < 16.
func appendMap(b []byte, n int) []byte { return append(b, 0x80|byte(n)) }

func appendArray(b []byte, n int) []byte {
	switch {
	case n < 16:
		return append(b, 0x90|byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 0xdc), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, 0xdd), uint32(n))
}

// appendText appends a text of fewer than 32 bytes, which all names here are.
func appendText(b []byte, s string) []byte { return append(append(b, 0xa0|byte(len(s))), s...) }

func appendBin(b, v []byte) []byte {
	switch n := len(v); {
	case n <= math.MaxUint8:
		b = append(b, 0xc4, byte(n))
	case n <= math.MaxUint16:
		b = binary.BigEndian.AppendUint16(append(b, 0xc5), uint16(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, 0xc6), uint32(n))
	}
	return append(b, v...)
}

func appendUint(b []byte, v uint64) []byte {
	switch {
	case v < 0x80:
		return append(b, byte(v))
	case v <= math.MaxUint8:
		return append(b, 0xcc, byte(v))
	case v <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 0xcd), uint16(v))
	case v <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xcf), v)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 0xc3)
	}
	return append(b, 0xc2)
}

// decoder reads values from the front of rest. The first failure sticks, and
// every later call returns zero values.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) fail() { d.failed, d.rest = true, nil }

// finish is nil if all went well and nothing is left over.
func (d *decoder) finish() error {
	if d.failed || len(d.rest) != 0 {
		return errMsgpack
	}
	return nil
}

// take returns the next n bytes as part of the input.
func (d *decoder) take(n uint64) []byte {
	if d.failed || n > uint64(len(d.rest)) {
		d.fail()
		return nil
	}
	v := d.rest[:n:n]
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) byte() byte {
	if v := d.take(1); v != nil {
		return v[0]
	}
	return 0
}

// integer reads a big-endian unsigned integer of size bytes.
func (d *decoder) integer(size uint64) uint64 {
	var v uint64
	for _, b := range d.take(size) {
		v = v<<8 | uint64(b)
	}
	return v
}

// mapLen reads the head of a map; a wallet's have at most 7 entries.
func (d *decoder) mapLen() int {
	if b := d.byte(); b&0xf0 == 0x80 {
		return int(b & 0x0f)
	}
	d.fail()
	return 0
}

// arrayLen reads the head of an array whose elements take at least elementSize
// bytes each, so the result is bounded by the input's length.
func (d *decoder) arrayLen(elementSize int) int {
	var n uint64
	switch b := d.byte(); {
	case b&0xf0 == 0x90:
		n = uint64(b & 0x0f)
	case b == 0xdc:
		n = d.integer(2)
	case b == 0xdd:
		n = d.integer(4)
	default:
		d.fail()
	}
	if n*uint64(elementSize) > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	switch b := d.byte(); {
	case b&0xe0 == 0xa0:
		return string(d.take(uint64(b & 0x1f)))
	case b == 0xd9:
		return string(d.take(d.integer(1)))
	}
	d.fail()
	return ""
}

// bin reads a byte string; the result is part of the input.
func (d *decoder) bin() []byte {
	switch d.byte() {
	case 0xc4:
		return d.take(d.integer(1))
	case 0xc5:
		return d.take(d.integer(2))
	case 0xc6:
		return d.take(d.integer(4))
	}
	d.fail()
	return nil
}

func (d *decoder) uint() uint64 {
	switch b := d.byte(); {
	case b < 0x80 && !d.failed:
		return uint64(b)
	case b >= 0xcc && b <= 0xcf:
		return d.integer(1 << (b - 0xcc))
	}
	d.fail()
	return 0
}

func (d *decoder) bool() bool {
	switch d.byte() {
	case 0xc2:
		return false
	case 0xc3:
		return true
	}
	d.fail()
	return false
}
