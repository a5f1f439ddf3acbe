package algorand

import (
	"cmp"
	"slices"
)

// kind is how a value is written and when it counts as zero.
type kind uint8

const (
	kindUint   kind = iota // unsigned integer of at most limit bits; zero: 0
	kindBool               // zero: false
	kindText               // str of at most limit bytes; zero: empty
	kindBytes              // bin of at most limit bytes; zero: empty
	kindFixed              // bin of exactly limit bytes; zero: all bytes are
	kindList               // array of at most limit elements; zero: empty
	kindRecord             // map with the keys of record; zero: every member is
	kindTable              // map from unsigned integers, at most limit pairs; zero: empty
)

// shape describes one value.
type shape struct {
	kind   kind
	limit  int
	elem   *shape  // of lists and tables
	record *record // of records
	// keepEmpty marks the one record that stays in its parent, as an empty map,
	// when all its members are zero. Only nil stands for its absence.
	keepEmpty bool
}

func text(limit int) shape { return shape{kind: kindText, limit: limit} }
func blob(limit int) shape { return shape{kind: kindBytes, limit: limit} }
func fixed(size int) shape { return shape{kind: kindFixed, limit: size} }
func uints(bits int) shape { return shape{kind: kindUint, limit: bits} }
func boolean() shape       { return shape{kind: kindBool} }

func list(limit int, elem shape) shape {
	return shape{kind: kindList, limit: limit, elem: &elem}
}

func table(limit int, elem shape) shape {
	return shape{kind: kindTable, limit: limit, elem: &elem}
}

func fields(members ...member) shape {
	return shape{kind: kindRecord, record: newRecord(members)}
}

func keepEmpty(s shape) shape {
	s.keepEmpty = true
	return s
}

// member is one named field of a record.
type member struct {
	name  string
	shape shape
	owner string // transaction type that the field belongs to; "" for every type
}

func field(name string, s shape) member { return member{name: name, shape: s} }

// record is a map with a closed set of text keys.
type record struct {
	members []member // in declared order
	sorted  []sorted // in canonical order: by the bytes of the names
}

// sorted is a member in canonical order.
type sorted struct {
	name  string
	index int // in members
}

func newRecord(members []member) *record {
	r := &record{members: members}
	for i, m := range members {
		r.sorted = append(r.sorted, sorted{m.name, i})
	}
	slices.SortFunc(r.sorted, func(a, b sorted) int { return cmp.Compare(a.name, b.name) })
	return r
}

// find gives the canonical rank of a name. The search starts at from, so that
// reading sorted keys touches each member once.
func (r *record) find(name []byte, from int) (rank int, ok bool) {
	for i := from; i < len(r.sorted); i++ {
		if r.sorted[i].name == string(name) {
			return i, true
		}
	}
	for i := range min(from, len(r.sorted)) {
		if r.sorted[i].name == string(name) {
			return i, true
		}
	}
	return 0, false
}

// maxMembers bounds the number of members of any record, because the normaliser
// keeps a bit for each. A test holds every schema to it.
const maxMembers = 64
