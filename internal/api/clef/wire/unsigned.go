package wire

import (
	"bytes"

	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// maxRaw is the size of the largest transaction, in bytes, without its sidecar.
const maxRaw = 512 << 10

// FromRaw reads an unsigned transaction, the preimage of the digest, of a sender. Its
// recipient is spelled as EIP-55 has it. Errors: fault.InvalidPayload, fault.TooLarge.
func FromRaw(from Address, payload []byte) (*SendTxArgs, error) {
	if len(payload) > maxRaw {
		return nil, fault.TooLarge.New("a transaction of %d bytes, at most %d", len(payload), maxRaw)
	}
	kind, list := byte(legacyTx), payload
	if len(payload) > 0 && payload[0] < 0xc0 {
		kind, list = payload[0], payload[1:]
	}
	if kind > setCodeTx || kind == legacyTx && len(list) != len(payload) {
		return nil, fault.InvalidPayload.New("transactions of type 0x%02x are not known", kind)
	}
	r := rlp.ReadList(list)
	a := &SendTxArgs{From: from}
	a.readMembers(&r, kind)
	if kind == legacyTx {
		a.ChainID = ptr(r.Digits(rlp.WordSize))
		if v, s := r.Bytes(), r.Bytes(); len(v)+len(s) > 0 {
			r.Fail(errIsSigned)
		}
	}
	if r.More() {
		r.Fail(errIsSigned)
	}
	if err := r.End(); err != nil {
		return nil, fault.KindOf(err).New("raw transaction: %s", fault.Text(err))
	}
	if a.kind() != kind || !a.ChainID.Big().IsUint64() || !bytes.Equal(a.preimage(kind, a.ChainID.Big().Uint64()), payload) {
		return nil, fault.InvalidPayload.New("raw transaction: not in the canonical encoding of its type")
	}
	return a, nil
}

var errIsSigned = fault.InvalidPayload.New("it is signed already, or has members that are not known").
	WithHint("give the bytes whose hash is to be signed, for a legacy transaction with the chain id and two zeros (EIP-155)")

// readMembers reads what a transaction has before its signature.
func (a *SendTxArgs) readMembers(r *rlp.Reader, kind byte) {
	if kind != legacyTx {
		a.ChainID = ptr(r.Digits(rlp.WordSize))
	}
	a.Nonce = Number(r.Uint64())
	if kind >= dynamicFeeTx {
		a.MaxPriorityFeePerGas = ptr(r.Digits(rlp.WordSize))
		a.MaxFeePerGas = ptr(r.Digits(rlp.WordSize))
	} else {
		a.GasPrice = ptr(r.Digits(rlp.WordSize))
	}
	a.Gas = Number(r.Uint64())
	if to := r.Receiver(); to != nil {
		address := AddressOf(*to)
		a.To = &address
	}
	a.Value = *ptr(r.Digits(rlp.WordSize))
	if data := Data(r.Bytes()); len(data) > 0 {
		a.Data = &data
	}
	if kind == legacyTx {
		return
	}
	a.readAccess(r)
	switch kind {
	case blobTx:
		a.MaxFeePerBlobGas = ptr(r.Digits(rlp.WordSize))
		a.BlobVersionedHashes = readWords(r, maxBlobs)
	case setCodeTx:
		a.readAuthorizations(r)
	}
}

// ptr is the quantity of digits without leading zeros.
func ptr(digits []byte) *Quantity {
	q := new(Quantity)
	copy(q[len(q)-len(digits):], digits)
	return q
}

func readWords(r *rlp.Reader, limit int) []Hash {
	words, list := []Hash{}, r.List()
	for list.More() {
		if len(words) == limit {
			list.Fail(fault.TooLarge.New("a list of more than %d hashes", limit))
			break
		}
		words = append(words, list.Word())
	}
	r.Join(&list)
	return words
}

func (a *SendTxArgs) readAccess(r *rlp.Reader) {
	entries, keys := AccessList{}, 0
	list := r.List()
	for list.More() {
		pair := list.List()
		t := AccessTuple{Address: pair.Address(), StorageKeys: readWords(&pair, maxAccess)}
		list.Join(&pair)
		entries = append(entries, t)
		if keys += len(t.StorageKeys); keys+len(entries) > maxAccess {
			list.Fail(fault.TooLarge.New("an access list of more than %d entries", maxAccess))
		}
	}
	r.Join(&list)
	a.AccessList = &entries
}

func (a *SendTxArgs) readAuthorizations(r *rlp.Reader) {
	a.AuthorizationList = []Authorization{}
	list := r.List()
	for list.More() {
		m := list.List()
		one := Authorization{ChainID: *ptr(m.Digits(rlp.WordSize)), Address: m.Address(), Nonce: Number(m.Uint64())}
		parity := m.Digits(1)
		if len(parity) > 0 {
			one.YParity = parity[0]
		}
		one.R, one.S = *ptr(m.Digits(rlp.WordSize)), *ptr(m.Digits(rlp.WordSize))
		list.Join(&m)
		if a.AuthorizationList = append(a.AuthorizationList, one); len(a.AuthorizationList) > maxAuthorizations {
			list.Fail(fault.TooLarge.New("more than %d authorizations", maxAuthorizations))
		}
	}
	r.Join(&list)
}
