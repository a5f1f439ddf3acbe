package antelope

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// maxJSON bounds the JSON of a transaction; hex doubles the data.
const maxJSON = 4 << 20

// maxDepth bounds the nesting of members that are skipped.
const maxDepth = 64

const dateLayout = "2006-01-02T15:04:05"

// ParseTransaction reads the JSON object of a transaction as the peer's clients
// write it: missing members are zero, unknown ones are ignored, numbers may be
// texts and the reverse, null is zero, hex may have either case, a date may have
// a fraction of a second, which is dropped. It refuses what two readers could
// understand differently: repeated members, numbers that do not fit, bytes after
// the object.
//
// Errors are fault.InvalidPayload around [ErrJSON], [ErrKind], [ErrNumber],
// [ErrDate], [ErrName], [ErrOddHex], [ErrHexDigit], [ErrLength] or an error of
// [ParseSignature].
func ParseTransaction(value []byte) (SignedTransaction, error) {
	var t SignedTransaction
	if len(value) > maxJSON {
		return t, fault.TooLarge.New("a transaction of %d bytes of json, at most %d are allowed", len(value), maxJSON)
	}
	r := jsonReader{dec: jsontext.NewDecoder(bytes.NewBuffer(value))}
	const whole = "transaction"
	where := whole
	r.object(func(name string) {
		if where = name; !r.transactionMember(&t, name) {
			where = whole // an error does not repeat what a caller made up
			r.skip()
		}
	})
	if r.err == nil {
		if _, err := r.dec.ReadToken(); err != io.EOF {
			where = whole
			r.fail(ErrJSON)
		}
	}
	if r.err != nil {
		return SignedTransaction{}, at(where, r.err)
	}
	return t, nil
}

// jsonReader reads values one after the other. The first error sticks, and what
// is read after it is zero.
type jsonReader struct {
	dec *jsontext.Decoder
	err error
}

// transactionMember reads the value of a member; false: there is none of that name.
func (r *jsonReader) transactionMember(t *SignedTransaction, name string) bool {
	switch name {
	case "expiration":
		t.Expiration = r.date()
	case "ref_block_num":
		t.RefBlockNum = uint16(r.uint(16))
	case "ref_block_prefix":
		t.RefBlockPrefix = uint32(r.uint(32))
	case "max_net_usage_words":
		t.MaxNetUsageWords = uint32(r.uint(32))
	case "max_cpu_usage_ms":
		t.MaxCPUUsageMS = uint8(r.uint(8))
	case "delay_sec":
		t.DelaySec = uint32(r.uint(32))
	case "context_free_actions":
		t.ContextFreeActions = r.actions()
	case "actions":
		t.Actions = r.actions()
	case "transaction_extensions":
		r.list(func() { t.Extensions = append(t.Extensions, r.extension()) })
	case "signatures":
		r.list(func() {
			s, err := ParseSignature(r.text())
			r.fail(err)
			t.Signatures = append(t.Signatures, s)
		})
	case "context_free_data":
		r.list(func() { t.ContextFreeData = append(t.ContextFreeData, r.hex()) })
	default:
		return false
	}
	return true
}

func (r *jsonReader) actions() (actions []Action) {
	r.list(func() {
		var a Action
		r.object(func(name string) {
			switch name {
			case "account":
				a.Account = r.name()
			case "name":
				a.Name = r.name()
			case "authorization":
				r.list(func() { a.Authorization = append(a.Authorization, r.permission()) })
			case "data":
				a.Data = r.hex()
			default:
				r.skip()
			}
		})
		actions = append(actions, a)
	})
	return actions
}

func (r *jsonReader) permission() (p Permission) {
	r.object(func(name string) {
		switch name {
		case "actor":
			p.Actor = r.name()
		case "permission":
			p.Permission = r.name()
		default:
			r.skip()
		}
	})
	return p
}

// extension reads [number, "hex"].
func (r *jsonReader) extension() (e Extension) {
	n := 0
	r.list(func() {
		switch n++; n {
		case 1:
			e.Type = uint16(r.uint(16))
		case 2:
			e.Data = r.hex()
		default:
			r.fail(ErrLength)
		}
	})
	if n != 2 {
		r.fail(ErrLength)
	}
	return e
}

// fail keeps the first error; nil is none.
func (r *jsonReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// token reads the next token if it is of one of the kinds.
func (r *jsonReader) token(kinds ...jsontext.Kind) (jsontext.Token, bool) {
	if r.err != nil {
		return jsontext.Token{}, false
	}
	token, err := r.dec.ReadToken()
	if err != nil {
		r.fail(ErrJSON)
		return jsontext.Token{}, false
	}
	for _, kind := range kinds {
		if token.Kind() == kind {
			return token, true
		}
	}
	r.fail(ErrKind)
	return jsontext.Token{}, false
}

func (r *jsonReader) object(member func(name string)) {
	if _, ok := r.token('{'); !ok {
		return
	}
	for r.err == nil {
		token, ok := r.token('"', '}')
		if !ok || token.Kind() == '}' {
			return
		}
		member(token.String())
	}
}

// list reads an array of at most maxItems elements.
func (r *jsonReader) list(element func()) {
	if _, ok := r.token('['); !ok {
		return
	}
	for n := 0; r.err == nil; n++ {
		if r.dec.PeekKind() == ']' {
			r.token(']')
			return
		}
		if n == maxItems {
			r.fail(ErrLength)
			return
		}
		element()
	}
}

// skip passes over a value of any kind.
func (r *jsonReader) skip() {
	for start := r.dec.StackDepth(); r.err == nil; {
		if _, err := r.dec.ReadToken(); err != nil {
			r.fail(ErrJSON)
		}
		switch depth := r.dec.StackDepth(); {
		case depth == start:
			return
		case depth > maxDepth:
			r.fail(ErrJSON)
		}
	}
}

// text reads a text, or a number as it is spelt.
func (r *jsonReader) text() string {
	token, ok := r.token('"', '0', 'n')
	if !ok || token.Kind() == 'n' {
		return ""
	}
	return token.String()
}

func (r *jsonReader) uint(bits int) uint64 {
	token, ok := r.token('"', '0', 'n')
	if !ok || token.Kind() == 'n' {
		return 0
	}
	v, err := strconv.ParseUint(token.String(), 10, bits)
	if err != nil {
		r.fail(ErrNumber)
		return 0
	}
	return v
}

func (r *jsonReader) name() Name {
	n, err := ParseName(r.text())
	r.fail(err)
	return n
}

func (r *jsonReader) hex() []byte {
	b, err := decodeHex(r.text())
	r.fail(err)
	return b
}

func (r *jsonReader) date() uint32 {
	seconds, err := parseDate(r.text())
	r.fail(err)
	return seconds
}

// parseDate reads YYYY-MM-DDTHH:MM:SS as UTC, with an optional fraction that is
// dropped. A zone is refused: the peer would not heed it.
func parseDate(text string) (uint32, error) {
	whole, fraction, found := strings.Cut(text, ".")
	for i := range len(fraction) {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0, ErrDate
		}
	}
	if len(whole) != len(dateLayout) || found && fraction == "" {
		return 0, ErrDate
	}
	t, err := time.Parse(dateLayout, whole)
	seconds := t.Unix()
	if err != nil || seconds < 0 || seconds > 1<<32-1 || t.Format(dateLayout) != whole {
		return 0, ErrDate
	}
	return uint32(seconds), nil
}
