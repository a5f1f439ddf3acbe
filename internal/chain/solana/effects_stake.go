package solana

import (
	"strconv"

	"strongroom/internal/chain"
)

// Instructions of the Stake program (solana-stake-interface). Number 15, redelegate,
// never went live.
const (
	stakeInitialize          = 0
	stakeAuthorize           = 1
	stakeDelegate            = 2
	stakeSplit               = 3
	stakeWithdraw            = 4
	stakeDeactivate          = 5
	stakeSetLockup           = 6
	stakeMerge               = 7
	stakeAuthorizeSeed       = 8
	stakeInitializeChecked   = 9
	stakeAuthorizeChecked    = 10
	stakeAuthorizeSeedCheck  = 11
	stakeSetLockupChecked    = 12
	stakeMinimumDelegation   = 13
	stakeDeactivateDelinqent = 14
	stakeMove                = 16
	stakeMoveLamports        = 17
)

func (c *call) stake() bool {
	r := &c.data
	switch r.u32() {
	case stakeInitialize:
		staker, withdrawer := r.key(), r.key()
		c.initializeStake(staker, withdrawer)
		c.lockup(int64(r.u64()), r.u64(), r.keyOrNone())
	case stakeInitializeChecked:
		first := c.behind(1, rentSysvar)
		c.initializeStake(c.account(first), c.account(first+1))
	case stakeAuthorize:
		to := r.key()
		return c.authorizeStake(r.u32(), to)
	case stakeAuthorizeSeed:
		to, kind := r.key(), r.u32()
		r.seed()
		r.key()
		return c.authorizeStake(kind, to)
	case stakeAuthorizeChecked:
		return c.authorizeStake(r.u32(), c.account(c.behind(1, clockSysvar)+1))
	case stakeAuthorizeSeedCheck:
		kind := r.u32()
		r.seed()
		r.key()
		return c.authorizeStake(kind, c.account(c.behind(2, clockSysvar)))
	case stakeDelegate:
		c.register(c.account(0), c.account(1), "delegate stake")
	case stakeDeactivate:
		c.register(c.account(0), "", "deactivate stake")
	case stakeDeactivateDelinqent:
		c.register(c.account(0), "", "deactivate stake of the delinquent validator "+c.account(1))
	case stakeSplit:
		c.move(c.account(0), c.account(1), r.u64(), "split stake; the authorities stay")
	case stakeWithdraw:
		c.move(c.account(0), c.account(1), r.u64(), "withdraw stake")
	case stakeMerge:
		c.close(c.account(1), c.account(0), "merge stake")
	case stakeMove:
		c.move(c.account(0), c.account(1), r.u64(), "move active stake")
	case stakeMoveLamports:
		c.move(c.account(0), c.account(1), r.u64(), "move lamports between stake accounts")
	case stakeSetLockup:
		c.setLockup(func() string { return r.optionalKey() })
	case stakeSetLockupChecked:
		c.setLockup(func() string {
			if len(c.accounts) > 2 {
				return c.account(2)
			}
			return ""
		})
	case stakeMinimumDelegation:
		c.plain("", "asks for the least delegation")
	default:
		return false
	}
	return true
}

// behind is n, or the index behind it where account n is that system account: older
// clients name it, younger ones do not, and the program looks at this very place (the
// processor of solana-program/stake). It may be there where a lookup table has the account.
func (c *call) behind(n int, sysvar string) int {
	c.account(n)
	if c.is(n, sysvar) {
		return n + 1
	}
	return n
}

func (c *call) initializeStake(staker, withdrawer string) {
	c.authority(c.account(0), staker, "staker", "initialize stake account")
	c.authority(c.account(0), withdrawer, "withdrawer", "initialize stake account")
}

func (c *call) authorizeStake(kind uint32, to string) bool {
	switch kind {
	case 0:
		c.authority(c.account(0), to, "staker", "authorize")
	case 1:
		c.authority(c.account(0), to, "withdrawer", "authorize")
	default:
		c.authority(c.account(0), to, "authority "+strconv.FormatUint(uint64(kind), 10), "of an unknown kind")
		return false
	}
	return true
}

// lockup says until when withdrawals need a custodian, if there is a lockup.
func (c *call) lockup(time int64, epoch uint64, custodian string) {
	if time == 0 && epoch == 0 && custodian == "" {
		return
	}
	detail := "no withdrawal before unix time " + strconv.FormatInt(time, 10) + " and epoch " + decimal(epoch) + " but with the custodian"
	c.restrict(c.account(0), "", detail)
	if custodian != "" {
		c.authority(c.account(0), custodian, "lockup custodian", "initialize stake account")
	}
}

func (c *call) setLockup(custodian func() string) {
	r, detail := &c.data, "set lockup"
	if r.option() {
		detail += ", until unix time " + strconv.FormatInt(int64(r.u64()), 10)
	}
	if r.option() {
		detail += ", until epoch " + decimal(r.u64())
	}
	to := custodian()
	c.restrict(c.account(0), "", detail)
	if to != "" {
		c.authority(c.account(0), to, "lockup custodian", "set lockup")
	}
}

func (c *call) register(account, with, detail string) {
	c.add(chain.Effect{Kind: chain.Register, From: account, To: with, Detail: detail})
}
