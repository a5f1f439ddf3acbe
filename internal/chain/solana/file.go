package solana

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/codec/base58"
	"strongroom/internal/fault"
)

const maxFile = 32 << 10 // bytes; a transaction in hex has 2464

// ReadFile reads a transaction that waits for signatures. The package comment lists the
// forms. Where the file holds signatures they come back as context. A text that can be
// read as two different transactions is refused. Errors: fault.InvalidPayload,
// fault.TooLarge.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	req, err := c.readFile(data)
	switch {
	case err == nil:
		return req, nil
	case fault.Is(err, fault.TooLarge):
		return chain.Request{}, err
	}
	return chain.Request{}, fault.InvalidPayload.New("%s", fault.Text(err))
}

func (c Chain) readFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxFile)
	}
	text := bytes.TrimSpace(data)
	if len(text) > 0 && text[0] == '{' {
		return c.readJSON(text)
	}
	var found []chain.Request
	var first error
	for _, raw := range spellings(data, text) {
		req, err := c.read(raw)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		if len(found) > 0 && !same(found[0], req) {
			return chain.Request{}, fault.InvalidPayload.New("the file can be read as two different transactions")
		}
		found = append(found, req)
	}
	switch {
	case len(found) > 0:
		return found[0], nil
	case first != nil:
		return chain.Request{}, first
	}
	return chain.Request{}, fault.InvalidPayload.New("the file is not in hex, base64 or base58")
}

func same(a, b chain.Request) bool {
	return bytes.Equal(a.Payload, b.Payload) && bytes.Equal(a.Context, b.Context)
}

// spellings are the bytes that a file may stand for. data is the file, text the same
// without white space around it.
func spellings(data, text []byte) (all [][]byte) {
	folded := strings.Join(strings.Fields(string(text)), "")
	if b, err := hex.DecodeString(strings.TrimPrefix(folded, "0x")); err == nil && len(b) > 0 {
		all = append(all, b)
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding} {
		if b, err := encoding.Strict().DecodeString(folded); err == nil && len(b) > 0 {
			all = append(all, b)
		}
	}
	if b, err := base58.AppendDecode(nil, folded); err == nil && len(b) > 0 {
		all = append(all, b)
	}
	if len(data) > 0 && len(data) <= maxTransaction {
		all = append(all, data)
	}
	return all
}

// read reads a message, or a wire transaction that has places for its signatures.
func (c Chain) read(raw []byte) (chain.Request, error) {
	req := chain.Request{Form: FormTransaction, Payload: bytes.Clone(raw)}
	_, err := c.Decode(req)
	wire, errWire := c.readWire(raw)
	switch {
	case err == nil && errWire == nil:
		return chain.Request{}, fault.InvalidPayload.New("the bytes are a message as well as a transaction")
	case err == nil:
		return req, nil
	case errWire == nil:
		return wire, nil
	case fault.Is(errWire, fault.Unsupported): // what it is not
		return chain.Request{}, err
	}
	return chain.Request{}, errWire
}

// errNotWire says that bytes are no wire transaction at all.
var errNotWire = fault.Unsupported.New("not a transaction with places for its signatures")

// readWire reads the signatures of a wire transaction, and what they sign.
func (c Chain) readWire(raw []byte) (chain.Request, error) {
	r := reader{b: raw}
	signatures := r.bytes(signatureSize)
	m, ok := layout(r.b)
	if r.bad || len(signatures) == 0 || !ok || m.required != len(signatures)/signatureSize || m.required > 127 {
		return chain.Request{}, errNotWire
	}
	req := chain.Request{Form: FormTransaction, Payload: bytes.Clone(r.b)}
	if !isZero(signatures) {
		req.Context = append([]byte{byte(m.required)}, signatures...)
	}
	_, err := c.Decode(req)
	return req, err
}

// document is what is read of JSON: a pending transaction of Tatum, or what the command
// line of Solana prints instead of sending a transaction.
type document struct {
	TxData string         `json:"txData"`
	MintPK jsontext.Value `json:"mintPK"`

	Blockhash string   `json:"blockhash"`
	Message   string   `json:"message"`
	Signers   []string `json:"signers"` // "key=signature"
	Absent    []string `json:"absent"`
	BadSig    []string `json:"badSig"`
}

func (c Chain) readJSON(text []byte) (chain.Request, error) {
	var d document
	if err := json.Unmarshal(text, &d, json.RejectUnknownMembers(true)); err != nil {
		// The error may quote the text, which may hold a key.
		return chain.Request{}, fault.InvalidPayload.New("the JSON is neither a pending transaction ({\"txData\": ...}) nor the output of --sign-only")
	}
	switch {
	case d.MintPK != nil:
		return chain.Request{}, fault.InvalidPayload.New("the file holds a private key (mintPK), which does not belong into a file: take it out, and import the key")
	case d.TxData != "" && d.Blockhash == "" && d.Message == "" && d.Signers == nil && d.Absent == nil && d.BadSig == nil:
		raw, err := hex.DecodeString(strings.TrimPrefix(d.TxData, "0x"))
		if err != nil {
			return chain.Request{}, fault.InvalidPayload.New("txData is not in hex")
		}
		return c.read(raw)
	case d.TxData == "" && d.Blockhash != "":
		return c.readSignOnly(&d)
	}
	return chain.Request{}, fault.InvalidPayload.New("the JSON has no txData, and no blockhash and message")
}

// readSignOnly reads the output of "solana ... --sign-only".
func (c Chain) readSignOnly(d *document) (chain.Request, error) {
	if d.Message == "" {
		return chain.Request{}, fault.InvalidPayload.New("there is no message; the command needs --dump-transaction-message")
	}
	if len(d.BadSig) > 0 {
		return chain.Request{}, fault.InvalidPayload.New("the file says that a signature in it is wrong")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(d.Message)
	if err != nil {
		return chain.Request{}, fault.InvalidPayload.New("the message is not in base64")
	}
	m, err := parseMessage(raw)
	if err != nil {
		return chain.Request{}, err
	}
	if base58Text(m.blockhash) != d.Blockhash {
		return chain.Request{}, fault.InvalidPayload.New("the blockhash is another one than in the message")
	}
	req := chain.Request{Form: FormTransaction, Payload: raw}
	if len(d.Signers) > 0 {
		if req.Context, err = m.contextOf(d.Signers); err != nil {
			return chain.Request{}, err
		}
	}
	_, err = c.Decode(req)
	return req, err
}

// contextOf makes a context of texts "key=signature", each of another signer.
func (m *message) contextOf(signers []string) ([]byte, error) {
	places := make([][64]byte, m.required)
	for _, line := range signers {
		keyText, signatureText, _ := strings.Cut(line, "=")
		key, okKey := decodeBase58(keyText, keySize)
		signature, okSignature := decodeBase58(signatureText, signatureSize)
		if !okKey || !okSignature || isZero(signature) {
			return nil, fault.InvalidPayload.New("a signer must be written key=signature, both in base58")
		}
		place := -1
		for i := range m.required {
			if bytes.Equal(m.key(i), key) {
				place = i
			}
		}
		if place < 0 || places[place] != [64]byte{} {
			return nil, fault.InvalidPayload.New("a signer is there twice, or not among those of the message")
		}
		places[place] = [64]byte(signature)
	}
	return AppendSignatures(nil, places...), nil
}
