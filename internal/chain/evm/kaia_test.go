package evm

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// kaiaFile is testdata/kaia.json.
type kaiaFile struct {
	PayerKey     string
	Transactions []struct {
		Name, SigRLP, Sent, PayerRLP, Paid string
		JSON                               json.RawMessage
	}
}

func kaiaMain(t testing.TB) Chain { return network(t, "KLAY", false) }

// TestKaiaVectors signs what Kaia's library signed, as sender and as fee payer, from
// JSON, from what is signed and from what the network sees.
func TestKaiaVectors(t *testing.T) {
	c := kaiaMain(t)
	file := readJSON[kaiaFile](t, "testdata/kaia.json")
	seen := map[string]bool{}
	for _, v := range file.Transactions {
		seen[v.Name] = true
		named := strings.Replace(string(v.JSON), `"type":`, `"typeInt":`, 1)
		named = strings.Replace(named, "{", `{"type":"TxType`+v.Name+`",`, 1)
		for _, text := range []string{string(v.JSON), named, v.SigRLP, unsignedRaw(t, v.Sent)} {
			req, err := c.ReadFile([]byte(text))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			if got := "0x" + hexOf(req.Payload); got != v.SigRLP {
				t.Errorf("%s: payload %s, want %s", v.Name, got, v.SigRLP)
			}
			if got := "0x" + hexOf(sign(t, decode(t, c, text))); got != v.Sent {
				t.Errorf("%s: got %s\nwant %s", v.Name, got, v.Sent)
			}
		}
		if v.Paid == "" {
			if _, err := c.ReadFile([]byte(v.Sent)); err == nil {
				t.Errorf("%s: what is signed already is read", v.Name)
			}
			continue
		}
		req, err := c.ReadFile([]byte(v.Sent))
		if err != nil || req.Form != FormFeePayer {
			t.Fatalf("%s: %s, %v", v.Name, req.Form, err)
		}
		private := unhex(t, file.PayerKey)
		req.Signer = chaintest.PublicKey(t, curve.Secp256k1, private)
		in, err := c.Decode(req)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		if digest := hexaccount.Keccak(unhex(t, v.PayerRLP)); !bytes.Equal(digest[:], in.Tasks[0].Message) {
			t.Errorf("%s: another digest of the fee payer", v.Name)
		}
		paid, err := in.Finish(chaintest.SignAll(t, in, private))
		if got := "0x" + hexOf(paid); err != nil || got != v.Paid {
			t.Errorf("%s: got %s, %v\nwant %s", v.Name, got, err, v.Paid)
		}
		if _, err := c.ReadFile([]byte(v.Paid)); err == nil {
			t.Errorf("%s: what is paid already is read", v.Name)
		}
	}
	if len(file.Transactions) != 30 || len(seen) != 18 {
		t.Errorf("%d transactions of %d types", len(file.Transactions), len(seen))
	}
}

// unsignedRaw takes the signatures out of a transaction as the network sees it, and
// puts in their place what libraries write for none.
func unsignedRaw(t *testing.T, sent string) string {
	t.Helper()
	tx, _, err := readKaiaRaw(unhex(t, sent))
	if err != nil {
		t.Fatal(err)
	}
	k := tx.own.(*kaia)
	content := append(k.appendMembers(nil, tx), 0xc4, 0xc3, 0x01, 0x80, 0x80)
	if k.kind.payer() != senderPays {
		content = append(content, 0x80, 0xc4, 0xc3, 0x01, 0x80, 0x80)
	}
	return hexOf(rlp.AppendList([]byte{byte(k.kind)}, content))
}

// TestKaiaDocumentation is the example of TxTypeValueTransfer in docs.kaia.io.
func TestKaiaDocumentation(t *testing.T) {
	private := unhex(t, "45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8")
	c := New(chain.Network{ID: "kaia-example", Symbol: "KAIA", Decimals: 18}, Params{ChainID: 1, Dialect: Kaia})
	in, err := c.Decode(chain.Request{Form: FormTransaction, Signer: chaintest.PublicKey(t, curve.Secp256k1, private),
		Payload: unhex(t, "0xf839b5f4088204d219830f4240947b65b75d204abed71587c9e519a89277766ee1d00a94a94f5374fce5edbc8e2a8697c15331677e6ebf0b018080")})
	if err != nil {
		t.Fatal(err)
	}
	out, err := in.Finish(chaintest.SignAll(t, in, private))
	const want = "0x08f87a8204d219830f4240947b65b75d204abed71587c9e519a89277766ee1d00a94a94f5374fce5edbc8e2a8697c15331677e6ebf0bf845f84325a0f3d0cd43661cabf53425535817c5058c27781f478cb5459874feaa462ed3a29aa06748abe186269ff10b8100a4b7d7fea274b53ea2905acbf498dc8b5ab1bf4fbc"
	if got := in.Encoding.Encode(out); err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

// TestKaiaEthereum takes Kaia's prefix off the types that Ethereum has too.
func TestKaiaEthereum(t *testing.T) {
	c := kaiaMain(t)
	file := `{"to":"` + bob + `","value":1,"gas":21000,"maxFeePerGas":1,"maxPriorityFeePerGas":1,"nonce":0}`
	req, err := c.ReadFile([]byte(file))
	if err != nil || req.Payload[0] != 2 {
		t.Fatalf("%x, %v", req.Payload, err)
	}
	prefixed, err := c.ReadFile([]byte("0x78" + hexOf(req.Payload)))
	if err != nil || !bytes.Equal(prefixed.Payload, req.Payload) {
		t.Errorf("%x, %v", prefixed.Payload, err)
	}
	for _, bad := range []string{"0x7878" + hexOf(req.Payload), "0x78", "0x7805", "0x78c0", "0x7808c0"} {
		if got, err := c.ReadFile([]byte(bad)); err == nil {
			t.Errorf("%s is read as %x", bad, got.Payload)
		}
	}
	if _, err := c.Decode(chain.Request{Form: FormTransaction, Payload: append([]byte{0x78}, req.Payload...), Signer: signer(t)}); err == nil {
		t.Error("a second encoding decodes")
	}
}

const (
	publicBob  = "02a1024bc2a31265153f07e70e0bab08724e6b85e217f8cd628ceb62974247bb493382" // of the key 4646…
	addressBob = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
	otherKey   = "37b0bb7a8288d38ed49a524b5dc98cff3eb5ca824c9f9dc0dfdb3d9cd600f299" // of alice, without its first byte
)

// TestKaiaRedTeam holds what gives something away in an easily missed way.
func TestKaiaRedTeam(t *testing.T) {
	tx := func(name, members string) string {
		return `{"type":"TxType` + name + `","from":"` + alice + `","nonce":3,"gas":1000,"gasPrice":7` + members + `}`
	}
	send := `,"to":"` + mallory + `","value":9`
	roles := hexOf(rlp.AppendList([]byte{5}, append(append(rlp.AppendBytes(nil, []byte{1, 0xc0}), rlp.AppendBytes(nil, unhex(t, publicBob))...), rlp.AppendBytes(nil, []byte{0x80})...)))
	for _, v := range []struct {
		name, file string
		want       chain.Effect
	}{
		{"transfer", tx("ValueTransfer", send), chain.Effect{Kind: chain.Move, Asset: "KLAY", Amount: "9", From: alice, To: mallory}},
		{"transfer behind a memo", tx("ValueTransferMemo", send+`,"input":"0x6869"`), chain.Effect{Kind: chain.Move, Amount: "9", To: mallory}},
		{"memo that is no text", tx("ValueTransferMemo", send+`,"input":"0xa9059cbb00000000"`), chain.Effect{Kind: chain.Opaque, To: mallory, Subject: "memo"}},
		{"transfer that somebody else pays for", tx("FeeDelegatedValueTransfer", send), chain.Effect{Kind: chain.Move, Amount: "9", From: alice, To: mallory}},
		{"from another account", strings.Replace(tx("ValueTransfer", send), alice, bob, 1), chain.Effect{Kind: chain.Move, From: bob, To: mallory}},
		{"fee", tx("Cancel", ""), chain.Effect{Kind: chain.Fee, Asset: "KLAY", Amount: "7000", From: alice}},
		{"fee of somebody", tx("FeeDelegatedCancel", ""), chain.Effect{Kind: chain.Fee, Amount: "7000", From: somebody}},
		{"own part of a fee", tx("FeeDelegatedCancelWithRatio", `,"feeRatio":1`), chain.Effect{Kind: chain.Fee, Amount: "6930", From: alice}},
		{"somebody's part of a fee", tx("FeeDelegatedCancelWithRatio", `,"feeRatio":1`), chain.Effect{Kind: chain.Fee, Amount: "70", From: somebody}},
		{"cancellation", tx("Cancel", ""), chain.Effect{Kind: chain.Message, Subject: "nonce 3", From: alice}},
		{"approval", tx("SmartContractExecution", `,"to":"`+bob+`","value":0,"input":"0x095ea7b3`+argument(mallory)+max+`"`),
			chain.Effect{Kind: chain.Allow, Asset: "erc20 " + bob, Amount: "unlimited", From: alice, To: mallory}},
		{"unknown call", tx("FeeDelegatedSmartContractExecution", `,"to":"`+bob+`","value":0,"input":"0xdeadbeef"`), chain.Effect{Kind: chain.Opaque, To: bob, Subject: "0xdeadbeef"}},
		{"value of a call", tx("SmartContractExecution", `,"to":"`+bob+`","value":8,"input":"0xdeadbeef"`), chain.Effect{Kind: chain.Move, Amount: "8", To: bob}},
		{"contract", tx("SmartContractDeploy", `,"value":8,"input":"0x60"`), chain.Effect{Kind: chain.Deploy, From: alice}},
		{"value of a contract", tx("SmartContractDeploy", `,"value":8,"input":"0x60"`), chain.Effect{Kind: chain.Move, Amount: "8"}},
		{"another key", tx("AccountUpdate", `,"key":"0x`+publicBob+`"`), chain.Effect{Kind: chain.Authority, From: alice, To: addressBob, Subject: "every role"}},
		{"another key that somebody pays for", tx("FeeDelegatedAccountUpdate", `,"key":"0x`+publicBob+`"`), chain.Effect{Kind: chain.Authority, From: alice, To: addressBob}},
		{"no key", tx("AccountUpdate", `,"key":"0x03c0"`), chain.Effect{Kind: chain.Authority, From: alice, Detail: "nobody can act"}},
		{"key of the address", tx("AccountUpdate", `,"key":"0x01c0"`), chain.Effect{Kind: chain.Authority, From: alice, To: alice}},
		{"one more key", tx("AccountUpdate", `,"key":"0x04f84b01f848e301a102`+otherKey+`e301a1`+publicBob[4:]+`"`),
			chain.Effect{Kind: chain.Authority, From: alice, To: addressBob, Detail: "weight 1 of 1 needed"}},
		{"key of one role", tx("AccountUpdate", `,"key":"0x`+roles+`"`), chain.Effect{Kind: chain.Authority, To: addressBob, Subject: "account update"}},
		{"role that stays", tx("AccountUpdate", `,"key":"0x`+roles+`"`), chain.Effect{Kind: chain.Authority, Subject: "fee payer", Detail: "stays"}},
		{"data of another chain", tx("ChainDataAnchoring", `,"input":"0xf8a6"`), chain.Effect{Kind: chain.Opaque, From: alice, Subject: "anchored data"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			if in := decode(t, kaiaMain(t), v.file); !shows(in, v.want) {
				t.Errorf("no effect like\n%sin\n%s", describe([]chain.Effect{v.want}), describe(in.Effects))
			}
		})
	}
	for part, file := range map[string]string{
		"not the address of the key": strings.Replace(tx("ValueTransfer", send), alice, bob, 1),
		"not among the new keys":     tx("AccountUpdate", `,"key":"0x`+publicBob+`"`),
		"locked for good":            tx("AccountUpdate", `,"key":"0x03c0"`),
		"(account update)":           tx("AccountUpdate", `,"key":"0x`+roles+`"`),
		"more than a tenth":          tx("ValueTransfer", send),
	} {
		if in := decode(t, kaiaMain(t), file); !warns(in, part) {
			t.Errorf("no warning %q in %q", part, in.Warnings)
		}
	}
	if in := decode(t, kaiaMain(t), tx("AccountUpdate", `,"key":"0x01c0"`)); len(in.Warnings) > 0 {
		t.Errorf("warnings %q", in.Warnings)
	}
}

// TestKaiaFeePayer holds what a fee payer is shown, and what it must not sign.
func TestKaiaFeePayer(t *testing.T) {
	c := kaiaMain(t)
	sent := hexOf(sign(t, decode(t, c, `{"type":"FEE_DELEGATED_VALUE_TRANSFER_WITH_RATIO","from":"`+alice+`","to":"`+bob+`","value":5,"gas":100,"gasPrice":10,"nonce":0,"feeRatio":90}`)))
	private := unhex(t, strings.Repeat("46", 32))
	payer := chaintest.PublicKey(t, curve.Secp256k1, private)
	req, err := c.ReadFile([]byte(sent))
	if err != nil {
		t.Fatal(err)
	}
	req.Signer = payer
	in, err := c.Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []chain.Effect{
		{Kind: chain.Move, Amount: "5", From: alice, To: bob},
		{Kind: chain.Fee, Amount: "900", From: addressBob},
		{Kind: chain.Fee, Amount: "100", From: alice},
	} {
		if !shows(in, want) {
			t.Errorf("no effect like %+v in\n%s", want, describe(in.Effects))
		}
	}
	if in, err := c.Preview(chain.Request{Form: FormFeePayer, Payload: req.Payload, Context: req.Context}); err != nil || !shows(in, chain.Effect{Kind: chain.Fee, From: "signer"}) {
		t.Errorf("preview %v, %v", in, err)
	}
	if in := decode(t, c, sent); !warns(in, "sender itself") {
		t.Errorf("warnings %q", in.Warnings)
	}
	context := func(tail string, signatures ...string) []byte {
		list := rlp.AppendList(nil, unhex(t, strings.Join(signatures, "")))
		return rlp.AppendList(nil, append(list, unhex(t, tail)...))
	}
	const good = "c58240550101"
	for name, v := range map[string]struct{ payload, context []byte }{
		"nothing":            {req.Payload, nil},
		"no signature":       {req.Payload, context("80")},
		"an empty signature": {req.Payload, context("80", "c3018080")},
		"another network":    {req.Payload, context("80", "c3260101")},
		"no chain id":        {req.Payload, context("80", "c31b0101")},
		"two networks":       {req.Payload, context("80", good, "c58240570101")},
		"a member behind":    {req.Payload, context("8080", good)},
		"half an address":    {req.Payload, context("8101", good)},
		"eleven signatures":  {req.Payload, context("80", strings.Repeat(good, 11))},
		"type of the sender": {unhex(t, readJSON[kaiaFile](t, "testdata/kaia.json").Transactions[0].SigRLP), context("80", good)},
		"one of Ethereum":    {unhex(t, "ed098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000808220198080"), context("80", good)},
	} {
		if in, err := c.Decode(chain.Request{Form: FormFeePayer, Payload: v.payload, Context: v.context, Signer: payer}); err == nil {
			t.Errorf("%s: decoded as\n%s", name, describe(in.Effects))
		}
	}
	if _, err := c.Decode(chain.Request{Form: FormFeePayer, Payload: req.Payload, Context: context("80", good, good), Signer: payer}); err != nil {
		t.Error(err)
	}
	if _, err := ethereum().Decode(chain.Request{Form: FormFeePayer, Payload: req.Payload, Context: req.Context, Signer: payer}); !fault.Is(err, fault.Unsupported) {
		t.Errorf("Ethereum pays fees for others: %v", err)
	}

	// A fee payer that the file names pays, whatever the address of the key is.
	raw := unhex(t, sent)
	named := rlp.AppendList(raw[:1:1], append(rlp.Members(raw[1:]), append([]byte{0x94}, unhex(t, bob)...)...))
	for _, file := range []string{hexOf(named), hexOf(named) + "00"} {
		req, err := c.ReadFile([]byte(file))
		if len(file) > 2*len(named) {
			if err == nil {
				t.Errorf("read as %x", req.Payload)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		req.Signer = payer
		if in, err := c.Decode(req); err != nil || !shows(in, chain.Effect{Kind: chain.Fee, Amount: "900", From: bob}) || !warns(in, "not the address of the key") {
			t.Errorf("%+v, %v", in, err)
		}
	}
}

// TestKaiaRefusals holds what is no transaction of Kaia.
func TestKaiaRefusals(t *testing.T) {
	c := kaiaMain(t)
	keyTx := func(key string) string {
		return `{"type":32,"from":"` + alice + `","nonce":3,"gas":1000,"gasPrice":7,"key":"0x` + key + `"}`
	}
	list := func(key byte, content string) string { return hexOf(rlp.AppendList([]byte{key}, unhex(t, content))) }
	one, two := "e301a102"+otherKey, "e301a1"+publicBob[4:]
	multi := func(threshold, keys string) string { return list(4, threshold+list(0, keys)[2:]) }
	role := func(key string) string { return hexOf(rlp.AppendBytes(nil, unhex(t, key))) }
	for name, file := range map[string]string{
		"no key":                keyTx(""),
		"unknown key":           keyTx("06c0"),
		"key that stays":        keyTx("80"),
		"legacy with members":   keyTx("01c101"),
		"key in two spellings":  keyTx("02b821" + publicBob[4:]),
		"key off the curve":     keyTx("02a102" + strings.Repeat("ff", 32)),
		"key of another size":   keyTx("02a002" + strings.Repeat("11", 31)),
		"threshold of zero":     keyTx(multi("80", one+two)),
		"threshold too high":    keyTx(multi("03", one+two)),
		"key twice":             keyTx(multi("01", one+one)),
		"weight of zero":        keyTx(multi("01", one+"e380a1"+publicBob[4:])),
		"no keys":               keyTx(multi("01", "")),
		"short key":             keyTx(multi("01", "e201a0"+otherKey)),
		"roles in roles":        keyTx(list(5, role(list(5, role("01c0"))))),
		"no roles":              keyTx("05c0"),
		"four roles":            keyTx(list(5, role("01c0")+role("01c0")+role("01c0")+role("01c0"))),
		"byte behind a key":     keyTx(publicBob + "00"),
		"ratio of zero":         `{"type":10,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7,"feeRatio":0}`,
		"ratio of everything":   `{"type":10,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7,"feeRatio":100}`,
		"ratio without sharing": `{"type":9,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7,"feeRatio":10}`,
		"no sender":             `{"type":8,"to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7}`,
		"no receiver":           `{"type":8,"from":"` + alice + `","nonce":3,"gas":1000,"gasPrice":7}`,
		"memo without a place":  `{"type":8,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7,"input":"0x01"}`,
		"contract with address": `{"type":40,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7,"input":"0x01"}`,
		"address in words":      `{"type":40,"from":"` + alice + `","nonce":3,"gas":1000,"gasPrice":7,"input":"0x01","humanReadable":true}`,
		"code of something":     `{"type":40,"from":"` + alice + `","nonce":3,"gas":1000,"gasPrice":7,"input":"0x01","codeFormat":1}`,
		"signed":                `{"type":8,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7,"signatures":[]}`,
		"another network":       `{"type":8,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7,"chainId":1}`,
		"another type":          `{"type":8,"typeInt":9,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7}`,
		"account creation":      `{"type":24,"from":"` + alice + `","to":"` + bob + `","nonce":3,"gas":1000,"gasPrice":7}`,
	} {
		if req, err := c.ReadFile([]byte(file)); err == nil {
			t.Errorf("%s: read as %x", name, req.Payload)
		}
	}
	good := unhex(t, readJSON[kaiaFile](t, "testdata/kaia.json").Transactions[0].SigRLP)
	for _, other := range []Chain{ethereum(), generic(), network(t, "CELO", false), network(t, "KLAY", true)} {
		if _, err := other.Decode(chain.Request{Form: FormTransaction, Payload: good, Signer: signer(t)}); err == nil {
			t.Errorf("%s takes a transaction of Kaia", other.ID())
		}
	}
}
