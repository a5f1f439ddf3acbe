package xrpl

import (
	"strconv"

	"strongroom/internal/chain"
)

// Flags of bridges and batches.
const (
	flagClearCreateAmount = 0x00010000

	flagAllOrNothing = 0x00010000
	flagOnlyOne      = 0x00020000
	flagUntilFailure = 0x00040000
	flagIndependent  = 0x00080000
)

// bridgeText names a bridge by the accounts at its ends, the one on the locking chain
// first.
func (d *description) bridgeText() string {
	raw := d.tx.bytes(fieldXChainBridge)
	first := raw[1 : 1+accountSize]
	rest := raw[1+accountSize:]
	size, _ := issueSize(rest)
	return "bridge " + d.accountText(first) + " " + d.accountText(rest[size+1:size+1+accountSize])
}

func (d *description) bridge() uint64 {
	name := d.bridgeText()
	q, _ := d.quantity(fieldAmount)
	reward, hasReward := d.quantity(fieldSignatureReward)
	claim := "claim " + decimalText(d.tx.uint(fieldXChainClaimID))
	switch d.tx.kind {
	case txXChainCreateClaimID:
		d.add(chain.Effect{
			Kind: chain.Allow, Asset: reward.asset, Amount: reward.number, To: name, Detail: "reward of those who attest the transfer",
			Subject: "claim of transfers by " + d.account(fieldOtherChainSource), Until: untilCancelled,
		})
	case txXChainCommit:
		e := chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: name, Subject: claim, Detail: "over the bridge to whoever owns the claim there"}
		if to := d.account(fieldOtherChainDestination); to != "" {
			e.Detail = "over the bridge to " + to + " there"
		}
		d.add(e)
	case txXChainClaim:
		d.add(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: d.account(fieldDestination), Subject: claim, Detail: "what came over the " + name})
	case txXChainAccountCreateCommit:
		to := d.account(fieldDestination)
		d.add(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: name, Detail: "over the bridge, makes the account " + to + " there"})
		d.add(chain.Effect{Kind: chain.Move, Asset: reward.asset, Amount: reward.number, To: name, Detail: "reward of those who attest the transfer"})
	case txXChainCreateBridge, txXChainModifyBridge:
		e := chain.Effect{Kind: chain.Deploy, Subject: name, Detail: "makes the account an end of the bridge"}
		if d.tx.kind == txXChainModifyBridge {
			e.Kind, e.Detail = chain.Authority, "changes the bridge"
		}
		if hasReward {
			e.Detail = phrases(e.Detail, "reward of "+reward.String())
		}
		if least, ok := d.quantity(fieldMinAccountCreateAmount); ok {
			e.Detail = phrases(e.Detail, "accounts are made for at least "+least.String())
		}
		if d.tx.kind == txXChainModifyBridge && d.flags(flagClearCreateAmount) {
			e.Detail = phrases(e.Detail, "makes no accounts any more")
		}
		d.add(e)
		if d.tx.kind == txXChainModifyBridge {
			return flagClearCreateAmount
		}
	}
	return 0
}

// publish: what is written into the ledger for others to read.
func (d *description) publish() {
	credential := "credential " + shorten(printable(d.tx.bytes(fieldCredentialType)))
	switch d.tx.kind {
	case txDIDSet:
		d.statement("DID", "publishes an identity document")
	case txOracleSet:
		d.statement("oracle "+decimalText(d.tx.uint(fieldOracleDocumentID)), "publishes prices, which others may rely on")
	case txCredentialCreate:
		d.add(chain.Effect{Kind: chain.Authority, To: d.account(fieldSubject), Subject: credential, Detail: "gives the credential, which may open doors", Until: d.end(fieldExpiration)})
	case txCredentialAccept:
		d.add(chain.Effect{Kind: chain.Message, To: d.account(fieldIssuer), Subject: credential, Detail: "accepts the credential"})
	case txPermissionedDomainSet:
		all := d.elements(fieldAcceptedCredentials, fieldCredential, fieldIssuer, fieldCredentialType)
		for i := range all {
			d.add(chain.Effect{
				Kind: chain.Authority, To: d.accountText(all[i].bytes(fieldIssuer)), Detail: "whom this issuer gives the credential is in the domain",
				Subject: "credential " + shorten(printable(all[i].bytes(fieldCredentialType))), Until: untilCancelled,
			})
		}
		if len(all) == 0 {
			d.opaque("PermissionedDomainSet", "a domain without credentials")
		}
	}
}

// withdraw: what is taken out of the ledger again.
func (d *description) withdraw() {
	switch d.tx.kind {
	case txDIDDelete:
		d.remove("DID", "deletes the identity document")
	case txOracleDelete:
		d.remove("oracle "+decimalText(d.tx.uint(fieldOracleDocumentID)), "deletes the prices")
	case txCredentialDelete:
		e := chain.Effect{Kind: chain.Destroy, Subject: "credential " + shorten(printable(d.tx.bytes(fieldCredentialType))), Detail: "deletes the credential"}
		e.To = d.account(fieldSubject)
		d.add(e)
	case txPermissionedDomainDelete:
		d.remove("domain "+upperHex(d.tx.bytes(fieldDomainID)), "deletes the domain")
	}
}

// batch describes each transaction inside. Those of other accounts than the sender
// need signatures of their own, which this one does not replace.
func (d *description) batch() uint64 {
	mode := "in a mode that is not understood"
	switch d.tx.uint(fieldFlags) & (flagAllOrNothing | flagOnlyOne | flagUntilFailure | flagIndependent) {
	case flagAllOrNothing:
		mode = "all or nothing"
	case flagOnlyOne:
		mode = "only the first that succeeds"
	case flagUntilFailure:
		mode = "until one fails"
	case flagIndependent:
		mode = "each by itself"
	default:
		d.opaque("Batch", mode)
	}
	inner := d.tx.elements(fieldRawTransactions)
	for i, e := range inner {
		t := transaction{object: e.object}
		sound := e.code == fieldRawTransaction && t.describeFormat() == nil && t.kind != txBatch && t.fee == 0 &&
			t.uint(fieldFlags)&flagInnerBatch != 0 && len(t.bytes(fieldSigningPubKey)) == 0 && !t.hasAny(fieldTxnSignature, fieldSigners) &&
			t.uint(fieldNetworkID) == d.tx.uint(fieldNetworkID)
		if !sound {
			d.opaque("RawTransactions", "an inner transaction that is not understood")
			continue
		}
		one := description{
			chain: d.chain, tx: &t, in: d.in, from: t.sender.String(), until: d.until,
			inside: "batch, " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(inner)) + ", " + mode,
		}
		one.transaction()
		if t.has(fieldDelegate) {
			one.opaque("Delegate", "a delegate inside of a batch")
		}
		one.common()
	}
	if len(inner) == 0 {
		d.opaque("Batch", "no transactions")
	}
	return flagAllOrNothing | flagOnlyOne | flagUntilFailure | flagIndependent
}
