package solana

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// encode writes a message again from its parts.
func encode(m *message) []byte {
	var b []byte
	if m.versioned {
		b = append(b, versionFlag)
	}
	b = append(b, byte(m.required), byte(m.readonly), byte(m.readonlyRest))
	b = append(append(appendCompact(b, m.static()), m.keys...), m.blockhash...)
	b = appendCompact(b, len(m.instructions))
	for _, in := range m.instructions {
		b = append(b, byte(in.program))
		b = append(appendCompact(b, len(in.accounts)), in.accounts...)
		b = append(appendCompact(b, len(in.data)), in.data...)
	}
	if m.versioned {
		b = appendCompact(b, len(m.lookups))
		for _, l := range m.lookups {
			b = append(b, l.table...)
			b = append(appendCompact(b, len(l.writable)), l.writable...)
			b = append(appendCompact(b, len(l.readonly)), l.readonly...)
		}
	}
	return b
}

func allowed(err error) bool {
	for _, kind := range []fault.Kind{fault.InvalidPayload, fault.TooLarge, fault.Unsupported, fault.UnknownKey} {
		if fault.Is(err, kind) {
			return true
		}
	}
	return false
}

// FuzzDecode: what is decoded is the only encoding of its message, has effects that end
// with the fee, and is signed as it is.
func FuzzDecode(f *testing.F) {
	for _, v := range readLines[vector](f, "vectors.jsonl") {
		f.Add([]byte(v.Message), []byte{})
	}
	payload := compile("mine", transfer("my friend", "bob", 5))
	f.Add(payload, signedBy(f, payload, "mine")[:1+2*signatureSize])
	f.Fuzz(func(t *testing.T, payload, context []byte) {
		in, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: payload, Context: context})
		if err != nil {
			if !allowed(err) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		m, err := parseMessage(payload)
		if err != nil || !bytes.Equal(encode(&m), payload) {
			t.Fatalf("%x is written as %x, %v", payload, encode(&m), err)
		}
		if len(in.Effects) == 0 || in.Effects[len(in.Effects)-1].Kind != chain.Fee || len(in.Tasks) == 0 {
			t.Fatalf("effects:\n%s", show(in.Effects))
		}
		made := make([][]byte, len(in.Tasks))
		for i, task := range in.Tasks {
			made[i] = bytes.Repeat([]byte{byte(i + 1)}, signatureSize)
			if !bytes.Equal(task.Message, payload) {
				t.Fatalf("payload %x, message %x", payload, task.Message)
			}
		}
		wire, err := in.Finish(made)
		if err != nil || len(wire) > maxTransaction || !bytes.HasSuffix(wire, payload) || int(wire[0]) != m.required {
			t.Fatalf("signed %x, %v", wire, err)
		}
		if _, err := mainnet().Decode(chain.Request{Form: FormRawMessage, Payload: payload, Signer: publicOf("mine")}); err == nil {
			t.Fatal("a transaction was taken for a raw message")
		}
	})
}

// FuzzInstruction: whatever data and accounts a known program is given, there is an
// effect of it, or it is the Compute Budget program or one that checks signatures.
func FuzzInstruction(f *testing.F) {
	programs := []string{systemProgram, tokenProgram, token2022Program, associatedProgram, memoProgram, stakeProgram, voteProgram, loaderProgram, tableProgram}
	for _, v := range readLines[vector](f, "vectors.jsonl") {
		m, err := parseMessage(v.Message)
		if err != nil {
			f.Fatal(err)
		}
		for _, in := range m.instructions {
			for i, p := range programs {
				if p == string(m.key(in.program)) {
					f.Add(byte(i), in.data, byte(len(in.accounts)))
				}
			}
		}
	}
	names := []meta{signer("mine"), other("a"), other("b"), exact(clockSysvar), other("c"), exact(tokenProgram), exact(tokenProgram), other("d")}
	f.Fuzz(func(t *testing.T, program byte, data []byte, accounts byte) {
		if len(data) > 800 {
			return
		}
		list := names[:int(accounts)%(len(names)+1)]
		in := decodePayload(t, compile("mine", step{programs[int(program)%len(programs)], list, data}))
		if len(in.Effects) < 2 {
			t.Fatalf("no effect of %x", data)
		}
		for _, e := range in.Effects {
			if e.Kind == chain.Move && (e.Asset == "" || e.Amount == "" || e.To == "") && !has(in.Effects, chain.Opaque) {
				t.Fatalf("a move of %+v", e)
			}
		}
	})
}

// FuzzReadFile: what is read can be decoded.
func FuzzReadFile(f *testing.F) {
	payload := compile("mine", transfer("my friend", "bob", 5))
	f.Add([]byte(hexText(payload)))
	f.Add([]byte(base58Text(payload)))
	f.Add(signedBy(f, payload, "mine"))
	f.Add([]byte(`{"txData":"` + hexText(payload) + `"}`))
	f.Add([]byte(`{"blockhash":"` + addressOf("blockhash") + `","message":"AA==","signers":["a=b"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := mainnet().ReadFile(data)
		if err != nil {
			if !allowed(err) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if _, err := mainnet().Decode(req); err != nil {
			t.Fatalf("%+v is read, but %v", req, err)
		}
	})
}

// FuzzOffchain: what is read fits one layout only, and its text is what is shown.
func FuzzOffchain(f *testing.F) {
	for _, v := range readLines[offchainVector](f, "offchain.jsonl") {
		f.Add([]byte(v.Message))
	}
	f.Add(short(formatUTF8, "Grüße"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := mainnet().Decode(chain.Request{Form: FormMessage, Payload: payload, Signer: publicOf("mine"), Signers: signersIn(payload)})
		if err != nil {
			if !allowed(err) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		o, err := parseOffchain(payload)
		if err != nil || !bytes.HasSuffix(payload, []byte(o.text)) || o.text == "" || !bytes.Equal(in.Tasks[0].Message, payload) {
			t.Fatalf("%x is read as %+v, %v", payload, o, err)
		}
	})
}

// signersIn are the signers of a message that can be read.
func signersIn(payload []byte) (keys []curve.PublicKey) {
	if o, err := parseOffchain(payload); err == nil {
		for i := 0; i < len(o.signers); i += keySize {
			keys = append(keys, publicKey(o.signers[i:i+keySize]))
		}
	}
	return keys
}

// FuzzPrivate: what is read is written as a text that gives the same key.
func FuzzPrivate(f *testing.F) {
	f.Add([]byte(hexText(seed("mine"))))
	f.Add([]byte("[1,2,3]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, private, err := mainnet().ParsePrivate(secret.Copy(text))
		if err != nil {
			return
		}
		key := publicKey(publicBytes(private.Expose()))
		written, err := mainnet().FormatPrivate(key, private)
		if err != nil {
			t.Fatal(err)
		}
		if _, again, err := mainnet().ParsePrivate(written); err != nil || !again.Equal(private) {
			t.Fatalf("written so that it is not read again: %v", err)
		}
	})
}
