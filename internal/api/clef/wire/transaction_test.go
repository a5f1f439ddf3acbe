package wire

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/evm"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// privateKeys are those of the accounts in the fixture of the recordings, which its
// README lists.
func privateKeys(t testing.TB) map[[20]byte][]byte {
	t.Helper()
	keys := map[[20]byte][]byte{}
	for _, text := range []string{
		"c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4",
		strings.Repeat("11", 32), strings.Repeat("33", 31) + "34",
	} {
		private, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		point, err := chaintest.PublicKey(t, curve.Secp256k1, private).Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		sum := Keccak(point[1:])
		keys[[20]byte(sum[12:])] = private
	}
	return keys
}

// sign takes a request through the chain, as the gate does.
func sign(t testing.TB, req chain.Request, private []byte) ([]byte, error) {
	t.Helper()
	req.Signer = chaintest.PublicKey(t, curve.Secp256k1, private)
	intent, err := evm.New(chain.Network{ID: "evm", Symbol: "ETH"}, evm.Params{}).Decode(req)
	if err != nil {
		return nil, err
	}
	return intent.Finish(chaintest.SignAll(t, intent, private))
}

// elsewhere are failures that other parts make: validation, approval, the key store.
func elsewhere(message string) bool {
	return strings.HasPrefix(message, "validation failed: ") || slices.Contains([]string{
		"request denied", "user closed window", "could not decrypt key with given password", "internal error", "unknown account",
		"transaction will create a contract with value but empty code", "missing value for required argument 0",
		"too many arguments, want at most 2",
	}, message)
}

// different are the recordings that this signer answers otherwise, with the reason.
var different = map[string]string{
	"legacy/unknown-field-ignored":    `json: unknown field "foo" in a transaction`,
	"legacy/nonce-max-uint64":         "nonce 18446744073709551615 is out of range (EIP-2681)",
	"4844/no-maxfeeperblobgas":        "maxFeePerBlobGas must be set for blob transactions",
	"chain1/zero-crashes":             "the signer has no chain id",
	"1559/authorization-list-ignored": "", // is signed as EIP-7702, see TestSetCode
}

// TestRecordedTransactions takes every recorded transaction from the caller's words to the
// result, with what the UI was asked and answered.
func TestRecordedTransactions(t *testing.T) {
	keys := privateKeys(t)
	signed := 0
	for _, r := range recorded(t, "02-sign-legacy", "03-sign-creation", "04-sign-calldata", "05-sign-eip2930",
		"06-sign-eip1559", "07-sign-eip4844", "08-sign-advanced-mode", "23-chain-1") {
		if r.External == nil || len(r.External.Request.Params) == 0 {
			continue
		}
		want := "" // the error, if any
		if e := r.External.Response.Error; e != nil {
			want = strings.TrimPrefix(strings.TrimPrefix(e.Message, "invalid argument 0: "), "invalid argument 1: ")
		}
		if other, ok := different[r.Name]; ok {
			want = other
			if other == "" {
				continue
			}
		}
		result, err := replay(t, r, keys)
		switch {
		case err != nil:
			if got := fault.Text(err); got != want {
				t.Errorf("%s: error %q, want %q", r.Name, got, want)
			}
		case elsewhere(want):
		case want != "":
			t.Errorf("%s: no error, want %q", r.Name, want)
		default:
			got, err := result.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(r.External.Response.Result) {
				t.Errorf("%s:\n got %.1000s\nwant %.1000s", r.Name, got, r.External.Response.Result)
			}
			signed++
		}
	}
	if signed < 60 {
		t.Errorf("only %d recordings end with a signature", signed)
	}
}

// replay is one request. It gives nothing if it did not come to a signature.
func replay(t *testing.T, r transcript, keys map[[20]byte][]byte) (*TxResult, error) {
	t.Helper()
	params := r.External.Request.Params
	args, err := ParseTransaction(params[0])
	if err != nil {
		return nil, err
	}
	var chainID uint64 = 1337
	if strings.HasPrefix(r.Name, "chain1/") {
		chainID = map[string]uint64{"chain1/after-switch-accepted": 11155111, "chain1/after-switch-old-refused": 11155111, "chain1/zero-crashes": 0}[r.Name]
		if chainID == 0 && r.Name != "chain1/zero-crashes" {
			chainID = 1
		}
	}
	if len(params) > 1 && len(params) < 3 {
		if _, err := SelectorParam(params[1]); err != nil {
			return nil, err
		}
	}
	if err := args.Complete(); err != nil {
		return nil, err
	}
	if err := args.CheckChain(chainID); err != nil {
		return nil, err
	}
	parameter, raw := r.asked("ui_approveTx")
	if parameter == nil {
		return nil, nil
	}
	if _, err := ToRequest(args, chainID); err != nil {
		return nil, err
	}
	checkQuestion(t, r.Name, args, parameter)
	if raw == nil {
		return nil, nil
	}
	answer, err := ParseTxAnswer(raw)
	if err != nil || !answer.Approved || answer.Transaction == nil {
		return nil, err
	}
	if err := answer.Transaction.CompleteAnswer(); err != nil {
		return nil, err
	}
	req, err := ToRequest(answer.Transaction, chainID)
	if err != nil {
		return nil, err
	}
	private := keys[[20]byte(req.Context)]
	if private == nil {
		return nil, nil
	}
	signed, err := sign(t, req, private)
	if err != nil {
		return nil, err
	}
	return ResultOf(signed, answer.Transaction)
}

// checkQuestion compares what the UI is asked with what it was asked.
func checkQuestion(t *testing.T, name string, args *SendTxArgs, parameter json.RawMessage) {
	t.Helper()
	var was struct {
		Info []Message `json:"call_info"`
		Meta struct {
			Remote    string `json:"remote"`
			Local     string `json:"local"`
			Scheme    string `json:"scheme"`
			UserAgent string `json:"User-Agent"`
			Origin    string `json:"Origin"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(parameter, &was); err != nil {
		t.Fatal(err)
	}
	meta := Meta{Remote: was.Meta.Remote, Local: was.Meta.Local, Scheme: was.Meta.Scheme, UserAgent: was.Meta.UserAgent, Origin: was.Meta.Origin}
	s := AskTx(&TxRequest{Transaction: args, CallInfo: was.Info, Meta: meta})
	if s.Kind() != KindTx || s.Method() != "ui_approveTx" || s.Callback() != "ApproveTx" {
		t.Errorf("%s: a question of kind %d, %s, %s", name, s.Kind(), s.Method(), s.Callback())
	}
	if got := string(s.Parameter()); got != string(parameter) {
		t.Errorf("%s:\nasks %.800s\nwant %.800s", name, got, parameter)
	}
}
