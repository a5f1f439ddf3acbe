package cardano

import (
	"encoding/hex"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// certificate reads one certificate (Conway's CDDL, certificate). Those that came out of
// use with Conway, and newer ones, are Opaque.
func (d *describer) certificate() {
	r := d.r
	from := r.at
	l := r.array()
	kind := l.next().uint()
	switch kind {
	case 0, 1:
		of := l.next().credential()
		d.effect(chain.Effect{Kind: chain.Register, From: d.c.stake(of), Subject: "stake key", Detail: [...]string{"registration", "deregistration: the deposit comes back to the transaction"}[kind]})
	case 2:
		d.delegate(d.c.stake(l.next().credential()), named("pool", l.next().fixed(hashSize)))
	case 3:
		d.pool(&l)
	case 4:
		id := named("pool", l.next().fixed(hashSize))
		d.effect(chain.Effect{Kind: chain.Register, From: id, Subject: "pool", Detail: "retires in epoch " + decimal(l.next().uint())})
	case 7, 8:
		of := d.c.stake(l.next().credential())
		d.deposit(of, "stake key", [...]string{"registration with a deposit", "deregistration: the deposit comes back to the transaction"}[kind-7], l.next().uint())
	case 9:
		d.represent(d.c.stake(l.next().credential()), l.next().drep())
	case 10:
		of := d.c.stake(l.next().credential())
		d.delegate(of, named("pool", l.next().fixed(hashSize)))
		d.represent(of, l.next().drep())
	case 11, 12, 13:
		of := d.c.stake(l.next().credential())
		if kind != 12 {
			d.delegate(of, named("pool", l.next().fixed(hashSize)))
		}
		if kind != 11 {
			d.represent(of, l.next().drep())
		}
		d.deposit(of, "stake key", "registration with a deposit", l.next().uint())
	case 14:
		cold := governor("cc_cold", roleCold, l.next().credential())
		d.effect(chain.Effect{Kind: chain.Authority, From: cold, To: governor("cc_hot", roleHot, l.next().credential()), Subject: "committee hot key", Detail: "may vote for the committee's member"})
	case 15:
		cold := governor("cc_cold", roleCold, l.next().credential())
		l.next()
		d.effect(chain.Effect{Kind: chain.Authority, From: cold, Subject: "committee member", Detail: "resigns" + r.anchor()})
	case 16, 18:
		of := governor("drep", roleDRep, l.next().credential())
		amount := uint64(0)
		if kind == 16 {
			amount = l.next().uint()
		}
		l.next()
		note := r.anchor()
		if kind == 16 {
			d.deposit(of, "representative", "registration with a deposit"+note, amount)
		} else {
			d.effect(chain.Effect{Kind: chain.Register, From: of, Subject: "representative", Detail: "update" + note})
		}
	case 17:
		of := governor("drep", roleDRep, l.next().credential())
		d.deposit(of, "representative", "deregistration: the deposit comes back to the transaction", l.next().uint())
	default:
		if r.err != nil {
			return
		}
		r.at = from
		r.raw()
		d.effect(chain.Effect{Kind: chain.Opaque, Subject: "certificate of kind " + decimal(kind)})
		return
	}
	l.end()
}

func (d *describer) delegate(from, pool string) {
	d.effect(chain.Effect{Kind: chain.Register, From: from, To: pool, Subject: "stake", Detail: "delegates all stake to the pool"})
}

func (d *describer) represent(from, drep string) {
	d.effect(chain.Effect{Kind: chain.Authority, From: from, To: drep, Subject: "votes", Detail: "delegates all votes"})
}

func (d *describer) deposit(from, subject, detail string, amount uint64) {
	d.effect(chain.Effect{Kind: chain.Register, Asset: symbol, Amount: decimal(amount), From: from, Subject: subject, Detail: detail})
}

// drep reads who votes for a stake key.
func (r *reader) drep() string {
	l := r.array()
	kind := l.next().uint()
	text := ""
	switch kind {
	case 0, 1:
		text = governor("drep", roleDRep, credential{script: kind == 1, hash: l.next().fixed(hashSize)})
	case 2:
		text = "always abstain"
	case 3:
		text = "always no confidence"
	default:
		r.fail(errNumber)
	}
	l.end()
	return text
}

// anchor reads null or [URL, hash] and gives a phrase.
func (r *reader) anchor() string {
	if r.null() {
		return ""
	}
	l := r.array()
	url := l.next().text()
	l.next().fixed(digestSize)
	l.end()
	if len(url) > 128 {
		r.fail(errNumber)
	}
	return ", see " + strconv.QuoteToGraphic(url)
}

// pool reads what a stake pool is registered with, or changed to.
func (d *describer) pool(l *list) {
	r := d.r
	id := named("pool", l.next().fixed(hashSize))
	vrf := l.next().fixed(digestSize)
	pledge, cost := l.next().uint(), l.next().uint()
	l.next()
	margin := r.rational()
	l.next()
	rewards := d.c.reward(r)
	l.next()
	for owners := r.set(); owners.more(); {
		d.effect(chain.Effect{Kind: chain.Authority, From: id, To: d.c.stake(credential{hash: r.fixed(hashSize)}), Subject: "pool", Detail: "owner"})
	}
	l.next().raw() // relays
	if l.next(); !r.null() {
		d.fact("pool metadata", r.anchor())
	}
	d.fact("pool VRF key", hex.EncodeToString(vrf))
	d.effect(chain.Effect{
		Kind: chain.Register, From: id, To: rewards, Subject: "pool",
		Detail: "registers or changes the pool: rewards to this account, pledge " + decimal(pledge) + ", cost " + decimal(cost) + ", margin " + margin,
	})
}

// votes reads {voter: {action: [vote, anchor]}}.
func (d *describer) votes() {
	r := d.r
	var seen keys
	for voters := r.mapping(); voters.more(); {
		who := r.voter()
		if r.err != nil || !seen.add([]byte(who)) {
			r.fail(errTwice)
			return
		}
		for actions := r.mapping(); actions.more(); {
			action := r.reference()
			if r.err != nil || !seen.add([]byte(who+action)) {
				r.fail(errTwice)
				return
			}
			l := r.array()
			vote := l.next().uint()
			l.next()
			note := r.anchor()
			l.end()
			if vote > 2 {
				r.fail(errNumber)
				return
			}
			d.effect(chain.Effect{Kind: chain.Register, From: who, Subject: "governance action " + action, Detail: "votes " + [...]string{"no", "yes", "abstain"}[vote] + note})
		}
	}
}

func (r *reader) voter() string {
	l := r.array()
	kind := l.next().uint()
	hash := l.next().fixed(hashSize)
	l.end()
	switch kind {
	case 0, 1:
		return governor("cc_hot", roleHot, credential{script: kind == 1, hash: hash})
	case 2, 3:
		return governor("drep", roleDRep, credential{script: kind == 3, hash: hash})
	case 4:
		return named("pool", hash)
	}
	r.fail(errNumber)
	return ""
}

// proposal reads [deposit, reward account, governance action, anchor]. What an action
// would do if it is voted for is not looked into, except for one that does nothing.
func (d *describer) proposal() {
	r := d.r
	l := r.array()
	deposit := l.next().uint()
	l.next()
	back := d.c.reward(r)
	l.next()
	from := r.at
	action := r.array()
	kind := action.next().uint()
	r.at = from
	r.raw()
	l.next()
	note := r.anchor()
	l.end()
	names := [...]string{"parameter change", "hard fork", "treasury withdrawals", "no confidence", "update of the committee", "new constitution", "info"}
	if r.err == nil && kind >= uint64(len(names)) {
		r.fail(fault.InvalidPayload.New("transaction: a governance action of kind %d", kind))
	}
	if r.err != nil {
		return
	}
	d.effect(chain.Effect{
		Kind: chain.Register, Asset: symbol, Amount: decimal(deposit), From: fromInputs, To: back, Subject: "governance action",
		Detail: "proposes " + names[kind] + ": the deposit comes back to this account" + note,
	})
	if kind != uint64(len(names)-1) {
		d.effect(chain.Effect{Kind: chain.Opaque, Subject: "governance action", Detail: names[kind]})
	}
}
