package kmd

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/server"
)

// defaultMaxBody bounds a request body. The largest honest one is a transaction
// of some 50 KB, or a multi-signature account of 255 keys.
const defaultMaxBody = 4 << 20

// body is one request body in one buffer, and the reader of its JSON. Fields
// that a request keeps point into the buffer, so all ends with [bodies.put].
type body struct {
	buf    []byte
	src    bytes.Buffer
	dec    jsontext.Decoder
	copies [][]byte // texts that had to be copied out of buf
}

// bodies reads bodies and recycles their readers.
type bodies struct {
	limit int64 // largest body, in bytes
	pool  sync.Pool
}

// read takes the whole body of r into a buffer. The caller gives it back.
func (p *bodies) read(r *http.Request) (*body, error) {
	buf, err := server.ReadBody(r, p.limit)
	if err != nil {
		return nil, err
	}
	return p.of(buf), nil
}

// of is a reader of buf, which it owns.
func (p *bodies) of(buf []byte) *body {
	b, ok := p.pool.Get().(*body)
	if !ok {
		b = new(body)
	}
	b.buf = buf
	return b
}

// put wipes the buffer, lets go of it and keeps the reader.
func (p *bodies) put(b *body) {
	clear(b.buf[:cap(b.buf)])
	for _, text := range b.copies {
		clear(text)
	}
	b.buf, b.copies = nil, nil
	b.src = bytes.Buffer{}
	b.dec.Reset(&b.src)
	p.pool.Put(b)
}
