package evm

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
)

// TestHarmonyVectors signs what harmony-js signed, from JSON and from its unsigned form.
func TestHarmonyVectors(t *testing.T) {
	c := network(t, "ONE", false)
	file := readJSON[ownFile](t, "testdata/harmony.json")
	for i, v := range file.Transactions {
		for _, text := range []string{string(v.JSON), strings.Replace(string(v.JSON), `"chainId": 1`, `"chainId": 1666600000`, 1), v.Unsigned} {
			in := decode(t, c, text)
			if got := "0x" + hexOf(sign(t, in)); got != v.Signed {
				t.Errorf("%d: got %s\nwant %s", i, got, v.Signed)
			}
		}
	}
	if len(file.Transactions) != 4 {
		t.Errorf("%d transactions", len(file.Transactions))
	}
}

// TestHarmonyRedTeam names what crosses shards.
func TestHarmonyRedTeam(t *testing.T) {
	c := network(t, "ONE", false)
	file := func(members string) string {
		return `{"value":"0x64","nonce":2,"gasLimit":21000,"gasPrice":3,"to":"one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9",` + members + `}`
	}
	to := hexaccount.Checksummed(addressOf(t, "0xebcd16e8c1d8f493ba04e99a56474122d81a9c58"))
	for _, v := range []struct {
		name, file string
		want       chain.Effect
	}{
		{"across shards", file(`"shardID":0,"toShardID":1`), chain.Effect{Kind: chain.Move, Asset: "ONE", Amount: "100", From: alice, To: to, Detail: "from shard 0 to shard 1"}},
		{"data across shards", file(`"shardID":0,"toShardID":1,"data":"0xa9059cbb"`), chain.Effect{Kind: chain.Opaque, To: to, Subject: "data"}},
		{"fee across shards", file(`"shardID":1,"toShardID":0`), chain.Effect{Kind: chain.Fee, Asset: "ONE", Amount: "63000", From: alice}},
		{"call in one shard", file(`"shardID":1,"toShardID":1,"data":"0x095ea7b3` + argument(mallory) + max + `"`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + to, Amount: "unlimited", To: mallory}},
		{"contract", strings.Replace(file(`"shardID":1,"toShardID":1,"data":"0x60"`), `"to":"one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9",`, "", 1),
			chain.Effect{Kind: chain.Deploy, From: alice}},
	} {
		t.Run(v.name, func(t *testing.T) {
			if in := decode(t, c, v.file); !shows(in, v.want) {
				t.Errorf("no effect like\n%sin\n%s", describe([]chain.Effect{v.want}), describe(in.Effects))
			}
		})
	}
	for _, members := range []string{
		`"shardID":0`, `"toShardID":0`, `"shardID":0,"toShardID":256`, `"shardID":0,"toShardID":0,"chainId":2`, `"shardID":0,"toShardID":0,"chainId":1666700000`,
		`"shardID":0,"toShardID":0,"chainId":56`, `"shardID":0,"toShardID":0,"accessList":[]`, `"shardID":0,"toShardID":0,"type":2`,
	} {
		if req, err := c.ReadFile([]byte(file(members))); err == nil {
			t.Errorf("%s is read as %x", members, req.Payload)
		}
	}
	if req, err := c.ReadFile([]byte(strings.Replace(file(`"shardID":0,"toShardID":1,"data":"0x60"`), `"to":"one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9",`, "", 1))); err == nil {
		t.Errorf("a contract on another shard is read as %x", req.Payload)
	}
	vectors := readJSON[ownFile](t, "testdata/harmony.json")
	for name, payload := range map[string][]byte{
		"signed":       unhex(t, vectors.Transactions[0].Signed),
		"test network": unhex(t, strings.Replace(vectors.Transactions[0].Unsigned, "80018080", "80028080", 1)),
		"Ethereum's":   unhex(t, "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080"),
	} {
		if in, err := c.Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: signer(t)}); err == nil {
			t.Errorf("%s: decoded as\n%s", name, describe(in.Effects))
		}
	}
	for _, other := range []Chain{ethereum(), generic(), network(t, "CELO", false), network(t, "ONE", true)} {
		if _, err := other.Decode(chain.Request{Form: FormTransaction, Payload: unhex(t, vectors.Transactions[1].Unsigned), Signer: signer(t)}); err == nil {
			t.Errorf("%s takes a transaction of Harmony", other.ID())
		}
	}
}

// TestAddressesInFiles reads the spellings of addresses that XDC and Harmony have.
func TestAddressesInFiles(t *testing.T) {
	bare := strings.ToLower(bob[2:])
	in := decode(t, network(t, "XDC", false), `{"from":"xdc`+strings.ToLower(alice[2:])+`","to":"xdc`+bare+`","value":1,"gas":21000,"gasPrice":1,"nonce":0}`)
	if !shows(in, chain.Effect{Kind: chain.Move, Asset: "XDC", From: "xdc" + strings.ToLower(alice[2:]), To: "xdc" + bare}) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
	in = decode(t, network(t, "ONE", false), `{"to":"one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9","value":1,"gas":21000,"gasPrice":1,"nonce":0}`)
	if !shows(in, chain.Effect{Kind: chain.Move, Asset: "ONE", To: "0xeBCD16e8c1D8f493bA04E99a56474122D81A9c58"}) {
		t.Errorf("effects\n%s", describe(in.Effects))
	}
}
