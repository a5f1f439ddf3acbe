package solana

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain"
)

// TestVectors: messages that the libraries of Solana wrote mean what they were asked to
// write, and nothing else.
func TestVectors(t *testing.T) {
	vectors := readLines[vector](t, "vectors.jsonl")
	if len(vectors) != 192 {
		t.Errorf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			in, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: v.Message})
			if err != nil {
				t.Fatal(err)
			}
			var got, want []chain.Effect
			for _, e := range in.Effects {
				e.Detail, e.Until = "", ""
				got = append(got, e)
			}
			for _, e := range v.Effects {
				kind, ok := chain.ParseEffectKind(e.Kind)
				if !ok {
					t.Fatalf("unknown kind %q", e.Kind)
				}
				e.Effect.Kind = kind
				if kind == chain.Message {
					got[0].Detail = ""
				}
				want = append(want, e.Effect)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
			wire, err := in.Finish(make([][]byte, len(in.Tasks)))
			if err == nil {
				t.Errorf("finished with empty signatures as %x", wire)
			}
			if v.Wire == "" {
				return
			}
			zeros := make([][]byte, len(in.Tasks))
			for i := range zeros {
				zeros[i] = make([]byte, signatureSize)
			}
			if wire, err = in.Finish(zeros); err != nil || in.Encoding.Encode(wire) != v.Wire {
				t.Errorf("wire %s, want %s, %v", in.Encoding.Encode(wire), v.Wire, err)
			}
			req, err := mainnet().ReadFile([]byte(v.Wire))
			if err != nil || !bytes.Equal(req.Payload, v.Message) || req.Context != nil {
				t.Errorf("the wire transaction is read as %x, context %x, %v", req.Payload, req.Context, err)
			}
			if v.Recompiled != nil {
				again, err := Recompile(v.Message, [32]byte(key("later blockhash")))
				if err != nil || !bytes.Equal(again, v.Recompiled) {
					t.Errorf("compiled again as %x, want %x, %v", again, []byte(v.Recompiled), err)
				}
			}
		})
	}
}

// TestVectorsCut: an instruction whose data or accounts are cut, or go on behind the
// end, is opaque besides whatever else it is.
func TestVectorsCut(t *testing.T) {
	network := chain.Network{Symbol: "SOL"}
	for _, v := range readLines[vector](t, "vectors.jsonl") {
		m, err := parseMessage(v.Message)
		if err != nil {
			t.Fatal(err)
		}
		last := &m.instructions[len(m.instructions)-1]
		whole := *last
		check := func(what string) {
			if d := describe(&network, &m); !has(d.list, chain.Opaque) {
				t.Errorf("%s, %s, is not opaque:\n%s", v.Name, what, show(d.list))
			}
		}
		if !readsAnyData(v.Name) {
			for n := range whole.data {
				last.data = whole.data[:n]
				check(fmt.Sprintf("data cut to %d bytes", n))
			}
			last.data = append(bytes.Clone(whole.data), 7)
			check("a byte behind the data")
			last.data = whole.data
		}
		if len(whole.accounts) > 0 && !strings.HasPrefix(v.Name, "memo") {
			last.accounts = nil
			check("without accounts")
		}
	}
}

// readsAnyData names the instructions whose data ends with a text or a list, or may be
// left out, so that what is cut is another good instruction.
func readsAnyData(name string) bool {
	for _, part := range []string{"memo ", "check", "ui amount to amount", "get account data size", "reallocate", "associated create"} {
		if strings.Contains(name, part) && !strings.Contains(name, "checked") {
			return true
		}
	}
	return false
}

func has(effects []chain.Effect, kind chain.EffectKind) bool {
	for _, e := range effects {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// TestVectorsAsFiles: the three spellings of a message are read alike.
func TestVectorsAsFiles(t *testing.T) {
	for _, v := range readLines[vector](t, "vectors.jsonl") {
		for _, text := range []string{
			hexText(v.Message), "0x" + hexText(v.Message), " " + base64.StdEncoding.EncodeToString(v.Message) + "\n",
			base58Text(v.Message), string(v.Message), `{"txData": "` + hexText(v.Message) + `"}`,
		} {
			req, err := mainnet().ReadFile([]byte(text))
			if err != nil || !bytes.Equal(req.Payload, v.Message) || req.Context != nil || req.Form != FormTransaction {
				t.Errorf("%s: %.40q... is read as %x, %v", v.Name, text, req.Payload, err)
			}
		}
	}
}
