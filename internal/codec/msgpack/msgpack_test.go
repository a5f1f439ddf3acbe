package msgpack

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestShortestForms: the boundaries of the specification's forms.
func TestShortestForms(t *testing.T) {
	for _, c := range []struct {
		v    uint64
		want []byte
	}{
		{0, []byte{0}}, {0x7f, []byte{0x7f}}, {0x80, []byte{0xcc, 0x80}}, {0xff, []byte{0xcc, 0xff}},
		{0x100, []byte{0xcd, 1, 0}}, {0xffff, []byte{0xcd, 0xff, 0xff}}, {0x10000, []byte{0xce, 0, 1, 0, 0}},
		{0xffffffff, []byte{0xce, 0xff, 0xff, 0xff, 0xff}}, {1 << 32, []byte{0xcf, 0, 0, 0, 1, 0, 0, 0, 0}},
		{1<<64 - 1, []byte{0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
	} {
		if got := AppendUint(nil, c.v); !bytes.Equal(got, c.want) {
			t.Errorf("%d: %x, want %x", c.v, got, c.want)
		}
		r := NewReader(c.want)
		if got, err := r.Uint(); got != c.v || err != nil || r.End() != nil {
			t.Errorf("%x reads as %d, %v", c.want, got, err)
		}
	}
	for _, c := range []struct {
		n                       int
		text, bin, array, pairs []byte
	}{
		{0, []byte{0xa0}, []byte{0xc4, 0}, []byte{0x90}, []byte{0x80}},
		{15, []byte{0xaf}, []byte{0xc4, 15}, []byte{0x9f}, []byte{0x8f}},
		{16, []byte{0xb0}, []byte{0xc4, 16}, []byte{0xdc, 0, 16}, []byte{0xde, 0, 16}},
		{31, []byte{0xbf}, []byte{0xc4, 31}, []byte{0xdc, 0, 31}, []byte{0xde, 0, 31}},
		{32, []byte{0xd9, 32}, []byte{0xc4, 32}, []byte{0xdc, 0, 32}, []byte{0xde, 0, 32}},
		{255, []byte{0xd9, 255}, []byte{0xc4, 255}, []byte{0xdc, 0, 255}, []byte{0xde, 0, 255}},
		{256, []byte{0xda, 1, 0}, []byte{0xc5, 1, 0}, []byte{0xdc, 1, 0}, []byte{0xde, 1, 0}},
		{65535, []byte{0xda, 255, 255}, []byte{0xc5, 255, 255}, []byte{0xdc, 255, 255}, []byte{0xde, 255, 255}},
		{65536, []byte{0xdb, 0, 1, 0, 0}, []byte{0xc6, 0, 1, 0, 0}, []byte{0xdd, 0, 1, 0, 0}, []byte{0xdf, 0, 1, 0, 0}},
	} {
		body := strings.Repeat("x", c.n)
		for name, p := range map[string]struct{ got, want []byte }{
			"text":   {AppendText(nil, body), append(bytes.Clone(c.text), body...)},
			"binary": {AppendBinary(nil, []byte(body)), append(bytes.Clone(c.bin), body...)},
			"array":  {AppendArrayHeader(nil, c.n), c.array},
			"map":    {AppendMapHeader(nil, c.n), c.pairs},
		} {
			if !bytes.Equal(p.got, p.want) {
				t.Errorf("%s of %d: %.8x, want %.8x", name, c.n, p.got, p.want)
			}
		}
		for _, encoded := range [][]byte{AppendText(nil, body), AppendBinary(nil, []byte(body))} {
			r := NewReader(encoded)
			if got, err := r.Bytes(c.n); string(got) != body || err != nil || r.End() != nil {
				t.Errorf("%.8x: %v", encoded, err)
			}
		}
	}
}

func TestPeek(t *testing.T) {
	for first, want := range map[byte]Type{
		0x00: Uint, 0x7f: Uint, 0x80: Map, 0x90: Array, 0xa0: Text, 0xc0: Nil, 0xc1: None, 0xc2: Bool, 0xc3: Bool,
		0xc4: Binary, 0xc7: None, 0xca: Float, 0xcb: Float, 0xcc: Uint, 0xd3: Uint, 0xd4: None, 0xd8: None,
		0xd9: Text, 0xdc: Array, 0xde: Map, 0xe0: Int, 0xff: Int,
	} {
		r := NewReader(append([]byte{first}, make([]byte, 8)...))
		if got := r.Peek(); got != want || r.Offset() != 0 {
			t.Errorf("%#02x is %d, want %d; offset %d", first, got, want, r.Offset())
		}
	}
	var empty Reader
	if empty.Peek() != None || empty.Nil() {
		t.Error("an empty input has no value")
	}
}

// TestSigned: non-negative numbers in signed forms are numbers, negative ones are not.
func TestSigned(t *testing.T) {
	for _, c := range []struct {
		in   []byte
		want uint64
		err  error
	}{
		{[]byte{0xd0, 0x7f}, 0x7f, nil}, {[]byte{0xd0, 0x80}, 0, ErrType},
		{[]byte{0xd1, 0x7f, 0xff}, 0x7fff, nil}, {[]byte{0xd1, 0x80, 0}, 0, ErrType},
		{[]byte{0xd2, 0x7f, 0xff, 0xff, 0xff}, 0x7fffffff, nil}, {[]byte{0xd2, 0xff, 0xff, 0xff, 0xff}, 0, ErrType},
		{[]byte{0xd3, 0, 0, 0, 0, 0, 0, 0, 5}, 5, nil}, {[]byte{0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0}, 0, ErrType},
		{[]byte{0xff}, 0, ErrType}, {[]byte{0xe0}, 0, ErrType}, {[]byte{0xd3, 0}, 0, ErrShort},
	} {
		r := NewReader(c.in)
		if got, err := r.Uint(); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%x: %d, %v", c.in, got, err)
		}
	}
}

// TestBounds: lengths are not believed before they are checked.
func TestBounds(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff}
	for _, c := range []struct {
		name string
		in   []byte
		read func(*Reader) error
		want error
	}{
		{"bytes beyond the limit", AppendText(nil, "abc"), func(r *Reader) error { _, err := r.Bytes(2); return err }, ErrLarge},
		{"bytes, negative limit", AppendText(nil, "a"), func(r *Reader) error { _, err := r.Bytes(-1); return err }, ErrLarge},
		{"bytes beyond the input", append([]byte{0xc6}, huge...), func(r *Reader) error { _, err := r.Bytes(1 << 40); return err }, ErrShort},
		{"array beyond the input", append([]byte{0xdd}, huge...), func(r *Reader) error { _, err := r.ArrayHeader(1 << 40); return err }, ErrShort},
		{"array beyond the limit", append([]byte{0xdd}, huge...), func(r *Reader) error { _, err := r.ArrayHeader(5); return err }, ErrLarge},
		{"map with half a pair", []byte{0x81, 1}, func(r *Reader) error { _, err := r.MapHeader(5); return err }, ErrShort},
		{"map beyond the input", append([]byte{0xdf}, huge...), func(r *Reader) error { _, err := r.MapHeader(1 << 40); return err }, ErrShort},
		{"skip of a huge map", append([]byte{0xdf}, huge...), (*Reader).Skip, ErrShort},
		{"skip of a huge text", append([]byte{0xdb}, huge...), (*Reader).Skip, ErrShort},
		{"skip of an extension", []byte{0xd4, 0, 0}, (*Reader).Skip, ErrType},
		{"skip at the depth", append(bytes.Repeat([]byte{0x91}, MaxDepth), 1), (*Reader).Skip, nil},
		{"skip below the depth", append(bytes.Repeat([]byte{0x91}, MaxDepth+1), 1), (*Reader).Skip, ErrDepth},
		{"nothing", nil, (*Reader).Skip, ErrShort},
		{"cut float", []byte{0xca, 0, 0}, (*Reader).Skip, ErrShort},
		{"bool of an integer", []byte{1}, func(r *Reader) error { _, err := r.Bool(); return err }, ErrType},
		{"rest", []byte{1, 2}, func(r *Reader) error { _, _ = r.Uint(); return r.End() }, ErrTrailing},
	} {
		r := NewReader(c.in)
		if err := c.read(&r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// TestReadsDoNotReachBeyond: what Bytes returns cannot be appended into the input.
func TestReadsDoNotReachBeyond(t *testing.T) {
	in := append(AppendText(nil, "ab"), 7)
	r := NewReader(in)
	b, err := r.Bytes(2)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(b, 9)
	if in[3] != 7 {
		t.Error("appending wrote over the next value")
	}
}

func TestReaderAllocatesNothing(t *testing.T) {
	in := AppendArrayHeader(nil, 3)
	in = AppendBinary(AppendText(AppendUint(in, 1<<40), "text"), []byte{1, 2})
	if n := testing.AllocsPerRun(100, func() {
		r := NewReader(in)
		if r.Skip() != nil || r.End() != nil {
			t.Fatal("skip failed")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzReader: whatever the input, reading ends, stays inside and agrees with Skip.
func FuzzReader(f *testing.F) {
	f.Add(AppendText(AppendMapHeader(nil, 1), "key"))
	f.Add([]byte{0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Add(bytes.Repeat([]byte{0x81}, 100))
	f.Add(AppendBool(AppendNil(AppendArrayHeader(nil, 2)), true))
	f.Fuzz(func(t *testing.T, in []byte) {
		skipped := NewReader(in)
		if err := skipped.Skip(); err != nil {
			return
		}
		read := NewReader(in)
		if err := walk(&read, MaxDepth+1); err != nil {
			t.Fatalf("%x can be skipped but not read: %v", in, err)
		}
		if read.Offset() != skipped.Offset() || read.Offset()+read.Remaining() != len(in) {
			t.Fatalf("%x: read %d bytes, skipped %d", in, read.Offset(), skipped.Offset())
		}
	})
}

func walk(r *Reader, depth int) (err error) {
	if depth < 0 {
		return ErrDepth
	}
	n := 0
	switch r.Peek() {
	case Nil:
		if !r.Nil() {
			return ErrType
		}
	case Bool:
		_, err = r.Bool()
	case Uint:
		_, err = r.Uint()
	case Text, Binary:
		_, err = r.Bytes(r.Remaining())
	case Array:
		n, err = r.ArrayHeader(r.Remaining())
	case Map:
		n, err = r.MapHeader(r.Remaining())
		n *= 2
	default:
		return r.Skip()
	}
	for range n {
		if err == nil {
			err = walk(r, depth-1)
		}
	}
	return err
}
