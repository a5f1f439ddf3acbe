package algorand

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// recording is one line of testdata/recordings.jsonl.
type recording struct {
	N           int
	Name        string
	Path        string
	Transaction []byte
	PublicKey   []byte `json:"public_key"`
	Address     string
	Data        []byte
	Partial     *struct {
		Subsig []struct{ PK, S []byte }
		Thr, V uint8
	} `json:"partial_multisig"`
	Signer  []byte
	Legacy  bool `json:"use_legacy_msig"`
	Result  []byte
	Message string
}

func readRecordings(t testing.TB) (all []recording) {
	t.Helper()
	f, err := os.Open("testdata/recordings.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r recording
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// Errors of the replay itself, for what other layers of a daemon decide.
var (
	errNotInWallet     = errors.New("key not in wallet")
	errUnknownMultisig = errors.New("multisig not in wallet")
)

// kmdMessages are the peer's texts for our errors.
var kmdMessages = map[string]error{
	"key does not exist in this wallet":                                               errNotInWallet,
	"multisig information (pks, threshold) for address does not exist in this wallet": errUnknownMultisig,
	"unknown version":    ErrUnknownVersion,
	"Invalid threshold":  ErrInvalidThreshold,
	"Key does not exist": ErrNotAmongKeys,
	"given key is not a possible signer for this multisig":          ErrNotPossibleSigner,
	"given multisig preimage hashes to neither Sender nor AuthAddr": ErrAddressMismatch,
	"Invalid duplicates": ErrConflictingSignature,
}

// refusedOnPurpose are the recordings that the peer signs and we refuse,
// because two readers of the same bytes could disagree about them.
var refusedOnPurpose = map[string]string{
	"sign-trailing-bytes":   "bytes after the end of the msgpack value",
	"sign-short-address":    "4 bytes where 32 are needed",
	"sign-long-address":     "34 bytes where 32 are needed",
	"sign-duplicate-key":    "is repeated",
	"sign-positional-array": "unexpected kind",
}

// replay answers a recorded request as an API over this package would.
type replay struct {
	keys      testKeys
	multisigs map[Address]Multisig
}

func newReplay() replay {
	r := replay{newTestKeys(), map[Address]Multisig{}}
	k11 := [32]byte(ed25519.NewKeyFromSeed(repeat(0x11, 32)).Public().(ed25519.PublicKey))
	k22 := [32]byte(ed25519.NewKeyFromSeed(repeat(0x22, 32)).Public().(ed25519.PublicKey))
	k44 := [32]byte(ed25519.NewKeyFromSeed(repeat(0x44, 32)).Public().(ed25519.PublicKey))
	for _, m := range []Multisig{
		NewMultisig(1, 2, [][32]byte{k11, k22, k44}),
		NewMultisig(1, 2, [][32]byte{k22, k11, k44}),
		NewMultisig(1, 1, [][32]byte{k11}),
		NewMultisig(1, 2, [][32]byte{k11, k11}),
	} {
		r.multisigs[m.Address()] = m
	}
	return r
}

func (r replay) answer(t *testing.T, rec recording) ([]byte, error) {
	req := chain.Request{Payload: rec.Data}
	var account Address
	if rec.Address != "" {
		var err error
		if account, err = ParseAddress(rec.Address); err != nil {
			return nil, err
		}
	}
	if rec.Transaction != nil || rec.Address == "" {
		var err error
		if req.Payload, err = Canonicalize(rec.Transaction); err != nil {
			return nil, err
		}
		if account, err = Sender(req.Payload); err != nil {
			t.Fatal("a canonical transaction without a sender:", err)
		}
	}
	if len(rec.PublicKey) != 0 {
		req.Signer = publicKey(t, Address(rec.PublicKey))
	}
	switch rec.Path {
	case "/v1/transaction/sign":
		req.Form = FormTransaction
	case "/v1/program/sign":
		req.Form, req.Signer = FormProgram, publicKey(t, account)
	default:
		req.Form = FormMultisigTransaction
		c := MultisigContext{Account: account}
		if rec.Path == "/v1/multisig/sign" {
			c.Account = Address{}
			copy(c.Account[:], rec.Signer)
		} else if req.Form = FormMultisigProgram; rec.Legacy {
			req.Form = FormMultisigProgramLegacy
		}
		if rec.Partial != nil {
			c.Multisig = Multisig{Version: rec.Partial.V, Threshold: rec.Partial.Thr}
			for _, s := range rec.Partial.Subsig {
				slot := Subsig{Key: [32]byte(s.PK)}
				copy(slot.Signature[:], s.S)
				c.Multisig.Subsigs = append(c.Multisig.Subsigs, slot)
			}
		} else {
			known, ok := r.multisigs[account]
			if !ok {
				return nil, errUnknownMultisig
			}
			c.Multisig, c.Start = known, true
		}
		req.Context = c.Encode()
	}
	intent, err := New().Decode(req)
	if fault.Is(err, fault.UnknownKey) {
		return nil, errNotInWallet
	}
	if err != nil {
		return nil, err
	}
	task := intent.Tasks[0]
	key, ok := r.keys[Address(task.Key.Bytes())]
	if !ok {
		return nil, errNotInWallet
	}
	return intent.Finish([][]byte{ed25519.Sign(key, task.Message)})
}

// TestRecordings holds every recorded signature against ours, byte by byte.
func TestRecordings(t *testing.T) {
	r := newReplay()
	recordings := readRecordings(t)
	if len(recordings) < 70 {
		t.Fatalf("only %d recordings", len(recordings))
	}
	refused := 0
	for _, rec := range recordings {
		t.Run(rec.Name, func(t *testing.T) {
			got, err := r.answer(t, rec)
			if reason, ok := refusedOnPurpose[rec.Name]; ok {
				refused++
				if !fault.Is(err, fault.InvalidPayload) || !bytes.Contains([]byte(fault.Text(err)), []byte(reason)) {
					t.Fatalf("got %v, want a refusal that says %q", err, reason)
				}
				return
			}
			if rec.Message == "" {
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, rec.Result) {
					t.Fatalf("got\n%x\nwant\n%x", got, rec.Result)
				}
				return
			}
			if rec.Message == "could not decode transaction" {
				if !fault.Is(err, fault.InvalidPayload) {
					t.Fatalf("got %v, want an invalid payload", err)
				}
				return
			}
			if want, ok := kmdMessages[rec.Message]; !ok || !errors.Is(err, want) {
				t.Fatalf("got %v, want what kmd calls %q", err, rec.Message)
			}
		})
	}
	if refused != len(refusedOnPurpose) {
		t.Errorf("%d of %d deliberate refusals were seen", refused, len(refusedOnPurpose))
	}
}

// TestRecordedMultisigAddresses: the addresses that kmd gave for imported keys.
func TestRecordedMultisigAddresses(t *testing.T) {
	r := newReplay()
	for _, want := range []string{
		"DF3BJLTLJI32LWCWPZW2PJSNGB7U4VZAI4MC3X5YUTK77NEJJJD5L6TG2Y",
		"PYMQRD44W5FOXZNRLCJAI5LM2HIDBGP3WV6MOT2TJ5GRCSLDVE3VXWKHJA",
		"XZYS344O4DTNLDNT7JFG6FQKSWG6TQN2SANDANBBRC4XZLKTJOWHRBLT7M",
		"K5KTT35SCF3LRATQLUEB3ZWU6NWMGA7JMPZRUK6JLEQN7BKTRHUFZKO3ZY",
	} {
		address, err := ParseAddress(want)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.multisigs[address]; !ok {
			t.Errorf("no multisig hashes to %s", want)
		}
	}
}
