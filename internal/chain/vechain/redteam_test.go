package vechain

import (
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
)

// TestRedTeam holds transactions that give something away in an easily missed way.
// Each must show an effect that says so; the empty members of want match anything.
func TestRedTeam(t *testing.T) {
	token, vtho := addressOf(t, 9), hexaccount.Address{}
	copy(vtho[14:], "Energy")
	mallory := hexaccount.Checksummed(addressOf(t, 5))
	call := func(to hexaccount.Address, data string) clause {
		raw, err := hex.DecodeString(strings.ReplaceAll(data, "@", strings.ToLower(strings.Repeat("0", 24)+mallory[2:])))
		if err != nil {
			t.Fatal(err)
		}
		return clause{&to, new(big.Int), raw}
	}
	word := strings.Repeat("f", 64)
	for _, c := range []struct {
		name   string
		change func(tx *transaction)
		want   chain.Effect
	}{
		{"a second clause behind a payment", func(tx *transaction) {
			to := addressOf(t, 5)
			tx.clauses = append(tx.clauses, clause{&to, big.NewInt(5), nil})
		}, chain.Effect{Kind: chain.Move, Asset: "VET", Amount: "5", To: mallory}},
		{"an approval in the last of many clauses", func(tx *transaction) {
			for range 30 {
				tx.clauses = append(tx.clauses, tx.clauses[0])
			}
			tx.clauses = append(tx.clauses, call(token, "095ea7b3@"+word))
		}, chain.Effect{Kind: chain.Allow, To: mallory, Amount: "unlimited"}},
		{"VTHO goes away", func(tx *transaction) { tx.clauses = []clause{call(vtho, "a9059cbb@"+word)} },
			chain.Effect{Kind: chain.Move, Asset: "VTHO", To: mallory}},
		{"somebody else's tokens", func(tx *transaction) { tx.clauses = []clause{call(token, "23b872dd@@"+word)} },
			chain.Effect{Kind: chain.Move, From: mallory}},
		{"a call of unknown meaning", func(tx *transaction) { tx.clauses = []clause{call(token, "deadbeef@")} },
			chain.Effect{Kind: chain.Opaque, Subject: "0xdeadbeef"}},
		{"a call of unknown meaning with money", func(tx *transaction) {
			one := call(token, "deadbeef")
			one.value = big.NewInt(77)
			tx.clauses = []clause{one}
		}, chain.Effect{Kind: chain.Move, Amount: "77", To: hexaccount.Checksummed(token)}},
		{"a contract is given away", func(tx *transaction) { tx.clauses = []clause{call(token, "f2fde38b@")} },
			chain.Effect{Kind: chain.Authority, To: mallory}},
		{"a contract is made", func(tx *transaction) { tx.clauses = []clause{{nil, big.NewInt(3), []byte{0x60}}} },
			chain.Effect{Kind: chain.Deploy}},
		{"a contract is made with money", func(tx *transaction) { tx.clauses = []clause{{nil, big.NewInt(3), []byte{0x60}}} },
			chain.Effect{Kind: chain.Move, Amount: "3", To: "the contract that is made"}},
		{"a fee of everything", func(tx *transaction) {
			tx.dynamic, tx.price, tx.tip = true, new(big.Int).Lsh(big.NewInt(1), 200), new(big.Int)
		}, chain.Effect{Kind: chain.Fee, Asset: "VTHO", Amount: new(big.Int).Mul(new(big.Int).Lsh(big.NewInt(1), 200), big.NewInt(21000)).String()}},
		{"a fee raised by the coefficient", func(tx *transaction) { tx.coef = 255 },
			chain.Effect{Kind: chain.Fee, Amount: "420000000000000000"}},
		{"short call data", func(tx *transaction) { tx.clauses = []clause{call(token, "a9059c")} },
			chain.Effect{Kind: chain.Opaque}},
		{"a transfer with bytes behind it", func(tx *transaction) { tx.clauses = []clause{call(token, "a9059cbb@"+word+"00")} },
			chain.Effect{Kind: chain.Opaque}},
		{"a fee that somebody else pays", func(tx *transaction) { tx.features = featureDelegation },
			chain.Effect{Kind: chain.Fee, From: "whoever sponsors the transaction"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: with(t, c.change), Signer: key(t, 1)})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range in.Effects {
				if e.Kind == c.want.Kind && matches(c.want.Asset, e.Asset) && matches(c.want.Amount, e.Amount) && matches(c.want.From, e.From) &&
					matches(c.want.To, e.To) && matches(c.want.Subject, e.Subject) {
					return
				}
			}
			t.Errorf("no effect like %+v in %+v", c.want, in.Effects)
		})
	}
}

func matches(want, got string) bool { return want == "" || want == got }
