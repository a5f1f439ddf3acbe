package bitcoin

import (
	"encoding/hex"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// bitcoreTransaction is what bitcore-lib's Transaction.toObject writes, before
// anything is signed. Where a member is missing the pointer is nil.
type bitcoreTransaction struct {
	Hash     string          `json:"hash"`
	Version  *int32          `json:"version"`
	Inputs   []bitcoreInput  `json:"inputs"`
	Outputs  []bitcoreOutput `json:"outputs"`
	LockTime *uint32         `json:"nLockTime"`

	// What the builder was told. The outputs are final, and nothing here changes them.
	ChangeScript *string `json:"changeScript"`
	ChangeIndex  *int64  `json:"changeIndex"`
	Fee          *int64  `json:"fee"`
}

type bitcoreInput struct {
	PreviousID string         `json:"prevTxId"`
	Index      *uint32        `json:"outputIndex"`
	Sequence   *uint32        `json:"sequenceNumber"`
	Script     string         `json:"script"`
	ScriptText string         `json:"scriptString"`
	Output     *bitcoreOutput `json:"output"`
}

type bitcoreOutput struct {
	Satoshis *int64 `json:"satoshis"`
	Script   string `json:"script"`
}

// readBitcore reads the JSON of a bitcore transaction. Its hash, if it is there, must
// be that of the transaction.
func (c *Chain) readBitcore(data []byte) (chain.Request, error) {
	if len(data) > maxJSON {
		return chain.Request{}, fault.TooLarge.New("JSON of %d bytes, at most %d are allowed", len(data), maxJSON)
	}
	var file bitcoreTransaction
	if err := json.Unmarshal(data, &file, json.RejectUnknownMembers(true)); err != nil {
		return chain.Request{}, fault.InvalidPayload.Wrap(err, "this is not the JSON of a bitcore transaction, or has members that are not understood")
	}
	if file.Version == nil || file.LockTime == nil {
		return chain.Request{}, fault.InvalidPayload.New("the transaction has no version or no lock time")
	}
	if len(file.Inputs) > maxInputs || len(file.Outputs) > maxTransaction/outputSize {
		return chain.Request{}, fault.TooLarge.New("a transaction of %d inputs and %d outputs", len(file.Inputs), len(file.Outputs))
	}
	tx := &wire.MsgTx{Version: *file.Version, LockTime: *file.LockTime}
	spent := make([]wire.TxOut, len(file.Inputs))
	for i := range file.Inputs {
		in, output, err := file.Inputs[i].read()
		if err != nil {
			return chain.Request{}, fault.InvalidPayload.New("input %d is incomplete, signed already, or not understood", i)
		}
		tx.TxIn, spent[i] = append(tx.TxIn, in), output
	}
	for i := range file.Outputs {
		output, err := file.Outputs[i].read()
		if err != nil {
			return chain.Request{}, fault.InvalidPayload.New("output %d is incomplete or not understood", i)
		}
		tx.TxOut = append(tx.TxOut, &output)
	}
	if file.Hash != "" && file.Hash != tx.TxHash().String() {
		return chain.Request{}, fault.InvalidPayload.New("the hash in the file is that of another transaction")
	}
	context := Context{Stated: true}
	if file.Fee != nil {
		context.Fee, context.HasFee = *file.Fee, true
	}
	return c.checked(chain.Request{Form: FormTransaction, Payload: newPacket(tx, spent).encode(), Context: context.Encode()})
}

func (b *bitcoreInput) read() (*wire.TxIn, wire.TxOut, error) {
	if b.Index == nil || b.Sequence == nil || b.Output == nil || b.Script != "" || b.ScriptText != "" || len(b.PreviousID) != hexSize {
		return nil, wire.TxOut{}, errBitcore()
	}
	hash, err := chainhash.NewHashFromStr(b.PreviousID)
	if err != nil {
		return nil, wire.TxOut{}, errBitcore()
	}
	output, err := b.Output.read()
	return &wire.TxIn{PreviousOutPoint: wire.OutPoint{Hash: *hash, Index: *b.Index}, Sequence: *b.Sequence}, output, err
}

func (b *bitcoreOutput) read() (wire.TxOut, error) {
	script, err := hex.DecodeString(b.Script)
	if err != nil || b.Satoshis == nil {
		return wire.TxOut{}, errBitcore()
	}
	return wire.TxOut{Value: *b.Satoshis, PkScript: script}, nil
}

func errBitcore() error { return fault.InvalidPayload.New("not understood") }
