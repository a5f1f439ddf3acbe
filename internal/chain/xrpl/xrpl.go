package xrpl

import (
	"bytes"
	"crypto/sha512"
	"strconv"
	"strings"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormMultisign   = "multisign"
	FormMessage     = "message"
	FormClaim       = "channel-claim"
)

// What stands before signed data, so that one kind never passes for another
// (rippled, HashPrefix.h).
const (
	prefixTransaction = "STX\x00"
	prefixMultisign   = "SMT\x00"
	prefixClaim       = "CLM\x00"
)

// Chain is the XRP Ledger, or a network of the same kind. Make one with [New].
type Chain struct {
	network   chain.Network
	networkID uint32
}

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.Formatter   = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network of that row of the registry. networkID is the number that its
// transactions name; networks below 1025, the main and the public test networks
// among them, are named by none, whatever is given here.
func New(n chain.Network, networkID uint32) Chain { return Chain{network: n, networkID: networkID} }

// Network is the row of the registry.
func (c Chain) Network() chain.Network { return c.network }

// ID is that of the registry's row.
func (c Chain) ID() string { return c.network.ID }

// Algorithm is Ed25519, that of new wallets. Keys of secp256k1 own accounts too.
func (c Chain) Algorithm() curve.Algorithm { return curve.Ed25519 }

// Address is the classic address of the account that key owns.
func (c Chain) Address(key curve.PublicKey) (string, error) {
	a, err := accountOf(key)
	if err != nil {
		return "", err
	}
	return a.String(), nil
}

// The forms of addresses.
const (
	addressClassic = "classic"
	addressX       = "x-address"
)

// AddressFormats are "classic" (r…) and "x-address" (XLS-5; X… on the main network,
// T… on test networks; without destination tag).
func (c Chain) AddressFormats() []string { return []string{addressClassic, addressX} }

// AddressAs gives the address in one of the forms.
func (c Chain) AddressAs(key curve.PublicKey, format string) (string, error) {
	a, err := accountOf(key)
	switch {
	case err != nil:
		return "", err
	case format == addressClassic:
		return a.String(), nil
	case format == addressX:
		return a.xAddress(c.network.Test), nil
	}
	return "", fault.Unsupported.New("the XRP Ledger has no addresses of form %q", format)
}

// Decode understands a request. Errors are fault.InvalidPayload, fault.TooLarge,
// fault.UnknownKey for a signer that is missing or does not fit, and
// fault.Unsupported for an unknown form.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	switch req.Form {
	case FormTransaction:
		return c.decodeTransaction(req)
	case FormMultisign:
		return c.decodeMultisign(req)
	case FormMessage:
		return c.decodeMessage(req)
	case FormClaim:
		return c.decodeClaim(req)
	}
	return nil, fault.Unsupported.New("the XRP Ledger has no form %q", req.Form)
}

// MessageRequest signs a text as ripple-keypairs does; the package comment says
// which texts it takes.
func (c Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	if err := checkMessage(message); err != nil {
		return chain.Request{}, err
	}
	if _, err := accountOf(signer); err != nil {
		return chain.Request{}, fault.UnknownKey.Wrap(err, "%s", fault.Text(err))
	}
	return chain.Request{Form: FormMessage, Payload: bytes.Clone(message), Signer: signer}, nil
}

func (c Chain) decodeTransaction(req chain.Request) (*chain.Intent, error) {
	if len(req.Context) != 0 {
		return nil, fault.Invalid.New("the form %q takes no context", req.Form)
	}
	t, err := c.readTransaction(req.Payload)
	if err != nil {
		return nil, err
	}
	key, err := t.signer(req.Signer)
	if err != nil {
		return nil, err
	}
	owner, err := accountOf(key)
	if err != nil {
		return nil, fault.UnknownKey.Wrap(err, "%s", fault.Text(err))
	}
	var room [33]byte
	encoded, err := appendKey(room[:0], key)
	if err != nil {
		return nil, err
	}
	keyField := appendVariable(nil, fieldSigningPubKey, encoded)
	message := make([]byte, 0, len(prefixTransaction)+len(t.raw)+len(keyField))
	message = t.assemble(append(message, prefixTransaction...), true, []fieldCode{fieldSigningPubKey}, [][]byte{keyField})

	in := c.intent(req.Form, key, message)
	c.describe(in, &t, owner)
	in.Finish = finish(key, func(signature []byte) []byte {
		return t.assemble(nil, false, []fieldCode{fieldSigningPubKey, fieldTxnSignature},
			[][]byte{keyField, appendVariable(nil, fieldTxnSignature, signature)})
	})
	return in, nil
}

// readTransaction reads an unsigned transaction of this network from bytes of its own.
func (c Chain) readTransaction(payload []byte) (t transaction, err error) {
	if t, err = parseTransaction(bytes.Clone(payload)); err != nil {
		return t, err
	}
	const lastUnnamed = 1024 // rippled, Transactor.cpp, preflight0
	id, named := t.uint(fieldNetworkID), t.has(fieldNetworkID)
	switch {
	case c.networkID <= lastUnnamed && named:
		return t, fault.InvalidPayload.New("the transaction is for the network %d, and those of this network name none", id)
	case c.networkID > lastUnnamed && id != uint64(c.networkID):
		return t, fault.InvalidPayload.New("the transaction is not for the network %d", c.networkID)
	}
	return t, nil
}

// signer is the key that signs: that of the request, and if the transaction names
// one, that very key.
func (t *transaction) signer(wanted curve.PublicKey) (curve.PublicKey, error) {
	encoded, named := t.find(fieldSigningPubKey)
	switch {
	case !named && wanted.IsZero():
		return wanted, fault.UnknownKey.New("the transaction names no key, so the request has to")
	case !named:
		return wanted, nil
	case len(encoded) == 0:
		return wanted, fault.InvalidPayload.New("an empty SigningPubKey, which belongs to the form %q", FormMultisign)
	}
	key, err := parseKey(encoded)
	if err != nil {
		return key, err
	}
	if !wanted.IsZero() && wanted != key {
		return key, fault.UnknownKey.New("the transaction is to be signed by another key than the request's")
	}
	return key, nil
}

func (c Chain) decodeMultisign(req chain.Request) (*chain.Intent, error) {
	t, err := c.readTransaction(req.Payload)
	if err != nil {
		return nil, err
	}
	if key, named := t.find(fieldSigningPubKey); !named || len(key) != 0 {
		return nil, fault.InvalidPayload.New("a transaction for several signers has an empty SigningPubKey")
	}
	if req.Signer.IsZero() {
		return nil, fault.UnknownKey.New("the form %q needs the key to sign with", req.Form)
	}
	owner, err := accountOf(req.Signer)
	if err != nil {
		return nil, fault.UnknownKey.Wrap(err, "%s", fault.Text(err))
	}
	signs := owner
	switch len(req.Context) {
	case 0:
	case accountSize:
		signs = account(req.Context)
	default:
		return nil, fault.Invalid.New("the context of the form %q is an account of %d bytes", req.Form, accountSize)
	}
	if signs == t.sender {
		return nil, fault.UnknownKey.New("an account is not among its own signers")
	}
	message := make([]byte, 0, len(prefixMultisign)+len(t.raw)+accountSize)
	message = t.assemble(append(message, prefixMultisign...), true, nil, nil)
	message = append(message, signs[:]...)

	in := c.intent(req.Form, req.Signer, message)
	c.describe(in, &t, owner)
	in.Facts = append(in.Facts, chain.Fact{Name: "signs as", Value: signs.String()})
	var room [33]byte
	encoded, err := appendKey(room[:0], req.Signer)
	if err != nil {
		return nil, err
	}
	in.Finish = finish(req.Signer, func(signature []byte) []byte {
		signers := appendHeader(nil, fieldSigners)
		signers = appendHeader(signers, fieldSigner)
		signers = appendVariable(signers, fieldSigningPubKey, encoded)
		signers = appendVariable(signers, fieldTxnSignature, signature)
		signers = appendVariable(signers, fieldAccount, signs[:])
		signers = append(signers, endOfObject, endOfArray)
		return t.assemble(nil, false, []fieldCode{fieldSigners}, [][]byte{signers})
	})
	return in, nil
}

func (c Chain) decodeMessage(req chain.Request) (*chain.Intent, error) {
	if len(req.Context) != 0 {
		return nil, fault.Invalid.New("the form %q takes no context", req.Form)
	}
	if err := checkMessage(req.Payload); err != nil {
		return nil, err
	}
	from, err := c.requireSigner(req)
	if err != nil {
		return nil, err
	}
	in := c.intent(req.Form, req.Signer, bytes.Clone(req.Payload))
	e := chain.Effect{Kind: chain.Message, From: from, Detail: "text of " + decimalText(uint64(len(req.Payload))) + " bytes"}
	if what := elsewhere(req); what != "" {
		e.Kind, e.Subject, e.Detail = chain.Opaque, "message", "a text that is signed as it is, and may be "+what
	}
	in.Effects = []chain.Effect{e}
	in.Facts = []chain.Fact{{Name: "message", Value: shorten(lines(req.Payload))}}
	in.Finish = finish(req.Signer, bytes.Clone)
	return in, nil
}

// checkMessage refuses what something else than a reader of texts could understand:
// all other data that keys of the ledger sign holds zero bytes, in the prefix or, for
// attestations of bridges, which have none, in the code of a field.
func checkMessage(message []byte) error {
	if len(message) == 0 {
		return fault.InvalidPayload.New("an empty message")
	}
	if !utf8.Valid(message) {
		return fault.InvalidPayload.New("a message that is not a text in UTF-8")
	}
	for _, b := range message {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' || b == 0x7f {
			return fault.InvalidPayload.New("a message with control characters, which might be something else than a text")
		}
	}
	return nil
}

// elsewhere says what else a text of this ledger may be, "" if nothing is known of: keys
// of Ed25519 belong to other chains too, some of which sign texts as they are.
func elsewhere(req chain.Request) string {
	text := string(req.Payload)
	switch {
	case req.Signer.Algorithm() != curve.Ed25519:
		return "" // no other chain signs half a SHA-512
	case strings.HasPrefix(text, "{"):
		return "a transaction of MultiversX, which is JSON"
	case strings.HasPrefix(text, "Program"), strings.HasPrefix(text, "ProgData"):
		return "a program that spends for an account of Algorand, or data for one"
	}
	return ""
}

// lines is a text with line breaks for people, in which characters that change how
// others look are escaped.
func lines(text []byte) string {
	all := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	for i, line := range all {
		if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && !legible.Rune(r) }) {
			all[i] = strconv.Quote(line)
		}
	}
	return strings.Join(all, "\n")
}

// requireSigner is the address of the key that a form without accounts needs.
func (c Chain) requireSigner(req chain.Request) (string, error) {
	if req.Signer.IsZero() {
		return "", fault.UnknownKey.New("the form %q needs the key to sign with", req.Form)
	}
	from, err := c.Address(req.Signer)
	if err != nil {
		return "", fault.UnknownKey.Wrap(err, "%s", fault.Text(err))
	}
	return from, nil
}

// intent is a request for one signature of key over message. The scheme decides what
// is signed: the message itself, or the first half of its SHA-512.
func (c Chain) intent(form string, key curve.PublicKey, message []byte) *chain.Intent {
	task := chain.Task{Key: key, Scheme: curve.PureEdDSA, Message: message}
	if key.Algorithm() == curve.Secp256k1 {
		sum := sha512.Sum512(message)
		task.Scheme, task.Message = curve.ECDSASecp256k1, append(message[:0], sum[:curve.DigestSize]...)
	}
	return &chain.Intent{Chain: c.network.ID, Form: form, Tasks: []chain.Task{task}, Encoding: chain.HexUpper}
}

// finish checks the one signature, turns it into the ledger's form, and builds the
// result with it.
func finish(key curve.PublicKey, build func(signature []byte) []byte) func([][]byte) ([]byte, error) {
	return func(signatures [][]byte) ([]byte, error) {
		size := 64
		if key.Algorithm() == curve.Secp256k1 {
			size = curve.RecoverableSize
		}
		if len(signatures) != 1 || len(signatures[0]) != size {
			return nil, fault.Internal.New("one signature of %d bytes was expected", size)
		}
		if key.Algorithm() == curve.Ed25519 {
			return build(signatures[0]), nil
		}
		rs, _, err := curve.ECDSASecp256k1.Split(signatures[0])
		if err != nil {
			return nil, err
		}
		return build(encodeDER(rs)), nil
	}
}

// encodeDER writes r‖s as a sequence of two integers (X.690, section 8.3).
func encodeDER(rs []byte) []byte {
	b := make([]byte, 2, 72)
	b[0] = 0x30
	for _, n := range [][]byte{rs[:32], rs[32:]} {
		for len(n) > 1 && n[0] == 0 {
			n = n[1:]
		}
		if n[0]&0x80 != 0 {
			b = append(append(b, 2, byte(len(n)+1), 0), n...)
		} else {
			b = append(append(b, 2, byte(len(n))), n...)
		}
	}
	b[1] = byte(len(b) - 2)
	return b
}
