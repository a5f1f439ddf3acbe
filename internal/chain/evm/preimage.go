package evm

import (
	"bytes"

	"strongroom/internal/fault"
)

// Preimage is the bytes whose Keccak-256 is signed for a payload of the form message,
// validator-message, typed-data or clique-header: what wallets show as the raw data of a
// request. Errors are those of [Chain.Decode]; that the network fits is not checked.
func Preimage(form string, payload []byte) ([]byte, error) {
	if len(payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(payload), maxPayload)
	}
	switch form {
	case FormMessage:
		return append(personal(payload), payload...), nil
	case FormValidatorMessage:
		if len(payload) < len(address{}) {
			return nil, errValidator
		}
		return append([]byte{versionPrefix, forValidator}, payload...), nil
	case FormTypedData:
		doc, err := readTypedData(payload)
		if err != nil {
			return nil, err
		}
		return doc.preimage(), nil
	case FormCliqueHeader:
		if _, err := readHeader(payload); err != nil {
			return nil, err
		}
		return bytes.Clone(payload), nil
	}
	return nil, fault.Unsupported.New("the form %q has no preimage of its own", form)
}
