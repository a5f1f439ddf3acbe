package antelope

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// recording is one line of testdata/recordings.jsonl: a request to the peer and
// what it answered.
type recording struct {
	Name      string
	Profile   string
	Endpoint  string
	Body      string
	Status    int
	Code      *int   // of the error
	Answer    string // json
	MayRefuse bool   `json:"may_refuse"`
}

// fixture is one line of testdata/keys.jsonl, a key in all its texts.
type fixture struct {
	Private         string
	PrivatePrefixed string `json:"private_prefixed"`
	Public          string
	PublicPrefixed  string `json:"public_prefixed"`
}

func readLines[T any](t testing.TB, name string) (all []T) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return all
}

// codeOf is the peer's number for an error, as an API would translate it.
func codeOf(err error) int {
	for sentinel, code := range map[error]int{
		ErrNotBase58: 4, ErrChecksum: 10, ErrLength: 10, ErrPrefix: 10, ErrKey: 10, ErrOddHex: 10, ErrHexDigit: 0,
		ErrTruncated: 8, ErrName: 3010001, ErrDate: 13, ErrKind: 7,
	} {
		if errors.Is(err, sentinel) {
			return code
		}
	}
	return -1
}

// elsewhere are codes of errors that other layers give: an unknown key, a wallet
// that is missing or locked, a key that is there already, a wrong number of
// parameters.
var elsewhere = map[int]bool{3120002: true, 3120003: true, 3120004: true, 3120008: true, 3200006: true}

// replay decodes what the endpoint was sent, and signs with the peer's own
// signatures after verifying them.
func replay(t *testing.T, r recording) (answer string, err error) {
	var params []json.RawMessage
	if err := json.Unmarshal([]byte(r.Body), &params); err != nil {
		t.Fatal(err)
	}
	text := func(i int) (s string) {
		if err := json.Unmarshal(params[i], &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	switch r.Endpoint {
	case "import_key":
		_, _, err := ParsePrivateKey(secret.New([]byte(text(1))))
		return "{}", err
	case "remove_key":
		_, err := ParsePublicKey(text(2))
		return "{}", err
	case "sign_digest":
		digest, err := ParseHash(text(0))
		if err != nil {
			return "", err
		}
		key, err := ParsePublicKey(text(1))
		if err != nil || r.Status != 201 {
			return "", err
		}
		var made string
		if err := json.Unmarshal([]byte(r.Answer), &made); err != nil {
			t.Fatal(err)
		}
		got, err := sign(t, chain.Request{Form: FormDigest, Payload: digest[:], Context: EncodeSigners([]PublicKey{key})}, []string{made})
		if err != nil {
			return "", err
		}
		return `"` + got[0] + `"`, nil
	}
	return replayTransaction(t, r, params)
}

func replayTransaction(t *testing.T, r recording, params []json.RawMessage) (string, error) {
	tx, err := ParseTransaction(params[0])
	if err != nil {
		return "", err
	}
	var texts []string
	if json.Unmarshal(params[1], &texts) != nil {
		return "", ErrKind
	}
	var keys []PublicKey
	for _, text := range texts {
		key, err := ParsePublicKey(text)
		if err != nil {
			return "", err
		}
		keys = append(keys, key)
	}
	var chainText string
	if err := json.Unmarshal(params[2], &chainText); err != nil {
		t.Fatal(err)
	}
	chainID, err := ParseHash(chainText)
	if err != nil || r.Status != 201 {
		return "", err
	}
	if len(keys) > 0 {
		var answered struct{ Signatures []string }
		if err := json.Unmarshal([]byte(r.Answer), &answered); err != nil {
			t.Fatal(err)
		}
		made, err := sign(t, chain.Request{Form: FormTransaction, Payload: tx.Payload(chainID), Context: EncodeSigners(keys)},
			answered.Signatures[len(tx.Signatures):])
		if err != nil {
			return "", err
		}
		for _, text := range made {
			s, err := ParseSignature(text)
			if err != nil {
				return "", err
			}
			tx.Signatures = append(tx.Signatures, s)
		}
	}
	return string(tx.AppendJSON(nil)), nil
}

// sign verifies the peer's signatures against the tasks, one for each in their
// order, and has them finished.
func sign(t *testing.T, req chain.Request, texts []string) ([]string, error) {
	t.Helper()
	in, err := New().Decode(req)
	if err != nil {
		return nil, err
	}
	if len(in.Tasks) != len(texts) {
		t.Fatalf("%d tasks, the peer made %d signatures", len(in.Tasks), len(texts))
	}
	var made [][]byte
	for i, text := range texts {
		s, err := ParseSignature(text)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, asMade(s))
		if err := curve.Verify(in.Tasks[i].Scheme, in.Tasks[i].Key, in.Tasks[i].Message, made[i]); err != nil {
			t.Errorf("signature %d is not one of the task: %v", i, err)
		}
	}
	result, err := in.Finish(made)
	if err != nil {
		return nil, err
	}
	return SignatureTexts(result), nil
}

// asMade is a signature as the key's scheme gives it.
func asMade(s Signature) []byte {
	data := []byte(s.data)
	switch s.kind {
	case R1:
		return append(data[1:], data[0]-31)
	case EM:
		data[64] -= 27
	case ED:
		return data[32:]
	}
	return data
}

// TestRecordings replays what real clients sent. Where the peer signed, its
// signatures verify over our tasks, and our answer is its answer byte for byte;
// where it refused, we refuse for the same reason.
func TestRecordings(t *testing.T) {
	signed := 0
	for _, r := range readLines[recording](t, "recordings.jsonl") {
		if r.Code != nil && *r.Code == 3200006 {
			continue // a wrong number of parameters
		}
		t.Run(r.Name, func(t *testing.T) {
			answer, err := replay(t, r)
			switch {
			case r.MayRefuse && err != nil:
				if codeOf(err) < 0 && !errors.Is(err, ErrNumber) {
					t.Errorf("refused with an error that no code belongs to: %v", err)
				}
			case r.Code != nil && elsewhere[*r.Code]:
				if err != nil {
					t.Errorf("refused: %v", err)
				}
			case r.Code != nil:
				if err == nil || codeOf(err) != *r.Code {
					t.Errorf("error %v of code %d, want %d", err, codeOf(err), *r.Code)
				}
			case err != nil:
				t.Error(err)
			default:
				if want := inOrder(t, r.Answer); answer != want {
					t.Errorf("answer\n%s, want\n%s", answer, want)
				}
				signed++
			}
		})
	}
	if signed < 40 {
		t.Errorf("only %d recordings with a result", signed)
	}
}

// inOrder is the answer as recorded. One recording (of a random signature) has
// lost the order of its members.
func inOrder(t *testing.T, answer string) string {
	if !strings.HasPrefix(answer, `{"actions"`) {
		return answer
	}
	tx, err := ParseTransaction([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	return string(tx.AppendJSON(nil))
}

// TestPublishedDigest: the digest that was recorded for a transaction.
func TestPublishedDigest(t *testing.T) {
	for _, r := range readLines[recording](t, "recordings.jsonl") {
		if r.Name != "sign-trx-r1" {
			continue
		}
		var params []json.RawMessage
		if err := json.Unmarshal([]byte(r.Body), &params); err != nil {
			t.Fatal(err)
		}
		tx, err := ParseTransaction(params[0])
		if err != nil {
			t.Fatal(err)
		}
		digest := tx.Digest(mainnet(t))
		if got := string(appendHex(nil, digest[:])); got != "7d39790750a51f898c26c3431ff748dd1acbd56a07be36e4286b7113053eb9d6" {
			t.Errorf("digest %s", got)
		}
		return
	}
	t.Fatal("recording missing")
}

// mainnet is the chain id of most recordings.
func mainnet(t testing.TB) [32]byte {
	t.Helper()
	id, err := ParseHash("aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestPrivateErrorsAreSilent: no error repeats any part of a private key's text.
func TestPrivateErrorsAreSilent(t *testing.T) {
	for _, k := range readLines[fixture](t, "keys.jsonl") {
		for _, text := range []string{k.Private[:len(k.Private)-1], k.Private + "1", "0" + k.Private, "X" + k.PrivatePrefixed, "PVT_X1_" + k.Private} {
			_, _, err := ParsePrivateKey(secret.New([]byte(text)))
			if err == nil {
				t.Fatal("a damaged key was read")
			}
			for n := range len(text) - 8 {
				if strings.Contains(err.Error()+fault.Text(err)+fault.Hint(err), text[n:n+8]) {
					t.Errorf("the error shows %q", text[n:n+8])
				}
			}
		}
	}
}
