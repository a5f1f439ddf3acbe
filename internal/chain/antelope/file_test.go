package antelope

import (
	"bytes"
	"encoding/hex"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

func TestReadFile(t *testing.T) {
	tx, id := transaction(transfer("alice", "bob", 10000, "hello")), mainnet(t)
	want := tx.Payload(id)
	body := string(tx.AppendJSON(nil))
	chainID := hex.EncodeToString(id[:])
	for name, file := range map[string]string{
		"object":            `{"chain_id":"` + chainID + `","transaction":` + body + `}`,
		"body of the peer":  ` [` + body + `,["` + k1Public + `"],"` + chainID + `"]` + "\n",
		"payload in hex":    hex.EncodeToString(want),
		"hex and line feed": hex.EncodeToString(want) + "\n",
	} {
		req, err := New().ReadFile([]byte(file))
		if err != nil || req.Form != FormTransaction || !bytes.Equal(req.Payload, want) {
			t.Errorf("%s: %v, %v", name, req, err)
			continue
		}
		in, err := New().Preview(req)
		if err != nil || len(in.Effects) == 0 || in.Effects[0].Kind != chain.Move {
			t.Errorf("%s: preview %+v, %v", name, in, err)
		}
	}
	for name, file := range map[string]string{
		"nothing": "", "no chain id": `{"transaction":` + body + `}`, "a short chain id": `{"chain_id":"00","transaction":` + body + `}`,
		"another member": `{"chain_id":"` + chainID + `","transaction":` + body + `,"x":1}`, "a list of two": `[` + body + `,"` + chainID + `"]`,
		"no hex": "transaction", "a byte behind the payload": hex.EncodeToString(want) + "00", "no transaction": `{"chain_id":"` + chainID + `"}`,
	} {
		if req, err := New().ReadFile([]byte(file)); err == nil {
			t.Errorf("%s: read as %+v", name, req)
		}
	}
}

// A key of each kind that owns accounts by itself comes back as it was written; one of
// Ethereum's kind is left to the doors that know its use.
func TestPrivateTexts(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, 32)
	for kind, size := range map[KeyType]int{K1: 32, R1: 32, ED: 64} {
		full := bytes.Clone(seed)
		key := chaintest.PublicKey(t, curve.Secp256k1, seed)
		if kind == ED {
			key = chaintest.PublicKey(t, curve.Ed25519, seed)
			full = key.AppendTo(full)
		} else if kind == R1 { // the text does not depend on the public key
			var err error
			if key, err = curve.NewPublicKey(curve.P256, key.Bytes()); err != nil {
				t.Fatal(err)
			}
		}
		text, err := FormatPrivateKey(kind, secret.Copy(full[:size]), Keosd)
		if err != nil {
			t.Fatal(err)
		}
		a, private, err := New().ParsePrivate(text)
		if err != nil || a != kind.Algorithm() || !bytes.Equal(private.Expose(), seed) {
			t.Fatalf("%s: a key of %s, %v", kind, a, err)
		}
		if back, err := New().FormatPrivate(key, private); err != nil || !back.Equal(text) {
			t.Errorf("%s: written back as another text, %v", kind, err)
		}
	}
	text, err := FormatPrivateKey(EM, secret.Copy(seed), Keosd)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := New().ParsePrivate(text); !fault.Is(err, fault.Unsupported) {
		t.Errorf("a key of type EM: %v", err)
	}
}

func FuzzReadFile(f *testing.F) {
	tx, id := transaction(transfer("alice", "bob", 10000, "hello")), mainnet(f)
	f.Add([]byte(`{"chain_id":"` + hex.EncodeToString(id[:]) + `","transaction":` + string(tx.AppendJSON(nil)) + `}`))
	f.Add([]byte(hex.EncodeToString(tx.Payload(id))))
	f.Fuzz(func(t *testing.T, file []byte) {
		req, err := New().ReadFile(file)
		if err != nil {
			return
		}
		if _, err := New().Preview(req); err != nil {
			t.Errorf("%q was read as a request that does not decode: %v", file, err)
		}
	})
}
