package antelope

import "encoding/binary"

// AppendVaruint32 appends v in its shortest form, one to five bytes.
func AppendVaruint32(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

// AppendBytes appends the length and then the bytes.
func AppendBytes[T string | []byte](b []byte, data T) []byte {
	return append(AppendVaruint32(b, uint32(len(data))), data...)
}

// AppendName appends the eight bytes of a name.
func AppendName(b []byte, n Name) []byte { return binary.LittleEndian.AppendUint64(b, uint64(n)) }

// AppendUint16 appends two bytes.
func AppendUint16(b []byte, v uint16) []byte { return binary.LittleEndian.AppendUint16(b, v) }

// AppendUint32 appends four bytes.
func AppendUint32(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) }

// AppendUint64 appends eight bytes.
func AppendUint64(b []byte, v uint64) []byte { return binary.LittleEndian.AppendUint64(b, v) }
