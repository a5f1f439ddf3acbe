package algorand

import (
	"bytes"
	"slices"

	"strongroom/internal/codec/msgpack"
	"strongroom/internal/fault"
)

// Canonicalize gives the canonical encoding of a transaction that may have been
// written in another way. It reads as leniently as the peer does where every
// reader must come to the same result:
//
//   - keys in any order, as text or binary;
//   - longer forms of integers and lengths than needed;
//   - explicit zero values, and nil for zero;
//   - text where bytes are expected and the reverse.
//
// It refuses what two readers could understand differently, although the peer
// does not: repeated keys, arrays in place of maps, integer arrays in place of
// bytes, fixed-size values that are too short or too long, bytes after the end.
// It refuses what the peer refuses: unknown fields, other kinds of values,
// lengths beyond the limits, a missing or zero type or sender.
//
// Errors are fault.InvalidPayload.
func Canonicalize(raw []byte) ([]byte, error) {
	var t transaction
	return t.read(make([]byte, 0, len(raw)+16), raw)
}

// read appends the canonical encoding of raw to out, which may already hold a
// prefix, and indexes it.
func (t *transaction) read(out, raw []byte) ([]byte, error) {
	start := len(out)
	out, err := appendCanonical(out, raw, transactionRecord)
	if err != nil {
		return nil, fault.InvalidPayload.New("transaction: %s", fault.Text(err))
	}
	t.index(out[start:])
	for _, required := range [...]fieldID{fieldType, fieldSender} {
		if !t.has(required) {
			return nil, fault.InvalidPayload.New("transaction: %s is missing or zero", transactionFields[required].name)
		}
	}
	return out, nil
}

// appendCanonical appends the canonical encoding of the one record in raw.
func appendCanonical(out, raw []byte, rec *record) ([]byte, error) {
	if len(raw) > maxPayload {
		return nil, fault.TooLarge.New("%d bytes, at most %d are allowed", len(raw), maxPayload)
	}
	n := normaliser{in: msgpack.NewReader(raw), out: out}
	if _, err := n.record(rec); err != nil {
		return nil, err
	}
	if err := n.in.End(); err != nil {
		return nil, err
	}
	return n.out, nil
}

// normaliser copies values from in to out, guided by a schema.
type normaliser struct {
	in  msgpack.Reader
	out []byte
}

// entry is a pair of a map in the input: its place in canonical order, and a
// reader that stands before its value.
type entry struct {
	rank  uint64
	value msgpack.Reader
}

// record writes a record and tells whether all its members are zero. It first
// finds the members, then writes them in canonical order, leaving out zeros.
func (n *normaliser) record(rec *record) (zero bool, err error) {
	count, err := n.in.MapHeader(len(rec.sorted))
	if err != nil {
		return false, err
	}
	var space [12]entry // enough for common transactions; more go to the heap
	entries := space[:0]
	var seen uint64 // one bit for each rank
	ascending, next := true, 0
	for range count {
		name, err := n.in.Bytes(maxNameSize)
		if err != nil {
			return false, err
		}
		rank, ok := rec.find(name, next)
		if !ok {
			return false, fault.Invalid.New("unknown field %q", name)
		}
		if seen&(1<<rank) != 0 {
			return false, fault.Invalid.New("field %q is repeated", name)
		}
		seen |= 1 << rank
		ascending = ascending && rank >= next
		next = rank + 1
		entries = append(entries, entry{uint64(rank), n.in})
		if err := n.in.Skip(); err != nil {
			return false, inField(rec.sorted[rank].name, err)
		}
	}
	if !ascending {
		sortEntries(entries)
	}

	end, header, kept := n.in, len(n.out), 0
	n.out = msgpack.AppendMapHeader(n.out, count)
	body := len(n.out)
	for _, e := range entries {
		m := &rec.members[rec.sorted[e.rank].index]
		n.in = e.value
		if n.in.Nil() {
			continue
		}
		mark := len(n.out)
		n.out = msgpack.AppendText(n.out, m.name)
		zero, err := n.value(&m.shape)
		if err != nil {
			return false, inField(m.name, err)
		}
		if zero && !m.shape.keepEmpty {
			n.out = n.out[:mark]
			continue
		}
		kept++
	}
	n.in = end
	if kept != count { // the header was written for as many as came in
		var h [5]byte
		n.out = slices.Replace(n.out, header, body, msgpack.AppendMapHeader(h[:0], kept)...)
	}
	return kept == 0, nil
}

// maxNameSize is well above the longest name of a field; it bounds what an
// error about an unknown field can repeat.
const maxNameSize = 16

// value writes one value in full, even if it is zero: elements of lists are
// never left out. It tells the caller whether the value was zero.
func (n *normaliser) value(s *shape) (zero bool, err error) {
	switch s.kind {
	case kindUint:
		return n.uint(s)
	case kindBool:
		v := false
		if !n.in.Nil() {
			v, err = n.in.Bool()
		}
		n.out = msgpack.AppendBool(n.out, v)
		return !v, err
	case kindText, kindBytes:
		var v []byte
		if !n.in.Nil() {
			v, err = n.in.Bytes(s.limit)
		}
		if s.kind == kindText {
			n.out = msgpack.AppendText(n.out, v)
		} else {
			n.out = msgpack.AppendBinary(n.out, v)
		}
		return len(v) == 0, err
	case kindFixed:
		return n.fixed(s)
	case kindList:
		return n.list(s)
	case kindTable:
		return n.table(s)
	}
	if n.in.Nil() {
		n.out = msgpack.AppendMapHeader(n.out, 0)
		return true, nil
	}
	return n.record(s.record)
}

func (n *normaliser) uint(s *shape) (zero bool, err error) {
	var v uint64
	if !n.in.Nil() {
		v, err = n.in.Uint()
	}
	if s.limit < 64 && v>>s.limit != 0 {
		return false, msgpack.ErrLarge
	}
	n.out = msgpack.AppendUint(n.out, v)
	return v == 0, err
}

// maxFixed is the size of the longest fixed-size value. A test holds every
// schema to it.
const maxFixed = 64

func (n *normaliser) fixed(s *shape) (zero bool, err error) {
	var zeros [maxFixed]byte
	v := zeros[:s.limit]
	if !n.in.Nil() {
		if v, err = n.in.Bytes(maxPayload); err != nil {
			return false, err
		}
		if len(v) != s.limit {
			return false, fault.Invalid.New("%d bytes where %d are needed", len(v), s.limit)
		}
	}
	n.out = msgpack.AppendBinary(n.out, v)
	return bytes.Equal(v, zeros[:s.limit]), nil
}

func (n *normaliser) list(s *shape) (zero bool, err error) {
	count := 0
	if !n.in.Nil() {
		if count, err = n.in.ArrayHeader(s.limit); err != nil {
			return false, err
		}
	}
	n.out = msgpack.AppendArrayHeader(n.out, count)
	for range count {
		if _, err := n.value(s.elem); err != nil {
			return false, err
		}
	}
	return count == 0, nil
}

// table writes a map with integer keys, in the order of the numbers.
func (n *normaliser) table(s *shape) (zero bool, err error) {
	count := 0
	if !n.in.Nil() {
		if count, err = n.in.MapHeader(s.limit); err != nil {
			return false, err
		}
	}
	n.out = msgpack.AppendMapHeader(n.out, count)
	entries := make([]entry, 0, count)
	for range count {
		key, err := n.in.Uint()
		if err != nil {
			return false, err
		}
		entries = append(entries, entry{key, n.in})
		if err := n.in.Skip(); err != nil {
			return false, err
		}
	}
	sortEntries(entries)
	end := n.in
	for i, e := range entries {
		if i > 0 && entries[i-1].rank == e.rank {
			return false, fault.Invalid.New("key %d is repeated", e.rank)
		}
		n.out = msgpack.AppendUint(n.out, e.rank)
		n.in = e.value
		if _, err := n.value(s.elem); err != nil {
			return false, err
		}
	}
	n.in = end
	return count == 0, nil
}

// sortEntries orders by rank, without a closure that would move entries to the heap.
func sortEntries(entries []entry) {
	slices.SortFunc(entries, func(a, b entry) int {
		if a.rank < b.rank {
			return -1
		}
		if a.rank > b.rank {
			return 1
		}
		return 0
	})
}

// inField names the place of an error.
func inField(name string, err error) error {
	return fault.Invalid.New("%s: %s", name, fault.Text(err))
}
