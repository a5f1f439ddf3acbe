package flow

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// Hash is the hash of an account key, by the number that the network gives it.
type Hash uint8

// The hashes that transactions are signed with.
const (
	SHA2 Hash = 1 // SHA2-256
	SHA3 Hash = 3 // SHA3-256
)

func (h Hash) String() string {
	if h == SHA2 {
		return "SHA2-256"
	}
	return "SHA3-256"
}

// Context says for which key a signature is. Its encoding is the address (8 bytes), the
// key's number (4 bytes, big-endian) and its hash (1 byte), followed by the JSON of
// the access API, exactly as [Transaction.JSON] writes it, or by nothing. The zero value
// is no context, which is encoded as nothing.
type Context struct {
	Account     Address
	Key         uint32
	Hash        Hash // zero is SHA3
	Transaction []byte
}

const contextSize = 8 + 4 + 1

// Encode writes a context.
func (x Context) Encode() []byte {
	if !x.present() {
		return nil
	}
	if x.Hash == 0 {
		x.Hash = SHA3
	}
	b := append(make([]byte, 0, contextSize+len(x.Transaction)), x.Account[:]...)
	b = append(binary.BigEndian.AppendUint32(b, x.Key), byte(x.Hash))
	return append(b, x.Transaction...)
}

// DecodeContext reads a context. Errors: fault.InvalidPayload, fault.TooLarge.
func DecodeContext(data []byte) (x Context, err error) {
	if len(data) == 0 {
		return x, nil
	}
	if len(data) < contextSize {
		return x, fault.InvalidPayload.New("context: address, number and hash of a key have %d bytes, not %d", contextSize, len(data))
	}
	if len(data)-contextSize > maxFile {
		return x, fault.TooLarge.New("context: %d bytes", len(data))
	}
	x = Context{Account: Address(data[:8]), Key: binary.BigEndian.Uint32(data[8:]), Hash: Hash(data[12])}
	if x.Hash != SHA2 && x.Hash != SHA3 {
		return Context{}, fault.InvalidPayload.New("context: no hash has the number %d", data[12])
	}
	x.Transaction = bytes.Clone(data[contextSize:])
	return x, nil
}

func (x Context) present() bool {
	return x.Account != Address{} || x.Key != 0 || x.Hash != 0 || len(x.Transaction) > 0
}

// check demands that the account signs this form, with the key that the transaction
// names for it where it names one.
func (x Context) check(t *Transaction, form string) error {
	if !x.present() {
		return nil
	}
	signs := x.Account == t.Payer
	if form == FormTransaction {
		signs = x.Account == t.Proposer || place(t.Authorizers, x.Account) >= 0
	}
	if !signs {
		return fault.InvalidPayload.New("context: %s does not sign the %s", x.Account, form)
	}
	if len(x.Transaction) == 0 {
		return nil
	}
	other, err := ParseTransaction(x.Transaction)
	if err != nil {
		return err
	}
	same := bytes.Equal(other.Payload(), t.Payload()) && bytes.Equal(other.JSON(), x.Transaction)
	if form == FormEnvelope {
		same = same && bytes.Equal(other.Envelope(), t.Envelope())
	}
	if !same {
		return fault.InvalidPayload.New("context: the transaction is not the one to sign, or not written as this package writes it")
	}
	for _, s := range other.signatures(form) {
		if s.Account == x.Account && s.Key == x.Key {
			return fault.InvalidPayload.New("context: the transaction is signed with that key already")
		}
	}
	t.PayloadSignatures, t.EnvelopeSignatures = other.PayloadSignatures, other.EnvelopeSignatures
	return nil
}

// finish adds the signature to the transaction's JSON.
func (x Context) finish(t *Transaction, form string) func(rs []byte) ([]byte, error) {
	return func(rs []byte) ([]byte, error) {
		signed := *t
		mine := Signature{Account: x.Account, Key: x.Key, Bytes: rs}
		if form == FormEnvelope {
			signed.EnvelopeSignatures = append(signed.EnvelopeSignatures[:len(signed.EnvelopeSignatures):len(signed.EnvelopeSignatures)], mine)
		} else {
			signed.PayloadSignatures = append(signed.PayloadSignatures[:len(signed.PayloadSignatures):len(signed.PayloadSignatures)], mine)
		}
		return signed.JSON(), nil
	}
}

func (t *Transaction) signatures(form string) []Signature {
	if form == FormEnvelope {
		return t.EnvelopeSignatures
	}
	return t.PayloadSignatures
}

func (x Context) facts() []chain.Fact {
	if !x.present() {
		return nil
	}
	return []chain.Fact{
		{Name: "signs for", Value: x.Account.String() + " key " + strconv.FormatUint(uint64(x.Key), 10)},
		{Name: "hash", Value: x.Hash.String()},
	}
}
