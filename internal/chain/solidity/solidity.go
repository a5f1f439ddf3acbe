package solidity

import (
	"encoding/hex"
	"math/big"
	"strings"

	"strongroom/internal/chain"
)

// Bounds of what is read. What is beyond them is Opaque.
const (
	maxDepth = 4    // of calls within calls
	maxCalls = 100  // inner calls in all
	maxItems = 1000 // entries of all other lists: NFTs of a batch, keys, allowances
)

// Caller is how a family of chains spells what effects name. All fields but Prefix
// are needed.
type Caller struct {
	Address func([20]byte) string // the text of an account or contract
	Native  string                // symbol of the native asset: "ETH"
	Token   func([20]byte) string // the asset text of a token, from its contract: "erc20 0x…"
	Prefix  byte                  // may stand before the 20 bytes of an address in its word: 0x41 on TRON
}

// Call is a call of a contract.
type Call struct {
	From     [20]byte // who calls
	To       [20]byte // the contract
	HasFrom  bool     // whether From is known; effects name nobody where it is not
	Value    *big.Int // native asset that is sent along, in its smallest unit; nil is nothing
	Data     []byte   // selector and arguments
	Delegate bool     // the code of To runs with the rights of From (delegatecall)
}

// Meaning is what a call does. Of the maps those without entries are nil.
type Meaning struct {
	Effects  []chain.Effect
	Warnings []string
	Names    map[string]string     // well-known contracts among those that effects name, by address
	Units    map[string]chain.Unit // how assets are counted, where the call tells
	Facts    []chain.Fact          // the function and the arguments that effects do not show
}

// Read says what a call does besides moving its Value. Empty data gives nothing,
// and any other data at least one effect. Nothing in the result shares memory with
// the call.
func (c Caller) Read(call Call) Meaning {
	r := reading{caller: c, calls: maxCalls, items: maxItems}
	if len(call.Data) > 0 || call.Delegate {
		r.call(frame{from: call.From, to: call.To, known: call.HasFrom, value: call.Value, delegate: call.Delegate}, call.Data)
	}
	return r.Meaning
}

// reading collects the meaning of a call and of those within it.
type reading struct {
	Meaning
	caller Caller
	calls  int // inner calls that may still be read
	items  int // entries of lists that may still be read
	cache  [2]named
}

// named is an address with its text: most calls name the same two again and again.
type named struct {
	address [20]byte
	text    string
}

// frame is one call while it is read.
type frame struct {
	from, to [20]byte
	known    bool // whether from is known
	value    *big.Int
	delegate bool
	depth    int

	selector  uint32
	signature string // of the known function
}

// call reads one call, known or not. data may be empty.
func (r *reading) call(f frame, data []byte) {
	if len(data) < 4 {
		if f.delegate {
			r.delegated(f)
		}
		if len(data) > 0 {
			r.opaque(f, "0x"+hex.EncodeToString(data), "call data without a selector")
		}
		return
	}
	f.selector = uint32(data[0])<<24 | uint32(data[1])<<16 | uint32(data[2])<<8 | uint32(data[3])
	signature, read := lookup(f.selector)
	if f.delegate && !isLibrary(f.to, f.selector) {
		r.delegated(f)
	}
	if read == nil {
		r.opaque(f, selectorText(f.selector), "a call whose meaning is not known")
		return
	}
	f.signature = signature
	r.fact(f, "function", signature)
	arguments, ok := decoder{r.caller.Prefix}.decode(signature, data[4:])
	if !ok {
		r.opaque(f, selectorText(f.selector), notCanonical)
		return
	}
	read(r, f, arguments)
}

// delegated says what a call whose code runs with the rights of the caller may do:
// anything. It is not said of libraries whose code is known.
func (r *reading) delegated(f frame) {
	code := r.name(f.to)
	r.add(chain.Effect{
		Kind: chain.Authority, From: r.from(f), To: code, Subject: "code",
		Detail: "delegatecall: the code runs with all rights of the account",
	})
	r.warn("A delegatecall gives all rights of the account to the code of " + code + ".")
}

const notCanonical = "call data not in canonical form"

// opaque says that a call is not understood.
func (r *reading) opaque(f frame, subject, detail string) {
	r.add(chain.Effect{Kind: chain.Opaque, From: r.from(f), To: r.name(f.to), Subject: subject, Detail: detail})
}

func (r *reading) add(e chain.Effect) { r.Effects = append(r.Effects, e) }

// warn adds a warning once.
func (r *reading) warn(text string) {
	for _, w := range r.Warnings {
		if w == text {
			return
		}
	}
	r.Warnings = append(r.Warnings, text)
}

// fact adds a fact of a call; those within others are marked.
func (r *reading) fact(f frame, name, value string) {
	if f.depth > 0 {
		name = "inner " + name
	}
	r.Facts = append(r.Facts, chain.Fact{Name: name, Value: value})
}

// from is the text of who calls, "" if nobody knows.
func (r *reading) from(f frame) string {
	if !f.known {
		return ""
	}
	return r.name(f.from)
}

// name is the text of an address. Well-known contracts are added to Names.
func (r *reading) name(address [20]byte) string {
	for i := range r.cache {
		if r.cache[i].text != "" && r.cache[i].address == address {
			return r.cache[i].text
		}
	}
	text := r.caller.Address(address)
	r.cache[0], r.cache[1] = r.cache[1], named{address, text}
	if known := wellKnown(address); known != "" {
		if r.Names == nil {
			r.Names = map[string]string{}
		}
		r.Names[text] = known
	}
	return text
}

// token is the asset text of the token whose contract has that address.
func (r *reading) token(address [20]byte) string { return r.caller.Token(address) }

// isCaller reports whether an address is known to be the one that calls.
func (f frame) isCaller(address [20]byte) bool { return f.known && f.from == address }

// name is the name of the function, without its arguments.
func (f frame) name() string {
	name, _, _ := strings.Cut(f.signature, "(")
	return name
}

// selectorText is the selector as effects name it.
func selectorText(selector uint32) string {
	return "0x" + hex.EncodeToString([]byte{byte(selector >> 24), byte(selector >> 16), byte(selector >> 8), byte(selector)})
}
