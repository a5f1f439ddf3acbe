package vechain

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/fault"
)

// ReadFile reads an unsigned transaction of this network as tools keep it: its bytes, in
// hex with or without 0x, in base64 or as they are, or JSON in one of two shapes:
//
//   - the body as VeChain's SDKs have it: chainTag, blockRef, expiration, clauses of {to,
//     value, data}, gasPriceCoef (or maxPriorityFeePerGas and maxFeePerGas), gas,
//     dependsOn, nonce, reserved of {features};
//   - that of Tatum KMS, with one clause: to, value, data beside the others, and a
//     "from" that is the number of a key of the wallet, which says nothing here.
//     Expiration is then 720 and the coefficient 0 if absent.
//
// Numbers are JSON numbers, decimal text or hex behind 0x; blockRef is 0x and 16 digits.
// A value that is absent is zero. Members that are not named here are refused, and so is
// a signed transaction. Errors: fault.InvalidPayload, fault.TooLarge.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > 4*maxPayload {
		return chain.Request{}, fault.TooLarge.New("the file has %d bytes, at most %d are read", len(data), 4*maxPayload)
	}
	trimmed := bytes.TrimSpace(data)
	var raw []byte
	if len(trimmed) > 0 && trimmed[0] == '{' {
		t, err := c.readJSON(trimmed)
		if err != nil {
			return chain.Request{}, err
		}
		raw = t.encode()
	} else {
		raw = plain(data, trimmed)
	}
	if len(raw) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(raw), maxPayload)
	}
	if _, err := c.readTransaction(raw); err != nil {
		return chain.Request{}, err
	}
	return chain.Request{Form: FormTransaction, Payload: raw}, nil
}

// plain undoes hex or base64. What is neither is taken to be the bytes themselves; those
// of a transaction never are either, since they begin with a list or with 0x51 and one.
func plain(data, trimmed []byte) []byte {
	digits := bytes.TrimPrefix(trimmed, []byte("0x"))
	if raw, err := hex.AppendDecode(nil, digits); err == nil && len(raw) > 0 {
		return raw
	}
	if raw, err := base64.StdEncoding.Strict().AppendDecode(nil, trimmed); err == nil && len(raw) > 0 {
		return raw
	}
	return bytes.Clone(data)
}

// body is a transaction in JSON, of both shapes.
type body struct {
	ChainTag   jsontext.Value `json:"chainTag"`
	BlockRef   jsontext.Value `json:"blockRef"`
	Expiration jsontext.Value `json:"expiration"`
	Clauses    []jsonClause   `json:"clauses"`
	Coef       jsontext.Value `json:"gasPriceCoef"`
	Tip        jsontext.Value `json:"maxPriorityFeePerGas"`
	Price      jsontext.Value `json:"maxFeePerGas"`
	Gas        jsontext.Value `json:"gas"`
	DependsOn  *string        `json:"dependsOn"`
	Nonce      jsontext.Value `json:"nonce"`
	Reserved   *struct {
		Features jsontext.Value `json:"features"`
	} `json:"reserved"`

	From  jsontext.Value `json:"from"`
	To    *string        `json:"to"`
	Value jsontext.Value `json:"value"`
	Data  *string        `json:"data"`
}

type jsonClause struct {
	To    *string        `json:"to"`
	Value jsontext.Value `json:"value"`
	Data  *string        `json:"data"`
}

const usualExpiration = "720" // blocks, two hours

func (c Chain) readJSON(text []byte) (*transaction, error) {
	var b body
	if err := json.Unmarshal(text, &b, json.RejectUnknownMembers(true)); err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "the file is no transaction of vechain, or has members that are not known")
	}
	if b.Clauses == nil {
		if b.To == nil && b.Data == nil {
			return nil, fault.InvalidPayload.New("transaction: the member clauses is missing")
		}
		b.Clauses = []jsonClause{{b.To, b.Value, b.Data}}
		if b.Expiration == nil {
			b.Expiration = jsontext.Value(usualExpiration)
		}
		if b.Coef == nil && b.Price == nil {
			b.Coef = jsontext.Value("0")
		}
	} else if b.To != nil || b.Data != nil || b.Value != nil || b.From != nil {
		return nil, fault.InvalidPayload.New("transaction: to, value and data belong into the clauses, and from stands nowhere")
	}
	f := fields{}
	if b.From != nil { // an address would have to be that of the signer, whom a file does not name
		f.number("from", b.From, 31)
	}
	t := &transaction{
		tag: uint8(f.number("chainTag", b.ChainTag, 8).Uint64()), reference: f.reference(b.BlockRef),
		expiration: uint32(f.number("expiration", b.Expiration, 32).Uint64()), gas: f.number("gas", b.Gas, 64).Uint64(),
		nonce: f.number("nonce", b.Nonce, 64).Uint64(),
	}
	if b.Price != nil {
		t.dynamic = true
		t.price, t.tip = f.number("maxFeePerGas", b.Price, 256), f.number("maxPriorityFeePerGas", b.Tip, 256)
		if b.Coef != nil {
			f.fail("gasPriceCoef", "stands beside a fee market")
		}
	} else {
		if b.Tip != nil {
			f.fail("maxPriorityFeePerGas", "stands without maxFeePerGas")
		}
		t.coef = uint8(f.number("gasPriceCoef", b.Coef, 8).Uint64())
	}
	if b.DependsOn != nil {
		t.dependsOn = f.hex("dependsOn", *b.DependsOn)
	}
	if b.Reserved != nil && b.Reserved.Features != nil {
		t.features = uint32(f.number("features", b.Reserved.Features, 32).Uint64())
	}
	for _, j := range b.Clauses {
		t.clauses = append(t.clauses, f.clause(j))
	}
	return t, f.err
}

// fields reads members. The first error sticks.
type fields struct{ err error }

func (f *fields) fail(name, what string) {
	if f.err == nil {
		f.err = fault.InvalidPayload.New("transaction: the member %s %s", name, what)
	}
}

// number reads a number of at most bits bits; one that is missing or empty is an error
// for all but a clause's value.
func (f *fields) number(name string, raw jsontext.Value, bits int) *big.Int {
	text := string(raw)
	if raw.Kind() == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			text = ""
		}
	}
	n, ok := new(big.Int), false
	if len(text) <= 80 {
		if digits, isHex := strings.CutPrefix(text, "0x"); isHex {
			n, ok = n.SetString(digits, 16)
		} else if strings.Trim(text, "0123456789") == "" {
			n, ok = n.SetString(text, 10)
		}
	}
	switch {
	case raw == nil || raw.Kind() == 'n':
		f.fail(name, "is missing")
	case !ok || n.Sign() < 0 || strings.ContainsAny(text, "+-_"):
		f.fail(name, "is no number in decimal digits or in hex behind 0x")
	case n.BitLen() > bits:
		f.fail(name, "is too large")
	default:
		return n
	}
	return new(big.Int)
}

// reference reads the first 8 bytes of a block's id, whose number would be another one
// with fewer digits.
func (f *fields) reference(raw jsontext.Value) uint64 {
	if raw.Kind() != '"' || len(raw) != len(`"0x"`)+16 || string(raw[1:3]) != "0x" {
		f.fail("blockRef", "is not 0x and 16 hex digits")
		return 0
	}
	return f.number("blockRef", raw, 64).Uint64()
}

func (f *fields) hex(name, text string) []byte {
	digits, ok := strings.CutPrefix(text, "0x")
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil {
		f.fail(name, "is not 0x and hex digits")
	}
	return raw
}

func (f *fields) clause(j jsonClause) clause {
	c := clause{value: new(big.Int)}
	if j.To != nil {
		a, err := hexaccount.Parse(*j.To)
		if err != nil {
			f.fail("to", "is no address: "+fault.Text(err))
		}
		c.to = &a
	}
	if v := strings.Trim(string(j.Value), `"`); v != "" && j.Value.Kind() != 'n' {
		c.value = f.number("value", j.Value, 256)
	}
	if j.Data != nil && *j.Data != "" {
		c.data = f.hex("data", *j.Data)
	}
	return c
}
