package tron

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
)

// TestConformance runs the suite for every kind of contract. What is left of a
// transaction that is cut between two fields is another transaction, so that only
// JSON beside it makes all cuts errors.
func TestConformance(t *testing.T) {
	inJSON := map[string]chain.Request{
		"message": {Form: FormMessage, Payload: []byte("hello"), Signer: signer(t)},
		"digest":  {Form: FormDigest, Payload: make([]byte, 32), Signer: signer(t)},
	}
	alone := map[string]chain.Request{}
	for _, v := range tronweb(t).Transactions {
		req, err := tron().ReadFile([]byte(v.JSON))
		if err != nil {
			t.Fatal(err)
		}
		req.Signer = signer(t)
		inJSON[v.Name+" in json"] = req
		req.Context = nil
		alone[v.Name] = req
	}
	chaintest.Run(t, chaintest.Config{Chain: tron(), Valid: inJSON, FreeForm: []string{FormMessage}})
	chaintest.Run(t, chaintest.Config{Chain: tron(), Valid: alone, FreeForm: []string{FormTransaction}})
}
