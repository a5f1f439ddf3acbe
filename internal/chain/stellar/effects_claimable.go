package stellar

import (
	"strconv"
	"strings"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

const maxPredicate = 4 // nesting that the network takes (CAP-23)

// createBalance sets an amount aside; whichever claimant comes first takes all of it.
func (d *description) createBalance(op *xdr.CreateClaimableBalanceOp) {
	asset := d.asset(op.Asset)
	if len(op.Claimants) == 0 {
		d.fail("a claimable balance without claimants")
	}
	for i, c := range op.Claimants {
		if c.V0 == nil {
			d.fail("a claimant of unknown kind")
			return
		}
		detail := "claimable balance"
		if len(op.Claimants) > 1 {
			detail += ", the first of " + strconv.Itoa(len(op.Claimants)) + " claimants takes it"
		}
		var when strings.Builder
		d.predicate(&when, c.V0.Predicate, 1)
		e := chain.Effect{Asset: asset, To: d.account(accountText(c.V0.Destination)), Detail: phrases(detail, when.String())}
		if i == 0 {
			d.move(e, op.Amount)
			continue
		}
		e.Kind, e.Amount = chain.Move, d.amount(op.Amount)
		d.add(e)
	}
}

// predicate writes when a claimant may claim, nothing where always.
func (d *description) predicate(w *strings.Builder, p xdr.ClaimPredicate, depth int) {
	if depth > maxPredicate {
		d.fail("a claim predicate that is nested too deeply")
		return
	}
	both := func(list *[]xdr.ClaimPredicate, word string) {
		if list == nil || len(*list) != 2 {
			d.fail("a claim predicate without its two parts")
			return
		}
		w.WriteString("(")
		d.part(w, (*list)[0], depth)
		w.WriteString(" " + word + " ")
		d.part(w, (*list)[1], depth)
		w.WriteString(")")
	}
	switch p.Type {
	case xdr.ClaimPredicateTypeClaimPredicateUnconditional:
	case xdr.ClaimPredicateTypeClaimPredicateAnd:
		both(p.AndPredicates, "and")
	case xdr.ClaimPredicateTypeClaimPredicateOr:
		both(p.OrPredicates, "or")
	case xdr.ClaimPredicateTypeClaimPredicateNot:
		if p.NotPredicate == nil || *p.NotPredicate == nil {
			d.fail("a claim predicate without its part")
			return
		}
		w.WriteString("not ")
		d.part(w, **p.NotPredicate, depth)
	case xdr.ClaimPredicateTypeClaimPredicateBeforeAbsoluteTime:
		if *p.AbsBefore < 0 {
			d.fail("a claim predicate with a negative time")
			return
		}
		w.WriteString("before " + moment(uint64(*p.AbsBefore)))
	case xdr.ClaimPredicateTypeClaimPredicateBeforeRelativeTime:
		if *p.RelBefore < 0 {
			d.fail("a claim predicate with a negative time")
			return
		}
		w.WriteString("within " + decimal(int64(*p.RelBefore)) + " s")
	default:
		d.fail("a claim predicate of unknown kind")
	}
}

// part writes a predicate inside of another one, where always needs a word.
func (d *description) part(w *strings.Builder, p xdr.ClaimPredicate, depth int) {
	if p.Type == xdr.ClaimPredicateTypeClaimPredicateUnconditional {
		w.WriteString("always")
	}
	d.predicate(w, p, depth+1)
}

// claimBalance takes a balance of which only the id is known.
func (d *description) claimBalance(id xdr.ClaimableBalanceId) {
	d.add(chain.Effect{
		Kind: chain.Move, Asset: "claimable balance", Amount: everything, From: balanceText(id), To: d.from, Detail: "claim",
	})
}

func (d *description) clawbackBalance(id xdr.ClaimableBalanceId) {
	d.add(chain.Effect{
		Kind: chain.Seize, Asset: "claimable balance", Amount: everything, From: balanceText(id), To: d.from, Detail: "clawback",
	})
}
