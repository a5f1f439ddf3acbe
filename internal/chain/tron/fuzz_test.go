package tron

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
)

func request(payload []byte) chain.Request {
	return chain.Request{Form: FormTransaction, Payload: payload}
}

// FuzzDecode: whatever decodes has effects and a task, is written again as the same
// bytes, and has no second payload for its message.
func FuzzDecode(f *testing.F) {
	key := signer(f)
	for _, v := range tronweb(f).Transactions {
		req, err := tron().ReadFile([]byte(v.JSON))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(req.Payload)
	}
	f.Add([]byte(call(usdt, "095ea7b3"+word("66")+word("ff"))))
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, form := range []string{FormTransaction, FormMessage, FormDigest} {
			in, err := tron().Decode(chain.Request{Form: form, Payload: payload, Signer: key})
			if err != nil {
				continue
			}
			if len(in.Effects) == 0 || len(in.Tasks) != 1 || len(in.Tasks[0].Message) != 32 {
				t.Errorf("%s: effects %v, tasks %v", form, in.Effects, in.Tasks)
			}
		}
		if parsed, err := parseTransaction(payload); err == nil && !bytes.Equal(encode(parsed.raw), payload) {
			t.Errorf("%x is written again as %x", payload, encode(parsed.raw))
		} else if err == nil && parsed.value != nil {
			value := parsed.contract.find("parameter").sub.bytes("value")
			if !bytes.Equal(encode(parsed.value), value) {
				t.Errorf("%x is written again as %x", value, encode(parsed.value))
			}
		}
	})
}

// FuzzReadFile: whatever is read, Decode takes; what it makes of JSON is the JSON and a
// signature.
func FuzzReadFile(f *testing.F) {
	key := signer(f)
	for _, v := range tronweb(f).Transactions {
		f.Add([]byte(v.JSON))
		f.Add([]byte(v.Visible))
	}
	f.Add([]byte("0a02a1b2"))
	f.Fuzz(func(t *testing.T, file []byte) {
		req, err := tron().ReadFile(file)
		if err != nil {
			return
		}
		req.Signer = key
		in, err := tron().Decode(req)
		if err != nil {
			t.Fatalf("%q is read, but not decoded: %v", file, err)
		}
		out, err := in.Finish([][]byte{make([]byte, 65)})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(req.Context); n > 0 && (!bytes.HasPrefix(out, req.Context[:n-1]) || len(out) != n+147) {
			t.Errorf("%.99q… becomes …%q", req.Context, out[len(out)-160:])
		}
	})
}

// FuzzParseAddress: an address has one spelling in each form.
func FuzzParseAddress(f *testing.F) {
	f.Add(addressText(alice))
	f.Add(hexAddress(alice))
	f.Fuzz(func(t *testing.T, text string) {
		hash, err := ParseAddress(text)
		if err == nil && text != addressText(hash) && len(text) != 42 {
			t.Errorf("%q is read as %s", text, addressText(hash))
		}
	})
}
