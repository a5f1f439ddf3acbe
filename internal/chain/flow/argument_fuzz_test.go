package flow

import (
	"testing"

	"strongroom/internal/fault"
)

// FuzzArguments: no argument of a known script leads to anything but effects or an error.
func FuzzArguments(f *testing.F) {
	f.Add(one, mallory, vault)
	f.Add(keyText, third, node)
	f.Add(`{"type":"Array","value":[`+keyText+`]}`, `{"type":"Dictionary","value":[{"key":{"type":"String","value":"E"},"value":{"type":"String","value":"00"}}]}`, node)
	all := templates()
	f.Fuzz(func(t *testing.T, first, second, third string) {
		for _, known := range all {
			for count := range 4 {
				a := arguments{rest: [][]byte{[]byte(first), []byte(second), []byte(third)}[:count]}
				effects := known.read(&a, owner)
				if err := a.end(); err != nil {
					if !fault.Is(err, fault.InvalidPayload) {
						t.Fatal(err)
					}
				} else if len(effects) == 0 {
					t.Fatalf("%s: no effects of %q", known.name, a.rest)
				}
			}
		}
	})
}

// FuzzNormalise: what is normalised once stays as it is, imports aside.
func FuzzNormalise(f *testing.F) {
	c := Chain{contracts: contractsOf(Mainnet)}
	f.Add("transaction(a: UFix64) {\n\tlog(\"a // b\") // c\n\n}")
	f.Fuzz(func(t *testing.T, script string) {
		text, ok := c.normalise([]byte(script))
		if !ok {
			return
		}
		again, ok := c.normalise(text)
		if ok && string(again) != string(text) {
			t.Fatalf("%q becomes %q, then %q", script, text, again)
		}
	})
}
