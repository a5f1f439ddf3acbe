package flow

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The networks by the names that their nodes give.
const (
	Mainnet = "flow-mainnet"
	Testnet = "flow-testnet"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormEnvelope    = "envelope"
	FormUserMessage = "user-message"
)

const (
	maxPayload    = 1_500_000 // bytes; what the network takes as one transaction
	signatureSize = 64        // r‖s
	symbol        = "FLOW"
)

// The domain tags, each filled with zeros to 32 bytes.
const (
	tagSize        = 32
	tagTransaction = "FLOW-V0.0-transaction\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	tagUser        = "FLOW-V0.0-user\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

// Chain is a network of Flow. Make one with [New].
type Chain struct {
	network   chain.Network
	codeword  uint64             // what its addresses differ by from those of mainnet
	contracts map[string]Address // the contracts that known scripts import
	known     map[string]template
}

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.Previewer   = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network that n describes. chainID is [Mainnet] or [Testnet]; of any other
// name no contract is known, so that every script is Opaque.
func New(n chain.Network, chainID string) Chain {
	return Chain{network: n, codeword: codewordOf(chainID), contracts: contractsOf(chainID), known: templates()}
}

// ID is the id of the network's row.
func (c Chain) ID() string { return c.network.ID }

// Network is the network's row in the registry.
func (c Chain) Network() chain.Network { return c.network }

// Algorithm is secp256k1.
func (Chain) Algorithm() curve.Algorithm { return curve.Secp256k1 }

// Address is the public key as Flow writes it: X‖Y in 128 hex digits. Errors:
// fault.UnknownKey for keys that no account can have.
func (Chain) Address(key curve.PublicKey) (string, error) {
	if _, err := schemeOf(key); err != nil {
		return "", err
	}
	point, err := key.Uncompressed()
	if err != nil {
		return "", fault.UnknownKey.Wrap(err, "the key is no point of its curve")
	}
	return hex.EncodeToString(point[1:]), nil
}

// schemeOf is how a key signs for Flow.
func schemeOf(key curve.PublicKey) (curve.Scheme, error) {
	switch key.Algorithm() {
	case curve.Secp256k1:
		return curve.ECDSASecp256k1AnyS, nil
	case curve.P256:
		return curve.ECDSAP256, nil
	case curve.NoAlgorithm:
		return curve.NoScheme, fault.UnknownKey.New("the request does not say with which key to sign")
	}
	return curve.NoScheme, fault.UnknownKey.New("flow accounts have secp256k1 or p256 keys, not %s", key.Algorithm())
}

// MessageRequest is the request that signs a message as wallets of FCL do.
func (Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	if len(message) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(message), maxPayload)
	}
	if _, err := schemeOf(signer); err != nil {
		return chain.Request{}, err
	}
	return chain.Request{Form: FormUserMessage, Payload: message, Signer: signer}, nil
}

// Decode understands a request. Errors: fault.InvalidPayload, fault.TooLarge,
// fault.Unsupported for an unknown form, fault.UnknownKey for a signer that is missing
// or has no key for Flow.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	scheme, err := schemeOf(req.Signer)
	if err != nil {
		return nil, err
	}
	in, r, err := c.read(req)
	if err != nil {
		return nil, err
	}
	in.Tasks = []chain.Task{{Key: req.Signer, Scheme: scheme, Message: r.digest}}
	in.Finish = func(signatures [][]byte) ([]byte, error) {
		if len(signatures) != 1 {
			return nil, fault.Internal.New("one signature was expected")
		}
		rs, _, err := scheme.Split(signatures[0])
		if err != nil {
			return nil, err
		}
		return r.finish(bytes.Clone(rs))
	}
	return in, nil
}

// Preview is Decode without a signer; messages then come from "signer".
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	in, _, err := c.read(req)
	return in, err
}

// ready is what a request is signed with and becomes.
type ready struct {
	digest []byte
	finish func(rs []byte) ([]byte, error)
}

func (c Chain) read(req chain.Request) (*chain.Intent, ready, error) {
	if len(req.Payload) > maxPayload {
		return nil, ready{}, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	context, err := DecodeContext(req.Context)
	if err != nil {
		return nil, ready{}, err
	}
	in := &chain.Intent{Chain: c.network.ID, Form: req.Form, Encoding: chain.Hex}
	r := ready{finish: func(rs []byte) ([]byte, error) { return rs, nil }}
	switch req.Form {
	case FormTransaction, FormEnvelope:
		var tx *Transaction
		if tx, err = readForm(req.Form, req.Payload); err != nil {
			return nil, ready{}, err
		}
		r.digest = context.digest(tagTransaction, req.Payload)
		if err := context.check(tx, req.Form); err != nil {
			return nil, ready{}, err
		}
		if len(context.Transaction) > 0 {
			in.Encoding = chain.Text
			r.finish = context.finish(tx, req.Form)
		}
		err = c.describe(in, tx, context)
	case FormUserMessage:
		if len(context.Transaction) > 0 {
			return nil, ready{}, fault.InvalidPayload.New("the context of a message holds no transaction")
		}
		r.digest = context.digest(tagUser, req.Payload)
		in.Effects, in.Facts = c.message(req, context), context.facts()
	default:
		err = fault.Unsupported.New("flow has no form %q", req.Form)
	}
	if err != nil {
		return nil, ready{}, err
	}
	return in, r, nil
}

// message is the effect of a signed message.
func (c Chain) message(req chain.Request, context Context) []chain.Effect {
	from := "signer"
	if context.present() {
		from = context.Account.String()
	} else if text, err := c.Address(req.Signer); err == nil {
		from = text
	}
	return []chain.Effect{{Kind: chain.Message, From: from, Subject: "FLOW-V0.0-user", Detail: "message " + quoted(req.Payload)}}
}

// digest hashes a tag and what follows it with the account key's hash.
func (x Context) digest(tag string, payload []byte) []byte {
	if x.Hash == SHA2 {
		h := sha256.New()
		h.Write([]byte(tag))
		h.Write(payload)
		return h.Sum(nil)
	}
	h := sha3.New256()
	h.Write([]byte(tag))
	h.Write(payload)
	return h.Sum(nil)
}
