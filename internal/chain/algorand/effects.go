package algorand

import (
	"encoding/base64"
	"strconv"
	"strings"

	"strongroom/internal/chain"
)

// assetAlgo is the network's own asset; its amounts are in microalgos.
const assetAlgo = "ALGO"

// everything is the amount of a Close.
const everything = "all"

// Genesis hashes of the public networks.
const (
	genesisMainnet = "\xc0\x61\xc4\xd8\xfc\x1d\xbd\xde\xd2\xd7\x60\x4b\xe4\x56\x8e\x3f\x6d\x04\x19\x87\xac\x37\xbd\xe4\xb6\x20\xb5\xab\x39\x24\x8a\xdf"
	genesisTestnet = "\x48\x63\xb5\x18\xa4\xb3\xc8\x4e\xc8\x10\xf2\x2d\x4f\x10\x81\xcb\x0f\x71\xf0\x59\xa7\xac\x20\xde\xc6\x2f\x7f\x70\xe5\x09\x3a\x22"
	genesisBetanet = "\x98\x58\x1a\xcc\x5f\xb6\xb9\x14\xb5\xb4\xc8\x8b\xf5\xdb\x23\xd3\x58\x49\x1b\x24\x84\x98\xf3\x76\xf0\x1f\xd3\x8e\x3b\xe9\x55\x6d"
)

// effects is what a transaction does, the fee last. It is never empty.
func (t *transaction) effects() []chain.Effect {
	d := description{t: t, sender: t.address(fieldSender), list: make([]chain.Effect, 0, 3)}
	d.from = d.sender.String()
	d.until = "round " + decimal(t.uint(fieldLastValid))

	typ := string(t.bytes(fieldType))
	switch typ {
	case typePayment:
		d.payment()
	case typeKeyReg:
		d.keyRegistration()
	case typeAssetConf:
		d.assetConfiguration()
	case typeAssetMove:
		d.assetTransfer()
	case typeAssetHold:
		d.assetFreeze()
	case typeAppCall:
		d.applicationCall()
	case typeStateProof:
		d.opaque(typeStateProof, "state proof, which only nodes make")
	case typeHeartbeat:
		d.heartbeat()
	default:
		d.opaque("type", "unknown transaction type "+strconv.Quote(typ))
	}
	for f := range fieldCount {
		if m := &transactionFields[f]; t.has(f) && m.owner != "" && m.owner != typ {
			d.opaque(m.name, "field of another transaction type")
		}
	}
	if t.has(fieldRekeyTo) {
		d.add(chain.Effect{Kind: chain.Authority, To: d.account(fieldRekeyTo), Subject: "spending key", Detail: "rekey"})
	}
	d.add(chain.Effect{Kind: chain.Fee, Asset: assetAlgo, Amount: decimal(t.uint(fieldFee)), Detail: t.network()})
	return d.list
}

// description collects the effects of one transaction.
type description struct {
	t      *transaction
	sender Address
	from   string // the sender's address
	until  string
	list   []chain.Effect
}

// add appends an effect; what it does not say otherwise happens to the sender.
func (d *description) add(e chain.Effect) {
	if e.From == "" {
		e.From = d.from
	}
	e.Until = d.until
	d.list = append(d.list, e)
}

func (d *description) opaque(subject, detail string) {
	d.add(chain.Effect{Kind: chain.Opaque, Subject: subject, Detail: detail})
}

// account is the text of an address field, the zero address where it is absent.
func (d *description) account(f fieldID) string { return d.text(d.t.address(f)) }

func (d *description) text(a Address) string {
	if a == d.sender {
		return d.from
	}
	return a.String()
}

func (d *description) payment() {
	to := d.t.address(fieldReceiver)
	d.add(chain.Effect{
		Kind: chain.Move, Asset: assetAlgo, Amount: decimal(d.t.uint(fieldAmount)),
		To: d.text(to), Detail: receiverNote(to),
	})
	if d.t.has(fieldCloseTo) {
		d.add(chain.Effect{
			Kind: chain.Close, Asset: assetAlgo, Amount: everything,
			To: d.account(fieldCloseTo), Detail: "close-out",
		})
	}
}

// receiverNote points out the one receiver that nobody can spend from.
func receiverNote(to Address) string {
	if to.IsZero() {
		return "to the zero address"
	}
	return ""
}

// network names where the transaction is valid, from the genesis hash: the
// genesis id is only a label.
func (t *transaction) network() string {
	hash := t.bytes(fieldGenesisHash)
	switch string(hash) {
	case "":
		return "any network"
	case genesisMainnet:
		return "mainnet"
	case genesisTestnet:
		return "testnet"
	case genesisBetanet:
		return "betanet"
	}
	return "network " + base64.StdEncoding.EncodeToString(hash)
}

// delegation is what signing a program means.
func delegation(account Address, program []byte) chain.Effect {
	return chain.Effect{
		Kind: chain.Opaque, From: account.String(), Subject: "program " + programAddress(program).String(),
		Detail: "delegated logic: whoever holds the signature may send from the account whatever the program approves",
	}
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

// phrases joins the parts of a detail that are not empty.
func phrases(parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "; ")
}
