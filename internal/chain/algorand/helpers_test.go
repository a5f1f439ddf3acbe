package algorand

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/curve"
)

// testKeys are the fixed keys of the recordings: the seeds 11, 22, 33 and 44
// repeated 32 times, by their addresses. The last one was never in the wallet.
type testKeys map[Address]ed25519.PrivateKey

func newTestKeys() testKeys {
	keys := testKeys{}
	for _, b := range []byte{0x11, 0x22, 0x33} {
		keys.add(repeat(b, ed25519.SeedSize))
	}
	master := make([]byte, 32)
	for i := range master {
		master[i] = byte(i)
	}
	for i := 1; i <= 3; i++ {
		keys.add(kmdSeed(master, i))
	}
	return keys
}

func (k testKeys) add(seed []byte) Address {
	private := ed25519.NewKeyFromSeed(seed)
	address := Address(private.Public().(ed25519.PublicKey))
	k[address] = private
	return address
}

// kmdSeed is HKDF-Expand with SHA-512/256 for the 32 bytes that kmd uses.
func kmdSeed(master []byte, index int) []byte {
	mac := hmac.New(func() hash.Hash { return sha512.New512_256() }, master)
	fmt.Fprintf(mac, "AlgorandDeterministicKey-%d\x01", index)
	return mac.Sum(nil)
}

func repeat(b byte, n int) []byte {
	s := make([]byte, n)
	for i := range s {
		s[i] = b
	}
	return s
}

func publicKey(t testing.TB, a Address) curve.PublicKey {
	t.Helper()
	key, err := curve.NewPublicKey(curve.Ed25519, a[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// account is a test account: its address is derived from its name.
func account(name string) Address {
	if name == "zero" {
		return Address{}
	}
	return sha512.Sum512_256([]byte(name))
}

// encodeJSON writes a JSON description of a transaction in canonical msgpack.
// "@name" is the address of a test account, "hex:00ff" bytes, other text itself.
// It follows the JSON alone, not the schema, so that it can also write what the
// schema refuses; map keys come in byte order.
func encodeJSON(t testing.TB, source string) []byte {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(source))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, source)
	}
	return appendAny(t, nil, v)
}

func appendAny(t testing.TB, b []byte, v any) []byte {
	t.Helper()
	switch v := v.(type) {
	case nil:
		return msgpack.AppendNil(b)
	case bool:
		return msgpack.AppendBool(b, v)
	case json.Number:
		var n uint64
		if _, err := fmt.Sscan(v.String(), &n); err != nil {
			t.Fatal(err)
		}
		return msgpack.AppendUint(b, n)
	case string:
		if name, ok := strings.CutPrefix(v, "@"); ok {
			a := account(name)
			return msgpack.AppendBinary(b, a[:])
		}
		if digits, ok := strings.CutPrefix(v, "hex:"); ok {
			raw, err := hex.DecodeString(digits)
			if err != nil {
				t.Fatal(err)
			}
			return msgpack.AppendBinary(b, raw)
		}
		return msgpack.AppendText(b, v)
	case []any:
		b = msgpack.AppendArrayHeader(b, len(v))
		for _, item := range v {
			b = appendAny(t, b, item)
		}
		return b
	case map[string]any:
		b = msgpack.AppendMapHeader(b, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			b = appendAny(t, msgpack.AppendText(b, name), v[name])
		}
		return b
	}
	t.Fatalf("cannot encode %T", v)
	return nil
}

// describe writes effects one a line, with the test accounts by name.
func describe(effects []chain.Effect) string {
	names := []string{}
	for _, name := range []string{"alice", "bob", "carol", "mallory", "zero"} {
		names = append(names, account(name).String(), "@"+name)
	}
	short := strings.NewReplacer(names...)
	var out strings.Builder
	for _, e := range effects {
		out.WriteString(e.Kind.String())
		for _, f := range []struct{ name, value string }{
			{"asset", e.Asset}, {"amount", e.Amount}, {"from", e.From}, {"to", e.To},
			{"subject", e.Subject}, {"detail", e.Detail}, {"until", e.Until},
		} {
			if f.value != "" {
				fmt.Fprintf(&out, " %s=%q", f.name, short.Replace(f.value))
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func decodeTx(t testing.TB, source string) *chain.Intent {
	t.Helper()
	intent, err := New().Decode(chain.Request{Form: FormTransaction, Payload: encodeJSON(t, source)})
	if err != nil {
		t.Fatalf("%v for %s", err, source)
	}
	return intent
}
