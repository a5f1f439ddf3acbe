package evm

import (
	"bytes"
	"math"
	"math/big"
	"slices"
	"sort"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// object is a JSON object while its members are taken one by one. What is left in
// the end was not understood.
type object map[string]jsontext.Value

func readObject(text []byte) (object, error) {
	var o object
	if err := json.Unmarshal(text, &o); err != nil || o == nil {
		return nil, fault.InvalidPayload.Wrap(err, "the file is no json object, or one with a member twice")
	}
	return o, nil
}

// take removes a member; nil if it is missing or null.
func (o object) take(name string) jsontext.Value {
	raw := o[name]
	delete(o, name)
	if raw.Kind() == 'n' {
		return nil
	}
	return raw
}

// leftOver is an error that names a member that nobody took.
func (o object) leftOver() error {
	var names []string
	for name := range o {
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil
	}
	sort.Strings(names)
	if name := names[0]; isName(name) && len(name) <= 64 {
		return fault.InvalidPayload.New("the member %s is not known", name)
	}
	return fault.InvalidPayload.New("a member is not known")
}

// fields reads members of an object. The first error sticks.
type fields struct {
	object
	chain Chain
	err   error
}

func (f *fields) fail(name, what string) {
	if f.err == nil {
		f.err = fault.InvalidPayload.New("member %s: %s", name, what)
	}
}

// number reads a member of at most 256 bits; nil if it is missing.
func (f *fields) number(name string) *big.Int { return f.numberOf(name, f.take(name)) }

func (f *fields) numberOf(name string, raw jsontext.Value) *big.Int {
	if raw == nil {
		return nil
	}
	text := string(raw)
	if raw.Kind() == '"' {
		text, _ = unquote(raw)
	}
	if text == hexPrefix { // what web3 writes for zero
		return new(big.Int)
	}
	n, ok := wholeNumber(text)
	if !ok || n.Sign() < 0 || n.BitLen() > 256 {
		f.fail(name, "not a whole number of 256 bits, as number, decimal text or 0x hex")
		return new(big.Int)
	}
	return n
}

// needed reads a number of 64 bits under one of several names, which must agree.
func (f *fields) needed(names ...string) uint64 {
	n := f.number(names[0])
	for _, other := range names[1:] {
		if m := f.number(other); n == nil {
			n = m
		} else if m != nil && m.Cmp(n) != 0 {
			f.fail(other, "differs from "+names[0])
		}
	}
	if n == nil {
		f.fail(names[0], "missing")
		return 0
	}
	return f.narrow(names[0], n)
}

func (f *fields) narrow(name string, n *big.Int) uint64 {
	if !n.IsUint64() {
		f.fail(name, "more than 64 bits")
		return 0
	}
	return n.Uint64()
}

// bytes reads 0x hex; nil if it is missing.
func (f *fields) bytesOf(name string, raw jsontext.Value) []byte {
	if raw == nil {
		return nil
	}
	text, ok := unquote(raw)
	if ok && text == "" {
		return []byte{}
	}
	data, isHex := fromHex(text)
	if !ok || !isHex {
		f.fail(name, "not 0x and an even number of hex digits")
	}
	return data
}

func (f *fields) addressOf(name string, raw jsontext.Value) (a address) {
	text, ok := unquote(raw)
	if !ok {
		f.fail(name, "not an address")
		return a
	}
	a, err := f.chain.ParseAddress(text)
	if err != nil {
		f.fail(name, fault.Text(err))
	}
	return a
}

func (f *fields) wordOf(name string, raw jsontext.Value) (w [32]byte) {
	data := f.bytesOf(name, raw)
	if len(data) != len(w) {
		f.fail(name, "not 0x and 64 hex digits")
	}
	copy(w[:], data)
	return w
}

// listOf reads a JSON array.
func (f *fields) listOf(name string, raw jsontext.Value) (items []jsontext.Value) {
	if raw == nil {
		return nil
	}
	if raw.Kind() != '[' || json.Unmarshal(raw, &items) != nil {
		f.fail(name, "not a list")
	}
	return items
}

// within reads the members of an object inside, all of which have to be taken.
func (f *fields) within(name string, raw jsontext.Value, read func(inner *fields)) {
	if f.err != nil {
		return
	}
	o, err := readObject(raw)
	if err != nil {
		f.fail(name, "not a list of json objects")
		return
	}
	inner := &fields{object: o, chain: f.chain}
	read(inner)
	if inner.err == nil {
		inner.err = inner.leftOver()
	}
	if inner.err != nil {
		f.fail(name, fault.Text(inner.err))
	}
}

// transactionOf reads the JSON object of a transaction, and the sender if it names
// one.
func (c Chain) transactionOf(o object) (t *transaction, from []byte, err error) {
	f := &fields{object: o, chain: c}
	prices := f.pricesOf()
	f.unsigned()
	from = f.sender()
	t = &transaction{value: new(big.Int)}
	if raw := f.take("to"); raw != nil && string(raw) != `""` && string(raw) != `"0x"` {
		to := f.addressOf("to", raw)
		t.to = &to
	}
	if n := f.number("value"); n != nil {
		t.value = n
	}
	t.data = f.callData()
	t.gas = f.needed("gas", "gasLimit")
	t.nonce = f.needed("nonce")
	f.network(t)
	prices(t)
	if t.to == nil && len(t.data) == 0 {
		f.fail("to", "missing, and there is no code to create a contract with")
	}
	if f.err == nil {
		f.err = f.leftOver()
	}
	return t, from, f.err
}

// unsigned takes the members of a signature, which must be empty, and the hash,
// which means nothing yet.
func (f *fields) unsigned() {
	for _, name := range []string{"v", "r", "s", "yParity"} {
		if n := f.number(name); n != nil && n.Sign() != 0 {
			f.fail(name, "the transaction is signed already")
		}
	}
	for _, name := range []string{"sig", "signature"} {
		if f.take(name) != nil {
			f.fail(name, "the transaction is signed already")
		}
	}
	for _, name := range []string{"blobs", "sidecars", "commitments", "proofs"} {
		if f.take(name) != nil {
			f.fail(name, "the sidecar of blobs is not part of what is signed: leave it out")
		}
	}
	if raw := f.take("hash"); raw != nil {
		f.wordOf("hash", raw)
	}
}

// sender reads who sends; the 0 of Tatum says nothing.
func (f *fields) sender() []byte {
	raw := f.take("from")
	if raw == nil || string(raw) == "0" {
		return nil
	}
	a := f.addressOf("from", raw)
	return a[:]
}

// callData reads data and input, which are two names of one thing.
func (f *fields) callData() []byte {
	data, input := f.bytesOf("data", f.take("data")), f.bytesOf("input", f.take("input"))
	if data == nil {
		return input
	}
	if input != nil && !bytes.Equal(data, input) {
		f.fail("input", "differs from data")
	}
	return data
}

// network reads the chain id.
func (f *fields) network(t *transaction) {
	n := f.number("chainId")
	switch {
	case n != nil:
		if t.chainID = f.narrow("chainId", n); t.chainID == 0 {
			f.fail("chainId", "zero")
		}
	case f.chain.params.ChainID != 0:
		t.chainID = f.chain.params.ChainID
	default:
		f.fail("chainId", "missing")
	}
	if f.err == nil {
		f.err = f.chain.checkChain(t.chainID)
	}
}

// prices reads the type and the members that go with it.
func (f *fields) prices(t *transaction) {
	gasPrice, most, tip := f.number("gasPrice"), f.number("maxFeePerGas"), f.number("maxPriorityFeePerGas")
	access, blobs, list := f.take("accessList"), f.take("blobVersionedHashes"), f.take("authorizationList")
	t.blobGasPrice = f.number("maxFeePerBlobGas")
	switch {
	case list != nil:
		t.envelope = setCode
	case blobs != nil || t.blobGasPrice != nil:
		t.envelope = blob
	case most != nil || tip != nil:
		t.envelope = dynamicFee
	case access != nil:
		t.envelope = accessList
	}
	if e, ok := f.envelope(); ok {
		if e < t.envelope || e > t.envelope && !(e == accessList || e == dynamicFee && t.envelope == legacy) {
			f.fail("type", "does not fit the other members")
		}
		t.envelope = e
	}
	if t.envelope <= accessList {
		t.gasPrice = gasPrice
		if gasPrice == nil {
			f.fail("gasPrice", "missing")
		}
	} else {
		t.gasPrice, t.tip = most, tip
		switch {
		case gasPrice != nil:
			f.fail("gasPrice", "together with maxFeePerGas")
		case most == nil:
			f.fail("maxFeePerGas", "missing")
		case tip == nil:
			f.fail("maxPriorityFeePerGas", "missing")
		}
	}
	if t.envelope == blob && t.blobGasPrice == nil {
		f.fail("maxFeePerBlobGas", "missing")
	}
	f.lists(t, access, blobs, list)
}

// envelope reads the type, as number or as viem's word.
func (f *fields) envelope() (envelope, bool) {
	raw := f.take("type")
	if raw == nil {
		return 0, false
	}
	text, _ := unquote(raw)
	if i := slices.Index([]string{"legacy", "eip2930", "eip1559", "eip4844", "eip7702"}, text); i >= 0 {
		return envelope(i), true
	}
	n := f.numberOf("type", raw)
	if !n.IsUint64() || n.Uint64() > uint64(setCode) {
		f.fail("type", "not known here")
		return 0, true
	}
	return envelope(n.Uint64()), true
}

// lists reads the members that are lists.
func (f *fields) lists(t *transaction, access, blobs, list jsontext.Value) {
	for _, raw := range f.listOf("accessList", access) {
		var e accessEntry
		f.within("accessList", raw, func(inner *fields) {
			e.address = inner.addressOf("address", inner.take("address"))
			for _, key := range inner.listOf("storageKeys", inner.take("storageKeys")) {
				e.keys = append(e.keys, inner.wordOf("storageKeys", key))
			}
		})
		t.access = append(t.access, e)
	}
	for _, raw := range f.listOf("blobVersionedHashes", blobs) {
		t.blobs = append(t.blobs, f.wordOf("blobVersionedHashes", raw))
	}
	for _, raw := range f.listOf("authorizationList", list) {
		var a authorization
		f.within("authorizationList", raw, func(inner *fields) { inner.authorization(&a) })
		t.authorizations = append(t.authorizations, a)
	}
}

// authorization reads a signed authorization as geth and viem have it.
func (f *fields) authorization(a *authorization) {
	a.chainID = f.number("chainId")
	a.address = f.addressOf("address", f.take("address"))
	a.nonce = f.needed("nonce")
	a.r, a.s = f.number("r"), f.number("s")
	parity, v := f.number("yParity"), f.number("v")
	if v != nil && v.Cmp(big.NewInt(27)) >= 0 {
		v.Sub(v, big.NewInt(27))
	}
	switch {
	case parity == nil:
		parity = v
	case v != nil && v.Cmp(parity) != 0:
		f.fail("v", "differs from yParity")
	}
	if a.chainID == nil || a.r == nil || a.s == nil || parity == nil {
		f.fail("authorizationList", "chainId, r, s or yParity is missing")
		return
	}
	if a.parity = f.narrow("yParity", parity); a.parity > math.MaxUint8 {
		f.fail("yParity", "out of range")
	}
}
