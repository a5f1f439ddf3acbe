package cardano

import (
	"encoding/hex"
	"math/big"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// describer reads the body of a transaction and says what it does.
type describer struct {
	c  Chain
	r  *reader
	in *chain.Intent

	inputs     int
	sets       bool
	paid       uint64 // lovelace of all outputs, at most the largest number
	fee        uint64
	until      string
	collateral bool
	total      bool // the collateral's amount is said
	dataHash   string
	auxHash    []byte
}

// The keys of a body (Conway's CDDL, transaction_body).
const (
	keyInputs           = 0
	keyOutputs          = 1
	keyFee              = 2
	keyTTL              = 3
	keyCertificates     = 4
	keyWithdrawals      = 5
	keyAuxiliaryHash    = 7
	keyStart            = 8
	keyMint             = 9
	keyScriptData       = 11
	keyCollateral       = 13
	keyRequired         = 14
	keyNetwork          = 15
	keyCollateralReturn = 16
	keyCollateralTotal  = 17
	keyReferences       = 18
	keyVotes            = 19
	keyProposals        = 20
	keyTreasury         = 21
	keyDonation         = 22
)

// required are the entries that every body has, one bit for each key.
const required = 1<<keyInputs | 1<<keyOutputs | 1<<keyFee

const (
	fromInputs     = "inputs"
	fromCollateral = "collateral inputs"
	maxListed      = 64 // facts of one kind; the rest is counted
)

// body reads a transaction's body and gives its bytes.
func (d *describer) body() []byte {
	r, from := d.r, d.r.at
	seen := uint64(0)
	for l := r.mapping(); l.more(); {
		key := r.uint()
		if r.err != nil {
			return nil
		}
		if key > 63 {
			r.fail(fault.InvalidPayload.New("transaction: a body with the key %d", key))
			return nil
		}
		if seen&(1<<key) != 0 {
			r.fail(errTwice)
			return nil
		}
		seen |= 1 << key
		d.entry(key)
	}
	if seen&required != required {
		r.fail(fault.InvalidPayload.New("transaction: a body without inputs, outputs or a fee"))
	}
	if r.err != nil {
		return nil
	}
	return r.data[from:r.at]
}

func (d *describer) entry(key uint64) {
	r := d.r
	switch key {
	case keyInputs:
		d.sets = r.major() == majorTag
		d.inputs = d.references("input")
	case keyOutputs:
		for l := r.array(); l.more(); {
			d.output(fromInputs, "")
		}
	case keyFee:
		d.fee = r.uint()
	case keyTTL:
		d.until = "slot " + decimal(r.uint())
	case keyCertificates:
		for l := r.set(); l.more(); {
			d.certificate()
		}
	case keyWithdrawals:
		d.withdrawals()
	case keyAuxiliaryHash:
		d.auxHash = r.fixed(digestSize)
		d.fact("auxiliary data hash", hex.EncodeToString(d.auxHash))
	case keyStart:
		d.fact("valid from", "slot "+decimal(r.uint()))
	case keyMint:
		d.mint()
	case keyScriptData:
		d.dataHash = hex.EncodeToString(r.fixed(digestSize))
	case keyCollateral:
		d.collateral = d.references("collateral input") > 0
	case keyRequired:
		for l := r.set(); l.more(); {
			d.fact("required signer", named("addr_vkh", r.fixed(hashSize)))
		}
	case keyNetwork:
		if id := r.uint(); r.err == nil && id != uint64(d.c.id) {
			r.fail(fault.InvalidPayload.New("transaction: of network %d, not %d", id, d.c.id))
		}
	case keyCollateralReturn:
		d.output(fromCollateral, "what comes back of the collateral if a script fails")
	case keyCollateralTotal:
		d.total = true
		d.effect(chain.Effect{
			Kind: chain.Move, Asset: symbol, Amount: decimal(r.uint()), From: fromCollateral, To: "network", Detail: "collateral that is lost if a script fails",
		})
	case keyReferences:
		d.references("reference input")
	case keyVotes:
		d.votes()
	case keyProposals:
		for l := r.set(); l.more(); {
			d.proposal()
		}
	case keyTreasury:
		d.fact("treasury", decimal(r.uint()))
	case keyDonation:
		d.effect(chain.Effect{Kind: chain.Move, Asset: symbol, Amount: decimal(r.uint()), From: fromInputs, To: "treasury", Detail: "donation"})
	default: // the update proposals (6) that Conway took out, and what is newer than this
		r.raw()
		d.effect(chain.Effect{Kind: chain.Opaque, Subject: "key " + decimal(key) + " of the transaction's body"})
	}
}

func (d *describer) effect(e chain.Effect) {
	if d.r.err == nil {
		d.in.Effects = append(d.in.Effects, e)
	}
}

func (d *describer) fact(name, value string) {
	if d.r.err == nil {
		d.in.Facts = append(d.in.Facts, chain.Fact{Name: name, Value: value})
	}
}

func (d *describer) warn(text string) { d.in.Warnings = append(d.in.Warnings, text) }

// references reads a set of outputs of other transactions and counts them.
func (d *describer) references(name string) (count int) {
	for l := d.r.set(); l.more(); {
		text := d.r.reference()
		if count++; count <= maxListed {
			d.fact(name, text)
		}
	}
	if count > maxListed {
		d.fact(name, "and "+strconv.Itoa(count-maxListed)+" more")
	}
	return count
}

// withdrawals reads {reward account: lovelace}.
func (d *describer) withdrawals() {
	seen := map[string]bool{}
	for l := d.r.mapping(); l.more(); {
		from := d.c.reward(d.r)
		if seen[from] {
			d.r.fail(errTwice)
		}
		seen[from] = true
		d.effect(chain.Effect{
			Kind: chain.Move, Asset: symbol, Amount: decimal(d.r.uint()), From: from, To: fromInputs, Detail: "rewards that join what the inputs hold",
		})
	}
}

// mint reads {policy: {asset: amount}}, where a negative amount burns.
func (d *describer) mint() {
	d.assets(func(asset string) {
		n, negative := d.r.signed()
		e := chain.Effect{Kind: chain.Deploy, Asset: asset, Amount: decimal(n), To: fromInputs, Detail: "mints"}
		if negative {
			e = chain.Effect{Kind: chain.Destroy, Asset: asset, Amount: decimal(n), From: fromInputs, Detail: "burns"}
		}
		d.effect(e)
	})
}

// assets reads {policy: {asset name: …}} and names each as policy.name in hex.
func (d *describer) assets(each func(asset string)) {
	var seen keys
	for policies := d.r.mapping(); policies.more(); {
		policy := d.r.fixed(hashSize)
		if d.r.err != nil || !seen.add(policy) {
			d.r.fail(errTwice)
			return
		}
		for names := d.r.mapping(); names.more(); {
			name := d.r.bytes()
			if len(name) > 32 {
				d.r.fail(errNumber)
			}
			if d.r.err != nil {
				return
			}
			asset := hex.EncodeToString(policy) + "." + hex.EncodeToString(name)
			if !seen.add([]byte(asset)) {
				d.r.fail(errTwice)
				return
			}
			each(asset)
		}
	}
}

// finish says what only the whole body tells.
func (d *describer) finish(redeemers bool) {
	in := d.in
	if d.inputs == 0 {
		d.warn("the transaction has no inputs, so the network will refuse it")
	}
	d.warn("what the inputs hold is not in the transaction: by the ledger's rule of balance all of it is in the outputs, the fee and the deposits")
	if d.dataHash != "" || redeemers {
		in.Effects = append(in.Effects, chain.Effect{Kind: chain.Opaque, Subject: d.dataHash, Detail: "runs scripts with arguments of unknown meaning"})
	}
	if d.collateral {
		d.warn("the collateral is lost if a script fails")
		if !d.total {
			in.Effects = append(in.Effects, chain.Effect{
				Kind: chain.Move, Asset: symbol, Amount: "all", From: fromCollateral, To: "network", Detail: "collateral that is lost if a script fails",
			})
		}
	}
	if d.fee > d.paid/10 {
		d.warn("the fee is more than a tenth of what is paid")
	}
	in.Effects = append(in.Effects, chain.Effect{Kind: chain.Fee, Asset: symbol, Amount: decimal(d.fee), From: fromInputs})
	for i := range in.Effects {
		in.Effects[i].Until = d.until
	}
	in.Units = map[string]chain.Unit{symbol: {Symbol: symbol, Decimals: 6}}
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

// rational reads a fraction.
func (r *reader) rational() string {
	r.tag(tagRational)
	l := r.array()
	top, bottom := l.next().uint(), l.next().uint()
	l.end()
	if bottom == 0 {
		r.fail(errNumber)
		return ""
	}
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(top), new(big.Int).SetUint64(bottom)).String()
}
