package xrpl

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// TestReadFile: one payload in its forms.
func TestReadFile(t *testing.T) {
	want := payload(t, `"TransactionType":"Payment","Destination":"@bob","Amount":"1"`)
	text := hex.EncodeToString(want)
	for name, file := range map[string]string{
		"hex": text, "upper-case hex": strings.ToUpper(text) + "\n", "0x": " 0x" + text, "base64": base64.StdEncoding.EncodeToString(want),
		"json": `{"Sequence":7,"Account":"` + alice + `","Fee":"12","LastLedgerSequence":"99","TransactionType":"Payment","Destination":"` + bob + `","Amount":"1"}`,
	} {
		req, err := mainNetwork().ReadFile([]byte(file))
		if err != nil || req.Form != FormTransaction || string(req.Payload) != string(want) || !req.Signer.IsZero() {
			t.Errorf("%s: %+v, %v", name, req, err)
		}
	}
}

func TestReadFileRefuses(t *testing.T) {
	good := `"Sequence":7,"Account":"` + alice + `","Fee":"12","TransactionType":"Payment","Destination":"` + bob + `"`
	for name, file := range map[string]string{
		"nothing":                  "",
		"no text":                  "hello",
		"array":                    "[]",
		"two values":               "{" + good + `,"Amount":"1"} {}`,
		"repeated member":          "{" + good + `,"Amount":"1","Amount":"2"}`,
		"unknown member":           "{" + good + `,"Amount":"1","amount":"2"}`,
		"member of the libraries":  "{" + good + `,"Amount":"1","hash":"00"}`,
		"end marker as a member":   "{" + good + `,"Amount":"1","ObjectEndMarker":{}}`,
		"no amount":                "{" + good + "}",
		"number for drops":         "{" + good + `,"Amount":1}`,
		"fraction of a drop":       "{" + good + `,"Amount":"1.5"}`,
		"drops with an exponent":   "{" + good + `,"Amount":"1e5"}`,
		"amount with more":         "{" + good + `,"Amount":{"currency":"USD","issuer":"` + bob + `","value":"1","x":"1"}}`,
		"amount as a number":       "{" + good + `,"Amount":{"currency":"USD","issuer":"` + bob + `","value":1}}`,
		"17 digits":                "{" + good + `,"Amount":{"currency":"USD","issuer":"` + bob + `","value":"1.2345678901234567"}}`,
		"issued XRP":               "{" + good + `,"Amount":{"currency":"XRP","issuer":"` + bob + `","value":"1"}}`,
		"currency of two letters":  "{" + good + `,"Amount":{"currency":"US","issuer":"` + bob + `","value":"1"}}`,
		"address with a typo":      strings.Replace("{"+good+`,"Amount":"1"}`, bob, "rU6xGRKojMRPaQ6e7GtXNCmfN9JPvJfsf4", 1),
		"X-address of a test net":  strings.Replace("{"+good+`,"Amount":"1"}`, bob, account{1}.xAddress(true), 1),
		"tag twice":                strings.Replace("{"+good+`,"Amount":"1","DestinationTag":1}`, bob, "XVYmGpJqHS95ir411XvanwY1xt5Z2314WsamHPVgUNABUGV", 1),
		"tag where there is none":  "{" + good + `,"Amount":{"currency":"USD","issuer":"XVYmGpJqHS95ir411XvanwY1xt5Z2314WsamHPVgUNABUGV","value":"1"}}`,
		"signed already":           "{" + good + `,"Amount":"1","TxnSignature":"00"}`,
		"no key":                   "{" + good + `,"Amount":"1","SigningPubKey":"00"}`,
		"empty paths":              "{" + good + `,"Amount":"1","Paths":[]}`,
		"path with a wrong type":   "{" + good + `,"Amount":"1","Paths":[[{"account":"` + bob + `","type":48}]]}`,
		"path with a member":       "{" + good + `,"Amount":"1","Paths":[[{"account":"` + bob + `","x":1}]]}`,
		"flag out of range":        "{" + good + `,"Amount":"1","Flags":4294967296}`,
		"negative flag":            "{" + good + `,"Amount":"1","Flags":-1}`,
		"unknown type":             strings.Replace("{"+good+`,"Amount":"1"}`, "Payment", "Paymint", 1),
		"negative fee":             strings.Replace("{"+good+`,"Amount":"1"}`, `"12"`, `"-12"`, 1),
		"fee in dollars":           strings.Replace("{"+good+`,"Amount":"1"}`, `"12"`, `{"currency":"USD","issuer":"`+bob+`","value":"1"}`, 1),
		"other network":            "{" + good + `,"Amount":"1","NetworkID":21337}`,
		"null":                     "{" + good + `,"Amount":null}`,
		"deep":                     strings.Repeat(`{"Memo":`, 100) + "{}" + strings.Repeat("}", 100),
		"claim with more":          `{"channel":"` + hash64 + `","amount":"1","x":1}`,
		"claim for less than zero": `{"channel":"` + hash64 + `","amount":"-1"}`,
	} {
		if req, err := mainNetwork().ReadFile([]byte(file)); err == nil {
			t.Errorf("%s: read as %s %X", name, req.Form, req.Payload)
		} else if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: kind of %v", name, err)
		}
	}
	if _, err := mainNetwork().ReadFile(make([]byte, maxFile+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// TestNetworks: networks from 1025 on name themselves in each transaction.
func TestNetworks(t *testing.T) {
	_, key := fromSeed(t, seedEd25519)
	plain := `"TransactionType":"Payment","Destination":"@bob","Amount":"1"`
	for _, c := range []struct {
		id   uint32
		tx   string
		good bool
	}{
		{0, plain, true}, {1, plain, true}, {1024, plain, true}, {1025, plain, false}, {0, plain + `,"NetworkID":0`, false}, {1, plain + `,"NetworkID":1`, false},
		{1025, plain + `,"NetworkID":1025`, true}, {1025, plain + `,"NetworkID":1026`, false},
	} {
		chn := mainNetwork()
		chn.networkID = c.id
		_, err := chn.Decode(chain.Request{Form: FormTransaction, Payload: payload(t, c.tx), Signer: key})
		if (err == nil) != c.good {
			t.Errorf("network %d, %s: %v", c.id, c.tx, err)
		}
	}
}

func TestSigners(t *testing.T) {
	_, ed := fromSeed(t, seedEd25519)
	_, k1 := fromSeed(t, seedSecp256k1)
	p256, err := curve.NewPublicKey(curve.P256, repeat(2, 33))
	if err != nil {
		t.Fatal(err)
	}
	plain := `"TransactionType":"Payment","Destination":"@bob","Amount":"1"`
	named := `"SigningPubKey":"023C74C8D3536B151D45D0556C9212DF47863B00B57A7AF36D754D26814BC34359",` + plain
	empty := `"SigningPubKey":"",` + plain
	for name, c := range map[string]struct {
		req  chain.Request
		kind fault.Kind
	}{
		"no key":                       {chain.Request{Form: FormTransaction, Payload: payload(t, plain)}, fault.UnknownKey},
		"key of another curve":         {chain.Request{Form: FormTransaction, Payload: payload(t, plain), Signer: p256}, fault.UnknownKey},
		"another key than the named":   {chain.Request{Form: FormTransaction, Payload: payload(t, named), Signer: ed}, fault.UnknownKey},
		"empty key":                    {chain.Request{Form: FormTransaction, Payload: payload(t, empty), Signer: ed}, fault.InvalidPayload},
		"several signers, key inside":  {chain.Request{Form: FormMultisign, Payload: payload(t, named), Signer: k1}, fault.InvalidPayload},
		"several signers, no empty":    {chain.Request{Form: FormMultisign, Payload: payload(t, plain), Signer: k1}, fault.InvalidPayload},
		"several signers, no key":      {chain.Request{Form: FormMultisign, Payload: payload(t, empty)}, fault.UnknownKey},
		"several signers, the account": {chain.Request{Form: FormMultisign, Payload: payload(t, empty), Signer: ed}, fault.UnknownKey},
		"several signers, bad context": {chain.Request{Form: FormMultisign, Payload: payload(t, empty), Signer: k1, Context: []byte{1}}, fault.Invalid},
		"context":                      {chain.Request{Form: FormTransaction, Payload: payload(t, plain), Signer: ed, Context: []byte{1}}, fault.Invalid},
		"message, no key":              {chain.Request{Form: FormMessage, Payload: []byte("a")}, fault.UnknownKey},
		"claim, no key":                {chain.Request{Form: FormClaim, Payload: make([]byte, claimSize)}, fault.UnknownKey},
		"claim, short":                 {chain.Request{Form: FormClaim, Payload: make([]byte, claimSize-1), Signer: ed}, fault.InvalidPayload},
		"too large":                    {chain.Request{Form: FormTransaction, Payload: make([]byte, maxPayload+1), Signer: ed}, fault.TooLarge},
		"unknown form":                 {chain.Request{Form: "batch", Signer: ed}, fault.Unsupported},
	} {
		if _, err := mainNetwork().Decode(c.req); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
	if in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: payload(t, named)}); err != nil || in.Tasks[0].Key != k1 {
		t.Errorf("the key that the transaction names: %v", err)
	}
}

// TestForPeople: what is said beside the effects.
func TestForPeople(t *testing.T) {
	in := decodePayload(t, payload(t, `"TransactionType":"Payment","Destination":"rrrrrrrrrrrrrrrrrrrrrhoLvTp","Amount":"100","SourceTag":5,"Memos":[{"Memo":{"MemoType":"74657874","MemoData":"68656C6C6F"}},{"Memo":{"MemoData":"00"}}]`))
	facts := map[string]string{}
	for _, f := range in.Facts {
		facts[f.Name] += f.Value + "|"
	}
	for name, want := range map[string]string{"type": "Payment|", "sequence": "7|", "SourceTag": "5|", "DestinationTag": "none|", "network": "not named: good for the main and the public test networks|", "memo": "text: hello|00|"} {
		if facts[name] != want {
			t.Errorf("fact %s is %q, want %q", name, facts[name], want)
		}
	}
	if len(in.Warnings) != 2 || in.Units["XRP"].Decimals != 6 || in.Names[burnZero] != "black hole" {
		t.Errorf("%q %v %v", in.Warnings, in.Units, in.Names)
	}
	_, k1 := fromSeed(t, seedSecp256k1)
	other, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Signer: k1, Payload: payload(t, `"TransactionType":"SetRegularKey"`)})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range other.Facts {
		found = found || f.Name == "signed by the regular key" && f.Value == carol
	}
	if !found {
		t.Errorf("facts %v", other.Facts)
	}
	rlusd := decodePayload(t, payload(t, `"TransactionType":"Payment","Destination":"@bob","Amount":{"currency":"524C555344000000000000000000000000000000","issuer":"`+issuerRLUSD+`","value":"1"}`))
	if rlusd.Units["524C555344000000000000000000000000000000."+issuerRLUSD].Symbol != "RLUSD" {
		t.Errorf("units %v", rlusd.Units)
	}
}
