package stellar

import (
	"strconv"
	"strings"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// everything is the amount where all that is left moves, or where nothing bounds it.
const everything = "all"

const (
	usual         = 4   // effects and facts that most transactions stay below
	maxQuoted     = 200 // bytes of a text that are shown
	tenth         = 10  // a fee above this part of the amount is pointed out
	noFurtherUse  = 1<<63 - 1<<32
	nobodyAccount = "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF"
)

// description collects what one transaction does. The first failure sticks.
type description struct {
	chain Chain
	tx    xdr.Transaction
	until string
	home  string // the account of the transaction
	from  string // the account of the operation at hand
	at    int    // its number, from 1; 0 outside of operations

	list     []chain.Effect
	facts    []chain.Fact
	warnings []string
	units    map[string]chain.Unit
	names    map[string]string
	moved    int64 // stroops that payments move

	contracts map[contract]xdr.Asset // of the assets in the footprint; nil until asked for
	err       error
}

// describe gives the effects of an envelope, the fee last. Errors are
// fault.InvalidPayload: what the network would never take.
func (c Chain) describe(e *envelope, signer curve.PublicKey) (*description, error) {
	d := &description{chain: c, tx: e.transaction(), list: make([]chain.Effect, 0, usual), facts: make([]chain.Fact, 0, usual)}
	d.home = ownerText(d.tx.SourceAccount)
	d.units = map[string]chain.Unit{c.network.Symbol: {Symbol: c.network.Symbol, Decimals: decimals}}
	d.header(e)
	if len(d.tx.Operations) == 0 {
		d.fail("no operations")
	}
	for i := range d.tx.Operations {
		op := &d.tx.Operations[i]
		d.at, d.from = i+1, d.home
		if op.SourceAccount != nil {
			d.from = ownerText(*op.SourceAccount)
		}
		d.operation(&op.Body)
	}
	d.at = 0
	d.fee(e)
	d.signatures(e, signer)
	return d, d.err
}

func (d *description) operation(op *xdr.OperationBody) {
	switch op.Type {
	case xdr.OperationTypeCreateAccount:
		d.createAccount(op.CreateAccountOp)
	case xdr.OperationTypePayment:
		d.payment(op.PaymentOp)
	case xdr.OperationTypePathPaymentStrictReceive:
		d.pathReceive(op.PathPaymentStrictReceiveOp)
	case xdr.OperationTypePathPaymentStrictSend:
		d.pathSend(op.PathPaymentStrictSendOp)
	case xdr.OperationTypeManageSellOffer:
		o := op.ManageSellOfferOp
		d.sellOffer(o.Selling, o.Buying, int64(o.Amount), o.Price, int64(o.OfferId), "sell offer")
	case xdr.OperationTypeCreatePassiveSellOffer:
		o := op.CreatePassiveSellOfferOp
		d.sellOffer(o.Selling, o.Buying, int64(o.Amount), o.Price, 0, "passive sell offer")
	case xdr.OperationTypeManageBuyOffer:
		d.buyOffer(op.ManageBuyOfferOp)
	case xdr.OperationTypeSetOptions:
		d.setOptions(op.SetOptionsOp)
	case xdr.OperationTypeChangeTrust:
		d.changeTrust(op.ChangeTrustOp)
	case xdr.OperationTypeAllowTrust:
		d.allowTrust(op.AllowTrustOp)
	case xdr.OperationTypeSetTrustLineFlags:
		d.setTrustLineFlags(op.SetTrustLineFlagsOp)
	case xdr.OperationTypeAccountMerge:
		d.merge(*op.Destination)
	case xdr.OperationTypeInflation:
		d.add(chain.Effect{Kind: chain.Register, Subject: "inflation", Detail: "run inflation"})
	case xdr.OperationTypeManageData:
		d.manageData(op.ManageDataOp)
	case xdr.OperationTypeBumpSequence:
		d.bumpSequence(int64(op.BumpSequenceOp.BumpTo))
	case xdr.OperationTypeCreateClaimableBalance:
		d.createBalance(op.CreateClaimableBalanceOp)
	case xdr.OperationTypeClaimClaimableBalance:
		d.claimBalance(op.ClaimClaimableBalanceOp.BalanceId)
	case xdr.OperationTypeClawback:
		d.clawback(op.ClawbackOp)
	case xdr.OperationTypeClawbackClaimableBalance:
		d.clawbackBalance(op.ClawbackClaimableBalanceOp.BalanceId)
	case xdr.OperationTypeBeginSponsoringFutureReserves:
		d.beginSponsoring(op.BeginSponsoringFutureReservesOp.SponsoredId)
	case xdr.OperationTypeEndSponsoringFutureReserves:
		d.endSponsoring()
	case xdr.OperationTypeRevokeSponsorship:
		d.revokeSponsorship(op.RevokeSponsorshipOp)
	case xdr.OperationTypeLiquidityPoolDeposit:
		d.poolDeposit(op.LiquidityPoolDepositOp)
	case xdr.OperationTypeLiquidityPoolWithdraw:
		d.poolWithdraw(op.LiquidityPoolWithdrawOp)
	case xdr.OperationTypeInvokeHostFunction:
		d.invokeHostFunction(op.InvokeHostFunctionOp)
	case xdr.OperationTypeExtendFootprintTtl:
		d.add(chain.Effect{
			Kind: chain.Call, Subject: "extendFootprintTTL",
			Detail: "keeps " + d.footprintSize() + " alive for " + decimal(int64(op.ExtendFootprintTtlOp.ExtendTo)) + " ledgers",
		})
	case xdr.OperationTypeRestoreFootprint:
		d.add(chain.Effect{Kind: chain.Call, Subject: "restoreFootprint", Detail: "restores " + d.footprintSize()})
	default:
		d.opaque("operation " + decimal(int64(op.Type)))
	}
}

// add appends an effect; what it does not say otherwise happens to the source of the
// operation.
func (d *description) add(e chain.Effect) {
	if e.From == "" {
		e.From = d.from
	}
	e.Until = d.until
	d.list = append(d.list, e)
}

func (d *description) opaque(subject string) {
	d.add(chain.Effect{Kind: chain.Opaque, Subject: subject, Detail: "not understood"})
}

func (d *description) fact(name, value string) {
	d.facts = append(d.facts, chain.Fact{Name: name, Value: value})
}

func (d *description) warn(sentence string) { d.warnings = append(d.warnings, sentence) }

// fail refuses the payload.
func (d *description) fail(what string) {
	if d.err != nil {
		return
	}
	if d.at > 0 {
		what = "operation " + strconv.Itoa(d.at) + ": " + what
	}
	d.err = fault.InvalidPayload.New("transaction: %s", what)
}

// amount is the decimal text of an amount, which is never negative.
func (d *description) amount(n xdr.Int64) string {
	if n < 0 {
		d.fail("a negative amount")
	}
	return decimal(int64(n))
}

// receiver is the text of a destination, with what a reader should know about it.
func (d *description) receiver(m xdr.MuxedAccount) string {
	if m.Med25519 == nil {
		return d.account(ownerText(m))
	}
	text := muxedText(m)
	d.name(text, "customer "+strconv.FormatUint(uint64(m.Med25519.Id), 10)+" of "+ownerText(m))
	return text
}

// account points out the one account of which it is known that nobody has its key.
func (d *description) account(address string) string {
	if address == nobodyAccount {
		d.warn("the receiver is the account of a key of zeros, which nobody has")
	}
	return address
}

func (d *description) name(address, what string) {
	if d.names == nil {
		d.names = map[string]string{}
	}
	d.names[address] = what
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// quoted shows a text of the payload so that it cannot pass for anything else.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return strconv.QuoteToASCII(text[:maxQuoted]) + " (cut)"
	}
	return strconv.QuoteToASCII(text)
}

// phrases joins the parts of a detail that are not empty.
func phrases(parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "; ")
}
