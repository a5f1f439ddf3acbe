// Package rlp holds the codec of that name against go-ethereum's.
package rlp

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/ethereum/go-ethereum/rlp"

	ours "strongroom/internal/codec/rlp"
	"strongroom/oracle/random"
)

// read is what our reader makes of data: byte strings, and lists of them.
func read(data []byte) (any, error) {
	r := ours.ReadList(data)
	return members(&r)
}

func members(r *ours.Reader) (any, error) {
	list := []any{}
	for r.More() {
		// A second reader takes the item as a list, where it is one.
		before := *r
		content, isList := r.Item()
		if !isList {
			list = append(list, bytes.Clone(content))
			continue
		}
		inner := before.List()
		items, err := members(&inner)
		if err != nil {
			return nil, err
		}
		list = append(list, items)
	}
	return list, r.End()
}

// write is our encoding of what read gives.
func write(b []byte, v any) []byte {
	if content, ok := v.([]byte); ok {
		return ours.AppendBytes(b, content)
	}
	var content []byte
	for _, item := range v.([]any) {
		content = write(content, item)
	}
	return ours.AppendList(b, content)
}

// agree holds both readers against each other: they take the same data, find the same
// in them, and write them as they were.
func agree(t *testing.T, data []byte) (accepted bool) {
	t.Helper()
	var want []any
	theirErr := rlp.DecodeBytes(data, &want)
	got, err := read(data)
	if (err == nil) != (theirErr == nil) {
		t.Fatalf("%x: %v, go-ethereum: %v", data, err, theirErr)
	}
	if err != nil {
		return false
	}
	if !same(got, want) {
		t.Fatalf("%x is read as %v, by go-ethereum as %v", data, got, want)
	}
	theirs, err := rlp.EncodeToBytes(want)
	if again := write(nil, got); err != nil || !bytes.Equal(again, data) || !bytes.Equal(theirs, data) {
		t.Fatalf("%x is written as %x, by go-ethereum as %x, %v", data, again, theirs, err)
	}
	return true
}

// same compares without a difference between empty and nil.
func same(a, b any) bool {
	x, isList := a.([]any)
	y, other := b.([]any)
	if isList != other {
		return false
	}
	if !isList {
		return bytes.Equal(a.([]byte), b.([]byte))
	}
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !same(x[i], y[i]) {
			return false
		}
	}
	return true
}

// list is a random one. Sizes are around those where the form of a length changes.
func list(r *rand.Rand, depth int) []any {
	made := []any{}
	for range random.Pick(r, 0, 1, 2, 3, 8) {
		if depth > 0 && r.IntN(3) == 0 {
			made = append(made, list(r, depth-1))
			continue
		}
		content := random.Bytes(r, random.Pick(r, 0, 1, 1, 2, 20, 32, 54, 55, 56, 57, 255, 256, 300))
		if len(content) > 0 && r.IntN(3) == 0 {
			content[0] = random.Pick[byte](r, 0, 1, 0x7f, 0x80, 0x81)
		}
		made = append(made, content)
	}
	return made
}

// damaged changes an encoding a little, mostly at its start, where lengths are.
func damaged(r *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	at := r.IntN(min(len(data), 1+r.IntN(len(data))))
	switch r.IntN(4) {
	case 0:
		return data[:at]
	case 1:
		return append(data, byte(at))
	case 2:
		data[at] = byte(r.UintN(256))
	default:
		data[at] ^= 1 << r.IntN(8)
	}
	return data
}

// TestLists reads random lists, and what becomes of them when they are damaged.
func TestLists(t *testing.T) {
	r := random.New(1)
	accepted, refused := 0, 0
	for range 20000 {
		made := list(r, 4)
		data, err := rlp.EncodeToBytes(made)
		if err != nil {
			t.Fatal(err)
		}
		if !agree(t, data) || !bytes.Equal(write(nil, made), data) {
			t.Fatalf("%x is not read, or written as %x", data, write(nil, made))
		}
		if agree(t, damaged(r, data)) {
			accepted++
		} else {
			refused++
		}
	}
	if accepted < 1000 || refused < 1000 {
		t.Errorf("of damaged lists %d were read and %d were not: the comparison is empty", accepted, refused)
	}
}

// record has a member of every kind that the reader has a method for.
type record struct {
	Count   uint64
	Wide    *big.Int
	Account [20]byte
	Word    [32]byte
	Data    []byte
	To      *[20]byte `rlp:"nil"`
	Inner   struct{ First, Second uint64 }
}

// TestKinds reads the members of random records, and damaged ones, by their types.
func TestKinds(t *testing.T) {
	r := random.New(2)
	accepted, refused := 0, 0
	for range 20000 {
		made := record{Count: random.Edge(r, 64), Wide: new(big.Int).SetBytes(random.Bytes(r, r.IntN(33))), Account: [20]byte(random.Bytes(r, 20)),
			Word: [32]byte(random.Bytes(r, 32)), Data: random.Bytes(r, random.Pick(r, 0, 1, 60))}
		if r.IntN(2) == 0 {
			made.To = (*[20]byte)(random.Bytes(r, 20))
		}
		made.Inner.First, made.Inner.Second = random.Edge(r, 8), random.Edge(r, 32)
		data, err := rlp.EncodeToBytes(&made)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readRecord(data); err != nil || !bytes.Equal(writeRecord(got), data) {
			t.Fatalf("%x: %+v, %v, want %+v", data, got, err, made)
		}
		bad := damaged(r, data)
		var want record
		theirErr := rlp.DecodeBytes(bad, &want)
		got, err := readRecord(bad)
		if (err == nil) != (theirErr == nil && want.Wide.BitLen() <= 256) { // go-ethereum has no bound for numbers
			t.Fatalf("%x: %v, go-ethereum: %v", bad, err, theirErr)
		}
		if err != nil {
			refused++
			continue
		}
		if accepted++; got.Wide.Cmp(want.Wide) != 0 {
			t.Fatalf("%x has the number %s, want %s", bad, got.Wide, want.Wide)
		}
		got.Wide, want.Wide = nil, nil
		if len(got.Data)+len(want.Data) == 0 {
			got.Data, want.Data = nil, nil
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%x is read as %+v, want %+v", bad, got, want)
		}
	}
	if accepted < 1000 || refused < 1000 {
		t.Errorf("of damaged records %d were read and %d were not: the comparison is empty", accepted, refused)
	}
}

func readRecord(data []byte) (got record, err error) {
	r := ours.ReadList(data)
	got.Count, got.Wide, got.Account, got.Word = r.Uint64(), r.Number(), r.Address(), r.Word()
	got.Data, got.To = bytes.Clone(r.Bytes()), r.Receiver()
	inner := r.List()
	got.Inner.First, got.Inner.Second = inner.Uint64(), inner.Uint64()
	if err := inner.End(); err != nil {
		return got, err
	}
	return got, r.End()
}

func writeRecord(v record) []byte {
	b := ours.AppendNumber(ours.AppendUint(nil, v.Count), v.Wide)
	b = ours.AppendBytes(ours.AppendBytes(ours.AppendBytes(b, v.Account[:]), v.Word[:]), v.Data)
	if v.To == nil {
		b = ours.AppendBytes(b, nil)
	} else {
		b = ours.AppendBytes(b, v.To[:])
	}
	b = ours.AppendList(b, ours.AppendDigits(ours.AppendUint(nil, v.Inner.First), new(big.Int).SetUint64(v.Inner.Second).FillBytes(make([]byte, 8))))
	return ours.AppendList(nil, b)
}

// FuzzList: both readers agree on any data.
func FuzzList(f *testing.F) {
	f.Add([]byte{0xc8, 0x83, 'c', 'a', 't', 0x83, 'd', 'o', 'g'})
	f.Add([]byte{0xf8, 0x38})
	f.Add([]byte{0xc2, 0xc1, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) <= 10000 {
			agree(t, data)
		}
	})
}
