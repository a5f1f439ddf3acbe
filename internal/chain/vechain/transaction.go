package vechain

import (
	"math/big"
	"slices"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// dynamicFee is the first byte of a transaction with a fee market (VIP-251).
const dynamicFee = 0x51

// featureDelegation is the bit of the features that has somebody else pay (VIP-191).
const featureDelegation = 1

const maxClauses = 1000

// transaction is a transaction without its signature, in the order of its members.
type transaction struct {
	dynamic    bool
	tag        uint8
	reference  uint64 // first 8 bytes of a recent block's id; the first 4 are its number
	expiration uint32 // blocks after that
	clauses    []clause
	coef       uint8    // raises the gas price by coef/255; not with a fee market
	tip        *big.Int // with a fee market: highest priority fee for one unit of gas
	price      *big.Int // with a fee market: highest price of one unit of gas
	gas        uint64
	dependsOn  []byte // id of another transaction, or nothing
	nonce      uint64
	features   uint32
}

// clause is one thing that a transaction does.
type clause struct {
	to    *hexaccount.Address // nil makes a contract
	value *big.Int
	data  []byte
}

func (t *transaction) delegated() bool { return t.features&featureDelegation != 0 }

// readTransaction reads the one encoding of a transaction. data is not kept.
func readTransaction(raw []byte) (*transaction, error) {
	t := &transaction{}
	if len(raw) > 0 && raw[0] == dynamicFee {
		t.dynamic, raw = true, raw[1:]
	}
	r := rlp.ReadList(raw)
	t.tag = uint8(number(&r, 1))
	t.reference = r.Uint64()
	t.expiration = uint32(number(&r, 4))
	list := r.List()
	for list.More() && len(t.clauses) <= maxClauses {
		t.clauses = append(t.clauses, readClause(&list))
	}
	if len(t.clauses) > maxClauses {
		return nil, fault.TooLarge.New("transaction: more than %d clauses", maxClauses)
	}
	if t.dynamic {
		t.tip, t.price = r.Number(), r.Number()
	} else {
		t.coef = uint8(number(&r, 1))
	}
	t.gas = r.Uint64()
	t.dependsOn = slices.Clone(r.Bytes())
	t.nonce = r.Uint64()
	reserved := r.List()
	if reserved.More() {
		t.features = uint32(number(&reserved, 4))
		if t.features == 0 && reserved.End() == nil {
			return nil, fault.InvalidPayload.New("transaction: reserved members that are empty must be left out")
		}
	}
	for _, err := range []error{list.End(), reserved.End(), r.End()} {
		if err != nil {
			return nil, fault.InvalidPayload.New("transaction: %s", fault.Text(err))
		}
	}
	switch {
	case len(t.dependsOn) != 0 && len(t.dependsOn) != rlp.WordSize:
		return nil, fault.InvalidPayload.New("transaction: dependsOn has %d bytes, not 32", len(t.dependsOn))
	case t.features&^featureDelegation != 0:
		return nil, fault.Unsupported.New("transaction: features 0x%x are not known", t.features)
	case len(t.clauses) == 0:
		return nil, fault.InvalidPayload.New("transaction: no clauses")
	}
	return t, nil
}

func readClause(list *rlp.Reader) clause {
	r := list.List()
	c := clause{to: r.Receiver(), value: r.Number(), data: slices.Clone(r.Bytes())}
	if r.End() != nil {
		list.Fail(r.End())
	}
	return c
}

// number takes a number of at most size bytes.
func number(r *rlp.Reader, size int) (v uint64) {
	for _, b := range r.Digits(size) {
		v = v<<8 | uint64(b)
	}
	return v
}

// encode is the inverse of readTransaction.
func (t *transaction) encode() []byte {
	b := rlp.AppendUint(nil, uint64(t.tag))
	b = rlp.AppendUint(b, t.reference)
	b = rlp.AppendUint(b, uint64(t.expiration))
	var clauses []byte
	for _, c := range t.clauses {
		var one []byte
		if c.to != nil {
			one = rlp.AppendBytes(one, c.to[:])
		} else {
			one = rlp.AppendBytes(one, nil)
		}
		clauses = rlp.AppendList(clauses, rlp.AppendBytes(rlp.AppendNumber(one, c.value), c.data))
	}
	b = rlp.AppendList(b, clauses)
	if t.dynamic {
		b = rlp.AppendNumber(rlp.AppendNumber(b, t.tip), t.price)
	} else {
		b = rlp.AppendUint(b, uint64(t.coef))
	}
	b = rlp.AppendUint(b, t.gas)
	b = rlp.AppendBytes(b, t.dependsOn)
	b = rlp.AppendUint(b, t.nonce)
	var reserved []byte
	if t.features != 0 {
		reserved = rlp.AppendUint(nil, uint64(t.features))
	}
	b = rlp.AppendList(nil, rlp.AppendList(b, reserved))
	if t.dynamic {
		b = append([]byte{dynamicFee}, b...)
	}
	return b
}

// sealed puts a signature behind the last member of a transaction.
func sealed(raw, signature []byte) []byte {
	body := raw
	if raw[0] == dynamicFee {
		body = raw[1:]
	}
	outer := rlp.Members(body)
	out := rlp.AppendList(nil, rlp.AppendBytes(slices.Clone(outer), signature))
	if raw[0] == dynamicFee {
		out = append([]byte{dynamicFee}, out...)
	}
	return out
}
