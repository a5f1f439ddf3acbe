package wire

import (
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// documented is the text of the page, and the JSON of its examples in order.
func documented(t *testing.T) (page string, examples []string) {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/clef-extensions.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split(string(text), "```") {
		if code, ok := strings.CutPrefix(part, "json\n"); ok && i%2 == 1 {
			value := jsontext.Value(code)
			if err := value.Compact(); err != nil {
				t.Fatalf("%v in\n%s", err, code)
			}
			examples = append(examples, string(value))
		}
	}
	return string(text), examples
}

// TestDocumentedExamples: the examples of docs/clef-extensions.md are what is really
// said.
func TestDocumentedExamples(t *testing.T) {
	page, examples := documented(t)
	rest := examples
	next := func(want string) {
		t.Helper()
		if len(rest) == 0 {
			t.Fatalf("there is no example\n%s", want)
		}
		if rest[0] != want {
			t.Errorf("the example\n%s\nis really\n%s", rest[0], want)
		}
		rest = rest[1:]
	}
	request := func(id, method, params string) string {
		return `{"jsonrpc":"2.0","id":` + id + `,"method":"` + method + `","params":[` + params + `]}`
	}
	meta := Meta{Remote: "127.0.0.1:50312", Local: "localhost:8550", Scheme: "http", UserAgent: "payments/2.1"}
	keys := privateKeys(t)
	result := func(a *SendTxArgs) string {
		t.Helper()
		req, err := ToRequest(a, 1337)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := sign(t, req, keys[a.From.Raw()])
		if err != nil {
			t.Fatal(err)
		}
		r, err := ResultOf(signed, a)
		if err != nil {
			t.Fatal(err)
		}
		return string(r.AppendJSON(nil))
	}

	// account_signRawTransaction
	const sender = `"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"`
	from, err := AddressParam([]byte(sender))
	if err != nil {
		t.Fatal(err)
	}
	basic, err := ParseTransaction([]byte(`{"from":` + sender + `,"to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0","gas":"0x5208","gasPrice":"0x3b9aca00","value":"0xde0b6b3a7640000","nonce":"0x7"}`))
	if err != nil {
		t.Fatal(err)
	}
	req, err := ToRequest(basic, 1337)
	if err != nil {
		t.Fatal(err)
	}
	raw := Data(req.Payload)
	tx, err := FromRaw(from, raw)
	if err != nil {
		t.Fatal(err)
	}
	next(request("1", "account_signRawTransaction", sender+`,"`+raw.String()+`"`))
	next(request("2", "ui_approveTx", string(AskTx(&TxRequest{Transaction: tx, Meta: meta, Raw: raw}).Parameter())))
	next(`{"jsonrpc":"2.0","id":2,"result":{"approved":true}}`)
	next(`{"jsonrpc":"2.0","id":1,"result":` + result(tx) + `}`)

	// account_bulkSignTransactions
	list := strings.TrimSuffix(strings.TrimPrefix(rest[0], request("1", "account_bulkSignTransactions", "")[:len(request("1", "account_bulkSignTransactions", ""))-2]), "]}")
	all, err := ParseBulk([]byte(list))
	if err != nil {
		t.Fatalf("%v in\n%s", err, list)
	}
	rest = rest[1:]
	bulk, err := NewBulkRequest(all, make([]CallInfo, len(all)), meta)
	if err != nil {
		t.Fatal(err)
	}
	next(request("2", "ui_approveBulkTx", string(AskBulk(bulk).Parameter())))
	next(`{"jsonrpc":"2.0","id":2,"result":{"approved":true}}`)
	next(`{"jsonrpc":"2.0","id":1,"result":[` + result(all[0]) + `,` + result(all[1]) + `]}`)

	// Pairing, with the key of RFC 8032, section 7.1, test 1.
	seed, err := hex.DecodeString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
	if err != nil {
		t.Fatal(err)
	}
	private := ed25519.NewKeyFromSeed(seed)
	key := PairingKey(private[32:])
	const name = "treasury bot"
	var caller, signer PairingNonce
	var handshake, session PairingID
	for i := range caller {
		caller[i], signer[i] = byte(i), byte(0x20+i)
	}
	for i := range session {
		session[i], handshake[i] = byte(0x40+i), byte(0x50+i)
	}
	text := func(b []byte) string { return `"` + Data(b).String() + `"` }
	commitment, pairing := Commitment(key, name, caller), PairingOf(key, name, caller, signer)
	start := `{"name":"` + name + `","key":` + text(key[:]) + `,"commitment":` + text(commitment[:]) + `}`
	if s, err := ParsePairStart([]byte(start)); err != nil || s != (PairStart{name, key, commitment}) {
		t.Errorf("%+v, %v", s, err)
	}
	next(request("1", "account_pairStart", start))
	next(`{"jsonrpc":"2.0","id":1,"result":{"handshake":` + text(handshake[:]) + `,"nonce":` + text(signer[:]) + `}}`)
	finish := `{"handshake":` + text(handshake[:]) + `,"nonce":` + text(caller[:]) + `}`
	if s, err := ParsePairFinish([]byte(finish)); err != nil || s != (PairFinish{handshake, caller}) {
		t.Errorf("%+v, %v", s, err)
	}
	next(request("2", "account_pairFinish", finish))
	asked := AskPairing(&PairingRequest{Name: name, Key: key, Code: PairingCode(key, name, caller, signer), Meta: meta})
	next(request("3", "ui_approvePairing", string(asked.Parameter())))
	next(`{"jsonrpc":"2.0","id":2,"result":{"pairing":` + text(pairing[:]) + `,"session":` + text(session[:]) + `}}`)
	call := PairCall{Key: key, Session: session, Number: 1, Request: `{"method":"account_list"}`}
	copy(call.Signature[:], ed25519.Sign(private, call.Preimage(pairing)))
	wrapped := `{"key":` + text(key[:]) + `,"session":` + text(session[:]) + `,"number":"0x1","request":"{\"method\":\"account_list\"}","signature":` + text(call.Signature[:]) + `}`
	if c, err := ParsePairCall([]byte(wrapped)); err != nil || c != call || !c.Verify(pairing) {
		t.Errorf("%+v, %v", c, err)
	}
	next(request("3", "account_pairCall", wrapped))

	// Start-up.
	info, err := StartupInfo{
		HTTP: "http://127.0.0.1:8550/", Extensions: []string{"bulk", "no-change"},
		Accounts: []Account{{from.Raw(), "keystore:///home/ann/.ethereum/keystore/UTC--2026-11-20T21-28-43.401887913Z--cd2a3d9f938e13cd947ec05abc7fe734df8dd826"}},
	}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	next(`{"jsonrpc":"2.0","method":"ui_onSignerStartup","params":[` + string(info) + `]}`)
	if len(rest) > 0 {
		t.Errorf("examples that nobody checks: %s", rest)
	}
	for _, label := range []string{labelCommitment, labelCode, labelPairing, labelRequest} {
		if !strings.Contains(page, "`"+strings.ReplaceAll(label, "\n", `\n`)+"`") {
			t.Errorf("the label %q is not on the page", label)
		}
	}
	for _, kind := range kinds {
		for _, name := range []string{kind.method, kind.callback} {
			if (strings.Contains(name, "Bulk") || strings.Contains(name, "Pairing")) && !strings.Contains(page, "`"+name+"`") {
				t.Errorf("%s is not on the page", name)
			}
		}
	}
}
