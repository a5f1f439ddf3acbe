package kmd

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/server"
)

const allFields = fieldLegacy<<1 - 1

// decodeText decodes a body that may carry every field but the private key,
// whose absence alone would make it wrong.
func decodeText(text string, fields fieldSet) (request, error) {
	var p bodies
	b := p.of([]byte(text))
	var q request
	err := b.decode(fields, &q)
	return q, err
}

func TestDecodeAccepts(t *testing.T) {
	b32 := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	seven := [keySize]byte(bytes.Repeat([]byte{7}, 32))
	for _, c := range []struct {
		name, body string
		want       func(*request) bool
	}{
		{"null", `null`, func(q *request) bool { return q.password.IsEmpty() && q.handle == nil }},
		{"empty object", ` { } `, func(q *request) bool { return q.handle == nil }},
		{"white space around", "\n\t{\"wallet_name\":\"x\"}\r\n ", func(q *request) bool { return string(q.name) == "x" }},
		{"number as text", `{"wallet_name":-5}`, func(q *request) bool { return string(q.name) == "-5" }},
		{"float as text", `{"wallet_password":1.50e3}`, func(q *request) bool { return string(q.password.Expose()) == "1.50e3" }},
		{"true as text", `{"wallet_name":true,"wallet_id":false}`, func(q *request) bool { return string(q.name) == "true" && string(q.walletID) == "false" }},
		{"null as text", `{"wallet_name":null,"wallet_password":null}`, func(q *request) bool { return len(q.name) == 0 && q.password.IsEmpty() }},
		{"surrogate pair", `{"wallet_password":"\ud83d\udd11"}`, func(q *request) bool { return string(q.password.Expose()) == "🔑" }},
		{"raw emoji", `{"wallet_password":"🔑"}`, func(q *request) bool { return string(q.password.Expose()) == "🔑" }},
		{"NUL in a password", `{"wallet_password":"a\u0000b"}`, func(q *request) bool { return string(q.password.Expose()) == "a\x00b" }},
		{"spaces of a password", `{"wallet_password":"  p "}`, func(q *request) bool { return string(q.password.Expose()) == "  p " }},
		{"escaped name", `{"wallet\u005fname":"x"}`, func(q *request) bool { return string(q.name) == "x" }},
		{"escaped slash in base64", `{"transaction":"\/\/8="}`, func(q *request) bool { return bytes.Equal(q.transaction, []byte{0xff, 0xff}) }},
		{"line ends in base64", `{"data":"Bo\r\nEB"}`, func(q *request) bool { return bytes.Equal(q.data, []byte{6, 0x81, 1}) }},
		{"spare bits of base64", `{"data":"Bh=="}`, func(q *request) bool { return bytes.Equal(q.data, []byte{6}) }},
		{"empty fixed value", `{"public_key":"","signer":null}`, func(q *request) bool { return q.publicKey == [keySize]byte{} }},
		{"fixed value", `{"public_key":"` + b32 + `"}`, func(q *request) bool { return q.publicKey == seven }},
		{"seed", `{"master_derivation_key":"` + b32 + `"}`, func(q *request) bool { return bytes.Equal(q.seed.Expose(), seven[:]) }},
		{"blank seed", `{"master_derivation_key":""}`, func(q *request) bool { return q.seed.IsEmpty() }},
		{"quoted integers", `{"multisig_version":"1","threshold":"02"}`, func(q *request) bool { return q.version == 1 && q.threshold == 2 }},
		{"list", `{"pks":["` + b32 + `",""]}`, func(q *request) bool { return len(q.keys) == 2 && q.keys[0] == seven }},
		{"null list", `{"pks":null}`, func(q *request) bool { return q.keys == nil }},
		{"boolean", `{"display_mnemonic":true,"use_legacy_msig":null}`, func(q *request) bool { return q.display && !q.legacy }},
		{"partial", `{"partial_multisig":{"v":1,"thr":2,"subsig":[{"pk":"` + b32 + `"},null]}}`, func(q *request) bool {
			return q.partial.given() && q.partial.version == 1 && q.partial.threshold == 2 && len(q.partial.slots) == 2 && q.partial.slots[0].key == seven
		}},
		{"no partial", `{"partial_multisig":{}}`, func(q *request) bool { return !q.partial.given() }},
		{"null partial", `{"partial_multisig":null}`, func(q *request) bool { return !q.partial.given() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := decodeText(c.body, allFields&^fieldPrivateKey)
			if err != nil || !c.want(&q) {
				t.Errorf("%s: error %v, or not the values wanted", c.body, err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	b64 := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for name, body := range map[string]string{
		"nothing":                   ``,
		"white space only":          "  \n",
		"truncated":                 `{"wallet_name":"x`,
		"a list":                    `["x"]`,
		"a string":                  `"x"`,
		"a number":                  `1`,
		"text after the value":      `{} x`,
		"two values":                `{}{}`,
		"NUL after the value":       "{}\x00",
		"unknown field":             `{"extra":1}`,
		"other case":                `{"Wallet_Name":"x"}`,
		"repeated field":            `{"wallet_name":"x","wallet_name":"x"}`,
		"repeated, once escaped":    `{"wallet_name":"x","wallet\u005fname":"x"}`,
		"comma at the end":          `{"wallet_name":"x",}`,
		"single quotes":             `{'wallet_name':'x'}`,
		"comment":                   `{/**/}`,
		"byte order mark":           "\ufeff{}",
		"object as text":            `{"wallet_name":{}}`,
		"list as text":              `{"wallet_name":[]}`,
		"nesting":                   `{"wallet_name":` + deep + `}`,
		"nesting in a list":         `{"pks":` + deep + `}`,
		"nesting at the top":        deep,
		"lone surrogate":            `{"wallet_password":"\ud83d"}`,
		"reversed surrogates":       `{"wallet_password":"\udd11\ud83d"}`,
		"broken UTF-8":              "{\"wallet_password\":\"\xff\"}",
		"overlong UTF-8":            "{\"wallet_password\":\"\xc0\x80\"}",
		"surrogate in UTF-8":        "{\"wallet_password\":\"\xed\xa0\x80\"}",
		"raw control character":     "{\"wallet_password\":\"a\nb\"}",
		"unknown escape":            `{"wallet_password":"\'"}`,
		"bad hex in an escape":      `{"wallet_password":"\u00zz"}`,
		"leading zero":              `{"wallet_name":007}`,
		"not a number":              `{"wallet_name":NaN}`,
		"integer of 8 bits":         `{"threshold":256}`,
		"negative integer":          `{"threshold":-1}`,
		"fraction":                  `{"threshold":1.5}`,
		"integral fraction":         `{"threshold":1.0}`,
		"exponent":                  `{"threshold":1e0}`,
		"huge number":               `{"threshold":` + strings.Repeat("9", 1000) + `}`,
		"huge exponent":             `{"threshold":1e999999999}`,
		"boolean as integer":        `{"threshold":true}`,
		"quoted nothing":            `{"threshold":""}`,
		"quoted word":               `{"threshold":"two"}`,
		"quoted boolean":            `{"display_mnemonic":"false"}`,
		"number as boolean":         `{"display_mnemonic":1}`,
		"bytes as numbers":          `{"data":[1,2]}`,
		"number as bytes":           `{"data":1234}`,
		"unpadded base64":           `{"data":"Bg"}`,
		"URL base64":                `{"data":"__8="}`,
		"space in base64":           `{"data":"Bo EB"}`,
		"one character of base64":   `{"transaction":"a"}`,
		"short key":                 `{"public_key":"` + b64(31) + `"}`,
		"long key":                  `{"public_key":"` + b64(33) + `"}`,
		"very long key":             `{"public_key":"` + b64(100_000) + `"}`,
		"short seed":                `{"master_derivation_key":"` + b64(4) + `"}`,
		"long seed":                 `{"master_derivation_key":"` + b64(33) + `"}`,
		"short key in a list":       `{"pks":["` + b64(31) + `"]}`,
		"list of lists":             `{"pks":[[]]}`,
		"list that is an object":    `{"pks":{}}`,
		"short signature":           `{"partial_multisig":{"subsig":[{"s":"` + b64(63) + `"}]}}`,
		"partial, documented names": `{"partial_multisig":{"Version":1}}`,
		"partial, repeated":         `{"partial_multisig":{"v":1,"v":1}}`,
		"partial as a list":         `{"partial_multisig":[]}`,
		"slots as an object":        `{"partial_multisig":{"subsig":{}}}`,
		"slot as a list":            `{"partial_multisig":{"subsig":[[]]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := decodeText(body, allFields&^fieldPrivateKey); !fault.Is(err, fault.Invalid) || fault.Text(err) != "could not decode request body" {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A private key is the one value that may be shorter than its field.
func TestDecodePrivateKey(t *testing.T) {
	for _, n := range []int{0, 1, 31, 32, 33, 63, 64, 65, 96} {
		text := fmt.Sprintf(`{"private_key":%q}`, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, n)))
		q, err := decodeText(text, fieldPrivateKey)
		if want := 32 <= n && n <= 64; (err == nil) != want {
			t.Errorf("%d bytes: %v", n, err)
		} else if want && q.privateKey.Len() != n {
			t.Errorf("%d bytes became %d", n, q.privateKey.Len())
		}
	}
	for _, text := range []string{`{}`, `null`, `{"private_key":null}`} {
		if _, err := decodeText(text, fieldPrivateKey); err == nil {
			t.Errorf("%s would import the key of the all-zero seed", text)
		}
	}
}

// Each field is refused where a route does not have it, whatever its value.
func TestDecodeFieldsOfRoutes(t *testing.T) {
	for _, r := range routes() {
		for _, m := range members() {
			if m.field == fieldPrivateKey || r.fields == noFields || r.fields&fieldPrivateKey != 0 {
				continue
			}
			_, err := decodeText(fmt.Sprintf(`{%q:null}`, m.name), r.fields)
			if allowed := r.fields&m.field != 0; (err == nil) != allowed {
				t.Errorf("%s %s: field %s: %v", r.method, r.path, m.name, err)
			}
		}
	}
}

// When a request ends, its buffer and every copy made of it hold no secret.
func TestBodyIsWiped(t *testing.T) {
	var p bodies
	text := []byte(`{"wallet_password":"open \"sesame\"","private_key":"` + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, 64)) + `"}`)
	b := p.of(text)
	var q request
	if err := b.decode(fieldPassword|fieldPrivateKey, &q); err != nil {
		t.Fatal(err)
	}
	copies := b.copies
	password, key := q.password.Expose(), q.privateKey.Expose()
	q.wipe()
	p.put(b)
	for name, left := range map[string][]byte{"buffer": text, "unquoted text": copies[0], "password": password, "key": key} {
		if len(bytes.Trim(left, "\x00")) != 0 {
			t.Errorf("the %s is not wiped: %q", name, left)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `{"wallet_handle_token":"x.y","wallet_password":"pw","transaction":"gA==","public_key":""}`,
		`{"partial_multisig":{"v":1,"thr":2,"subsig":[{"pk":"","s":""}]},"use_legacy_msig":true}`,
		`{"pks":["",null],"threshold":"2","multisig_version":1}`, `{"wallet_name":-5}`, `{"wallet_password":"\ud83d\udd11"}`,
		`{"wallet_name":"x"} trailing`, `["positional"]`, "{\"wallet_name\":\"\xff\"}", `{"private_key":"AAAA"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		original := bytes.Clone(text)
		var p bodies
		b := p.of(text)
		var q request
		err := b.decode(allFields&^fieldPrivateKey, &q)
		if err != nil && fault.Text(err) != "could not decode request body" {
			t.Fatalf("error %v", err)
		}
		if !bytes.Equal(text, original) {
			t.Fatal("decoding changed the body")
		}
		if n := q.seed.Len(); err == nil && n != 0 && n != seedSize {
			t.Fatalf("a seed of %d bytes was accepted", n)
		}
		// What is accepted once is accepted again with the same values: nothing
		// of a request stays in a reader that is used again.
		if err == nil {
			name := string(q.name)
			p.put(b)
			again := p.of(bytes.Clone(original))
			var q2 request
			if err := again.decode(allFields&^fieldPrivateKey, &q2); err != nil {
				t.Fatalf("accepted first, then refused: %v", err)
			}
			if string(q2.name) != name || q2.threshold != q.threshold || len(q2.keys) != len(q.keys) {
				t.Fatal("accepted twice with different values")
			}
		}
	})
}

func BenchmarkSignRequest(b *testing.B) {
	text := []byte(`{"wallet_handle_token":"fb4600e0e7a34e93.04bffd985a9e28591d04c9df29d17c0f4044e9f74edcfd7ee5c8d495581704aa","wallet_password":"open sesame","transaction":"iaNhbXTOABLWh6NmZWXNA+iiZnbNA+ijZ2VurHRlc3RuZXQtdjEuMKJnaMQgSGO1GKSzyE7IEPItTxCByw9x8FmnrCDexi9/cOUJOiKibHbNB9CjcmN2xCCgmqX0emdZgC/5VfjcLSoUpcmdI76X+GQSf/k4NFWk8KNzbmTEINBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3pHR5cGWjcGF5"}`)
	result := make([]byte, 300)
	var p bodies
	var out server.Buffers
	b.ReportAllocs()
	for b.Loop() {
		in := p.of(bytes.Clone(text))
		var q request
		if err := in.decode(withPassword|fieldTransaction|fieldPublicKey, &q); err != nil {
			b.Fatal(err)
		}
		r := reply{b: out.Get()}
		r.base64("signed_transaction", result)
		r.finish()
		out.Put(r.b)
		q.wipe()
		p.put(in)
	}
}
