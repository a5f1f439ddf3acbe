package bitcoin

import (
	"bytes"
	"crypto/sha256"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/fault"
)

// What an unsigned transaction has at most. Nodes relay none above 400,000 units of
// weight, where each byte that is here counts four.
const (
	maxTransaction = 100_000 // bytes
	maxInputs      = 1500
)

// Sizes in bytes, without scripts.
const (
	outpointSize = 36
	inputSize    = outpointSize + 1 + 4
	outputSize   = 8 + 1
)

const (
	noIndex = 0xffffffff // of an outpoint that spends nothing
	hexSize = 2 * sha256.Size
)

// parseUnsigned reads a transaction without signatures and witnesses, of at least one
// input and output. Inputs are all different, and the outputs are possible amounts.
// The scripts share memory with raw.
func (c *Chain) parseUnsigned(raw []byte) (*wire.MsgTx, error) {
	if len(raw) > maxTransaction {
		return nil, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", len(raw), maxTransaction)
	}
	r := reader{rest: raw}
	tx := &wire.MsgTx{Version: int32(r.uint32())}
	inputs := make([]wire.TxIn, r.count(inputSize))
	if len(inputs) > maxInputs {
		return nil, fault.TooLarge.New("a transaction of %d inputs, at most %d are allowed", len(inputs), maxInputs)
	}
	tx.TxIn = make([]*wire.TxIn, len(inputs))
	for i := range inputs {
		in := &inputs[i]
		copy(in.PreviousOutPoint.Hash[:], r.take(sha256.Size))
		in.PreviousOutPoint.Index = r.uint32()
		if script := r.bytes(); len(script) > 0 {
			return nil, fault.InvalidPayload.New("input %d of the transaction is signed already", i)
		}
		in.Sequence = r.uint32()
		tx.TxIn[i] = in
	}
	outputs := make([]wire.TxOut, r.count(outputSize))
	tx.TxOut = make([]*wire.TxOut, len(outputs))
	for i := range outputs {
		outputs[i] = wire.TxOut{Value: r.int64(), PkScript: r.bytes()}
		tx.TxOut[i] = &outputs[i]
	}
	tx.LockTime = r.uint32()
	switch {
	case len(inputs) == 0 && !r.bad:
		return nil, fault.InvalidPayload.New("the transaction has no inputs, or is written with witnesses")
	case r.bad || len(r.rest) > 0:
		return nil, fault.InvalidPayload.New("the transaction does not decode")
	case len(outputs) == 0:
		return nil, fault.InvalidPayload.New("the transaction has no outputs")
	}
	return tx, c.checkTransaction(tx)
}

// checkTransaction checks what every node checks of a transaction by itself.
func (c *Chain) checkTransaction(tx *wire.MsgTx) error {
	sum := int64(0)
	for i, out := range tx.TxOut {
		if !c.isMoney(out.Value) || !c.isMoney(sum+out.Value) {
			return fault.InvalidPayload.New("output %d has an amount that cannot be", i)
		}
		sum += out.Value
	}
	var seen map[wire.OutPoint]bool
	if len(tx.TxIn) > 8 {
		seen = make(map[wire.OutPoint]bool, len(tx.TxIn))
	}
	for i, in := range tx.TxIn {
		if in.PreviousOutPoint.Index == noIndex && in.PreviousOutPoint.Hash == (chainhash.Hash{}) {
			return fault.InvalidPayload.New("input %d spends nothing", i)
		}
		twice := seen[in.PreviousOutPoint]
		if seen != nil {
			seen[in.PreviousOutPoint] = true
		} else {
			for _, other := range tx.TxIn[:i] {
				twice = twice || other.PreviousOutPoint == in.PreviousOutPoint
			}
		}
		if twice {
			return fault.InvalidPayload.New("input %d spends what another one spends", i)
		}
	}
	return nil
}

// isMoney reports whether an amount is possible. Sums of two possible amounts do not
// overflow.
func (c *Chain) isMoney(amount int64) bool { return amount >= 0 && amount <= c.params.MaxMoney }

// spentOutput is an output of the previous transaction raw, which has no witnesses and
// whose hash must be that of the outpoint: the hash covers all of its bytes.
func spentOutput(raw []byte, at wire.OutPoint) (amount int64, script []byte, ok bool) {
	sum := sha256.Sum256(raw)
	if sum = sha256.Sum256(sum[:]); sum != [sha256.Size]byte(at.Hash) {
		return 0, nil, false
	}
	r := reader{rest: raw}
	r.uint32()
	for range r.count(inputSize) {
		r.take(outpointSize)
		r.bytes()
		r.uint32()
	}
	n := r.count(outputSize)
	for i := range n {
		value, pays := r.int64(), r.bytes()
		if uint32(i) == at.Index {
			amount, script, ok = value, pays, true
		}
	}
	r.uint32()
	return amount, script, ok && !r.bad && len(r.rest) == 0
}

// withoutWitnesses is a previous transaction in the form that its hash is made of. What
// is no transaction with witnesses comes back as it is.
func withoutWitnesses(raw []byte) []byte {
	const marker, flag = 0x00, 0x01
	if len(raw) < 6 || raw[4] != marker || raw[5] != flag {
		return raw
	}
	r := reader{rest: raw[6:]}
	inputs := r.count(inputSize)
	for range inputs {
		r.take(outpointSize)
		r.bytes()
		r.uint32()
	}
	for range r.count(outputSize) {
		r.int64()
		r.bytes()
	}
	body := raw[6 : len(raw)-len(r.rest)]
	for range inputs {
		for range r.count(1) {
			r.bytes()
		}
	}
	end := r.take(4)
	if r.bad || len(r.rest) > 0 {
		return raw
	}
	return bytes.Join([][]byte{raw[:4], body, end}, nil)
}

// appendUnsigned writes a transaction without signatures.
func appendUnsigned(b []byte, tx *wire.MsgTx) []byte {
	var buffer bytes.Buffer
	buffer.Grow(tx.SerializeSizeStripped())
	_ = tx.SerializeNoWitness(&buffer) // a buffer never fails
	return append(b, buffer.Bytes()...)
}

// serialize is the transaction as the network sends it, with witnesses if it has any.
func serialize(tx *wire.MsgTx) []byte {
	var buffer bytes.Buffer
	buffer.Grow(tx.SerializeSize())
	_ = tx.Serialize(&buffer) // a buffer never fails
	return buffer.Bytes()
}
