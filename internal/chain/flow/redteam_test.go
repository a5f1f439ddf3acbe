package flow_test

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/flow"
	"strongroom/internal/fault"
)

// TestRedTeam: transactions that look like the well-known transfer, or like nothing much,
// and are something else. None may be shown as something harmless.
func TestRedTeam(t *testing.T) {
	const opaque = "opaque"
	script := string(payment(t).Script)
	replace := func(old, now string) func(tx *flow.Transaction) {
		return func(tx *flow.Transaction) {
			if !strings.Contains(script, old) {
				t.Fatalf("the script has no %q", old)
			}
			tx.Script = []byte(strings.Replace(script, old, now, 1))
		}
	}
	cases := map[string]struct {
		change func(tx *flow.Transaction)
		want   []string // each in some line
	}{
		"the token's contract is another account's":         {replace("0x1654653399040a61", "0xe467b9dd11fa00df"), []string{opaque}},
		"the interface's contract is another account's":     {replace("0xf233dcee88fe0abe", "0x1d7e57aa55817448"), []string{opaque}},
		"everything is withdrawn":                           {replace("withdraw(amount: amount)", "withdraw(amount: vaultRef.balance)"), []string{opaque}},
		"the receiver is written into the script":           {replace("getAccount(recipient)", "getAccount(0xe467b9dd11fa00df)"), []string{opaque}},
		"a key is added besides":                            {replace("\n  let vaultRef", "\n  signer.keys.add(publicKey: k, hashAlgorithm: h, weight: 1000.0)\n  let vaultRef"), []string{opaque}},
		"a statement behind a carriage return in a comment": {replace("\nexecute {", "\n// pays\rsigner.keys.revoke(keyIndex: 0)\nexecute {"), []string{opaque}},
		"a statement behind a block comment":                {replace("\nexecute {", "\n/* // */ signer.x() // */\nexecute {"), []string{opaque}},
		"a capability is published": {func(tx *flow.Transaction) {
			tx.Script, tx.Arguments = []byte("transaction { prepare(s: auth(Capabilities) &Account) { s.capabilities.publish(c, at: /public/x) } }"), nil
		}, []string{opaque}},
		"an empty script": {func(tx *flow.Transaction) { tx.Script, tx.Arguments = nil, nil }, []string{opaque}},
		"the payer pays for somebody else, without a bound": {func(tx *flow.Transaction) { tx.GasLimit = 1 << 63 }, []string{
			"fee asset=FLOW amount= from=0x955cd3f17b2fd8ad", "computation limit 9223372036854775808; the network sets the price, which the transaction does not bound"}},
		"a large amount in a script that has ended": {func(tx *flow.Transaction) {
			tx.Arguments[0] = []byte(`{"type":"UFix64","value":"184467440737.09551615"}`)
		}, []string{"move asset=FLOW amount=18446744073709551615 from=0xe467b9dd11fa00df to=0x1654653399040a61", "warning: the script is written in Cadence before 1.0"}},
		"escapes in an argument": {func(tx *flow.Transaction) {
			tx.Arguments[1] = []byte(`{"type":"Address","value":"0\u0078f233dcee88fe0abe"}`)
		}, []string{"move asset=FLOW amount=150000000 from=0xe467b9dd11fa00df to=0xf233dcee88fe0abe"}},
		"a receiver of the other network": {func(tx *flow.Transaction) {
			tx.Arguments[1] = []byte(`{"type":"Address","value":"0x7e60df042a9c0868"}`)
		}, []string{"warning: the receiver 0x7e60df042a9c0868 is no address of this network"}},
		"the authorizer is somebody else than the signer thinks": {func(tx *flow.Transaction) { tx.Authorizers[0] = at(t, "f233dcee88fe0abe") }, []string{
			"move asset=FLOW amount=150000000 from=0xf233dcee88fe0abe"}},
	}
	if len(cases) < 13 {
		t.Errorf("%d cases", len(cases))
	}
	for name, c := range cases {
		tx := payment(t)
		c.change(tx)
		for form, payload := range map[string][]byte{flow.FormTransaction: tx.Payload(), flow.FormEnvelope: tx.Envelope()} {
			in, err := mainnet().Decode(chain.Request{Form: form, Payload: payload, Signer: someKey(t)})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got := lines(in)
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%s: no %q in\n%s", name, want, got)
				}
			}
			if c.want[0] == opaque && (in.Effects[0].Kind != chain.Opaque || strings.Contains(got, "move ")) {
				t.Errorf("%s: not opaque:\n%s", name, got)
			}
			if in.Effects[len(in.Effects)-1].Kind != chain.Fee {
				t.Errorf("%s: no fee:\n%s", name, got)
			}
		}
	}
	tx := payment(t)
	tx.Script, tx.Arguments, tx.Authorizers = []byte("transaction {}"), nil, append(tx.Authorizers, at(t, "f233dcee88fe0abe"))
	in, err := mainnet().Preview(chain.Request{Form: flow.FormTransaction, Payload: tx.Payload()})
	if err != nil || len(in.Effects) != 3 || in.Effects[0].From != "0xe467b9dd11fa00df" || in.Effects[1].From != "0xf233dcee88fe0abe" || in.Effects[1].Kind != chain.Opaque {
		t.Errorf("two authorizers: %v\n%s", err, lines(in))
	}
}

// TestRefused: payloads that are no one encoding of a transaction that can be understood.
func TestRefused(t *testing.T) {
	c := mainnet()
	decode := func(form string, payload []byte) error {
		_, err := c.Preview(chain.Request{Form: form, Payload: payload})
		return err
	}
	two := payment(t)
	two.Authorizers = append(two.Authorizers, two.Payer)
	few := payment(t)
	few.Arguments = few.Arguments[:1]
	more := payment(t)
	more.Arguments = append(more.Arguments, []byte(`{"type":"Void"}`))
	many := payment(t)
	many.Arguments = make([][]byte, 257)
	for name, tx := range map[string]*flow.Transaction{"two authorizers of a transfer": two, "an argument too few": few, "an argument too many": more} {
		if err := decode(flow.FormTransaction, tx.Payload()); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := decode(flow.FormTransaction, many.Payload()); !fault.Is(err, fault.TooLarge) {
		t.Errorf("many arguments: %v", err)
	}
	if err := decode(flow.FormTransaction, make([]byte, 1_500_001)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large payload: %v", err)
	}
	tx := payment(t)
	tx.PayloadSignatures = []flow.Signature{
		{Account: tx.Proposer, Key: 1, Bytes: bytes.Repeat([]byte{1}, 64)}, {Account: tx.Proposer, Key: 2, Bytes: bytes.Repeat([]byte{2}, 64)},
	}
	good := tx.Envelope()
	if err := decode(flow.FormEnvelope, good); err != nil {
		t.Fatal(err)
	}
	// Each signature is f8 44 80 <key> b8 40 and 64 bytes; swapped keys are out of order.
	swapped := bytes.Clone(good)
	first, second := len(good)-2*70, len(good)-70
	swapped[first+3], swapped[second+3] = swapped[second+3], swapped[first+3]
	stranger := bytes.Clone(good)
	stranger[second+2] = 9
	same := bytes.Clone(good)
	same[second+3] = 1
	for name, payload := range map[string][]byte{"out of order": swapped, "a stranger's signature": stranger, "two of one key": same} {
		if err := decode(flow.FormEnvelope, payload); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := decode(flow.FormTransaction, good); err == nil {
		t.Error("an envelope is read as a transaction")
	}
}

// TestBadFiles: what is not understood in full is no file.
func TestBadFiles(t *testing.T) {
	good := string(payment(t).JSON())
	if _, err := mainnet().ReadFile([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"nothing": "", "half": good[:len(good)/2], "an unknown member": strings.Replace(good, `{"script"`, `{"note":1,"script"`, 1),
		"a member twice":         strings.Replace(good, `"payer"`, `"payer":"e467b9dd11fa00df","payer"`, 1),
		"a number with a zero":   strings.Replace(good, `"gas_limit":"9999"`, `"gas_limit":"09999"`, 1),
		"a stranger's signature": strings.Replace(good, `"payload_signatures":[]`, `"payload_signatures":[{"address":"f233dcee88fe0abe","key_index":"0","signature":"AA=="}]`, 1),
		"the pending transaction of Tatum without what nodes say": `{"type":2,"body":{"account":"0xe467b9dd11fa00df","to":"0xf8d6e0586b0a20c7","amount":"1.5","currency":"FLOW"}}`,
	} {
		if req, err := mainnet().ReadFile([]byte(file)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v, %v", name, req.Form, err)
		}
	}
	for _, n := range []flow.Transfer{
		{Account: "0x1", To: "0xf8d6e0586b0a20c7", Amount: "1", Currency: "FLOW"}, {Account: "0xe467b9dd11fa00df", To: "", Amount: "1", Currency: "FLOW"},
		{Account: "0xe467b9dd11fa00df", To: "0xf8d6e0586b0a20c7", Amount: "1.123456789", Currency: "FLOW"},
		{Account: "0xe467b9dd11fa00df", To: "0xf8d6e0586b0a20c7", Amount: "-1", Currency: "FLOW"},
		{Account: "0xe467b9dd11fa00df", To: "0xf8d6e0586b0a20c7", Amount: "1.", Currency: "FLOW"},
		{Account: "0xe467b9dd11fa00df", To: "0xf8d6e0586b0a20c7", Amount: "", Currency: "FLOW"},
		{Account: "0xe467b9dd11fa00df", To: "0xf8d6e0586b0a20c7", Amount: "1", Currency: "USDC"},
	} {
		if _, err := mainnet().BuildTransfer(n); err == nil {
			t.Errorf("%+v was built", n)
		}
	}
}
