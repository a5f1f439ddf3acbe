package policy

import (
	"strings"
	"sync"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

var (
	operations = []string{"sign", "wallet.list", "wallet.delete", "key.list", "key.export"}
	everything = []string{"*"}
)

const (
	idA = "00112233445566778899aabbccddeeff"
	idB = "ffeeddccbbaa99887766554433221100"
)

func allow(name string, change ...func(*Rule)) Rule {
	r := Rule{Name: name, Verdict: Allow, Listeners: everything, Operations: everything, Wallets: everything, Keys: everything, Effects: everything}
	for _, c := range change {
		c(&r)
	}
	return r
}

func deny(name string, change ...func(*Rule)) Rule {
	r := allow(name, change...)
	r.Verdict = Deny
	return r
}

func ask(name string, change ...func(*Rule)) Rule {
	r := allow(name, change...)
	r.Verdict = Ask
	return r
}

func callers(names ...string) func(*Rule)   { return func(r *Rule) { r.Callers = names } }
func effects(names ...string) func(*Rule)   { return func(r *Rule) { r.Effects = names } }
func wallets(names ...string) func(*Rule)   { return func(r *Rule) { r.Wallets = names } }
func keys(names ...string) func(*Rule)      { return func(r *Rule) { r.Keys = names } }
func ops(names ...string) func(*Rule)       { return func(r *Rule) { r.Operations = names } }
func listeners(names ...string) func(*Rule) { return func(r *Rule) { r.Listeners = names } }

func sign(kinds ...chain.EffectKind) Question {
	return Question{Listener: "kmd", Operation: Sign, Wallet: "treasury", WalletID: idA, Keys: []string{"ADDR", "0a0b"}, Effects: kinds}
}

func by(q Question, caller string) Question {
	q.Caller = caller
	return q
}

func mustNew(t testing.TB, rules ...Rule) *Policy {
	t.Helper()
	p, err := New(rules, operations)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDecide(t *testing.T) {
	list := Question{Listener: "kmd", Operation: "wallet.list"}
	tests := []struct {
		name  string
		rules []Rule
		q     Question
		want  Verdict
		rule  string
	}{
		{"no rules", nil, sign(chain.Move), Deny, ""},
		{"allow all", []Rule{allow("a")}, sign(chain.Move, chain.Opaque), Allow, "a"},
		{"operation without key or wallet", []Rule{allow("a")}, list, Allow, "a"},
		{"other listener", []Rule{allow("a", listeners("admin"))}, sign(chain.Move), Deny, ""},
		{"no effects at all", []Rule{allow("a")}, sign(), Deny, ""},
		{"effect kind without a name", []Rule{allow("a")}, sign(chain.Move, 200), Deny, ""},
		{"unknown operation", []Rule{allow("a")}, Question{Listener: "kmd", Operation: "sing"}, Deny, ""},
		{"empty operation", []Rule{allow("a")}, Question{Listener: "kmd"}, Deny, ""},
		{"every effect must be covered", []Rule{allow("a", effects("move", "fee"))}, sign(chain.Move, chain.Authority), Deny, ""},
		{"opaque is the zero effect and needs a rule too", []Rule{allow("a", effects("move", "fee"))}, sign(chain.Opaque), Deny, ""},
		{"two rules cover together", []Rule{allow("a", effects("move")), allow("b", effects("fee"))}, sign(chain.Fee, chain.Move), Allow, "a"},
		{"deny on any effect", []Rule{allow("a"), deny("d", effects("authority"))}, sign(chain.Move, chain.Authority), Deny, "d"},
		{"deny on another effect", []Rule{allow("a"), deny("d", effects("authority"))}, sign(chain.Move), Allow, "a"},
		{"deny wins whatever the order", []Rule{deny("d"), allow("a")}, sign(chain.Move), Deny, "d"},
		{"other operations ignore effects", []Rule{allow("a", effects())}, list, Allow, "a"},
		{"an allow rule without effects signs nothing", []Rule{allow("a", effects())}, sign(chain.Move), Deny, ""},
		{"empty lists match nothing: listeners", []Rule{allow("a", listeners())}, list, Deny, ""},
		{"empty lists match nothing: operations", []Rule{allow("a", ops())}, list, Deny, ""},
		{"empty lists match nothing: wallets", []Rule{allow("a", wallets())}, list, Deny, ""},
		{"empty lists match nothing: keys", []Rule{allow("a", keys())}, list, Deny, ""},
		{"operation pattern", []Rule{allow("a", ops("wallet.*"))}, list, Allow, "a"},
		{"operation pattern of another family", []Rule{allow("a", ops("key.*"))}, list, Deny, ""},
		{"wallet by name", []Rule{allow("a", wallets("treasury"))}, sign(chain.Move), Allow, "a"},
		{"wallet by id", []Rule{allow("a", wallets(idA))}, sign(chain.Move), Allow, "a"},
		{"wallet by part of its name", []Rule{allow("a", wallets("tre*ry"))}, sign(chain.Move), Allow, "a"},
		{"key by address", []Rule{allow("a", keys("ADDR"))}, sign(chain.Move), Allow, "a"},
		{"key by hex", []Rule{allow("a", keys("0a0b"))}, sign(chain.Move), Allow, "a"},
		{"another key", []Rule{allow("a", keys("OTHER"))}, sign(chain.Move), Deny, ""},
		{"rules about keys do not cover operations without one", []Rule{allow("a", keys("ADDR", "A*"))}, list, Deny, ""},
		{"effect pattern", []Rule{allow("a", effects("mo*"))}, sign(chain.Move), Allow, "a"},
		{"ask", []Rule{ask("q")}, sign(chain.Move), Ask, "q"},
		{"ask for an operation", []Rule{ask("q")}, list, Ask, "q"},
		{"allow covers more than ask", []Rule{ask("q"), allow("a")}, sign(chain.Move), Allow, "a"},
		{"allow beats ask for an operation", []Rule{ask("q"), allow("a")}, list, Allow, "a"},
		{"deny beats ask", []Rule{ask("q"), deny("d", effects("move"))}, sign(chain.Move), Deny, "d"},
		{"one effect only by asking", []Rule{allow("a", effects("fee")), ask("q", effects("move"))}, sign(chain.Move, chain.Fee), Ask, "q"},
		{"asking covers not all", []Rule{allow("a", effects("fee")), ask("q", effects("move"))}, sign(chain.Move, chain.Call), Deny, ""},
		{"two rules ask together", []Rule{ask("q", effects("move")), ask("r", effects("fee"))}, sign(chain.Fee, chain.Move), Ask, "q"},
		{"an effect that nobody knows is not asked about", []Rule{ask("q")}, sign(chain.Move, 200), Deny, ""},
		{"a caller", []Rule{allow("a", callers("paired:*"))}, by(sign(chain.Move), "paired:bot"), Allow, "a"},
		{"another caller", []Rule{allow("a", callers("paired:bot"))}, by(sign(chain.Move), "paired:other"), Deny, ""},
		{"a caller that proved nothing", []Rule{allow("a", callers("paired:*"))}, sign(chain.Move), Deny, ""},
		{"any caller", []Rule{allow("a", callers("*"))}, sign(chain.Move), Allow, "a"},
		{"deny a caller", []Rule{allow("a"), deny("d", callers("token"))}, by(list, "token"), Deny, "d"},
		{"deny another caller", []Rule{allow("a"), deny("d", callers("token"))}, by(list, "paired:bot"), Allow, "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := mustNew(t, tt.rules...).Decide(tt.q)
			if d.Verdict != tt.want || d.Rule != tt.rule {
				t.Errorf("got %v by rule %q (%s), want %v by %q", d.Verdict, d.Rule, d.Reason, tt.want, tt.rule)
			}
			if d.Reason == "" {
				t.Error("a decision without a reason")
			}
		})
	}
}

// A list may begin where it can show something.
func TestDecideSome(t *testing.T) {
	for name, tt := range map[string]struct {
		rules []Rule
		want  Verdict
		rule  string
	}{
		"no rules":                   {nil, Deny, ""},
		"all wallets":                {[]Rule{allow("a")}, Allow, "a"},
		"a named wallet":             {[]Rule{allow("a", wallets("treasury"))}, Allow, "a"},
		"a wallet by id":             {[]Rule{allow("a", wallets(idA))}, Allow, "a"},
		"a pattern":                  {[]Rule{allow("a", wallets("t*"))}, Allow, "a"},
		"no wallet":                  {[]Rule{allow("a", wallets())}, Deny, ""},
		"another listener":           {[]Rule{allow("a", listeners("admin"), wallets("treasury"))}, Deny, ""},
		"another operation":          {[]Rule{allow("a", ops("key.list"), wallets("treasury"))}, Deny, ""},
		"only some keys":             {[]Rule{allow("a", keys("ADDR"))}, Deny, ""},
		"all denied":                 {[]Rule{allow("a", wallets("treasury")), deny("d")}, Deny, "d"},
		"some denied":                {[]Rule{allow("a", wallets("treasury")), deny("d", wallets("cold"))}, Allow, "a"},
		"asked":                      {[]Rule{ask("q")}, Ask, "q"},
		"asked for a wallet":         {[]Rule{ask("q", wallets("treasury"))}, Ask, "q"},
		"all allowed":                {[]Rule{ask("q", wallets("treasury")), allow("b", wallets("b")), allow("a")}, Allow, "a"},
		"the rest asked":             {[]Rule{allow("a", wallets("treasury")), ask("q")}, Ask, "q"},
		"asked, but denied":          {[]Rule{ask("q"), deny("d")}, Deny, "d"},
		"another caller":             {[]Rule{allow("a", callers("token"))}, Deny, ""},
		"two allow":                  {[]Rule{allow("a", wallets("a")), allow("b", wallets("b"))}, Allow, "a"},
		"denied to another listener": {[]Rule{allow("a"), deny("d", listeners("admin"))}, Allow, "a"},
	} {
		d := mustNew(t, tt.rules...).DecideSome(Question{Listener: "kmd", Operation: "wallet.list"})
		if d.Verdict != tt.want || d.Rule != tt.rule || d.Reason == "" {
			t.Errorf("%s: %+v, want %v by %q", name, d, tt.want, tt.rule)
		}
	}
	p := mustNew(t, allow("a"))
	var none *Policy
	for _, d := range []Decision{
		none.DecideSome(Question{Listener: "kmd", Operation: "wallet.list"}),
		p.DecideSome(Question{Listener: "kmd", Operation: "wallet.burn"}),
		p.DecideSome(Question{Listener: "kmd", Operation: Sign}),
	} {
		if d.Verdict != Deny {
			t.Errorf("allowed: %+v", d)
		}
	}
}

// Naming a wallet like another one's id must neither gain that wallet's
// permissions nor escape a rule on one's own id.
func TestWalletNamedLikeAnotherID(t *testing.T) {
	q := sign(chain.Move)
	q.Wallet, q.WalletID = idA, idB
	if d := mustNew(t, allow("a", wallets(idA))).Decide(q); d.Verdict != Deny {
		t.Errorf("a wallet named like another one's id was allowed by rule %q", d.Rule)
	}
	if d := mustNew(t, allow("a"), deny("d", wallets(idB))).Decide(q); d.Verdict != Deny {
		t.Error("a rule on the id was not applied")
	}
}

func TestZeroPolicyDenies(t *testing.T) {
	var none *Policy
	for _, p := range []*Policy{none, {}} {
		if d := p.Decide(sign(chain.Move)); d.Verdict != Deny {
			t.Errorf("%v allowed", p)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	many := make([]Rule, MaxRules+1)
	tests := []struct {
		name  string
		rules []Rule
		text  string
	}{
		{"no name", []Rule{allow("")}, "has no name"},
		{"same name", []Rule{allow("a"), deny("a")}, "two rules"},
		{"operation", []Rule{allow("a", ops("sing"))}, `unknown operation "sing"`},
		{"operation pattern", []Rule{allow("a", ops("wallets.*"))}, `unknown operation "wallets.*"`},
		{"effect", []Rule{allow("a", effects("moves"))}, `unknown effect "moves"`},
		{"empty effect", []Rule{allow("a", effects(""))}, "unknown effect"},
		{"empty pattern", []Rule{allow("a", keys(""))}, "keys must have 1"},
		{"long pattern", []Rule{allow("a", keys(strings.Repeat("a", MaxPattern+1)))}, "keys must have 1"},
		{"many patterns", []Rule{allow("a", keys(make([]string, MaxPatterns+1)...))}, "at most"},
		{"many rules", many, "at most"},
		{"verdict", []Rule{{Name: "a", Verdict: 7}}, "no valid verdict"},
		{"deny without listeners", []Rule{deny("d", listeners())}, "listeners is empty"},
		{"deny without operations", []Rule{deny("d", ops())}, "operations is empty"},
		{"deny without wallets", []Rule{deny("d", wallets())}, "wallets is empty"},
		{"deny without keys", []Rule{deny("d", keys())}, "keys is empty"},
		{"deny without effects", []Rule{deny("d", effects())}, "effects is empty"},
		{"deny with no caller", []Rule{deny("d", func(r *Rule) { r.Callers = []string{} })}, "callers is empty"},
		{"allow with no caller", []Rule{allow("a", func(r *Rule) { r.Callers = []string{} })}, "callers is empty"},
		{"an empty caller", []Rule{allow("a", callers(""))}, "callers must have 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(tt.rules, operations)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.text) {
				t.Errorf("got %v, want an invalid-fault with %q", err, tt.text)
			}
		})
	}
	if _, err := New([]Rule{deny("d", ops("key.export"), effects())}, operations); err != nil {
		t.Errorf("a rule that denies no signature needs no effects: %v", err)
	}
}

func TestVerdictText(t *testing.T) {
	for _, v := range []Verdict{Deny, Ask, Allow} {
		if got, err := ParseVerdict(v.String()); got != v || err != nil {
			t.Errorf("%v reads back as %v, %v", v, got, err)
		}
	}
	if v, err := ParseVerdict("perhaps"); v != Deny || err == nil {
		t.Errorf("unknown verdict: %v, %v", v, err)
	}
	if Verdict(9).String() != "deny" {
		t.Error("a verdict out of range must read as deny")
	}
}

func TestConcurrentUse(t *testing.T) {
	p := mustNew(t, dozen()...)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if d := p.Decide(sign(chain.Move, chain.Fee)); d.Verdict != Allow {
					t.Errorf("denied: %s", d.Reason)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestAllowPathDoesNotAllocate(t *testing.T) {
	p := mustNew(t, dozen()...)
	if n := testing.AllocsPerRun(100, func() { decideOnce(p) }); n != 0 {
		t.Errorf("%v allocations per decision", n)
	}
}

// decideOnce asks as the gate does: lists of texts and effects made on the stack.
func decideOnce(p *Policy) Decision {
	return p.Decide(Question{
		Listener: "kmd", Operation: Sign, Wallet: "treasury", WalletID: idA,
		Keys: []string{"ADDR", "0a0b"}, Effects: []chain.EffectKind{chain.Move, chain.Fee},
	})
}

// dozen is a set of rules of the size that an installation has, of which the
// last one covers the test's question.
func dozen() []Rule {
	return []Rule{
		deny("no-export", ops("key.export")),
		deny("no-rekey", effects("authority")),
		deny("frozen", wallets("cold-*")),
		deny("frozen-id", wallets(idB)),
		deny("key", keys("OTHER", "*SUFFIX")),
		allow("admin", listeners("admin")),
		allow("lists", ops("*.list")),
		allow("ops", wallets("operations"), effects("move")),
		allow("savings", wallets("savings-*"), effects("move", "fee")),
		allow("hot", keys("HOT1", "HOT2", "HOT3"), effects("move")),
		allow("fees", listeners("kmd"), wallets("tre*"), effects("fee")),
		allow("moves", listeners("kmd"), wallets("*"), effects("move")),
	}
}

func BenchmarkDecide(b *testing.B) {
	p := mustNew(b, dozen()...)
	b.ReportAllocs()
	for b.Loop() {
		decideOnce(p)
	}
}

// Names of keys are made only if a rule asks for them.
func TestNamesKeys(t *testing.T) {
	rule := func(keys ...string) Rule {
		any := []string{"*"}
		return Rule{Name: "r", Verdict: Allow, Listeners: any, Operations: []string{"op"}, Wallets: any, Keys: keys}
	}
	for _, c := range []struct {
		keys []string
		want bool
	}{{[]string{"*"}, false}, {[]string{"a"}, true}, {[]string{"a", "*"}, false}, {[]string{"a*"}, true}} {
		p, err := New([]Rule{rule(c.keys...)}, []string{"op"})
		if err != nil {
			t.Fatal(err)
		}
		if p.NamesKeys() != c.want {
			t.Errorf("keys %q: %t", c.keys, !c.want)
		}
	}
	if (*Policy)(nil).NamesKeys() {
		t.Error("no rules name keys")
	}
}
