package tron

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/fault"
)

// TestOneEncoding: of the many encodings that protobuf permits, one is read.
func TestOneEncoding(t *testing.T) {
	own := fields{}.address(1, alice)
	head := func() fields { return fields{}.data(1, unhex("a1b2")).data(4, unhex("0102030405060708")) }
	good := contractOf(typeTransfer, own.address(2, bob).number(3, 5))
	for name, payload := range map[string][]byte{
		"fields out of order":         fields{}.data(4, unhex("0102030405060708")).data(1, unhex("a1b2")).number(8, 1).data(11, good),
		"a field twice":               head().number(8, 1).number(8, 1).data(11, good),
		"unknown field":               head().number(8, 1).data(11, good).number(99, 1),
		"two contracts":               head().number(8, 1).data(11, good).data(11, good),
		"no contract":                 head().number(8, 1),
		"no expiration":               head().data(11, good),
		"no block":                    fields{}.number(8, 1).data(11, good),
		"block of another size":       fields{}.data(1, unhex("a1")).data(4, unhex("0102030405060708")).number(8, 1).data(11, good),
		"zero that is written":        head().number(8, 1).data(11, good).number(18, 0),
		"text that is empty":          head().number(8, 1).data(10, nil).data(11, good),
		"negative number":             head().number(8, 1<<63).data(11, good),
		"varint of two bytes for one": append(append(head(), 0x40, 0x81, 0x00), fields{}.data(11, good)...),
		"tag of two bytes for one":    append(append(head(), 0xc0, 0x00, 0x01), fields{}.data(11, good)...),
		"size of two bytes for one":   append(append(head().number(8, 1), 0x5a, byte(len(good))|0x80, 0x00), good...),
		"group":                       append(head().number(8, 1).data(11, good), 0x63, 0x64),
		"number as bytes":             head().data(8, []byte{1}).data(11, good),
		"field number zero":           append(head().number(8, 1).data(11, good), 0x02, 0x00),
		"short address":               transactionOf(typeTransfer, own.data(2, unhex("41b6e7")).number(3, 5)),
		"address of another prefix":   transactionOf(typeTransfer, own.data(2, append([]byte{0xa0}, bob[:]...)).number(3, 5)),
		"no owner":                    transactionOf(typeTransfer, fields{}.address(2, bob).number(3, 5)),
		"no receiver":                 transactionOf(typeTransfer, own.number(3, 5)),
		"no contract to call":         transactionOf(typeTriggerSmartContract, own.data(4, []byte{1, 2, 3, 4})),
		"no value":                    transactionOf(typeTransfer, nil),
		"no parameter":                rawOf(fields{}.number(1, typeTransfer)),
		"parameter of another type": rawOf(fields{}.number(1, typeTransfer).data(2,
			fields{}.text(1, typePrefix+"TransferAssetContract").data(2, own.address(2, bob).number(3, 5)))),
		"parameter from elsewhere": rawOf(fields{}.number(1, typeTransfer).data(2,
			fields{}.text(1, "type.example.org/protocol.TransferContract").data(2, own.address(2, bob).number(3, 5)))),
		"type beyond 31 bits":   rawOf(contractOf(typeTransfer, own)[:0].number(1, 1<<32|typeTransfer).data(2, fields{}.text(1, "x"))),
		"resource that is none": transactionOf(typeFreezeBalanceV2, own.number(2, 5).number(3, 3)),
		"boolean of two":        transactionOf(typeProposalApprove, own.number(2, 5).number(3, 2)),
		"text that is no UTF-8": transactionOf(typeCreateSmartContract, own.data(2, fields{}.address(1, alice).data(7, []byte{0xff}))),
		"entry without value":   transactionOf(typeProposalCreate, own.data(2, fields{}.number(1, 5))),
		"entry with a third":    transactionOf(typeProposalCreate, own.data(2, fields{}.number(1, 5).number(2, 5).number(3, 5))),
		"inner bytes too few":   rawOf(contractOf(typeTransfer, own.address(2, bob).number(3, 5)[:30])),
		"nothing":               nil,
	} {
		if _, err := parseTransaction(payload); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, payload := range map[string][]byte{
		"transfer":               head().number(8, 1).data(11, good),
		"entries in any order":   transactionOf(typeProposalCreate, own.data(2, fields{}.number(1, 5).number(2, 0)).data(2, fields{}.number(1, 0).number(2, 1<<63))),
		"message that is empty":  transactionOf(typeCreateSmartContract, own.data(2, fields{}.address(1, alice).data(3, nil))),
		"account of type normal": transactionOf(typeAccountCreate, own.address(2, bob)),
	} {
		parsed, err := parseTransaction(payload)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(encode(parsed.raw), payload) {
			t.Errorf("%s: written again, it is another one", name)
		}
	}
}

// TestBounds: what a transaction may hold is bounded before memory is spent on it.
func TestBounds(t *testing.T) {
	many := fields{}.address(1, alice)
	for range maxMembers {
		many = many.data(2, nil)
	}
	if _, err := parseTransaction(transactionOf(typeVoteWitness, many)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("very many votes: %v", err)
	}
	large := transfer(bob, 1)
	large = append(large, make([]byte, maxPayload)...)
	if _, err := tron().Decode(request(large)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large payload: %v", err)
	}
}

// TestSchema: fields are in the order of their numbers, and have what their kind needs.
func TestSchema(t *testing.T) {
	seen := map[*message]bool{}
	var check func(m *message)
	check = func(m *message) {
		if seen[m] {
			return
		}
		seen[m] = true
		names := map[string]bool{}
		for i, f := range m.fields {
			if i > 0 && f.number <= m.fields[i-1].number || names[f.name] || f.name == "" {
				t.Errorf("%s.%s: number %d", m.name, f.name, f.number)
			}
			names[f.name] = true
			if needs := f.kind == kindMessage || f.kind == kindParameter || f.kind == kindMap; needs != (f.of != nil) {
				t.Errorf("%s.%s: message %v", m.name, f.name, f.of)
			}
			if (f.kind == kindEnum) != (len(f.names) > 0) {
				t.Errorf("%s.%s: names %v", m.name, f.name, f.names)
			}
			if f.of != nil {
				check(f.of)
			}
		}
	}
	check(messageRaw)
	check(messageTransaction)
	for typ := range int64(64) {
		m := contractMessage(typ)
		if m == nil {
			continue
		}
		check(m)
		if !strings.HasSuffix(m.name, "Contract") || typeName(typ) != m.name {
			t.Errorf("type %d is %s", typ, m.name)
		}
	}
	if len(seen) < 45 {
		t.Errorf("only %d messages", len(seen))
	}
}
