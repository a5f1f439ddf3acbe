package solana

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

// mainnet and devnet are rows as the registry has them, as far as the package cares.
func mainnet() Chain {
	return New(chain.Network{ID: "solana", Symbol: "SOL", Decimals: 9, Algorithm: curve.Ed25519})
}

func devnet() Chain {
	return New(chain.Network{ID: "solana-testnet", Symbol: "SOL", Decimals: 9, Algorithm: curve.Ed25519, Test: true})
}

// account is the key of a named account: a hash as in the vectors, or the public key of
// seed(name) for "mine" and those whose names begin with "my".
func account(name string) string {
	if name == "mine" || strings.HasPrefix(name, "my ") {
		return string(ed25519.NewKeyFromSeed(seed(name))[32:])
	}
	sum := sha256.Sum256([]byte(name))
	return string(sum[:])
}

func seed(name string) []byte {
	sum := sha256.Sum256([]byte("seed of " + name))
	return sum[:]
}

func addressOf(name string) string { return base58Text([]byte(account(name))) }

func publicOf(name string) curve.PublicKey { return publicKey([]byte(account(name))) }

// meta is an account of an instruction: its key, and whether it signs.
type meta struct {
	key    string
	signer bool
}

func signer(name string) meta { return meta{account(name), true} }
func other(name string) meta  { return meta{account(name), false} }
func exact(key string) meta   { return meta{key, false} }

// step is an instruction before it is compiled.
type step struct {
	program string
	metas   []meta
	data    []byte
}

// compile writes a message whose accounts are all writable, payer first, then the other
// signers, then the rest, each in the order in which they come.
func compile(payer string, steps ...step) []byte {
	keys, rest := []string{account(payer)}, []string(nil)
	for _, s := range steps {
		for _, m := range s.metas {
			if m.signer && !slices.Contains(keys, m.key) {
				keys = append(keys, m.key)
			}
		}
	}
	signers := len(keys)
	for _, s := range steps {
		for _, m := range append(slices.Clone(s.metas), exact(s.program)) {
			if !slices.Contains(keys, m.key) && !slices.Contains(rest, m.key) {
				rest = append(rest, m.key)
			}
		}
	}
	keys = append(keys, rest...)
	b := []byte{byte(signers), 0, 0, byte(len(keys))}
	b = append(append(b, strings.Join(keys, "")...), account("blockhash")...)
	b = append(b, byte(len(steps)))
	for _, s := range steps {
		b = append(b, byte(slices.Index(keys, s.program)), byte(len(s.metas)))
		for _, m := range s.metas {
			b = append(b, byte(slices.Index(keys, m.key)))
		}
		b = append(appendCompact(b, len(s.data)), s.data...)
	}
	return b
}

func appendCompact(b []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// pack joins numbers little-endian in their own size, texts behind a length of 64 bits,
// and bytes as they are.
func pack(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(binary.LittleEndian.AppendUint64(b, uint64(len(p))), p...)
		case []byte:
			b = append(b, p...)
		default:
			var err error
			if b, err = binary.Append(b, binary.LittleEndian, p); err != nil {
				panic(err)
			}
		}
	}
	return b
}

func key(name string) []byte { return []byte(account(name)) }

func transfer(from, to string, lamports uint64) step {
	return step{systemProgram, []meta{signer(from), other(to)}, pack(uint32(systemTransfer), lamports)}
}

func decodePayload(t testing.TB, payload []byte) *chain.Intent {
	t.Helper()
	in, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: payload})
	if err != nil {
		t.Fatalf("%x: %v", payload, err)
	}
	return in
}

// show writes effects one to a line.
func show(effects []chain.Effect) string {
	var b strings.Builder
	for _, e := range effects {
		fmt.Fprintf(&b, "%s: %+v\n", e.Kind, e)
	}
	return b.String()
}

// vector is a line of testdata/vectors.jsonl.
type vector struct {
	Name       string      `json:"name"`
	Message    hexBytes    `json:"message"`
	Recompiled hexBytes    `json:"recompiled"`
	Wire       string      `json:"wire"`
	Effects    []hasEffect `json:"effects"`
}

type hasEffect struct {
	Kind string `json:"kind"`
	chain.Effect
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func readLines[T any](t testing.TB, name string) (all []T) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func hexText(b []byte) string { return hex.EncodeToString(b) }
