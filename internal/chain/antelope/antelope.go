package antelope

import (
	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// ID is the name of the chain.
const ID = "antelope"

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormDigest      = "digest"
)

// maxPayload is above what the network accepts (512 KiB, less by default).
const maxPayload = 1 << 20

// Chain is Antelope. The zero value is ready to use.
type Chain struct{}

var _ chain.Chain = Chain{}

// New is Antelope.
func New() Chain { return Chain{} }

// ID is "antelope".
func (Chain) ID() string { return ID }

// Algorithm is secp256k1, the algorithm of nearly all keys. R1 and ED keys are
// understood all the same.
func (Chain) Algorithm() curve.Algorithm { return curve.Secp256k1 }

// Address is the text of the key: PUB_K1_…, PUB_R1_… or PUB_ED_…. Accounts have
// names, and who their keys are only the network knows.
func (Chain) Address(key curve.PublicKey) (string, error) {
	t, err := TypeOf(key.Algorithm())
	if err != nil {
		return "", err
	}
	p, err := NewPublicKey(t, key)
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

// Decode understands a request. Errors are fault.InvalidPayload, fault.TooLarge,
// fault.UnknownKey for missing signers or ones that no wallet holds,
// fault.Invalid for contradicting signers, fault.Unsupported for an unknown form.
func (Chain) Decode(req chain.Request) (*chain.Intent, error) {
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	switch req.Form {
	case FormTransaction:
		return decodeTransaction(req)
	case FormDigest:
		return decodeDigest(req)
	}
	return nil, fault.Unsupported.New("antelope has no form %q", req.Form)
}

func decodeTransaction(req chain.Request) (*chain.Intent, error) {
	chainID, tx, err := parsePayload(req.Payload)
	if err != nil {
		return nil, err
	}
	signers, typed, err := signersOf(req)
	if err != nil {
		return nil, err
	}
	return intent(req, signers, typed, tx.Digest(chainID), tx.effects(chainID)), nil
}

func decodeDigest(req chain.Request) (*chain.Intent, error) {
	if len(req.Payload) != curve.DigestSize {
		return nil, fault.InvalidPayload.New("a digest has %d bytes, not %d", curve.DigestSize, len(req.Payload))
	}
	signers, typed, err := signersOf(req)
	if err != nil {
		return nil, err
	}
	if len(signers) != 1 {
		return nil, fault.Invalid.New("a digest is signed with one key, not %d", len(signers))
	}
	effects := []chain.Effect{{
		Kind: chain.Opaque, From: signers[0].String(), Subject: "digest",
		Detail: "nothing is known about what is signed",
	}}
	return intent(req, signers, typed, [curve.DigestSize]byte(req.Payload), effects), nil
}
