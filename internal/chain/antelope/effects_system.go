package antelope

import (
	"math"

	"strongroom/internal/chain"
	"strongroom/internal/codec/antelope"
)

// assetRAM is memory on the chain, which the system contract trades; amounts are
// in bytes.
const assetRAM = "RAM"

// systemAction finds an action of the system account: those that are part of the
// protocol, and the commonest of the reference system contract.
func systemAction(name string) (known, bool) {
	var kind chain.EffectKind
	var describe func(*description, *antelope.Reader) Name
	switch name {
	case "updateauth":
		kind, describe = chain.Authority, describeUpdateAuth
	case "deleteauth":
		kind, describe = chain.Authority, describeDeleteAuth
	case "linkauth":
		kind, describe = chain.Authority, describeLinkAuth
	case "unlinkauth":
		kind, describe = chain.Authority, describeUnlinkAuth
	case "newaccount":
		kind, describe = chain.Authority, describeNewAccount
	case "setcode":
		kind, describe = chain.Deploy, describeSetCode
	case "setabi":
		kind, describe = chain.Deploy, describeSetABI
	case "buyram", "buyramself", "buyramburn":
		kind, describe = chain.Move, describeBuyRAM
	case "buyrambytes":
		kind, describe = chain.Move, describeBuyRAMBytes
	case "sellram", "ramburn":
		kind, describe = chain.Move, describeSellRAM
	case "ramtransfer":
		kind, describe = chain.Move, describeRAMTransfer
	case "delegatebw":
		kinds := []chain.EffectKind{chain.Move, chain.Register}
		return known{kinds, describeDelegate}, true
	case "undelegatebw":
		kind, describe = chain.Register, describeUndelegate
	case "refund", "claimrewards", "unregprod":
		kind, describe = chain.Register, describeOwner
	case "voteproducer":
		kind, describe = chain.Register, describeVote
	case "regproxy":
		kind, describe = chain.Register, describeRegProxy
	case "regproducer":
		kind, describe = chain.Register, describeRegProducer
	default:
		return known{}, false
	}
	return known{[]chain.EffectKind{kind}, describe}, true
}

// core is an amount of the chain's own token, which the token contract beside
// the system account keeps.
func (d *description) core(kind chain.EffectKind, a asset, from, to Name, detail ...string) {
	e := d.move(a, from, to, detail...)
	e.Kind, e.Asset = kind, a.symbol+"@"+d.action.Account.String()+".token"
	d.add(e)
}

func (d *description) ram(amount string, from, to Name, detail ...string) {
	d.add(chain.Effect{Kind: chain.Move, Asset: assetRAM, Amount: amount, From: from.String(), To: to.String(), Detail: d.detail(detail...)})
}

// buyram(payer, receiver, quant); buyramself(account, quant); buyramburn(payer,
// quantity, memo), which buys and destroys
func describeBuyRAM(d *description, r *antelope.Reader) Name {
	payer := r.Name()
	receiver, detail := payer, "buys memory"
	if d.action.Name.String() == "buyram" {
		receiver = r.Name()
	}
	quantity := readAsset(r)
	if d.action.Name.String() == "buyramburn" {
		receiver, detail = 0, "buys memory and destroys it; memo "+quote(r.Text(maxTokenText))
	}
	d.core(chain.Move, quantity, payer, receiver, detail)
	return payer
}

// buyrambytes(payer, receiver, bytes): the price is the market's.
func describeBuyRAMBytes(d *description, r *antelope.Reader) Name {
	payer, receiver, amount := r.Name(), r.Name(), r.Uint32()
	d.ram(decimal(uint64(amount)), payer, receiver, "buys memory at any price")
	return payer
}

// sellram(account, bytes) and ramburn(owner, bytes, memo)
func describeSellRAM(d *description, r *antelope.Reader) Name {
	account, amount := r.Name(), signedAmount(r)
	detail := "sells memory at any price"
	if d.action.Name.String() == "ramburn" {
		detail = "destroys memory; memo " + quote(r.Text(maxTokenText))
	}
	d.ram(amount, account, 0, detail)
	return account
}

// ramtransfer(from, to, bytes, memo)
func describeRAMTransfer(d *description, r *antelope.Reader) Name {
	from, to, amount, memo := r.Name(), r.Name(), signedAmount(r), r.Text(maxTokenText)
	d.ram(amount, from, to, "memo "+quote(memo))
	return from
}

// delegatebw(from, receiver, stake_net_quantity, stake_cpu_quantity, transfer)
func describeDelegate(d *description, r *antelope.Reader) Name {
	from, receiver := r.Name(), r.Name()
	net, cpu, given := readAsset(r), readAsset(r), r.Bool()
	what := "stake, which the owner can take back"
	if given {
		what = "stake, given away"
	}
	for _, s := range []struct {
		use string
		asset
	}{{"net", net}, {"cpu", cpu}} {
		d.core(chain.Move, s.asset, from, receiver, what, "for "+s.use)
		d.core(chain.Register, s.asset, from, receiver, "delegatebw", "for "+s.use)
	}
	return from
}

// undelegatebw(from, receiver, unstake_net_quantity, unstake_cpu_quantity): the
// tokens go back to their owner after some days.
func describeUndelegate(d *description, r *antelope.Reader) Name {
	from, receiver, net, cpu := r.Name(), r.Name(), readAsset(r), readAsset(r)
	d.core(chain.Register, net, receiver, from, "undelegatebw", "from net")
	d.core(chain.Register, cpu, receiver, from, "undelegatebw", "from cpu")
	return from
}

// register is an effect on who runs the chain.
func (d *description) register(from Name, to string, detail ...string) {
	d.add(chain.Effect{
		Kind: chain.Register, From: from.String(), To: to, Subject: d.action.Name.String(), Detail: d.detail(detail...),
	})
}

// refund(owner), claimrewards(owner), unregprod(producer)
func describeOwner(d *description, r *antelope.Reader) Name {
	owner := r.Name()
	d.register(owner, "")
	return owner
}

// voteproducer(voter, proxy, producers)
func describeVote(d *description, r *antelope.Reader) Name {
	voter, proxy := r.Name(), r.Name()
	count := r.Count(math.MaxUint16, 8)
	if proxy != 0 {
		d.register(voter, proxy.String(), "votes through a proxy")
	}
	for range count {
		d.register(voter, r.Name().String(), "votes")
	}
	if proxy == 0 && count == 0 {
		d.register(voter, "", "votes for nobody")
	}
	return voter
}

// regproxy(proxy, isproxy)
func describeRegProxy(d *description, r *antelope.Reader) Name {
	proxy, is := r.Name(), r.Bool()
	what := "votes for others"
	if !is {
		what = "no longer votes for others"
	}
	d.register(proxy, "", what)
	return proxy
}

// regproducer(producer, producer_key, url, location)
func describeRegProducer(d *description, r *antelope.Reader) Name {
	producer, key, url := r.Name(), readPublicKey(r), r.Text(maxTokenText)
	r.Uint16()
	d.register(producer, key.String(), "key that signs blocks", "url "+quote(url))
	return producer
}
