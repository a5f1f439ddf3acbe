package jsonrpc

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"strongroom/internal/fault"
)

// StreamConfig bounds one stream.
type StreamConfig struct {
	// MaxMessage is the most bytes of one message, and of those together that were read
	// and are not at work yet.
	MaxMessage int
	// MaxRunning is how many messages are at work at the same time. The next ones wait.
	MaxRunning int
	// WriteTimeout is how long the other side may take to accept a reply; 0: as long as
	// it likes.
	WriteTimeout time.Duration
}

// check refuses impossible bounds.
func (c StreamConfig) check() error {
	if c.MaxMessage <= 0 || c.MaxRunning <= 0 || c.WriteTimeout < 0 {
		return fault.Invalid.New("the limits of a stream must be positive")
	}
	return nil
}

// ServeStream reads JSON values, which need nothing between them, and executes them side
// by side; each reply ends with a newline. It takes conn over and returns when no call is
// at work any more: nil once the other side has closed its end, which ends the contexts
// of its calls, and when ctx ends, which does so, too.
//
// A value that is no JSON, or too large, is answered, and is the last one that is read.
func (s *Service) ServeStream(ctx context.Context, conn io.ReadWriteCloser, meta *Meta, c StreamConfig) error {
	st, err := s.newStream(ctx, conn, meta, c)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	return st.serve()
}

// stream is one connection.
type stream struct {
	service *Service
	conn    io.ReadWriteCloser
	config  StreamConfig
	outlet  outlet
	ctx     context.Context // of its calls
	cancel  context.CancelFunc
	release func() bool // of what waits for the end of the context it was made with

	writing sync.Mutex

	mu      sync.Mutex
	changed *sync.Cond // running or queued became less
	running int
	waiting [][]byte
	queued  int  // bytes in waiting
	ending  bool // no further message is read, but those at work are finished
}

func (s *Service) newStream(ctx context.Context, conn io.ReadWriteCloser, meta *Meta, c StreamConfig) (*stream, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	st := &stream{service: s, conn: conn, config: c, outlet: outlet{meta: meta, stream: true}}
	st.ctx, st.cancel = context.WithCancel(ctx)
	st.changed = sync.NewCond(&st.mu)
	// Closing is what ends a read. It comes from outside: a caller that has only closed
	// its own end still gets the replies to what does not depend on it.
	st.release = context.AfterFunc(ctx, st.close)
	return st, nil
}

func (st *stream) close() { _ = st.conn.Close() }

func (st *stream) serve() error {
	err := st.read()
	if !st.isEnding() {
		st.cancel() // the caller is gone, or out of step
	}
	st.drain()
	st.cancel()
	st.release()
	st.close()
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe} {
		if errors.Is(err, end) {
			return nil
		}
	}
	if st.isEnding() {
		return nil
	}
	return err
}

// read takes messages off the connection until there are no more.
func (st *stream) read() error {
	f := &framer{from: st.conn, most: st.config.MaxMessage}
	for {
		text, err := f.next()
		switch {
		case errors.Is(err, errFrame):
			st.write(append(appendError(nil, nil, parseError()), '\n'))
			return nil
		case errors.Is(err, errFrameSize):
			st.write(append(appendError(nil, nil, &Error{Code: CodeInvalidRequest, Message: "message too large"}), '\n'))
			return nil
		case err != nil:
			return err
		}
		if !st.admit(text) {
			return nil
		}
	}
}

// admit puts a message to work, or in the queue; it waits while that is full.
func (st *stream) admit(text []byte) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.running < st.config.MaxRunning {
		st.running++
		go st.work(text)
		return true
	}
	for st.queued+len(text) > st.config.MaxMessage && st.running > 0 && st.ctx.Err() == nil {
		st.changed.Wait()
	}
	if st.ctx.Err() != nil {
		return false
	}
	if st.running < st.config.MaxRunning {
		st.running++
		go st.work(text)
		return true
	}
	st.waiting = append(st.waiting, text)
	st.queued += len(text)
	return true
}

// work executes a message, and then those that wait.
func (st *stream) work(text []byte) {
	for ok := true; ok; text, ok = st.following() {
		b := st.service.buffers.Get()
		b, isJSON := st.service.serve(st.ctx, b, text, st.outlet)
		if len(b) > 0 {
			b = append(b, '\n')
			st.write(b)
		}
		st.service.buffers.Put(b)
		if !isJSON {
			st.close()
		}
	}
}

// following is the next message in the queue; without one, the caller is done.
func (st *stream) following() ([]byte, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	defer st.changed.Broadcast()
	if len(st.waiting) == 0 || st.ctx.Err() != nil {
		st.running--
		return nil, false
	}
	text := st.waiting[0]
	st.waiting[0] = nil
	st.waiting = st.waiting[1:]
	st.queued -= len(text)
	return text, true
}

// drain waits until nothing is at work.
func (st *stream) drain() {
	st.mu.Lock()
	defer st.mu.Unlock()
	for st.running > 0 {
		st.changed.Wait()
	}
}

// end makes the stream finish what is at work and read nothing more.
func (st *stream) end() {
	st.mu.Lock()
	st.ending = true
	st.mu.Unlock()
	if d, ok := st.conn.(interface{ SetReadDeadline(time.Time) error }); ok {
		_ = d.SetReadDeadline(time.Unix(1, 0))
	}
}

func (st *stream) isEnding() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.ending
}

// write sends one reply. When the other side does not take it, the stream is over.
func (st *stream) write(b []byte) {
	st.writing.Lock()
	defer st.writing.Unlock()
	if d, ok := st.conn.(interface{ SetWriteDeadline(time.Time) error }); ok && st.config.WriteTimeout > 0 {
		_ = d.SetWriteDeadline(time.Now().Add(st.config.WriteTimeout))
	}
	if _, err := st.conn.Write(b); err != nil {
		st.close()
	}
}
