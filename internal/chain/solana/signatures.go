package solana

import (
	"bytes"
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// AppendSignatures appends the context of a "transaction" request that was signed in
// part: the number of required signers, one byte, then 64 bytes for each of them in
// their order, zeros for those who have not signed. It is how a wire transaction
// begins. Nobody having signed has no context at all.
func AppendSignatures(b []byte, signatures ...[64]byte) []byte {
	b = append(b, byte(len(signatures)))
	for i := range signatures {
		b = append(b, signatures[i][:]...)
	}
	return b
}

// kept checks the signatures in a context and gives a copy of them, nil if there are
// none.
func (m *message) kept(context []byte) ([]byte, error) {
	if len(context) == 0 {
		return nil, nil
	}
	if len(context) != 1+m.required*signatureSize || int(context[0]) != m.required {
		return nil, fault.InvalidPayload.New("the context must hold %d signatures, as the message does", m.required)
	}
	made := bytes.Clone(context[1:])
	missing := 0
	for i := range m.required {
		signature := made[i*signatureSize : (i+1)*signatureSize]
		if isZero(signature) {
			missing++
			continue
		}
		if err := curve.Verify(curve.PureEdDSA, publicKey(m.key(i)), m.raw, signature); err != nil {
			return nil, fault.InvalidPayload.New("the signature of signer %d in the context does not belong to the message", i)
		}
	}
	if missing == m.required {
		return nil, fault.InvalidPayload.New("the context holds no signature; leave it empty")
	}
	return made, nil
}

// tasks chooses who signs: the required signers that the request names, or all that
// have not signed yet where it names nobody. slots are their places among the required
// signers.
func (m *message) tasks(req chain.Request, kept []byte) (tasks []chain.Task, slots []int, err error) {
	for i := range m.required {
		key := publicKey(m.key(i))
		if namesKeys(req) && !namesKey(req, key) || !namesKeys(req) && kept != nil && !isZero(kept[i*signatureSize:(i+1)*signatureSize]) {
			continue
		}
		tasks = append(tasks, chain.Task{Key: key, Scheme: curve.PureEdDSA, Message: m.raw})
		slots = append(slots, i)
	}
	switch {
	case len(tasks) == 0 && namesKeys(req):
		return nil, nil, fault.UnknownKey.New("no key to sign with is among the %d signers of the message", m.required)
	case len(tasks) == 0:
		return nil, nil, fault.InvalidPayload.New("everybody has signed the transaction already")
	}
	return tasks, slots, nil
}

func namesKeys(req chain.Request) bool { return !req.Signer.IsZero() || len(req.Signers) > 0 }

func namesKey(req chain.Request, key curve.PublicKey) bool {
	return key == req.Signer || slices.Contains(req.Signers, key)
}

// wire assembles the transaction from the signatures that were there before and those
// of the tasks.
func (m *message) wire(kept []byte, slots []int, made [][]byte) ([]byte, error) {
	if err := checkSignatures(made, len(slots)); err != nil {
		return nil, err
	}
	out := make([]byte, 1+m.required*signatureSize, 1+m.required*signatureSize+len(m.raw))
	out[0] = byte(m.required) // parseMessage bounds it, so that one byte is the compact form
	copy(out[1:], kept)
	for i, slot := range slots {
		copy(out[1+slot*signatureSize:], made[i])
	}
	return append(out, m.raw...), nil
}

// checkSignatures checks what a Finish is given.
func checkSignatures(made [][]byte, want int) error {
	if len(made) != want {
		return fault.Internal.New("%d signatures were expected, not %d", want, len(made))
	}
	for _, s := range made {
		if len(s) != signatureSize {
			return fault.Internal.New("a signature must have %d bytes, not %d", signatureSize, len(s))
		}
	}
	return nil
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
