package solidity

import "strongroom/internal/chain"

// side is what one side of a trade gives.
type side struct{ asset, amount, detail string }

// swap is a trade by a router: the caller pays the router, and the router somebody.
// pays without asset is the value of the call, which is shown where the call is.
func (r *reading) swap(f frame, pays, gets side, to [20]byte, until string) {
	if pays.asset != "" {
		r.add(chain.Effect{Kind: chain.Move, Asset: pays.asset, Amount: pays.amount, From: r.from(f), To: r.name(f.to), Detail: pays.detail, Until: until})
	}
	r.add(chain.Effect{Kind: chain.Move, Asset: gets.asset, Amount: gets.amount, From: r.name(f.to), To: r.name(to), Detail: gets.detail, Until: until})
	r.ran(f)
	if gets.amount == "0" {
		r.warn("The trade has no lower limit for what it gives.")
	}
	r.checkBeneficiary(f, to)
}

// checkBeneficiary warns where somebody else gets what the caller pays for.
func (r *reading) checkBeneficiary(f frame, to [20]byte) {
	if f.known && f.from != to {
		r.warn("What is paid for goes to " + r.name(to) + ", not to the caller.")
	}
}

const (
	sold       = "sold"
	soldAtMost = "sold, at most"
	bought     = "bought"
	atLeast    = "bought, at least"
)

// ends are the assets at the two ends of a path; ok is false where there is none.
func (r *reading) ends(f frame, path value) (first, last string, ok bool) {
	if len(path.list) < 2 {
		r.opaque(f, selectorText(f.selector), "a path without two ends")
		return "", "", false
	}
	return r.token(path.list[0].address()), r.token(path.list[len(path.list)-1].address()), true
}

func (r *reading) swapExactIn(f frame, a []value) {
	if first, last, ok := r.ends(f, a[2]); ok {
		r.swap(f, side{first, a[0].decimal(), sold}, side{last, a[1].decimal(), atLeast}, a[3].address(), a[4].until())
	}
}

func (r *reading) swapExactOut(f frame, a []value) {
	if first, last, ok := r.ends(f, a[2]); ok {
		r.swap(f, side{first, a[1].decimal(), soldAtMost}, side{last, a[0].decimal(), bought}, a[3].address(), a[4].until())
	}
}

func (r *reading) swapExactInNative(f frame, a []value) {
	if first, _, ok := r.ends(f, a[2]); ok {
		r.swap(f, side{first, a[0].decimal(), sold}, side{r.caller.Native, a[1].decimal(), atLeast}, a[3].address(), a[4].until())
	}
}

func (r *reading) swapExactOutNative(f frame, a []value) {
	if first, _, ok := r.ends(f, a[2]); ok {
		r.swap(f, side{first, a[1].decimal(), soldAtMost}, side{r.caller.Native, a[0].decimal(), bought}, a[3].address(), a[4].until())
	}
}

// swapNative sells the value of the call, or less of it.
func (r *reading) swapNative(f frame, a []value) {
	if _, last, ok := r.ends(f, a[1]); ok {
		r.swap(f, side{}, side{last, a[0].decimal(), atLeast}, a[2].address(), a[3].until())
	}
}

func (r *reading) addLiquidity(f frame, a []value) {
	r.pays(f, r.token(a[0].address()), a[2].decimal(), a[7].until())
	r.pays(f, r.token(a[1].address()), a[3].decimal(), a[7].until())
	r.liquidityTo(f, a[6].address())
}

func (r *reading) addLiquidityNative(f frame, a []value) {
	r.pays(f, r.token(a[0].address()), a[1].decimal(), a[5].until())
	r.liquidityTo(f, a[4].address())
}

func (r *reading) pays(f frame, asset, amount, until string) {
	r.add(chain.Effect{Kind: chain.Move, Asset: asset, Amount: amount, From: r.from(f), To: r.name(f.to), Detail: "added to the pool, at most", Until: until})
}

// liquidityTo says who gets the share of the pool.
func (r *reading) liquidityTo(f frame, to [20]byte) {
	r.add(chain.Effect{Kind: chain.Move, Asset: "shares of the pool", Amount: everything, From: r.name(f.to), To: r.name(to), Detail: "what the deposit gives"})
	r.ran(f)
	r.checkBeneficiary(f, to)
}

// removeLiquidity has the same arguments with and without a permit behind them.
func (r *reading) removeLiquidity(f frame, a []value) {
	first, second := r.token(a[0].address()), r.token(a[1].address())
	r.leaves(f, first+" and "+second, a[2], a[6], a[7:])
	r.gets(f, first, a[3], a[5].address(), a[6])
	r.gets(f, second, a[4], a[5].address(), a[6])
	r.ran(f)
	r.checkBeneficiary(f, a[5].address())
}

func (r *reading) removeLiquidityNative(f frame, a []value) {
	first := r.token(a[0].address())
	r.leaves(f, first+" and "+r.caller.Native, a[1], a[5], a[6:])
	r.gets(f, first, a[2], a[4].address(), a[5])
	r.gets(f, r.caller.Native, a[3], a[4].address(), a[5])
	r.ran(f)
	r.checkBeneficiary(f, a[4].address())
}

// leaves gives shares of a pool back. permit is the router's allowance for them:
// whether it is for all, and the signature.
func (r *reading) leaves(f frame, pool string, shares, deadline value, permit []value) {
	asset := "shares of the pool of " + pool
	if len(permit) > 0 {
		e := chain.Effect{Kind: chain.Allow, Asset: asset, Amount: shares.decimal(), From: r.from(f), To: r.name(f.to), Detail: "allowance by signature of the caller"}
		if !permit[0].isZero() {
			e.Amount = unlimited
			r.warn("The spender may draw without limit: " + e.To + ".")
		}
		r.add(e)
	}
	r.add(chain.Effect{Kind: chain.Move, Asset: asset, Amount: shares.decimal(), From: r.from(f), To: r.name(f.to), Detail: "given back", Until: deadline.until()})
}

func (r *reading) gets(f frame, asset string, amount value, to [20]byte, deadline value) {
	r.add(chain.Effect{Kind: chain.Move, Asset: asset, Amount: amount.decimal(), From: r.name(f.to), To: r.name(to), Detail: "paid out, at least", Until: deadline.until()})
}

// universalRouter runs a program of its own: commands and their inputs.
func (r *reading) universalRouter(f frame, a []value) {
	r.opaque(f, selectorText(f.selector), "a program of a router, which may move whatever the router and Permit2 are allowed; commands "+sizeText(a[0].b))
}
