package algorand

import (
	"bytes"
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// ID is the name of the chain.
const ID = "algorand"

// The forms of a request; the package comment describes them.
const (
	FormTransaction           = "transaction"
	FormProgram               = "program"
	FormMultisigTransaction   = "multisig-transaction"
	FormMultisigProgram       = "multisig-program"
	FormMultisigProgramLegacy = "multisig-program-legacy"
	FormMessage               = "message"
)

// What stands before the signed data, so that one kind never passes for another.
const (
	prefixTransaction     = "TX"
	prefixProgram         = "Program"
	prefixMultisigProgram = "MsigProgram"
	prefixMessage         = "MX"
)

// Chain is Algorand. The zero value is ready to use.
type Chain struct{}

var _ chain.Chain = Chain{}

// New is Algorand.
func New() Chain { return Chain{} }

// ID is "algorand".
func (Chain) ID() string { return ID }

// Algorithm is Ed25519.
func (Chain) Algorithm() curve.Algorithm { return curve.Ed25519 }

// Address is the text form of the account that key owns.
func (Chain) Address(key curve.PublicKey) (string, error) {
	a, err := addressOf(key)
	if err != nil {
		return "", err
	}
	return a.String(), nil
}

// Decode understands a request. Errors are fault.InvalidPayload for payloads,
// fault.UnknownKey for a missing signer, fault.TooLarge, fault.Unsupported for
// an unknown form, and the multisig errors of this package.
func (Chain) Decode(req chain.Request) (*chain.Intent, error) {
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	switch req.Form {
	case FormTransaction:
		return decodeTransaction(req)
	case FormProgram:
		return decodeProgram(req)
	case FormMessage:
		return decodeMessage(req)
	case FormMultisigTransaction:
		return decodeMultisigTransaction(req)
	case FormMultisigProgram, FormMultisigProgramLegacy:
		return decodeMultisigProgram(req)
	}
	return nil, fault.Unsupported.New("algorand has no form %q", req.Form)
}

func decodeTransaction(req chain.Request) (*chain.Intent, error) {
	if err := refuseContext(req); err != nil {
		return nil, err
	}
	var tx transaction
	message, err := tx.readStrict(req.Payload)
	if err != nil {
		return nil, err
	}
	sender, canonical := tx.address(fieldSender), tx.canonical
	signer, err := signerOf(req)
	if err != nil {
		return nil, err
	}
	if signer.IsZero() {
		signer = sender
	}
	finish := func(signature []byte) ([]byte, error) {
		return signedTransaction(sender, signer, signature, canonical), nil
	}
	in, err := intent(req.Form, signer, message, tx.effects(), finish)
	if err == nil {
		in.Facts, in.Warnings = tx.facts(), warnings(in.Effects)
	}
	return in, err
}

func decodeProgram(req chain.Request) (*chain.Intent, error) {
	if err := refuseContext(req); err != nil {
		return nil, err
	}
	signer, err := requireSigner(req)
	if err != nil {
		return nil, err
	}
	effects := []chain.Effect{delegation(signer, req.Payload)}
	finish := func(signature []byte) ([]byte, error) { return bytes.Clone(signature), nil }
	return intent(req.Form, signer, programMessage(req.Payload), effects, finish)
}

func decodeMultisigTransaction(req chain.Request) (*chain.Intent, error) {
	var tx transaction
	message, err := tx.readStrict(req.Payload)
	if err != nil {
		return nil, err
	}
	effects := tx.effects()
	return decodeMultisig(req, tx.address(fieldSender), func(Address, MultisigContext) ([]byte, []chain.Effect) {
		return message, effects
	})
}

func decodeMultisigProgram(req chain.Request) (*chain.Intent, error) {
	return decodeMultisig(req, Address{}, func(signer Address, c MultisigContext) ([]byte, []chain.Effect) {
		effects := []chain.Effect{delegation(c.Account, req.Payload)}
		if req.Form == FormMultisigProgram {
			message := slices.Concat([]byte(prefixMultisigProgram), c.Account[:], req.Payload)
			return message, effects
		}
		// The legacy message names no account, so the same signature also makes
		// the program act for the signer's own account.
		return programMessage(req.Payload), append(effects, delegation(signer, req.Payload))
	})
}

// decodeMultisig checks signer and context of a multisig form; build then gives
// the message and the effects. The account signed for is sender, or the one
// named in the context for programs (zero sender).
func decodeMultisig(req chain.Request, sender Address, build func(signer Address, c MultisigContext) ([]byte, []chain.Effect)) (*chain.Intent, error) {
	signer, err := requireSigner(req)
	if err != nil {
		return nil, err
	}
	c, err := DecodeMultisigContext(req.Context)
	if err != nil {
		return nil, err
	}
	account := sender
	if account.IsZero() {
		account = c.Account
	}
	if err := c.check(account, signer); err != nil {
		return nil, err
	}
	message, effects := build(signer, c)
	finish := func(signature []byte) ([]byte, error) {
		merged, err := c.Multisig.Merge(signer, [signatureSize]byte(signature))
		if err != nil {
			return nil, err
		}
		return merged.Encode(), nil
	}
	return intent(req.Form, signer, message, effects, finish)
}

// readStrict reads a payload that must be in canonical encoding already, and
// gives the message to sign: the prefix and our own encoding.
func (t *transaction) readStrict(payload []byte) (message []byte, err error) {
	message = append(make([]byte, 0, len(prefixTransaction)+len(payload)+16), prefixTransaction...)
	if message, err = t.read(message, payload); err != nil {
		return nil, err
	}
	if !bytes.Equal(t.canonical, payload) {
		return nil, fault.InvalidPayload.New("transaction: not in its canonical encoding")
	}
	return message, nil
}

func programMessage(program []byte) []byte {
	return slices.Concat([]byte(prefixProgram), program)
}

// signedTransaction is the canonical {sgnr?, sig, txn}.
func signedTransaction(sender, signer Address, signature, canonical []byte) []byte {
	b := make([]byte, 0, len(canonical)+128)
	if signer == sender {
		b = msgpack.AppendMapHeader(b, 2)
	} else {
		b = msgpack.AppendMapHeader(b, 3)
		b = msgpack.AppendBinary(msgpack.AppendText(b, "sgnr"), signer[:])
	}
	b = msgpack.AppendBinary(msgpack.AppendText(b, "sig"), signature)
	return append(msgpack.AppendText(b, "txn"), canonical...)
}

// intent is a request for one signature of signer over message.
func intent(form string, signer Address, message []byte, effects []chain.Effect, finish func(signature []byte) ([]byte, error)) (*chain.Intent, error) {
	key, err := curve.NewPublicKey(curve.Ed25519, signer[:])
	if err != nil {
		return nil, err
	}
	return &chain.Intent{
		Chain:   ID,
		Form:    form,
		Effects: effects,
		Tasks:   []chain.Task{{Key: key, Scheme: curve.PureEdDSA, Message: message}},
		Finish: func(signatures [][]byte) ([]byte, error) {
			if len(signatures) != 1 || len(signatures[0]) != signatureSize {
				return nil, fault.Internal.New("one signature of %d bytes was expected", signatureSize)
			}
			return finish(signatures[0])
		},
	}, nil
}

// signerOf is the named signer, zero if there is none. All zero bytes name
// nobody, as in the peer's requests.
func signerOf(req chain.Request) (Address, error) {
	if req.Signer.IsZero() {
		return Address{}, nil
	}
	return addressOf(req.Signer)
}

func refuseContext(req chain.Request) error {
	if len(req.Context) != 0 {
		return fault.Invalid.New("the form %q takes no context", req.Form)
	}
	return nil
}

func requireSigner(req chain.Request) (Address, error) {
	signer, err := signerOf(req)
	if err == nil && signer.IsZero() {
		err = fault.UnknownKey.New("the form %q needs the key to sign with", req.Form)
	}
	return signer, err
}

func addressOf(key curve.PublicKey) (a Address, err error) {
	if key.Algorithm() != curve.Ed25519 {
		return a, fault.Invalid.New("algorand accounts have ed25519 keys, not %s", key.Algorithm())
	}
	key.AppendTo(a[:0])
	return a, nil
}
