package algorand

import (
	"bytes"
	"errors"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

func seedTransactions(f *testing.F) {
	for _, rec := range readRecordings(f) {
		if len(rec.Transaction) > 0 && len(rec.Transaction) < 1000 {
			f.Add(rec.Transaction)
		}
	}
	for id := range fieldCount {
		m := transactionFields[id]
		f.Add(rawTransaction(m.owner, m.name, sample(m.shape)))
		f.Add(rawTransaction("pay", m.name, sample(m.shape)))
	}
	f.Add(rawTransaction("appl", "apaa", []byte{0xdd, 0xff, 0xff, 0xff, 0xff}))
	f.Add(bytes.Repeat([]byte{0x91}, 200))
}

// FuzzCanonicalize: the result is a fixed point, it is what Decode demands, it
// never outgrows what its input can justify, and an independent reader finds it
// canonical.
func FuzzCanonicalize(f *testing.F) {
	seedTransactions(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		once, err := Canonicalize(raw)
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		twice, err := Canonicalize(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("not idempotent: %x, then %x, %v", once, twice, err)
		}
		if _, err := New().Decode(chain.Request{Form: FormTransaction, Payload: once}); err != nil {
			t.Fatalf("%x is canonical but refused: %v", once, err)
		}
		if !minimal(once) {
			t.Fatalf("%x is not in shortest form", once)
		}
		// nil in a list of addresses is the one value that grows
		if len(once) > 35*len(raw)+16 {
			t.Fatalf("%d bytes became %d", len(raw), len(once))
		}
	})
}

// FuzzDecode: what is signed is exactly the payload, with effects, or nothing is.
func FuzzDecode(f *testing.F) {
	seedTransactions(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		intent, err := New().Decode(chain.Request{Form: FormTransaction, Payload: payload})
		if err != nil {
			return
		}
		if message := intent.Tasks[0].Message; !bytes.Equal(message, append([]byte("TX"), payload...)) {
			t.Fatalf("payload %x, message %x", payload, message)
		}
		if len(intent.Effects) < 2 || intent.Effects[len(intent.Effects)-1].Kind != chain.Fee {
			t.Fatalf("effects of %x:\n%s", payload, describe(intent.Effects))
		}
		signed, err := intent.Finish([][]byte{repeat(5, 64)})
		if err != nil || !bytes.HasSuffix(signed, payload) || !minimal(signed) {
			t.Fatalf("signed %x, %v", signed, err)
		}
	})
}

// FuzzMultisig: decoders accept exactly what the encoders write.
func FuzzMultisig(f *testing.F) {
	m := testMultisig()
	f.Add(m.Encode(), m.Preimage())
	m.Subsigs[0].Signature = [64]byte{1}
	f.Add(m.Encode(), []byte{1, 1})
	f.Add(MultisigContext{Multisig: m, Account: m.Address(), Start: true}.Encode(), []byte{})
	f.Add([]byte{0x80}, bytes.Repeat([]byte{1}, 66))
	f.Fuzz(func(t *testing.T, encoded, preimage []byte) {
		if m, err := DecodeMultisig(encoded); err == nil {
			if !bytes.Equal(m.Encode(), encoded) {
				t.Errorf("multisig %x encodes as %x", encoded, m.Encode())
			}
			if err := m.Validate(); err == nil {
				back, err := ParsePreimage(m.Preimage())
				if err != nil || back.Address() != m.Address() {
					t.Errorf("preimage of %x: %v", encoded, err)
				}
			}
		}
		if c, err := DecodeMultisigContext(encoded); err == nil && !bytes.Equal(c.Encode(), encoded) {
			t.Errorf("context %x encodes as %x", encoded, c.Encode())
		}
		m, err := ParsePreimage(preimage)
		if err == nil && !bytes.Equal(m.Preimage(), preimage) {
			t.Errorf("preimage %x reads as %+v", preimage, m)
		}
		if err != nil && !fault.Is(err, fault.Invalid) && !errors.Is(err, ErrUnknownVersion) {
			t.Errorf("kind of %v", err)
		}
	})
}

// minimal reports whether msgpack uses the shortest form of every number and
// length, by writing each value again as it is read. It knows no schema.
func minimal(encoded []byte) bool {
	in := msgpack.NewReader(encoded)
	out, err := rewrite(nil, &in)
	return err == nil && in.End() == nil && bytes.Equal(out, encoded)
}

func rewrite(out []byte, in *msgpack.Reader) ([]byte, error) {
	const unlimited = 1 << 30
	count, items := 0, 1
	switch in.Peek() {
	case msgpack.Bool:
		v, err := in.Bool()
		return msgpack.AppendBool(out, v), err
	case msgpack.Uint:
		v, err := in.Uint()
		return msgpack.AppendUint(out, v), err
	case msgpack.Text:
		v, err := in.Bytes(unlimited)
		return msgpack.AppendText(out, v), err
	case msgpack.Binary:
		v, err := in.Bytes(unlimited)
		return msgpack.AppendBinary(out, v), err
	case msgpack.Array:
		n, err := in.ArrayHeader(unlimited)
		if err != nil {
			return nil, err
		}
		count, out = n, msgpack.AppendArrayHeader(out, n)
	case msgpack.Map:
		n, err := in.MapHeader(unlimited)
		if err != nil {
			return nil, err
		}
		count, items, out = n, 2, msgpack.AppendMapHeader(out, n)
	default:
		return nil, msgpack.ErrType
	}
	var err error
	for range count * items {
		if out, err = rewrite(out, in); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// FuzzReadFile: what the lenient reader accepts, the strict one takes.
func FuzzReadFile(f *testing.F) {
	f.Add([]byte(`{"name":"Transaction","type":"pay","from":{"publicKey":{"0":1}},"amount":1,"note":{},"genesisHash":{"type":"Buffer","data":[1]}}`))
	f.Add([]byte("gaN0eG6A"))
	f.Add([]byte("\x81\xa3txn\x80"))
	for _, rec := range readRecordings(f) {
		f.Add(rec.Transaction)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := New().ReadFile(data)
		if err != nil {
			return
		}
		if _, err := New().Decode(req); err != nil {
			t.Errorf("a file was read as a request that does not decode: %v", err)
		}
	})
}

func FuzzParsePrivate(f *testing.F) {
	f.Add([]byte("3MS4DSIBDOV4YALARKC27EKIT32RG465ZUPI4Q6GHTCP55HOCRGBRVWN3YCIWPEDM4Z3EOH4BRGOERUZEHQY72JSLLOOY3I4YYJBC6Y"))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, private, err := New().ParsePrivate(secret.Copy(text))
		if err == nil && (a != curve.Ed25519 || private.Len() != 32) {
			t.Errorf("a key of %s with %d bytes", a, private.Len())
		}
	})
}
