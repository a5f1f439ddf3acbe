package antelope

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// TestSigners: one task for each key, in the order of keys, whatever the order
// of the request.
func TestSigners(t *testing.T) {
	k1, r1, ed := parsePublic(t, k1Public), parsePublic(t, r1Public), parsePublic(t, edPublic)
	em := parsePublic(t, emPublic)
	other, err := NewPublicKey(K1, em.Key()) // the same point as another type
	if err != nil {
		t.Fatal(err)
	}
	want := []PublicKey{k1, other, r1, em, ed}
	slices.SortFunc(want[:2], PublicKey.Compare)
	for _, given := range [][]PublicKey{{k1, other, r1, em, ed}, {ed, em, r1, other, k1}, {em, ed, k1, k1, r1, ed, other, r1}} {
		req := request(t, transaction(transfer("alice", "bob", 1, "")))
		req.Context = EncodeSigners(given)
		in, err := New().Decode(req)
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Tasks) != len(want) {
			t.Fatalf("%d tasks", len(in.Tasks))
		}
		for i, task := range in.Tasks {
			kind, ok := TypeOfUsage(task.Usage)
			if task.Key != want[i].Key() || !ok || kind != want[i].Type() {
				t.Errorf("task %d is for %s, usage %d", i, task.Key, task.Usage)
			}
		}
		if in.Tasks[0].Scheme != curve.AntelopeK1 || in.Tasks[2].Scheme != curve.ECDSAP256 || in.Tasks[3].Scheme != curve.ECDSASecp256k1 ||
			in.Tasks[4].Scheme != curve.PureEdDSA || len(in.Tasks[4].Message) != 64 || bytes.Equal(in.Tasks[3].Message, in.Tasks[0].Message) {
			t.Errorf("tasks %+v", in.Tasks)
		}
	}
}

func TestSignersRefused(t *testing.T) {
	k1, ed, em := parsePublic(t, k1Public), parsePublic(t, edPublic), parsePublic(t, emPublic)
	digest := make([]byte, 32)
	both := EncodeSigners([]PublicKey{k1, ed})
	notAPoint := append([]byte{1, byte(EM)}, make([]byte, 33)...)
	for what, c := range map[string]struct {
		req  chain.Request
		kind fault.Kind
	}{
		"nobody":                   {chain.Request{Form: FormDigest, Payload: digest}, fault.UnknownKey},
		"an empty list":            {chain.Request{Form: FormDigest, Payload: digest, Context: []byte{0}}, fault.UnknownKey},
		"two for a digest":         {chain.Request{Form: FormDigest, Payload: digest, Context: both}, fault.Invalid},
		"another than the signer":  {chain.Request{Form: FormDigest, Payload: digest, Signer: ed.Key(), Context: EncodeSigners([]PublicKey{k1})}, fault.Invalid},
		"more than the signer":     {chain.Request{Form: FormDigest, Payload: digest, Signer: k1.Key(), Context: both}, fault.Invalid},
		"webauthn":                 {chain.Request{Form: FormDigest, Payload: digest, Context: EncodeSigners([]PublicKey{waPublic(t)})}, fault.UnknownKey},
		"bls":                      {chain.Request{Form: FormDigest, Payload: digest, Context: EncodeSigners([]PublicKey{parsePublic(t, blsPublic)})}, fault.UnknownKey},
		"repeated":                 {chain.Request{Form: FormDigest, Payload: digest, Context: ed.AppendPacked(ed.AppendPacked([]byte{2}))}, fault.InvalidPayload},
		"in another order":         {chain.Request{Form: FormDigest, Payload: digest, Context: k1.AppendPacked(ed.AppendPacked([]byte{2}))}, fault.InvalidPayload},
		"bytes after the list":     {chain.Request{Form: FormDigest, Payload: digest, Context: append(EncodeSigners([]PublicKey{k1}), 0)}, fault.InvalidPayload},
		"cut off":                  {chain.Request{Form: FormDigest, Payload: digest, Context: both[:40]}, fault.InvalidPayload},
		"long form of the count":   {chain.Request{Form: FormDigest, Payload: digest, Context: k1.AppendPacked([]byte{0x81, 0})}, fault.InvalidPayload},
		"long form of a type":      {chain.Request{Form: FormDigest, Payload: digest, Context: append([]byte{1, 0x80, 0}, k1.packed...)}, fault.InvalidPayload},
		"unknown type":             {chain.Request{Form: FormDigest, Payload: digest, Context: append([]byte{1, 6}, make([]byte, 33)...)}, fault.InvalidPayload},
		"no point":                 {chain.Request{Form: FormDigest, Payload: digest, Context: notAPoint}, fault.InvalidPayload},
		"four billion":             {chain.Request{Form: FormDigest, Payload: digest, Context: []byte{0xff, 0xff, 0xff, 0xff, 0x0f}}, fault.InvalidPayload},
		"short digest":             {chain.Request{Form: FormDigest, Payload: digest[:31], Signer: k1.Key()}, fault.InvalidPayload},
		"long digest":              {chain.Request{Form: FormDigest, Payload: append(digest, 0), Signer: em.Key()}, fault.InvalidPayload},
		"payload beyond the limit": {chain.Request{Form: FormTransaction, Payload: make([]byte, maxPayload+1), Signer: k1.Key()}, fault.TooLarge},
		"unknown form":             {chain.Request{Form: "block", Payload: digest, Signer: k1.Key()}, fault.Unsupported},
	} {
		if in, err := New().Decode(c.req); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, %v; want kind %s", what, in, err, c.kind)
		}
	}
}

// TestFinishRefuses: a signature that no scheme makes never becomes a text.
func TestFinishRefuses(t *testing.T) {
	for text, bad := range map[string][]byte{
		k1Public: append([]byte{27}, make([]byte, 64)...),
		r1Public: append(make([]byte, 64), 4),
		emPublic: append(make([]byte, 64), 2),
		edPublic: make([]byte, 65),
	} {
		key := parsePublic(t, text)
		in, err := New().Decode(chain.Request{Form: FormDigest, Payload: make([]byte, 32), Context: EncodeSigners([]PublicKey{key})})
		if err != nil {
			t.Fatal(err)
		}
		if out, err := in.Finish([][]byte{bad}); err == nil {
			t.Errorf("%x became %s", bad, out)
		}
	}
}

// TestPack: every field where the format says, against bytes put together by
// hand.
func TestPack(t *testing.T) {
	tx := SignedTransaction{Transaction: Transaction{
		Expiration: 0x01020304, RefBlockNum: 0x0506, RefBlockPrefix: 0x0708090a, MaxNetUsageWords: 300, MaxCPUUsageMS: 25, DelaySec: 70000,
		ContextFreeActions: []Action{{Account: name("alice"), Name: name("bob")}},
		Actions:            []Action{action("bob:alice", []byte{0xff}, "alice@bob", "bob@alice")},
		Extensions:         []Extension{{0x0b0c, []byte{1, 2}}},
	}}
	const alice, bob = "\x00\x00\x00\x00\x00\x85\x5c\x34", "\x00\x00\x00\x00\x00\x00\x0e\x3d"
	want := "\x04\x03\x02\x01\x06\x05\x0a\x09\x08\x07\xac\x02\x19\xf0\xa2\x04" +
		"\x01" + alice + bob + "\x00\x00" +
		"\x01" + bob + alice + "\x02" + alice + bob + bob + alice + "\x01\xff" +
		"\x01\x0c\x0b\x02\x01\x02"
	packed := tx.AppendPacked(nil)
	if string(packed) != want {
		t.Errorf("packed as\n%x, want\n%x", packed, want)
	}
	back, err := UnpackTransaction(packed)
	if err != nil || !bytes.Equal(back.AppendPacked(nil), packed) || back.Actions[0].Authorization[1] != permission("bob@alice") {
		t.Errorf("unpacked as %+v, %v", back, err)
	}
	for n := range packed {
		if _, err := UnpackTransaction(packed[:n]); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	if _, err := UnpackTransaction(append(packed, 0)); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("a byte more: %v", err)
	}
	var many []byte
	many = append(many, make([]byte, 10)...)
	many = pack(many, 0, uint8(0), 0, 0, 0, maxItems+1, make([]byte, 3*(maxItems+1)))
	if _, err := UnpackTransaction(many); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("too many extensions: %v", err)
	}
}

func TestJSONRefused(t *testing.T) {
	wrap := func(member string) string {
		return `{"actions":[{"account":"a","name":"b","authorization":[],"data":"",` + member + `}]}`
	}
	deep := bytes.Repeat([]byte("["), 70)
	for value, want := range map[string]error{
		``:                                      ErrJSON,
		`null`:                                  ErrKind,
		`"abc"`:                                 ErrKind,
		`[]`:                                    ErrKind,
		`{} {}`:                                 ErrJSON,
		`{}x`:                                   ErrJSON,
		`{`:                                     ErrJSON,
		`{"a":1,"a":1}`:                         ErrJSON,
		`{"delay_sec":1,"delay_sec":2}`:         ErrJSON,
		`{"delay_sec":1,"delay\u005fsec":2}`:    ErrJSON,
		"{\"foo\":\"\xff\"}":                    ErrJSON,
		`{"foo":` + string(deep) + `}`:          ErrJSON,
		`{"foo":[1,]}`:                          ErrJSON,
		`{"actions":[{}`:                        ErrJSON,
		`{"actions":{}}`:                        ErrKind,
		`{"actions":null}`:                      ErrKind,
		`{"actions":[[]]}`:                      ErrKind,
		`{"actions":[null]}`:                    ErrKind,
		`{"signatures":"x"}`:                    ErrKind,
		`{"signatures":["SIG_K1_abc"]}`:         ErrTruncated,
		`{"signatures":[null]}`:                 ErrPrefix,
		`{"expiration":"tomorrow"}`:             ErrDate,
		`{"expiration":"2026-01-01T00:00:00Z"}`: ErrDate,
		`{"expiration":"2026-01-01T00:00:00+00:00"}`:                   ErrDate,
		`{"expiration":"2026-01-01T00:00:00.5Z"}`:                      ErrDate,
		`{"expiration":"2026-01-01T00:00:00."}`:                        ErrDate,
		`{"expiration":"2026-01-01T00:00:00,5"}`:                       ErrDate,
		`{"expiration":"2026-1-1T00:00:00"}`:                           ErrDate,
		`{"expiration":"2026-02-30T00:00:00"}`:                         ErrDate,
		`{"expiration":"2026-01-01 00:00:00"}`:                         ErrDate,
		`{"expiration":"1969-12-31T23:59:59"}`:                         ErrDate,
		`{"expiration":"2106-02-07T06:28:16"}`:                         ErrDate,
		`{"expiration":1767225600}`:                                    ErrDate,
		`{"expiration":null}`:                                          ErrDate,
		`{"ref_block_num":65536}`:                                      ErrNumber,
		`{"ref_block_num":-1}`:                                         ErrNumber,
		`{"ref_block_num":1.0}`:                                        ErrNumber,
		`{"ref_block_num":1e3}`:                                        ErrNumber,
		`{"ref_block_num":"0x10"}`:                                     ErrNumber,
		`{"ref_block_num":""}`:                                         ErrNumber,
		`{"ref_block_num":" 1"}`:                                       ErrNumber,
		`{"ref_block_num":true}`:                                       ErrKind,
		`{"ref_block_num":[1]}`:                                        ErrKind,
		`{"ref_block_prefix":4294967296}`:                              ErrNumber,
		`{"max_cpu_usage_ms":256}`:                                     ErrNumber,
		`{"transaction_extensions":[[1]]}`:                             ErrLength,
		`{"transaction_extensions":[[1,"",2]]}`:                        ErrLength,
		`{"transaction_extensions":[[65536,""]]}`:                      ErrNumber,
		`{"transaction_extensions":[{"type":1}]}`:                      ErrKind,
		`{"context_free_data":["1"]}`:                                  ErrOddHex,
		`{"context_free_data":["zz"]}`:                                 ErrHexDigit,
		`{"context_free_data":["0x12"]}`:                               ErrHexDigit,
		wrap(`"x":`):                                                   ErrJSON,
		`{"actions":[{"data":{"from":"a"}}]}`:                          ErrKind,
		`{"actions":[{"account":"Not_A_Name"}]}`:                       ErrName,
		`{"actions":[{"account":["a"]}]}`:                              ErrKind,
		`{"actions":[{"authorization":[{"actor":"abcdefghijklmn"}]}]}`: ErrName,
		`{"actions":[{"authorization":["alice@active"]}]}`:             ErrKind,
	} {
		tx, err := ParseTransaction([]byte(value))
		if !errors.Is(err, want) || !fault.Is(err, fault.InvalidPayload) || len(tx.Actions) > 0 {
			t.Errorf("%.80s: %v, want %v", value, err, want)
		}
	}
	many := append(append([]byte(`{"signatures":[],"context_free_data":[""`), bytes.Repeat([]byte(`,""`), maxItems)...), `]}`...)
	if _, err := ParseTransaction(many); !errors.Is(err, ErrLength) {
		t.Errorf("too many elements: %v", err)
	}
	if _, err := ParseTransaction(make([]byte, maxJSON+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// TestJSONLeniency: the spellings that clients use for the same transaction.
func TestJSONLeniency(t *testing.T) {
	const want = `{"expiration":"2026-01-01T00:00:00","ref_block_num":7,"ref_block_prefix":0,"max_net_usage_words":0,"max_cpu_usage_ms":0,"delay_sec":0,` +
		`"context_free_actions":[],"actions":[{"account":"12345","name":"b","authorization":[{"actor":"","permission":"p"}],"data":"00ab12"}],` +
		`"transaction_extensions":[[3,""]],"signatures":[],"context_free_data":["12"]}`
	for _, value := range []string{
		want,
		`{"expiration":"2026-01-01T00:00:00.999","ref_block_num":"7","delay_sec":null,"foo":{"bar":[1,{"x":null}]},"id":true,` +
			`"actions":[{"account":12345,"name":"b","authorization":[{"permission":"p","weight":1}],"data":"00AB12","hex_data":"ff"}],` +
			`"transaction_extensions":[["3",null]],"context_free_data":[12]}`,
	} {
		tx, err := ParseTransaction([]byte(value))
		if err != nil || string(tx.AppendJSON(nil)) != want {
			t.Errorf("%s\nis read as\n%s, %v", value, tx.AppendJSON(nil), err)
		}
	}
	empty, err := ParseTransaction([]byte("{}"))
	if err != nil || !bytes.HasPrefix(empty.AppendJSON(nil), []byte(`{"expiration":"1970-01-01T00:00:00","ref_block_num":0,`)) {
		t.Errorf("the empty object: %s, %v", empty.AppendJSON(nil), err)
	}
	last, err := ParseTransaction([]byte(`{"expiration":"2106-02-07T06:28:15"}`))
	if err != nil || last.Expiration != 1<<32-1 {
		t.Errorf("the last second: %d, %v", last.Expiration, err)
	}
}

// TestErrorsAreSilent: an error does not repeat a member that a caller made up.
func TestErrorsAreSilent(t *testing.T) {
	_, err := ParseTransaction([]byte(`{"\u001b[2J":[}`))
	if err == nil || bytes.ContainsAny([]byte(err.Error()), "\x1b[") {
		t.Errorf("error %v", err)
	}
}

// TestManyKeys: a payload full of keys is decoded without looking at each point.
func TestManyKeys(t *testing.T) {
	holder := pack(3, []byte{2}, make([]byte, 32), uint16(1))
	const count = 20000
	data := pack(name("alice"), name("active"), name("owner"), uint32(1), count, bytes.Repeat(holder, count), 0, 0)
	effects := effectsOf(t, transaction(action("eosio:updateauth", data)))
	last := effects[len(effects)-2]
	if last.Kind != chain.Authority || last.Detail != "19744 more of this kind" {
		t.Errorf("effects end with\n%s", describe(effects[len(effects)-2:]))
	}
}

// TestUntypedSigner: the usage of a key goes with its type, and is 0 without.
func TestUntypedSigner(t *testing.T) {
	em := parsePublic(t, emPublic)
	in, err := New().Decode(chain.Request{Form: FormDigest, Payload: make([]byte, 32), Signer: em.Key()})
	if err != nil || in.Tasks[0].Usage != 0 || in.Tasks[0].Scheme != curve.AntelopeK1 {
		t.Errorf("tasks %+v, %v", in.Tasks, err)
	}
	in, err = New().Decode(chain.Request{Form: FormDigest, Payload: make([]byte, 32), Signer: em.Key(), Context: EncodeSigners([]PublicKey{em})})
	if err != nil || in.Tasks[0].Usage != 4 || in.Tasks[0].Scheme != curve.ECDSASecp256k1 {
		t.Errorf("tasks %+v, %v", in.Tasks, err)
	}
	for usage := range 256 {
		kind, ok := TypeOfUsage(uint8(usage))
		if ok != (1 <= usage && usage <= 6) || ok && kind.Usage() != uint8(usage) {
			t.Errorf("usage %d is type %s, %v", usage, kind, ok)
		}
	}
}
