package solana

import (
	"math"
	"strconv"

	"strongroom/internal/chain"
)

// Instructions of the Token program and of Token-2022 (spl-token-interface). The ones
// above 24 belong to extensions of Token-2022, but for those that both have.
const (
	tokenInitializeMint      = 0
	tokenInitializeAccount   = 1
	tokenInitializeMultisig  = 2
	tokenTransfer            = 3
	tokenApprove             = 4
	tokenRevoke              = 5
	tokenSetAuthority        = 6
	tokenMintTo              = 7
	tokenBurn                = 8
	tokenCloseAccount        = 9
	tokenFreeze              = 10
	tokenThaw                = 11
	tokenTransferChecked     = 12
	tokenApproveChecked      = 13
	tokenMintToChecked       = 14
	tokenBurnChecked         = 15
	tokenInitializeAccount2  = 16
	tokenSyncNative          = 17
	tokenInitializeAccount3  = 18
	tokenInitializeMultisig2 = 19
	tokenInitializeMint2     = 20
	tokenGetAccountDataSize  = 21
	tokenImmutableOwner      = 22
	tokenAmountToUI          = 23
	tokenUIToAmount          = 24
	tokenWithdrawExcess      = 38
	tokenUnwrapLamports      = 45
	tokenBatch               = 255
)

const maxMultisig = 11 // signers of a multisig account of the token programs

// transferAccounts is how many accounts a checked transfer has. Those behind them are the
// signers of a multisig, or go to the program that the mint has every transfer call
// (spl-transfer-hook-interface): as signers, if they are, but for the four.
const transferAccounts = 4

// token describes an instruction of the Token program, or of Token-2022 (extended).
func (c *call) token(extended bool) bool {
	r := &c.data
	switch tag := r.u8(); tag {
	case tokenInitializeMint, tokenInitializeMint2:
		c.initializeMint(r.u8(), r.key(), r.optionalKey())
	case tokenInitializeAccount:
		c.initializeAccount(c.account(2))
	case tokenInitializeAccount2, tokenInitializeAccount3:
		c.initializeAccount(r.key())
	case tokenInitializeMultisig:
		c.initializeMultisig(2)
	case tokenInitializeMultisig2:
		c.initializeMultisig(1)
	case tokenTransfer:
		c.moveToken(c.tokenOf(0), 0, 1, r.u64(), "by "+c.account(2))
	case tokenTransferChecked:
		amount := r.u64()
		c.moveToken(c.mintIn(1, r.u8()), 0, 2, amount, "by "+c.account(3))
		c.hooked = extended && len(c.accounts) > transferAccounts
	case tokenApprove:
		c.allow(c.tokenOf(0), 0, 1, r.u64(), "by "+c.account(2))
	case tokenApproveChecked:
		amount := r.u64()
		c.allow(c.mintIn(1, r.u8()), 0, 2, amount, "by "+c.account(3))
	case tokenRevoke:
		c.add(chain.Effect{Kind: chain.Allow, Asset: c.tokenOf(0), Amount: "0", From: c.account(0), Detail: "revoke, by " + c.account(1)})
	case tokenSetAuthority:
		return c.setAuthority(extended)
	case tokenMintTo:
		c.mintTo(c.mint(0), r.u64())
	case tokenMintToChecked:
		amount := r.u64()
		c.mintTo(c.mintIn(0, r.u8()), amount)
	case tokenBurn:
		c.burn(c.mint(1), r.u64(), "by "+c.account(2))
	case tokenBurnChecked:
		amount := r.u64()
		c.burn(c.mintIn(1, r.u8()), amount, "by "+c.account(2))
	case tokenCloseAccount:
		c.close(c.account(0), c.account(1), "close token account, by "+c.account(2))
	case tokenFreeze:
		c.restrict(c.account(0), c.mint(1), "freeze, by "+c.account(2))
	case tokenThaw:
		c.restrict(c.account(0), c.mint(1), "thaw, by "+c.account(2))
	case tokenSyncNative:
		c.plain(c.account(0), "balance of wrapped SOL brought up to date")
	case tokenGetAccountDataSize:
		c.plain(c.account(0), "asks for the size of a token account")
		r.take(len(r.b)) // types of extensions
	case tokenImmutableOwner:
		c.restrict(c.account(0), "", "the owner cannot change any more")
	case tokenAmountToUI:
		c.plain(c.account(0), "asks how "+decimal(r.u64())+" is written")
	case tokenUIToAmount:
		c.plain(c.account(0), "asks how a text is read as an amount")
		r.take(len(r.b))
	case tokenWithdrawExcess:
		c.close(c.account(0), c.account(1), "all lamports above the rent, by "+c.account(2))
	case tokenUnwrapLamports:
		c.unwrap()
	case tokenBatch:
		return c.batch(extended)
	default:
		return extended && c.extension(tag)
	}
	return true
}

// optionalKey reads the byte that says whether a key follows; "" is none.
func (r *reader) optionalKey() string {
	if r.option() {
		return r.key()
	}
	return ""
}

// mint is the token whose mint account n is.
func (c *call) mint(n int) string {
	mint := c.account(n)
	if u, ok := knownMint(mint, c.network.Test); ok {
		c.unit(mint, u)
	}
	return mint
}

// mintIn is the token whose mint account n is and of which the signer says that it has
// some number of decimals; the program holds them against the mint.
func (c *call) mintIn(n int, decimals uint8) string {
	mint := c.mint(n)
	c.unit(mint, chain.Unit{Symbol: mint, Decimals: int(decimals)})
	if known := c.units[mint]; known.Decimals != int(decimals) {
		c.warn("the instruction counts " + known.Symbol + " with " + strconv.Itoa(int(decimals)) + " decimals, and so fails")
	}
	return mint
}

// tokenOf names a token by token account n, where the mint is not said.
func (c *call) tokenOf(n int) string { return "token of " + c.account(n) }

func (c *call) moveToken(asset string, from, to int, amount uint64, detail string) {
	c.add(chain.Effect{
		Kind: chain.Move, Asset: asset, Amount: decimal(amount), From: c.account(from), To: c.account(to),
		Detail: "between token accounts, " + detail,
	})
}

func (c *call) allow(asset string, from, to int, amount uint64, detail string) {
	if amount == math.MaxUint64 {
		c.warn("the allowance is unlimited")
	}
	c.add(chain.Effect{
		Kind: chain.Allow, Asset: asset, Amount: decimal(amount), From: c.account(from), To: c.account(to),
		Detail: "approve a delegate, " + detail,
	})
}

func (c *call) mintTo(asset string, amount uint64) {
	c.add(chain.Effect{
		Kind: chain.Move, Asset: asset, Amount: decimal(amount), From: asset, To: c.account(1),
		Detail: "mint new tokens, by " + c.account(2),
	})
}

func (c *call) burn(asset string, amount uint64, detail string) {
	c.add(chain.Effect{Kind: chain.Destroy, Asset: asset, Amount: decimal(amount), From: c.account(0), Detail: "burn, " + detail})
}

func (c *call) restrict(account, asset, detail string) {
	c.add(chain.Effect{Kind: chain.Restrict, Asset: asset, From: account, Detail: detail})
}

func (c *call) initializeMint(decimals uint8, authority, freezer string) {
	mint := c.account(0)
	c.unit(mint, chain.Unit{Symbol: mint, Decimals: int(decimals)})
	c.add(chain.Effect{Kind: chain.Deploy, Asset: mint, To: mint, Detail: "initialize mint with " + strconv.Itoa(int(decimals)) + " decimals"})
	c.authority(mint, authority, "mint tokens", "initialize mint")
	if freezer != "" {
		c.authority(mint, freezer, "freeze account", "initialize mint")
	}
}

func (c *call) initializeAccount(owner string) {
	c.add(chain.Effect{
		Kind: chain.Authority, Asset: c.mint(1), From: c.account(0), To: owner, Subject: "account owner", Detail: "initialize token account",
	})
}

// initializeMultisig makes an account for which m of the signers act, whose accounts
// follow from index first on.
func (c *call) initializeMultisig(first int) {
	m := c.data.u8()
	account, signers := c.account(0), len(c.accounts)-first
	if signers < 1 || signers > maxMultisig {
		c.short = true
		return
	}
	detail := "initialize multisig: " + strconv.Itoa(int(m)) + " of " + strconv.Itoa(signers)
	for i := range signers {
		c.authority(account, c.account(first+i), "multisig", detail)
	}
}

// setAuthority gives a right over a mint or token account to somebody else.
func (c *call) setAuthority(extended bool) bool {
	kind, to := c.data.u8(), c.data.optionalKey()
	name := authorityName(kind)
	if name == "" || !extended && kind > authorityCloseAccount {
		c.authority(c.account(0), to, "authority "+strconv.Itoa(int(kind)), "of an unknown kind, by "+c.account(1))
		return false
	}
	c.authority(c.account(0), to, name, "set authority, by "+c.account(1))
	return true
}

const authorityCloseAccount = 3 // the last one that the Token program knows

// authorityName is what an authority of a mint or token account may do.
func authorityName(kind uint8) string {
	names := [...]string{
		"mint tokens", "freeze account", "account owner", "close account", "transfer fee config", "withheld withdraw",
		"close mint", "interest rate", "permanent delegate", "confidential transfer mint", "transfer hook program",
		"confidential transfer fee config", "metadata pointer", "group pointer", "group member pointer", "scaled ui amount",
		"pause", "permissioned burn",
	}
	if int(kind) < len(names) {
		return names[kind]
	}
	return ""
}

// unwrap takes lamports out of a token account of wrapped SOL: some of them, or all.
func (c *call) unwrap() {
	if !c.data.option() {
		c.close(c.account(0), c.account(1), "unwrap SOL, by "+c.account(2))
		return
	}
	c.move(c.account(0), c.account(1), c.data.u64(), "unwrap SOL, by "+c.account(2))
}

// batch is several instructions in one: of each the number of its accounts, the length
// of its data, and the data. The accounts follow each other. A batch holds no batch.
func (c *call) batch(extended bool) bool {
	if c.nested || len(c.data.b) == 0 {
		return false
	}
	accounts := c.accounts
	for len(c.data.b) > 0 {
		n, size := int(c.data.u8()), int(c.data.u8())
		data := c.data.take(size)
		if c.data.bad || n > len(accounts) {
			c.data.bad = true
			return true
		}
		inner := call{description: c.description, program: c.program, accounts: accounts[:n], data: reader{b: data}, nested: true}
		inner.conclude(data, inner.token(extended))
		accounts = accounts[n:]
	}
	if len(accounts) > 0 {
		c.short = true
	}
	return true
}
