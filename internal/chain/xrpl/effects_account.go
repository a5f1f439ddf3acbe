package xrpl

import (
	"strconv"

	"strongroom/internal/chain"
)

// Flags of AccountSet that say the same as settings do, and of TrustSet.
const (
	flagRequireDest  = 0x00010000
	flagOptionalDest = 0x00020000
	flagRequireAuth  = 0x00040000
	flagOptionalAuth = 0x00080000
	flagDisallowXRP  = 0x00100000
	flagAllowXRP     = 0x00200000

	flagSetAuth         = 0x00010000
	flagSetNoRipple     = 0x00020000
	flagClearNoRipple   = 0x00040000
	flagSetFreeze       = 0x00100000
	flagClearFreeze     = 0x00200000
	flagSetDeepFreeze   = 0x00400000
	flagClearDeepFreeze = 0x00800000
)

// setting is what an account's flag means (xrpl.org, "AccountSet Flags").
type setting struct {
	name       string
	set, clear chain.EffectKind
	does       string // what setting it does
	undoes     string
}

// settings are the account's flags, by their numbers.
var settings = [...]setting{
	1:  {"RequireDest", chain.Restrict, chain.Restrict, "payments need a destination tag", "payments need no destination tag"},
	2:  {"RequireAuth", chain.Restrict, chain.Restrict, "holders need an authorization", "holders need no authorization"},
	3:  {"DisallowXRP", chain.Restrict, chain.Restrict, "asks not to be sent XRP", "may be sent XRP"},
	4:  {"DisableMaster", chain.Authority, chain.Authority, "the master key signs no more", "the master key signs again"},
	5:  {"AccountTxnID", chain.Restrict, chain.Restrict, "keeps the last transaction's id", "keeps no transaction's id"},
	6:  {"NoFreeze", chain.Authority, chain.Authority, "gives up the right to freeze, for ever", "takes the right to freeze back, which the ledger refuses"},
	7:  {"GlobalFreeze", chain.Restrict, chain.Restrict, "freezes everything that the account issued", "unfreezes what the account issued"},
	8:  {"DefaultRipple", chain.Allow, chain.Restrict, "others may shift balances over the account's trust lines", "others may not shift balances over new trust lines"},
	9:  {"DepositAuth", chain.Restrict, chain.Restrict, "takes deposits from preauthorized accounts only", "takes deposits from everybody"},
	10: {"AuthorizedNFTokenMinter", chain.Authority, chain.Authority, "may mint NFTs in the account's name", "nobody else may mint NFTs in the account's name"},
	12: {"DisallowIncomingNFTokenOffer", chain.Restrict, chain.Restrict, "takes no offers of NFTs", "takes offers of NFTs"},
	13: {"DisallowIncomingCheck", chain.Restrict, chain.Restrict, "takes no checks", "takes checks"},
	14: {"DisallowIncomingPayChan", chain.Restrict, chain.Restrict, "takes no payment channels", "takes payment channels"},
	15: {"DisallowIncomingTrustline", chain.Restrict, chain.Restrict, "takes no trust lines", "takes trust lines"},
	16: {"AllowTrustLineClawback", chain.Authority, chain.Authority, "the account may claw back what it issued, for ever", "gives clawback up, which the ledger refuses"},
	17: {"AllowTrustLineLocking", chain.Allow, chain.Restrict, "holders may put what the account issued into escrow", "holders may put nothing more into escrow"},
}

func (d *description) accountSet() uint64 {
	before := len(d.in.Effects)
	d.setting(fieldSetFlag, true)
	d.setting(fieldClearFlag, false)
	for _, f := range []struct {
		bit  uint64
		flag int
		set  bool
	}{
		{flagRequireDest, 1, true}, {flagOptionalDest, 1, false}, {flagRequireAuth, 2, true},
		{flagOptionalAuth, 2, false}, {flagDisallowXRP, 3, true}, {flagAllowXRP, 3, false},
	} {
		if d.flags(f.bit) {
			d.change(&settings[f.flag], f.set)
		}
	}
	if d.tx.has(fieldNFTokenMinter) && d.tx.uint(fieldSetFlag) != 10 {
		d.add(chain.Effect{Kind: chain.Authority, To: d.account(fieldNFTokenMinter), Subject: "NFTokenMinter"})
	}
	for _, v := range d.tx.values {
		contents := d.tx.raw[v.data:v.dataEnd]
		switch v.code {
		case fieldTransferRate:
			d.add(chain.Effect{Kind: chain.Restrict, Subject: "TransferRate", Detail: "holders pay " + d.rate(v.code) + " for what arrives"})
		case fieldTickSize:
			d.add(chain.Effect{Kind: chain.Restrict, Subject: "TickSize", Detail: "offers are rounded to " + decimalText(d.tx.uint(v.code)) + " digits"})
		case fieldDomain, fieldMessageKey, fieldEmailHash, fieldWalletLocator, fieldWalletSize:
			d.statement(v.code.name(), "becomes "+shorten(printable(contents)))
		}
	}
	if len(d.in.Effects) == before {
		d.statement("AccountSet", "changes nothing")
	}
	return flagRequireDest | flagOptionalDest | flagRequireAuth | flagOptionalAuth | flagDisallowXRP | flagAllowXRP
}

// setting describes SetFlag or ClearFlag.
func (d *description) setting(c fieldCode, set bool) {
	number := d.tx.uint(c)
	switch {
	case number == 0: // absent, or none
	case number >= uint64(len(settings)) || settings[number].name == "":
		d.opaque(c.name(), "account flag "+decimalText(number)+" is not understood")
	default:
		d.change(&settings[number], set)
	}
}

func (d *description) change(s *setting, set bool) {
	e := chain.Effect{Kind: s.clear, Subject: s.name, Detail: s.undoes, Until: untilCancelled}
	if set {
		e.Kind, e.Detail = s.set, s.does
		if s.name == "AuthorizedNFTokenMinter" {
			e.To = d.account(fieldNFTokenMinter)
		}
	}
	if s.name == "DisableMaster" && set {
		d.warn("without its master key the account needs a regular key or a signer list")
	}
	d.add(e)
}

// rate writes a number of billionths: 1.005 is half a percent more.
func (d *description) rate(c fieldCode) string {
	n := d.tx.uint(c)
	if n == 0 {
		n = 1e9
	}
	return strconv.FormatFloat(float64(n)/1e9, 'f', -1, 64)
}

func (d *description) setRegularKey() {
	e := chain.Effect{Kind: chain.Authority, To: d.account(fieldRegularKey), Subject: "regular key", Detail: "may sign everything", Until: untilCancelled}
	if e.To == "" {
		e.Detail = "removes the regular key"
	}
	d.add(e)
}

// signerListSet shows each signer with its weight.
func (d *description) signerListSet() {
	quorum := decimalText(d.tx.uint(fieldSignerQuorum))
	signers := d.elements(fieldSignerEntries, fieldSignerEntry, fieldAccount, fieldSignerWeight, fieldWalletLocator)
	for i := range signers {
		s := &signers[i]
		d.add(chain.Effect{
			Kind: chain.Authority, To: d.accountText(s.bytes(fieldAccount)), Subject: "signer list", Until: untilCancelled,
			Detail: "weight " + decimalText(s.uint(fieldSignerWeight)) + " of " + quorum + ", together may sign everything",
		})
	}
	if len(signers) == 0 {
		d.add(chain.Effect{Kind: chain.Authority, Subject: "signer list", Detail: "removes the signer list; quorum " + quorum, Until: untilCancelled})
	}
}

func (d *description) delegateSet() {
	to := d.account(fieldAuthorize)
	permissions := d.elements(fieldPermissions, fieldPermission, fieldPermissionValue)
	for i := range permissions {
		name, known := permissionName(uint32(permissions[i].uint(fieldPermissionValue)))
		d.add(chain.Effect{
			Kind: chain.Authority, To: to, Subject: name, Detail: "may do this in the account's name", Until: untilCancelled,
		})
		if !known {
			d.opaque(name, "a permission that is not understood")
		}
	}
	if len(permissions) == 0 {
		d.add(chain.Effect{Kind: chain.Authority, To: to, Subject: "delegate", Detail: "takes all permissions back"})
	}
}

func (d *description) depositPreauth() {
	if to := d.account(fieldAuthorize); to != "" {
		d.add(chain.Effect{Kind: chain.Authority, To: to, Subject: "deposits", Detail: "may pay into the account", Until: untilCancelled})
	}
	if to := d.account(fieldUnauthorize); to != "" {
		d.add(chain.Effect{Kind: chain.Restrict, To: to, Subject: "deposits", Detail: "may not pay into the account"})
	}
	for _, c := range []fieldCode{fieldAuthorizeCredentials, fieldUnauthorizeCredentials} {
		kind, detail := chain.Authority, "who holds this credential may pay into the account"
		if c == fieldUnauthorizeCredentials {
			kind, detail = chain.Restrict, "who holds this credential may not pay into the account"
		}
		all := d.elements(c, fieldCredential, fieldIssuer, fieldCredentialType)
		for i := range all {
			d.add(chain.Effect{
				Kind: kind, To: d.accountText(all[i].bytes(fieldIssuer)), Until: untilCancelled, Detail: detail,
				Subject: "credential " + shorten(printable(all[i].bytes(fieldCredentialType))),
			})
		}
	}
	if !d.tx.hasAny(fieldAuthorize, fieldUnauthorize, fieldAuthorizeCredentials, fieldUnauthorizeCredentials) {
		d.opaque("DepositPreauth", "authorizes nobody")
	}
}

// hasAny reports whether a transaction has one of the fields.
func (t *transaction) hasAny(fields ...fieldCode) bool {
	for _, c := range fields {
		if t.has(c) {
			return true
		}
	}
	return false
}

func (d *description) accountDelete() {
	d.add(chain.Effect{
		Kind: chain.Close, Asset: d.chain.network.Symbol, Amount: everything, To: d.account(fieldDestination),
		Detail: "deletes the account and sends what is left",
	})
	d.add(chain.Effect{Kind: chain.Destroy, Subject: "account " + d.from, Detail: "deletes the account"})
}

// trustSet: the limit is what the account may come to hold of the other's promises.
func (d *description) trustSet() uint64 {
	q, ok := d.quantity(fieldLimitAmount)
	if !ok || q.amount.currency == nil {
		d.opaque("LimitAmount", "a trust line without a currency")
		return 0
	}
	other := d.accountText(q.amount.issuer)
	detail := "trust line: may owe the account up to this"
	if q.amount.isZero() {
		detail = "trust line: may owe the account nothing more"
	}
	d.add(chain.Effect{Kind: chain.Allow, Asset: q.asset, Amount: q.number, To: other, Detail: detail, Until: untilCancelled})
	for _, c := range []fieldCode{fieldQualityIn, fieldQualityOut} {
		if d.tx.has(c) {
			d.add(chain.Effect{
				Kind: chain.Allow, Asset: q.asset, To: other, Subject: c.name(), Until: untilCancelled,
				Detail: "balances over the trust line count at a rate of " + d.rate(c),
			})
		}
	}
	for _, f := range []struct {
		bit     uint64
		kind    chain.EffectKind
		subject string
		detail  string
	}{
		{flagSetAuth, chain.Authority, "SetAuth", "may hold what the account issues; can not be taken back"},
		{flagSetNoRipple, chain.Restrict, "SetNoRipple", "others may not shift balances over the trust line"},
		{flagClearNoRipple, chain.Allow, "ClearNoRipple", "others may shift balances over the trust line"},
		{flagSetFreeze, chain.Restrict, "SetFreeze", "freezes the trust line"},
		{flagClearFreeze, chain.Restrict, "ClearFreeze", "unfreezes the trust line"},
		{flagSetDeepFreeze, chain.Restrict, "SetDeepFreeze", "freezes the trust line in both directions"},
		{flagClearDeepFreeze, chain.Restrict, "ClearDeepFreeze", "ends the freeze in both directions"},
	} {
		if d.flags(f.bit) {
			d.add(chain.Effect{Kind: f.kind, Asset: q.asset, To: other, Subject: f.subject, Detail: f.detail, Until: untilCancelled})
		}
	}
	return flagSetAuth | flagSetNoRipple | flagClearNoRipple | flagSetFreeze | flagClearFreeze | flagSetDeepFreeze | flagClearDeepFreeze
}
