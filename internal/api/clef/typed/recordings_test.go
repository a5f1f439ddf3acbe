package typed

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/evm"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// recording is one transcript of Clef.
type recording struct {
	Name     string
	External struct {
		Request  call
		Response response
		HTTP     *struct{ RawBody string }
	}
	UI []struct {
		Request struct {
			Method string
			Params []json.RawMessage
		}
	}
	PeerDefect, StandardSignature string
}

type call struct {
	Method string
	Params []json.RawMessage
}

type response struct {
	Result json.RawMessage
	Error  *struct {
		Code    int
		Message string
	}
}

func recordings(t testing.TB, group string) []recording {
	t.Helper()
	data, err := os.ReadFile("../../../../testdata/golden/clef/" + group + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Transcripts []recording }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for i := range file.Transcripts {
		r := &file.Transcripts[i]
		if r.External.HTTP != nil { // as it was sent, with all digits
			if err := json.Unmarshal([]byte(r.External.HTTP.RawBody), &r.External.Request); err != nil {
				t.Fatal(err)
			}
		}
	}
	return file.Transcripts
}

// asked is the parameter of the approval that was asked for, without what is known of
// the caller; nil if there was none.
func (r *recording) asked(t *testing.T) map[string]any {
	t.Helper()
	for _, u := range r.UI {
		if u.Request.Method != "ui_approveSignData" {
			continue
		}
		var parameter map[string]any
		if err := json.Unmarshal(u.Request.Params[0], &parameter); err != nil {
			t.Fatal(err)
		}
		delete(parameter, "meta")
		return parameter
	}
	return nil
}

// differences are the transcripts that end otherwise here, and how. The reasons are in
// the comments; the first lines are peer defects by the recordings' own account.
func differences() map[string]string {
	return map[string]string{
		// The peer's handler crashes.
		"clique/with-withdrawals-root": "a header of 17 members: those behind the base fee belong to networks without signers of blocks (EIP-3675, EIP-4895)",
		// The peer checks the bit length of the absolute value only.
		"712/int8-255":       "integer larger than 'int8'",
		"712/int8-minus-255": "integer larger than 'int8'",
		// The peer signs another hash than the caller expects.
		"safe/chainid-given-hash-mismatch": "mismatched safeTxHash; have 0xca86e00442fff51b385a180ec8cd418cc6d699b5adc00822f22b23335b1cfdc5 want 0x1212121212121212121212121212121212121212121212121212121212121212",
		// The peer signs the hash of no type, which stands for nothing.
		"712/primarytype-undefined-empty-message": `primary type "Nope" is undefined`,
	}
}

// private are the keys of the fixture (testdata/golden/clef/config-fixture/README.md).
func private(t testing.TB, address wire.Address) []byte {
	t.Helper()
	key, ok := map[string]string{
		"0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826": "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4",
		"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a": "1111111111111111111111111111111111111111111111111111111111111111",
	}[wire.Lower(address.Raw())]
	if !ok {
		return nil
	}
	b, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sign does what the gate does with a request.
func sign(t testing.TB, req chain.Request, key []byte) []byte {
	t.Helper()
	req.Signer = chaintest.PublicKey(t, curve.Secp256k1, key)
	in, err := evm.New(chain.Network{ID: "evm"}, evm.Params{}).Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	out, err := in.Finish(chaintest.SignAll(t, in, key))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// argument gives the error of an argument as callers see it.
func argument(i string, err error) (*outcome, bool) {
	if err == nil {
		return nil, false
	}
	return &outcome{code: -32602, text: "invalid argument " + i + ": " + fault.Text(err)}, true
}

// outcome is how a call ended before anybody was asked, or what is asked.
type outcome struct {
	code    int
	text    string
	request *Request
	safe    *SafeRequest
	account string
}

func failed(err error) *outcome { return &outcome{code: -32000, text: fault.Text(err)} }

// run does what the door does with a call. Calls with too few parameters do not come as
// far as this package; of them it gives nil.
func run(c call, validate func(*wire.SendTxArgs) (wire.CallInfo, error)) *outcome {
	if len(c.Params) < map[string]int{"account_signData": 3, "account_signTypedData": 2, "account_signGnosisSafeTx": 2, "account_ecRecover": 2}[c.Method] {
		return nil
	}
	switch c.Method {
	case "account_signData":
		contentType, err := wire.TextParam(c.Params[0])
		if o, bad := argument("0", err); bad {
			return o
		}
		address, err := wire.AddressParam(c.Params[1])
		if o, bad := argument("1", err); bad {
			return o
		}
		r, err := Data(contentType, address, c.Params[2])
		if err != nil {
			return failed(err)
		}
		return &outcome{request: r}
	case "account_signTypedData":
		address, err := wire.AddressParam(c.Params[0])
		if o, bad := argument("0", err); bad {
			return o
		}
		doc, err := ReadDocument(c.Params[1])
		if o, bad := argument("1", err); bad {
			return o
		}
		r, err := TypedData(address, doc)
		if err != nil {
			return failed(err)
		}
		return &outcome{request: r}
	case "account_signGnosisSafeTx":
		address, err := wire.AddressParam(c.Params[0])
		if o, bad := argument("0", err); bad {
			return o
		}
		tx, err := ReadSafe(c.Params[1])
		if o, bad := argument("1", err); bad {
			return o
		}
		r, err := Safe(address, tx, 1337, validate)
		if err != nil {
			return failed(err)
		}
		return &outcome{request: &r.Request, safe: r}
	}
	message, err := wire.DataParam(c.Params[0])
	if o, bad := argument("0", err); bad {
		return o
	}
	signature, err := wire.DataParam(c.Params[1])
	if o, bad := argument("1", err); bad {
		return o
	}
	account, err := Recover(message, signature)
	if err != nil {
		return failed(err)
	}
	return &outcome{account: wire.Lower(account)}
}

// validation stands for that of transactions, which is another part's: it says what it
// said in a recording.
func (r *recording) validation(t *testing.T) func(*wire.SendTxArgs) (wire.CallInfo, error) {
	return func(tx *wire.SendTxArgs) (info wire.CallInfo, err error) {
		if e := r.External.Response.Error; e != nil && strings.HasPrefix(e.Message, "validation failed") {
			return nil, fault.Invalid.New("%s", e.Message)
		}
		said, ok := r.asked(t)["call_info"].([]any)
		if !ok {
			return nil, nil
		}
		text, err := json.Marshal(said)
		if err == nil {
			err = json.Unmarshal(text, &info)
		}
		return info, err
	}
}

// TestRecordings holds every transcript of the groups 09 to 12: the text and code of
// errors, what is asked for, its hash and raw data, and the signature.
func TestRecordings(t *testing.T) {
	differ := differences()
	for group, count := range map[string]int{"09-sign-data": 49, "10-sign-typed-data": 127, "11-gnosis-safe": 20, "12-ecrecover": 14} {
		all := recordings(t, group)
		if len(all) != count {
			t.Errorf("%s has %d transcripts", group, len(all))
		}
		for i := range all {
			t.Run(all[i].Name, func(t *testing.T) { replay(t, &all[i], differ) })
		}
	}
	for name := range differ {
		t.Errorf("no transcript %s", name)
	}
}

func replay(t *testing.T, r *recording, differ map[string]string) {
	want, got := r.External.Response, run(r.External.Request, r.validation(t))
	asked := r.asked(t)
	switch refusal, known := differ[r.Name]; {
	case known:
		delete(differ, r.Name)
		if got == nil || got.code != -32000 || got.text != refusal {
			t.Errorf("not the refusal of the list: %+v", got)
		}
	case got == nil:
		if want.Error == nil || !strings.HasPrefix(want.Error.Message, "missing value for required argument") {
			t.Errorf("%+v", want)
		}
	case r.StandardSignature != "":
		if got.request == nil {
			t.Fatalf("refused: %s", got.text)
		}
		standard(t, r, got.request)
	case got.text != "":
		if want.Error == nil || want.Error.Code != got.code || want.Error.Message != got.text || asked != nil {
			t.Errorf("%d %q, want %+v", got.code, got.text, want)
		}
	case r.External.Request.Method == "account_ecRecover":
		if text, _ := json.Marshal(got.account); string(text) != string(want.Result) {
			t.Errorf("%s, want %s", text, want.Result)
		}
	default:
		if asked == nil {
			t.Fatalf("asks for an approval, want %+v", want)
		}
		sameAsked(t, asked, &got.request.Ask)
		if want.Error == nil { // else it was refused later: denied, unknown account, wrong password
			signed(t, string(want.Result), got)
		}
	}
}

func sameAsked(t *testing.T, want map[string]any, ask *wire.SignDataRequest) {
	t.Helper()
	text, err := ask.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	delete(got, "meta")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("is asked as (-want +got)\n%s", diff)
	}
}

// signed compares the result with the recorded one.
func signed(t *testing.T, want string, got *outcome) {
	t.Helper()
	key := private(t, got.request.Ask.Address)
	if key == nil {
		t.Fatal("nobody has the key")
	}
	signature := sign(t, got.request.Sign, key)
	if got.safe != nil {
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if result := got.safe.Result(signature); string(result) != compact.String() { // the order of members, too
			t.Errorf("%s, want %s", result, compact.String())
		}
		return
	}
	if result := `"` + wire.Data(signature).String() + `"`; result != want {
		t.Errorf("%s, want %s", result, want)
	}
}

// standard compares the signature with that of the standard, where the peer has another
// or none, and makes sure that all of the document is shown.
func standard(t *testing.T, r *recording, request *Request) {
	t.Helper()
	if got := wire.Data(sign(t, request.Sign, private(t, request.Ask.Address))).String(); got != r.StandardSignature {
		t.Errorf("%s, want %s", got, r.StandardSignature)
	}
}
