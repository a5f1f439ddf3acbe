package evm

import (
	"bytes"
	"sort"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/fault"
)

// structured is the version of EIP-191 that EIP-712 uses.
const structured = 0x01

// domainType is the name of the type of domains (EIP-712).
const domainType = "EIP712Domain"

// Bounds of typed data.
const (
	maxTypes   = 64
	maxMembers = 128       // of one type
	maxTyped   = 256 << 10 // bytes of a document
	maxName    = 128       // characters of a type or member
	maxDepth   = 32        // of values within values
)

// typedData is a document of EIP-712.
type typedData struct {
	types   map[string]*structType
	primary *structType
	domain  value
	message value
}

// CanonicalTypedData turns the JSON of typed data as wallets and libraries write it
// (eth_signTypedData_v4) into the payload of the form "typed-data". It is lenient
// about the order of members, about space, about numbers written as JSON numbers,
// decimal text or 0x hex, about the case of hex, about types that nothing uses, and
// about a type EIP712Domain that is left out, which it makes of the members that the
// domain has. It refuses members that no type names, members that are missing, and
// everything that libraries understand differently, except for two things of which
// EIP-712 leaves no doubt: the type of the domain as the primary type, for which some
// sign the domain alone, and a struct with the name of a primitive type. Errors: fault.InvalidPayload,
// fault.TooLarge.
func CanonicalTypedData(document []byte) ([]byte, error) {
	payload, _, err := TypedDataPreimage(document)
	return payload, err
}

// TypedDataPreimage is [CanonicalTypedData] together with the [Preimage] of the payload.
func TypedDataPreimage(document []byte) (payload, preimage []byte, err error) {
	doc, err := parseTypedData(document)
	if err != nil {
		return nil, nil, err
	}
	return doc.canonical(), doc.preimage(), nil
}

func (c Chain) decodeTypedData(payload []byte, signer *account) (*chain.Intent, error) {
	doc, err := readTypedData(payload)
	if err != nil {
		return nil, err
	}
	domain, err := c.readDomain(doc)
	if err != nil {
		return nil, err
	}
	d := c.describe(signer, domain.chainID)
	d.typedData(doc, domain)
	return c.intent(FormTypedData, d, doc.digest(), signature.bytes), nil
}

// readTypedData reads a payload, which is canonical.
func readTypedData(payload []byte) (*typedData, error) {
	doc, err := parseTypedData(payload)
	if err == nil && !bytes.Equal(doc.canonical(), payload) {
		return nil, fault.InvalidPayload.New("typed data: not in canonical form")
	}
	return doc, err
}

// digest is what is signed.
func (doc *typedData) digest() [32]byte { return hexaccount.Keccak(doc.preimage()) }

// preimage is what the digest is of (EIP-712, "Specification").
func (doc *typedData) preimage() []byte {
	domain, message := doc.domain.encode(), doc.message.encode()
	return append(append([]byte{versionPrefix, structured}, domain[:]...), message[:]...)
}

// parseTypedData reads a document leniently.
func parseTypedData(document []byte) (*typedData, error) {
	if len(document) > maxTyped {
		return nil, fault.TooLarge.New("typed data of %d bytes, at most %d are allowed", len(document), maxTyped)
	}
	var file struct {
		Types       map[string][]member `json:"types"`
		PrimaryType string              `json:"primaryType"`
		Domain      jsontext.Value      `json:"domain"`
		Message     jsontext.Value      `json:"message"`
	}
	if err := json.Unmarshal(document, &file, json.RejectUnknownMembers(true)); err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "typed data: not a json object of types, primaryType, domain and message")
	}
	if file.Types == nil || file.PrimaryType == "" || len(file.Domain) == 0 || len(file.Message) == 0 {
		return nil, fault.InvalidPayload.New("typed data: types, primaryType, domain or message is missing")
	}
	if _, ok := file.Types[domainType]; !ok {
		members, err := impliedDomain(file.Domain)
		if err != nil {
			return nil, err
		}
		file.Types[domainType] = members
	}
	types, err := readTypes(file.Types)
	if err != nil {
		return nil, err
	}
	doc := &typedData{types: types, primary: types[file.PrimaryType]}
	if doc.primary == nil {
		return nil, fault.InvalidPayload.New("typed data: the primary type is not among the types")
	}
	used := map[string]*structType{}
	types[domainType].collect(used)
	for name := range used {
		if kind, _ := primitive(name); kind != kindUnknown {
			return nil, fault.InvalidPayload.New("typed data: the domain has a member of a struct that is named %s", name)
		}
	}
	if doc.domain, err = readValue(file.Domain, fieldType{kind: kindStruct, of: types[domainType]}, 0); err != nil {
		return nil, inTyped("domain", err)
	}
	if doc.message, err = readValue(file.Message, fieldType{kind: kindStruct, of: doc.primary}, 0); err != nil {
		return nil, inTyped("message", err)
	}
	return doc, nil
}

// inTyped says where in a document an error is.
func inTyped(where string, err error) error {
	return fault.KindOf(err).New("typed data: %s%s", where, fault.Text(err))
}

// impliedDomain is the type of a domain that the document does not give: the
// members that are there, in the order of the standard.
func impliedDomain(domain jsontext.Value) (members []member, err error) {
	var there map[string]jsontext.Value
	if err := json.Unmarshal(domain, &there); err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "typed data: the domain is no json object")
	}
	for _, m := range standardDomain() {
		if _, ok := there[m.Name]; ok {
			members = append(members, m)
		}
	}
	return members, nil
}

// standardDomain are the members of a domain that EIP-712 knows, in its order.
func standardDomain() []member {
	return []member{
		{"name", "string"}, {"version", "string"}, {"chainId", "uint256"}, {"verifyingContract", "address"}, {"salt", "bytes32"},
	}
}

// canonical writes the payload: no space, the members in the order types,
// primaryType, domain, message; of the types EIP712Domain first, then those that the
// primary type and the domain use, by name; the members of values in the order of
// their type; whole numbers as decimal text, bytes and addresses as 0x and
// lower-case digits.
func (doc *typedData) canonical() []byte {
	used := map[string]*structType{}
	doc.types[domainType].collect(used)
	doc.primary.collect(used)
	delete(used, domainType)
	names := make([]string, 0, len(used))
	for name := range used {
		names = append(names, name)
	}
	sort.Strings(names)
	b := append([]byte(`{"types":{`), doc.types[domainType].appendJSON(nil)...)
	for _, name := range names {
		b = append(b, ',')
		b = used[name].appendJSON(b)
	}
	b = append(b, `},"primaryType":`...)
	b = appendQuoted(b, doc.primary.name)
	b = append(b, `,"domain":`...)
	b = doc.domain.appendJSON(b)
	b = append(b, `,"message":`...)
	b = doc.message.appendJSON(b)
	return append(b, '}')
}

// appendQuoted appends a text as JSON. What is read from JSON is valid UTF-8.
func appendQuoted(b []byte, text string) []byte {
	quoted, err := jsontext.AppendQuote(b, text)
	if err != nil { // a text that is no UTF-8, which the reader refused
		return append(b, '"', '"')
	}
	return quoted
}
