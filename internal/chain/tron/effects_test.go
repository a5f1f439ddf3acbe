package tron

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

const until = "2030-03-17T17:46:40Z"

// TestTransfer gives all that is said of a transfer.
func TestTransfer(t *testing.T) {
	in := decoded(t, transfer(bob, 1000000))
	want := []chain.Effect{
		{Kind: chain.Move, Asset: "TRX", Amount: "1000000", From: addressText(alice), To: addressText(bob), Until: until},
		{Kind: chain.Fee, Asset: "TRX", Amount: "1267000", From: addressText(alice), Detail: "1 TRX if the receiver is new, bandwidth for 267 bytes where stake does not pay for it", Until: until},
	}
	if diff := cmp.Diff(want, in.Effects); diff != "" {
		t.Error(diff)
	}
	facts := []chain.Fact{{Name: "reference block", Value: "a1b2 0102030405060708"}, {Name: "made", Value: "2030-03-17T17:45:40Z"}}
	if diff := cmp.Diff(facts, in.Facts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]chain.Unit{"TRX": {Symbol: "TRX", Decimals: 6}}, in.Units); diff != "" || in.Names != nil {
		t.Error(diff, in.Names)
	}
}

// TestToken gives all that is said of a transfer of a well-known token.
func TestToken(t *testing.T) {
	in := decoded(t, call(usdt, trc20Transfer))
	asset := "trc20 TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
	want := []chain.Effect{
		{Kind: chain.Move, Asset: asset, Amount: "1000000", From: addressText(alice), To: addressText(bob), Until: until},
		{Kind: chain.Fee, Asset: "TRX", Amount: "100345000", From: addressText(alice), Detail: "limit for energy, bandwidth for 345 bytes where stake does not pay for it", Until: until},
	}
	if diff := cmp.Diff(want, in.Effects); diff != "" {
		t.Error(diff)
	}
	if in.Units[asset] != (chain.Unit{Symbol: "USDT", Decimals: 6}) || in.Names["TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"] != "USDT" {
		t.Errorf("units %v, names %v", in.Units, in.Names)
	}
	if in.Facts[0] != (chain.Fact{Name: "function", Value: "transfer(address,uint256)"}) {
		t.Errorf("facts %v", in.Facts)
	}
	test := New(chain.Network{ID: "tron-testnet", Symbol: "TRX", Decimals: 6, Test: true})
	other, err := test.Decode(chain.Request{Form: FormTransaction, Payload: call(usdt, trc20Transfer), Signer: signer(t)})
	if err != nil || other.Names != nil || len(other.Units) != 1 {
		t.Errorf("names on a test network: %v %v, error %v", other.Names, other.Units, err)
	}
}

// TestEveryContract has one effect for each vector, which the names of the vectors
// explain.
func TestEveryContract(t *testing.T) {
	a, b, z, c := addressText(alice), addressText(bob), addressText([hashSize]byte([]byte(strings.Repeat("f", hashSize)))), addressText(usdt)
	want := map[string]chain.Effect{
		"transfer":                      {Kind: chain.Move, Asset: "TRX", Amount: "1000000", From: a, To: b},
		"transfer of a trc10 asset":     {Kind: chain.Move, Asset: "trc10 1002000", Amount: "5", From: a, To: b},
		"participate in an asset issue": {Kind: chain.Move, Asset: "TRX", Amount: "7", From: a, To: b},
		"trc20 transfer":                {Kind: chain.Move, Asset: "trc20 " + c, Amount: "1000000", From: a, To: b},
		"call with value and token":     {Kind: chain.Move, Asset: "trc10 1002000", Amount: "4", From: a, To: c},
		"call without data":             {Kind: chain.Move, Asset: "TRX", Amount: "3", From: a, To: c},
		"create a contract":             {Kind: chain.Deploy, From: a, Subject: `contract "Box"`, Detail: "6 bytes"},
		"freeze (version 1)":            {Kind: chain.Register, Asset: "TRX", Amount: "1000000", Subject: "resource ENERGY"},
		"unfreeze (version 1)":          {Kind: chain.Allow, Asset: "resource ENERGY", Amount: "0", To: b},
		"withdraw rewards":              {Kind: chain.Register, Asset: "TRX", Amount: "all", Subject: "rewards"},
		"freeze":                        {Kind: chain.Register, Asset: "TRX", Amount: "1000000", Subject: "resource ENERGY"},
		"freeze for bandwidth":          {Kind: chain.Register, Asset: "TRX", Amount: "1000000", Subject: "resource BANDWIDTH"},
		"unfreeze":                      {Kind: chain.Register, Asset: "TRX", Amount: "1000000", Subject: "resource TRON_POWER"},
		"withdraw what is unfrozen":     {Kind: chain.Register, Amount: "all", Subject: "stake"},
		"cancel unfreezing":             {Kind: chain.Register, Amount: "all", Subject: "stake", Detail: "again"},
		"delegate":                      {Kind: chain.Allow, Asset: "resource ENERGY", Amount: "9", To: b, Detail: "86400 blocks"},
		"undelegate":                    {Kind: chain.Allow, Asset: "resource ENERGY", Amount: "0", To: b},
		"new witness":                   {Kind: chain.Register, Subject: "witness", Detail: `"https://example.org"`},
		"witness page":                  {Kind: chain.Register, Subject: "witness", Detail: `"https://example.org/2"`},
		"votes":                         {Kind: chain.Register, Amount: "10", To: b, Subject: "votes"},
		"permissions":                   {Kind: chain.Authority, To: z, Subject: "owner permission", Detail: "weight 2 of threshold 2"},
		"account":                       {Kind: chain.Register, To: b, Subject: "account", Detail: "Normal"},
		"account name":                  {Kind: chain.Register, Subject: "account name", Detail: `"alice in chains"`},
		"account id":                    {Kind: chain.Register, Subject: "account id", Detail: `"alice-0001"`},
		"asset issue":                   {Kind: chain.Deploy, Asset: "trc10 Gold", Amount: "1000000"},
		"asset update":                  {Kind: chain.Allow, Asset: "resource BANDWIDTH", Amount: "4"},
		"proposal":                      {Kind: chain.Register, Subject: "new proposal", Detail: "parameter 11 of the network becomes 0"},
		"proposal approval":             {Kind: chain.Register, Subject: "proposal 12", Detail: "approves"},
		"proposal deletion":             {Kind: chain.Register, Subject: "proposal 12", Detail: "deletes"},
		"exchange creation":             {Kind: chain.Move, Asset: "trc10 1002000", Amount: "20", To: "new exchange"},
		"exchange injection":            {Kind: chain.Move, Asset: "TRX", Amount: "10", To: "exchange 3"},
		"exchange withdrawal":           {Kind: chain.Move, Asset: "trc10 1002000", Amount: "10", From: "exchange 3", To: a},
		"exchange trade":                {Kind: chain.Move, Asset: "other asset of exchange 3", Amount: "9", To: a},
		"setting":                       {Kind: chain.Allow, Asset: "resource ENERGY", Amount: "0", To: c},
		"energy limit":                  {Kind: chain.Allow, Asset: "resource ENERGY", Amount: "5000", To: c},
		"interface deletion":            {Kind: chain.Destroy, To: c, Subject: "interface"},
		"brokerage":                     {Kind: chain.Register, Detail: "20 percent"},
		"memo":                          {Kind: chain.Fee, Amount: "2276000", Detail: "1 TRX for the memo"},
	}
	for _, v := range tronweb(t).Transactions {
		req, err := tron().ReadFile([]byte(v.JSON))
		if err != nil {
			t.Fatal(err)
		}
		expected, ok := want[v.Name]
		if !ok {
			t.Errorf("nothing is expected of %q", v.Name)
		}
		wantEffect(t, decoded(t, req.Payload).Effects, expected)
		delete(want, v.Name)
	}
	for name := range want {
		t.Errorf("no vector %q", name)
	}
}

// TestFacts: what a transaction says besides its contract.
func TestFacts(t *testing.T) {
	payload := rawOf(nil)[:0].data(1, unhex("a1b2")).data(4, unhex("0102030405060708")).number(8, 1900000000123).text(10, "invoice 7").
		data(11, contractOf(typeWithdrawBalance, fields{}.address(1, alice)).number(5, 2)).number(18, 77)
	in := decoded(t, payload)
	want := []chain.Fact{
		{Name: "permission", Value: "2 (not the owner permission)"}, {Name: "memo", Value: "invoice 7"},
		{Name: "reference block", Value: "a1b2 0102030405060708"}, {Name: "fee limit", Value: "77"},
	}
	if diff := cmp.Diff(want, in.Facts); diff != "" {
		t.Error(diff)
	}
	if in.Effects[0].Until != "2030-03-17T17:46:40.123Z" {
		t.Errorf("until %s", in.Effects[0].Until)
	}
}

// TestPreview decodes without a key, and names the owner that the payload names.
func TestPreview(t *testing.T) {
	in, err := tron().Preview(chain.Request{Form: FormTransaction, Payload: transfer(bob, 5)})
	if err != nil {
		t.Fatal(err)
	}
	wantEffect(t, in.Effects, chain.Effect{Kind: chain.Move, Amount: "5", From: addressText(alice), To: addressText(bob)})
	if in.Finish != nil || len(in.Tasks) != 0 || len(in.Warnings) != 0 {
		t.Errorf("a preview can be signed, or warns: %q", in.Warnings)
	}
	in, err = tron().Preview(chain.Request{Form: FormMessage, Payload: []byte("hello")})
	if err != nil || in.Effects[0].From != "signer" {
		t.Errorf("preview of a message: %v, error %v", in, err)
	}
}

func TestSigners(t *testing.T) {
	req := chain.Request{Form: FormTransaction, Payload: transfer(bob, 5)}
	if _, err := tron().Decode(req); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("without a signer: %v", err)
	}
}

// TestWellKnown: addresses of tokens have right checksums and one spelling.
func TestWellKnown(t *testing.T) {
	known := 0
	for _, text := range []string{
		"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8", "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR",
		"TCFLL5dx5ZJdKnWuesXxi1VPwjLVmWZZy9", "TSSMHYeV2uE9qYH95DqyoCuNCzEL1NvU3S", "TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4", "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7",
	} {
		hash, err := ParseAddress(text)
		if err != nil || addressText(hash) != text {
			t.Errorf("%s: %v", text, err)
		}
		if tron().wellKnown(text).Symbol != "" {
			known++
		}
	}
	if known != 7 {
		t.Errorf("%d of 7 are known", known)
	}
}
