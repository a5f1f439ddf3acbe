package evm

import (
	"math/big"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// kaiaKind is the type of a transaction that only Kaia (once Klaytn) has: what it
// does, and in the lowest three bits who pays the fee.
type kaiaKind uint8

// What transactions of Kaia do (docs.kaia.io, transactions).
const (
	valueTransfer     kaiaKind = 0x08
	valueTransferMemo kaiaKind = 0x10
	accountUpdate     kaiaKind = 0x20
	contractDeploy    kaiaKind = 0x28
	contractExecution kaiaKind = 0x30
	cancelKind        kaiaKind = 0x38
	chainAnchoring    kaiaKind = 0x48
)

// Who pays: the sender, somebody else, or both.
const (
	senderPays kaiaKind = iota
	delegated
	shared
)

// kaiaNames are the kinds as Kaia's nodes write them.
var kaiaNames = [...]struct {
	kind kaiaKind
	name string
}{
	{valueTransfer, "ValueTransfer"}, {valueTransferMemo, "ValueTransferMemo"}, {accountUpdate, "AccountUpdate"},
	{contractDeploy, "SmartContractDeploy"}, {contractExecution, "SmartContractExecution"}, {cancelKind, "Cancel"},
	{chainAnchoring, "ChainDataAnchoring"},
}

func (k kaiaKind) action() kaiaKind { return k &^ 7 }
func (k kaiaKind) payer() kaiaKind  { return k & 7 }

// String is the name that Kaia's nodes use; "" for what is no type.
func (k kaiaKind) String() string {
	if k.payer() > shared {
		return ""
	}
	for _, n := range kaiaNames {
		if n.kind == k.action() {
			return [...]string{"", "FeeDelegated", "FeeDelegated"}[k.payer()] + n.name + [...]string{"", "", "WithRatio"}[k.payer()]
		}
	}
	return ""
}

// kaia is a transaction that only Kaia has. The sender signs the list of four: the
// encoded list of the type and the members as bytes, chain id, 0, 0.
type kaia struct {
	kind  kaiaKind
	from  address // the account that the transaction is of
	bytes []byte  // memo, anchored data, or the account's new key
	ratio uint64  // of the fee, how many percent the fee payer pays; only of shared kinds
	keys  accountKey

	// payer is the account that signs as fee payer, and signatures the sender's, encoded
	// as a list; both are empty where the sender signs.
	payer      *account
	signatures []byte
}

func (k *kaia) name() string { return k.kind.String() }

// parseKaia reads the list of four. Where Ethereum's list has the nonce, of at most 8
// bytes, it has a list in bytes.
func (c Chain) parseKaia(payload []byte) (*transaction, error) {
	if payload[0] < 0xc0 {
		return nil, nil
	}
	outer := rlp.ReadList(payload)
	inner, isList := outer.Item()
	if isList || len(inner) <= 8 {
		return nil, nil
	}
	id := readChainID(&outer)
	if err := outer.End(); err != nil {
		return nil, inTransaction(err)
	}
	r := rlp.ReadList(inner)
	kind := r.Uint64()
	if r.More() && (kind > 0xff || kaiaKind(kind).String() == "") {
		return nil, fault.InvalidPayload.New("transactions of type 0x%02x are not known on %s", kind, c.network.ID)
	}
	t, err := readKaiaMembers(&r, kaiaKind(kind))
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return nil, inTransaction(err)
	}
	t.chainID = id
	return t, c.checkChain(id)
}

// readKaiaMembers reads the members behind the type, and leaves what comes after.
func readKaiaMembers(r *rlp.Reader, kind kaiaKind) (*transaction, error) {
	k := &kaia{kind: kind}
	t := &transaction{envelope: legacy, own: k, value: new(big.Int)}
	t.readStart(r)
	switch kind.action() {
	case valueTransfer, valueTransferMemo, contractExecution:
		to := r.Address()
		t.to, t.value = &to, r.Number()
	case contractDeploy:
		if len(r.Bytes()) > 0 {
			r.Fail(fault.InvalidPayload.New("the creation of a contract with a receiver"))
		}
		t.value = r.Number()
	}
	k.from = r.Address()
	switch kind.action() {
	case contractDeploy, contractExecution:
		t.data = r.Bytes()
	case valueTransferMemo, chainAnchoring, accountUpdate:
		k.bytes = r.Bytes()
	}
	if kind.action() == contractDeploy && r.Uint64() != 0 {
		r.Fail(fault.InvalidPayload.New("addresses in words were never in use"))
	}
	if kind.payer() == shared {
		if k.ratio = r.Uint64(); k.ratio < 1 || k.ratio > 99 {
			r.Fail(fault.InvalidPayload.New("the fee payer pays 1 to 99 percent"))
		}
	}
	if kind.action() == contractDeploy && r.Uint64() != 0 {
		r.Fail(fault.InvalidPayload.New("the code is not of the EVM"))
	}
	if !r.More() { // the last error, if there is one
		if err := r.End(); err != nil {
			return nil, err
		}
	}
	if kind.action() == accountUpdate {
		var err error
		if k.keys, err = readAccountKey(k.bytes, false); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// appendMembers appends the members behind the type.
func (k *kaia) appendMembers(b []byte, t *transaction) []byte {
	b = t.appendStart(b)
	switch k.kind.action() {
	case valueTransfer, valueTransferMemo, contractExecution, contractDeploy:
		b = rlp.AppendReceiver(b, t.to)
		b = rlp.AppendNumber(b, t.value)
	}
	b = rlp.AppendBytes(b, k.from[:])
	switch k.kind.action() {
	case contractDeploy:
		b = append(rlp.AppendBytes(b, t.data), 0x80)
	case contractExecution:
		b = rlp.AppendBytes(b, t.data)
	case valueTransferMemo, chainAnchoring, accountUpdate:
		b = rlp.AppendBytes(b, k.bytes)
	}
	if k.kind.payer() == shared {
		b = rlp.AppendUint(b, k.ratio)
	}
	if k.kind.action() == contractDeploy {
		b = append(b, 0x80)
	}
	return b
}

// inner is the encoded list of the type and the members.
func (k *kaia) inner(t *transaction) []byte {
	return rlp.AppendList(nil, k.appendMembers([]byte{byte(k.kind)}, t))
}

func (k *kaia) encode(t *transaction) []byte {
	content := rlp.AppendBytes(nil, k.inner(t))
	return rlp.AppendList(nil, append(rlp.AppendUint(content, t.chainID), 0x80, 0x80))
}

// assemble writes what the sender signed: the type, and the list of members and
// signatures. Where somebody else pays, this is what the fee payer is given
// (SenderTxHashRLP).
func (k *kaia) assemble(t *transaction, s signature) []byte {
	content := k.appendMembers(make([]byte, 0, len(t.preimage)+80), t)
	return rlp.AppendList([]byte{byte(k.kind)}, append(content, k.signed(t, s)...))
}

// signed is a list of one signature.
func (k *kaia) signed(t *transaction, s signature) []byte {
	one := rlp.AppendList(nil, appendSignature(nil, s.replayProtected(t.chainID), s))
	return rlp.AppendList(nil, one)
}

// accountOf is an account that a transaction names. It need not be that of the key that
// signs: accounts of Kaia can change their keys.
func (c Chain) accountOf(a address, signer *account) *account {
	if a == signer.Address {
		return signer
	}
	return &account{Address: a, Text: c.text(a)}
}

func (k *kaia) payload(t *transaction, d *description) {
	if k.payer == nil && d.lacks(k.from) {
		d.warn("The transaction is of " + d.signer.Text + ", which is not the address of the key: networks take it only if the account has got this key.")
	}
	switch k.kind.action() {
	case valueTransfer, contractExecution:
		d.payload(t)
	case valueTransferMemo:
		d.payload(t)
		memo, text := shown(k.bytes)
		d.fact("memo", memo)
		if !text { // nodes refuse it for contracts today, or it would be call data
			d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, To: d.text(*t.to), Subject: "memo", Detail: "a memo that is no text"})
		}
		if *t.to == k.from { // which may have code (EIP-7702), whose call data it would be
			d.ownCode(d.signer.Text, k.bytes)
		}
	case contractDeploy:
		d.create(t)
	case accountUpdate:
		d.newKeys(&k.keys, k.payer == nil && isNamed(d.key))
	case cancelKind:
		d.add(chain.Effect{Kind: chain.Message, From: d.signer.Text, Subject: "nonce " + decimal(t.nonce),
			Detail: "cancels what the account sent with this nonce and is still waiting"})
	case chainAnchoring:
		d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, Subject: "anchored data",
			Detail: "puts data about another chain on record; moves nothing here"})
		data, _ := shown(k.bytes)
		d.fact("data", data)
	}
}

// lacks reports whether an account is known not to be that of the key that signs.
func (d *description) lacks(a address) bool {
	return d.key.Address != a && isNamed(d.key)
}

// somebody stands for a fee payer that the sender does not know.
const somebody = "fee payer"

func (k *kaia) fee(t *transaction, d *description, amount *big.Int) {
	d.unit(d.native())
	payer := somebody
	if k.payer != nil {
		payer = k.payer.Text
	}
	switch k.kind.payer() {
	case senderPays:
		d.feeOf(t, d.native(), d.signer.Text, amount)
		d.tenth(t, amount)
	case delegated:
		d.feeOf(t, d.native(), payer, amount)
	case shared:
		theirs := new(big.Int).Mul(amount, new(big.Int).SetUint64(k.ratio))
		theirs.Div(theirs, big.NewInt(100))
		d.feeOf(t, d.native(), payer, theirs)
		d.feeOf(t, d.native(), d.signer.Text, amount.Sub(amount, theirs))
		d.fact("fee ratio", decimal(k.ratio)+" percent by the fee payer")
	}
}

// kaiaKindNamed finds a type by its name: as nodes write it (TxTypeValueTransfer), or
// as the first libraries did (VALUE_TRANSFER).
func kaiaKindNamed(name string) (kaiaKind, bool) {
	plain := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "TxType"), "_", ""))
	for _, n := range kaiaNames {
		for payer := range shared + 1 {
			if kind := n.kind | payer; strings.ToLower(kind.String()) == plain {
				return kind, true
			}
		}
	}
	return 0, false
}
