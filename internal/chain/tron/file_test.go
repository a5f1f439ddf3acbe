package tron

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// TestReadFile reads what people keep.
func TestReadFile(t *testing.T) {
	payload := transfer(bob, 1000000)
	tx := tronweb(t).Transactions[0]
	spaced := strings.NewReplacer(`,"`, ",\n  \"", `":`, `" : `).Replace(tx.JSON) + "\n"
	for name, file := range map[string]string{
		"hex": hex.EncodeToString(payload), "upper case": strings.ToUpper(hex.EncodeToString(payload)), "0x": " 0x" + hex.EncodeToString(payload) + "\n",
		"base64": base64.StdEncoding.EncodeToString(payload), "json": tx.JSON, "visible json": tx.Visible, "json with space": spaced,
		"upper-case hex in json": strings.Replace(tx.JSON, "41c8599111f29c1e1e061265b4af93ea1f274ad78a\",\"to", "41C8599111F29C1E1E061265B4AF93EA1F274AD78A\",\"to", 1),
		"escapes":                strings.Replace(tx.JSON, `"amount"`, `"\u0061mount"`, 1),
		"zero in json only":      strings.Replace(tx.JSON, `"type":"TransferContract"`, `"type":"TransferContract","Permission_id":0`, 1),
	} {
		req, err := tron().ReadFile([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(req.Payload) != string(payload) || req.Form != FormTransaction || len(req.Context) > 0 != strings.Contains(file, "{") {
			t.Errorf("%s: read as %+v", name, req)
		}
		req.Signer = signer(t)
		if _, err := tron().Decode(req); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	compact, err := tron().ReadFile([]byte(spaced))
	if err != nil || string(compact.Context) != tx.JSON {
		t.Errorf("space is kept: %s, error %v", compact.Context, err)
	}
}

// TestReadFileRefuses: JSON that says two things, and what is no transaction.
func TestReadFileRefuses(t *testing.T) {
	vectors := tronweb(t).Transactions
	tx, permissions, create := vectors[0].JSON, "", ""
	for _, v := range vectors {
		switch v.Name {
		case "permissions":
			permissions = v.JSON
		case "create a contract":
			create = v.JSON
		}
	}
	change := func(text, old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("no %q in %s", old, text)
		}
		return strings.Replace(text, old, new, 1)
	}
	for name, c := range map[string]struct{ file, want string }{
		"signed":                 {change(tx, `"visible"`, `"signature":["00"],"visible"`), "Transaction is already signed"},
		"signed by nobody":       {change(tx, `"visible"`, `"signature":[],"visible"`), "Transaction is already signed"},
		"signature of null":      {change(tx, `"visible"`, `"signature":null,"visible"`), "Invalid transaction"},
		"another id":             {change(tx, `"txID":"8a`, `"txID":"8b`), "Invalid transaction"},
		"another amount":         {change(tx, `"amount":1000000`, `"amount":1000001`), "Invalid transaction"},
		"amount as text":         {change(tx, `"amount":1000000`, `"amount":"1000000"`), "Invalid transaction"},
		"amount otherwise":       {change(tx, `"amount":1000000`, `"amount":1e6`), "Invalid transaction"},
		"amount left out":        {change(tx, `"amount":1000000,`, ``), "Invalid transaction"},
		"amount twice":           {change(tx, `"amount":1000000`, `"amount":1000000,"amount":1000000`), "Invalid transaction"},
		"another receiver":       {change(tx, `"to_address":"41b6`, `"to_address":"41b7`), "Invalid transaction"},
		"another type":           {change(tx, `"type":"TransferContract"`, `"type":"TransferAssetContract"`), "Invalid transaction"},
		"another type url":       {change(tx, `protocol.TransferContract`, `protocol.TransferContracts`), "Invalid transaction"},
		"no type":                {change(tx, `,"type":"TransferContract"`, ``), "Invalid transaction"},
		"something more":         {change(tx, `"amount":1000000`, `"amount":1000000,"memo":"x"`), "Invalid transaction"},
		"a member more":          {change(tx, `"visible"`, `"note":1,"visible"`), "Invalid transaction"},
		"fee limit only in json": {change(tx, `"timestamp"`, `"fee_limit":5,"timestamp"`), "Invalid transaction"},
		"permission only there":  {change(tx, `"type":"TransferContract"`, `"type":"TransferContract","Permission_id":2`), "Invalid transaction"},
		"two contracts":          {change(tx, `"contract":[`, `"contract":[{},`), "Invalid transaction"},
		"no contract":            {change(tx, `"contract":[`, `"contract":[],"x":[`), "Invalid transaction"},
		"visible, but hex":       {change(tx, `"visible":false`, `"visible":true`), "Invalid transaction"},
		"hidden, but base58":     {change(vectors[0].Visible, `"visible":true`, `"visible":false`), "Invalid transaction"},
		"visible as text":        {change(tx, `"visible":false`, `"visible":"no"`), "Invalid transaction"},
		"no hex":                 {change(tx, `"raw_data_hex"`, `"raw_data_hexx"`), "Invalid transaction"},
		"hex that is none":       {change(tx, `"raw_data_hex":"0a`, `"raw_data_hex":"0x`), "Invalid transaction"},
		"bytes after the end":    {tx + "{}", "Invalid transaction"},
		"address of a contract":  {change(tx, `"visible"`, `"contract_address":"41b6e708a39781c96bd399c7657780ff9fe9f052a8","visible"`), "Invalid transaction"},
		"another new contract":   {change(create, `"visible"`, `"contract_address":"41b6e708a39781c96bd399c7657780ff9fe9f052a8","visible"`), "Invalid transaction"},
		"a key left out":         {change(permissions, `,{"address":"416666666666666666666666666666666666666666","weight":2}`, ``), "Invalid transaction"},
		"a key more":             {change(permissions, `"keys":[`, `"keys":[{},`), "Invalid transaction"},
		"other operations":       {change(permissions, `"operations":"7f`, `"operations":"7e`), "Invalid transaction"},
		"no json":                {"{", "Invalid transaction"},
		"neither":                {"hello, world!", "json, hex or base64"},
		"nothing":                {"", "names a block"},
		"hex of nothing much":    {"00", "raw_data"},
	} {
		req, err := tron().ReadFile([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) || !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: read as %+v, error %v", name, req, err)
		}
	}
	if _, err := tron().ReadFile(make([]byte, maxJSON+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a large file: %v", err)
	}
}

// TestNewContractAddress: nodes add the address of a new contract, which must be right.
func TestNewContractAddress(t *testing.T) {
	for _, v := range tronweb(t).Transactions {
		if v.Name != "create a contract" {
			continue
		}
		req, err := tron().ReadFile([]byte(v.JSON))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parseTransaction(req.Payload)
		if err != nil {
			t.Fatal(err)
		}
		made := parsed.newContract()
		for _, text := range []string{hexAddress(made), addressText(made)} {
			with := strings.Replace(v.JSON, `"visible"`, `"contract_address":"`+text+`","visible"`, 1)
			if _, err := tron().ReadFile([]byte(with)); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
		if got := addressText(made); got != createdByTronWeb {
			t.Errorf("the new contract is %s, want %s", got, createdByTronWeb)
		}
		wantEffect(t, decoded(t, req.Payload).Effects, chain.Effect{Kind: chain.Deploy, To: createdByTronWeb})
	}
}

// createdByTronWeb is what genContractAddress of TronWeb makes of that transaction.
const createdByTronWeb = "TV4izVVS52qg6pbHpoZtgub17VADiHumu2"
