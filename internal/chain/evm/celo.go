package evm

import (
	"math/big"

	"strongroom/internal/chain"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// The envelopes of Celo, by their type byte.
const (
	cip64 envelope = 0x7b // CIP-64: the fee in a token
	cip42 envelope = 0x7c // CIP-42: with a gateway's fee besides; ended
)

// celo is a transaction that pays its fee in a token: CIP-64, CIP-42, or the list of
// twelve members that came before both. The last has the envelope legacy.
type celo struct {
	envelope    envelope
	feeCurrency *address // nil: the native asset
	gateway     *address // who gets the gateway's fee; nil: nobody
	gatewayFee  *big.Int // in the fee's asset; nil or zero: none
}

// celoLegacyMembers is the number of members of the unsigned list from before CIP-42.
const celoLegacyMembers = 12

func (e *celo) name() string {
	switch e.envelope {
	case cip64:
		return "fee in a token (CIP-64)"
	case cip42:
		return "fee in a token (CIP-42, ended)"
	}
	return "Celo's own legacy form (ended)"
}

// parseCelo reads the transactions that only Celo has.
func (c Chain) parseCelo(payload []byte) (*transaction, error) {
	var t *transaction
	var err error
	switch first := payload[0]; {
	case envelope(first) == cip64 || envelope(first) == cip42:
		t, err = parseCIP(envelope(first), payload[1:])
	case first >= 0xc0 && rlp.Count(payload) == celoLegacyMembers:
		t, err = parseCeloLegacy(payload)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, inTransaction(err)
	}
	if gone := t.own.(*celo); gone.gateway == nil && gone.gatewayFee != nil && gone.gatewayFee.Sign() > 0 {
		return nil, fault.InvalidPayload.New("transaction: a gateway fee that nobody gets")
	}
	return t, c.checkChain(t.chainID)
}

// parseCeloLegacy reads the list of nine members and chain id, 0, 0.
func parseCeloLegacy(payload []byte) (*transaction, error) {
	r := rlp.ReadList(payload)
	e := &celo{envelope: legacy}
	t := &transaction{envelope: legacy, own: e}
	t.readStart(&r)
	e.readGateway(&r)
	t.readCall(&r)
	t.chainID = readChainID(&r)
	return t, r.End()
}

// readGateway reads the fee currency, the gateway and its fee.
func (e *celo) readGateway(r *rlp.Reader) {
	e.feeCurrency = r.Receiver()
	e.gateway = r.Receiver()
	e.gatewayFee = r.Number()
}

// parseCIP reads the list behind the type byte of CIP-64 or CIP-42.
func parseCIP(kind envelope, list []byte) (*transaction, error) {
	r := rlp.ReadList(list)
	e := &celo{envelope: kind}
	t := &transaction{envelope: kind, own: e}
	t.chainID = r.Uint64()
	t.nonce = r.Uint64()
	t.tip = r.Number()
	t.gasPrice = r.Number()
	t.gas = r.Uint64()
	if kind == cip42 {
		e.readGateway(&r)
	}
	t.readCall(&r)
	t.access = readAccess(&r)
	if kind == cip64 {
		e.feeCurrency = r.Receiver()
	}
	if r.More() {
		return nil, errSigned
	}
	return t, r.End()
}

func (e *celo) encode(t *transaction) []byte {
	content := e.appendMembers(nil, t)
	if e.envelope == legacy {
		content = append(rlp.AppendUint(content, t.chainID), 0x80, 0x80)
		return rlp.AppendList(nil, content)
	}
	return rlp.AppendList([]byte{byte(e.envelope)}, content)
}

// appendMembers appends the members that the signed form repeats.
func (e *celo) appendMembers(b []byte, t *transaction) []byte {
	if e.envelope != legacy {
		b = rlp.AppendUint(b, t.chainID)
	}
	b = rlp.AppendUint(b, t.nonce)
	if e.envelope != legacy {
		b = rlp.AppendNumber(b, t.tip)
	}
	b = rlp.AppendNumber(b, t.gasPrice)
	b = rlp.AppendUint(b, t.gas)
	if e.envelope != cip64 {
		b = rlp.AppendReceiver(b, e.feeCurrency)
		b = rlp.AppendReceiver(b, e.gateway)
		b = rlp.AppendNumber(b, e.gatewayFee)
	}
	b = t.appendCall(b)
	if e.envelope != legacy {
		b = appendAccess(b, t.access)
	}
	if e.envelope == cip64 {
		b = rlp.AppendReceiver(b, e.feeCurrency)
	}
	return b
}

func (e *celo) assemble(t *transaction, s signature) []byte {
	content := e.appendMembers(make([]byte, 0, len(t.preimage)+80), t)
	if e.envelope == legacy {
		return rlp.AppendList(nil, appendSignature(content, s.replayProtected(t.chainID), s))
	}
	return rlp.AppendList([]byte{byte(e.envelope)}, appendSignature(content, uint64(s.parity), s))
}

// asset is what the fee is paid in.
func (e *celo) asset(d *description) string {
	if e.feeCurrency == nil {
		return d.native()
	}
	return d.tokenAsset(*e.feeCurrency)
}

func (e *celo) payload(t *transaction, d *description) {
	d.payload(t)
	if e.gateway != nil {
		d.fact("gateway", d.text(*e.gateway))
	}
	if e.gatewayFee != nil && e.gatewayFee.Sign() > 0 {
		d.add(chain.Effect{Kind: chain.Move, Asset: e.asset(d), Amount: e.gatewayFee.String(), From: d.signer.Text,
			To: d.text(*e.gateway), Detail: "gateway fee"})
	}
	if e.envelope != cip64 {
		d.warn("Networks refuse this form of transaction since Celo became a layer 2 of Ethereum (2025-03-26).")
	}
}

func (e *celo) fee(t *transaction, d *description, amount *big.Int) {
	d.feeOf(t, e.asset(d), d.signer.Text, amount)
	if e.feeCurrency == nil {
		d.unit(d.native())
		d.tenth(t, amount)
		return
	}
	currency := d.text(*e.feeCurrency)
	d.fact("fee currency", currency)
	d.contractName(*e.feeCurrency, currency)
	if _, known := d.chain.tokens[contract{d.chainID, *e.feeCurrency}]; !known {
		d.warn("The fee is paid in a token that is not known here: " + currency + ".")
	}
	d.tenthOfToken(e.asset(d), amount)
}

// tenthOfToken warns of a fee that is high beside what moves of the same token.
func (d *description) tenthOfToken(asset string, fee *big.Int) {
	for i := range d.effects {
		e := &d.effects[i]
		if e.Kind != chain.Move || e.Asset != asset || e.From != d.signer.Text {
			continue
		}
		if amount, ok := new(big.Int).SetString(e.Amount, 10); ok && aboveTenth(fee, amount) {
			d.warn(feeAboveTenth)
		}
	}
}
