package multiversx

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

func seeds() (payloads [][]byte) {
	alice, bob := account('a'), account('b')
	for _, tx := range []Transaction{
		send(bob, "1000000000000000000", nil), send(bob, "0", []byte("hello")), send(alice, "0", data("ESDTNFTTransfer", "NFT-123456", "#0a", "#01", hexOf(bob), "f", "#01")),
		send(alice, "0", data("MultiESDTNFTTransfer", hexOf(bob), "#01", "EGLD-000000", "#", "#05")), send(system(2), "0", data("setSpecialRole", "FOO-123456", hexOf(bob), "X")),
		send(address{}, "0", []byte("00@0500@0100@01")), send(system(1), "1", data("stake", "#01", "#00", "#00", hexOf(bob))), send(provider(), "0", data("unDelegate", "#01")),
	} {
		payloads = append(payloads, tx.AppendPayload(nil))
		tx.Options, tx.Guardian, tx.Relayer, tx.SenderUsername = 3, bob.String(), alice.String(), []byte("alice")
		payloads = append(payloads, tx.AppendPayload(nil))
	}
	return payloads
}

// FuzzDecode: what is accepted is written again as the same bytes, is JSON, and has a fee
// as its last effect.
func FuzzDecode(f *testing.F) {
	for _, p := range seeds() {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: payload})
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		tx, err := readPayload(payload)
		if err != nil || !bytes.Equal(tx.AppendPayload(nil), payload) {
			t.Fatalf("%s is written as %s, %v", payload, tx.AppendPayload(nil), err)
		}
		if n := len(in.Effects); n < 2 || in.Effects[n-1].Kind != chain.Fee || len(in.Tasks) != 1 {
			t.Fatalf("effects %+v", in.Effects)
		}
		signed, err := in.Finish([][]byte{make([]byte, signatureSize)})
		if err != nil {
			t.Fatal(err)
		}
		var value map[string]any
		if err := json.Unmarshal(signed, &value); err != nil || value["signature"] == nil {
			t.Fatalf("%s: %v", signed, err)
		}
		req, err := ours().ReadFile(payload)
		if err != nil || !bytes.Equal(req.Payload, payload) {
			t.Fatalf("%s is not read from a file: %v", payload, err)
		}
	})
}

// FuzzData: the data of a transaction always says something, and a transaction to a
// contract is never only a note.
func FuzzData(f *testing.F) {
	for _, p := range seeds() {
		if tx, err := readPayload(p); err == nil {
			f.Add(tx.Data, byte(1))
		}
	}
	f.Add([]byte("upgradeContract@00@0100"), byte(2))
	f.Add([]byte("wipe@464f4f2d313233343536@00"), byte(3))
	f.Fuzz(func(t *testing.T, data []byte, to byte) {
		receivers := [...]address{account('b'), contract('c'), system(1), system(2), system(3), system(4), system(9), provider(), account('a'), {}}
		receiver := receivers[int(to)%len(receivers)]
		tx := send(receiver, "0", data)
		in, err := ours().Decode(chain.Request{Form: FormTransaction, Payload: tx.AppendPayload(nil)})
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Effects) < 2 {
			t.Fatalf("%q: effects %+v", data, in.Effects)
		}
		for _, e := range in.Effects {
			if e.Kind == chain.Message && e.Subject == "note" && receiver.isContract() {
				t.Fatalf("%q to %s is only a note", data, receiver)
			}
		}
	})
}

// FuzzReadFile: whatever is read decodes.
func FuzzReadFile(f *testing.F) {
	for _, p := range seeds() {
		f.Add(p)
	}
	f.Add([]byte(`{"nonce":"1","value":"1","options":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := ours().ReadFile(data)
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if _, err := ours().Decode(req); err != nil {
			t.Fatalf("%q was read but does not decode: %v", data, err)
		}
	})
}

// FuzzUnits: an amount has at most one spelling of its units, and no point is lost.
func FuzzUnits(f *testing.F) {
	f.Add("0.5")
	f.Add("12345678901234567890.000000000000000001")
	f.Fuzz(func(t *testing.T, egld string) {
		if units, err := Units(egld); err == nil && !isDecimal(units) {
			t.Fatalf("%q became %q", egld, units)
		}
	})
}

// FuzzPrivate: no text of a private key makes it panic, and what is read is a seed.
func FuzzPrivate(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY for erd1-----\nAAAA\n-----END PRIVATE KEY for erd1-----"))
	f.Add(bytes.Repeat([]byte("ab"), 32))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, seed, err := ours().ParsePrivate(secret.Copy(text)); err == nil && seed.Len() != keySize {
			t.Fatalf("a seed of %d bytes", seed.Len())
		}
	})
}
