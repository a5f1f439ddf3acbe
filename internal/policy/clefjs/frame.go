package clefjs

import (
	"encoding/binary"
	"io"
)

// frameBuffer is the most that a frame's memory keeps between messages.
const frameBuffer = 64 << 10

// framer sends and receives messages over two ends of pipes. It is not safe for
// concurrent use.
type framer struct {
	in     io.Reader
	out    io.Writer
	limit  int    // of a message that is received
	unsent []byte // frames that wait for the next flush
	buffer []byte // in[start:end] is received and not yet read
	start  int
	end    int
}

// queue puts a message behind those that wait for the next flush.
func (f *framer) queue(m message) {
	at := len(f.unsent)
	f.unsent = m.append(append(f.unsent, 0, 0, 0, 0))
	binary.LittleEndian.PutUint32(f.unsent[at:], uint32(len(f.unsent)-at-4))
}

// flush sends what is queued.
func (f *framer) flush() error {
	_, err := f.out.Write(f.unsent)
	if f.unsent = f.unsent[:0]; cap(f.unsent) > frameBuffer {
		f.unsent = nil
	}
	return err
}

// send queues m and flushes.
func (f *framer) send(m message) error {
	f.queue(m)
	return f.flush()
}

// receive returns the next message without its length. It stays as it is until the
// next call.
func (f *framer) receive() ([]byte, error) {
	if err := f.fill(4); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(f.buffer[f.start:])
	if n == 0 || n > uint32(f.limit) {
		return nil, errProtocol
	}
	if err := f.fill(4 + int(n)); err != nil {
		return nil, err
	}
	message := f.buffer[f.start+4 : f.start+4+int(n)]
	f.start += 4 + int(n)
	return message, nil
}

// pending says that something has come that nobody has received.
func (f *framer) pending() bool { return f.start != f.end }

// fill reads until n bytes are there. Memory grows with what has come, not with what
// is announced.
func (f *framer) fill(n int) error {
	if f.start == f.end {
		f.start, f.end = 0, 0
		if len(f.buffer) > frameBuffer {
			f.buffer = nil
		}
	}
	for f.end-f.start < n {
		if f.end == len(f.buffer) {
			f.makeRoom(n)
		}
		read, err := f.in.Read(f.buffer[f.end:])
		if f.end += read; read == 0 && err != nil {
			if err == io.EOF && f.end > f.start {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

func (f *framer) makeRoom(n int) {
	if f.start > 0 && len(f.buffer)-(f.end-f.start) >= 512 {
		f.end = copy(f.buffer, f.buffer[f.start:f.end])
		f.start = 0
		return
	}
	bigger := make([]byte, min(max(2*len(f.buffer), 4<<10), max(n+512, 4<<10)))
	f.end = copy(bigger, f.buffer[f.start:f.end])
	f.start, f.buffer = 0, bigger
}
