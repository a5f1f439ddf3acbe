package algorand

import (
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/fault"
)

// transaction is an index into the canonical encoding of a transaction. The
// readers below expect canonical input and so never fail.
type transaction struct {
	canonical []byte
	values    [fieldCount]span // empty where the field is absent, that is, zero
}

// span is a part of the encoding; maxPayload is far below 4 GiB.
type span struct{ start, end uint32 }

// index finds the fields of what the normaliser wrote.
func (t *transaction) index(canonical []byte) {
	*t = transaction{canonical: canonical}
	m := openMap(canonical)
	for rank := 0; m.next(); rank++ {
		found, ok := transactionRecord.find(m.name, rank)
		if !ok {
			return
		}
		rank = found
		t.values[transactionRecord.sorted[rank].index] = span{uint32(m.start), uint32(m.end)}
	}
}

func (t *transaction) has(f fieldID) bool { return t.values[f].end != 0 }

// raw is the encoding of a field's value, nil where it is absent.
func (t *transaction) raw(f fieldID) []byte {
	if !t.has(f) {
		return nil
	}
	return t.canonical[t.values[f].start:t.values[f].end]
}

func (t *transaction) uint(f fieldID) uint64     { return readUint(t.raw(f)) }
func (t *transaction) bytes(f fieldID) []byte    { return readBytes(t.raw(f)) }
func (t *transaction) address(f fieldID) Address { return readAddress(t.raw(f)) }
func (t *transaction) flag(f fieldID) bool       { return t.has(f) } // false is never encoded
func (t *transaction) list(f fieldID) [][]byte   { return readList(t.raw(f)) }

// nested is the encoding of a member of a record.
func (t *transaction) nested(f fieldID, name string) []byte { return findValue(t.raw(f), name) }

// Sender is the account that a canonical transaction speaks for: the owner of
// the key unless the account was rekeyed, the multisig account otherwise.
func Sender(canonical []byte) (Address, error) {
	value := findValue(canonical, transactionFields[fieldSender].name)
	if a := readAddress(value); !a.IsZero() {
		return a, nil
	}
	return Address{}, fault.InvalidPayload.New("transaction: snd is missing or zero")
}

// mapReader walks the pairs of a canonical map with text keys.
type mapReader struct {
	in         msgpack.Reader
	left       int
	name       []byte
	start, end int // of the value in the map's encoding
}

// openMap reads the header; anything but a map has no pairs.
func openMap(encoded []byte) mapReader {
	m := mapReader{in: msgpack.NewReader(encoded)}
	if count, err := m.in.MapHeader(len(encoded)); err == nil {
		m.left = count
	}
	return m
}

// next moves to the next pair and tells whether there is one.
func (m *mapReader) next() bool {
	if m.left == 0 {
		return false
	}
	m.left--
	var err error
	if m.name, err = m.in.Bytes(maxNameSize); err != nil {
		return false
	}
	m.start = m.in.Offset()
	if m.in.Skip() != nil {
		return false
	}
	m.end = m.in.Offset()
	return true
}

// findValue gives the encoding of a member's value, nil if there is none.
func findValue(encoded []byte, want string) []byte {
	for m := openMap(encoded); m.next(); {
		if string(m.name) == want {
			return encoded[m.start:m.end]
		}
	}
	return nil
}

func readUint(encoded []byte) uint64 {
	r := msgpack.NewReader(encoded)
	v, err := r.Uint()
	if err != nil {
		return 0
	}
	return v
}

func readBytes(encoded []byte) []byte {
	r := msgpack.NewReader(encoded)
	v, err := r.Bytes(len(encoded))
	if err != nil {
		return nil
	}
	return v
}

func readAddress(encoded []byte) (a Address) {
	if b := readBytes(encoded); len(b) == len(a) {
		copy(a[:], b)
	}
	return a
}

func readList(encoded []byte) (items [][]byte) {
	r := msgpack.NewReader(encoded)
	count, err := r.ArrayHeader(len(encoded))
	if err != nil {
		return nil
	}
	for range count {
		start := r.Offset()
		if err = r.Skip(); err != nil {
			return nil
		}
		items = append(items, encoded[start:r.Offset()])
	}
	return items
}
