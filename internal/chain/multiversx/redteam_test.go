package multiversx

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// account is the account of a key that repeats one byte.
func account(who byte) (a address) { copy(a[:], bytes.Repeat([]byte{who}, keySize)); return a }

// contract is a contract that repeats one byte.
func contract(who byte) address {
	a := account(who)
	copy(a[:8], make([]byte, 8))
	return a
}

// provider is a staking provider.
func provider() address {
	a := system(0xff)
	a[keySize-4] = 9
	return a
}

// data writes a call: texts that begin with # are arguments in hex already, the others
// become it.
func data(function string, args ...string) []byte {
	out := function
	for _, a := range args {
		if rest, ok := strings.CutPrefix(a, "#"); ok {
			out += "@" + rest
		} else {
			out += "@" + hex.EncodeToString([]byte(a))
		}
	}
	return []byte(out)
}

func hexOf(a address) string { return "#" + hex.EncodeToString(a[:]) }

func ours() Chain {
	return New(chain.Network{ID: "multiversx", Symbol: "EGLD", Decimals: 18, Algorithm: curve.Ed25519}, MainnetID)
}

// send is a transaction of alice.
func send(to address, value string, data []byte) Transaction {
	return Transaction{
		Nonce: 1, Value: value, Receiver: to.String(), Sender: account('a').String(), GasPrice: 1000000000, GasLimit: 50000,
		Data: data, ChainID: MainnetID, Version: 2,
	}
}

// TestRedTeam holds transactions that give something away in an easily missed way.
// Each must show an effect that says so; harmless-looking effects may stand beside it.
// The empty members of want match anything; Detail matches a part.
func TestRedTeam(t *testing.T) {
	alice, bob, mallory := account('a'), account('b'), account('m')
	tokens, staking := system(tokenContract), system(validatorContract)
	expensive := send(bob, "1", nil)
	expensive.GasLimit, expensive.GasPrice = 1<<63, 1<<40
	relayed := send(bob, "1", nil)
	relayed.Relayer = mallory.String()
	future := send(bob, "1", nil)
	future.Version = 3
	for _, c := range []struct {
		name    string
		tx      Transaction
		want    chain.Effect
		warning string
	}{
		{"tokens to somebody else than the receiver", send(alice, "0", data("ESDTNFTTransfer", "NFT-123456", "#0a", "#01", hexOf(mallory))),
			chain.Effect{Kind: chain.Move, Asset: "NFT-123456-0a", Amount: "1", To: mallory.String()}, ""},
		{"several tokens, the last one dear", send(alice, "0", data("MultiESDTNFTTransfer", hexOf(mallory), "#02", "AAA-123456", "#", "#01", "WEGLD-bd4d79", "#00", "#ffffffffffff")),
			chain.Effect{Kind: chain.Move, Asset: "WEGLD-bd4d79", Amount: "281474976710655", To: mallory.String()}, ""},
		{"native asset among the tokens", send(alice, "0", data("MultiESDTNFTTransfer", hexOf(mallory), "#01", "EGLD-000000", "#", "#0de0b6b3a7640000")),
			chain.Effect{Kind: chain.Move, Asset: "EGLD", Amount: "1000000000000000000", To: mallory.String()}, ""},
		{"more tokens than arguments", send(alice, "0", data("MultiESDTNFTTransfer", hexOf(mallory), "#02", "AAA-123456", "#", "#01")),
			chain.Effect{Kind: chain.Opaque, Subject: "MultiESDTNFTTransfer"}, ""},
		{"a count that does not fit", send(alice, "0", data("MultiESDTNFTTransfer", hexOf(mallory), "#ffffffffffffffffffff", "AAA-123456", "#", "#01")),
			chain.Effect{Kind: chain.Opaque, Subject: "MultiESDTNFTTransfer"}, ""},
		{"tokens with a call", send(contract('c'), "0", data("ESDTTransfer", "USDC-c76f1f", "#05", "approve", hexOf(mallory))),
			chain.Effect{Kind: chain.Opaque, To: contract('c').String(), Subject: "approve"}, ""},
		{"items with a call", send(alice, "0", data("ESDTNFTTransfer", "NFT-123456", "#0a", "#01", hexOf(contract('c')), "sell")),
			chain.Effect{Kind: chain.Opaque, To: contract('c').String(), Subject: "sell"}, ""},
		{"token that is called like the native asset", send(bob, "0", data("ESDTTransfer", "EGLD", "#05")),
			chain.Effect{Kind: chain.Opaque, Subject: "ESDTTransfer"}, ""},
		{"token with a line end", send(bob, "0", data("ESDTTransfer", "USDC-c76f1\n", "#05")),
			chain.Effect{Kind: chain.Opaque, Subject: "ESDTTransfer"}, ""},
		{"amount that is missing", send(bob, "0", data("ESDTTransfer", "USDC-c76f1f")),
			chain.Effect{Kind: chain.Opaque, Subject: "ESDTTransfer"}, ""},
		{"amount of a thousand digits", send(bob, "0", data("ESDTTransfer", "USDC-c76f1f", "#"+strings.Repeat("ff", 400))),
			chain.Effect{Kind: chain.Opaque, Subject: "ESDTTransfer"}, ""},
		{"half a byte", send(bob, "0", []byte("ESDTTransfer@555344432d633736663166@5")),
			chain.Effect{Kind: chain.Opaque, To: bob.String(), Subject: "ESDTTransfer"}, ""},
		{"native asset and tokens", send(bob, "77", data("ESDTTransfer", "USDC-c76f1f", "#05")),
			chain.Effect{Kind: chain.Move, Asset: "EGLD", Amount: "77", To: bob.String()}, ""},
		{"guardian of somebody else", send(alice, "0", data("SetGuardian", hexOf(mallory), "service")),
			chain.Effect{Kind: chain.Authority, To: mallory.String(), Subject: "guardian"}, ""},
		{"guardian taken off", send(alice, "0", data("UnGuardAccount")),
			chain.Effect{Kind: chain.Authority, Subject: "guardian"}, "loses the protection"},
		{"contract given away", send(contract('c'), "0", data("ChangeOwnerAddress", hexOf(mallory))),
			chain.Effect{Kind: chain.Authority, From: contract('c').String(), To: mallory.String()}, ""},
		{"code replaced", send(contract('c'), "0", data("upgradeContract", "#0061736d", "#0506")),
			chain.Effect{Kind: chain.Deploy, To: contract('c').String(), Detail: "replace"}, ""},
		{"contract created", send(address{}, "9", []byte("0061736d@0500@0100")),
			chain.Effect{Kind: chain.Deploy, Detail: "upgradeable"}, ""},
		{"value sent to zeros", send(address{}, "9", nil),
			chain.Effect{Kind: chain.Move, Detail: "address of zeros"}, "nobody can send"},
		{"token given away", send(tokens, "0", data("transferOwnership", "FOO-123456", hexOf(mallory))),
			chain.Effect{Kind: chain.Authority, Asset: "FOO-123456", To: mallory.String()}, ""},
		{"right to mint", send(tokens, "0", data("setSpecialRole", "FOO-123456", hexOf(mallory), "ESDTRoleLocalMint")),
			chain.Effect{Kind: chain.Authority, To: mallory.String(), Detail: "ESDTRoleLocalMint"}, ""},
		{"rights of the manager", send(tokens, "0", data("controlChanges", "FOO-123456", "canWipe", "true")),
			chain.Effect{Kind: chain.Authority, Asset: "FOO-123456", Detail: `"canWipe" "true"`}, ""},
		{"wipe", send(tokens, "0", data("wipe", "FOO-123456", hexOf(bob))),
			chain.Effect{Kind: chain.Seize, Asset: "FOO-123456", Amount: "all", From: bob.String()}, ""},
		{"wipe of an item", send(tokens, "0", data("wipeSingleNFT", "FOO-123456", "#01", hexOf(bob))),
			chain.Effect{Kind: chain.Seize, Asset: "FOO-123456-01", From: bob.String()}, ""},
		{"freeze", send(tokens, "0", data("freeze", "FOO-123456", hexOf(bob))),
			chain.Effect{Kind: chain.Restrict, Asset: "FOO-123456", From: bob.String(), Detail: "freeze"}, ""},
		{"freeze of an item", send(tokens, "0", data("freezeSingleNFT", "FOO-123456", "#01", hexOf(bob))),
			chain.Effect{Kind: chain.Restrict, Asset: "FOO-123456-01", From: bob.String()}, ""},
		{"pause", send(tokens, "0", data("pause", "FOO-123456")), chain.Effect{Kind: chain.Restrict, Subject: "every holder"}, ""},
		{"right to create items passed on", send(tokens, "0", data("transferNFTCreateRole", "FOO-123456", hexOf(alice), hexOf(mallory))),
			chain.Effect{Kind: chain.Authority, From: alice.String(), To: mallory.String()}, ""},
		{"new function of the token contract", send(tokens, "0", data("giveAway", "FOO-123456")),
			chain.Effect{Kind: chain.Opaque, To: tokens.String(), Subject: "giveAway"}, ""},
		{"rewards to somebody else", send(staking, "0", data("changeRewardAddress", hexOf(mallory))),
			chain.Effect{Kind: chain.Authority, To: mallory.String()}, ""},
		{"stake with rewards to somebody else", send(staking, "2500", data("stake", "#01", "#00", "#00", hexOf(mallory))),
			chain.Effect{Kind: chain.Authority, To: mallory.String(), Subject: "address of the staking rewards"}, ""},
		{"delegated", send(provider(), "5000", data("delegate")), chain.Effect{Kind: chain.Move, Amount: "5000", To: provider().String()}, ""},
		{"contract of the protocol that nobody knows", send(system(9), "0", data("delegate")),
			chain.Effect{Kind: chain.Opaque, To: system(9).String(), Subject: "delegate"}, ""},
		{"more arguments than anybody reads", send(alice, "0", data("SaveKeyValue", strings.Split(strings.Repeat("#00 ", 5000), " ")...)),
			chain.Effect{Kind: chain.Opaque, Subject: "SaveKeyValue"}, ""},
		{"merge allowed", send(provider(), "0", data("whitelistForMerge", hexOf(mallory))),
			chain.Effect{Kind: chain.Authority, To: mallory.String()}, ""},
		{"transaction in a transaction", send(alice, "0", data("relayedTx", "#7b7d")),
			chain.Effect{Kind: chain.Opaque, Subject: "relayedTx"}, ""},
		{"function that nobody knows", send(bob, "0", data("ESDTNewThing", "#01")),
			chain.Effect{Kind: chain.Opaque, To: bob.String(), Subject: "ESDTNewThing"}, ""},
		{"call of a contract", send(contract('c'), "0", data("transfer", hexOf(mallory))),
			chain.Effect{Kind: chain.Opaque, To: contract('c').String(), Subject: "transfer"}, ""},
		{"contract that looks like a system contract", send(contract('c'), "0", data("wipe", "FOO-123456", hexOf(bob))),
			chain.Effect{Kind: chain.Opaque, To: contract('c').String(), Subject: "wipe"}, ""},
		{"fee of everything", expensive, chain.Effect{Kind: chain.Fee, Amount: "10141204801825835211973625643008"}, "tenth"},
		{"fee of the relayer", relayed, chain.Effect{Kind: chain.Fee, From: mallory.String()}, ""},
		{"version of the future", future, chain.Effect{Kind: chain.Opaque, Subject: "version 3"}, ""},
		{"burn", send(alice, "0", data("ESDTLocalBurn", "FOO-123456", "#ff")),
			chain.Effect{Kind: chain.Move, Amount: "255", To: "nobody", Detail: "burn"}, ""},
	} {
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: c.tx.AppendPayload(nil)})
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

// TestSystemContracts compares the addresses with those that the SDK and the explorer
// publish.
func TestSystemContracts(t *testing.T) {
	for number, want := range map[byte]string{
		tokenContract:      "erd1qqqqqqqqqqqqqqqpqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzllls8a5w6u",
		governanceContract: "erd1qqqqqqqqqqqqqqqpqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqrlllsrujgla",
		delegationManager:  "erd1qqqqqqqqqqqqqqqpqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqylllslmq6y6",
		validatorContract:  "erd1qqqqqqqqqqqqqqqpqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqplllst77y4l",
	} {
		if got := system(number); got.String() != want || !got.isSystem() {
			t.Errorf("system contract %d is %s, want %s", number, got, want)
		}
	}
}

// TestSenders: a contract has no key, so it sends nothing that is signed.
func TestSenders(t *testing.T) {
	tx := send(account('b'), "1", nil)
	tx.Sender = contract('c').String()
	if in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: tx.AppendPayload(nil)}); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("%v, %+v", err, in)
	}
}
