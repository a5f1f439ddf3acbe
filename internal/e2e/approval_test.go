package e2e

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/api/rest"
	"strongroom/internal/audit"
)

// TestApprovalThroughKmd: a client of kmd whose signature the rules want approved waits
// for the admin socket; its question dies with it, and with the daemon.
func TestApprovalThroughKmd(t *testing.T) {
	dir := newDir(t, "main")
	startKmd(t, dir).stop()
	file := filepath.Join(dir, ".strongroom", "strongroom.toml")
	rules, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const allows = "name = \"kmd-sign\"\nverdict = \"allow\""
	if !bytes.Contains(rules, []byte(allows)) {
		t.Fatal("the generated rules have changed")
	}
	rules = bytes.Replace(rules, []byte(allows), []byte(strings.Replace(allows, "allow", "ask", 1)), 1)
	if err := os.WriteFile(file, rules, 0o600); err != nil {
		t.Fatal(err)
	}
	k := startKmd(t, dir)
	handle := k.open(k.wallet("w", ""), "")
	address := k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string)
	body := object{"wallet_handle_token": handle, "transaction": payment(t, address), "wallet_password": ""}
	admin := k.admin()
	waiting := func() rest.Approval {
		t.Helper()
		all, err := admin.Approvals(t.Context(), 0, time.Minute)
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	type answer struct {
		status int
		body   object
		err    error
	}
	sign := func() <-chan answer {
		out := make(chan answer, 1)
		go func() {
			status, body, err := k.call("POST", "/v1/transaction/sign", body)
			out <- answer{status, body, err}
		}()
		return out
	}

	signing := sign()
	q := waiting()
	if q.Operation != "sign" || q.Asker.Listener != "kmd" || q.Asker.Identity != "token" || q.Wallet != "w" || len(q.Effects) != 2 {
		t.Errorf("%+v", q)
	}
	if err := admin.Answer(t.Context(), q.ID, true); err != nil {
		t.Fatal(err)
	}
	if got := <-signing; got.status != http.StatusOK || got.body["signed_transaction"] == nil {
		t.Errorf("approved: %+v", got)
	}

	signing = sign()
	if err := admin.Answer(t.Context(), waiting().ID, false); err != nil {
		t.Fatal(err)
	}
	if got := <-signing; got.status != http.StatusForbidden || got.body["message"] != "request denied" {
		t.Errorf("denied: %+v", got)
	}

	ctx, leave := context.WithCancel(t.Context())
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", k.URL+"/v1/transaction/sign", bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-KMD-API-Token", k.Token)
	gone := make(chan struct{})
	go func() {
		if resp, err := k.client.Do(req); err == nil {
			resp.Body.Close()
		}
		close(gone)
	}()
	id := waiting().ID
	leave()
	<-gone
	await(t, "the question to die with its caller", func() bool {
		all, err := admin.Approvals(t.Context(), 0, 0)
		return err == nil && len(all) == 0
	})
	if err := admin.Answer(t.Context(), id, true); err == nil {
		t.Error("an answer to nobody counts")
	}

	signing = sign()
	waiting()
	k.stop()
	if got := <-signing; got.status == http.StatusOK {
		t.Errorf("the daemon stopped: %+v", got)
	}
	said := map[string]int{}
	for r, err := range audit.All(k.journal()) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Operation == "sign" {
			said[r.Verdict+" "+r.Error]++
		}
	}
	if said["allow "] != 1 || said["deny not-approved"] != 1 || said["deny canceled"] != 2 || len(said) != 3 {
		t.Errorf("journaled %v", said)
	}
	k.verifyJournal()
}
