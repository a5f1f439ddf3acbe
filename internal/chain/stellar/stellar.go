package stellar

import (
	"crypto/sha256"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The passphrases of the networks that everybody uses. They are part of what is
// signed.
const (
	PublicPassphrase  = "Public Global Stellar Network ; September 2015"
	TestnetPassphrase = "Test SDF Network ; September 2015"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormMessage     = "message"
)

const (
	maxPayload    = 256 << 10 // bytes; the network takes transactions of about half of that
	signatureSize = 64
)

// Chain is a network of Stellar. Make one with [New].
type Chain struct {
	network   chain.Network
	networkID xdr.Hash // SHA-256 of the passphrase
	native    contract // the contract that holds the native asset
}

var (
	_ chain.Chain       = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network that n describes, whose signatures are bound to passphrase.
func New(n chain.Network, passphrase string) Chain {
	c := Chain{network: n, networkID: sha256.Sum256([]byte(passphrase))}
	c.native = c.assetContract(xdr.Asset{Type: xdr.AssetTypeAssetTypeNative})
	return c
}

// ID is the id of the network's row.
func (c Chain) ID() string { return c.network.ID }

// Algorithm is Ed25519.
func (Chain) Algorithm() curve.Algorithm { return curve.Ed25519 }

// Address is the account that key controls from its beginning: 56 characters that
// start with G (SEP-23).
func (Chain) Address(key curve.PublicKey) (string, error) {
	if key.Algorithm() != curve.Ed25519 {
		return "", errAlgorithm(key)
	}
	var space [keySize + 1]byte
	return strkeyText(versionAccount, key.AppendTo(space[:0])), nil
}

// Decode understands a request. Errors are fault.InvalidPayload for payloads,
// fault.TooLarge, fault.UnknownKey for a signer that is missing or of another
// algorithm, fault.Invalid for a context, fault.Unsupported for an unknown form.
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
	return nil, fault.Unsupported.New("stellar has no form %q", req.Form)
}

func (c Chain) decodeTransaction(req chain.Request) (*chain.Intent, error) {
	e, err := readEnvelope(req.Payload)
	if err != nil {
		return nil, err
	}
	signer := req.Signer
	if signer.IsZero() {
		payer := ownerKey(e.payer())
		if signer, err = curve.NewPublicKey(curve.Ed25519, payer[:]); err != nil {
			return nil, err
		}
	}
	d, err := c.describe(e, signer)
	if err != nil {
		return nil, err
	}
	digest := e.digest(c.networkID)
	return &chain.Intent{
		Chain:    c.network.ID,
		Form:     req.Form,
		Effects:  d.list,
		Tasks:    []chain.Task{{Key: signer, Scheme: curve.PureEdDSA, Message: digest[:]}},
		Encoding: chain.Base64,
		Facts:    d.facts,
		Warnings: d.warnings,
		Units:    d.units,
		Names:    d.names,
		Finish: func(signatures [][]byte) ([]byte, error) {
			signature, err := one(signatures)
			if err != nil {
				return nil, err
			}
			return e.signed(signer, signature)
		},
	}, nil
}

// one checks that there is one signature of the right size.
func one(signatures [][]byte) ([]byte, error) {
	if len(signatures) != 1 || len(signatures[0]) != signatureSize {
		return nil, fault.Internal.New("one signature of %d bytes was expected", signatureSize)
	}
	return signatures[0], nil
}

func errAlgorithm(key curve.PublicKey) error {
	return fault.UnknownKey.New("stellar accounts have ed25519 keys, not %s", key.Algorithm())
}
