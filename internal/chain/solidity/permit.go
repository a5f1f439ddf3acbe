package solidity

import "strongroom/internal/chain"

// permit is that of EIP-2612. Its deadline ends the signature, not the allowance.
func (r *reading) permit(f frame, a []value) {
	r.allow(f, r.name(a[0].address()), a[1].address(), r.token(f.to), a[2], 256, "allowance by signature of the owner")
}

// permitDAI is that of DAI, of everything or nothing.
func (r *reading) permitDAI(f frame, a []value) {
	e := chain.Effect{
		Kind: chain.Allow, Asset: r.token(f.to), Amount: unlimited, From: r.name(a[0].address()), To: r.name(a[1].address()),
		Detail: "allowance by signature of the owner",
	}
	if a[4].isZero() {
		e.Amount, e.Detail = "0", "revokes the "+e.Detail
	} else {
		r.warn("The spender may draw without limit: " + e.To + ".")
	}
	r.add(e)
}

// permitNFT is that of ERC-4494 and of the positions of Uniswap, for one NFT, whose
// owner the call does not name.
func (r *reading) permitNFT(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Allow, Asset: r.token(f.to), Amount: "1", To: r.name(a[0].address()), Subject: "token " + a[1].decimal(),
		Detail: "allowance by signature of the owner",
	})
}

func (r *reading) permitForAll(f frame, a []value) {
	r.allowAll(f, r.name(a[0].address()), a[1].address(), !a[2].isZero())
}

// width160 is that of amounts in Permit2.
const width160 = 160

func (r *reading) permit2Approve(f frame, a []value) {
	r.permit2Allow(f, r.from(f), a[1].address(), a[0], a[2], a[3], "allowance at Permit2")
	r.ran(f)
}

// permit2Allow lets a spender draw until a time; zero is the time of the block.
func (r *reading) permit2Allow(f frame, owner string, spender [20]byte, token, amount, expiration value, detail string) {
	r.allow(f, owner, spender, r.token(token.address()), amount, width160, detail)
	e := &r.Effects[len(r.Effects)-1]
	if expiration.isZero() {
		e.Until = "the end of the block"
	} else {
		e.Until = expiration.until()
	}
}

func (r *reading) permit2Permit(f frame, a []value) {
	single := a[1].list
	d := single[0].list
	r.permit2Allow(f, r.name(a[0].address()), single[1].address(), d[0], d[1], d[2], "allowance at Permit2 by signature of the owner")
	r.ran(f)
}

func (r *reading) permit2PermitBatch(f frame, a []value) {
	batch := a[1].list
	if !r.list(f, len(batch[0].list)) {
		return
	}
	for _, entry := range batch[0].list {
		d := entry.list
		r.permit2Allow(f, r.name(a[0].address()), batch[1].address(), d[0], d[1], d[2], "allowance at Permit2 by signature of the owner")
	}
	r.ran(f)
}

// permit2Transfer has the token last; the entries of a list have the same order.
func (r *reading) permit2Transfer(f frame, a []value) {
	r.moveAsset(f, r.token(a[3].address()), r.name(a[0].address()), a[1].address(), a[2].decimal(), byAllowance(f, a[0]))
}

func (r *reading) permit2TransferBatch(f frame, a []value) {
	if !r.list(f, len(a[0].list)) {
		return
	}
	for _, entry := range a[0].list {
		r.permit2Transfer(f, entry.list)
	}
}

// permit2Signed moves what the owner signed for, or less of it, to whom the caller
// wants.
func (r *reading) permit2Signed(f frame, a []value) {
	r.permit2Detail(f, a[2], a[0].list[0], a[1], a[0].list[2])
}

func (r *reading) permit2Detail(f frame, owner, permitted, details, deadline value) {
	token, d := permitted.list[0], details.list
	r.moveAsset(f, r.token(token.address()), r.name(owner.address()), d[0].address(), d[1].decimal(), "by signature of the owner")
	r.Effects[len(r.Effects)-2].Until = deadline.until()
}

func (r *reading) permit2SignedBatch(f frame, a []value) {
	permit := a[0].list
	r.pairs(f, permit[0], a[1], func(permitted, details value) { r.permit2Detail(f, a[2], permitted, details, permit[2]) })
}

func (r *reading) permit2Lockdown(f frame, a []value) {
	if !r.list(f, len(a[0].list)) {
		return
	}
	for _, entry := range a[0].list {
		r.add(chain.Effect{
			Kind: chain.Allow, Asset: r.token(entry.list[0].address()), Amount: "0", From: r.from(f),
			To: r.name(entry.list[1].address()), Detail: "revokes the allowance at Permit2",
		})
	}
	r.ran(f)
}

// selfPermit is a permit in favour of the contract that is called (Uniswap).
func (r *reading) selfPermit(f frame, a []value) {
	r.allow(f, r.from(f), f.to, r.token(a[0].address()), a[1], 256, "allowance by signature of the caller")
	r.ran(f)
}

// selfPermitAllowed is the same with the permit of DAI.
func (r *reading) selfPermitAllowed(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Allow, Asset: r.token(a[0].address()), Amount: unlimited, From: r.from(f), To: r.name(f.to),
		Detail: "allowance by signature of the caller",
	})
	r.warn("The spender may draw without limit: " + r.name(f.to) + ".")
	r.ran(f)
}
