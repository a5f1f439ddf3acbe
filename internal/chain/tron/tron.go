package tron

import (
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormMessage     = "message"
	FormDigest      = "digest"
)

// maxPayload is what the network accepts as one transaction (500 KiB), and a little
// more. JSON says everything twice, once in hex.
const (
	maxPayload = 512 << 10
	maxJSON    = 8 * maxPayload
)

// Chain is TRON, or one of its test networks. Make it with [New].
type Chain struct {
	network  chain.Network
	accounts *hexaccount.Accounts
}

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Previewer   = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.Formatter   = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network that n describes. Of n it uses the id, the symbol and decimals
// of the native asset, and whether it is for tests: well-known contracts are those of
// the main network.
func New(n chain.Network) Chain { return Chain{network: n, accounts: hexaccount.New(addressText)} }

// ID is the network's name in the registry.
func (c Chain) ID() string { return c.network.ID }

// Network is the network's row of the registry.
func (c Chain) Network() chain.Network { return c.network }

// Algorithm is secp256k1.
func (Chain) Algorithm() curve.Algorithm { return curve.Secp256k1 }

// Decode understands a request. Errors are fault.InvalidPayload, fault.TooLarge,
// fault.UnknownKey for a signer that is missing or has another algorithm,
// fault.Unsupported for an unknown form.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	return c.decode(req, func() (*hexaccount.Account, error) { return c.accounts.Of(req.Signer) })
}

// Preview decodes a request without a signer, also where it has one: effects name the
// signer as "signer", where a payload does not name an owner, and there are no tasks and
// nothing to finish. Errors are those of [Chain.Decode].
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	in, err := c.decode(req, func() (*hexaccount.Account, error) { return &hexaccount.Account{Text: "signer"}, nil })
	if err != nil {
		return nil, err
	}
	in.Tasks, in.Finish = nil, nil
	return in, nil
}

// decode asks for the signer once it knows that there is such a form.
func (c Chain) decode(req chain.Request, signer func() (*hexaccount.Account, error)) (*chain.Intent, error) {
	var form func(chain.Request, *hexaccount.Account) (*chain.Intent, error)
	switch req.Form {
	case FormTransaction:
		form = c.decodeTransaction
	case FormMessage:
		form = c.decodeMessage
	case FormDigest:
		form = c.decodeDigest
	default:
		return nil, fault.Unsupported.New("tron has no form %q", req.Form)
	}
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	if len(req.Context) > 0 && req.Form != FormTransaction {
		return nil, fault.InvalidPayload.New("a %s has no context", req.Form)
	}
	by, err := signer()
	if err != nil {
		return nil, err
	}
	return form(req, by)
}

// intent is what the forms have in common: one task for the signer.
func (c Chain) intent(form string, d *description, digest [32]byte, finish func(signature) []byte) *chain.Intent {
	return &chain.Intent{
		Chain: c.network.ID, Form: form, Effects: d.effects,
		Tasks: []chain.Task{{Key: d.signer.Key, Scheme: curve.ECDSASecp256k1, Message: digest[:]}},
		Facts: d.facts, Warnings: d.warnings, Units: d.units, Names: d.names,
		Finish: func(signatures [][]byte) ([]byte, error) {
			if len(signatures) != 1 {
				return nil, fault.Invalid.New("one signature is wanted, not %d", len(signatures))
			}
			rs, recovery, err := curve.ECDSASecp256k1.Split(signatures[0])
			if err != nil {
				return nil, err
			}
			if recovery > 1 { // never seen, and 27 or 28 can not say it
				return nil, fault.Invalid.New("a signature with recovery id %d has no form here", recovery)
			}
			return finish(append(append(make(signature, 0, curve.RecoverableSize), rs...), recoveryBase+recovery)), nil
		},
	}
}

// recoveryBase is what is added to the recovery id, as in Ethereum's messages.
const recoveryBase = 27

// signature is r‖s‖v of 65 bytes with v of 27 or 28.
type signature []byte

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
