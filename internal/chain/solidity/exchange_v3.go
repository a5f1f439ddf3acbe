package solidity

import (
	"slices"

	"strongroom/internal/chain"
)

// Receivers that stand for somebody else in the routers of Uniswap V3: zero for the
// router itself in the first, and one and two for the caller and the router in
// SwapRouter02.
func (r *reading) recipient(f frame, v value) [20]byte {
	to := v.address()
	if zeros(to[:19]) {
		switch {
		case to[19] == 1 && f.known:
			return f.from
		case to[19] == 2 || to[19] == 0:
			return f.to
		}
	}
	return to
}

// tokensOf are the ends of a path of tokens (20 bytes) and fees (3 bytes) between
// them.
func (r *reading) tokensOf(f frame, path value) (first, last string, ok bool) {
	const token, hop = 20, 20 + 3
	p := path.b
	if len(p) < hop+token || (len(p)-token)%hop != 0 {
		r.opaque(f, selectorText(f.selector), "a path without two ends")
		return "", "", false
	}
	return r.token([20]byte(p[:token])), r.token([20]byte(p[len(p)-token:])), true
}

// exactInputSingle has tokenIn, tokenOut, fee, recipient, deadline, amountIn,
// amountOutMinimum and a limit of the price. SwapRouter02 has no deadline.
func (r *reading) exactInputSingle(f frame, a []value) {
	t := a[0].list
	r.swap(f, side{r.token(t[0].address()), t[5].decimal(), sold}, side{r.token(t[1].address()), t[6].decimal(), atLeast},
		r.recipient(f, t[3]), t[4].until())
}

func (r *reading) exactInputSingle02(f frame, a []value) { r.exactInputSingle(f, withDeadline(a, 4)) }

func (r *reading) exactOutputSingle(f frame, a []value) {
	t := a[0].list
	r.swap(f, side{r.token(t[0].address()), t[6].decimal(), soldAtMost}, side{r.token(t[1].address()), t[5].decimal(), bought},
		r.recipient(f, t[3]), t[4].until())
}

func (r *reading) exactOutputSingle02(f frame, a []value) { r.exactOutputSingle(f, withDeadline(a, 4)) }

// exactInput has path, recipient, deadline, amountIn and amountOutMinimum.
func (r *reading) exactInput(f frame, a []value) {
	t := a[0].list
	if first, last, ok := r.tokensOf(f, t[0]); ok {
		r.swap(f, side{first, t[3].decimal(), sold}, side{last, t[4].decimal(), atLeast}, r.recipient(f, t[1]), t[2].until())
	}
}

func (r *reading) exactInput02(f frame, a []value) { r.exactInput(f, withDeadline(a, 2)) }

// exactOutput goes its path from the last token to the first.
func (r *reading) exactOutput(f frame, a []value) {
	t := a[0].list
	if last, first, ok := r.tokensOf(f, t[0]); ok {
		r.swap(f, side{first, t[4].decimal(), soldAtMost}, side{last, t[3].decimal(), bought}, r.recipient(f, t[1]), t[2].until())
	}
}

func (r *reading) exactOutput02(f frame, a []value) { r.exactOutput(f, withDeadline(a, 2)) }

// withDeadline gives the arguments of SwapRouter02 the form of those of the first
// router, with a deadline that never comes.
func withDeadline(a []value, at int) []value {
	never := make([]byte, word)
	for i := range never {
		never[i] = 0xff
	}
	return []value{{list: slices.Insert(slices.Clone(a[0].list), at, value{b: never})}}
}

// unwrapTo pays out what the router holds of the wrapped native asset. Without a
// receiver it is the caller.
func (r *reading) unwrapTo(f frame, a []value) {
	r.paysOut(f, r.caller.Native, a[0], a[1:])
}

func (r *reading) sweepTo(f frame, a []value) {
	r.paysOut(f, r.token(a[0].address()), a[1], a[2:])
}

func (r *reading) refundNative(f frame, _ []value) {
	r.add(chain.Effect{Kind: chain.Move, Asset: r.caller.Native, Amount: everything, From: r.name(f.to), To: r.from(f), Detail: "what the contract holds"})
	r.ran(f)
}

func (r *reading) paysOut(f frame, asset string, minimum value, receiver []value) {
	e := chain.Effect{Kind: chain.Move, Asset: asset, Amount: everything, From: r.name(f.to), To: r.from(f), Detail: "what the contract holds, at least " + minimum.decimal()}
	if len(receiver) > 0 {
		e.To = r.name(receiver[0].address())
		r.checkBeneficiary(f, receiver[0].address())
	}
	r.add(e)
	r.ran(f)
}
