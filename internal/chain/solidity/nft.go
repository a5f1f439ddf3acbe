package solidity

import "strongroom/internal/chain"

// nft moves one token of a number, or an amount of it (ERC-1155).
func (r *reading) nft(f frame, from string, to [20]byte, number, amount value, detail string) {
	e := chain.Effect{Kind: chain.Move, Asset: r.token(f.to), Amount: "1", From: from, To: r.name(to), Subject: "token " + number.decimal(), Detail: detail}
	if amount.b != nil {
		e.Amount = amount.decimal()
	}
	r.add(e)
	r.checkReceiver(f, to)
}

func (r *reading) safeTransferNFT(f frame, a []value) {
	r.nft(f, r.name(a[0].address()), a[1].address(), a[2], value{}, byAllowance(f, a[0]))
	r.notify(f, a[1].address(), a[3:], false)
}

func (r *reading) safeTransferMany(f frame, a []value) {
	r.nft(f, r.name(a[0].address()), a[1].address(), a[2], a[3], byAllowance(f, a[0]))
	r.notify(f, a[1].address(), a[4:], false)
}

func (r *reading) safeBatchTransfer(f frame, a []value) {
	from, detail := r.name(a[0].address()), byAllowance(f, a[0])
	r.pairs(f, a[2], a[3], func(number, amount value) { r.nft(f, from, a[1].address(), number, amount, detail) })
	r.notify(f, a[1].address(), a[4:], false)
}

// pairs goes through two lists of one length. Others no contract takes.
func (r *reading) pairs(f frame, first, second value, each func(x, y value)) {
	if len(first.list) != len(second.list) {
		r.opaque(f, selectorText(f.selector), "lists of different lengths")
		return
	}
	if !r.list(f, len(first.list)) {
		return
	}
	for i := range first.list {
		each(first.list[i], second.list[i])
	}
}

// list takes n entries from what may be read. Where that is too little, the call is
// opaque and ok is false. A list without entries still is a call.
func (r *reading) list(f frame, n int) (ok bool) {
	if n > r.items {
		r.opaque(f, selectorText(f.selector), "a list that is too long to be read")
		return false
	}
	if n == 0 {
		r.ran(f)
	}
	r.items -= n
	return true
}

func (r *reading) setApprovalForAll(f frame, a []value) {
	r.allowAll(f, r.from(f), a[0].address(), !a[1].isZero())
}

func (r *reading) mintNFT(f frame, a []value) {
	r.nft(f, "", a[0].address(), a[1], value{}, "mint; of some contracts, that many")
	r.notify(f, a[0].address(), a[2:], false)
}

func (r *reading) mintMany(f frame, a []value) {
	r.nft(f, "", a[0].address(), a[1], a[2], "mint")
	r.notify(f, a[0].address(), a[3:], false)
}

func (r *reading) mintBatch(f frame, a []value) {
	r.pairs(f, a[1], a[2], func(number, amount value) { r.nft(f, "", a[0].address(), number, amount, "mint") })
	r.notify(f, a[0].address(), a[3:], false)
}

func (r *reading) burnMany(f frame, a []value) { r.burnNFT(f, a[0], a[1], a[2]) }

func (r *reading) burnBatch(f frame, a []value) {
	r.pairs(f, a[1], a[2], func(number, amount value) { r.burnNFT(f, a[0], number, amount) })
}

func (r *reading) burnNFT(f frame, owner, number, amount value) {
	r.add(chain.Effect{
		Kind: chain.Destroy, Asset: r.token(f.to), Amount: amount.decimal(), From: r.name(owner.address()),
		Subject: "token " + number.decimal(), Detail: "burn, " + byAllowance(f, owner),
	})
}
