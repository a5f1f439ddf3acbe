package evm

import (
	"math/big"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
)

// permit2 is the contract Permit2, which has one address on all networks.
var permit2 = address{0, 0, 0, 0, 0, 0x22, 0xd4, 0x73, 0x03, 0x0f, 0x11, 0x6d, 0xde, 0xe9, 0xf6, 0xb4, 0x3a, 0xc7, 0x8b, 0xa3}

const bySignature = "allowance by signature (permit)"

func (o *order) permit() {
	o.foreign(o.at("owner").address())
	o.deadline("deadline")
	o.allow(o.self(), o.at("value").number(), 256, o.address("owner"), o.address("spender"), bySignature, "")
}

// deadline tells until when the signature can be used; what it allows may last
// longer.
func (o *order) deadline(name string) {
	if end := until(o.at(name)); end != "" {
		o.fact("usable until", end)
	}
}

// permitDAI allows everything or nothing.
func (o *order) permitDAI() {
	o.foreign(o.at("holder").address())
	o.deadline("expiry")
	amount := new(big.Int)
	if o.at("allowed").isTrue() {
		amount.Lsh(big.NewInt(1), 255)
	}
	o.allow(o.self(), amount, 256, o.address("holder"), o.address("spender"), bySignature, "")
}

// permitNFT does not name the owner, who need not be the signer but has to have
// approved of him.
func (o *order) permitNFT() {
	o.deadline("deadline")
	o.add(chain.Effect{Kind: chain.Allow, Asset: o.self(), Amount: "1", From: o.signer.Text, To: o.address("spender"),
		Subject: "token " + o.at("tokenId").text(), Detail: bySignature})
}

func (o *order) permitAll() {
	o.foreign(o.at("owner").address())
	o.deadline("deadline")
	e := chain.Effect{Kind: chain.Allow, Asset: o.self(), Amount: everything, From: o.address("owner"), To: o.address("operator"),
		Detail: "every token of the contract, by signature"}
	if !o.at("approved").isTrue() {
		e.Amount, e.Detail = "0", "revokes: every token of the contract, by signature"
	} else {
		o.warn("The operator may take every token of the contract: " + e.To + ".")
	}
	o.add(e)
}

// borrow lets somebody borrow and leave the debt with the signer.
func (o *order) borrow() {
	o.deadline("deadline")
	o.allow(o.self(), o.at("value").number(), 256, o.signer.Text, o.address("delegatee"), "may borrow in the name of the signer (credit delegation)", "")
}

func (o *order) votes() {
	o.deadline("expiry")
	o.add(chain.Effect{Kind: chain.Authority, Asset: o.self(), From: o.signer.Text, To: o.address("delegatee"), Subject: "votes",
		Detail: "gives away the votes of the tokens"})
}

func (o *order) ballot() {
	o.add(chain.Effect{Kind: chain.Register, From: o.signer.Text, To: o.contract, Subject: "proposal " + o.at("proposalId").text(),
		Detail: "votes " + o.at("support").text()})
}

// transfer is signed to be sent by anybody, or by the receiver.
func (o *order) transfer() {
	o.foreign(o.at("from").address())
	o.add(chain.Effect{Kind: chain.Move, Asset: o.self(), Amount: o.at("value").text(), From: o.address("from"), To: o.address("to"),
		Detail: "by signature (EIP-3009)", Until: until(o.at("validBefore"))})
	if hexaccount.IsBurn(o.at("to").address()) {
		o.warn("The receiver is an address to which nobody has the key: " + o.address("to") + ".")
	}
}

func (o *order) cancel() {
	o.foreign(o.at("authorizer").address())
	o.add(chain.Effect{Kind: chain.Message, From: o.address("authorizer"), To: o.contract, Subject: "authorization " + o.at("nonce").text(),
		Detail: "cancels a transfer by signature (EIP-3009)"})
}

// atPermit2 says so where the contract is not the one whose rules are known.
func (o *order) atPermit2() {
	if o.domain.contract != permit2 {
		o.opaque(o.contract, "verifying contract", "not the contract Permit2, so its rules are not known")
		return
	}
	o.name(o.contract, "Permit2")
}

func (o *order) permit2One() {
	o.atPermit2()
	o.permit2Details(o.at("details"))
}

func (o *order) permit2Many() {
	o.atPermit2()
	entries := o.at("details").items
	for i := range entries {
		o.permit2Details(&entries[i])
	}
	if len(entries) == 0 {
		o.opaque(o.contract, o.message.of.name, "a list without entries")
	}
}

// permit2Details is an allowance that ends by itself; at time zero with the block.
func (o *order) permit2Details(details *value) {
	end := until(details.at("expiration"))
	if details.at("expiration").number().Sign() == 0 {
		end = "the end of the block"
	}
	o.allow(o.tokenAsset(details.at("token").address()), details.at("amount").number(), 160, o.signer.Text, o.address("spender"),
		"allowance at Permit2 by signature", end)
}

// permit2Move lets the spender take tokens once, up to the amount of each entry. A
// witness is data of the spender's own, with a meaning of its own.
func (o *order) permit2Move() {
	o.atPermit2()
	permitted := o.at("permitted")
	entries := []value{*permitted}
	if permitted.isArray() {
		entries = permitted.items
	}
	for i := range entries {
		o.allow(o.tokenAsset(entries[i].at("token").address()), entries[i].at("amount").number(), 256, o.signer.Text, o.address("spender"),
			"one transfer at Permit2 by signature", until(o.at("deadline")))
	}
	if len(o.message.items) > 4 || len(entries) == 0 {
		o.opaque(o.address("spender"), o.message.of.name, "the spender may read more from the signature than an allowance")
	}
}
