package antelope

import (
	"encoding/hex"
	"slices"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/codec/antelope"
)

// known is an action whose data this package understands.
type known struct {
	// kinds are what the action may do; they stand in for its effects where the
	// data does not decode. They need not hold Opaque, which is always added.
	kinds []chain.EffectKind
	// describe reads the data and adds effects. It returns the account whose
	// permission the action needs, 0 if the data does not tell.
	describe func(d *description, r *antelope.Reader) (actor Name)
}

// The system's accounts exist under two prefixes: of EOSIO and most Antelope
// chains, and of Wire. Only a chain's own producers can create accounts under its
// prefix, so what runs there is the chain's own. Under the other prefix anyone
// might, therefore [systemPrefixes].
const (
	prefixEOSIO = "eosio"
	prefixSysio = "sysio"
)

// systemPrefixes are the prefixes that belong to the system of a chain: only
// "eosio" where the chain is known to be one of EOSIO's, both elsewhere.
func systemPrefixes(chainID [32]byte) []string {
	switch hex.EncodeToString(chainID[:]) {
	case "aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906", // EOS, now Vaulta
		"73e4385a2708e6d7048834fbc1079f2fabb17b3c125b146af438971e90716c4d", // Jungle 4, its test network
		"1064487b3cd1a897ce03ae5b6a865651747e2e152090f99c1d19d44e01aea5a4", // WAX
		"4667b205c6838ef70ff7988f6e8257e8be0e1284a2f59699054a018f743b1d11", // Telos
		"384da888112027f0321850a169f737c33e53b388aad48b5adace4bab97f437e0": // Proton, now XPR
		return []string{prefixEOSIO}
	}
	return []string{prefixEOSIO, prefixSysio}
}

// systemRole is "" for the system account itself, ".token" and so on for its
// companions. ok is false for all other accounts.
func systemRole(account Name, prefixes []string) (role string, ok bool) {
	text := account.String()
	for _, prefix := range prefixes {
		if role, ok := strings.CutPrefix(text, prefix); ok && (role == "" || role[0] == '.') {
			return role, true
		}
	}
	return "", false
}

// knownAction finds an action in the tables. A token's actions are known on every
// contract, but elsewhere than on the system's own they are calls as well.
func knownAction(a *Action, prefixes []string) (known, bool) {
	role, system := systemRole(a.Account, prefixes)
	name := a.Name.String()
	switch {
	case system && role == "":
		return systemAction(name)
	case system && role == ".msig" && isMultisigAction(name):
		return known{[]chain.EffectKind{chain.Call}, describeMultisig}, true
	case system && role == ".null":
		return known{[]chain.EffectKind{chain.Call}, describeNothing}, true
	}
	k, ok := tokenAction(name)
	if ok && !(system && role == ".token") {
		k = alsoCall(k)
	}
	return k, ok
}

// alsoCall adds that the contract may do anything else.
func alsoCall(k known) known {
	describe := k.describe
	return known{
		append(slices.Clone(k.kinds), chain.Call),
		func(d *description, r *antelope.Reader) Name {
			actor := describe(d, r)
			d.add(chain.Effect{
				Kind: chain.Call, From: actor.String(), To: d.action.Account.String(), Subject: d.target(),
				Detail: d.detail("a contract that need not keep to the token interface"),
			})
			return actor
		},
	}
}

// describeNothing: the null account has no code and can never have any. Clients
// add such actions to make transactions differ.
func describeNothing(d *description, r *antelope.Reader) Name {
	r.Fixed(r.Remaining())
	d.add(chain.Effect{Kind: chain.Call, To: d.action.Account.String(), Subject: d.target(), Detail: d.detail("does nothing")})
	if len(d.action.Authorization) > 0 {
		return d.action.Authorization[0].Actor
	}
	return 0
}

func isMultisigAction(name string) bool {
	return slices.Contains([]string{"propose", "approve", "unapprove", "cancel", "exec", "invalidate"}, name)
}

// describeMultisig: what a proposal does stands elsewhere, whoever proposes,
// approves or executes it; so all of these stay opaque.
func describeMultisig(d *description, r *antelope.Reader) Name {
	actor := r.Name()
	e := chain.Effect{Kind: chain.Call, From: actor.String(), To: d.action.Account.String(), Subject: d.target()}
	what := ""
	switch d.action.Name.String() {
	case "propose":
		what = "proposal " + actor.String() + "/" + r.Name().String()
		r.Fixed(r.Remaining()) // who is asked, and a transaction that others will approve
	case "approve", "unapprove":
		what = "proposal " + actor.String() + "/" + r.Name().String()
		p := Permission{r.Name(), r.Name()}
		what += " in the name of " + p.String()
		actor = p.Actor
		if r.Err() == nil && r.Remaining() == 32 { // the hash of the proposal, if given
			r.Fixed(32)
		}
	case "cancel", "exec":
		what = "proposal " + actor.String() + "/" + r.Name().String()
		actor = r.Name()
	case "invalidate": // takes back every approval
		what = "all approvals"
	}
	e.From = actor.String()
	e.Detail = d.detail(what)
	d.add(e)
	e.Detail = "what the proposal does is written elsewhere"
	d.opaque(e)
	return actor
}
