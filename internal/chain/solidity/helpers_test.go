package solidity

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/sha3"

	"strongroom/internal/chain"
)

// Who takes part in the calls of the tests.
var (
	alice   = account(0xa1) // who calls
	bob     = account(0xb0) // whom alice knows
	mallory = account(0x66) // whom nobody should pay
	token   = account(0x70)
	other   = account(0x71) // another token
	target  = account(0x7a) // the contract that alice calls
	safe    = account(0x5a)

	multiSendOnly = [20]byte(unhex("40A2aCCbd92BCA938b02010E17A5b8929b49130D"))
)

func account(b byte) [20]byte {
	var a [20]byte
	for i := range a {
		a[i] = b
	}
	return a
}

func text(a [20]byte) string {
	switch a {
	case alice:
		return "alice"
	case bob:
		return "bob"
	case mallory:
		return "mallory"
	case token:
		return "token"
	case other:
		return "other"
	case target:
		return "target"
	case safe:
		return "safe"
	}
	return "0x" + hex.EncodeToString(a[:])
}

func caller() Caller {
	return Caller{Address: text, Native: "ETH", Token: func(a [20]byte) string { return "erc20 " + text(a) }}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// selectorOf is the selector of a signature, by the definition.
func selectorOf(signature string) []byte { return keccak(signature)[:4] }

func keccak(text string) []byte {
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Arguments for encode beside numbers, addresses and bytes.
type (
	tuple []any
	list  []any
)

// encode writes a call in the canonical layout: int, *big.Int, bool, [20]byte and
// [32]byte are words, []byte is bytes, tuple a struct and list a T[].
func encode(signature string, arguments ...any) []byte {
	return append(selectorOf(signature), sequenceOf(arguments)...)
}

func sequenceOf(arguments []any) []byte {
	size := 0
	for _, a := range arguments {
		if isDynamic(a) {
			size += word
		} else {
			size += len(encodeOne(a))
		}
	}
	var head, tail []byte
	for _, a := range arguments {
		if isDynamic(a) {
			head = append(head, encodeOne(size+len(tail))...)
			tail = append(tail, encodeOne(a)...)
		} else {
			head = append(head, encodeOne(a)...)
		}
	}
	return append(head, tail...)
}

func isDynamic(a any) bool {
	switch a := a.(type) {
	case []byte, list:
		return true
	case tuple:
		for _, part := range a {
			if isDynamic(part) {
				return true
			}
		}
	}
	return false
}

func encodeOne(a any) []byte {
	w := make([]byte, word)
	switch a := a.(type) {
	case int:
		binary.BigEndian.PutUint64(w[24:], uint64(a))
	case bool:
		if a {
			w[31] = 1
		}
	case *big.Int:
		a.FillBytes(w)
	case [20]byte:
		copy(w[12:], a[:])
	case [32]byte:
		copy(w, a[:])
	case []byte:
		binary.BigEndian.PutUint64(w[24:], uint64(len(a)))
		padded := append(w, a...)
		for len(padded)%word != 0 {
			padded = append(padded, 0)
		}
		return padded
	case tuple:
		return sequenceOf(a)
	case list:
		binary.BigEndian.PutUint64(w[24:], uint64(len(a)))
		return append(w, sequenceOf(a)...)
	default:
		panic(fmt.Sprintf("no encoding for %T", a))
	}
	return w
}

// power is 2^n - 1.
func power(n uint) *big.Int {
	one := big.NewInt(1)
	return new(big.Int).Sub(new(big.Int).Lsh(one, n), one)
}

// packed is an entry of multiSend.
func packed(operation byte, to [20]byte, value int, data []byte) []byte {
	b := append([]byte{operation}, to[:]...)
	b = append(b, encodeOne(value)...)
	b = append(b, encodeOne(len(data))...)
	return append(b, data...)
}

// read is what alice's call of a contract means.
func read(to [20]byte, data []byte) Meaning {
	return caller().Read(Call{From: alice, HasFrom: true, To: to, Data: data})
}

// find gives the first effect that has what want says; fields that are empty in
// want, and words missing from its detail, do not matter.
func find(effects []chain.Effect, want chain.Effect) bool {
	same := func(w, g string) bool { return w == "" || w == g }
	for _, e := range effects {
		if e.Kind == want.Kind && same(want.Asset, e.Asset) && same(want.Amount, e.Amount) && same(want.From, e.From) &&
			same(want.To, e.To) && same(want.Subject, e.Subject) && same(want.Until, e.Until) && strings.Contains(e.Detail, want.Detail) {
			return true
		}
	}
	return false
}

func describe(effects ...chain.Effect) string {
	var b strings.Builder
	for _, e := range effects {
		fmt.Fprintf(&b, "  %s asset=%q amount=%q from=%q to=%q subject=%q detail=%q until=%q\n", e.Kind, e.Asset, e.Amount, e.From, e.To, e.Subject, e.Detail, e.Until)
	}
	return b.String()
}

func wantEffect(t *testing.T, m Meaning, want chain.Effect) {
	t.Helper()
	if !find(m.Effects, want) {
		t.Errorf("no effect like\n%sin\n%s", describe(want), describe(m.Effects...))
	}
}

func wantWarning(t *testing.T, m Meaning, part string) {
	t.Helper()
	if !strings.Contains(strings.Join(m.Warnings, "\n"), part) {
		t.Errorf("no warning with %q in %q", part, m.Warnings)
	}
}
