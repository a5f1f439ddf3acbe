package evm

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// mail is the example of EIP-712.
const mail = `{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},"primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},"message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},"to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}`

func TestMail(t *testing.T) {
	key := hexaccount.Keccak([]byte("cow"))
	req, err := ethereum().ReadFile([]byte(mail))
	if err != nil {
		t.Fatal(err)
	}
	req.Signer = chaintest.PublicKey(t, curve.Secp256k1, key[:])
	in, err := ethereum().Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	if got := hexOf(in.Tasks[0].Message); got != "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2" {
		t.Errorf("digest %s", got)
	}
	out, err := in.Finish(chaintest.SignAll(t, in, key[:]))
	const want = "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c"
	if err != nil || hexOf(out) != want {
		t.Errorf("signature %x, %v", out, err)
	}
	if !shows(in, chain.Effect{Kind: chain.Opaque, Subject: "Mail", To: "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"}) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
}

// TestEthersTypedData holds the documents of the test suite of ethers.
func TestEthersTypedData(t *testing.T) {
	type vector struct {
		Name, PrimaryType, Digest string
		Domain, Types, Data       json.RawMessage
	}
	vectors := readJSON[[]vector](t, "testdata/typed-data.json")
	if len(vectors) < 120 {
		t.Fatalf("only %d vectors", len(vectors))
	}
	for _, v := range vectors {
		file := fmt.Sprintf(`{"types":%s,"primaryType":%q,"domain":%s,"message":%s}`, v.Types, v.PrimaryType, v.Domain, v.Data)
		payload, err := CanonicalTypedData([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		again, err := CanonicalTypedData(payload)
		if err != nil || string(again) != string(payload) {
			t.Errorf("%s: %s is written as %s, %v", v.Name, payload, again, err)
		}
		in, err := generic().Decode(chain.Request{Form: FormTypedData, Payload: payload, Signer: signer(t)})
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if got := "0x" + hexOf(in.Tasks[0].Message); got != v.Digest {
			t.Errorf("%s: digest %s, want %s", v.Name, got, v.Digest)
		}
	}
}

// TestNestedArrays holds what go-ethereum encodes differently in no way: arrays of
// structs of arrays.
func TestNestedArrays(t *testing.T) {
	const file = `{"types":{"EIP712Domain":[{"name":"chainId","type":"uint256"}],"Group":[{"name":"name","type":"string"},{"name":"members","type":"Person[]"},{"name":"grid","type":"uint8[2][]"}],"Person":[{"name":"wallets","type":"address[]"},{"name":"friends","type":"Person[]"}]},"primaryType":"Group","domain":{"chainId":"0x1"},"message":{"grid":[[1,2],["3","0x4"]],"name":"g","members":[{"wallets":["` + alice + `"],"friends":[{"wallets":[],"friends":[]}]}]}}`
	payload, err := CanonicalTypedData([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	in, err := ethereum().Decode(chain.Request{Form: FormTypedData, Payload: payload, Signer: signer(t)})
	if err != nil {
		t.Fatal(err)
	}
	word := func(n byte) []byte { return append(make([]byte, 31), n) }
	cat := func(parts ...[]byte) []byte { h := hexaccount.Keccak(parts...); return h[:] }
	person := cat([]byte("Person(address[] wallets,Person[] friends)"))
	a := addressOf(t, alice)
	inner := cat(person, cat(), cat())
	outer := cat(person, cat(append(make([]byte, 12), a[:]...)), cat(inner))
	group := cat(cat([]byte("Group(string name,Person[] members,uint8[2][] grid)Person(address[] wallets,Person[] friends)")),
		cat([]byte("g")), cat(outer), cat(cat(word(1), word(2)), cat(word(3), word(4))))
	want := cat([]byte("\x19\x01"), cat(cat([]byte("EIP712Domain(uint256 chainId)")), word(1)), group)
	if string(in.Tasks[0].Message) != string(want) {
		t.Errorf("digest %x, want %x", in.Tasks[0].Message, want)
	}
}

// TestImpliedDomain: the type of the domain may be left out, types nobody uses fall
// away, and the order of members does not matter.
func TestImpliedDomain(t *testing.T) {
	short := strings.Replace(mail, `"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],`, `"Unused":[{"name":"a","type":"bytes3"}],`, 1)
	short = strings.Replace(short, `"chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"`, `"verifyingContract":"0xcccccccccccccccccccccccccccccccccccccccc","chainId":"0x01"`, 1)
	a, err := CanonicalTypedData([]byte(mail))
	if err != nil {
		t.Fatal(err)
	}
	b, err := CanonicalTypedData([]byte(short))
	if err != nil || string(a) != string(b) {
		t.Errorf("%s\n%s\n%v", a, b, err)
	}
	if _, err := ethereum().Decode(chain.Request{Form: FormTypedData, Payload: []byte(mail), Signer: signer(t)}); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("what is not canonical was decoded: %v", err)
	}
}

// TestTypedDataRefusals holds documents that libraries understand differently, or
// of which they would leave something out.
func TestTypedDataRefusals(t *testing.T) {
	one := func(kind, value string) string {
		return `{"types":{"EIP712Domain":[],"T":[{"name":"a","type":"` + kind + `"}]},"primaryType":"T","domain":{},"message":{"a":` + value + `}}`
	}
	if _, err := CanonicalTypedData([]byte(one("uint8", "255"))); err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat(`{"a":[`, 40) + strings.Repeat(`]}`, 40)
	for name, file := range map[string]string{
		"unknown member of the message": strings.Replace(mail, `"contents":"Hello`, `"amount":1,"contents":"Hello`, 1),
		"unknown member within":         strings.Replace(mail, `"name":"Cow"`, `"name":"Cow","age":1`, 1),
		"unknown member of the domain":  strings.Replace(mail, `"version":"1"`, `"version":"1","salt":"0x"`, 1),
		"unknown member outside":        strings.Replace(mail, `"primaryType"`, `"more":1,"primaryType"`, 1),
		"missing member":                strings.Replace(mail, `"contents":"Hello, Bob!"`, `"contents2":"x"`, 1),
		"member twice":                  strings.Replace(mail, `"contents":"Hello, Bob!"`, `"contents":"a","contents":"b"`, 1),
		"null":                          strings.Replace(mail, `"contents":"Hello, Bob!"`, `"contents":null`, 1),
		"wrong checksum":                strings.Replace(mail, `0xCD2a3d`, `0xCD2A3d`, 1),
		"domain as primary type":        strings.Replace(mail, `"primaryType":"Mail"`, `"primaryType":"EIP712Domain"`, 1),
		"unknown primary type":          strings.Replace(mail, `"primaryType":"Mail"`, `"primaryType":"Post"`, 1),
		"no types":                      `{"primaryType":"Mail","domain":{},"message":{}}`,
		"no message":                    `{"types":{"T":[]},"primaryType":"T","domain":{}}`,
		"undefined type":                one("Person", `{}`),
		"type named as a primitive":     strings.ReplaceAll(one("uint8", "1"), `"T"`, `"uint8"`),
		"type named as an encoding":     strings.ReplaceAll(one("uint8", "1"), `"T"`, `"T(uint8 b)"`),
		"member named as an encoding":   strings.ReplaceAll(one("uint8", "1"), `"a"`, `"a,uint8 b"`),
		"long name":                     strings.ReplaceAll(one("uint8", "1"), `"a"`, `"`+strings.Repeat("a", 129)+`"`),
		"array type named":              strings.ReplaceAll(one("uint8", "1"), `"T"`, `"T[]"`),
		"uint8 of 256":                  one("uint8", "256"),
		"uint8 of -1":                   one("uint8", "-1"),
		"int8 of 128":                   one("int8", "128"),
		"int8 of -129":                  one("int8", `"-129"`),
		"fraction":                      one("uint8", "1.0"),
		"exponent":                      one("uint256", "1e3"),
		"empty number":                  one("uint256", `""`),
		"octal":                         one("uint256", `"010"`),
		"hex without digits":            one("uint256", `"0x"`),
		"more than 256 bits":            one("uint256", `"0x1`+strings.Repeat("0", 64)+`"`),
		"bool as a number":              one("bool", "1"),
		"bool as text":                  one("bool", `"true"`),
		"number as a bool":              one("uint8", "true"),
		"bytes4 of 3":                   one("bytes4", `"0x010203"`),
		"bytes4 of 5":                   one("bytes4", `"0x0102030405"`),
		"bytes with an odd digit":       one("bytes", `"0x1"`),
		"bytes without 0x":              one("bytes", `"01"`),
		"bytes33":                       one("bytes33", `"0x01"`),
		"bytes0":                        one("bytes0", `"0x"`),
		"uint7":                         one("uint7", "1"),
		"uint08":                        one("uint08", "1"),
		"uint264":                       one("uint264", "1"),
		"short address":                 one("address", `"0x01"`),
		"array for a number":            one("uint8", "[1]"),
		"number for an array":           one("uint8[]", "1"),
		"two for three":                 one("uint8[3]", "[1,2]"),
		"array of length zero":          one("uint8[0]", "[]"),
		"length with a zero":            one("uint8[01]", "[1]"),
		"open bracket":                  one("uint8[", "[1]"),
		"bracket and more":              one("uint8[]x", "[1]"),
		"struct for text":               one("string", `{}`),
		"lone surrogate":                one("string", `"\ud800"`),
		"too deep":                      strings.Replace(strings.Replace(one("T[]", "[]"), `{"a":[]}`, deep, 1), "\n", "", -1),
		"type of itself":                one("T", `{}`),
		"not json":                      `{"types"`,
		"an array":                      `[]`,
		"more behind":                   mail + "{}",
	} {
		if got, err := CanonicalTypedData([]byte(file)); !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if _, err := CanonicalTypedData(make([]byte, maxTyped+1)); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
	for name, file := range map[string]string{
		"another network": strings.Replace(mail, `"chainId":1`, `"chainId":56`, 1),
		"chain id 0":      strings.Replace(mail, `"chainId":1`, `"chainId":0`, 1),
		"huge chain id":   strings.Replace(mail, `"chainId":1`, `"chainId":"0x10000000000000000"`, 1),
	} {
		if _, err := ethereum().ReadFile([]byte(file)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNumberRanges: one beyond the limits of every type of number is refused.
func TestNumberRanges(t *testing.T) {
	for bits := 8; bits <= 256; bits += 8 {
		one := big.NewInt(1)
		full, half := new(big.Int).Lsh(one, uint(bits)), new(big.Int).Lsh(one, uint(bits-1))
		for _, c := range []struct {
			kind     string
			low, top *big.Int
		}{{"uint", new(big.Int), full.Sub(full, one)}, {"int", new(big.Int).Neg(half), new(big.Int).Sub(half, one)}} {
			for n, fits := range map[*big.Int]bool{c.low: true, c.top: true, new(big.Int).Sub(c.low, one): false, new(big.Int).Add(c.top, one): false} {
				file := fmt.Sprintf(`{"types":{"T":[{"name":"a","type":"%s%d"}]},"primaryType":"T","domain":{},"message":{"a":"%s"}}`, c.kind, bits, n)
				if _, err := CanonicalTypedData([]byte(file)); (err == nil) != fits {
					t.Errorf("%s%d of %s: %v", c.kind, bits, n, err)
				}
			}
		}
	}
}
