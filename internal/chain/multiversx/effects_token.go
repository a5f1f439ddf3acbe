package multiversx

import (
	"strconv"

	"strongroom/internal/chain"
)

// nativeInMulti is how a transfer of several tokens names the native asset
// (sdk-core: EGLD_IDENTIFIER_FOR_MULTI_ESDTNFT_TRANSFER).
const nativeInMulti = "EGLD-000000"

// token shows an effect on a token if everything that it needs could be read; else the
// call is opaque.
func (d *description) token(c *call, e chain.Effect) {
	if e.Asset == "" || e.Amount == "" && (e.Kind == chain.Move || e.Kind == chain.Deploy) {
		d.malformed(c)
		return
	}
	if e.Asset == nativeInMulti {
		e.Asset = d.chain.network.Symbol
	}
	d.unit(e.Asset)
	d.add(e)
}

func (d *description) malformed(c *call) {
	d.opaque(d.tx.Receiver, c.function, "arguments that do not fit the function")
}

// transfer is ESDTTransfer@token@amount[@function…].
func (d *description) transfer(c *call) {
	d.token(c, chain.Effect{
		Kind: chain.Move, Asset: c.token(0), Amount: c.number(1), To: d.tx.Receiver, Detail: "token transfer",
	})
	d.carried(d.tx.receiver, c.from(2))
}

// itemTransfer is ESDTNFTTransfer@token@nonce@amount@receiver[@function…], sent to
// oneself.
func (d *description) itemTransfer(c *call) {
	to := c.account(3)
	if to == "" || d.tx.receiver != d.tx.sender {
		d.malformed(c)
		if to == "" {
			return
		}
	}
	d.token(c, chain.Effect{Kind: chain.Move, Asset: c.item(0, 1), Amount: c.number(2), To: to, Detail: "token transfer"})
	d.carried(address(c.args[3]), c.from(4))
}

// multiTransfer is MultiESDTNFTTransfer@receiver@count[@token@nonce@amount…][@function…],
// sent to oneself.
func (d *description) multiTransfer(c *call) {
	to, count := c.account(0), c.count(1)
	if to == "" || count < 1 || 2+3*count > len(c.args) || d.tx.receiver != d.tx.sender {
		d.malformed(c)
		if to == "" || count < 1 {
			return
		}
	}
	for i := range count {
		at := 2 + 3*i
		if at+3 > len(c.args) {
			return // pointed out above
		}
		d.token(c, chain.Effect{
			Kind: chain.Move, Asset: c.item(at, at+1), Amount: c.number(at + 2), To: to,
			Detail: "token transfer " + strconv.Itoa(i+1) + " of " + strconv.Itoa(count),
		})
	}
	d.carried(address(c.args[0]), c.from(2+3*count))
}

// carried is the call that comes with tokens. An ordinary account ignores it, but only
// the network knows that for sure.
func (d *description) carried(to address, c call) {
	if c.function == "" && len(c.args) == 0 {
		return
	}
	d.contractCall(to.String(), c, true)
}

// burn destroys tokens of the sender.
func (d *description) burn(c *call, asset, amount string) {
	d.token(c, chain.Effect{Kind: chain.Move, Asset: asset, Amount: amount, To: nobody, Detail: "burn"})
}

// mint makes new tokens, or changes what an item is.
func (d *description) mint(c *call, asset, amount, detail string) {
	d.token(c, chain.Effect{Kind: chain.Deploy, Asset: asset, Amount: amount, To: d.tx.Sender, Detail: detail})
}

// alter changes what an item of a collection says or is worth.
func (d *description) alter(c *call) {
	asset := c.item(0, 1)
	if asset == "" {
		d.malformed(c)
		return
	}
	d.add(chain.Effect{Kind: chain.Deploy, Asset: asset, Subject: c.function, Detail: "changes the item"})
}
