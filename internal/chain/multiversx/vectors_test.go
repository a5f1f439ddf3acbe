package multiversx_test

import (
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/multiversx"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSDK signs what the SDK signed, and reads the files that it writes.
func TestSDK(t *testing.T) {
	members := map[string]string{"guardian": "guardianSignature", "relayer": "relayerSignature"}
	for _, v := range sdk(t).Transactions {
		t.Run(v.Name, func(t *testing.T) {
			c := network(v.ChainID)
			req, err := c.ReadFile([]byte(v.Plain))
			if err != nil {
				t.Fatal(err)
			}
			if string(req.Payload) != v.Payload {
				t.Fatalf("payload %s, want %s", req.Payload, v.Payload)
			}
			req.Signer = publicKey(t, v.Signer)
			in := decode(t, c, req)
			if got := hex.EncodeToString(in.Tasks[0].Message); got != v.Message {
				t.Errorf("message %s, want %s", got, v.Message)
			}
			signed, err := in.Finish(chaintest.SignAll(t, in, seed(t, v.Signer)))
			if err != nil {
				t.Fatal(err)
			}
			member := "signature"
			if m := members[v.Signer]; m != "" {
				member = m
			}
			want := strings.TrimSuffix(v.Payload, "}") + `,"` + member + `":"` + v.Signature + `"}`
			if got := in.Encoding.Encode(signed); got != want {
				t.Errorf("signed\n%s, want\n%s", got, want)
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
		in := decode(t, network(v.ChainID), chain.Request{Form: multiversx.FormTransaction, Payload: []byte(v.Payload)})
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

func TestMessages(t *testing.T) {
	messages := sdk(t).Messages
	if len(messages) != 4 {
		t.Errorf("%d messages", len(messages))
	}
	for _, m := range messages {
		req, err := mainnet().MessageRequest([]byte(m.Text), publicKey(t, "alice"))
		if err != nil {
			t.Fatal(err)
		}
		in := decode(t, mainnet(), req)
		if got := hex.EncodeToString(in.Tasks[0].Message); got != m.Digest {
			t.Errorf("%.20q: digest %s, want %s", m.Text, got, m.Digest)
		}
		signature, err := in.Finish(chaintest.SignAll(t, in, seed(t, "alice")))
		if err != nil || in.Encoding.Encode(signature) != m.Signature {
			t.Errorf("%.20q: %x, want %s (%v)", m.Text, signature, m.Signature, err)
		}
	}
}

// TestFiles: members in any order and other spellings of the same values; nothing that
// is not understood.
func TestFiles(t *testing.T) {
	payload := string(vector(t, "transferV2"))
	alice, bob := sdk(t).Keys["alice"].Address, sdk(t).Keys["bob"].Address
	full := `{"version":2,"chainID":"1","gasLimit":"50000","gasPrice":1000000000,"sender":"` + alice + `","receiver":"` + bob + `","value":"1","nonce":7`
	for _, data := range []string{
		payload, full + "}", full + `,"data":"","options":0,"guardian":"","signature":"","relayer":null,"senderUsername":null}`, "\n " + full + " }\n",
		full + `,"options":null,"guardianSignature":"","relayerSignature":""}`, strings.Replace(full, `"1","nonce"`, `1,"nonce"`, 1) + "}",
	} {
		req, err := mainnet().ReadFile([]byte(data))
		if err != nil || string(req.Payload) != payload {
			t.Errorf("%s: %s, %v", data, req.Payload, err)
		}
	}
	for _, data := range []string{
		"", "{}", "[]", full, full + `,"nonce":7}`, full + `,"memo":"x"}`, full + `,"signature":"00"}`, full + `,"guardianSignature":"00"}`,
		full + `,"Nonce":8}`, full + `,"options":-1}`, full + `,"options":"x"}`, full + `,"options":4}`, full + `,"data":"%"}`, full + `,"data":"eA"}`,
		full + `,"guardian":"` + bob + `"}`, strings.Replace(full, `"value":"1"`, `"value":"-1"`, 1) + "}", strings.Replace(full, `"value":"1"`, `"value":"1.5"`, 1) + "}",
		strings.Replace(full, `"value":"1"`, `"value":"1e3"`, 1) + "}", strings.Replace(full, `"value":"1"`, `"value":"01"`, 1) + "}",
		strings.Replace(full, `"value":"1"`, `"value":""`, 1) + "}", strings.Replace(full, `"nonce":7`, `"nonce":7.0`, 1) + "}",
		strings.Replace(full, `"nonce":7`, `"nonce":null`, 1) + "}", strings.Replace(full, `"chainID":"1"`, `"chainID":"T"`, 1) + "}",
		strings.Replace(full, bob, strings.ToUpper(bob), 1) + "}", strings.Replace(full, bob, bob[:61]+"x", 1) + "}", full + "}x",
		strings.Replace(full, `"version":2`, `"version":0`, 1) + "}",
	} {
		if req, err := mainnet().ReadFile([]byte(data)); err == nil {
			t.Errorf("%s was read as %s", data, req.Payload)
		}
	}
}

func TestUnits(t *testing.T) {
	for egld, want := range map[string]string{
		"0.5": "500000000000000000", "1": "1000000000000000000", "0": "0", "0.0": "0", "00": "0", ".5": "500000000000000000",
		"123456789.000000000000000001": "123456789000000000000000001", "0.000000000000000001": "1", "007": "7000000000000000000",
	} {
		if got, err := multiversx.Units(egld); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", egld, got, err, want)
		}
	}
	for _, egld := range []string{"", ".", "1.", "-1", "+1", "1e3", "1,5", "0x1", " 1", "1.0000000000000000001", "1.2.3", strings.Repeat("9", 50), "١"} {
		if got, err := multiversx.Units(egld); err == nil {
			t.Errorf("%q became %s", egld, got)
		}
	}
}
