package antelope

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
)

// TestRedTeam holds transactions that give something away in an easily missed
// way. Each must show an effect that says so; harmless-looking effects may stand
// beside it. The empty members of want match anything; Detail matches a part.
func TestRedTeam(t *testing.T) {
	mallory := parsePublic(t, k1Public)
	em := parsePublic(t, emPublic)
	keys := func(threshold uint32, key PublicKey, weight uint16) []byte {
		return pack(threshold, 1, key, weight, 0, 0)
	}
	accounts := func(threshold uint32, p Permission, weight uint16) []byte {
		return pack(threshold, 0, 1, p, weight, 0)
	}
	nobody := pack(uint32(1), 0, 0, 0)
	n := name
	update := func(permission string, auth []byte, more ...any) Action {
		return action("eosio:updateauth", pack(append([]any{n("alice"), n(permission), n("owner"), auth}, more...)...))
	}
	for _, c := range []struct {
		name string
		tx   SignedTransaction
		want chain.Effect
	}{
		// transfers
		{"second transfer behind a small one", transaction(transfer("alice", "bob", 1, ""), transfer("alice", "mallory", 1e9, "")),
			chain.Effect{Kind: chain.Move, Asset: "4,EOS@eosio.token", Amount: "1000000000", From: "alice", To: "mallory"}},
		{"largest amount", transaction(transfer("alice", "mallory", maxAmount, "")),
			chain.Effect{Kind: chain.Move, Amount: "4611686018427387903", To: "mallory"}},
		{"token of the same symbol by another contract", transaction(action("fake.token:transfer", pack(n("alice"), n("bob"), eos(1), ""))),
			chain.Effect{Kind: chain.Move, Asset: "4,EOS@fake.token"}},
		{"token of another contract is a call", transaction(action("fake.token:transfer", pack(n("alice"), n("bob"), eos(1), ""))),
			chain.Effect{Kind: chain.Call, To: "fake.token", From: "alice", Subject: "fake.token:transfer"}},
		{"account that looks like the system's", transaction(action("eosio1token:transfer", pack(n("alice"), n("bob"), eos(1), ""))),
			chain.Effect{Kind: chain.Call, To: "eosio1token"}},
		{"another chain's system account", transaction(action("sysio.token:transfer", pack(n("alice"), n("bob"), eos(1), ""))),
			chain.Effect{Kind: chain.Call, To: "sysio.token"}},
		{"another system contract's transfer", transaction(action("eosio.evm:transfer", pack(n("alice"), n("bob"), eos(1), ""))),
			chain.Effect{Kind: chain.Call, To: "eosio.evm"}},
		{"other decimals", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), quantity{1, 0, "EOS"}, ""))),
			chain.Effect{Kind: chain.Move, Asset: "0,EOS@eosio.token", Amount: "1"}},
		{"negative amount", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(-1), ""))),
			chain.Effect{Kind: chain.Opaque, Subject: "eosio.token:transfer"}},
		{"negative amount still moves", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(-1), ""))),
			chain.Effect{Kind: chain.Move}},
		{"symbol with a hidden tail", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), uint64(1), []byte("\x04EOS\x00X\x00\x00"), ""))),
			chain.Effect{Kind: chain.Opaque, Detail: "does not fit"}},
		{"symbol in small letters", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), quantity{1, 4, "eos"}, ""))),
			chain.Effect{Kind: chain.Opaque}},
		{"list of collectibles", transaction(action("atomicassets:transfer", pack(n("alice"), n("mallory"), 1, uint64(99), "gift"))),
			chain.Effect{Kind: chain.Move, Subject: "atomicassets:transfer"}},
		{"list of collectibles is not understood", transaction(action("atomicassets:transfer", pack(n("alice"), n("mallory"), 1, uint64(99), "gift"))),
			chain.Effect{Kind: chain.Opaque, Subject: "atomicassets:transfer"}},
		{"bytes behind the memo", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(1), "", uint8(0)))),
			chain.Effect{Kind: chain.Opaque, Detail: "bytes after the end"}},
		{"bytes behind the memo leave the move", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(1), "", uint8(0)))),
			chain.Effect{Kind: chain.Move, To: "bob", Amount: "1"}},
		{"memo with line breaks", transaction(transfer("alice", "bob", 1, "x\nfee 0\x1b[2J")),
			chain.Effect{Kind: chain.Move, Detail: `memo "x\nfee 0\x1b[2J"`}},
		{"long memo", transaction(transfer("alice", "bob", 1, strings.Repeat("é", 200))),
			chain.Effect{Kind: chain.Move, Detail: `é" (cut)`}},
		{"memo of half a character", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(1), "\xff"))),
			chain.Effect{Kind: chain.Opaque}},
		{"somebody else's money", transaction(action("eosio.token:transfer", pack(n("carol"), n("mallory"), eos(1), ""), "alice@active")),
			chain.Effect{Kind: chain.Opaque, From: "alice", Subject: "authorization"}},
		{"second permission on a transfer", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(1), ""), "alice@active", "treasury@owner")),
			chain.Effect{Kind: chain.Opaque, From: "treasury", Subject: "authorization", Detail: "also lends treasury@owner"}},
		{"the same account's owner permission too", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(1), ""), "alice@active", "alice@owner")),
			chain.Effect{Kind: chain.Opaque, From: "alice", Detail: "also lends alice@owner"}},
		{"owner permission for a transfer", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(1), ""), "alice@owner")),
			chain.Effect{Kind: chain.Move, Detail: "by alice@owner"}},
		{"no permission", transaction(action("eosio.token:transfer", pack(n("alice"), n("bob"), eos(1), ""), "")),
			chain.Effect{Kind: chain.Opaque, Subject: "authorization"}},
		{"issue to a stranger", transaction(action("eosio.token:issue", pack(n("mallory"), eos(5), ""))),
			chain.Effect{Kind: chain.Move, To: "mallory", Amount: "5", Detail: "issue"}},
		{"retire", transaction(action("eosio.token:retire", pack(eos(5), ""))),
			chain.Effect{Kind: chain.Destroy, From: "alice", Amount: "5"}},
		{"new token of a stranger", transaction(action("eosio.token:create", pack(n("mallory"), eos(5)), "eosio.token@active")),
			chain.Effect{Kind: chain.Deploy, To: "mallory", Amount: "5"}},
		{"memory for somebody's balance", transaction(action("eosio.token:open", pack(n("mallory"), symbol(4, "EOS"), n("alice")))),
			chain.Effect{Kind: chain.Call, From: "alice", To: "mallory"}},

		// authorities
		{"key of a stranger behind a transfer", transaction(transfer("alice", "bob", 1, ""), update("active", keys(1, mallory, 1))),
			chain.Effect{Kind: chain.Authority, From: "alice", To: mallory.String(), Subject: "active", Detail: "weight 1 of 1"}},
		{"key of another kind", transaction(update("owner", keys(1, em, 1))),
			chain.Effect{Kind: chain.Authority, To: em.String(), Subject: "owner"}},
		{"account of a stranger", transaction(update("active", accounts(1, permission("mallory@active"), 1))),
			chain.Effect{Kind: chain.Authority, To: "mallory@active", Subject: "active"}},
		{"waiting alone is enough", transaction(update("active", pack(uint32(1), 0, 0, 1, uint32(0), uint16(1)))),
			chain.Effect{Kind: chain.Authority, To: "0 seconds of delay", Detail: "weight 1 of 1"}},
		{"two keys where one is harmless", transaction(update("active", pack(uint32(1), 2, parsePublic(t, r1Public), uint16(1), mallory, uint16(1), 0, 0))),
			chain.Effect{Kind: chain.Authority, To: mallory.String()}},
		{"locking oneself out", transaction(update("owner", nobody)),
			chain.Effect{Kind: chain.Authority, Subject: "owner", Detail: "nobody can act with it"}},
		{"authority with the newer member", transaction(update("active", keys(1, mallory, 1), n("owner"))),
			chain.Effect{Kind: chain.Authority, To: mallory.String()}},
		{"authority with a byte behind", transaction(update("active", keys(1, mallory, 1), uint8(0))),
			chain.Effect{Kind: chain.Authority, To: mallory.String()}},
		{"authority with a byte behind is not understood", transaction(update("active", keys(1, mallory, 1), uint8(0))),
			chain.Effect{Kind: chain.Opaque, Subject: "eosio:updateauth"}},
		{"count in a longer form, which the network reads", transaction(update("active", pack(uint32(1), []byte{0x81, 0x00}, mallory, uint16(1), 0, 0))),
			chain.Effect{Kind: chain.Authority, Subject: "eosio:updateauth"}},
		{"key that is no point", transaction(update("active", pack(uint32(1), 1, 3, []byte{2}, make([]byte, 32), uint16(1), 0, 0))),
			chain.Effect{Kind: chain.Authority, To: "PUB_EM_02" + strings.Repeat("00", 32)}},
		{"key of an unknown kind", transaction(update("active", pack(uint32(1), 1, 9, make([]byte, 33), uint16(1), 0, 0))),
			chain.Effect{Kind: chain.Authority}},
		{"removed permission", transaction(action("eosio:deleteauth", pack(n("alice"), n("safe")))),
			chain.Effect{Kind: chain.Authority, From: "alice", Subject: "safe", Detail: "deleteauth"}},
		{"weak permission for every action of the token", transaction(action("eosio:linkauth", pack(n("alice"), n("eosio.token"), n(""), n("weak")))),
			chain.Effect{Kind: chain.Authority, From: "alice", To: "alice@weak", Subject: "eosio.token:*"}},
		{"safe permission taken off", transaction(action("eosio:unlinkauth", pack(n("alice"), n("eosio.token"), n("transfer")))),
			chain.Effect{Kind: chain.Authority, From: "alice", Subject: "eosio.token:transfer"}},
		{"new account whose active key is a stranger's", transaction(action("eosio:newaccount",
			pack(n("alice"), n("bob"), keys(1, parsePublic(t, r1Public), 1), keys(1, mallory, 1)))),
			chain.Effect{Kind: chain.Authority, From: "bob", To: mallory.String(), Subject: "active", Detail: `newaccount of "alice"`}},
		{"new account with data that does not decode", transaction(action("eosio:newaccount", nil)),
			chain.Effect{Kind: chain.Authority, Subject: "eosio:newaccount"}},
		{"authority without data", transaction(action("eosio:updateauth", nil)),
			chain.Effect{Kind: chain.Authority, Subject: "eosio:updateauth", Detail: "not understood"}},
		{"system account of another fork", transaction(action("sysio:updateauth", pack(n("alice"), n("active"), n("owner"), nobody))),
			chain.Effect{Kind: chain.Opaque, Subject: "sysio:updateauth"}},

		// code
		{"code for the own account", transaction(action("eosio:setcode", pack(n("alice"), uint8(0), uint8(0), "\x00asm"))),
			chain.Effect{Kind: chain.Deploy, From: "alice", Subject: "setcode", Detail: "4 bytes"}},
		{"code removed", transaction(action("eosio:setcode", pack(n("alice"), uint8(0), uint8(0), ""))),
			chain.Effect{Kind: chain.Destroy, From: "alice", Subject: "setcode"}},
		{"code of an unknown kind", transaction(action("eosio:setcode", pack(n("alice"), uint8(1), uint8(0), "x"))),
			chain.Effect{Kind: chain.Opaque, Subject: "eosio:setcode"}},
		{"interface that renames actions", transaction(action("eosio:setabi", pack(n("alice"), "abi"))),
			chain.Effect{Kind: chain.Deploy, From: "alice", Subject: "setabi"}},

		// resources and votes
		{"memory for a stranger", transaction(action("eosio:buyram", pack(n("alice"), n("mallory"), eos(1e9)))),
			chain.Effect{Kind: chain.Move, Asset: "4,EOS@eosio.token", Amount: "1000000000", From: "alice", To: "mallory"}},
		{"memory at any price", transaction(action("eosio:buyrambytes", pack(n("alice"), n("mallory"), uint32(1<<31)))),
			chain.Effect{Kind: chain.Move, Asset: "RAM", Amount: "2147483648", To: "mallory", Detail: "any price"}},
		{"memory sold", transaction(action("eosio:sellram", pack(n("alice"), uint64(9)))),
			chain.Effect{Kind: chain.Move, Asset: "RAM", Amount: "9", From: "alice"}},
		{"negative memory", transaction(action("eosio:sellram", pack(n("alice"), ^uint64(0)))),
			chain.Effect{Kind: chain.Opaque}},
		{"memory given away", transaction(action("eosio:ramtransfer", pack(n("alice"), n("mallory"), uint64(9), ""))),
			chain.Effect{Kind: chain.Move, Asset: "RAM", From: "alice", To: "mallory"}},
		{"stake given away for good", transaction(action("eosio:delegatebw", pack(n("alice"), n("mallory"), eos(0), eos(7), uint8(1)))),
			chain.Effect{Kind: chain.Move, Amount: "7", From: "alice", To: "mallory", Detail: "given away"}},
		{"stake is a registration too", transaction(action("eosio:delegatebw", pack(n("alice"), n("alice"), eos(0), eos(7), uint8(0)))),
			chain.Effect{Kind: chain.Register, Amount: "7"}},
		{"stake with a truth value of 2", transaction(action("eosio:delegatebw", pack(n("alice"), n("mallory"), eos(0), eos(7), uint8(2)))),
			chain.Effect{Kind: chain.Move, Subject: "eosio:delegatebw"}},
		{"stake taken back", transaction(action("eosio:undelegatebw", pack(n("alice"), n("bob"), eos(1), eos(7)))),
			chain.Effect{Kind: chain.Register, From: "bob", To: "alice", Amount: "7"}},
		{"vote through a proxy", transaction(action("eosio:voteproducer", pack(n("alice"), n("mallory"), 0))),
			chain.Effect{Kind: chain.Register, From: "alice", To: "mallory"}},
		{"second vote", transaction(action("eosio:voteproducer", pack(n("alice"), n(""), 2, n("bob"), n("mallory")))),
			chain.Effect{Kind: chain.Register, To: "mallory"}},
		{"stranger's key signs blocks", transaction(action("eosio:regproducer", pack(n("alice"), mallory, "https://x", uint16(0)))),
			chain.Effect{Kind: chain.Register, From: "alice", To: mallory.String()}},

		// other contracts
		{"unknown contract", transaction(action("game.x:play", pack(uint64(1)))),
			chain.Effect{Kind: chain.Call, From: "alice", To: "game.x", Subject: "game.x:play"}},
		{"unknown contract with data", transaction(action("game.x:play", pack(uint64(1)))),
			chain.Effect{Kind: chain.Opaque, Subject: "game.x:play", Detail: "8 bytes"}},
		{"unknown contract without data", transaction(action("game.x:sweep", nil)),
			chain.Effect{Kind: chain.Call, Subject: "game.x:sweep"}},
		{"unknown contract with two permissions", transaction(action("game.x:sweep", nil, "alice@active", "treasury@active")),
			chain.Effect{Kind: chain.Opaque, From: "treasury", Subject: "authorization"}},
		{"updateauth of another contract", transaction(action("game.x:updateauth", pack(n("alice")))),
			chain.Effect{Kind: chain.Opaque, Subject: "game.x:updateauth"}},
		{"unknown system action", transaction(action("eosio:setpriv", pack(n("mallory"), uint8(1)), "eosio@active")),
			chain.Effect{Kind: chain.Opaque, Subject: "eosio:setpriv"}},
		{"anything as anybody", transaction(action("eosio.wrap:exec", pack(n("alice"), make([]byte, 40)))),
			chain.Effect{Kind: chain.Opaque, Subject: "eosio.wrap:exec"}},
		{"execution of what was proposed elsewhere", transaction(action("eosio.msig:exec", pack(n("mallory"), n("pay"), n("alice")))),
			chain.Effect{Kind: chain.Opaque, Detail: "elsewhere"}},
		{"approval in another's name", transaction(action("eosio.msig:approve", pack(n("mallory"), n("pay"), permission("alice@owner")))),
			chain.Effect{Kind: chain.Call, From: "alice", Detail: "proposal mallory/pay in the name of alice@owner"}},
		{"approval is not understood", transaction(action("eosio.msig:approve", pack(n("mallory"), n("pay"), permission("alice@owner")))),
			chain.Effect{Kind: chain.Opaque, Subject: "eosio.msig:approve"}},
		{"proposal", transaction(action("eosio.msig:propose", pack(n("alice"), n("pay"), 0, make([]byte, 30)))),
			chain.Effect{Kind: chain.Opaque, Subject: "eosio.msig:propose"}},

		// the transaction around them
		{"context-free action", SignedTransaction{Transaction: Transaction{ContextFreeActions: []Action{action("mallory:spy", nil, "")}}},
			chain.Effect{Kind: chain.Call, To: "mallory", Detail: "context-free"}},
		{"context-free action with permissions", SignedTransaction{Transaction: Transaction{ContextFreeActions: []Action{transfer("alice", "bob", 1, "")}}},
			chain.Effect{Kind: chain.Opaque, From: "alice"}},
		{"context-free data that nothing reads", SignedTransaction{ContextFreeData: [][]byte{{1}}},
			chain.Effect{Kind: chain.Opaque, Subject: "context_free_data"}},
		{"no actions", transaction(), chain.Effect{Kind: chain.Opaque, Subject: "actions"}},
		{"extension", SignedTransaction{Transaction: Transaction{Extensions: []Extension{{65535, nil}}}},
			chain.Effect{Kind: chain.Opaque, Subject: "transaction_extensions", Detail: "65535"}},
		{"delay", SignedTransaction{Transaction: Transaction{DelaySec: 4294967295, Actions: []Action{transfer("alice", "bob", 1, "")}}},
			chain.Effect{Kind: chain.Opaque, Subject: "delay_sec", Detail: "4294967295 seconds"}},
		{"somebody else pays for resources", transaction(action("game.x:play", nil, "treasury@cosign", "alice@active")),
			chain.Effect{Kind: chain.Fee, From: "treasury"}},
		{"valid for eighty years", SignedTransaction{Transaction: Transaction{Expiration: 1<<32 - 1, Actions: []Action{transfer("alice", "bob", 1, "")}}},
			chain.Effect{Kind: chain.Move, Until: "2106-02-07T06:28:15"}},
		{"the chain", transaction(transfer("alice", "bob", 1, "")),
			chain.Effect{Kind: chain.Fee, Detail: "on chain aca376f206b8fc25"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			effects := effectsOf(t, c.tx)
			for _, e := range effects {
				if matches(e, c.want) {
					return
				}
			}
			t.Errorf("no effect like %s %+v among\n%s", c.want.Kind, c.want, describe(effects))
		})
	}
}

func matches(e, want chain.Effect) bool {
	same := func(got, want string) bool { return want == "" || got == want }
	return e.Kind == want.Kind && same(e.Asset, want.Asset) && same(e.Amount, want.Amount) && same(e.From, want.From) &&
		same(e.To, want.To) && same(e.Subject, want.Subject) && same(e.Until, want.Until) && strings.Contains(e.Detail, want.Detail)
}

// TestHarmless: what ought to pass narrow rules does not show more than it does.
func TestHarmless(t *testing.T) {
	for what, c := range map[string]struct {
		action Action
		want   string
	}{
		"payment":    {transfer("alice", "bob", 1, "hello"), "move fee"},
		"nonce":      {action("eosio.null:nonce", []byte{1, 2, 3}), "call fee"},
		"memory":     {action("eosio:buyram", pack(name("alice"), name("alice"), eos(1))), "move fee"},
		"refund":     {action("eosio:refund", pack(name("alice"))), "register fee"},
		"permission": {action("eosio:deleteauth", pack(name("alice"), name("safe"))), "authority fee"},
		"code":       {action("eosio:setcode", pack(name("alice"), uint8(0), uint8(0), "x")), "deploy fee"},
		"no votes":   {action("eosio:voteproducer", pack(name("alice"), name(""), 0)), "register fee"},
		"proxy":      {action("eosio:regproxy", pack(name("alice"), uint8(0))), "register fee"},
		"burn":       {action("eosio:ramburn", pack(name("alice"), uint64(1), "")), "move fee"},
		"self":       {action("eosio:buyramself", pack(name("alice"), eos(1))), "move fee"},
		"buy, burn":  {action("eosio:buyramburn", pack(name("alice"), eos(1), "")), "move fee"},
		"close":      {action("eosio.token:close", pack(name("alice"), symbol(4, "EOS"))), "call fee"},
	} {
		var kinds []string
		for _, e := range effectsOf(t, transaction(c.action)) {
			kinds = append(kinds, e.Kind.String())
		}
		if got := strings.Join(kinds, " "); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}

// TestManyEffects: what does not fit into the list keeps its kind.
func TestManyEffects(t *testing.T) {
	var actions []Action
	for range maxEffects + 5 {
		actions = append(actions, transfer("alice", "bob", 1, ""))
	}
	actions = append(actions, action("eosio:deleteauth", pack(name("alice"), name("safe"))))
	effects := effectsOf(t, transaction(actions...))
	tail := effects[maxEffects:]
	if len(tail) != 3 || tail[0].Kind != chain.Move || tail[0].Detail != "5 more of this kind" || tail[1].Kind != chain.Authority || tail[2].Kind != chain.Fee {
		t.Errorf("after %d effects come\n%s", maxEffects, describe(tail))
	}
}

// TestWire: on a chain that is not known to be EOSIO's, both prefixes are the
// system's.
func TestWire(t *testing.T) {
	tx := transaction(action("sysio.token:transfer", pack(name("alice"), name("bob"), quantity{1, 9, "WIRE"}, "")))
	effects := tx.effects([32]byte{1})
	if len(effects) != 2 || effects[0].Kind != chain.Move || effects[0].Asset != "9,WIRE@sysio.token" {
		t.Errorf("effects\n%s", describe(effects))
	}
}
