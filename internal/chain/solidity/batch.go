package solidity

import (
	"math/big"

	"strongroom/internal/chain"
)

// admit takes n inner calls from what may be read. Where that is too much, the
// call is opaque and ok is false.
func (r *reading) admit(f frame, n int) (ok bool) {
	switch {
	case n > r.calls:
		r.opaque(f, selectorText(f.selector), "more inner calls than are read")
		return false
	case f.depth >= maxDepth && n > 0:
		r.opaque(f, selectorText(f.selector), "calls nested deeper than is read")
		return false
	}
	r.calls -= n
	return true
}

// executor is who makes the calls of a batch: the contract, or the account that
// runs the contract's code.
func (f frame) executor() (account [20]byte, known bool) {
	if f.delegate {
		return f.from, f.known
	}
	return f.to, true
}

// executorName is the text of the executor, "" if nobody knows it.
func (r *reading) executorName(f frame) string {
	if account, known := f.executor(); known {
		return r.name(account)
	}
	return ""
}

// makes reads a call that the contract makes within f, and that was admitted.
// amount may be no value.
func (r *reading) makes(f frame, to [20]byte, amount value, data []byte, delegate bool) {
	inner := frame{to: to, delegate: delegate, depth: f.depth + 1}
	inner.from, inner.known = f.executor()
	if amount.b != nil && !delegate {
		inner.value = new(big.Int).SetBytes(amount.b)
	}
	r.inner(inner, data)
}

// inner reads a call within another. Its value moves, even where it is nothing but
// there is no data: such a call may still run code.
func (r *reading) inner(f frame, data []byte) {
	pays := f.value != nil && f.value.Sign() > 0
	if pays || len(data) == 0 && !f.delegate {
		e := chain.Effect{Kind: chain.Move, Asset: r.caller.Native, Amount: "0", From: r.from(f), To: r.name(f.to)}
		if pays {
			e.Amount = f.value.String()
		}
		r.add(e)
		if pays && f.to == [20]byte{} {
			r.checkReceiver(f, f.to)
		}
	}
	if len(data) > 0 || f.delegate {
		r.call(f, data)
	}
}

// multicall calls the contract itself, as the same caller and with the same value,
// which moves once.
func (r *reading) multicall(f frame, a []value) {
	r.ran(f)
	if !r.admit(f, len(a[0].list)) {
		return
	}
	for _, data := range a[0].list {
		inner := frame{from: f.from, to: f.to, known: f.known, value: f.value, depth: f.depth + 1}
		if len(data.b) == 0 {
			r.opaque(inner, "0x", "a call of the contract without data")
		}
		r.call(inner, data.b)
	}
}

func (r *reading) multicallUntil(f frame, a []value) {
	if until := a[0].until(); until != "" {
		r.fact(f, "deadline", until)
	}
	r.multicall(f, a[1:])
}

// multicallAfter names the block that must come before.
func (r *reading) multicallAfter(f frame, a []value) { r.multicall(f, a[1:]) }

// splitter takes an entry of a batch apart.
type splitter func(entry []value) (to, amount, data value)

// batch reads a list of calls that the contract makes.
func (r *reading) batch(f frame, list []value, split splitter) {
	r.ran(f)
	if !r.admit(f, len(list)) {
		return
	}
	for _, entry := range list {
		to, amount, data := split(entry.list)
		r.makes(f, to.address(), amount, data.b, false)
	}
}

// aggregate is that of Multicall and its successors, as are the next ones.
func (r *reading) aggregate(f frame, a []value) {
	r.batch(f, a[0].list, func(entry []value) (to, amount, data value) { return entry[0], value{}, entry[1] })
}

func (r *reading) tryAggregate(f frame, a []value) { r.aggregate(f, a[1:]) }

// aggregate3 says of each call whether it may fail; effects are as if it does not.
func (r *reading) aggregate3(f frame, a []value) {
	r.batch(f, a[0].list, func(entry []value) (to, amount, data value) { return entry[0], value{}, entry[2] })
}

func (r *reading) aggregate3Value(f frame, a []value) {
	r.batch(f, a[0].list, func(entry []value) (to, amount, data value) { return entry[0], entry[2], entry[3] })
}
