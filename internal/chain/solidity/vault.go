package solidity

import "strongroom/internal/chain"

// underlying names the asset that a vault (ERC-4626) keeps, which a call does not
// name.
func (r *reading) underlying(f frame) string { return "asset of the vault " + r.name(f.to) }

func (r *reading) vaultDeposit(f frame, a []value) {
	r.add(chain.Effect{Kind: chain.Move, Asset: r.underlying(f), Amount: a[0].decimal(), From: r.from(f), To: r.name(f.to), Detail: "deposit"})
	r.shares(f, everything, a[1].address())
}

// vaultMint names the shares, and takes whatever they cost.
func (r *reading) vaultMint(f frame, a []value) {
	r.add(chain.Effect{Kind: chain.Move, Asset: r.underlying(f), Amount: everything, From: r.from(f), To: r.name(f.to), Detail: "what the shares cost, as far as the vault is allowed to draw"})
	r.shares(f, a[0].decimal(), a[1].address())
}

// shares says who gets the shares of a deposit.
func (r *reading) shares(f frame, amount string, to [20]byte) {
	r.add(chain.Effect{Kind: chain.Move, Asset: r.token(f.to), Amount: amount, From: r.name(f.to), To: r.name(to), Detail: "shares of the deposit"})
	r.ran(f)
	r.checkBeneficiary(f, to)
}

func (r *reading) vaultWithdraw(f frame, a []value) {
	r.leavesVault(f, r.underlying(f), a, "withdrawal, paid with shares of the owner")
}

func (r *reading) vaultRedeem(f frame, a []value) {
	r.leavesVault(f, r.token(f.to), a, "shares of the owner are redeemed; what they are worth goes to the receiver")
}

// leavesVault has amount, receiver and owner.
func (r *reading) leavesVault(f frame, asset string, a []value, detail string) {
	to := a[1].address()
	r.moveAsset(f, asset, r.name(a[2].address()), to, a[0].decimal(), detail)
	if to != a[2].address() {
		r.warn("What is withdrawn goes to " + r.name(to) + ", not to its owner.")
	}
}

// supply is that of Aave: asset, amount, for whom, code of a referrer.
func (r *reading) supply(f frame, a []value) {
	r.moveAsset(f, r.token(a[0].address()), r.from(f), f.to, a[1].decimal(), "deposit for "+r.name(a[2].address()))
	r.checkBeneficiary(f, a[2].address())
}

// withdrawAsset is that of Aave; the largest number is everything.
func (r *reading) withdrawAsset(f frame, a []value) {
	amount := a[1].decimal()
	if a[1].isMax(256) {
		amount = everything
	}
	r.moveAsset(f, r.token(a[0].address()), r.name(f.to), a[2].address(), amount, "withdrawal from the caller's deposit")
	r.checkBeneficiary(f, a[2].address())
}
