// Package chain is the interface between the gate and one blockchain family.
//
// A chain turns an unsigned payload into an [Intent]: what signing it would do
// (effects), which exact bytes each key must sign (tasks), and how the
// signatures become the finished result. Chains are pure: no I/O, no clock, no
// randomness, no keys. They are strict: a payload that is not in the one
// canonical encoding is refused; an API whose peer was lenient normalises before
// it calls (for Algorand: algorand.Canonicalize).
//
// chain/all is the one readable list of every chain.
package chain

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"strongroom/internal/curve"
)

// Request is what a caller wants signed, as plain data.
type Request struct {
	Form    string            // which kind of payload; each chain documents its forms ("transaction", "program", ...)
	Payload []byte            // the unsigned payload in the chain's canonical encoding
	Signer  curve.PublicKey   // the key to sign with; zero lets the chain name it from the payload
	Signers []curve.PublicKey // further keys that may sign, for payloads that need several and do not name them (inputs of Bitcoin)
	Context []byte            // further chain data that the form needs (Algorand: the multisig it is part of); documented by the chain
}

// Chain is one blockchain, or one of its networks where the networks spell or sign
// differently. The extras of a chain are the optional interfaces in extras.go, and its
// names and paths are in the registry (chain/all).
type Chain interface {
	// ID is its stable lower-case name: "algorand", "ethereum", "ethereum-testnet".
	ID() string
	// Algorithm is the algorithm of the keys that it makes. Address tells which other
	// keys own addresses here.
	Algorithm() curve.Algorithm
	// Address is the text form of the address that key owns.
	Address(key curve.PublicKey) (string, error)
	// Decode understands a request. Errors are fault.InvalidPayload, or a more
	// exact kind where a caller must branch. What it cannot fully understand it
	// reports as an [Opaque] effect, never by leaving it out.
	Decode(req Request) (*Intent, error)
}

// Intent is a decoded request. Decisions rest on Effects alone; what is said "for
// people" explains them.
type Intent struct {
	Chain   string
	Form    string
	Effects []Effect // never empty
	Tasks   []Task   // never empty; in the order in which Finish wants the signatures

	Encoding Encoding          // how the result is usually written where text is wanted
	Facts    []Fact            // for people: what else the payload says, in its order (nonce, gas limit, memo)
	Warnings []string          // for people: what a careful reader would stop at, one sentence each
	Units    map[string]Unit   // for people: how the assets named in Effects are counted
	Names    map[string]string // for people: what is known of addresses named in Effects

	// Finish assembles the result from one signature per task. It is pure.
	Finish func(signatures [][]byte) ([]byte, error)
}

// Fact is one thing that a payload says besides its effects.
type Fact struct{ Name, Value string }

// Unit is how people count an asset.
type Unit struct {
	Symbol   string // "USDC"
	Decimals int    // digits behind the point of one whole unit
}

// Encoding is how a result is written as text. The zero value is bytes that have
// no usual text form.
type Encoding uint8

// The encodings.
const (
	Binary   Encoding = iota // as it is
	Hex                      // lower-case digits
	Hex0x                    // lower-case digits behind 0x
	HexUpper                 // upper-case digits
	Base64                   // standard alphabet, padded
	Text                     // it is text already (JSON)
)

// Encode writes a result as text; Binary and Text give the bytes unchanged.
func (e Encoding) Encode(result []byte) string {
	switch e {
	case Hex:
		return hex.EncodeToString(result)
	case Hex0x:
		return "0x" + hex.EncodeToString(result)
	case HexUpper:
		return strings.ToUpper(hex.EncodeToString(result))
	case Base64:
		return base64.StdEncoding.EncodeToString(result)
	}
	return string(result)
}

// Task is one signature to make.
type Task struct {
	Key     curve.PublicKey
	Usage   uint8 // which use of the key pair, where a protocol tells uses apart; 0 otherwise
	Scheme  curve.Scheme
	Message []byte // the exact bytes that the scheme signs, domain prefix included
}

// EffectKind classifies what a signature would do. The zero value is Opaque:
// what nobody classified is not understood.
type EffectKind uint8

// The one vocabulary for all chains.
const (
	Opaque    EffectKind = iota // not (fully) understood
	Move                        // moves an amount of an asset from one account to another
	Close                       // ends a holding: whatever is left of it goes to somebody
	Seize                       // moves somebody else's holding by an authority over the asset
	Allow                       // lets a spender draw up to a limit later
	Authority                   // changes who may act for an account or asset (rekey, asset managers, signer lists)
	Deploy                      // creates or replaces code or an asset
	Call                        // calls a contract or program
	Restrict                    // freezes or unfreezes somebody's holdings
	Register                    // takes part in (or leaves) consensus, staking or voting
	Destroy                     // deletes code, an asset or an account
	Message                     // signs a statement that moves nothing by itself
	Fee                         // pays the network
)

var effectNames = [...]string{"opaque", "move", "close", "seize", "allow", "authority", "deploy", "call", "restrict", "register", "destroy", "message", "fee"}

// String is the name used in rules, the journal and our own API.
func (k EffectKind) String() string {
	if int(k) < len(effectNames) {
		return effectNames[k]
	}
	return effectNames[Opaque]
}

// ParseEffectKind is the inverse of [EffectKind.String].
func ParseEffectKind(name string) (EffectKind, bool) {
	for k, n := range effectNames {
		if n == name {
			return EffectKind(k), true
		}
	}
	return Opaque, false
}

// EffectKinds lists all kinds in order.
func EffectKinds() []EffectKind {
	all := make([]EffectKind, len(effectNames))
	for k := range all {
		all[k] = EffectKind(k)
	}
	return all
}

// Effect is one thing that a signature would do. Unused fields are empty.
type Effect struct {
	Kind    EffectKind `json:"-"`
	Asset   string     `json:"asset,omitempty"`   // "ALGO", "asset 31566704"
	Amount  string     `json:"amount,omitempty"`  // decimal, in the asset's smallest unit; "all" where everything left moves
	From    string     `json:"from,omitempty"`    // address that loses, or whose authority changes
	To      string     `json:"to,omitempty"`      // address that gains: receiver, spender, new authority, contract
	Subject string     `json:"subject,omitempty"` // what is acted on: application id, asset id, field name
	Detail  string     `json:"detail,omitempty"`  // one short phrase for people: "close-out", "clawback", "rekey"
	Until   string     `json:"until,omitempty"`   // how long it stays valid, in the chain's terms
}
