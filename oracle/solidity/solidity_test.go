// Package solidity holds the reader of call data against go-ethereum's accounts/abi:
// it understands exactly the encodings that go-ethereum reads and writes the same again.
package solidity

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/crypto"

	ours "strongroom/internal/chain/solidity"
	"strongroom/oracle/random"
)

var update = flag.Bool("update", false, "write the records anew")

const product = "../../internal/chain/solidity/"

// function is one that the product understands, laid out by go-ethereum.
type function struct {
	signature string
	selector  []byte
	arguments abi.Arguments
}

func functionOf(t testing.TB, signature string) function {
	t.Helper()
	parsed, err := abi.ParseSelector(signature)
	if err != nil {
		t.Fatalf("%s: %v", signature, err)
	}
	f := function{signature: signature, selector: crypto.Keccak256([]byte(signature))[:4]}
	for _, in := range parsed.Inputs {
		typ, err := abi.NewType(in.Type, in.InternalType, in.Components)
		if err != nil {
			t.Fatal(err)
		}
		f.arguments = append(f.arguments, abi.Argument{Name: in.Name, Type: typ})
	}
	return f
}

// functions are all that the product knows, from the tables in its source.
func functions(t testing.TB) (all []function) {
	t.Helper()
	names, err := filepath.Glob(product + "functions_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if filepath.Base(name) == "functions_test.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if clause, ok := node.(*ast.CaseClause); ok && len(clause.List) > 0 {
				signature, err := strconv.Unquote(clause.Body[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, functionOf(t, signature))
			}
			return true
		})
	}
	if len(all) < 200 {
		t.Fatalf("only %d functions found: the tables are not read", len(all))
	}
	return all
}

// canonical reports what go-ethereum thinks of arguments: that it reads them, and
// writes the same bytes again.
func (f function) canonical(data []byte) bool {
	values, err := f.arguments.UnpackValues(data)
	if err != nil {
		return false
	}
	for i, v := range values {
		if !fits(f.arguments[i].Type, reflect.ValueOf(v)) {
			return false
		}
	}
	again, err := f.arguments.PackValues(values)
	return err == nil && bytes.Equal(again, data)
}

// fits reports whether numbers are in the range of their type. go-ethereum does not
// look at what is before the bits of widths that Go has no type for.
func fits(typ abi.Type, v reflect.Value) bool {
	switch typ.T {
	case abi.TupleTy:
		for i, part := range typ.TupleElems {
			if !fits(*part, v.Field(i)) {
				return false
			}
		}
	case abi.SliceTy, abi.ArrayTy:
		for i := range v.Len() {
			if !fits(*typ.Elem, v.Index(i)) {
				return false
			}
		}
	case abi.UintTy:
		n, wide := v.Interface().(*big.Int)
		return !wide || n.Sign() >= 0 && n.BitLen() <= typ.Size
	case abi.IntTy:
		n, wide := v.Interface().(*big.Int)
		if wide && n.Sign() < 0 {
			n = new(big.Int).Not(n)
		}
		return !wide || n.BitLen() < typ.Size
	}
	return true
}

// understood reports whether our reader takes the arguments of a call.
func (f function) understood(t testing.TB, data []byte) bool {
	t.Helper()
	text := func(a [20]byte) string { return hex.EncodeToString(a[:]) }
	call := append(bytes.Clone(f.selector), data...)
	m := ours.Caller{Address: text, Native: "ETH", Token: text}.Read(ours.Call{From: [20]byte{1}, HasFrom: true, To: [20]byte{2}, Data: call})
	if len(m.Effects) == 0 || len(m.Facts) == 0 || m.Facts[0].Value != f.signature {
		t.Fatalf("%s: %x has the effects %v and the facts %v", f.signature, call, m.Effects, m.Facts)
	}
	// Calls within a call that is read have facts of their own.
	e := m.Effects[0]
	return len(m.Effects) > 1 || len(m.Facts) > 1 || e.Detail != "call data not in canonical form" || e.Subject != "0x"+hex.EncodeToString(f.selector)
}

// value is a random one of a type.
func value(r *rand.Rand, typ abi.Type) reflect.Value {
	v := reflect.New(typ.GetType()).Elem()
	switch typ.T {
	case abi.TupleTy:
		for i, part := range typ.TupleElems {
			v.Field(i).Set(value(r, *part))
		}
	case abi.SliceTy:
		v.Set(reflect.MakeSlice(typ.GetType(), r.IntN(4), 4))
		fallthrough
	case abi.ArrayTy:
		for i := range v.Len() {
			v.Index(i).Set(value(r, *typ.Elem))
		}
	case abi.BoolTy:
		v.SetBool(r.IntN(2) == 0)
	case abi.BytesTy:
		v.SetBytes(random.Bytes(r, random.Pick(r, 0, 1, 4, 20, 31, 32, 33, 64)))
	case abi.StringTy:
		v.SetString(string(random.Bytes(r, r.IntN(40))))
	case abi.AddressTy, abi.FixedBytesTy:
		reflect.Copy(v, reflect.ValueOf(random.Bytes(r, v.Len())))
	case abi.UintTy, abi.IntTy:
		n := new(big.Int).SetBytes(random.Bytes(r, typ.Size/8))
		n.Rsh(n, uint(r.IntN(typ.Size)))
		if r.IntN(8) == 0 {
			n.Lsh(big.NewInt(1), uint(typ.Size)).Sub(n, big.NewInt(1))
		}
		if typ.T == abi.IntTy && n.Bit(typ.Size-1) == 1 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(typ.Size)))
		}
		switch v.Kind() {
		case reflect.Pointer:
			v.Set(reflect.ValueOf(n))
		case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			v.SetInt(n.Int64())
		default:
			v.SetUint(n.Uint64())
		}
	}
	return v
}

func (f function) pack(t testing.TB, r *rand.Rand) []byte {
	t.Helper()
	var values []any
	for _, a := range f.arguments {
		values = append(values, value(r, a.Type).Interface())
	}
	data, err := f.arguments.PackValues(values)
	if err != nil {
		t.Fatalf("%s: %v", f.signature, err)
	}
	return data
}

// damaged changes an encoding a little, more often where offsets, sizes and small
// numbers are.
func damaged(r *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	if len(data) < 32 {
		return append(data, make([]byte, 1+r.IntN(32))...)
	}
	word := r.IntN(len(data)/32) * 32
	switch r.IntN(6) {
	case 0:
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
	case 1:
		data[word] ^= byte(1 + r.IntN(255))
	case 2:
		return data[:word]
	case 3:
		return append(data, make([]byte, 32)...)
	case 4:
		other := r.IntN(len(data)/32) * 32
		copy(data[word:word+32], data[other:])
	default:
		data[word+31] ^= byte(1 + r.IntN(255))
	}
	return data
}

// agree holds our reader against go-ethereum's.
func (f function) agree(t testing.TB, data []byte) bool {
	t.Helper()
	got := f.understood(t, data)
	if want := f.canonical(data); got != want {
		t.Fatalf("%s: %x is read: %v, by go-ethereum: %v", f.signature, data, got, want)
	}
	return got
}

// TestCalls reads random calls of all functions that are known, as go-ethereum writes
// them and damaged.
func TestCalls(t *testing.T) {
	r := random.New(1)
	accepted, refused := 0, 0
	for _, f := range functions(t) {
		for range 60 {
			data := f.pack(t, r)
			if !f.agree(t, data) {
				t.Fatalf("%s: %x is not read", f.signature, data)
			}
			if f.agree(t, damaged(r, data)) {
				accepted++
			} else {
				refused++
			}
		}
	}
	if accepted < 500 || refused < 500 {
		t.Errorf("of damaged calls %d were read and %d were not: the comparison is empty", accepted, refused)
	}
}

// record is what go-ethereum thinks of arguments of a function, in hex.
type record struct {
	Signature string   `json:"signature"`
	Canonical []string `json:"canonical"`
	Other     []string `json:"other"`
}

// shapes have every kind of type, and types inside of types. Most known functions have
// none of them.
func shapes() []string {
	return []string{
		"f(address,uint256)", "f(bool,bytes4,int64)", "f(bytes)", "f(string,uint8)", "f(bytes[])", "f(uint256[],bytes,uint256[])",
		"f((address,uint8,bytes4[])[],address,bytes)", "f((address,uint256,bytes)[])", "f(((address,uint32,uint64,uint8)[],address,uint256),bytes)",
		"f(uint256[3],bytes32)", "f(bytes[2])", "f(bytes[2][])", "f(uint8[][3])", "f(int256,int8[])", "f((address,uint256)[])",
	}
}

// makeRecord writes records of one function, of which most are damaged by one change.
func makeRecord(t *testing.T, r *rand.Rand, f function) record {
	t.Helper()
	made := record{Signature: f.signature}
	for len(made.Canonical) < 8 || len(made.Other) < 8 {
		data := f.pack(t, r)
		if len(made.Canonical) >= 4 {
			data = damaged(r, data)
		}
		if list, text := &made.Other, hex.EncodeToString(data); len(text) <= 2000 {
			if f.canonical(data) {
				list = &made.Canonical
			}
			if len(*list) < 8 && !slices.Contains(*list, text) {
				*list = append(*list, text)
			}
		}
	}
	return made
}

// TestRecorded: go-ethereum agrees with the records that the tests of the product use
// for types that no known function has. With -update it writes them anew.
func TestRecorded(t *testing.T) {
	const name = product + "testdata/abi.json"
	if *update {
		var records []record
		for _, signature := range shapes() {
			records = append(records, makeRecord(t, random.New(3), functionOf(t, signature)))
		}
		text, err := json.MarshalIndent(records, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var records []record
	if err := json.Unmarshal(text, &records); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, one := range records {
		f := functionOf(t, one.Signature)
		seen[one.Signature] = len(one.Canonical) == 8 && len(one.Other) == 8
		for want, list := range map[bool][]string{true: one.Canonical, false: one.Other} {
			for _, text := range list {
				data, err := hex.DecodeString(text)
				if got := f.canonical(data); err != nil || got != want {
					t.Errorf("%s: %s is canonical: %v, %v", one.Signature, text, got, err)
				}
			}
		}
	}
	for _, signature := range shapes() {
		if !seen[signature] {
			t.Errorf("%s has not all its records", signature)
		}
	}
}

// FuzzCall: both agree on any arguments of any function.
func FuzzCall(f *testing.F) {
	known := functions(f)
	r := random.New(2)
	for i := range known {
		if i%10 == 0 {
			f.Add(uint16(i), known[i].pack(f, r))
		}
	}
	f.Fuzz(func(t *testing.T, which uint16, data []byte) {
		known[int(which)%len(known)].agree(t, data)
	})
}

// FuzzStructured: both agree on calls that the fuzzer composes.
func FuzzStructured(f *testing.F) {
	known := functions(f)
	f.Add([]byte("a call of some function"))
	f.Fuzz(func(t *testing.T, choices []byte) {
		r := random.From(choices)
		one := random.Pick(r, known...)
		data := one.pack(t, r)
		if !one.agree(t, data) {
			t.Fatalf("%s: %x is not read", one.signature, data)
		}
		for range 4 {
			data = damaged(r, data)
			one.agree(t, data)
		}
	})
}
