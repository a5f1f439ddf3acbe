package solana

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
)

const (
	maxSubject = 8   // bytes of unknown data that are shown: the discriminator of an Anchor program
	maxQuoted  = 160 // bytes of a text that a caller chose, in a Detail
)

// describe is what signing a message means. Its list of effects ends with the fee.
func describe(network *chain.Network, m *message) *description {
	d := &description{network: network, m: m, list: make([]chain.Effect, 0, len(m.instructions)+2)}
	d.texts = make([]string, m.static()+len(m.loaded))
	d.lifetime()
	for i := range m.instructions {
		d.instruction(&m.instructions[i])
	}
	d.fee()
	return d
}

// description collects what is said about one message.
type description struct {
	network *chain.Network
	m       *message
	texts   []string // of the accounts, as they are needed
	until   string
	budget  budget
	moved   uint64 // lamports in moves, as far as 64 bits go

	list     []chain.Effect
	facts    []chain.Fact
	warnings []string
	names    map[string]string
	units    map[string]chain.Unit
}

// lifetime says how long the transaction can be sent.
func (d *description) lifetime() {
	hash := base58Text(d.m.blockhash)
	if nonce := d.m.nonce(); nonce >= 0 {
		d.until = "durable nonce " + hash
		d.warn("durable nonce: the signed transaction does not expire, and can be sent at any time until the nonce is advanced")
	} else {
		d.until = "recent blockhash " + hash + ", about 150 blocks"
		if isZero(d.m.blockhash) {
			d.warn("the recent blockhash is empty, so no network takes the transaction")
		}
	}
	if d.m.versioned {
		d.fact("message version", "0")
	}
	for _, l := range d.m.lookups {
		d.fact("lookup table", base58Text(l.table)+": "+strconv.Itoa(len(l.writable)+len(l.readonly))+" accounts")
	}
	if d.m.required > 1 {
		for i := range d.m.required {
			d.fact("signer", d.text(i))
		}
	}
}

// text is the address of account i, or where it stands in a lookup table.
func (d *description) text(i int) string {
	if d.texts[i] == "" {
		if i < d.m.static() {
			d.texts[i] = base58Text(d.m.key(i))
		} else {
			e := d.m.loaded[i-d.m.static()]
			d.texts[i] = "table " + base58Text(e.table) + " entry " + strconv.Itoa(int(e.index))
		}
	}
	return d.texts[i]
}

func (d *description) add(e chain.Effect) {
	e.Until = d.until
	if (e.Kind == chain.Move || e.Kind == chain.Close) && (e.To == systemText || e.To == incineratorText) {
		d.warn("what goes to " + e.To + " is lost")
	}
	d.list = append(d.list, e)
}

func (d *description) fact(name, value string) {
	d.facts = append(d.facts, chain.Fact{Name: name, Value: value})
}

func (d *description) warn(text string) { d.warnings = append(d.warnings, text) }

// name says what is known of an address, the first time.
func (d *description) name(address, name string) {
	if name == "" {
		return
	}
	if d.names == nil {
		d.names = map[string]string{}
	}
	if d.names[address] == "" {
		d.names[address] = name
	}
}

// unit says how an asset is counted, the first time.
func (d *description) unit(asset string, u chain.Unit) {
	if d.units == nil {
		d.units = make(map[string]chain.Unit, 2)
	}
	if _, ok := d.units[asset]; !ok {
		d.units[asset] = u
	}
}

// sol is the native asset.
func (d *description) sol() string {
	d.unit(d.network.Symbol, chain.Unit{Symbol: d.network.Symbol, Decimals: d.network.Decimals})
	return d.network.Symbol
}

// call is the instruction that is being described.
type call struct {
	*description
	program  int
	accounts []byte
	data     reader
	short    bool // fewer accounts than the instruction has
	foreign  bool // an account from a lookup table was named
	nested   bool // inside a batch of the token program
	hooked   bool // there are accounts for a program that a token calls
}

// account is the text of the instruction's account n.
func (c *call) account(n int) string {
	if n >= len(c.accounts) {
		c.short = true
		return ""
	}
	i := int(c.accounts[n])
	c.foreign = c.foreign || i >= c.m.static()
	return c.text(i)
}

// is reports whether account n is in the message itself and has that key.
func (c *call) is(n int, key string) bool {
	return n < len(c.accounts) && int(c.accounts[n]) < c.m.static() && string(c.m.key(int(c.accounts[n]))) == key
}

// opaque says that the instruction is not, or not fully, understood. A program may act
// for those signers that it is given, and for no others.
func (c *call) opaque(data []byte, detail string) {
	to := c.text(c.program)
	for i := range c.m.required {
		if bytes.IndexByte(c.accounts, byte(i)) >= 0 {
			detail += "; may act for " + c.text(i)
		}
	}
	name := programName(to)
	c.name(to, name)
	if name == "" {
		name = "unknown program"
	}
	c.add(chain.Effect{
		Kind: chain.Opaque, To: to, Subject: hex.EncodeToString(data[:min(len(data), maxSubject)]), Detail: name + ": " + detail,
	})
}

// move is a move of lamports.
func (c *call) move(from, to string, lamports uint64, detail string) {
	if c.moved += lamports; c.moved < lamports {
		c.moved = 1<<64 - 1
	}
	c.add(chain.Effect{Kind: chain.Move, Asset: c.sol(), Amount: decimal(lamports), From: from, To: to, Detail: detail})
}

// close says that all lamports of an account go to another.
func (c *call) close(from, to, detail string) {
	c.add(chain.Effect{Kind: chain.Close, Asset: c.sol(), Amount: "all", From: from, To: to, Detail: detail})
}

// rent is what a payer deposits for a new or longer account, at most.
func (c *call) rent(payer, account string, bytes uint64, detail string) {
	const perByte = 6960 // lamports of two years, before the price was ever lowered
	lamports := uint64(1<<64 - 1)
	if bytes < lamports/perByte {
		lamports = bytes * perByte
	}
	c.move(payer, account, lamports, "rent, at most: "+detail)
}

// accountOverhead is what an account occupies besides its data, for rent.
const accountOverhead = 128

// authority says that somebody else may act for an account; "" is nobody.
func (c *call) authority(account, to, subject, detail string) {
	if to == "" {
		detail += ": given up for good"
	}
	c.add(chain.Effect{Kind: chain.Authority, From: account, To: to, Subject: subject, Detail: detail})
}

// plain is an instruction that moves nothing and gives nobody a right.
func (c *call) plain(account, detail string) {
	c.add(chain.Effect{Kind: chain.Call, To: c.text(c.program), Subject: account, Detail: detail})
}

// instruction describes one instruction.
func (d *description) instruction(in *instruction) {
	c := call{description: d, program: in.program, accounts: in.accounts, data: reader{b: in.data}}
	c.describe()
}

// describe adds the effects of the instruction.
func (c *call) describe() {
	data := c.data.b
	c.conclude(data, c.dispatch())
}

// conclude adds an opaque effect for everything about an instruction with that data
// that is not certain. What was understood before stays, so that damage hides no kind.
func (c *call) conclude(data []byte, understood bool) {
	switch {
	case !understood:
		c.opaque(data, "not decoded")
	case c.data.bad || c.short:
		c.opaque(data, "data or accounts that do not fit the instruction")
	case len(c.data.b) > 0:
		c.opaque(data, strconv.Itoa(len(c.data.b))+" bytes after the end of the data")
	}
	if c.hooked {
		c.opaque(data, "further accounts, with which a program of the token may be called")
	}
	if c.foreign {
		c.opaque(data, "uses accounts from a lookup table, which are not known here")
	}
}

// dispatch reports whether the program and the instruction are known.
func (c *call) dispatch() bool {
	switch string(c.m.key(c.program)) {
	case budgetProgram:
		c.budget.own++
		return c.computeBudget()
	case ed25519Program, secp256k1Program, secp256r1Program:
		return c.precompile()
	}
	c.budget.others++
	switch string(c.m.key(c.program)) {
	case systemProgram:
		return c.system()
	case tokenProgram:
		return c.token(false)
	case token2022Program:
		return c.token(true)
	case associatedProgram:
		return c.associated()
	case memo1Program, memoProgram:
		return c.memo()
	case stakeProgram:
		return c.stake()
	case voteProgram:
		return c.vote()
	case loaderProgram:
		return c.loader()
	case tableProgram:
		return c.lookupTable()
	}
	return false
}

// memo is a statement of those who sign it.
func (c *call) memo() bool {
	text := string(c.data.take(len(c.data.b)))
	if !printable(text) {
		return false
	}
	from := ""
	if len(c.accounts) > 0 {
		from = c.account(0)
	}
	c.add(chain.Effect{Kind: chain.Message, From: from, Subject: "memo", Detail: quoted(text)})
	c.fact("memo", oneLine(text))
	return true
}

// printable reports whether people see all of a text: no control characters but line
// feed and tab, nothing that has no width or turns the direction, and valid UTF-8.
func printable(text string) bool {
	return !strings.ContainsRune(text, '\r') && legible.Text([]byte(text))
}

// quoted is a text of a caller between quotation marks, cut where it is long.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return strconv.Quote(strings.ToValidUTF8(text[:maxQuoted], "")) + "..."
	}
	return strconv.Quote(text)
}

// oneLine is a printable text as it is, or quoted where it would take several lines.
func oneLine(text string) string {
	if strings.ContainsAny(text, "\n\t") {
		return strconv.Quote(text)
	}
	return text
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
