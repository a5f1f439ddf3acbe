package xrpl

import (
	"slices"

	"strongroom/internal/fault"
)

// fieldCode names a field: the number of its type above, its own among the fields
// of that type below.
type fieldCode uint32

// The types of fields.
const (
	typeUInt16       = 1
	typeUInt32       = 2
	typeUInt64       = 3
	typeHash128      = 4
	typeHash256      = 5
	typeAmount       = 6
	typeBlob         = 7
	typeAccountID    = 8
	typeNumber       = 9
	typeInt32        = 10
	typeSTObject     = 14
	typeSTArray      = 15
	typeUInt8        = 16
	typeHash160      = 17
	typePathSet      = 18
	typeVector256    = 19
	typeHash192      = 21
	typeIssue        = 24
	typeXChainBridge = 25
	typeCurrency     = 26
)

// Where objects and arrays inside of others end.
const (
	endOfObject = typeSTObject<<4 | 1
	endOfArray  = typeSTArray<<4 | 1
)

func (c fieldCode) kind() uint32 { return uint32(c >> 16) }

// name is the field's name, "" for a field that there is not.
func (c fieldCode) name() string {
	low, high := 0, len(fields)
	for low < high {
		if mid := (low + high) / 2; fields[mid].code < c {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(fields) && fields[low].code == c {
		return fields[low].name
	}
	return ""
}

// fieldNamed is the inverse of [fieldCode.name].
func fieldNamed(name string) (fieldCode, bool) {
	i := slices.IndexFunc(fields[:], func(f struct {
		code fieldCode
		name string
	}) bool {
		return f.name == name
	})
	if i < 0 {
		return 0, false
	}
	return fields[i].code, true
}

// signed reports whether a signature covers the field where it stands in a
// transaction itself; fields of inner objects are all covered.
func (c fieldCode) signed() bool {
	switch c {
	case fieldTxnSignature, fieldSignature, fieldMasterSignature, fieldSigners, fieldBatchSigners,
		fieldCounterpartySignature, fieldSponsorSignature:
		return false
	}
	return true
}

// isVariable reports whether the length stands before the contents.
func isVariable(kind uint32) bool {
	return kind == typeBlob || kind == typeAccountID || kind == typeVector256
}

// fixedSize is the size in bytes of a type whose values all have the same, 0 for others.
func fixedSize(kind uint32) int {
	switch kind {
	case typeUInt8:
		return 1
	case typeUInt16:
		return 2
	case typeUInt32, typeInt32:
		return 4
	case typeUInt64:
		return 8
	case typeNumber:
		return numberSize
	case typeHash128:
		return 16
	case typeHash160, typeCurrency:
		return accountSize
	case typeHash192:
		return issuanceSize
	case typeHash256:
		return hashSize
	}
	return 0
}

// appendHeader appends what stands before each field: type and number, in one
// byte where both are below 16 (xrpl.org, "Field IDs").
func appendHeader(b []byte, c fieldCode) []byte {
	kind, nth := byte(c>>16), byte(c)
	switch {
	case kind < 16 && nth < 16:
		return append(b, kind<<4|nth)
	case kind < 16:
		return append(b, kind<<4, nth)
	case nth < 16:
		return append(b, nth, kind)
	}
	return append(b, 0, kind, nth)
}

// readHeader is the inverse of [appendHeader]; a field has one header only.
func readHeader(b []byte) (c fieldCode, size int, err error) {
	if len(b) == 0 {
		return 0, 0, errShort
	}
	kind, nth, size := uint32(b[0]>>4), uint32(b[0]&15), 1
	for _, part := range []*uint32{&kind, &nth} {
		if *part != 0 {
			continue
		}
		if len(b) == size {
			return 0, 0, errShort
		}
		if *part = uint32(b[size]); *part < 16 {
			return 0, 0, fault.InvalidPayload.New("a field's code is not in its shortest form")
		}
		size++
	}
	return fieldCode(kind<<16 | nth), size, nil
}

// Lengths are written in one byte up to maxLength1, in two up to maxLength2, and
// in three beyond (xrpl.org, "Length Prefixing").
const (
	maxLength1 = 192
	maxLength2 = maxLength1 + 48*256
	maxLength3 = maxLength2 + 14*65536
)

// appendLength appends the length of a variable field's contents, at most maxLength3.
func appendLength(b []byte, n int) []byte {
	switch {
	case n <= maxLength1:
		return append(b, byte(n))
	case n <= maxLength2:
		n -= maxLength1 + 1
		return append(b, byte(193+n>>8), byte(n))
	}
	n -= maxLength2 + 1
	return append(b, byte(241+n>>16), byte(n>>8), byte(n))
}

// readLength is the inverse of [appendLength].
func readLength(b []byte) (n, size int, err error) {
	switch {
	case len(b) == 0:
		return 0, 0, errShort
	case b[0] <= maxLength1:
		return int(b[0]), 1, nil
	case b[0] <= 240:
		if len(b) < 2 {
			return 0, 0, errShort
		}
		return maxLength1 + 1 + int(b[0]-193)<<8 + int(b[1]), 2, nil
	case b[0] < 255:
		if len(b) < 3 {
			return 0, 0, errShort
		}
		return maxLength2 + 1 + int(b[0]-241)<<16 + int(b[1])<<8 + int(b[2]), 3, nil
	}
	return 0, 0, fault.InvalidPayload.New("a length that begins with 255")
}

// appendVariable appends a variable field.
func appendVariable(b []byte, c fieldCode, contents []byte) []byte {
	return append(appendLength(appendHeader(b, c), len(contents)), contents...)
}
