package msgpack

import "encoding/binary"

// AppendNil appends nil.
func AppendNil(b []byte) []byte { return append(b, 0xc0) }

// AppendBool appends a boolean.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 0xc3)
	}
	return append(b, 0xc2)
}

// AppendUint appends an unsigned integer in its shortest form.
func AppendUint(b []byte, v uint64) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<8:
		return append(b, 0xcc, byte(v))
	case v < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 0xcd), uint16(v))
	case v < 1<<32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xcf), v)
}

// AppendText appends a text (str) with the shortest length form. The bytes are
// not checked to be UTF-8: a codec that changes or refuses them could not
// reproduce what its peers signed.
func AppendText[T string | []byte](b []byte, text T) []byte {
	n := size(len(text))
	switch {
	case n < 1<<5:
		b = append(b, 0xa0|byte(n))
	case n < 1<<8:
		b = append(b, 0xd9, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0xda), uint16(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, 0xdb), n)
	}
	return append(b, text...)
}

// AppendBinary appends bytes (bin) with the shortest length form.
func AppendBinary(b, data []byte) []byte {
	n := size(len(data))
	switch {
	case n < 1<<8:
		b = append(b, 0xc4, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0xc5), uint16(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, 0xc6), n)
	}
	return append(b, data...)
}

// AppendArrayHeader announces an array; its n elements follow.
func AppendArrayHeader(b []byte, n int) []byte { return appendHeader(b, size(n), 0x90, 0xdc) }

// AppendMapHeader announces a map; its n keys, each followed by its value, follow.
func AppendMapHeader(b []byte, n int) []byte { return appendHeader(b, size(n), 0x80, 0xde) }

// appendHeader writes a count: in the low bits of short, or after long (16 bit)
// or long+1 (32 bit).
func appendHeader(b []byte, n uint32, short, long byte) []byte {
	switch {
	case n < 1<<4:
		return append(b, short|byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, long), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, long+1), n)
}

// size checks that a length can be announced at all. Callers bound their input
// far below 4 GiB, so a larger value is a defect of the program.
func size(n int) uint32 {
	if n < 0 || uint64(n) > 1<<32-1 {
		panic("msgpack: length does not fit the format")
	}
	return uint32(n)
}
