package typed

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

const (
	cow = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"
	bob = "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"
)

func account(t testing.TB, text string) wire.Address {
	t.Helper()
	a, err := wire.ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// document is one with a struct S that has a member x, and further types.
func document(kind, value, types string) string {
	return `{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"S":[{"name":"x","type":"` + kind + `"}]` + types +
		`},"primaryType":"S","domain":{"name":"S"},"message":{"x":` + value + `}}`
}

// person is a struct for documents.
const person = `,"P":[{"name":"n","type":"string"},{"name":"w","type":"address"}]`

func typedData(t testing.TB, text string) (*Request, error) {
	t.Helper()
	doc, err := ReadDocument([]byte(text))
	if err != nil {
		return nil, err
	}
	return TypedData(account(t, cow), doc)
}

// TestArraysAreShownWhole: the peer shows the last struct of an array, and no array of
// numbers, addresses, bools or texts.
func TestArraysAreShownWhole(t *testing.T) {
	al := `{"n":"Al","w":"` + cow + `"}`
	shownAl := `[{"name":"n","value":"Al","type":"string"},{"name":"w","value":"` + cow + `","type":"address"}]`
	for _, c := range []struct{ kind, value, want string }{
		{"uint256[]", `[1,"2","0x3"]`, `[{"name":"[0]","value":"1 (0x1)","type":"uint256"},{"name":"[1]","value":"2 (0x2)","type":"uint256"},{"name":"[2]","value":"3 (0x3)","type":"uint256"}]`},
		{"int8[1]", `[-1]`, `[{"name":"[0]","value":"-1 (-0x1)","type":"int8"}]`},
		{"address[]", `["` + strings.ToLower(cow) + `"]`, `[{"name":"[0]","value":"` + cow + `","type":"address"}]`},
		{"bool[]", `[true,false]`, `[{"name":"[0]","value":"true","type":"bool"},{"name":"[1]","value":"false","type":"bool"}]`},
		{"string[]", `["a","] b"]`, `[{"name":"[0]","value":"a","type":"string"},{"name":"[1]","value":"] b","type":"string"}]`},
		{"uint8[2][]", `[[1,2],[3,4]]`, `[{"name":"[0]","value":[{"name":"[0]","value":"1 (0x1)","type":"uint8"},{"name":"[1]","value":"2 (0x2)","type":"uint8"}],"type":"uint8[2]"},` +
			`{"name":"[1]","value":[{"name":"[0]","value":"3 (0x3)","type":"uint8"},{"name":"[1]","value":"4 (0x4)","type":"uint8"}],"type":"uint8[2]"}]`},
		{"bytes3[]", `["0x010203","0X0A0b0c"]`, `"[0x010203 0X0A0b0c]"`},
		{"bytes[][]", `[["0x"],[]]`, `"[[0x] []]"`},
		{"string[]", `[]`, `null`},
		{"P[]", `[` + al + `]`, shownAl},
		{"P[]", `[` + al + `,{"n":"","w":"` + bob + `"}]`, `[{"name":"[0]","value":` + shownAl + `,"type":"P"},{"name":"[1]","value":[{"name":"n","value":"","type":"string"},{"name":"w","value":"` + bob + `","type":"address"}],"type":"P"}]`},
		{"P[1][]", `[[` + al + `]]`, `[{"name":"[0]","value":` + shownAl + `,"type":"P[1]"}]`},
	} {
		r, err := typedData(t, document(c.kind, c.value, person))
		if err != nil {
			t.Errorf("%s of %s: %v", c.kind, c.value, err)
			continue
		}
		text, err := r.Ask.Messages[1].MarshalJSON()
		if want := `{"name":"S","value":[{"name":"x","value":` + c.want + `,"type":"` + c.kind + `"}],"type":"primary type"}`; err != nil || string(text) != want {
			t.Errorf("%s of %s is shown as\n%s, want\n%s", c.kind, c.value, text, want)
		}
	}
}

// TestShapes: what has not the shape of its type is refused, whatever the peer does.
func TestShapes(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{
		{"uint8[3]", `[1,2]`, "invalid size on integer: 8[3]"},
		{"uint8[2]", `[1,2,3]`, "invalid size on integer: 8[2]"},
		{"uint8[2]", `[]`, "provided data '[]' doesn't match type 'uint8[2]'"},
		{"uint8[2][]", `[[1,2],[3]]`, "invalid size on integer: 8[2][]"},
		{"uint8[][2]", `[[1,2]]`, "invalid size on integer: 8[][2]"},
		{"int[]", `[null]`, "invalid size on integer: []"},
		{"string[]", `[null]`, "unhandled type string[]"},
		{"string[]", `[5]`, "provided data '5' doesn't match type 'string'"},
		{"address[]", `[[]]`, "unhandled type address[]"},
		{"address[]", `["0x12"]`, "provided data '0x12' doesn't match type 'address'"},
		{"bool[]", `["true"]`, "could not format value true as bool"},
		{"uint8[]", `[256]`, "integer larger than 'uint8'"},
		{"bytes4[2]", `["0x01020304"]`, "provided data '[0x01020304]' doesn't match type 'bytes4[2]'"},
		{"bytes[]", `[null]`, "provided data '<nil>' doesn't match type 'bytes'"},
		{"bytes[]", `["0x1"]`, "provided data '0x1' doesn't match type 'bytes'"},
		{"P[2]", `[{"n":"a","w":"` + cow + `"}]`, "provided data '[map[n:a w:" + cow + "]]' doesn't match type 'P[2]'"},
		{"P[]", `[null]`, "could not format value <nil> as address"},
		{"Q[]", `[null]`, "provided data '<nil>' doesn't match type 'Q'"},
		{"Q[][]", `[{"n":"a"}]`, "provided data 'map[n:a]' doesn't match type 'Q[]'"},
		{"Q[]", `[[{"n":"a"}]]`, "provided data '[map[n:a]]' doesn't match type 'Q'"},
		{"uint256[", `[]`, "invalid size on integer: 256["},
		{"string[", `[]`, "unrecognized type 'string['"},
		{"bytes[", `[]`, "invalid size on bytes: ["},
		{"uint256[x]", `[1]`, "invalid size on integer: 256[x]"},
		{"uint256[x]", `[]`, "provided data '[]' doesn't match type 'uint256[x]'"},
		{"uint256]", `1`, "invalid size on integer: 256]"},
		{"[]", `[]`, "unhandled type []"},
		{"Alien[]", `[1]`, "unhandled type Alien[]"},
		{"Alien[]", `[]`, `reference type "Alien[]" is undefined`},
		{"P [2]", `[]`, `reference type "P [2]" is undefined`},
		{"uint0", `0`, `reference type "uint0" is undefined`},
		{"bytes99", `"0x"`, `reference type "bytes99" is undefined`},
	} {
		r, err := typedData(t, document(c.kind, c.value, person+`,"Q":[{"name":"n","type":"string"}]`))
		if err == nil || fault.Text(err) != c.want {
			t.Errorf("%s of %s: %v, %v, want %s", c.kind, c.value, r, err, c.want)
		}
	}
}

// TestNumbers: they are exact, however they are written, or refused.
func TestNumbers(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{ // want is decimal, or an error
		{"uint256", "9007199254740993", "9007199254740993"},
		{"int256", "-9007199254740993", "-9007199254740993"},
		{"uint256", "9223372036854775807", "9223372036854775807"},
		{"uint256", "9223372036854775808", "invalid float value 9.223372036854776e+18 for type uint256"},
		{"int256", "-9223372036854775808", "-9223372036854775808"},
		{"int256", "-9223372036854775809", "invalid float value -9.223372036854776e+18 for type int256"},
		{"uint8", "10.0", "10"},
		{"uint8", "1e1", "10"},
		{"uint8", "0.1E+2", "10"},
		{"uint8", "1200e-1", "120"},
		{"uint8", "-0", "0"},
		{"uint8", "0e999999999999", "0"},
		{"uint8", "0.000000", "0"},
		{"uint8", "1.0000000000000000001", "invalid float value 1 for type uint8"},
		{"uint8", "1e-1", "invalid float value 0.1 for type uint8"},
		{"uint8", "1e-999999999999", "invalid float value 0 for type uint8"},
		{"uint256", "1e19", "invalid float value 1e+19 for type uint256"},
		{"uint256", "1e400", "json: cannot unmarshal number 1e400 into Go value of type float64"},
		{"uint256", `"1e3"`, `invalid hex or decimal integer "1e3"`},
		{"uint256", `"+7"`, "7"},
		{"uint256", `"-0"`, "0"},
		{"uint256", `"0X0fF"`, "255"},
		{"uint256", `"0x-1"`, `invalid hex or decimal integer "0x-1"`},
		{"uint256", `"- 1"`, `invalid hex or decimal integer "- 1"`},
		{"uint256", `"-"`, `invalid hex or decimal integer "-"`},
		{"uint256", `"1_000"`, `invalid hex or decimal integer "1_000"`},
		{"uint256", `"٣"`, `invalid hex or decimal integer "٣"`},
		{"uint256", `"` + strings.Repeat("0", 1000) + `7"`, "7"},
		{"uint256", `"0x` + strings.Repeat("0", 1000) + `7"`, "7"},
		{"uint256", `"115792089237316195423570985008687907853269984665640564039457584007913129639936"`, `invalid hex or decimal integer "115792089237316195423570985008687907853269984665640564039457584007913129639936"`},
		{"uint256", `-1`, "invalid negative value for unsigned type uint256"},
		{"uint8", `256`, "integer larger than 'uint8'"},
		{"int8", `127`, "127"},
		{"int8", `128`, "integer larger than 'int8'"},
		{"int8", `-128`, "-128"},
		{"int8", `-129`, "integer larger than 'int8'"},
		{"int", `"-57896044618658097711785492504343953926634992332820282019728792003956564819968"`, "-57896044618658097711785492504343953926634992332820282019728792003956564819968"},
		{"int", `"57896044618658097711785492504343953926634992332820282019728792003956564819968"`, "integer larger than 'int'"},
		{"uint256", `{}`, "invalid integer value map[]/map[string]interface {} for type uint256"},
	} {
		r, err := typedData(t, document(c.kind, c.value, ""))
		n, ok := new(big.Int).SetString(c.want, 10)
		if !ok {
			if err == nil || fault.Text(err) != c.want {
				t.Errorf("%s of %s: %v, want %s", c.kind, c.value, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s of %s: %v", c.kind, c.value, err)
			continue
		}
		if got, want := *r.Ask.Messages[1].Value.Fields[0].Value.Text, fmt.Sprintf("%d (%#x)", n, n); got != want || !strings.Contains(string(r.Sign.Payload), `"message":{"x":"`+c.want+`"}`) {
			t.Errorf("%s of %s is shown as %s, signed as %s", c.kind, c.value, got, r.Sign.Payload)
		}
	}
}

// TestDocuments: what can be wrong with the frame of a document.
func TestDocuments(t *testing.T) {
	plain := document("uint8", "1", "")
	for name, c := range map[string]struct{ text, want string }{
		"plain":                    {plain, ""},
		"other case":               {strings.NewReplacer(`"primaryType"`, `"primarytype"`, `"domain":`, `"DOMAIN":`).Replace(plain), ""},
		"unknown member":           {strings.Replace(plain, `{"types"`, `{"more":[{}],"types"`, 1), ""},
		"unknown member of a type": {strings.Replace(plain, `"name":"x"`, `"indexed":true,"name":"x"`, 1), ""},
		"unused type":              {strings.Replace(plain, `"S":[`, `"9 Bad,(":[],"S":[`, 1), ""},
		"types null":               {`{"types":null}`, "domain is undefined"},
		"null":                     {`null`, "domain is undefined"},
		"nothing":                  {`{}`, "domain is undefined"},
		"a list":                   {`[]`, "json: cannot unmarshal array into Go value of type apitypes.TypedData"},
		"no json":                  {`{`, "unexpected end of JSON input"},
		"empty":                    {``, "unexpected end of JSON input"},
		"more behind":              {plain + `{}`, "invalid character '{' after top-level value"},
		"twice":                    {strings.Replace(plain, `"message"`, `"domain":{},"message"`, 1), "json: a member is given twice"},
		"twice in two cases":       {strings.Replace(plain, `"message"`, `"Domain":{},"message"`, 1), "json: the member domain is given twice"},
		"twice in the message":     {strings.Replace(plain, `{"x":1}`, `{"x":1,"x":2}`, 1), "json: a member is given twice"},
		"twice in the domain":      {strings.Replace(plain, `{"name":"S"}`, `{"name":"S","NAME":"T"}`, 1), "json: the member name is given twice"},
		"not UTF-8":                {strings.Replace(plain, `{"name":"S"}`, "{\"name\":\"\xff\"}", 1), "json: not valid JSON in UTF-8"},
		"lone surrogate":           {strings.Replace(plain, `{"name":"S"}`, `{"name":"\ud800"}`, 1), "json: not valid JSON in UTF-8"},
		"types a list":             {strings.Replace(plain, `{"types":{`, `{"types":[],"x":{`, 1), "json: cannot unmarshal array into Go struct field TypedData.types of type apitypes.Types"},
		"type an object":           {strings.Replace(plain, `"S":[{"name":"x","type":"uint8"}]`, `"S":{}`, 1), "json: cannot unmarshal object into Go struct field TypedData.types of type []apitypes.Type"},
		"type null":                {strings.Replace(plain, `"S":[{"name":"x","type":"uint8"}]`, `"S":null`, 1), "there is extra data provided in the message (0 < 1)"},
		"member a number":          {strings.Replace(plain, `{"name":"x","type":"uint8"}`, `5`, 1), "json: cannot unmarshal number into Go struct field TypedData.types of type apitypes.Type"},
		"member null":              {strings.Replace(plain, `{"name":"x","type":"uint8"}`, `null`, 1), "unhandled type "},
		"primary type a number":    {strings.Replace(plain, `"primaryType":"S"`, `"primaryType":5`, 1), "json: cannot unmarshal number into Go struct field TypedData.primaryType of type string"},
		"message a list":           {strings.Replace(plain, `{"x":1}`, `[]`, 1), "json: cannot unmarshal array into Go struct field TypedData.message of type map[string]interface {}"},
		"message null":             {strings.Replace(plain, `{"x":1}`, `null`, 1), "invalid integer value <nil>/<nil> for type uint8"},
		"chain id a list":          {strings.Replace(plain, `{"name":"S"}`, `{"chainId":[]}`, 1), `invalid hex or decimal integer "[]"`},
		"chain id true":            {strings.Replace(plain, `{"name":"S"}`, `{"chainId":true}`, 1), `invalid hex or decimal integer "true"`},
		"chain id null":            {strings.Replace(plain, `{"name":"S"}`, `{"name":"S","chainId":null}`, 1), ""},
		"chain id as text":         {strings.NewReplacer(`{"name":"S"}`, `{"chainId":5}`, `"name":"name"`, `"name":"chainId"`).Replace(plain), "provided data '5' doesn't match type 'string'"},
		"chain id of 256 bits":     {strings.NewReplacer(`{"name":"S"}`, `{"chainId":"0x`+strings.Repeat("f", 65)+`"}`).Replace(plain), `invalid hex or decimal integer "0x` + strings.Repeat("f", 65) + `"`},
		"primary type that is not": {strings.Replace(strings.Replace(plain, `"primaryType":"S"`, `"primaryType":"T"`, 1), `{"x":1}`, `{}`, 1), `primary type "T" is undefined`},
		"member twice in a type":   {strings.NewReplacer(`{"name":"x","type":"uint8"}`, `{"name":"x","type":"uint8"},{"name":"x","type":"uint8"}`).Replace(plain), `type "S":1: Name "x" is given twice`},
		"member named a type":      {strings.NewReplacer(`"name":"x"`, `"name":"x,uint8 y"`, `{"x":1}`, `{"x,uint8 y":1}`).Replace(plain), "typed data: type S has a member twice, or one whose name cannot be one"},
		"deep":                     {document("uint8", strings.Repeat("[", 80)+strings.Repeat("]", 80), ""), "json: values are nested deeper than 64 levels"},
	} {
		_, err := typedData(t, c.text)
		if c.want == "" && err != nil || c.want != "" && (err == nil || fault.Text(err) != c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := ReadDocument(make([]byte, maxDocument+1)); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
}

// TestWork: few bytes cannot ask for much work, and errors quote little.
func TestWork(t *testing.T) {
	var members []string
	for i := range 1000 {
		members = append(members, fmt.Sprintf(`{"name":"m%d","type":"string"}`, i))
	}
	wide := `,"W":[` + strings.Join(members, ",") + `]`
	_, err := typedData(t, document("W[]", `[{}`+strings.Repeat(`,{}`, 60_000)+`]`, wide))
	if !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
	_, err = typedData(t, document("uint8", `"`+strings.Repeat("x", 100_000)+`"`, ""))
	if err == nil || len(fault.Text(err)) > 1200 {
		t.Errorf("an error of %d bytes", len(fault.Text(err)))
	}
}

// TestOneChecksTheOther: the hash that is shown is that of the payload, for a document
// with everything in it, also when members and types stand in another order.
func TestOneChecksTheOther(t *testing.T) {
	one, err := typedData(t, document("P[]", `[{"n":"a","w":"`+cow+`"}]`, person))
	if err != nil {
		t.Fatal(err)
	}
	other, err := typedData(t, `{"message":{"x":[{"w":"`+strings.ToLower(cow[2:])+`","n":"\u0061"}]},"domain":{"name":"S","more":1},"primaryType":"S","types":{"P":[{"type":"string","name":"n"},{"name":"w","type":"address"}],"S":[{"name":"x","type":"P[]"}],"EIP712Domain":[{"name":"name","type":"string"}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	if string(one.Sign.Payload) != string(other.Sign.Payload) || one.Ask.Hash.String() != other.Ask.Hash.String() || len(one.Ask.RawData) != 66 {
		t.Errorf("%s\n%s", one.Sign.Payload, other.Sign.Payload)
	}
	if hash := wire.Keccak(one.Ask.RawData); string(hash[:]) != string(one.Ask.Hash) || !json.Valid(one.Sign.Payload) {
		t.Errorf("%s of %x", one.Ask.Hash, one.Ask.RawData)
	}
}
