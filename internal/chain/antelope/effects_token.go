package antelope

import (
	"math"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/codec/antelope"
	"strongroom/internal/fault"
)

// maxTokenText bounds the texts of action data; contracts allow memos of 256.
const maxTokenText = 4096

// Bounds of the standard token's numbers and symbols.
const (
	maxAmount      = 1<<62 - 1
	maxPrecision   = 18
	maxSymbolChars = 7
)

var errAsset = fault.Invalid.New("an amount or symbol that no token has")

// tokenAction finds an action of the standard token interface (eosio.token).
func tokenAction(name string) (known, bool) {
	var k known
	switch name {
	case "transfer":
		k = known{[]chain.EffectKind{chain.Move}, describeTransfer}
	case "issue", "issuefixed":
		k = known{[]chain.EffectKind{chain.Move}, describeIssue}
	case "retire":
		k = known{[]chain.EffectKind{chain.Destroy}, describeRetire}
	case "create", "setmaxsupply":
		k = known{[]chain.EffectKind{chain.Deploy}, describeCreate}
	case "open", "close":
		k = known{[]chain.EffectKind{chain.Call}, describeOpen}
	default:
		return known{}, false
	}
	return k, true
}

// asset is an amount with its symbol.
type asset struct {
	amount uint64
	symbol string // "4,EOS"
}

// readAsset reads an amount from 0 to 2^62-1 and a symbol.
func readAsset(r *antelope.Reader) asset {
	a := asset{amount: r.Uint64()}
	if a.amount > maxAmount { // negative ones too
		r.Fail(errAsset)
	}
	a.symbol = readSymbol(r)
	return a
}

// readSymbol reads the decimals and one to seven capitals, filled up with zeros.
func readSymbol(r *antelope.Reader) string {
	b := r.Fixed(1 + maxSymbolChars)
	if b == nil {
		return ""
	}
	n := 0
	for n < maxSymbolChars && b[1+n] >= 'A' && b[1+n] <= 'Z' {
		n++
	}
	for _, c := range b[1+n:] {
		if c != 0 {
			n = 0
		}
	}
	if n == 0 || b[0] > maxPrecision {
		r.Fail(errAsset)
		return ""
	}
	return strconv.Itoa(int(b[0])) + "," + string(b[1:1+n])
}

// move is the effect of an asset of the called contract that changes hands.
func (d *description) move(a asset, from, to Name, detail ...string) chain.Effect {
	return chain.Effect{
		Kind: chain.Move, Asset: a.symbol + "@" + d.action.Account.String(), Amount: decimal(a.amount),
		From: from.String(), To: to.String(), Detail: d.detail(detail...),
	}
}

// transfer(from, to, quantity, memo)
func describeTransfer(d *description, r *antelope.Reader) Name {
	from, to, quantity, memo := r.Name(), r.Name(), readAsset(r), r.Text(maxTokenText)
	d.add(d.move(quantity, from, to, "memo "+quote(memo)))
	return from
}

// issue(to, quantity, memo): new tokens, by the issuer, whom the contract knows.
func describeIssue(d *description, r *antelope.Reader) Name {
	to, quantity, memo := r.Name(), readAsset(r), r.Text(maxTokenText)
	d.add(d.move(quantity, 0, to, d.action.Name.String(), "memo "+quote(memo)))
	return 0
}

// retire(quantity, memo)
func describeRetire(d *description, r *antelope.Reader) Name {
	quantity, memo := readAsset(r), r.Text(maxTokenText)
	e := d.move(quantity, 0, 0, "retire", "memo "+quote(memo))
	e.Kind = chain.Destroy
	if len(d.action.Authorization) > 0 {
		e.From = d.action.Authorization[0].Actor.String()
	}
	d.add(e)
	return 0
}

// create(issuer, maximum_supply) and setmaxsupply(issuer, maximum_supply)
func describeCreate(d *description, r *antelope.Reader) Name {
	issuer, supply := r.Name(), readAsset(r)
	e := d.move(supply, 0, issuer, "maximum supply")
	e.Kind, e.Subject = chain.Deploy, d.target()
	d.add(e)
	if d.action.Name.String() == "create" {
		return d.action.Account
	}
	return issuer
}

// open(owner, symbol, ram_payer) and close(owner, symbol): an empty balance comes
// or goes.
func describeOpen(d *description, r *antelope.Reader) Name {
	owner, symbol := r.Name(), readSymbol(r)
	actor := owner
	if d.action.Name.String() == "open" {
		actor = r.Name()
	}
	d.add(chain.Effect{
		Kind: chain.Call, Asset: symbol + "@" + d.action.Account.String(), From: actor.String(), To: owner.String(),
		Subject: d.target(), Detail: d.detail("memory for a balance"),
	})
	return actor
}

// signedAmount reads a signed number that must not be negative.
func signedAmount(r *antelope.Reader) string {
	v := r.Uint64()
	if v > math.MaxInt64 {
		r.Fail(errAsset)
	}
	return decimal(v)
}
