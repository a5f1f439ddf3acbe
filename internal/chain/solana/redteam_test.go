package solana

import (
	"math"
	"strings"
	"testing"

	"strongroom/internal/chain"
)

// Texts that stand in several cases.
const (
	tokenText     = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
	token2022Text = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"
	maxText       = "18446744073709551615"
)

// Steps of one program each.
func systemStep(metas []meta, parts ...any) step { return step{systemProgram, metas, pack(parts...)} }
func tokenStep(metas []meta, parts ...any) step  { return step{tokenProgram, metas, pack(parts...)} }
func extraStep(metas []meta, parts ...any) step {
	return step{token2022Program, metas, pack(parts...)}
}
func stakeStep(metas []meta, parts ...any) step { return step{stakeProgram, metas, pack(parts...)} }

func metas(m ...meta) []meta { return m }

// TestRedTeam holds transactions that give something away in an easily missed way. Each
// must show an effect that says so; harmless-looking effects may stand beside it. The
// empty members of want match anything.
func TestRedTeam(t *testing.T) {
	mine, mallory := addressOf("mine"), addressOf("mallory")
	me, signs := other("mine"), signer("mine")
	wallet, theirs, mint := other("my token account"), other("mallory"), other("mint")
	zeros := make([]byte, 32)
	u8, u32, u64 := func(n int) uint8 { return uint8(n) }, func(n int) uint32 { return uint32(n) }, func(n uint64) uint64 { return n }
	stakeAccount := other("my stake")
	history, config := exact(decoded(t, "SysvarStakeHistory1111111111111111111111111")), exact(decoded(t, "StakeConfig11111111111111111111111111111111"))
	for _, c := range []struct {
		name  string
		steps []step
		want  chain.Effect
	}{
		// System program
		{"transfer behind a transfer to oneself", []step{transfer("mine", "mine", 1), transfer("mine", "mallory", 9)},
			chain.Effect{Kind: chain.Move, Asset: "SOL", Amount: "9", From: mine, To: mallory}},
		{"largest amount", []step{transfer("mine", "mallory", math.MaxUint64)},
			chain.Effect{Kind: chain.Move, Amount: maxText, To: mallory}},
		{"amounts whose sum does not fit", []step{transfer("mine", "bob", math.MaxUint64), transfer("mine", "mallory", math.MaxUint64)},
			chain.Effect{Kind: chain.Move, Amount: maxText, To: mallory}},
		{"wallet assigned to a program", []step{systemStep(metas(signs), u32(systemAssign), key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: mine, To: mallory, Subject: "owner"}},
		{"wallet made an account of a program, with no lamports moved", []step{systemStep(metas(signs), u32(systemCreatePrefunded), u64(0), u64(0), key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: mine, To: mallory}},
		{"wallet bricked by allocating one byte", []step{systemStep(metas(signs), u32(systemAllocate), u64(1))},
			chain.Effect{Kind: chain.Restrict, From: mine}},
		{"wallet bricked by creating it for the System Program with data", []step{systemStep(metas(signs), u32(systemCreatePrefunded), u64(0), u64(8), zeros)},
			chain.Effect{Kind: chain.Restrict, From: mine}},
		{"creating an account that a program of somebody owns", []step{systemStep(metas(signs, signer("my new")), u32(systemCreate), u64(5e9), u64(0), key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my new"), To: mallory}},
		{"lamports of an account derived of the wallet", []step{systemStep(metas(other("derived"), signs, theirs), u32(systemTransferWithSeed), u64(7), "seed", key("program"))},
			chain.Effect{Kind: chain.Move, Amount: "7", From: addressOf("derived"), To: mallory}},
		{"derived account assigned away", []step{systemStep(metas(other("derived"), signs), u32(systemAssignWithSeed), key("mine"), "s", key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("derived"), To: mallory}},
		{"nonce account handed over", []step{systemStep(metas(other("nonce"), signs), u32(systemAuthorizeNonce), key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("nonce"), To: mallory}},
		{"nonce account emptied", []step{systemStep(metas(other("nonce"), theirs, other("x"), other("y"), signs), u32(systemWithdrawNonce), u64(1500000))},
			chain.Effect{Kind: chain.Move, From: addressOf("nonce"), To: mallory, Amount: "1500000"}},
		{"never expires", []step{systemStep(metas(other("nonce"), other("x"), signs), u32(systemAdvanceNonce)), transfer("mine", "mallory", 1)},
			chain.Effect{Kind: chain.Move, Until: "durable nonce " + addressOf("blockhash")}},
		{"bytes behind a transfer", []step{systemStep(metas(signs, theirs), u32(systemTransfer), u64(1), u64(9))},
			chain.Effect{Kind: chain.Opaque, To: systemText, Subject: "0200000001000000"}},
		{"transfer that names a third account, which does not matter", []step{systemStep(metas(signs, theirs, me), u32(systemTransfer), u64(3))},
			chain.Effect{Kind: chain.Move, To: mallory, Amount: "3"}},
		{"unknown instruction of the System Program", []step{systemStep(metas(signs, theirs), u32(99), u64(1))},
			chain.Effect{Kind: chain.Opaque, To: systemText}},
		{"numbers that only look like a transfer", []step{systemStep(metas(signs, theirs), u32(systemTransfer|1<<16), u64(1))},
			chain.Effect{Kind: chain.Opaque, To: systemText}},

		// Token programs
		{"token account given away behind a transfer", []step{
			tokenStep(metas(wallet, mint, other("bob"), signs), u8(tokenTransferChecked), u64(1), u8(6)),
			tokenStep(metas(wallet, signs), u8(tokenSetAuthority), u8(2), u8(1), key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my token account"), To: mallory, Subject: "account owner"}},
		{"who may close the account", []step{tokenStep(metas(wallet, signs), u8(tokenSetAuthority), u8(3), u8(1), key("mallory"))},
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "close account"}},
		{"right to mint given up", []step{tokenStep(metas(mint, signs), u8(tokenSetAuthority), u8(0), u8(0))},
			chain.Effect{Kind: chain.Authority, Subject: "mint tokens", Detail: "set authority, by " + mine + ": given up for good"}},
		{"unlimited allowance", []step{tokenStep(metas(wallet, theirs, signs), u8(tokenApprove), u64(math.MaxUint64))},
			chain.Effect{Kind: chain.Allow, Amount: maxText, To: mallory}},
		{"allowance in a batch", []step{tokenStep(metas(wallet, signs, wallet, theirs, signs), u8(tokenBatch), u8(2), u8(1), u8(tokenRevoke), u8(3), u8(9), u8(tokenApprove), u64(8))},
			chain.Effect{Kind: chain.Allow, Amount: "8", To: mallory}},
		{"batch in a batch", []step{tokenStep(metas(wallet, theirs, signs), u8(tokenBatch), u8(3), u8(12), u8(tokenBatch), u8(3), u8(9), u8(tokenApprove), u64(8))},
			chain.Effect{Kind: chain.Opaque, To: tokenText}},
		{"batch of nothing", []step{tokenStep(metas(wallet, theirs, signs), u8(tokenBatch))},
			chain.Effect{Kind: chain.Opaque, To: tokenText, Subject: "ff"}},
		{"batch that does not add up", []step{tokenStep(metas(wallet, theirs), u8(tokenBatch), u8(3), u8(9), u8(tokenApprove), u64(8))},
			chain.Effect{Kind: chain.Opaque, To: tokenText}},
		{"close-out of wrapped SOL", []step{tokenStep(metas(wallet, theirs, signs), u8(tokenCloseAccount))},
			chain.Effect{Kind: chain.Close, Asset: "SOL", Amount: "all", To: mallory}},
		{"SOL taken out of a token account", []step{tokenStep(metas(wallet, theirs, signs), u8(tokenUnwrapLamports), u8(0))},
			chain.Effect{Kind: chain.Close, Asset: "SOL", Amount: "all", To: mallory}},
		{"lamports above the rent", []step{tokenStep(metas(wallet, theirs, signs), u8(tokenWithdrawExcess))},
			chain.Effect{Kind: chain.Close, Asset: "SOL", Amount: "all", To: mallory}},
		{"new token account whose owner is somebody else", []step{tokenStep(metas(wallet, mint), u8(tokenInitializeAccount3), key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my token account"), To: mallory}},
		{"multisig of which one signer suffices", []step{tokenStep(metas(other("multisig"), me, theirs), u8(tokenInitializeMultisig2), u8(1))},
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "multisig", Detail: "initialize multisig: 1 of 2"}},
		{"tokens made out of nothing", []step{tokenStep(metas(mint, theirs, signs), u8(tokenMintTo), u64(1000))},
			chain.Effect{Kind: chain.Move, Asset: addressOf("mint"), Amount: "1000", To: mallory}},
		{"burn that looks like a transfer", []step{tokenStep(metas(wallet, mint, signs), u8(tokenBurnChecked), u64(1000), u8(6))},
			chain.Effect{Kind: chain.Destroy, Asset: addressOf("mint"), Amount: "1000", From: addressOf("my token account")}},
		{"holdings frozen", []step{tokenStep(metas(wallet, mint, signs), u8(tokenFreeze))},
			chain.Effect{Kind: chain.Restrict, From: addressOf("my token account")}},
		{"another signer's tokens, who authorises with us paying", []step{tokenStep(metas(other("alice token account"), theirs, signer("alice")), u8(tokenTransfer), u64(5))},
			chain.Effect{Kind: chain.Move, From: addressOf("alice token account"), To: mallory, Detail: "between token accounts, by " + addressOf("alice")}},
		{"extension on the old program", []step{tokenStep(metas(mint), u8(extensionPermanentDelegate), key("mallory"))},
			chain.Effect{Kind: chain.Opaque, To: tokenText, Subject: "23" + hexText(key("mallory"))[:14]}},
		{"authority of an extension on the old program", []step{tokenStep(metas(mint, signs), u8(tokenSetAuthority), u8(8), u8(1), key("mallory"))},
			chain.Effect{Kind: chain.Authority, To: mallory}},

		// Token-2022
		{"delegate over everybody's holdings", []step{extraStep(metas(mint), u8(extensionPermanentDelegate), key("mallory"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("mint"), To: mallory, Subject: "permanent delegate"}},
		{"fee of everything", []step{extraStep(metas(mint, signs), u8(extensionTransferFee), u8(5), uint16(10000), u64(math.MaxUint64))},
			chain.Effect{Kind: chain.Deploy, Subject: "transfer fee", Detail: "fee of 10000 basis points, at most " + maxText + ", by " + mine}},
		{"withheld fees", []step{extraStep(metas(mint, theirs, signs), u8(extensionTransferFee), u8(2))},
			chain.Effect{Kind: chain.Move, Amount: "all", To: mallory}},
		{"program that every transfer calls", []step{extraStep(metas(mint, signs), u8(extensionTransferHook), u8(1), key("mallory"))},
			chain.Effect{Kind: chain.Deploy, Subject: "transfer hook program", Detail: "each transfer calls " + mallory + ", by " + mine}},
		{"guard against programs taken off", []step{extraStep(metas(wallet, signs), u8(extensionCPIGuard), u8(1))},
			chain.Effect{Kind: chain.Restrict, Detail: "programs may use the owner's rights, by " + mine}},
		{"transfer that calls a program with our signature", []step{extraStep(metas(wallet, mint, theirs, signer("delegate"), signs, other("drainer")), u8(tokenTransferChecked), u64(1), u8(6))},
			chain.Effect{Kind: chain.Opaque, To: token2022Text, Detail: "Token-2022 Program: further accounts, with which a program of the token may be called; may act for " + mine + "; may act for " + addressOf("delegate")}},
		{"transfer with a fee that calls a program", []step{extraStep(metas(wallet, mint, theirs, signer("delegate"), signs, other("drainer")), u8(extensionTransferFee), u8(1), u64(1), u8(6), u64(0))},
			chain.Effect{Kind: chain.Opaque, To: token2022Text}},
		{"transfer in a batch that calls a program", []step{extraStep(metas(wallet, mint, theirs, signer("delegate"), signs), u8(tokenBatch), u8(5), u8(10), u8(tokenTransferChecked), u64(1), u8(6))},
			chain.Effect{Kind: chain.Opaque, To: token2022Text}},
		{"hidden amount", []step{extraStep(metas(wallet, mint, theirs, signs), u8(27), u8(7), zeros)},
			chain.Effect{Kind: chain.Opaque}},

		// Associated token accounts
		{"token program of somebody, which may ask for any rent", []step{{associatedProgram, metas(signs, theirs, me, mint, exact(systemProgram), other("program")), []byte{1}}},
			chain.Effect{Kind: chain.Opaque}},
		{"token account for somebody, at our expense", []step{{associatedProgram, metas(signs, other("ata"), theirs, mint, exact(systemProgram), exact(tokenProgram)), nil}},
			chain.Effect{Kind: chain.Move, Asset: "SOL", Amount: "2039280", From: mine, To: addressOf("ata")}},

		// Stake and vote
		{"withdrawer of a stake", []step{stakeStep(metas(stakeAccount, exact(clockSysvar), signs), u32(stakeAuthorize), key("mallory"), u32(1))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my stake"), To: mallory, Subject: "withdrawer"}},
		{"withdrawer of a stake, checked, clock left out", []step{stakeStep(metas(stakeAccount, signs, signer("mallory")), u32(stakeAuthorizeChecked), u32(1))},
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "withdrawer"}},
		{"withdrawer of a stake, checked, behind a system account that is not the clock", []step{stakeStep(metas(stakeAccount, exact(clockSysvar), config, signer("mallory"), signs), u32(stakeAuthorizeChecked), u32(1))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my stake"), To: mallory, Subject: "withdrawer"}},
		{"withdrawer of a stake, checked, with a seed, behind the clock", []step{stakeStep(metas(stakeAccount, signs, exact(clockSysvar), signer("mallory"), signer("my custodian")), u32(stakeAuthorizeSeedCheck), u32(1), "seed", key("program"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my stake"), To: mallory, Subject: "withdrawer"}},
		{"withdrawer of a stake, checked, with a seed, without the clock", []step{stakeStep(metas(stakeAccount, signs, signer("mallory"), exact(clockSysvar), signer("my custodian")), u32(stakeAuthorizeSeedCheck), u32(1), "seed", key("program"))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my stake"), To: mallory, Subject: "withdrawer"}},
		{"withdrawer of a new stake, with a clock where nobody looks for it", []step{stakeStep(metas(stakeAccount, exact(clockSysvar), signer("mallory"), signs), u32(stakeInitializeChecked))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my stake"), To: mallory, Subject: "withdrawer"}},
		{"withdrawer of a new stake", []step{stakeStep(metas(stakeAccount, exact(rentSysvar), signs, signer("mallory")), u32(stakeInitializeChecked))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my stake"), To: mallory, Subject: "withdrawer"}},
		{"custodian behind a system account", []step{stakeStep(metas(stakeAccount, history, signer("mallory"), signs), u32(stakeSetLockupChecked), u8(0), u8(0))},
			chain.Effect{Kind: chain.Authority, From: addressOf("my stake"), To: mallory, Subject: "lockup custodian"}},
		{"stake merged into another", []step{stakeStep(metas(theirs, stakeAccount, exact(clockSysvar), history, signs), u32(stakeMerge))},
			chain.Effect{Kind: chain.Close, Amount: "all", From: addressOf("my stake"), To: mallory}},
		{"stake moved", []step{stakeStep(metas(stakeAccount, theirs, signs), u32(stakeMoveLamports), u64(5))},
			chain.Effect{Kind: chain.Move, Amount: "5", From: addressOf("my stake"), To: mallory}},
		{"lockup with a custodian", []step{stakeStep(metas(stakeAccount, signs), u32(stakeSetLockup), u8(1), u64(1<<40), u8(0), u8(1), key("mallory"))},
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "lockup custodian"}},
		{"delegation to a validator", []step{stakeStep(metas(stakeAccount, theirs, signs), u32(stakeDelegate))},
			chain.Effect{Kind: chain.Register, From: addressOf("my stake"), To: mallory}},
		{"authority of an unknown kind", []step{stakeStep(metas(stakeAccount, signs), u32(stakeAuthorize), key("mallory"), u32(2))},
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"withdrawer of a vote account", []step{{voteProgram, metas(other("vote"), exact(clockSysvar), signs), pack(u32(voteAuthorize), key("mallory"), u32(1))}},
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "withdrawer"}},
		{"withdrawer of a vote account, checked", []step{{voteProgram, metas(other("vote"), exact(clockSysvar), signs, signer("mallory")), pack(u32(voteAuthorizeChecked), u32(1))}},
			chain.Effect{Kind: chain.Authority, From: addressOf("vote"), To: mallory, Subject: "withdrawer"}},
		{"voter of a vote account, checked, with a seed", []step{{voteProgram, metas(other("vote"), exact(clockSysvar), signs, signer("mallory")), pack(u32(voteAuthorizeSeedCheck), u32(0), key("program"), "seed")}},
			chain.Effect{Kind: chain.Authority, From: addressOf("vote"), To: mallory, Subject: "voter"}},
		{"commission of everything", []step{{voteProgram, metas(other("vote"), signs), pack(u32(voteUpdateCommission), u8(100))}},
			chain.Effect{Kind: chain.Register, From: addressOf("vote"), Detail: "commission 100%, by " + mine}},
		{"vote of a validator", []step{{voteProgram, metas(other("vote"), signs), pack(u32(14), u64(1))}},
			chain.Effect{Kind: chain.Opaque, Subject: "0e00000001000000"}},

		// Programs
		{"upgrade authority of a program", []step{{loaderProgram, metas(other("program data"), signs, theirs), pack(u32(loaderSetAuthority))}},
			chain.Effect{Kind: chain.Authority, To: mallory, Subject: "upgrade authority"}},
		{"upgrade authority given up by leaving it out", []step{{loaderProgram, metas(other("program data"), signs), pack(u32(loaderSetAuthority))}},
			chain.Effect{Kind: chain.Authority, From: addressOf("program data"), Detail: "set authority, by " + mine + ": given up for good"}},
		{"new code", []step{{loaderProgram, metas(other("data"), other("program"), other("buffer"), theirs, exact(rentSysvar), exact(clockSysvar), signs), pack(u32(loaderUpgrade))}},
			chain.Effect{Kind: chain.Deploy, To: addressOf("program"), Subject: "code in " + addressOf("buffer")}},
		{"program closed", []step{{loaderProgram, metas(other("data"), theirs, signs, other("program")), pack(u32(loaderClose))}},
			chain.Effect{Kind: chain.Close, Asset: "SOL", Amount: "all", To: mallory}},
		{"lookup table closed", []step{{tableProgram, metas(other("table"), signs, theirs), pack(u32(tableClose))}},
			chain.Effect{Kind: chain.Close, Asset: "SOL", Amount: "all", To: mallory}},
		{"unknown program with our signature", []step{{account("drainer"), metas(signs), []byte{1, 2, 3}}},
			chain.Effect{Kind: chain.Opaque, To: addressOf("drainer"), Subject: "010203", Detail: "unknown program: not decoded; may act for " + mine}},
		{"unknown program without our signature", []step{{account("drainer"), metas(other("bob")), []byte{1, 2, 3}}},
			chain.Effect{Kind: chain.Opaque, To: addressOf("drainer"), Detail: "unknown program: not decoded"}},
		{"unknown program without data", []step{{account("drainer"), metas(signs), nil}},
			chain.Effect{Kind: chain.Opaque, To: addressOf("drainer")}},
		{"program whose address begins like a known one", []step{{tokenProgram[:31] + "\xaa", metas(wallet, theirs, signs), pack(u8(tokenTransfer), u64(1))}},
			chain.Effect{Kind: chain.Opaque}},

		// Fees
		{"priority fee of everything", []step{{budgetProgram, nil, pack(u8(budgetPrice), u64(math.MaxUint64))}, transfer("mine", "bob", 1)},
			chain.Effect{Kind: chain.Fee, Amount: "3744689046963043978", From: mine, Detail: "priority fee 3744689046963038978 included"}},
		{"signature checks that cost", []step{{ed25519Program, nil, append([]byte{255}, make([]byte, 15)...)}, transfer("mine", "bob", 1)},
			chain.Effect{Kind: chain.Fee, Amount: "1280000"}},
		{"two prices, of which the higher counts", []step{{budgetProgram, nil, pack(u8(budgetPrice), u64(1e12))}, {budgetProgram, nil, pack(u8(budgetPrice), u64(0))}, transfer("mine", "bob", 1)},
			chain.Effect{Kind: chain.Fee, Amount: "206000005000"}},
		{"old instruction with a fee of its own", []step{{budgetProgram, nil, pack(u8(0), u32(1), u32(4000000000))}, transfer("mine", "bob", 1)},
			chain.Effect{Kind: chain.Opaque}},

		{"memo that is a statement", []step{{memoProgram, metas(signs), []byte("I owe mallory 1000 SOL")}},
			chain.Effect{Kind: chain.Message, From: mine, Detail: `"I owe mallory 1000 SOL"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := decodePayload(t, compile("mine", c.steps...))
			for _, e := range in.Effects {
				if matches(c.want, e) {
					return
				}
			}
			t.Errorf("no effect like %+v in\n%s", c.want, show(in.Effects))
		})
	}
}

// matches reports whether e is want, whose empty members match anything.
func matches(want, e chain.Effect) bool {
	same := func(want, got string) bool { return want == "" || want == got }
	return want.Kind == e.Kind && same(want.Asset, e.Asset) && same(want.Amount, e.Amount) && same(want.From, e.From) &&
		same(want.To, e.To) && same(want.Subject, e.Subject) && same(want.Detail, e.Detail) && same(want.Until, e.Until)
}

// TestUnknownKindsAreOpaqueToo: an authority of a kind that nobody knows shows the new
// holder, and that it is not understood.
func TestUnknownKindsAreOpaqueToo(t *testing.T) {
	for _, s := range []step{
		tokenStep(metas(other("mint"), signer("mine")), uint8(tokenSetAuthority), uint8(8), uint8(1), key("mallory")),
		extraStep(metas(other("mint"), signer("mine")), uint8(tokenSetAuthority), uint8(99), uint8(1), key("mallory")),
		stakeStep(metas(other("my stake"), signer("mine")), uint32(stakeAuthorize), key("mallory"), uint32(2)),
		{voteProgram, metas(other("vote"), exact(clockSysvar), signer("mine")), pack(uint32(voteAuthorize), key("mallory"), uint32(2))},
	} {
		in := decodePayload(t, compile("mine", s))
		if !has(in.Effects, chain.Opaque) || !has(in.Effects, chain.Authority) {
			t.Errorf("effects:\n%s", show(in.Effects))
		}
	}
}

// TestWarnings: what a careful reader stops at, and that nothing is said without cause.
func TestWarnings(t *testing.T) {
	signs := signer("mine")
	for _, c := range []struct {
		name  string
		steps []step
		want  string // part of the one warning, "" for none
	}{
		{"ordinary transfer", []step{transfer("mine", "bob", 1e9)}, ""},
		{"durable nonce", []step{systemStep(metas(other("nonce"), other("x"), signs), uint32(systemAdvanceNonce)), transfer("mine", "bob", 1e9)}, "does not expire"},
		{"nonce that is advanced later", []step{transfer("mine", "bob", 1e9), systemStep(metas(other("nonce"), other("x"), signs), uint32(systemAdvanceNonce))}, ""},
		{"unlimited", []step{tokenStep(metas(other("a"), other("b"), signs), uint8(tokenApprove), uint64(math.MaxUint64))}, "unlimited"},
		{"small transfer", []step{transfer("mine", "bob", 49999)}, "more than a tenth"},
		{"transfer of ten fees", []step{transfer("mine", "bob", 50000)}, ""},
		{"incinerator", []step{systemStep(metas(signs, exact(incinerator(t))), uint32(systemTransfer), uint64(1e9))}, "is lost"},
		{"high priority", []step{{budgetProgram, nil, pack(uint8(budgetPrice), uint64(1e9))}, transfer("mine", "bob", 1e15)}, "unusually high"},
		{"wrong decimals", []step{tokenStep(metas(other("a"), exact(wrapped(t)), other("b"), signs), uint8(tokenTransferChecked), uint64(1), uint8(6))}, "wSOL with 6 decimals"},
	} {
		warnings := decodePayload(t, compile("mine", c.steps...)).Warnings
		if got := strings.Join(warnings, "\n"); c.want == "" && got != "" || !strings.Contains(got, c.want) || len(warnings) > 1 {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.want)
		}
	}
}

func incinerator(t *testing.T) string { return decoded(t, incineratorText) }
func wrapped(t *testing.T) string     { return decoded(t, "So11111111111111111111111111111111111111112") }

func decoded(t *testing.T, text string) string {
	t.Helper()
	b, ok := decodeBase58(text, keySize)
	if !ok {
		t.Fatalf("%s is no address", text)
	}
	return string(b)
}
