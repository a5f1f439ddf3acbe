package evm

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// TestReadFileEthers: the JSON of ethers gives the bytes that ethers serialises.
func TestReadFileEthers(t *testing.T) {
	seen := 0
	for _, v := range readJSON[ethersFile](t, "testdata/ethers.json").Transactions {
		if v.Type > 2 || strings.Contains(string(v.JSON), `"chainId":"0"`) { // what ethers leaves out of its JSON, and what is not protected
			continue
		}
		if strings.Contains(string(v.JSON), `"to":null`) && strings.Contains(string(v.JSON), `"data":"0x"`) {
			continue // creates nothing
		}
		seen++
		for _, c := range []Chain{ethereum(), generic()} {
			req, err := c.ReadFile(v.JSON)
			if err != nil {
				t.Errorf("%s: %v", v.JSON, err)
				continue
			}
			if got := "0x" + hexOf(req.Payload); got != v.Unsigned || req.Form != FormTransaction {
				t.Errorf("%s: %s, want %s", v.JSON, got, v.Unsigned)
			}
		}
	}
	if seen < 25 {
		t.Errorf("only %d transactions", seen)
	}
}

// TestReadFileForms: many spellings, one payload.
func TestReadFileForms(t *testing.T) {
	const want = "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080"
	raw := unhex(t, want)
	six := "e9098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"
	for name, file := range map[string]string{
		"hex": want, "0x": "0x" + want, "upper case": strings.ToUpper(want), "space": " \n0x" + want + "\n",
		"bytes": string(raw), "base64": base64.StdEncoding.EncodeToString(raw), "six members": six,
		"ethers":    `{"nonce":9,"gasPrice":"20000000000","gasLimit":"21000","to":"` + bob + `","value":"1000000000000000000","data":"0x","chainId":"1","type":0,"accessList":null,"sig":null}`,
		"web3":      `{"nonce":"0x9","gasPrice":"0x4a817c800","gas":"0x5208","to":"` + bob + `","value":"0xde0b6b3a7640000","input":"0x","chainId":"0x1"}`,
		"geth":      `{"type":"0x0","chainId":"0x1","nonce":"0x9","to":"` + bob + `","gas":"0x5208","gasPrice":"0x4a817c800","maxPriorityFeePerGas":null,"maxFeePerGas":null,"value":"0xde0b6b3a7640000","input":"0x","v":"0x0","r":"0x0","s":"0x0","hash":"0x` + strings.Repeat("ab", 32) + `"}`,
		"viem":      `{"type":"legacy","nonce":9,"gasPrice":20000000000,"gas":21000,"to":"` + bob + `","value":1000000000000000000}`,
		"Tatum":     `{"from":0,"to":"` + bob + `","value":"0xde0b6b3a7640000","gas":"21000","nonce":9,"gasPrice":"0x4a817c800"}`,
		"both data": `{"to":"` + bob + `","value":"0xde0b6b3a7640000","gas":"21000","gasLimit":21000,"data":"","input":"0x","nonce":9,"gasPrice":"0x4a817c800"}`,
	} {
		req, err := ethereum().ReadFile([]byte(file))
		if err != nil || hexOf(req.Payload) != want || req.Form != FormTransaction || len(req.Context) > 0 {
			t.Errorf("%s: %+v, %v", name, req, err)
		}
	}
	if req, err := generic().ReadFile([]byte(six)); err != nil || hexOf(req.Payload) != six {
		t.Errorf("the generic chain: %x, %v", req.Payload, err)
	}
	lists := `{"nonce":1,"maxFeePerGas":2,"maxPriorityFeePerGas":"1","gas":3,"to":"` + bob + `","accessList":[{"address":"` + usdc + `","storageKeys":["0x` + word1 + `"]}],`
	for name, file := range map[string]string{
		"blobs":    lists + `"maxFeePerBlobGas":"0x5","blobVersionedHashes":["0x` + word1 + `"],"type":"eip4844"}`,
		"set code": lists + `"authorizationList":[{"chainId":"0x1","address":"` + usdc + `","nonce":"0x2","yParity":"0x1","v":"0x1","r":"0x3","s":"0x4"}],"type":4}`,
		"dynamic":  lists + `"type":"0x2"}`,
	} {
		req, err := ethereum().ReadFile([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		comesBack(t, ethereum(), req.Payload)
		tx, err := ethereum().parse(req.Payload)
		if err != nil || len(tx.access) != 1 || len(tx.access[0].keys) != 1 || tx.nonce != 1 || tx.gas != 3 || tx.tip.Int64() != 1 || tx.gasPrice.Int64() != 2 {
			t.Errorf("%s: %+v, %v", name, tx, err)
		}
	}
}

func TestReadFileSender(t *testing.T) {
	xdc := network(t, "XDC", false)
	for _, from := range []string{alice, "xdc" + strings.ToLower(alice[2:])} {
		req, err := xdc.ReadFile([]byte(`{"from":"` + from + `","to":"xdc` + bob[2:] + `","gas":1,"gasPrice":1,"nonce":0}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Signer = signer(t)
		in, err := xdc.Decode(req)
		if err != nil || !shows(in, chain.Effect{Kind: chain.Move, From: "xdc" + strings.ToLower(alice[2:]), To: "xdc" + bob[2:]}) {
			t.Errorf("%v, %v", in, err)
		}
	}
	req, err := ethereum().ReadFile([]byte(`{"from":"` + bob + `","to":"` + bob + `","gas":1,"gasPrice":1,"nonce":0}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Signer = signer(t)
	if _, err := ethereum().Decode(req); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("another key than the sender's: %v", err)
	}
}

// TestReadFileRefusals: nothing that is not understood vanishes, and nothing that
// is missing is made up.
func TestReadFileRefusals(t *testing.T) {
	const to = `"to":"` + bob + `"`
	good := map[string]any{"to": bob, "gas": 21000, "gasPrice": 1, "nonce": 0}
	with := func(more map[string]any) string {
		all := map[string]any{}
		for k, v := range good {
			all[k] = v
		}
		for k, v := range more {
			if all[k] = v; v == nil {
				delete(all, k)
			}
		}
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if _, err := ethereum().ReadFile([]byte(with(nil))); err != nil {
		t.Fatal(err)
	}
	type m = map[string]any
	for name, c := range map[string]struct{ file, want string }{
		"nothing":                    {" ", "empty"},
		"no gas":                     {with(m{"gas": nil}), "gas: missing"},
		"no nonce":                   {with(m{"nonce": nil}), "nonce: missing"},
		"no price":                   {with(m{"gasPrice": nil}), "gasPrice: missing"},
		"no tip":                     {with(m{"gasPrice": nil, "maxFeePerGas": 1}), "maxPriorityFeePerGas: missing"},
		"no cap":                     {with(m{"gasPrice": nil, "maxPriorityFeePerGas": 1}), "maxFeePerGas: missing"},
		"no blob price":              {with(m{"gasPrice": nil, "maxFeePerGas": 1, "maxPriorityFeePerGas": 1, "blobVersionedHashes": []string{}}), "maxFeePerBlobGas: missing"},
		"no receiver":                {with(m{"to": nil}), "to: missing"},
		"two prices":                 {with(m{"maxFeePerGas": 1, "maxPriorityFeePerGas": 1}), "together"},
		"two gas":                    {with(m{"gasLimit": 5}), "gasLimit: differs"},
		"two data":                   {with(m{"data": "0x01", "input": "0x02"}), "input: differs"},
		"unknown":                    {with(m{"feeCurrency": bob}), "feeCurrency is not known"},
		"unknown, unprintable":       {with(m{"\u202e": 1}), "a member is not known"},
		"twice":                      {`{` + to + `,"gas":1,"gas":2,"gasPrice":1,"nonce":0}`, "twice"},
		"signed":                     {with(m{"r": "0x1", "s": "0x2", "v": "0x1b"}), "signed"},
		"signed by ethers":           {with(m{"sig": m{"r": "0x1"}}), "signed"},
		"sidecar":                    {with(m{"blobs": []string{"0x"}}), "sidecar"},
		"other network":              {with(m{"chainId": 56}), "chain id 56"},
		"chain id zero":              {with(m{"chainId": 0}), "zero"},
		"type and members":           {with(m{"type": 2}), "together"},
		"type below members":         {with(m{"type": 0, "accessList": []string{}}), "type"},
		"type above members":         {with(m{"type": 4}), "type"},
		"unknown type":               {with(m{"type": 126}), "type"},
		"unknown word":               {with(m{"type": "cip64"}), "type"},
		"fraction":                   {with(m{"value": 1.5}), "value"},
		"negative":                   {with(m{"value": -1}), "value"},
		"negative text":              {with(m{"value": "-1"}), "value"},
		"octal":                      {with(m{"value": "010"}), "value"},
		"ether":                      {with(m{"value": "1.0"}), "value"},
		"exponent":                   {`{` + to + `,"gas":1,"gasPrice":1,"nonce":0,"value":1e18}`, "value"},
		"bool":                       {with(m{"value": true}), "value"},
		"257 bits":                   {with(m{"value": "0x1" + strings.Repeat("0", 64)}), "value"},
		"nonce of 65 bits":           {with(m{"nonce": "0x10000000000000000"}), "nonce"},
		"last nonce":                 {with(m{"nonce": "0xffffffffffffffff"}), "nonce"},
		"half a byte":                {with(m{"data": "0x1"}), "data"},
		"data without 0x":            {with(m{"data": "a9059cbb"}), "data"},
		"short receiver":             {with(m{"to": "0x35"}), "to"},
		"receiver with a wrong case": {with(m{"to": strings.Replace(alice, "E", "e", 1)}), "checksum"},
		"name for a receiver":        {with(m{"to": "vitalik.eth"}), "to"},
		"sender that is no address":  {with(m{"from": "alice"}), "from"},
		"access list of pairs":       {with(m{"accessList": []any{[]string{bob}}}), "accessList"},
		"access list with more":      {with(m{"accessList": []any{m{"address": bob, "storageKeys": []string{}, "x": 1}}}), "accessList"},
		"short key":                  {with(m{"accessList": []any{m{"address": bob, "storageKeys": []string{"0x01"}}}}), "accessList"},
		"authorization unsigned":     {with(m{"gasPrice": nil, "maxFeePerGas": 1, "maxPriorityFeePerGas": 1, "authorizationList": []any{m{"chainId": 1, "address": bob, "nonce": 0}}}), "authorizationList"},
		"garbage":                    {"hello", "type"},
		"not json":                   {`{"to"`, "json"},
	} {
		req, err := ethereum().ReadFile([]byte(c.file))
		if !fault.Is(err, fault.InvalidPayload) || !strings.Contains(fault.Text(err), c.want) {
			t.Errorf("%s: %x, %v, want %q", name, req.Payload, err, c.want)
		}
	}
	if _, err := generic().ReadFile([]byte(with(nil))); !fault.Is(err, fault.InvalidPayload) || !strings.Contains(fault.Text(err), "chainId: missing") {
		t.Errorf("the generic chain: %v", err)
	}
	for _, size := range []int{maxPayload + 1, maxFile + 1} {
		if _, err := ethereum().ReadFile(append([]byte{0xf9}, make([]byte, size)...)); !fault.Is(err, fault.TooLarge) {
			t.Error(err)
		}
	}
}
