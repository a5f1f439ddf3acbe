package cardano

import (
	"bytes"
	"encoding/hex"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// maxFile is the size of the largest payload in hex, with room for what JSON adds.
const maxFile = 2*maxPayload + 4096

// textEnvelope is how cardano-cli keeps what it makes.
type textEnvelope struct {
	Type        string `json:"type"`
	Description string `json:"description"`
	Hex         string `json:"cborHex"`
}

// ReadFile reads a transaction or a body alone as CBOR, as hex with or without 0x, or as
// cardano-cli's JSON with type, description and cborHex. Errors: fault.InvalidPayload,
// fault.TooLarge.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxFile)
	}
	text := bytes.TrimSpace(data)
	payload := bytes.Clone(data)
	switch {
	case len(text) > 0 && text[0] == '{':
		var e textEnvelope
		if err := json.Unmarshal(text, &e, json.RejectUnknownMembers(true)); err != nil {
			return chain.Request{}, fault.InvalidPayload.Wrap(err, "file: not a text envelope of cardano-cli")
		}
		if !isTransaction(e.Type) {
			return chain.Request{}, fault.InvalidPayload.New("file: a text envelope that holds no transaction")
		}
		text = []byte(e.Hex)
		fallthrough
	case len(data) == 0 || data[0] < 0x80: // arrays and maps begin above, hex below
		text = bytes.TrimPrefix(text, []byte("0x"))
		payload = make([]byte, hex.DecodedLen(len(text)))
		if _, err := hex.Decode(payload, text); err != nil || len(payload) == 0 {
			return chain.Request{}, fault.InvalidPayload.New("file: neither CBOR, nor its hex, nor a text envelope of cardano-cli")
		}
	}
	req := chain.Request{Form: FormTransaction, Payload: payload}
	// A file that nothing can sign is refused where it is read.
	if _, err := c.Preview(req); err != nil {
		return chain.Request{}, err
	}
	return req, nil
}

// isTransaction tells the types of cardano-cli's transactions by their beginning: era and
// "witnessed" or not follow or precede.
func isTransaction(kind string) bool {
	for _, known := range []string{
		"Tx ConwayEra", "Unwitnessed Tx ConwayEra", "Witnessed Tx ConwayEra", "Tx BabbageEra", "Unwitnessed Tx BabbageEra", "Witnessed Tx BabbageEra",
		"TxBodyConway", "TxBodyBabbage", "TxUnsignedShelley",
	} {
		if kind == known {
			return true
		}
	}
	return false
}
