package cardano_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

type row struct {
	Chain, Set                                            string
	Index                                                 uint32
	PrivateKey, PublicKey, AddressMainnet, AddressTestnet string
	LegacyV1                                              struct{ PrivateKey, Xpub, AddressMainnet, AddressTestnet string }
}

func rows(t *testing.T) (all []row) {
	t.Helper()
	var file struct{ Rows []row }
	readJSON(t, golden+"/secrets.json", &file)
	for _, r := range file.Rows {
		if r.Chain == "ADA" {
			all = append(all, r)
		}
	}
	return all
}

// TestTatumVectors signs the payloads of the recorded Rosetta node, which are hashes, and
// makes what had to be broadcast: the recorded node answers with the signatures it gets.
func TestTatumVectors(t *testing.T) {
	for _, test := range []bool{false, true} {
		c := mainnet()
		if test {
			c = testnet()
		}
		vectors := chaintest.Vectors(t, golden, test, "ADA")
		if len(vectors) != 3 {
			t.Errorf("%d vectors", len(vectors))
		}
		for _, v := range vectors {
			checkVector(t, c, v)
		}
	}
}

func checkVector(t *testing.T, c cardano.Chain, v chaintest.Vector) {
	t.Helper()
	byAddress := map[string][]byte{}
	for _, text := range privates(t, v) {
		_, key := private(t, text)
		address, err := c.Address(public(t, text))
		if err != nil {
			t.Fatal(err)
		}
		byAddress[address] = key
	}
	var answer struct {
		Payloads []struct {
			Account  struct{ Address string } `json:"account_identifier"`
			HexBytes string                   `json:"hex_bytes"`
		}
	}
	for _, call := range v.NodeCalls {
		if strings.HasSuffix(call.Path, "/construction/payloads") {
			if err := json.Unmarshal(call.Reply, &answer, json.MatchCaseInsensitiveNames(true)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(answer.Payloads) == 0 {
		t.Fatalf("%s: no payloads", v.Name)
	}
	var sent []string
	for _, p := range answer.Payloads {
		key := byAddress[p.Account.Address]
		if key == nil {
			t.Fatalf("%s: no wallet has the address %s", v.Name, p.Account.Address)
		}
		signer := chaintest.PublicKey(t, curve.Ed25519BIP32, key)
		in, err := c.Decode(chain.Request{Form: cardano.FormHash, Payload: unhex(t, p.HexBytes), Signer: signer})
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		if in.Effects[0].Kind != chain.Opaque {
			t.Errorf("%s: effects\n%s", v.Name, lines(in))
		}
		signature, err := in.Finish(chaintest.SignAll(t, in, key))
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		sent = append(sent, fmt.Sprintf(`{"hex_bytes":"%s","public_key":{"curve_type":"edwards25519","hex_bytes":"%x"},"signature_type":"ed25519",`+
			`"signing_payload":{"account_identifier":{"address":"%s","metadata":{}},"hex_bytes":"%s","signature_type":"ed25519"}}`,
			in.Encoding.Encode(signature), signer.Bytes(), p.Account.Address, p.HexBytes))
	}
	if got := hex.EncodeToString([]byte("[" + strings.Join(sent, ",") + "]")); got != v.TxData(t) {
		t.Errorf("%s: %s, want %s", v.Name, got, v.TxData(t))
	}
}

// privates are the keys of a vector's wallets; mnemonic wallets are M1.
func privates(t *testing.T, v chaintest.Vector) (all []string) {
	t.Helper()
	for _, wallet := range v.Wallets {
		if text, ok := wallet["privateKey"].(string); ok {
			all = append(all, text)
			continue
		}
		for _, s := range v.Pending.Signatures {
			for _, r := range rows(t) {
				if r.Set == "M1" && r.Index == s.Index {
					all = append(all, r.PrivateKey)
				}
			}
		}
	}
	return all
}

// TestTatumKeys: private keys in both formats, public keys and addresses belong together.
func TestTatumKeys(t *testing.T) {
	all := rows(t)
	if len(all) != 12 {
		t.Errorf("%d rows of ADA", len(all))
	}
	point := func(a curve.Algorithm, key []byte) (curve.PublicKey, error) {
		return chaintest.PublicKey(t, a, key), nil
	}
	for _, r := range all {
		a, raw := private(t, r.PrivateKey)
		key := chaintest.PublicKey(t, a, raw)
		if a != curve.Ed25519BIP32 || hex.EncodeToString(key.Bytes()) != r.PublicKey {
			t.Errorf("%s %d: key %s", r.Set, r.Index, key)
		}
		text, err := mainnet().FormatPrivate(key, secret.Copy(raw))
		if err != nil || string(text.Expose()) != r.PrivateKey {
			t.Errorf("%s %d: the private key is written in another way (%v)", r.Set, r.Index, err)
		}
		for want, c := range map[string]cardano.Chain{r.AddressMainnet: mainnet(), r.AddressTestnet: testnet()} {
			if got, err := c.Address(key); err != nil || got != want {
				t.Errorf("address %s, want %s (%v)", got, want, err)
			}
		}
		old := r.LegacyV1
		a, raw = private(t, old.PrivateKey)
		if got := hex.EncodeToString(raw); a != curve.Ed25519BIP32 || got != old.PrivateKey[:128] {
			t.Errorf("%s %d: legacy key %s", r.Set, r.Index, got)
		}
		payment := chaintest.PublicKey(t, a, raw)
		if got := hex.EncodeToString(payment.Bytes()); got != old.PrivateKey[128:192] {
			t.Errorf("%s %d: legacy public key %s", r.Set, r.Index, got)
		}
		if _, same, err := mainnet().ParseFamilySeed(secret.New([]byte(old.PrivateKey)), point); err != nil || string(same.Expose()) != string(raw) {
			t.Errorf("%s %d: %v", r.Set, r.Index, err)
		}
		swapped := old.PrivateKey[:128] + r.PublicKey + old.PrivateKey[192:]
		if _, _, err := mainnet().ParseFamilySeed(secret.New([]byte(swapped)), point); err == nil {
			t.Errorf("%s %d: another key's public key was taken", r.Set, r.Index)
		}
		// The payment parts of the old base addresses are those of its keys.
		base, err := mainnet().BaseAddress(payment, payment)
		if err != nil || base[:50] != old.AddressMainnet[:50] {
			t.Errorf("%s %d: base address %s, want %s (%v)", r.Set, r.Index, base, old.AddressMainnet, err)
		}
	}
}

func TestBadPrivateKeys(t *testing.T) {
	good := rows(t)[0].PrivateKey
	for _, text := range []string{
		"", "0x" + good, good[:126], good + "00", "zz" + good[2:], "81" + good[2:], good[:62] + "80" + good[64:], good + good, strings.Repeat("00", 96),
	} {
		if a, key, err := mainnet().ParsePrivate(secret.New([]byte(text))); err == nil || a != curve.NoAlgorithm || !key.IsEmpty() {
			t.Errorf("%q was read", text)
		}
	}
	if a, _, err := mainnet().ParsePrivate(secret.New([]byte(strings.Repeat("ab", 32)))); err != nil || a != curve.Ed25519 {
		t.Errorf("a plain seed: %v, %v", a, err)
	}
	if _, err := mainnet().FormatPrivate(someKey(t), secret.New(make([]byte, 32))); err == nil {
		t.Error("a short private key was written")
	}
}
