package bitcoin

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// What is read at most, in bytes.
const (
	maxFile    = 3 * maxPayload // hex doubles
	maxJSON    = 1 << 20        // of the largest transaction, well spaced
	maxAmounts = 24 * maxInputs
)

// ReadFile reads an unsigned transaction:
//
//   - a PSBT of version 0 in binary, base64 or hex, as a request of form "psbt". Its
//     maps are sorted, and witnesses of previous transactions left out;
//   - the JSON of a bitcore transaction (Tatum), of form "transaction" with what it
//     states as context;
//   - for Bitcoin Cash, the unsigned transaction in hex, a colon, and a JSON list of the
//     amounts of its inputs (Tatum), of form "transaction" with the amounts as context.
//
// An unsigned transaction alone is refused: it says nothing of what its inputs are worth.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxFile)
	}
	if bytes.HasPrefix(data, []byte(psbtMagic)) {
		return c.normalise(bytes.Clone(data))
	}
	text := strings.TrimSpace(string(data))
	if strings.HasPrefix(text, "{") {
		return c.readBitcore([]byte(text))
	}
	if before, amounts, found := strings.Cut(text, ":"); found {
		return c.readAmounts(before, amounts)
	}
	digits := strings.TrimPrefix(text, "0x")
	if raw, err := hex.DecodeString(digits); err == nil {
		if bytes.HasPrefix(raw, []byte(psbtMagic)) {
			return c.normalise(raw)
		}
		if _, err := c.parseUnsigned(raw); err == nil {
			return chain.Request{}, fault.InvalidPayload.New("this is a transaction without the amounts of its inputs").
				WithHint("use a PSBT, which has them")
		}
		return chain.Request{}, fault.InvalidPayload.New("these hex digits are no PSBT")
	}
	if raw, ok := decodeBase64(text); ok && bytes.HasPrefix(raw, []byte(psbtMagic)) {
		return c.normalise(raw)
	}
	return chain.Request{}, fault.InvalidPayload.New("this is no PSBT and no JSON of a transaction")
}

// decodeBase64 reads base64 with or without padding and line breaks.
func decodeBase64(text string) ([]byte, bool) {
	text = strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
	raw, err := base64.RawStdEncoding.Strict().DecodeString(text)
	return raw, err == nil
}

// normalise puts a PSBT into the one order that Decode accepts. It keeps raw.
func (c *Chain) normalise(raw []byte) (chain.Request, error) {
	p, err := c.parsePacket(raw, false)
	if err != nil {
		return chain.Request{}, err
	}
	for _, input := range p.inputs {
		for i := range input {
			if input[i].key[0] == inPreviousTx {
				input[i].value = withoutWitnesses(input[i].value)
			}
		}
	}
	return c.checked(chain.Request{Form: FormPSBT, Payload: p.encode()})
}

// checked is a request that Decode understands once it has the keys.
func (c *Chain) checked(req chain.Request) (chain.Request, error) {
	if len(req.Payload) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a PSBT of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	o, err := c.readOrder(req.Form, bytes.Clone(req.Payload), req.Context)
	if err != nil {
		return chain.Request{}, err
	}
	if fee, missing := o.stated(); missing < 0 && fee < 0 {
		return chain.Request{}, fault.InvalidPayload.New("the outputs are %d above the inputs", -fee)
	}
	return req, nil
}

// readAmounts reads an unsigned transaction of Bitcoin Cash and its amounts.
func (c *Chain) readAmounts(digits, list string) (chain.Request, error) {
	if !c.params.ForkID {
		return chain.Request{}, fault.InvalidPayload.New("amounts beside the transaction are for Bitcoin Cash only").
			WithHint("use a PSBT")
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(digits, "0x"))
	if err != nil {
		return chain.Request{}, fault.InvalidPayload.New("the transaction before the colon is not in hex")
	}
	tx, err := c.parseUnsigned(raw)
	if err != nil {
		return chain.Request{}, err
	}
	if len(list) > maxAmounts {
		return chain.Request{}, fault.TooLarge.New("a list of amounts of %d bytes, at most %d are allowed", len(list), maxAmounts)
	}
	var amounts []int64
	if err := json.Unmarshal([]byte(list), &amounts); err != nil || len(amounts) != len(tx.TxIn) {
		return chain.Request{}, fault.InvalidPayload.New("a list of %d amounts is wanted behind the colon", len(tx.TxIn))
	}
	return c.checked(chain.Request{
		Form: FormTransaction, Payload: newPacket(tx, nil).encode(), Context: Context{Amounts: amounts}.Encode(),
	})
}
