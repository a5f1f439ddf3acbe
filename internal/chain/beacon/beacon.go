package beacon

import (
	"crypto/sha256"

	//lint:ignore SA1019 the addresses of the chain are made with it
	"golang.org/x/crypto/ripemd160"

	"strongroom/internal/chain"
	"strongroom/internal/codec/bech32"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// FormTransaction is the only form; the package comment describes it.
const FormTransaction = "transaction"

const (
	maxPayload  = 64 << 10
	accountSize = 20
	rsSize      = 64
)

// Chain is one network of the BNB Beacon Chain. Make one with [New].
type Chain struct {
	network chain.Network
	hrp     string
	chainID string
}

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network of that row of the registry. hrp is what its addresses begin with,
// "bnb" or "tbnb", and chainID what its sign documents name, "Binance-Chain-Tigris" or
// "Binance-Chain-Ganges".
func New(n chain.Network, hrp, chainID string) Chain {
	return Chain{network: n, hrp: hrp, chainID: chainID}
}

// Network is the row of the registry.
func (c Chain) Network() chain.Network { return c.network }

// ID is that of the registry's row.
func (c Chain) ID() string { return c.network.ID }

// Algorithm is secp256k1.
func (c Chain) Algorithm() curve.Algorithm { return curve.Secp256k1 }

// Address is the Bech32 text of RIPEMD-160 of SHA-256 of the compressed key.
func (c Chain) Address(key curve.PublicKey) (string, error) {
	if key.Algorithm() != curve.Secp256k1 {
		return "", fault.Invalid.New("accounts of the BNB Beacon Chain have secp256k1 keys, not %s", key.Algorithm())
	}
	var room [33]byte
	first := sha256.Sum256(key.AppendTo(room[:0]))
	h := ripemd160.New()
	h.Write(first[:])
	return bech32.Encode(bech32.Bech32, c.hrp, bech32.ToGroups(h.Sum(nil)))
}

// account reads an address of this network.
func (c Chain) account(text string) ([]byte, error) {
	v, hrp, groups, err := bech32.Decode(text)
	if err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "an address: %s", fault.Text(err))
	}
	raw, err := bech32.FromGroups(groups)
	if err != nil || v != bech32.Bech32 || hrp != c.hrp || len(raw) != accountSize {
		return nil, fault.InvalidPayload.New("an address that is none of this network")
	}
	return raw, nil
}

// Decode understands a request. Errors are fault.InvalidPayload, fault.TooLarge,
// fault.UnknownKey for a signer that is missing or is not the sender, and
// fault.Unsupported for an unknown form.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	if req.Form != FormTransaction {
		return nil, fault.Unsupported.New("the BNB Beacon Chain has no form %q", req.Form)
	}
	if len(req.Payload) > maxPayload || len(req.Context) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	doc, err := c.parseDocument(req.Payload)
	if err != nil {
		return nil, err
	}
	if req.Signer.IsZero() {
		return nil, fault.UnknownKey.New("the form %q needs the key to sign with", req.Form)
	}
	owner, err := c.Address(req.Signer)
	if err != nil {
		return nil, fault.UnknownKey.Wrap(err, "%s", fault.Text(err))
	}
	encoded, err := doc.message.encode(req.Context)
	if err != nil {
		return nil, err
	}
	if sender := doc.message.sender; sender != "" && sender != owner {
		return nil, fault.UnknownKey.New("the message is sent by another account than the key's")
	}
	digest := sha256.Sum256(req.Payload)
	in := &chain.Intent{
		Chain: c.network.ID, Form: req.Form, Encoding: chain.Hex,
		Tasks: []chain.Task{{Key: req.Signer, Scheme: curve.ECDSASecp256k1, Message: digest[:]}},
	}
	c.describe(in, &doc, owner)
	in.Finish = func(signatures [][]byte) ([]byte, error) {
		if len(signatures) != 1 || len(signatures[0]) != curve.RecoverableSize {
			return nil, fault.Internal.New("one signature of %d bytes was expected", curve.RecoverableSize)
		}
		return doc.encode(encoded, req.Signer, signatures[0][:rsSize]), nil
	}
	return in, nil
}
