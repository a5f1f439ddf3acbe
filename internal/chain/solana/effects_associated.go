package solana

import "strongroom/internal/chain"

// Instructions of the Associated Token Account program. No data at all is a create.
const (
	associatedCreate     = 0
	associatedIdempotent = 1
	associatedRecover    = 2
)

const tokenAccountSize = 165 // bytes of data of an account of the Token program

func (c *call) associated() bool {
	tag := uint8(associatedCreate)
	if len(c.data.b) > 0 {
		tag = c.data.u8()
	}
	switch tag {
	case associatedCreate, associatedIdempotent:
		return c.createAssociated(tag == associatedIdempotent)
	case associatedRecover:
		return c.recoverNested()
	}
	return false
}

// createAssociated makes the token account that belongs to an owner and a mint, whose
// address follows from both, so that nobody gets a right by it. The program that it asks for the size of the account is the one that it is given: another
// one than the two token programs could ask for any size, and the payer pays.
func (c *call) createAssociated(idempotent bool) bool {
	payer, account, owner, mint := c.account(0), c.account(1), c.account(2), c.mint(3)
	detail, size := "create the token account of "+owner, uint64(tokenAccountSize)
	if idempotent {
		detail += ", unless it exists"
	}
	switch {
	case c.is(5, tokenProgram):
	case c.is(5, token2022Program):
		size = maxTokenAccount
	default:
		c.account(5)
		return false
	}
	c.rent(payer, account, accountOverhead+size, "token account")
	c.add(chain.Effect{Kind: chain.Call, Asset: mint, To: c.text(c.program), Subject: account, Detail: detail})
	if !c.foreign {
		c.name(account, "token account of "+owner)
	}
	return true
}

// recoverNested empties a token account that belongs to another token account.
func (c *call) recoverNested() bool {
	nested, asset, to, wallet := c.account(0), c.mint(1), c.account(2), c.account(5)
	c.account(3) // the token account in between
	c.account(4) // and its mint
	c.add(chain.Effect{Kind: chain.Close, Asset: asset, Amount: "all", From: nested, To: to, Detail: "recover a nested token account"})
	c.close(nested, wallet, "recover a nested token account")
	return c.is(6, tokenProgram) || c.is(6, token2022Program)
}
