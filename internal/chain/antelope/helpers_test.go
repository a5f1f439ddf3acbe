package antelope

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"strongroom/internal/chain"
	wire "strongroom/internal/codec/antelope"
	"strongroom/internal/codec/base58"
)

func sha(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:]
}

func encode58(data []byte) []byte { return base58.AppendEncode(nil, data) }

// name reads a name that the test spells rightly.
func name(text string) Name {
	n, err := ParseName(text)
	if err != nil {
		panic(fmt.Sprintf("%q: %v", text, err))
	}
	return n
}

// permission reads "alice@active".
func permission(text string) Permission {
	actor, level, _ := strings.Cut(text, "@")
	return Permission{name(actor), name(level)}
}

// pack packs action data from Go values: names as Name, "4,EOS" amounts as
// quantity, texts as string, and so on.
func pack(values ...any) (b []byte) {
	for _, v := range values {
		switch v := v.(type) {
		case Name:
			b = wire.AppendName(b, v)
		case Permission:
			b = wire.AppendName(wire.AppendName(b, v.Actor), v.Permission)
		case string:
			b = wire.AppendBytes(b, v)
		case []byte: // as it is
			b = append(b, v...)
		case uint8:
			b = append(b, v)
		case uint16:
			b = wire.AppendUint16(b, v)
		case uint32:
			b = wire.AppendUint32(b, v)
		case uint64:
			b = wire.AppendUint64(b, v)
		case int: // a count
			b = wire.AppendVaruint32(b, uint32(v))
		case PublicKey:
			b = v.AppendPacked(b)
		case quantity:
			b = append(wire.AppendUint64(b, uint64(v.amount)), symbol(v.decimals, v.code)...)
		default:
			panic(fmt.Sprintf("cannot pack %T", v))
		}
	}
	return b
}

// quantity is an amount of a token.
type quantity struct {
	amount   int64
	decimals uint8
	code     string
}

func eos(amount int64) quantity { return quantity{amount, 4, "EOS"} }

func symbol(decimals uint8, code string) []byte {
	b := make([]byte, 8)
	b[0] = decimals
	copy(b[1:], code)
	return b
}

// action is an action by the permissions, "alice@active" if there are none.
func action(target string, data []byte, by ...string) Action {
	account, what, _ := strings.Cut(target, ":")
	a := Action{Account: name(account), Name: name(what), Data: data}
	if len(by) == 0 {
		by = []string{"alice@active"}
	}
	for _, p := range by {
		if p != "" {
			a.Authorization = append(a.Authorization, permission(p))
		}
	}
	return a
}

func transaction(actions ...Action) SignedTransaction {
	return SignedTransaction{Transaction: Transaction{
		Expiration: 1767225600, RefBlockNum: 4660, RefBlockPrefix: 2596069104, Actions: actions,
	}}
}

func transfer(from, to string, amount int64, memo string) Action {
	return action("eosio.token:transfer", pack(name(from), name(to), eos(amount), memo), from+"@active")
}

func request(t testing.TB, tx SignedTransaction) chain.Request {
	t.Helper()
	return chain.Request{
		Form: FormTransaction, Payload: tx.Payload(mainnet(t)),
		Context: EncodeSigners([]PublicKey{parsePublic(t, k1Public)}),
	}
}

// effectsOf decodes the transaction as the gate does.
func effectsOf(t testing.TB, tx SignedTransaction) []chain.Effect {
	t.Helper()
	in, err := New().Decode(request(t, tx))
	if err != nil {
		t.Fatal(err)
	}
	return in.Effects
}

func describe(effects []chain.Effect) string {
	var b strings.Builder
	for _, e := range effects {
		fmt.Fprintf(&b, "  %s %+v\n", e.Kind, e)
	}
	return b.String()
}
