package solana

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/fault"
)

// signedBy is the wire transaction of a message with the signatures of some accounts.
func signedBy(t testing.TB, payload []byte, names ...string) []byte {
	t.Helper()
	req := chain.Request{Form: FormTransaction, Payload: payload}
	var seeds [][]byte
	for _, n := range names {
		req.Signers = append(req.Signers, publicOf(n))
		seeds = append(seeds, seed(n))
	}
	in, err := mainnet().Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	wire, err := in.Finish(chaintest.SignAll(t, in, seeds...))
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// TestReadSignOnly reads what the command line of Solana prints with --sign-only.
func TestReadSignOnly(t *testing.T) {
	payload := compile("mine", transfer("my friend", "bob", 5))
	wire := signedBy(t, payload, "my friend")
	message, hash := base64.StdEncoding.EncodeToString(payload), addressOf("blockhash")
	signer := addressOf("my friend") + "=" + base58Text(wire[1+signatureSize:1+2*signatureSize])
	json := func(hash, message string, signers ...string) string {
		list := `"` + strings.Join(signers, `","`) + `"`
		if len(signers) == 0 {
			list = ""
		}
		return `{"blockhash":"` + hash + `","message":"` + message + `","signers":[` + list + `],"absent":["` + addressOf("mine") + `"]}`
	}
	req, err := mainnet().ReadFile([]byte(json(hash, message, signer)))
	if err != nil || !bytes.Equal(req.Payload, payload) || !bytes.Equal(req.Context, wire[:1+2*signatureSize]) {
		t.Errorf("%+v, %v", req, err)
	}
	if req, err = mainnet().ReadFile([]byte(json(hash, message))); err != nil || !bytes.Equal(req.Payload, payload) || req.Context != nil {
		t.Errorf("%+v, %v", req, err)
	}
	for name, text := range map[string]string{
		"another blockhash":  json(addressOf("later blockhash"), message, signer),
		"no message":         json(hash, "", signer),
		"message not base64": json(hash, "?", signer),
		"message cut":        json(hash, message[:40], signer),
		"signer twice":       json(hash, message, signer, signer),
		"signer of no place": json(hash, message, addressOf("bob")+signer[strings.Index(signer, "="):]),
		"wrong signature":    json(hash, message, addressOf("mine")+signer[strings.Index(signer, "="):]),
		"no signature":       json(hash, message, addressOf("mine")),
		"empty signature":    json(hash, message, addressOf("mine")+"="+strings.Repeat("1", 64)),
		"bad signature":      strings.Replace(json(hash, message, signer), `"absent"`, `"badSig":["x"],"absent"`, 1),
		"and txData":         strings.Replace(json(hash, message, signer), `"absent"`, `"txData":"00","absent"`, 1),
	} {
		if req, err := mainnet().ReadFile([]byte(text)); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %+v, %v", name, req, err)
		}
	}
}

// TestReadFileRefused: what is not one transaction is refused, and a private key in a
// file is never repeated.
func TestReadFileRefused(t *testing.T) {
	payload := compile("mine", transfer("my friend", "bob", 5))
	text := hexText(payload)
	wire := signedBy(t, payload, "mine", "my friend")
	half := signedBy(t, payload, "mine")
	damaged := bytes.Clone(half)
	damaged[5] ^= 1
	other := bytes.Clone(half)
	other[0] = 1
	secretHex := hexText(seed("mine")) + hexText(key("mine"))
	for name, data := range map[string]string{
		"empty":              "",
		"space":              "  \n",
		"words":              "hello world",
		"half a byte":        text[1:],
		"cut":                text[:len(text)-2],
		"private key":        `{"txData":"` + text + `","mintPK":"` + secretHex + `"}`,
		"empty private key":  `{"txData":"` + text + `","mintPK":null}`,
		"member twice":       `{"txData":"` + text + `","txData":"` + text + `"}`,
		"unknown member":     `{"txData":"` + text + `","feePayer":"x"}`,
		"name in capitals":   `{"TXDATA":"` + text + `"}`,
		"no member":          `{}`,
		"txData not hex":     `{"txData":"` + base58Text(payload) + `"}`,
		"broken JSON":        `{"txData":"` + text,
		"fully signed":       hexText(wire),
		"damaged signature":  hexText(damaged),
		"wrong count":        hexText(other),
		"off-chain message":  hexText(short(formatASCII, "x")),
		"two in one":         text + text,
		"very large":         strings.Repeat("00", maxFile),
		"base64 of nothing":  "====",
		"only its signature": hexText(wire[:65]),
	} {
		req, err := mainnet().ReadFile([]byte(data))
		if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %+v, %v", name, req, err)
		}
		if err != nil && strings.Contains(err.Error(), secretHex[:8]) {
			t.Errorf("%s: the error holds the key", name)
		}
	}
}

// TestReadWire: a wire transaction without signatures, or with some, in every spelling.
func TestReadWire(t *testing.T) {
	payload := compile("mine", transfer("my friend", "bob", 5))
	empty := append(append([]byte{2}, make([]byte, 128)...), payload...)
	half := signedBy(t, payload, "my friend")
	for name, c := range map[string]struct {
		wire    []byte
		context []byte
	}{"unsigned": {empty, nil}, "half": {half, half[:129]}} {
		for _, text := range []string{
			hexText(c.wire), "0x" + hexText(c.wire), base64.StdEncoding.EncodeToString(c.wire), base64.RawStdEncoding.EncodeToString(c.wire),
			base58Text(c.wire), string(c.wire), "\n" + hexText(c.wire[:40]) + "\n" + hexText(c.wire[40:]),
		} {
			req, err := mainnet().ReadFile([]byte(text))
			if err != nil || !bytes.Equal(req.Payload, payload) || !bytes.Equal(req.Context, c.context) {
				t.Errorf("%s: %.30q... is read as %+v, %v", name, text, req, err)
			}
		}
	}
}
