package solidity

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain"
)

// TestCommonCalls gives all that is said of ordinary calls.
func TestCommonCalls(t *testing.T) {
	for name, c := range map[string]struct {
		call Call
		want []chain.Effect
	}{
		"nothing": {Call{To: token, Value: big.NewInt(5)}, nil},
		"transfer": {Call{From: alice, HasFrom: true, To: token, Data: encode("transfer(address,uint256)", bob, 1500000)}, []chain.Effect{
			{Kind: chain.Move, Asset: "erc20 token", Amount: "1500000", From: "alice", To: "bob"}}},
		"transfer by nobody knows whom": {Call{To: token, Data: encode("transfer(address,uint256)", bob, power(256))}, []chain.Effect{
			{Kind: chain.Move, Asset: "erc20 token", Amount: power(256).String(), To: "bob"}}},
		"revocation": {Call{From: alice, HasFrom: true, To: token, Data: encode("approve(address,uint256)", bob, 0)}, []chain.Effect{
			{Kind: chain.Allow, Asset: "erc20 token", Amount: "0", From: "alice", To: "bob", Detail: "revokes the allowance" + orNFT}}},
		"unknown": {Call{From: alice, HasFrom: true, To: target, Data: []byte{0x12, 0x34, 0x56, 0x78, 9}}, []chain.Effect{
			{Kind: chain.Opaque, From: "alice", To: "target", Subject: "0x12345678", Detail: "a call whose meaning is not known"}}},
		"not canonical": {Call{From: alice, HasFrom: true, To: token, Data: encode("pause()", 1)}, []chain.Effect{
			{Kind: chain.Opaque, From: "alice", To: "token", Subject: "0x8456cb59", Detail: notCanonical}}},
		"trade": {Call{From: alice, HasFrom: true, To: target, Data: encode("swapExactTokensForETH(uint256,uint256,address[],address,uint256)", 500, 400, list{token, other}, alice, 1900000000)}, []chain.Effect{
			{Kind: chain.Move, Asset: "erc20 token", Amount: "500", From: "alice", To: "target", Detail: sold, Until: "2030-03-17T17:46:40Z"},
			{Kind: chain.Move, Asset: "ETH", Amount: "400", From: "target", To: "alice", Detail: atLeast, Until: "2030-03-17T17:46:40Z"},
			{Kind: chain.Call, From: "alice", To: "target", Subject: "0x18cbafe5", Detail: "swapExactTokensForETH"}}},
		"trade of Uniswap V3": {Call{From: alice, HasFrom: true, To: target, Data: encode("exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))", tuple{token, other, 3000, [20]byte{19: 1}, 500, 400, 0})}, []chain.Effect{
			{Kind: chain.Move, Asset: "erc20 token", Amount: "500", From: "alice", To: "target", Detail: sold},
			{Kind: chain.Move, Asset: "erc20 other", Amount: "400", From: "target", To: "alice", Detail: atLeast},
			{Kind: chain.Call, From: "alice", To: "target", Subject: "0x04e45aaf", Detail: "exactInputSingle"}}},
		"trade along a path, from its end": {Call{From: alice, HasFrom: true, To: target, Data: encode("exactOutput((bytes,address,uint256,uint256,uint256))",
			tuple{bytes.Join([][]byte{other[:], {0, 1, 2}, safe[:], {0, 1, 2}, token[:]}, nil), alice, power(256), 400, 500})}, []chain.Effect{
			{Kind: chain.Move, Asset: "erc20 token", Amount: "500", From: "alice", To: "target", Detail: soldAtMost},
			{Kind: chain.Move, Asset: "erc20 other", Amount: "400", From: "target", To: "alice", Detail: bought},
			{Kind: chain.Call, From: "alice", To: "target", Subject: "0xf28c0498", Detail: "exactOutput"}}},
		"transaction of a Safe": {Call{From: alice, HasFrom: true, To: safe, Data: safeExec(0, token, 0, harmless, 0, [20]byte{})}, []chain.Effect{
			{Kind: chain.Call, From: "alice", To: "safe", Subject: "0x6a761202", Detail: "execTransaction"},
			{Kind: chain.Move, Asset: "erc20 token", Amount: "1", From: "safe", To: "bob"}}},
		"batch of a Safe": {Call{From: safe, HasFrom: true, To: multiSendOnly, Delegate: true, Data: encode("multiSend(bytes)", append(packed(0, token, 0, harmless), packed(0, bob, 3, nil)...))}, []chain.Effect{
			{Kind: chain.Call, From: "safe", To: text(multiSendOnly), Subject: "0x8d80ff0a", Detail: "multiSend"},
			{Kind: chain.Move, Asset: "erc20 token", Amount: "1", From: "safe", To: "bob"},
			{Kind: chain.Move, Asset: "ETH", Amount: "3", From: "safe", To: "bob"}}},
		"batch without a delegatecall": {Call{From: alice, HasFrom: true, To: multiSendOnly, Data: encode("multiSend(bytes)", packed(0, token, 0, harmless))}, []chain.Effect{
			{Kind: chain.Call, From: "alice", To: text(multiSendOnly), Subject: "0x8d80ff0a", Detail: "multiSend"},
			{Kind: chain.Move, Asset: "erc20 token", Amount: "1", From: text(multiSendOnly), To: "bob"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, caller().Read(c.call).Effects); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFactsAndNames: people see the function and the contracts that are known.
func TestFactsAndNames(t *testing.T) {
	m := read(safe, safeExec(1, multiSendOnly, 0, encode("multiSend(bytes)", packed(0, token, 0, harmless)), 0, [20]byte{}))
	if got := m.Names[text(multiSendOnly)]; got != "Safe MultiSendCallOnly 1.3.0" {
		t.Errorf("names %v", m.Names)
	}
	want := []chain.Fact{
		{Name: "function", Value: "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"},
		{Name: "inner function", Value: "multiSend(bytes)"},
		{Name: "inner function", Value: "transfer(address,uint256)"},
	}
	if diff := cmp.Diff(want, m.Facts); diff != "" {
		t.Error(diff)
	}
	if m := read(token, harmless); m.Names != nil || m.Units != nil {
		t.Error("maps without entries")
	}
}

// TestEveryFunction reads a canonical call of each function that is known, with
// plain arguments, and the same call damaged.
func TestEveryFunction(t *testing.T) {
	for _, r := range rows(t) {
		s, ok := shapeOf(r.signature)
		if !ok {
			t.Fatal(r.signature)
		}
		data := binary.BigEndian.AppendUint32(nil, r.selector)
		arguments := make([]any, len(s.parts))
		for i, p := range s.parts {
			arguments[i] = sample(p)
		}
		data = append(data, sequenceOf(arguments)...)
		m := read(target, data)
		if len(m.Effects) == 0 {
			t.Errorf("%s: no effect", r.signature)
		}
		for _, e := range m.Effects {
			if strings.Contains(e.Detail, notCanonical) && !strings.HasPrefix(r.signature, "multiSend") {
				t.Errorf("%s: a canonical call is not read:\n%s", r.signature, describe(m.Effects...))
			}
		}
		bad := map[string][]byte{"a word more": append(bytes.Clone(data), make([]byte, word)...), "a byte more": append(bytes.Clone(data), 0)}
		if len(data) > 4 {
			bad["a word less"], bad["a byte less"] = data[:len(data)-word], data[:len(data)-1]
		}
		for name, damaged := range bad {
			m := read(target, damaged)
			if len(m.Effects) != 1 || m.Effects[0].Kind != chain.Opaque || m.Effects[0].Detail != notCanonical {
				t.Errorf("%s with %s:\n%s", r.signature, name, describe(m.Effects...))
			}
		}
	}
}

// sample is an argument of a type: numbers are 1, lists have two entries.
func sample(s shape) any {
	switch s.kind {
	case kindAddress:
		return bob
	case kindBool:
		return true
	case kindFixed:
		return [32]byte{1}
	case kindBytes:
		return []byte{}
	case kindTuple:
		members := make(tuple, len(s.parts))
		for i, p := range s.parts {
			members[i] = sample(p)
		}
		return members
	case kindArray:
		return list{sample(s.parts[0]), sample(s.parts[0])}
	}
	return 1
}

// TestNothingIsShared: the meaning stays when the caller's bytes change.
func TestNothingIsShared(t *testing.T) {
	data := encode("multicall(bytes[])", list{approveMallory, harmless})
	m := read(token, data)
	before := fmt.Sprint(m)
	clear(data)
	if after := fmt.Sprint(m); after != before {
		t.Error("the meaning changed with the call data")
	}
}

// TestBounds: what is read of the largest calls is bounded.
func TestBounds(t *testing.T) {
	bomb := []byte{}
	for range 12 {
		bomb = encode("multicall(bytes[])", list{bomb, bomb})
	}
	for name, data := range map[string][]byte{
		"nested twofold":   bomb,
		"many NFTs":        encode("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", alice, bob, repeat(2000, 1), repeat(2000, 1), []byte{}),
		"many empty calls": encode("multicall(bytes[])", repeat(5000, []byte{})),
		"zero addresses":   encode("multiSend(bytes)", bytes.Repeat(packed(0, [20]byte{}, 1, encode("multiSend(bytes)", bytes.Repeat(packed(0, [20]byte{}, 1, []byte{1, 2, 3, 4}), 9))), 9)),
	} {
		m := read(target, data)
		if n := len(m.Effects); n == 0 || n > 1000 {
			t.Errorf("%s: %d effects", name, n)
		}
		if !find(m.Effects, chain.Effect{Kind: chain.Opaque}) {
			t.Errorf("%s: nothing is opaque", name)
		}
	}
}
