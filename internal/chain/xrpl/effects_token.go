package xrpl

import (
	"strongroom/internal/chain"
)

// Flags of tokens and vaults.
const (
	flagBurnable     = 0x01
	flagOnlyXRP      = 0x02
	flagTransferable = 0x08
	flagMutable      = 0x10

	flagSellNFT = 0x01

	flagLock        = 0x01 // of MPTokenIssuanceSet
	flagUnlock      = 0x02
	flagUnauthorize = 0x01 // of MPTokenAuthorize

	flagVaultPrivate = 0x00010000
	flagVaultShares  = 0x00020000
)

// nftText names a non-fungible token.
func (d *description) nftText() string { return "NFT " + upperHex(d.tx.bytes(fieldNFTokenID)) }

func (d *description) nft() uint64 {
	switch d.tx.kind {
	case txNFTokenMint:
		return d.nftMint()
	case txNFTokenBurn:
		owner := d.account(fieldOwner)
		detail := ""
		if owner != "" && owner != d.from {
			detail = "burns what another account holds"
		}
		d.add(chain.Effect{Kind: chain.Destroy, Asset: d.nftText(), Amount: "1", From: owner, Subject: "NFT", Detail: detail})
	case txNFTokenModify:
		d.add(chain.Effect{Kind: chain.Deploy, Asset: d.nftText(), From: d.account(fieldOwner), Subject: "URI", Detail: "becomes " + shorten(printable(d.tx.bytes(fieldURI)))})
	case txNFTokenCreateOffer:
		return d.nftOffer()
	case txNFTokenCancelOffer:
		for offers := d.tx.bytes(fieldNFTokenOffers); len(offers) > 0; offers = offers[hashSize:] {
			d.remove("NFT offer "+upperHex(offers[:hashSize]), "")
		}
	case txNFTokenAcceptOffer:
		// Token and price stand in the ledger only.
		if d.tx.has(fieldNFTokenSellOffer) {
			d.opaque("NFT offer "+upperHex(d.tx.bytes(fieldNFTokenSellOffer)), "buys at the price of this offer, which is not known here")
		}
		if d.tx.has(fieldNFTokenBuyOffer) {
			d.opaque("NFT offer "+upperHex(d.tx.bytes(fieldNFTokenBuyOffer)), "sells a token for this offer, which is not known here")
		}
		if fee, ok := d.quantity(fieldNFTokenBrokerFee); ok {
			d.receive(chain.Effect{Kind: chain.Move, Asset: fee.asset, Amount: fee.number, To: d.from, Detail: "fee for bringing two offers together"})
		}
	}
	return 0
}

func (d *description) nftMint() uint64 {
	detail := "mints a token"
	if issuer := d.account(fieldIssuer); issuer != "" {
		detail = phrases(detail, "in the name of "+issuer)
	}
	for _, f := range []struct {
		bit  uint64
		text string
	}{{flagBurnable, "its issuer may burn it"}, {flagOnlyXRP, "sold for XRP only"}, {flagTransferable, "holders may pass it on"}, {flagMutable, "its URI may change"}} {
		if d.flags(f.bit) {
			detail = phrases(detail, f.text)
		}
	}
	if d.tx.has(fieldTransferFee) {
		detail = phrases(detail, "transfer fee of "+decimalText(d.tx.uint(fieldTransferFee))+" hundred-thousandths")
	}
	d.add(chain.Effect{Kind: chain.Deploy, Asset: "NFT", Amount: "1", Subject: "taxon " + decimalText(d.tx.uint(fieldNFTokenTaxon)), Detail: detail})
	if d.tx.has(fieldURI) {
		d.fact("URI", shorten(printable(d.tx.bytes(fieldURI))))
	}
	if price, ok := d.quantity(fieldAmount); ok {
		d.add(d.nftSale("NFT", price))
	} else if d.tx.hasAny(fieldDestination, fieldExpiration) {
		d.opaque("NFTokenMint", "an offer without an amount")
	}
	return flagBurnable | flagOnlyXRP | flagTransferable | flagMutable
}

// nftSale is an offer to sell a token: to one account, or to whoever comes first.
func (d *description) nftSale(asset string, price quantity) chain.Effect {
	e := chain.Effect{
		Kind: chain.Allow, Asset: asset, Amount: "1", To: d.account(fieldDestination), Until: d.end(fieldExpiration),
		Detail: "sells it for " + price.String(),
	}
	if price.amount.isZero() {
		e.Detail = "gives it away for nothing"
		d.warn("the token is given away: the offer asks for nothing")
	}
	if e.To == "" {
		e.Detail = phrases(e.Detail, "to anybody")
	}
	return e
}

func (d *description) nftOffer() uint64 {
	price, _ := d.quantity(fieldAmount)
	if d.flags(flagSellNFT) {
		d.add(d.nftSale(d.nftText(), price))
		return flagSellNFT
	}
	d.add(chain.Effect{
		Kind: chain.Allow, Asset: price.asset, Amount: price.number, To: d.account(fieldOwner), Subject: d.nftText(),
		Detail: "buys it for this", Until: d.end(fieldExpiration),
	})
	if broker := d.account(fieldDestination); broker != "" {
		d.fact("only through", broker)
	}
	return flagSellNFT
}

// clawback: of an issued currency the amount names the holder where other amounts name
// the issuer, who is the sender (xrpl.org, "Clawback").
func (d *description) clawback() {
	q, _ := d.quantity(fieldAmount)
	e := chain.Effect{Kind: chain.Seize, Asset: q.asset, Amount: q.number, From: d.account(fieldHolder), To: d.from, Detail: "clawback"}
	switch {
	case q.amount.currency != nil && e.From == "":
		e.From = d.accountText(q.amount.issuer)
		e.Asset = currencyText(q.amount.currency) + "." + d.from
	case q.amount.issuance == nil || e.From == "":
		d.opaque("Clawback", "of an asset or holder that can not be")
	}
	d.add(e)
}

func (d *description) issuance() string {
	return "MPT " + upperHex(d.tx.bytes(fieldMPTokenIssuanceID))
}

func (d *description) mpt() uint64 {
	switch d.tx.kind {
	case txMPTokenIssuanceCreate:
		return d.mptCreate()
	case txMPTokenIssuanceDestroy:
		d.add(chain.Effect{Kind: chain.Destroy, Asset: d.issuance(), Subject: "token", Detail: "ends an issuance that nobody holds"})
	case txMPTokenIssuanceSet:
		return d.mptSet()
	case txMPTokenAuthorize:
		e := chain.Effect{Kind: chain.Authority, Asset: d.issuance(), To: d.account(fieldHolder), Subject: "holder", Detail: "may hold the token", Until: untilCancelled}
		switch off := d.flags(flagUnauthorize); {
		case e.To != "" && off:
			e.Kind, e.Detail = chain.Restrict, "may not hold the token any more"
		case e.To == "" && off:
			e.Kind, e.Detail = chain.Destroy, "gives up holding the token"
		case e.To == "":
			e.Kind, e.Detail = chain.Message, "is ready to hold the token"
		}
		d.add(e)
		return flagUnauthorize
	}
	return 0
}

// mptFlags are what an issuance may have, by the bits of its creation.
var mptFlags = [...]struct {
	bit  uint64
	text string
}{
	{0x02, "can be locked"}, {0x04, "holders need an authorization"}, {0x08, "can go into escrow"}, {0x10, "can be traded"},
	{0x20, "can be passed on"}, {0x40, "can be clawed back"}, {0x80, "can be held in confidence"},
}

func (d *description) mptCreate() (understood uint64) {
	detail := "creates a token"
	for _, f := range mptFlags {
		if d.flags(f.bit) {
			detail = phrases(detail, f.text)
		}
		understood |= f.bit
	}
	e := chain.Effect{Kind: chain.Deploy, Subject: "token", Detail: detail}
	if d.tx.has(fieldMaximumAmount) {
		e.Amount = decimalText(d.tx.uint(fieldMaximumAmount))
	}
	d.add(e)
	for _, c := range []fieldCode{fieldTransferFee, fieldAssetScale, fieldImmutableFlags} {
		if d.tx.has(c) {
			d.fact(c.name(), decimalText(d.tx.uint(c)))
		}
	}
	return understood
}

// mptSet: the bits for later changes of an issuance are those of its creation, one
// place higher.
func (d *description) mptSet() (understood uint64) {
	holder := d.account(fieldHolder)
	before := len(d.in.Effects)
	who := holder
	if who == "" {
		who = "everybody"
	}
	if d.flags(flagLock) {
		d.add(chain.Effect{Kind: chain.Restrict, Asset: d.issuance(), To: holder, Subject: "lock", Detail: "freezes what " + who + " holds"})
	}
	if d.flags(flagUnlock) {
		d.add(chain.Effect{Kind: chain.Restrict, Asset: d.issuance(), To: holder, Subject: "unlock", Detail: "unfreezes what " + who + " holds"})
	}
	understood = flagLock | flagUnlock
	for _, f := range mptFlags {
		if d.flags(f.bit << 1) {
			d.add(chain.Effect{Kind: chain.Authority, Asset: d.issuance(), Subject: "token", Detail: "from now on it " + f.text})
		}
		understood |= f.bit << 1
	}
	for _, c := range []fieldCode{fieldDomainID, fieldMPTokenMetadata, fieldTransferFee, fieldImmutableFlags, fieldIssuerEncryptionKey, fieldAuditorEncryptionKey} {
		if d.tx.has(c) {
			d.add(chain.Effect{Kind: chain.Authority, Asset: d.issuance(), Subject: c.name(), Detail: "becomes " + shorten(upperHex(d.tx.bytes(c)))})
		}
	}
	if len(d.in.Effects) == before {
		d.statement(d.issuance(), "changes nothing")
	}
	return understood
}

func (d *description) vault() uint64 {
	id := "vault " + upperHex(d.tx.bytes(fieldVaultID))
	switch d.tx.kind {
	case txVaultCreate:
		d.add(chain.Effect{Kind: chain.Deploy, Asset: d.issueText(d.tx.bytes(fieldAsset)), Subject: "vault", Detail: "creates a vault"})
		return flagVaultPrivate | flagVaultShares
	case txVaultSet:
		d.add(chain.Effect{Kind: chain.Authority, Subject: id, Detail: "changes who may use the vault, its limit or its data"})
	case txVaultDelete:
		d.remove(id, "deletes an empty vault")
	case txVaultDeposit:
		q, _ := d.quantity(fieldAmount)
		d.add(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: id, Detail: "into a vault, for shares"})
	case txVaultWithdraw:
		q, _ := d.quantity(fieldAmount)
		to := d.account(fieldDestination)
		if to == "" {
			to = d.from
		}
		d.add(chain.Effect{Kind: chain.Move, Asset: q.asset, Amount: q.number, To: to, Subject: id, Detail: "out of a vault, for shares of the sender"})
	case txVaultClawback:
		e := chain.Effect{Kind: chain.Seize, Asset: "asset of " + id, Amount: everything, From: d.account(fieldHolder), To: d.from, Subject: id, Detail: "clawback out of a vault"}
		if q, ok := d.quantity(fieldAmount); ok && !q.amount.isZero() {
			e.Asset, e.Amount = q.asset, q.number
		}
		d.add(e)
	}
	return 0
}
