package stellar

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

// header reads what stands around the operations: when the transaction is valid, and
// what people should know.
func (d *description) header(e *envelope) {
	tx := &d.tx
	source := d.home
	if tx.SourceAccount.Med25519 != nil {
		source = muxedText(tx.SourceAccount)
	}
	d.fact("source", source)
	d.fact("sequence", decimal(int64(tx.SeqNum)))
	d.memo(tx.Memo)
	var bounds *xdr.TimeBounds
	switch tx.Cond.Type {
	case xdr.PreconditionTypePrecondTime:
		bounds = tx.Cond.TimeBounds
	case xdr.PreconditionTypePrecondV2:
		bounds = tx.Cond.V2.TimeBounds
		d.preconditions(tx.Cond.V2)
	}
	if bounds != nil {
		if bounds.MinTime != 0 {
			d.fact("not before", moment(uint64(bounds.MinTime)))
		}
		if bounds.MaxTime != 0 {
			if uint64(bounds.MaxTime) < uint64(bounds.MinTime) {
				d.fail("time bounds that end before they begin")
			}
			d.either(moment(uint64(bounds.MaxTime)))
		}
	}
	if tx.SeqNum < 0 {
		d.fail("a negative sequence number")
	}
	switch {
	case tx.SeqNum == 0:
		d.warn("a sequence number of 0 cannot run: this signature proves to somebody who you are (SEP-10)")
	case d.until == "":
		d.warn("the transaction does not expire: it stays valid until its sequence number is used")
	}
	if data := tx.Ext.SorobanData; data != nil {
		if data.ResourceFee < 0 {
			d.fail("a negative resource fee")
		}
		d.fact("resource fee", decimal(int64(data.ResourceFee)))
	}
	if e.xdr.Type == xdr.EnvelopeTypeEnvelopeTypeTxFeeBump {
		d.fact("fee bump", "the fee of the inner transaction, "+decimal(int64(tx.Fee))+", is not charged")
	}
}

// preconditions are those of CAP-21.
func (d *description) preconditions(p *xdr.PreconditionsV2) {
	if b := p.LedgerBounds; b != nil {
		if b.MinLedger != 0 {
			d.fact("not before ledger", decimal(int64(b.MinLedger)))
		}
		if b.MaxLedger != 0 {
			if b.MaxLedger < b.MinLedger {
				d.fail("ledger bounds that end before they begin")
			}
			d.either("ledger " + decimal(int64(b.MaxLedger)))
		}
	}
	if p.MinSeqNum != nil {
		d.fact("minimum sequence", decimal(int64(*p.MinSeqNum)))
		d.warn("the transaction does not wait for the one before it: it is valid from sequence number " + decimal(int64(*p.MinSeqNum)))
	}
	if p.MinSeqAge != 0 {
		d.fact("minimum sequence age", strconv.FormatUint(uint64(p.MinSeqAge), 10)+" s")
	}
	if p.MinSeqLedgerGap != 0 {
		d.fact("minimum ledger gap", decimal(int64(p.MinSeqLedgerGap)))
	}
	for _, key := range p.ExtraSigners {
		text, kind := signerText(key)
		d.fact("extra signer", text+" ("+kind+")")
		d.warn("besides the account's signers, the transaction needs the signature of " + text)
	}
}

// either adds to until: whichever bound comes first ends the transaction.
func (d *description) either(bound string) {
	if d.until != "" {
		bound = d.until + " or " + bound
	}
	d.until = bound
}

func (d *description) memo(m xdr.Memo) {
	switch m.Type {
	case xdr.MemoTypeMemoText:
		d.fact("memo", quoted(*m.Text))
	case xdr.MemoTypeMemoId:
		d.fact("memo id", strconv.FormatUint(uint64(*m.Id), 10))
	case xdr.MemoTypeMemoHash:
		d.fact("memo hash", hex.EncodeToString(m.Hash[:]))
	case xdr.MemoTypeMemoReturn:
		d.fact("memo return", hex.EncodeToString(m.RetHash[:]))
	}
}

// fee is the last effect: the network charges the payer at most that, whatever the
// operations do.
func (d *description) fee(e *envelope) {
	fee := e.fee()
	if fee < 0 {
		d.fail("a negative fee")
	}
	payer := d.home
	if e.xdr.Type == xdr.EnvelopeTypeEnvelopeTypeTxFeeBump {
		payer = ownerText(e.payer())
	}
	d.add(chain.Effect{Kind: chain.Fee, Asset: d.chain.network.Symbol, Amount: decimal(fee), From: payer, Detail: "at most"})
	if d.moved > 0 && fee > d.moved/tenth {
		d.warn("the fee may be more than a tenth of what is paid")
	}
}

// signatures says what has been signed already.
func (d *description) signatures(e *envelope, signer curve.PublicKey) {
	given := e.given()
	if e.xdr.Type == xdr.EnvelopeTypeEnvelopeTypeTxFeeBump {
		d.fact("signatures of the inner transaction", strconv.Itoa(len(e.xdr.FeeBump.Tx.InnerTx.V1.Signatures)))
	}
	if len(given) == 0 {
		return
	}
	if len(given) >= maxSignatures {
		d.fail("no room for another signature")
	}
	d.fact("signatures", strconv.Itoa(len(given)))
	public := signer.Bytes()
	for i := range given {
		if bytes.Equal(given[i].Hint[:], public[len(public)-4:]) {
			d.warn("a signature that looks like this key's is already there")
		}
	}
}

// moment is a time in UTC. Times beyond the year 9999 have no usual text.
func moment(seconds uint64) string {
	const year9999 = 253402300799
	if seconds > year9999 {
		return "second " + strconv.FormatUint(seconds, 10)
	}
	return time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339)
}
