package tron

import (
	"strconv"

	"strongroom/internal/chain"
)

// stake locks the native asset for resources and votes, gives it back, or lets
// somebody use the resources. Version 1 ended in 2023 but for getting stake back.
func (d *description) stake() {
	v := d.t.value
	e := chain.Effect{Kind: chain.Register, Asset: d.chain.network.Symbol}
	switch d.t.typ {
	case typeWithdrawExpireUnfreeze:
		e.Amount, e.Subject, e.Detail = "all", "stake", "takes back what was unstaked and has waited"
	case typeCancelAllUnfreezeV2:
		e.Amount, e.Subject, e.Detail = "all", "stake", "stakes again what waits to be taken back"
	case typeFreezeBalanceV2:
		e.Amount, e.Subject, e.Detail = decimal(v.number("frozen_balance")), resourceAsset(v.enum("resource")), "stakes"
	case typeUnfreezeBalanceV2:
		e.Amount, e.Subject, e.Detail = decimal(v.number("unfreeze_balance")), resourceAsset(v.enum("resource")), "unstakes"
	case typeFreezeBalance:
		e.Amount, e.Subject = decimal(v.number("frozen_balance")), resourceAsset(v.enum("resource"))
		e.Detail = "stakes for " + decimal(v.number("frozen_duration")) + " days (version 1)"
		d.resourceFor(e.Amount, "until it is unstaked")
	case typeUnfreezeBalance:
		e.Amount, e.Subject, e.Detail = "all", resourceAsset(v.enum("resource")), "unstakes (version 1)"
		d.resourceFor("0", "no longer")
	case typeDelegateResource:
		d.resourceFor(decimal(v.number("balance")), lockText(v))
		return
	case typeUnDelegateResource:
		d.resourceFor("0", "no longer, for "+decimal(v.number("balance"))+" sun of stake")
		return
	}
	d.add(e)
}

// resourceFor lets another account use what stake of an amount gives. Without another
// account there is nothing to say.
func (d *description) resourceFor(amount, how string) {
	v := d.t.value
	if !v.has("receiver_address") {
		if d.t.typ == typeDelegateResource || d.t.typ == typeUnDelegateResource {
			d.opaque("receiver_address", "resources for nobody")
		}
		return
	}
	d.add(chain.Effect{
		Kind: chain.Allow, Asset: resourceAsset(v.enum("resource")), Amount: amount, To: d.text(v.address("receiver_address")),
		Detail: "the receiver uses what stake of so many sun gives, " + how,
	})
}

// blockSeconds is the time between blocks.
const blockSeconds = 3

func lockText(v *object) string {
	if v.number("lock") == 0 {
		if v.has("lock_period") {
			return "until it is taken back (a lock period without a lock)"
		}
		return "until it is taken back"
	}
	blocks := v.number("lock_period")
	if blocks == 0 {
		return "locked for three days"
	}
	return "locked for " + decimal(blocks) + " blocks, about " + strconv.FormatFloat(float64(blocks)*blockSeconds/86400, 'f', 1, 64) + " days"
}

// takesPart is what accounts, witnesses and voters do.
func (d *description) takesPart() {
	v := d.t.value
	e := chain.Effect{Kind: chain.Register}
	switch d.t.typ {
	case typeAccountCreate:
		e.To, e.Subject, e.Detail = d.text(v.address("account_address")), "account", "makes the account ("+v.enum("type")+")"
	case typeAccountUpdate:
		e.Subject, e.Detail = "account name", name(v.bytes("account_name"))
	case typeSetAccountID:
		e.Subject, e.Detail = "account id", name(v.bytes("account_id"))
	case typeWitnessCreate:
		e.Subject, e.Detail = "witness", "becomes a witness; page "+name(v.bytes("url"))
	case typeWitnessUpdate:
		e.Subject, e.Detail = "witness", "page "+name(v.bytes("update_url"))
	case typeUpdateBrokerage:
		e.Subject, e.Detail = "brokerage", "keeps "+decimal(v.number("brokerage"))+" percent of the rewards from voters"
	case typeWithdrawBalance:
		e.Asset, e.Amount, e.Subject, e.Detail = d.chain.network.Symbol, "all", "rewards", "takes the rewards into the balance"
	case typeVoteWitness:
		d.votes()
		return
	case typeProposalCreate:
		d.proposal()
		return
	case typeProposalApprove:
		e.Subject, e.Detail = "proposal "+decimal(v.number("proposal_id")), "takes the approval back"
		if v.number("is_add_approval") != 0 {
			e.Detail = "approves"
		}
	case typeProposalDelete:
		e.Subject, e.Detail = "proposal "+decimal(v.number("proposal_id")), "deletes"
	default:
		d.opaque("contract type "+decimal(d.t.typ), typeName(d.t.typ)+", which nodes do not take")
		return
	}
	d.add(e)
}

// name shows a name that people chose.
func name(data []byte) string {
	text, _ := shown(data)
	return strconv.Quote(text)
}

// votes replace all earlier ones.
func (d *description) votes() {
	votes := d.t.value.list("votes")
	if d.t.value.has("support") {
		d.fact("support", "true (no meaning today)")
	}
	if len(votes) == 0 {
		d.add(chain.Effect{Kind: chain.Register, Subject: "votes", Detail: "votes for nobody"})
	}
	for _, vote := range votes {
		d.add(chain.Effect{
			Kind: chain.Register, Amount: decimal(vote.sub.number("vote_count")), To: d.text(vote.sub.address("vote_address")),
			Subject: "votes", Detail: "in place of all earlier votes",
		})
	}
}

func (d *description) proposal() {
	parameters := d.t.value.list("parameters")
	if len(parameters) == 0 {
		d.add(chain.Effect{Kind: chain.Register, Subject: "new proposal", Detail: "without a parameter"})
	}
	for _, p := range parameters {
		d.add(chain.Effect{
			Kind: chain.Register, Subject: "new proposal",
			Detail: "parameter " + decimal(p.sub.number("key")) + " of the network becomes " + decimal(p.sub.number("value")),
		})
	}
}
