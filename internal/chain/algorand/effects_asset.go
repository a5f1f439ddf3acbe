package algorand

import (
	"strconv"

	"strongroom/internal/chain"
)

// assetName is how an asset is called in effects. The id 0 is one that does not
// exist yet.
func assetName(id uint64) string {
	if id == 0 {
		return "new asset"
	}
	return "asset " + decimal(id)
}

func (d *description) assetTransfer() {
	t := d.t
	asset := "asset " + decimal(t.uint(fieldXferAsset))
	move := chain.Effect{
		Kind: chain.Move, Asset: asset, Amount: decimal(t.uint(fieldAssetAmount)), To: d.account(fieldAssetReceiver),
	}
	receiver := t.address(fieldAssetReceiver)
	switch {
	case t.has(fieldAssetSender):
		move.Kind, move.From, move.Detail = chain.Seize, d.account(fieldAssetSender), "clawback"
	case receiver == d.sender && !t.has(fieldAssetAmount):
		move.Detail = "opt-in"
	default:
		move.Detail = receiverNote(receiver)
	}
	d.add(move)
	if t.has(fieldAssetCloseTo) {
		d.add(chain.Effect{
			Kind: chain.Close, Asset: asset, Amount: everything, To: d.account(fieldAssetCloseTo), Detail: "close-out",
		})
	}
}

// assetRoles are the accounts with power over an asset, by their names in apar.
var assetRoles = [...]struct{ field, name string }{
	{"m", "manager"}, {"r", "reserve"}, {"f", "freeze"}, {"c", "clawback"},
}

func (d *description) assetConfiguration() {
	t := d.t
	id := t.uint(fieldConfigAsset)
	asset := assetName(id)
	if id != 0 && !t.has(fieldAssetParams) {
		d.add(chain.Effect{Kind: chain.Destroy, Asset: asset, Detail: "asset destroy"})
		return
	}
	if id == 0 {
		d.assetCreation(asset)
	}
	for _, role := range assetRoles {
		holder := readAddress(t.nested(fieldAssetParams, role.field))
		e := chain.Effect{Kind: chain.Authority, Asset: asset, Subject: role.name}
		switch {
		case !holder.IsZero():
			e.To, e.Detail = d.text(holder), "asset role set"
		case id == 0:
			continue // a new asset has only the roles that are named
		default:
			e.Detail = "asset role given up for good"
		}
		d.add(e)
	}
}

func (d *description) assetCreation(asset string) {
	param := func(name string) []byte { return d.t.nested(fieldAssetParams, name) }
	frozen := ""
	if param("df") != nil {
		frozen = "frozen by default"
	}
	d.add(chain.Effect{
		Kind: chain.Deploy, Asset: asset, Amount: decimal(readUint(param("t"))), To: d.from,
		Detail: phrases("asset create",
			"unit "+strconv.QuoteToASCII(string(readBytes(param("un")))),
			"name "+strconv.QuoteToASCII(string(readBytes(param("an")))),
			"decimals "+decimal(readUint(param("dc"))), frozen),
	})
}

func (d *description) assetFreeze() {
	detail := "unfreeze"
	if d.t.flag(fieldFrozen) {
		detail = "freeze"
	}
	d.add(chain.Effect{
		Kind: chain.Restrict, Asset: "asset " + decimal(d.t.uint(fieldFreezeAsset)),
		From: d.account(fieldFreezeAccount), Detail: detail,
	})
}
