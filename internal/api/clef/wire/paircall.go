package wire

import (
	"crypto/ed25519"
	"encoding/binary"
	"strings"

	"strongroom/internal/fault"
)

// PairCall is the parameter of account_pairCall: a request of a paired caller.
type PairCall struct {
	Key       PairingKey
	Session   PairingID
	Number    Number
	Request   string // the JSON text of {"method", "params"}
	Signature [ed25519.SignatureSize]byte
}

// ParsePairCall reads it. Errors: fault.Invalid.
func ParsePairCall(raw []byte) (s PairCall, err error) {
	p := objectReader{object: "PairCall"}
	p.read(raw, map[string]func(field, []byte) error{
		"key":       func(f field, v []byte) error { return f.into(v, s.Key[:]) },
		"session":   func(f field, v []byte) error { return f.into(v, s.Session[:]) },
		"number":    func(f field, v []byte) (err error) { s.Number, err = f.number(v); return err },
		"request":   func(_ field, v []byte) (err error) { s.Request, err = TextParam(v); return err },
		"signature": func(f field, v []byte) error { return f.into(v, s.Signature[:]) },
	})
	return s, p.err
}

// Preimage is what a caller signs.
func (s *PairCall) Preimage(pairing PairingID) []byte {
	return concat(labelRequest, pairing[:], s.Session[:], binary.BigEndian.AppendUint64(nil, uint64(s.Number)), []byte(s.Request))
}

// Verify reports whether the signature is that of the key, for a pairing.
func (s *PairCall) Verify(pairing PairingID) bool {
	return ed25519.Verify(s.Key[:], s.Preimage(pairing), s.Signature[:])
}

// InnerCall is the request within a [PairCall].
type InnerCall struct {
	Method string
	Params []byte // JSON; nil if there are none
}

// Inner reads the request. Errors: fault.Invalid, also for methods that are not to be
// called so.
func (s *PairCall) Inner() (c InnerCall, err error) {
	list, err := members([]byte(s.Request), "a request")
	if err != nil {
		return c, err
	}
	for _, m := range list {
		switch m.name {
		case "method":
			c.Method, err = TextParam(m.value)
		case "params":
			c.Params = m.value
		case "jsonrpc", "id": // of the outer request
		default:
			err = fault.Invalid.New("json: unknown field %q in a request", clip(m.name))
		}
		if err != nil {
			return InnerCall{}, err
		}
	}
	if !strings.HasPrefix(c.Method, "account_") || strings.HasPrefix(c.Method, "account_pair") {
		return InnerCall{}, fault.Invalid.New("the method %.64q cannot be called so", c.Method)
	}
	return c, nil
}
