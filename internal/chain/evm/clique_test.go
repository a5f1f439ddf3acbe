package evm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// members are those of a header, encoded; tests replace some.
type members [][]byte

func (m members) encode() []byte { return rlp.AppendList(nil, bytes.Join(m, nil)) }

func (m members) with(i int, member []byte) members {
	m = append(members(nil), m...)
	m[i] = member
	return m
}

func plainHeader() members {
	word := func(fill byte) []byte { return rlp.AppendBytes(nil, bytes.Repeat([]byte{fill}, 32)) }
	number := func(v uint64) []byte { return rlp.AppendUint(nil, v) }
	return members{
		word(1), rlp.AppendBytes(nil, []byte(noUncles)), rlp.AppendBytes(nil, make([]byte, 20)), word(2), word(3), word(4),
		rlp.AppendBytes(nil, make([]byte, bloomSize)), number(2), number(1337), number(8_000_000), number(21000), number(1_600_000_000),
		rlp.AppendBytes(nil, make([]byte, vanitySize)), word(0), rlp.AppendBytes(nil, make([]byte, nonceSize)),
	}
}

// parseHeader splits a header into its members, which it encodes again.
func parseHeader(t testing.TB, payload []byte) (m members) {
	t.Helper()
	h, err := readHeader(payload)
	if err != nil {
		t.Fatal(err)
	}
	r := rlp.ReadList(payload)
	for i := 0; r.More(); i++ {
		content, _ := r.Item()
		switch i {
		case 7:
			m = append(m, rlp.AppendNumber(nil, h.difficulty))
		case 8:
			m = append(m, rlp.AppendUint(nil, h.number))
		case 15:
			m = append(m, rlp.AppendNumber(nil, h.baseFee))
		default:
			m = append(m, rlp.AppendBytes(nil, content))
		}
	}
	return m
}

// cliqueRecording is one of Clef's replies to a header.
type cliqueRecording struct {
	name, hash, shown, result string
	payload                   []byte
}

// cliqueRecordings are those of the headers that Clef signed.
func cliqueRecordings(t testing.TB) (all []cliqueRecording) {
	t.Helper()
	data, err := os.ReadFile("../../../testdata/golden/clef/09-sign-data.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Transcripts []struct {
			Name     string
			External struct {
				Request  struct{ Params []json.RawMessage }
				Response struct{ Result string }
			}
			UI []struct {
				Request struct{ Params []json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Transcripts {
		if !strings.HasPrefix(v.Name, "clique/") || v.External.Response.Result == "" {
			continue
		}
		one := cliqueRecording{name: v.Name, result: v.External.Response.Result}
		var text string
		if err := json.Unmarshal(v.External.Request.Params[2], &text); err != nil {
			t.Fatal(err)
		}
		one.payload = unhex(t, text)
		var ui struct {
			Hash     string
			Messages []struct{ Value string }
		}
		if err := json.Unmarshal(v.UI[0].Request.Params[0], &ui); err != nil {
			t.Fatal(err)
		}
		one.hash, one.shown = ui.Hash, ui.Messages[0].Value
		all = append(all, one)
	}
	if len(all) != 4 {
		t.Fatalf("%d recordings", len(all))
	}
	return all
}

// TestCliqueRecordings signs what Clef signed, and names the block as it did.
func TestCliqueRecordings(t *testing.T) {
	key := hexaccount.Keccak([]byte("cow"))
	for _, v := range cliqueRecordings(t) {
		in, err := ethereum().Decode(chain.Request{Form: FormCliqueHeader, Payload: v.payload, Signer: chaintest.PublicKey(t, curve.Secp256k1, key[:])})
		if err != nil {
			t.Fatalf("%s: %v", v.name, err)
		}
		out, err := in.Finish(chaintest.SignAll(t, in, key[:]))
		if err != nil || in.Encoding.Encode(out) != v.result || "0x"+hexOf(in.Tasks[0].Message) != v.hash {
			t.Errorf("%s: %x of %x, %v", v.name, out, in.Tasks[0].Message, err)
		}
		number, hash, err := SealedHeader(v.payload)
		if shown := "clique header " + decimal(number) + " [0x" + hex.EncodeToString(hash[:]) + "]"; err != nil || shown != v.shown {
			t.Errorf("%s: %s, %v", v.name, shown, err)
		}
	}
}

func TestCliqueEffects(t *testing.T) {
	voter := rlp.AppendBytes(nil, unhex(t, bob[2:]))
	add := rlp.AppendBytes(nil, []byte(voteToAdd))
	for name, c := range map[string]struct {
		header members
		want   []chain.Effect
	}{
		"block":                {plainHeader(), []chain.Effect{{Kind: chain.Register, Subject: "block 1337"}}},
		"base fee":             {append(plainHeader(), rlp.AppendUint(nil, 7)), []chain.Effect{{Kind: chain.Register, Subject: "block 1337"}}},
		"vote to add":          {plainHeader().with(2, voter).with(14, add), []chain.Effect{{Kind: chain.Register}, {Kind: chain.Authority, To: bob, Detail: "votes to let"}}},
		"vote to drop":         {plainHeader().with(2, voter), []chain.Effect{{Kind: chain.Register}, {Kind: chain.Authority, To: bob, Detail: "no more"}}},
		"vote on nobody":       {plainHeader().with(14, add), []chain.Effect{{Kind: chain.Register}}},
		"nonce of work":        {plainHeader().with(14, rlp.AppendBytes(nil, []byte("12345678"))), []chain.Effect{{Kind: chain.Register}, {Kind: chain.Opaque, Subject: "block 1337"}}},
		"mixed hash":           {plainHeader().with(13, rlp.AppendBytes(nil, bytes.Repeat([]byte{9}, 32))), []chain.Effect{{Kind: chain.Register}, {Kind: chain.Opaque}}},
		"uncles":               {plainHeader().with(1, rlp.AppendBytes(nil, make([]byte, 32))), []chain.Effect{{Kind: chain.Register}, {Kind: chain.Opaque}}},
		"time after all dates": {plainHeader().with(11, rlp.AppendUint(nil, 1<<63)), []chain.Effect{{Kind: chain.Register}}},
	} {
		in, err := generic().Decode(chain.Request{Form: FormCliqueHeader, Payload: c.header.encode(), Signer: signer(t)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(in.Effects) != len(c.want) {
			t.Errorf("%s:\n%s", name, describe(in.Effects))
			continue
		}
		for i := range c.want {
			if !matches(c.want[i], in.Effects[i]) {
				t.Errorf("%s:\n%s", name, describe(in.Effects))
			}
		}
	}
}

// TestCliqueRefusals: what no signer of blocks signs, and second spellings.
func TestCliqueRefusals(t *testing.T) {
	h := plainHeader()
	word := rlp.AppendBytes(nil, make([]byte, 32))
	for name, c := range map[string]struct {
		payload []byte
		text    string
	}{
		"after the merge":          {append(append(plainHeader(), rlp.AppendUint(nil, 7)), word).encode(), "17 members"},
		"with all later members":   {append(append(plainHeader(), rlp.AppendUint(nil, 7)), word, rlp.AppendUint(nil, 1), rlp.AppendUint(nil, 2), word, word).encode(), "21 members"},
		"too few":                  {h[:14].encode(), "14 members"},
		"nothing":                  {nil, ""},
		"no list":                  {[]byte{1, 2, 3}, ""},
		"truncated":                {h.encode()[:100], ""},
		"more behind":              {append(h.encode(), 0), ""},
		"leading zero":             {h.with(8, []byte{0x82, 0, 1}).encode(), ""},
		"long form":                {h.with(8, []byte{0x81, 1}).encode(), ""},
		"number of more bits":      {h.with(8, rlp.AppendBytes(nil, bytes.Repeat([]byte{1}, 9))).encode(), ""},
		"difficulty of 264 bits":   {h.with(7, rlp.AppendBytes(nil, bytes.Repeat([]byte{1}, 33))).encode(), ""},
		"list for extra data":      {h.with(12, rlp.AppendList(nil, nil)).encode(), ""},
		"short parent":             {h.with(0, rlp.AppendBytes(nil, make([]byte, 31))).encode(), ""},
		"short coinbase":           {h.with(2, rlp.AppendBytes(nil, nil)).encode(), ""},
		"short bloom":              {h.with(6, rlp.AppendBytes(nil, make([]byte, 255))).encode(), "bloom"},
		"long nonce":               {h.with(14, rlp.AppendBytes(nil, make([]byte, 9))).encode(), "nonce"},
		"base fee with zeros":      {append(plainHeader(), []byte{0}).encode(), ""},
		"longer than what is read": {h.with(12, rlp.AppendBytes(nil, make([]byte, maxPayload))).encode(), ""},
	} {
		for _, err := range []error{
			func() error {
				_, err := generic().Decode(chain.Request{Form: FormCliqueHeader, Payload: c.payload, Signer: signer(t)})
				return err
			}(),
			func() error { _, err := Preimage(FormCliqueHeader, c.payload); return err }(),
		} {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) || !strings.Contains(fault.Text(err), c.text) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestPreimages: what is shown as the raw data of a request is what is signed.
func TestPreimages(t *testing.T) {
	typed, err := CanonicalTypedData([]byte(mail))
	if err != nil {
		t.Fatal(err)
	}
	for form, payload := range map[string][]byte{
		FormMessage:          []byte("hello"),
		FormValidatorMessage: append(make([]byte, 20), "data"...),
		FormTypedData:        typed,
		FormCliqueHeader:     plainHeader().encode(),
	} {
		in, err := generic().Decode(chain.Request{Form: form, Payload: payload, Signer: signer(t)})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := Preimage(form, payload)
		if hash := hexaccount.Keccak(raw); err != nil || string(hash[:]) != string(in.Tasks[0].Message) {
			t.Errorf("%s: %x, %v", form, raw, err)
		}
	}
	for form, payload := range map[string][]byte{FormValidatorMessage: make([]byte, 19), FormTypedData: []byte(mail), FormDigest: make([]byte, 32), FormTransaction: nil} {
		if raw, err := Preimage(form, payload); err == nil || raw != nil {
			t.Errorf("%s: %x, %v", form, raw, err)
		}
	}
	if _, err := Preimage(FormMessage, make([]byte, maxPayload+1)); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
}

// TestTypedDataOfTheDomain and of a struct with the name of a primitive: Clef's
// recordings have their signatures. A domain of such a struct is refused, because its
// chain id could not be read.
func TestTypedDataOfTheDomain(t *testing.T) {
	file := `{"types":{"EIP712Domain":[{"name":"name","type":"string"}]},"primaryType":"EIP712Domain","domain":{"name":"a"},"message":{"name":"b"}}`
	payload, err := CanonicalTypedData([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	in, err := generic().Decode(chain.Request{Form: FormTypedData, Payload: payload, Signer: signer(t)})
	if err != nil || len(in.Effects) != 1 || in.Effects[0].Kind != chain.Opaque || len(in.Warnings) != 1 {
		t.Fatalf("%+v, %v", in, err)
	}
	hash := func(parts ...[]byte) []byte { h := hexaccount.Keccak(parts...); return h[:] }
	kind := hash([]byte("EIP712Domain(string name)"))
	want := hash([]byte("\x19\x01"), hash(kind, hash([]byte("a"))), hash(kind, hash([]byte("b"))))
	if string(in.Tasks[0].Message) != string(want) {
		t.Errorf("digest %x", in.Tasks[0].Message)
	}
	shadow := `{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"S":[{"name":"x","type":"uint256"}],"uint256":[{"name":"a","type":"uint8"}]},"primaryType":"S","domain":{"name":"a"},"message":{"x":{"a":1}}}`
	if payload, err = CanonicalTypedData([]byte(shadow)); err != nil {
		t.Fatal(err)
	}
	if in, err = generic().Decode(chain.Request{Form: FormTypedData, Payload: payload, Signer: signer(t)}); err != nil {
		t.Fatal(err)
	}
	one := make([]byte, 32)
	big.NewInt(1).FillBytes(one)
	inner := hash(hash([]byte("uint256(uint8 a)")), one)
	want = hash([]byte("\x19\x01"), hash(kind, hash([]byte("a"))), hash(hash([]byte("S(uint256 x)uint256(uint8 a)")), inner))
	if string(in.Tasks[0].Message) != string(want) || in.Effects[0].Kind != chain.Opaque {
		t.Errorf("digest %x\n%s", in.Tasks[0].Message, describe(in.Effects))
	}
	hidden := strings.Replace(strings.Replace(shadow, `"EIP712Domain":[`, `"EIP712Domain":[{"name":"chainId","type":"uint256"},`, 1), `"domain":{`, `"domain":{"chainId":{"a":1},`, 1)
	for name, file := range map[string]string{
		"in the domain":         hidden,
		"in the implied domain": strings.Replace(hidden, `"EIP712Domain":[{"name":"chainId","type":"uint256"},{"name":"name","type":"string"}],`, "", 1),
		"value of a primitive":  strings.Replace(shadow, `{"x":{"a":1}}`, `{"x":1}`, 1),
	} {
		if payload, err := CanonicalTypedData([]byte(file)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %s, %v", name, payload, err)
		}
	}
}
