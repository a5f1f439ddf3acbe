package stellar

import (
	"strconv"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

func (d *description) poolDeposit(op *xdr.LiquidityPoolDepositOp) {
	if op.MinPrice.N <= 0 || op.MinPrice.D <= 0 || op.MaxPrice.N <= 0 || op.MaxPrice.D <= 0 {
		d.fail("a price that is not positive")
	}
	to := strkeyText(versionPool, op.LiquidityPoolId[:])
	a, b, known := d.poolAssets(op.LiquidityPoolId)
	detail := "liquidity pool deposit, at most; price between " + ratio(op.MinPrice) + " and " + ratio(op.MaxPrice)
	d.move(chain.Effect{Asset: a, To: to, Detail: detail}, op.MaxAmountA)
	d.move(chain.Effect{Asset: b, To: to, Detail: detail}, op.MaxAmountB)
	if !known {
		d.add(chain.Effect{
			Kind: chain.Opaque, To: to, Subject: "liquidityPoolDeposit",
			Detail: "which assets the pool takes is not in the transaction",
		})
	}
}

// poolAssets finds the pool among those that the transaction spells out in full. The
// hash proves that they are the same.
func (d *description) poolAssets(id xdr.PoolId) (a, b string, known bool) {
	for i := range d.tx.Operations {
		op := d.tx.Operations[i].Body.ChangeTrustOp
		if op == nil || op.Line.LiquidityPool == nil {
			continue
		}
		if other, a, b := d.pool(op.Line.LiquidityPool); other == id {
			return a, b, true
		}
	}
	pool := strkeyText(versionPool, id[:])
	return "first asset of " + pool, "second asset of " + pool, false
}

func (d *description) poolWithdraw(op *xdr.LiquidityPoolWithdrawOp) {
	asset, to := poolShare(op.LiquidityPoolId), strkeyText(versionPool, op.LiquidityPoolId[:])
	d.unit(asset, "pool share")
	a, b, _ := d.poolAssets(op.LiquidityPoolId)
	d.move(chain.Effect{
		Asset: asset, To: to,
		Detail: phrases("liquidity pool withdrawal", "comes back: at least "+d.amount(op.MinAmountA)+" "+a+" and "+d.amount(op.MinAmountB)+" "+b),
	}, op.Amount)
	if op.MinAmountA <= 1 && op.MinAmountB <= 1 {
		d.warn("a withdrawal from a liquidity pool takes whatever little comes back")
	}
}

// footprintSize is how many ledger entries a transaction touches.
func (d *description) footprintSize() string {
	n := 0
	if data := d.tx.Ext.SorobanData; data != nil {
		n = len(data.Resources.Footprint.ReadOnly) + len(data.Resources.Footprint.ReadWrite)
	}
	if n == 1 {
		return "1 ledger entry"
	}
	return strconv.Itoa(n) + " ledger entries"
}
