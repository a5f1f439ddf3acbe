package jsonrpc_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// checkReply holds a reply, or a batch of them, to its form.
func checkReply(t *testing.T, text string) {
	t.Helper()
	if text == "" {
		return
	}
	var all []jsontext.Value
	if text[0] != '[' {
		all = []jsontext.Value{jsontext.Value(text)}
	} else if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) == 0 {
		t.Fatalf("%v: %s", err, text)
	}
	for _, v := range all {
		var r struct {
			JSONRPC string         `json:"jsonrpc"`
			ID      jsontext.Value `json:"id"`
			Result  jsontext.Value `json:"result"`
			Error   *struct {
				Code    int    `json:"code"`
				Message string `json:"message"`
			} `json:"error"`
		}
		if err := json.Unmarshal(v, &r, json.RejectUnknownMembers(true)); err != nil {
			t.Fatalf("%v: %s", err, v)
		}
		if k := r.ID.Kind(); r.JSONRPC != "2.0" || k == '{' || k == '[' || r.ID == nil || (r.Result == nil) == (r.Error == nil) || r.Error != nil && r.Error.Message == "" {
			t.Fatalf("not a reply: %s", v)
		}
	}
}
