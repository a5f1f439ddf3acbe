package wire

import (
	"math/big"

	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// TxResult is the result of account_signTransaction, and the parameter of
// ui_onApprovedTx and of the rule callback OnApprovedTx. Make it with [ResultOf].
type TxResult struct {
	Raw Data   // as it goes to the network, with the sidecar of blobs
	Tx  []byte // the members of the transaction as JSON
}

// MarshalJSON writes {"raw", "tx"}.
func (r *TxResult) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON writes.
func (r *TxResult) AppendJSON(b []byte) []byte {
	b = r.Raw.appendJSON(append(b, `{"raw":`...))
	return append(append(append(b, `,"tx":`...), r.Tx...), '}')
}

// ResultOf shows a signed transaction as the chain finishes it. args are those that it
// was made of, of which it takes the sidecar; nil if there is none. Errors:
// fault.InvalidPayload.
func ResultOf(signed []byte, args *SendTxArgs) (*TxResult, error) {
	s, err := readSigned(signed)
	if err != nil {
		return nil, err
	}
	raw := signed
	if s.kind == blobTx && args != nil && len(args.Blobs) > 0 {
		s.args.Blobs, s.args.Commitments, s.args.Proofs = args.Blobs, args.Commitments, args.Proofs
		raw = args.network(signed)
	}
	return &TxResult{Raw: raw, Tx: s.appendJSON(nil, signed)}, nil
}

// signedTx is a transaction and its signature.
type signedTx struct {
	kind    byte
	args    SendTxArgs
	v, r, s Quantity
}

func readSigned(signed []byte) (*signedTx, error) {
	t, list := &signedTx{kind: legacyTx}, signed
	if len(signed) > 0 && signed[0] < 0xc0 {
		t.kind, list = signed[0], signed[1:]
	}
	if t.kind > setCodeTx {
		return nil, fault.InvalidPayload.New("a signed transaction of type 0x%02x is not known", t.kind)
	}
	r := rlp.ReadList(list)
	t.args.readMembers(&r, t.kind)
	t.v, t.r, t.s = *ptr(r.Digits(rlp.WordSize)), *ptr(r.Digits(rlp.WordSize)), *ptr(r.Digits(rlp.WordSize))
	if err := r.End(); err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "the signed transaction does not decode")
	}
	if t.kind == legacyTx {
		t.args.ChainID = chainOf(t.v)
	}
	return t, nil
}

// chainOf is the chain id in the v of a legacy transaction, nil if there is none (EIP-155).
func chainOf(v Quantity) *Quantity {
	n := v.Big()
	if n.Sub(n, big.NewInt(35)).Sign() < 0 {
		return nil
	}
	q := QuantityOf(n.Rsh(n, 1))
	return &q
}

// appendJSON appends the members in the peer's order. canonical is the signed
// transaction without a sidecar, whose hash is that of the transaction.
func (t *signedTx) appendJSON(b, canonical []byte) []byte {
	a := &t.args
	b = Number(t.kind).appendJSON(append(b, `{"type":`...))
	if a.ChainID != nil {
		b = appendQuantity(b, "chainId", a.ChainID)
	}
	b = a.Nonce.appendJSON(append(b, `,"nonce":`...))
	b = append(b, `,"to":`...)
	if a.To == nil {
		b = append(b, "null"...)
	} else {
		b = Data(a.To.raw[:]).appendJSON(b)
	}
	b = a.Gas.appendJSON(append(b, `,"gas":`...))
	b = appendQuantity(b, "gasPrice", a.GasPrice)
	b = appendQuantity(b, "maxPriorityFeePerGas", a.MaxPriorityFeePerGas)
	b = appendQuantity(b, "maxFeePerGas", a.MaxFeePerGas)
	if t.kind == blobTx {
		b = appendQuantity(b, "maxFeePerBlobGas", a.MaxFeePerBlobGas)
	}
	b = a.Value.appendJSON(append(b, `,"value":`...))
	b = Data(a.payload()).appendJSON(append(b, `,"input":`...))
	if t.kind != legacyTx {
		b = a.AccessList.appendJSON(append(b, `,"accessList":`...))
	}
	if len(a.BlobVersionedHashes) > 0 {
		b = appendHashes(append(b, `,"blobVersionedHashes":`...), a.BlobVersionedHashes)
	}
	if len(a.AuthorizationList) > 0 {
		b = appendAuthorizations(append(b, `,"authorizationList":`...), a.AuthorizationList)
	}
	b = appendQuantity(b, "v", &t.v)
	b = appendQuantity(b, "r", &t.r)
	b = appendQuantity(b, "s", &t.s)
	if t.kind != legacyTx {
		b = appendQuantity(b, "yParity", &t.v)
	}
	b = appendMany(b, "blobs", a.Blobs)
	b = appendMany(b, "commitments", a.Commitments)
	b = appendMany(b, "proofs", a.Proofs)
	hash := Keccak(canonical)
	return append(Data(hash[:]).appendJSON(append(b, `,"hash":`...)), '}')
}
