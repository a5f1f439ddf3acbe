package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/approval"
	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
)

// What others wrote is shown so that it can not pass for something else.
func TestApprovalsAreLegible(t *testing.T) {
	const evil = "harmless\u202e\x1b[2J\nok"
	q := approval.Question{
		ID: 7, Operation: "sign", Wallet: evil, Detail: evil, Keys: []string{evil}, Until: time.Unix(1_700_000_000, 0),
		Asker: approval.Asker{Listener: "clef", Protocol: "clef", Address: evil, Identity: evil, UID: -1},
		Intent: &chain.Intent{
			Chain: "evm", Form: evil,
			Effects:  []chain.Effect{{Kind: chain.Move, Asset: evil, Amount: evil, From: evil, To: evil, Subject: evil, Detail: evil, Until: evil}},
			Facts:    []chain.Fact{{Name: evil, Value: evil}, {Name: "memo", Value: "Grüße"}},
			Warnings: []string{evil}, Units: map[string]chain.Unit{evil: {Symbol: evil, Decimals: 6}}, Names: map[string]string{evil: evil},
		},
		Accounts: []approval.Account{{Address: [20]byte{0xab}, Path: evil}},
	}
	a := showApproval(q)
	var check func(v any)
	check = func(v any) {
		switch v := v.(type) {
		case string:
			if !legible.Line(v) {
				t.Errorf("%q is shown", v)
			}
		case []any:
			for _, item := range v {
				check(item)
			}
		case map[string]any:
			for key, item := range v {
				check(key)
				check(item)
			}
		}
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	check(back)
	if n := strings.Count(string(text), `harmless\\u202e\\x1b[2J\\nok`); n != 20 {
		t.Errorf("it stands %d times in %s", n, text)
	}
	if a.Facts[1].Value != "Grüße" || a.Effects[0].Kind != "move" || a.Asker.UID != nil || a.Accounts[0] != "0xab"+strings.Repeat("0", 38) || a.ID != 7 {
		t.Errorf("%+v", a)
	}
}

// However much a transaction says, what is shown of it is bounded, and says so.
func TestApprovalsAreBounded(t *testing.T) {
	in := &chain.Intent{Units: map[string]chain.Unit{}}
	for i := range maxShown + 5 {
		in.Effects = append(in.Effects, chain.Effect{Kind: chain.Move})
		in.Facts = append(in.Facts, chain.Fact{})
		in.Units[fmt.Sprint(i)] = chain.Unit{}
	}
	in.Warnings = []string{strings.Repeat("a", 2*maxShownText)}
	a := showApproval(approval.Question{Intent: in, Asker: approval.Asker{UID: 5}})
	if len(a.Effects) != maxShown || len(a.Facts) != maxShown || len(a.Units) != maxShown || a.Omitted != 15 || *a.Asker.UID != 5 {
		t.Errorf("%d effects, %d facts, %d units, %d omitted", len(a.Effects), len(a.Facts), len(a.Units), a.Omitted)
	}
	if w := a.Warnings[0]; len(w) > maxShownText+20 || !strings.HasSuffix(w, `a"… (cut)`) {
		t.Errorf("a warning of %d bytes: …%s", len(w), w[len(w)-20:])
	}
}

func TestClientAnswers(t *testing.T) {
	var asked []string
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.RequestURI())
		_, _ = io.WriteString(w, `{"approvals":[{"id":5,"op":"sign","until":"2026-01-01T00:00:00Z","asker":{"listener":"kmd"}}]}`)
	})
	ctx := context.Background()
	waiting, err := c.Approvals(ctx, 3, 20*time.Second)
	if err != nil || len(waiting) != 1 || waiting[0].ID != 5 || waiting[0].Asker.UID != nil {
		t.Errorf("%+v, %v", waiting, err)
	}
	for _, approve := range []bool{true, false} {
		// The answer of a daemon has no more in it than it must.
		_ = c.Answer(ctx, 5, approve)
	}
	want := "[GET /v1/approvals?after=3&wait=20s POST /v1/approvals/5/approve POST /v1/approvals/5/deny]"
	if fmt.Sprint(asked) != want {
		t.Errorf("asked %v", asked)
	}
}
