package solidity

import "strongroom/internal/chain"

// Amounts that are not numbers.
const (
	everything = "all"
	unlimited  = "unlimited"
)

// orNFT is what the same function means at a contract of NFTs.
const orNFT = "; of an NFT contract, the NFT of that number"

func (r *reading) transfer(f frame, a []value) {
	r.move(f, r.from(f), a[0].address(), a[1].decimal(), "")
}

func (r *reading) transferFrom(f frame, a []value) {
	r.move(f, r.name(a[0].address()), a[1].address(), a[2].decimal(), byAllowance(f, a[0])+orNFT)
}

// byAllowance says by what right the tokens of an owner move.
func byAllowance(f frame, owner value) string {
	if f.isCaller(owner.address()) {
		return "own tokens"
	}
	return "by allowance"
}

// move moves tokens of the contract that is called.
func (r *reading) move(f frame, from string, to [20]byte, amount, detail string) {
	r.add(chain.Effect{Kind: chain.Move, Asset: r.token(f.to), Amount: amount, From: from, To: r.name(to), Detail: detail})
	r.checkReceiver(f, to)
}

// checkReceiver warns of receivers that nobody can spend from.
func (r *reading) checkReceiver(f frame, to [20]byte) {
	switch to {
	case [20]byte{}:
		r.warn("The receiver is the zero address, which nobody can spend from.")
	case f.to:
		r.warn("Tokens are sent to their own contract, where they are usually lost.")
	}
}

// approve is not told from the approval of an NFT, whose number may be zero, and
// which the zero address revokes.
func (r *reading) approve(f frame, a []value) {
	if a[1].b[0]&0x80 != 0 && !a[1].isMax(256) {
		r.fact(f, "number", a[1].decimal()) // NFTs may have numbers that are too large for amounts
	}
	r.allow(f, r.from(f), a[0].address(), r.token(f.to), a[1], 256, "allowance"+orNFT)
}

// allow lets a spender draw an amount. bits is the width of the amount's type,
// whose largest value means that there is no limit.
func (r *reading) allow(f frame, owner string, spender [20]byte, asset string, amount value, bits int, detail string) {
	e := chain.Effect{Kind: chain.Allow, Asset: asset, Amount: r.limit(spender, amount, bits), From: owner, To: r.name(spender), Detail: detail}
	if amount.isZero() {
		e.Detail = "revokes the " + detail
	}
	r.add(e)
}

// limit is the amount of an allowance.
func (r *reading) limit(spender [20]byte, amount value, bits int) string {
	if amount.isMax(bits) || amount.b[0]&0x80 != 0 {
		r.warn("The spender may draw without limit: " + r.name(spender) + ".")
		return unlimited
	}
	if !zeros(amount.b[:word/2]) { // more than 2^128 of the smallest unit
		r.warn("The spender may draw more than there is of any usual token: " + r.name(spender) + ".")
	}
	return amount.decimal()
}

func (r *reading) increaseAllowance(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Allow, Asset: r.token(f.to), Amount: r.limit(a[0].address(), a[1], 256),
		From: r.from(f), To: r.name(a[0].address()), Detail: "added to the allowance",
	})
}

func (r *reading) decreaseAllowance(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Allow, Asset: r.token(f.to), Amount: "0",
		From: r.from(f), To: r.name(a[0].address()), Detail: "lowers the allowance by " + a[1].decimal(),
	})
}

// transferAndCall is that of ERC-677 and ERC-1363.
func (r *reading) transferAndCall(f frame, a []value) {
	r.transfer(f, a[:2])
	r.notify(f, a[0].address(), a[2:], true)
}

func (r *reading) transferFromAndCall(f frame, a []value) {
	r.transferFrom(f, a[:3])
	r.notify(f, a[1].address(), a[3:], true)
}

func (r *reading) approveAndCall(f frame, a []value) {
	r.approve(f, a[:2])
	r.notify(f, a[0].address(), a[2:], true)
}

// notify is the call that a token makes of a receiver or spender. What data for it
// means only its contract knows. always is whether a call without data counts too.
func (r *reading) notify(f frame, to [20]byte, data []value, always bool) {
	e := chain.Effect{Kind: chain.Call, From: r.name(f.to), To: r.name(to), Subject: "notification", Detail: "the token calls the receiver"}
	if len(data) > 0 && len(data[0].b) > 0 {
		e.Kind, e.Detail = chain.Opaque, "data for the receiver's contract, which acts on it"
	} else if !always {
		return
	}
	r.add(e)
}

// transferWithAuthorization is that of EIP-3009: anybody may hand in the signed
// transfer of another.
func (r *reading) transferWithAuthorization(f frame, a []value) {
	r.move(f, r.name(a[0].address()), a[1].address(), a[2].decimal(), "by signature of the owner")
	r.Effects[len(r.Effects)-1].Until = a[4].until()
}

func (r *reading) mint(f frame, a []value) {
	r.move(f, "", a[0].address(), a[1].decimal(), "mint"+orNFT)
}

func (r *reading) burn(f frame, a []value) {
	r.destroyTokens(f, r.from(f), a[0].decimal(), "burn"+orNFT)
}

func (r *reading) burnFrom(f frame, a []value) {
	r.destroyTokens(f, r.name(a[0].address()), a[1].decimal(), "burn, "+byAllowance(f, a[0])+orNFT)
}

func (r *reading) destroyTokens(f frame, owner, amount, detail string) {
	r.add(chain.Effect{Kind: chain.Destroy, Asset: r.token(f.to), Amount: amount, From: owner, Detail: detail})
}

// send is that of ERC-777, as are the functions of operators below.
func (r *reading) send(f frame, a []value) {
	r.transfer(f, a[:2])
	r.notify(f, a[0].address(), a[2:], true)
}

func (r *reading) operatorSend(f frame, a []value) {
	r.move(f, r.name(a[0].address()), a[1].address(), a[2].decimal(), "as operator")
	r.notify(f, a[1].address(), a[3:4], true)
	r.notify(f, a[1].address(), a[4:], false)
}

func (r *reading) operatorBurn(f frame, a []value) {
	r.destroyTokens(f, r.name(a[0].address()), a[1].decimal(), "burn, as operator")
}

func (r *reading) authorizeOperator(f frame, a []value) {
	r.allowAll(f, r.from(f), a[0].address(), true)
}

func (r *reading) revokeOperator(f frame, a []value) { r.allowAll(f, r.from(f), a[0].address(), false) }

// allowAll lets an operator draw all that the owner has at the contract, or no
// longer.
func (r *reading) allowAll(f frame, owner string, operator [20]byte, allowed bool) {
	e := chain.Effect{Kind: chain.Allow, Asset: r.token(f.to), Amount: everything, From: owner, To: r.name(operator), Detail: "operator of everything held at the contract, now and later"}
	if allowed {
		r.warn("The operator may take everything that is held at the contract: " + e.To + ".")
	} else {
		e.Amount, e.Detail = "0", "no longer an operator"
	}
	r.add(e)
}

// forcedTransfer is that of ERC-3643 and ERC-1644.
func (r *reading) forcedTransfer(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Seize, Asset: r.token(f.to), Amount: a[2].decimal(),
		From: r.name(a[0].address()), To: r.name(a[1].address()), Detail: "transfer by the issuer",
	})
}

func (r *reading) controllerRedeem(f frame, a []value) {
	r.add(chain.Effect{Kind: chain.Seize, Asset: r.token(f.to), Amount: a[1].decimal(), From: r.name(a[0].address()), Detail: "destruction by the issuer"})
}

// rescue moves what a contract holds of another token.
func (r *reading) rescue(f frame, a []value) {
	r.moveAsset(f, r.token(a[0].address()), r.name(f.to), a[1].address(), a[2].decimal(), "what the contract holds")
}

// recoverToken is rescue in favour of the caller.
func (r *reading) recoverToken(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Move, Asset: r.token(a[0].address()), Amount: a[1].decimal(),
		From: r.name(f.to), To: r.from(f), Detail: "what the contract holds",
	})
	r.ran(f)
}

// moveAsset moves an asset that has its books elsewhere than at the contract that
// is called, which is named too.
func (r *reading) moveAsset(f frame, asset, from string, to [20]byte, amount, detail string) {
	r.add(chain.Effect{Kind: chain.Move, Asset: asset, Amount: amount, From: from, To: r.name(to), Detail: detail})
	r.ran(f)
	if to == [20]byte{} {
		r.checkReceiver(f, to)
	}
}

// ran names the contract that is trusted to do what is said beside.
func (r *reading) ran(f frame) {
	r.add(chain.Effect{Kind: chain.Call, From: r.from(f), To: r.name(f.to), Subject: selectorText(f.selector), Detail: f.name()})
}

// wrap is deposit() of the wrapped native asset; other contracts take deposits by
// that name too. The value itself moves with the call.
func (r *reading) wrap(f frame, _ []value) {
	r.ran(f)
	r.Effects[len(r.Effects)-1].Detail = "deposit of the value of the call; the wrapped native asset gives as much of its token"
}

func (r *reading) unwrap(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Move, Asset: r.token(f.to), Amount: a[0].decimal(), From: r.from(f), To: r.name(f.to),
		Detail: "withdrawal; the wrapped native asset pays back as much",
	})
	r.ran(f)
}
