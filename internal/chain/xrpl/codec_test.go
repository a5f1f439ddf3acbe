package xrpl

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// TestDefinitions compares the tables with the ledger's published definitions.
func TestDefinitions(t *testing.T) {
	d := load[struct {
		Types        map[string]int
		Fields       [][]jsontext.Value
		Transactions map[string]int
		Formats      map[string][][]jsontext.Value
		AccountFlags map[string]int `json:"accountSetFlags"`
	}](t, "definitions.json")
	if len(d.Fields) != len(fields) || len(d.Fields) < 250 {
		t.Fatalf("%d fields, published are %d", len(fields), len(d.Fields))
	}
	for i, f := range d.Fields {
		name, code := strings.Trim(string(f[0]), `"`), fieldCode(number(t, f[1])<<16|number(t, f[2]))
		if fields[i].name != name || fields[i].code != code || code.name() != name {
			t.Errorf("field %d is %s %#x, published is %s %#x", i, fields[i].name, fields[i].code, name, code)
		}
		if isVariable(code.kind()) != (string(f[3]) == "true") || code.signed() != (string(f[4]) == "true") {
			t.Errorf("field %s: length or signature are not as published", name)
		}
		if back, ok := fieldNamed(name); !ok || back != code {
			t.Errorf("field %s is found as %#x", name, back)
		}
	}
	if len(d.Transactions) != len(formats) {
		t.Fatalf("%d formats, published are %d", len(formats), len(d.Transactions))
	}
	for name, code := range d.Transactions {
		f := formatOf(uint16(code))
		if f == nil || f.name != name {
			t.Errorf("transaction %s is not in the table", name)
			continue
		}
		sameFormat(t, name, f, d.Formats[name])
	}
	shared := d.Formats["common"]
	for i := range shared { // a key can be written in when the transaction is signed
		if string(shared[i][0]) == `"SigningPubKey"` || string(shared[i][0]) == `"TxnSignature"` || string(shared[i][0]) == `"Signers"` {
			shared[i][1] = jsontext.Value("1")
		}
	}
	sameFormat(t, "common", &common, shared)
	for name, number := range d.AccountFlags {
		if s := settings[number]; "asf"+s.name != name {
			t.Errorf("account flag %d is %q, published is %s", number, s.name, name)
		}
	}
}

func sameFormat(t *testing.T, name string, f *format, published [][]jsontext.Value) {
	t.Helper()
	if len(f.need)+len(f.may) != len(published) {
		t.Errorf("%s: %d fields, published are %d", name, len(f.need)+len(f.may), len(published))
	}
	for _, p := range published {
		code, _ := fieldNamed(strings.Trim(string(p[0]), `"`))
		list := f.may
		if string(p[1]) == "0" {
			list = f.need
		}
		if !slices.Contains(list, code) {
			t.Errorf("%s: the field %s is not as published", name, p[0])
		}
	}
}

func number(t *testing.T, value jsontext.Value) int {
	t.Helper()
	n := 0
	for _, c := range value {
		if c < '0' || c > '9' {
			t.Fatalf("%s is no number", value)
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// TestPublished: the JSON of published fixtures encodes to their binary, and the
// reader accepts that as canonical.
func TestPublished(t *testing.T) {
	p := load[published](t, "published.json")
	if len(p.Transactions) != 34 || len(p.Objects) != 261 || len(p.Raw) != 38 {
		t.Fatal("fixtures are missing")
	}
	for _, f := range p.Transactions {
		n, err := parseJSON(f.JSON)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		got, err := encoder{}.object(nil, &n, 0)
		if err != nil || upperHex(got) != strings.ToUpper(f.Binary) {
			t.Errorf("%s: encodes as %X, %v\nwant %s", f.Name, got, err, f.Binary)
		}
		if _, err := parseObject(got); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	for _, text := range append(p.Objects, p.Raw...) {
		o, err := parseObject(unhex(t, text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		var again []byte
		for _, v := range o.values {
			again = append(again, o.raw[v.start:v.end]...)
		}
		if upperHex(again) != text {
			t.Errorf("%s was read with holes", text)
		}
	}
}

func TestPublishedXAddresses(t *testing.T) {
	p := load[published](t, "published.json")
	if len(p.XAddresses) != 7 {
		t.Fatal("fixtures are missing")
	}
	for _, f := range p.XAddresses {
		if got, want := encode(t, string(f.XJSON)), encode(t, string(f.RJSON)); !bytes.Equal(got, want) {
			t.Errorf("%s encodes as %X, want %X", f.XJSON, got, want)
		}
	}
}

func TestPublishedAmounts(t *testing.T) {
	p := load[published](t, "published.json")
	if len(p.Amounts) != 32 {
		t.Fatal("fixtures are missing")
	}
	for _, f := range p.Amounts {
		n, err := parseJSON([]byte(`{"a":` + string(f.JSON) + `}`))
		if err != nil {
			t.Fatal(err)
		}
		got, err := encoder{}.amount(nil, n.get("a"))
		if f.Err != "" {
			if err == nil {
				t.Errorf("%s: encodes as %X, and ought to be refused: %s", f.JSON, got, f.Err)
			}
			continue
		}
		if err != nil || upperHex(got) != f.Hex {
			t.Errorf("%s: encodes as %X, %v, want %s", f.JSON, got, err, f.Hex)
			continue
		}
		a := parseAmount(got)
		want, err := parseDecimal(strings.Trim(string(f.JSON), `"`))
		if value := n.get("a").get("value"); value != nil {
			want, err = parseDecimal(value.text)
		}
		back, err2 := parseDecimal(a.number())
		if err != nil || err2 != nil || back != want {
			t.Errorf("%s is shown as %s", f.JSON, a.number())
		}
	}
}

// TestNotCanonical: what two readers could read differently, and what the network
// would write otherwise, is refused.
func TestNotCanonical(t *testing.T) {
	base := payload(t, `"TransactionType":"Payment","Destination":"@bob","Amount":"1"`)
	if _, err := parseTransaction(base); err != nil {
		t.Fatal(err)
	}
	insert := func(after string, more string) string {
		text := hex.EncodeToString(base)
		i := strings.Index(text, after)
		if i < 0 {
			t.Fatalf("no %s in %s", after, text)
		}
		return text[:i+len(after)] + more + text[i+len(after):]
	}
	replace := func(old, with string) string {
		text := hex.EncodeToString(base)
		if strings.Count(text, old) != 1 {
			t.Fatalf("%s is not once in %s", old, text)
		}
		return strings.Replace(text, old, with, 1)
	}
	for name, text := range map[string]string{
		"type in two bytes":             replace("120000", "0201"+"0000"),
		"number in two bytes":           replace("120000", "1002"+"0000"),
		"unknown field":                 insert("120000", "1900"+"00"),
		"unknown type":                  insert("120000", "c100"),
		"repeated field":                insert("120000", "120000"),
		"fields in another order":       replace("2400000007", "") + "2400000007",
		"end marker at the end":         hex.EncodeToString(base) + "e1",
		"array's end marker":            hex.EncodeToString(base) + "f1",
		"field without contents":        hex.EncodeToString(base) + "83",
		"short account":                 replace("8114", "8113"),
		"amount of minus zero":          replace("614000000000000001", "610000000000000000"),
		"amount of more than there is":  replace("614000000000000001", "61416345785d8a0001"),
		"issued amount not normalised":  replace("614000000000000001", "61"+"d4800000000003e8"+strings.Repeat("01", 40)),
		"issued amount of another zero": replace("614000000000000001", "61"+"c000000000000000"+strings.Repeat("01", 40)),
		"issued amount of nothing":      replace("614000000000000001", "61"+"d4838d7ea4c68000"+strings.Repeat("00", 20)+strings.Repeat("01", 20)),
		"issued amount by nobody":       replace("614000000000000001", "61"+"d4838d7ea4c68000"+strings.Repeat("01", 20)+strings.Repeat("00", 20)),
		"token amount with a flag":      replace("614000000000000001", "61"+"61"+"0000000000000001"+strings.Repeat("01", 24)),
		"token amount beyond 63 bits":   replace("614000000000000001", "61"+"60"+"8000000000000001"+strings.Repeat("01", 24)),
		"path without steps":            hex.EncodeToString(base) + "011200",
		"path with an empty end":        hex.EncodeToString(base) + "011201" + strings.Repeat("02", 20) + "ff00",
		"path with an unknown step":     hex.EncodeToString(base) + "011202" + strings.Repeat("02", 20) + "00",
		"length beyond the end":         insert("6840000000000000"+"0c", "73f1ffff"),
		"length of 255":                 insert("6840000000000000"+"0c", "73ff"),
	} {
		if o, err := parseObject(unhex(t, text)); err == nil {
			t.Errorf("%s: read as %+v", name, o.values)
		}
	}
}

// TestLengths: each length has one spelling.
func TestLengths(t *testing.T) {
	for n := range 140000 {
		if n > 13000 && n%977 != 0 {
			continue
		}
		b := appendLength(nil, n)
		back, size, err := readLength(b)
		if err != nil || back != n || size != len(b) {
			t.Fatalf("%d is written as %x and read as %d", n, b, back)
		}
	}
	for c := range fieldCode(1 << 8) {
		for _, code := range []fieldCode{c<<16 | 5, c<<16 | 200, 3<<16 | c, 17<<16 | c} {
			if code>>16 == 0 || code&0xff == 0 {
				continue
			}
			b := appendHeader(nil, code)
			back, size, err := readHeader(b)
			if err != nil || back != code || size != len(b) {
				t.Fatalf("%#x is written as %x and read as %#x, %v", code, b, back, err)
			}
		}
	}
}

// TestNumbers: decimal texts and their one encoding, from ripple-binary-codec's
// rules for STNumber.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"0": "000000000000000080000000", "1": "0de0b6b3a7640000ffffffee", "-1": "f21f494c589c0000ffffffee",
		"9223372036854775807": "7fffffffffffffff00000000", "9223372036854775810": "0ccccccccccccccd00000001",
	} {
		got, err := encodeNumber(text)
		if err != nil || hex.EncodeToString(got) != want {
			t.Errorf("%s: %x, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", ".", "1e", "1e99999", "0x1", "12345678901234567891", "9223372036854775809", "1 ", "--1", "1e-40000"} {
		if got, err := encodeNumber(text); err == nil {
			t.Errorf("%q is read as %x", text, got)
		}
	}
	for _, bad := range []string{"000000000000000000000000", "00000000000003e800000000", "8000000000000000" + "00000000"} {
		if checkNumber(unhex(t, bad)) == nil {
			t.Errorf("%s is taken for normalised", bad)
		}
	}
}
