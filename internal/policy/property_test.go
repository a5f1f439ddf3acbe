package policy

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"strongroom/internal/chain"
)

// A small vocabulary makes rules and questions meet often.
func drawRule(t *rapid.T, name string, verdict Verdict) Rule {
	list := func(label string, from ...string) []string {
		least := 0
		if verdict == Deny {
			least = 1
		}
		return rapid.SliceOfN(rapid.SampledFrom(from), least, 3).Draw(t, label)
	}
	var callers []string
	if rapid.Bool().Draw(t, "has callers") {
		callers = rapid.SliceOfN(rapid.SampledFrom([]string{"*", "token", "paired:*", "paired:bot"}), 1, 2).Draw(t, "callers")
	}
	return Rule{
		Name: name, Verdict: verdict, Callers: callers,
		Listeners:  list("listeners", "*", "kmd", "admin", "k*"),
		Operations: list("operations", "*", "sign", "key.*", "wallet.list"),
		Wallets:    list("wallets", "*", "a", "a*", idA, idB),
		Keys:       list("keys", "*", "K1", "K*", "k2"),
		Effects:    list("effects", "*", "move", "fee", "opaque", "m*"),
	}
}

func drawRules(t *rapid.T) []Rule {
	var rules []Rule
	for i := range rapid.IntRange(0, 6).Draw(t, "rules") {
		verdict := rapid.SampledFrom([]Verdict{Allow, Allow, Ask, Ask, Deny}).Draw(t, "verdict")
		rules = append(rules, drawRule(t, strconv.Itoa(i), verdict))
	}
	return rules
}

func drawQuestion(t *rapid.T) Question {
	return Question{
		Listener:  rapid.SampledFrom([]string{"kmd", "admin", ""}).Draw(t, "listener"),
		Caller:    rapid.SampledFrom([]string{"token", "paired:bot", ""}).Draw(t, "caller"),
		Operation: rapid.SampledFrom(append([]string{"nonsense"}, operations...)).Draw(t, "operation"),
		Wallet:    rapid.SampledFrom([]string{"a", "b", idA, ""}).Draw(t, "wallet"),
		WalletID:  rapid.SampledFrom([]string{idA, idB, ""}).Draw(t, "id"),
		Keys:      rapid.SliceOfN(rapid.SampledFrom([]string{"K1", "k2", "K3"}), 0, 2).Draw(t, "keys"),
		Effects:   rapid.SliceOfN(rapid.SampledFrom([]chain.EffectKind{chain.Opaque, chain.Move, chain.Fee, chain.Message, 99}), 0, 3).Draw(t, "effects"),
	}
}

func compileOrFail(t *rapid.T, rules []Rule) *Policy {
	p, err := New(rules, operations)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// No edit of a rule file may surprise its owner, and the order of the rules does not
// matter. Verdicts are ordered: deny, ask, allow.
func TestEditsAreMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, q := drawRules(t), drawQuestion(t)
		some := q
		some.Wallet, some.WalletID, some.Keys = "", "", nil
		decide := func(rules []Rule) [2]Verdict {
			p := compileOrFail(t, rules)
			return [2]Verdict{p.Decide(q).Verdict, p.DecideSome(some).Verdict}
		}
		before := decide(rules)
		loosens := func(after [2]Verdict) bool { return after[0] > before[0] || after[1] > before[1] }

		at := rapid.IntRange(0, len(rules)).Draw(t, "at")
		if loosens(decide(slices.Insert(slices.Clone(rules), at, drawRule(t, "extra", Deny)))) {
			t.Fatal("adding a rule that denies loosened the verdict")
		}

		asked := decide(slices.Insert(slices.Clone(rules), at, drawRule(t, "extra", Ask)))
		for i := range asked {
			if asked[i] == Allow && before[i] != Allow {
				t.Fatal("adding a rule that asks gave permission")
			}
		}
		if asked[0] < before[0] {
			t.Fatal("adding a rule that asks took a permission")
		}

		for i, r := range rules {
			if r.Verdict == Deny {
				continue
			}
			less := decide(slices.Delete(slices.Clone(rules), i, i+1))
			// A list that asked for some wallets may go on without them.
			if less[0] > before[0] || before[1] == Deny && less[1] != Deny {
				t.Fatal("removing a rule that allows or asks gave permission")
			}
			if r.Verdict == Allow {
				stricter := slices.Clone(rules)
				stricter[i].Verdict = Ask
				if loosens(decide(stricter)) {
					t.Fatal("asking instead of allowing loosened the verdict")
				}
			}
		}

		shuffled := rapid.Permutation(rules).Draw(t, "order")
		if decide(shuffled) != before {
			t.Fatal("the order of the rules changed the verdict")
		}
	})
}

// The compiled form must agree with the package comment spelt out naively.
func TestDecideAgreesWithItsDescription(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, q := drawRules(t), drawQuestion(t)
		if got, want := compileOrFail(t, rules).Decide(q).Verdict, describe(rules, q); got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func describe(rules []Rule, q Question) Verdict {
	some := func(patterns, texts []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			return p == "*" || slices.ContainsFunc(texts, func(s string) bool { return s != "" && Match(p, s) })
		})
	}
	matches := func(r Rule) bool {
		wallet := slices.ContainsFunc(r.Wallets, func(p string) bool {
			return some([]string{p}, []string{q.WalletID}) || (len(p) != 32 && some([]string{p}, []string{q.Wallet}))
		})
		return wallet && (r.Callers == nil || some(r.Callers, []string{q.Caller})) && some(r.Listeners, []string{q.Listener}) && some(r.Operations, []string{q.Operation}) && some(r.Keys, q.Keys)
	}
	names := []string{"-"}
	if q.Operation == Sign {
		names = nil
		for _, k := range q.Effects {
			if k > chain.Fee {
				return Deny
			}
			names = append(names, k.String())
		}
	}
	if len(names) == 0 || !slices.Contains(operations, q.Operation) {
		return Deny
	}
	verdict := Allow
	for _, name := range names {
		touches := func(v Verdict) bool {
			return slices.ContainsFunc(rules, func(r Rule) bool {
				return r.Verdict == v && matches(r) && (q.Operation != Sign || some(r.Effects, []string{name}))
			})
		}
		switch {
		case touches(Deny):
			return Deny
		case touches(Allow):
		case touches(Ask):
			verdict = min(verdict, Ask)
		default:
			verdict = Deny
		}
	}
	return verdict
}

func FuzzMatch(f *testing.F) {
	for _, s := range [][2]string{{"*", ""}, {"a*a", "a"}, {"a*b*c", "aXbYc"}, {"**a", "aa"}, {"", ""}, {"*ab*ab", "abab"}, {"ab", "ab"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 64 || len(text) > 64 {
			return
		}
		if got, want := Match(pattern, text), matchByTable(pattern, text); got != want {
			t.Errorf("Match(%q, %q) = %v, want %v", pattern, text, got, want)
		}
		m := newMatcher([]string{pattern})
		if pattern != "" && m.match(text) != Match(pattern, text) {
			t.Errorf("a compiled %q disagrees on %q", pattern, text)
		}
		if !Match(text+"*", text) || !Match("*"+text, text) {
			t.Errorf("%q does not match itself with a wildcard", text)
		}
		if !strings.Contains(pattern, "*") && Match(pattern, text) != (pattern == text) {
			t.Errorf("literal %q is not compared exactly", pattern)
		}
	})
}

// matchByTable is the textbook way: fits[j] says whether the pattern so far matches text[:j].
func matchByTable(pattern, text string) bool {
	fits := make([]bool, len(text)+1)
	fits[0] = true
	for i := range len(pattern) {
		next := make([]bool, len(text)+1)
		for j := range next {
			if pattern[i] == '*' {
				next[j] = fits[j] || (j > 0 && next[j-1])
			} else {
				next[j] = j > 0 && fits[j-1] && text[j-1] == pattern[i]
			}
		}
		fits = next
	}
	return fits[len(text)]
}
