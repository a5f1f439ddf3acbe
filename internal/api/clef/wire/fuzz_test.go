package wire

import (
	"bytes"
	"testing"
)

// FuzzTransaction: what is read is written again in the same meaning, and its binary form
// is read as what it was made of.
func FuzzTransaction(f *testing.F) {
	for _, r := range recorded(f, "02-sign-legacy", "05-sign-eip2930", "06-sign-eip1559") {
		if r.External != nil && len(r.External.Request.Params) > 0 {
			f.Add([]byte(r.External.Request.Params[0]))
		}
	}
	f.Add([]byte(`{"authorizationList":[` + authorization + `],"maxFeePerGas":"0x1","type":"0x4"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := ParseTransaction(text)
		if err != nil {
			return
		}
		shown, err := a.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if a.From.text != "" { // which is "0x" and no address
			again, err := ParseTransaction(shown)
			if err != nil {
				t.Fatalf("%s: %v", shown, err)
			}
			if twice, _ := again.MarshalJSON(); !bytes.Equal(twice, shown) {
				t.Fatalf("%s, then\n%s", shown, twice)
			}
		}
		if len(a.Blobs) > 0 || a.Complete() != nil {
			return
		}
		req, err := ToRequest(a, 5)
		if err != nil {
			return
		}
		back, err := FromRaw(a.From, req.Payload)
		if err != nil {
			if len(req.Payload) > maxRaw {
				return
			}
			t.Fatalf("%x: %v", req.Payload, err)
		}
		if r, err := ToRequest(back, 5); err != nil || !bytes.Equal(r.Payload, req.Payload) {
			t.Fatalf("%x, then\n%x, %v", req.Payload, r.Payload, err)
		}
	})
}

// FuzzRaw: what is read from binary is written again as it was.
func FuzzRaw(f *testing.F) {
	for _, r := range recorded(f, "02-sign-legacy", "05-sign-eip2930", "07-sign-eip4844") {
		if r.External == nil || len(r.External.Request.Params) == 0 {
			continue
		}
		a, err := ParseTransaction(r.External.Request.Params[0])
		if err != nil || len(a.Blobs) > 0 {
			continue
		}
		if req, err := ToRequest(a, 1337); err == nil {
			f.Add(req.Payload)
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		a, err := FromRaw(Address{}, payload)
		if err != nil {
			return
		}
		r, err := ToRequest(a, a.ChainID.Big().Uint64())
		if a.ChainID.IsZero() {
			return // which nothing is signed for
		}
		if err != nil || !bytes.Equal(r.Payload, payload) {
			t.Fatalf("%x is %x, %v", payload, r.Payload, err)
		}
	})
}

// FuzzAnswers: nothing that UIs or callers of the extensions send crashes the reading.
func FuzzAnswers(f *testing.F) {
	for _, r := range recorded(f, "01-account-list", "13-account-new") {
		for _, u := range r.UI {
			if len(u.Response.Result) > 0 {
				f.Add([]byte(u.Response.Result))
			}
		}
	}
	f.Add([]byte(`{"transaction":{"from":"0x"},"approved":true}`))
	f.Add([]byte(`{"key":"0x","session":"0x","number":"0x1","request":"{\"method\":\"account_list\"}","signature":"0x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if a, err := ParseListAnswer(text); err != nil && a.Accounts != nil {
			t.Fatal("accounts with an error")
		}
		if d, err := ParseDecision(text); err != nil && d.Approved {
			t.Fatal("approved with an error")
		}
		if a, err := ParseTxAnswer(text); err != nil && (a.Approved || a.Transaction != nil) {
			t.Fatal("approved with an error")
		}
		if a, err := ParseInput(text); err == nil {
			a.Text.Wipe()
		}
		_, _ = ParseBulk(text)
		_, _ = ParsePairStart(text)
		_, _ = ParsePairFinish(text)
		c, err := ParsePairCall(text)
		if err == nil {
			_, _ = c.Inner()
		}
		c.Request = string(text)
		_, _ = c.Inner()
	})
}
