package antelope

import (
	"strongroom/internal/codec/antelope"
	"strongroom/internal/codec/base58"
	"strongroom/internal/fault"
)

// What can be wrong with a text or a member of a transaction. Compare with
// errors.Is; peers answer each with a number of their own. The texts never hold
// any of the input, which may have been a private key.
var (
	ErrNotBase58 = fault.Invalid.New("a key or signature text with a character outside of base58")
	ErrChecksum  = fault.Invalid.New("the checksum of a key or signature text is wrong")
	ErrLength    = fault.Invalid.New("a text or value of the wrong length")
	ErrPrefix    = fault.Invalid.New("a key or signature text with an unknown prefix")
	ErrTruncated = fault.Invalid.New("a signature text that is too short")
	ErrKey       = fault.Invalid.New("a key text that does not hold a key")
	ErrOddHex    = fault.Invalid.New("a hex text with an odd number of digits")
	ErrHexDigit  = fault.Invalid.New("a hex text with a character that is not hexadecimal")
	ErrDate      = fault.Invalid.New("a date that is not YYYY-MM-DDTHH:MM:SS between 1970 and 2106")
	ErrNumber    = fault.Invalid.New("a number that is not whole or does not fit")
	ErrKind      = fault.Invalid.New("a json value of another kind than expected")
	ErrJSON      = fault.Invalid.New("the transaction is not valid json")

	// ErrName: an account, permission or action name that cannot be one.
	ErrName = antelope.ErrName
)

// inText translates the errors of base58.
func inText(err error) error {
	switch err {
	case base58.ErrCharacter:
		return ErrNotBase58
	case base58.ErrLarge:
		return ErrLength
	}
	return err
}

// at says where in a request something is wrong, and keeps what is wrong.
func at(where string, err error) error {
	return fault.InvalidPayload.Wrap(err, "%s: %s", where, fault.Text(err))
}
