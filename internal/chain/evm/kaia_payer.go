package evm

import (
	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// mostSignatures bounds the signatures of a sender (10 keys at most sign).
const mostSignatures = 10

// feePayer makes the decoder of what a fee payer signs. The payload is what the sender
// signed, and context the list of the sender's signatures and the fee payer's address,
// or nothing for that of the key. What is signed is the list of the sender's bytes, the
// fee payer's address, chain id, 0, 0: it does not cover the sender's signatures. The
// result is the transaction as nodes take it.
func (c Chain) feePayer(context []byte) func(payload []byte, signer *account) (*chain.Intent, error) {
	return func(payload []byte, signer *account) (*chain.Intent, error) {
		t, err := c.parse(payload)
		if err != nil {
			return nil, err
		}
		k, ok := t.own.(*kaia)
		if !ok || k.kind.payer() == senderPays {
			return nil, fault.InvalidPayload.New("the sender pays the fee of a transaction of type %q", t.name())
		}
		payer, err := k.readSigned(context, t.chainID)
		if err != nil {
			return nil, err
		}
		if k.payer = signer; payer != nil {
			k.payer = c.accountOf(*payer, signer)
		}
		return c.payFor(t, k, signer), nil
	}
}

// payFor describes what a fee payer signs, and finishes it.
func (c Chain) payFor(t *transaction, k *kaia, signer *account) *chain.Intent {
	content := rlp.AppendBytes(nil, k.inner(t))
	content = rlp.AppendBytes(content, k.payer.Address[:])
	content = append(rlp.AppendUint(content, t.chainID), 0x80, 0x80)
	d := c.describe(signer, t.chainID)
	d.signer = c.accountOf(k.from, signer)
	d.transaction(t)
	if k.from == k.payer.Address {
		d.warn("The fee payer is the sender itself.")
	}
	if d.lacks(k.payer.Address) {
		d.warn("The fee payer is " + k.payer.Text + ", which is not the address of the key: networks take it only if the account has got this key.")
	}
	return c.intent(FormFeePayer, d, hexaccount.Keccak(rlp.AppendList(nil, content)), func(s signature) []byte {
		out := append(k.appendMembers(nil, t), k.signatures...)
		out = append(rlp.AppendBytes(out, k.payer.Address[:]), k.signed(t, s)...)
		return rlp.AppendList([]byte{byte(k.kind)}, out)
	})
}

// readSigned reads the context of a fee payer's request: the sender's signatures for a
// network, which it keeps, and the fee payer, if it is named.
func (k *kaia) readSigned(context []byte, chainID uint64) (payer *address, err error) {
	r := rlp.ReadList(context)
	list := r.List()
	for n := 0; list.More(); n++ {
		if n == mostSignatures {
			return nil, fault.TooLarge.New("context: more than %d signatures of the sender", mostSignatures)
		}
		id, one := readKaiaSignature(&list)
		if id != chainID {
			list.Fail(fault.InvalidPayload.New("a signature of the sender that is for another network"))
		}
		k.signatures = append(k.signatures, one...)
	}
	r.Join(&list)
	payer = r.Receiver()
	if err := r.End(); err != nil {
		return nil, fault.KindOf(err).New("context: %s", fault.Text(err))
	}
	if len(k.signatures) == 0 {
		return nil, fault.InvalidPayload.New("context: the sender has not signed yet")
	}
	k.signatures = rlp.AppendList(nil, k.signatures)
	return payer, nil
}

// readKaiaSignature reads v, r and s: the chain id in v, and the encoding.
func readKaiaSignature(list *rlp.Reader) (id uint64, encoded []byte) {
	one := list.List()
	v := one.Uint64()
	r, s := one.Digits(32), one.Digits(32)
	encoded = rlp.AppendBytes(rlp.AppendBytes(rlp.AppendUint(nil, v), r), s)
	if len(r) == 0 || len(s) == 0 || v < 35+2 {
		one.Fail(fault.InvalidPayload.New("a signature of the sender that is none"))
	}
	list.Join(&one)
	return (v - 35) / 2, rlp.AppendList(nil, encoded)
}

// readKaiaRaw reads the type and the members of a transaction as nodes write it. What
// is left are the signatures. raw begins as isKaia wants it.
func readKaiaRaw(raw []byte) (*transaction, rlp.Reader, error) {
	r := rlp.ReadList(raw[1:])
	t, err := readKaiaMembers(&r, kaiaKind(raw[0]))
	if err != nil {
		return nil, r, inTransaction(err)
	}
	return t, r, nil
}

// isKaia reports whether raw begins as a transaction that only Kaia has, or as one of
// Ethereum with Kaia's prefix.
func isKaia(raw []byte) bool {
	if len(raw) < 2 {
		return false
	}
	return raw[1] >= 0xc0 && kaiaKind(raw[0]).String() != "" || raw[0] == ethereumPrefix && envelope(raw[1]) >= accessList && envelope(raw[1]) <= setCode
}
