package evm

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/codec/rlp"
)

const (
	cusd        = "0x765DE816845861e75A25fCA122bb6898B8B1282a"
	usdcAdapter = "0x2F25deB3848C207fc8E0c34035B3Ba7fC157602B"
)

// ownFile is testdata/celo.json and harmony.json.
type ownFile struct {
	Transactions []struct {
		JSON             json.RawMessage
		Unsigned, Signed string
	}
}

// pendingCelo fills in what the peer asks nodes for: the gas price and the count only
// where they are missing, and a hundred thousand more gas than they estimate.
func pendingCelo(t *testing.T, v chaintest.Vector, tx map[string]any) []byte {
	t.Helper()
	for _, call := range v.NodeCalls {
		var rpc struct{ Method string }
		var reply string
		if json.Unmarshal(call.RPC, &rpc) != nil || json.Unmarshal(call.Reply, &reply) != nil {
			t.Fatalf("%s: a call that is not understood", v.Name)
		}
		member := map[string]string{"eth_gasPrice": "gasPrice", "eth_getTransactionCount": "nonce", "eth_estimateGas": "gasLimit"}[rpc.Method]
		if member == "" || tx[member] != nil {
			continue
		}
		tx[member] = reply
		if member == "gasLimit" {
			n, ok := new(big.Int).SetString(reply, 0)
			if !ok {
				t.Fatal(reply)
			}
			tx[member] = fmt.Sprintf("%#x", n.Add(n, big.NewInt(100000)))
		}
	}
	merged, err := json.Marshal(tx)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

// TestCeloVectors signs what viem signed, from its JSON and from its unsigned form.
func TestCeloVectors(t *testing.T) {
	c := network(t, "CELO", false)
	file := readJSON[ownFile](t, "testdata/celo.json")
	for i, v := range file.Transactions {
		for _, text := range []string{string(v.JSON), v.Unsigned} {
			req, err := c.ReadFile([]byte(text))
			if err != nil {
				t.Fatal(i, err)
			}
			if got := "0x" + hexOf(req.Payload); got != v.Unsigned {
				t.Errorf("%d: payload %s, want %s", i, got, v.Unsigned)
			}
			if got := "0x" + hexOf(sign(t, decode(t, c, text))); got != v.Signed {
				t.Errorf("%d: got %s\nwant %s", i, got, v.Signed)
			}
		}
	}
	if len(file.Transactions) != 5 {
		t.Errorf("%d transactions", len(file.Transactions))
	}
}

// TestCeloFiles holds which form a JSON object gets.
func TestCeloFiles(t *testing.T) {
	c := network(t, "CELO", false)
	head := `{"to":"` + bob + `","value":"0x5","nonce":1,`
	for _, v := range []struct{ members, want string }{
		{`"gasLimit":"0x5208","gasPrice":"0x1"`, "Celo's own"},
		{`"gas":"0x5208","gasPrice":"0x1"`, "legacy"},
		{`"gasLimit":"0x5208","gasPrice":"0x1","type":"0x0"`, "legacy"},
		{`"gasLimit":"0x5208","gasPrice":"0x1","type":0`, "legacy"},
		{`"gasLimit":"0x5208","gasPrice":"0x1","type":"legacy"`, "legacy"},
		{`"gas":"0x5208","gasPrice":"0x1","type":"celo-legacy"`, "Celo's own"},
		{`"gas":"0x5208","gasPrice":"0x1","feeCurrency":"` + cusd + `"`, "Celo's own"},
		{`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1`, "dynamic fee (EIP-1559)"},
		{`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"feeCurrency":"` + cusd + `"`, "fee in a token (CIP-64)"},
		{`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"feeCurrency":null`, "dynamic fee (EIP-1559)"},
		{`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"type":123`, "fee in a token (CIP-64)"},
		{`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"type":"0x7c"`, "fee in a token (CIP-42"},
		{`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"gatewayFee":0`, "fee in a token (CIP-42"},
	} {
		in := decode(t, c, head+v.members+`}`)
		if got := in.Facts[0].Value; !strings.HasPrefix(got, v.want) || v.want == "legacy" && got != v.want {
			t.Errorf("%s is %s, want %s", v.members, got, v.want)
		}
		ended := strings.Contains(in.Facts[0].Value, "ended")
		if warns(in, "layer 2") != ended {
			t.Errorf("%s: warnings %q", v.members, in.Warnings)
		}
	}
	for _, members := range []string{
		`"gas":1,"gasPrice":1,"type":0,"feeCurrency":"` + cusd + `"`,
		`"gas":1,"gasPrice":1,"type":"cip64","feeCurrency":"` + cusd + `"`,
		`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"type":2,"feeCurrency":"` + cusd + `"`,
		`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"type":"cip64","gatewayFee":1,"gatewayFeeRecipient":"` + bob + `"`,
		`"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"gatewayFee":1`,
		`"gas":1,"gasPrice":1,"type":"celo-legacy","maxFeePerGas":2`,
		`"gas":1,"gasPrice":1,"type":"celo-legacy","chainId":1`,
		`"gas":1,"gasPrice":1,"type":"celo-legacy","accessList":[]`,
		`"gas":1,"maxPriorityFeePerGas":1,"feeCurrency":"` + cusd + `"`,
		`"gas":1,"maxFeePerGas":1,"feeCurrency":"` + cusd + `"`,
		`"gas":1,"type":"celo-legacy"`,
		`"gas":1,"gasPrice":1,"feeCurrency":"0x12"`,
	} {
		if req, err := c.ReadFile([]byte(head + members + `}`)); err == nil {
			t.Errorf("%s is read as %x", members, req.Payload)
		}
	}
	if _, err := ethereum().ReadFile([]byte(head + `"gas":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1,"feeCurrency":"` + cusd + `"}`)); err == nil {
		t.Error("Ethereum takes a fee currency")
	}
}

// TestCeloPayloads holds what the strict reader refuses.
func TestCeloPayloads(t *testing.T) {
	c := network(t, "CELO", false)
	file := readJSON[ownFile](t, "testdata/celo.json")
	good := unhex(t, file.Transactions[0].Unsigned)
	list := func(content ...byte) []byte { return rlp.AppendList([]byte{0x7b}, content) }
	for name, payload := range map[string][]byte{
		"signed":                        unhex(t, file.Transactions[0].Signed),
		"signed CIP-42":                 unhex(t, file.Transactions[3].Signed),
		"another network":               unhex(t, strings.Replace(file.Transactions[0].Unsigned, "82a4ec", "82aef3", 1)),
		"an empty list":                 list(),
		"no list":                       {0x7b},
		"a byte behind":                 append(append([]byte{}, good...), 0),
		"a fee currency of 19 bytes":    unhex(t, "0x7bf582a4ec07021e8252089435353535353535353535353535353535353535350a80c093765de816845861e75a25fca122bb6898b8b128"),
		"a gateway's fee for nobody":    (&celo{envelope: cip42, gatewayFee: bigOf("1")}).encode(&transaction{chainID: 42220, value: bigOf("1"), gasPrice: bigOf("1")}),
		"the old form of every network": (&celo{envelope: legacy}).encode(&transaction{value: bigOf("1"), gasPrice: bigOf("1")}),
		"the old form, signed":          unhex(t, "0xf86909843b9aca0082520880808094e70e8afef87cc8f0d7a61f58535f6ec99cd860ca0180830149fba0a8ddc0b528e19fd3630f2ef9d2233cdc3db6982cf80e217878f6d8f4dbc16560a04a6f9079e436899b465ee3ef209af132a56a0899c906007d8590937fc3e08f22"),
	} {
		if in, err := c.Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: signer(t)}); err == nil {
			t.Errorf("%s: decoded as\n%s", name, describe(in.Effects))
		}
	}
	for _, other := range []Chain{ethereum(), generic(), network(t, "KLAY", false), network(t, "ONE", false)} {
		if _, err := other.Decode(chain.Request{Form: FormTransaction, Payload: good, Signer: signer(t)}); err == nil {
			t.Errorf("%s takes a transaction of Celo", other.ID())
		}
	}
}

// TestCeloRedTeam holds what costs something in an easily missed way.
func TestCeloRedTeam(t *testing.T) {
	fee := func(members string) string {
		return `{"to":"` + bob + `","value":"0x5","nonce":1,"gas":100,"maxFeePerGas":7,"maxPriorityFeePerGas":1,` + members + `}`
	}
	old := func(members string) string {
		return `{"to":"` + bob + `","value":"0x5","nonce":1,"gas":100,"gasPrice":7,` + members + `}`
	}
	for _, v := range []struct {
		name, file string
		want       chain.Effect
	}{
		{"fee in a token", fee(`"feeCurrency":"` + cusd + `"`), chain.Effect{Kind: chain.Fee, Asset: "erc20 " + cusd, Amount: "700", From: alice}},
		{"fee in a token of the attacker", fee(`"feeCurrency":"` + mallory + `"`), chain.Effect{Kind: chain.Fee, Asset: "erc20 " + mallory, Amount: "700"}},
		{"fee through an adapter", fee(`"feeCurrency":"` + usdcAdapter + `"`), chain.Effect{Kind: chain.Fee, Asset: "erc20 " + usdcAdapter, Amount: "700"}},
		{"value beside a fee in a token", fee(`"feeCurrency":"` + cusd + `"`), chain.Effect{Kind: chain.Move, Asset: "CELO", Amount: "5", To: bob}},
		{"fee in CELO", fee(`"type":"cip64"`), chain.Effect{Kind: chain.Fee, Asset: "CELO", Amount: "700"}},
		{"gateway's fee", fee(`"gatewayFee":900,"gatewayFeeRecipient":"` + mallory + `"`), chain.Effect{Kind: chain.Move, Asset: "CELO", Amount: "900", From: alice, To: mallory}},
		{"gateway's fee in a token", fee(`"feeCurrency":"` + cusd + `","gatewayFee":900,"gatewayFeeRecipient":"` + mallory + `"`),
			chain.Effect{Kind: chain.Move, Asset: "erc20 " + cusd, Amount: "900", From: alice, To: mallory}},
		{"gateway's fee in the old form", old(`"gatewayFee":900,"gatewayFeeRecipient":"` + mallory + `"`), chain.Effect{Kind: chain.Move, Asset: "CELO", Amount: "900", To: mallory}},
		{"fee in a token in the old form", old(`"feeCurrency":"` + cusd + `"`), chain.Effect{Kind: chain.Fee, Asset: "erc20 " + cusd, Amount: "700"}},
		{"approval behind CIP-64", fee(`"feeCurrency":"` + cusd + `","data":"0x095ea7b3` + argument(mallory) + max + `"`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + bob, Amount: "unlimited", To: mallory}},
		{"unknown call in the old form", old(`"feeCurrency":"` + cusd + `","data":"0xdeadbeef"`), chain.Effect{Kind: chain.Opaque, To: bob, Subject: "0xdeadbeef"}},
		{"contract behind CIP-64", strings.Replace(fee(`"feeCurrency":"`+cusd+`","data":"0x60"`), `"to":"`+bob+`",`, "", 1), chain.Effect{Kind: chain.Deploy, From: alice}},
	} {
		t.Run(v.name, func(t *testing.T) {
			if in := decode(t, network(t, "CELO", false), v.file); !shows(in, v.want) {
				t.Errorf("no effect like\n%sin\n%s", describe([]chain.Effect{v.want}), describe(in.Effects))
			}
		})
	}
	in := decode(t, network(t, "CELO", false), fee(`"feeCurrency":"`+mallory+`"`))
	if !warns(in, "not known here") {
		t.Errorf("warnings %q", in.Warnings)
	}
	in = decode(t, network(t, "CELO", false), fee(`"feeCurrency":"`+usdcAdapter+`"`))
	if warns(in, "not known here") || in.Units["erc20 "+usdcAdapter] != (chain.Unit{Symbol: "USDC", Decimals: 18}) || in.Names[usdcAdapter] != "USDC" {
		t.Errorf("warnings %q, units %v, names %v", in.Warnings, in.Units, in.Names)
	}
}
