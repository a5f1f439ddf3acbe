package clefjs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"strongroom/internal/fault"
)

// errNotSent: the child was dead before it got the call, which another one may do.
var errNotSent = errors.New("the call was not sent")

// converse has ch do a call and answers what it asks meanwhile.
func (e *Engine) converse(ch *child, c call, p *Prepared, s Storage) (Outcome, error) {
	ch.calls.Add(1)
	ch.clock.Reset(e.cfg.Timeout)
	t := talk{engine: e, child: ch, storage: s}
	a, err := t.run(c, p)
	if inTime := ch.clock.Stop(); inTime && err == nil && !a.status.spent() {
		e.pool.giveBack(ch)
	} else {
		ch.kill()
	}
	switch {
	case err == errNotSent:
		return Outcome{}, err
	case err != nil && errors.Is(err, errProtocol):
		return Outcome{}, fmt.Errorf("%w: %w", ErrDied, err)
	case err != nil:
		cause := ch.cause()
		select {
		case <-e.closing:
			return Outcome{}, ErrClosed
		default:
			return Outcome{}, cause
		}
	case t.failed != nil:
		return Outcome{}, fmt.Errorf("%w: %w", ErrStorage, t.failed)
	}
	return a.outcome()
}

// talk is the parent's side of one call.
type talk struct {
	engine  *Engine
	child   *child
	storage Storage
	failed  error // of the storage
	printed int   // bytes
}

func (t *talk) run(c call, p *Prepared) (answer, error) {
	pipe := &t.child.pipe
	if p != nil && !slices.Contains(t.child.sent, p.id) {
		if len(t.child.sent) == maxPrepared {
			t.child.sent = slices.Delete(t.child.sent, 0, 1)
		}
		t.child.sent = append(t.child.sent, p.id)
		pipe.queue(prepare{id: p.id, object: p.object})
	}
	pipe.queue(c)
	if err := pipe.flush(); err != nil {
		return answer{}, t.notSent(err)
	}
	for {
		b, err := pipe.receive()
		if err != nil {
			return answer{}, err
		}
		m, err := decodeFromChild(b)
		if err != nil {
			return answer{}, err
		}
		switch m := m.(type) {
		case line:
			err = t.print(m.text)
		case get:
			err = pipe.send(t.get(m.key))
		case answer:
			if pipe.pending() {
				return answer{}, errProtocol
			}
			return m, nil
		default:
			err = errProtocol
		}
		if err != nil {
			return answer{}, err
		}
	}
}

// notSent tells a child that was dead before from one that was killed by the clock.
func (t *talk) notSent(err error) error {
	if t.child.expired.Load() {
		return err
	}
	return errNotSent
}

// get reads the storage for the child, which is not told what went wrong.
func (t *talk) get(key string) value {
	text, err := t.storage.Get(key)
	if err == nil && len(text) > maxValue {
		err = fault.TooLarge.New("the storage has more than %d bytes under a key", maxValue)
	}
	if err != nil {
		t.failed = err
		return value{failed: true, text: "the storage can not be read"}
	}
	return value{text: strings.ToValidUTF8(text, "\uFFFD")}
}

// print shows what the rules wrote, each line as one of theirs.
func (t *talk) print(text string) error {
	if t.printed += len(text); t.printed > 2*maxOutput {
		return errProtocol
	}
	first := true
	for part := range strings.SplitSeq(text, "\n") {
		if part = clean(part); !first {
			part = "JS:>  " + part
		}
		t.engine.cfg.Print(part)
		first = false
	}
	return nil
}

// clean replaces what could change how a line or a terminal looks.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// spent says that the child should not be used again: it may still be busy, or full.
func (s status) spent() bool { return s == statusTimeout || s == statusMemory }

// outcome is what an answer means for the caller.
func (a answer) outcome() (Outcome, error) {
	var kind error
	switch a.status {
	case statusReturned:
		return Outcome{Text: a.text, Puts: a.puts}, nil
	case statusNoFunction:
		kind = ErrNoFunction
	case statusTimeout:
		kind = ErrTimeout
	case statusMemory:
		kind = ErrMemory
	case statusStorage:
		kind = ErrStorage
	default:
		kind = ErrException
	}
	return Outcome{}, fmt.Errorf("%w: %s", kind, a.text)
}
