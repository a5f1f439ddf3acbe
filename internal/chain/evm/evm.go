package evm

import (
	"bytes"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction      = "transaction"
	FormAuthorization    = "authorization"
	FormMessage          = "message"
	FormValidatorMessage = "validator-message"
	FormTypedData        = "typed-data"
	FormCliqueHeader     = "clique-header"
	FormDigest           = "digest"
	FormFeePayer         = "fee-payer" // only of Kaia
)

// maxPayload is above what any network accepts as one transaction (128 KiB on
// Ethereum without the sidecar of blobs).
const maxPayload = 512 << 10

// Dialect is what a chain has besides, or writes otherwise than, Ethereum.
type Dialect uint8

// The dialects.
const (
	Ethereum Dialect = iota
	Celo             // transactions that pay their fee in tokens
	Kaia             // transactions of Klaytn
	XDC              // addresses as xdc…
	Harmony          // addresses also as one1…
)

// Params is what tells chains of this family apart.
type Params struct {
	// ChainID is the network's number of EIP-155. 0 makes the generic chain, which
	// signs for every network and names the network in the fee's Detail.
	ChainID uint64
	Dialect Dialect
}

// Chain is one network that signs as Ethereum does. Make it with [New].
type Chain struct {
	network  chain.Network
	params   Params
	accounts *hexaccount.Accounts
	tokens   map[contract]token // those of the network, or of all for the generic chain
}

var (
	_ chain.Chain       = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Previewer   = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.Formatter   = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network that n describes. Of n it uses the id, and the symbol and
// decimals of the native asset.
func New(n chain.Network, p Params) Chain {
	return Chain{network: n, params: p, accounts: hexaccount.New(p.Dialect.text), tokens: tokensOf(p.ChainID)}
}

// ID is the network's name in the registry.
func (c Chain) ID() string { return c.network.ID }

// Algorithm is secp256k1.
func (Chain) Algorithm() curve.Algorithm { return curve.Secp256k1 }

// Decode understands a request. Errors are fault.InvalidPayload, fault.TooLarge,
// fault.UnknownKey for a signer that is missing or does not fit, fault.Unsupported
// for an unknown form.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	decode, err := c.decoder(req)
	if err != nil {
		return nil, err
	}
	signer, err := c.accounts.Of(req.Signer)
	if err != nil {
		return nil, err
	}
	if err := c.checkContext(req, signer); err != nil {
		return nil, err
	}
	return decode(bytes.Clone(req.Payload), signer)
}

// Preview decodes a request without a signer: effects name the signer as "signer",
// or by the address in Context, and there are no tasks and no Finish. Errors are those of
// [Chain.Decode].
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	if !req.Signer.IsZero() {
		return c.Decode(req)
	}
	decode, err := c.decoder(req)
	if err != nil {
		return nil, err
	}
	signer := anySigner(req.Payload, req.Context)
	if len(req.Context) == len(signer.Address) && req.Form != FormFeePayer {
		signer.Address = address(req.Context)
		signer.Text = c.text(signer.Address)
	} else if err := c.checkContext(req, signer); err != nil {
		return nil, err
	}
	in, err := decode(bytes.Clone(req.Payload), signer)
	if err != nil {
		return nil, err
	}
	in.Tasks, in.Finish = nil, nil
	return in, nil
}

// decoder finds what decodes a request.
func (c Chain) decoder(req chain.Request) (func(payload []byte, signer *account) (*chain.Intent, error), error) {
	decode := c.form(req.Form)
	if req.Form == FormFeePayer && c.params.Dialect == Kaia {
		decode = c.feePayer(bytes.Clone(req.Context))
	}
	if decode == nil {
		return nil, fault.Unsupported.New("%s has no form %q", c.network.ID, req.Form)
	}
	if size := len(req.Payload) + len(req.Context); size > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", size, maxPayload)
	}
	return decode, nil
}

// form finds the decoder of a form. It is given bytes of its own.
func (c Chain) form(name string) func(payload []byte, signer *account) (*chain.Intent, error) {
	switch name {
	case FormTransaction:
		return c.decodeTransaction
	case FormAuthorization:
		return c.decodeAuthorization
	case FormMessage:
		return c.decodeMessage
	case FormValidatorMessage:
		return c.decodeValidatorMessage
	case FormTypedData:
		return c.decodeTypedData
	case FormCliqueHeader:
		return c.decodeCliqueHeader
	case FormDigest:
		return c.decodeDigest
	}
	return nil
}

// checkContext holds the address that a file names as the sender against the key.
func (c Chain) checkContext(req chain.Request, signer *account) error {
	context := req.Context
	switch {
	case len(context) == 0 || req.Form == FormFeePayer: // which has its own
		return nil
	case len(context) != len(signer.Address):
		return fault.InvalidPayload.New("the context is the 20 bytes of the sender's address, or nothing")
	case address(context) != signer.Address:
		return fault.UnknownKey.New("the sender is %s, but the key is that of %s", c.text(address(context)), signer.Text)
	}
	return nil
}

// checkChain reports an error for a transaction of another network.
func (c Chain) checkChain(id uint64) error {
	if id == 0 || id > maxChainID {
		return fault.InvalidPayload.New("chain id %d is out of range", id)
	}
	if c.params.ChainID != 0 && id != c.params.ChainID {
		return fault.InvalidPayload.New("chain id %d, but %s has %d", id, c.network.ID, c.params.ChainID)
	}
	return nil
}

// maxChainID is the largest for which the v of EIP-155 has 64 bits (EIP-2294).
const maxChainID = 1<<63 - 1 - 36

// intent is what the decoders have in common: one task for the signer.
func (c Chain) intent(form string, d *description, digest [32]byte, finish func(signature) []byte) *chain.Intent {
	return &chain.Intent{
		Chain: c.network.ID, Form: form, Effects: d.effects,
		Tasks:    []chain.Task{{Key: d.key.Key, Scheme: curve.ECDSASecp256k1, Message: digest[:]}},
		Encoding: chain.Hex0x, Facts: d.facts, Warnings: d.warnings, Units: d.units, Names: d.names,
		Finish: func(signatures [][]byte) ([]byte, error) {
			s, err := oneSignature(signatures)
			if err != nil {
				return nil, err
			}
			return finish(s), nil
		},
	}
}

// signature is r‖s and which of the two points with that r it means.
type signature struct {
	rs     [64]byte
	parity byte // 0 or 1
}

func oneSignature(signatures [][]byte) (s signature, err error) {
	if len(signatures) != 1 {
		return s, fault.Invalid.New("one signature is wanted, not %d", len(signatures))
	}
	rs, recovery, err := curve.ECDSASecp256k1.Split(signatures[0])
	if err != nil {
		return s, err
	}
	if recovery > 1 { // never seen, and no member of a transaction can say it
		return s, fault.Invalid.New("a signature with recovery id %d has no form on this chain", recovery)
	}
	return signature{rs: [64]byte(rs), parity: recovery}, nil
}

// bytes is r‖s‖v with v of 27 or 28, as signed messages have it.
func (s signature) bytes() []byte {
	return append(append(make([]byte, 0, curve.RecoverableSize), s.rs[:]...), 27+s.parity)
}

// seal is r‖s‖v with v of 0 or 1, as the extra data of a block's header have it
// (EIP-225).
func (s signature) seal() []byte {
	return append(append(make([]byte, 0, curve.RecoverableSize), s.rs[:]...), s.parity)
}

// replayProtected is the v of a transaction without a type byte, for a network
// (EIP-155).
func (s signature) replayProtected(chainID uint64) uint64 {
	return 35 + 2*chainID + uint64(s.parity)
}

// appendSignature appends v, r and s, as a transaction has them.
func appendSignature(b []byte, v uint64, s signature) []byte {
	b = rlp.AppendDigits(rlp.AppendUint(b, v), s.rs[:32])
	return rlp.AppendDigits(b, s.rs[32:])
}

func decimal(v uint64) string { return strconv.FormatUint(v, 10) }
