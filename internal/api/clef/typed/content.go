package typed

import (
	"encoding/binary"
	"mime"
	"strconv"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain/evm"
	"strongroom/internal/fault"
)

// The content types of account_signData that are no plain text.
const (
	contentClique    = "application/x-clique-header"
	contentValidator = "data/validator"
	contentTyped     = "data/typed"
)

// Data is account_signData: data is the third parameter, in JSON. The parameters of the
// content type are dropped. Errors: fault.InvalidPayload and fault.TooLarge.
func Data(contentType string, address wire.Address, data []byte) (*Request, error) {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fault.InvalidPayload.New("%s", err) // which quotes nothing
	}
	switch media {
	case contentClique:
		return clique(address, data)
	case contentValidator:
		return validator(address, data)
	case contentTyped:
		document, err := hexText(data)
		if err != nil {
			return nil, err
		}
		doc, err := ReadDocument(document)
		if err != nil {
			return nil, err
		}
		return TypedData(address, doc)
	}
	return text(media, address, data)
}

// text is a personal message (EIP-191, version 0x45).
func text(media string, address wire.Address, data []byte) (*Request, error) {
	message, err := hexText(data)
	if err != nil {
		return nil, err
	}
	raw, err := evm.Preimage(evm.FormMessage, message)
	if err != nil {
		return nil, err
	}
	shown := string([]rune(string(raw))) // with U+FFFD for what is no UTF-8
	return newRequest(evm.FormMessage, message, raw, address, media, []wire.NameValueType{
		{Name: "message", Value: wire.TextValue(shown), Type: "text/plain"},
	}), nil
}

// validator is data that a contract checks (EIP-191, version 0x00). An address of other
// than 20 bytes is read as a number is: zeros are put in front, or bytes are cut off
// there.
func validator(address wire.Address, data []byte) (*Request, error) {
	v, err := readValue(data)
	if err != nil {
		return nil, err
	}
	if v.kind != kindObject {
		return nil, fault.InvalidPayload.New("validator input is not a map[string]interface{}")
	}
	of, err := v.member("address").hexBytes()
	switch {
	case err != nil:
		return nil, fault.InvalidPayload.New("validator address error: %s", fault.Text(err))
	case len(of) == 0:
		return nil, fault.InvalidPayload.New("validator address is undefined")
	}
	message, err := v.member("message").hexBytes()
	switch {
	case err != nil:
		return nil, fault.InvalidPayload.New("message error: %s", fault.Text(err))
	case len(message) == 0:
		return nil, fault.InvalidPayload.New("message is undefined")
	}
	var to [20]byte
	copy(to[max(0, len(to)-len(of)):], of[max(0, len(of)-len(to)):])
	payload := append(to[:], message...)
	raw, err := evm.Preimage(evm.FormValidatorMessage, payload)
	if err != nil {
		return nil, err
	}
	return newRequest(evm.FormValidatorMessage, payload, raw, address, contentValidator, []wire.NameValueType{
		{Name: "This is a request to sign data intended for a particular validator (see EIP 191 version 0)", Value: wire.TextValue(""), Type: "description"},
		{Name: "Intended validator address", Value: wire.TextValue(wire.Checksummed(to)), Type: "address"},
		{Name: "Application-specific data", Value: wire.TextValue(wire.Data(message).String()), Type: "hexdata"},
		{Name: "Full message for signing", Value: wire.TextValue(wire.Data(raw).String()), Type: "hexdata"},
	}), nil
}

// clique is the header of a block of a network whose blocks accounts sign (EIP-225). The
// seal covers the header as it came, whatever is at the end of its extra data; the block
// goes by the hash that it has with an empty seal behind them.
func clique(address wire.Address, data []byte) (*Request, error) {
	header, err := hexText(data)
	if err != nil {
		return nil, err
	}
	number, hash, err := evm.SealedHeader(header)
	if err != nil {
		return nil, headerError(header, err)
	}
	raw, err := evm.Preimage(evm.FormCliqueHeader, header)
	if err != nil {
		return nil, err
	}
	shown := "clique header " + strconv.FormatUint(number, 10) + " [" + wire.Hash(hash).String() + "]"
	return newRequest(evm.FormCliqueHeader, header, raw, address, contentClique, []wire.NameValueType{
		{Name: "Clique header", Value: wire.TextValue(shown), Type: "clique"},
	}), nil
}

// headerError words what is wrong with the encoding of a header as the peer does, where
// no list is there or its end is missing.
func headerError(header []byte, err error) error {
	switch {
	case len(header) > 0 && header[0] < 0xc0:
		return fault.InvalidPayload.New("rlp: expected input list for types.Header")
	case truncated(header):
		return fault.InvalidPayload.New("rlp: value size exceeds available input length")
	}
	return err
}

// truncated reports whether data end before the list of RLP that they begin with.
func truncated(list []byte) bool {
	if len(list) == 0 {
		return true
	}
	if list[0] < 0xf8 {
		return len(list)-1 < int(list[0]-0xc0)
	}
	digits := int(list[0] - 0xf7)
	if len(list)-1 < digits {
		return true
	}
	var wide [8]byte
	copy(wide[8-digits:], list[1:])
	return binary.BigEndian.Uint64(wide[:]) > uint64(len(list)-1-digits)
}
