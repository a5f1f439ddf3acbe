package wire

import (
	"math/big"
	"strings"
	"testing"

	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

// TestAnswers: what UIs answer, well formed or not. Nothing that is not an approval is
// one.
func TestAnswers(t *testing.T) {
	for text, want := range map[string]bool{
		`{"approved":true}`: true, `{"approved":false}`: false, `{}`: false, `null`: false, `{"approved":null}`: false,
		`{"approved":true,"extra":[1]}`: true, `{"Approved":true}`: false,
	} {
		d, err := ParseDecision([]byte(text))
		if err != nil || d.Approved != want {
			t.Errorf("%s: %v, %v", text, d, err)
		}
		tx, err := ParseTxAnswer([]byte(text))
		if err != nil || tx.Approved != want || tx.Transaction != nil {
			t.Errorf("%s for a transaction: %v, %v", text, tx, err)
		}
	}
	for _, text := range []string{`{"approved":"true"}`, `{"approved":1}`, `[]`, `"yes"`, `true`, `{"approved":true`, `{"approved":false,"approved":true}`, ``} {
		d, err := ParseDecision([]byte(text))
		tx, also := ParseTxAnswer([]byte(text))
		if err == nil || also == nil || d.Approved || tx.Approved {
			t.Errorf("%s: %v, %v; %v, %v", text, d, err, tx, also)
		}
	}
	tx, err := ParseTxAnswer([]byte(`{"approved":true,"transaction":{"from":"0x"}}`))
	if err == nil || fault.Text(err) != "hex string has length 0, want 40 for common.Address" || tx.Approved {
		t.Errorf("a transaction of nobody: %v, %v", tx, err)
	}
	if tx, err := ParseTxAnswer([]byte(`{"approved":true,"transaction":{"gas":"0x5","foo":1}}`)); err == nil || tx.Approved {
		t.Errorf("a member that is not known: %v, %v", tx, err)
	}
}

func TestListAnswers(t *testing.T) {
	const address = `"address":"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a"`
	for text, want := range map[string]int{
		`{}`: -1, `null`: -1, `{"accounts":null}`: -1, `{"accounts":[]}`: 0, `{"accounts":[{` + address + `}]}`: 1,
		`{"accounts":[{` + address + `,"url":"keystore:///a"},{` + address + `,"url":null}]}`: 2,
	} {
		a, err := ParseListAnswer([]byte(text))
		if err != nil || len(a.Accounts) != max(want, 0) || (a.Accounts == nil) != (want < 0) {
			t.Errorf("%s: %v, %v", text, a, err)
		}
	}
	for text, want := range map[string]string{
		`{"accounts":[{` + address + `,"url":""}]}`: "protocol scheme missing",
		`{"accounts":[{"address":"0x19"}]}`:         "hex string has length 2, want 40 for common.Address",
		`{"accounts":7}`:                            "json: cannot unmarshal number into Go struct field ListResponse.accounts of type []accounts.Account",
		`{"accounts":[{"url":5}]}`:                  "json: cannot unmarshal number into Go struct field Account.url of type string",
	} {
		if a, err := ParseListAnswer([]byte(text)); err == nil || fault.Text(err) != want || a.Accounts != nil {
			t.Errorf("%s: %v, %v, want %q", text, a, err, want)
		}
	}
}

// TestInput: passwords are read as they are meant, and errors say nothing of them.
func TestInput(t *testing.T) {
	for text, want := range map[string]string{
		`{"text":"golden-password-1"}`: "golden-password-1", `{"text":"a\u00e9\n\"\\"}`: "aé\n\"\\", `{}`: "", `{"text":""}`: "", `{"text":null}`: "",
	} {
		a, err := ParseInput([]byte(text))
		if err != nil || string(a.Text.Expose()) != want {
			t.Errorf("%s: %q, %v", text, a.Text.Expose(), err)
		}
		a.Text.Wipe()
	}
	for _, text := range []string{`{"text":5}`, `{"text":["hunter2"]}`, `"hunter2"`, `{"text":"hunter2`, `{"text":"hunter2","text":"hunter2"}`} {
		a, err := ParseInput([]byte(text))
		if err == nil || strings.Contains(err.Error(), "hunter2") || !a.Text.IsEmpty() {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestSubjects: each kind asks with its method, and with the request that it was made of.
func TestSubjects(t *testing.T) {
	meta := Meta{Remote: "NA", Local: "NA", Scheme: "ipc", Caller: "treasury bot"}
	const metaJSON = `"meta":{"remote":"NA","local":"NA","scheme":"ipc","User-Agent":"","Origin":"","caller":"treasury bot"}`
	hash := Data{1}
	for _, c := range []struct {
		s                      *Subject
		kind                   Kind
		method, callback, want string
	}{
		{AskTx(&TxRequest{Transaction: &SendTxArgs{}, CallInfo: CallInfo{{Warning, `a "b"`}}, Meta: meta}), KindTx, "ui_approveTx", "ApproveTx",
			`{"transaction":{"from":"0x","to":null,"gas":"0x0","gasPrice":null,"maxFeePerGas":null,"maxPriorityFeePerGas":null,"value":"0x0","nonce":"0x0"},` +
				`"call_info":[{"type":"WARNING","message":"a \"b\""}],` + metaJSON + `}`},
		{AskTx(&TxRequest{Transaction: &SendTxArgs{}, Meta: meta, Raw: Data{2}}), KindRaw, "ui_approveTx", "ApproveTx",
			`{"transaction":{"from":"0x","to":null,"gas":"0x0","gasPrice":null,"maxFeePerGas":null,"maxPriorityFeePerGas":null,"value":"0x0","nonce":"0x0"},` +
				`"call_info":null,` + metaJSON + `,"raw":"0x02"}`},
		{AskData(&SignDataRequest{ContentType: "text/plain", Address: AddressOf([20]byte{}), RawData: []byte{255}, Hash: hash, Meta: meta, Messages: []NameValueType{
			{"a", TextValue("b\xff"), "c"}, {"d", Value{Fields: []NameValueType{{"e", Value{}, "f"}}}, "g"}, {"h", Value{Fields: []NameValueType{}}, "j"},
		}}), KindData, "ui_approveSignData", "ApproveSignData",
			`{"content_type":"text/plain","address":"0x0000000000000000000000000000000000000000","raw_data":"/w==","messages":[` +
				`{"name":"a","value":"b\ufffd","type":"c"},{"name":"d","value":[{"name":"e","value":null,"type":"f"}],"type":"g"},` +
				`{"name":"h","value":[],"type":"j"}],"call_info":null,"hash":"0x01",` + metaJSON + `}`},
		{AskData(&SignDataRequest{Meta: meta}), KindData, "ui_approveSignData", "ApproveSignData",
			`{"content_type":"","address":"0x","raw_data":"","messages":null,"call_info":null,"hash":"0x",` + metaJSON + `}`},
		{AskListing(&ListRequest{Meta: meta}), KindListing, "ui_approveListing", "ApproveListing", `{"accounts":[],` + metaJSON + `}`},
		{AskNewAccount(&NewAccountRequest{Meta: meta}), KindNewAccount, "ui_approveNewAccount", "", `{` + metaJSON + `}`},
		{AskBulk(&BulkRequest{Value: big.NewInt(0), MaxFee: new(big.Int).Lsh(big.NewInt(1), 256), Meta: meta}), KindBulk, "ui_approveBulkTx", "ApproveBulkTx",
			`{"transactions":[],"value":"0x0","max_fee":"0x1` + strings.Repeat("0", 64) + `","recipients":0,` + metaJSON + `}`},
		{AskPairing(&PairingRequest{Name: "n", Code: "000001", Meta: meta}), KindPairing, "ui_approvePairing", "",
			`{"name":"n","key":"0x` + strings.Repeat("00", 32) + `","code":"000001",` + metaJSON + `}`},
	} {
		if c.s.Kind() != c.kind || c.s.Method() != c.method || c.s.Callback() != c.callback || c.s.Meta() != meta {
			t.Errorf("%s: kind %d, %s, %s, %v", c.method, c.s.Kind(), c.s.Method(), c.s.Callback(), c.s.Meta())
		}
		want := strings.ReplaceAll(c.want, `\ufffd`, "\ufffd")
		if got := string(c.s.Parameter()); got != want || string(c.s.RuleParameter()) != want {
			t.Errorf("asks\n%s, want\n%s", got, want)
		}
		there := 0
		for _, is := range []bool{c.s.Tx() != nil, c.s.SignData() != nil, c.s.Listing() != nil, c.s.NewAccount() != nil, c.s.Bulk() != nil, c.s.Pairing() != nil} {
			if is {
				there++
			}
		}
		if there != 1 {
			t.Errorf("%s is %d requests", c.method, there)
		}
	}
}

// TestSubjectOf: a listing is told which accounts there are, and strangers' questions are
// none of ours.
func TestSubjectOf(t *testing.T) {
	asked := AskListing(&ListRequest{Meta: Meta{Scheme: "ipc"}})
	q := &approval.Question{Subject: asked, Accounts: []approval.Account{{Address: [20]byte{0xab}, Path: "/keys/a"}}}
	want := `{"accounts":[{"address":"0xab00000000000000000000000000000000000000","url":"keystore:///keys/a"}],` +
		`"meta":{"remote":"","local":"","scheme":"ipc","User-Agent":"","Origin":""}}`
	if got := string(SubjectOf(q).Parameter()); got != want {
		t.Errorf("asks\n%s, want\n%s", got, want)
	}
	if len(asked.Listing().Accounts) != 0 {
		t.Error("the request was changed")
	}
	tx := AskTx(&TxRequest{Transaction: &SendTxArgs{}})
	if SubjectOf(&approval.Question{Subject: tx}) != tx {
		t.Error("a transaction is another one")
	}
	for _, other := range []any{nil, "text", Subject{}} {
		if s := SubjectOf(&approval.Question{Subject: other}); s != nil {
			t.Errorf("%T is a subject", other)
		}
	}
}

// TestApproved: the result is shown by what was approved in the end.
func TestApproved(t *testing.T) {
	asked, changed := &SendTxArgs{Gas: 1}, &SendTxArgs{Gas: 2}
	s := AskTx(&TxRequest{Transaction: asked})
	if s.Approved() != asked {
		t.Error("not what was asked for")
	}
	if s.Approve(changed); s.Approved() != changed {
		t.Error("not what was approved")
	}
	if AskNewAccount(&NewAccountRequest{}).Approved() != nil {
		t.Error("a new account has a transaction")
	}
}

// TestStartup: the four members of the recordings, and no more unless an extension is on.
func TestStartup(t *testing.T) {
	for want, s := range map[string]StartupInfo{
		`{"info":{"extapi_http":"n/a","extapi_ipc":"n/a","extapi_version":"6.1.0","intapi_version":"7.0.1"}}`: {},
		`{"info":{"extapi_http":"http://127.0.0.1:8550/","extapi_ipc":"/c/clef.ipc","extapi_version":"6.1.0","intapi_version":"7.0.1"}}`: {
			HTTP: "http://127.0.0.1:8550/", IPC: "/c/clef.ipc"},
		`{"info":{"accounts":[],"extapi_http":"n/a","extapi_ipc":"n/a","extapi_version":"6.1.0","extensions":["bulk"],"extensions_version":"1.0.0","intapi_version":"7.0.1"}}`: {
			Extensions: []string{"bulk"}, Accounts: []Account{}},
	} {
		if got, err := s.MarshalJSON(); err != nil || string(got) != want {
			t.Errorf("%s, %v, want\n%s", got, err, want)
		}
	}
}

// TestBulk: what is signed in bulk moves the native asset, in order, from one account.
func TestBulk(t *testing.T) {
	one := func(nonce, more string) string {
		return `{"from":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0","gas":"0x5208","nonce":"` + nonce + `"` + more + `}`
	}
	for text, want := range map[string]string{
		`[]`: "fewer than 2 transactions", `null`: "fewer than 2 transactions", `[` + one("0x0", "") + `]`: "fewer than 2 transactions",
		`{}`: "json: cannot unmarshal object into Go value of type transactions",
		`[` + one("0x0", "") + `,` + one("0x1", `,"data":"0x","input":"","value":"0x5"`) + `]`:       "",
		`[` + one("0x0", "") + `,` + one("0x0", "") + `]`:                                            "transactions[1]: nonce 0x0 does not follow 0x0",
		`[` + one("0xffffffffffffffff", "") + `,` + one("0x0", "") + `]`:                             "transactions[1]: nonce 0x0 does not follow 0xffffffffffffffff",
		`[` + one("0x0", "") + `,` + one("0x2", "") + `]`:                                            "transactions[1]: nonce 0x2 does not follow 0x0",
		`[` + one("0x0", `,"data":"0x00"`) + `,` + one("0x1", "") + `]`:                              "transactions[0]: data cannot be signed in bulk",
		`[` + one("0x0", `,"accessList":[]`) + `,` + one("0x1", "") + `]`:                            "transactions[0]: access lists, blobs and authorizations cannot be signed in bulk",
		`[` + one("0x0", `,"authorizationList":[]`) + `,` + one("0x1", "") + `]`:                     "transactions[0]: access lists, blobs and authorizations cannot be signed in bulk",
		`[` + one("0x0", "") + `,{"nonce":"0x1","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"}]`: "transactions[1]: another sender than the one before",
		`[` + one("0x0", "") + `,{"nonce":"0x1"}]`:                                                   "transactions[1]: transaction recipient must be set in bulk",
		`[` + one("0x0", "") + `,` + one("0x1", `,"foo":1`) + `]`:                                    `transactions[1]: json: unknown field "foo" in a transaction`,
		`[` + manyTransactions(one) + `]`:                                                            "a list of more than 256 transactions",
	} {
		all, err := ParseBulk([]byte(text))
		if want == "" && (err != nil || len(all) != 2) || want != "" && (err == nil || fault.Text(err) != want) {
			t.Errorf("%.300s: %v, want %q", text, err, want)
		}
	}
	if _, err := NewBulkRequest([]*SendTxArgs{{}}, nil, Meta{}); err == nil {
		t.Error("transactions that nobody checked")
	}
	fee, value := Quantity{31: 3}, Quantity{31: 2}
	to, other := AddressOf([20]byte{1}), AddressOf([20]byte{2})
	r, err := NewBulkRequest([]*SendTxArgs{
		{To: &to, Gas: 10, GasPrice: &fee, Value: value}, {To: &other, Gas: 1 << 63, MaxFeePerGas: &fee, Value: value}, {To: &to, Gas: 5, Value: value},
	}, make([]CallInfo, 3), Meta{})
	if err != nil || r.Value.Int64() != 6 || r.Recipients != 2 || r.MaxFee.String() != "27670116110564327454" {
		t.Errorf("%+v, %v", r, err)
	}
}

func manyTransactions(one func(nonce, more string) string) string {
	list := make([]string, MaxBulk+1)
	for i := range list {
		list[i] = one(Number(i).String(), "")
	}
	return strings.Join(list, ",")
}
