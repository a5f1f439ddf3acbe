package typed

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain/evm"
	"strongroom/internal/fault"
)

// refused makes sure that an error is one that callers are told.
func refused(t *testing.T, err error) {
	t.Helper()
	switch fault.KindOf(err) {
	case fault.Invalid, fault.InvalidPayload, fault.TooLarge:
		if len(fault.Text(err)) > 4000 {
			t.Fatalf("an error of %d bytes", len(fault.Text(err)))
		}
	default:
		t.Fatalf("kind of %v", err)
	}
}

// complete makes sure that what is signed is canonical, has the hash that is shown, and
// is shown whole.
func complete(t *testing.T, r *Request) {
	t.Helper()
	raw, err := evm.Preimage(r.Sign.Form, r.Sign.Payload)
	hash := wire.Keccak(r.Ask.RawData)
	if err != nil || !bytes.Equal(raw, r.Ask.RawData) || !bytes.Equal(hash[:], r.Ask.Hash) {
		t.Fatalf("%s is shown as %x, %v", r.Sign.Payload, r.Ask.RawData, err)
	}
	if text, err := r.Ask.MarshalJSON(); err != nil || !json.Valid(text) {
		t.Fatalf("%s is shown as %s, %v", r.Sign.Payload, text, err)
	}
	if r.Sign.Form != evm.FormTypedData {
		return
	}
	again, err := evm.CanonicalTypedData(r.Sign.Payload)
	if err != nil || !bytes.Equal(again, r.Sign.Payload) {
		t.Fatalf("%s is written as %s, %v", r.Sign.Payload, again, err)
	}
	var doc struct {
		Types           map[string][]struct{ Name, Type string }
		PrimaryType     string
		Domain, Message any
	}
	if err := json.Unmarshal(r.Sign.Payload, &doc); err != nil {
		t.Fatal(err)
	}
	var signed func(typ string, v any) int
	signed = func(typ string, v any) (n int) {
		base, _, isArray := strings.Cut(typ, "[")
		of, isStruct := doc.Types[base]
		switch v := v.(type) {
		case []any:
			if !isStruct && strings.HasPrefix(typ, "bytes") {
				return 1 // one text
			}
			for _, item := range v {
				n += signed(typ[:strings.LastIndexByte(typ, '[')], item)
			}
			return max(1, n) // null
		case map[string]any:
			if isArray {
				t.Fatalf("a struct for %s", typ)
			}
			for _, m := range of {
				n += signed(m.Type, v[m.Name])
			}
			return max(1, n)
		}
		return 1
	}
	var shown func(v wire.Value) int
	shown = func(v wire.Value) (n int) {
		for _, f := range v.Fields {
			n += shown(f.Value)
		}
		return max(1, n)
	}
	if a, b := signed(domainType, doc.Domain), shown(r.Ask.Messages[0].Value); a != b {
		t.Fatalf("%d values of the domain are signed and %d shown: %s", a, b, r.Sign.Payload)
	}
	if a, b := signed(doc.PrimaryType, doc.Message), shown(r.Ask.Messages[1].Value); a != b {
		t.Fatalf("%d values are signed and %d shown: %s", a, b, r.Sign.Payload)
	}
}

func FuzzTypedData(f *testing.F) {
	for i, r := range recordings(f, "10-sign-typed-data") {
		if p := r.External.Request.Params; i%3 == 0 && len(p) == 2 {
			f.Add([]byte(p[1]))
		}
	}
	f.Add([]byte(document("P[2][]", `[[{"n":"a","w":"`+cow+`"},{"n":"b","w":"`+bob+`"}]]`, person)))
	f.Add([]byte(document("bytes3[][2]", `[["0x010203"],[]]`, "")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, err := ReadDocument(raw)
		if err != nil {
			refused(t, err)
			return
		}
		r, err := TypedData(wire.Address{}, doc)
		if err != nil {
			refused(t, err)
			return
		}
		complete(t, r)
	})
}

func FuzzData(f *testing.F) {
	for i, r := range recordings(f, "09-sign-data") {
		if p := r.External.Request.Params; i%2 == 0 && len(p) == 3 {
			var contentType string
			if err := json.Unmarshal(p[0], &contentType); err != nil {
				f.Fatal(err)
			}
			f.Add(contentType, []byte(p[2]))
		}
	}
	f.Fuzz(func(t *testing.T, contentType string, raw []byte) {
		r, err := Data(contentType, wire.Address{}, raw)
		if err != nil {
			refused(t, err)
			return
		}
		complete(t, r)
	})
}

func FuzzSafe(f *testing.F) {
	for _, r := range recordings(f, "11-gnosis-safe") {
		f.Add([]byte(r.External.Request.Params[1]))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tx, err := ReadSafe(raw)
		if err != nil {
			refused(t, err)
			return
		}
		r, err := Safe(wire.Address{}, tx, 1337, func(tx *wire.SendTxArgs) (wire.CallInfo, error) {
			if _, err := tx.MarshalJSON(); err != nil {
				t.Fatal(err)
			}
			return nil, nil
		})
		if err != nil {
			refused(t, err)
			return
		}
		complete(t, &r.Request)
		if result := r.Result(make([]byte, 65)); !json.Valid(result) || !bytes.Contains(result, []byte(`"safeTxHash":"`+r.Ask.Hash.String()+`"`)) {
			t.Fatalf("%s", result)
		}
	})
}
