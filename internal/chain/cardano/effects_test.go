package cardano_test

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
)

// TestEffects: what the library's transactions do is said.
func TestEffects(t *testing.T) {
	for name, want := range map[string][]string{
		"payment": {"move asset=ADA amount=4000000 from=inputs to=addr1q", "move asset=ADA amount=800000", "fee asset=ADA amount=170000", "until=slot 100000", "fact input: abab",
			"warning: what the inputs hold"},
		"tokens":     {".474f4c44 amount=77", ". amount=18446744073709551615", "destroy asset=0a0a", "fact valid from: slot 10", "until=slot 55"},
		"withdrawal": {"move asset=ADA amount=123456 from=stake1u"},
		"plutus": {"amount=3000000 from=collateral inputs", "amount=2000000 from=collateral inputs to=network", "fact reference input: dddd", "fact required signer: addr_vkh1",
			"opaque asset= amount= from= to= subject=5d5d", "warning: the collateral is lost"},
		"datums and scripts": {"hash dada", "inline, BLAKE2b-256 ", "deploy asset= amount= from=inputs to=addr1v", "to=Ae2tdPwUPEZLs4HtbuNey7tK4hTKrwNwYtGqp7bDfCy2WdR3P6735W5Yfpe"},
		"governance":         {"from=drep1y", "detail=votes yes, see \"https://example.org/v\"", "from=pool1", "detail=votes no", "amount=100000000000", "proposes info", "detail=treasury withdrawals", "to=treasury", "fact treasury: 99"},
		"metadata":           {"fact metadata labels: 674, 721", "fact auxiliary data hash: "},
		"certificates": {"detail=registration until", "detail=registration with a deposit", "detail=deregistration: the deposit comes back", "delegates all stake to the pool", "retires in epoch 500",
			"to=drep1y", "to=always abstain", "to=always no confidence", "to=drep1yv", "subject=representative detail=registration with a deposit, see", "detail=update until", "amount=500000000",
			"to=cc_hot1q", "subject=committee member detail=resigns, see", "detail=owner", "margin 1/20", "fact pool metadata: , see \"https://example.org/p\""},
	} {
		in, err := mainnet().Preview(chain.Request{Form: cardano.FormTransaction, Payload: unsigned(t, name)})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := lines(in)
		for _, line := range want {
			if !strings.Contains(got, line) {
				t.Errorf("%s: no %q in\n%s", name, line, got)
			}
		}
	}
	for _, v := range library(t).Transactions {
		if v.Name == "metadata" {
			in, err := mainnet().Preview(chain.Request{Form: cardano.FormTransaction, Payload: unhex(t, v.Body)})
			if err != nil || !strings.Contains(lines(in), "warning: the auxiliary data that the body promises are not here") {
				t.Errorf("a body alone: %v", err)
			}
		}
	}
}
