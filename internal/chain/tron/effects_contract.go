package tron

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
)

// resourceAsset names what stake gives: energy for contracts, bandwidth for all
// transactions, and votes.
func resourceAsset(name string) string { return "resource " + name }

// ownContract makes a contract, or changes the settings of one's own.
func (d *description) ownContract() {
	v := d.t.value
	contract := d.text(v.address("contract_address"))
	switch d.t.typ {
	case typeCreateSmartContract:
		d.create()
	case typeClearABI:
		d.add(chain.Effect{Kind: chain.Destroy, To: contract, Subject: "interface", Detail: "deletes the published interface of the contract"})
	case typeUpdateSetting:
		d.energyShare(contract, v.number("consume_user_resource_percent"))
	case typeUpdateEnergyLimit:
		d.energyLimit(contract, v.number("origin_energy_limit"))
	}
}

// create makes a contract. Its address follows from the transaction and the owner.
func (d *description) create() {
	v := d.t.value
	made := v.sub("new_contract")
	if made == nil {
		d.opaque("new_contract", "a new contract without content")
		return
	}
	contract := d.text(d.t.newContract())
	code := made.bytes("bytecode")
	d.add(chain.Effect{
		Kind: chain.Deploy, To: contract, Subject: "contract " + name(made.bytes("name")),
		Detail: "new contract from " + strconv.Itoa(len(code)) + " bytes of code",
	})
	sum := sha256.Sum256(code)
	d.fact("code (sha-256)", hex.EncodeToString(sum[:]))
	d.sent(contract, made.number("call_value"), v.number("call_token_value"), v.number("token_id"))
	d.energyShare(contract, made.number("consume_user_resource_percent"))
	d.energyLimit(contract, made.number("origin_energy_limit"))
	if made.address("origin_address") != d.t.owner() {
		d.opaque("origin_address", "the contract names somebody else as its maker: "+d.text(made.address("origin_address")))
	}
	for _, name := range []string{"contract_address", "code_hash", "trx_hash", "version"} {
		if made.has(name) {
			d.opaque(name, "a field that only nodes fill in")
		}
	}
}

// newContract is the address of the contract that the transaction makes.
func (t *transaction) newContract() [hashSize]byte {
	sum := hexaccount.Keccak(t.id[:], t.value.bytes("owner_address"))
	return [hashSize]byte(sum[12:])
}

// energyShare lets callers use the energy of the contract's owner: percent is what
// they pay themselves.
func (d *description) energyShare(contract string, percent int64) {
	e := chain.Effect{Kind: chain.Allow, Asset: resourceAsset("ENERGY"), Amount: "all", To: contract, Detail: "callers pay " + decimal(percent) + " percent of the energy, the owner the rest"}
	if percent >= 100 {
		e.Amount = "0"
	}
	d.add(e)
}

func (d *description) energyLimit(contract string, limit int64) {
	d.add(chain.Effect{Kind: chain.Allow, Asset: resourceAsset("ENERGY"), Amount: decimal(limit), To: contract, Detail: "energy of the owner that one call may use"})
}

// ownAsset makes a TRC-10 asset, or changes one's own.
func (d *description) ownAsset() {
	v := d.t.value
	switch d.t.typ {
	case typeUnfreezeAsset:
		d.add(chain.Effect{Kind: chain.Register, Subject: "asset", Detail: "takes the frozen supply of the own asset"})
		return
	case typeUpdateAsset:
		d.add(chain.Effect{Kind: chain.Deploy, Subject: "asset", Detail: "changes the description of the own asset"})
		d.bandwidth("the own asset", v.number("new_limit"), v.number("new_public_limit"))
		d.textFact("url", v.bytes("url"))
		d.textFact("description", v.bytes("description"))
		return
	}
	d.add(chain.Effect{
		Kind: chain.Deploy, Asset: asset(v.bytes("name")), Amount: decimal(v.number("total_supply")), Subject: "asset",
		Detail: "new asset, sold at " + decimal(v.number("num")) + " for " + decimal(v.number("trx_num")) + " sun",
	})
	d.bandwidth("the asset", v.number("free_asset_net_limit"), v.number("public_free_asset_net_limit"))
	for _, frozen := range v.list("frozen_supply") {
		d.fact("frozen supply", decimal(frozen.sub.number("frozen_amount"))+" for "+decimal(frozen.sub.number("frozen_days"))+" days")
	}
	d.fact("sale", timeText(v.number("start_time"))+" to "+timeText(v.number("end_time")))
	d.fact("decimals", decimal(v.number("precision")))
	d.textFact("abbreviation", v.bytes("abbr"))
	d.textFact("url", v.bytes("url"))
	d.textFact("description", v.bytes("description"))
	for _, field := range []string{"id", "order", "vote_score", "public_free_asset_net_usage", "public_latest_free_net_time"} {
		if v.has(field) {
			d.opaque(field, "a field that only nodes fill in")
		}
	}
}

// bandwidth of the issuer may be used by holders of an asset.
func (d *description) bandwidth(asset string, each, all int64) {
	if each > 0 || all > 0 {
		d.add(chain.Effect{Kind: chain.Allow, Asset: resourceAsset("BANDWIDTH"), Amount: decimal(all), Detail: "of the issuer for holders of " + asset + ", " + decimal(each) + " for each"})
	}
}

// textFact shows bytes that may be text.
func (d *description) textFact(name string, data []byte) {
	if len(data) > 0 {
		text, _ := shown(data)
		d.fact(name, text)
	}
}
