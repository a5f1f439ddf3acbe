package solidity

import (
	"encoding/hex"

	"strongroom/internal/chain"
)

// delegateVotes lets somebody vote with the caller's tokens.
func (r *reading) delegateVotes(f frame, a []value) {
	r.votes(f, r.from(f), a[0].address(), "votes of the tokens are given to somebody")
}

func (r *reading) delegateVotesBySig(f frame, a []value) {
	r.votes(f, "", a[0].address(), "votes of the tokens of whoever signed are given to somebody")
}

func (r *reading) votes(f frame, from string, to [20]byte, detail string) {
	r.add(chain.Effect{Kind: chain.Authority, Asset: r.token(f.to), From: from, To: r.name(to), Subject: "votes", Detail: detail})
}

// castVote is that of OpenZeppelin's Governor.
func (r *reading) castVote(f frame, a []value) {
	support := [...]string{"against", "for", "abstaining"}
	detail := "a vote of kind " + a[1].decimal()
	if n := a[1].b[word-1]; int(n) < len(support) {
		detail = "votes " + support[n]
	}
	r.add(chain.Effect{Kind: chain.Register, From: r.from(f), To: r.name(f.to), Subject: "proposal " + a[0].decimal(), Detail: detail})
}

// Kinds of withdrawal credentials: those that name an account (EIP-4895, EIP-7251).
const (
	withdrawalAccount     = 0x01
	withdrawalCompounding = 0x02
)

// stakingDeposit is that of Ethereum's deposit contract: public key, withdrawal
// credentials, signature, and the hash of all. The credentials decide who gets the
// stake back.
func (r *reading) stakingDeposit(f frame, a []value) {
	key, credentials := a[0].b, a[1].b
	e := chain.Effect{Kind: chain.Register, From: r.from(f), Subject: "validator 0x" + hex.EncodeToString(key[:min(len(key), 48)])}
	switch {
	case len(key) != 48 || len(credentials) != word || len(a[2].b) != 96:
		r.opaque(f, selectorText(f.selector), "a deposit that the contract does not take")
		return
	case (credentials[0] == withdrawalAccount || credentials[0] == withdrawalCompounding) && zeros(credentials[1:12]):
		to := [20]byte(credentials[12:])
		e.To, e.Detail = r.name(to), "stakes the value; withdrawals go to the account"
		r.checkBeneficiary(f, to)
	default:
		e.To, e.Detail = "0x"+hex.EncodeToString(credentials), "stakes the value; withdrawals go to whoever has the key of these credentials"
		r.warn("The withdrawal credentials of the stake name no account.")
	}
	r.add(e)
	r.ran(f)
}

// Names of ENS (ERC-137) are hashes; who owns one decides where it points.

func (r *reading) named(f frame, to [20]byte, node value, detail string) {
	r.add(chain.Effect{Kind: chain.Authority, From: r.name(f.to), To: r.name(to), Subject: "name 0x" + hex.EncodeToString(node.b), Detail: detail})
}

func (r *reading) nameOwner(f frame, a []value) {
	r.named(f, a[1].address(), a[0], "owner of the name")
}

func (r *reading) nameResolver(f frame, a []value) {
	r.named(f, a[1].address(), a[0], "resolver of the name")
}

func (r *reading) nameAddress(f frame, a []value) {
	r.named(f, a[1].address(), a[0], "what the name points to")
}

// subnode tells the label of a name below another.
func subnode(label value, what string) string {
	return what + ", for the label 0x" + hex.EncodeToString(label.b) + " below it"
}

func (r *reading) subnodeOwner(f frame, a []value) {
	r.named(f, a[2].address(), a[0], subnode(a[1], "owner of the name"))
}

func (r *reading) nameRecord(f frame, a []value) {
	r.named(f, a[1].address(), a[0], "owner of the name")
	r.named(f, a[2].address(), a[0], "resolver of the name")
}

func (r *reading) subnodeRecord(f frame, a []value) {
	r.named(f, a[2].address(), a[0], subnode(a[1], "owner of the name"))
	r.named(f, a[3].address(), a[0], subnode(a[1], "resolver of the name"))
}

// nameReclaim gives the control of a registered name to somebody.
func (r *reading) nameReclaim(f frame, a []value) {
	r.add(chain.Effect{Kind: chain.Authority, From: r.name(f.to), To: r.name(a[1].address()), Subject: "token " + a[0].decimal(), Detail: "owner of the name"})
}
