package antelope

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// FuzzTexts: what is read is written back as the same text, or as another that
// is read as the same thing.
func FuzzTexts(f *testing.F) {
	for _, k := range readLines[fixture](f, "keys.jsonl") {
		for _, text := range []string{k.Public, k.PublicPrefixed, k.Private, k.PrivatePrefixed} {
			f.Add(text)
		}
	}
	f.Add(blsPublic)
	f.Add(waPublic(f).String())
	f.Add("SIG_K1_Kd7cm8L3NKXJx3cmne2QtSh9YuVhs8ibSQkZFzs2SLsDBRdz4vPUHuyohVz9YYZmHDy9a8vNPsP9ASPLBBfizEvwiQsUfQ")
	f.Add("SIG_EM_0x" + strings.Repeat("1b", 65))
	f.Add("PUB_EM_0x" + strings.Repeat("00", 33))
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := ParsePublicKey(text); err == nil {
			for _, profile := range []Profile{Kiod, Keosd, KiodSys} {
				if again, err := ParsePublicKey(key.Text(profile)); err != nil || again != key {
					t.Errorf("%q is written as %q, %v", text, key.Text(profile), err)
				}
			}
			if key.kind != EM && text[:3] == "PUB" && key.String() != text {
				t.Errorf("%q is another spelling of %q", text, key)
			}
		}
		if key, kind, err := ParsePrivateKey(secret.New([]byte(text))); err == nil && kind != ED {
			for _, profile := range []Profile{Kiod, Keosd} {
				written, err := FormatPrivateKey(kind, key, profile)
				if err != nil {
					t.Fatal(err)
				}
				if again, other, err := ParsePrivateKey(written); err != nil || other != kind || !again.Equal(key) {
					t.Errorf("a %s key is written so that it is not read again: %v", kind, err)
				}
			}
		}
		if s, err := ParseSignature(text); err == nil {
			if again, err := ParseSignature(s.String()); err != nil || again != s {
				t.Errorf("%q is written as %q, %v", text, s, err)
			}
			if s.kind != EM && s.String() != text {
				t.Errorf("%q is another spelling of %q", text, s)
			}
		}
	})
}

// FuzzJSON: what is read is written as a fixed point, and packs.
func FuzzJSON(f *testing.F) {
	for _, r := range readLines[recording](f, "recordings.jsonl") {
		if r.Endpoint == "sign_transaction" {
			f.Add([]byte(strings.SplitN(r.Body, ",[\"", 2)[0][1:]))
			f.Add([]byte(r.Answer))
		}
	}
	f.Add([]byte(`{"expiration":"2026-01-01T00:00:00.5","ref_block_num":"7","actions":[{"account":1,"data":null}]}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		tx, err := ParseTransaction(value)
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		once := tx.AppendJSON(nil)
		again, err := ParseTransaction(once)
		if err != nil || !bytes.Equal(again.AppendJSON(nil), once) || again.Digest([32]byte{}) != tx.Digest([32]byte{}) {
			t.Fatalf("%s is written as %s, then %s, %v", value, once, again.AppendJSON(nil), err)
		}
		chainID, back, err := parsePayload(tx.Payload([32]byte{7}))
		if err != nil || chainID != [32]byte{7} || back.Digest(chainID) != tx.Digest(chainID) {
			t.Fatalf("%s does not pack: %v", once, err)
		}
	})
}

// FuzzDecode: a payload that is accepted is the only one of its transaction, its
// effects end with the bill, and damage to known actions keeps their kinds.
func FuzzDecode(f *testing.F) {
	for _, a := range []Action{
		transfer("alice", "bob", 1, "memo"),
		action("eosio:updateauth", pack(name("alice"), name("active"), name("owner"), uint32(1), 1, parsePublic(f, r1Public), uint16(1), 0, 0)),
		action("eosio:delegatebw", pack(name("alice"), name("bob"), eos(1), eos(1), uint8(1))),
		action("eosio:voteproducer", pack(name("alice"), name(""), 2, name("a"), name("b"))),
		action("eosio.msig:approve", pack(name("alice"), name("x"), permission("a@b"))),
		action("x:y", []byte{1}, "a@b", "c@d"),
	} {
		tx := transaction(a)
		f.Add(tx.Payload([32]byte{1}))
		tx.ContextFreeActions, tx.ContextFreeData, tx.DelaySec = tx.Actions, [][]byte{{}, {1}}, 300
		tx.Extensions = []Extension{{1, []byte{2}}}
		f.Add(tx.Payload([32]byte{2}))
	}
	signer := parsePublic(f, k1Public).Key()
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := New().Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: signer})
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		chainID, tx, err := parsePayload(payload)
		if err != nil || !bytes.Equal(tx.Payload(chainID), payload) {
			t.Fatalf("%x packs as %x, %v", payload, tx.Payload(chainID), err)
		}
		if in.Effects[len(in.Effects)-1].Kind != chain.Fee || len(in.Effects) < 2 {
			t.Fatalf("effects of %x:\n%s", payload, describe(in.Effects))
		}
		for i := range tx.Actions {
			k, ok := knownAction(&tx.Actions[i], systemPrefixes(chainID))
			for _, kind := range k.kinds {
				if ok && !has(in.Effects, kind) && !(kind == chain.Deploy && has(in.Effects, chain.Destroy)) {
					t.Fatalf("%s of %s is missing:\n%s", kind, tx.Actions[i].Name, describe(in.Effects))
				}
			}
		}
	})
}

func has(effects []chain.Effect, kind chain.EffectKind) bool {
	for _, e := range effects {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// FuzzSigners: the decoder takes exactly what the encoder writes.
func FuzzSigners(f *testing.F) {
	keys := []PublicKey{parsePublic(f, k1Public), parsePublic(f, r1Public), parsePublic(f, edPublic), parsePublic(f, emPublic)}
	f.Add(EncodeSigners(keys))
	f.Add(EncodeSigners(keys[2:]))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, context []byte) {
		if keys, err := decodeSigners(context); err == nil && !bytes.Equal(EncodeSigners(keys), context) {
			t.Fatalf("%x is written as %x", context, EncodeSigners(keys))
		}
	})
}
