package chain

import (
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// What a chain may offer beyond [Chain]. Callers find out by a type assertion.
type (
	// Registered is a chain that was made from its row of the registry.
	Registered interface {
		Network() Network
	}

	// FileReader is a chain that reads unsigned transactions in the forms in which
	// people and other tools keep them: hex, base64, JSON of the usual libraries.
	FileReader interface {
		// ReadFile turns such a file into a request with a canonical payload, which
		// Decode then reads strictly. It may be lenient about spelling, never about
		// meaning. Errors: fault.InvalidPayload, fault.TooLarge.
		ReadFile(data []byte) (Request, error)
	}

	// Messenger is a chain with a standard for signed messages.
	Messenger interface {
		// MessageRequest is the request that signs a message of a person by the chain's
		// standard, which its documentation names.
		MessageRequest(message []byte, signer curve.PublicKey) (Request, error)
	}

	// AddressMessenger is a chain whose signed messages name one of several addresses of
	// the key.
	AddressMessenger interface {
		// MessageRequestAs signs for the address of a format of [Formatter]. form is
		// the form of the request, "" for the usual one of such addresses.
		MessageRequestAs(message []byte, signer curve.PublicKey, form, format string) (Request, error)
	}

	// Formatter is a chain with several forms of address for one key.
	Formatter interface {
		// AddressFormats names the forms; the first is that of [Chain.Address].
		AddressFormats() []string
		// AddressAs gives an address in one of the forms.
		AddressAs(key curve.PublicKey, format string) (string, error)
	}

	// Previewer is a chain that decodes what it could not sign yet, because nobody says
	// with which key. Effects then name the signer as "signer", and there are no tasks.
	Previewer interface {
		Preview(req Request) (*Intent, error)
	}

	// KeyChooser is a chain that finds out itself which of Signer and Signers sign.
	KeyChooser interface {
		ChoosesKeys()
	}

	// FamilySeeds is a chain with a text form that a private key is computed from. point
	// gives the public key of a private one.
	FamilySeeds interface {
		ParseFamilySeed(text secret.Bytes, point func(curve.Algorithm, []byte) (curve.PublicKey, error)) (curve.Algorithm, secret.Bytes, error)
	}

	// PrivateKeys is a chain with text forms of private keys. Both directions work on
	// secret bytes and never on strings; errors hold nothing of the text.
	PrivateKeys interface {
		// ParsePrivate reads a private key in the chain's text forms, and in hex. The
		// result is what the vault imports for that algorithm: a seed or a scalar of 32
		// bytes, or 64 bytes of an extended Ed25519 key. The caller wipes it.
		ParsePrivate(text secret.Bytes) (curve.Algorithm, secret.Bytes, error)
		// FormatPrivate writes it in the form that the chain's tools take.
		FormatPrivate(key curve.PublicKey, private secret.Bytes) (secret.Bytes, error)
	}
)
