package flow

import (
	"bytes"
	"cmp"
	"slices"

	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// Bounds on what a transaction lists.
const (
	maxArguments   = 256
	maxAuthorizers = 128
	maxSignatures  = 512
)

// Transaction is a transaction of Flow with the signatures that it has.
type Transaction struct {
	Script             []byte    // Cadence
	Arguments          [][]byte  // JSON-Cadence, one for each parameter of the script
	Reference          [32]byte  // id of the reference block
	GasLimit           uint64    // highest computation
	Proposer           Address   // whose key's sequence number is used up
	ProposerKey        uint32    // number of that key
	Sequence           uint64    // its sequence number
	Payer              Address   // who pays the fee
	Authorizers        []Address // whose accounts the script may change, in the order of its parameters
	PayloadSignatures  []Signature
	EnvelopeSignatures []Signature
}

// Signature is one signature of a transaction.
type Signature struct {
	Account Address
	Key     uint32 // number of the account's key
	Bytes   []byte // r‖s
}

// Payload is what proposer and authorizers sign, without the tag: the payload of
// [FormTransaction].
func (t *Transaction) Payload() []byte { return rlp.AppendList(nil, t.members()) }

// Envelope is what the payer signs, without the tag: the payload of [FormEnvelope].
// Payload signatures are put in the order that it demands.
func (t *Transaction) Envelope() []byte {
	b := t.Payload()
	return rlp.AppendList(nil, rlp.AppendList(b, t.listed(t.PayloadSignatures)))
}

// members is the content of the payload's list.
func (t *Transaction) members() []byte {
	var arguments, authorizers []byte
	size := len(t.Script) + 128
	for _, a := range t.Arguments {
		arguments = rlp.AppendBytes(arguments, a)
		size += len(a) + 9
	}
	for _, a := range t.Authorizers {
		authorizers = rlp.AppendBytes(authorizers, a[:])
	}
	b := rlp.AppendBytes(make([]byte, 0, size), t.Script)
	b = rlp.AppendList(b, arguments)
	b = rlp.AppendBytes(b, t.Reference[:])
	b = rlp.AppendUint(b, t.GasLimit)
	b = rlp.AppendBytes(b, t.Proposer[:])
	b = rlp.AppendUint(b, uint64(t.ProposerKey))
	b = rlp.AppendUint(b, t.Sequence)
	b = rlp.AppendBytes(b, t.Payer[:])
	return rlp.AppendList(b, authorizers)
}

// signers are proposer, payer and authorizers, each once, in that order. Signatures name
// their account by its place here.
func (t *Transaction) signers() []Address {
	all := make([]Address, 0, 2+len(t.Authorizers))
	for _, a := range append([]Address{t.Proposer, t.Payer}, t.Authorizers...) {
		if place(all, a) < 0 {
			all = append(all, a)
		}
	}
	return all
}

func place(all []Address, a Address) int {
	for i, other := range all {
		if other == a {
			return i
		}
	}
	return -1
}

// listed writes signatures by the places of their accounts, sorted by place and key.
// Accounts that are none of the signers are left out; readers refuse them.
func (t *Transaction) listed(signatures []Signature) (b []byte) {
	type placed struct {
		at int
		Signature
	}
	var sorted []placed
	signers := t.signers()
	for _, s := range signatures {
		if at := place(signers, s.Account); at >= 0 {
			sorted = append(sorted, placed{at, s})
		}
	}
	slices.SortStableFunc(sorted, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.Key, b.Key))
	})
	for _, s := range sorted {
		one := rlp.AppendUint(rlp.AppendUint(nil, uint64(s.at)), uint64(s.Key))
		b = rlp.AppendList(b, rlp.AppendBytes(one, s.Bytes))
	}
	return b
}

// readForm reads the payload of a form. What it gives is a copy.
func readForm(form string, payload []byte) (*Transaction, error) {
	r := rlp.ReadList(bytes.Clone(payload))
	t := &Transaction{}
	if form == FormTransaction {
		t.read(&r)
	} else {
		inner := r.List()
		t.read(&inner)
		if err := inner.End(); err != nil {
			return nil, err
		}
		t.readSignatures(&r)
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	return t, nil
}

// read takes the members of a payload, and shares its memory.
func (t *Transaction) read(r *rlp.Reader) {
	t.Script = r.Bytes()
	arguments := r.List()
	for arguments.More() {
		if len(t.Arguments) == maxArguments {
			r.Fail(fault.TooLarge.New("transaction: more than %d arguments", maxArguments))
			return
		}
		t.Arguments = append(t.Arguments, arguments.Bytes())
	}
	end(r, &arguments)
	t.Reference = r.Word()
	t.GasLimit = r.Uint64()
	t.Proposer = address(r)
	t.ProposerKey = number32(r)
	t.Sequence = r.Uint64()
	t.Payer = address(r)
	authorizers := r.List()
	for authorizers.More() {
		if len(t.Authorizers) == maxAuthorizers {
			r.Fail(fault.TooLarge.New("transaction: more than %d authorizers", maxAuthorizers))
			return
		}
		t.Authorizers = append(t.Authorizers, address(&authorizers))
	}
	end(r, &authorizers)
}

// readSignatures takes the payload signatures of an envelope, in their one order.
func (t *Transaction) readSignatures(r *rlp.Reader) {
	list := r.List()
	signers := t.signers()
	last := int64(-1)
	for list.More() {
		one := list.List()
		who, key, signature := one.Uint64(), number32(&one), one.Bytes()
		if err := one.End(); err != nil {
			r.Fail(err)
			return
		}
		if who >= uint64(len(signers)) {
			r.Fail(fault.InvalidPayload.New("envelope: a signature of no signer of the transaction"))
			return
		}
		order := int64(who)<<32 | int64(key)
		if order <= last || len(t.PayloadSignatures) == maxSignatures || len(signature) == 0 {
			r.Fail(fault.InvalidPayload.New("envelope: signatures that are empty, too many, or not sorted by signer and key"))
			return
		}
		last = order
		t.PayloadSignatures = append(t.PayloadSignatures, Signature{Account: signers[who], Key: key, Bytes: signature})
	}
	end(r, &list)
}

// end makes an error inside a list one of what holds it.
func end(outer, inner *rlp.Reader) {
	if err := inner.End(); err != nil {
		outer.Fail(err)
	}
}

func address(r *rlp.Reader) (a Address) {
	b := r.Bytes()
	if len(b) != len(a) {
		r.Fail(fault.InvalidPayload.New("transaction: an address of %d bytes, not %d", len(b), len(a)))
		return a
	}
	return Address(b)
}

func number32(r *rlp.Reader) uint32 {
	n := r.Uint64()
	if n > 1<<32-1 {
		r.Fail(fault.InvalidPayload.New("transaction: the number of a key has more than 32 bits"))
	}
	return uint32(n)
}
