package xrpl

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
)

// everything is the amount of what moves as a whole.
const everything = "all"

// untilCancelled is how long entries of the ledger stay that have no end of their own.
const untilCancelled = "until cancelled"

// Flags that every transaction may have.
const (
	flagCanonicalSignature = 0x80000000 // tfFullyCanonicalSig, which means nothing any more
	flagInnerBatch         = 0x40000000 // tfInnerBatchTxn
)

// Accounts that nobody has a key of (xrpl.org, "Special Addresses").
const (
	burnZero    = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"
	burnOne     = "rrrrrrrrrrrrrrrrrrrrBZbvji"
	burnName    = "rrrrrrrrrrrrrrrrrNAMEtxvNvQ"
	burnNaN     = "rrrrrrrrrrrrrrrrrrrn5RM1rHd"
	issuerRLUSD = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
)

// description collects what one transaction does.
type description struct {
	chain  Chain
	tx     *transaction
	in     *chain.Intent
	from   string // the sender's address
	until  string // the last ledger that takes the transaction
	inside string // for transactions inside of a batch: what to say of that
}

// describe fills in what signing a transaction means; owner is the account of the key.
func (c Chain) describe(in *chain.Intent, t *transaction, owner account) {
	in.Effects = make([]chain.Effect, 0, 3)
	in.Facts = make([]chain.Fact, 0, 6)
	in.Units = c.units()
	d := description{chain: c, tx: t, in: in, from: t.sender.String()}
	if t.has(fieldLastLedgerSequence) {
		d.until = "ledger " + decimalText(t.uint(fieldLastLedgerSequence))
	} else {
		in.Warnings = append(in.Warnings, "the transaction never expires: it has no LastLedgerSequence")
	}
	d.transaction()

	payer, signs := d.from, t.sender
	if delegate, ok := t.find(fieldDelegate); ok {
		payer, signs = d.account(fieldDelegate), account(delegate)
		d.fact("sent by the delegate", payer)
		d.warn("a delegate sends this in the name of " + d.from)
	}
	if in.Form == FormTransaction && owner != signs {
		d.fact("signed by the regular key", owner.String())
	}
	d.add(chain.Effect{Kind: chain.Fee, Asset: c.network.Symbol, Amount: decimalText(t.fee), From: payer})
	d.common()
	if !t.has(fieldNetworkID) {
		d.fact("network", "not named: good for the main and the public test networks")
	}
}

// units says how the native asset is counted.
func (c Chain) units() map[string]chain.Unit {
	return map[string]chain.Unit{c.network.Symbol: {Symbol: c.network.Symbol, Decimals: c.network.Decimals}}
}

// transaction describes what is particular to the type, and what does not belong to it.
func (d *description) transaction() {
	understood := uint64(flagCanonicalSignature)
	if d.inside != "" {
		understood |= flagInnerBatch
	}
	before := len(d.in.Effects)
	understood |= d.byType()
	if len(d.in.Effects) == before {
		d.opaque(d.tx.name(), "says nothing about what it is to do")
	}
	if unknown := d.tx.uint(fieldFlags) &^ understood; unknown != 0 {
		d.opaque("Flags", "flags without a known meaning: 0x"+strconv.FormatUint(unknown, 16))
	}
	for _, v := range d.tx.values {
		if !d.tx.belongs(v.code) {
			d.opaque(v.code.name(), "field of another transaction type")
		}
		if v.code.kind() == typeAmount && parseAmount(d.tx.raw[v.data:v.dataEnd]).negative && v.code != fieldFeeAmountDelta {
			d.opaque(v.code.name(), "negative amount")
		}
	}
	for _, c := range []fieldCode{fieldSponsor, fieldSponsorFlags, fieldSponsorSignature} {
		if d.tx.has(c) {
			d.opaque(c.name(), "somebody else pays for the transaction, on conditions that are not understood")
		}
	}
}

// common says what all transactions may say besides.
func (d *description) common() {
	t := d.tx
	d.fact("type", t.name())
	if t.has(fieldTicketSequence) {
		d.fact("ticket", decimalText(t.uint(fieldTicketSequence)))
	} else {
		d.fact("sequence", decimalText(t.uint(fieldSequence)))
	}
	for _, v := range t.values {
		contents := t.raw[v.data:v.dataEnd]
		switch v.code {
		case fieldNetworkID, fieldSourceTag, fieldDestinationTag, fieldOperationLimit:
			d.fact(v.code.name(), decimalText(t.uint(v.code)))
		case fieldAccountTxnID, fieldPreviousTxnID, fieldInvoiceID, fieldDomainID, fieldCredentialIDs, fieldCondition:
			d.fact(v.code.name(), shorten(upperHex(contents)))
		case fieldMemos:
			d.memos()
		}
	}
}

// memos shows the notes, which the ledger keeps and nobody has to heed.
func (d *description) memos() {
	for _, e := range d.tx.elements(fieldMemos) {
		text := printable(e.object.bytes(fieldMemoData))
		if kind := e.object.bytes(fieldMemoType); len(kind) > 0 {
			text = printable(kind) + ": " + text
		}
		d.fact("memo", shorten(text))
	}
}

// add appends an effect; what it does not say otherwise happens to the sender, until
// the transaction expires.
func (d *description) add(e chain.Effect) {
	if e.From == "" {
		e.From = d.from
	}
	d.receive(e)
}

// receive appends an effect that takes from nobody in particular.
func (d *description) receive(e chain.Effect) {
	if e.Until == "" {
		e.Until = d.until
	}
	e.Detail = phrases(e.Detail, d.inside)
	switch e.To {
	case burnZero, burnOne, burnName, burnNaN:
		d.warn("nobody has a key of " + e.To)
		d.nameOf(e.To, "black hole")
	case issuerRLUSD:
		d.nameOf(e.To, "issuer of RLUSD")
	}
	d.in.Effects = append(d.in.Effects, e)
}

func (d *description) opaque(subject, detail string) {
	d.add(chain.Effect{Kind: chain.Opaque, Subject: subject, Detail: detail})
}

func (d *description) fact(name, value string) {
	d.in.Facts = append(d.in.Facts, chain.Fact{Name: name, Value: value})
}

func (d *description) warn(text string) { d.in.Warnings = append(d.in.Warnings, text) }

func (d *description) nameOf(address, name string) {
	if d.in.Names == nil {
		d.in.Names = map[string]string{}
	}
	d.in.Names[address] = name
}

// account is the address in a field, "" where it is absent.
func (d *description) account(c fieldCode) string { return d.accountText(d.tx.bytes(c)) }

func (d *description) accountText(raw []byte) string {
	switch {
	case len(raw) != accountSize:
		return ""
	case string(raw) == string(d.tx.sender[:]):
		return d.from
	}
	return account(raw).String()
}

// quantity is an amount as effects say it.
type quantity struct {
	asset, number string
	amount        amount
}

// quantity reads an amount's field; false: it is not there.
func (d *description) quantity(c fieldCode) (q quantity, ok bool) {
	raw, ok := d.tx.find(c)
	if !ok {
		return q, false
	}
	q.amount = parseAmount(raw)
	q.number = q.amount.number()
	q.asset = d.assetText(&q.amount)
	return q, true
}

func (q quantity) String() string { return q.number + " " + q.asset }

// assetText names what an amount is of: the native symbol, "USD.r…" for a currency of
// that issuer, "MPT " and the issuance of a multi-purpose token.
func (d *description) assetText(a *amount) string {
	switch {
	case a.isNative():
		return d.chain.network.Symbol
	case a.issuance != nil:
		return "MPT " + upperHex(a.issuance)
	}
	issuer := d.accountText(a.issuer)
	text := currencyText(a.currency) + "." + issuer
	if issuer == issuerRLUSD && text == "524C555344000000000000000000000000000000."+issuerRLUSD {
		d.in.Units[text] = chain.Unit{Symbol: "RLUSD"}
	}
	return text
}

// issueText names an asset without an amount.
func (d *description) issueText(raw []byte) string {
	switch len(raw) {
	case accountSize:
		return d.chain.network.Symbol
	case 2 * accountSize:
		return currencyText(raw[:accountSize]) + "." + d.accountText(raw[accountSize:])
	case 2*accountSize + 4:
		s := raw[2*accountSize:]
		return "MPT " + upperHex(append([]byte{s[3], s[2], s[1], s[0]}, raw[:accountSize]...))
	}
	return ""
}

// end is when an entry of the ledger ends that the transaction makes.
func (d *description) end(c fieldCode) string {
	if !d.tx.has(c) {
		return untilCancelled
	}
	return timeText(d.tx.uint(c))
}

// flags reports whether all bits are set.
func (d *description) flags(bits uint64) bool { return d.tx.uint(fieldFlags)&bits == bits }

// elements lists the objects of an array whose elements have that name and none but
// those fields; anything else is shown as opaque.
func (d *description) elements(array, name fieldCode, fields ...fieldCode) (all []object) {
	for _, e := range d.tx.elements(array) {
		understood := e.code == name
		for _, v := range e.object.values {
			understood = understood && slices.Contains(fields, v.code)
		}
		if !understood {
			d.opaque(array.name(), "an element that is not understood")
		}
		all = append(all, e.object)
	}
	return all
}

// timeText writes seconds since the beginning of 2000, from which the ledger counts.
func timeText(seconds uint64) string {
	const epoch = 946684800
	return time.Unix(int64(seconds)+epoch, 0).UTC().Format(time.RFC3339)
}

func decimalText(n uint64) string { return strconv.FormatUint(n, 10) }

// phrases joins the parts of a detail that are not empty.
func phrases(parts ...string) string {
	kept := 0
	for _, p := range parts {
		if p != "" {
			parts[kept] = p
			kept++
		}
	}
	if kept == 1 {
		return parts[0]
	}
	return strings.Join(parts[:kept], "; ")
}

// printable is text of one line where it can be shown as it is, and digits otherwise, as
// where a character changes how others look.
func printable(b []byte) string {
	if len(b) == 0 || !legible.Line(string(b)) {
		return upperHex(b)
	}
	return string(b)
}

// shorten bounds what is shown to people.
func shorten(text string) string {
	const limit = 1024
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "… (" + strconv.Itoa(len(text)) + " bytes)"
}
