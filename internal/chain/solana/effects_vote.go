package solana

import "strconv"

// Instructions of the Vote program (solana-vote-interface) but for votes, which a
// validator signs by itself and which are not decoded.
const (
	voteInitialize         = 0
	voteAuthorize          = 1
	voteWithdraw           = 3
	voteUpdateIdentity     = 4
	voteUpdateCommission   = 5
	voteAuthorizeChecked   = 7
	voteAuthorizeSeed      = 10
	voteAuthorizeSeedCheck = 11
)

func (c *call) vote() bool {
	r := &c.data
	switch r.u32() {
	case voteInitialize:
		node, voter, withdrawer, commission := r.key(), r.key(), r.key(), r.u8()
		c.register(c.account(0), node, "initialize vote account, commission "+strconv.Itoa(int(commission))+"%")
		c.authority(c.account(0), voter, "voter", "initialize vote account")
		c.authority(c.account(0), withdrawer, "withdrawer", "initialize vote account")
	case voteAuthorize:
		to := r.key()
		return c.authorizeVote(r.u32(), to)
	case voteAuthorizeChecked:
		return c.authorizeVote(r.u32(), c.account(3))
	case voteAuthorizeSeed:
		kind := r.u32()
		r.key()
		r.seed()
		return c.authorizeVote(kind, r.key())
	case voteAuthorizeSeedCheck:
		kind := r.u32()
		r.key()
		r.seed()
		return c.authorizeVote(kind, c.account(3))
	case voteWithdraw:
		c.move(c.account(0), c.account(1), r.u64(), "withdraw from a vote account")
	case voteUpdateIdentity:
		c.authority(c.account(0), c.account(1), "validator identity", "by "+c.account(2))
	case voteUpdateCommission:
		c.register(c.account(0), "", "commission "+strconv.Itoa(int(r.u8()))+"%, by "+c.account(1))
	default:
		return false
	}
	return true
}

func (c *call) authorizeVote(kind uint32, to string) bool {
	switch kind {
	case 0:
		c.authority(c.account(0), to, "voter", "authorize")
	case 1:
		c.authority(c.account(0), to, "withdrawer", "authorize")
	default:
		c.authority(c.account(0), to, "authority "+strconv.FormatUint(uint64(kind), 10), "of an unknown kind")
		return false
	}
	return true
}
