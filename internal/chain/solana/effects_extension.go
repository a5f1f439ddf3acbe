package solana

import (
	"strconv"

	"strongroom/internal/chain"
)

// Extensions of Token-2022 (spl-token-2022-interface). Those of confidential transfers
// (27, 37, 42) hide their amounts, and with groups (40, 41) and the texts of metadata
// they are not decoded.
const (
	extensionMintClose         = 25
	extensionTransferFee       = 26
	extensionDefaultState      = 28
	extensionReallocate        = 29
	extensionMemoTransfer      = 30
	extensionNonTransferable   = 32
	extensionInterest          = 33
	extensionCPIGuard          = 34
	extensionPermanentDelegate = 35
	extensionTransferHook      = 36
	extensionMetadataPointer   = 39
	extensionScaledUI          = 43
	extensionPausable          = 44
	extensionPermissionedBurn  = 46
	// extensionMetadata begins the eight bytes of "spl_token_metadata_interface:
	// update_the_authority".
	extensionMetadata = 215
)

// extension describes an instruction that only Token-2022 has.
func (c *call) extension(tag uint8) bool {
	switch tag {
	case extensionMintClose:
		c.authority(c.account(0), c.data.optionalKey(), "close mint", "initialize mint")
	case extensionPermanentDelegate:
		c.warn("the permanent delegate of a token may move and burn everybody's holdings of it")
		c.authority(c.account(0), c.data.key(), "permanent delegate", "may move and burn all holdings of the token")
	case extensionNonTransferable:
		c.restrict("", c.account(0), "the token cannot be transferred")
	case extensionTransferFee:
		return c.transferFee()
	case extensionDefaultState:
		return c.defaultState()
	case extensionReallocate:
		c.plain(c.account(0), "more room in a token account, by "+c.account(3))
		c.rent(c.account(1), c.account(0), accountOverhead+maxExtended, "more room in a token account")
		c.data.take(len(c.data.b) &^ 1) // types of extensions, 16 bits each
	case extensionMemoTransfer:
		return c.guard("incoming transfers need a memo", "incoming transfers need no memo")
	case extensionCPIGuard:
		return c.guard("programs may not use the owner's rights", "programs may use the owner's rights")
	case extensionInterest:
		return c.setting("interest rate", func() string { return "rate " + strconv.Itoa(int(int16(c.data.u16()))) + " basis points" })
	case extensionTransferHook:
		return c.setting("transfer hook program", func() string {
			if program := c.data.keyOrNone(); program != "" {
				return "each transfer calls " + program
			}
			return "transfers call no program"
		})
	case extensionMetadataPointer:
		return c.setting("metadata pointer", func() string { return "metadata at " + c.data.keyOrNone() })
	case extensionPausable:
		return c.pausable()
	case extensionScaledUI:
		return c.scaledUI()
	case extensionPermissionedBurn:
		return c.permissionedBurn()
	case extensionMetadata:
		if string(c.data.take(7)) != "\xe4\xa6\xe4\x54\x64\x56\x7b" {
			return false
		}
		c.authority(c.account(0), c.data.keyOrNone(), "metadata update authority", "by "+c.account(1))
	default:
		return false
	}
	return true
}

// Data of token accounts of Token-2022 in bytes, with some to spare: with all the
// extensions that a mint can demand, and with all that there are.
const (
	maxTokenAccount = 512
	maxExtended     = 1024
)

// deploy says that the rules of a token change.
func (c *call) deploy(mint, subject, detail string) {
	c.add(chain.Effect{Kind: chain.Deploy, Asset: mint, To: mint, Subject: subject, Detail: detail})
}

// setting is an extension of a mint with an authority (which may be nobody) and one
// value: instruction 0 sets both, 1 the value.
func (c *call) setting(name string, value func() string) bool {
	mint := c.account(0)
	switch c.data.u8() {
	case 0:
		if authority := c.data.keyOrNone(); authority != "" {
			c.authority(mint, authority, name, "initialize mint")
		}
		c.deploy(mint, name, value())
	case 1:
		c.deploy(mint, name, value()+", by "+c.account(1))
	default:
		return false
	}
	return true
}

// guard is an extension of a token account that its owner turns on and off.
func (c *call) guard(on, off string) bool {
	switch c.data.u8() {
	case 0:
		c.restrict(c.account(0), "", on+", by "+c.account(1))
	case 1:
		c.restrict(c.account(0), "", off+", by "+c.account(1))
	default:
		return false
	}
	return true
}

// transferFee is the extension that keeps a part of each transfer for an authority.
func (c *call) transferFee() bool {
	r := &c.data
	switch r.u8() {
	case 0:
		config, withdraw := r.optionalKey(), r.optionalKey()
		mint, points, highest := c.account(0), r.u16(), r.u64()
		c.deploy(mint, "transfer fee", transferFeeText(points, highest))
		if config != "" {
			c.authority(mint, config, "transfer fee config", "initialize mint")
		}
		if withdraw != "" {
			c.authority(mint, withdraw, "withheld withdraw", "initialize mint")
		}
	case 1:
		amount, decimals, fee := r.u64(), r.u8(), r.u64()
		c.moveToken(c.mintIn(1, decimals), 0, 2, amount, "of which "+decimal(fee)+" are withheld, by "+c.account(3))
		c.hooked = len(c.accounts) > transferAccounts
	case 2:
		c.withheld(c.mint(0), "from the mint")
	case 3:
		c.withheld(c.mint(0), "from "+strconv.Itoa(int(r.u8()))+" token accounts")
	case 4:
		mint := c.mint(0)
		c.add(chain.Effect{Kind: chain.Move, Asset: mint, Amount: "all", To: mint, Detail: "withheld fees of token accounts, to the mint"})
	case 5:
		points, highest := r.u16(), r.u64()
		c.deploy(c.account(0), "transfer fee", transferFeeText(points, highest)+", by "+c.account(1))
	default:
		return false
	}
	return true
}

func (c *call) withheld(mint, where string) {
	c.add(chain.Effect{
		Kind: chain.Move, Asset: mint, Amount: "all", From: mint, To: c.account(1), Detail: "withheld fees " + where + ", by " + c.account(2),
	})
}

func transferFeeText(points uint16, highest uint64) string {
	return "fee of " + strconv.Itoa(int(points)) + " basis points, at most " + decimal(highest)
}

// defaultState is whether new token accounts begin frozen.
func (c *call) defaultState() bool {
	update, state := c.data.u8(), c.data.u8()
	detail := "new accounts can be used at once"
	if state == 2 {
		detail = "new accounts are frozen"
	}
	if update > 1 || state != 1 && state != 2 {
		return false
	}
	if update == 1 {
		detail += ", by " + c.account(1)
	}
	c.restrict("", c.account(0), detail)
	return true
}

// pausable is the extension that stops all transfers of a token.
func (c *call) pausable() bool {
	switch c.data.u8() {
	case 0:
		c.authority(c.account(0), c.data.keyOrNone(), "pause", "initialize mint")
	case 1:
		c.restrict("", c.account(0), "nobody can transfer the token, by "+c.account(1))
	case 2:
		c.restrict("", c.account(0), "the token can be transferred again, by "+c.account(1))
	default:
		return false
	}
	return true
}

// scaledUI is a factor between amounts and what people see, a float of 64 bits.
func (c *call) scaledUI() bool {
	switch c.data.u8() {
	case 0:
		if authority := c.data.keyOrNone(); authority != "" {
			c.authority(c.account(0), authority, "scaled ui amount", "initialize mint")
		}
		c.data.u64()
		c.deploy(c.account(0), "scaled ui amount", "amounts are shown with a factor")
	case 1:
		c.data.u64()
		c.data.u64() // the time from which it holds
		c.deploy(c.account(0), "scaled ui amount", "amounts are shown with another factor, by "+c.account(1))
	default:
		return false
	}
	return true
}

// permissionedBurn is the extension by which an authority has to agree to burning.
func (c *call) permissionedBurn() bool {
	r := &c.data
	switch r.u8() {
	case 0:
		c.authority(c.account(0), r.key(), "permissioned burn", "initialize mint")
	case 1:
		c.burn(c.mint(1), r.u64(), "by "+c.account(3)+" and "+c.account(2))
	case 2:
		amount := r.u64()
		c.burn(c.mintIn(1, r.u8()), amount, "by "+c.account(3)+" and "+c.account(2))
	default:
		return false
	}
	return true
}
