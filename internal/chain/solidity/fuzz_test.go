package solidity

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
)

// FuzzRead: no data makes Read fail, stay silent, or say more than is bounded.
func FuzzRead(f *testing.F) {
	for _, data := range [][]byte{
		harmless, approveMallory, nested(2, approveMallory), safeExec(1, multiSendOnly, 0, encode("multiSend(bytes)", packed(0, token, 1, harmless)), 0, [20]byte{}),
		encode("aggregate3Value((address,bool,uint256,bytes)[])", list{tuple{mallory, false, 12, []byte{}}}),
		encode("execute(bytes32,bytes)", [32]byte{modeBatch}, sequenceOf([]any{list{tuple{[20]byte{}, 0, ownerMallory}}})),
		encode("exactInput((bytes,address,uint256,uint256))", tuple{bytes.Repeat([]byte{1}, 43), alice, 1, 1}),
		encode("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", alice, bob, list{1, 2}, list{3, 4}, []byte{}), {1, 2, 3, 4}, {1},
	} {
		f.Add(data, true, false)
		f.Add(data, false, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, known, delegate bool) {
		m := caller().Read(Call{From: alice, HasFrom: known, To: target, Data: data, Delegate: delegate})
		if len(data) > 0 && len(m.Effects) == 0 {
			t.Error("no effect")
		}
		if len(m.Effects) > 10*(maxCalls+maxItems) {
			t.Errorf("%d effects", len(m.Effects))
		}
		if delegate && !find(m.Effects, chain.Effect{Kind: chain.Authority, From: text(alice)}) && known {
			t.Error("a delegatecall is not shown")
		}
		for _, e := range m.Effects {
			if !known && e.From == "alice" && !bytes.Contains(data, alice[:]) {
				t.Error("a caller that nobody knows is named")
			}
		}
	})
}

// FuzzABI: whatever is read has one layout. That it is go-ethereum's is held by the
// tests in oracle/solidity.
func FuzzABI(f *testing.F) {
	for i, r := range records(f) {
		f.Add(uint8(i), unhex(r.Canonical[0]))
		f.Add(uint8(i), unhex(r.Other[0]))
	}
	all := records(f)
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		signature := all[int(which)%len(all)].Signature
		s, _ := shapeOf(signature)
		comesBack(t, s, signature, data)
	})
}
