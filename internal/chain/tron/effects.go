package tron

import (
	"math/big"
	"strconv"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/chain/solidity"
)

// description collects what is said of one request.
type description struct {
	chain  Chain
	t      *transaction
	signer *hexaccount.Account
	owner  string // the owner's address
	until  string
	last   [2]named // the addresses that were written last: most are needed again

	effects  []chain.Effect
	facts    []chain.Fact
	warnings []string
	units    map[string]chain.Unit
	names    map[string]string
}

// named is an address with its text.
type named struct {
	hash [hashSize]byte
	text string
}

// describe says what a transaction does, the fee last.
func (c Chain) describe(t *transaction, signer *hexaccount.Account) *description {
	d := &description{chain: c, t: t, signer: signer, effects: make([]chain.Effect, 0, 2), until: timeText(t.raw.number("expiration"))}
	d.units = map[string]chain.Unit{c.network.Symbol: {Symbol: c.network.Symbol, Decimals: c.network.Decimals}}
	if t.value == nil {
		d.owner = signer.Text
		d.opaque("contract type "+strconv.FormatInt(t.typ, 10), orUnknown(typeName(t.typ)))
	} else {
		d.belongsTo(t.owner())
		d.contract()
	}
	d.leftovers()
	d.fee()
	d.describeRaw()
	return d
}

func orUnknown(name string) string {
	if name == "" {
		return "a type of contract that is not known"
	}
	return name + ", which is not decoded"
}

// belongsTo notes the owner, and whether the signer is somebody else.
func (d *description) belongsTo(owner [hashSize]byte) {
	if owner == d.signer.Address && !d.signer.Key.IsZero() {
		d.owner = d.signer.Text
		return
	}
	d.owner = d.text(owner)
	if !d.signer.Key.IsZero() {
		d.warn("The key is that of " + d.signer.Text + ", not the owner's: it signs for " + d.owner + " if the owner's permissions allow it.")
	}
}

// add appends an effect; what it does not say otherwise is the owner's.
func (d *description) add(e chain.Effect) {
	if e.From == "" && d.t != nil {
		e.From = d.owner
	}
	d.addAsItIs(e)
}

// addAsItIs appends an effect that may take from nobody. An allowance does not end when
// the transaction can no longer be sent: it has an end of its own, or none.
func (d *description) addAsItIs(e chain.Effect) {
	if e.Until == "" && e.Kind != chain.Allow {
		e.Until = d.until
	}
	d.effects = append(d.effects, e)
}

func (d *description) opaque(subject, detail string) {
	d.add(chain.Effect{Kind: chain.Opaque, Subject: subject, Detail: detail})
}

func (d *description) fact(name, value string) {
	d.facts = append(d.facts, chain.Fact{Name: name, Value: value})
}

func (d *description) warn(text string) { d.warnings = append(d.warnings, text) }

// text is the text of an address; well-known ones get a name.
func (d *description) text(hash [hashSize]byte) string {
	if hash == d.signer.Address && !d.signer.Key.IsZero() {
		return d.signer.Text
	}
	for _, n := range d.last {
		if n.text != "" && n.hash == hash {
			return n.text
		}
	}
	text := addressText(hash)
	d.last = [2]named{{hash, text}, d.last[0]}
	if known := d.chain.wellKnown(text); known.Symbol != "" {
		if d.names == nil {
			d.names = map[string]string{}
		}
		d.names[text] = known.Symbol
	}
	return text
}

// token is the asset text of a token contract.
func (d *description) token(hash [hashSize]byte) string {
	text := d.text(hash)
	asset := "trc20 " + text
	if known := d.chain.wellKnown(text); known.Symbol != "" {
		d.units[asset] = known
	}
	return asset
}

// traded is the asset text of what the exchange and the market trade, where "_" is the
// native asset.
func (d *description) traded(id []byte) string {
	if string(id) == "_" {
		return d.chain.network.Symbol
	}
	return asset(id)
}

// asset is the asset text of a TRC-10 asset, from its number or name. Names that are not
// plain ASCII are quoted: other letters look like these.
func asset(id []byte) string {
	for _, c := range id {
		if c <= ' ' || c > '~' || c == '"' {
			return "trc10 " + strconv.QuoteToASCII(string(id))
		}
	}
	if len(id) == 0 {
		return `trc10 ""`
	}
	return "trc10 " + string(id)
}

// contract says what the contract does.
func (d *description) contract() {
	switch d.t.typ {
	case typeTransfer, typeTransferAsset, typeParticipateAssetIssue:
		d.transfer()
	case typeTriggerSmartContract:
		d.trigger()
	case typeCreateSmartContract, typeClearABI, typeUpdateSetting, typeUpdateEnergyLimit:
		d.ownContract()
	case typeAccountPermissionUpdate:
		d.permissions()
	case typeFreezeBalance, typeUnfreezeBalance, typeFreezeBalanceV2, typeUnfreezeBalanceV2, typeWithdrawExpireUnfreeze,
		typeCancelAllUnfreezeV2, typeDelegateResource, typeUnDelegateResource:
		d.stake()
	case typeExchangeCreate, typeExchangeInject, typeExchangeWithdraw, typeExchangeTransaction, typeMarketSellAsset, typeMarketCancelOrder:
		d.exchange()
	case typeAssetIssue, typeUpdateAsset, typeUnfreezeAsset:
		d.ownAsset()
	default:
		d.takesPart()
	}
}

func (d *description) transfer() {
	v := d.t.value
	to := v.address("to_address")
	e := chain.Effect{Kind: chain.Move, Asset: d.chain.network.Symbol, Amount: decimal(v.number("amount")), To: d.text(to)}
	switch d.t.typ {
	case typeTransferAsset:
		e.Asset = asset(v.bytes("asset_name"))
	case typeParticipateAssetIssue:
		e.Detail = "buys the asset " + asset(v.bytes("asset_name")) + " from its issuer"
	}
	d.add(e)
	if to == [hashSize]byte{} {
		d.warn("The receiver is the zero address, which nobody can spend from.")
	}
	if to == d.t.owner() {
		d.warn("The receiver is the sender.")
	}
}

// trigger is a call of a smart contract, which speaks the ABI of Solidity.
func (d *description) trigger() {
	v := d.t.value
	to, value, data := v.address("contract_address"), v.number("call_value"), v.bytes("data")
	contract := d.text(to)
	d.sent(contract, value, v.number("call_token_value"), v.number("token_id"))
	call := solidity.Call{From: d.t.owner(), HasFrom: true, To: to, Data: data}
	if value > 0 {
		call.Value = big.NewInt(value)
	}
	m := solidity.Caller{Address: d.text, Native: d.chain.network.Symbol, Token: d.token, Prefix: addressPrefix}.Read(call)
	for _, e := range m.Effects {
		d.addAsItIs(e) // nobody loses what is minted
	}
	if len(data) == 0 {
		d.add(chain.Effect{Kind: chain.Opaque, To: contract, Subject: "0x", Detail: "a call without data: what the contract does with it is not known"})
	}
	d.facts = append(d.facts, m.Facts...)
	d.warnings = append(d.warnings, m.Warnings...)
	for text, name := range m.Names {
		if d.names == nil {
			d.names = map[string]string{}
		}
		d.names[text] = name
	}
	for asset, unit := range m.Units {
		d.units[asset] = unit
	}
}

// sent is what goes along with a call or to a new contract.
func (d *description) sent(contract string, value, tokens, id int64) {
	if value > 0 {
		d.add(chain.Effect{Kind: chain.Move, Asset: d.chain.network.Symbol, Amount: decimal(value), To: contract})
	}
	if tokens > 0 {
		d.add(chain.Effect{Kind: chain.Move, Asset: "trc10 " + decimal(id), Amount: decimal(tokens), To: contract})
	} else if id > 0 {
		d.fact("token id", decimal(id))
	}
}

// lastYear is the end of the year 9999 in milliseconds.
const lastYear = 253402300799999

// timeText is a time in milliseconds since 1970 in UTC.
func timeText(ms int64) string {
	if ms > lastYear {
		return "after the year 9999"
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano)
}
