package kmd

import (
	"encoding/base64"
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

func listMultisig(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	accounts, err := c.gate.Accounts(c.ctx, c.caller, session)
	if err != nil {
		return err
	}
	c.reply.list("addresses", len(accounts), func(i int) {
		var a algorand.Address
		copy(a[:], accounts[i].Address)
		c.reply.b = appendText(c.reply.b, a.String())
	})
	return nil
}

func importMultisig(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	m := algorand.NewMultisig(c.req.version, c.req.threshold, c.req.keys)
	if err := m.Validate(); err != nil {
		return err
	}
	address := m.Address()
	if err := c.gate.ImportAccount(c.ctx, c.caller, session, gate.Account{Address: address[:], Preimage: m.Preimage()}); err != nil {
		return err
	}
	c.reply.text("address", address.String())
	return nil
}

func exportMultisig(c *call) error {
	address, err := algorand.ParseAddress(string(c.req.address))
	if err != nil {
		return err
	}
	session, err := c.session()
	if err != nil {
		return err
	}
	m, err := c.stored(session, address)
	if err != nil {
		return err
	}
	c.reply.number("multisig_version", uint64(m.Version))
	c.reply.list("pks", len(m.Subsigs), func(i int) {
		c.reply.b = append(c.reply.b, '"')
		c.reply.b = base64.StdEncoding.AppendEncode(c.reply.b, m.Subsigs[i].Key[:])
		c.reply.b = append(c.reply.b, '"')
	})
	c.reply.number("threshold", uint64(m.Threshold))
	return nil
}

// deleteMultisig succeeds also when there is nothing to delete.
func deleteMultisig(c *call) error {
	address, err := algorand.ParseAddress(string(c.req.address))
	if err != nil {
		return err
	}
	session, err := c.session()
	if err != nil {
		return err
	}
	err = c.gate.DeleteAccount(c.ctx, c.caller, session, address[:], c.req.password)
	if fault.Is(err, fault.UnknownAccount) {
		return nil
	}
	return err
}

func signMultisig(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	payload, err := algorand.Canonicalize(c.req.transaction)
	if err != nil {
		return err
	}
	sender, err := algorand.Sender(payload)
	if err != nil {
		return err
	}
	// The signer counts only beside a partial signature (§11).
	return c.cosign(session, algorand.FormMultisigTransaction, payload, sender, c.req.signer)
}

func signMultisigProgram(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	address, err := algorand.ParseAddress(string(c.req.address))
	if err != nil {
		return err
	}
	form := algorand.FormMultisigProgram
	if c.req.legacy {
		form = algorand.FormMultisigProgramLegacy
	}
	return c.cosign(session, form, c.req.data, address, address)
}

// cosign adds one signature to a multi-signature: to the partial one of the
// request, or to an empty one for the account that the wallet knows under the
// address stored.
func (c *call) cosign(session gate.SessionID, form string, payload []byte, stored, account algorand.Address) error {
	mc := algorand.MultisigContext{Account: account}
	if c.req.partial.given() {
		mc.Multisig = c.req.partial.multisig()
	} else {
		m, err := c.stored(session, stored)
		if err != nil {
			return c.passwordFirst(session, err)
		}
		mc.Multisig, mc.Start = m, true
		if form == algorand.FormMultisigTransaction {
			mc.Account = algorand.Address{}
		}
	}
	key := ed25519Key(c.req.publicKey)
	result, err := c.sign(session, chain.Request{Form: form, Payload: payload, Signer: key, Context: mc.Encode()})
	if err != nil {
		return c.cosignError(session, key, mc.Start, err)
	}
	c.reply.base64("multisig", result)
	return nil
}

// cosignError puts the errors of a multi-signature in the peer's order of
// checks. The gate decodes before it asks for the password, so that a payload
// that cannot be understood costs no guess; the peer asks for the password
// first. And when the peer starts a multi-signature, a key that the wallet lacks
// is reported before one that the account lacks.
func (c *call) cosignError(session gate.SessionID, key curve.PublicKey, start bool, err error) error {
	if !aboutMultisig(err) && !fault.Is(err, fault.UnknownKey) {
		return err
	}
	err = c.passwordFirst(session, err)
	if !start || !aboutMultisig(err) {
		return err
	}
	list, listErr := c.gate.Keys(c.ctx, c.caller, session)
	if listErr != nil {
		return listErr
	}
	if _, found := slices.BinarySearchFunc(list.Keys, key, func(k gate.Key, want curve.PublicKey) int {
		return k.Public.Compare(want)
	}); !found {
		return fault.UnknownKey.New("no such key in the wallet")
	}
	return err
}

// passwordFirst is err unless the password of the request is wrong, which then
// is the error to tell.
func (c *call) passwordFirst(session gate.SessionID, err error) error {
	if wrong := c.gate.CheckPassword(c.ctx, c.caller, session, c.req.password); wrong != nil {
		return wrong
	}
	return err
}

// stored is the account that the wallet knows under an address.
func (c *call) stored(session gate.SessionID, address algorand.Address) (algorand.Multisig, error) {
	a, err := c.gate.Account(c.ctx, c.caller, session, address[:])
	if err != nil {
		return algorand.Multisig{}, err
	}
	m, err := algorand.ParsePreimage(a.Preimage)
	if err != nil || m.Address() != address {
		return algorand.Multisig{}, fault.Corrupt.Wrap(err, "the stored multi-signature account does not belong to its address")
	}
	return m, nil
}

// multisig is the partial signature in the chain's terms.
func (p *partial) multisig() algorand.Multisig {
	m := algorand.Multisig{Version: p.version, Threshold: p.threshold, Subsigs: make([]algorand.Subsig, len(p.slots))}
	for i, s := range p.slots {
		m.Subsigs[i] = algorand.Subsig{Key: s.key, Signature: s.signature}
	}
	return m
}
