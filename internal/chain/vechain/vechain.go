package vechain

import (
	"bytes"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormDelegation  = "delegation"
)

// The chain tags of the public networks: the last byte of the first block's id.
const (
	MainTag = 0x4a
	TestTag = 0x27
)

// The forms of an address.
const (
	FormatChecksum = "checksum"
	FormatLower    = "lower"
)

const maxPayload = 128 << 10 // bytes; the network takes 64 KiB

// Chain is one network of VeChainThor.
type Chain struct {
	network  chain.Network
	tag      uint8
	accounts *hexaccount.Accounts
}

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Formatter   = Chain{}
	_ chain.Previewer   = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New makes a network with its chain tag.
func New(n chain.Network, tag uint8) Chain {
	return Chain{network: n, tag: tag, accounts: hexaccount.New(hexaccount.Checksummed)}
}

// ID is the id of the network's row.
func (c Chain) ID() string { return c.network.ID }

// Network is the row that the chain was made from.
func (c Chain) Network() chain.Network { return c.network }

// Algorithm is secp256k1.
func (Chain) Algorithm() curve.Algorithm { return curve.Secp256k1 }

// Address is 0x and 40 hex digits with the checksum of EIP-55.
func (c Chain) Address(key curve.PublicKey) (string, error) { return c.AddressAs(key, FormatChecksum) }

// AddressFormats names the forms of an address.
func (Chain) AddressFormats() []string { return []string{FormatChecksum, FormatLower} }

// AddressAs gives an address in one of the forms.
func (c Chain) AddressAs(key curve.PublicKey, format string) (string, error) {
	account, err := c.accounts.Of(key)
	if err != nil {
		return "", err
	}
	switch format {
	case FormatChecksum:
		return account.Text, nil
	case FormatLower:
		return hexaccount.Lower(account.Address), nil
	}
	return "", fault.Unsupported.New("%s has no form %q of addresses", c.network.ID, format)
}

// ParsePrivate reads a scalar of 64 hex digits with or without 0x.
func (Chain) ParsePrivate(text secret.Bytes) (curve.Algorithm, secret.Bytes, error) {
	key, err := hexaccount.ParsePrivate(text)
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Secp256k1, key, nil
}

// FormatPrivate writes 0x and 64 hex digits.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (secret.Bytes, error) {
	return hexaccount.FormatPrivate(key, private, "0x")
}

// Decode understands a request. Errors: fault.InvalidPayload, fault.TooLarge,
// fault.Unsupported for an unknown form, fault.UnknownKey for a missing signer.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	signer, err := c.accounts.Of(req.Signer)
	if err != nil {
		return nil, err
	}
	in, err := c.read(req, signer)
	if err != nil {
		return nil, err
	}
	if in.Form == FormDelegation && bytes.Equal(req.Payload[:addressSize], signer.Address[:]) {
		return nil, fault.InvalidPayload.New("the sender can not pay for itself as somebody else")
	}
	return in, nil
}

// Preview decodes without a signer.
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	// An address that no payload can name: it follows from the payload.
	sum := blake2b.Sum256(append([]byte("signer"), req.Payload...))
	in, err := c.read(req, &hexaccount.Account{Address: hexaccount.Address(sum[:addressSize]), Text: "signer"})
	if err != nil {
		return nil, err
	}
	in.Tasks, in.Finish = nil, nil
	return in, nil
}

const addressSize = 20

func (c Chain) read(req chain.Request, signer *hexaccount.Account) (*chain.Intent, error) {
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	if len(req.Context) > 0 {
		return nil, fault.Invalid.New("the form %q takes no context", req.Form)
	}
	raw, sender := req.Payload, signer
	switch req.Form {
	case FormTransaction:
	case FormDelegation:
		if len(raw) < addressSize {
			return nil, fault.InvalidPayload.New("delegation: no sender before the transaction")
		}
		a := hexaccount.Address(raw[:addressSize])
		sender, raw = &hexaccount.Account{Address: a, Text: hexaccount.Checksummed(a)}, raw[addressSize:]
	default:
		return nil, fault.Unsupported.New("vechain has no form %q", req.Form)
	}
	tx, err := c.readTransaction(raw)
	if err != nil {
		return nil, err
	}
	if req.Form == FormDelegation && !tx.delegated() {
		return nil, fault.InvalidPayload.New("delegation: the transaction asks nobody to pay for it")
	}
	d := description{tx: tx, native: c.network.Symbol, sender: sender, payer: signer.Text}
	if req.Form == FormTransaction && tx.delegated() {
		d.payer = "whoever sponsors the transaction"
	}
	in := d.intent()
	in.Chain, in.Form, in.Encoding = c.network.ID, req.Form, chain.Hex0x
	digest := blake2b.Sum256(raw)
	if req.Form == FormDelegation {
		digest = blake2b.Sum256(append(digest[:], sender.Address[:]...))
	}
	in.Tasks = []chain.Task{{Key: signer.Key, Scheme: curve.ECDSASecp256k1, Message: digest[:]}}
	in.Finish = finish(bytes.Clone(raw), req.Form == FormDelegation)
	return in, nil
}

// readTransaction reads a transaction of this network.
func (c Chain) readTransaction(raw []byte) (*transaction, error) {
	tx, err := readTransaction(raw)
	if err == nil && tx.tag != c.tag {
		err = fault.InvalidPayload.New("transaction: chain tag 0x%02x is of another network; %s has 0x%02x", tx.tag, c.network.ID, c.tag)
	}
	return tx, err
}

// finish makes the result of a signature.
func finish(raw []byte, bare bool) func([][]byte) ([]byte, error) {
	return func(signatures [][]byte) ([]byte, error) {
		if len(signatures) != 1 {
			return nil, fault.Invalid.New("one signature is wanted, not %d", len(signatures))
		}
		switch _, recovery, err := curve.ECDSASecp256k1.Split(signatures[0]); {
		case err != nil:
			return nil, err
		case recovery > 1: // has never been seen
			return nil, fault.Invalid.New("a signature with recovery id %d has no form here", recovery)
		}
		if bare {
			return bytes.Clone(signatures[0]), nil
		}
		return sealed(raw, signatures[0]), nil
	}
}
