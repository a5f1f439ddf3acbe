package flow

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"

	"github.com/go-json-experiment/json"

	"strongroom/internal/fault"
)

// document is a transaction in the JSON of the access API (POST /v1/transactions). Bytes
// are base64, addresses and ids hex without 0x, numbers text.
type document struct {
	Script    string   `json:"script"`
	Arguments []string `json:"arguments"`
	Reference string   `json:"reference_block_id"`
	GasLimit  string   `json:"gas_limit"`
	Payer     string   `json:"payer"`
	Proposal  struct {
		Address  string `json:"address"`
		Key      string `json:"key_index"`
		Sequence string `json:"sequence_number"`
	} `json:"proposal_key"`
	Authorizers []string        `json:"authorizers"`
	Payload     []signatureText `json:"payload_signatures"`
	Envelope    []signatureText `json:"envelope_signatures"`
}

type signatureText struct {
	Address   string `json:"address"`
	Key       string `json:"key_index"`
	Signature string `json:"signature"`
}

// JSON writes the transaction as the access API takes it, without white space.
func (t *Transaction) JSON() []byte {
	d := document{
		Script: base64.StdEncoding.EncodeToString(t.Script), Arguments: []string{}, Reference: hex.EncodeToString(t.Reference[:]),
		GasLimit: strconv.FormatUint(t.GasLimit, 10), Payer: bare(t.Payer), Authorizers: []string{},
		Payload: texts(t.PayloadSignatures), Envelope: texts(t.EnvelopeSignatures),
	}
	d.Proposal.Address = bare(t.Proposer)
	d.Proposal.Key = strconv.FormatUint(uint64(t.ProposerKey), 10)
	d.Proposal.Sequence = strconv.FormatUint(t.Sequence, 10)
	for _, a := range t.Arguments {
		d.Arguments = append(d.Arguments, base64.StdEncoding.EncodeToString(a))
	}
	for _, a := range t.Authorizers {
		d.Authorizers = append(d.Authorizers, bare(a))
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil // texts without invalid UTF-8 always marshal
	}
	return text
}

func texts(signatures []Signature) []signatureText {
	all := make([]signatureText, 0, len(signatures))
	for _, s := range signatures {
		all = append(all, signatureText{
			Address: bare(s.Account), Key: strconv.FormatUint(uint64(s.Key), 10), Signature: base64.StdEncoding.EncodeToString(s.Bytes),
		})
	}
	return all
}

func bare(a Address) string { return hex.EncodeToString(a[:]) }

// ParseTransaction reads the JSON of the access API. Unknown members are refused.
// Errors: fault.InvalidPayload, fault.TooLarge.
func ParseTransaction(text []byte) (*Transaction, error) {
	var d document
	if len(text) > maxFile {
		return nil, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", len(text), maxFile)
	}
	if err := json.Unmarshal(text, &d, json.RejectUnknownMembers(true)); err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "transaction: not the JSON of the access API")
	}
	if len(d.Arguments) > maxArguments || len(d.Authorizers) > maxAuthorizers || len(d.Payload) > maxSignatures || len(d.Envelope) > maxSignatures {
		return nil, fault.TooLarge.New("transaction: too many arguments, authorizers or signatures")
	}
	p := parser{}
	t := &Transaction{
		Script: p.base64(d.Script), GasLimit: p.number(d.GasLimit, 64), Payer: p.address(d.Payer), Proposer: p.address(d.Proposal.Address),
		ProposerKey: uint32(p.number(d.Proposal.Key, 32)), Sequence: p.number(d.Proposal.Sequence, 64),
	}
	if n, err := hex.Decode(t.Reference[:], p.digits(d.Reference, 64)); err != nil || n != 32 {
		p.fail("reference_block_id")
	}
	for _, a := range d.Arguments {
		t.Arguments = append(t.Arguments, p.base64(a))
	}
	for _, a := range d.Authorizers {
		t.Authorizers = append(t.Authorizers, p.address(a))
	}
	t.PayloadSignatures = p.signatures(d.Payload, t)
	t.EnvelopeSignatures = p.signatures(d.Envelope, t)
	if p.err != nil {
		return nil, p.err
	}
	return t, nil
}

// parser turns texts into values; its first error sticks.
type parser struct{ err error }

func (p *parser) fail(what string) {
	if p.err == nil {
		p.err = fault.InvalidPayload.New("transaction: %s is not what the access API takes", what)
	}
}

func (p *parser) base64(text string) []byte {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodedLen(len(b)) != len(text) {
		p.fail("base64")
	}
	return b
}

func (p *parser) digits(text string, size int) []byte {
	if len(text) == size+2 && text[:2] == "0x" {
		text = text[2:]
	}
	if len(text) != size {
		p.fail("an id")
		return nil
	}
	return []byte(text)
}

func (p *parser) number(text string, size int) uint64 {
	n, err := strconv.ParseUint(text, 10, size)
	if err != nil || strconv.FormatUint(n, 10) != text {
		p.fail("a number")
	}
	return n
}

func (p *parser) address(text string) Address {
	a, err := ParseAddress(text)
	if err != nil {
		p.fail("an address")
	}
	return a
}

func (p *parser) signatures(list []signatureText, t *Transaction) (all []Signature) {
	signers := t.signers()
	for _, s := range list {
		one := Signature{Account: p.address(s.Address), Key: uint32(p.number(s.Key, 32)), Bytes: p.base64(s.Signature)}
		if place(signers, one.Account) < 0 || len(one.Bytes) == 0 {
			p.fail("a signature")
		}
		for _, other := range all {
			if other.Account == one.Account && other.Key == one.Key {
				p.fail("a second signature of one key")
			}
		}
		all = append(all, one)
	}
	return all
}
