package flow

import (
	"crypto/sha256"
	"encoding/hex"

	"strongroom/internal/chain"
)

// transfer moves a token to an address; the order of the two arguments differs.
func transfer(asset string, receiverFirst bool) func(a *arguments, from string) []chain.Effect {
	return func(a *arguments, from string) []chain.Effect {
		e := chain.Effect{Kind: chain.Move, Asset: asset, From: from}
		if receiverFirst {
			e.To = a.address().String()
		}
		e.Amount = a.amount()
		if !receiverFirst {
			e.To = a.address().String()
		}
		return []chain.Effect{e}
	}
}

// transferPaths moves whatever token the vault at a path holds.
func transferPaths(a *arguments, from string) []chain.Effect {
	amount, to, sender, receiver := a.amount(), a.address(), a.path(), a.path()
	asset := "token at /storage/" + sender
	if sender == "flowTokenVault" {
		asset = symbol
	}
	return []chain.Effect{{Kind: chain.Move, Asset: asset, Amount: amount, From: from, To: to.String(), Subject: "/public/" + receiver}}
}

func transferNFT(a *arguments, from string) []chain.Effect {
	to, id, sender, receiver := a.address(), a.number("UInt64", 64), a.path(), a.path()
	return []chain.Effect{{
		Kind: chain.Move, Asset: "NFT " + id + " at /storage/" + sender, Amount: "1", From: from, To: to.String(), Subject: "/public/" + receiver,
	}}
}

func createAccount(a *arguments, from string) []chain.Effect {
	keys, contracts := a.keys(), a.texts()
	all := []chain.Effect{{
		Kind: chain.Authority, From: from, Subject: "new account", Detail: "creates an account and pays the network's price for it",
	}}
	for _, k := range keys {
		all = append(all, chain.Effect{
			Kind: chain.Authority, From: from, To: k.public, Subject: "key of the new account", Detail: k.detail,
		})
	}
	for _, contract := range contracts {
		e := deployed(contract[0], contract[1], "contract of the new account")
		e.From = from
		all = append(all, e)
	}
	return all
}

func addKey(a *arguments, from string) []chain.Effect {
	if len(a.rest) == 0 {
		a.fail()
		return nil
	}
	k := a.key(a.rest[0])
	a.rest = a.rest[1:]
	detail := "adds a key, " + k.detail
	if k.full {
		detail = "adds a key that acts alone, " + k.detail
	}
	return []chain.Effect{{Kind: chain.Authority, From: from, To: k.public, Subject: "account key", Detail: detail}}
}

func revokeKey(a *arguments, from string) []chain.Effect {
	return []chain.Effect{{Kind: chain.Authority, From: from, Subject: "account key " + a.number("Int", 63), Detail: "revokes the key for good"}}
}

func deploy(what string) func(a *arguments, from string) []chain.Effect {
	return func(a *arguments, from string) []chain.Effect {
		e := deployed(a.text(), a.text(), what)
		e.From = from
		return []chain.Effect{e}
	}
}

// deployed names a contract and its code, which is hex.
func deployed(name, code, what string) chain.Effect {
	detail := what + " whose code is not hex"
	if raw, err := hex.DecodeString(code); err == nil {
		sum := sha256.Sum256(raw)
		detail = what + ", code of SHA-256 " + hex.EncodeToString(sum[:])
	}
	return chain.Effect{Kind: chain.Deploy, Subject: printable(name), Detail: detail}
}

func removeContract(a *arguments, from string) []chain.Effect {
	return []chain.Effect{{Kind: chain.Destroy, From: from, Subject: printable(a.text()), Detail: "contract"}}
}

// setupStaking makes a staking collection, which keeps a capability to draw from the
// account's FLOW for staking.
func setupStaking(_ *arguments, from string) []chain.Effect {
	return []chain.Effect{
		{Kind: chain.Register, From: from, Subject: "staking collection", Detail: "makes one and puts the account's stakes into it"},
		{Kind: chain.Allow, Asset: symbol, Amount: "all", From: from, To: "staking collection of " + from, Detail: "may draw from the account's vault when its owner stakes"},
	}
}

// Whether a script has an argument for the delegator.
const (
	noDelegator    = false
	maybeDelegator = true
)

// stake is a script with a node, perhaps a delegator, and an amount.
func stake(what string, delegator bool) func(a *arguments, from string) []chain.Effect {
	return func(a *arguments, from string) []chain.Effect {
		e := chain.Effect{Kind: chain.Register, Asset: symbol, From: from, Subject: "node " + printable(a.text()), Detail: what}
		if delegator {
			e.Subject += a.delegator()
		}
		e.Amount = a.amount()
		return []chain.Effect{e}
	}
}

// delegator is the part of a subject that names an optional delegator.
func (a *arguments) delegator() string {
	if id, present := a.optional("UInt32", 32); present {
		return " delegator " + id
	}
	return ""
}

func unstakeAll(a *arguments, from string) []chain.Effect {
	return []chain.Effect{{
		Kind: chain.Register, Asset: symbol, Amount: "all", From: from, Subject: "node " + printable(a.text()), Detail: "requests unstaking",
	}}
}

func closeStake(a *arguments, from string) []chain.Effect {
	return []chain.Effect{{
		Kind: chain.Destroy, From: from, Subject: "stake of node " + printable(a.text()) + a.delegator(), Detail: "ends the account's access to the stake for good",
	}}
}

func transferNode(a *arguments, from string) []chain.Effect {
	node, to := printable(a.text()), a.address()
	return []chain.Effect{{
		Kind: chain.Move, Asset: "stake of node " + node, Amount: "all", From: from, To: to.String(), Detail: "the node with everything staked in it and its rewards",
	}}
}

func transferDelegator(a *arguments, from string) []chain.Effect {
	node, delegator, to := printable(a.text()), a.number("UInt32", 32), a.address()
	return []chain.Effect{{
		Kind: chain.Move, Asset: "stake of node " + node + " delegator " + delegator, Amount: "all", From: from, To: to.String(),
		Detail: "the delegation with everything staked in it and its rewards",
	}}
}

func networkingAddress(a *arguments, from string) []chain.Effect {
	node, at := printable(a.text()), printable(a.text())
	return []chain.Effect{{Kind: chain.Register, From: from, Subject: "node " + node, Detail: "networking address " + at}}
}
