package evm

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

func payloads(f *testing.F) (all [][]byte) {
	for _, v := range readJSON[ethersFile](f, "testdata/ethers.json").Transactions {
		all = append(all, unhex(f, v.Unsigned))
	}
	return all
}

func kindOf(t *testing.T, err error) {
	t.Helper()
	if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
		t.Fatalf("kind of %v", err)
	}
}

// FuzzDecode: what decodes is the only encoding of its transaction, the result is what
// was signed with the signature, and effects end with a fee. That go-ethereum hashes and
// reads the same is held by the tests in oracle/evm.
func FuzzDecode(f *testing.F) {
	for _, p := range payloads(f) {
		f.Add(p)
	}
	key := signer(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		c := generic()
		in, err := c.Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: key})
		if err != nil {
			kindOf(t, err)
			return
		}
		comesBack(t, c, payload)
		if last := in.Effects[len(in.Effects)-1]; last.Kind != chain.Fee || len(in.Effects) < 2 || len(in.Tasks) != 1 {
			t.Fatalf("effects of %x:\n%s", payload, describe(in.Effects))
		}
	})
}

// FuzzAuthorization: what decodes is the only encoding.
func FuzzAuthorization(f *testing.F) {
	for _, id := range []string{"0", "1", "56"} {
		f.Add((&authorization{chainID: bigOf(id), nonce: 300}).preimage())
	}
	key := signer(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := generic().Decode(chain.Request{Form: FormAuthorization, Payload: payload, Signer: key})
		if err != nil {
			kindOf(t, err)
			return
		}
		a, err := generic().readAuthorization(payload)
		if err != nil || !bytes.Equal(a.preimage(), payload) || in.Effects[0].Kind != chain.Authority {
			t.Fatalf("%x is encoded as %x", payload, a.preimage())
		}
	})
}

// FuzzTypedData: what is canonical is a fixed point and decodes. That go-ethereum has
// the same digest is held by the tests in oracle/evm.
func FuzzTypedData(f *testing.F) {
	f.Add([]byte(mail))
	f.Add([]byte(permitFile(usdc, "1")))
	f.Add([]byte(typed(safeText, "SafeTx", typeOf(safeType), `{"to":"`+bob+`","value":1,"data":"0xa9059cbb","operation":0,"safeTxGas":0,"baseGas":0,"gasPrice":0,"gasToken":"`+bob+`","refundReceiver":"`+bob+`","nonce":0}`)))
	f.Add([]byte(`{"types":{"T":[{"name":"a","type":"int8[2][]"},{"name":"b","type":"bytes3"},{"name":"c","type":"T[]"}]},"primaryType":"T","domain":{"name":"x"},"message":{"a":[[-1,2]],"b":"0x010203","c":[]}}`))
	key := signer(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		payload, err := CanonicalTypedData(file)
		if err != nil {
			kindOf(t, err)
			return
		}
		again, err := CanonicalTypedData(payload)
		if err != nil || !bytes.Equal(again, payload) {
			t.Fatalf("%s is written as %s, %v", payload, again, err)
		}
		in, err := generic().Decode(chain.Request{Form: FormTypedData, Payload: payload, Signer: key})
		if err != nil {
			kindOf(t, err)
			return // a chain id out of range
		}
		if len(in.Effects) == 0 || len(in.Facts) > mostFacts || len(in.Warnings) > mostWarnings {
			t.Fatalf("%d effects of %s", len(in.Effects), payload)
		}
	})
}

// FuzzReadFile: what a door makes is what the strict reader takes.
func FuzzReadFile(f *testing.F) {
	for _, p := range payloads(f) {
		f.Add(p)
	}
	for _, v := range readJSON[ethersFile](f, "testdata/ethers.json").Transactions {
		f.Add([]byte(v.JSON))
	}
	f.Add([]byte(mail))
	f.Add([]byte(`{"from":0,"to":"` + bob + `","value":"0xde0b6b3a7640000","gas":"21000","nonce":9,"gasPrice":"0x4a817c800"}`))
	f.Add([]byte(`{"nonce":1,"maxFeePerGas":2,"maxPriorityFeePerGas":"1","gas":3,"to":"` + bob + `","authorizationList":[{"chainId":"0x1","address":"` + usdc + `","nonce":"0x2","yParity":"0x1","r":"0x3","s":"0x4"}]}`))
	key := signer(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, c := range []Chain{ethereum(), generic()} {
			req, err := c.ReadFile(file)
			if err != nil {
				kindOf(t, err)
				continue
			}
			if len(req.Payload) > maxPayload {
				t.Fatalf("a payload of %d bytes", len(req.Payload))
			}
			req.Signer = key
			if _, err := c.Decode(req); err != nil && !(fault.Is(err, fault.UnknownKey) && len(req.Context) > 0) {
				t.Fatalf("%s of %x: %v", req.Form, req.Payload, err)
			}
		}
	})
}

// FuzzHeader: what decodes is the only encoding, and is what is signed.
func FuzzHeader(f *testing.F) {
	for _, v := range cliqueRecordings(f) {
		f.Add(v.payload)
	}
	f.Add(plainHeader().encode())
	key := signer(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := generic().Decode(chain.Request{Form: FormCliqueHeader, Payload: payload, Signer: key})
		if err != nil {
			kindOf(t, err)
			return
		}
		if again := parseHeader(t, payload).encode(); !bytes.Equal(again, payload) || in.Effects[0].Kind != chain.Register {
			t.Fatalf("%x is encoded as %x", payload, again)
		}
		if _, _, err := SealedHeader(payload); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzMessage: every message is signed, and none is shown as more than it is.
func FuzzMessage(f *testing.F) {
	f.Add([]byte("hello"))
	f.Add(bytes.Repeat([]byte{0x8a}, 32))
	key := signer(f)
	f.Fuzz(func(t *testing.T, message []byte) {
		in, err := ethereum().Decode(chain.Request{Form: FormMessage, Payload: message, Signer: key})
		if err != nil {
			kindOf(t, err)
			return
		}
		if _, printable := shown(message); len(in.Effects) != 1 || !printable && in.Effects[0].Kind != chain.Opaque {
			t.Fatalf("%q:\n%s", message, describe(in.Effects))
		}
	})
}

// FuzzAddress: an address that is read is written in a form that is read again.
func FuzzAddress(f *testing.F) {
	f.Add(alice)
	f.Add("xdcf4f4ec5a2380a1599ff802b798fc002f83a001a8")
	f.Add("one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9")
	f.Fuzz(func(t *testing.T, text string) {
		for _, symbol := range []string{"ETH", "XDC", "ONE"} {
			c := network(t, symbol, false)
			a, err := c.ParseAddress(text)
			if err != nil {
				if !fault.Is(err, fault.InvalidAddress) {
					t.Fatal(err)
				}
				continue
			}
			for _, format := range c.AddressFormats() {
				written, err := formatAddress(a, format)
				if err != nil {
					t.Fatal(err)
				}
				if back, err := c.ParseAddress(written); err != nil || back != a {
					t.Fatalf("%q is written as %q, %v", text, written, err)
				}
			}
		}
	})
}
