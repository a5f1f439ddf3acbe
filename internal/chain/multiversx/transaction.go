package multiversx

import (
	"encoding/base64"
	"math"
	"strconv"

	"strongroom/internal/fault"
)

// The bits of a transaction's options (mx-chain-core-go: transaction.Mask…).
const (
	optionHash    = 1 // the keccak-256 of the JSON is signed
	optionGuarded = 2 // the guardian signs too
)

const (
	versionOptions = 2  // the first version with options
	maxDigits      = 60 // of a value; the supply has 26
	maxUsername    = 256
)

// Transaction is what a payload says, for callers who build one from other data.
type Transaction struct {
	Nonce            uint64
	Value            string // EGLD in units of 10^-18, decimal without leading zeros
	Receiver, Sender string // erd1… addresses
	SenderUsername   []byte // like all that follows to Data: nothing where there is none
	ReceiverUsername []byte
	GasPrice         uint64 // units of 10^-18 EGLD for one unit of gas
	GasLimit         uint64
	Data             []byte
	ChainID          string
	Version          uint32
	Options          uint32
	Guardian         string // erd1… address, "" where there is none
	Relayer          string // the same
}

// AppendPayload appends the canonical payload to b. It does not look at the values;
// Decode does.
func (t *Transaction) AppendPayload(b []byte) []byte {
	b = strconv.AppendUint(append(b, `{"nonce":`...), t.Nonce, 10)
	b = appendText(b, "value", t.Value)
	b = appendText(b, "receiver", t.Receiver)
	b = appendText(b, "sender", t.Sender)
	b = appendBase64(b, "senderUsername", t.SenderUsername)
	b = appendBase64(b, "receiverUsername", t.ReceiverUsername)
	b = strconv.AppendUint(append(b, `,"gasPrice":`...), t.GasPrice, 10)
	b = strconv.AppendUint(append(b, `,"gasLimit":`...), t.GasLimit, 10)
	b = appendBase64(b, "data", t.Data)
	b = appendText(b, "chainID", t.ChainID)
	b = strconv.AppendUint(append(b, `,"version":`...), uint64(t.Version), 10)
	if t.Options != 0 {
		b = strconv.AppendUint(append(b, `,"options":`...), uint64(t.Options), 10)
	}
	if t.Guardian != "" {
		b = appendText(b, "guardian", t.Guardian)
	}
	if t.Relayer != "" {
		b = appendText(b, "relayer", t.Relayer)
	}
	return append(b, '}')
}

func appendText(b []byte, name, value string) []byte {
	b = append(append(append(b, `,"`...), name...), `":"`...)
	return append(append(b, value...), '"')
}

func appendBase64(b []byte, name string, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":"`...)
	return append(base64.StdEncoding.AppendEncode(b, value), '"')
}

// transaction is a payload that was read, with its addresses decoded.
type transaction struct {
	Transaction
	sender, receiver, guardian, relayer address
}

// readPayload accepts exactly what [Transaction.AppendPayload] writes, of values that
// the network could take. Errors: fault.InvalidPayload.
func readPayload(payload []byte) (*transaction, error) {
	t := new(transaction)
	r := reader{rest: payload}
	r.literal(`{"nonce":`)
	t.Nonce = r.number(math.MaxUint64)
	t.Value = r.member("value")
	t.Receiver, t.receiver = r.address("receiver")
	t.Sender, t.sender = r.address("sender")
	t.SenderUsername = r.base64("senderUsername")
	t.ReceiverUsername = r.base64("receiverUsername")
	r.literal(`,"gasPrice":`)
	t.GasPrice = r.number(math.MaxUint64)
	r.literal(`,"gasLimit":`)
	t.GasLimit = r.number(math.MaxUint64)
	t.Data = r.base64("data")
	t.ChainID = r.member("chainID")
	r.literal(`,"version":`)
	t.Version = uint32(r.number(math.MaxUint32))
	if r.optional(`,"options":`) {
		if t.Options = uint32(r.number(math.MaxUint32)); t.Options == 0 {
			r.fail("options of 0, which are left out")
		}
	}
	if r.has("guardian") {
		t.Guardian, t.guardian = r.address("guardian")
	}
	if r.has("relayer") {
		t.Relayer, t.relayer = r.address("relayer")
	}
	r.literal("}")
	if r.err == nil && len(r.rest) != 0 {
		r.fail("bytes after its end")
	}
	if r.err == nil {
		r.err = t.check()
	}
	return t, r.err
}

// check refuses what no node takes and what could only mislead.
func (t *transaction) check() error {
	fail := func(what string) error { return fault.InvalidPayload.New("transaction: %s", what) }
	switch {
	case !isDecimal(t.Value):
		return fail("a value that is not a decimal number")
	case len(t.SenderUsername) > maxUsername || len(t.ReceiverUsername) > maxUsername:
		return fail("a user name that is too long")
	case t.Version == 0:
		return fail("version 0")
	case t.Options&^(optionHash|optionGuarded) != 0:
		return fail("unknown options")
	case t.Options != 0 && t.Version < versionOptions:
		return fail("options need version 2")
	case (t.Options&optionGuarded != 0) != (t.Guardian != ""):
		return fail("a guardian and the option for one go together")
	case t.sender.isContract():
		return fail("the sender is a contract")
	}
	return nil
}

// isDecimal reports whether text is a number of a reasonable size without a sign or
// leading zeros.
func isDecimal(text string) bool {
	if text == "" || len(text) > maxDigits || text[0] == '0' && text != "0" {
		return false
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
