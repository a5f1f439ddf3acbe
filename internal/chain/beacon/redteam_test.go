package beacon

import (
	"strings"
	"testing"
	"unicode"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

func order(side, price, quantity, rest string) string {
	return `{"id":"X-1","ordertype":2,"price":` + price + `,"quantity":` + quantity + `,"sender":"` + alice + `","side":` + side + `,"symbol":"AAA-111_BNB","timeinforce":` + rest + `}`
}

// TestRedTeam holds messages that give something away in an easily missed way. Each
// must show an effect that says so.
func TestRedTeam(t *testing.T) {
	freeze := `{"amount":5,"from":"` + alice + `","symbol":"AAA-111"}`
	for _, c := range []struct {
		name, message, context string
		want                   chain.Effect
	}{
		{"second output", transfer(party(alice, `{"amount":3,"denom":"BNB"}`), party(bob, `{"amount":1,"denom":"BNB"}`)+","+party(mallory, `{"amount":2,"denom":"BNB"}`)), "",
			chain.Effect{Kind: chain.Move, Asset: "BNB", Amount: "2", From: alice, To: mallory}},
		{"second coin", transfer(party(alice, `{"amount":1,"denom":"BNB"},{"amount":9,"denom":"AAA-111"}`), party(mallory, `{"amount":1,"denom":"BNB"},{"amount":9,"denom":"AAA-111"}`)), "",
			chain.Effect{Kind: chain.Move, Asset: "AAA-111", Amount: "9", To: mallory}},
		{"more given than taken", transfer(party(alice, `{"amount":1000,"denom":"BNB"}`), party(bob, `{"amount":1,"denom":"BNB"}`)), "",
			chain.Effect{Kind: chain.Opaque, Subject: "inputs"}},
		{"one coin given, another taken", transfer(party(alice, `{"amount":1,"denom":"AAA-111"}`), party(bob, `{"amount":1,"denom":"BNB"}`)), "",
			chain.Effect{Kind: chain.Opaque, Subject: "inputs"}},
		{"sum beyond 63 bits", transfer(party(alice, `{"amount":9223372036854775807,"denom":"BNB"},{"amount":9223372036854775807,"denom":"BNB"}`), party(bob, `{"amount":9223372036854775807,"denom":"BNB"},{"amount":9223372036854775807,"denom":"BNB"}`)), "",
			chain.Effect{Kind: chain.Opaque, Subject: "inputs"}},
		{"no coins", transfer(party(alice, ""), party(bob, "")), "", chain.Effect{Kind: chain.Opaque, Subject: "outputs"}},
		{"everything sold for nothing", order("2", "1", "900000000000", "1"), "",
			chain.Effect{Kind: chain.Move, Asset: "AAA-111", Amount: "900000000000", From: alice, Detail: "for at least 9000 BNB"}},
		{"little bought dear", order("1", "9000000000000000000", "100000000", "3"), "",
			chain.Effect{Kind: chain.Move, Asset: "BNB", Amount: "9000000000000000000", From: alice}},
		{"price rounded up", order("1", "1", "1", "1"), "", chain.Effect{Kind: chain.Move, Asset: "BNB", Amount: "1"}},
		{"order beyond all numbers", order("1", "9000000000000000000", "9000000000000000000", "1"), "", chain.Effect{Kind: chain.Opaque, Subject: "order X-1"}},
		{"side of the unknown", order("3", "1", "1", "1"), "", chain.Effect{Kind: chain.Opaque, Subject: "order X-1"}},
		{"duration of the unknown", order("1", "1", "1", "7"), "", chain.Effect{Kind: chain.Opaque, Subject: "order X-1"}},
		{"freeze that burns", freeze, prefixFreeze, chain.Effect{Kind: chain.Destroy, Asset: "AAA-111", Amount: "5", From: alice, Subject: "burn"}},
		{"unfreeze that mints", freeze, prefixUnfreeze, chain.Effect{Kind: chain.Deploy, Asset: "AAA-111", Amount: "5", Subject: "mint"}},
		{"out of the chain", `{"amount":{"amount":5,"denom":"BNB"},"expire_time":1,"from":"` + alice + `","to":"0xabababababababababababababababababababab"}`, "\x80\x08\x19\xc0\x0a\x00",
			chain.Effect{Kind: chain.Opaque, Subject: "message", Detail: "expire_time"}},
		{"transfer with one member more", `{"inputs":[],"more":1,"outputs":[]}`, "\x01\x02\x03\x04\x05", chain.Effect{Kind: chain.Opaque, Subject: "message"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, key := readKey(t, aliceKey)
			in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: signDoc(c.message), Signer: key, Context: []byte(c.context)})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(in.Warnings, " "), "has ended") {
				t.Error("nothing says that the network has ended")
			}
			for _, e := range in.Effects {
				if matches(e, c.want) {
					return
				}
			}
			t.Errorf("no effect like %s %+v among %+v", c.want.Kind, c.want, in.Effects)
		})
	}
}

func matches(e, want chain.Effect) bool {
	same := func(got, want string) bool { return want == "" || got == want }
	return e.Kind == want.Kind && same(e.Asset, want.Asset) && same(e.Amount, want.Amount) && same(e.From, want.From) &&
		same(e.To, want.To) && same(e.Subject, want.Subject) && strings.Contains(e.Detail, want.Detail)
}

// TestHarmless: what ought to pass narrow rules does not show more than it does.
func TestHarmless(t *testing.T) {
	_, key := readKey(t, aliceKey)
	for message, want := range map[string]string{
		transfer(party(alice, oneBNB), party(bob, oneBNB)):                "move fee",
		order("2", "1", "1", "1"):                                         "move fee",
		`{"refid":"X-1","sender":"` + alice + `","symbol":"AAA-111_BNB"}`: "destroy fee",
	} {
		in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: signDoc(message), Signer: key})
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, e := range in.Effects {
			kinds = append(kinds, e.Kind.String())
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s: %s, want %s", message, got, want)
		}
	}
}

// TestTextsOfOthers: names can not look like others, and a memo can not rewrite what
// stands beside it.
func TestTextsOfOthers(t *testing.T) {
	_, key := readKey(t, aliceKey)
	for _, denom := range []string{"\u0412NB", "BNB\u200b", "\u202eBNB", "BNB ", "B\\nNB", ""} {
		one := `{"amount":1,"denom":"` + denom + `"}`
		for _, message := range []string{transfer(party(alice, one), party(bob, one)), `{"refid":"X-1","sender":"` + alice + `","symbol":"` + denom + `"}`, `{"refid":"` + denom + `","sender":"` + alice + `","symbol":"BNB"}`} {
			in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: signDoc(message), Signer: key})
			if denom == "" && strings.Contains(message, "refid") {
				continue // says nothing, and looks like nothing
			}
			if !fault.Is(err, fault.InvalidPayload) {
				t.Errorf("%s: %+v, %v", message, in, err)
			}
		}
	}
	for _, memo := range []string{"\u202e100", "a\\rb", "\u0085", "\\u001b[2J"} {
		doc := strings.Replace(string(signDoc(transfer(party(alice, oneBNB), party(bob, oneBNB)))), `"memo":"`, `"memo":"`+memo, 1)
		in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: []byte(doc), Signer: key})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range in.Facts {
			if strings.ContainsFunc(f.Value, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q is shown as %q", memo, f.Value)
			}
		}
	}
}
