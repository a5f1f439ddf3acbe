package wire

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// TestRefusedMembers: the peer's texts for what the recordings do not have, and what it
// passed over.
func TestRefusedMembers(t *testing.T) {
	const address = "0x07a565b7ed7d7a678680a4c162885bedbb695fe0"
	for text, want := range map[string]string{
		`{"from":null}`:                "json: cannot unmarshal non-string into Go struct field SendTxArgs.from of type common.Address",
		`{"nonce":null}`:               "json: cannot unmarshal non-string into Go struct field SendTxArgs.nonce of type hexutil.Uint64",
		`{"from":"` + address + `00"}`: "hex string has length 42, want 40 for common.Address",
		`{"to":"0xzza565b7ed7d7a678680a4c162885bedbb695fe0"}`: "json: cannot unmarshal invalid hex string into Go struct field SendTxArgs.to of type common.Address",
		`{"gas":"0x5","gas":"0x6"}`:                           "json: a member is given twice",
		`{"Gas":"0x5"}`:                                       `json: unknown field "Gas" in a transaction`,
		`{"` + strings.Repeat("é", 100) + `":1}`:              "json: unknown field",
		`{"accessList":{}}`:                                   "json: cannot unmarshal object into Go struct field SendTxArgs.accessList of type types.AccessList",
		`{"accessList":[{"address":"` + address + `","storageKeys":[],"x":1}]}`: `json: unknown field "x" in an access list`,
		`{"accessList":[{"storageKeys":[]}]}`:                                   "missing required field 'address' for AccessTuple",
		`{"accessList":[5]}`:                                                    "json: cannot unmarshal number into Go value of type types.AccessTuple",
		`{"blobVersion":2}`:                                                     "json: Go struct field SendTxArgs.blobVersion is neither 0 nor 1",
		`{"blobVersion":"0x1"}`:                                                 "json: Go struct field SendTxArgs.blobVersion is neither 0 nor 1",
		`{"blobs":["0x00"]}`:                                                    "hex string has length 2, want 262144 for kzg4844.Blob",
		`{"authorizationList":[{}]}`:                                            "missing required field 'chainId' for SetCodeAuthorization",
		`{"authorizationList":[{"chainId":"0x1","address":"` + address + `","nonce":"0x0","yParity":"0x100","r":"0x1","s":"0x1"}]}`: "json: cannot unmarshal hex number > 8 bits into Go struct field SetCodeAuthorization.yParity of type hexutil.Uint64",
		`{"authorizationList":[{"v":"0x1"}]}`: `json: unknown field "v" in an authorization`,
		`[]`:                                  "json: cannot unmarshal array into Go value of type apitypes.SendTxArgs",
		`true`:                                "json: cannot unmarshal bool into Go value of type apitypes.SendTxArgs",
		`{"gas":"0x5"} {}`:                    "json: more than one value",
		`{"gas":"0x5"`:                        "json: not valid JSON in UTF-8",
		``:                                    "json: not valid JSON in UTF-8",
		"{\"gas\":\"0x\xff\"}":                "json: not valid JSON in UTF-8",
	} {
		if _, err := ParseTransaction([]byte(text)); err == nil || !strings.HasPrefix(fault.Text(err), want) {
			t.Errorf("%.100s: %v, want %q", text, err, want)
		}
	}
	key := `"0x` + strings.Repeat("00", 32) + `"`
	for name, text := range map[string]string{
		"keys":           `{"accessList":[{"address":"` + address + `","storageKeys":[` + strings.Repeat(key+",", maxAccess) + key + `]}]}`,
		"hashes":         `{"blobVersionedHashes":[` + strings.Repeat(key+",", maxBlobs) + key + `]}`,
		"members":        `{` + manyMembers() + `}`,
		"authorizations": `{"authorizationList":[` + strings.Repeat(authorization+",", maxAuthorizations) + authorization + `]}`,
	} {
		if _, err := ParseTransaction([]byte(text)); !fault.Is(err, fault.TooLarge) {
			t.Errorf("too many %s: %v", name, err)
		}
	}
}

const authorization = `{"chainId":"0x1","address":"0x07a565b7ed7d7a678680a4c162885bedbb695fe0","nonce":"0x0","yParity":"0x0","r":"0x1","s":"0x1"}`

func manyMembers() string {
	var b strings.Builder
	for i := range maxMembers + 1 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"m` + Number(i).String() + `":0`)
	}
	return b.String()
}

// TestParams: single parameters, with space around them, and what is no JSON.
func TestParams(t *testing.T) {
	if a, err := AddressParam([]byte(` "0XCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"`)); err != nil || a.String() != "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" || a.Checked() {
		t.Errorf("%v, %v", a, err)
	}
	if d, err := DataParam([]byte(`"\u0030x0aFF"`)); err != nil || !bytes.Equal(d, []byte{10, 255}) {
		t.Errorf("%v, %v", d, err)
	}
	if s, err := SelectorParam([]byte(" null ")); s != nil || err != nil {
		t.Errorf("%v, %v", s, err)
	}
	for _, raw := range []string{`"`, ``, `"0x00" "0x01"`, "\"\x01\"", `'0x'`} {
		_, err := DataParam([]byte(raw))
		_, also := AddressParam([]byte(raw))
		if _, text := TextParam([]byte(raw)); err == nil || text == nil || also == nil {
			t.Errorf("%q was read", raw)
		}
	}
	if _, err := TextParam([]byte(`7`)); err == nil || fault.Text(err) != "json: cannot unmarshal number into Go value of type string" {
		t.Errorf("a number as text: %v", err)
	}
	if _, err := AddressParam([]byte(`null`)); err == nil || fault.Text(err) != "json: cannot unmarshal non-string into Go value of type common.Address" {
		t.Errorf("null as an address: %v", err)
	}
}

// TestRaw: what is no unsigned transaction.
func TestRaw(t *testing.T) {
	const signed = "f86d07843b9aca008252089407a565b7ed7d7a678680a4c162885bedbb695fe0880de0b6b3a764000080820a95a06d1b9fe4aa3d04e745142a3d8551c3a241d4008a0e0fbaac2df016a7fc1f05afa03a10c9507f064f0bc5e39113f23906d77a0666e7be53b861f0da8b9eb4ad4634"
	for name, text := range map[string]string{
		"nothing": "", "a list": "c0", "a type alone": "02", "type 0": "00c0", "type 5": "05c0", "a signed transaction": signed,
		"without a chain":     "e907843b9aca008252089407a565b7ed7d7a678680a4c162885bedbb695fe0880de0b6b3a764000080",
		"a byte too many":     "ed07843b9aca008252089407a565b7ed7d7a678680a4c162885bedbb695fe0880de0b6b3a764000080820539808000",
		"a member too many":   "ee07843b9aca008252089407a565b7ed7d7a678680a4c162885bedbb695fe0880de0b6b3a764000080820539808080",
		"a number too long":   "ee8200078432323232825208" + strings.Repeat("80", 6),
		"a chain id too long": "f3078432323232825208808080" + "8a" + strings.Repeat("11", 10) + "8080",
		"no blobs":            "03c0",
	} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := FromRaw(Address{}, raw); err == nil {
			shown, _ := a.MarshalJSON()
			t.Errorf("%s is read as %s", name, shown)
		}
	}
	if _, err := FromRaw(Address{}, make([]byte, maxRaw+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too long: %v", err)
	}
	var many []byte
	for range maxAccess + 1 {
		many = rlp.AppendBytes(many, make([]byte, 32))
	}
	entry := rlp.AppendList(nil, rlp.AppendList(rlp.AppendBytes(nil, make([]byte, 20)), many))
	list := append([]byte{1, 1, 1, 1, 0x80, 0x80, 0x80}, rlp.AppendList(nil, entry)...)
	if _, err := FromRaw(Address{}, rlp.AppendList([]byte{accessListTx}, list)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a long access list: %v", err)
	}
	if _, err := ResultOf([]byte{5, 0xc0}, nil); err == nil {
		t.Error("a result of type 5")
	}
	if _, err := ResultOf([]byte{0xc0}, nil); err == nil {
		t.Error("an empty result")
	}
}

// TestNoChain: nothing is signed for no chain, and nothing for another than is named.
func TestNoChain(t *testing.T) {
	a := &SendTxArgs{From: AddressOf([20]byte{1}), MaxFeePerGas: &Quantity{}}
	if _, err := ToRequest(a, 0); err == nil {
		t.Error("a request for chain 0")
	}
	a.ChainID = &Quantity{31: 5}
	if _, err := ToRequest(a, 6); err == nil || fault.Text(err) != "invalid chain id for signer: have 5 want 6" {
		t.Errorf("another chain: %v", err)
	}
	if err := a.CheckChain(6); err == nil || fault.Text(err) != "requested chainid 5 does not match the configuration of the signer" {
		t.Errorf("another chain: %v", err)
	}
	a.ChainID = &Quantity{0: 1, 31: 6} // the same in its lowest 64 bits
	if err := a.CheckChain(6); err == nil {
		t.Error("a chain id of 256 bits is taken for 6")
	}
	if _, err := ToRequest(a, 6); err == nil {
		t.Error("a chain id of 256 bits is taken for 6")
	}
}
