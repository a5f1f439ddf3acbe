package evm

import (
	"math/big"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// harmony is a transaction in the form that Harmony had before it took Ethereum's
// besides: with the shards from and to which it goes. What is signed is the list of
// nonce, gas price, gas, shard, shard of the receiver, receiver, value, data, chain id,
// 0, 0. The chain id is another number than that of EIP-155.
type harmony struct {
	number   uint64 // the network's
	from, to uint64 // shards
}

const (
	harmonyMembers = 11
	// mostShards is above what any network of Harmony has had (4). The chain id of
	// EIP-155 of a shard is that of shard 0 and the shard's number.
	mostShards = 256
)

// harmonyNumber is Harmony's own number of a network, by that of EIP-155 for its
// shard 0; 0 for others.
func harmonyNumber(chainID uint64) uint64 {
	switch chainID {
	case 1666600000:
		return 1
	case 1666700000:
		return 2
	}
	return 0
}

func (*harmony) name() string { return "Harmony's own form" }

// parseHarmony reads the list of eleven members.
func (c Chain) parseHarmony(payload []byte) (*transaction, error) {
	if payload[0] < 0xc0 || rlp.Count(payload) != harmonyMembers {
		return nil, nil
	}
	r := rlp.ReadList(payload)
	h := &harmony{}
	t := &transaction{envelope: legacy, own: h}
	t.readStart(&r)
	h.from = r.Uint64()
	h.to = r.Uint64()
	t.readCall(&r)
	h.number = readChainID(&r)
	if err := r.End(); err != nil {
		return nil, inTransaction(err)
	}
	want := harmonyNumber(c.params.ChainID)
	switch {
	case want == 0:
		return nil, fault.Unsupported.New("Harmony's own form of transactions is not known on %s", c.network.ID)
	case h.number != want:
		return nil, fault.InvalidPayload.New("chain id %d, but %s has %d in Harmony's own form", h.number, c.network.ID, want)
	case h.from >= mostShards || h.to >= mostShards:
		return nil, fault.InvalidPayload.New("transaction: a shard above %d", mostShards-1)
	case t.to == nil && h.from != h.to:
		return nil, fault.InvalidPayload.New("transaction: a contract cannot be created on another shard")
	}
	t.chainID = c.params.ChainID + h.from
	return t, nil
}

func (h *harmony) appendMembers(b []byte, t *transaction) []byte {
	b = t.appendStart(b)
	b = rlp.AppendUint(b, h.from)
	b = rlp.AppendUint(b, h.to)
	return t.appendCall(b)
}

func (h *harmony) encode(t *transaction) []byte {
	return rlp.AppendList(nil, append(rlp.AppendUint(h.appendMembers(nil, t), h.number), 0x80, 0x80))
}

func (h *harmony) assemble(t *transaction, s signature) []byte {
	return rlp.AppendList(nil, appendSignature(h.appendMembers(nil, t), s.replayProtected(h.number), s))
}

func (h *harmony) payload(t *transaction, d *description) {
	d.fact("shard", decimal(h.from))
	if h.from == h.to {
		d.payload(t)
		h.elsewhere(t, d)
		return
	}
	d.fact("shard of the receiver", decimal(h.to))
	to := d.text(*t.to)
	d.move(d.signer.Text, to, t.value, "from shard "+decimal(h.from)+" to shard "+decimal(h.to))
	if hexaccount.IsBurn(*t.to) {
		d.warn("The receiver is an address to which nobody has the key: " + to + ".")
	}
	if len(t.data) > 0 {
		d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, To: to, Subject: "data",
			Detail: "data that go to another shard"})
	}
}

// elsewhere says of effects on which shard they are, if it is not the one that the
// network's chain id of EIP-155 stands for. Other contracts than those that are known
// by their addresses may be there.
func (h *harmony) elsewhere(t *transaction, d *description) {
	if h.from == 0 {
		return
	}
	on := "on shard " + decimal(h.from)
	for i := range d.effects {
		e := &d.effects[i]
		if e.Detail != "" {
			e.Detail += ", "
		}
		e.Detail += on
	}
	if t.to != nil && len(t.data) > 0 {
		d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, To: d.text(*t.to), Subject: "shard",
			Detail: "a call " + on + ", where another contract may have the address"})
	}
}

func (*harmony) fee(t *transaction, d *description, amount *big.Int) {
	d.feeOf(t, d.native(), d.signer.Text, amount)
	d.unit(d.native())
	d.tenth(t, amount)
}

// harmonyNetwork takes the chain id, which is Harmony's own number or that of EIP-155.
func (f *fields) harmonyNetwork() {
	n := f.number("chainId")
	if n == nil {
		return
	}
	want := f.chain.params.ChainID
	if !n.IsUint64() || n.Uint64() != want && n.Uint64() != harmonyNumber(want) {
		f.fail("chainId", "not that of the network")
	}
}

// harmony reads what a transaction in Harmony's own form has besides.
func (f *fields) harmony(t *transaction) {
	h := &harmony{number: harmonyNumber(t.chainID), from: f.needed("shardID"), to: f.needed("toShardID")}
	t.envelope, t.own = legacy, h
	if t.gasPrice = f.number("gasPrice"); t.gasPrice == nil {
		f.fail("gasPrice", "missing")
	}
}
