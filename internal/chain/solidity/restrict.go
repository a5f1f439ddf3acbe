package solidity

import "strongroom/internal/chain"

// restrictAll stops or starts the contract for everybody.
func (r *reading) restrictAll(f frame, a []value) {
	detail := f.name()
	if len(a) == 1 && a[0].isZero() {
		detail += ": off"
	}
	r.add(chain.Effect{Kind: chain.Restrict, Asset: r.token(f.to), From: r.name(f.to), Subject: "all holders", Detail: detail})
}

// restrict stops or starts the transfers of one holder.
func (r *reading) restrict(f frame, a []value) {
	detail := f.name()
	if len(a) == 2 && a[1].isZero() {
		detail += ": off"
	}
	r.add(chain.Effect{Kind: chain.Restrict, Asset: r.token(f.to), From: r.name(a[0].address()), Detail: detail})
}

// seizeFrozen destroys what a frozen holder has.
func (r *reading) seizeFrozen(f frame, a []value) {
	r.add(chain.Effect{Kind: chain.Seize, Asset: r.token(f.to), Amount: everything, From: r.name(a[0].address()), Detail: f.name() + ": destroyed"})
}
