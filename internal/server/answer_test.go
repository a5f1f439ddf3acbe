package server

import (
	"bytes"
	"net/http/httptest"
	"testing"
)

func TestBuffersWipe(t *testing.T) {
	for _, size := range []int{0, 100, maxPooled, maxPooled + 1} {
		b := bytes.Repeat([]byte{0x5a}, size)
		var p Buffers
		p.Put(b[:size/2]) // what is beyond the length may be of an earlier answer
		if len(bytes.Trim(b, "\x00")) != 0 {
			t.Errorf("a buffer of %d bytes is not wiped", size)
		}
		if got := p.Get(); len(got) != 0 || cap(got) > maxPooled {
			t.Errorf("after one of %d bytes came a buffer of length %d and capacity %d", size, len(got), cap(got))
		}
	}
}

func TestGrow(t *testing.T) {
	first := append(make([]byte, 0, 16), "private key"...)
	if same := Grow(first, 5); &same[0] != &first[0] {
		t.Error("a buffer with room was copied")
	}
	second := Grow(first, 6)
	if string(second) != "private key" || cap(second)-len(second) < 6 {
		t.Errorf("%q with room for %d", second, cap(second)-len(second))
	}
	if len(bytes.Trim(first, "\x00")) != 0 {
		t.Error("the buffer that was left behind is not wiped")
	}
	if got := Grow(nil, 3); len(got) != 0 || cap(got) < 3 {
		t.Errorf("out of nothing came a length of %d and a capacity of %d", len(got), cap(got))
	}
}

func TestSendJSON(t *testing.T) {
	w := httptest.NewRecorder()
	SendJSON(w, 201, []byte(`{"a":1}`))
	if w.Code != 201 || w.Body.String() != `{"a":1}` ||
		w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Content-Length") != "7" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
