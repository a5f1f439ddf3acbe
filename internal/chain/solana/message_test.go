package solana

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// parts are the parts of a message, so that a test can break one.
type parts struct {
	version      []byte
	header       []byte
	keys         []string
	count        []byte // of keys, where it is not the right one
	hash         string
	instructions []byte // with their count
	lookups      []byte // with their count
}

func (p parts) bytes() []byte {
	b := append(append([]byte{}, p.version...), p.header...)
	if p.count == nil {
		p.count = appendCompact(nil, len(p.keys))
	}
	b = append(append(b, p.count...), strings.Join(p.keys, "")...)
	return append(append(append(b, p.hash...), p.instructions...), p.lookups...)
}

// good is a message with a payer, another signer, a writable account and a program.
func good() parts {
	return parts{
		header: []byte{2, 1, 1}, keys: []string{account("mine"), account("my friend"), account("bob"), systemProgram}, hash: account("blockhash"),
		instructions: append([]byte{1, 3, 2, 0, 2, 12}, pack(uint32(systemTransfer), uint64(7))...),
	}
}

// good0 is the same in version 0, with one lookup table.
func good0() parts {
	p := good()
	p.version = []byte{versionFlag}
	p.lookups = append(append([]byte{1}, account("table")...), 1, 5, 1, 6)
	return p
}

// TestMessageStrict: a message is refused for each thing that is not as it must be.
func TestMessageStrict(t *testing.T) {
	for _, p := range []parts{good(), good0()} {
		if _, err := parseMessage(p.bytes()); err != nil {
			t.Fatal(err)
		}
	}
	table := account("table")
	many := make([]string, 36)
	for i := range many {
		many[i] = account(strings.Repeat("x", i))
	}
	for name, change := range map[string]func(p, p0 *parts){
		"no signer":                    func(p, _ *parts) { p.header = []byte{0, 0, 1} },
		"fee payer not writable":       func(p, _ *parts) { p.header = []byte{2, 2, 1} },
		"more read-only than signers":  func(p, _ *parts) { p.header = []byte{2, 3, 1} },
		"more signers than accounts":   func(p, _ *parts) { p.header = []byte{5, 0, 0} },
		"signers and rest overlap":     func(p, _ *parts) { p.header = []byte{2, 0, 3} },
		"no account":                   func(p, _ *parts) { p.keys, p.header = nil, []byte{0, 0, 0} },
		"account twice":                func(p, _ *parts) { p.keys[2] = p.keys[0] },
		"count of keys in two bytes":   func(p, _ *parts) { p.count = []byte{0x84, 0x00} },
		"count of keys in three bytes": func(p, _ *parts) { p.count = []byte{0x84, 0x80, 0x00} },
		"count of keys of 18 bits":     func(p, _ *parts) { p.count = []byte{0x84, 0x80, 0x04} },
		"endless count":                func(p, _ *parts) { p.count = []byte{0x84, 0x80, 0x80, 0x01} },
		"one key too few":              func(p, _ *parts) { p.count = []byte{5} },
		"fee payer as program":         func(p, _ *parts) { p.instructions[1] = 0 },
		"program out of range":         func(p, _ *parts) { p.instructions[1] = 4 },
		"account out of range":         func(p, _ *parts) { p.instructions[4] = 4 },
		"data cut":                     func(p, _ *parts) { p.instructions = p.instructions[:len(p.instructions)-1] },
		"instruction missing":          func(p, _ *parts) { p.instructions[0] = 2 },
		"instruction not counted":      func(p, _ *parts) { p.instructions[0] = 0 },
		"byte behind the end":          func(p, _ *parts) { p.lookups = []byte{0} },
		"empty":                        func(p, _ *parts) { *p = parts{} },
		"too large": func(p, _ *parts) {
			p.keys = append(p.keys[:3], append(many, systemProgram)...)
			p.instructions = []byte{0}
		},
		"program from a table":         func(_, p *parts) { p.instructions[1] = 4 },
		"account beyond the table":     func(_, p *parts) { p.instructions[4] = 6 },
		"lookup table twice":           func(_, p *parts) { p.lookups = []byte("\x02" + table + "\x01\x05\x00" + table + "\x01\x06\x00") },
		"entry twice":                  func(_, p *parts) { p.lookups = []byte("\x01" + table + "\x02\x05\x05\x00") },
		"entry written and read":       func(_, p *parts) { p.lookups = []byte("\x01" + table + "\x01\x05\x01\x05") },
		"table without entries":        func(_, p *parts) { p.lookups = []byte("\x01" + table + "\x00\x00") },
		"lookups missing":              func(_, p *parts) { p.lookups = nil },
		"byte behind the lookups":      func(_, p *parts) { p.lookups = append(p.lookups, 0) },
		"version 1":                    func(_, p *parts) { p.version = []byte{versionFlag | 1} },
		"version 127":                  func(_, p *parts) { p.version = []byte{0xff} },
		"version 0 of a legacy layout": func(_, p *parts) { p.version, p.lookups = []byte{versionFlag}, nil },
		"legacy with lookups":          func(_, p *parts) { p.version = nil },
		"more than 256 accounts": func(_, p *parts) {
			p.lookups = append([]byte("\x01"+table+"\xfd\x01"), make([]byte, 254)...)
			for i := range 253 {
				p.lookups[len(p.lookups)-254+i] = byte(i)
			}
			p.lookups[len(p.lookups)-1] = 0
		},
	} {
		p, p0 := good(), good0()
		before, before0 := p.bytes(), p0.bytes()
		change(&p, &p0)
		if bytes.Equal(p.bytes(), before) && bytes.Equal(p0.bytes(), before0) {
			t.Fatalf("%s: nothing was changed", name)
		}
		for _, changed := range [][]byte{p.bytes(), p0.bytes()} {
			if bytes.Equal(changed, before) || bytes.Equal(changed, before0) {
				continue
			}
			_, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: changed})
			if err == nil || fault.Is(err, fault.Internal) || fault.Is(err, fault.UnknownKey) {
				t.Errorf("%s: %x, %v", name, changed, err)
			}
		}
	}
}

// TestLargest: what just fits into a packet is decoded, one byte more is not.
func TestLargest(t *testing.T) {
	room := maxTransaction - 1 - signatureSize - len(compile("mine", step{memoProgram, nil, make([]byte, 200)})) + 200
	text := bytes.Repeat([]byte{'x'}, room)
	decodePayload(t, compile("mine", step{memoProgram, nil, text}))
	_, err := mainnet().Decode(chain.Request{Form: FormTransaction, Payload: compile("mine", step{memoProgram, nil, append(text, 'x')})})
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("one byte more: %v", err)
	}
}

// TestLookupTables: what comes from a table is named by its place, and opaque.
func TestLookupTables(t *testing.T) {
	p := good0()
	p.instructions[5-1] = 5 // the receiver: the read-only entry, which follows the writable one
	in := decodePayload(t, p.bytes())
	if e := in.Effects[0]; e.Kind != chain.Move || e.To != "table "+addressOf("table")+" entry 6" || e.From != addressOf("mine") {
		t.Errorf("effects:\n%s", show(in.Effects))
	}
	if e := in.Effects[1]; e.Kind != chain.Opaque || e.To != systemText {
		t.Errorf("effects:\n%s", show(in.Effects))
	}
	p.instructions[5-1] = 4
	if to := decodePayload(t, p.bytes()).Effects[0].To; to != "table "+addressOf("table")+" entry 5" {
		t.Errorf("the writable entry is %s", to)
	}
	// A stake program's account may be the clock or not, if it comes from a table.
	p.keys[3] = stakeProgram
	data := pack(uint32(stakeAuthorizeChecked), uint32(1))
	p.instructions = append([]byte{1, 3, 4, 2, 4, 0, 1, byte(len(data))}, data...)
	if in := decodePayload(t, p.bytes()); !has(in.Effects, chain.Opaque) || !has(in.Effects, chain.Authority) {
		t.Errorf("effects:\n%s", show(in.Effects))
	}
}

// TestRecompile: nothing but the blockhash changes, and what is no message stays out.
func TestRecompile(t *testing.T) {
	for _, p := range []parts{good(), good0()} {
		before := p.bytes()
		got, err := Recompile(before, [32]byte(key("later blockhash")))
		p.hash = account("later blockhash")
		if err != nil || !bytes.Equal(got, p.bytes()) {
			t.Errorf("%x, %v", got, err)
		}
		if p.hash = account("blockhash"); !bytes.Equal(before, p.bytes()) {
			t.Error("the argument was written to")
		}
		if _, err := Recompile(before[:len(before)-1], [32]byte{}); err == nil {
			t.Error("a message that was cut was compiled")
		}
	}
}

// TestNoInstruction: a message that does nothing still pays.
func TestNoInstruction(t *testing.T) {
	in := decodePayload(t, compile("mine"))
	if len(in.Effects) != 1 || in.Effects[0].Kind != chain.Fee || in.Effects[0].Amount != "5000" {
		t.Errorf("effects:\n%s", show(in.Effects))
	}
}
