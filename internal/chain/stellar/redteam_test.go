package stellar

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The accounts of the tests, by the byte that their keys repeat.
const (
	alice   = 'a' // who signs
	bob     = 'b'
	mallory = 'm'
	issuing = 'i'
	token   = 't' // a contract
	evil    = 'e' // another
)

func key(who byte) (k xdr.Uint256) { copy(k[:], bytes.Repeat([]byte{who}, 32)); return k }

func account(who byte) xdr.AccountId {
	k := key(who)
	return xdr.AccountId{Type: xdr.PublicKeyTypePublicKeyTypeEd25519, Ed25519: &k}
}

func plain(who byte) xdr.MuxedAccount {
	k := key(who)
	return xdr.MuxedAccount{Type: xdr.CryptoKeyTypeKeyTypeEd25519, Ed25519: &k}
}

func numbered(who byte, id uint64) xdr.MuxedAccount {
	return xdr.MuxedAccount{
		Type:     xdr.CryptoKeyTypeKeyTypeMuxedEd25519,
		Med25519: &xdr.MuxedAccountMed25519{Id: xdr.Uint64(id), Ed25519: key(who)},
	}
}

func native() xdr.Asset { return xdr.Asset{Type: xdr.AssetTypeAssetTypeNative} }

func credit(code string, who byte) xdr.Asset {
	if len(code) <= 4 {
		a := &xdr.AlphaNum4{Issuer: account(who)}
		copy(a.AssetCode[:], code)
		return xdr.Asset{Type: xdr.AssetTypeAssetTypeCreditAlphanum4, AlphaNum4: a}
	}
	a := &xdr.AlphaNum12{Issuer: account(who)}
	copy(a.AssetCode[:], code)
	return xdr.Asset{Type: xdr.AssetTypeAssetTypeCreditAlphanum12, AlphaNum12: a}
}

func operation(kind xdr.OperationType, value any) xdr.Operation {
	body, err := xdr.NewOperationBody(kind, value)
	if err != nil {
		panic(err) // a mistake in the test itself
	}
	return xdr.Operation{Body: body}
}

func pay(to byte, a xdr.Asset, amount int64) xdr.Operation {
	return operation(xdr.OperationTypePayment, xdr.PaymentOp{Destination: plain(to), Asset: a, Amount: xdr.Int64(amount)})
}

func by(who byte, op xdr.Operation) xdr.Operation {
	m := plain(who)
	op.SourceAccount = &m
	return op
}

func options(o xdr.SetOptionsOp) xdr.Operation { return operation(xdr.OperationTypeSetOptions, o) }

func number(n uint32) *xdr.Uint32 { return (*xdr.Uint32)(&n) }

func signWith(k xdr.SignerKey, weight uint32) xdr.Operation {
	return options(xdr.SetOptionsOp{Signer: &xdr.Signer{Key: k, Weight: xdr.Uint32(weight)}})
}

// tx is a transaction of alice that is valid until ledger 2, unless more is said.
func tx(ops ...xdr.Operation) xdr.Transaction {
	return xdr.Transaction{
		SourceAccount: plain(alice), Fee: 100, SeqNum: 7, Operations: ops,
		Cond: xdr.Preconditions{Type: xdr.PreconditionTypePrecondTime, TimeBounds: &xdr.TimeBounds{MaxTime: 1900000000}},
	}
}

func envelopeOf(t testing.TB, tx xdr.Transaction) []byte {
	t.Helper()
	e := xdr.TransactionEnvelope{Type: xdr.EnvelopeTypeEnvelopeTypeTx, V1: &xdr.TransactionV1Envelope{Tx: tx}}
	b, err := e.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func bump(t testing.TB, payer byte, fee int64, tx xdr.Transaction) []byte {
	t.Helper()
	e := xdr.TransactionEnvelope{Type: xdr.EnvelopeTypeEnvelopeTypeTxFeeBump, FeeBump: &xdr.FeeBumpTransactionEnvelope{Tx: xdr.FeeBumpTransaction{
		FeeSource: plain(payer), Fee: xdr.Int64(fee),
		InnerTx: xdr.FeeBumpTransactionInnerTx{Type: xdr.EnvelopeTypeEnvelopeTypeTx, V1: &xdr.TransactionV1Envelope{Tx: tx}},
	}}}
	b, err := e.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ours is a network for tests.
func ours() Chain {
	return New(chain.Network{ID: "stellar", Symbol: "XLM", Decimals: 7, Algorithm: curve.Ed25519}, PublicPassphrase)
}

func text(who byte) string { return accountText(account(who)) }

func contractOf(who byte) xdr.ScAddress {
	id := xdr.ContractId(key(who))
	return xdr.ScAddress{Type: xdr.ScAddressTypeScAddressTypeContract, ContractId: &id}
}

func contractText(who byte) string { return contractAddressText(contractOf(who)) }

func person(who byte) xdr.ScVal {
	id := account(who)
	return xdr.ScVal{Type: xdr.ScValTypeScvAddress, Address: &xdr.ScAddress{Type: xdr.ScAddressTypeScAddressTypeAccount, AccountId: &id}}
}

func i128(hi int64, lo uint64) xdr.ScVal {
	return xdr.ScVal{Type: xdr.ScValTypeScvI128, I128: &xdr.Int128Parts{Hi: xdr.Int64(hi), Lo: xdr.Uint64(lo)}}
}

func u32(n uint32) xdr.ScVal { return xdr.ScVal{Type: xdr.ScValTypeScvU32, U32: number(n)} }

func invoke(contract byte, function string, args ...xdr.ScVal) xdr.InvokeContractArgs {
	return xdr.InvokeContractArgs{ContractAddress: contractOf(contract), FunctionName: xdr.ScSymbol(function), Args: args}
}

func approved(c xdr.InvokeContractArgs, inside ...xdr.SorobanAuthorizedInvocation) xdr.SorobanAuthorizedInvocation {
	return xdr.SorobanAuthorizedInvocation{
		Function: xdr.SorobanAuthorizedFunction{
			Type:       xdr.SorobanAuthorizedFunctionTypeSorobanAuthorizedFunctionTypeContractFn,
			ContractFn: &c,
		},
		SubInvocations: inside,
	}
}

func host(c xdr.InvokeContractArgs, trees ...xdr.SorobanAuthorizedInvocation) xdr.Operation {
	op := xdr.InvokeHostFunctionOp{HostFunction: xdr.HostFunction{
		Type: xdr.HostFunctionTypeHostFunctionTypeInvokeContract, InvokeContract: &c,
	}}
	for _, tree := range trees {
		op.Auth = append(op.Auth, xdr.SorobanAuthorizationEntry{
			Credentials:    xdr.SorobanCredentials{Type: xdr.SorobanCredentialsTypeSorobanCredentialsSourceAccount},
			RootInvocation: tree,
		})
	}
	return operation(xdr.OperationTypeInvokeHostFunction, op)
}

// TestRedTeam holds transactions that give something away in an easily missed way.
// Each must show an effect that says so; harmless-looking effects may stand beside it.
// The empty members of want match anything; Detail matches a part.
func TestRedTeam(t *testing.T) {
	k := key(mallory)
	day := xdr.TimePoint(86400)
	balance := xdr.Hash(key('z'))
	claimable := xdr.ClaimableBalanceId{V0: &balance}
	pool := xdr.PoolId(key('p'))
	price := xdr.Price{N: 1, D: math.MaxInt32}
	transfer := invoke(token, "transfer", person(alice), person(mallory), i128(0, 5))
	approve := invoke(token, "approve", person(alice), person(mallory), i128(math.MaxInt64, math.MaxUint64), u32(9))
	upgrade := approved(invoke(evil, "upgrade"), approved(transfer))
	muxed := pay(bob, native(), 1)
	muxed.Body.PaymentOp.Destination = numbered(mallory, 5)
	owned := pay(mallory, native(), 900)
	source := numbered(bob, 3)
	owned.SourceAccount = &source
	unconditional := xdr.ClaimPredicate{Type: xdr.ClaimPredicateTypeClaimPredicateUnconditional}
	later := xdr.Int64(0)
	never := xdr.ClaimPredicate{Type: xdr.ClaimPredicateTypeClaimPredicateBeforeAbsoluteTime, AbsBefore: &later}
	claimants := operation(xdr.OperationTypeCreateClaimableBalance, xdr.CreateClaimableBalanceOp{
		Asset: native(), Amount: 1e9, Claimants: []xdr.Claimant{
			{V0: &xdr.ClaimantV0{Destination: account(alice), Predicate: never}},
			{V0: &xdr.ClaimantV0{Destination: account(mallory), Predicate: unconditional}},
		},
	})
	forever := tx(pay(bob, native(), 1))
	forever.Cond = xdr.Preconditions{}
	backdated := tx(pay(bob, native(), 1))
	backdated.Cond.TimeBounds = &xdr.TimeBounds{MinTime: day}
	everyFee := tx(pay(bob, native(), 1))
	everyFee.Fee = math.MaxUint32

	for _, c := range []struct {
		name    string
		payload []byte
		want    chain.Effect
		warning string
	}{
		{"second payment behind a small one", envelopeOf(t, tx(pay(bob, native(), 1), pay(mallory, native(), 9e9))),
			chain.Effect{Kind: chain.Move, Asset: "XLM", Amount: "9000000000", From: text(alice), To: text(mallory)}, ""},
		{"everything that an account can hold", envelopeOf(t, tx(pay(mallory, native(), math.MaxInt64))),
			chain.Effect{Kind: chain.Move, Amount: "9223372036854775807"}, ""},
		{"token with the code of the native asset", envelopeOf(t, tx(pay(bob, credit("XLM", mallory), 1))),
			chain.Effect{Kind: chain.Move, Asset: "XLM:" + text(mallory)}, ""},
		{"same code, other issuer", envelopeOf(t, tx(pay(bob, credit("USDC", mallory), 1))),
			chain.Effect{Kind: chain.Move, Asset: "USDC:" + text(mallory)}, ""},
		{"payment to the issuer destroys", envelopeOf(t, tx(pay(issuing, credit("USDC", issuing), 1))),
			chain.Effect{Kind: chain.Move, Detail: "destroys"}, ""},
		{"operation of another account", envelopeOf(t, tx(by(bob, pay(mallory, native(), 5)))),
			chain.Effect{Kind: chain.Move, From: text(bob), To: text(mallory)}, ""},
		{"operation of another account, muxed", envelopeOf(t, tx(owned)),
			chain.Effect{Kind: chain.Move, From: text(bob), To: text(mallory), Amount: "900"}, ""},
		{"muxed receiver", envelopeOf(t, tx(muxed)),
			chain.Effect{Kind: chain.Move, To: muxedText(numbered(mallory, 5))}, ""},
		{"receiver that nobody is", envelopeOf(t, tx(operation(xdr.OperationTypeCreateAccount, xdr.CreateAccountOp{Destination: account(0), StartingBalance: 5}))),
			chain.Effect{Kind: chain.Move, To: nobodyAccount}, "nobody has"},
		{"new account gets a fortune", envelopeOf(t, tx(operation(xdr.OperationTypeCreateAccount, xdr.CreateAccountOp{Destination: account(mallory), StartingBalance: 7e9}))),
			chain.Effect{Kind: chain.Move, Amount: "7000000000", To: text(mallory), Detail: "create account"}, ""},
		{"path payment that costs anything", envelopeOf(t, tx(operation(xdr.OperationTypePathPaymentStrictReceive, xdr.PathPaymentStrictReceiveOp{
			SendAsset: native(), SendMax: math.MaxInt64, Destination: plain(bob), DestAsset: credit("JUNK", mallory), DestAmount: 1}))),
			chain.Effect{Kind: chain.Move, Asset: "XLM", Amount: "9223372036854775807", Detail: "arrives: 1 JUNK:"}, ""},
		{"path payment that brings nothing", envelopeOf(t, tx(operation(xdr.OperationTypePathPaymentStrictSend, xdr.PathPaymentStrictSendOp{
			SendAsset: native(), SendAmount: 1e9, Destination: plain(alice), DestAsset: credit("JUNK", mallory)}))),
			chain.Effect{Kind: chain.Move, Asset: "XLM", Amount: "1000000000", Detail: "at least 0 JUNK:"}, "whatever little"},
		{"sale for next to nothing", envelopeOf(t, tx(operation(xdr.OperationTypeManageSellOffer, xdr.ManageSellOfferOp{
			Selling: native(), Buying: credit("JUNK", mallory), Amount: 1e9, Price: price}))),
			chain.Effect{Kind: chain.Move, Asset: "XLM", Amount: "1000000000", Detail: "price: 1/2147483647 JUNK:"}, ""},
		{"passive sale", envelopeOf(t, tx(operation(xdr.OperationTypeCreatePassiveSellOffer, xdr.CreatePassiveSellOfferOp{
			Selling: native(), Buying: credit("JUNK", mallory), Amount: 1e9, Price: price}))),
			chain.Effect{Kind: chain.Move, Asset: "XLM", Amount: "1000000000", Detail: "passive"}, ""},
		{"purchase at any price", envelopeOf(t, tx(operation(xdr.OperationTypeManageBuyOffer, xdr.ManageBuyOfferOp{
			Selling: native(), Buying: credit("JUNK", mallory), BuyAmount: math.MaxInt64, Price: xdr.Price{N: math.MaxInt32, D: 1}}))),
			chain.Effect{Kind: chain.Move, Asset: "XLM", Amount: "19807040619342712359383728129"}, ""},
		{"merge behind a payment", envelopeOf(t, tx(pay(bob, native(), 1), operation(xdr.OperationTypeAccountMerge, plain(mallory)))),
			chain.Effect{Kind: chain.Close, Asset: "XLM", Amount: "all", To: text(mallory)}, "ceases to exist"},
		{"merge destroys", envelopeOf(t, tx(operation(xdr.OperationTypeAccountMerge, plain(mallory)))),
			chain.Effect{Kind: chain.Destroy, From: text(alice)}, ""},
		{"another key may sign", envelopeOf(t, tx(signWith(xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypeEd25519, Ed25519: &k}, 255))),
			chain.Effect{Kind: chain.Authority, To: text(mallory), Subject: "signer", Detail: "weight 255"}, ""},
		{"whoever knows a secret may sign", envelopeOf(t, tx(signWith(xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypeHashX, HashX: &k}, 1))),
			chain.Effect{Kind: chain.Authority, Detail: "preimage"}, "preimage"},
		{"a hidden transaction is approved", envelopeOf(t, tx(signWith(xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypePreAuthTx, PreAuthTx: &k}, 1))),
			chain.Effect{Kind: chain.Authority, Detail: "approved in advance"}, "only its hash"},
		{"own key loses its weight", envelopeOf(t, tx(options(xdr.SetOptionsOp{MasterWeight: number(0)}))),
			chain.Effect{Kind: chain.Authority, Subject: "weight of the account's own key", Detail: "0"}, "no longer sign"},
		{"threshold falls", envelopeOf(t, tx(options(xdr.SetOptionsOp{HighThreshold: number(0)}))),
			chain.Effect{Kind: chain.Authority, Subject: "high threshold"}, ""},
		{"flag nobody knows", envelopeOf(t, tx(options(xdr.SetOptionsOp{SetFlags: number(1 << 20)}))),
			chain.Effect{Kind: chain.Opaque, Subject: "account flags"}, ""},
		{"sequence number to the end", envelopeOf(t, tx(operation(xdr.OperationTypeBumpSequence, xdr.BumpSequenceOp{BumpTo: math.MaxInt64}))),
			chain.Effect{Kind: chain.Authority, Subject: "sequence number"}, "hardly send"},
		{"second claimant gets it all", envelopeOf(t, tx(claimants)),
			chain.Effect{Kind: chain.Move, Amount: "1000000000", To: text(mallory), Detail: "the first of 2"}, ""},
		{"reserves of somebody else", envelopeOf(t, tx(operation(xdr.OperationTypeBeginSponsoringFutureReserves, xdr.BeginSponsoringFutureReservesOp{SponsoredId: account(mallory)}))),
			chain.Effect{Kind: chain.Allow, Asset: "XLM", Amount: "all", To: text(mallory)}, ""},
		{"deposit of unknown assets", envelopeOf(t, tx(operation(xdr.OperationTypeLiquidityPoolDeposit, xdr.LiquidityPoolDepositOp{
			LiquidityPoolId: pool, MaxAmountA: 5, MaxAmountB: 5, MinPrice: price, MaxPrice: xdr.Price{N: 9, D: 1}}))),
			chain.Effect{Kind: chain.Opaque, Subject: "liquidityPoolDeposit"}, ""},
		{"withdrawal for nothing", envelopeOf(t, tx(operation(xdr.OperationTypeLiquidityPoolWithdraw, xdr.LiquidityPoolWithdrawOp{LiquidityPoolId: pool, Amount: 5}))),
			chain.Effect{Kind: chain.Move, Asset: poolShare(pool), Amount: "5"}, "whatever little"},
		{"clawback", envelopeOf(t, tx(operation(xdr.OperationTypeClawback, xdr.ClawbackOp{Asset: credit("USDC", alice), From: plain(bob), Amount: 5}))),
			chain.Effect{Kind: chain.Seize, From: text(bob), Amount: "5"}, ""},
		{"clawback of a claimable balance", envelopeOf(t, tx(operation(xdr.OperationTypeClawbackClaimableBalance, xdr.ClawbackClaimableBalanceOp{BalanceId: claimable}))),
			chain.Effect{Kind: chain.Seize, Amount: "all", From: balanceText(claimable)}, ""},
		{"trust line frozen", envelopeOf(t, tx(operation(xdr.OperationTypeSetTrustLineFlags, xdr.SetTrustLineFlagsOp{Trustor: account(bob), Asset: credit("USDC", alice), ClearFlags: 3}))),
			chain.Effect{Kind: chain.Restrict, From: text(bob), Detail: "clears: authorised"}, ""},
		{"transfer hidden in an approval", envelopeOf(t, tx(host(invoke(evil, "hello"), approved(invoke(evil, "hello"), approved(transfer))))),
			chain.Effect{Kind: chain.Move, Asset: contractText(token), Amount: "5", To: text(mallory), Detail: "inside"}, ""},
		{"transfer two levels down", envelopeOf(t, tx(host(invoke(evil, "hello"), approved(invoke(evil, "hello"), upgrade)))),
			chain.Effect{Kind: chain.Move, Asset: contractText(token), To: text(mallory)}, ""},
		{"approval that has nothing to do with the call", envelopeOf(t, tx(host(invoke(evil, "hello"), approved(transfer)))),
			chain.Effect{Kind: chain.Move, Asset: contractText(token), To: text(mallory), Detail: "approved"}, ""},
		{"allowance without end", envelopeOf(t, tx(host(approve))),
			chain.Effect{Kind: chain.Allow, To: text(mallory), Amount: "170141183460469231731687303715884105727"}, "without a limit"},
		{"token call with an argument too many", envelopeOf(t, tx(host(invoke(token, "transfer", person(alice), person(mallory), i128(0, 5), u32(1))))),
			chain.Effect{Kind: chain.Opaque, To: contractText(token), Subject: "transfer"}, ""},
		{"function that looks like transfer", envelopeOf(t, tx(host(invoke(token, "transfer_", person(alice), person(mallory), i128(0, 5))))),
			chain.Effect{Kind: chain.Opaque, Subject: "transfer_"}, ""},
		{"administrator of an unknown contract", envelopeOf(t, tx(host(invoke(token, "set_admin", person(mallory))))),
			chain.Effect{Kind: chain.Opaque, Subject: "set_admin"}, ""},
		{"fee of everything", envelopeOf(t, everyFee),
			chain.Effect{Kind: chain.Fee, Amount: "4294967295", From: text(alice)}, "tenth"},
		{"fee bump pays for somebody", bump(t, bob, math.MaxInt64, tx(pay(mallory, native(), 1))),
			chain.Effect{Kind: chain.Fee, Amount: "9223372036854775807", From: text(bob)}, "tenth"},
		{"fee bump shows what it carries", bump(t, bob, 200, tx(operation(xdr.OperationTypeAccountMerge, plain(mallory)))),
			chain.Effect{Kind: chain.Close, From: text(alice), To: text(mallory)}, ""},
		{"no end", envelopeOf(t, forever), chain.Effect{Kind: chain.Move}, "does not expire"},
		{"no end but a beginning", envelopeOf(t, backdated), chain.Effect{Kind: chain.Move}, "does not expire"},
	} {
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: c.payload})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		found := false
		for _, e := range in.Effects {
			found = found || matches(e, c.want)
		}
		if !found {
			t.Errorf("%s: no effect like %+v in %+v", c.name, c.want, in.Effects)
		}
		if c.warning != "" && !strings.Contains(strings.Join(in.Warnings, "\n"), c.warning) {
			t.Errorf("%s: warnings %q", c.name, in.Warnings)
		}
	}
}

func matches(e, want chain.Effect) bool {
	same := func(got, want string) bool { return want == "" || got == want }
	return e.Kind == want.Kind && same(e.Asset, want.Asset) && same(e.Amount, want.Amount) && same(e.From, want.From) &&
		same(e.To, want.To) && same(e.Subject, want.Subject) && same(e.Until, want.Until) && strings.Contains(e.Detail, want.Detail)
}

// TestNeverTaken: what no node would take, and could only mislead, is refused.
func TestNeverTaken(t *testing.T) {
	deep := xdr.ClaimPredicate{}
	for range 6 {
		inner := deep
		pointer := &inner
		deep = xdr.ClaimPredicate{Type: xdr.ClaimPredicateTypeClaimPredicateNot, NotPredicate: &pointer}
	}
	half := []xdr.ClaimPredicate{{}}
	claim := func(p xdr.ClaimPredicate) xdr.Operation {
		return operation(xdr.OperationTypeCreateClaimableBalance, xdr.CreateClaimableBalanceOp{
			Asset: native(), Amount: 1, Claimants: []xdr.Claimant{{V0: &xdr.ClaimantV0{Destination: account(bob), Predicate: p}}},
		})
	}
	sell := func(p xdr.Price) xdr.Operation {
		return operation(xdr.OperationTypeManageSellOffer, xdr.ManageSellOfferOp{Selling: native(), Buying: credit("USD", bob), Amount: 1, Price: p})
	}
	negativeSequence, backwards := tx(pay(bob, native(), 1)), tx(pay(bob, native(), 1))
	negativeSequence.SeqNum = -1
	backwards.Cond.TimeBounds = &xdr.TimeBounds{MinTime: 9, MaxTime: 8}
	for name, payload := range map[string][]byte{
		"no operations":         envelopeOf(t, tx()),
		"negative amount":       envelopeOf(t, tx(pay(bob, native(), -1))),
		"negative fee":          bump(t, bob, -1, tx(pay(bob, native(), 1))),
		"negative sequence":     envelopeOf(t, negativeSequence),
		"bounds backwards":      envelopeOf(t, backwards),
		"empty code":            envelopeOf(t, tx(pay(bob, credit("", bob), 1))),
		"code with a gap":       envelopeOf(t, tx(pay(bob, credit("A\x00B", bob), 1))),
		"code with a line end":  envelopeOf(t, tx(pay(bob, credit("USD\n", bob), 1))),
		"code with a colon":     envelopeOf(t, tx(pay(bob, credit("USD:GABC", bob), 1))),
		"short code, long form": envelopeOf(t, tx(pay(bob, credit("USD\x00\x00", bob), 1))),
		"price of zero":         envelopeOf(t, tx(sell(xdr.Price{N: 0, D: 1}))),
		"price by zero":         envelopeOf(t, tx(sell(xdr.Price{N: 1, D: 0}))),
		"negative price":        envelopeOf(t, tx(sell(xdr.Price{N: -1, D: -1}))),
		"deep predicate":        envelopeOf(t, tx(claim(deep))),
		"half a predicate":      envelopeOf(t, tx(claim(xdr.ClaimPredicate{Type: xdr.ClaimPredicateTypeClaimPredicateAnd, AndPredicates: &half}))),
		"no claimants":          envelopeOf(t, tx(operation(xdr.OperationTypeCreateClaimableBalance, xdr.CreateClaimableBalanceOp{Asset: native(), Amount: 1}))),
	} {
		if in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: payload}); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v, effects %+v", name, err, in)
		}
	}
}

// TestFullEnvelope: there is no room for a signature behind the twentieth.
func TestFullEnvelope(t *testing.T) {
	e := xdr.TransactionEnvelope{Type: xdr.EnvelopeTypeEnvelopeTypeTx, V1: &xdr.TransactionV1Envelope{Tx: tx(pay(bob, native(), 1))}}
	for n := range maxSignatures + 1 {
		payload, err := e.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		_, err = ours().Decode(chain.Request{Form: FormTransaction, Payload: payload})
		if (err == nil) != (n < maxSignatures) {
			t.Errorf("%d signatures: %v", n, err)
		}
		e.V1.Signatures = append(e.V1.Signatures, xdr.DecoratedSignature{Signature: make([]byte, n)})
	}
}
