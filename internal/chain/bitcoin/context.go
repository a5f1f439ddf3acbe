package bitcoin

import (
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// Context is what accompanies a PSBT that was made from a file of another kind. The
// zero value goes with a PSBT as it is.
type Context struct {
	// Stated says that the amounts of inputs before SegWit are stated without proof:
	// they stand in the field for the spent output (PSBT_IN_WITNESS_UTXO), and no
	// previous transaction is needed. The fee is then unknown.
	Stated bool
	// Fee is what the file says of the fee, in the smallest unit; only if HasFee. Where it
	// is not inputs less outputs there is a warning.
	Fee    int64
	HasFee bool
	// Amounts are those of the inputs, where nothing else is known of them: input i then
	// spends the P2PKH output of candidate i, or of the only candidate. The PSBT says
	// nothing of the spent outputs. Only for Bitcoin Cash, whose signatures commit to
	// the amount and the public key.
	Amounts []int64
}

const (
	statedWord  = "stated"
	feeWord     = "stated fee="
	amountsWord = "amounts "
	maxContext  = len(amountsWord) + 20*maxInputs // bytes
)

// Encode is the context as Request.Context has it: "", "stated", "stated fee=2000" or
// "amounts 100000,250000".
func (c Context) Encode() []byte {
	switch {
	case c.Amounts != nil:
		b := []byte(amountsWord)
		for i, amount := range c.Amounts {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, amount, 10)
		}
		return b
	case c.HasFee:
		return strconv.AppendInt([]byte(feeWord), c.Fee, 10)
	case c.Stated:
		return []byte(statedWord)
	}
	return nil
}

// DecodeContext is the inverse of [Context.Encode] and accepts nothing else. An error
// is fault.InvalidPayload.
func DecodeContext(encoded []byte) (Context, error) {
	if len(encoded) > maxContext {
		return Context{}, errContext()
	}
	text := string(encoded)
	switch rest, found := strings.CutPrefix(text, amountsWord); {
	case text == "":
		return Context{}, nil
	case text == statedWord:
		return Context{Stated: true}, nil
	case found:
		if strings.Count(rest, ",") >= maxInputs {
			return Context{}, errContext()
		}
		amounts := make([]int64, 0, strings.Count(rest, ",")+1)
		for word := range strings.SplitSeq(rest, ",") {
			amount, ok := plainNumber(word)
			if !ok {
				return Context{}, errContext()
			}
			amounts = append(amounts, amount)
		}
		return Context{Amounts: amounts}, nil
	}
	rest, found := strings.CutPrefix(text, feeWord)
	if fee, ok := plainNumber(rest); found && ok {
		return Context{Stated: true, Fee: fee, HasFee: true}, nil
	}
	return Context{}, errContext()
}

// plainNumber reads a number in its shortest spelling.
func plainNumber(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}

func errContext() error {
	return fault.InvalidPayload.New("the context of a PSBT is not understood")
}
