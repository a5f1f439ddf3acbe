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
	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// manual is the page about rules.
func manual(t *testing.T) string { return page(t, "policy.md") }

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
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
	by := func(caller string, q policy.Question) policy.Question {
		q.Caller = caller
		return q
	}
	pay := ask(Sign, "hot", chain.Move, chain.Fee)
	rekey := ask(Sign, "hot", chain.Move, chain.Authority, chain.Fee)
	program := ask(Sign, "hot", chain.Opaque)
	tests := []struct {
		example string
		added   bool // the page says to add it to the generated file; else it stands for what it replaces
		allowed []policy.Question
		denied  []policy.Question
		asked   []policy.Question
	}{
		{"[[rule]]", false, []policy.Question{by("token", ask(Sign, "payroll", chain.Move, chain.Fee))}, []policy.Question{by("token", pay), ask(Sign, "payroll", chain.Move, chain.Fee)}, nil},
		{"payments-only", false, []policy.Question{pay}, []policy.Question{rekey, program, ask(Sign, "hot", chain.Call, chain.Fee)}, nil},
		{"ask-payments", false, nil, []policy.Question{rekey, program, ask(Sign, "hot", chain.Call, chain.Fee)}, []policy.Question{pay}},
		{"no-rekey", true, []policy.Question{pay}, []policy.Question{rekey, program}, nil},
		{
			"read-only", false,
			[]policy.Question{{Listener: "kmd", Operation: string(ListWallets)}, ask(ListKeys, "hot"), ask(UnlockWallet, "hot")},
			[]policy.Question{pay, ask(GenerateKey, "hot"), ask(ExportKey, "hot"), ask(ExportSeed, "hot"), ask(CreateWallet, "hot")},
			nil,
		},
		{"no-exports", true, []policy.Question{pay}, []policy.Question{ask(ExportKey, "hot"), ask(ExportSeed, "hot"), ask(ExportWallet, "hot")}, nil},
		{
			"hide-cold", true,
			[]policy.Question{pay, {Listener: "kmd", Operation: string(ListWallets)}},
			[]policy.Question{ask(ListWallets, "cold"), ask(UnlockWallet, "cold"), ask(Sign, "cold", chain.Fee)},
			nil,
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
				if d := p.Decide(q); d.Verdict != policy.Deny {
					t.Errorf("%s on %s with %v: %s by %s", q.Operation, q.Wallet, q.Effects, d.Verdict, d.Rule)
				}
			}
			for _, q := range test.asked {
				if d := p.Decide(q); d.Verdict != policy.Ask {
					t.Errorf("%s on %s with %v: %s by %s", q.Operation, q.Wallet, q.Effects, d.Verdict, d.Rule)
				}
			}
		})
	}
}

// TestExamplesOfApprovals: the blocks of docs/approvals.md are a configuration, which
// asks, and state the defaults.
func TestExamplesOfApprovals(t *testing.T) {
	file := "[[listener]]\nname = \"kmd\"\nprotocol = \"kmd\"\n"
	for _, m := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(page(t, "approvals.md"), -1) {
		file += m[1]
	}
	q := policy.Question{Listener: "kmd", Operation: string(Sign), Wallet: "w", Keys: []string{"key"}, Effects: []chain.EffectKind{chain.Move, chain.Fee}}
	if d := compile(t, file).Decide(q); d.Verdict != policy.Ask || d.Rule != "kmd-payments" {
		t.Errorf("%+v", d)
	}
	loaded, err := config.Load(config.Input{File: []byte(file), Operations: Operations()})
	if err != nil || loaded.Config.Approval != config.Default().Approval {
		t.Errorf("the page states %+v, %v", loaded.Config.Approval, err)
	}
	for _, word := range []string{notApproved, neverAnswered, fault.Canceled.String(), fault.Busy.String()} {
		if !strings.Contains(page(t, "approvals.md"), "`"+word+"`") {
			t.Errorf("the page does not name the error %s", word)
		}
	}
}
