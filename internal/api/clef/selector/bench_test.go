package selector

import (
	"encoding/json"
	"testing"

	"strongroom/internal/api/clef/wire"
)

// BenchmarkTransfer is what the API does with a token transfer before and after it is
// approved and signed.
func BenchmarkTransfer(b *testing.B) {
	d := open(b, Config{})
	var text, signed []byte
	for _, r := range recorded(b, "04-sign-calldata") {
		if r.Name == "calldata/known-selector" {
			text = r.External.Request.Params[0]
			var result struct{ Raw string }
			if err := json.Unmarshal(r.External.Response.Result, &result); err != nil {
				b.Fatal(err)
			}
			raw, err := wire.DataParam([]byte(`"` + result.Raw + `"`))
			if err != nil {
				b.Fatal(err)
			}
			signed = raw
		}
	}
	if _, err := table(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		a, err := wire.ParseTransaction(text)
		if err != nil {
			b.Fatal(err)
		}
		checked, err := d.Validate(b.Context(), nil, a, false)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := wire.ToRequest(a, 1337); err != nil {
			b.Fatal(err)
		}
		wire.AskTx(&wire.TxRequest{Transaction: a, CallInfo: checked.Info}).Parameter()
		result, err := wire.ResultOf(signed, a)
		if err != nil {
			b.Fatal(err)
		}
		result.AppendJSON(nil)
	}
}
