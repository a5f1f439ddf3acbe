package evm

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/fault"
)

// ownPayloads are payloads that only a dialect has, by the symbol of a network.
func ownPayloads(t testing.TB) map[string][][]byte {
	all := map[string][][]byte{}
	for symbol, name := range map[string]string{"CELO": "celo", "ONE": "harmony"} {
		for _, v := range readJSON[ownFile](t, "testdata/"+name+".json").Transactions {
			all[symbol] = append(all[symbol], unhex(t, v.Unsigned))
		}
	}
	old := &celo{envelope: legacy, gateway: new(address), gatewayFee: bigOf("7"), feeCurrency: new(address)}
	all["CELO"] = append(all["CELO"], old.encode(&transaction{chainID: 42220, nonce: 3, gasPrice: bigOf("9"), gas: 21000, to: new(address), value: bigOf("5")}))
	for _, v := range readJSON[kaiaFile](t, "testdata/kaia.json").Transactions {
		all["KLAY"] = append(all["KLAY"], unhex(t, v.SigRLP))
	}
	return all
}

// TestOwnConformance runs the suite for what only dialects have.
func TestOwnConformance(t *testing.T) {
	for symbol, payloads := range ownPayloads(t) {
		valid := map[string]chain.Request{}
		for i, p := range payloads {
			if symbol == "KLAY" && i > 17 && i%4 != 0 { // account keys: some of each
				continue
			}
			valid[symbol+" "+decimal(uint64(i))] = chain.Request{Form: FormTransaction, Payload: p, Signer: signer(t)}
		}
		if symbol == "KLAY" {
			file := readJSON[kaiaFile](t, "testdata/kaia.json")
			req, err := network(t, symbol, false).ReadFile([]byte(file.Transactions[2].Sent))
			if err != nil || req.Form != FormFeePayer {
				t.Fatal(req.Form, err)
			}
			req.Signer = signer(t)
			valid["fee payer"] = req
		}
		chaintest.Run(t, chaintest.Config{Chain: network(t, symbol, false), Valid: valid})
	}
}

// FuzzOwn: what a dialect decodes is the only encoding of its transaction, and its
// effects end with a fee.
func FuzzOwn(f *testing.F) {
	symbols := []string{"CELO", "KLAY", "ONE"}
	for i, symbol := range symbols {
		for _, p := range ownPayloads(f)[symbol] {
			f.Add(uint8(i), p)
		}
	}
	key := signer(f)
	f.Fuzz(func(t *testing.T, which uint8, payload []byte) {
		c := network(t, symbols[int(which)%len(symbols)], false)
		in, err := c.Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: key})
		if err != nil {
			if !fault.Is(err, fault.Unsupported) {
				kindOf(t, err)
			}
			return
		}
		tx, err := c.parse(payload)
		if err != nil || hexOf(tx.encode()) != hexOf(payload) {
			t.Fatalf("%x is encoded as %x, %v", payload, tx.encode(), err)
		}
		if last := in.Effects[len(in.Effects)-1]; last.Kind != chain.Fee || len(in.Effects) < 2 || len(in.Tasks) != 1 {
			t.Fatalf("effects of %x:\n%s", payload, describe(in.Effects))
		}
		if _, err := in.Finish([][]byte{append(make([]byte, 63), 1, 0)}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzFeePayer: a fee payer is shown whose fee it pays, whatever the context is.
func FuzzFeePayer(f *testing.F) {
	for _, v := range readJSON[kaiaFile](f, "testdata/kaia.json").Transactions {
		if req, err := kaiaMain(f).ReadFile([]byte(v.Sent)); err == nil {
			f.Add(req.Payload, req.Context)
		}
	}
	key := signer(f)
	f.Fuzz(func(t *testing.T, payload, context []byte) {
		in, err := kaiaMain(t).Decode(chain.Request{Form: FormFeePayer, Payload: payload, Context: context, Signer: key})
		if err != nil {
			kindOf(t, err)
			return
		}
		if last := in.Effects[len(in.Effects)-1]; last.Kind != chain.Fee || len(in.Effects) < 2 || len(in.Tasks) != 1 {
			t.Fatalf("effects of %x:\n%s", payload, describe(in.Effects))
		}
	})
}

// FuzzOwnFile: what a dialect's door makes is what the strict reader takes.
func FuzzOwnFile(f *testing.F) {
	symbols := []string{"CELO", "KLAY", "ONE", "XDC"}
	for i, symbol := range symbols {
		for _, p := range ownPayloads(f)[symbol] {
			f.Add(uint8(i), p)
		}
	}
	for i, name := range []string{"celo", "kaia", "harmony"} {
		for _, v := range readJSON[ownFile](f, "testdata/"+name+".json").Transactions {
			f.Add(uint8(i), []byte(v.JSON))
		}
	}
	for _, v := range readJSON[kaiaFile](f, "testdata/kaia.json").Transactions {
		f.Add(uint8(1), unhex(f, v.Sent))
		f.Add(uint8(1), []byte(v.Paid))
	}
	f.Add(uint8(0), []byte(`{"to":"`+bob+`","value":"0x5","nonce":1,"gasLimit":"0x5208","gasPrice":"0x1"}`))
	f.Add(uint8(3), []byte(`{"to":"xdc3535353535353535353535353535353535353535","value":"0x5","nonce":1,"gas":"0x5208","gasPrice":"0x1"}`))
	key := signer(f)
	f.Fuzz(func(t *testing.T, which uint8, file []byte) {
		c := network(t, symbols[int(which)%len(symbols)], false)
		req, err := c.ReadFile(file)
		if err != nil {
			if !fault.Is(err, fault.Unsupported) {
				kindOf(t, err)
			}
			return
		}
		if len(req.Payload) > maxPayload {
			t.Fatalf("a payload of %d bytes", len(req.Payload))
		}
		req.Signer = key
		if _, err := c.Decode(req); err != nil && !(fault.Is(err, fault.UnknownKey) && len(req.Context) > 0) {
			t.Fatalf("%s of %x: %v", req.Form, req.Payload, err)
		}
	})
}

func BenchmarkOwnDecode(b *testing.B) {
	key := signer(b)
	for _, v := range []struct {
		symbol string
		number int
	}{{"CELO", 0}, {"CELO", 5}, {"ONE", 1}, {"KLAY", 0}, {"KLAY", 9}} {
		c := network(b, v.symbol, false)
		req := chain.Request{Form: FormTransaction, Payload: ownPayloads(b)[v.symbol][v.number], Signer: key}
		b.Run(v.symbol+" "+decimal(uint64(v.number)), func(b *testing.B) { benchmarkDecode(b, c, req) })
	}
}
