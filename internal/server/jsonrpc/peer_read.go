package jsonrpc

import (
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// read takes messages off the pipe until there are no more, and closes it, so that
// nobody waits for us to read on.
func (p *Peer) read() {
	defer p.work.Done()
	defer p.gone()
	if c, ok := p.config.In.(io.Closer); ok {
		defer func() { _ = c.Close() }()
	}
	remarks := 0
	f := &framer{from: p.config.In, most: p.config.MaxMessage, lines: true, skipped: func() {
		// What the line says stays here: it might be a password.
		if remarks++; remarks <= maxRemarks {
			p.config.Log.Warn("a line that is no json came from the program at the other end and is ignored")
		}
	}}
	defer f.wipe()
	for {
		text, err := f.next()
		if err != nil {
			p.explain(err)
			return
		}
		if !p.receive(text) {
			p.config.Log.Error("the program at the other end wrote json that is not valid: nothing more is taken from it")
			return
		}
	}
}

// explain logs why nothing more comes.
func (p *Peer) explain(err error) {
	select {
	case <-p.quit: // we ended it
		return
	default:
	}
	switch {
	case errors.Is(err, io.EOF):
		p.config.Log.Warn("the program at the other end has closed its end")
	case errors.Is(err, errFrameSize):
		p.config.Log.Error("the program at the other end wrote a message that is too large: nothing more is taken from it", "most", p.config.MaxMessage)
	default:
		p.config.Log.Error("nothing more can be read from the program at the other end", "err", err)
	}
}

// receive handles one message, whose text is wiped when that is done. It is false if the
// text is not valid JSON.
func (p *Peer) receive(text []byte) bool {
	r := p.readers.get(text)
	all, _, isBatch, err := r.messages(1)
	p.readers.put(r)
	if err != nil {
		clear(text)
		return false
	}
	if isBatch {
		clear(text)
		p.refuse(nil, invalidRequest())
		return true
	}
	m := &all[0]
	switch {
	case m.method == "" && m.id != nil && p.deliver(text, m):
	case m.kind == response:
		clear(text) // nobody asked, or not any more
	case m.kind == invalid:
		p.refuse(m.id, invalidRequest())
		clear(text)
	default:
		p.serve(text, m)
	}
	return true
}

// deliver gives an answer to the call that waits for it. What is no proper response is
// delivered, too: that call gets no better one.
func (p *Peer) deliver(text []byte, m *message) bool {
	id, err := strconv.ParseUint(string(m.id), 10, 64)
	if err != nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	answer, ok := p.pending[id]
	if !ok {
		return false
	}
	delete(p.pending, id)
	answer <- reply{text, *m} // it has room for one
	return true
}

// serve executes a call of the other side in a goroutine of its own.
func (p *Peer) serve(text []byte, m *message) {
	service := p.methods.Load()
	if service == nil {
		if m.kind == call {
			p.refuse(m.id, unknownMethod(m.method))
		}
		clear(text)
		return
	}
	select {
	case p.places <- struct{}{}:
	default:
		if m.kind == call {
			p.refuse(m.id, &Error{Code: CodeFailed, Message: "too many calls at the same time"})
		}
		clear(text)
		return
	}
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		defer func() { <-p.places }()
		defer clear(text)
		ctx, cancel := service.limit(p.ctx)
		defer cancel()
		b, _ := service.answer(ctx, p.buffers.Get(), m, outlet{meta: &p.config.Meta, stream: true})
		if len(b) == 0 {
			p.buffers.Put(b)
			return
		}
		_ = p.enqueue(p.ctx, append(b, '\n'))
	}()
}

// refuse answers without executing anything. The reader must go on, so the answer is
// lost if the other side does not read.
func (p *Peer) refuse(id jsontext.Value, e *Error) {
	b := append(appendError(p.buffers.Get(), id, e), '\n')
	select {
	case p.unsent <- b:
	default:
		p.buffers.Put(b)
	}
}

// parseErrorObject reads the error of an answer: {"code", "message", "data"}.
func parseErrorObject(text jsontext.Value) *Error {
	var e struct {
		Code    int            `json:"code"`
		Message string         `json:"message"`
		Data    jsontext.Value `json:"data"`
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return &Error{Code: CodeFailed, Message: "the answer is an error of a form that is not understood"}
	}
	return &Error{Code: e.Code, Message: e.Message, Data: e.Data}
}
