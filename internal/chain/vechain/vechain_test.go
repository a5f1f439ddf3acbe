package vechain

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func key(t testing.TB, n byte) curve.PublicKey {
	return chaintest.PublicKey(t, curve.Secp256k1, bytes.Repeat([]byte{n}, 32))
}

func addressOf(t testing.TB, n byte) hexaccount.Address {
	t.Helper()
	account, err := mainnet().accounts.Of(key(t, n))
	if err != nil {
		t.Fatal(err)
	}
	return account.Address
}

// payment is a transfer of one VET to the account of key 2.
func payment(t testing.TB) *transaction {
	to := addressOf(t, 2)
	return &transaction{
		tag: MainTag, reference: 0x0123456700000000, expiration: 720, gas: 21000, nonce: 7,
		clauses: []clause{{to: &to, value: big.NewInt(1e18)}},
	}
}

func with(t testing.TB, change func(tx *transaction)) []byte {
	tx := payment(t)
	change(tx)
	return tx.encode()
}

func TestConformance(t *testing.T) {
	sender := addressOf(t, 3)
	dynamic := with(t, func(tx *transaction) { tx.dynamic, tx.price, tx.tip = true, big.NewInt(1e13), big.NewInt(1) })
	delegated := with(t, func(tx *transaction) { tx.features = featureDelegation })
	chaintest.Run(t, chaintest.Config{Chain: mainnet(), Valid: map[string]chain.Request{
		"payment":    {Form: FormTransaction, Payload: payment(t).encode(), Signer: key(t, 1)},
		"fee market": {Form: FormTransaction, Payload: dynamic, Signer: key(t, 1)},
		"delegated":  {Form: FormTransaction, Payload: delegated, Signer: key(t, 1)},
		"delegation": {Form: FormDelegation, Payload: append(sender[:], delegated...), Signer: key(t, 1)},
	}})
}

// The example of VeChain's documentation of the transaction model and of its SDKs' tests
// ("transaction, signing hash"): two clauses, a dependency, and the digest of the body.
func TestPublishedDigest(t *testing.T) {
	to, err := hexaccount.Parse("0x7567d83b7b8d80addcb281a71d54fc7b3364ffed")
	if err != nil {
		t.Fatal(err)
	}
	data := []byte{0, 0, 0, 0x60, 0x60, 0x60}
	tx := &transaction{
		tag: 1, reference: 0xaabbccdd, expiration: 32, coef: 128, gas: 21000, nonce: 12345678,
		clauses: []clause{{&to, big.NewInt(10000), data}, {&to, big.NewInt(20000), data}},
	}
	raw := tx.encode()
	const wantRaw = "f8540184aabbccdd20f840df947567d83b7b8d80addcb281a71d54fc7b3364ffed82271086000000606060df947567d83b7b8d80addcb281a71d54fc7b3364ffed824e208600000060606081808252088083bc614ec0"
	const wantDigest = "2a1c25ce0d66f45276a5f308b99bf410e2fc7d5b6ea37a49f2ab9f1da9446478"
	if digest := blake2b.Sum256(raw); hex.EncodeToString(raw) != wantRaw || hex.EncodeToString(digest[:]) != wantDigest {
		t.Errorf("%x\ndigest %x", raw, digest)
	}
	back, err := readTransaction(raw)
	if err != nil || !bytes.Equal(back.encode(), raw) {
		t.Errorf("comes back as %+v, %v", back, err)
	}
}

func TestDelegationSignsForTheSender(t *testing.T) {
	sender := addressOf(t, 3)
	raw := with(t, func(tx *transaction) { tx.features = featureDelegation })
	in, err := mainnet().Decode(chain.Request{Form: FormDelegation, Payload: append(sender[:], raw...), Signer: key(t, 1)})
	if err != nil {
		t.Fatal(err)
	}
	digest := blake2b.Sum256(raw)
	want := blake2b.Sum256(append(digest[:], sender[:]...))
	if !bytes.Equal(in.Tasks[0].Message, want[:]) {
		t.Error("the sponsor signs another digest than VIP-191 says")
	}
	if from := in.Effects[0].From; from != hexaccount.Checksummed(sender) {
		t.Errorf("the money comes from %s", from)
	}
	payer, err := mainnet().Address(key(t, 1))
	if last := in.Effects[len(in.Effects)-1]; err != nil || last.Kind != chain.Fee || last.From != payer {
		t.Errorf("the fee comes from %s", last.From)
	}
}

func TestRefuses(t *testing.T) {
	raw := payment(t).encode()
	for name, req := range map[string]chain.Request{
		"another network":         {Form: FormTransaction, Payload: with(t, func(tx *transaction) { tx.tag = TestTag })},
		"no clauses":              {Form: FormTransaction, Payload: with(t, func(tx *transaction) { tx.clauses = nil })},
		"unknown features":        {Form: FormTransaction, Payload: with(t, func(tx *transaction) { tx.features = 2 })},
		"a dependency of 3 bytes": {Form: FormTransaction, Payload: with(t, func(tx *transaction) { tx.dependsOn = []byte{1, 2, 3} })},
		"empty features":          {Form: FormTransaction, Payload: append(append([]byte{raw[0] + 1}, raw[1:len(raw)-1]...), 0xc1, 0x80)},
		"a delegation of nothing": {Form: FormDelegation, Payload: append(make([]byte, 20), raw...)},
		"a context":               {Form: FormTransaction, Payload: raw, Context: []byte{1}},
	} {
		req.Signer = key(t, 1)
		if in, err := mainnet().Decode(req); err == nil {
			t.Errorf("%s: decoded as %+v", name, in.Effects)
		}
	}
	if _, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: raw}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("without a signer: %v", err)
	}
}

func TestReadFile(t *testing.T) {
	want := payment(t).encode()
	to := hexaccount.Checksummed(addressOf(t, 2))
	for name, file := range map[string]string{
		"hex":     hex.EncodeToString(want),
		"0x":      "0x" + hex.EncodeToString(want) + "\n",
		"bytes":   string(want),
		"clauses": `{"chainTag":74,"blockRef":"0x0123456700000000","expiration":720,"clauses":[{"to":"` + to + `","value":"1000000000000000000","data":"0x"}],"gasPriceCoef":0,"gas":21000,"dependsOn":null,"nonce":"7"}`,
		"flat":    `{"from":0,"to":"` + strings.ToLower(to) + `","value":"0xde0b6b3a7640000","chainTag":"0x4a","blockRef":"0x0123456700000000","gas":"21000","nonce":7}`,
	} {
		req, err := mainnet().ReadFile([]byte(file))
		if err != nil || !bytes.Equal(req.Payload, want) {
			t.Errorf("%s: %x, %v", name, req.Payload, err)
		}
	}
	for name, file := range map[string]string{
		"nothing": "", "an unknown member": `{"to":"` + to + `","chainTag":74,"blockRef":"0x0123456700000000","gas":1,"nonce":1,"value":"1","bonus":1}`,
		"no gas": `{"to":"` + to + `","chainTag":74,"blockRef":"0x0123456700000000","nonce":1,"value":"1"}`, "a mistyped address": `{"to":"` + to[:41] + `A","chainTag":74,"blockRef":"0x0123456700000000","gas":1,"nonce":1}`,
		"a member twice":   `{"to":"` + to + `","to":"` + to + `","chainTag":74,"blockRef":"0x0123456700000000","gas":1,"nonce":1}`,
		"a negative value": `{"to":"` + to + `","value":-1,"chainTag":74,"blockRef":"0x0123456700000000","gas":1,"nonce":1}`,
		"a tag of 9 bits":  `{"to":"` + to + `","value":1,"chainTag":330,"blockRef":"0x0123456700000000","gas":1,"nonce":1}`,
		"signed":           hex.EncodeToString(sealed(want, make([]byte, 65))),
	} {
		if req, err := mainnet().ReadFile([]byte(file)); err == nil {
			t.Errorf("%s: read as %x", name, req.Payload)
		}
	}
}

func TestPreview(t *testing.T) {
	in, err := mainnet().Preview(chain.Request{Form: FormTransaction, Payload: payment(t).encode()})
	if err != nil || in.Effects[0].From != "signer" || in.Tasks != nil || in.Finish != nil {
		t.Errorf("%+v, %v", in, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(payment(f).encode())
	f.Add(with(f, func(tx *transaction) { tx.dynamic, tx.price, tx.tip = true, big.NewInt(1), big.NewInt(1) }))
	f.Add(with(f, func(tx *transaction) { tx.features, tx.dependsOn = featureDelegation, make([]byte, 32) }))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: raw, Signer: key(t, 1)})
		if err != nil {
			return
		}
		if len(in.Effects) < 2 || len(in.Tasks) != 1 {
			t.Errorf("%d effects, %d tasks", len(in.Effects), len(in.Tasks))
		}
		tx, err := readTransaction(raw)
		if err != nil || !bytes.Equal(tx.encode(), raw) {
			t.Errorf("%x comes back as other bytes, %v", raw, err)
		}
	})
}

func FuzzReadFile(f *testing.F) {
	f.Add([]byte(`{"from":0,"to":"0x7567d83b7b8d80addcb281a71d54fc7b3364ffed","value":"1","chainTag":74,"blockRef":"0x0123456700000000","gas":"21000","nonce":7}`))
	f.Add([]byte(hex.EncodeToString(payment(f).encode())))
	f.Fuzz(func(t *testing.T, file []byte) {
		req, err := mainnet().ReadFile(file)
		if err != nil {
			return
		}
		if _, err := mainnet().Preview(req); err != nil {
			t.Errorf("%q was read as a request that does not decode: %v", file, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	req := chain.Request{Form: FormTransaction, Payload: payment(b).encode(), Signer: key(b, 1)}
	c := mainnet()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(req); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddress(b *testing.B) {
	c, k := mainnet(), key(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Address(k); err != nil {
			b.Fatal(err)
		}
	}
}
