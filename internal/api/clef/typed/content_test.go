package typed

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain/evm"
	"strongroom/internal/fault"
)

func TestData(t *testing.T) {
	for _, c := range []struct{ contentType, data, want string }{
		{"text/plain", `true`, "wrong type bool"},
		{"text/plain", `[]`, "wrong type []interface {}"},
		{"text/plain", `"0xabz"`, "invalid hex string"},
		{"text/plain", `"0"`, "hex string without 0x prefix"},
		{"text/plain", `"0x00" 1`, "invalid character '1' after top-level value"},
		{"text/plain", `"0x` + strings.Repeat("00", 600_000) + `"`, "a payload of 600000 bytes, at most 524288 are allowed"},
		{"text/plain; a=b; a=c", `"0x"`, "mime: duplicate parameter name"},
		{"data/validator", `null`, "validator input is not a map[string]interface{}"},
		{"data/validator", `{"address":5,"message":"0x00"}`, "validator address error: wrong type float64"},
		{"data/validator", `{"address":"0x01","address":"0x02","message":"0x00"}`, "json: a member is given twice"},
		{"data/validator", `{"address":"0x01","message":["0x00"]}`, "message error: wrong type []interface {}"},
		{"data/typed", `"0x7b7d7d"`, "invalid character '}' after top-level value"},
		{"data/typed", `"0x6e756c6c"`, "domain is undefined"},
		{"application/x-clique-header", `"0x"`, "rlp: value size exceeds available input length"},
		{"application/x-clique-header", `"0xff"`, "rlp: value size exceeds available input length"},
		{"application/x-clique-header", `"0xf9ffff"`, "rlp: value size exceeds available input length"},
		{"application/x-clique-header", `"0xffffffffffffffffff00"`, "rlp: value size exceeds available input length"},
		{"application/x-clique-header", `"0x80"`, "rlp: expected input list for types.Header"},
		{"application/x-clique-header", `"0xc0"`, "a header of 0 members, not 15 or 16"},
		{"application/x-clique-header", `"0xc000"`, "header: rlp: more members than wanted"},
	} {
		r, err := Data(c.contentType, account(t, cow), []byte(c.data))
		if err == nil || fault.Text(err) != c.want {
			t.Errorf("%s of %.40s: %v, %v, want %s", c.contentType, c.data, r, err, c.want)
		}
	}
}

// TestText: everything that is no special type is a personal message, shown with what
// stands in front of it.
func TestText(t *testing.T) {
	r, err := Data("Application/Clique; x=y", account(t, strings.ToLower(cow)), []byte(`"0X68ff69"`))
	if err != nil {
		t.Fatal(err)
	}
	m := r.Ask.Messages[0]
	if r.Sign.Form != evm.FormMessage || string(r.Sign.Payload) != "h\xffi" || *m.Value.Text != "\x19Ethereum Signed Message:\n3h\ufffdi" ||
		string(r.Ask.RawData) != "\x19Ethereum Signed Message:\n3h\xffi" || r.Ask.ContentType != "application/clique" || r.Ask.Address.String() != strings.ToLower(cow) {
		t.Errorf("%+v", r)
	}
	if raw := account(t, cow).Raw(); !bytes.Equal(r.Sign.Context, raw[:]) {
		t.Errorf("context %x", r.Sign.Context)
	}
}

// TestValidator: the address of another length is taken as a number.
func TestValidator(t *testing.T) {
	for text, want := range map[string]string{
		"01": strings.Repeat("00", 19) + "01",
		strings.Repeat("11", 3) + strings.Repeat("22", 20): strings.Repeat("22", 20),
		strings.Repeat("33", 20):                           strings.Repeat("33", 20),
	} {
		r, err := Data("data/validator", account(t, cow), []byte(`{"address":"0x`+text+`","message":"0xaa","more":1}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(r.Sign.Payload); got != want+"aa" || hex.EncodeToString(r.Ask.RawData) != "1900"+want+"aa" {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestRecover(t *testing.T) {
	key := private(t, account(t, cow))
	message := []byte("hello")
	r, err := Data("text/plain", account(t, cow), []byte(`"`+wire.Data(message).String()+`"`))
	if err != nil {
		t.Fatal(err)
	}
	signature := sign(t, r.Sign, key)
	got, err := Recover(message, signature)
	if err != nil || got != account(t, cow).Raw() {
		t.Errorf("%x, %v", got, err)
	}
	for name, c := range map[string]struct {
		signature []byte
		want      string
	}{
		"nothing":       {nil, "signature must be 65 bytes long"},
		"v of 29":       {append(bytes.Clone(signature[:64]), 29), "invalid Ethereum signature (V is not 27 or 28)"},
		"s of zero":     {append(append(bytes.Clone(signature[:32]), make([]byte, 32)...), 27), "recovery failed"},
		"s too large":   {append(append(bytes.Clone(signature[:32]), bytes.Repeat([]byte{0xff}, 32)...), 27), "recovery failed"},
		"r of no point": {append(append(append(make([]byte, 31), 5), signature[32:64]...), 27), "recovery failed"}, // x = 5 is on no point of secp256k1
	} {
		if got, err := Recover(message, c.signature); err == nil || fault.Text(err) != c.want || got != [20]byte{} {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	if _, err := Recover(make([]byte, 600_000), signature); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
}
