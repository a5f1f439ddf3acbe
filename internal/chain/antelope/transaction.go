package antelope

import (
	"crypto/sha256"
	"slices"

	"strongroom/internal/codec/antelope"
)

// Name is the name of an account, permission or action.
type Name = antelope.Name

// ParseName reads the one spelling of a name; the error is [ErrName].
func ParseName(text string) (Name, error) { return antelope.ParseName(text) }

// Transaction is what is signed. Its packed form is unique.
type Transaction struct {
	Expiration         uint32 // seconds since 1970
	RefBlockNum        uint16
	RefBlockPrefix     uint32
	MaxNetUsageWords   uint32 // of 8 bytes; 0: no limit
	MaxCPUUsageMS      uint8  // 0: no limit
	DelaySec           uint32 // how much later it runs
	ContextFreeActions []Action
	Actions            []Action
	Extensions         []Extension
}

// Action is one call of a contract.
type Action struct {
	Account       Name // whose contract it is
	Name          Name
	Authorization []Permission
	Data          []byte // packed as the contract's ABI says
}

// Permission is an account and one of its permissions.
type Permission struct{ Actor, Permission Name }

// String is "alice@active".
func (p Permission) String() string { return p.Actor.String() + "@" + p.Permission.String() }

// Extension is a part of a transaction that a later protocol may define.
type Extension struct {
	Type uint16
	Data []byte
}

// SignedTransaction is a transaction with what travels beside it.
type SignedTransaction struct {
	Transaction
	Signatures      []Signature
	ContextFreeData [][]byte // covered by the digest, but not stored by the network
}

// Bounds of a transaction: elements of any list, and sizes of the smallest packed
// elements.
const (
	maxItems      = 1 << 14
	minAction     = 8 + 8 + 1 + 1
	minPermission = 8 + 8
	minExtension  = 2 + 1
)

// AppendPacked appends the packed form of the transaction.
func (t *Transaction) AppendPacked(b []byte) []byte {
	b = antelope.AppendUint32(b, t.Expiration)
	b = antelope.AppendUint16(b, t.RefBlockNum)
	b = antelope.AppendUint32(b, t.RefBlockPrefix)
	b = antelope.AppendVaruint32(b, t.MaxNetUsageWords)
	b = append(b, t.MaxCPUUsageMS)
	b = antelope.AppendVaruint32(b, t.DelaySec)
	b = appendActions(b, t.ContextFreeActions)
	b = appendActions(b, t.Actions)
	b = antelope.AppendVaruint32(b, uint32(len(t.Extensions)))
	for i := range t.Extensions {
		b = antelope.AppendUint16(b, t.Extensions[i].Type)
		b = antelope.AppendBytes(b, t.Extensions[i].Data)
	}
	return b
}

func appendActions(b []byte, actions []Action) []byte {
	b = antelope.AppendVaruint32(b, uint32(len(actions)))
	for i := range actions {
		a := &actions[i]
		b = antelope.AppendName(antelope.AppendName(b, a.Account), a.Name)
		b = antelope.AppendVaruint32(b, uint32(len(a.Authorization)))
		for _, p := range a.Authorization {
			b = antelope.AppendName(antelope.AppendName(b, p.Actor), p.Permission)
		}
		b = antelope.AppendBytes(b, a.Data)
	}
	return b
}

// UnpackTransaction reads what [Transaction.AppendPacked] writes and nothing
// else. The result does not share memory with packed. Errors are
// fault.InvalidPayload.
func UnpackTransaction(packed []byte) (Transaction, error) {
	r := antelope.NewReader(slices.Clone(packed))
	t := readTransaction(&r)
	if err := r.End(); err != nil {
		return Transaction{}, at("transaction", err)
	}
	return t, nil
}

// readTransaction reads one transaction; its data shares the reader's memory.
func readTransaction(r *antelope.Reader) Transaction {
	t := Transaction{
		Expiration: r.Uint32(), RefBlockNum: r.Uint16(), RefBlockPrefix: r.Uint32(),
		MaxNetUsageWords: r.Varuint32(), MaxCPUUsageMS: r.Uint8(), DelaySec: r.Varuint32(),
	}
	t.ContextFreeActions = readActions(r)
	t.Actions = readActions(r)
	if n := r.Count(maxItems, minExtension); n > 0 {
		t.Extensions = make([]Extension, n)
		for i := range t.Extensions {
			t.Extensions[i] = Extension{r.Uint16(), r.Bytes(maxPayload)}
		}
	}
	return t
}

func readActions(r *antelope.Reader) []Action {
	n := r.Count(maxItems, minAction)
	if n == 0 {
		return nil
	}
	actions := make([]Action, n)
	for i := range actions {
		a := &actions[i]
		a.Account, a.Name = r.Name(), r.Name()
		if n := r.Count(maxItems, minPermission); n > 0 {
			a.Authorization = make([]Permission, n)
			for j := range a.Authorization {
				a.Authorization[j] = Permission{r.Name(), r.Name()}
			}
		}
		a.Data = r.Bytes(maxPayload)
	}
	return actions
}

// Payload is the payload of a request of form "transaction" for the chain with
// this id: everything that the digest covers.
func (t *SignedTransaction) Payload(chainID [32]byte) []byte {
	b := append(make([]byte, 0, 256), chainID[:]...)
	return appendList(t.AppendPacked(b), t.ContextFreeData)
}

// parsePayload reads what Payload writes and nothing else. The result does not
// share memory with payload. Errors are fault.InvalidPayload.
func parsePayload(payload []byte) (chainID [32]byte, t SignedTransaction, err error) {
	r := antelope.NewReader(slices.Clone(payload))
	copy(chainID[:], r.Fixed(len(chainID)))
	t.Transaction = readTransaction(&r)
	if n := r.Count(maxItems, 1); n > 0 {
		t.ContextFreeData = make([][]byte, n)
		for i := range t.ContextFreeData {
			t.ContextFreeData[i] = r.Bytes(maxPayload)
		}
	}
	if err := r.End(); err != nil {
		return chainID, SignedTransaction{}, at("transaction", err)
	}
	return chainID, t, nil
}

// Digest is what keys sign on the chain with this id.
func (t *SignedTransaction) Digest(chainID [32]byte) [32]byte {
	var space [512]byte
	b := append(t.AppendPacked(append(space[:0], chainID[:]...)), make([]byte, sha256.Size)...)
	if len(t.ContextFreeData) > 0 {
		sum := sha256.Sum256(appendList(nil, t.ContextFreeData))
		copy(b[len(b)-sha256.Size:], sum[:])
	}
	return sha256.Sum256(b)
}

func appendList(b []byte, items [][]byte) []byte {
	b = antelope.AppendVaruint32(b, uint32(len(items)))
	for _, item := range items {
		b = antelope.AppendBytes(b, item)
	}
	return b
}
