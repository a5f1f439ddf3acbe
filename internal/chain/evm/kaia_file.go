package evm

import (
	"bytes"
	"math/big"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// ethereumPrefix is the byte that Kaia puts before the type of transactions that
// Ethereum has too. It is no part of what is signed.
const ethereumPrefix = 0x78

// readKaia reads a transaction as Kaia's nodes and libraries write it: the type and
// the list of members, then nothing or the signatures. Without a signature it is for
// the sender, for the network of the chain; with the sender's for the fee payer.
func (c Chain) readKaia(raw []byte) (chain.Request, error) {
	if raw[0] == ethereumPrefix {
		return c.readBytes(raw[1:])
	}
	t, r, err := readKaiaRaw(raw)
	if err != nil {
		return chain.Request{}, err
	}
	k := t.own.(*kaia)
	sent, signed := signatureList(&r)
	var payer *address
	payerSigned := false
	if r.More() && k.kind.payer() != senderPays {
		payer = r.Receiver()
		_, payerSigned = signatureList(&r)
	}
	if err := r.End(); err != nil {
		return chain.Request{}, inTransaction(err)
	}
	if t.chainID = c.params.ChainID; t.chainID == 0 {
		return chain.Request{}, fault.InvalidPayload.New("the file names no chain id")
	}
	switch {
	case payerSigned || signed && k.kind.payer() == senderPays:
		return chain.Request{}, errSigned
	case signed:
		context := rlp.AppendList(nil, rlp.AppendReceiver(sent, payer))
		if _, err := k.readSigned(context, c.params.ChainID); err != nil {
			return chain.Request{}, err
		}
		req, err := c.unsignedKaia(t)
		req.Form, req.Context = FormFeePayer, context
		return req, err
	}
	return c.unsignedKaia(t)
}

// signatureList reads a list of signatures, if there is one: its encoding, and whether
// there is a signature in it. Libraries write one of 1, nothing, nothing for none.
func signatureList(r *rlp.Reader) (encoded []byte, signed bool) {
	if !r.More() {
		return nil, false
	}
	list := r.List()
	var content []byte
	for list.More() {
		one := list.List()
		v, a, b := one.Uint64(), one.Digits(32), one.Digits(32)
		list.Join(&one)
		content = rlp.AppendList(content, rlp.AppendBytes(rlp.AppendBytes(rlp.AppendUint(nil, v), a), b))
		signed = signed || len(a)+len(b) > 0 || v > 1
	}
	r.Join(&list)
	return rlp.AppendList(nil, content), signed
}

// unsignedKaia is the request for the sender of a transaction.
func (c Chain) unsignedKaia(t *transaction) (chain.Request, error) {
	payload := t.encode()
	_, err := c.parse(payload)
	return chain.Request{Form: FormTransaction, Payload: payload}, err
}

// kaiaKindOf reads the type of a JSON object; false for those of Ethereum.
func kaiaKindOf(raw jsontext.Value) (kaiaKind, bool) {
	if raw == nil {
		return 0, false
	}
	text := string(raw)
	if raw.Kind() == '"' {
		text, _ = unquote(raw)
	}
	if n, ok := wholeNumber(text); ok {
		if !n.IsUint64() || n.Uint64() > 0xff {
			return 0, false
		}
		kind := kaiaKind(n.Uint64())
		return kind, kind.String() != ""
	}
	return kaiaKindNamed(text)
}

// readKaiaJSON reads a JSON object with a type of Kaia's, as its libraries and nodes
// write it. The account that sends goes into the payload, so that Context is empty. A
// fee payer that it names is no part of what the sender signs.
func (c Chain) readKaiaJSON(o object, kind kaiaKind) (chain.Request, error) {
	f := &fields{object: o, chain: c}
	k := &kaia{kind: kind}
	t := &transaction{envelope: legacy, own: k, value: new(big.Int)}
	f.take("type")
	if n := f.number("typeInt"); n != nil && n.Cmp(big.NewInt(int64(kind))) != 0 {
		f.fail("typeInt", "differs from type")
	}
	f.unsigned()
	from := f.take("from")
	if from == nil {
		f.fail("from", "missing")
	} else {
		k.from = f.addressOf("from", from)
	}
	t.nonce = f.needed("nonce")
	t.gas = f.needed("gas", "gasLimit")
	if t.gasPrice = f.number("gasPrice"); t.gasPrice == nil {
		f.fail("gasPrice", "missing")
	}
	f.network(t)
	f.kaiaMembers(t, k)
	if f.err == nil {
		f.err = f.leftOver()
	}
	if f.err != nil {
		return chain.Request{}, f.err
	}
	return c.unsignedKaia(t)
}

// kaiaMembers reads the members that go with the type.
func (f *fields) kaiaMembers(t *transaction, k *kaia) {
	action := k.kind.action()
	switch action {
	case valueTransfer, valueTransferMemo, contractExecution, contractDeploy:
		t.to = f.optionalAddress("to")
		if action == contractDeploy && t.to != nil && *t.to == (address{}) { // what libraries write for no receiver
			t.to = nil
		}
		if (t.to == nil) != (action == contractDeploy) {
			f.fail("to", "missing, or there although a contract is created")
		}
		if n := f.number("value"); n != nil {
			t.value = n
		}
	}
	switch action {
	case contractDeploy, contractExecution:
		t.data = f.callData()
	case valueTransferMemo:
		k.bytes = f.callData()
	case accountUpdate:
		k.bytes = f.bytesOf("key", f.take("key"))
	case chainAnchoring:
		k.bytes = f.callData()
		if raw := f.take("anchoredData"); raw != nil {
			if data := f.bytesOf("anchoredData", raw); k.bytes == nil {
				k.bytes = data
			} else if !bytes.Equal(k.bytes, data) {
				f.fail("anchoredData", "differs from input")
			}
		}
	}
	if action == contractDeploy {
		if raw := f.take("humanReadable"); raw != nil && string(raw) != "false" {
			f.fail("humanReadable", "not false")
		}
		if n := f.number("codeFormat"); n != nil && n.Sign() != 0 {
			f.fail("codeFormat", "not that of the EVM")
		}
	}
	if k.kind.payer() == shared {
		k.ratio = f.needed("feeRatio")
	}
	if k.kind.payer() != senderPays {
		f.optionalAddress("feePayer")
	}
}
