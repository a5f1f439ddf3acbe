package stellar

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const (
	maxSignatures = 20       // of an envelope (Stellar-transaction.x)
	maxDepth      = 400      // nesting of XDR values: far above what a node takes
	maxMemory     = 32 << 20 // bytes that decoding may spend on values
	discriminant  = 4        // bytes
)

// envelope is a TransactionEnvelope that was in its one encoding.
type envelope struct {
	xdr        xdr.TransactionEnvelope
	encoded    []byte // our own encoding
	signatures int    // where the list of signatures begins in it
}

// readEnvelope accepts exactly what the SDK writes. Errors: fault.InvalidPayload.
func readEnvelope(payload []byte) (*envelope, error) {
	e := new(envelope)
	options := xdr.DecodeOptions{MaxDepth: maxDepth, MaxInputLen: len(payload), MaxMemoryBytes: maxMemory}
	n, err := xdr.UnmarshalWithOptions(bytes.NewReader(payload), &e.xdr, options)
	if err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "transaction envelope: not the XDR of one")
	}
	if n != len(payload) {
		return nil, fault.InvalidPayload.New("transaction envelope: %d bytes after its end", len(payload)-n)
	}
	if e.encoded, err = e.xdr.MarshalBinary(); err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "transaction envelope: has no encoding")
	}
	if !bytes.Equal(e.encoded, payload) {
		return nil, fault.InvalidPayload.New("transaction envelope: not in its canonical encoding")
	}
	size := discriminant
	for _, s := range e.given() {
		size += len(s.Hint) + discriminant + (len(s.Signature)+3)/4*4
	}
	e.signatures = len(e.encoded) - size
	return e, nil
}

// given are the signatures that the envelope has.
func (e *envelope) given() []xdr.DecoratedSignature {
	switch e.xdr.Type {
	case xdr.EnvelopeTypeEnvelopeTypeTxV0:
		return e.xdr.V0.Signatures
	case xdr.EnvelopeTypeEnvelopeTypeTx:
		return e.xdr.V1.Signatures
	}
	return e.xdr.FeeBump.Signatures
}

// transaction is what runs: of a fee bump the inner transaction, of v0 the v1
// transaction that it converts to.
func (e *envelope) transaction() xdr.Transaction {
	switch e.xdr.Type {
	case xdr.EnvelopeTypeEnvelopeTypeTx:
		return e.xdr.V1.Tx
	case xdr.EnvelopeTypeEnvelopeTypeTxFeeBump:
		return e.xdr.FeeBump.Tx.InnerTx.V1.Tx
	}
	tx := &e.xdr.V0.Tx
	cond := xdr.Preconditions{Type: xdr.PreconditionTypePrecondNone}
	if tx.TimeBounds != nil {
		cond = xdr.Preconditions{Type: xdr.PreconditionTypePrecondTime, TimeBounds: tx.TimeBounds}
	}
	return xdr.Transaction{
		SourceAccount: xdr.MuxedAccount{Type: xdr.CryptoKeyTypeKeyTypeEd25519, Ed25519: &tx.SourceAccountEd25519},
		Fee:           tx.Fee, SeqNum: tx.SeqNum, Cond: cond, Memo: tx.Memo, Operations: tx.Operations,
	}
}

// payer is who pays the fee, and whose signature is asked for by default.
func (e *envelope) payer() xdr.MuxedAccount {
	if e.xdr.Type == xdr.EnvelopeTypeEnvelopeTypeTxFeeBump {
		return e.xdr.FeeBump.Tx.FeeSource
	}
	return e.transaction().SourceAccount
}

// fee is the most that the payer can be charged, in stroops.
func (e *envelope) fee() int64 {
	if e.xdr.Type == xdr.EnvelopeTypeEnvelopeTypeTxFeeBump {
		return int64(e.xdr.FeeBump.Tx.Fee)
	}
	return int64(e.transaction().Fee)
}

// digest is SHA-256 of a TransactionSignaturePayload.
func (e *envelope) digest(networkID xdr.Hash) (digest [sha256.Size]byte) {
	var space [512]byte
	b := append(space[:0], networkID[:]...)
	body := e.encoded[discriminant:e.signatures]
	switch e.xdr.Type {
	case xdr.EnvelopeTypeEnvelopeTypeTxV0:
		// As v1, whose source begins with its type; an absent or present time bound
		// has the same encoding as the precondition.
		b = binary.BigEndian.AppendUint32(b, uint32(xdr.EnvelopeTypeEnvelopeTypeTx))
		b = binary.BigEndian.AppendUint32(b, uint32(xdr.CryptoKeyTypeKeyTypeEd25519))
	default:
		b = binary.BigEndian.AppendUint32(b, uint32(e.xdr.Type))
	}
	return sha256.Sum256(append(b, body...))
}

// signed is the envelope with one more signature.
func (e *envelope) signed(signer curve.PublicKey, signature []byte) ([]byte, error) {
	public := signer.Bytes()
	hint := public[len(public)-4:]
	for _, s := range e.given() {
		if bytes.Equal(s.Hint[:], hint) && bytes.Equal(s.Signature, signature) {
			return nil, fault.InvalidPayload.New("the transaction already has this key's signature, and the network refuses a second copy")
		}
	}
	out := make([]byte, 0, len(e.encoded)+len(hint)+discriminant+len(signature))
	out = append(out, e.encoded[:e.signatures]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(e.given())+1))
	out = append(out, e.encoded[e.signatures+discriminant:]...)
	out = append(out, hint...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(signature)))
	return append(out, signature...), nil
}
