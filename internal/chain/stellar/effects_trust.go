package stellar

import (
	"crypto/sha256"
	"math"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

func (d *description) changeTrust(op *xdr.ChangeTrustOp) {
	e := chain.Effect{Kind: chain.Allow, Subject: "trust line", Amount: d.amount(op.Limit)}
	switch op.Line.Type {
	case xdr.AssetTypeAssetTypePoolShare:
		id, a, b := d.pool(op.Line.LiquidityPool)
		e.Asset, e.To, e.Detail = poolShare(id), strkeyText(versionPool, id[:]), "shares of the pool of "+a+" and "+b
		d.unit(e.Asset, "pool share")
	case xdr.AssetTypeAssetTypeNative:
		d.fail("a trust line of the native asset")
	default:
		e.Asset = d.asset(xdr.Asset{Type: op.Line.Type, AlphaNum4: op.Line.AlphaNum4, AlphaNum12: op.Line.AlphaNum12})
		e.To = issuer(e.Asset)
	}
	switch op.Limit {
	case 0:
		e.Detail = phrases(e.Detail, "removed")
	case math.MaxInt64:
		e.Detail = phrases(e.Detail, "holds any amount")
	default:
		e.Detail = phrases(e.Detail, "holds up to the limit")
	}
	d.add(e)
}

// pool is the id of a liquidity pool (CAP-38: SHA-256 of its parameters) and its assets.
func (d *description) pool(p *xdr.LiquidityPoolParameters) (id xdr.PoolId, a, b string) {
	encoded, err := p.MarshalBinary()
	if err != nil || p.ConstantProduct == nil {
		d.fail("a liquidity pool of unknown kind")
		return id, "", ""
	}
	return sha256.Sum256(encoded), d.asset(p.ConstantProduct.AssetA), d.asset(p.ConstantProduct.AssetB)
}

func poolShare(id xdr.PoolId) string { return "share of " + strkeyText(versionPool, id[:]) }

// allowTrust is what setTrustLineFlags replaced.
func (d *description) allowTrust(op *xdr.AllowTrustOp) {
	asset := d.assetOfCode(op.Asset, d.from)
	detail := "revokes the authorisation; offers and pool shares are withdrawn"
	names, known := flagNames(op.Authorize, trustLineFlags[:2])
	if op.Authorize != 0 {
		detail = "sets: " + names
	}
	d.restrict(asset, op.Trustor, detail, known && op.Authorize <= 2)
}

func (d *description) setTrustLineFlags(op *xdr.SetTrustLineFlagsOp) {
	var clears, sets string
	asset := d.asset(op.Asset)
	cleared, knownClear := flagNames(op.ClearFlags, trustLineFlags)
	set, knownSet := flagNames(op.SetFlags, trustLineFlags)
	if cleared != "" {
		clears = "clears: " + cleared
	}
	if set != "" {
		sets = "sets: " + set
	}
	d.restrict(asset, op.Trustor, phrases(clears, sets), knownClear && knownSet)
}

func (d *description) restrict(asset string, trustor xdr.AccountId, detail string, known bool) {
	d.add(chain.Effect{Kind: chain.Restrict, Asset: asset, From: accountText(trustor), Subject: "trust line", Detail: detail})
	if !known {
		d.opaque("trust line flags")
	}
}
