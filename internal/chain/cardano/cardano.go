package cardano

import (
	"bytes"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormMessage     = "message"
	FormHash        = "hash"
)

// The forms of an address.
const (
	FormatEnterprise = "enterprise"
	FormatReward     = "reward"
)

const (
	maxPayload    = 64 << 10 // bytes; the network takes transactions of 16 KiB
	maxKeys       = 128      // that sign one transaction
	signatureSize = 64
	symbol        = "ADA"
)

// Chain is a network of Cardano. Make one with [New].
type Chain struct {
	network chain.Network
	id      byte // of the network, as addresses have it
}

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.Formatter   = Chain{}
	_ chain.Previewer   = Chain{}
	_ chain.PrivateKeys = Chain{}
	_ chain.FamilySeeds = Chain{}
)

// New is the network that n describes: the main one, or one of those for tests, whose
// addresses are all the same.
func New(n chain.Network, mainnet bool) Chain {
	if mainnet {
		return Chain{network: n, id: idMain}
	}
	return Chain{network: n, id: idTest}
}

// ID is the id of the network's row.
func (c Chain) ID() string { return c.network.ID }

// Network is the network's row in the registry.
func (c Chain) Network() chain.Network { return c.network }

// Algorithm is Ed25519BIP32.
func (Chain) Algorithm() curve.Algorithm { return curve.Ed25519BIP32 }

// Address is the enterprise address of a payment key (CIP-19, type 6): what can be said
// of one key alone. Errors: fault.UnknownKey.
func (c Chain) Address(key curve.PublicKey) (string, error) {
	return c.AddressAs(key, FormatEnterprise)
}

// AddressFormats names the forms of an address.
func (Chain) AddressFormats() []string { return []string{FormatEnterprise, FormatReward} }

// AddressAs gives the enterprise address of a payment key, or the reward account of a
// stake key (type 14).
func (c Chain) AddressAs(key curve.PublicKey, format string) (string, error) {
	raw, err := c.enterprise(key)
	switch {
	case err != nil:
		return "", err
	case format == FormatEnterprise:
	case format == FormatReward:
		raw[0] = typeReward<<4 | c.id
	default:
		return "", fault.Unsupported.New("cardano has no form %q of addresses", format)
	}
	return c.text(raw), nil
}

// schemeOf is how a key signs for Cardano.
func schemeOf(key curve.PublicKey) (curve.Scheme, error) {
	switch key.Algorithm() {
	case curve.Ed25519BIP32:
		return curve.EdDSABIP32, nil
	case curve.Ed25519:
		return curve.PureEdDSA, nil
	case curve.NoAlgorithm:
		return curve.NoScheme, fault.UnknownKey.New("the request does not say with which key to sign")
	}
	return curve.NoScheme, fault.UnknownKey.New("cardano has ed25519-bip32 or ed25519 keys, not %s", key.Algorithm())
}

// Decode understands a request. Errors: fault.InvalidPayload, fault.TooLarge,
// fault.Unsupported for an unknown form, fault.UnknownKey for signers that are missing,
// too many, or have no key for Cardano.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	keys, err := signers(req)
	if err != nil {
		return nil, err
	}
	in, r, err := c.read(req, keys)
	if err != nil {
		return nil, err
	}
	in.Tasks = make([]chain.Task, 0, len(keys))
	for _, key := range keys {
		scheme, err := schemeOf(key)
		if err != nil {
			return nil, err
		}
		in.Tasks = append(in.Tasks, chain.Task{Key: key, Scheme: scheme, Message: r.message})
	}
	in.Finish = func(signatures [][]byte) ([]byte, error) {
		if len(signatures) != len(keys) {
			return nil, fault.Internal.New("%d signatures were expected", len(keys))
		}
		for _, s := range signatures {
			if len(s) != signatureSize {
				return nil, fault.Internal.New("a signature has %d bytes, not %d", signatureSize, len(s))
			}
		}
		return r.finish(signatures)
	}
	return in, nil
}

// Preview is Decode without signers; messages then come from "signer".
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	in, _, err := c.read(req, nil)
	return in, err
}

// signers are Signer and Signers, each once.
func signers(req chain.Request) ([]curve.PublicKey, error) {
	if len(req.Signers) >= maxKeys {
		return nil, fault.UnknownKey.New("%d keys to sign with, at most %d are allowed", len(req.Signers), maxKeys)
	}
	keys := make([]curve.PublicKey, 0, 1+len(req.Signers))
	if !req.Signer.IsZero() {
		keys = append(keys, req.Signer)
	}
	for _, key := range req.Signers {
		known := false
		for _, other := range keys {
			known = known || other == key
		}
		if !known {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, fault.UnknownKey.New("the request does not say with which key to sign")
	}
	if req.Form != FormTransaction && len(keys) > 1 {
		return nil, fault.UnknownKey.New("the form %q is signed with one key", req.Form)
	}
	return keys, nil
}

// ready is what a request is signed with and becomes.
type ready struct {
	message []byte
	finish  func(signatures [][]byte) ([]byte, error)
}

func (c Chain) read(req chain.Request, keys []curve.PublicKey) (*chain.Intent, ready, error) {
	if len(req.Payload) > maxPayload {
		return nil, ready{}, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	if req.Form != FormMessage && len(req.Context) > 0 {
		return nil, ready{}, fault.Invalid.New("the form %q takes no context", req.Form)
	}
	switch req.Form {
	case FormTransaction:
		return c.readTransaction(bytes.Clone(req.Payload), keys)
	case FormMessage:
		return c.readMessage(bytes.Clone(req.Payload), bytes.Clone(req.Context), keys)
	case FormHash:
		return c.readHash(bytes.Clone(req.Payload))
	}
	return nil, ready{}, fault.Unsupported.New("cardano has no form %q", req.Form)
}

// readHash is the hash of a transaction that nobody shows.
func (c Chain) readHash(hash []byte) (*chain.Intent, ready, error) {
	if len(hash) != digestSize {
		return nil, ready{}, fault.InvalidPayload.New("a transaction's hash has %d bytes, not %d", digestSize, len(hash))
	}
	in := &chain.Intent{
		Chain: c.network.ID, Form: FormHash, Encoding: chain.Hex,
		Effects: []chain.Effect{{Kind: chain.Opaque, Subject: hex.EncodeToString(hash), Detail: "hash of a transaction that is not shown"}},
	}
	return in, ready{message: hash, finish: func(s [][]byte) ([]byte, error) { return bytes.Clone(s[0]), nil }}, nil
}
