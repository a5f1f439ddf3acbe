package flow_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/flow"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// pendingTransfer is Tatum's serializedTransaction.
type pendingTransfer struct {
	Type int `json:"type"`
	Body struct {
		Account, To, Amount, Currency, SignatureID string
	} `json:"body"`
}

// TestTatumVectors makes every signature of Tatum's daemon, and with those of the
// recorded API everything that it sent.
func TestTatumVectors(t *testing.T) {
	for _, test := range []bool{false, true} {
		c := mainnet()
		if test {
			c = testnet()
		}
		vectors := chaintest.Vectors(t, golden, test, "FLOW")
		if len(vectors) != 3 {
			t.Errorf("%d vectors", len(vectors))
		}
		for _, v := range vectors {
			checkVector(t, c, v)
		}
	}
}

func checkVector(t *testing.T, c flow.Chain, v chaintest.Vector) {
	t.Helper()
	tx, payerKey, replies := build(t, c, v)
	// The API signs for the proposer first.
	asked := append([]byte("FLOW-V0.0-transaction"), make([]byte, 11)...)
	if got := hex.EncodeToString(append(asked, tx.Payload()...)); got != replies[0].data {
		t.Fatalf("%s: payload %s, want %s", v.Name, got, replies[0].data)
	}
	tx.PayloadSignatures = []flow.Signature{{Account: tx.Proposer, Key: tx.ProposerKey, Bytes: replies[0].signature}}
	req, err := c.ReadFile(tx.JSON())
	if err != nil || req.Form != flow.FormTransaction {
		t.Fatalf("%s: read as %q, %v", v.Name, req.Form, err)
	}
	wallet := v.Wallets[v.Pending.Hashes[0]]
	text, ok := wallet["privateKey"].(string)
	if !ok {
		text = derived(t, v)
	}
	mine := private(t, text)
	req.Signer = chaintest.PublicKey(t, curve.Secp256k1, mine)
	req.Context = flow.Context{Account: tx.Authorizers[0], Transaction: tx.JSON()}.Encode()
	in, err := c.Decode(req)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	if in.Effects[0].Kind != chain.Move || len(in.Warnings) == 0 {
		t.Errorf("%s:\n%s", v.Name, lines(in))
	}
	signed, err := in.Finish(chaintest.SignAll(t, in, mine))
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	// With the daemon's signature the API signs for the payer.
	done, err := flow.ParseTransaction([]byte(in.Encoding.Encode(signed)))
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	if got := hex.EncodeToString(append(asked, done.Envelope()...)); got != replies[1].data {
		t.Fatalf("%s: envelope %s, want %s", v.Name, got, replies[1].data)
	}
	if again, err := c.ReadFile(done.JSON()); err != nil || again.Form != flow.FormEnvelope {
		t.Errorf("%s: read as %q, %v", v.Name, again.Form, err)
	}
	done.EnvelopeSignatures = []flow.Signature{{Account: done.Payer, Key: payerKey, Bytes: replies[1].signature}}
	var sent struct {
		Data string `json:"data"`
		TxID string `json:"txId"`
	}
	if err := json.Unmarshal(v.SentToNode, &sent, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if got := string(done.JSON()); got != sent.Data {
		t.Errorf("%s: sent %s, want %s", v.Name, got, sent.Data)
	}
	// The recorded node's ids are hashes of what it was sent.
	if id := sha256.Sum256(done.JSON()); hex.EncodeToString(id[:]) != v.TxData(t) || sent.TxID != v.TxData(t) {
		t.Errorf("%s: id %x, want %s", v.Name, id, v.TxData(t))
	}
}

// reply is what the API was given to sign, and its signature.
type reply struct {
	data      string
	signature []byte
}

// build merges the answers of the recorded nodes into the pending transaction.
func build(t *testing.T, c flow.Chain, v chaintest.Vector) (tx *flow.Transaction, payerKey uint32, replies []reply) {
	t.Helper()
	var pending pendingTransfer
	if err := json.Unmarshal([]byte(v.Pending.SerializedTransaction), &pending, json.MatchCaseInsensitiveNames(true)); err != nil || pending.Type != 2 {
		t.Fatalf("%s: type %d, %v", v.Name, pending.Type, err)
	}
	n := flow.Transfer{Account: pending.Body.Account, To: pending.Body.To, Amount: pending.Body.Amount, Currency: pending.Body.Currency}
	read := func(call chaintest.Call, into any) {
		if err := json.Unmarshal(call.Reply, into, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatalf("%s %s: %v", v.Name, call.Path, err)
		}
	}
	for _, call := range v.NodeCalls {
		var proposal struct {
			Address string
			KeyID   uint32
		}
		switch {
		case strings.HasSuffix(call.Path, "/proposal/true"):
			read(call, &proposal)
			n.Payer, payerKey = at(t, proposal.Address), proposal.KeyID
		case strings.HasSuffix(call.Path, "/proposal/false"):
			read(call, &proposal)
			n.Proposer, n.ProposerKey = at(t, proposal.Address), proposal.KeyID
		case strings.HasSuffix(call.Path, "/blocks"):
			var blocks []struct{ Header struct{ ID string } }
			read(call, &blocks)
			n.Reference = [32]byte(unhex(t, blocks[0].Header.ID))
		case strings.Contains(call.Path, "/accounts/"):
			var account struct {
				Keys []struct {
					Index    string
					Sequence string `json:"sequence_number"`
				}
			}
			read(call, &account)
			sequence, err := strconv.ParseUint(account.Keys[n.ProposerKey].Sequence, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			n.Sequence = sequence
		case strings.HasSuffix(call.Path, "/sign"):
			var body, answer struct{ Data, Signature string }
			read(call, &answer)
			if err := json.Unmarshal(call.Body, &body, json.MatchCaseInsensitiveNames(true)); err != nil {
				t.Fatal(err)
			}
			replies = append(replies, reply{body.Data, unhex(t, answer.Signature)})
		}
	}
	if len(replies) != 2 {
		t.Fatalf("%s: %d signatures of the API", v.Name, len(replies))
	}
	tx, err := c.BuildTransfer(n)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	return tx, payerKey, replies
}

// row is one of addresses.json.
type row struct {
	Chain      string `json:"chain"`
	Testnet    bool   `json:"testnet"`
	Mnemonic   string `json:"mnemonic"`
	Index      uint32 `json:"index"`
	PrivateKey string `json:"privateKey"`
	Address    string `json:"address"`
}

func rows(t *testing.T) (all []row) {
	t.Helper()
	var file struct {
		Rows []row `json:"rows"`
	}
	readJSON(t, golden+"/addresses.json", &file)
	for _, r := range file.Rows {
		if r.Chain == "FLOW" {
			all = append(all, r)
		}
	}
	return all
}

// derived is the private key of a vector's mnemonic wallet, which is M1.
func derived(t *testing.T, v chaintest.Vector) string {
	t.Helper()
	for _, r := range rows(t) {
		if r.Mnemonic == "M1" && r.Testnet == v.Testnet && r.Index == *v.Pending.Index {
			return r.PrivateKey
		}
	}
	t.Fatalf("%s: no row for its key", v.Name)
	return ""
}

// TestTatumKeys: private keys, their text and the address column belong together.
func TestTatumKeys(t *testing.T) {
	all, short := rows(t), 0
	for _, r := range all {
		c := mainnet()
		raw := private(t, r.PrivateKey)
		key := chaintest.PublicKey(t, curve.Secp256k1, raw)
		if got, err := c.Address(key); err != nil || got != r.Address {
			t.Errorf("address %s, want %s (%v)", got, r.Address, err)
		}
		text, err := c.FormatPrivate(key, secret.Copy(raw))
		if err != nil || string(text.Expose()) != r.PrivateKey {
			t.Errorf("%s: the private key is written in another way (%v)", r.Address, err)
		}
		if len(r.PrivateKey) < 64 {
			short++
			if full := private(t, strings.Repeat("0", 64-len(r.PrivateKey))+r.PrivateKey); string(full) != string(raw) {
				t.Errorf("%s: 64 digits are another key", r.Address)
			}
		}
	}
	if len(all) != 27 || short < 3 {
		t.Errorf("%d rows of FLOW, %d of them short", len(all), short)
	}
}

func TestBadPrivateKeys(t *testing.T) {
	for _, text := range []string{
		"", "0", "0x1", "01", "g", "0x" + strings.Repeat("1", 64), strings.Repeat("1", 65), strings.Repeat("0", 64), strings.Repeat("f", 64),
		"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
	} {
		if a, key, err := mainnet().ParsePrivate(secret.New([]byte(text))); err == nil || a != curve.NoAlgorithm || !key.IsEmpty() {
			t.Errorf("%q was read", text)
		}
	}
	if _, err := mainnet().FormatPrivate(someKey(t), secret.New(make([]byte, 31))); err == nil {
		t.Error("a short private key was written")
	}
}
