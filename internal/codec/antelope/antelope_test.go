package antelope

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

func TestNames(t *testing.T) {
	// Numbers from packed transactions of a running chain.
	for text, packed := range map[string]string{
		"":              "\x00\x00\x00\x00\x00\x00\x00\x00",
		"alice":         "\x00\x00\x00\x00\x00\x85\x5c\x34",
		"bob":           "\x00\x00\x00\x00\x00\x00\x0e\x3d",
		"eosio":         "\x00\x00\x00\x00\x00\xea\x30\x55",
		"eosio.token":   "\x00\xa6\x82\x34\x03\xea\x30\x55",
		"transfer":      "\x00\x00\x00\x57\x2d\x3c\xcd\xcd",
		"zzzzzzzzzzzzj": "\xff\xff\xff\xff\xff\xff\xff\xff",
		".1":            "\x00\x00\x00\x00\x00\x00\x40\x00",
		"............1": "\x01\x00\x00\x00\x00\x00\x00\x00",
	} {
		n, err := ParseName(text)
		if err != nil || string(AppendName(nil, n)) != packed || n.String() != text {
			t.Errorf("%q: %x, %q, %v", text, AppendName(nil, n), n, err)
		}
	}
	for _, text := range []string{"Alice", "alice6", "al_ce", "alice.", ".", "..", "zzzzzzzzzzzzk", "12345abcdefghj", "a b", "é", "alice\x00", "abcdefghijkl."} {
		if n, err := ParseName(text); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v, %v", text, n, err)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("eosio.token", uint64(0x5530ea033482a600))
	f.Add("zzzzzzzzzzzzj", uint64(math.MaxUint64))
	f.Add("............1", uint64(1))
	f.Add("a..", uint64(1<<59))
	f.Fuzz(func(t *testing.T, text string, number uint64) {
		if n, err := ParseName(text); err == nil && n.String() != text {
			t.Errorf("%q is read as %q", text, n)
		}
		if back, err := ParseName(Name(number).String()); err != nil || back != Name(number) {
			t.Errorf("%x is spelt %q, read as %x, %v", number, Name(number), uint64(back), err)
		}
	})
}

func TestVaruint(t *testing.T) {
	for _, v := range []uint32{0, 1, 127, 128, 300, 16383, 16384, 70000, 1 << 28, math.MaxUint32} {
		packed := AppendVaruint32(nil, v)
		r := NewReader(packed)
		if got := r.Varuint32(); got != v || r.End() != nil {
			t.Errorf("%d: %x is read as %d, %v", v, packed, got, r.End())
		}
	}
	for packed, want := range map[string]error{
		"": ErrShort, "\x80": ErrShort, "\xff\xff\xff\xff": ErrShort,
		"\x80\x00": ErrVaruint, "\x81\x00": ErrVaruint, "\xff\xff\xff\xff\x1f": ErrVaruint,
		"\xff\xff\xff\xff\xff\x01": ErrVaruint, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80": ErrVaruint,
	} {
		r := NewReader([]byte(packed))
		if got := r.Varuint32(); !errors.Is(r.Err(), want) || got != 0 {
			t.Errorf("%x is read as %d, %v; want %v", packed, got, r.Err(), want)
		}
	}
}

func TestReader(t *testing.T) {
	packed := AppendBytes(append(AppendUint64(AppendUint32(AppendUint16([]byte{7, 1, 0}, 0x1234), 0x56789abc), 0xdef), 2), "hé")
	r := NewReader(packed)
	if r.Uint8() != 7 || !r.Bool() || r.Bool() || r.Uint16() != 0x1234 || r.Uint32() != 0x56789abc || r.Name() != 0xdef ||
		r.Count(2, 2) != 2 || r.Text(3) != "hé" || r.End() != nil {
		t.Errorf("%x was read wrongly: %v", packed, r.Err())
	}
	for name, c := range map[string]struct {
		packed string
		read   func(r *Reader)
		want   error
	}{
		"truth value 2":           {"\x02", func(r *Reader) { r.Bool() }, ErrBool},
		"text of another charset": {"\x01\xff", func(r *Reader) { r.Text(9) }, ErrText},
		"text over the limit":     {"\x02ab", func(r *Reader) { r.Text(1) }, ErrLarge},
		"text over the end":       {"\x03ab", func(r *Reader) { r.Text(9) }, ErrShort},
		"four billion elements":   {"\xff\xff\xff\xff\x0f", func(r *Reader) { r.Count(math.MaxInt, 1) }, ErrShort},
		"elements over the limit": {"\x03abc", func(r *Reader) { r.Count(2, 1) }, ErrLarge},
		"half a number":           {"\x01\x02\x03", func(r *Reader) { r.Uint32() }, ErrShort},
		"left over":               {"\x01\x02", func(r *Reader) { r.Uint8() }, ErrTrailing},
		"negative size":           {"\x01", func(r *Reader) { r.Fixed(-1) }, ErrShort},
	} {
		r := NewReader([]byte(c.packed))
		c.read(&r)
		if !errors.Is(r.End(), c.want) {
			t.Errorf("%s: %v", name, r.End())
		}
	}
}

// TestErrorSticks: after an error everything is zero and the first error stays.
func TestErrorSticks(t *testing.T) {
	r := NewReader([]byte{2, 1, 1, 1, 1, 1, 1, 1, 1})
	r.Bool()
	r.Fail(ErrText)
	if r.Uint8() != 0 || r.Uint16() != 0 || r.Uint32() != 0 || r.Name() != 0 || r.Varuint32() != 0 || r.Bool() || r.Bytes(9) != nil ||
		r.Count(9, 1) != 0 || r.Text(9) != "" || r.Fixed(0) != nil || r.Remaining() != 0 || !errors.Is(r.End(), ErrBool) {
		t.Errorf("something was read after %v", r.Err())
	}
}

// FuzzReader: what is read writes back to the same bytes.
func FuzzReader(f *testing.F) {
	f.Add([]byte("\x01\x02ab\x80\x01"))
	f.Add([]byte("\x00\x00\x00"))
	f.Add([]byte("\x01\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(data)
		flag, text, number := r.Bool(), r.Text(1000), r.Varuint32()
		if r.End() != nil {
			return
		}
		var out []byte
		if out = append(out, 0); flag {
			out[0] = 1
		}
		out = AppendVaruint32(AppendBytes(out, text), number)
		if !bytes.Equal(out, data) {
			t.Fatalf("%x was read, %x written", data, out)
		}
	})
}
