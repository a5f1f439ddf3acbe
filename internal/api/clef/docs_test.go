package clef

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/config"
	"strongroom/internal/gate"
	"strongroom/internal/policy"
)

// manual is the page for users of the peer.
func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/coming-from-clef.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Each block of configuration on the page can be used as it stands.
func TestExamplesOfTheManual(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(manual(t), -1)
	if len(blocks) == 0 {
		t.Fatal("the page has no example")
	}
	for _, block := range blocks {
		loaded, err := config.Load(config.Input{FileName: "example", File: []byte(block[1]), Operations: gate.Operations()})
		if err != nil {
			t.Errorf("%v in\n%s", err, block[1])
			continue
		}
		rules, err := loaded.Config.PolicyRules()
		if err != nil {
			t.Fatal(err)
		}
		p, err := policy.New(rules, gate.Operations())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range loaded.Config.Listeners {
			for _, q := range []struct {
				listener string
				op       gate.Operation
				want     policy.Verdict
			}{
				{l.Name, gate.Sign, policy.Ask}, {l.Name, gate.ListKeys, policy.Ask}, {l.Name, gate.PairCaller, policy.Ask}, {l.Name, gate.ExportKey, policy.Deny},
				{config.UIListener(l.Name), gate.UnlockWallet, policy.Allow}, {config.UIListener(l.Name), gate.AttestRules, policy.Allow},
				{config.UIListener(l.Name), gate.StoreRules, policy.Allow},
			} {
				asked := policy.Question{Listener: q.listener, Operation: string(q.op), Wallet: "keystore", Effects: []chain.EffectKind{chain.Move, chain.Fee}}
				if got := p.Decide(asked); got.Verdict != q.want {
					t.Errorf("%s of %s: %+v, want %v", q.op, q.listener, got, q.want)
				}
			}
		}
	}
}

// The page lists the recordings that are answered in another way: those that the test
// which plays them goes by, and the starts, which that one plays with --manual-fallback.
func TestDifferencesOfTheManual(t *testing.T) {
	text, err := os.ReadFile("../../../conformance/clef/differences.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct{ Name, Reason string }
	if err := json.Unmarshal(text, &all, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, d := range all {
		_, session, ok := strings.Cut(d.Name, " ")
		if !ok || d.Reason == "" {
			t.Errorf("%q has no group or no reason", d.Name)
		}
		want = append(want, session)
	}
	_, section, _ := strings.Cut(manual(t), "\n### Recordings that differ\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for row := range strings.Lines(section) {
		cell, isRow := strings.CutPrefix(row, "| `")
		cell, _, _ = strings.Cut(cell, " |")
		for _, m := range regexp.MustCompile("([^`, ]+)`").FindAllStringSubmatch(cell, -1) {
			if isRow && !strings.HasPrefix(m[1], "start/") {
				got = append(got, m[1])
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the page lists\n%q, the test goes by\n%q", got, want)
	}
}
