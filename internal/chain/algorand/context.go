package algorand

import (
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/fault"
)

// MultisigContext is the Context of the multisig forms: the account whose
// signature is collected, and how far it has come.
type MultisigContext struct {
	// Multisig is the account with the signatures so far.
	Multisig Multisig
	// Account is, for programs, the address that the caller named, to which the
	// multisig must hash. For transactions it is the authorised address of an
	// account that was rekeyed to the multisig; zero if there is none, and then
	// the multisig must hash to the sender.
	Account Address
	// Start says that the preimage comes from the wallet and this is the first
	// signature: all slots must be empty. It decides only how a key that has no
	// slot is reported ([ErrNotAmongKeys] in place of [ErrNotPossibleSigner]).
	Start bool
}

// Encode is the canonical msgpack map {addr?, msig, start?}: addr is bin of 32
// bytes, msig a map as [Multisig.Encode] writes it, start a boolean. Zero
// values are left out.
func (c MultisigContext) Encode() []byte {
	members, msig := 0, c.Multisig.Encode()
	hasMultisig := len(msig) > 1 // an empty map is one byte
	for _, present := range []bool{!c.Account.IsZero(), hasMultisig, c.Start} {
		if present {
			members++
		}
	}
	b := msgpack.AppendMapHeader(make([]byte, 0, len(msig)+64), members)
	if !c.Account.IsZero() {
		b = msgpack.AppendBinary(msgpack.AppendText(b, "addr"), c.Account[:])
	}
	if hasMultisig {
		b = append(msgpack.AppendText(b, "msig"), msig...)
	}
	if c.Start {
		b = msgpack.AppendBool(msgpack.AppendText(b, "start"), true)
	}
	return b
}

var contextRecord = newRecord([]member{
	field("addr", fixed(32)), field("msig", multisigShape()), field("start", boolean()),
})

// DecodeMultisigContext reads what [MultisigContext.Encode] writes and nothing
// else. Errors are fault.InvalidPayload.
func DecodeMultisigContext(encoded []byte) (MultisigContext, error) {
	if err := requireCanonical(encoded, contextRecord, "multisig context"); err != nil {
		return MultisigContext{}, err
	}
	return MultisigContext{
		Multisig: readMultisig(findValue(encoded, "msig")),
		Account:  readAddress(findValue(encoded, "addr")),
		Start:    findValue(encoded, "start") != nil,
	}, nil
}

// check holds the context against the account that is signed for and the key
// that signs, in the order: version, threshold, address, key.
func (c MultisigContext) check(account Address, key [32]byte) error {
	if err := c.Multisig.Validate(); err != nil {
		return err
	}
	// A wallet knows a preimage by the sender; only a partial signature may
	// belong to the authorised address instead.
	address := c.Multisig.Address()
	if address != account && (c.Start || address != c.Account) {
		return ErrAddressMismatch
	}
	for i := range c.Multisig.Subsigs {
		if c.Start && c.Multisig.Subsigs[i].Signed() {
			return fault.Invalid.New("a multisig that is being started already holds signatures")
		}
	}
	switch {
	case c.Multisig.Has(key):
		return nil
	case c.Start:
		return ErrNotAmongKeys
	}
	return ErrNotPossibleSigner
}
