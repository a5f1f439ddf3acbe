package solidity

import (
	"bytes"
	"math/big"
	"testing"

	"strongroom/internal/chain"
)

// The selectors and calls that the attacks below hide.
var (
	approveMallory  = encode("approve(address,uint256)", mallory, power(256))
	transferMallory = encode("transfer(address,uint256)", mallory, 700)
	ownerMallory    = encode("transferOwnership(address)", mallory)
	harmless        = encode("transfer(address,uint256)", bob, 1)
)

// spoil changes bytes of a copy.
func spoil(data []byte, change func([]byte) []byte) []byte { return change(bytes.Clone(data)) }

func repeat(n int, entry any) list {
	l := make(list, n)
	for i := range l {
		l[i] = entry
	}
	return l
}

// permitArguments are behind the amount of a permit.
func permitBy(owner [20]byte, amount any) []byte {
	return encode("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", owner, mallory, amount, 1900000000, 27, [32]byte{1}, [32]byte{2})
}

func safeExec(operation int, to [20]byte, amount int, data []byte, gasPrice int, refund [20]byte) []byte {
	return encode("execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
		to, amount, data, operation, 0, 0, gasPrice, [20]byte{}, refund, []byte{1})
}

// nested wraps data into n multicalls.
func nested(n int, data []byte) []byte {
	for range n {
		data = encode("multicall(bytes[])", list{data})
	}
	return data
}

// TestRedTeam: calls that give something away in a way that is easy to miss. Each
// must have the effect that says so.
func TestRedTeam(t *testing.T) {
	transferTail := append(bytes.Clone(harmless), 0)
	for _, c := range []struct {
		name string
		to   [20]byte
		data []byte
		want chain.Effect
	}{
		// encodings that readers understand differently
		{"transfer with dirty upper bytes of the receiver", token,
			spoil(harmless, func(b []byte) []byte { b[4] = 1; return b }),
			chain.Effect{Kind: chain.Opaque, To: "token", Subject: "0xa9059cbb", Detail: notCanonical}},
		{"transfer with a byte after its end", token, transferTail,
			chain.Effect{Kind: chain.Opaque, Subject: "0xa9059cbb", Detail: notCanonical}},
		{"approve with short data, which nodes pad", token, approveMallory[:4+32+31],
			chain.Effect{Kind: chain.Opaque, Subject: "0x095ea7b3", Detail: notCanonical}},
		{"approve without arguments", token, approveMallory[:4],
			chain.Effect{Kind: chain.Opaque, Subject: "0x095ea7b3", Detail: notCanonical}},
		{"half a selector", token, []byte{0x09, 0x5e}, chain.Effect{Kind: chain.Opaque, To: "token", Subject: "0x095e"}},
		{"boolean that is neither", token,
			spoil(encode("setApprovalForAll(address,bool)", mallory, false), func(b []byte) []byte { b[len(b)-1] = 2; return b }),
			chain.Effect{Kind: chain.Opaque, Subject: "0xa22cb465", Detail: notCanonical}},
		{"boolean with a high bit", token,
			spoil(encode("setApprovalForAll(address,bool)", mallory, false), func(b []byte) []byte { b[36] = 0x80; return b }),
			chain.Effect{Kind: chain.Opaque, Subject: "0xa22cb465", Detail: notCanonical}},
		{"multicall with bytes after its end", target, append(encode("multicall(bytes[])", list{harmless}), transferMallory...),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: notCanonical}},
		{"multicall whose two entries are the same bytes", target,
			spoil(encode("multicall(bytes[])", list{harmless, harmless}), func(b []byte) []byte {
				copy(b[4+3*32:], b[4+2*32:4+3*32])
				return b
			}),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: notCanonical}},
		{"call hidden in a gap before the tail", target,
			spoil(encode("multicall(bytes[])", list{harmless}), func(b []byte) []byte {
				b[4+31] = 0x40
				return append(b[:4+32:4+32], append(make([]byte, 32), b[4+32:]...)...)
			}),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: notCanonical}},
		{"padding of bytes that is not zero", target,
			spoil(encode("multicall(bytes[])", list{harmless}), func(b []byte) []byte { b[len(b)-1] = 1; return b }),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: notCanonical}},
		{"offset beyond 64 bits", target,
			spoil(encode("multicall(bytes[])", list{harmless}), func(b []byte) []byte { b[4] = 1; return b }),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: notCanonical}},
		{"list of more entries than the data has room for", target,
			spoil(encode("multicall(bytes[])", list{harmless}), func(b []byte) []byte { b[4+32+28] = 0x7f; return b }),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: notCanonical}},

		// allowances
		{"approve without limit", token, approveMallory,
			chain.Effect{Kind: chain.Allow, Asset: "erc20 token", Amount: "unlimited", From: "alice", To: "mallory"}},
		{"approve of half of all numbers", token, encode("approve(address,uint256)", mallory, new(big.Int).Lsh(big.NewInt(1), 255)),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", To: "mallory"}},
		{"approve of NFT zero, which looks like a revocation", token, encode("approve(address,uint256)", mallory, 0),
			chain.Effect{Kind: chain.Allow, To: "mallory", Detail: "the NFT of that number"}},
		{"allowance by another name", token, encode("increaseApproval(address,uint256)", mallory, power(256)),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", From: "alice", To: "mallory"}},
		{"allowance that grows", token, encode("increaseAllowance(address,uint256)", mallory, 5),
			chain.Effect{Kind: chain.Allow, Amount: "5", To: "mallory", Detail: "added"}},
		{"all NFTs, for a contract", token, encode("setApprovalForAll(address,bool)", mallory, true),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 token", Amount: "all", From: "alice", To: "mallory"}},
		{"operator of ERC-777", token, encode("authorizeOperator(address)", mallory),
			chain.Effect{Kind: chain.Allow, Amount: "all", To: "mallory"}},
		{"permit of alice's, handed in by alice", token, permitBy(alice, power(256)),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", From: "alice", To: "mallory"}},
		{"permit of DAI, which is without limit", token,
			encode("permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)", alice, mallory, 0, 0, true, 27, [32]byte{1}, [32]byte{2}),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", From: "alice", To: "mallory"}},
		{"permit in a multicall", token, encode("multicall(bytes[])", list{harmless, permitBy(alice, 9)}),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 token", Amount: "9", From: "alice", To: "mallory"}},
		{"permit for a router in a multicall", target,
			encode("multicall(uint256,bytes[])", 1900000000, list{encode("selfPermit(address,uint256,uint256,uint8,bytes32,bytes32)", token, power(256), 1, 27, [32]byte{}, [32]byte{})}),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 token", Amount: "unlimited", From: "alice", To: "target"}},
		{"permit for all positions", token,
			encode("permitForAll(address,address,bool,uint256,uint256,bytes)", alice, mallory, true, 1, 1, []byte{1}),
			chain.Effect{Kind: chain.Allow, Amount: "all", From: "alice", To: "mallory"}},
		{"Permit2: the largest amount of its 160 bits", target,
			encode("approve(address,address,uint160,uint48)", token, mallory, power(160), 1900000000),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 token", Amount: "unlimited", To: "mallory", Until: "2030-03-17T17:46:40Z"}},
		{"Permit2: one token among many", target,
			encode("permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)", alice,
				tuple{append(repeat(9, tuple{token, 1, 1900000000, 0}), tuple{other, power(160), 1900000000, 0}), mallory, 1900000000}, []byte{1}),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 other", Amount: "unlimited", From: "alice", To: "mallory"}},
		{"Permit2: signed transfer to somebody else", target,
			encode("permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)",
				tuple{tuple{token, 900}, 1, 1900000000}, tuple{mallory, 800}, alice, []byte{1}),
			chain.Effect{Kind: chain.Move, Asset: "erc20 token", Amount: "800", From: "alice", To: "mallory"}},
		{"approval that calls its spender", token, encode("approveAndCall(address,uint256,bytes)", mallory, 5, []byte{1, 2}),
			chain.Effect{Kind: chain.Opaque, To: "mallory", Detail: "data for the receiver"}},

		// other people's tokens
		{"transferFrom of somebody who allowed it", token, encode("transferFrom(address,address,uint256)", bob, mallory, 5),
			chain.Effect{Kind: chain.Move, Amount: "5", From: "bob", To: "mallory", Detail: "by allowance"}},
		{"transferFrom of oneself", token, encode("transferFrom(address,address,uint256)", alice, mallory, 5),
			chain.Effect{Kind: chain.Move, Amount: "5", From: "alice", To: "mallory", Detail: "own tokens"}},
		{"transfer to the zero address", token, encode("transfer(address,uint256)", [20]byte{}, 5),
			chain.Effect{Kind: chain.Move, Amount: "5", From: "alice", To: "0x0000000000000000000000000000000000000000"}},
		{"forced transfer", token, encode("forcedTransfer(address,address,uint256)", bob, mallory, 5),
			chain.Effect{Kind: chain.Seize, Amount: "5", From: "bob", To: "mallory"}},
		{"destruction of what was frozen", token, encode("destroyBlackFunds(address)", bob),
			chain.Effect{Kind: chain.Seize, Amount: "all", From: "bob"}},
		{"one NFT among a batch", token,
			encode("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", alice, mallory, list{1, 2, 77}, list{1, 1, 3}, []byte{}),
			chain.Effect{Kind: chain.Move, Amount: "3", Subject: "token 77", From: "alice", To: "mallory"}},
		{"lists of different lengths", token,
			encode("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", alice, mallory, list{1, 2}, list{1}, []byte{}),
			chain.Effect{Kind: chain.Opaque, Detail: "different lengths"}},
		{"NFT with data for the receiver", token,
			encode("safeTransferFrom(address,address,uint256,bytes)", alice, mallory, 1, []byte{1}),
			chain.Effect{Kind: chain.Opaque, To: "mallory"}},

		// batches
		{"approve in a multicall in a multicall", token, nested(2, approveMallory),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 token", Amount: "unlimited", From: "alice", To: "mallory"}},
		{"approve nested too deep", token, nested(5, approveMallory),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: "deeper"}},
		{"batch of 101 entries", target, encode("multicall(bytes[])", append(repeat(100, harmless), approveMallory)),
			chain.Effect{Kind: chain.Opaque, Subject: "0xac9650d8", Detail: "more inner calls"}},
		{"two batches of 60", target, nested(1, encode("multicall(bytes[])", repeat(60, encode("multicall(bytes[])", repeat(2, harmless))))),
			chain.Effect{Kind: chain.Opaque, Detail: "more inner calls"}},
		{"multicall of nothing", target, encode("multicall(bytes[])", list{}),
			chain.Effect{Kind: chain.Call, To: "target"}},
		{"multicall with an empty entry", target, encode("multicall(bytes[])", list{[]byte{}}),
			chain.Effect{Kind: chain.Opaque, To: "target", Subject: "0x"}},
		{"Multicall3: transfer that may fail", target,
			encode("aggregate3((address,bool,bytes)[])", list{tuple{token, true, encode("transferFrom(address,address,uint256)", alice, mallory, 5)}}),
			chain.Effect{Kind: chain.Move, Asset: "erc20 token", Amount: "5", From: "alice", To: "mallory", Detail: "by allowance"}},
		{"Multicall3: value", target,
			encode("aggregate3Value((address,bool,uint256,bytes)[])", list{tuple{mallory, false, 12, []byte{}}}),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "12", From: "target", To: "mallory"}},
		{"Multicall3: unknown call", target, encode("aggregate((address,bytes)[])", list{tuple{other, []byte{1, 2, 3, 4}}}),
			chain.Effect{Kind: chain.Opaque, From: "target", To: "other", Subject: "0x01020304"}},
		{"account: the last of a batch", target,
			encode("executeBatch(address[],uint256[],bytes[])", list{token, token, token}, list{0, 0, 0}, list{harmless, harmless, approveMallory}),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", From: "target", To: "mallory"}},
		{"account: value in the second list", target,
			encode("executeBatch(address[],uint256[],bytes[])", list{token, mallory}, list{0, 5}, list{harmless, []byte{}}),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "5", From: "target", To: "mallory"}},
		{"account: lists of different lengths", target,
			encode("executeBatch(address[],uint256[],bytes[])", list{token, token}, list{0}, list{harmless, approveMallory}),
			chain.Effect{Kind: chain.Opaque, Detail: "different lengths"}},
		{"account: delegatecall by its mode", target,
			encode("execute(bytes32,bytes)", [32]byte{modeDelegate}, append(bytes.Clone(mallory[:]), transferMallory...)),
			chain.Effect{Kind: chain.Authority, From: "target", To: "mallory", Detail: "delegatecall"}},
		{"account: the zero address that stands for itself", target,
			encode("execute(bytes32,bytes)", [32]byte{modeBatch}, sequenceOf([]any{list{tuple{[20]byte{}, 0, ownerMallory}}})),
			chain.Effect{Kind: chain.Authority, From: "target", To: "mallory", Subject: "owner"}},
		{"account: a mode that nobody knows", target,
			encode("execute(bytes32,bytes)", [32]byte{modeBatch, 0, 0, 0, 0, 0, 0x78}, []byte{}),
			chain.Effect{Kind: chain.Opaque, Detail: "mode"}},
		{"proxy of the user runs code", target, encode("execute(address,bytes)", mallory, transferMallory),
			chain.Effect{Kind: chain.Authority, From: "target", To: "mallory", Detail: "delegatecall"}},
		{"timelock: ownership, later", target,
			encode("schedule(address,uint256,bytes,bytes32,bytes32,uint256)", other, 0, ownerMallory, [32]byte{}, [32]byte{}, 0),
			chain.Effect{Kind: chain.Authority, From: "other", To: "mallory", Subject: "owner"}},

		// Safe
		{"Safe: delegatecall", safe, safeExec(1, mallory, 0, harmless, 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", To: "mallory", Detail: "delegatecall"}},
		{"Safe: delegatecall without data", safe, safeExec(1, mallory, 0, nil, 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", To: "mallory"}},
		{"Safe: operation that does not exist", safe, safeExec(2, token, 0, harmless, 0, [20]byte{}),
			chain.Effect{Kind: chain.Opaque, To: "safe", Detail: "operation"}},
		{"Safe: value beside a token transfer", safe, safeExec(0, mallory, 5, harmless, 0, [20]byte{}),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "5", From: "safe", To: "mallory"}},
		{"Safe: refund of gas at any price", safe, safeExec(0, token, 0, harmless, 1e15, mallory),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "all", From: "safe", To: "mallory", Detail: "refund"}},
		{"Safe: new owner and threshold of one", safe, safeExec(0, safe, 0, encode("addOwnerWithThreshold(address,uint256)", mallory, 1), 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", To: "mallory", Subject: "owner"}},
		{"Safe: threshold of one", safe, encode("changeThreshold(uint256)", 1),
			chain.Effect{Kind: chain.Authority, From: "safe", Subject: "threshold", Detail: "1"}},
		{"Safe: owner swapped", safe, encode("swapOwner(address,address,address)", [20]byte{19: 1}, bob, mallory),
			chain.Effect{Kind: chain.Authority, To: "mallory", Detail: "in place of bob"}},
		{"Safe: module", safe, encode("enableModule(address)", mallory),
			chain.Effect{Kind: chain.Authority, To: "mallory", Subject: "module"}},
		{"Safe: guard removed", safe, encode("setGuard(address)", [20]byte{}),
			chain.Effect{Kind: chain.Authority, Subject: "guard", Detail: "nobody"}},
		{"Safe: fallback handler", safe, encode("setFallbackHandler(address)", mallory),
			chain.Effect{Kind: chain.Authority, To: "mallory", Subject: "fallback handler"}},
		{"Safe: agreement to a hash", safe, encode("approveHash(bytes32)", [32]byte{1}), chain.Effect{Kind: chain.Opaque, To: "safe"}},
		{"Safe: set-up that runs code", safe,
			encode("setup(address[],uint256,address,bytes,address,address,uint256,address)", list{alice}, 1, mallory, harmless, [20]byte{}, [20]byte{}, 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", To: "mallory", Detail: "delegatecall"}},
		{"multiSend: one transfer among ten", safe,
			safeExec(1, multiSendOnly, 0, encode("multiSend(bytes)", append(bytes.Repeat(packed(0, token, 0, harmless), 10), packed(0, token, 0, transferMallory)...)), 0, [20]byte{}),
			chain.Effect{Kind: chain.Move, Asset: "erc20 token", Amount: "700", From: "safe", To: "mallory"}},
		{"multiSend: delegatecall inside", safe,
			safeExec(1, multiSendOnly, 0, encode("multiSend(bytes)", packed(1, mallory, 0, harmless)), 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", To: "mallory", Detail: "delegatecall"}},
		{"multiSend: size beyond the end", safe,
			safeExec(1, multiSendOnly, 0, encode("multiSend(bytes)", packed(0, token, 0, transferMallory)[:100]), 0, [20]byte{}),
			chain.Effect{Kind: chain.Opaque, Detail: notCanonical}},
		{"multiSend of somebody else", safe,
			safeExec(1, mallory, 0, encode("multiSend(bytes)", packed(0, token, 0, harmless)), 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", To: "mallory", Detail: "delegatecall"}},
		{"known library with another function", safe, safeExec(1, multiSendOnly, 0, transferMallory, 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", Detail: "delegatecall"}},
		{"multiSend: zero address that stands for the Safe", safe,
			safeExec(1, multiSendOnly, 0, encode("multiSend(bytes)", packed(0, [20]byte{}, 0, encode("enableModule(address)", mallory))), 0, [20]byte{}),
			chain.Effect{Kind: chain.Authority, From: "safe", To: "mallory", Subject: "module"}},

		// owners and code
		{"ownership", target, ownerMallory, chain.Effect{Kind: chain.Authority, From: "target", To: "mallory", Subject: "owner"}},
		{"ownership by another name", target, encode("_setPendingAdmin(address)", mallory),
			chain.Effect{Kind: chain.Authority, To: "mallory", Subject: "next administrator"}},
		{"ownership by a name that nobody knows", target, encode("crownPrince(address)", mallory),
			chain.Effect{Kind: chain.Opaque, To: "target"}},
		{"ownership given up", target, encode("renounceOwnership()"), chain.Effect{Kind: chain.Authority, From: "target"}},
		{"role of administrators", target, encode("grantRole(bytes32,address)", [32]byte{}, mallory),
			chain.Effect{Kind: chain.Authority, To: "mallory", Subject: "role DEFAULT_ADMIN_ROLE"}},
		{"minting rights", token, encode("configureMinter(address,uint256)", mallory, 5),
			chain.Effect{Kind: chain.Authority, To: "mallory", Subject: "minter"}},
		{"other code behind a proxy", target, encode("upgradeTo(address)", mallory),
			chain.Effect{Kind: chain.Deploy, From: "target", To: "mallory"}},
		{"other code, and ownership at once", target, encode("upgradeToAndCall(address,bytes)", bob, ownerMallory),
			chain.Effect{Kind: chain.Authority, From: "target", To: "mallory"}},
		{"other code by the proxy's administrator", target, encode("upgradeAndCall(address,address,bytes)", other, mallory, []byte{1, 2, 3, 4}),
			chain.Effect{Kind: chain.Deploy, From: "other", To: "mallory"}},
		{"diamond: no facet, but code that runs", target, encode("diamondCut((address,uint8,bytes4[])[],address,bytes)", list{}, mallory, []byte{1, 2, 3, 4}),
			chain.Effect{Kind: chain.Authority, From: "target", To: "mallory", Detail: "delegatecall"}},
		{"end of a contract", target, encode("kill()"), chain.Effect{Kind: chain.Destroy, From: "target"}},
		{"end of a contract that pays out", target, encode("destroyAndSend(address)", mallory),
			chain.Effect{Kind: chain.Close, Asset: "ETH", Amount: "all", From: "target", To: "mallory"}},
		{"pause of everybody", token, encode("pause()"), chain.Effect{Kind: chain.Restrict, Asset: "erc20 token"}},
		{"blacklist of somebody", token, encode("addBlackList(address)", bob), chain.Effect{Kind: chain.Restrict, From: "bob"}},

		// exchanges, vaults, votes, names
		{"trade whose receiver is somebody else", target,
			encode("swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", 500, 0, list{token, other}, mallory, 1900000000),
			chain.Effect{Kind: chain.Move, Asset: "erc20 other", Amount: "0", To: "mallory"}},
		{"trade without a path", target,
			encode("swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", 500, 1, list{token}, alice, 1900000000),
			chain.Effect{Kind: chain.Opaque, Subject: "0x38ed1739"}},
		{"program of a router", target, encode("execute(bytes,bytes[],uint256)", []byte{0}, list{[]byte{1}}, 1),
			chain.Effect{Kind: chain.Opaque, Subject: "0x3593564c"}},
		{"sweep of a router's holdings to somebody", target,
			encode("multicall(bytes[])", list{encode("unwrapWETH9(uint256,address)", 0, mallory)}),
			chain.Effect{Kind: chain.Move, Asset: "ETH", Amount: "all", To: "mallory"}},
		{"vault: shares for somebody else", target, encode("deposit(uint256,address)", 5, mallory),
			chain.Effect{Kind: chain.Move, Asset: "erc20 target", Amount: "all", To: "mallory"}},
		{"vault: redeemed to somebody else", target, encode("redeem(uint256,address,address)", 5, mallory, alice),
			chain.Effect{Kind: chain.Move, Asset: "erc20 target", Amount: "5", From: "alice", To: "mallory"}},
		{"votes", token, encode("delegate(address)", mallory), chain.Effect{Kind: chain.Authority, From: "alice", To: "mallory", Subject: "votes"}},
		{"stake whose withdrawals go to somebody else", target,
			encode("deposit(bytes,bytes,bytes,bytes32)", make([]byte, 48), append(append([]byte{1}, make([]byte, 11)...), mallory[:]...), make([]byte, 96), [32]byte{}),
			chain.Effect{Kind: chain.Register, To: "mallory"}},
		{"name", target, encode("setOwner(bytes32,address)", [32]byte{9}, mallory), chain.Effect{Kind: chain.Authority, To: "mallory", Detail: "owner of the name"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantEffect(t, read(c.to, c.data), c.want) })
	}
}

// TestWarnings: what a careful reader would stop at.
func TestWarnings(t *testing.T) {
	for part, m := range map[string]Meaning{
		"without limit":              read(token, approveMallory),
		"more than there is":         read(token, encode("approve(address,uint256)", mallory, power(250))),
		"more than there is of any":  read(token, encode("increaseAllowance(address,uint256)", mallory, power(129))),
		"everything that is held":    read(token, encode("setApprovalForAll(address,bool)", mallory, true)),
		"zero address":               read(token, encode("transfer(address,uint256)", [20]byte{}, 1)),
		"their own contract":         read(token, encode("transfer(address,uint256)", token, 1)),
		"delegatecall":               read(safe, safeExec(1, mallory, 0, harmless, 0, [20]byte{})),
		"refunds gas":                read(safe, safeExec(0, token, 0, harmless, 1, mallory)),
		"not to the caller":          read(target, encode("swapETHForExactTokens(uint256,address[],address,uint256)", 1, list{other, token}, mallory, 1)),
		"no lower limit":             read(target, encode("swapExactETHForTokens(uint256,address[],address,uint256)", 0, list{other, token}, alice, 1)),
		"not to its owner":           read(target, encode("withdraw(uint256,address,address)", 5, mallory, alice)),
		"withdrawal credentials":     read(target, encode("deposit(bytes,bytes,bytes,bytes32)", make([]byte, 48), make([]byte, 32), make([]byte, 96), [32]byte{})),
		"What is paid for goes to m": read(target, encode("addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)", token, other, 1, 1, 1, 1, mallory, 1)),
	} {
		wantWarning(t, m, part)
	}
	if m := read(token, harmless); len(m.Warnings) != 0 {
		t.Errorf("an ordinary transfer warns: %q", m.Warnings)
	}
}
