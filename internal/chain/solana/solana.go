package solana

import (
	"strongroom/internal/chain"
	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormMessage     = "message"
	FormRawMessage  = "raw-message"
)

// Sizes in bytes.
const (
	keySize       = 32
	signatureSize = 64
	hashSize      = 32
	// maxTransaction is what fits into one packet: the smallest MTU of IPv6 without
	// its headers (solana-packet, PACKET_DATA_SIZE).
	maxTransaction = 1232
	// maxMessage bounds off-chain and raw messages; the length of an off-chain message
	// has 16 bits.
	maxMessage = 1<<16 - 1
)

// Chain is Solana, or one of its test networks: they sign alike, and nothing but the
// recent blockhash tells them apart.
type Chain struct{ network chain.Network }

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.PrivateKeys = Chain{}
	_ chain.KeyChooser  = Chain{}
)

// New is the network of a row of the registry. Its Symbol is the native asset in
// effects, and Test says which well-known tokens exist.
func New(n chain.Network) Chain { return Chain{network: n} }

// ID is that of the row.
func (c Chain) ID() string { return c.network.ID }

// Network is the row that the chain was made from.
func (c Chain) Network() chain.Network { return c.network }

// Algorithm is Ed25519.
func (Chain) Algorithm() curve.Algorithm { return curve.Ed25519 }

// Address is the public key in base58. The error is fault.Invalid for keys of another
// algorithm.
func (Chain) Address(key curve.PublicKey) (string, error) {
	if key.Algorithm() != curve.Ed25519 {
		return "", fault.Invalid.New("solana accounts have ed25519 keys, not %s", key.Algorithm())
	}
	var space [keySize]byte
	return base58Text(key.AppendTo(space[:0])), nil
}

// ChoosesKeys says that Signer and Signers may hold keys that a message does not name.
func (Chain) ChoosesKeys() {}

// Decode understands a request. Errors are fault.InvalidPayload for payloads and
// contexts, fault.TooLarge, fault.UnknownKey for a signer that is missing or does not
// fit, and fault.Unsupported for unknown forms and versions.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	switch req.Form {
	case FormTransaction:
		return c.decodeTransaction(req)
	case FormMessage:
		return c.decodeOffchain(req)
	case FormRawMessage:
		return c.decodeRaw(req)
	}
	return nil, fault.Unsupported.New("solana has no form %q", req.Form)
}

// base58Text is the text of a key, hash or signature.
func base58Text(b []byte) string {
	var space [112]byte // as base58.MaxEncoded wants it for a signature, rounded up
	return string(base58.AppendEncode(space[:0], b))
}

// decodeBase58 reads exactly size bytes.
func decodeBase58(text string, size int) ([]byte, bool) {
	if len(text) > 2*size {
		return nil, false
	}
	b, err := base58.AppendDecode(nil, text)
	return b, err == nil && len(b) == size
}

// publicKey is the key whose bytes are b, which has keySize of them.
func publicKey(b []byte) curve.PublicKey {
	key, err := curve.NewPublicKey(curve.Ed25519, b)
	if err != nil {
		return curve.PublicKey{}
	}
	return key
}

func refuseContext(req chain.Request) error {
	if len(req.Context) != 0 {
		return fault.InvalidPayload.New("the form %q takes no context", req.Form)
	}
	return nil
}
