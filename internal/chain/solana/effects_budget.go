package solana

import (
	"math"
	"math/bits"
	"strconv"

	"strongroom/internal/chain"
)

// What a transaction costs (agave: compute-budget-instruction, fee).
const (
	lamportsPerSignature = 5000
	maxUnits             = 1_400_000 // compute units of one transaction
	unitsPerInstruction  = 200_000   // by default
	unitsPerBuiltin      = 3_000     // by default; SIMD-0170
	microLamports        = 1_000_000 // of one lamport

	highPriority = 10_000_000 // lamports of a priority fee that a reader should stop at
)

// budget is what decides about the fee besides the signers.
type budget struct {
	own, others uint64 // instructions of the Compute Budget program, and all others
	limited     bool
	units       uint32 // the limit that was asked for
	price       uint64 // of a unit, in millionths of a lamport
	checks      uint64 // signatures that precompiled programs check
}

// Instructions of the Compute Budget program.
const (
	budgetHeap        = 1
	budgetUnits       = 2
	budgetPrice       = 3
	budgetLoadedBytes = 4
)

// computeBudget has no effect of its own, but makes the fee. The first instruction,
// number 0, is refused by today's network.
func (c *call) computeBudget() bool {
	switch c.data.u8() {
	case budgetHeap:
		c.fact("heap", strconv.FormatUint(uint64(c.data.u32()), 10)+" bytes")
	case budgetUnits:
		units := c.data.u32()
		c.budget.units, c.budget.limited = max(c.budget.units, units), true
		c.fact("compute unit limit", decimal(uint64(units)))
	case budgetPrice:
		price := c.data.u64()
		c.budget.price = max(c.budget.price, price)
		c.fact("compute unit price", decimal(price)+" micro-lamports")
	case budgetLoadedBytes:
		c.fact("loaded account data", "at most "+decimal(uint64(c.data.u32()))+" bytes")
	default:
		return false
	}
	return true
}

// precompile is a program that checks signatures and can do nothing else. Each of them
// is charged like a signature of the transaction; their number is the first byte.
func (c *call) precompile() bool {
	c.budget.others++
	if len(c.data.b) > 0 {
		c.budget.checks += uint64(c.data.b[0])
	}
	name := "secp256k1"
	switch string(c.m.key(c.program)) {
	case ed25519Program:
		name = "ed25519"
	case secp256r1Program:
		name = "secp256r1"
	}
	c.fact("checks "+name+" signatures", strconv.Itoa(int(c.data.u8())))
	c.data.take(len(c.data.b))
	return true
}

// priority is the fee for compute units, rounded up, in lamports.
func (b *budget) priority() uint64 {
	units := b.others*unitsPerInstruction + b.own*unitsPerBuiltin
	if b.limited {
		units = uint64(b.units)
	}
	high, low := bits.Mul64(b.price, min(units, maxUnits))
	low, carry := bits.Add64(low, microLamports-1, 0)
	if high += carry; high >= microLamports {
		return math.MaxUint64
	}
	fee, _ := bits.Div64(high, low, microLamports)
	return fee
}

// fee ends the list with what the first signer pays to the network, at most.
func (d *description) fee() {
	base := (uint64(d.m.required) + d.budget.checks) * lamportsPerSignature
	priority := d.budget.priority()
	total, over := bits.Add64(base, priority, 0)
	if over != 0 {
		total = math.MaxUint64
	}
	detail := ""
	if priority > 0 {
		detail = "priority fee " + decimal(priority) + " included"
	}
	if priority > highPriority {
		d.warn("the priority fee is unusually high")
	}
	if d.moved > 0 && total > d.moved/10 {
		d.warn("the fee is more than a tenth of the amount")
	}
	d.add(chain.Effect{Kind: chain.Fee, Asset: d.sol(), Amount: decimal(total), From: d.text(0), Detail: detail})
}
