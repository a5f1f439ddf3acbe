package beacon

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

// Accounts of tests; alice's key is aliceKey.
const (
	alice    = "bnb13qcvzx6q6ajw44af2ylkge4ltg9r5fs9l4kygu"
	bob      = "bnb1v85k8nfyej0dcq6hkcqh377exd6rvtnqagmcea"
	mallory  = "bnb1g4r9vwgj5lhnvgdxp68sjuzj5dak064uz4dqz7"
	aliceKey = "af635bff5376820e8ca7338371ca65b40a2e0c338e20edd4d71d21410bbb6f7f"
)

func mainNetwork() Chain {
	return New(chain.Network{ID: "binance-beacon", Symbol: "BNB", Decimals: 8, Algorithm: curve.Secp256k1}, "bnb", "Binance-Chain-Tigris")
}

func testNetwork() Chain {
	return New(chain.Network{ID: "binance-beacon-testnet", Symbol: "BNB", Decimals: 8, Algorithm: curve.Secp256k1, Test: true}, "tbnb", "Binance-Chain-Ganges")
}

func readKey(t testing.TB, text string) ([]byte, curve.PublicKey) {
	t.Helper()
	a, private, err := mainNetwork().ParsePrivate(secret.New([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return private.Expose(), chaintest.PublicKey(t, a, private.Expose())
}

func load(t testing.TB, name string, value any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, value, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
}

type vector struct {
	Name, Document, Signed string
	Pending                jsontext.Value
}

func vectors(t testing.TB) (all []vector) {
	t.Helper()
	load(t, "testdata/vectors.json", &all)
	if len(all) != 10 {
		t.Fatalf("%d vectors", len(all))
	}
	return all
}

func sign(t *testing.T, name string, c Chain, req chain.Request, private []byte, want string) {
	t.Helper()
	in, err := c.Decode(req)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	signatures := chaintest.SignAll(t, in, private)
	if err := curve.Verify(in.Tasks[0].Scheme, in.Tasks[0].Key, in.Tasks[0].Message, signatures[0]); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	result, err := in.Finish(signatures)
	if err != nil || in.Encoding.Encode(result) != want {
		t.Errorf("%s: signed as\n%x\nwant\n%s\n%v", name, result, want, err)
	}
}

// TestVectors: documents and pending transactions of the chain's own library.
func TestVectors(t *testing.T) {
	private, key := readKey(t, aliceKey)
	c := mainNetwork()
	for _, v := range vectors(t) {
		req, err := c.ReadFile(v.Pending)
		if err != nil || string(req.Payload) != v.Document {
			t.Errorf("%s: read as %s, %v\nwant %s", v.Name, req.Payload, err, v.Document)
			continue
		}
		req.Signer = key
		sign(t, v.Name, c, req, private, v.Signed)
		for _, file := range []string{v.Document, "\n 0x" + hex.EncodeToString([]byte(v.Document)), base64.StdEncoding.EncodeToString([]byte(v.Document))} {
			again, err := c.ReadFile([]byte(file))
			if err != nil || !bytes.Equal(again.Payload, req.Payload) || again.Context != nil {
				t.Errorf("%s: %s is read as %s, %v", v.Name, file, again.Payload, err)
			}
		}
	}
}

func TestTatumVectors(t *testing.T) {
	for _, testnet := range []bool{false, true} {
		c := mainNetwork()
		if testnet {
			c = testNetwork()
		}
		all := chaintest.Vectors(t, golden, testnet, "BNB")
		if len(all) != 3 {
			t.Errorf("%d vectors", len(all))
		}
		for _, v := range all {
			var node struct {
				NodeInfo struct {
					Network string `json:"network"`
				} `json:"node_info"`
			}
			var owner struct {
				AccountNumber jsontext.Value `json:"account_number"`
				Sequence      jsontext.Value `json:"sequence"`
			}
			if err := json.Unmarshal(v.NodeCalls[0].Reply, &node); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(v.NodeCalls[1].Reply, &owner); err != nil {
				t.Fatal(err)
			}
			merged := `{"account_number":` + string(owner.AccountNumber) + `,"sequence":` + string(owner.Sequence) +
				`,"chain_id":"` + node.NodeInfo.Network + `",` + strings.TrimPrefix(v.Pending.SerializedTransaction, "{")
			req, err := c.ReadFile([]byte(merged))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			private, key := readKey(t, v.Wallets[v.Pending.Hashes[0]]["privateKey"].(string))
			req.Signer = key
			sign(t, v.Name, c, req, private, v.TxData(t))
		}
	}
}

// TestTatumSecrets: every row of the chain's keys.
func TestTatumSecrets(t *testing.T) {
	var file struct {
		Rows []struct{ Chain, PrivateKey, AddressMainnet, AddressTestnet string }
	}
	load(t, golden+"/secrets.json", &file)
	rows := 0
	for _, row := range file.Rows {
		if row.Chain != "BNB" {
			continue
		}
		rows++
		private, key := readKey(t, row.PrivateKey)
		for _, form := range []string{strings.ToUpper(row.PrivateKey), "0x" + row.PrivateKey} {
			if again, _ := readKey(t, form); !bytes.Equal(again, private) {
				t.Errorf("%s is another key", form)
			}
		}
		text, err := mainNetwork().FormatPrivate(key, secret.Copy(private))
		if err != nil || !bytes.Equal(text.Expose(), []byte(row.PrivateKey)) {
			t.Errorf("%s is written as %s, %v", row.PrivateKey, text.Expose(), err)
		}
		for want, c := range map[string]Chain{row.AddressMainnet: mainNetwork(), row.AddressTestnet: testNetwork()} {
			if got, err := c.Address(key); err != nil || got != want {
				t.Errorf("%s: address %s, %v, want %s", row.PrivateKey, got, err, want)
			}
			if _, err := c.account(want); err != nil {
				t.Error(err)
			}
		}
		if _, err := mainNetwork().account(row.AddressTestnet); err == nil {
			t.Error("an address of the test network is taken")
		}
	}
	if rows != 9 {
		t.Errorf("%d rows", rows)
	}
}

func TestPrivateRefused(t *testing.T) {
	order := curve.Secp256k1.Order()
	for _, text := range []string{"", "1", strings.Repeat("0", 64), hex.EncodeToString(order[:]), strings.Repeat("g", 64), "0x" + strings.Repeat("1", 63), strings.Repeat("1", 66)} {
		if a, key, err := mainNetwork().ParsePrivate(secret.New([]byte(text))); err == nil || !key.IsEmpty() || a != curve.NoAlgorithm {
			t.Errorf("%q is read as %x", text, key.Expose())
		}
	}
	private, key := readKey(t, aliceKey)
	if _, err := mainNetwork().FormatPrivate(key, secret.Copy(private[:31])); err == nil {
		t.Error("a short key is written")
	}
	if _, err := mainNetwork().FormatPrivate(curve.PublicKey{}, secret.Copy(private)); err == nil {
		t.Error("a key of no algorithm is written")
	}
}

// signDoc is a sign document with one message.
func signDoc(message string) []byte {
	return []byte(`{"account_number":"1","chain_id":"Binance-Chain-Tigris","data":null,"memo":"","msgs":[` + message + `],"sequence":"2","source":"0"}`)
}

func party(address, coins string) string {
	return `{"address":"` + address + `","coins":[` + coins + `]}`
}

func transfer(inputs, outputs string) string {
	return `{"inputs":[` + inputs + `],"outputs":[` + outputs + `]}`
}

const oneBNB = `{"amount":100000000,"denom":"BNB"}`

func TestConformance(t *testing.T) {
	_, key := readKey(t, aliceKey)
	chaintest.Run(t, chaintest.Config{
		Chain: mainNetwork(),
		Valid: map[string]chain.Request{
			"transfer": {Form: FormTransaction, Payload: signDoc(transfer(party(alice, oneBNB), party(bob, oneBNB))), Signer: key},
			"freeze":   {Form: FormTransaction, Payload: signDoc(`{"amount":5,"from":"` + alice + `","symbol":"BNB"}`), Signer: key, Context: []byte(prefixFreeze)},
			"other":    {Form: FormTransaction, Payload: signDoc(`{"voter":"x"}`), Signer: key, Context: []byte("\xa1\xca\xdd\x36\x0a\x00")},
		},
	})
}

func TestRefused(t *testing.T) {
	_, key := readKey(t, aliceKey)
	_, other := readKey(t, strings.Repeat("1", 64))
	good := string(signDoc(transfer(party(alice, oneBNB), party(bob, oneBNB))))
	freeze := signDoc(`{"amount":5,"from":"` + alice + `","symbol":"BNB"}`)
	replace := func(old, with string) []byte {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("no %s", old)
		}
		return []byte(strings.Replace(good, old, with, 1))
	}
	for name, c := range map[string]struct {
		req  chain.Request
		kind fault.Kind
	}{
		"white space":           {chain.Request{Payload: []byte(" " + good)}, fault.InvalidPayload},
		"order of members":      {chain.Request{Payload: replace(`"account_number":"1","chain_id":"Binance-Chain-Tigris"`, `"chain_id":"Binance-Chain-Tigris","account_number":"1"`)}, fault.InvalidPayload},
		"escapes":               {chain.Request{Payload: replace(`"memo":""`, `"memo":"\u0041"`)}, fault.InvalidPayload},
		"number with zeros":     {chain.Request{Payload: replace(`"account_number":"1"`, `"account_number":"01"`)}, fault.InvalidPayload},
		"number with exponent":  {chain.Request{Payload: replace(`100000000`, `1e8`)}, fault.InvalidPayload},
		"negative":              {chain.Request{Payload: replace(`100000000`, `-100000000`)}, fault.InvalidPayload},
		"64 bits":               {chain.Request{Payload: replace(`100000000`, `9223372036854775808`)}, fault.InvalidPayload},
		"number as text":        {chain.Request{Payload: replace(`100000000`, `"100000000"`)}, fault.InvalidPayload},
		"text as number":        {chain.Request{Payload: replace(`"sequence":"2"`, `"sequence":2`)}, fault.InvalidPayload},
		"data":                  {chain.Request{Payload: replace(`"data":null`, `"data":""`)}, fault.InvalidPayload},
		"another chain":         {chain.Request{Payload: replace(`Tigris`, `Ganges`)}, fault.InvalidPayload},
		"address of another":    {chain.Request{Payload: replace(bob, "tbnb1v85k8nfyej0dcq6hkcqh377exd6rvtnqnajuev")}, fault.InvalidPayload},
		"address with a typo":   {chain.Request{Payload: replace(bob, "bnb1v85k8nfyej0dcq6hkcqh377exd6rvtnqagmceb")}, fault.InvalidPayload},
		"another member":        {chain.Request{Payload: replace(`"source":"0"`, `"source":"0","zzz":1`)}, fault.InvalidPayload},
		"repeated member":       {chain.Request{Payload: replace(`"source":"0"`, `"source":"0","source":"0"`)}, fault.InvalidPayload},
		"no messages":           {chain.Request{Payload: signDoc("")}, fault.InvalidPayload},
		"two messages":          {chain.Request{Payload: signDoc(`{},{}`)}, fault.InvalidPayload},
		"another member inside": {chain.Request{Payload: replace(`"denom":"BNB"`, `"denom":"BNB","x":1`)}, fault.InvalidPayload},
		"two senders":           {chain.Request{Payload: signDoc(transfer(party(alice, oneBNB)+","+party(bob, oneBNB), party(mallory, oneBNB)))}, fault.Unsupported},
		"another key":           {chain.Request{Payload: []byte(good), Signer: other}, fault.UnknownKey},
		"context of a transfer": {chain.Request{Payload: []byte(good), Context: []byte(prefixSend)}, fault.Invalid},
		"freeze, no context":    {chain.Request{Payload: freeze}, fault.Invalid},
		"freeze as a transfer":  {chain.Request{Payload: freeze, Context: []byte(prefixSend)}, fault.Invalid},
		"other, no context":     {chain.Request{Payload: signDoc(`{"a":1}`)}, fault.Invalid},
		"other as a transfer":   {chain.Request{Payload: signDoc(`{"a":1}`), Context: []byte(prefixSend + "\x0a\x00")}, fault.Invalid},
		"too large":             {chain.Request{Payload: make([]byte, maxPayload+1)}, fault.TooLarge},
		"too deep":              {chain.Request{Payload: signDoc(`{"a":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`)}, fault.TooLarge},
		"unknown form":          {chain.Request{Form: "message", Payload: []byte(good)}, fault.Unsupported},
	} {
		req := c.req
		if req.Form == "" {
			req.Form = FormTransaction
		}
		if req.Signer.IsZero() {
			req.Signer = key
		}
		if _, err := mainNetwork().Decode(req); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
	if _, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: []byte(good)}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("no key: %v", err)
	}
}

// TestFilesRefused: a pending transaction whose two halves differ is not signed.
func TestFilesRefused(t *testing.T) {
	pending := string(vectors(t)[0].Pending)
	for name, file := range map[string]string{
		"nothing":            "",
		"no json":            "hello",
		"another receiver":   strings.Replace(pending, bob, mallory, 1),
		"another amount":     strings.Replace(pending, `"amount":5`, `"amount":6`, 1),
		"another type":       strings.Replace(pending, "2A2C87FA", "7ED2D2A0", 1),
		"no type":            strings.Replace(pending, `,"aminoPrefix":"2A2C87FA"`, "", 1),
		"no account":         strings.Replace(pending, `"account_number":0,`, "", 1),
		"another member":     strings.Replace(pending, `"account_number":0,`, `"account_number":0,"x":1,`, 1),
		"bytes beyond 255":   strings.Replace(pending, `"data":[136`, `"data":[256`, 1),
		"value of no kind":   strings.Replace(pending, `"amount":5`, `"amount":null`, 1),
		"fraction":           strings.Replace(pending, `"amount":5`, `"amount":5.5`, 1),
		"repeated":           strings.Replace(pending, `"account_number":0,`, `"account_number":0,"account_number":0,`, 1),
		"sequence is a list": strings.Replace(pending, `"sequence":0`, `"sequence":[]`, 1),
	} {
		if file == pending {
			t.Fatalf("%s: nothing was replaced in %s", name, pending)
		}
		if req, err := mainNetwork().ReadFile([]byte(file)); err == nil {
			t.Errorf("%s: read as %s", name, req.Payload)
		} else if !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: kind of %v", name, err)
		}
	}
	if _, err := mainNetwork().ReadFile(make([]byte, maxFile+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}
