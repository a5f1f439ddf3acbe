package multiversx

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// file is a transaction as the SDKs write it. Empty members and null are as good as
// absent ones.
type file struct {
	Nonce             jsontext.Value `json:"nonce"`
	Value             jsontext.Value `json:"value"`
	Receiver          *string        `json:"receiver"`
	Sender            *string        `json:"sender"`
	SenderUsername    *string        `json:"senderUsername"`
	ReceiverUsername  *string        `json:"receiverUsername"`
	GasPrice          jsontext.Value `json:"gasPrice"`
	GasLimit          jsontext.Value `json:"gasLimit"`
	Data              *string        `json:"data"`
	ChainID           *string        `json:"chainID"`
	Version           jsontext.Value `json:"version"`
	Options           jsontext.Value `json:"options"`
	Guardian          *string        `json:"guardian"`
	Relayer           *string        `json:"relayer"`
	Signature         *string        `json:"signature"`
	GuardianSignature *string        `json:"guardianSignature"`
	RelayerSignature  *string        `json:"relayerSignature"`
}

// ReadFile reads the JSON of a transaction with its members in any order: the canonical
// one, and what the SDKs and mxpy write. Numbers may stand in quotes, data and user
// names are base64. A transaction that has a signature already is refused, because the
// result would lose it. Errors: fault.InvalidPayload, fault.TooLarge.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxPayload)
	}
	var f file
	if err := json.Unmarshal(bytes.TrimSpace(data), &f, json.RejectUnknownMembers(true)); err != nil {
		return chain.Request{}, fault.InvalidPayload.Wrap(err, "file: not the JSON of a transaction")
	}
	tx, err := f.transaction()
	if err != nil {
		return chain.Request{}, err
	}
	req := chain.Request{Form: FormTransaction, Payload: tx.AppendPayload(nil)}
	// A file that nothing can sign is refused where it is read.
	if _, err := c.Decode(req); err != nil {
		return chain.Request{}, err
	}
	return req, nil
}

func (f *file) transaction() (t Transaction, err error) {
	for _, s := range []*string{f.Signature, f.GuardianSignature, f.RelayerSignature} {
		if text(s) != "" {
			return t, fault.InvalidPayload.New("file: the transaction has a signature already")
		}
	}
	fail := func(name string) {
		if err == nil {
			err = fault.InvalidPayload.New("file: %s is missing or not what it should be", name)
		}
	}
	number := func(name string, v jsontext.Value, most uint64) uint64 {
		n, bad := strconv.ParseUint(digits(v), 10, 64)
		if bad != nil || n > most {
			fail(name)
		}
		return n
	}
	decoded := func(name string, s *string) []byte {
		b, bad := base64.StdEncoding.Strict().DecodeString(text(s))
		if bad != nil {
			fail(name)
		}
		return b
	}
	t = Transaction{
		Nonce: number("nonce", f.Nonce, math.MaxUint64), Value: digits(f.Value), Receiver: text(f.Receiver), Sender: text(f.Sender),
		SenderUsername: decoded("senderUsername", f.SenderUsername), ReceiverUsername: decoded("receiverUsername", f.ReceiverUsername),
		GasPrice: number("gasPrice", f.GasPrice, math.MaxUint64), GasLimit: number("gasLimit", f.GasLimit, math.MaxUint64),
		Data: decoded("data", f.Data), ChainID: text(f.ChainID), Version: uint32(number("version", f.Version, math.MaxUint32)),
		Guardian: text(f.Guardian), Relayer: text(f.Relayer),
	}
	if o := string(f.Options); o != "" && o != "null" && o != `""` {
		t.Options = uint32(number("options", f.Options, math.MaxUint32))
	}
	if !isDecimal(t.Value) {
		fail("value")
	}
	return t, err
}

// digits is what a number says, in quotes or not; "" where it is absent, null or no
// number without sign, point and exponent.
func digits(v jsontext.Value) string {
	s := string(bytes.Trim(v, `"`))
	for _, c := range []byte(s) {
		if !isDigit(c) {
			return ""
		}
	}
	return s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
