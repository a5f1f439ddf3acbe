package typed

import (
	"math"
	"math/big"
	"strconv"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// SafeTx is a transaction of a Safe (formerly Gnosis Safe) as its transaction service
// and account_signGnosisSafeTx have it. Make it with [ReadSafe].
type SafeTx struct {
	safe, to                  wire.Address
	value, gasPrice           *big.Int // wei
	data                      wire.Data
	hasData                   bool
	operation                 uint8 // 0 is a call, 1 a delegate call
	gasToken, refundReceiver  [20]byte
	baseGas, safeTxGas, nonce *big.Int
	hash                      wire.Hash // what the caller expects to be signed
	chainID                   *big.Int  // nil if the Safe's domain has none
}

// ReadSafe reads a transaction of a Safe. Members are found in any case and unknown ones
// are ignored, so that the JSON of the transaction service can be passed as it is: the
// hash that comes with it is checked. Errors: fault.Invalid and fault.InvalidPayload with
// the peer's texts, fault.TooLarge.
func ReadSafe(raw []byte) (*SafeTx, error) {
	if len(raw) > maxDocument {
		return nil, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", len(raw), maxDocument)
	}
	v, err := readValue(raw)
	if err != nil {
		return nil, err
	}
	if v.kind != kindObject && v.kind != kindNull {
		return nil, notA(v, "Go value", "core.GnosisSafeTx")
	}
	tx := &SafeTx{value: new(big.Int), gasPrice: new(big.Int), baseGas: new(big.Int), safeTxGas: new(big.Int), nonce: new(big.Int)}
	return tx, read(v, tx.members())
}

// members are the names of what is read, and how.
func (tx *SafeTx) members() []known {
	return []known{
		{"safe", func(v *value) error { return readAddress(v, "safe", &tx.safe) }},
		{"to", func(v *value) error { return readAddress(v, "to", &tx.to) }},
		{"value", func(v *value) error { return readDecimal(v, "value", tx.value) }},
		{"gasPrice", func(v *value) error { return readDecimal(v, "gasPrice", tx.gasPrice) }},
		{"data", func(v *value) (err error) {
			tx.hasData = true
			tx.data, err = readBytes(v)
			return err
		}},
		{"operation", func(v *value) error {
			n, err := strconv.ParseUint(v.text, 10, 8)
			if v.kind != kindNumber || err != nil {
				return notA(v, "Go struct field GnosisSafeTx.operation", "uint8")
			}
			tx.operation = uint8(n)
			return nil
		}},
		{"gasToken", func(v *value) error { return readRawAddress(v, "gasToken", &tx.gasToken) }},
		{"refundReceiver", func(v *value) error { return readRawAddress(v, "refundReceiver", &tx.refundReceiver) }},
		{"baseGas", func(v *value) error { return readBig(v, tx.baseGas) }},
		{"safeTxGas", func(v *value) error { return readBig(v, tx.safeTxGas) }},
		{"nonce", func(v *value) error { return readBig(v, tx.nonce) }},
		{"safeTxHash", func(v *value) error {
			data, err := readBytes(v)
			if err == nil && len(data) != len(tx.hash) {
				err = fault.Invalid.New("hex string has length %d, want %d for common.Hash", 2*len(data), 2*len(tx.hash))
			}
			if err == nil {
				tx.hash = wire.Hash(data)
			}
			return err
		}},
		{"chainId", func(v *value) error {
			id, err := readChainID(v)
			tx.chainID = id
			return err
		}},
	}
}

// readAddress keeps the spelling.
func readAddress(v *value, name string, to *wire.Address) error {
	if v.kind != kindText {
		return notA(v, "Go struct field GnosisSafeTx."+name, "common.MixedcaseAddress")
	}
	a, err := wire.ParseAddress(v.text)
	*to = a
	return err
}

func readRawAddress(v *value, name string, to *[20]byte) error {
	var a wire.Address
	err := readAddress(v, name, &a)
	*to = a.Raw()
	return err
}

// readDecimal reads text of at most 256 bits.
func readDecimal(v *value, name string, to *big.Int) error {
	if v.kind != kindText {
		return notA(v, "Go struct field GnosisSafeTx."+name, "math.Decimal256")
	}
	n, ok := parseInteger(v.text)
	if !ok {
		return errInteger(v.text)
	}
	to.Set(n)
	return nil
}

// readBig reads a whole JSON number of at most 256 bits.
func readBig(v *value, to *big.Int) error {
	n, ok := parseInteger(v.text)
	if v.kind != kindNumber || !ok {
		text := v.text
		if v.kind == kindText {
			text = strconv.Quote(text)
		}
		return fault.Invalid.New("math/big: cannot unmarshal %q into a *big.Int", cut(text))
	}
	to.Set(n)
	return nil
}

func readBytes(v *value) ([]byte, error) {
	data, err := v.hexBytes()
	if v.kind == kindText && v.text == "" {
		return []byte{}, nil
	}
	if err != nil {
		return nil, fault.Invalid.New("json: %s", fault.Text(err))
	}
	return data, nil
}

// SafeRequest is a transaction of a Safe to be signed.
type SafeRequest struct {
	Request
	tx     SafeTx
	sender wire.Address
}

// Safe is account_signGnosisSafeTx. validate checks the transaction that the Safe would
// make, and refuses it or gives what there is to say of it. chainID is the signer's, with
// which a transaction without one is tried again if the expected hash is another; 0 is
// none. A hash that is not the expected one is never signed. Errors: those of validate;
// fault.InvalidPayload.
func Safe(sender wire.Address, tx *SafeTx, chainID int64, validate func(*wire.SendTxArgs) (wire.CallInfo, error)) (*SafeRequest, error) {
	for _, n := range [...]*big.Int{tx.value, tx.gasPrice, tx.baseGas, tx.safeTxGas, tx.nonce} {
		if n.Sign() < 0 {
			return nil, fault.InvalidPayload.New("invalid negative value for unsigned type uint256")
		}
	}
	info, err := validate(tx.arguments())
	if err != nil {
		return nil, err
	}
	r := &SafeRequest{tx: *tx, sender: wire.AddressOf(sender.Raw())}
	request, err := TypedData(sender, r.tx.document())
	if err != nil {
		return nil, err
	}
	if string(request.Ask.Hash) != string(tx.hash[:]) && tx.chainID == nil && chainID > 0 {
		r.tx.chainID = big.NewInt(chainID)
		if request, err = TypedData(sender, r.tx.document()); err != nil {
			return nil, err
		}
	}
	if string(request.Ask.Hash) != string(tx.hash[:]) {
		return nil, fault.InvalidPayload.New("mismatched safeTxHash; have %s want %s", request.Ask.Hash, tx.hash)
	}
	r.Request = *request
	r.Ask.CallInfo = info
	return r, nil
}

// arguments is the transaction that the Safe would make.
func (tx *SafeTx) arguments() *wire.SendTxArgs {
	to, price := tx.to, wire.QuantityOf(tx.gasPrice)
	a := &wire.SendTxArgs{
		From: tx.safe, To: &to, Gas: saturated(tx.safeTxGas), GasPrice: &price, Value: wire.QuantityOf(tx.value), Nonce: saturated(tx.nonce),
	}
	if tx.hasData {
		data := tx.data
		a.Data = &data
	}
	if tx.chainID != nil && tx.chainID.Sign() >= 0 {
		id := wire.QuantityOf(tx.chainID)
		a.ChainID = &id
	}
	return a
}

func saturated(n *big.Int) wire.Number {
	if !n.IsUint64() {
		return math.MaxUint64
	}
	return wire.Number(n.Uint64())
}

// document is the typed data that the Safe's contract hashes.
func (tx *SafeTx) document() *Document {
	text := func(s string) *value { return &value{kind: kindText, text: s} }
	doc := &Document{
		types: map[string][]member{
			domainType: {{"verifyingContract", "address"}},
			"SafeTx": {{"to", "address"}, {"value", "uint256"}, {"data", "bytes"}, {"operation", "uint8"}, {"safeTxGas", "uint256"},
				{"baseGas", "uint256"}, {"gasPrice", "uint256"}, {"gasToken", "address"}, {"refundReceiver", "address"}, {"nonce", "uint256"}},
		},
		primary: "SafeTx",
		domain:  map[string]*value{"verifyingContract": text(wire.Lower(tx.safe.Raw()))},
		message: map[string]*value{
			"to": text(wire.Lower(tx.to.Raw())), "value": exactNumber(tx.value), "data": text(tx.data.String()),
			"operation": exactNumber(big.NewInt(int64(tx.operation))), "safeTxGas": exactNumber(tx.safeTxGas), "baseGas": exactNumber(tx.baseGas),
			"gasPrice": exactNumber(tx.gasPrice), "gasToken": text(wire.Lower(tx.gasToken)),
			"refundReceiver": text(wire.Lower(tx.refundReceiver)), "nonce": exactNumber(tx.nonce),
		},
	}
	if tx.chainID != nil {
		doc.types[domainType] = []member{{"chainId", "uint256"}, {"verifyingContract", "address"}}
		doc.domain["chainId"] = exactNumber(tx.chainID)
	}
	return doc
}

// Result is the reply in JSON, with the members in the peer's order.
func (r *SafeRequest) Result(signature []byte) []byte {
	return r.tx.appendJSON(nil, wire.Data(signature), r.Ask.Hash, r.sender)
}

// Asked is what was asked for, in the form of a result that is not there yet.
func (tx *SafeTx) Asked() []byte {
	return tx.appendJSON(nil, nil, make(wire.Data, len(tx.hash)), wire.Address{})
}

func (tx *SafeTx) appendJSON(b []byte, signature, hash wire.Data, sender wire.Address) []byte {
	b = append(b, '{')
	add := func(name, value string) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(appendQuoted(b, name), ':'), value...)
	}
	text := func(s string) string { return string(appendQuoted(nil, s)) }
	add("signature", text(signature.String()))
	add("contractTransactionHash", text(hash.String()))
	add("sender", text(sender.String()))
	add("safe", text(tx.safe.String()))
	add("to", text(tx.to.String()))
	add("value", text(tx.value.String()))
	add("gasPrice", text(tx.gasPrice.String()))
	if tx.hasData {
		add("data", text(tx.data.String()))
	} else {
		add("data", "null")
	}
	add("operation", strconv.Itoa(int(tx.operation)))
	add("gasToken", text(wire.Lower(tx.gasToken)))
	add("refundReceiver", text(wire.Lower(tx.refundReceiver)))
	add("baseGas", tx.baseGas.String())
	add("safeTxGas", tx.safeTxGas.String())
	add("nonce", tx.nonce.String())
	add("safeTxHash", text(tx.hash.String()))
	if tx.chainID != nil {
		add("chainId", text(wire.QuantityOf(tx.chainID).String()))
	}
	return append(b, '}')
}
