package rules

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

const golden = "../../../../testdata/golden/clef/"

// recording is one transcript of golden/clef/17-rules.json.
type recording struct {
	Name     string
	External struct {
		Request struct {
			Method string
			Params []json.RawMessage
		}
		Response struct {
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		Headers map[string]string
	}
	UI []struct {
		From    string
		Request struct {
			Method string
			Params []json.RawMessage
		}
		Response struct{ Result json.RawMessage }
	}
}

// keptBack lists the recordings in which the peer releases a signature that is kept back
// here: OnApprovedTx throws.
func keptBack() map[string]bool {
	return map[string]bool{"rules/bignumber-approve-and-onapprovedtx-throws": true}
}

// notAsked lists those that do not come to the rules, because something before them
// refuses.
func notAsked() map[string]bool {
	return map[string]bool{"rules/validation-runs-before-rules": true, "rules/version-no-approval": true, "rules/new-account-always-manual": true}
}

func TestRecordings(t *testing.T) {
	text, err := os.ReadFile(golden + "17-rules.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Transcripts []recording }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(golden + "config-fixture/rules.js")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, string(source))
	s.Startup(context.Background(), wire.StartupInfo{HTTP: "http://127.0.0.1:8550/"})
	replayed, raws := 0, []string(nil)
	for _, r := range file.Transcripts {
		if notAsked()[r.Name] {
			continue
		}
		t.Run(r.Name, func(t *testing.T) { r.replay(t, s) })
		replayed++
		if raw := r.raw(t); raw != nil {
			raws = append(raws, wire.Data(raw).String())
		}
	}
	if replayed != 45 {
		t.Errorf("%d recordings were replayed", replayed)
	}
	want := map[string]string{
		"startup": `{"extapi_http":"http://127.0.0.1:8550/","extapi_ipc":"n/a","extapi_version":"6.1.0","intapi_version":"7.0.1"}`,
		"n":       "5", "count": "2", "lastraw": raws[len(raws)-1],
	}
	if diff := cmp.Diff(want, s.store.all()); diff != "" {
		t.Errorf("stored in the end: %s", diff)
	}
}

// replay asks what the recording asks and settles what it signs.
func (r *recording) replay(t *testing.T, s set) {
	manual, approves := r.manual()
	s.next.answer = approval.Answer{By: "person"}
	if approves {
		s.next.answer.Verdict = approval.Approve
	}
	asked := s.next.asked.Load()
	a := s.approve(t, r.question(t))
	if got := s.next.asked.Load() != asked; got != manual {
		t.Errorf("the next approver was asked: %v, want %v", got, manual)
	}
	denied := r.External.Response.Error != nil && r.External.Response.Error.Message == "request denied"
	if (a.Verdict == approval.Approve) == denied {
		t.Fatalf("%+v, recorded: denied %v", a, denied)
	}
	if a.Verdict != approval.Approve || a.Settle == nil {
		return
	}
	err := a.Settle(context.Background(), r.raw(t))
	if keptBack()[r.Name] != (err != nil) || err != nil && !fault.Is(err, fault.Denied) {
		t.Error(err)
	}
}

// manual says whether the recording's UI was asked to approve, and whether it did.
func (r *recording) manual() (asked, approves bool) {
	for _, m := range r.UI {
		switch m.Request.Method {
		case "ui_approveTx", "ui_approveSignData", "ui_approveListing":
			asked = true
			var answer struct {
				Approved bool
				Accounts []json.RawMessage
			}
			if json.Unmarshal(m.Response.Result, &answer) == nil {
				approves = answer.Approved || answer.Accounts != nil
			}
		}
	}
	return asked, approves
}

// raw is the signed transaction, nil if there is none.
func (r *recording) raw(t *testing.T) []byte {
	var result struct{ Raw string }
	if json.Unmarshal(r.External.Response.Result, &result) != nil || result.Raw == "" {
		return nil
	}
	return unhex(t, result.Raw)
}

// question is what the door would ask.
func (r *recording) question(t *testing.T) *approval.Question {
	t.Helper()
	meta := wire.Meta{Remote: "127.0.0.1:1", Local: "127.0.0.1:8550", Scheme: "http", UserAgent: "golden-client/1.0", Origin: r.External.Headers["Origin"]}
	if agent := r.External.Headers["User-Agent"]; agent != "" {
		meta.UserAgent = agent
	}
	params := r.External.Request.Params
	switch r.External.Request.Method {
	case "account_list":
		return &approval.Question{Accounts: []approval.Account{{Path: "/a"}, {Path: "/b"}}, Subject: wire.AskListing(&wire.ListRequest{Meta: meta})}
	case "account_signTransaction":
		tx := transaction(t, string(params[0]))
		if tx.Input != nil { // as the door does before it asks
			tx.Data, tx.Input = tx.Input, nil
		}
		var info wire.CallInfo
		if tx.Data != nil {
			info = wire.CallInfo{{Type: wire.Info, Message: "Transaction invokes the following method"}}
		}
		return &approval.Question{Subject: wire.AskTx(&wire.TxRequest{Transaction: tx, CallInfo: info, Meta: meta})}
	}
	messages, found := shown()[r.Name]
	if !found {
		t.Fatalf("what is shown of %s is not known", r.Name)
	}
	contentType := messages[0].Type
	return &approval.Question{Subject: wire.AskData(&wire.SignDataRequest{ContentType: contentType, Messages: messages, Meta: meta})}
}

// shown is what the rules look at of the data of the recordings, by name.
func shown() map[string][]wire.NameValueType {
	one := func(name, value, kind string) wire.NameValueType {
		return wire.NameValueType{Name: name, Value: wire.TextValue(value), Type: kind}
	}
	return map[string][]wire.NameValueType{
		"rules/sign-approve":      {one("message", "\x19Ethereum Signed Message:\n17  bazonk baz gaz\n", "text/plain")},
		"rules/sign-reject":       {one("message", "\x19Ethereum Signed Message:\n4nope", "text/plain")},
		"rules/sign-manual":       {one("message", "\x19Ethereum Signed Message:\n14something else", "text/plain")},
		"rules/typed-approve":     {one("EIP712Domain", "", "data/typed"), one("Mail", "", "primary type")},
		"rules/validator-approve": {one("This is a request to sign data intended for a particular validator", "", "data/validator"), one("Intended validator address", "0x07", "address"), one("Application-specific data", "0xdeadbeef", "hexdata")},
		"rules/clique-approve":    {one("Clique header", "clique header 1 [0x00]", "application/x-clique-header")},
	}
}
