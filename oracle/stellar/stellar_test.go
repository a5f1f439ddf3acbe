// Package stellar holds envelopes, their digests and the texts of what they name
// against Stellar's SDK: packages network and strkey, and the other of its two readers
// of XDR (gxdr), which the product does not use.
package stellar

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/gxdr"
	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/randxdr"
	"github.com/stellar/go-stellar-sdk/xdr"
	goxdr "github.com/xdrpp/goxdr/xdr"

	"strongroom/internal/chain"
	ours "strongroom/internal/chain/stellar"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/oracle/random"
)

func public() ours.Chain {
	return ours.New(chain.Network{ID: "stellar", Symbol: "XLM", Decimals: 7, Algorithm: curve.Ed25519}, ours.PublicPassphrase)
}

// vectors are the transactions in the tests of the product.
func vectors(t testing.TB) (payloads [][]byte) {
	t.Helper()
	var file struct {
		Transactions []struct{ Unsigned, Signed string } `json:"transactions"`
	}
	text, err := os.ReadFile("../../internal/chain/stellar/testdata/sdk.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Transactions {
		for _, text := range []string{v.Unsigned, v.Signed} {
			payload, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			payloads = append(payloads, payload)
		}
	}
	if len(payloads) < 200 {
		t.Fatalf("only %d transactions", len(payloads))
	}
	return payloads
}

// digest is what the SDK signs for an envelope.
func digest(t testing.TB, payload []byte) []byte {
	t.Helper()
	var e xdr.TransactionEnvelope
	if err := xdr.SafeUnmarshal(payload, &e); err != nil {
		t.Fatalf("%x: %v", payload, err)
	}
	hash, err := network.HashTransactionInEnvelope(e, ours.PublicPassphrase)
	if err != nil {
		t.Fatalf("%x: %v", payload, err)
	}
	return hash[:]
}

// written is what gxdr reads and writes again, nil where it does not read a payload.
func written(payload []byte) (again []byte) {
	defer func() {
		if recover() != nil { // how it reports errors
			again = nil
		}
	}()
	var e gxdr.TransactionEnvelope
	gxdr.Parse(&e, payload)
	return gxdr.Dump(&e)
}

// agree decodes a payload. What is accepted has the digest of the SDK, is written the
// same by gxdr, and has the same digest with its signature in it.
func agree(t testing.TB, payload []byte) (accepted bool) {
	t.Helper()
	in, err := public().Decode(chain.Request{Form: ours.FormTransaction, Payload: payload})
	if err != nil {
		if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
			t.Fatalf("kind of %v", err)
		}
		return false
	}
	if again := written(payload); !bytes.Equal(again, payload) {
		t.Fatalf("%x is written as %x", payload, again)
	}
	want := digest(t, payload)
	if len(in.Tasks) != 1 || !bytes.Equal(in.Tasks[0].Message, want) {
		t.Fatalf("digest of %x: %x, want %x", payload, in.Tasks[0].Message, want)
	}
	signed, err := in.Finish([][]byte{bytes.Repeat([]byte{0x5a}, 64)})
	if err != nil {
		if !fault.Is(err, fault.InvalidPayload) { // no room for one more
			t.Fatal(err)
		}
		return true
	}
	if got := digest(t, signed); !bytes.Equal(got, want) || !bytes.Equal(written(signed), signed) || !bytes.Contains(signed, bytes.Repeat([]byte{0x5a}, 64)) {
		t.Fatalf("%x is signed as %x with the digest %x", payload, signed, got)
	}
	return true
}

// choices is a source for randxdr.
type choices struct{ *rand.Rand }

func (c choices) Int63() int64 { return int64(c.Uint64() >> 1) }
func (choices) Seed(int64)     {}

// envelope is a random one, by the SDK's own generator. Most of its numbers are not
// negative, most codes of assets are text and most flags are known, because a payload
// with others is refused for that alone.
func envelope(r *rand.Rand) []byte {
	g := randxdr.Generator{MaxBytesSize: 64, MaxVecLen: 3, Source: choices{r}}
	number := regexp.MustCompile(`(?i)(fee|weight|threshold|flags|price\.[nd])$`)
	deep := regexp.MustCompile(`(subInvocations\[.*subInvocations|nestedDelegates\[.*nestedDelegates|(vec|map).*\.(vec|map).*\.(vec|map))$`)
	some := func(is func(name string, v goxdr.XdrType) bool) randxdr.Selector {
		return func(name string, v goxdr.XdrType) bool { return is(name, v) && r.IntN(40) > 0 }
	}
	only := func(name string, values ...uint32) randxdr.Preset {
		return randxdr.Preset{Selector: some(randxdr.FieldEquals(name)), Setter: randxdr.SetU32(values...)}
	}
	var e gxdr.TransactionEnvelope
	g.Next(&e, []randxdr.Preset{
		only("type", uint32(xdr.EnvelopeTypeEnvelopeTypeTxV0), uint32(xdr.EnvelopeTypeEnvelopeTypeTx), uint32(xdr.EnvelopeTypeEnvelopeTypeTxFeeBump)),
		{Selector: randxdr.IsDeepAuthorizedInvocationTree, Setter: randxdr.SetVecLen(0)},
		{Selector: randxdr.IsDeepNestedDelegates, Setter: randxdr.SetVecLen(0)},
		{Selector: func(name string, v goxdr.XdrType) bool {
			_, vector := goxdr.XdrBaseType(v).(goxdr.XdrVec)
			return vector && deep.MatchString(name)
		}, Setter: randxdr.SetVecLen(0)},
		{Selector: some(func(name string, v goxdr.XdrType) bool {
			_, is := goxdr.XdrBaseType(v).(goxdr.XdrNum64)
			return is
		}), Setter: randxdr.SetPositiveNum64},
		{Selector: some(func(name string, v goxdr.XdrType) bool {
			_, is := goxdr.XdrBaseType(v).(goxdr.XdrNum32)
			return is && number.MatchString(name)
		}), Setter: randxdr.SetU32(1, 2, 1, 100, 3)},
		{Selector: some(func(name string, v goxdr.XdrType) bool {
			_, is := goxdr.XdrBaseType(v).(goxdr.XdrBytes)
			return is && strings.Contains(strings.ToLower(name), "assetcode")
		}), Setter: randxdr.SetAssetCode},
	})
	return gxdr.Dump(&e)
}

// TestEnvelopes decodes the transactions in the tests of the product, and random ones.
func TestEnvelopes(t *testing.T) {
	for _, payload := range vectors(t) {
		if !agree(t, payload) {
			t.Errorf("%x is refused", payload)
		}
	}
	r := random.New(1)
	accepted := 0
	for range 3000 {
		if agree(t, envelope(r)) {
			accepted++
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d random transactions were accepted", accepted)
	}
}

// FuzzEnvelope: what is accepted of any data is what the SDK sees in it.
func FuzzEnvelope(f *testing.F) {
	for _, payload := range vectors(f) {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) { agree(t, payload) })
}

// FuzzStructured: the same for envelopes that the fuzzer composes, and damages.
func FuzzStructured(f *testing.F) {
	f.Add([]byte("an envelope of some kind"))
	f.Fuzz(func(t *testing.T, choices []byte) {
		r := random.From(choices)
		payload := envelope(r)
		agree(t, payload)
		payload[r.IntN(len(payload))] ^= 1 << r.IntN(8)
		agree(t, payload)
	})
}
