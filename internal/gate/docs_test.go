package gate

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/config"
	"strongroom/internal/policy"
)

// manual is the page about rules.
func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rows are the names in the first cells of the tables below a heading, with the
// whole row.
func rows(text, heading string) map[string]string {
	found := map[string]string{}
	below := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "## ") {
			below = strings.TrimSpace(line) == heading
		}
		if rest, ok := strings.CutPrefix(line, "| `"); ok && below {
			name, _, _ := strings.Cut(rest, "`")
			found[name] = strings.TrimSpace(line)
		}
	}
	return found
}

// TestManualHasEveryOperation: docs/policy.md describes the closed set, and says
// of each operation what the journal records of it.
func TestManualHasEveryOperation(t *testing.T) {
	described := rows(manual(t), "## Operations")
	if got, want := slices.Sorted(maps.Keys(described)), Operations(); !slices.Equal(got, want) {
		t.Errorf("docs/policy.md describes\n%q, the operations are\n%q", got, want)
	}
	for op, class := range operations {
		want := "| always |"
		if class == auditRefusals {
			want = "| refused |"
		}
		if row := described[string(op)]; !strings.HasSuffix(row, want) {
			t.Errorf("the row of %s must end in %q: %s", op, want, row)
		}
	}
}

// TestManualHasEveryEffect: it describes every kind of effect, and no other.
func TestManualHasEveryEffect(t *testing.T) {
	var want []string
	for _, k := range chain.EffectKinds() {
		want = append(want, k.String())
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(rows(manual(t), "## Effects"))); !slices.Equal(got, want) {
		t.Errorf("docs/policy.md describes\n%q, the effects are\n%q", got, want)
	}
}

// blocks are the examples of configuration, by the name in their first line.
func blocks(text string) map[string]string {
	found := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(text, -1) {
		name, _, _ := strings.Cut(m[1], "\n")
		found[strings.TrimPrefix(name, "# example: ")] = m[1]
	}
	return found
}

// compile makes rules of a file.
func compile(t *testing.T, file string) *policy.Policy {
	t.Helper()
	loaded, err := config.Load(config.Input{FileName: "example", File: []byte(file), Operations: Operations()})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := loaded.Config.PolicyRules()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.New(rules, Operations())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestExamplesOfTheManual loads each example as the page says to use it, and
// asks it what the page promises.
func TestExamplesOfTheManual(t *testing.T) {
	const door = "[[listener]]\nname = \"kmd\"\nprotocol = \"kmd\"\n"
	examples := blocks(manual(t))
	ask := func(op Operation, wallet string, effects ...chain.EffectKind) policy.Question {
		return policy.Question{
			Listener: "kmd", Operation: string(op), Wallet: wallet,
			WalletID: "22ac3ab99cfbe1a3806456f8d7cb3b05", Keys: []string{"a7236028"}, Effects: effects,
		}
	}
	pay := ask(Sign, "hot", chain.Move, chain.Fee)
	rekey := ask(Sign, "hot", chain.Move, chain.Authority, chain.Fee)
	program := ask(Sign, "hot", chain.Opaque)
	tests := []struct {
		example string
		added   bool // the page says to add it to the generated file; else it stands for what it replaces
		allowed []policy.Question
		denied  []policy.Question
	}{
		{"[[rule]]", false, []policy.Question{ask(Sign, "payroll", chain.Move, chain.Fee)}, []policy.Question{pay}},
		{"payments-only", false, []policy.Question{pay}, []policy.Question{rekey, program, ask(Sign, "hot", chain.Call, chain.Fee)}},
		{"no-rekey", true, []policy.Question{pay}, []policy.Question{rekey, program}},
		{
			"read-only", false,
			[]policy.Question{{Listener: "kmd", Operation: string(ListWallets)}, ask(ListKeys, "hot"), ask(UnlockWallet, "hot")},
			[]policy.Question{pay, ask(GenerateKey, "hot"), ask(ExportKey, "hot"), ask(ExportSeed, "hot"), ask(CreateWallet, "hot")},
		},
		{"no-exports", true, []policy.Question{pay}, []policy.Question{ask(ExportKey, "hot"), ask(ExportSeed, "hot"), ask(ExportWallet, "hot")}},
		{
			"hide-cold", true,
			[]policy.Question{pay, {Listener: "kmd", Operation: string(ListWallets)}},
			[]policy.Question{ask(ListWallets, "cold"), ask(UnlockWallet, "cold"), ask(Sign, "cold", chain.Fee)},
		},
	}
	if len(tests) != len(examples) {
		t.Errorf("the page has %d examples, %d are tested", len(examples), len(tests))
	}
	for _, test := range tests {
		t.Run(test.example, func(t *testing.T) {
			block, ok := examples[test.example]
			if !ok {
				t.Fatal("the page has no such example")
			}
			file := door + block
			if test.added {
				file = config.DefaultFile("kmd") + block
			}
			p := compile(t, file)
			for _, q := range test.allowed {
				if d := p.Decide(q); d.Verdict != policy.Allow {
					t.Errorf("%s on %s with %v is denied: %s", q.Operation, q.Wallet, q.Effects, d.Reason)
				}
			}
			for _, q := range test.denied {
				if d := p.Decide(q); d.Verdict == policy.Allow {
					t.Errorf("%s on %s with %v is allowed by %s", q.Operation, q.Wallet, q.Effects, d.Rule)
				}
			}
		})
	}
}
