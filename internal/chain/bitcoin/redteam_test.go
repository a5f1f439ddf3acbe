package bitcoin

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

// attack is a transaction that gives something away in an easily missed way, and the
// effect that must show it. Empty members of want match anything.
type attack struct {
	name   string
	chain  string // "BTC" unless it says otherwise
	form   string // "transaction" unless it says otherwise
	draft  *draft
	edit   func(*chain.Request)
	want   chain.Effect
	warned string // part of a warning that must be there too
}

// TestRedTeam: whatever is given away shows in an effect that says so, or is opaque.
// Harmless-looking effects may stand beside it.
func TestRedTeam(t *testing.T) {
	c, cash, doge := btc(), networks(false)["BCH"], networks(false)["DOGE"]
	wpkh, pkh, tr := payTo(t, c, "alice", FormatP2WPKH), payTo(t, c, "alice", FormatP2PKH), payTo(t, c, "alice", FormatP2TR)
	mallory, bob := payTo(t, c, "mallory", FormatP2WPKH), payTo(t, c, "bob", FormatP2WPKH)
	to := addressAs(t, c, "mallory", FormatP2WPKH)
	one := func(outputs ...coinOf) *draft { return newDraft(false, []coinOf{{100000, wpkh}}, outputs...) }
	data := func(payload string) []byte { return append([]byte{opReturn, byte(len(payload))}, payload...) }
	isStated := func(r *chain.Request) { r.Context = Context{Stated: true}.Encode() }
	burn := append(append([]byte{opDup, opHash160, opPush20}, make([]byte, 20)...), opEqualVerify, opCheckSig)
	shared := multiSigScript(t, 2, "mallory", "alice")
	alice, root := publicOf(t, person("alice")), bytes.Repeat([]byte{7}, 32) // of a tree with a script of mallory's
	output, err := alice.Taproot(root)
	if err != nil {
		t.Fatal(err)
	}
	joint := witnessScript(1, output)
	fee := func(amount, detail string) chain.Effect {
		return chain.Effect{Kind: chain.Fee, Asset: "BTC", Amount: amount, Detail: detail}
	}
	move := func(amount, to, detail string) chain.Effect {
		return chain.Effect{Kind: chain.Move, Amount: amount, To: to, Detail: detail}
	}
	opaque := func(subject, detail string) chain.Effect {
		return chain.Effect{Kind: chain.Opaque, Subject: subject, Detail: detail}
	}
	attacks := []attack{
		// fees
		{name: "everything as a fee", draft: one(coinOf{0, bob}), want: fee("100000", ""), warned: "more than a tenth"},
		{name: "change forgotten", draft: newDraft(false, []coinOf{{1000000, wpkh}}, coinOf{1000, bob}), want: fee("999000", ""), warned: "unusually high"},
		{name: "fee behind change to oneself", draft: one(coinOf{1000, wpkh}), want: fee("99000", ""), warned: "more than a tenth"},
		{name: "amount of a legacy input only stated", draft: newDraft(false, []coinOf{{100000, pkh}}, coinOf{99000, bob}), edit: isStated,
			want: fee("all", "1000 as it is stated"), warned: "The amount of input 0 is not proved: the fee may be higher."},
		{name: "legacy amount stated beside a proved one", draft: newDraft(true, []coinOf{{50000, wpkh}, {50000, pkh}}, coinOf{99000, bob}).without(1, inPreviousTx).set(1, inWitnessUTXO, nil, encodeOutput(50000, pkh)), edit: isStated,
			want: fee("all", "input 1"), warned: "not proved"},
		{name: "two amounts of BIP-143, signed in two requests", draft: newDraft(false, []coinOf{{100000, wpkh}, {1000, wpkh}}, coinOf{100500, bob}),
			want: fee("all", "inputs 0, 1"), warned: "may be higher"},
		{name: "the same beside a proved input", draft: newDraft(false, []coinOf{{100000, wpkh}, {1000, wpkh}, {9, wpkh}}, coinOf{100500, bob}).set(0, inPreviousTx, nil, newDraft(true, []coinOf{{100000, wpkh}}, coinOf{1, bob}).packet.inputs[0].get(inPreviousTx)),
			want: fee("all", "inputs 1, 2")},
		{name: "somebody else's amount that nothing says", form: FormPSBT, draft: newDraft(false, []coinOf{{100000, wpkh}, {5000000, mallory}}, coinOf{99000, bob}).without(1, inWitnessUTXO),
			want: fee("all", "input 1")},
		{name: "somebody else's amount that they state", form: FormPSBT, draft: newDraft(false, []coinOf{{100000, wpkh}, {5, mallory}}, coinOf{99000, bob}),
			want: fee("all", "inputs 0, 1")},
		{name: "file with a fee that is not the one", draft: newDraft(false, []coinOf{{100000, pkh}}, coinOf{50000, bob}),
			edit: func(r *chain.Request) { r.Context = Context{Stated: true, Fee: 1000, HasFee: true}.Encode() },
			want: fee("all", "50000"), warned: "The file states a fee of 1000, but inputs less outputs are 50000."},
		{name: "fee of Dogecoin far above the usual one", chain: "DOGE", draft: newDraft(true, []coinOf{{900 * coin, payTo(t, doge, "alice", FormatP2PKH)}}, coinOf{800 * coin, payTo(t, doge, "bob", FormatP2PKH)}),
			want: chain.Effect{Kind: chain.Fee, Asset: "DOGE", Amount: "10000000000"}, warned: "unusually high"},
		{name: "amounts of two inputs of Bitcoin Cash", chain: "BCH", draft: newDraft(false, []coinOf{{100000, payTo(t, cash, "alice", FormatCashAddr)}, {5, payTo(t, cash, "alice", FormatCashAddr)}}, coinOf{99000, payTo(t, cash, "bob", FormatCashAddr)}),
			want: chain.Effect{Kind: chain.Fee, Asset: "BCH", Amount: "all"}, warned: "may be higher"},

		{name: "an amount of BIP-143 beside a proved one, signed in two requests", draft: newDraft(true, []coinOf{{100000, wpkh}, {1000, wpkh}}, coinOf{100500, bob}).stated(1),
			want: fee("all", "input 1"), warned: "may be higher"},
		{name: "an amount of BIP-143 beside a proved one before SegWit", draft: newDraft(true, []coinOf{{100000, pkh}, {1000, wpkh}}, coinOf{100500, bob}).stated(1),
			want: fee("all", "input 1"), warned: "may be higher"},
		{name: "input that is only stated to be of taproot, beside BIP-143", draft: newDraft(false, []coinOf{{1000, tr}, {100000, wpkh}, {1000, wpkh}}, coinOf{101500, bob}),
			want: fee("all", "inputs 0, 1, 2"), warned: "may be higher"},
		{name: "taproot that others can spend by a script, beside BIP-143", draft: newDraft(true, []coinOf{{1000, joint}, {100000, wpkh}, {1000, wpkh}}, coinOf{101500, bob}).stated(1, 2).tree(0, alice, root),
			want: fee("all", "inputs 1, 2"), warned: "may be higher"},
		{name: "taproot that is proved, but signed for one output", draft: newDraft(true, []coinOf{{1000, tr}, {100000, wpkh}, {1000, wpkh}}, coinOf{101500, bob}).stated(1, 2).sighash(0, sighashSingle),
			want: fee("all", "others may change")},
		{name: "input before SegWit that is stated, beside stated taproot", draft: newDraft(false, []coinOf{{1000, tr}, {100000, pkh}}, coinOf{100500, bob}), edit: isStated,
			want: fee("all", "inputs 0, 1"), warned: "The amount of input 1 is not proved"},

		// hash types
		{name: "NONE", draft: newDraft(true, []coinOf{{100000, pkh}}, coinOf{99000, bob}).sighash(0, sighashNone),
			want: opaque("input 0: NONE", "whoever completes the transaction decides where the amount goes"), warned: "signs no output"},
		{name: "NONE: the output is not promised", draft: newDraft(true, []coinOf{{100000, pkh}}, coinOf{99000, bob}).sighash(0, sighashNone),
			want: move("99000", addressAs(t, c, "bob", FormatP2WPKH), "not signed: others may change it")},
		{name: "NONE: the fee", draft: newDraft(true, []coinOf{{100000, pkh}}, coinOf{99000, bob}).sighash(0, sighashNone), want: fee("all", "others may change")},
		{name: "NONE in one of two inputs", draft: newDraft(true, []coinOf{{1000, pkh}, {99000, wpkh}}, coinOf{99000, bob}).sighash(1, sighashNone),
			want: chain.Effect{Kind: chain.Opaque, Amount: "99000", Subject: "input 1: NONE"}},
		{name: "SINGLE: the other outputs", draft: one(coinOf{10000, bob}, coinOf{89000, wpkh}).sighash(0, sighashSingle),
			want: move("89000", "", "change; not signed: others may change it")},
		{name: "SINGLE: the loose end", draft: one(coinOf{10000, bob}, coinOf{89000, wpkh}).sighash(0, sighashSingle), want: opaque("input 0: SINGLE", "signs output 0 alone")},
		{name: "SINGLE|ANYONECANPAY, as for a sale", form: FormPSBT, draft: one(coinOf{100, wpkh}).sighash(0, 0x83),
			want: opaque("input 0: SINGLE|ANYONECANPAY", "others may add and remove inputs")},
		{name: "NONE|ANYONECANPAY, a blank cheque", draft: one(coinOf{99000, wpkh}).sighash(0, 0x82),
			want: chain.Effect{Kind: chain.Opaque, Amount: "100000", Subject: "NONE|ANYONECANPAY"}},
		{name: "ALL|ANYONECANPAY", draft: one(coinOf{99000, bob}).sighash(0, 0x81), want: opaque("ALL|ANYONECANPAY", "others may add")},
		{name: "NONE by taproot", draft: newDraft(false, []coinOf{{100000, tr}}, coinOf{99000, tr}).sighash(0, sighashNone), want: opaque("input 0: NONE", "")},
		{name: "ANYONECANPAY by taproot proves one amount only", form: FormPSBT, draft: newDraft(false, []coinOf{{100000, tr}, {5, mallory}}, coinOf{99000, tr}).sighash(0, 0x81), want: fee("all", "")},
		{name: "NONE on Bitcoin Cash", chain: "BCH", draft: newDraft(false, []coinOf{{100000, payTo(t, cash, "alice", FormatCashAddr)}}, coinOf{99000, payTo(t, cash, "alice", FormatCashAddr)}).sighash(0, 0x42), want: opaque("input 0: NONE", "")},

		// outputs
		{name: "second output behind change", draft: one(coinOf{1000, bob}, coinOf{1000, wpkh}, coinOf{97000, mallory}), want: move("97000", to, "")},
		{name: "change to somebody else's key", draft: one(coinOf{1000, bob}, coinOf{98000, mallory}), want: move("98000", to, "")},
		{name: "change to a script that holds the own key", draft: one(coinOf{99000, p2shScript(hash160(shared))}), want: move("99000", c.addressOf(p2shScript(hash160(shared))), "")},
		{name: "own hash in another kind of script", draft: one(coinOf{99000, p2shScript(hash160(publicOf(t, person("alice")).Bytes()))}), want: move("99000", "", "")},
		{name: "own key as a taproot output without tweak", draft: one(coinOf{99000, witnessScript(1, publicOf(t, person("alice")).Bytes()[1:])}), want: move("99000", "", "")},
		{name: "burned in a data output", draft: one(coinOf{99000, data("hello")}), want: move("99000", Unspendable, "burned")},
		{name: "burned in an empty data output", draft: one(coinOf{99000, []byte{opReturn}}), want: move("99000", Unspendable, "burned")},
		{name: "burned to the hash of zeros", draft: one(coinOf{99000, burn}), want: move("99000", "1111111111111111111114oLvT2", ""), warned: "nobody has a key"},
		{name: "tokens by Omni", draft: one(coinOf{0, data("omni\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x00\x00\x17\x48\x76\xe8\x00")}, coinOf{99000, wpkh}), want: opaque("6a146f6d6e69", "other protocols")},
		{name: "tokens by Runes", draft: one(coinOf{0, unhex(t, "6a5d0614011400")}, coinOf{99000, wpkh}), want: opaque("6a5d", "other protocols")},
		{name: "tokens by SLP", chain: "BCH", draft: newDraft(false, []coinOf{{100000, payTo(t, cash, "alice", FormatCashAddr)}}, coinOf{0, append([]byte{opReturn, 4}, "SLP\x00\x01\x01\x04SEND"...)}), want: opaque("6a04534c5000", "")},
		{name: "CashTokens", chain: "BCH", draft: newDraft(false, []coinOf{{100000, payTo(t, cash, "alice", FormatCashAddr)}}, coinOf{1000, append(append([]byte{tokenPrefix}, bytes.Repeat([]byte{9}, 32)...), append([]byte{0x10, 1}, payTo(t, cash, "bob", FormatCashAddr)...)...)}), want: opaque("ef0909", "tokens (CashTokens)")},
		{name: "script that anybody can spend", draft: one(coinOf{99000, []byte{op1}}), want: chain.Effect{Kind: chain.Opaque, Amount: "99000", Subject: "51", Detail: "not understood"}},
		{name: "empty script", draft: one(coinOf{99000, nil}), want: chain.Effect{Kind: chain.Opaque, Amount: "99000", Detail: "not understood"}},
		{name: "bare multi-signature with the own key", draft: one(coinOf{99000, shared}), want: chain.Effect{Kind: chain.Opaque, Amount: "99000", Detail: "not understood"}},
		{name: "P2PKH with something behind it", draft: one(coinOf{99000, append(bytes.Clone(pkh), opReturn)}), want: chain.Effect{Kind: chain.Opaque, Amount: "99000"}},
		{name: "witness program of version 2", draft: one(coinOf{99000, append([]byte{op1 + 1, 32}, make([]byte, 32)...)}), want: opaque("5220", "anybody may be able to spend")},
		{name: "own key hash as a program of version 1", draft: one(coinOf{99000, witnessScript(1, hash160(publicOf(t, person("alice")).Bytes()))}), want: opaque("5114", "anybody")},
		{name: "pay to anchor", draft: one(coinOf{99000, unhex(t, "51024e73")}), want: opaque("51024e73", "anybody")},
		{name: "SegWit where there is none: anybody spends it", chain: "DOGE", draft: newDraft(true, []coinOf{{100 * coin, payTo(t, doge, "alice", FormatP2PKH)}}, coinOf{99 * coin, wpkh}), want: chain.Effect{Kind: chain.Opaque, Amount: "9900000000", Subject: "0014"}},
		{name: "taproot on Bitcoin Cash: anybody spends it", chain: "BCH", draft: newDraft(false, []coinOf{{100000, payTo(t, cash, "alice", FormatCashAddr)}}, coinOf{99000, tr}), want: opaque("5120", "not understood")},
		{name: "P2SH of 32 bytes on Bitcoin", draft: one(coinOf{99000, p2sh32Script(make([]byte, 32))}), want: opaque("aa20", "not understood")},
		{name: "to a bare public key", draft: one(coinOf{99000, p2pkScript(publicOf(t, person("mallory")).Bytes())}), want: move("99000", "(public key 0", "")},
		{name: "more than 256 outputs, the last to somebody else", draft: one(append(manyCoins(300, 10, wpkh), coinOf{9000, mallory})...), want: move("9000", to, "")},

		{name: "own coins into a shared account that gives a little", form: FormPSBT, draft: newDraft(true, []coinOf{{100000, wpkh}, {1000, p2shScript(hash160(shared))}}, coinOf{100000, p2shScript(hash160(shared))}).set(1, inRedeem, nil, shared),
			want: move("100000", c.addressOf(p2shScript(hash160(shared))), "")},
		{name: "own coins behind a script of somebody that gives a little", draft: newDraft(true, []coinOf{{100000, wpkh}, {1000, joint}}, coinOf{100000, joint}).tree(1, alice, root),
			want: move("100000", c.addressOf(joint), "")},
		{name: "a memo that tells THORChain whom to pay", draft: one(coinOf{0, data("=:ETH.ETH:0x00000000000000000000000000000000000000ff")}, coinOf{99000, wpkh}),
			want: opaque("6a343d3a4554482e455448", `other protocols may act on: "=:ETH.ETH:0x00000000000000000000000000000000000000ff"`)},

		// inputs
		{name: "input of another of our keys", draft: newDraft(true, []coinOf{{1000, wpkh}, {900000, bob}}, coinOf{900000, mallory}),
			edit: func(r *chain.Request) { r.Signers = append(r.Signers, publicOf(t, person("bob"))) },
			want: chain.Effect{Kind: chain.Move, Amount: "900000", From: addressAs(t, c, "alice", FormatP2WPKH) + ", " + addressAs(t, c, "bob", FormatP2WPKH), To: to}},
		{name: "own share of a transaction of several", form: FormPSBT, draft: newDraft(true, []coinOf{{100000, wpkh}, {100000, mallory}}, coinOf{199000, mallory}),
			want: chain.Effect{Kind: chain.Move, Amount: "199000", From: addressAs(t, c, "alice", FormatP2WPKH), To: to}},
		{name: "partial signature of a shared account", form: FormPSBT, draft: newDraft(true, []coinOf{{100000, p2shScript(hash160(shared))}}, coinOf{99000, mallory}).set(0, inRedeem, nil, shared),
			want: chain.Effect{Kind: chain.Move, Amount: "99000", From: c.addressOf(p2shScript(hash160(shared))), To: to}},
		{name: "key that signs nothing owns no change", form: FormPSBT, draft: newDraft(true, []coinOf{{100000, wpkh}}, coinOf{99000, bob}),
			edit: func(r *chain.Request) { r.Signers = append(r.Signers, publicOf(t, person("bob"))) },
			want: chain.Effect{Kind: chain.Move, Amount: "99000", To: addressAs(t, c, "bob", FormatP2WPKH)}},
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) { a.run(t) })
	}
	if len(attacks) < 50 {
		t.Errorf("only %d attacks", len(attacks))
	}
}

func (a attack) run(t *testing.T) {
	if a.chain == "" {
		a.chain = "BTC"
	}
	if a.form == "" {
		a.form = FormTransaction
	}
	req := a.draft.request(t, a.form)
	req.Signers = []curve.PublicKey{publicOf(t, person("alice"))}
	if a.edit != nil {
		a.edit(&req)
	}
	in, err := networks(false)[a.chain].Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range in.Effects {
		w := a.want
		if w.Kind == e.Kind && strings.HasPrefix(e.To, w.To) {
			w.To = e.To
		}
		one := &chain.Intent{Effects: []chain.Effect{e}}
		if finds(one, w) && (w.Kind != chain.Move || w.Detail != "" || e.Detail == "") {
			found = true
		}
	}
	if !found {
		t.Errorf("no effect says %s %+v:\n%s", a.want.Kind, a.want, describe(in))
	}
	if !warns(in, a.warned) && a.warned != "" {
		t.Errorf("no warning %q:\n%s", a.warned, describe(in))
	}
}

func manyCoins(n int, value int64, script []byte) (coins []coinOf) {
	for range n {
		coins = append(coins, coinOf{value, script})
	}
	return coins
}

// What is proved reads as a number, and what is plain stays plain: otherwise the
// attacks above would show nothing.
func TestHonestTransactions(t *testing.T) {
	c := btc()
	wpkh, tr := payTo(t, c, "alice", FormatP2WPKH), payTo(t, c, "alice", FormatP2TR)
	bob := coinOf{99000, payTo(t, c, "bob", FormatP2WPKH)}
	for name, d := range map[string]*draft{
		"one input of BIP-143":                             newDraft(false, []coinOf{{101000, wpkh}}, bob, coinOf{1000, wpkh}),
		"several with previous transactions":               newDraft(true, []coinOf{{1000, wpkh}, {100000, payTo(t, c, "alice", FormatP2PKH)}}, bob, coinOf{1000, wpkh}),
		"one of BIP-143 beside proved ones of BIP-341":     newDraft(true, []coinOf{{1000, wpkh}, {100000, tr}}, bob, coinOf{1000, wpkh}).without(0, inPreviousTx).set(0, inWitnessUTXO, nil, encodeOutput(1000, wpkh)),
		"several of taproot":                               newDraft(false, []coinOf{{1000, tr}, {100000, tr}}, bob, coinOf{1000, tr}),
		"proved taproot beside BIP-143, nothing else said": newDraft(true, []coinOf{{1000, tr}, {99000, wpkh}, {1000, wpkh}}, bob, coinOf{1000, tr}).stated(1, 2),
	} {
		in, err := c.Decode(d.request(t, FormTransaction, "alice"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(in.Warnings) > 0 || len(in.Effects) != 3 || !finds(in, chain.Effect{Kind: chain.Fee, Asset: "BTC", Amount: "1000"}) ||
			!finds(in, chain.Effect{Kind: chain.Move, Amount: "99000", To: addressAs(t, c, "bob", FormatP2WPKH)}) ||
			!finds(in, chain.Effect{Kind: chain.Move, Amount: "1000", Detail: "change"}) {
			t.Errorf("%s:\n%s", name, describe(in))
		}
	}
}
