package bitcoin

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
	"strongroom/internal/fault"
)

// Unspendable stands for the receiver of what a data output burns.
const Unspendable = "(data output, unspendable)"

const (
	all           = "all"
	tokenPrefix   = 0xef // of a script that holds tokens (CHIP-2022-02)
	maxSubject    = 520  // bytes of a script that are shown
	maxDetailText = 80   // characters of a text that a caller chose
	maxFrom       = 3    // addresses in From
)

// intent describes the order.
func (o *order) intent(tasks []chain.Task) (*chain.Intent, error) {
	in := &chain.Intent{
		Chain: o.c.network.ID, Form: o.form, Tasks: tasks, Finish: o.finish,
		Encoding: chain.Hex,
		Units:    o.c.units(),
	}
	if o.form == FormPSBT {
		in.Encoding = chain.Base64
	}
	d := description{order: o, in: in}
	d.labels()
	in.Effects = make([]chain.Effect, 0, len(o.packet.tx.TxOut)+2)
	for i := range o.packet.tx.TxOut {
		d.output(i)
	}
	for n := range o.jobs {
		d.loose(&o.jobs[n])
	}
	if err := d.fee(); err != nil {
		return nil, err
	}
	d.facts()
	return in, nil
}

// units says how the native asset is counted.
func (c *Chain) units() map[string]chain.Unit {
	return map[string]chain.Unit{c.network.Symbol: {Symbol: c.network.Symbol, Decimals: c.network.Decimals}}
}

// description collects what is said of an order.
type description struct {
	order *order
	in    *chain.Intent
	from  string   // the addresses that are signed for
	one   bool     // they are one, because all inputs that are signed spend the same script
	spent []string // what each input spends
	moved int64    // sum of the outputs that are not change
}

func (d *description) warn(text string) { d.in.Warnings = append(d.in.Warnings, text) }

// labels names what the inputs spend, and the addresses that are signed for.
func (d *description) labels() {
	o := d.order
	d.spent = make([]string, len(o.spends))
	var from []string
	var script []byte
	more := 0
	d.one = true
	for i := range o.spends {
		s := &o.spends[i]
		if i > 0 && bytes.Equal(s.script, o.spends[i-1].script) {
			d.spent[i] = d.spent[i-1]
		} else if s.known {
			d.spent[i] = o.c.label(s.script)
		}
		if s.known && s.script == nil { // only beside amounts, before there is a key
			d.spent[i] = unnamed
		}
		if s.signed {
			d.one = d.one && (script == nil || bytes.Equal(script, s.script))
			script = s.script
		}
		if !s.signed || slices.Contains(from, d.spent[i]) {
			continue
		}
		if len(from) == maxFrom {
			more++ // perhaps one that was counted before
			continue
		}
		from = append(from, d.spent[i])
	}
	d.from = strings.Join(from, ", ")
	if more > 0 {
		d.from += " and others"
	}
}

// label is the address of a script, or what stands for one.
func (c *Chain) label(script []byte) string {
	kind, program := c.kindOf(script)
	if text := c.addressText(kind, script, program); text != "" {
		return text
	}
	if kind == p2pk {
		return "(public key " + hex.EncodeToString(program) + ")"
	}
	return "(script of " + strconv.Itoa(len(script)) + " bytes)"
}

// output describes where an amount goes.
func (d *description) output(i int) {
	o := d.order
	out := o.packet.tx.TxOut[i]
	e := chain.Effect{Kind: chain.Move, Asset: o.c.network.Symbol, Amount: decimal(out.Value), From: d.from}
	kind, program := o.c.kindOf(out.PkScript)
	if kind == dataOutput {
		d.data(i, e, program)
		return
	}
	switch kind {
	case unknownScript, witnessProgram:
		e.Kind, e.Subject = chain.Opaque, scriptText(out.PkScript)
		e.To = o.c.addressText(kind, out.PkScript, program)
		switch {
		case kind == witnessProgram:
			e.Detail = "witness program of an unknown kind: anybody may be able to spend it"
		case o.c.params.ForkID && len(out.PkScript) > 0 && out.PkScript[0] == tokenPrefix:
			e.Detail = "tokens (CashTokens) go with this output"
		default:
			e.Detail = "script that is not understood"
		}
		d.moved += out.Value
	default:
		at := o.same(out.PkScript)
		if at >= 0 {
			e.To = d.spent[at]
		} else if e.To = o.c.addressText(kind, out.PkScript, program); e.To == "" {
			e.To = o.c.label(out.PkScript)
		}
		// A script that others can spend from too takes back only what it gave.
		if at >= 0 && o.spends[at].signed && d.one || o.owned(kind, program) {
			e.Detail = "change"
		} else {
			d.moved += out.Value
		}
		d.suspect(i, kind, program, e.To)
	}
	if !o.bound(i) {
		e.Detail = join(e.Detail, "not signed: others may change it")
	}
	d.in.Effects = append(d.in.Effects, e)
}

// same is the number of an input that spends an output of the same script, preferably
// one that is signed here; -1 if there is none.
func (o *order) same(script []byte) int {
	found := -1
	for i := range o.spends {
		if s := &o.spends[i]; s.known && bytes.Equal(s.script, script) {
			if found = i; s.signed {
				break
			}
		}
	}
	return found
}

// owned reports whether a key that signs can spend such an output alone.
func (o *order) owned(kind scriptKind, program []byte) bool {
	for n := range o.keys {
		if k := &o.keys[n]; k.signs && k.owns(kind, program, o.c.params.HRP != "") {
			return true
		}
	}
	return false
}

// bound reports whether a signature commits to output i.
func (o *order) bound(i int) bool {
	for n := range o.jobs {
		j := &o.jobs[n]
		if base := j.hash.base(); base == sighashAll || base == sighashSingle && j.input == i {
			return true
		}
	}
	return false
}

// data describes an output that nobody can spend.
func (d *description) data(i int, e chain.Effect, program []byte) {
	o := d.order
	out := o.packet.tx.TxOut[i]
	if out.Value > 0 {
		burn := e
		burn.To, burn.Detail = Unspendable, "burned"
		if !o.bound(i) {
			burn.Detail = join(burn.Detail, "not signed: others may change it")
		}
		d.in.Effects = append(d.in.Effects, burn)
		d.moved += out.Value
	}
	said := chain.Effect{Kind: chain.Opaque, From: d.from, Subject: scriptText(out.PkScript), Detail: "data that other protocols may act on"}
	if text, ok := plainText(program); ok && text == "" {
		said.Kind, said.Subject, said.Detail = chain.Message, "data output", "empty"
	} else if ok {
		said.Detail += ": " + quote(text)
	}
	if !o.bound(i) {
		said.Detail = join(said.Detail, "not signed: others may change it")
	}
	d.in.Effects = append(d.in.Effects, said)
}

// plainText is the data behind OP_RETURN if it is one push, or none, of readable text.
func plainText(program []byte) (string, bool) {
	if len(program) == 0 {
		return "", true
	}
	r := reader{rest: program}
	var data []byte
	switch n := r.take(1)[0]; {
	case n < 0x4c:
		data = r.take(int(n))
	case n == 0x4c:
		if size := r.take(1); size != nil {
			data = r.take(int(size[0]))
		}
	default:
		return "", false
	}
	if r.bad || len(r.rest) > 0 || !legible.Line(string(data)) {
		return "", false
	}
	return string(data), true
}

// loose describes a signature that leaves parts of the transaction to others.
func (d *description) loose(j *job) {
	if j.hash.everything() {
		return
	}
	s := &d.order.spends[j.input]
	e := chain.Effect{
		Kind: chain.Opaque, Asset: d.order.c.network.Symbol, Amount: decimal(s.amount), From: d.spent[j.input],
		Subject: "input " + strconv.Itoa(j.input) + ": " + j.hash.String(),
	}
	switch j.hash.base() {
	case sighashNone:
		e.Detail = "signs no output: whoever completes the transaction decides where the amount goes"
	case sighashSingle:
		e.Detail = "signs output " + strconv.Itoa(j.input) + " alone: whoever completes the transaction decides about the others"
	}
	if j.hash.anyoneCanPay() {
		e.Detail = join(e.Detail, "others may add and remove inputs")
	}
	d.in.Effects = append(d.in.Effects, e)
	d.warn("Input " + strconv.Itoa(j.input) + " is signed with " + j.hash.String() + ": " + e.Detail + ".")
}

// fee adds the fee, and refuses outputs above the inputs.
func (d *description) fee() error {
	o := d.order
	e := chain.Effect{Kind: chain.Fee, Asset: o.c.network.Symbol, From: d.from, Amount: all}
	fee, missing := o.stated()
	switch {
	case missing >= 0:
		e.Detail = "unknown: nothing says what input " + strconv.Itoa(missing) + " spends"
	case fee < 0:
		return fault.InvalidPayload.New("the outputs are %d above the inputs", -fee)
	default:
		d.judge(fee)
		if doubt := o.doubt(); doubt != "" {
			e.Detail = decimal(fee) + " as it is stated, but " + doubt
		} else {
			e.Amount = decimal(fee)
		}
	}
	d.in.Effects = append(d.in.Effects, e)
	d.unproved()
	return nil
}

// stated is inputs less outputs. missing is an input of unknown amount, or -1.
func (o *order) stated() (fee int64, missing int) {
	for i := range o.spends {
		if !o.spends[i].known {
			return 0, i
		}
		fee += o.spends[i].amount
	}
	for _, out := range o.packet.tx.TxOut {
		fee -= out.Value
	}
	return fee, -1
}

// doubt says why the fee can be another than the stated one, "" if it cannot. The
// package comment has the rules. What counts is not one request but all signatures that
// somebody may have collected by several: none of them may be valid in a transaction
// whose amounts are others than this payload states.
func (o *order) doubt() string {
	for n := range o.jobs {
		if !o.jobs[n].hash.everything() {
			return "others may change the transaction"
		}
	}
	open := o.open()
	if len(open) == 0 || o.anchored() {
		return ""
	}
	for n := range o.jobs {
		switch j := &o.jobs[n]; {
		case j.digest == taprootDigest: // valid with all of these amounts and scripts only
		case j.digest != legacyDigest && len(open) == 1 && open[0] == j.input: // valid with its own only
		default:
			return "nothing proves the amounts of " + numbers(open)
		}
	}
	return ""
}

// anchored reports whether an input is proved to be one that only a signature of BIP-341
// of ours spends, so that the transaction is not valid without one. What is only stated
// can in truth be somebody else's, and a tree of scripts is another way to spend.
func (o *order) anchored() bool {
	for n := range o.jobs {
		j := &o.jobs[n]
		if j.digest == taprootDigest && j.by != nil && j.root == nil && o.spends[j.input].proved {
			return true
		}
	}
	return false
}

// open lists the inputs without a previous transaction.
func (o *order) open() (open []int) {
	for i := range o.spends {
		if !o.spends[i].proved {
			open = append(open, i)
		}
	}
	return open
}

// numbers is "input 3" or "inputs 1, 2, 5 and more".
func numbers(list []int) string {
	const shown = 8
	text := "input "
	if len(list) > 1 {
		text = "inputs "
	}
	for n, i := range list {
		if n == shown {
			return text + " and more"
		}
		if n > 0 {
			text += ", "
		}
		text += strconv.Itoa(i)
	}
	return text
}

// scriptText is a script in hex, cut where it is too long to read.
func scriptText(script []byte) string {
	if len(script) > maxSubject {
		return hex.EncodeToString(script[:maxSubject]) + "… (" + strconv.Itoa(len(script)) + " bytes)"
	}
	return hex.EncodeToString(script)
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// quote makes a text of a caller's choice harmless to print, and short.
func quote(text string) string {
	if utf8.RuneCountInString(text) <= maxDetailText {
		return strconv.Quote(text)
	}
	return strconv.Quote(string([]rune(text)[:maxDetailText])) + " (cut)"
}

func decimal(v int64) string { return strconv.FormatInt(v, 10) }
