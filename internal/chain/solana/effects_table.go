package solana

import "strongroom/internal/chain"

// Instructions of the Address Lookup Table program.
const (
	tableCreate     = 0
	tableFreeze     = 1
	tableExtend     = 2
	tableDeactivate = 3
	tableClose      = 4
)

const tableHeader = 56 // bytes of a table before its addresses

func (c *call) lookupTable() bool {
	r := &c.data
	switch r.u32() {
	case tableCreate:
		r.u64() // the slot, and the bump of the address derived of it
		r.u8()
		c.authority(c.account(0), c.account(1), "lookup table", "create lookup table")
		c.rent(c.account(2), c.account(0), accountOverhead+tableHeader, "lookup table")
	case tableFreeze:
		c.authority(c.account(0), "", "lookup table", "freeze, by "+c.account(1))
	case tableExtend:
		c.extendTable()
	case tableDeactivate:
		c.add(chain.Effect{Kind: chain.Destroy, From: c.account(0), Subject: "lookup table", Detail: "deactivate, by " + c.account(1)})
	case tableClose:
		c.close(c.account(0), c.account(2), "close lookup table, by "+c.account(1))
	default:
		return false
	}
	return true
}

// extendTable appends addresses to a table. They are what later transactions mean by
// its entries, so each is said.
func (c *call) extendTable() {
	table, count := c.account(0), c.data.u64()
	if count > uint64(len(c.data.b)/keySize) {
		c.data.bad = true
		return
	}
	c.plain(table, "extend lookup table by "+decimal(count)+" addresses, by "+c.account(1))
	for range count {
		c.fact("new address in "+table, c.data.key())
	}
	if len(c.accounts) > 2 {
		c.rent(c.account(2), table, count*keySize, "longer lookup table")
	}
}
