package tron

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
)

const golden = "../../../testdata/golden/tatum"

func tron() Chain {
	return New(chain.Network{ID: "tron", Title: "TRON", Symbol: "TRX", Decimals: 6, Algorithm: curve.Secp256k1})
}

// Who takes part in the transactions of the tests.
var (
	private  = unhex("b5a4cea271ff424d7c31dc12a3e43e401df7a40d7412a15750f3f0b6b5449a28")
	alice    = [hashSize]byte(unhex("c8599111f29c1e1e061265b4af93ea1f274ad78a")) // whose key that is
	bob      = [hashSize]byte(unhex("b6e708a39781c96bd399c7657780ff9fe9f052a8"))
	usdt     = [hashSize]byte(unhex("a614f803b6fd780986a42c78ec9c7f77e6ded13c"))
	mallory  = [hashSize]byte{19: 0x66}
	contract = [hashSize]byte{19: 0x77} // of nobody in particular
)

func unhex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return b
}

func signer(t testing.TB) curve.PublicKey {
	t.Helper()
	return chaintest.PublicKey(t, curve.Secp256k1, private)
}

// fields is a message in the making: fields in the order in which they are added.
type fields []byte

func (f fields) number(n protowire.Number, v uint64) fields {
	return protowire.AppendVarint(protowire.AppendTag(f, n, protowire.VarintType), v)
}

func (f fields) data(n protowire.Number, v []byte) fields {
	return protowire.AppendBytes(protowire.AppendTag(f, n, protowire.BytesType), v)
}

func (f fields) text(n protowire.Number, v string) fields { return f.data(n, []byte(v)) }

func (f fields) address(n protowire.Number, hash [hashSize]byte) fields {
	return f.data(n, append([]byte{addressPrefix}, hash[:]...))
}

// contractOf is the contract of a type that says value.
func contractOf(typ uint64, value []byte) fields {
	any := fields{}.text(1, typePrefix+typeName(int64(typ)))
	if len(value) > 0 {
		any = any.data(2, value)
	}
	c := fields{}
	if typ != 0 {
		c = c.number(1, typ)
	}
	return c.data(2, any)
}

// rawOf is a transaction with that contract, as nodes make it.
func rawOf(contract []byte) fields {
	return fields{}.data(1, unhex("a1b2")).data(4, unhex("0102030405060708")).number(8, 1900000000000).
		data(11, contract).number(14, 1899999940000)
}

// transactionOf is a transaction of a type that says value.
func transactionOf(typ uint64, value []byte) fields { return rawOf(contractOf(typ, value)) }

func transfer(to [hashSize]byte, amount uint64) fields {
	return transactionOf(typeTransfer, fields{}.address(1, alice).address(2, to).number(3, amount))
}

func call(to [hashSize]byte, data string) fields {
	return transactionOf(typeTriggerSmartContract, fields{}.address(1, alice).address(2, to).data(4, unhex(data))).number(18, 100*trx)
}

// decoded is what alice's signature of a transaction means.
func decoded(t testing.TB, payload []byte) *chain.Intent {
	t.Helper()
	in, err := tron().Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: signer(t)})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// never is the Until of an effect that has none.
const never = "never"

func wantEffect(t *testing.T, effects []chain.Effect, want chain.Effect) {
	t.Helper()
	same := func(w, g string) bool { return w == "" || w == g || w == never && g == "" }
	for _, e := range effects {
		if e.Kind == want.Kind && same(want.Asset, e.Asset) && same(want.Amount, e.Amount) && same(want.From, e.From) && same(want.To, e.To) &&
			same(want.Subject, e.Subject) && same(want.Until, e.Until) && strings.Contains(e.Detail, want.Detail) {
			return
		}
	}
	t.Errorf("no effect like\n%sin\n%s", describeEffects(want), describeEffects(effects...))
}

func describeEffects(effects ...chain.Effect) string {
	var b strings.Builder
	for _, e := range effects {
		fmt.Fprintf(&b, "  %s asset=%q amount=%q from=%q to=%q subject=%q detail=%q until=%q\n", e.Kind, e.Asset, e.Amount, e.From, e.To, e.Subject, e.Detail, e.Until)
	}
	return b.String()
}

// vectors is testdata/tronweb.json.
type vectors struct {
	Key, Address string
	Transactions []struct{ Name, Type, JSON, Visible, Signature string }
	Messages     []struct{ Message, Signature string }
}

func readVectors(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func tronweb(t testing.TB) (v vectors) {
	t.Helper()
	readVectors(t, "tronweb.json", &v)
	if len(v.Transactions) < 38 || len(v.Messages) < 4 {
		t.Fatal("vectors are missing")
	}
	return v
}

// encode is the other direction of reading: what a message says, written again.
func encode(o *object) (out fields) {
	for _, m := range o.members {
		switch {
		case m.sub != nil:
			out = out.data(m.field.number, encode(m.sub))
		case m.field.kind.wireType() == protowire.VarintType:
			out = out.number(m.field.number, uint64(m.number))
		default:
			out = out.data(m.field.number, m.bytes)
		}
	}
	return out
}

// trc20Transfer is transfer(bob, 1000000).
const trc20Transfer = "a9059cbb000000000000000000000000b6e708a39781c96bd399c7657780ff9fe9f052a800000000000000000000000000000000000000000000000000000000000f4240"
