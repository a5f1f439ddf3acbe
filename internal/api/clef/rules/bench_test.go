package rules

import (
	"context"
	"fmt"
	"os"
	"testing"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
)

// A transaction from the question to the end of OnApprovedTx, with a storage in memory.
func BenchmarkTransaction(b *testing.B) {
	fixture, err := os.ReadFile(golden + "config-fixture/rules.js")
	if err != nil {
		b.Fatal(err)
	}
	for _, rule := range []struct{ name, source string }{
		{"all", `function ApproveTx() { return "Approve" }`},
		{"all, with OnApprovedTx", `function ApproveTx() { return "Approve" } function OnApprovedTx() { return "Approve" }`},
		{"a counter", `function ApproveTx(r) { return parseInt(storage.get("count") || "0", 10) < 1e9 ? "Approve" : "Reject" }
function OnApprovedTx(r) { storage.put("count", parseInt(storage.get("count") || "0", 10) + 1) }`},
		{"fixture", string(fixture)},
	} {
		b.Run(rule.name, func(b *testing.B) {
			s, signed := start(b, rule.source), result(b)
			for b.Loop() {
				a, err := s.Approve(context.Background(), askTx(b))
				if err == nil && a.Settle != nil {
					err = a.Settle(context.Background(), signed)
				}
				if a.Verdict != approval.Approve || err != nil {
					b.Fatalf("%+v %v", a, err)
				}
			}
		})
	}
}

func BenchmarkListing(b *testing.B) {
	var accounts []approval.Account
	for i := range 5000 {
		accounts = append(accounts, approval.Account{
			Address: [20]byte{18: byte(i >> 8), 19: byte(i)},
			Path:    fmt.Sprintf("/home/user/.ethereum/keystore/UTC--2026-11-20T21-28-43.401887913Z--%040x", i),
		})
	}
	for _, rule := range []struct{ name, source string }{
		{"untouched", `function ApproveListing(r) { return r.meta.scheme === "http" ? "Approve" : "Reject" }`},
		{"looked through", `function ApproveListing(r) { return r.accounts.every(function (a) { return a.address }) ? "Approve" : "Reject" }`},
	} {
		b.Run(rule.name, func(b *testing.B) {
			s := start(b, rule.source)
			for b.Loop() {
				q := &approval.Question{Accounts: accounts, Subject: wire.AskListing(&wire.ListRequest{Meta: wire.Meta{Scheme: "http"}})}
				if a, err := s.Approve(context.Background(), q); a.Verdict != approval.Approve || err != nil {
					b.Fatalf("%+v %v", a, err)
				}
			}
		})
	}
}
