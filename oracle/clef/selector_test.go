package clef

import (
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"github.com/ethereum/go-ethereum/signer/fourbyte"

	"strongroom/internal/api/clef/selector"
	"strongroom/internal/api/clef/wire"
	"strongroom/oracle/random"
)

// signature makes a method signature that both understand.
func signature(r *rand.Rand) string {
	args := make([]string, r.IntN(4))
	for i := range args {
		args[i] = typeName(r, 2)
	}
	return random.Pick(r, "f", "transferFrom", "_x$1") + "(" + strings.Join(args, ",") + ")"
}

func typeName(r *rand.Rand, depth int) string {
	if depth > 0 && r.IntN(5) == 0 {
		fields := make([]string, 1+r.IntN(3))
		for i := range fields {
			fields[i] = typeName(r, depth-1)
		}
		return "(" + strings.Join(fields, ",") + ")" + random.Pick(r, "", "", "[]")
	}
	name := random.Pick(r, "uint256", "uint8", "uint64", "int256", "int8", "int32", "address", "bool", "bytes", "string", "bytes32", "bytes4", "function",
		"uint128", "int40")
	for range r.IntN(3) {
		name += random.Pick(r, "", "", "[]", "["+strconv.Itoa(1+r.IntN(3))+"]")
	}
	return name
}

// words are call data of small numbers and offsets, so that they decode every now and then.
func words(r *rand.Rand) []byte {
	var b []byte
	for range r.IntN(14) {
		var w [32]byte
		switch r.IntN(5) {
		case 0:
			w[31] = byte(32 * r.IntN(8))
		case 1:
			copy(w[:], random.Bytes(r, 32))
		case 2:
			for i := range w {
				w[i] = 0xff
			}
		default:
			w[31] = byte(r.IntN(4))
		}
		b = append(b, w[:]...)
	}
	if r.IntN(20) == 0 {
		b = append(b, 1)
	}
	return b
}

// TestCallData holds what is said of call data, by a signature of the caller and by that
// of the table, against go-ethereum, word by word.
func TestCallData(t *testing.T) {
	theirs, err := fourbyte.New()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := selector.Open(selector.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r := random.New(41)
	outcomes := map[string]int{}
	for range 10_000 {
		text := signature(r)
		id := crypto.Keccak256([]byte(text))[:4]
		if r.IntN(30) == 0 {
			text = mangle(r, text)
		}
		outcomes[compareCall(t, theirs, ours, &text, append(id, words(r)...))]++
	}
	for _, known := range []string{"a9059cbb", "18160ddd", "095ea7b3", "38ed1739", "deadbee1", "ac9650d8", "70a08231"} {
		id, err := hex.DecodeString(known)
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			outcomes["of the table: "+compareCall(t, theirs, ours, nil, append(id[:4:4], words(r)...))]++
		}
	}
	for outcome, least := range map[string]int{"Info": 150, "mismatch": 1500, "stuffed": 400, "of the table: Info": 20} {
		if outcomes[outcome] < least {
			t.Errorf("%d of %v are %q; the comparison hardly happens", outcomes[outcome], outcomes, outcome)
		}
	}
}

// mangle makes a mistake.
func mangle(r *rand.Rand, text string) string {
	i := r.IntN(len(text))
	return random.Pick(r, text[:i], text[:i]+"("+text[i:], text[:i]+","+text[i:], text[:i]+"9"+text[i:], text+")")
}

func compareCall(t *testing.T, theirs *fourbyte.Database, ours *selector.Database, text *string, data []byte) string {
	to := "0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"
	theirTo, err := common.NewMixedcaseAddressFromString(to)
	if err != nil {
		t.Fatal(err)
	}
	input, price := hexutil.Bytes(data), hexutil.Big{}
	said, crashed := theirWords(theirs, text, &apitypes.SendTxArgs{To: theirTo, GasPrice: &price, Data: &input})
	ourTo, err := wire.ParseAddress(to)
	if err != nil {
		t.Fatal(err)
	}
	ourData := wire.Data(data)
	result, err := ours.Validate(t.Context(), text, &wire.SendTxArgs{To: &ourTo, GasPrice: &wire.Quantity{}, Data: &ourData}, true)
	if err != nil {
		t.Fatal(err)
	}
	if crashed {
		return "crash"
	}
	last := result.Info[len(result.Info)-1]
	if len(said) != len(result.Info) {
		t.Fatalf("%v %x: %q, they say %q", text, data, result.Info, said)
	}
	for i, m := range result.Info {
		if want := (wire.Message{Type: said[i].Typ, Message: said[i].Message}); m != want && !stricter(m, want) {
			t.Errorf("%s %x:\n%q, they say\n%q", name(text), data, m, want)
		}
	}
	switch {
	case last.Type == wire.Info:
		return "Info"
	case strings.Contains(last.Message, "stuffed"):
		return "stuffed"
	case strings.Contains(last.Message, "mismatch"):
		return "mismatch"
	}
	return "other"
}

// theirWords are what go-ethereum says. It crashes on some signatures.
func theirWords(db *fourbyte.Database, text *string, a *apitypes.SendTxArgs) (said []apitypes.ValidationInfo, crashed bool) {
	defer func() { crashed = recover() != nil }()
	m, err := db.ValidateTransaction(text, a)
	if err != nil {
		return nil, true
	}
	return m.Messages, false
}

// stricter reports whether a difference is one that is meant: we warn where they do, in
// other words, or of numbers beyond the range of their type, or of data that point at
// themselves again and again; or of signatures in other words.
func stricter(ours, theirs wire.Message) bool {
	switch {
	case ours.Type != wire.Warning:
		return false
	case strings.Contains(ours.Message, "abi: improperly encoded uint128 value"), strings.Contains(ours.Message, "abi: improperly encoded int40 value"):
		return true
	case theirs.Type != wire.Warning:
		return strings.Contains(ours.Message, "failed to parse selector") || strings.Contains(ours.Message, "unsupported arg type")
	}
	return strings.Contains(ours.Message, "failed to parse selector") || strings.Contains(ours.Message, "unsupported arg type") ||
		strings.Contains(ours.Message, "arguments mismatch: abi") && strings.Contains(theirs.Message, "arguments mismatch: abi") ||
		strings.Contains(ours.Message, "point at themselves") && strings.Contains(theirs.Message, "stuffed")
}

func name(text *string) string {
	if text == nil {
		return "of the table"
	}
	return *text
}
