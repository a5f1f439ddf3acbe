package typed

import (
	"math"
	"strings"
	"testing"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// safeFile is a transaction of a Safe of which members are replaced.
func safeFile(pairs ...string) string {
	const file = `{"safe":"0x25a6c4BBd32B2424A9c99aEB0584Ad12045382B3","to":"0xB372a646f7F05Cc1785018dBDA7EBc734a2A20E2","value":"20000000000000000",` +
		`"data":null,"operation":0,"gasToken":"0x0000000000000000000000000000000000000000","safeTxGas":27845,"baseGas":0,"gasPrice":"0",` +
		`"refundReceiver":"0x0000000000000000000000000000000000000000","nonce":2,"safeTxHash":"0x2edfbd5bc113ff18c0631595db32eb17182872d88d9bf8ee4d8c2dd5db6d95e2"}`
	return strings.NewReplacer(pairs...).Replace(file)
}

// TestReadSafe: what can be wrong with the members.
func TestReadSafe(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"plain":                  {safeFile(), ""},
		"null":                   {`null`, ""},
		"hex value":              {safeFile(`"20000000000000000"`, `"0x10"`), ""},
		"no value":               {safeFile(`"20000000000000000"`, `""`), ""},
		"empty data":             {safeFile(`"data":null`, `"data":""`), ""},
		"null chain id":          {safeFile(`"nonce":2`, `"nonce":2,"chainId":null`), ""},
		"other case":             {safeFile(`"safeTxHash"`, `"safetxhash"`), ""},
		"a list":                 {`[]`, "json: cannot unmarshal array into Go value of type core.GnosisSafeTx"},
		"twice":                  {safeFile(`"nonce":2`, `"nonce":2,"nonce":3`), "json: a member is given twice"},
		"twice in two cases":     {safeFile(`"nonce":2`, `"nonce":2,"Nonce":3`), "json: the member nonce is given twice"},
		"safe a number":          {safeFile(`"0x25a6c4BBd32B2424A9c99aEB0584Ad12045382B3"`, `5`), "json: cannot unmarshal number into Go struct field GnosisSafeTx.safe of type common.MixedcaseAddress"},
		"short to":               {safeFile(`0xB372a646f7F05Cc1785018dBDA7EBc734a2A20E2`, `0xB3`), "hex string has length 2, want 40 for common.Address"},
		"value of 257 bits":      {safeFile(`"20000000000000000"`, `"0x1`+strings.Repeat("0", 64)+`"`), `invalid hex or decimal integer "0x1` + strings.Repeat("0", 64) + `"`},
		"data a number":          {safeFile(`"data":null`, `"data":5`), "json: wrong type float64"},
		"odd data":               {safeFile(`"data":null`, `"data":"0x1"`), "json: hex string of odd length"},
		"operation of 256":       {safeFile(`"operation":0`, `"operation":256`), "json: cannot unmarshal number into Go struct field GnosisSafeTx.operation of type uint8"},
		"operation as text":      {safeFile(`"operation":0`, `"operation":"0"`), "json: cannot unmarshal string into Go struct field GnosisSafeTx.operation of type uint8"},
		"nonce with an exponent": {safeFile(`"nonce":2`, `"nonce":1e3`), `math/big: cannot unmarshal "1e3" into a *big.Int`},
		"nonce with a point":     {safeFile(`"nonce":2`, `"nonce":2.0`), `math/big: cannot unmarshal "2.0" into a *big.Int`},
		"nonce true":             {safeFile(`"nonce":2`, `"nonce":true`), `math/big: cannot unmarshal "true" into a *big.Int`},
		"short hash":             {safeFile(`0x2edfbd5bc113ff18c0631595db32eb17182872d88d9bf8ee4d8c2dd5db6d95e2`, `0x2e`), "hex string has length 2, want 64 for common.Hash"},
		"chain id of text":       {safeFile(`"nonce":2`, `"nonce":2,"chainId":"x"`), `invalid hex or decimal integer "x"`},
	} {
		_, err := ReadSafe([]byte(c.file))
		if c.want == "" && err != nil || c.want != "" && (err == nil || fault.Text(err) != c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := ReadSafe(make([]byte, maxDocument+1)); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
}

func safeOf(t *testing.T, file string, chainID int64, validate func(*wire.SendTxArgs) (wire.CallInfo, error)) (*SafeRequest, error) {
	t.Helper()
	tx, err := ReadSafe([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return Safe(account(t, cow), tx, chainID, validate)
}

// TestSafeIsValidated: what the Safe would send is checked, before any hash is made, and
// what is said of it is shown.
func TestSafeIsValidated(t *testing.T) {
	var seen *wire.SendTxArgs
	info := wire.CallInfo{{Type: wire.Info, Message: "fine"}}
	r, err := safeOf(t, safeFile(), 1337, func(tx *wire.SendTxArgs) (wire.CallInfo, error) { seen = tx; return info, nil })
	if err != nil || len(r.Ask.CallInfo) != 1 || r.Ask.CallInfo[0] != info[0] {
		t.Fatalf("%+v, %v", r, err)
	}
	text, err := seen.MarshalJSON()
	const want = `{"from":"0x25a6c4BBd32B2424A9c99aEB0584Ad12045382B3","to":"0xB372a646f7F05Cc1785018dBDA7EBc734a2A20E2","gas":"0x6cc5","gasPrice":"0x0",` +
		`"maxFeePerGas":null,"maxPriorityFeePerGas":null,"value":"0x470de4df820000","nonce":"0x2"}`
	if err != nil || string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
	file := safeFile(`"data":null`, `"data":"0xA9059cbb"`, `"safeTxGas":27845`, `"safeTxGas":18446744073709551616`, `"nonce":2`, `"nonce":2,"chainId":"5"`, "2edfbd", "000000")
	_, err = safeOf(t, file, 1337, func(tx *wire.SendTxArgs) (wire.CallInfo, error) {
		seen = tx
		return nil, fault.Invalid.New("validation failed: no")
	})
	if err == nil || fault.Text(err) != "validation failed: no" || seen.Gas != math.MaxUint64 || seen.Data.String() != "0xa9059cbb" || seen.ChainID.String() != "0x5" {
		t.Errorf("%+v, %v", seen, err)
	}
	for _, member := range []string{`"safeTxGas":27845`, `"baseGas":0`, `"nonce":2`} {
		name, _, _ := strings.Cut(member, ":")
		_, err := safeOf(t, safeFile(member, name+":-1"), 1337, func(*wire.SendTxArgs) (wire.CallInfo, error) {
			t.Error("was validated")
			return nil, nil
		})
		if err == nil || fault.Text(err) != "invalid negative value for unsigned type uint256" {
			t.Errorf("%s: %v", member, err)
		}
	}
}

// TestSafeHash: nothing but the expected hash is signed, and the signer's chain id is
// tried only where the transaction has none.
func TestSafeHash(t *testing.T) {
	fine := func(*wire.SendTxArgs) (wire.CallInfo, error) { return nil, nil }
	without, with := "2edfbd5bc113ff18c0631595db32eb17182872d88d9bf8ee4d8c2dd5db6d95e2", "ca86e00442fff51b385a180ec8cd418cc6d699b5adc00822f22b23335b1cfdc5"
	for name, c := range map[string]struct {
		file    string
		chainID int64
		ok      bool
	}{
		"without":                           {safeFile(), 1337, true},
		"without, signer without":           {safeFile(), 0, true},
		"signer's":                          {safeFile(without, with), 1337, true},
		"other signer's":                    {safeFile(without, with), 1, false},
		"signer without":                    {safeFile(without, with), 0, false},
		"given":                             {safeFile(without, with, `"nonce":2`, `"nonce":2,"chainId":1337`), 1, true},
		"given, but the hash is without":    {safeFile(`"nonce":2`, `"nonce":2,"chainId":1337`), 1337, false},
		"given, but the hash is of another": {safeFile(without, with, `"nonce":2`, `"nonce":2,"chainId":1`), 1337, false},
		"given, and no hash":                {safeFile(`,"safeTxHash":"0x`+without+`"`, "", `"nonce":2`, `"nonce":2,"chainId":1337`), 1337, false},
	} {
		r, err := safeOf(t, c.file, c.chainID, fine)
		if c.ok != (err == nil) || err != nil && (r != nil || !strings.HasPrefix(fault.Text(err), "mismatched safeTxHash; have 0x")) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && !strings.Contains(c.file, r.Ask.Hash.String()) {
			t.Errorf("%s: %s", name, r.Ask.Hash)
		}
	}
	r, err := safeOf(t, safeFile(without, with), 1337, fine)
	if err != nil {
		t.Fatal(err)
	}
	if result := string(r.Result(make([]byte, 65))); !strings.HasSuffix(result, `,"chainId":"0x539"}`) || !strings.Contains(result, `"sender":"`+cow+`"`) {
		t.Error(result)
	}
}
