package evm

import (
	"errors"
	"math"
	"math/big"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// envelope is how a transaction is written: the type byte of EIP-2718.
type envelope uint8

// The envelopes of Ethereum.
const (
	legacy     envelope = 0 // a list without a type byte; with chain id (EIP-155) or without
	accessList envelope = 1 // EIP-2930
	dynamicFee envelope = 2 // EIP-1559
	blob       envelope = 3 // EIP-4844
	setCode    envelope = 4 // EIP-7702
)

func (e envelope) String() string {
	switch e {
	case legacy:
		return "legacy"
	case accessList:
		return "access list (EIP-2930)"
	case dynamicFee:
		return "dynamic fee (EIP-1559)"
	case blob:
		return "blobs (EIP-4844)"
	case setCode:
		return "set code (EIP-7702)"
	}
	return "type " + decimal(uint64(e))
}

// transaction is an unsigned transaction. Numbers have at most 256 bits.
type transaction struct {
	envelope envelope
	chainID  uint64   // 0: valid on every network (only legacy)
	nonce    uint64   // how many transactions of the sender came before
	gasPrice *big.Int // the most that is paid for a unit of gas
	tip      *big.Int // the part of it that the block's maker gets; nil where there is none
	gas      uint64   // the most units that are used
	to       *address // nil creates a contract
	value    *big.Int // native asset that is sent
	data     []byte   // call data, or the code that creates a contract
	access   []accessEntry

	blobGasPrice *big.Int
	blobs        [][32]byte // versioned hashes

	authorizations []authorization

	// preimage is what the digest is of, and members the encoded members that the
	// signed form repeats.
	preimage, members []byte
	// own is what a transaction has that only the chain's dialect knows; nil for those
	// of Ethereum.
	own own
}

// accessEntry is what a transaction says that it will touch (EIP-2930).
type accessEntry struct {
	address address
	keys    [][32]byte
}

// Bounds on lists, far above what fits into a block or is any use.
const (
	maxAccess         = 4096 // addresses and keys together
	maxBlobs          = 256
	maxAuthorizations = 128
)

// blobGas is how much of its own gas a blob costs (EIP-4844, GAS_PER_BLOB).
const blobGas = 1 << 17

func (c Chain) decodeTransaction(payload []byte, signer *account) (*chain.Intent, error) {
	t, err := c.parse(payload)
	if err != nil {
		return nil, err
	}
	d := c.describe(signer, t.chainID)
	d.signer = c.sender(t, signer)
	d.transaction(t)
	return c.intent(FormTransaction, d, hexaccount.Keccak(t.preimage), t.finish), nil
}

// parse reads an unsigned transaction and checks its network. The transaction
// keeps the payload.
func (c Chain) parse(payload []byte) (*transaction, error) {
	t, err := c.parseEnvelope(payload)
	if err != nil {
		return nil, err
	}
	if t.own == nil && (t.chainID != 0 || t.envelope != legacy) {
		if err := c.checkChain(t.chainID); err != nil {
			return nil, err
		}
	}
	if t.nonce == math.MaxUint64 {
		return nil, fault.InvalidPayload.New("nonce %d is out of range (EIP-2681)", t.nonce)
	}
	t.preimage = payload
	return t, nil
}

// parseEnvelope finds the reader for a payload by its first byte. What a dialect has
// besides is found here too, and here only.
func (c Chain) parseEnvelope(payload []byte) (*transaction, error) {
	if len(payload) == 0 {
		return nil, fault.InvalidPayload.New("an empty transaction")
	}
	if t, err := c.parseOwn(payload); t != nil || err != nil {
		return t, err
	}
	switch first := payload[0]; {
	case first >= 0xc0:
		return parseLegacy(payload)
	case envelope(first) >= accessList && envelope(first) <= setCode:
		return parseTyped(envelope(first), payload[1:])
	default:
		return nil, fault.InvalidPayload.New("transactions of type 0x%02x are not known on %s", first, c.network.ID)
	}
}

// parseLegacy reads the list of six members, or of nine with a chain id and two
// zeros (EIP-155).
func parseLegacy(payload []byte) (*transaction, error) {
	r := rlp.ReadList(payload)
	t := &transaction{envelope: legacy}
	start := r.Rest()
	t.readStart(&r)
	t.readCall(&r)
	t.members = start[:len(start)-len(r.Rest())]
	if r.More() {
		if t.chainID = readChainID(&r); t.chainID == 0 {
			r.Fail(fault.InvalidPayload.New("chain id 0 is out of range"))
		}
	}
	if err := r.End(); err != nil {
		return nil, inTransaction(err)
	}
	return t, nil
}

// readStart reads nonce, gas price and gas, with which lists without a type byte begin.
func (t *transaction) readStart(r *rlp.Reader) {
	t.nonce = r.Uint64()
	t.gasPrice = r.Number()
	t.gas = r.Uint64()
}

func (t *transaction) appendStart(b []byte) []byte {
	b = rlp.AppendNumber(rlp.AppendUint(b, t.nonce), t.gasPrice)
	return rlp.AppendUint(b, t.gas)
}

// readCall reads receiver, value and data.
func (t *transaction) readCall(r *rlp.Reader) {
	t.to = r.Receiver()
	t.value = r.Number()
	t.data = r.Bytes()
}

func (t *transaction) appendCall(b []byte) []byte {
	b = rlp.AppendNumber(rlp.AppendReceiver(b, t.to), t.value)
	return rlp.AppendBytes(b, t.data)
}

// readChainID reads what stands in place of a signature: the chain id, and two zeros
// (EIP-155). After an error it is zero.
func readChainID(r *rlp.Reader) uint64 {
	id := r.Uint64()
	if a, b := r.Bytes(), r.Bytes(); len(a)+len(b) > 0 {
		r.Fail(errSigned)
		return 0
	}
	return id
}

// parseTyped reads the list behind a type byte.
func parseTyped(e envelope, list []byte) (*transaction, error) {
	r := rlp.ReadList(list)
	t := &transaction{envelope: e, members: r.Rest()}
	t.chainID = r.Uint64()
	t.nonce = r.Uint64()
	if e != accessList {
		t.tip = r.Number()
	}
	t.gasPrice = r.Number()
	t.gas = r.Uint64()
	t.readCall(&r)
	t.access = readAccess(&r)
	switch e {
	case blob:
		t.blobGasPrice = r.Number()
		hashes := r.List()
		for hashes.More() && len(t.blobs) <= maxBlobs {
			t.blobs = append(t.blobs, hashes.Word())
		}
		r.Join(&hashes)
	case setCode:
		list := r.List()
		for list.More() && len(t.authorizations) <= maxAuthorizations {
			t.authorizations = append(t.authorizations, readAuthorization(&list))
		}
		r.Join(&list)
	}
	if len(t.blobs) > maxBlobs || len(t.authorizations) > maxAuthorizations {
		return nil, fault.TooLarge.New("a transaction with more than %d blobs or %d authorizations", maxBlobs, maxAuthorizations)
	}
	if r.More() {
		return nil, errSigned
	}
	if err := r.End(); err != nil {
		return nil, inTransaction(err)
	}
	if t.to == nil && (e == blob || e == setCode) {
		return nil, fault.InvalidPayload.New("a transaction of type %d cannot create a contract", e)
	}
	return t, nil
}

// readAccess reads an access list.
func readAccess(r *rlp.Reader) (entries []accessEntry) {
	list, n := r.List(), 0
	for list.More() {
		pair := list.List()
		entry := accessEntry{address: pair.Address()}
		keys := pair.List()
		for keys.More() {
			if n++; n > maxAccess {
				keys.Fail(fault.TooLarge.New("an access list with more than %d entries", maxAccess))
			}
			entry.keys = append(entry.keys, keys.Word())
		}
		pair.Join(&keys)
		list.Join(&pair)
		if n++; n > maxAccess {
			list.Fail(fault.TooLarge.New("an access list with more than %d entries", maxAccess))
		}
		entries = append(entries, entry)
	}
	r.Join(&list)
	return entries
}

// errSigned is for what has more members than an unsigned transaction.
var errSigned = fault.InvalidPayload.New("the transaction is signed already, or has members that are not known")

// inTransaction says where an error of the encoding is.
func inTransaction(err error) error {
	if errors.Is(err, errSigned) {
		return err
	}
	return fault.KindOf(err).New("transaction: %s", fault.Text(err))
}

// encode writes the preimage of the digest. It is the inverse of the readers above.
func (t *transaction) encode() []byte {
	if t.own != nil {
		return t.own.encode(t)
	}
	var b []byte
	if t.envelope != legacy {
		b = rlp.AppendUint(b, t.chainID)
	}
	b = rlp.AppendUint(b, t.nonce)
	if t.envelope >= dynamicFee {
		b = rlp.AppendNumber(b, t.tip)
	}
	b = rlp.AppendNumber(b, t.gasPrice)
	b = rlp.AppendUint(b, t.gas)
	b = t.appendCall(b)
	switch {
	case t.envelope != legacy:
		b = appendAccess(b, t.access)
	case t.chainID != 0:
		b = append(rlp.AppendUint(b, t.chainID), 0x80, 0x80)
	}
	switch t.envelope {
	case legacy:
		return rlp.AppendList(nil, b)
	case blob:
		b = rlp.AppendNumber(b, t.blobGasPrice)
		var hashes []byte
		for i := range t.blobs {
			hashes = rlp.AppendBytes(hashes, t.blobs[i][:])
		}
		b = rlp.AppendList(b, hashes)
	case setCode:
		var list []byte
		for i := range t.authorizations {
			list = t.authorizations[i].appendTo(list)
		}
		b = rlp.AppendList(b, list)
	}
	return rlp.AppendList([]byte{byte(t.envelope)}, b)
}

func appendAccess(b []byte, entries []accessEntry) []byte {
	var list []byte
	for i := range entries {
		var keys []byte
		for k := range entries[i].keys {
			keys = rlp.AppendBytes(keys, entries[i].keys[k][:])
		}
		list = rlp.AppendList(list, rlp.AppendList(rlp.AppendBytes(nil, entries[i].address[:]), keys))
	}
	return rlp.AppendList(b, list)
}

// finish writes the signed transaction: its members with the signature behind them.
// Of a transaction with blobs it is the form without the sidecar.
func (t *transaction) finish(s signature) []byte {
	if t.own != nil {
		return t.own.assemble(t, s)
	}
	content := make([]byte, 0, len(t.members)+9+2*(1+rlp.WordSize))
	content = append(content, t.members...)
	v := 27 + uint64(s.parity)
	switch {
	case t.envelope != legacy:
		v = uint64(s.parity)
	case t.chainID != 0:
		v = s.replayProtected(t.chainID)
	}
	content = appendSignature(content, v, s)
	out := make([]byte, 0, 1+9+len(content))
	if t.envelope != legacy {
		out = append(out, byte(t.envelope))
	}
	return rlp.AppendList(out, content)
}
