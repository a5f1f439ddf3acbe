package vechain

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/chain/solidity"
)

// energy is the contract of VTHO, which pays for gas: its name in ASCII.
const (
	energy      = "0x0000000000000000000000000000456E65726779"
	symbolVTHO  = "VTHO"
	decimals    = 18 // of VET and VTHO
	basePrice   = 10_000_000_000_000
	fullCoef    = 255
	blockTime   = 10      // seconds
	longPending = 8640    // blocks, a day: more is unusual
	mostGas     = 1 << 24 // of one transaction (EIP-7825, since the fork Interstellar)
)

// description collects what a transaction does.
type description struct {
	tx     *transaction
	native string
	sender *hexaccount.Account
	payer  string
	chain.Intent
}

func (d *description) intent() *chain.Intent {
	d.Effects = make([]chain.Effect, 0, len(d.tx.clauses)+1)
	until := d.until()
	for i, c := range d.tx.clauses {
		before := len(d.Effects)
		d.clause(i, c)
		for n := before; n < len(d.Effects); n++ {
			if d.Effects[n].Until == "" && d.Effects[n].Kind != chain.Allow { // an allowance has its own
				d.Effects[n].Until = until
			}
		}
	}
	d.fee()
	d.facts()
	in := d.Intent
	return &in
}

// clause describes one clause.
func (d *description) clause(i int, c clause) {
	if c.to == nil {
		d.Effects = append(d.Effects, chain.Effect{
			Kind: chain.Deploy, From: d.sender.Text, Subject: strconv.Itoa(len(c.data)) + " bytes of code", Detail: "makes a contract",
		})
		if c.value.Sign() > 0 {
			d.move(c, "the contract that is made")
		}
		return
	}
	to := hexaccount.Checksummed(*c.to)
	if name := builtin(*c.to); name != "" {
		d.name(to, name)
	}
	if c.value.Sign() > 0 || len(c.data) == 0 {
		d.move(c, to)
		if hexaccount.IsBurn(*c.to) {
			d.Warnings = append(d.Warnings, "Clause "+strconv.Itoa(i+1)+" sends to an address that nobody has the key of.")
		}
	}
	if len(c.data) == 0 {
		return
	}
	meaning := solidity.Caller{Address: hexaccount.Checksummed, Native: d.native, Token: assetOf}.Read(solidity.Call{
		From: d.sender.Address, HasFrom: true, To: *c.to, Value: c.value, Data: c.data,
	})
	for _, e := range meaning.Effects {
		if e.From == hexaccount.Checksummed(d.sender.Address) {
			e.From = d.sender.Text
		}
		d.Effects = append(d.Effects, e)
	}
	d.Warnings = append(d.Warnings, meaning.Warnings...)
	d.Facts = append(d.Facts, meaning.Facts...)
	for address, name := range meaning.Names {
		d.name(address, name)
	}
	for asset, u := range meaning.Units {
		d.unit(asset, u)
	}
}

// builtin says what a contract is that the network brings itself. Its address is its name
// in ASCII.
func builtin(address hexaccount.Address) string {
	switch string(bytes.TrimLeft(address[:], "\x00")) {
	case "Energy":
		return "VTHO, the asset that pays for gas"
	case "Prototype":
		return "masters, users and sponsors of accounts"
	case "Params":
		return "parameters of the network"
	case "Authority":
		return "list of block makers"
	case "Executor":
		return "government of the network"
	case "Extension":
		return "what contracts ask the network"
	case "Staker":
		return "stake of block makers"
	}
	return ""
}

func (d *description) move(c clause, to string) {
	d.Effects = append(d.Effects, chain.Effect{Kind: chain.Move, Asset: d.native, Amount: c.value.String(), From: d.sender.Text, To: to})
}

// assetOf names a token by its contract.
func assetOf(contract [20]byte) string {
	if text := hexaccount.Checksummed(contract); text != energy {
		return "vip180 " + text
	}
	return symbolVTHO
}

// fee is the most that the gas may cost.
func (d *description) fee() {
	amount, detail := new(big.Int).SetUint64(d.tx.gas), "at most"
	if d.tx.dynamic {
		amount.Mul(amount, d.tx.price)
	} else {
		amount.Mul(amount, big.NewInt(basePrice))
		amount.Mul(amount, big.NewInt(fullCoef+int64(d.tx.coef)))
		amount.Div(amount, big.NewInt(fullCoef))
		detail = "at most, by the base price of 10^13 for one gas"
	}
	d.Effects = append(d.Effects, chain.Effect{Kind: chain.Fee, Asset: symbolVTHO, Amount: amount.String(), From: d.payer, Detail: detail})
	d.unit(symbolVTHO, chain.Unit{Symbol: symbolVTHO, Decimals: decimals})
	if d.tx.gas > mostGas {
		d.Warnings = append(d.Warnings, "The gas is more than the network takes for one transaction.")
	}
}

// until is how long the network takes the transaction.
func (d *description) until() string {
	last := d.tx.reference>>32 + uint64(d.tx.expiration)
	return fmt.Sprintf("block %d", last)
}

func (d *description) facts() {
	t := d.tx
	d.Facts = append(d.Facts,
		chain.Fact{Name: "clauses", Value: strconv.Itoa(len(t.clauses))},
		chain.Fact{Name: "gas", Value: strconv.FormatUint(t.gas, 10)})
	if t.dynamic {
		d.Facts = append(d.Facts, chain.Fact{Name: "highest gas price", Value: t.price.String()}, chain.Fact{Name: "priority fee", Value: t.tip.String()})
	} else {
		d.Facts = append(d.Facts, chain.Fact{Name: "gas price coefficient", Value: strconv.Itoa(int(t.coef)) + "/255"})
	}
	d.Facts = append(d.Facts,
		chain.Fact{Name: "block reference", Value: fmt.Sprintf("0x%016x", t.reference)},
		chain.Fact{Name: "nonce", Value: "0x" + strconv.FormatUint(t.nonce, 16)},
		chain.Fact{Name: "valid for", Value: fmt.Sprintf("%d blocks, about %d minutes", t.expiration, uint64(t.expiration)*blockTime/60)})
	if len(t.dependsOn) > 0 {
		d.Facts = append(d.Facts, chain.Fact{Name: "only after", Value: "0x" + hex.EncodeToString(t.dependsOn)})
	}
	if t.delegated() {
		d.Facts = append(d.Facts, chain.Fact{Name: "fee", Value: "paid by a sponsor who signs too"})
	}
	if t.expiration > longPending {
		d.Warnings = append(d.Warnings, "The transaction may wait for more than a day.")
	}
	if t.reference == 0 {
		d.Warnings = append(d.Warnings, "No recent block is named: the blocks of the expiration count from the first.")
	}
}

func (d *description) name(address, name string) {
	if d.Names == nil {
		d.Names = make(map[string]string)
	}
	d.Names[address] = name
}

func (d *description) unit(asset string, u chain.Unit) {
	if d.Units == nil {
		d.Units = make(map[string]chain.Unit)
	}
	d.Units[asset] = u
}
