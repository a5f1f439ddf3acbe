package bitcoin

import (
	"math"
	"strconv"
	"time"

	"strongroom/internal/chain"
)

// Of sequences (BIP-68, BIP-125) and lock times.
const (
	finalSequence   = 0xffffffff // the lock time is not heeded
	replaceable     = 0xfffffffd // and below: the transaction may be replaced by one that pays more
	noRelativeLock  = 1 << 31
	relativeInTime  = 1 << 22
	relativeMask    = 0xffff
	relativeSeconds = 512 // that a unit of time has
	firstLockTime   = 500_000_000
)

// facts adds what the transaction says besides its effects.
func (d *description) facts() {
	o := d.order
	tx := o.packet.tx
	facts := make([]chain.Fact, 0, len(tx.TxIn)+3)
	facts = append(facts, chain.Fact{Name: "version", Value: strconv.Itoa(int(tx.Version))})
	heeded, replaced := false, false
	for i, in := range tx.TxIn {
		heeded = heeded || in.Sequence != finalSequence
		replaced = replaced || in.Sequence <= replaceable
		facts = append(facts, chain.Fact{Name: "input " + strconv.Itoa(i), Value: d.inputText(i)})
		if lock := relativeLock(tx.Version, in.Sequence); lock != "" {
			facts = append(facts, chain.Fact{Name: "input " + strconv.Itoa(i) + " waits", Value: lock})
		}
	}
	if tx.LockTime != 0 {
		facts = append(facts, chain.Fact{Name: "lock time", Value: lockTime(tx.LockTime, heeded)})
	}
	if replaced {
		facts = append(facts, chain.Fact{Name: "replaceable", Value: "by one that pays a higher fee (BIP-125)"})
	}
	d.in.Facts = facts
}

// inputText is "TXID:0, 5000 from ADDRESS, signed here".
func (d *description) inputText(i int) string {
	s := &d.order.spends[i]
	at := d.order.packet.tx.TxIn[i].PreviousOutPoint
	text := make([]byte, 0, 160)
	text = append(text, at.Hash.String()...)
	text = strconv.AppendUint(append(text, ':'), uint64(at.Index), 10)
	if s.known {
		text = strconv.AppendInt(append(text, ", "...), s.amount, 10)
		text = append(append(text, " from "...), d.spent[i]...)
	}
	if !s.signed {
		text = append(text, ", not signed here"...)
	}
	return string(text)
}

// relativeLock is how old the spent output must be (BIP-68), "" for any age.
func relativeLock(version int32, sequence uint32) string {
	n := int(sequence & relativeMask)
	switch {
	case uint32(version) < 2 || sequence&noRelativeLock != 0 || n == 0:
		return ""
	case sequence&relativeInTime != 0:
		return strconv.Itoa(n*relativeSeconds) + " seconds"
	}
	return strconv.Itoa(n) + " blocks"
}

// lockTime is when the transaction becomes valid.
func lockTime(at uint32, heeded bool) string {
	text := "block " + strconv.FormatUint(uint64(at), 10)
	if at >= firstLockTime {
		text = time.Unix(int64(at), 0).UTC().Format(time.RFC3339)
	}
	if !heeded {
		text += ", not heeded: all inputs are final"
	}
	return text
}

// burnHash is of all zero bytes: nobody has a key or script with this hash.
const burnHash = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// suspect warns of an output that is too small, or that nobody can spend.
func (d *description) suspect(i int, kind scriptKind, program []byte, to string) {
	p := &d.order.c.params
	dust := p.Dust
	if kind == p2wpkh || kind == p2wsh || kind == p2tr {
		dust = p.WitnessDust
	}
	if value := d.order.packet.tx.TxOut[i].Value; value < dust {
		d.warn("Output " + strconv.Itoa(i) + " of " + decimal(value) + " is dust, below " + decimal(dust) + ".")
	}
	if string(program) == burnHash {
		d.warn("Output " + strconv.Itoa(i) + " goes to an address for which nobody has a key.")
		if d.in.Names == nil {
			d.in.Names = make(map[string]string, 1)
		}
		d.in.Names[to] = "nobody's address (hash of zeros)"
	}
}

// Bytes that a signed input has more than the unsigned one, at most; those of
// witnesses count a quarter.
const (
	signedP2PKH  = 107 // 32 more with an uncompressed key
	signedP2PK   = 73
	signedP2WPKH = 27
	signedNested = 50
	signedP2TR   = 17
)

// size is about how many (virtual) bytes the signed transaction has.
func (o *order) size() int64 {
	n := o.packet.tx.SerializeSizeStripped()
	for i := range o.spends {
		switch o.spends[i].kind {
		case p2pk:
			n += signedP2PK
		case p2wpkh:
			n += signedP2WPKH
		case p2sh:
			n += signedNested
		case p2tr:
			n += signedP2TR
		default:
			n += signedP2PKH
		}
	}
	return int64(n)
}

// judge warns of a fee that is unusual, or not the one that a file states.
func (d *description) judge(fee int64) {
	p := &d.order.c.params
	sent := d.moved
	if sent == 0 { // all is change
		for _, out := range d.order.packet.tx.TxOut {
			sent += out.Value
		}
	}
	if fee > sent/10 {
		d.warn("The fee of " + decimal(fee) + " is more than a tenth of the amount of " + decimal(sent) + " that is sent.")
	}
	rate := min(fee, math.MaxInt64/1000) * 1000 / d.order.size() // the bound is far above every threshold
	if rate > p.MaxFee {
		d.warn("The fee of " + decimal(rate) + " for 1000 bytes is unusually high.")
	}
	if rate < p.MinFee {
		d.warn("The fee of " + decimal(rate) + " for 1000 bytes is so low that the network may not take the transaction.")
	}
	if context := &d.order.context; context.HasFee && context.Fee != fee {
		d.warn("The file states a fee of " + decimal(context.Fee) + ", but inputs less outputs are " + decimal(fee) + ".")
	}
}

// unproved warns of amounts that only the caller vouches for.
func (d *description) unproved() {
	o := d.order
	var stated []int
	for n := range o.jobs {
		if j := &o.jobs[n]; j.digest == legacyDigest && !o.spends[j.input].proved {
			stated = append(stated, j.input)
		}
	}
	if len(stated) > 0 {
		verb := " is"
		if len(stated) > 1 {
			verb = " are"
		}
		d.warn("The amount of " + numbers(stated) + verb + " not proved: the fee may be higher.")
		return
	}
	last := &d.in.Effects[len(d.in.Effects)-1]
	if last.Kind == chain.Fee && last.Amount == all {
		d.warn("The fee may be higher than it seems: " + last.Detail + ".")
	}
}
