package evm

import (
	"math/big"
	"strconv"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
)

// Bounds of what is listed one by one.
const (
	maxEffects   = 256
	maxFacts     = 64
	maxFactRunes = 200
)

const (
	everything = "all"
	unlimited  = "unlimited"
	anybody    = "anybody" // who draws where the owner does not name a spender
)

// typedData describes a document. What its type is known to allow is said; a type
// that is not known is opaque, whatever it is called: the whole encoding of the
// type is compared, so that no other type passes for a known one.
func (d *description) typedData(doc *typedData, domain domain) {
	d.fact("primary type", doc.primary.name)
	if domain.name != "" {
		d.fact("domain", quoted(domain.name)+" "+quoted(domain.version))
	}
	contract := ""
	if domain.named {
		contract = d.text(domain.contract)
		d.fact("verifying contract", contract)
		d.contractName(domain.contract, contract)
	}
	if domain.chainID != 0 {
		d.fact("chain id", decimal(domain.chainID))
	}
	d.values("", &doc.message)
	if doc.primary.name == domainType {
		d.warn("The message is of the type of the domain: other programs sign the domain alone for it, which is another signature.")
	}

	order := order{description: d, message: &doc.message, domain: domain, contract: contract}
	read := readerOf(doc.primary)
	if read == nil || !domain.standard || !domain.named {
		detail := "typed data of a type whose meaning is not known"
		if read != nil {
			detail = "typed data of a known type in a domain that is not known"
		}
		d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, To: contract, Subject: doc.primary.name, Detail: detail})
		if domain.chainID == 0 {
			d.fact("chain id", "none: perhaps valid on every network")
		}
		return
	}
	read(&order)
	if len(d.effects) == 0 {
		order.opaque(contract, doc.primary.name, "nothing in it has an effect that is known")
	}
	if domain.chainID == 0 {
		d.everyNetwork("the domain names no chain id")
	} else if d.chain.params.ChainID == 0 {
		for i := range d.effects {
			d.effects[i].Detail += ", on chain id " + decimal(domain.chainID)
		}
	}
	if len(d.effects) > maxEffects {
		rest := len(d.effects) - maxEffects
		d.effects = append(d.effects[:maxEffects], chain.Effect{Kind: chain.Opaque, From: d.signer.Text, To: contract,
			Subject: doc.primary.name, Detail: strconv.Itoa(rest) + " more effects that are not listed"})
	}
}

// values shows the members of a message.
func (d *description) values(path string, v *value) {
	for i := range v.items {
		if len(d.facts) >= maxFacts {
			return
		}
		item, name := &v.items[i], path
		if v.isArray() {
			name += "[" + strconv.Itoa(i) + "]"
		} else {
			if name != "" {
				name += "."
			}
			name += v.of.members[i].name
		}
		switch {
		case item.isArray(), item.kind == kindStruct:
			d.values(name, item)
		case item.kind == kindString:
			d.fact(name, quoted(string(item.bytes)))
		case item.kind == kindBool:
			d.fact(name, strconv.FormatBool(item.isTrue()))
		case item.kind == kindAddress:
			d.fact(name, d.text(item.address()))
		default:
			d.fact(name, shortened(item.text()))
		}
	}
}

// quoted is a text that a caller chose, between quotes and on one line. One with
// characters that cannot be seen is written in ASCII.
func quoted(text string) string {
	text = shortened(text)
	if !legible.Line(text) {
		return strconv.QuoteToASCII(text)
	}
	return strconv.Quote(text)
}

// shortened bounds a text that a caller chose.
func shortened(text string) string {
	if len(text) <= maxFactRunes {
		return text
	}
	if runes := []rune(text); len(runes) > maxFactRunes {
		return string(runes[:maxFactRunes]) + "… (cut)"
	}
	return text
}

// order is a document of a known type while it is described.
type order struct {
	*description
	message  *value
	domain   domain
	contract string // text of the contract that checks the signature
}

func (o *order) at(name string) *value { return o.message.at(name) }

// address is the text of a member that is an address.
func (o *order) address(name string) string { return o.text(o.at(name).address()) }

// foreign says that a document speaks for another account than the signer's: a
// contract may take the signer's word for it (EIP-1271).
func (o *order) foreign(owner address) {
	if owner != o.signer.Address {
		o.warn("This speaks for another account than that of the key: " + o.text(owner) + ".")
	}
}

// allow adds an allowance; numbers of a type of that many bits are without limit
// from half of its range on.
func (o *order) allow(asset string, amount *big.Int, bits int, from, to, detail, until string) {
	e := chain.Effect{Kind: chain.Allow, Asset: asset, Amount: amount.String(), From: from, To: to, Detail: detail, Until: until}
	switch {
	case amount.Sign() == 0:
		e.Detail = "revokes: " + detail
	case amount.BitLen() >= bits:
		e.Amount = unlimited
		o.warn("The spender may draw without limit: " + to + ".")
	case amount.BitLen() > 128:
		o.warn("The spender may draw more than there is of any usual token: " + to + ".")
	}
	o.add(e)
}

// self is the token whose contract checks the signature.
func (o *order) self() string { return o.tokenAsset(o.domain.contract) }

// asset is a token, or the native asset where the address is zero.
func (o *order) asset(a address) string {
	if a == (address{}) {
		o.unit(o.native())
		return o.native()
	}
	return o.tokenAsset(a)
}

// opaque adds what is not understood of a document that is understood otherwise.
func (o *order) opaque(to, subject, detail string) {
	o.add(chain.Effect{Kind: chain.Opaque, From: o.signer.Text, To: to, Subject: subject, Detail: detail})
}

// lastTime is the end of the year 9999, after which dates have no usual text.
const lastTime = 253402300799

// until is a time in seconds since 1970, "" where it is so late that it means never.
func until(v *value) string {
	n := v.number()
	if !n.IsInt64() || n.Int64() > lastTime {
		return ""
	}
	return time.Unix(n.Int64(), 0).UTC().Format(time.RFC3339)
}
