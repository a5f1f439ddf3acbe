package rlp

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
)

// TestPublished holds the examples of the Yellow Paper's companion page on ethereum.org.
func TestPublished(t *testing.T) {
	for want, got := range map[string][]byte{
		"83646f67":               AppendBytes(nil, []byte("dog")),
		"80":                     AppendBytes(nil, nil),
		"00":                     AppendBytes(nil, []byte{0}),
		"0f":                     AppendUint(nil, 15),
		"820400":                 AppendUint(nil, 1024),
		"c0":                     AppendList(nil, nil),
		"c88363617483646f67":     AppendList(nil, AppendBytes(AppendBytes(nil, []byte("cat")), []byte("dog"))),
		"b8384c6f72656d20697073": AppendBytes(nil, append([]byte("Lorem ips"), make([]byte, 47)...))[:11],
	} {
		if hex.EncodeToString(got) != want {
			t.Errorf("%x, want %s", got, want)
		}
	}
}

func TestRead(t *testing.T) {
	word := bytes.Repeat([]byte{7}, 32)
	inner := AppendList(nil, AppendUint(nil, 9))
	content := AppendUint(nil, 1<<40)
	content = AppendNumber(content, new(big.Int).Lsh(big.NewInt(1), 255))
	content = AppendBytes(content, word[:20])
	content = AppendBytes(content, nil)
	content = AppendBytes(content, word)
	content = AppendDigits(content, []byte{0, 0, 5})
	content = append(content, inner...)
	r := ReadList(AppendList(nil, content))
	if n := r.Uint64(); n != 1<<40 {
		t.Errorf("number %d", n)
	}
	if n := r.Number(); n.BitLen() != 256 {
		t.Errorf("number %s", n)
	}
	if a := r.Address(); a != [20]byte(word[:20]) {
		t.Errorf("address %x", a)
	}
	if a := r.Receiver(); a != nil {
		t.Errorf("receiver %x", *a)
	}
	if w := r.Word(); w != [32]byte(word) {
		t.Errorf("word %x", w)
	}
	if d := r.Digits(4); !bytes.Equal(d, []byte{5}) {
		t.Errorf("digits %x", d)
	}
	list := r.List()
	if n := list.Uint64(); n != 9 || list.More() || list.End() != nil {
		t.Errorf("number %d in a list", n)
	}
	if err := r.End(); err != nil {
		t.Error(err)
	}
}

func TestRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no list": "83646f67", "a byte too many": "c000", "too short": "c2", "a single byte with a length": "c28100",
		"a long form for a short length": "c3b80100", "a length with a leading zero": "f80000", "more than there is": "f8ff",
		"a length of eight bytes": "ffffffffffffffffff",
	} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		r := ReadList(raw)
		for r.More() {
			r.Item()
		}
		if r.End() == nil {
			t.Errorf("%s was read", name)
		}
	}
	for name, read := range map[string]func(r *Reader){
		"a number with a leading zero": func(r *Reader) { r.Uint64() },
		"an address of two bytes":      func(r *Reader) { r.Address() },
		"a receiver of two bytes":      func(r *Reader) { r.Receiver() },
		"a word of two bytes":          func(r *Reader) { r.Word() },
		"a list of bytes":              func(r *Reader) { r.List() },
	} {
		r := ReadList([]byte{0xc3, 0x82, 0, 1})
		if read(&r); r.End() == nil {
			t.Errorf("%s was read", name)
		}
	}
	r := ReadList([]byte{0xc1, 0xc0})
	if r.Bytes(); r.End() == nil || !strings.Contains(r.End().Error(), "list") {
		t.Errorf("bytes of a list: %v", r.End())
	}
}

// TestWithin: the error of a list within is that of the whole, also for what is left over
// in it, and what is left to read can be seen.
func TestWithin(t *testing.T) {
	data := []byte{0xc4, 0xc2, 1, 2, 3}
	r := ReadList(data)
	if rest := r.Rest(); !bytes.Equal(rest, data[1:]) {
		t.Errorf("rest %x", rest)
	}
	inner := r.List()
	if inner.Uint64(); !bytes.Equal(inner.Rest(), []byte{2}) || !bytes.Equal(r.Rest(), []byte{3}) {
		t.Errorf("rest %x and %x", inner.Rest(), r.Rest())
	}
	if r.Join(&inner); r.End() == nil || r.Rest() != nil || r.More() {
		t.Error("a member too many in a list within")
	}
	r = ReadList(data)
	inner = r.List()
	inner.Uint64()
	inner.Uint64()
	if r.Join(&inner); !r.More() || r.Uint64() != 3 || r.End() != nil {
		t.Errorf("a list within that was read: %v", r.End())
	}
}

func TestCount(t *testing.T) {
	for text, want := range map[string]int{
		"c0": 0, "c3010203": 3, "c4c20102c0": 2, "": -1, "80": -1, "c2": -1, "c000": -1, "c3018101": -1, "c281": -1,
	} {
		data, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if n := Count(data); n != want {
			t.Errorf("%s has %d members, want %d", text, n, want)
		}
	}
}

func TestReceiver(t *testing.T) {
	for _, a := range []*[20]byte{nil, {}, {1, 2, 3}} {
		r := ReadList(AppendList(nil, AppendReceiver(nil, a)))
		if back := r.Receiver(); (back == nil) != (a == nil) || a != nil && *back != *a || r.End() != nil {
			t.Errorf("%v comes back as %v, %v", a, back, r.End())
		}
	}
}

// FuzzItem: what is read has exactly one encoding. That it is go-ethereum's is held by
// the tests in oracle/rlp.
func FuzzItem(f *testing.F) {
	f.Add([]byte{0xc8, 0x83, 'c', 'a', 't', 0x83, 'd', 'o', 'g'})
	f.Add([]byte{0xf8, 0x38})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := ReadList(data)
		var content []byte
		for r.More() {
			item, list := r.Item()
			if list {
				content = AppendList(content, item)
			} else {
				content = AppendBytes(content, item)
			}
		}
		if r.End() != nil {
			return
		}
		if back := AppendList(nil, content); !bytes.Equal(back, data) {
			t.Errorf("%x comes back as %x", data, back)
		}
	})
}
