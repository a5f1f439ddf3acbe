package stellar_test

import (
	"encoding/base64"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSDK signs what Stellar's SDK signed, every operation on both networks.
func TestSDK(t *testing.T) {
	for _, v := range sdk(t).Transactions {
		t.Run(v.Network+"/"+v.Name, func(t *testing.T) {
			c := named(v.Network)
			req, err := c.ReadFile([]byte(v.Unsigned))
			if err != nil {
				t.Fatal(err)
			}
			in := decode(t, c, req)
			if got := hex.EncodeToString(in.Tasks[0].Message); got != v.Hash {
				t.Errorf("hash %s, want %s", got, v.Hash)
			}
			if in.Tasks[0].Key != publicKey(t, v.Signer) {
				t.Errorf("the key asked for is %s", in.Tasks[0].Key)
			}
			signed, err := in.Finish(chaintest.SignAll(t, in, seed(t, v.Signer)))
			if err != nil {
				t.Fatal(err)
			}
			if got := in.Encoding.Encode(signed); got != v.Signed {
				t.Errorf("signed\n%s, want\n%s", got, v.Signed)
			}
		})
	}
}

// TestEffects compares what every transaction of the SDK is said to do with the
// golden file, which is there to be read.
func TestEffects(t *testing.T) {
	const name = "testdata/effects.txt"
	var b strings.Builder
	for _, v := range sdk(t).Transactions {
		if v.Network != "public" {
			continue
		}
		in := decode(t, public(), chain.Request{Form: "transaction", Payload: unbase64(t, v.Unsigned)})
		b.WriteString(v.Name + "\n" + lines(in))
	}
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("effects differ from %s (-want +got):\n%s", name, diff)
	}
}

// TestNetworks: the networks differ in what is signed and in nothing else.
func TestNetworks(t *testing.T) {
	req := chain.Request{Form: "transaction", Payload: vector(t, "payment")}
	a, b := decode(t, public(), req), decode(t, testnet(), req)
	if string(a.Tasks[0].Message) == string(b.Tasks[0].Message) {
		t.Error("one signature fits both networks")
	}
	if diff := cmp.Diff(a.Effects, b.Effects); diff != "" {
		t.Errorf("the effects differ: %s", diff)
	}
}

// TestMessages holds the published vectors of SEP-53.
func TestMessages(t *testing.T) {
	var file struct {
		Seed     string `json:"seed"`
		Address  string `json:"address"`
		Messages []struct {
			Text      string `json:"text"`
			Base64    string `json:"base64"`
			Signature string `json:"signature"`
		} `json:"messages"`
	}
	readJSON(t, "testdata/sep53.json", &file)
	key := publicKey(t, file.Seed)
	if address, err := public().Address(key); err != nil || address != file.Address {
		t.Errorf("address %s, %v", address, err)
	}
	if len(file.Messages) != 3 {
		t.Errorf("%d messages", len(file.Messages))
	}
	for _, m := range file.Messages {
		message := []byte(m.Text)
		if m.Base64 != "" {
			message = unbase64(t, m.Base64)
		}
		req, err := public().MessageRequest(message, key)
		if err != nil {
			t.Fatal(err)
		}
		in := decode(t, public(), req)
		signature, err := in.Finish(chaintest.SignAll(t, in, seed(t, file.Seed)))
		if err != nil {
			t.Fatal(err)
		}
		if got := in.Encoding.Encode(signature); got != m.Signature {
			t.Errorf("%q: %s, want %s", message, got, m.Signature)
		}
		if len(in.Effects) != 1 || in.Effects[0].Kind != chain.Message || in.Effects[0].From != file.Address {
			t.Errorf("effects\n%s", lines(in))
		}
	}
}

// TestFiles: the same envelope in all spellings.
func TestFiles(t *testing.T) {
	payload := vector(t, "payment")
	b64, digits := base64.StdEncoding.EncodeToString(payload), hex.EncodeToString(payload)
	for _, data := range []string{string(payload), b64, " " + b64 + "\r\n", b64[:76] + "\n" + b64[76:], digits, "0x" + digits + "\n", strings.ToUpper(digits)} {
		req, err := public().ReadFile([]byte(data))
		if err != nil || string(req.Payload) != string(payload) || req.Form != "transaction" {
			t.Errorf("%.20q: %v", data, err)
		}
	}
	for _, data := range []string{"", "0", "0x", "AAAA", "hello", digits + "0", digits + "00", b64 + "AAAA", b64 + "x", string(payload[:len(payload)-1]), "{}", "\x00"} {
		if req, err := public().ReadFile([]byte(data)); err == nil {
			t.Errorf("%.20q was read as %x", data, req.Payload)
		}
	}
}
