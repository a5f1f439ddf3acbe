package solana

import (
	"strconv"

	"strongroom/internal/chain"
)

// Instructions of the Upgradeable Loader (solana-loader-v3-interface).
const (
	loaderInitializeBuffer = 0
	loaderWrite            = 1
	loaderDeploy           = 2
	loaderUpgrade          = 3
	loaderSetAuthority     = 4
	loaderClose            = 5
	loaderExtend           = 6
	loaderSetChecked       = 7
)

const programDataHeader = 45 // bytes before the program in its account

func (c *call) loader() bool {
	r := &c.data
	switch r.u32() {
	case loaderInitializeBuffer:
		to := ""
		if len(c.accounts) > 1 {
			to = c.account(1)
		}
		c.authority(c.account(0), to, "buffer authority", "initialize buffer")
	case loaderWrite:
		offset := r.u32()
		size := len(r.seed()) // a list of bytes has the form of a text
		c.add(chain.Effect{
			Kind: chain.Deploy, To: c.account(0), Subject: "buffer",
			Detail: "write " + strconv.Itoa(size) + " bytes of code at " + decimal(uint64(offset)) + ", by " + c.account(1),
		})
	case loaderDeploy:
		size := r.u64()
		c.flag()
		program := c.account(2)
		c.add(chain.Effect{Kind: chain.Deploy, From: c.account(0), To: program, Subject: "code in " + c.account(3), Detail: "deploy program"})
		c.authority(program, c.account(7), "upgrade authority", "deploy program")
		if size += accountOverhead + programDataHeader; size < accountOverhead {
			size = 1<<64 - 1
		}
		c.rent(c.account(0), c.account(1), size, "program data")
	case loaderUpgrade:
		c.flag()
		c.add(chain.Effect{Kind: chain.Deploy, To: c.account(1), Subject: "code in " + c.account(2), Detail: "upgrade program, by " + c.account(6)})
		c.close(c.account(2), c.account(3), "what the buffer holds and the program does not need")
	case loaderSetAuthority:
		to := ""
		if len(c.accounts) > 2 {
			to = c.account(2)
		}
		c.authority(c.account(0), to, "upgrade authority", "set authority, by "+c.account(1))
	case loaderSetChecked:
		c.authority(c.account(0), c.account(2), "upgrade authority", "set authority, by "+c.account(1))
	case loaderClose:
		c.flag()
		c.close(c.account(0), c.account(1), "close program data or buffer")
		if len(c.accounts) > 3 {
			c.add(chain.Effect{Kind: chain.Destroy, From: c.account(3), Subject: "program", Detail: "close program for good, by " + c.account(2)})
		}
	case loaderExtend:
		size := uint64(r.u32())
		c.add(chain.Effect{Kind: chain.Deploy, To: c.account(1), Subject: "size", Detail: "extend program by " + decimal(size) + " bytes"})
		if len(c.accounts) > 3 {
			c.rent(c.account(3), c.account(0), size, "program data")
		}
	default:
		return false
	}
	return true
}

// flag reads a byte that may be missing: whether a buffer is closed after use
// (SIMD-0430), or the address of a program stays taken (SIMD-0432).
func (c *call) flag() {
	if len(c.data.b) > 0 && c.data.u8() > 1 {
		c.data.bad = true
	}
}
