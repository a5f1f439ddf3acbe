package stellar

import (
	"encoding/hex"
	"strings"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

// A flag of an account or trust line.
type flag struct {
	bit  xdr.Uint32
	name string
}

// accountFlags are those of Stellar-ledger-entries.x.
var accountFlags = []flag{
	{1, "authorisation required"}, {2, "authorisation revocable"}, {4, "authorisation immutable"}, {8, "clawback enabled"},
}

var trustLineFlags = []flag{
	{1, "authorised"}, {2, "authorised to keep liabilities"}, {4, "clawback enabled"},
}

const (
	flagImmutable = 4
	flagClawback  = 8
)

// flagNames lists flags; those that are not known are their number, and then known is
// false.
func flagNames(set xdr.Uint32, all []flag) (names string, known bool) {
	var list []string
	for _, f := range all {
		if set&f.bit != 0 {
			list = append(list, f.name)
			set &^= f.bit
		}
	}
	if set != 0 {
		list = append(list, "unknown flags "+decimal(int64(set)))
	}
	return strings.Join(list, ", "), set == 0
}

// setOptions shows each member. All of them decide who may act for the account, or
// what others may rely on.
func (d *description) setOptions(op *xdr.SetOptionsOp) {
	before := len(d.list)
	if op.InflationDest != nil {
		d.add(chain.Effect{Kind: chain.Authority, To: accountText(*op.InflationDest), Subject: "inflation destination"})
	}
	d.accountFlags(op.ClearFlags, "clear")
	d.accountFlags(op.SetFlags, "set")
	d.weight(op.MasterWeight, "weight of the account's own key")
	if op.MasterWeight != nil && *op.MasterWeight == 0 {
		d.warn("the account's own key can no longer sign for it")
	}
	d.weight(op.LowThreshold, "low threshold")
	d.weight(op.MedThreshold, "medium threshold")
	d.weight(op.HighThreshold, "high threshold")
	if op.HomeDomain != nil {
		d.add(chain.Effect{Kind: chain.Authority, Subject: "home domain", Detail: quoted(string(*op.HomeDomain))})
	}
	if op.Signer != nil {
		d.signer(op.Signer)
	}
	if len(d.list) == before {
		d.add(chain.Effect{Kind: chain.Authority, Subject: "options", Detail: "changes nothing"})
	}
}

func (d *description) accountFlags(flags *xdr.Uint32, verb string) {
	if flags == nil {
		return
	}
	names, known := flagNames(*flags, accountFlags)
	d.add(chain.Effect{Kind: chain.Authority, Subject: "account flags", Detail: verb + ": " + names})
	if !known {
		d.opaque("account flags")
	}
	if verb == "set" && *flags&flagImmutable != 0 {
		d.warn("the account's flags can never be changed again, and it can never be merged")
	}
	if verb == "set" && *flags&flagClawback != 0 {
		d.warn("the issuer will be able to claw back what new trust lines hold")
	}
}

func (d *description) weight(value *xdr.Uint32, what string) {
	if value != nil {
		d.add(chain.Effect{Kind: chain.Authority, Subject: what, Detail: decimal(int64(*value))})
	}
}

func (d *description) signer(s *xdr.Signer) {
	text, kind := signerText(s.Key)
	detail := kind + "; weight " + decimal(int64(s.Weight))
	if s.Weight == 0 {
		detail = kind + "; removed"
	}
	d.add(chain.Effect{Kind: chain.Authority, To: text, Subject: "signer", Detail: detail})
	if s.Weight == 0 {
		return
	}
	switch s.Key.Type {
	case xdr.SignerKeyTypeSignerKeyTypePreAuthTx:
		d.warn("a transaction that only its hash names may then run without a signature")
	case xdr.SignerKeyTypeSignerKeyTypeHashX:
		d.warn("whoever knows the preimage of a hash may then sign for the account")
	}
}

// authSuffix ends the name of the entry that a log-in challenge consists of (SEP-10).
const authSuffix = " auth"

func (d *description) manageData(op *xdr.ManageDataOp) {
	name := string(op.DataName)
	e := chain.Effect{Kind: chain.Message, Subject: "data entry " + quoted(name)}
	switch {
	case op.DataValue == nil:
		e.Detail = "deleted"
	case d.tx.SeqNum == 0 && d.at == 1 && strings.HasSuffix(name, authSuffix):
		e.Subject, e.Detail = "SEP-10", "log in to "+quoted(strings.TrimSuffix(name, authSuffix))
	default:
		e.Detail = "set to " + dataText(*op.DataValue)
	}
	d.add(e)
}

// dataText shows the value of an entry as text where it is one, else in hex.
func dataText(value []byte) string {
	for _, c := range value {
		if c < ' ' || c > '~' {
			return "hex " + hex.EncodeToString(value)
		}
	}
	return quoted(string(value))
}

func (d *description) bumpSequence(to int64) {
	if to < 0 {
		d.fail("a negative sequence number")
	}
	d.add(chain.Effect{
		Kind: chain.Authority, Subject: "sequence number", Detail: "raised to " + decimal(to) + "; transactions below it are void",
	})
	if to >= noFurtherUse {
		d.warn("the sequence number is so high that the account can hardly send anything again")
	}
}
