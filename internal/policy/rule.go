package policy

import (
	"fmt"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// Verdict is the answer to a question. The zero value denies.
type Verdict uint8

// The verdicts, from the strictest on.
const (
	Deny  Verdict = iota
	Ask           // somebody has to approve it each time, see package approval
	Allow         // without asking
)

// String is the name used in rules and in the journal; anything that is neither
// Allow nor Ask is "deny".
func (v Verdict) String() string {
	switch v {
	case Allow:
		return "allow"
	case Ask:
		return "ask"
	}
	return "deny"
}

// ParseVerdict is the inverse of [Verdict.String].
func ParseVerdict(name string) (Verdict, error) {
	switch name {
	case "allow":
		return Allow, nil
	case "ask":
		return Ask, nil
	case "deny":
		return Deny, nil
	}
	return Deny, fault.Invalid.New(`unknown verdict %q: write "deny", "allow" or "ask"`, name)
}

// Bounds of what [New] accepts. They are far above any sensible set of rules and
// keep a generated one from making each decision slow.
const (
	MaxRules    = 1000
	MaxPatterns = 1000 // per list of a rule
	MaxPattern  = 256  // bytes of one pattern
)

// Rule says what callers may do, may not do, or may do once somebody approves. All
// conditions must hold for it to match; each is a list of patterns of which one is
// enough.
type Rule struct {
	Name    string // unique; stands in the journal beside each decision it settles
	Verdict Verdict

	Listeners []string // configured names of the doors: "kmd", "admin"

	// Callers are patterns over what a caller proved to be: "token",
	// "paired:treasury bot". Unlike the other lists it may be nil, which is the same
	// as "*": any caller, also one that proved nothing.
	Callers []string

	Operations []string // the gate's operations: "sign", "wallet.*"

	// Wallets are names or ids. A pattern that has the form of an id (32
	// lower-case hex digits) matches only the id, so that nobody gains a
	// permission by naming a wallet like another one's id. Rules by name follow
	// the name; rules by id follow the wallet through any rename.
	Wallets []string

	Keys []string // text forms of the key: address, lower-case hex of the public key

	// Effects are names of effect kinds ("move", "opaque"). They count only for
	// signatures; for all other operations the list is ignored.
	Effects []string
}

// effectSet has the bit 1<<kind for each effect kind in it.
type effectSet uint32

// compiled is a rule in the form that Decide reads.
type compiled struct {
	name      string
	listeners matcher
	callers   matcher
	wallets   walletMatcher
	keys      matcher
	effects   effectSet
	reason    string
}

// compile checks everything in a rule except its operations.
func (r Rule) compile() (*compiled, error) {
	c := &compiled{name: r.Name}
	if r.Verdict > Allow {
		return nil, fault.Invalid.New("rule %q has no valid verdict", r.Name)
	}
	var err error
	if c.listeners, err = r.list("listeners", r.Listeners); err != nil {
		return nil, err
	}
	if c.callers, err = r.compileCallers(); err != nil {
		return nil, err
	}
	if c.wallets, err = r.compileWallets(); err != nil {
		return nil, err
	}
	if c.keys, err = r.list("keys", r.Keys); err != nil {
		return nil, err
	}
	if c.effects, err = r.compileEffects(); err != nil {
		return nil, err
	}
	switch r.Verdict {
	case Allow:
		c.reason = fmt.Sprintf("rule %q allows it", r.Name)
	case Ask:
		c.reason = fmt.Sprintf("rule %q wants it approved", r.Name)
	default:
		c.reason = fmt.Sprintf("rule %q denies it", r.Name)
	}
	return c, nil
}

// compileCallers refuses a list that is there but empty, whatever the verdict: it
// reads as if it said something.
func (r Rule) compileCallers() (matcher, error) {
	if r.Callers == nil {
		return matcher{all: true}, nil
	}
	if len(r.Callers) == 0 {
		return matcher{}, fault.Invalid.New("rule %q: its list of callers is empty and would match nothing", r.Name).
			WithHint("leave callers out for any caller")
	}
	return r.list("callers", r.Callers)
}

// list compiles one list of patterns. In a rule that denies, an empty list would
// make a rule that silently denies nothing, so it is refused there.
func (r Rule) list(field string, patterns []string) (matcher, error) {
	if len(patterns) == 0 && r.Verdict == Deny {
		return matcher{}, r.emptyList(field)
	}
	if len(patterns) > MaxPatterns {
		return matcher{}, fault.Invalid.New("rule %q: %s has %d patterns; at most %d are accepted", r.Name, field, len(patterns), MaxPatterns)
	}
	for _, p := range patterns {
		if p == "" || len(p) > MaxPattern {
			return matcher{}, fault.Invalid.New("rule %q: a pattern of %s must have 1 to %d bytes", r.Name, field, MaxPattern)
		}
	}
	return newMatcher(patterns), nil
}

func (r Rule) emptyList(field string) error {
	return fault.Invalid.New("rule %q denies, but its list of %s is empty and would match nothing", r.Name, field).
		WithHint(`write %s = ["*"] for all of them`, field)
}

func (r Rule) compileWallets() (walletMatcher, error) {
	if _, err := r.list("wallets", r.Wallets); err != nil {
		return walletMatcher{}, err
	}
	var either, ids []string
	for _, p := range r.Wallets {
		if isWalletID(p) {
			ids = append(ids, p)
		} else {
			either = append(either, p)
		}
	}
	return walletMatcher{either: newMatcher(either), ids: newMatcher(ids)}, nil
}

func (r Rule) compileEffects() (effectSet, error) {
	var set effectSet
	if len(r.Effects) > MaxPatterns {
		return 0, fault.Invalid.New("rule %q: effects has %d patterns; at most %d are accepted", r.Name, len(r.Effects), MaxPatterns)
	}
	for _, p := range r.Effects {
		var matched effectSet
		for _, k := range chain.EffectKinds() {
			if Match(p, k.String()) {
				matched |= 1 << k
			}
		}
		if matched == 0 {
			return 0, fault.Invalid.New("rule %q: unknown effect %q", r.Name, p)
		}
		set |= matched
	}
	return set, nil
}

// isWalletID reports whether s has the form of a wallet's id.
func isWalletID(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
