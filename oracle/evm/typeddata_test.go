package evm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"strongroom/internal/chain"
	ours "strongroom/internal/chain/evm"
	"strongroom/internal/fault"
	"strongroom/oracle/random"
)

// typedDigest is that of go-ethereum.
func typedDigest(payload []byte) ([]byte, error) {
	var doc apitypes.TypedData
	if err := json.Unmarshal(payload, &doc); err != nil {
		return nil, err
	}
	digest, _, err := apitypes.TypedDataAndHash(doc)
	return digest, err
}

// agreeTyped reads typed data. What is canonical is a fixed point, and has
// go-ethereum's digest where that reads it.
func agreeTyped(t testing.TB, file []byte) (compared bool) {
	t.Helper()
	kind := func(err error) {
		t.Helper()
		if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
			t.Fatalf("kind of %v", err)
		}
	}
	payload, err := ours.CanonicalTypedData(file)
	if err != nil {
		kind(err)
		return false
	}
	if again, err := ours.CanonicalTypedData(payload); err != nil || !bytes.Equal(again, payload) {
		t.Fatalf("%s is written as %s, %v", payload, again, err)
	}
	in, err := generic().Decode(chain.Request{Form: ours.FormTypedData, Payload: payload, Signer: signer(t)})
	if err != nil {
		kind(err)
		return false // a chain id out of range
	}
	theirs, err := typedDigest(payload)
	if err != nil {
		return false
	}
	if !bytes.Equal(theirs, in.Tasks[0].Message) {
		t.Fatalf("digest of %s: %x, go-ethereum %x", payload, in.Tasks[0].Message, theirs)
	}
	return true
}

// ethersTyped are the documents of the test suite of ethers.
func ethersTyped(t testing.TB) (files []string) {
	t.Helper()
	type vector struct {
		PrimaryType         string
		Domain, Types, Data json.RawMessage
	}
	for _, v := range readJSON[[]vector](t, "typed-data.json") {
		files = append(files, fmt.Sprintf(`{"types":%s,"primaryType":%q,"domain":%s,"message":%s}`, v.Types, v.PrimaryType, v.Domain, v.Data))
	}
	if len(files) < 120 {
		t.Fatalf("only %d documents", len(files))
	}
	return files
}

// documents makes typed data with types of all kinds.
type documents struct {
	*rand.Rand
	types [][]member // type i is "T" and i; a struct uses others only in arrays, or with a larger number
}

type member struct{ name, kind string }

func (d *documents) document() string {
	d.types = make([][]member, 1+d.IntN(5))
	for i := range d.types {
		for k := range 1 + d.IntN(5) {
			d.types[i] = append(d.types[i], member{fmt.Sprintf("m%d", k), d.memberType(i)})
		}
	}
	var types []string
	for i, members := range d.types {
		var list []string
		for _, m := range members {
			list = append(list, fmt.Sprintf(`{"name":%q,"type":%q}`, m.name, m.kind))
		}
		types = append(types, fmt.Sprintf(`"T%d":[%s]`, i, strings.Join(list, ",")))
	}
	return `{"types":{` + strings.Join(types, ",") + `},"primaryType":"T0","domain":{"name":"n","chainId":1},"message":` + d.value("T0", 0) + `}`
}

func (d *documents) memberType(of int) string {
	base := ""
	switch d.IntN(8) {
	case 0:
		base = fmt.Sprintf("bytes%d", 1+d.IntN(32))
	case 1:
		base = fmt.Sprintf("uint%d", 8*(1+d.IntN(32)))
	case 2:
		base = fmt.Sprintf("int%d", 8*(1+d.IntN(32)))
	case 3:
		base = random.Pick(d.Rand, "bool", "address", "string", "bytes")
	case 4, 5:
		if of+1 < len(d.types) {
			base = fmt.Sprintf("T%d", of+1+d.IntN(len(d.types)-of-1))
			break
		}
		fallthrough
	default:
		return fmt.Sprintf("T%d", d.IntN(len(d.types))) + random.Pick(d.Rand, "[]", "[][]", "[][2]")
	}
	return base + random.Pick(d.Rand, "", "", "[]", "[2]", "[][]", "[2][]", "[][3]")
}

// value makes one of a type. Deeper down, lists of any length are empty.
func (d *documents) value(kind string, depth int) string {
	if i := strings.LastIndexByte(kind, '['); i >= 0 {
		n := 0
		if length := kind[i+1 : len(kind)-1]; length != "" {
			n = int(length[0] - '0')
		} else if depth < 4 {
			n = d.IntN(3)
		}
		var items []string
		for range n {
			items = append(items, d.value(kind[:i], depth+1))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	if kind[0] == 'T' {
		var members []string
		for _, m := range d.types[kind[1]-'0'] {
			members = append(members, fmt.Sprintf(`%q:%s`, m.name, d.value(m.kind, depth+1)))
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	base := strings.TrimRight(kind, "0123456789")
	size, err := strconv.Atoi(kind[len(base):])
	switch {
	case base == "bool":
		return fmt.Sprint(d.IntN(2) == 0)
	case base == "string":
		return random.Pick(d.Rand, `""`, `"a"`, `"\u00df\n\"\u2028"`, `"\ud83d\ude00"`)
	case base == "address":
		return `"` + alice + `"`
	case base == "bytes" && err != nil:
		return `"0x` + strings.Repeat("5a", d.IntN(40)) + `"`
	case base == "bytes":
		return `"0x` + strings.Repeat("f0", size) + `"`
	}
	return `"` + d.edge(base == "int", size).String() + `"`
}

// edge is one of the numbers where ranges end.
func (d *documents) edge(signed bool, bits int) *big.Int {
	one := big.NewInt(1)
	high, low := new(big.Int).Lsh(one, uint(bits)), new(big.Int)
	if signed {
		high.Rsh(high, 1)
		low.Neg(high)
	}
	high.Sub(high, one)
	return random.Pick(d.Rand, high, low, one, new(big.Int))
}

// agreeDocument makes a document, which must be read, and compares it.
func agreeDocument(t testing.TB, d *documents) (compared bool) {
	t.Helper()
	file := []byte(d.document())
	if _, err := ours.CanonicalTypedData(file); err != nil && !fault.Is(err, fault.TooLarge) {
		t.Fatalf("%s: %v", file, err)
	}
	return agreeTyped(t, file)
}

// TestTypedData holds the documents of ethers and random ones: arrays of arrays, empty
// ones, bytes and numbers of every size at their limits, structs that hold themselves.
func TestTypedData(t *testing.T) {
	for _, file := range ethersTyped(t) {
		if !agreeTyped(t, []byte(file)) {
			t.Errorf("%s is not read by both", file)
		}
	}
	d := &documents{Rand: random.New(3)}
	compared := 0
	for range 400 {
		if agreeDocument(t, d) {
			compared++
		}
	}
	if compared < 390 {
		t.Errorf("only %d documents compared", compared)
	}
}

// TestMessages: EIP-191 as go-ethereum's accounts sign it, and as its Clef does for a
// validator (signer/core, SignTextValidator).
func TestMessages(t *testing.T) {
	r := random.New(4)
	for range 500 {
		agreeMessage(t, random.Bytes(r, r.IntN(300)))
	}
}

func agreeMessage(t testing.TB, message []byte) {
	t.Helper()
	req, err := generic().MessageRequest(message, signer(t))
	if err != nil {
		t.Fatal(err)
	}
	in, err := generic().Decode(req)
	if err != nil || !bytes.Equal(in.Tasks[0].Message, accounts.TextHash(message)) {
		t.Fatalf("message %q: %v", message, err)
	}
	if len(message) < 20 {
		return
	}
	in, err = generic().Decode(chain.Request{Form: ours.FormValidatorMessage, Payload: message, Signer: signer(t)})
	if err != nil || !bytes.Equal(in.Tasks[0].Message, crypto.Keccak256([]byte("\x19\x00"), message)) {
		t.Fatalf("message %q for a validator: %v", message, err)
	}
}

// FuzzTypedData: both agree on any document that is read.
func FuzzTypedData(f *testing.F) {
	for i, file := range ethersTyped(f) {
		if i%4 == 0 {
			f.Add([]byte(file))
		}
	}
	f.Add([]byte(`{"types":{"T":[{"name":"a","type":"int8[2][]"},{"name":"b","type":"bytes3"},{"name":"c","type":"T[]"}]},"primaryType":"T","domain":{"name":"x"},"message":{"a":[[-1,2]],"b":"0x010203","c":[]}}`))
	f.Fuzz(func(t *testing.T, file []byte) { agreeTyped(t, file) })
}

// FuzzDocuments: the same for documents that the fuzzer composes.
func FuzzDocuments(f *testing.F) {
	f.Add([]byte("types and a message"))
	f.Fuzz(func(t *testing.T, choices []byte) {
		agreeDocument(t, &documents{Rand: random.From(choices)})
		agreeMessage(t, choices)
	})
}
