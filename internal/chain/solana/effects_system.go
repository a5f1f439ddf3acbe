package solana

import "strongroom/internal/chain"

// Instructions of the System program (solana-system-interface).
const (
	systemCreate           = 0
	systemAssign           = 1
	systemTransfer         = 2
	systemCreateWithSeed   = 3
	systemAdvanceNonce     = 4
	systemWithdrawNonce    = 5
	systemInitializeNonce  = 6
	systemAuthorizeNonce   = 7
	systemAllocate         = 8
	systemAllocateWithSeed = 9
	systemAssignWithSeed   = 10
	systemTransferWithSeed = 11
	systemUpgradeNonce     = 12
	systemCreatePrefunded  = 13 // SIMD-0312
)

func (c *call) system() bool {
	r := &c.data
	switch r.u32() {
	case systemCreate:
		lamports, space, owner := r.u64(), r.u64(), r.key()
		c.create(c.account(0), c.account(1), lamports, space, owner)
	case systemCreateWithSeed:
		r.key() // the base, of which the new account is derived
		r.seed()
		lamports, space, owner := r.u64(), r.u64(), r.key()
		c.create(c.account(0), c.account(1), lamports, space, owner)
	case systemCreatePrefunded:
		lamports, space, owner := r.u64(), r.u64(), r.key()
		created := c.account(0)
		if lamports > 0 {
			c.move(c.account(1), created, lamports, "create account")
		}
		// Unlike with the others, the account may have a balance, so this takes it away.
		c.assign(created, space, owner)
	case systemTransfer:
		c.move(c.account(0), c.account(1), r.u64(), "")
	case systemTransferWithSeed:
		lamports := r.u64()
		r.seed()
		r.key()
		c.account(1) // the base, who signs
		c.move(c.account(0), c.account(2), lamports, "from an account derived of "+c.account(1))
	case systemAssign:
		c.assign(c.account(0), 0, r.key())
	case systemAssignWithSeed:
		r.key()
		r.seed()
		c.assign(c.account(0), 0, r.key())
	case systemAllocate:
		c.allocate(c.account(0), r.u64())
	case systemAllocateWithSeed:
		r.key()
		r.seed()
		space, owner := r.u64(), r.key()
		c.assign(c.account(0), space, owner)
	case systemAdvanceNonce:
		c.plain(c.account(0), "advance nonce, by "+c.account(2))
	case systemWithdrawNonce:
		c.move(c.account(0), c.account(1), r.u64(), "withdraw from a nonce account, by "+c.account(4))
	case systemInitializeNonce:
		c.authority(c.account(0), r.key(), "nonce authority", "initialize nonce account")
	case systemAuthorizeNonce:
		c.authority(c.account(0), r.key(), "nonce authority", "new nonce authority, by "+c.account(1))
	case systemUpgradeNonce:
		c.plain(c.account(0), "upgrade nonce account")
	default:
		return false
	}
	return true
}

// create describes a new account: what it gets, and whose it is.
func (c *call) create(from, created string, lamports, space uint64, owner string) {
	c.move(from, created, lamports, "create account")
	c.assign(created, space, owner)
}

// assign says that a program owns an account from now on: it alone may spend from it
// and write to it. What is assigned to the System program stays with its key, but an
// account with data cannot send.
func (c *call) assign(account string, space uint64, owner string) {
	if owner == systemText {
		if space > 0 {
			c.allocate(account, space)
		} else {
			c.plain(account, "stays with the System Program")
		}
		return
	}
	detail := "assign to a program"
	if space > 0 {
		detail += ", with " + decimal(space) + " bytes"
	}
	c.name(owner, programName(owner))
	c.authority(account, owner, "owner", detail)
}

// allocate says that an account of the System program holds data, and so cannot be the
// source of a transfer any more.
func (c *call) allocate(account string, space uint64) {
	c.add(chain.Effect{Kind: chain.Restrict, From: account, Subject: "data", Detail: "allocate " + decimal(space) + " bytes: an account with data cannot send"})
}
