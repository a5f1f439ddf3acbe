package wire

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// AddressParam reads a JSON parameter that is an address. Errors: fault.Invalid with the
// peer's texts, to be put behind "invalid argument I: ".
func AddressParam(raw []byte) (Address, error) {
	value, err := parameter(raw)
	if err != nil {
		return Address{}, err
	}
	return field{}.address(value)
}

// DataParam reads a JSON parameter that is bytes. Errors: see [AddressParam].
func DataParam(raw []byte) (Data, error) {
	value, err := parameter(raw)
	if err != nil {
		return nil, err
	}
	return field{}.data(value)
}

// TextParam reads a JSON parameter that is a string. Errors: see [AddressParam].
func TextParam(raw []byte) (string, error) {
	value, err := parameter(raw)
	if err != nil {
		return "", err
	}
	s, ok := text(value)
	if !ok {
		return "", notA(value, "string")
	}
	return s, nil
}

// SelectorParam reads the optional method signature of sign calls: a string, or nil for
// null or no parameter. Errors: see [AddressParam].
func SelectorParam(raw []byte) (*string, error) {
	if len(raw) == 0 || isNull(bytes.TrimSpace(raw)) {
		return nil, nil
	}
	s, err := TextParam(raw)
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// parameter makes sure that a value is one JSON value, without space around it.
func parameter(raw []byte) (jsontext.Value, error) {
	value := jsontext.Value(bytes.TrimSpace(raw))
	if !value.IsValid() {
		return nil, errSyntax
	}
	return value, nil
}
