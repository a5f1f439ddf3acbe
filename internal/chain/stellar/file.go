package stellar

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// maxFile is the size of the largest payload in hex, with room for line ends.
const maxFile = 2*maxPayload + 4096

// ReadFile reads a transaction envelope as bytes, as base64 (what the network's tools
// and Tatum exchange) or as hex with or without 0x, with white space around it. Other
// spellings of the same XDR do not exist. Errors: fault.InvalidPayload, fault.TooLarge.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxFile)
	}
	payload, err := fromText(data)
	if err != nil {
		return chain.Request{}, err
	}
	req := chain.Request{Form: FormTransaction, Payload: payload}
	// A file that nothing can sign is refused where it is read.
	if _, err := c.Decode(req); err != nil {
		return chain.Request{}, err
	}
	return req, nil
}

// fromText tells the encodings apart by their beginning: the type of an envelope is a
// number of 32 bits that is small, so bytes begin with 0, hex with '0' and base64 with 'A'.
func fromText(data []byte) ([]byte, error) {
	if len(data) > 0 && data[0] == 0 {
		return bytes.Clone(data), nil
	}
	text := bytes.TrimSpace(data)
	var payload []byte
	var err error
	if len(text) > 0 && text[0] == '0' {
		text = bytes.TrimPrefix(text, []byte("0x"))
		payload = make([]byte, hex.DecodedLen(len(text)))
		_, err = hex.Decode(payload, text)
	} else {
		payload, err = base64.StdEncoding.AppendDecode(nil, text)
	}
	if err != nil {
		return nil, fault.InvalidPayload.New("file: neither the base64 nor the hex of a transaction envelope")
	}
	return payload, nil
}
