package tron

import (
	"encoding/hex"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

// leftovers are the fields that the protocol has and no node uses.
func (d *description) leftovers() {
	for _, name := range []string{"auths", "scripts", "ref_block_num"} {
		if d.t.raw.has(name) {
			d.opaque(name, "a field that has no meaning today")
		}
	}
	for _, name := range []string{"provider", "ContractName"} {
		if d.t.contract.has(name) {
			d.opaque(name, "a field that has no meaning today")
		}
	}
}

// What the network asks for some kinds of transaction, in sun, by its parameters of
// today (getchainparameters). Representatives may change them by vote.
const (
	sun               = 1
	trx               = 1_000_000 * sun
	feeWitness        = 9999 * trx // getAccountUpgradeCost
	feeAssetIssue     = 1024 * trx // getAssetIssueFee
	feeExchangeCreate = 1024 * trx // getExchangeCreateFee
	feePermissions    = 100 * trx  // getUpdateAccountPermissionFee
	feeAccount        = 1 * trx    // getCreateNewAccountFeeInSystemContract
	feeMemo           = 1 * trx    // getMemoFee
	feeByte           = 1000 * sun // getTransactionFee, for bytes that stake does not pay for

	// highFeeLimit is above what calls of ordinary contracts take.
	highFeeLimit = 1000 * trx

	// resultSize is what bandwidth counts for the result of a transaction.
	resultSize = 64
)

// bandwidth is the size that the network counts: the message Transaction with one
// signature, and room for its result.
func (t *transaction) bandwidth() int {
	const tag = 1
	return tag + protowire.SizeBytes(t.size) + tag + protowire.SizeBytes(curve.RecoverableSize) + resultSize
}

// fee is the last effect: the most that the transaction may cost with one signature.
func (d *description) fee() {
	limit := d.t.raw.number("fee_limit")
	fixed, parts := int64(0), make([]string, 0, 3)
	add := func(amount int64, why string) {
		fixed += amount
		parts = append(parts, why)
	}
	switch d.t.typ {
	case typeWitnessCreate:
		add(feeWitness, "9999 TRX for a new witness")
	case typeAssetIssue:
		add(feeAssetIssue, "1024 TRX for a new asset")
	case typeExchangeCreate:
		add(feeExchangeCreate, "1024 TRX for a new pair")
	case typeAccountPermissionUpdate:
		add(feePermissions, "100 TRX for new permissions")
	case typeAccountCreate:
		add(feeAccount, "1 TRX for a new account")
	case typeTriggerSmartContract, typeCreateSmartContract:
		parts = append(parts, "limit for energy")
	}
	if d.t.raw.has("data") {
		add(feeMemo, "1 TRX for the memo")
	}
	if d.t.typ == typeTransfer || d.t.typ == typeTransferAsset {
		add(feeAccount, "1 TRX if the receiver is new")
	}
	add(int64(d.t.bandwidth())*feeByte, "bandwidth for "+strconv.Itoa(d.t.bandwidth())+" bytes where stake does not pay for it")
	// The limit is far below 2^62 on the network; a sum that does not fit is shown as
	// the limit alone, which is larger than all there is.
	if total := limit + fixed; total > 0 {
		limit = total
	}
	d.add(chain.Effect{Kind: chain.Fee, Asset: d.chain.network.Symbol, Amount: decimal(limit), Detail: strings.Join(parts, ", ")})
	if d.t.raw.number("fee_limit") > highFeeLimit {
		d.warn("The fee limit is above 1000 TRX.")
	}
}

// describeRaw gives what the transaction says besides its contract.
func (d *description) describeRaw() {
	raw := d.t.raw
	if id := d.t.contract.number("Permission_id"); id != 0 {
		d.fact("permission", decimal(id)+" (not the owner permission)")
	}
	if raw.has("data") {
		memo, _ := shown(raw.bytes("data"))
		d.fact("memo", memo)
	}
	d.fact("reference block", hex.EncodeToString(raw.bytes("ref_block_bytes"))+" "+hex.EncodeToString(raw.bytes("ref_block_hash")))
	if raw.has("timestamp") {
		d.fact("made", timeText(raw.number("timestamp")))
	}
	if raw.has("fee_limit") {
		d.fact("fee limit", decimal(raw.number("fee_limit")))
	}
}
