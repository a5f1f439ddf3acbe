package multiversx

import (
	"bytes"
	"encoding/hex"

	"golang.org/x/crypto/sha3"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The chain ids, which are part of what is signed.
const (
	MainnetID = "1"
	TestnetID = "T"
	DevnetID  = "D"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormMessage     = "message"
)

const (
	maxPayload    = 2 << 20 // bytes; the network takes transactions of up to 1 MiB
	signatureSize = 64
)

// Chain is a network of MultiversX. Make one with [New].
type Chain struct {
	network chain.Network
	chainID string
}

var (
	_ chain.Chain       = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network that n describes, with its chain id.
func New(n chain.Network, chainID string) Chain { return Chain{network: n, chainID: chainID} }

// ID is the id of the network's row.
func (c Chain) ID() string { return c.network.ID }

// Algorithm is Ed25519.
func (Chain) Algorithm() curve.Algorithm { return curve.Ed25519 }

// Address is the account of key: bech32 of its 32 bytes behind "erd".
func (Chain) Address(key curve.PublicKey) (string, error) {
	if key.Algorithm() != curve.Ed25519 {
		return "", errAlgorithm(key)
	}
	return addressOf(key).String(), nil
}

// Decode understands a request. Errors are fault.InvalidPayload for payloads,
// fault.TooLarge, fault.UnknownKey for a signer that is missing or has no part in the
// transaction, fault.Invalid for a context, fault.Unsupported for an unknown form.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	if len(req.Context) != 0 {
		return nil, fault.Invalid.New("the form %q takes no context", req.Form)
	}
	if !req.Signer.IsZero() && req.Signer.Algorithm() != curve.Ed25519 {
		return nil, errAlgorithm(req.Signer)
	}
	switch req.Form {
	case FormTransaction:
		return c.decodeTransaction(req)
	case FormMessage:
		return c.decodeMessage(req)
	}
	return nil, fault.Unsupported.New("multiversx has no form %q", req.Form)
}

func (c Chain) decodeTransaction(req chain.Request) (*chain.Intent, error) {
	tx, err := readPayload(req.Payload)
	if err != nil {
		return nil, err
	}
	if tx.ChainID != c.chainID {
		return nil, fault.InvalidPayload.New("transaction: for the chain %q, not for %q", tx.ChainID, c.chainID)
	}
	signer, member, err := tx.signer(req.Signer)
	if err != nil {
		return nil, err
	}
	d := c.describe(tx)
	payload := bytes.Clone(req.Payload)
	message := payload
	if tx.Options&optionHash != 0 {
		message = keccak(payload)
	}
	return &chain.Intent{
		Chain:    c.network.ID,
		Form:     req.Form,
		Effects:  d.list,
		Tasks:    []chain.Task{{Key: signer, Scheme: curve.PureEdDSA, Message: message}},
		Encoding: chain.Text,
		Facts:    d.facts,
		Warnings: d.warnings,
		Units:    d.units,
		Names:    d.names,
		Finish: func(signatures [][]byte) ([]byte, error) {
			signature, err := one(signatures)
			if err != nil {
				return nil, err
			}
			out := make([]byte, 0, len(payload)+len(member)+2*signatureSize+8)
			out = append(out, payload[:len(payload)-1]...)
			out = append(append(append(out, `,"`...), member...), `":"`...)
			return append(hex.AppendEncode(out, signature), `"}`...), nil
		},
	}, nil
}

// signer is who signs, with the name of the member that takes the signature.
func (t *transaction) signer(named curve.PublicKey) (key curve.PublicKey, member string, err error) {
	if named.IsZero() {
		key, err = t.sender.key()
		return key, "signature", err
	}
	switch who := addressOf(named); {
	case who == t.sender:
		return named, "signature", nil
	case t.Guardian != "" && who == t.guardian:
		return named, "guardianSignature", nil
	case t.Relayer != "" && who == t.relayer:
		return named, "relayerSignature", nil
	}
	return named, "", fault.UnknownKey.New("the key is neither that of the sender nor that of the guardian or relayer")
}

// one checks that there is one signature of the right size.
func one(signatures [][]byte) ([]byte, error) {
	if len(signatures) != 1 || len(signatures[0]) != signatureSize {
		return nil, fault.Internal.New("one signature of %d bytes was expected", signatureSize)
	}
	return signatures[0], nil
}

func keccak(data ...[]byte) []byte {
	h := sha3.NewLegacyKeccak256()
	for _, d := range data {
		h.Write(d)
	}
	return h.Sum(nil)
}

func addressOf(key curve.PublicKey) (a address) {
	key.AppendTo(a[:0])
	return a
}

func errAlgorithm(key curve.PublicKey) error {
	return fault.UnknownKey.New("multiversx accounts have ed25519 keys, not %s", key.Algorithm())
}
