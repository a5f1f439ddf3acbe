package tron

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
)

// TestTronWeb: for every kind of contract, both spellings of JSON are read, encode to
// the same bytes again, and are signed as TronWeb signs them.
func TestTronWeb(t *testing.T) {
	v := tronweb(t)
	if got, err := tron().Address(signer(t)); err != nil || got != v.Address {
		t.Fatalf("address %q, error %v, want %q", got, err, v.Address)
	}
	types := map[string]bool{}
	for _, tx := range v.Transactions {
		types[tx.Type] = true
		t.Run(tx.Name, func(t *testing.T) {
			for _, text := range []string{tx.JSON, tx.Visible} {
				req, err := tron().ReadFile([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				parsed, err := parseTransaction(req.Payload)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(encode(parsed.raw), req.Payload) {
					t.Error("written again, the transaction is another one")
				}
				req.Signer = signer(t)
				in, err := tron().Decode(req)
				if err != nil {
					t.Fatal(err)
				}
				out, err := in.Finish(chaintest.SignAll(t, in, private))
				if err != nil {
					t.Fatal(err)
				}
				want := strings.TrimSuffix(text, "}") + `,"signature":["` + strings.ToLower(tx.Signature[:128]) + strings.ToUpper(tx.Signature[128:]) + `"]}`
				if got := in.Encoding.Encode(out); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
				for _, e := range in.Effects {
					if e.Kind == chain.Opaque && !strings.Contains(tx.Name, "call with") && !strings.Contains(tx.Name, "call without") {
						t.Errorf("opaque: %+v", e)
					}
				}
			}
		})
	}
	for typ := range int64(64) {
		if m := contractMessage(typ); m != nil && !types[m.name] {
			switch typ {
			case typeVoteAsset, typeUnfreezeAsset, typeMarketSellAsset, typeMarketCancelOrder: // which TronWeb does not build
			default:
				t.Errorf("no vector of %s", m.name)
			}
		}
	}
}

// TestResultInProtobuf: without JSON the result is the message Transaction.
func TestResultInProtobuf(t *testing.T) {
	payload := transfer(bob, 5)
	in := decoded(t, payload)
	signatures := chaintest.SignAll(t, in, private)
	out, err := in.Finish(signatures)
	if err != nil {
		t.Fatal(err)
	}
	r := wireReader{left: 10}
	o, err := r.read(messageTransaction, out)
	if err != nil || in.Encoding != chain.Hex {
		t.Fatal(err)
	}
	want := append(bytes.Clone(signatures[0][:64]), 27+signatures[0][64])
	if !bytes.Equal(o.bytes("raw_data"), payload) || !bytes.Equal(o.bytes("signature"), want) {
		t.Errorf("got %x", out)
	}
	for _, file := range []string{hex.EncodeToString(out), "0x" + hex.EncodeToString(out)} {
		if _, err := tron().ReadFile([]byte(file)); err == nil || !strings.Contains(err.Error(), "Transaction is already signed") {
			t.Errorf("a signed transaction is read: %v", err)
		}
	}
	unsigned := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), payload)
	req, err := tron().ReadFile([]byte(hex.EncodeToString(unsigned)))
	if err != nil || !bytes.Equal(req.Payload, payload) {
		t.Errorf("an unsigned message Transaction is read as %x, error %v", req.Payload, err)
	}
}

// TestWalletCore signs what Trust Wallet published, but for the way it writes the
// recovery id.
func TestWalletCore(t *testing.T) {
	var file struct {
		Key          string
		Transactions []json.RawMessage
	}
	readVectors(t, "wallet-core.json", &file)
	if len(file.Transactions) != 6 {
		t.Fatalf("%d vectors, want 6", len(file.Transactions))
	}
	key := unhex(file.Key)
	for _, text := range file.Transactions {
		var tx struct {
			ID        string   `json:"txID"`
			Signature []string `json:"signature"`
		}
		if err := json.Unmarshal(text, &tx); err != nil {
			t.Fatal(err)
		}
		if _, err := tron().ReadFile(text); err == nil || !strings.Contains(err.Error(), "Transaction is already signed") {
			t.Errorf("a signed transaction is read: %v", err)
		}
		unsigned := strings.Replace(string(text), `"signature":["`+tx.Signature[0]+`"],`, "", 1)
		req, err := tron().ReadFile([]byte(unsigned))
		if err != nil {
			t.Fatal(err)
		}
		req.Context, req.Signer = nil, chaintest.PublicKey(t, curve.Secp256k1, key)
		in, err := tron().Decode(req)
		if err != nil {
			t.Fatal(err)
		}
		s := chaintest.Sign(t, in.Tasks[0], key)
		if got := hex.EncodeToString(in.Tasks[0].Message); got != tx.ID {
			t.Errorf("signs %s, want %s", got, tx.ID)
		}
		if got := hex.EncodeToString(s); got != tx.Signature[0] {
			t.Errorf("signature %s, want %s", got, tx.Signature[0])
		}
	}
}

// TestMessages signs messages as TronWeb does, by its published vectors and others.
func TestMessages(t *testing.T) {
	var published []struct{ Address, Message, MessageHash, PrivateKey, Signature string }
	readVectors(t, "messages.json", &published)
	if len(published) != 2 {
		t.Fatalf("%d vectors, want 2", len(published))
	}
	check := func(key, message []byte, address, want string) string {
		t.Helper()
		public := chaintest.PublicKey(t, curve.Secp256k1, key)
		if got, err := tron().Address(public); err != nil || address != "" && got != address {
			t.Errorf("address %s, error %v, want %s", got, err, address)
		}
		req, err := tron().MessageRequest(message, public)
		if err != nil {
			t.Fatal(err)
		}
		in, err := tron().Decode(req)
		if err != nil {
			t.Fatal(err)
		}
		out, err := in.Finish(chaintest.SignAll(t, in, key))
		if err != nil {
			t.Fatal(err)
		}
		if got := in.Encoding.Encode(out); got != want {
			t.Errorf("%q: signature %s, want %s", message, got, want)
		}
		return hex.EncodeToString(in.Tasks[0].Message)
	}
	for _, v := range published {
		if hash := check(unhex(v.PrivateKey), unhex(v.Message), v.Address, v.Signature); hash != v.MessageHash {
			t.Errorf("%s: hash %s, want %s", v.Message, hash, v.MessageHash)
		}
	}
	own := tronweb(t)
	for _, v := range own.Messages {
		check(unhex(own.Key), []byte(v.Message), own.Address, v.Signature)
	}
}
