package solidity

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
)

// record is what go-ethereum thinks of arguments of a function, in hex: whether they
// are what it writes itself. The tests in oracle/solidity make and check them.
type record struct {
	Signature string   `json:"signature"`
	Canonical []string `json:"canonical"`
	Other     []string `json:"other"`
}

// records are of signatures with every kind of type, and types inside of types.
func records(t testing.TB) (all []record) {
	t.Helper()
	text, err := os.ReadFile("testdata/abi.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 15 {
		t.Fatalf("only %d records", len(all))
	}
	return all
}

// TestRecordedLayouts reads what go-ethereum writes, and nothing else.
func TestRecordedLayouts(t *testing.T) {
	for _, r := range records(t) {
		for want, list := range map[bool][]string{true: r.Canonical, false: r.Other} {
			if len(list) < 8 {
				t.Errorf("%s: only %d layouts are canonical: %v", r.Signature, len(list), want)
			}
			for _, layout := range list {
				if _, ok := (decoder{}).decode(r.Signature, unhex(layout)); ok != want {
					t.Errorf("%s: %s is read: %v", r.Signature, layout, ok)
				}
			}
		}
	}
}

// TestRandomLayouts reads random arguments in the canonical layout, and writes them as
// they were; with a bit changed they are refused or mean something else.
func TestRandomLayouts(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	accepted, refused := 0, 0
	for _, r := range records(t) {
		s, ok := shapeOf(r.Signature)
		if !ok {
			t.Fatal(r.Signature)
		}
		for range 300 {
			values := make([]any, len(s.parts))
			for i, p := range s.parts {
				values[i] = anything(random, p)
			}
			data := sequenceOf(values)
			if !comesBack(t, s, r.Signature, data) {
				t.Fatalf("%s: %x is not read", r.Signature, data)
			}
			changed := bytes.Clone(data)
			changed[random.IntN(len(changed))] ^= 1 << random.IntN(8)
			if comesBack(t, s, r.Signature, changed) {
				accepted++
			} else {
				refused++
			}
		}
	}
	if accepted < 100 || refused < 100 {
		t.Errorf("%d changed encodings were read and %d were not: the comparison is empty", accepted, refused)
	}
}

// comesBack reports whether data are read; what is read must be written as it was.
func comesBack(t testing.TB, s shape, signature string, data []byte) bool {
	t.Helper()
	values, ok := (decoder{}).decode(signature, data)
	if !ok {
		return false
	}
	if again := sequenceOf(argumentsOf(s.parts, values)); !bytes.Equal(again, data) {
		t.Fatalf("%s: %x is written as %x", signature, data, again)
	}
	return true
}

// argumentsOf are decoded values as sequenceOf takes them. The parts are repeated.
func argumentsOf(parts []shape, values []value) []any {
	arguments := make([]any, len(values))
	for i, v := range values {
		switch p := parts[i%len(parts)]; {
		case p.kind == kindBytes:
			arguments[i] = v.b
		case p.kind == kindArray && p.count < 0:
			arguments[i] = list(argumentsOf(p.parts, v.list))
		case p.kind == kindArray || p.kind == kindTuple:
			arguments[i] = tuple(argumentsOf(p.parts, v.list))
		default:
			arguments[i] = [32]byte(v.b)
		}
	}
	return arguments
}

// anything is a random argument of a type.
func anything(random *rand.Rand, s shape) any {
	var w [32]byte
	for i := range w {
		w[i] = byte(random.Uint32())
	}
	switch s.kind {
	case kindAddress:
		return [20]byte(w[:20])
	case kindBool:
		return w[0]&1 == 1
	case kindFixed:
		clear(w[s.bits/8:])
		return w
	case kindBytes:
		return w[:random.IntN(33)]
	case kindTuple:
		members := make(tuple, len(s.parts))
		for i, p := range s.parts {
			members[i] = anything(random, p)
		}
		return members
	case kindArray:
		n := s.count
		if n < 0 {
			n = random.IntN(4)
		}
		entries := make([]any, n)
		for i := range entries {
			entries[i] = anything(random, s.parts[0])
		}
		if s.count >= 0 {
			return tuple(entries)
		}
		return list(entries)
	case kindInt:
		fill := byte(0)
		if w[32-s.bits/8]&0x80 != 0 {
			fill = 0xff
		}
		for i := range 32 - s.bits/8 {
			w[i] = fill
		}
		return w
	}
	clear(w[:32-s.bits/8])
	return w
}

// TestShapes: signatures that are none are not laid out.
func TestShapes(t *testing.T) {
	for _, bad := range []string{
		"", "f", "f(", "f(address", "f(address,", "f(,)", "f(addres)", "f(uint)", "f(uint512)", "f(uint0)", "f(address)x",
		"f(address[)", "f(address[x])", "f(address[0])", "f((address)", "f(address[-1])", "f(bytes33)", "f(Address)",
	} {
		if _, ok := shapeOf(bad); ok {
			t.Errorf("%q is laid out", bad)
		}
	}
}

// TestNumbersOfOddWidth looks also at numbers that are no type of a programming
// language, which libraries take as they are.
func TestNumbersOfOddWidth(t *testing.T) {
	for text, want := range map[string]bool{
		"0000000000000000000000000000000000000000000000000000000000000001": true,
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff": true,
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff800000": true,
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7fffff": false,
		"0000000000000000000000000000000000000000000000000000000000800000": false,
		"0100000000000000000000000000000000000000000000000000000000000001": false,
	} {
		if _, ok := (decoder{}).decode("f(int24)", unhex(text)); ok != want {
			t.Errorf("int24 %s is read: %v", text, ok)
		}
	}
	if _, ok := (decoder{}).decode("f(uint160)", encodeOne(power(161))); ok {
		t.Error("a number of 161 bits is read as one of 160")
	}
}

// TestPrefix: on TRON the byte 0x41 may stand before an address, and nothing else.
func TestPrefix(t *testing.T) {
	for text, want := range map[string]bool{
		"000000000000000000000041" + "dbd7c53729b3310e1843083000fa84abad996961": true,
		"000000000000000000000000" + "dbd7c53729b3310e1843083000fa84abad996961": true,
		"000000000000000000000042" + "dbd7c53729b3310e1843083000fa84abad996961": false,
		"000000000000000000004100" + "dbd7c53729b3310e1843083000fa84abad996961": false,
		"410000000000000000000041" + "dbd7c53729b3310e1843083000fa84abad996961": false,
	} {
		values, ok := (decoder{prefix: 0x41}).decode("f(address)", unhex(text))
		if ok != want {
			t.Errorf("%s is read: %v", text, ok)
		}
		if ok && values[0].address() != [20]byte(unhex(text[24:])) {
			t.Errorf("%s is read as %x", text, values[0].address())
		}
		if _, ok := (decoder{}).decode("f(address)", unhex(text)); ok != (text[22] == '0' && want) {
			t.Errorf("%s is read without a prefix: %v", text, ok)
		}
		if _, ok := (decoder{prefix: 0x41}).decode("f(uint160)", unhex(text)); ok != (text[22] == '0' && want) {
			t.Errorf("%s is read as a number: %v", text, ok)
		}
	}
}
