package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// Tested is a UI that can be put through a [Trial].
type Tested interface {
	approval.Approver
	ShowInfo(text string)
	ShowError(text string)
	askText(ctx context.Context, title, prompt string) (string, error)
}

var (
	_ Tested = (*Stdio)(nil)
	_ Tested = (*Console)(nil)
)

// Trial puts a UI through requests of all kinds, and tells the person before it what to
// answer (reference §9.11, --stdio-ui-test). Nothing is signed: the requests go to the UI
// alone.
type Trial struct {
	UI Tested
	// Wait lets the person read; nil waits a second.
	Wait func(ctx context.Context) error

	failures []string
}

// Run goes through all of it, shows the UI the number of failures, and gives them. The
// error is that of a context that ended before.
func (t *Trial) Run(ctx context.Context) (failures []string, err error) {
	steps := []func(context.Context) error{
		func(ctx context.Context) error {
			return t.isSeen(ctx, t.UI.ShowInfo, "If you see this message, enter 'yes' to next question")
		},
		func(ctx context.Context) error {
			return t.isSeen(ctx, t.UI.ShowError, "If you see this message, enter 'yes' to the next question")
		},
		t.step(true, "signing a clique header", trialClique),
		t.step(true, "signing EIP-712 typed data", trialTyped),
		t.step(true, "signing a text", trialText),
		t.step(false, "signing a text", trialText),
		t.step(false, "signing a transaction", trialTx),
		t.step(false, "listing the accounts", trialListing),
		t.step(false, "a new account", trialNew),
		t.origin,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return t.failures, err
		}
	}
	text := fmt.Sprintf("The test is over. Errors: %d", len(t.failures))
	for _, f := range t.failures {
		text += "\n" + f
	}
	t.UI.ShowInfo(text)
	return t.failures, nil
}

// trialQuestion is asked after every message.
const (
	trialTitle = "Testing"
	trialSeen  = "Did you see the message? [yes/no]"
)

// isSeen shows a message and asks whether it was seen.
func (t *Trial) isSeen(ctx context.Context, show func(string), text string) error {
	show(text)
	if err := t.wait(ctx); err != nil {
		return err
	}
	return t.ask(ctx, trialSeen, "the message was not seen: "+text)
}

// ask wants the answer yes.
func (t *Trial) ask(ctx context.Context, prompt, otherwise string) error {
	answer, err := t.UI.askText(ctx, trialTitle, prompt)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		t.failures = append(t.failures, otherwise+" ("+fault.Text(err)+")")
	case strings.ToLower(strings.TrimSpace(answer)) != "yes":
		t.failures = append(t.failures, otherwise)
	}
	return nil
}

// step says what comes, asks for an approval, and holds the answer to what was wanted.
func (t *Trial) step(approve bool, what string, make func() (*wire.Subject, []approval.Account)) func(context.Context) error {
	return func(ctx context.Context) error {
		verb := map[bool]string{true: "approve", false: "deny"}[approve]
		t.UI.ShowInfo("Please " + verb + " the next request for " + what)
		return t.decide(ctx, approve, what, make)
	}
}

func (t *Trial) decide(ctx context.Context, approve bool, what string, make func() (*wire.Subject, []approval.Account)) error {
	if err := t.wait(ctx); err != nil {
		return err
	}
	subject, accounts := make()
	answer, err := t.UI.Approve(ctx, &approval.Question{Operation: "sign", Subject: subject, Accounts: accounts})
	isApproved := err == nil && answer.Verdict == approval.Approve
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		t.failures = append(t.failures, what+": the answer is an error: "+err.Error())
	case isApproved != approve:
		t.failures = append(t.failures, fmt.Sprintf("%s: approved is %t, want %t", what, isApproved, approve))
	}
	return nil
}

// trialOrigin is what the last request has in its metadata.
const trialOrigin = "https://origin.example"

// origin looks whether the person is shown where a request comes from.
func (t *Trial) origin(ctx context.Context) error {
	t.UI.ShowInfo("Please deny the next request for listing the accounts, and look for its origin")
	if err := t.decide(ctx, false, "listing the accounts for an origin", func() (*wire.Subject, []approval.Account) {
		meta := trialMeta()
		meta.Origin = trialOrigin
		return wire.AskListing(&wire.ListRequest{Meta: meta}), trialAccounts()
	}); err != nil {
		return err
	}
	return t.ask(ctx, "Did you see the origin "+trialOrigin+"? [yes/no]", "the origin was not seen")
}

func (t *Trial) wait(ctx context.Context) error {
	if t.Wait != nil {
		return t.Wait(ctx)
	}
	select {
	case <-time.After(time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// trialAddress is nobody's.
func trialAddress() [20]byte {
	return [20]byte{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99}
}

func trialMeta() wire.Meta {
	return wire.Meta{Remote: "NA", Local: "NA", Scheme: "test", UserAgent: "test of the UI"}
}

func trialAccounts() []approval.Account {
	return []approval.Account{{Address: trialAddress(), Path: "/nowhere"}}
}

// trialData is a request to sign data of which the raw bytes are given.
func trialData(contentType string, raw []byte, messages ...wire.NameValueType) (*wire.Subject, []approval.Account) {
	hash := wire.Keccak(raw)
	return wire.AskData(&wire.SignDataRequest{
		ContentType: contentType, Address: wire.AddressOf(trialAddress()), RawData: raw, Messages: messages, Hash: hash[:], Meta: trialMeta(),
	}), nil
}

func trialText() (*wire.Subject, []approval.Account) {
	const text = "\x19Ethereum Signed Message:\n11hello world"
	return trialData("text/plain", []byte(text), field("message", "text/plain", text))
}

// trialClique is the header of a first block, without the seal in its extra data.
func trialClique() (*wire.Subject, []approval.Account) {
	var hash, bloom [256]byte
	var b []byte
	for _, size := range []int{32, 32, 20, 32, 32, 32} { // parent to receipts
		b = rlp.AppendBytes(b, hash[:size])
	}
	b = rlp.AppendBytes(b, bloom[:])
	for _, n := range []uint64{2, 1, 8_000_000, 0, 1_600_000_000} { // difficulty to time
		b = rlp.AppendUint(b, n)
	}
	for _, size := range []int{32, 32, 8} { // extra data, mix hash, nonce
		b = rlp.AppendBytes(b, hash[:size])
	}
	header := rlp.AppendList(nil, b)
	return trialData("application/x-clique-header", header,
		field("Clique header", "clique", fmt.Sprintf("clique header 1 [0x%x]", wire.Keccak(header))))
}

// trialTyped is the example of EIP-712.
func trialTyped() (*wire.Subject, []approval.Account) {
	const domain = "\xf2\xce\xe3\x75\xfa\x42\xb4\x21\x43\x80\x40\x25\xfc\x44\x9d\xea\xfd\x50\xcc\x03\x1c\xa2\x57\xe0\xb1\x94\xa6\x50\xa9\x12\x09\x0f"
	const message = "\xc5\x2c\x0e\xe5\xd8\x42\x64\x47\x18\x06\x29\x0a\x3f\x2c\x4c\xec\xfc\x54\x90\x62\x6b\xf9\x12\xd0\x1f\x24\x0d\x7a\x27\x4b\x37\x1e"
	person := func(name, member, wallet string) wire.NameValueType {
		return wire.NameValueType{Name: member, Type: "Person", Value: wire.Value{Fields: []wire.NameValueType{
			field("name", "string", name), field("wallet", "address", wallet),
		}}}
	}
	return trialData("data/typed", []byte("\x19\x01"+domain+message),
		wire.NameValueType{Name: "EIP712Domain", Type: "domain", Value: wire.Value{Fields: []wire.NameValueType{
			field("name", "string", "Ether Mail"), field("version", "string", "1"), field("chainId", "uint256", "1 (0x1)"),
			field("verifyingContract", "address", "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"),
		}}},
		wire.NameValueType{Name: "Mail", Type: "primary type", Value: wire.Value{Fields: []wire.NameValueType{
			person("Cow", "from", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"),
			person("Bob", "to", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"),
			field("contents", "string", "Hello, Bob!"),
		}}})
}

func field(name, kind, value string) wire.NameValueType {
	return wire.NameValueType{Name: name, Type: kind, Value: wire.TextValue(value)}
}

func trialTx() (*wire.Subject, []approval.Account) {
	to := wire.AddressOf(trialAddress())
	price := wire.Quantity{31: 1}
	return wire.AskTx(&wire.TxRequest{
		Transaction: &wire.SendTxArgs{From: to, To: &to, Gas: 21_000, GasPrice: &price, Nonce: 1},
		Meta:        trialMeta(),
	}), nil
}

func trialListing() (*wire.Subject, []approval.Account) {
	return wire.AskListing(&wire.ListRequest{Meta: trialMeta()}), trialAccounts()
}

func trialNew() (*wire.Subject, []approval.Account) {
	return wire.AskNewAccount(&wire.NewAccountRequest{Meta: trialMeta()}), nil
}
