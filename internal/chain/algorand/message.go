package algorand

import (
	"bytes"
	"slices"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
	"strongroom/internal/curve"
)

// MessageRequest signs a message as signBytes of the SDKs does: under the prefix MX,
// which no transaction and no program has.
func (Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	return chain.Request{Form: FormMessage, Payload: message, Signer: signer}, nil
}

func decodeMessage(req chain.Request) (*chain.Intent, error) {
	if err := refuseContext(req); err != nil {
		return nil, err
	}
	signer, err := requireSigner(req)
	if err != nil {
		return nil, err
	}
	effects := []chain.Effect{{Kind: chain.Message, From: signer.String(), Detail: "statement"}}
	finish := func(signature []byte) ([]byte, error) { return bytes.Clone(signature), nil }
	in, err := intent(req.Form, signer, slices.Concat([]byte(prefixMessage), req.Payload), effects, finish)
	if err == nil {
		in.Encoding = chain.Base64
		in.Facts = []chain.Fact{{Name: "message", Value: readable(req.Payload)}}
	}
	return in, err
}

// facts is what a transaction says besides its effects.
func (t *transaction) facts() []chain.Fact {
	list := make([]chain.Fact, 0, 4)
	list = append(list, chain.Fact{Name: "first round", Value: decimal(t.uint(fieldFirstValid))}, chain.Fact{Name: "last round", Value: decimal(t.uint(fieldLastValid))})
	if t.has(fieldNote) {
		list = append(list, chain.Fact{Name: "note", Value: readable(t.bytes(fieldNote))})
	}
	if t.has(fieldGroup) {
		list = append(list, chain.Fact{Name: "group", Value: "one of several transactions that happen together or not at all"})
	}
	if t.has(fieldLease) {
		list = append(list, chain.Fact{Name: "lease", Value: "no other transaction with it is valid at the same time"})
	}
	return list
}

// unusualFee is a tenth of an ALGO; the least fee is a hundredth of that.
const unusualFee = 100_000

// warnings is what a careful reader would stop at.
func warnings(effects []chain.Effect) (list []string) {
	for _, e := range effects {
		switch {
		case e.Kind == chain.Authority && e.Detail == "rekey":
			list = append(list, "the account is given to another key")
		case e.Kind == chain.Close:
			list = append(list, "everything that is left of a holding goes away")
		case e.Kind == chain.Fee && (len(e.Amount) > len("100000") || len(e.Amount) == len("100000") && e.Amount >= strconv.Itoa(unusualFee)):
			list = append(list, "the fee is far above the usual one")
		}
	}
	return list
}

// longestShown bounds what is shown of a note or message.
const longestShown = 200 // bytes

// readable is text as it is, and other bytes as their number.
func readable(b []byte) string {
	text, ok := legible.Show(b, longestShown)
	if !ok {
		return strconv.Itoa(len(b)) + " bytes that are no text"
	}
	return text
}
