package xrpl

import (
	"slices"

	"strongroom/internal/fault"
)

// maxPayload bounds a payload; common transactions have some 200 bytes.
const maxPayload = 64 << 10

// transaction is a transaction that was read, with what all of them have.
type transaction struct {
	object
	kind   uint16
	format *format // nil for a type that this package does not know
	sender account
	fee    uint64 // drops
}

// parseTransaction reads an unsigned transaction, which must be in its canonical form.
func parseTransaction(raw []byte) (t transaction, err error) {
	if t.object, err = parseObject(raw); err != nil {
		return t, err
	}
	for _, c := range []fieldCode{fieldTxnSignature, fieldSigners, fieldMasterSignature} {
		if t.has(c) {
			return t, fault.InvalidPayload.New("the transaction is signed already: it has the field %s", c.name())
		}
	}
	return t, t.describeFormat()
}

// describeFormat finds type and sender, and the fields that must be there.
func (t *transaction) describeFormat() error {
	for _, c := range common.need {
		if !t.has(c) {
			return fault.InvalidPayload.New("a transaction without the field %s", c.name())
		}
	}
	t.kind = uint16(t.uint(fieldTransactionType))
	t.format = formatOf(t.kind)
	t.sender = account(t.bytes(fieldAccount))
	fee := parseAmount(t.bytes(fieldFee))
	if !fee.isNative() || fee.negative {
		return fault.InvalidPayload.New("a fee that is no amount of XRP")
	}
	t.fee = fee.mantissa
	if t.format == nil {
		return nil
	}
	for _, c := range t.format.need {
		if !t.has(c) {
			return fault.InvalidPayload.New("a transaction of type %s without the field %s", t.format.name, c.name())
		}
	}
	return nil
}

// name is the type of the transaction.
func (t *transaction) name() string {
	if t.format == nil {
		return "type " + decimalText(uint64(t.kind))
	}
	return t.format.name
}

// belongs reports whether transactions of this type have the field.
func (t *transaction) belongs(c fieldCode) bool {
	return slices.Contains(common.may, c) || slices.Contains(common.need, c) ||
		t.format != nil && (slices.Contains(t.format.need, c) || slices.Contains(t.format.may, c))
}

// assemble appends the fields in their order, among them one field in each of more,
// whose codes are given in codes and replace the field of the transaction. Of the
// rest, signedOnly leaves out what signatures do not cover.
func (t *transaction) assemble(b []byte, signedOnly bool, codes []fieldCode, more [][]byte) []byte {
	for _, v := range t.values {
		for len(codes) > 0 && codes[0] <= v.code {
			b = append(b, more[0]...)
			replaced := codes[0] == v.code
			codes, more = codes[1:], more[1:]
			if replaced {
				v.code = 0
			}
		}
		if v.code != 0 && (!signedOnly || v.code.signed()) {
			b = append(b, t.raw[v.start:v.end]...)
		}
	}
	for _, m := range more {
		b = append(b, m...)
	}
	return b
}
