package antelope

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/codec/antelope"
)

const (
	maxEffects     = 256 // that are listed one by one
	maxDetailRunes = 80  // of a text that a caller chose
)

// effects is what a transaction does on the chain with this id, the bill for
// resources last. It is never empty.
func (t *SignedTransaction) effects(chainID [32]byte) []chain.Effect {
	d := description{list: make([]chain.Effect, 0, 4), system: systemPrefixes(chainID)}
	d.until = string(appendDate(nil, t.Expiration))
	for i := range t.ContextFreeActions {
		d.contextFree(&t.ContextFreeActions[i])
	}
	for i := range t.Actions {
		d.call(&t.Actions[i])
	}
	if len(t.Actions) == 0 {
		d.opaque(chain.Effect{Subject: "actions", Detail: "no actions: perhaps the transaction was written in a form that is not understood"})
	}
	if t.DelaySec > 0 {
		d.opaque(chain.Effect{Subject: "delay_sec", Detail: "runs " + decimal(uint64(t.DelaySec)) + " seconds later, when circumstances may be others"})
	}
	for i := range t.Extensions {
		d.opaque(chain.Effect{Subject: "transaction_extensions", Detail: "extension of type " + decimal(uint64(t.Extensions[i].Type))})
	}
	if len(t.ContextFreeData) > 0 && len(t.ContextFreeActions) == 0 {
		d.opaque(chain.Effect{Subject: "context_free_data", Detail: "data that no context-free action reads"})
	}
	d.bill(t, chainID)
	return d.list
}

// description collects the effects of one transaction.
type description struct {
	until  string
	system []string // prefixes of the chain's own accounts
	list   []chain.Effect
	more   [chain.Fee + 1]uint64 // effects beyond maxEffects, by kind

	action *Action // the action that is being described
	by     string  // its permissions: "alice@active"
}

// add appends an effect. Beyond the limit it is only counted, but its kind stays
// visible.
func (d *description) add(e chain.Effect) {
	e.Until = d.until
	if d.listed() {
		d.list = append(d.list, e)
		return
	}
	d.more[e.Kind]++
}

// listed reports whether the next effect is still listed.
func (d *description) listed() bool { return len(d.list) < maxEffects }

func (d *description) opaque(e chain.Effect) {
	e.Kind = chain.Opaque
	d.add(e)
}

// bill names who pays for resources, and the chain, and ends the list.
func (d *description) bill(t *SignedTransaction, chainID [32]byte) {
	for kind, n := range d.more {
		if n > 0 {
			d.list = append(d.list, chain.Effect{Kind: chain.EffectKind(kind), Detail: decimal(n) + " more of this kind", Until: d.until})
		}
	}
	fee := chain.Effect{Kind: chain.Fee, Asset: "resources", Until: d.until}
	for i := range t.Actions { // the first authorisation of all pays
		if a := t.Actions[i].Authorization; len(a) > 0 {
			fee.From = a[0].Actor.String()
			break
		}
	}
	cpu, net := "any cpu", "any net"
	if t.MaxCPUUsageMS > 0 {
		cpu = "at most " + decimal(uint64(t.MaxCPUUsageMS)) + " ms of cpu"
	}
	if t.MaxNetUsageWords > 0 {
		net = "at most " + decimal(uint64(t.MaxNetUsageWords)*8) + " bytes of net"
	}
	fee.Detail = cpu + ", " + net + ", on chain " + hex.EncodeToString(chainID[:])
	d.list = append(d.list, fee)
}

// begin makes a the action that is being described.
func (d *description) begin(a *Action) {
	d.action = a
	d.by = "nobody"
	if len(a.Authorization) > 0 {
		d.by = a.Authorization[0].String()
	}
}

// target is "eosio.token:transfer".
func (d *description) target() string {
	return d.action.Account.String() + ":" + d.action.Name.String()
}

// contextFree describes an action that can read no state, change none, and act
// for nobody: all it can do is fail. The network refuses one with permissions.
func (d *description) contextFree(a *Action) {
	d.begin(a)
	d.add(chain.Effect{Kind: chain.Call, To: a.Account.String(), Subject: d.target(), Detail: "context-free"})
	if len(a.Authorization) > 0 {
		d.opaque(chain.Effect{From: a.Authorization[0].Actor.String(), Subject: d.target(), Detail: "context-free action with permissions"})
	}
}

// call describes an action by the table of known actions, or as a plain call.
func (d *description) call(a *Action) {
	d.begin(a)
	k, ok := knownAction(a, d.system)
	if !ok {
		d.unknown()
		return
	}
	r := antelope.NewReader(a.Data)
	mark, more := len(d.list), d.more
	actor := k.describe(d, &r)
	if r.Err() != nil {
		// Nothing of what was read is certain. The kinds remain, so that a rule
		// against them holds.
		d.list, d.more = d.list[:mark], more
		for _, kind := range k.kinds {
			d.add(chain.Effect{Kind: kind, Subject: d.target(), Detail: "with data that is not understood; by " + d.by})
		}
		d.opaque(chain.Effect{To: a.Account.String(), Subject: d.target(), Detail: "data that does not fit the action"})
		d.lent(0)
		return
	}
	if r.Remaining() > 0 { // which the network ignores, today
		d.opaque(chain.Effect{To: a.Account.String(), Subject: d.target(), Detail: "bytes after the end of the action's data"})
	}
	d.lent(actor)
}

// unknown describes an action of which only the contract knows the meaning.
func (d *description) unknown() {
	a := d.action
	e := chain.Effect{Kind: chain.Call, To: a.Account.String(), Subject: d.target(), Detail: "by " + d.by}
	if len(a.Authorization) > 0 {
		e.From = a.Authorization[0].Actor.String()
	}
	d.add(e)
	if len(a.Data) > 0 {
		e.Detail = decimal(uint64(len(a.Data))) + " bytes of data that only the contract understands"
		d.opaque(e)
	}
	if len(a.Authorization) > 1 {
		d.lent(a.Authorization[0].Actor)
	}
}

// lent points out permissions that the action does not need: the contract, and
// those that it notifies, see them as given. actor is whose permission the
// action needs, 0 if that is not known.
func (d *description) lent(actor Name) {
	found := false
	for i, p := range d.action.Authorization {
		if !found && (p.Actor == actor || actor == 0 && i == 0) {
			found = true
			continue
		}
		d.opaque(chain.Effect{From: p.Actor.String(), To: d.action.Account.String(), Subject: "authorization", Detail: "also lends " + p.String()})
	}
	if !found {
		d.opaque(chain.Effect{From: actor.String(), To: d.action.Account.String(), Subject: "authorization", Detail: "without the permission that the action needs"})
	}
}

// detail joins what is known beyond the fields of an effect, the permission last.
func (d *description) detail(parts ...string) string {
	return strings.Join(append(parts, "by "+d.by), "; ")
}

// quote makes a text of a caller's choice harmless to print, and short.
func quote(text string) string {
	cut := text
	if utf8.RuneCountInString(text) > maxDetailRunes {
		cut = string([]rune(text)[:maxDetailRunes])
	}
	cut = strconv.Quote(cut)
	if len(text) > maxDetailRunes && utf8.RuneCountInString(text) > maxDetailRunes {
		cut += " (cut)"
	}
	return cut
}

func decimal(v uint64) string { return strconv.FormatUint(v, 10) }
