package algorand

import (
	"bytes"
	"errors"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func testMultisig() Multisig {
	return NewMultisig(1, 2, [][32]byte{account("alice"), account("bob"), account("alice")})
}

func TestMultisigValidate(t *testing.T) {
	keys := make([][32]byte, maxMultisigKeys+1)
	for _, c := range []struct {
		name               string
		version, threshold uint8
		keys               int
		want               error
	}{
		{"one of one", 1, 1, 1, nil},
		{"all of 255", 1, 255, 255, nil},
		{"more keys than the network allows", 1, 255, 300, nil},
		{"version 0", 0, 1, 1, ErrUnknownVersion},
		{"version 2", 2, 1, 1, ErrUnknownVersion},
		{"version before threshold", 2, 0, 0, ErrUnknownVersion},
		{"threshold 0", 1, 0, 1, ErrInvalidThreshold},
		{"no keys", 1, 0, 0, ErrInvalidThreshold},
		{"no keys but a threshold", 1, 1, 0, ErrInvalidThreshold},
		{"threshold above keys", 1, 3, 2, ErrInvalidThreshold},
	} {
		if err := NewMultisig(c.version, c.threshold, keys[:c.keys]).Validate(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	if err := NewMultisig(1, 1, keys).Validate(); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too many keys: %v", err)
	}
}

func TestPreimage(t *testing.T) {
	m := testMultisig()
	p := m.Preimage()
	if len(p) != 2+3*32 || p[0] != 1 || p[1] != 2 || !bytes.Equal(p[2:34], m.Subsigs[0].Key[:]) {
		t.Fatalf("preimage %x", p)
	}
	if again := NewMultisig(m.Version, m.Threshold, m.Keys()); !bytes.Equal(again.Preimage(), p) {
		t.Errorf("the keys %x make another preimage", m.Keys())
	}
	if m.IsZero() || NewMultisig(1, 0, nil).IsZero() || NewMultisig(0, 1, nil).IsZero() || NewMultisig(0, 0, m.Keys()).IsZero() || !(Multisig{}).IsZero() {
		t.Error("only an empty multisig is zero")
	}
	back, err := ParsePreimage(p)
	if err != nil || back.Address() != m.Address() {
		t.Fatalf("%v, %v", back, err)
	}
	for name, b := range map[string][]byte{
		"empty": nil, "no keys": {1, 1}, "short": p[:len(p)-1], "long": append(bytes.Clone(p), 0), "version": append([]byte{2}, p[1:]...),
	} {
		if _, err := ParsePreimage(b); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

// TestMerge: what may happen to a slot.
func TestMerge(t *testing.T) {
	m := testMultisig()
	one, other := [64]byte{1}, [64]byte{2}
	m.Subsigs[1].Signature = other // bob's, valid or not

	merged, err := m.Merge(account("alice"), one)
	if err != nil {
		t.Fatal(err)
	}
	if merged.Subsigs[0].Signature != one || merged.Subsigs[2].Signature != one {
		t.Error("every slot of the key must be filled")
	}
	if merged.Subsigs[1].Signature != other {
		t.Error("another key's slot was touched")
	}
	if m.Subsigs[0].Signed() {
		t.Error("the original was changed")
	}
	if again, err := merged.Merge(account("alice"), one); err != nil || !bytes.Equal(again.Encode(), merged.Encode()) {
		t.Errorf("an equal signature must stay: %v", err)
	}
	if _, err := merged.Merge(account("alice"), other); !errors.Is(err, ErrConflictingSignature) {
		t.Errorf("a different signature: %v", err)
	}
	half := testMultisig()
	half.Subsigs[2].Signature = other
	if _, err := half.Merge(account("alice"), one); !errors.Is(err, ErrConflictingSignature) {
		t.Errorf("a different signature in the second slot of the key: %v", err)
	}
	if _, err := m.Merge(account("carol"), one); !errors.Is(err, ErrNotPossibleSigner) {
		t.Errorf("a key without a slot: %v", err)
	}
}

func TestMultisigEncoding(t *testing.T) {
	m := testMultisig()
	m.Subsigs[1].Signature = [64]byte{9}
	for name, m := range map[string]Multisig{"usual": m, "zero": {}, "zero key": NewMultisig(1, 1, make([][32]byte, 2))} {
		encoded := m.Encode()
		back, err := DecodeMultisig(encoded)
		if err != nil || !bytes.Equal(back.Encode(), encoded) || !bytes.Equal(back.Preimage(), m.Preimage()) {
			t.Errorf("%s: %x reads as %+v, %v", name, encoded, back, err)
		}
	}
	encoded := m.Encode()
	unsorted := msgpack.AppendMapHeader(nil, 2)
	unsorted = msgpack.AppendUint(msgpack.AppendText(unsorted, "v"), 1)
	unsorted = msgpack.AppendUint(msgpack.AppendText(unsorted, "thr"), 1)
	for name, b := range map[string][]byte{
		"empty": {}, "nil": {0xc0}, "cut": encoded[:len(encoded)-1], "long": append(bytes.Clone(encoded), 0),
		"unsorted": unsorted, "explicit zero": {0x81, 0xa1, 'v', 0}, "unknown": {0x81, 0xa1, 'w', 1},
		"long integer": {0x81, 0xa1, 'v', 0xcc, 1}, "version 256": {0x81, 0xa1, 'v', 0xcd, 1, 0},
	} {
		if _, err := DecodeMultisig(b); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestContext: which account a multisig may sign for, and how refusals are told apart.
func TestContext(t *testing.T) {
	m := testMultisig()
	signed := testMultisig()
	signed.Subsigs[1].Signature = [64]byte{1}
	broken := testMultisig()
	broken.Version = 3
	sender, alice, carol := m.Address(), account("alice"), account("carol")
	for _, c := range []struct {
		name    string
		context MultisigContext
		account Address
		key     Address
		want    error
	}{
		{"start for the sender", MultisigContext{Multisig: m, Start: true}, sender, alice, nil},
		{"partial for the sender", MultisigContext{Multisig: signed}, sender, alice, nil},
		{"partial for the authorised address", MultisigContext{Multisig: m, Account: sender}, carol, alice, nil},
		{"partial for somebody else", MultisigContext{Multisig: m}, carol, alice, ErrAddressMismatch},
		{"partial for two other accounts", MultisigContext{Multisig: m, Account: alice}, carol, alice, ErrAddressMismatch},
		{"start knows no authorised address", MultisigContext{Multisig: m, Account: sender, Start: true}, carol, alice, ErrAddressMismatch},
		{"start with a strange key", MultisigContext{Multisig: m, Start: true}, sender, carol, ErrNotAmongKeys},
		{"partial with a strange key", MultisigContext{Multisig: m}, sender, carol, ErrNotPossibleSigner},
		{"version before address", MultisigContext{Multisig: broken}, carol, carol, ErrUnknownVersion},
		{"address before key", MultisigContext{Multisig: m}, carol, carol, ErrAddressMismatch},
	} {
		back, err := DecodeMultisigContext(c.context.Encode())
		if err != nil || !bytes.Equal(back.Encode(), c.context.Encode()) {
			t.Errorf("%s: context reads as %+v, %v", c.name, back, err)
		}
		tx := msgpack.AppendBinary(msgpack.AppendText(msgpack.AppendMapHeader(nil, 2), "snd"), c.account[:])
		tx = msgpack.AppendText(msgpack.AppendText(tx, "type"), "pay")
		_, err = New().Decode(chain.Request{
			Form: FormMultisigTransaction, Payload: tx, Signer: publicKey(t, c.key), Context: c.context.Encode(),
		})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	start := MultisigContext{Multisig: signed, Start: true}
	if err := start.check(sender, alice); err == nil {
		t.Error("a started multisig with signatures was accepted")
	}
}

// TestSignerIsNeeded: only a plain transaction names its own signer.
func TestSignerIsNeeded(t *testing.T) {
	for _, form := range []string{FormProgram, FormMultisigProgram, FormMultisigProgramLegacy, FormMultisigTransaction} {
		req := chain.Request{Form: form, Payload: encodeJSON(t, `{"snd":"@alice","type":"pay"}`)}
		for name, signer := range map[string]curve.PublicKey{"none": {}, "zero": publicKey(t, Address{})} {
			req.Signer = signer
			if _, err := New().Decode(req); !fault.Is(err, fault.UnknownKey) {
				t.Errorf("%s, signer %s: %v", form, name, err)
			}
		}
	}
	for _, form := range []string{FormTransaction, FormProgram} {
		req := chain.Request{Form: form, Payload: encodeJSON(t, `{"snd":"@alice","type":"pay"}`), Signer: publicKey(t, account("bob")), Context: []byte{0x80}}
		if _, err := New().Decode(req); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s with a context: %v", form, err)
		}
	}
}
