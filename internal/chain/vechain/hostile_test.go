package vechain

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func decode(t *testing.T, form string, payload []byte) (*chain.Intent, error) {
	t.Helper()
	return mainnet().Decode(chain.Request{Form: form, Payload: payload, Signer: key(t, 1)})
}

// TestOneEncoding: whatever has another spelling is refused, so that no two payloads
// mean the same.
func TestOneEncoding(t *testing.T) {
	list := func(members ...[]byte) []byte { return rlp.AppendList(nil, slices.Concat(members...)) }
	text := func(b ...byte) []byte { return rlp.AppendBytes(nil, b) }
	to := addressOf(t, 2)
	clauses := list(list(text(to[:]...), text(1), text()))
	build := func(change map[int][]byte) []byte {
		members := [][]byte{text(MainTag), text(1, 2, 3, 4, 5, 6, 7, 8), text(32), clauses, text(), text(0x52, 8), text(), text(7), list()}
		for i, m := range change {
			if i == len(members) {
				members = append(members, nil)
			}
			members[i] = m
		}
		return list(members...)
	}
	if _, err := decode(t, FormTransaction, build(nil)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]map[int][]byte{
		"a chain tag of two bytes":         {0: text(1, MainTag)},
		"a reference of nine bytes":        {1: text(1, 2, 3, 4, 5, 6, 7, 8, 9)},
		"a reference with a leading zero":  {1: text(0, 2, 3, 4, 5, 6, 7, 8)},
		"an expiration of five bytes":      {2: text(1, 2, 3, 4, 5)},
		"an expiration of zero, written":   {2: {0}},
		"clauses that are bytes":           {3: text(1)},
		"a clause that is bytes":           {3: list(text(1))},
		"a clause of two members":          {3: list(list(text(to[:]...), text(1)))},
		"a clause of four members":         {3: list(list(text(to[:]...), text(1), text(), text()))},
		"an address of 19 bytes":           {3: list(list(text(to[1:]...), text(1), text()))},
		"a value of 33 bytes":              {3: list(list(text(to[:]...), text(bytes.Repeat([]byte{1}, 33)...), text()))},
		"a value with a leading zero":      {3: list(list(text(to[:]...), text(0, 1), text()))},
		"a coefficient of two bytes":       {4: text(1, 1)},
		"gas of nine bytes":                {5: text(1, 2, 3, 4, 5, 6, 7, 8, 9)},
		"a dependency of 31 bytes":         {6: text(bytes.Repeat([]byte{1}, 31)...)},
		"reserved bytes":                   {8: text()},
		"features of zero":                 {8: list(text())},
		"features with a leading zero":     {8: list(text(0, 1))},
		"features of five bytes":           {8: list(text(1, 0, 0, 0, 1))},
		"a feature that nobody knows":      {8: list(text(2))},
		"a feature beside delegation":      {8: list(text(3))},
		"a reserved member behind none":    {8: list(text(), text(1))},
		"a reserved member behind another": {8: list(text(1), text(1))},
		"a signature":                      {9: text(bytes.Repeat([]byte{1}, 65)...)},
		"an empty signature":               {9: text()},
	} {
		if in, err := decode(t, FormTransaction, build(change)); err == nil {
			t.Errorf("%s: decoded as %+v", name, in.Effects)
		} else if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.Unsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, raw := range map[string][]byte{
		"nothing": {}, "a type alone": {dynamicFee}, "a type of Ethereum": append([]byte{2}, payment(t).encode()...),
		"two types": append([]byte{dynamicFee, dynamicFee}, payment(t).encode()...), "legacy members with a type": append([]byte{dynamicFee}, payment(t).encode()...),
	} {
		if in, err := decode(t, FormTransaction, raw); err == nil {
			t.Errorf("%s: decoded as %+v", name, in.Effects)
		}
	}
}

// TestClauseOrder: effects stand in the order in which clauses happen.
func TestClauseOrder(t *testing.T) {
	raw := with(t, func(tx *transaction) {
		tx.clauses = nil
		for n := range byte(5) {
			to := addressOf(t, 2+n)
			tx.clauses = append(tx.clauses, clause{&to, big.NewInt(int64(n)), nil})
		}
	})
	in, err := decode(t, FormTransaction, raw)
	if err != nil || len(in.Effects) != 6 {
		t.Fatalf("%+v, %v", in, err)
	}
	for n, e := range in.Effects[:5] {
		if e.Kind != chain.Move || e.Amount != big.NewInt(int64(n)).String() || e.To != hexaccount.Checksummed(addressOf(t, 2+byte(n))) || e.Until != "block 19089463" {
			t.Errorf("effect %d is %+v", n, e)
		}
	}
}

// TestUntil: the end is the sum, however large its parts are.
func TestUntil(t *testing.T) {
	in, err := decode(t, FormTransaction, with(t, func(tx *transaction) { tx.reference, tx.expiration = 1<<64-1, 1<<32-1 }))
	if err != nil || in.Effects[0].Until != "block 8589934590" || !strings.Contains(strings.Join(in.Warnings, " "), "more than a day") {
		t.Errorf("%+v, %v", in, err)
	}
}

// TestWarnings: what a careful reader would stop at.
func TestWarnings(t *testing.T) {
	for part, change := range map[string]func(tx *transaction){
		"nobody has the key": func(tx *transaction) { tx.clauses[0].to = &hexaccount.Address{} },
		"recent block":       func(tx *transaction) { tx.reference = 0 },
		"more than a day":    func(tx *transaction) { tx.expiration = 8641 },
		"one transaction":    func(tx *transaction) { tx.gas = 1<<24 + 1 },
	} {
		in, err := decode(t, FormTransaction, with(t, change))
		if err != nil || len(in.Warnings) != 1 || !strings.Contains(in.Warnings[0], part) {
			t.Errorf("%s: %+v, %v", part, in, err)
		}
	}
	if in, err := decode(t, FormTransaction, payment(t).encode()); err != nil || len(in.Warnings) > 0 {
		t.Errorf("an ordinary payment warns: %+v, %v", in, err)
	}
}

// TestBuiltin: calls of the network's contracts are opaque, and people see whose.
func TestBuiltin(t *testing.T) {
	for _, name := range []string{"Energy", "Prototype", "Params", "Authority", "Executor", "Extension", "Staker"} {
		var to hexaccount.Address
		copy(to[len(to)-len(name):], name)
		in, err := decode(t, FormTransaction, with(t, func(tx *transaction) { tx.clauses = []clause{{&to, new(big.Int), []byte{0xde, 0xad, 0xbe, 0xef}}} }))
		if err != nil || in.Effects[0].Kind != chain.Opaque || in.Names[hexaccount.Checksummed(to)] == "" {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
	}
}

// TestFinishRefuses: only one signature of the right form makes a result.
func TestFinishRefuses(t *testing.T) {
	in, err := decode(t, FormTransaction, payment(t).encode())
	if err != nil {
		t.Fatal(err)
	}
	good := make([]byte, curve.RecoverableSize)
	for name, signatures := range map[string][][]byte{
		"none": nil, "nothing": {nil}, "short": {good[:64]}, "long": {append(slices.Clone(good), 0)}, "two": {good, good},
		"recovery id 2": {append(slices.Clone(good[:64]), 2)}, "recovery id 27": {append(slices.Clone(good[:64]), 27)},
	} {
		if out, err := in.Finish(signatures); err == nil {
			t.Errorf("%s: finished as %x", name, out)
		}
	}
	if _, err := in.Finish([][]byte{good}); err != nil {
		t.Error(err)
	}
}

// TestDelegationRefuses: nobody sponsors himself, or what asks for no sponsor.
func TestDelegationRefuses(t *testing.T) {
	self := addressOf(t, 1)
	raw := with(t, func(tx *transaction) { tx.features = featureDelegation })
	for name, payload := range map[string][]byte{"the own transaction": slices.Concat(self[:], raw), "19 bytes": raw[:19], "no transaction": self[:]} {
		if in, err := decode(t, FormDelegation, payload); err == nil {
			t.Errorf("%s: decoded as %+v", name, in.Effects)
		}
	}
}

// TestBounds: what is too large is refused before much is done with it.
func TestBounds(t *testing.T) {
	many := with(t, func(tx *transaction) {
		for range maxClauses {
			tx.clauses = append(tx.clauses, tx.clauses[0])
		}
	})
	large := with(t, func(tx *transaction) { tx.clauses[0].data = make([]byte, maxPayload) })
	for name, raw := range map[string][]byte{"clauses": many, "bytes": large} {
		if _, err := decode(t, FormTransaction, raw); !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s decoded: %v", name, err)
		}
		for _, file := range []string{string(raw), hex.EncodeToString(raw)} {
			if _, err := mainnet().ReadFile([]byte(file)); !fault.Is(err, fault.TooLarge) {
				t.Errorf("%s read: %v", name, err)
			}
		}
	}
	if _, err := mainnet().ReadFile(make([]byte, 4*maxPayload+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large file: %v", err)
	}
}

// TestFileTricks: files that say one thing to one reader and another to the next.
func TestFileTricks(t *testing.T) {
	const head = `{"chainTag":74,"blockRef":"0x0123456700000000","gas":21000,"nonce":7,`
	const to = `"to":"0x7567d83b7b8d80addcb281a71d54fc7b3364ffed"`
	if _, err := mainnet().ReadFile([]byte(head + to + `,"value":1}`)); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"a member in other letters":          head + to + `,"value":1,"Value":2}`,
		"a member twice":                     head + to + `,"value":1,"value":2}`,
		"a member twice, escaped":            head + to + `,"value":1,"valu\u0065":2}`,
		"clauses and a receiver":             head + to + `,"value":1,"clauses":[]}`,
		"no clause":                          head + `"expiration":1,"gasPriceCoef":0,"clauses":[]}`,
		"who sends it, beside clauses":       head + `"from":0,"expiration":1,"gasPriceCoef":0,"clauses":[{` + to + `}]}`,
		"an address that sends it":           head + `"from":"0x7567d83b7b8d80addcb281a71d54fc7b3364ffed",` + to + `,"value":1}`,
		"an exponent":                        head + to + `,"value":1e3}`,
		"a fraction":                         head + to + `,"value":"1.0"}`,
		"a sign":                             head + to + `,"value":"+1"}`,
		"a sign behind 0x":                   head + to + `,"value":"0x-1"}`,
		"an underscore":                      head + to + `,"value":"1_000"}`,
		"a capital X":                        head + to + `,"value":"0X1"}`,
		"hex without 0x":                     head + to + `,"value":"ff"}`,
		"an empty hex number":                head + to + `,"value":"0x"}`,
		"a number of 257 bits":               head + to + `,"value":"0x1` + strings.Repeat("0", 64) + `"}`,
		"a very long number":                 head + to + `,"value":"` + strings.Repeat("0", 81) + `1"}`,
		"a value that is an object":          head + to + `,"value":{}}`,
		"data without 0x":                    head + to + `,"data":"00"}`,
		"data of half a byte":                head + to + `,"data":"0x0"}`,
		"half a fee market":                  head + to + `,"maxFeePerGas":1}`,
		"the other half":                     head + to + `,"maxPriorityFeePerGas":1}`,
		"a fee market and a coefficient":     head + to + `,"maxFeePerGas":1,"maxPriorityFeePerGas":1,"gasPriceCoef":0}`,
		"a dependency of three bytes":        head + to + `,"dependsOn":"0xaabbcc"}`,
		"a reserved member that is unknown":  head + to + `,"reserved":{"features":1,"unused":["0x01"]}}`,
		"features that are unknown":          head + to + `,"reserved":{"features":6}}`,
		"a signature":                        head + to + `,"signature":"0x00"}`,
		"something behind the object":        head + to + `} {}`,
		"another network":                    strings.Replace(head, "74", "39", 1) + to + `}`,
		"a short block reference":            strings.Replace(head, "0x0123456700000000", "0x01234567", 1) + to + `}`,
		"a block reference that is a number": strings.Replace(head, `"0x0123456700000000"`, "81985529", 1) + to + `}`,
		"a block reference in decimal":       strings.Replace(head, `0x0123456700000000`, "123456789012345678", 1) + to + `}`,
	} {
		if req, err := mainnet().ReadFile([]byte(file)); err == nil {
			t.Errorf("%s: read as %x", name, req.Payload)
		} else if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.Unsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
