package ui

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/codec/legible"
	"strongroom/internal/fault"
)

// Bounds of what is shown of one request, in bytes unless it says otherwise.
const (
	maxShown    = 256 << 10 // all of it; what is longer can not be approved here
	maxData     = 4 << 10   // of data that people do not read anyway; its hash tells it apart
	maxRaw      = 32 << 10  // of the bytes that are hashed; the messages say the same
	maxListed   = 1000      // accounts of a listing
	maxAgent    = 200       // of the header User-Agent, in characters
	maxOrigin   = 100       // of the header Origin, in characters
	maxFieldDep = 64        // nesting of typed data
)

// errTooLong is what callers are told of a request that no person could look at.
var errTooLong error = fault.Denied.New("the request is too long to be shown for approval")

// show is a request as text, up to the question.
func show(s *wire.Subject) (string, error) {
	var p page
	switch s.Kind() {
	case wire.KindTx, wire.KindRaw:
		p.transaction(s.Tx())
	case wire.KindData:
		p.data(s.SignData())
	case wire.KindListing:
		p.listing(s.Listing())
	case wire.KindNewAccount:
		p.newAccount(s.NewAccount())
	case wire.KindBulk:
		p.bulk(s.Bulk())
	case wire.KindPairing:
		p.pairing(s.Pairing())
	default:
		return "", errDenied()
	}
	if p.Len() > maxShown || p.tooDeep {
		return "", errTooLong
	}
	return p.String(), nil
}

// page is text that grows.
type page struct {
	strings.Builder
	tooDeep bool
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) transaction(r *wire.TxRequest) {
	p.line("--------- Transaction request-------------")
	if r.Raw != nil {
		p.line("This transaction came in binary; it can be approved only as it is.")
	}
	p.fields(r.Transaction)
	p.callInfo("\nTransaction validation:\n", r.CallInfo)
	p.line("")
	p.context(r.Meta)
	p.WriteString(longRule)
}

// fields are the members of a transaction.
func (p *page) fields(a *wire.SendTxArgs) {
	if a.To == nil {
		p.line("to:    <contact creation>")
	} else {
		p.line("to:    %s", a.To.String())
		if !a.To.Checked() {
			p.line("\nWARNING: Invalid checksum on to-address!\n")
		}
	}
	p.line("from:               %s", checked(a.From))
	p.line("value:              %s wei", a.Value.Big())
	p.line("gas:                %s (%d)", a.Gas, uint64(a.Gas))
	p.fee("gasprice: ", a.GasPrice)
	p.fee("maxFeePerGas:          ", a.MaxFeePerGas)
	p.fee("maxPriorityFeePerGas:  ", a.MaxPriorityFeePerGas)
	p.line("nonce:    %s (%d)", a.Nonce, uint64(a.Nonce))
	if a.ChainID != nil {
		p.line("chainid:  %s", a.ChainID)
	}
	if a.AccessList != nil {
		p.line("Accesslist:")
		for i, t := range *a.AccessList {
			p.line(" %d. %s", i, wire.Checksummed(t.Address))
			for j, key := range t.StorageKeys {
				p.line("   %d. %s", j, key)
			}
		}
	}
	p.fee("maxFeePerBlobGas:  ", a.MaxFeePerBlobGas)
	for i, hash := range a.BlobVersionedHashes {
		p.line("blob %d:   %s", i, hash)
	}
	for i, one := range a.AuthorizationList {
		p.line("\nWARNING: authorization %d lets code run as another account: that of %s, on chain %s (0: all), nonce %d\n",
			i, wire.Checksummed(one.Address), one.ChainID.Big(), uint64(one.Nonce))
	}
	for _, data := range []*wire.Data{a.Data, a.Input} {
		if data != nil {
			p.line("data:     %s", shortened(*data))
		}
	}
}

func (p *page) fee(name string, q *wire.Quantity) {
	if q != nil {
		p.line("%s%s wei", name, q.Big())
	}
}

// shortened is data in hex, or its beginning and what tells it apart.
func shortened(data []byte) string {
	if len(data) <= maxData {
		return "0x" + hex.EncodeToString(data)
	}
	hash := wire.Keccak(data)
	return fmt.Sprintf("0x%x... (%d bytes in all, of which keccak-256 is 0x%x)", data[:maxData/4], len(data), hash)
}

// checked is an address and whether its spelling shows that it was not mistyped.
func checked(a wire.Address) string {
	if a.Checked() {
		return a.String() + " [chksum ok]"
	}
	return a.String() + " [chksum INVALID]"
}

func (p *page) callInfo(heading string, info wire.CallInfo) {
	if len(info) == 0 {
		return
	}
	p.WriteString(heading)
	for _, m := range info {
		p.line("  * %s : %s", line(m.Type), strings.ReplaceAll(safe(m.Message), "\n", "\n      "))
	}
	p.line("")
}

// context is what is known of the caller.
func (p *page) context(m wire.Meta) {
	p.line("Request context:")
	p.line("\t%s -> %s -> %s", line(m.Remote), line(m.Scheme), line(m.Local))
	if m.Caller != "" {
		p.line("\tPaired caller: %s", quoted(m.Caller))
	}
	p.line("\nAdditional HTTP header data, provided by the external caller:")
	p.line("\tUser-Agent: %s", quoted(cut(m.UserAgent, maxAgent)))
	p.line("\tOrigin: %s", quoted(cut(m.Origin, maxOrigin)))
}

// cut bounds a text, in characters.
func cut(text string, most int) string {
	for i := range text {
		if most--; most < 0 {
			return text[:i]
		}
	}
	return text
}

func (p *page) data(r *wire.SignDataRequest) {
	p.line("-------- Sign data request--------------")
	p.line("Account:  %s", checked(r.Address))
	p.callInfo("Request validation:\n", r.CallInfo)
	p.line("messages:")
	p.messages(r.Messages, 1)
	if len(r.RawData) <= maxRaw {
		p.line("raw data:  \n\t%s", quoted(string(r.RawData)))
	} else {
		p.line("raw data:  \n\t%s", shortened(r.RawData))
	}
	p.line("data hash:  %s", r.Hash)
	p.WriteString(longRule)
	p.context(r.Meta)
}

// messages are the lines of what is signed, deeper for each structure within.
func (p *page) messages(list []wire.NameValueType, depth int) {
	if depth > maxFieldDep || p.Len() > maxShown {
		p.tooDeep = true
		return
	}
	indent := strings.Repeat("\u00a0\u00a0", depth) // the peer's spaces, which do not break
	for _, m := range list {
		head := fmt.Sprintf("%s%s [%s]:", indent, line(m.Name), line(m.Type))
		switch {
		case m.Value.Fields != nil:
			p.line("%s", head)
			p.messages(m.Value.Fields, depth+1)
		case m.Value.Text != nil:
			p.line("%s %s", head, quoted(*m.Value.Text))
		default:
			p.line("%s", head)
		}
	}
}

func (p *page) listing(r *wire.ListRequest) {
	p.line("-------- List Account request--------------")
	p.line("A request has been made to list all accounts. ")
	p.line("You can select which accounts the caller can see")
	for _, a := range r.Accounts[:min(len(r.Accounts), maxListed)] {
		p.line("  [x] %s", wire.Checksummed(a.Address))
		p.line("    URL: %s", line(a.URL))
	}
	if more := len(r.Accounts) - maxListed; more > 0 {
		p.line("  [x] and %d more", more)
	}
	p.WriteString(longRule)
	p.context(r.Meta)
}

func (p *page) newAccount(r *wire.NewAccountRequest) {
	p.line("-------- New Account request--------------")
	p.line("")
	p.line("A request has been made to create a new account. ")
	p.line("Approving this operation means that a new account is created,")
	p.line("and the address is returned to the external caller")
	p.line("")
	p.context(r.Meta)
}

func (p *page) bulk(r *wire.BulkRequest) {
	p.line("--------- Bulk transaction request-------------")
	p.line("%d transactions to %d recipients are signed together, or none of them", len(r.Transactions), r.Recipients)
	p.line("value of all:       %s wei", r.Value)
	p.line("fees of all:        at most %s wei", r.MaxFee)
	for i, item := range r.Transactions {
		p.line("\nTransaction %d of %d", i+1, len(r.Transactions))
		p.fields(item.Transaction)
		p.callInfo("Transaction validation:\n", item.CallInfo)
	}
	p.line("")
	p.context(r.Meta)
	p.WriteString(longRule)
}

func (p *page) pairing(r *wire.PairingRequest) {
	p.line("--------- Pairing request-------------")
	p.line("A caller asks to be known by a name, which its requests will then carry.")
	p.line("name:     %s", quoted(r.Name))
	p.line("key:      0x%x", r.Key[:])
	p.line("code:     %s", line(r.Code))
	p.line("")
	p.line("Approve only if the caller shows the same code at this moment.")
	p.line("")
	p.context(r.Meta)
	p.WriteString(longRule)
}

// safe is a text from outside as a terminal may be given it: as it is if a person can
// read it, else in quotes with everything else escaped.
func safe(text string) string {
	if legible.Text([]byte(text)) && !strings.ContainsAny(text, "\r\t") {
		return text
	}
	return quoted(text)
}

// line is [safe] where one line is meant, so that nothing begins a line of its own.
func line(text string) string {
	if legible.Line(text) {
		return text
	}
	return quoted(text)
}

// quoted is a text as a string of Go, with everything escaped that does not show.
func quoted(text string) string {
	q := strconv.Quote(text)
	if legible.Line(q) {
		return q
	}
	var b strings.Builder
	for _, r := range q {
		switch {
		case legible.Rune(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
