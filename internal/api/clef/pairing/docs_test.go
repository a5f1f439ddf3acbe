package pairing

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"strongroom/internal/api/clef/wire"
)

// message is a JSON-RPC request or reply of the document.
type message struct {
	Method string
	Params []json.RawMessage
	Result json.RawMessage
}

// examples are the JSON blocks of the document from a heading on, in their order.
func examples(t testing.TB, from string) (all []message) {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/clef-extensions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n"+from+"\n")
	if !ok {
		t.Fatalf("no %s", from)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for i, block := range strings.Split(section, "```json\n") {
		if i == 0 {
			continue
		}
		block, _, _ = strings.Cut(block, "```")
		var m message
		if err := json.Unmarshal([]byte(block), &m); err != nil {
			t.Fatalf("%v of %s", err, block)
		}
		all = append(all, m)
	}
	return all
}

func text(t testing.TB, raw json.RawMessage, member string) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatal(err)
	}
	s, _ := object[member].(string)
	return s
}

func bytesOf(t testing.TB, raw json.RawMessage, member string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(text(t, raw, member), "0x"))
	if err != nil || len(b) == 0 {
		t.Fatalf("%s of %s: %v", member, raw, err)
	}
	return b
}

// TestDocument goes through the examples of docs/clef-extensions.md.
func TestDocument(t *testing.T) {
	all := examples(t, "## Pairing")
	if len(all) != 6 {
		t.Fatalf("%d examples", len(all))
	}
	start, started, finish, asked, finished, call := all[0], all[1], all[2], all[3], all[4], all[5]
	random := bytes.Join([][]byte{bytesOf(t, finished.Result, "session"), bytesOf(t, started.Result, "handshake"), bytesOf(t, started.Result, "nonce")}, nil)
	b, err := Open(context.Background(), Config{Store: &memory{entries: map[string]string{}}, Now: time.Now, Rand: bytes.NewReader(random)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := wire.ParsePairStart(start.Params[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Start(s, "127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	f, err := wire.ParsePairFinish(finish.Params[0])
	if err != nil {
		t.Fatal(err)
	}
	pairing, err := b.Finish(context.Background(), f, func(_ context.Context, r *wire.PairingRequest) error {
		want := asked.Params[0]
		if asked.Method != "ui_approvePairing" || r.Name != text(t, want, "name") || r.Code != text(t, want, "code") || !bytes.Equal(r.Key[:], bytesOf(t, want, "key")) {
			t.Errorf("asks %+v, not %s", r, want)
		}
		return nil
	})
	if err != nil || !bytes.Equal(pairing[:], bytesOf(t, finished.Result, "pairing")) {
		t.Fatalf("pairing %x, %v", pairing, err)
	}
	p, err := wire.ParsePairCall(call.Params[0])
	if err != nil {
		t.Fatal(err)
	}
	if name, err := b.Verify(t.Context(), &p); err != nil || name != "treasury bot" {
		t.Errorf("%q, %v", name, err)
	}
	if inner, err := p.Inner(); err != nil || inner.Method != "account_list" || inner.Params != nil {
		t.Errorf("%+v, %v", inner, err)
	}
}

// FuzzCall: whatever comes, nobody but the caller of the examples is let in, and only
// with the bytes that it signed.
func FuzzCall(f *testing.F) {
	for _, m := range examples(f, "### account_pairCall") {
		f.Add([]byte(m.Params[0]))
	}
	for _, m := range examples(f, "### account_pairFinish")[:1] {
		f.Add([]byte(m.Params[0]))
	}
	s := newSigner(f)
	c := paired(f, s, "bot", 1)
	right := c.call(listing)
	f.Add([]byte(`{"key":"` + wire.Data(right.Key[:]).String() + `","session":"` + wire.Data(right.Session[:]).String() + `","number":"0x1","request":"{\"method\":\"account_list\"}","signature":"` + wire.Data(right.Signature[:]).String() + `"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if start, err := wire.ParsePairStart(raw); err == nil && !wire.PlainName(start.Name) {
			t.Fatalf("the name %q", start.Name)
		}
		if _, err := wire.ParsePairFinish(raw); err == nil && len(raw) < 100 {
			t.Fatalf("%s is read", raw)
		}
		call, err := wire.ParsePairCall(raw)
		if err != nil {
			return
		}
		name, err := s.Verify(t.Context(), &call)
		if (err == nil) != (name != "") || err == nil && (call.Request != listing || call.Number != 1 || call.Key != c.key()) {
			t.Fatalf("%s is let in as %q, %v", raw, name, err)
		}
		if _, err := call.Inner(); err == nil && len(call.Request) > len(raw) {
			t.Fatalf("%q of %s", call.Request, raw)
		}
	})
}
