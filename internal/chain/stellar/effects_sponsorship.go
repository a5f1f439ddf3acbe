package stellar

import (
	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

// reserves is what sponsoring is about: the lumens that each ledger entry locks up
// (CAP-33).
const reserves = "reserves"

// beginSponsoring pays the reserves of whatever the account makes until the sponsoring
// ends, which nothing here bounds.
func (d *description) beginSponsoring(sponsored xdr.AccountId) {
	d.add(chain.Effect{
		Kind: chain.Allow, Asset: d.chain.network.Symbol, Amount: everything, To: accountText(sponsored), Subject: reserves,
		Detail: "locks up the reserves of what the account makes in this transaction",
	})
}

func (d *description) endSponsoring() {
	d.add(chain.Effect{
		Kind: chain.Allow, Asset: d.chain.network.Symbol, Amount: "0", Subject: reserves, Detail: "end of being sponsored",
	})
}

// revokeSponsorship hands the reserve of an entry back to its owner, or on to whoever
// sponsors the source account at that moment.
func (d *description) revokeSponsorship(op *xdr.RevokeSponsorshipOp) {
	owner, entry := "", ""
	switch {
	case op.Signer != nil:
		text, _ := signerText(op.Signer.SignerKey)
		owner, entry = accountText(op.Signer.AccountId), "signer "+text
	case op.LedgerKey != nil:
		owner, entry = d.ledgerEntry(op.LedgerKey)
	}
	d.add(chain.Effect{
		Kind: chain.Allow, Asset: d.chain.network.Symbol, Amount: "0", To: owner, Subject: reserves,
		Detail: "no longer sponsors the " + entry,
	})
}

// ledgerEntry is the owner of an entry that can be sponsored, and what it is.
func (d *description) ledgerEntry(k *xdr.LedgerKey) (owner, what string) {
	switch k.Type {
	case xdr.LedgerEntryTypeAccount:
		return accountText(k.Account.AccountId), "account"
	case xdr.LedgerEntryTypeTrustline:
		a := k.TrustLine.Asset
		owner = accountText(k.TrustLine.AccountId)
		if a.LiquidityPoolId != nil {
			return owner, "trust line of " + poolShare(*a.LiquidityPoolId)
		}
		return owner, "trust line of " + d.asset(xdr.Asset{Type: a.Type, AlphaNum4: a.AlphaNum4, AlphaNum12: a.AlphaNum12})
	case xdr.LedgerEntryTypeOffer:
		return accountText(k.Offer.SellerId), "offer " + decimal(int64(k.Offer.OfferId))
	case xdr.LedgerEntryTypeData:
		return accountText(k.Data.AccountId), "data entry " + quoted(string(k.Data.DataName))
	case xdr.LedgerEntryTypeClaimableBalance:
		return balanceText(k.ClaimableBalance.BalanceId), "claimable balance"
	}
	d.fail("an entry that cannot be sponsored")
	return "", ""
}
