package jsonrpc

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// PeerConfig is what a [Peer] is made of.
type PeerConfig struct {
	// In and Out are the two pipes. [Peer.Close] closes them, if they can be closed, and
	// that should end reads and writes under way; see [server.Pollable].
	In  io.Reader
	Out io.Writer
	// Meta is what methods are told of the other side's calls.
	Meta Meta
	// MaxMessage is the most bytes of one message from the other side.
	MaxMessage int
	// MaxRunning is how many calls of the other side are at work at the same time.
	// Further ones are refused: they must not keep its answers from being read.
	MaxRunning int
	Log        *slog.Logger
}

// Bounds of a peer.
const (
	maxUnsent  = 32          // messages that wait for the other side to read before senders wait
	maxRemarks = 8           // log lines about what is no json
	flushWait  = time.Second // for the other side to take what is unsent when all ends
)

// Peer speaks JSON-RPC in both directions over one pair of pipes. Messages to the other
// side have a line each; what comes from it may be written as it likes. Answers come in
// any order.
//
// Lines that begin no object or list are no part of the conversation and are skipped:
// programs print things. An object or list that is not valid JSON (also one with
// duplicate names) ends it, because from there on nobody knows what an answer is an
// answer to. So does the end of input; messages that want no answer are still sent then,
// as long as somebody takes them. Batches are refused.
type Peer struct {
	config  PeerConfig
	methods atomic.Pointer[Service]
	readers readers
	buffers server.Buffers

	ctx    context.Context // of the other side's calls
	cancel context.CancelFunc
	unsent chan []byte
	places chan struct{} // a value is a call of the other side at work
	turn   chan struct{} // a value is taken by who numbers and sends a message
	last   uint64        // number given; by whoever has the turn

	done   chan struct{} // closed when nothing comes from the other side any more
	broken chan struct{} // closed when nothing can be sent any more
	quit   chan struct{} // closed by Close
	closed sync.Once
	work   sync.WaitGroup // reader, writer, and calls of the other side
	wrote  chan struct{}  // closed when the writer has ended

	mu      sync.Mutex
	pending map[uint64]chan reply // of our calls; nil once the other side is gone
}

// reply is the answer to a call of ours: pieces of text, which whoever takes the reply
// wipes.
type reply struct {
	text []byte
	message
}

// ErrGone is what calls of a [Peer] get when the other side is gone.
var ErrGone error = fault.Denied.New("the program at the other end is gone")

// StartPeer begins to read and write. Until [Peer.Offer] the other side finds no methods.
func StartPeer(c PeerConfig) (*Peer, error) {
	if c.In == nil || c.Out == nil || c.Log == nil || c.MaxMessage <= 0 || c.MaxRunning <= 0 {
		return nil, fault.Invalid.New("a json-rpc peer needs two pipes, a log and bounds")
	}
	p := &Peer{
		config: c, unsent: make(chan []byte, maxUnsent), places: make(chan struct{}, c.MaxRunning), turn: make(chan struct{}, 1),
		done: make(chan struct{}), broken: make(chan struct{}), quit: make(chan struct{}), wrote: make(chan struct{}),
		pending: map[uint64]chan reply{},
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.work.Add(2)
	go p.write()
	go p.read()
	return p, nil
}

// Offer gives the other side methods to call, in the place of those before.
func (p *Peer) Offer(s *Service) { p.methods.Store(s) }

// Done is closed once nothing comes from the other side any more: no answer to any call.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Call calls a method of the other side with one parameter and waits for the answer.
// read is given the result, which it must not keep: it is wiped afterwards. Errors: an
// [Error] as the other side gave it, that of read, [ErrGone], or fault.Canceled when ctx
// ended first; an answer that comes later is ignored.
func (p *Peer) Call(ctx context.Context, method string, param jsontext.Value, read func(result jsontext.Value) error) error {
	answer := make(chan reply, 1)
	id, err := p.send(ctx, method, param, answer)
	if err != nil {
		return err
	}
	select {
	case r, ok := <-answer:
		if !ok {
			return ErrGone
		}
		defer clear(r.text)
		return r.take(read)
	case <-ctx.Done():
		p.forget(id, answer)
		return fault.Canceled.Wrap(ctx.Err(), "the call of %s was given up", method)
	}
}

// Notify tells the other side something. Errors: as [Peer.Call].
func (p *Peer) Notify(ctx context.Context, method string, param jsontext.Value) error {
	_, err := p.send(ctx, method, param, nil)
	return err
}

// send numbers a message and hands it to the writer. A message without a place for the
// answer takes a number, too, but does not carry it.
func (p *Peer) send(ctx context.Context, method string, param jsontext.Value, answer chan reply) (id uint64, err error) {
	select {
	case p.turn <- struct{}{}:
	case <-p.broken:
		return 0, ErrGone
	case <-ctx.Done():
		return 0, fault.Canceled.Wrap(ctx.Err(), "the call of %s was given up", method)
	}
	defer func() { <-p.turn }()
	if answer != nil && !p.expect(p.last+1, answer) {
		return 0, ErrGone
	}
	p.last++
	b := append(p.buffers.Get(), `{"jsonrpc":"2.0",`...)
	if answer != nil {
		b = append(strconv.AppendUint(append(b, `"id":`...), p.last, 10), ',')
	}
	b = quote(append(b, `"method":`...), method)
	b = append(server.Grow(append(b, `,"params":[`...), len(param)+4), oneLine(param)...)
	if err := p.enqueue(ctx, append(b, "]}\n"...)); err != nil {
		p.forget(p.last, answer)
		return 0, err
	}
	return p.last, nil
}

// oneLine is a value without line breaks, which strings can not have.
func oneLine(v jsontext.Value) jsontext.Value {
	if bytes.IndexByte(v, '\n') < 0 {
		return v
	}
	v = v.Clone()
	_ = v.Compact()
	return v
}

// enqueue waits for the writer to have room.
func (p *Peer) enqueue(ctx context.Context, b []byte) error {
	select {
	case <-p.broken: // nobody would ever take it out
		p.buffers.Put(b)
		return ErrGone
	default:
	}
	select {
	case p.unsent <- b:
		return nil
	case <-p.broken:
		p.buffers.Put(b)
		return ErrGone
	case <-ctx.Done():
		p.buffers.Put(b)
		return fault.Canceled.Wrap(ctx.Err(), "the program at the other end does not read")
	}
}

// expect makes a place for an answer.
func (p *Peer) expect(id uint64, answer chan reply) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pending == nil {
		return false
	}
	p.pending[id] = answer
	return true
}

// forget takes it away again, and wipes what came meanwhile.
func (p *Peer) forget(id uint64, answer chan reply) {
	if answer == nil {
		return
	}
	p.mu.Lock()
	delete(p.pending, id)
	p.mu.Unlock()
	select {
	case r := <-answer:
		clear(r.text)
	default:
	}
}

// write sends messages until nobody takes them or all ends.
func (p *Peer) write() {
	defer p.work.Done()
	defer close(p.wrote)
	defer close(p.broken)
	for {
		var b []byte
		select {
		case b = <-p.unsent:
		case <-p.quit:
			select { // what is unsent is sent still
			case b = <-p.unsent:
			default:
				return
			}
		}
		_, err := p.config.Out.Write(b)
		p.buffers.Put(b)
		if err != nil {
			p.config.Log.Warn("the program at the other end takes no messages any more", "err", err)
			p.gone()
			return
		}
	}
}

// gone fails all calls of ours, now and later, and ends those of the other side.
func (p *Peer) gone() {
	p.cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pending == nil {
		return
	}
	close(p.done)
	for _, answer := range p.pending {
		close(answer)
	}
	p.pending = nil
}

// Close ends the conversation: what is unsent is sent if somebody takes it, all calls
// fail, and methods at work are waited for. Errors: fault.Canceled if something does not
// end although both pipes were closed.
func (p *Peer) Close() error {
	p.closed.Do(func() { close(p.quit) })
	select {
	case <-p.wrote:
	case <-time.After(flushWait):
	}
	p.gone()
	for _, pipe := range []any{p.config.Out, p.config.In} {
		if c, ok := pipe.(io.Closer); ok {
			_ = c.Close()
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.work.Wait()
	}()
	select {
	case <-ended:
		return nil
	case <-time.After(flushWait):
		return fault.Canceled.New("a pipe does not end although it was closed")
	}
}

// take gives the result of an answer to read, or its error.
func (r *reply) take(read func(jsontext.Value) error) error {
	switch {
	case r.kind != response:
		return &Error{Code: CodeFailed, Message: "the answer is no json-rpc response"}
	case r.err != nil && r.err.Kind() != 'n':
		return parseErrorObject(r.err)
	case r.result == nil:
		return &Error{Code: CodeFailed, Message: "the answer has neither result nor error"}
	}
	return read(r.result)
}
