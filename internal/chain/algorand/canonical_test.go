package algorand

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/fault"
)

// rawTransaction is {snd, type, name: value}, not necessarily in canonical order.
func rawTransaction(typ, name string, value []byte) []byte {
	alice := account("alice")
	b := msgpack.AppendMapHeader(nil, 3)
	b = msgpack.AppendText(msgpack.AppendText(b, "type"), typ)
	b = msgpack.AppendBinary(msgpack.AppendText(b, "snd"), alice[:])
	return append(msgpack.AppendText(b, name), value...)
}

// sample is the canonical encoding of a value of the shape with every member
// set to something other than zero.
func sample(s shape) []byte {
	switch s.kind {
	case kindUint:
		return msgpack.AppendUint(nil, 1)
	case kindBool:
		return msgpack.AppendBool(nil, true)
	case kindText:
		return msgpack.AppendText(nil, "x")
	case kindBytes:
		return msgpack.AppendBinary(nil, []byte{1})
	case kindFixed:
		return msgpack.AppendBinary(nil, repeat(1, s.limit))
	case kindList:
		return append(msgpack.AppendArrayHeader(nil, 1), sample(*s.elem)...)
	case kindTable:
		return append(msgpack.AppendUint(msgpack.AppendMapHeader(nil, 1), 3), sample(*s.elem)...)
	}
	b := msgpack.AppendMapHeader(nil, len(s.record.members))
	for _, m := range s.record.sorted {
		b = append(msgpack.AppendText(b, m.name), sample(s.record.members[m.index].shape)...)
	}
	return b
}

// eachShape visits every shape of a record, with its path.
func eachShape(rec *record, path string, visit func(path string, s shape)) {
	var descend func(path string, s shape)
	descend = func(path string, s shape) {
		visit(path, s)
		switch {
		case s.elem != nil:
			descend(path+"[]", *s.elem)
		case s.record != nil:
			eachShape(s.record, path+".", visit)
		}
	}
	for _, m := range rec.members {
		descend(path+m.name, m.shape)
	}
}

// TestSchemaFitsTheNormaliser checks what the normaliser takes for granted.
func TestSchemaFitsTheNormaliser(t *testing.T) {
	records := []*record{transactionRecord, multisigRecord, contextRecord}
	kept := 0
	for _, rec := range records {
		eachShape(rec, "", func(path string, s shape) {
			switch {
			case s.record != nil:
				records = append(records, s.record)
			case s.kind == kindFixed && (s.limit == 0 || s.limit > maxFixed):
				t.Errorf("%s: fixed size %d", path, s.limit)
			case s.kind != kindBool && s.limit == 0:
				t.Errorf("%s: no limit", path)
			}
			if s.keepEmpty {
				kept++
			}
		})
	}
	for _, rec := range records {
		if len(rec.members) > maxMembers {
			t.Errorf("a record of %d members", len(rec.members))
		}
		for i, m := range rec.sorted {
			if len(m.name) == 0 || len(m.name) > maxNameSize {
				t.Errorf("name %q", m.name)
			}
			if i > 0 && rec.sorted[i-1].name >= m.name {
				t.Errorf("names %q and %q are not in order", rec.sorted[i-1].name, m.name)
			}
		}
	}
	if kept != 1 || !transactionFields[fieldHeartbeat].shape.keepEmpty {
		t.Error("hb is the one record that stays when it is empty")
	}
}

// TestEveryFieldIsRead fills each field of each type, at every depth, and reads
// it back unchanged.
func TestEveryFieldIsRead(t *testing.T) {
	for f := range fieldCount {
		m := transactionFields[f]
		if f == fieldType || f == fieldSender {
			continue
		}
		value := sample(m.shape)
		canonical, err := Canonicalize(rawTransaction("pay", m.name, value))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if got := findValue(canonical, m.name); !bytes.Equal(got, value) {
			t.Errorf("%s: got %x, want %x", m.name, got, value)
		}
	}
}

// TestCanonicalize: spellings that mean the same, with what they become.
func TestCanonicalize(t *testing.T) {
	long := func(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{0xcf}, n) }
	zero32 := msgpack.AppendBinary(nil, make([]byte, 32))
	for _, c := range []struct {
		name, field string
		value       []byte
		want        []byte // nil: left out
	}{
		{"zero integer", "amt", []byte{0}, nil},
		{"nil integer", "amt", []byte{0xc0}, nil},
		{"long integer", "amt", long(5), []byte{5}},
		{"signed integer", "amt", []byte{0xd1, 0x00, 0x80}, []byte{0xcc, 0x80}},
		{"false", "nonpart", []byte{0xc2}, nil},
		{"nil flag", "nonpart", []byte{0xc0}, nil},
		{"empty text", "gen", []byte{0xa0}, nil},
		{"binary for text", "gen", []byte{0xc4, 1, 'x'}, []byte{0xa1, 'x'}},
		{"long text header", "gen", []byte{0xdb, 0, 0, 0, 1, 'x'}, []byte{0xa1, 'x'}},
		{"text for bytes", "note", []byte{0xa1, 'x'}, []byte{0xc4, 1, 'x'}},
		{"long bytes header", "note", []byte{0xc6, 0, 0, 0, 1, 'x'}, []byte{0xc4, 1, 'x'}},
		{"zero address", "close", zero32, nil},
		{"rekey to zero", "rekey", zero32, nil},
		{"nil address", "rekey", []byte{0xc0}, nil},
		{"empty list", "apaa", []byte{0x90}, nil},
		{"nil list", "apaa", []byte{0xc0}, nil},
		{"list with an empty argument", "apaa", []byte{0x91, 0xa0}, []byte{0x91, 0xc4, 0}},
		{"list with a nil argument", "apaa", []byte{0x91, 0xc0}, []byte{0x91, 0xc4, 0}},
		{"list with zero", "apas", []byte{0x92, 0, 0xc0}, []byte{0x92, 0, 0}},
		{"list with a nil address", "apat", []byte{0x91, 0xc0}, append([]byte{0x91}, zero32...)},
		{"long list header", "apas", []byte{0xdd, 0, 0, 0, 1, 7}, []byte{0x91, 7}},
		{"empty box reference", "apbx", []byte{0x92, 0xc0, 0x81, 0xa1, 'i', 0}, []byte{0x92, 0x80, 0x80}},
		{"empty access entry of an empty record", "al", []byte{0x91, 0x81, 0xa1, 'h', 0x81, 0xa1, 'd', 0}, []byte{0x91, 0x80}},
		{"record of zeros", "apgs", []byte{0x82, 0xa3, 'n', 'u', 'i', 0, 0xa3, 'n', 'b', 's', 0}, nil},
		{"record with one zero", "apgs", []byte{0x82, 0xa3, 'n', 'u', 'i', 2, 0xa3, 'n', 'b', 's', 0}, []byte{0x81, 0xa3, 'n', 'u', 'i', 2}},
		{"unsorted record", "apgs", []byte{0x82, 0xa3, 'n', 'u', 'i', 2, 0xa3, 'n', 'b', 's', 1},
			[]byte{0x82, 0xa3, 'n', 'b', 's', 1, 0xa3, 'n', 'u', 'i', 2}},
		{"binary keys", "apgs", []byte{0x81, 0xc4, 3, 'n', 'u', 'i', 2}, []byte{0x81, 0xa3, 'n', 'u', 'i', 2}},
		{"empty heartbeat stays", "hb", []byte{0x80}, []byte{0x80}},
		{"heartbeat of zeros stays", "hb", []byte{0x82, 0xa2, 'k', 'd', 0, 0xa3, 'p', 'r', 'f', 0x80}, []byte{0x80}},
		{"nil heartbeat goes", "hb", []byte{0xc0}, nil},
		{"state proof whose members are zero", "sp", []byte{0x81, 0xa1, 'S', 0x81, 0xa3, 'h', 's', 'h', 0x80}, nil},
		{"unsorted reveals", "sp", []byte{0x81, 0xa1, 'r', 0x82, 0xcd, 0, 200, 0x80, 3, 0xc0}, []byte{0x81, 0xa1, 'r', 0x82, 3, 0x80, 0xcc, 200, 0x80}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Canonicalize(rawTransaction("pay", c.field, c.value))
			if err != nil {
				t.Fatal(err)
			}
			if value := findValue(got, c.field); !bytes.Equal(value, c.want) || (value == nil) != (c.want == nil) {
				t.Errorf("got %x, want %x", value, c.want)
			}
			if _, err := New().Decode(chain.Request{Form: FormTransaction, Payload: got}); err != nil {
				t.Errorf("the canonical encoding is refused: %v", err)
			}
			if _, err := New().Decode(chain.Request{Form: FormTransaction, Payload: rawTransaction("pay", c.field, c.value)}); err == nil {
				t.Error("the other spelling is decoded as it is")
			}
		})
	}
}

// TestCanonicalizeRefuses: what nobody may sign, and what the error says.
func TestCanonicalizeRefuses(t *testing.T) {
	value := func(field string, v ...byte) []byte { return rawTransaction("pay", field, v) }
	tooMany := append([]byte{0xdc, 0, 33}, make([]byte, 33)...)
	nested := bytes.Repeat([]byte{0x91}, 100)
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"nothing", nil, "ends"},
		{"nil", []byte{0xc0}, "unexpected kind"},
		{"unknown field", value("amount", 1), `unknown field "amount"`},
		{"unknown field within", value("apar", 0x81, 0xa1, 'z', 1), `apar: unknown field "z"`},
		{"repeated field", value("type", 0xa3, 'p', 'a', 'y'), `"type" is repeated`},
		{"repeated as text and binary", value("apar", 0x82, 0xa1, 't', 1, 0xc4, 1, 't', 1), `"t" is repeated`},
		{"repeated with zero", value("apar", 0x82, 0xa1, 't', 1, 0xa1, 't', 0), `"t" is repeated`},
		{"repeated reveal", value("sp", 0x81, 0xa1, 'r', 0x82, 3, 0x80, 0xcc, 3, 0x80), "key 3 is repeated"},
		{"integer key", []byte{0x81, 1, 1}, "unexpected kind"},
		{"negative", value("amt", 0xff), "amt: "},
		{"negative in 64 bits", value("amt", 0xd3, 0xff, 0, 0, 0, 0, 0, 0, 0), "amt: "},
		{"float", value("amt", 0xca, 0, 0, 0, 0), "amt: "},
		{"flag for integer", value("amt", 0xc3), "amt: "},
		{"integer for flag", value("nonpart", 1), "nonpart: "},
		{"text for integer", value("amt", 0xa1, '1'), "amt: "},
		{"integer for text", value("gen", 1), "gen: "},
		{"bytes as integers", value("note", 0x91, 1), "note: "},
		{"address as integers", value("rcv", append([]byte{0xdc, 0, 32}, make([]byte, 32)...)...), "rcv: "},
		{"record as array", value("apgs", 0x92, 1, 1), "apgs: "},
		{"list as map", value("apas", 0x81, 1, 1), "apas: "},
		{"extension", value("note", 0xd4, 1, 1), "note: "},
		{"reserved byte", value("note", 0xc1), "note: "},
		{"short address", value("rcv", 0xc4, 1, 1), "rcv: 1 bytes where 32"},
		{"empty address", value("rcv", 0xc4, 0), "rcv: 0 bytes where 32"},
		{"too many elements", value("apas", tooMany...), "apas: "},
		{"more elements than bytes", value("apas", 0xdd, 0xff, 0xff, 0xff, 0xff), "apas: "},
		{"more pairs than fields", []byte{0xdf, 0xff, 0xff, 0xff, 0xff}, "larger"},
		{"uint32 beyond its width", value("apep", 0xcf, 0, 0, 0, 1, 0, 0, 0, 0), "apep: "},
		{"uint8 beyond its width", value("sp", 0x81, 0xa1, 'v', 0xcd, 1, 0), "sp: v: "},
		{"nested far too deep", value("note", nested...), "note: "},
		{"long type", rawTransaction("paypaypay", "fee", []byte{1}), "type: "},
		{"empty type", rawTransaction("", "fee", []byte{1}), "type is missing"},
		{"trailing byte", append(value("amt", 1), 0), "after the end"},
		{"too large", make([]byte, maxPayload+1), "at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Canonicalize(c.raw)
			if !fault.Is(err, fault.InvalidPayload) || !strings.Contains(fault.Text(err), c.want) {
				t.Errorf("got %x, %v; want an invalid payload, %q", got, err, c.want)
			}
		})
	}
}

// TestLimits: the longest value of each limited field is read, one more is not.
func TestLimits(t *testing.T) {
	eachLimited := map[string]int{"note": 4096, "gen": 128, "apap": 16384, "apsu": 16384}
	for name, limit := range eachLimited {
		for extra, ok := range map[int]bool{0: true, 1: false} {
			_, err := Canonicalize(rawTransaction("pay", name, msgpack.AppendBinary(nil, repeat('a', limit+extra))))
			if (err == nil) != ok {
				t.Errorf("%s of %d bytes: %v", name, limit+extra, err)
			}
		}
	}
	for name, limit := range map[string]int{"un": 8, "an": 32, "au": 96} {
		for extra, ok := range map[int]bool{0: true, 1: false} {
			apar := msgpack.AppendText(msgpack.AppendText([]byte{0x81}, name), strings.Repeat("a", limit+extra))
			if _, err := Canonicalize(rawTransaction("acfg", "apar", apar)); (err == nil) != ok {
				t.Errorf("%s of %d bytes: %v", name, limit+extra, err)
			}
		}
	}
	for name, limit := range map[string]int{"apaa": 32, "apat": 32, "apas": 32, "apfa": 32, "al": 16, "apbx": 32} {
		for extra, ok := range map[int]bool{0: true, 1: false} {
			items := append(msgpack.AppendArrayHeader(nil, limit+extra), bytes.Repeat([]byte{0xc0}, limit+extra)...)
			if _, err := Canonicalize(rawTransaction("appl", name, items)); (err == nil) != ok {
				t.Errorf("%s of %d elements: %v", name, limit+extra, err)
			}
		}
	}
}

// TestMoreThanFifteenFields: zeros that are left out change the size of the header.
func TestMoreThanFifteenFields(t *testing.T) {
	zeros := []string{"fee", "fv", "lv", "amt", "caid", "xaid", "aamt", "faid", "apid", "apan", "aprv", "votefst", "votelst", "votekd"}
	for kept := range len(zeros) {
		b := msgpack.AppendMapHeader(nil, 2+len(zeros))
		alice := account("alice")
		b = msgpack.AppendBinary(msgpack.AppendText(b, "snd"), alice[:])
		b = msgpack.AppendText(msgpack.AppendText(b, "type"), "pay")
		for i, name := range zeros {
			n := uint64(0)
			if i < kept {
				n = uint64(i + 1)
			}
			b = msgpack.AppendUint(msgpack.AppendText(b, name), n)
		}
		got, err := Canonicalize(b)
		if err != nil {
			t.Fatal(err)
		}
		r := msgpack.NewReader(got)
		if n, err := r.MapHeader(64); n != 2+kept || err != nil {
			t.Errorf("%d fields kept of %d: header %d, %v", 2+kept, 2+len(zeros), n, err)
		}
		if _, err := New().Decode(chain.Request{Form: FormTransaction, Payload: got}); err != nil {
			t.Error(err)
		}
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	_, err := Canonicalize(rawTransaction("acfg", "apar", []byte{0x81, 0xa1, 't', 0xc3}))
	const want = "transaction: apar: t: msgpack value of an unexpected kind"
	if fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
