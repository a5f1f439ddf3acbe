package vechain

import (
	"bytes"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
)

// vector is a transaction that the usual libraries signed.
type vector struct {
	Name           string         `json:"name"`
	Body           jsontext.Value `json:"body"`
	Unsigned       string         `json:"unsigned"`
	Digest         string         `json:"digest"`
	Signed         string         `json:"signed"`
	Sender         string         `json:"sender"`
	PayerDigest    string         `json:"payerDigest"`
	PayerSignature string         `json:"payerSignature"`
	Complete       string         `json:"complete"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(data, &file, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 13 {
		t.Fatalf("%d vectors, want 13", len(file.Vectors))
	}
	return file.Vectors
}

func network(v vector) Chain {
	if v.Name == "test network" {
		return testnet()
	}
	return mainnet()
}

// TestVectors holds encoding, digest and both signatures against other libraries.
func TestVectors(t *testing.T) {
	sender, payer := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{3}, 32)
	delegated := 0
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			c := network(v)
			req, err := c.ReadFile(v.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := "0x" + hex.EncodeToString(req.Payload); got != v.Unsigned {
				t.Fatalf("encoded as\n%s, want\n%s", got, v.Unsigned)
			}
			result := sign(t, c, req, sender, v.Digest)
			if got := chain.Hex0x.Encode(result); got != v.Signed {
				t.Errorf("signed:\n%s, want\n%s", got, v.Signed)
			}
			if v.Sender == "" {
				return
			}
			delegated++
			from, err := hexaccount.Parse(v.Sender)
			if err != nil {
				t.Fatal(err)
			}
			req.Form, req.Payload = FormDelegation, slices.Concat(from[:], req.Payload)
			second := sign(t, c, req, payer, v.PayerDigest)
			if got := chain.Hex0x.Encode(second); got != v.PayerSignature {
				t.Errorf("the sponsor's signature is %s, want %s", got, v.PayerSignature)
			}
			both := slices.Concat(result[len(result)-65:], second)
			if got := chain.Hex0x.Encode(sealed(req.Payload[len(from):], both)); got != v.Complete {
				t.Errorf("with both signatures:\n%s, want\n%s", got, v.Complete)
			}
		})
	}
	if delegated != 3 {
		t.Errorf("%d delegated transactions, want 3", delegated)
	}
}

// sign signs a request and compares what is signed.
func sign(t *testing.T, c Chain, req chain.Request, private []byte, digest string) []byte {
	t.Helper()
	req.Signer = chaintest.PublicKey(t, c.Algorithm(), private)
	in, err := c.Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	if got := "0x" + hex.EncodeToString(in.Tasks[0].Message); got != digest {
		t.Errorf("%s: the digest is %s, want %s", req.Form, got, digest)
	}
	result, err := in.Finish(chaintest.SignAll(t, in, private))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestVectorsRead: hex and base64 of the encoding are read as the JSON is, and what is
// signed already is refused.
func TestVectorsRead(t *testing.T) {
	for _, v := range vectors(t) {
		c := network(v)
		raw, err := hex.DecodeString(strings.TrimPrefix(v.Unsigned, "0x"))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{v.Unsigned, " " + v.Unsigned[2:] + "\n", chain.Base64.Encode(raw), string(raw)} {
			req, err := c.ReadFile([]byte(text))
			if err != nil || !bytes.Equal(req.Payload, raw) {
				t.Errorf("%s: %.20q is read as %x, %v", v.Name, text, req.Payload, err)
			}
		}
		for _, text := range []string{v.Signed, v.Complete} {
			if req, err := c.ReadFile([]byte(text)); err == nil {
				t.Errorf("%s: a signed transaction is read as %x", v.Name, req.Payload)
			}
		}
	}
}
