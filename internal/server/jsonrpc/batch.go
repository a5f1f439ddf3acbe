package jsonrpc

import (
	"context"
	"errors"

	"strongroom/internal/server"
)

// serve executes the first value of text, a message or a batch, and appends the reply,
// without a newline; it appends nothing where there is nothing to say. ok is false if the
// text is no JSON, of which nothing can be trusted.
func (s *Service) serve(ctx context.Context, b, text []byte, o outlet) (_ []byte, ok bool) {
	r := s.readers.get(text)
	all, total, isBatch, err := r.messages(s.config.MaxBatch)
	s.readers.put(r)
	switch {
	case errors.Is(err, errEmpty):
		return b, true
	case err != nil:
		return appendError(b, nil, parseError()), false
	case isBatch && total == 0:
		return appendError(b, nil, &Error{Code: CodeInvalidRequest, Message: "empty batch"}), true
	case total > len(all):
		return append(appendError(append(b, '['), firstCall(all), &Error{Code: CodeInvalidRequest, Message: "batch too large"}), ']'), true
	}
	ctx, cancel := s.limit(ctx)
	defer cancel()
	if !isBatch {
		b, _ = s.answer(ctx, b, &all[0], o)
		return b, true
	}
	return s.batch(ctx, b, all, o), true
}

// firstCall is the id that the refusal of a whole batch carries.
func firstCall(all []message) []byte {
	for i := range all {
		if all[i].kind == call {
			return all[i].id
		}
	}
	return nil
}

// batch executes messages one after another. Once the request is over, or its results
// are too large, the rest is not executed and told so.
func (s *Service) batch(ctx context.Context, b []byte, all []message, o outlet) []byte {
	start := len(b)
	results := 0
	for i := range all {
		m := &all[i]
		before := len(b)
		b = append(server.Grow(b, 1), ',')
		switch {
		case results > s.config.MaxResults || ctx.Err() != nil:
			if m.kind == call {
				b = appendError(server.Grow(b, len(m.id)+128), m.id, s.ended(ctx))
			}
		default:
			var size int
			b, size = s.answer(ctx, b, m, o)
			results += size
		}
		if len(b) == before+1 { // no reply
			b = b[:before]
		}
	}
	if len(b) == start {
		return b
	}
	b[start] = '['
	return append(b, ']')
}

// ended is why the rest of a batch is not executed.
func (s *Service) ended(ctx context.Context) *Error {
	if ctx.Err() != nil {
		return Timeout()
	}
	return tooLarge()
}
