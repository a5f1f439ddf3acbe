package policy

import (
	"fmt"
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// Sign is the operation whose effects are judged. It is the gate's name for it.
const Sign = "sign"

// Question is one thing that a caller wants to do. Fields that do not apply are
// empty and are matched only by "*".
type Question struct {
	Listener  string
	Caller    string // what the caller proved to be, "" if nothing
	Operation string
	Wallet    string             // name
	WalletID  string             // 32 lower-case hex digits
	Keys      []string           // the text forms of the one key concerned: address, hex; a rule may name any of them
	Effects   []chain.EffectKind // signatures: everything it would do
}

// Decision is the answer. The zero value denies.
type Decision struct {
	Verdict Verdict
	Rule    string // the rule that settled it; of several that allow or ask together, the first. "" where none matched
	Reason  string // one short phrase for people; contains nothing of the question but its operation and effect
}

// Policy is a compiled set of rules. It never changes and may be used by any
// number of goroutines. The zero value and nil deny everything.
type Policy struct {
	operations map[string]*candidates
	namesKeys  bool
}

// candidates are the rules that speak about one operation.
type candidates struct {
	denies, allows, asks []*compiled

	unmatched string   // the reason where no rule allows
	uncovered []string // the same for each effect kind; only of the operation that signs
}

// New compiles rules. operations is the closed set of operations that a question
// may ask about; a pattern that matches none of them is an error, as is every
// other name that nothing answers to, because a misspelt rule is one that does
// not hold.
func New(rules []Rule, operations []string) (*Policy, error) {
	if len(rules) > MaxRules {
		return nil, fault.Invalid.New("%d rules; at most %d are accepted", len(rules), MaxRules)
	}
	p := &Policy{operations: make(map[string]*candidates, len(operations))}
	for _, op := range operations {
		cs := &candidates{unmatched: fmt.Sprintf("no rule allows %s", op)}
		if op == Sign {
			for _, k := range chain.EffectKinds() {
				cs.uncovered = append(cs.uncovered, fmt.Sprintf("no rule allows %s with the effect %s", op, k))
			}
		}
		p.operations[op] = cs
	}
	names := make(map[string]bool, len(rules))
	for i, r := range rules {
		if r.Name == "" {
			return nil, fault.Invalid.New("rule number %d has no name", i+1)
		}
		if names[r.Name] {
			return nil, fault.Invalid.New("two rules are named %q", r.Name)
		}
		names[r.Name] = true
		if err := p.add(r); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// add compiles one rule and hangs it under each operation that it speaks about.
func (p *Policy) add(r Rule) error {
	c, err := r.compile()
	if err != nil {
		return err
	}
	if _, err := r.list("operations", r.Operations); err != nil {
		return err
	}
	p.namesKeys = p.namesKeys || !c.keys.all
	for _, pattern := range r.Operations {
		known := false
		for op, cs := range p.operations {
			if !Match(pattern, op) {
				continue
			}
			known = true
			if cs.uncovered != nil && r.Verdict == Deny && c.effects == 0 {
				return r.emptyList("effects")
			}
			cs.include(c, r.Verdict)
		}
		if !known {
			return fault.Invalid.New("rule %q: unknown operation %q", r.Name, pattern)
		}
	}
	return nil
}

// include adds a rule unless another of its patterns already did.
func (cs *candidates) include(c *compiled, v Verdict) {
	list := &cs.denies
	switch v {
	case Allow:
		list = &cs.allows
	case Ask:
		list = &cs.asks
	}
	if !slices.Contains(*list, c) {
		*list = append(*list, c)
	}
}

// The reasons that do not depend on a rule.
const (
	reasonUnknownOperation = "the operation is not known"
	reasonNoEffects        = "nothing is known about what the signature would do"
	reasonUnknownEffect    = "the signature has an effect of an unknown kind"
)

// Decide answers a question. It allocates nothing.
func (p *Policy) Decide(q Question) Decision {
	if p == nil {
		return Decision{Reason: reasonUnknownOperation}
	}
	cs := p.operations[q.Operation]
	if cs == nil {
		return Decision{Reason: reasonUnknownOperation}
	}
	if cs.uncovered == nil {
		return cs.decide(&q)
	}
	var wanted effectSet
	for _, k := range q.Effects {
		if int(k) >= len(cs.uncovered) {
			return Decision{Reason: reasonUnknownEffect}
		}
		wanted |= 1 << k
	}
	if wanted == 0 {
		return Decision{Reason: reasonNoEffects}
	}
	return cs.decideEffects(&q, wanted)
}

// NamesKeys reports whether any rule tells keys apart. Where none does, a question needs
// no more than one name of a key.
func (p *Policy) NamesKeys() bool { return p != nil && p.namesKeys }

// DecideSome answers whether anything is left of an operation that goes through all
// wallets and leaves out those that [Policy.Decide] denies, each asked about by itself.
// The question names neither wallet nor key. It denies where no rule allows the
// operation for any wallet, and where one denies it for all. It asks where there may be
// wallets that are there only for who is asked: a rule asks, and none allows all.
func (p *Policy) DecideSome(q Question) Decision {
	if p == nil || p.operations[q.Operation] == nil {
		return Decision{Reason: reasonUnknownOperation}
	}
	cs := p.operations[q.Operation]
	if cs.uncovered != nil {
		return Decision{Reason: reasonNoEffects}
	}
	for _, c := range cs.denies {
		if c.match(&q) {
			return Decision{Rule: c.name, Reason: c.reason}
		}
	}
	decision := Decision{Reason: cs.unmatched}
	for _, c := range cs.allows {
		if !c.matchSome(&q) {
			continue
		}
		found := Decision{Verdict: Allow, Rule: c.name, Reason: c.reason}
		if c.wallets.either.all {
			return found
		}
		if decision.Verdict == Deny {
			decision = found
		}
	}
	for _, c := range cs.asks {
		if c.matchSome(&q) {
			return Decision{Verdict: Ask, Rule: c.name, Reason: c.reason}
		}
	}
	return decision
}

// decide settles an operation without effects.
func (cs *candidates) decide(q *Question) Decision {
	for _, c := range cs.denies {
		if c.match(q) {
			return Decision{Rule: c.name, Reason: c.reason}
		}
	}
	for _, c := range cs.allows {
		if c.match(q) {
			return Decision{Verdict: Allow, Rule: c.name, Reason: c.reason}
		}
	}
	for _, c := range cs.asks {
		if c.match(q) {
			return Decision{Verdict: Ask, Rule: c.name, Reason: c.reason}
		}
	}
	return Decision{Reason: cs.unmatched}
}

// decideEffects settles a signature with these effects.
func (cs *candidates) decideEffects(q *Question, wanted effectSet) Decision {
	for _, c := range cs.denies {
		if c.effects&wanted != 0 && c.match(q) {
			return Decision{Rule: c.name, Reason: c.reason}
		}
	}
	first, rest := cover(cs.allows, q, wanted)
	if rest == 0 {
		return Decision{Verdict: Allow, Rule: first.name, Reason: first.reason}
	}
	if first, wanted = cover(cs.asks, q, rest); wanted == 0 {
		return Decision{Verdict: Ask, Rule: first.name, Reason: first.reason}
	}
	for k := range cs.uncovered {
		if wanted&(1<<k) != 0 {
			return Decision{Reason: cs.uncovered[k]}
		}
	}
	return Decision{Reason: reasonUnknownEffect}
}

// cover takes from wanted what matching rules cover, and tells the first that did.
func cover(rules []*compiled, q *Question, wanted effectSet) (first *compiled, rest effectSet) {
	for _, c := range rules {
		if c.effects&wanted == 0 || !c.match(q) {
			continue
		}
		if first == nil {
			first = c
		}
		if wanted &^= c.effects; wanted == 0 {
			break
		}
	}
	return first, wanted
}

// match tests the conditions that all operations share.
func (c *compiled) match(q *Question) bool {
	return c.listeners.match(q.Listener) && c.callers.match(q.Caller) && c.wallets.match(q.Wallet, q.WalletID) && c.keys.matchAny(q.Keys)
}

// matchSome tests them for an operation on all wallets that may be seen.
func (c *compiled) matchSome(q *Question) bool {
	return c.listeners.match(q.Listener) && c.callers.match(q.Caller) && c.keys.matchAny(q.Keys) && c.wallets.any()
}
