package tron

import (
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// word is an argument of a call: an address or a number in hex.
func word(hex string) string { return strings.Repeat("0", 64-len(hex)) + hex }

func hexOf(hash [hashSize]byte) string { return hex.EncodeToString(hash[:]) }

func permission(typ, id, threshold uint64, operations []byte, keys ...[hashSize]byte) fields {
	p := fields{}
	if typ != 0 {
		p = p.number(1, typ)
	}
	if id != 0 {
		p = p.number(2, id)
	}
	p = p.number(4, threshold)
	if operations != nil {
		p = p.data(6, operations)
	}
	for _, k := range keys {
		p = p.data(7, fields{}.address(1, k).number(2, 1))
	}
	return p
}

// bits is a list of operations with those types.
func bits(types ...int) []byte {
	b := make([]byte, 32)
	for _, t := range types {
		b[t/8] |= 1 << (t % 8)
	}
	return b
}

// TestRedTeam: transactions that give something away in a way that is easy to miss.
// Each must have the effect that says so.
func TestRedTeam(t *testing.T) {
	max := strings.Repeat("f", 64)
	own := fields{}.address(1, alice)
	for _, c := range []struct {
		name    string
		payload []byte
		want    chain.Effect
	}{
		{"permissions: another key owns the account",
			transactionOf(typeAccountPermissionUpdate, own.data(2, permission(0, 0, 1, nil, mallory))),
			chain.Effect{Kind: chain.Authority, From: addressText(alice), To: addressText(mallory), Subject: "owner permission", Detail: "weight 1 of threshold 1"}},
		{"permissions: a second key beside the owner's",
			transactionOf(typeAccountPermissionUpdate, own.data(2, permission(0, 0, 1, nil, alice, mallory))),
			chain.Effect{Kind: chain.Authority, To: addressText(mallory), Subject: "owner permission"}},
		{"permissions: only an active one, which may transfer",
			transactionOf(typeAccountPermissionUpdate, own.data(2, permission(0, 0, 1, nil, alice)).data(4, permission(2, 2, 1, bits(1), mallory))),
			chain.Effect{Kind: chain.Authority, To: addressText(mallory), Subject: "active permission 2", Detail: "may: Transfer"}},
		{"permissions: an active one that may change permissions",
			transactionOf(typeAccountPermissionUpdate, own.data(2, permission(0, 0, 1, nil, alice)).data(4, permission(2, 2, 1, bits(46), mallory))),
			chain.Effect{Kind: chain.Authority, To: addressText(mallory), Detail: "AccountPermissionUpdate"}},
		{"permissions: a type of contract that nobody knows",
			transactionOf(typeAccountPermissionUpdate, own.data(4, permission(2, 2, 1, bits(200), mallory))),
			chain.Effect{Kind: chain.Authority, To: addressText(mallory), Detail: "type 200"}},
		{"permissions: who makes blocks for a witness",
			transactionOf(typeAccountPermissionUpdate, own.data(3, permission(1, 1, 1, nil, mallory))),
			chain.Effect{Kind: chain.Authority, To: addressText(mallory), Subject: "witness permission 1"}},
		{"permissions: one of another type than its place",
			transactionOf(typeAccountPermissionUpdate, own.data(2, permission(2, 0, 1, nil, alice))),
			chain.Effect{Kind: chain.Opaque, Subject: "owner permission"}},
		{"permissions: the last active one among eight",
			transactionOf(typeAccountPermissionUpdate, func() fields {
				f := own.data(2, permission(0, 0, 1, nil, alice))
				for id := range uint64(7) {
					f = f.data(4, permission(2, 2+id, 1, bits(1), alice))
				}
				return f.data(4, permission(2, 9, 1, bits(1), mallory))
			}()),
			chain.Effect{Kind: chain.Authority, To: addressText(mallory), Subject: "active permission 9"}},

		{"trc20: approval without limit", call(usdt, "095ea7b3"+word(hexOf(mallory))+max),
			chain.Effect{Kind: chain.Allow, Asset: "trc20 " + addressText(usdt), Amount: "unlimited", From: addressText(alice), To: addressText(mallory)}},
		{"trc20: the prefix of addresses in the padding", call(usdt, "a9059cbb"+word("41"+hexOf(mallory))+word("05")),
			chain.Effect{Kind: chain.Move, Asset: "trc20 " + addressText(usdt), Amount: "5", To: addressText(mallory)}},
		{"trc20: another byte in the padding", call(usdt, "a9059cbb"+word("42"+hexOf(mallory))+word("05")),
			chain.Effect{Kind: chain.Opaque, To: addressText(usdt), Subject: "0xa9059cbb"}},
		{"trc20: transfer from somebody else", call(usdt, "23b872dd"+word(hexOf(bob))+word(hexOf(mallory))+word("05")),
			chain.Effect{Kind: chain.Move, Amount: "5", From: addressText(bob), To: addressText(mallory), Detail: "by allowance"}},
		{"trc20: growing allowance by another name", call(usdt, "d73dd623"+word(hexOf(mallory))+max),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", To: addressText(mallory)}},
		{"trc721: everything", call(contract, "a22cb465"+word(hexOf(mallory))+word("01")),
			chain.Effect{Kind: chain.Allow, Amount: "all", To: addressText(mallory)}},
		{"owner of a contract", call(contract, "f2fde38b"+word(hexOf(mallory))),
			chain.Effect{Kind: chain.Authority, From: addressText(contract), To: addressText(mallory), Subject: "owner"}},
		{"unknown call", call(contract, "0badc0de"+word("01")),
			chain.Effect{Kind: chain.Opaque, To: addressText(contract), Subject: "0x0badc0de"}},
		{"call that also sends the native asset",
			transactionOf(typeTriggerSmartContract, own.address(2, contract).number(3, 9).data(4, unhex("d0e30db0"))),
			chain.Effect{Kind: chain.Move, Asset: "TRX", Amount: "9", To: addressText(contract)}},
		{"call that also sends a trc10 asset",
			transactionOf(typeTriggerSmartContract, own.address(2, usdt).data(4, unhex(trc20Transfer)).number(5, 70).number(6, 1002000)),
			chain.Effect{Kind: chain.Move, Asset: "trc10 1002000", Amount: "70", To: addressText(usdt)}},
		{"call without data", transactionOf(typeTriggerSmartContract, own.address(2, contract)),
			chain.Effect{Kind: chain.Opaque, To: addressText(contract)}},
		{"new contract that takes money along",
			transactionOf(typeCreateSmartContract, own.data(2, fields{}.address(1, alice).data(4, []byte{1}).number(5, 800)).number(3, 70).number(4, 1002000)),
			chain.Effect{Kind: chain.Move, Asset: "TRX", Amount: "800"}},
		{"new contract that takes an asset along",
			transactionOf(typeCreateSmartContract, own.data(2, fields{}.address(1, alice).data(4, []byte{1})).number(3, 70).number(4, 1002000)),
			chain.Effect{Kind: chain.Move, Asset: "trc10 1002000", Amount: "70"}},
		{"new contract in somebody else's name",
			transactionOf(typeCreateSmartContract, own.data(2, fields{}.address(1, mallory).data(4, []byte{1}))),
			chain.Effect{Kind: chain.Opaque, Subject: "origin_address"}},
		{"new contract whose callers use the owner's energy",
			transactionOf(typeCreateSmartContract, own.data(2, fields{}.address(1, alice).data(4, []byte{1}).number(8, 5000))),
			chain.Effect{Kind: chain.Allow, Asset: "resource ENERGY", Amount: "all", Detail: "0 percent"}},
		{"energy for callers of an old contract", transactionOf(typeUpdateEnergyLimit, own.address(2, contract).number(3, 1<<40)),
			chain.Effect{Kind: chain.Allow, Asset: "resource ENERGY", Amount: "1099511627776", To: addressText(contract)}},

		{"resources for somebody else, locked",
			transactionOf(typeDelegateResource, own.number(2, 1).number(3, 5000000).address(4, mallory).number(5, 1).number(6, 864000)),
			chain.Effect{Kind: chain.Allow, Asset: "resource ENERGY", Amount: "5000000", To: addressText(mallory), Detail: "864000 blocks, about 30.0 days"}},
		{"stake whose resources go to somebody else", transactionOf(typeFreezeBalance, own.number(2, 7).number(3, 3).address(15, mallory)),
			chain.Effect{Kind: chain.Allow, Asset: "resource BANDWIDTH", Amount: "7", To: addressText(mallory)}},
		{"unstaking", transactionOf(typeUnfreezeBalanceV2, own.number(2, 7)), chain.Effect{Kind: chain.Register, Amount: "7", Detail: "unstakes"}},
		{"votes that replace all others", transactionOf(typeVoteWitness, own.data(2, fields{}.address(1, mallory).number(2, 1))),
			chain.Effect{Kind: chain.Register, To: addressText(mallory), Detail: "in place of all"}},
		{"votes for nobody", transactionOf(typeVoteWitness, own), chain.Effect{Kind: chain.Register, Detail: "nobody"}},

		{"asset whose name looks like the native one", transactionOf(typeTransferAsset, fields{}.text(1, "TRX").address(2, alice).address(3, mallory).number(4, 5)),
			chain.Effect{Kind: chain.Move, Asset: "trc10 TRX", Amount: "5"}},
		{"asset that is bought", transactionOf(typeParticipateAssetIssue, own.address(2, mallory).text(3, "1002000").number(4, 900)),
			chain.Effect{Kind: chain.Move, Asset: "TRX", Amount: "900", To: addressText(mallory), Detail: "trc10 1002000"}},
		{"exchange: the asset that is not named", transactionOf(typeExchangeInject, own.number(2, 3).text(3, "_").number(4, 10)),
			chain.Effect{Kind: chain.Move, Asset: "other asset of exchange 3", Amount: "all", To: "exchange 3"}},
		{"exchange: a trade for nothing", transactionOf(typeExchangeTransaction, own.number(2, 3).text(3, "_").number(4, 10)),
			chain.Effect{Kind: chain.Move, Asset: "other asset of exchange 3", Amount: "0", To: addressText(alice)}},
		{"market: an order for nothing", transactionOf(typeMarketSellAsset, own.text(2, "_").number(3, 10).text(4, "1002000")),
			chain.Effect{Kind: chain.Move, Asset: "TRX", Amount: "10", To: "market"}},
		{"market: an order cancelled", transactionOf(typeMarketCancelOrder, own.data(2, []byte{0xab})), chain.Effect{Kind: chain.Destroy, Subject: "order ab"}},

		{"fee of everything", call(usdt, trc20Transfer)[:len(call(usdt, trc20Transfer))-6].number(18, 15000*trx),
			chain.Effect{Kind: chain.Fee, Asset: "TRX", Amount: "15000346000"}},
		{"fee of a witness", transactionOf(typeWitnessCreate, own.text(2, "x")), chain.Effect{Kind: chain.Fee, Amount: "9999247000"}},
		{"fee of a large memo", fields{}.data(1, unhex("a1b2")).data(4, unhex("0102030405060708")).number(8, 1900000000000).data(10, make([]byte, 400_000)).data(11, contractOf(typeTransfer, own.address(2, bob).number(3, 1))),
			chain.Effect{Kind: chain.Fee, Amount: "402263000"}},
		{"allowance that outlives the transaction", call(usdt, "095ea7b3"+word(hexOf(mallory))+max),
			chain.Effect{Kind: chain.Allow, Amount: "unlimited", To: addressText(mallory), Until: never}},
		{"delegation that outlives the transaction", transactionOf(typeDelegateResource, own.number(3, 9).address(4, mallory)),
			chain.Effect{Kind: chain.Allow, Asset: "resource BANDWIDTH", Amount: "9", To: addressText(mallory), Until: never}},
		{"asset of foreign letters", transactionOf(typeTransferAsset, fields{}.text(1, "US\u202eDT").address(2, alice).address(3, mallory).number(4, 5)),
			chain.Effect{Kind: chain.Move, Asset: `trc10 "US\u202eDT"`, Amount: "5"}},
		{"asset of letters that look alike", transactionOf(typeTransferAsset, fields{}.text(1, "1\u043e02000").address(2, alice).address(3, mallory).number(4, 5)),
			chain.Effect{Kind: chain.Move, Asset: `trc10 "1\u043e02000"`, Amount: "5"}},
		{"asset whose name is a line of its own", transactionOf(typeAssetIssue, own.text(2, "Gold\rfee 0 TRX").number(4, 5)),
			chain.Effect{Kind: chain.Deploy, Asset: `trc10 "Gold\rfee 0 TRX"`, Amount: "5"}},
		{"asset named as the exchange names the native one", transactionOf(typeTransferAsset, fields{}.text(1, "_").address(2, alice).address(3, mallory).number(4, 5)),
			chain.Effect{Kind: chain.Move, Asset: "trc10 _", Amount: "5"}},
		{"asset bought that is named as the exchange names the native one", transactionOf(typeParticipateAssetIssue, own.address(2, mallory).text(3, "_").number(4, 900)),
			chain.Effect{Kind: chain.Move, Asset: "TRX", Amount: "900", Detail: "trc10 _"}},
		{"contract whose name hides something", transactionOf(typeCreateSmartContract, own.data(2, fields{}.address(1, alice).text(7, "Box\u202exoB"))),
			chain.Effect{Kind: chain.Deploy, Subject: `contract "0x426f78e280ae786f42"`}},
		{"owner who is not the signer", transactionOf(typeTransfer, fields{}.address(1, bob).address(2, mallory).number(3, 5)),
			chain.Effect{Kind: chain.Move, Amount: "5", From: addressText(bob), To: addressText(mallory)}},
		{"shielded transfer", transactionOf(typeShieldedTransfer, own), chain.Effect{Kind: chain.Opaque, Subject: "contract type 51"}},
		{"type that nobody knows", transactionOf(99, own), chain.Effect{Kind: chain.Opaque, Subject: "contract type 99"}},
		{"vote by assets, which has ended", transactionOf(typeVoteAsset, own), chain.Effect{Kind: chain.Opaque, Subject: "contract type 3"}},
		{"scripts", fields{}.data(1, unhex("a1b2")).data(4, unhex("0102030405060708")).number(8, 1900000000000).
			data(11, contractOf(typeWithdrawBalance, own)).data(12, []byte{1}), chain.Effect{Kind: chain.Opaque, Subject: "scripts"}},
		{"authorities beside the contract", fields{}.data(1, unhex("a1b2")).data(4, unhex("0102030405060708")).number(8, 1900000000000).
			data(9, fields{}.text(2, "owner")).data(11, contractOf(typeWithdrawBalance, own)), chain.Effect{Kind: chain.Opaque, Subject: "auths"}},
		{"provider of a contract", rawOf(contractOf(typeWithdrawBalance, own).text(3, "x")), chain.Effect{Kind: chain.Opaque, Subject: "provider"}},
	} {
		t.Run(c.name, func(t *testing.T) { wantEffect(t, decoded(t, c.payload).Effects, c.want) })
	}
}

// TestWarnings: what a careful reader would stop at.
func TestWarnings(t *testing.T) {
	own := fields{}.address(1, alice)
	for part, payload := range map[string][]byte{
		"not the owner's":                    transactionOf(typeTransfer, fields{}.address(1, bob).address(2, mallory).number(3, 5)),
		"zero address":                       transfer([hashSize]byte{}, 1),
		"receiver is the sender":             transfer(alice, 1),
		"no longer act":                      transactionOf(typeAccountPermissionUpdate, own.data(2, permission(0, 0, 2, nil, alice, bob))),
		"without limit":                      call(usdt, "095ea7b3"+word(hexOf(mallory))+strings.Repeat("f", 64)),
		"fee limit is above 1000 TRX":        transfer(bob, 1).number(18, 1001*trx),
		"their own contract":                 call(usdt, "a9059cbb"+word(hexOf(usdt))+word("05")),
		"The receiver is the zero address, ": call(usdt, "a9059cbb"+word("00")+word("05")),
	} {
		if got := strings.Join(decoded(t, payload).Warnings, "\n"); !strings.Contains(got, part) {
			t.Errorf("no warning with %q in %q", part, got)
		}
	}
	if got := decoded(t, transfer(bob, 1)).Warnings; len(got) != 0 {
		t.Errorf("an ordinary transfer warns: %q", got)
	}
}

// TestMessagesThatMayBeMore: what could be taken for something else is opaque.
func TestMessagesThatMayBeMore(t *testing.T) {
	for message, kind := range map[string]chain.EffectKind{
		"hello":                                chain.Message,
		"":                                     chain.Message,
		"line\nline":                           chain.Message,
		strings.Repeat("a", 32):                chain.Opaque,
		strings.Repeat("ab", 32):               chain.Opaque,
		"0x" + strings.Repeat("ab", 32):        chain.Opaque,
		"\x00\x01":                             chain.Opaque,
		"two\r\nlines":                         chain.Message,
		"pay 1\rpay 9":                         chain.Opaque,
		"next\u0085line":                       chain.Opaque,
		"right to left \u202e":                 chain.Opaque,
		"\x0a\x02\xa1\xb2\x22\x08 raw_data":    chain.Opaque,
		strings.Repeat("long ", 1000) + "end.": chain.Message,
	} {
		in, err := tron().Decode(chain.Request{Form: FormMessage, Payload: []byte(message), Signer: signer(t)})
		if err != nil {
			t.Fatal(err)
		}
		if in.Effects[0].Kind != kind || in.Effects[0].From != addressText(alice) {
			t.Errorf("%.40q: %s", message, describeEffects(in.Effects...))
		}
	}
}

// TestPermissionBounds: as many permissions and keys as could fill the memory are refused.
func TestPermissionBounds(t *testing.T) {
	own := fields{}.address(1, alice)
	keys := make([][hashSize]byte, 65)
	actives := own
	for range 9 {
		actives = actives.data(4, permission(2, 2, 1, bits(1), bob))
	}
	for name, value := range map[string]fields{
		"keys of the owner": own.data(2, permission(0, 0, 1, nil, keys...)), "keys of others": own.data(4, permission(2, 2, 1, bits(1), keys...)),
		"permissions": actives,
	} {
		if _, err := tron().Decode(chain.Request{Form: FormTransaction, Payload: transactionOf(typeAccountPermissionUpdate, value), Signer: signer(t)}); !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
