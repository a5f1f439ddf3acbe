package wire

import (
	"encoding/base64"

	"strongroom/internal/secret"
)

// TxRequest is the parameter of ui_approveTx and of the rule callback ApproveTx.
type TxRequest struct {
	Transaction *SendTxArgs
	CallInfo    CallInfo
	Meta        Meta
	// Raw is the preimage that account_signRawTransaction was given, which can only be
	// approved as it is; nil for account_signTransaction. It is the last member.
	Raw Data
}

// MarshalJSON writes {"transaction", "call_info", "meta"}.
func (r *TxRequest) MarshalJSON() ([]byte, error) { return r.appendJSON(nil), nil }

func (r *TxRequest) appendJSON(b []byte) []byte {
	b = r.Transaction.appendJSON(append(b, `{"transaction":`...))
	b = r.CallInfo.appendJSON(append(b, `,"call_info":`...))
	b = r.Meta.appendJSON(append(b, `,"meta":`...))
	if r.Raw != nil {
		b = r.Raw.appendJSON(append(b, `,"raw":`...))
	}
	return append(b, '}')
}

// TxAnswer is what a UI answers to ui_approveTx. Transaction is what it approves, nil if
// it sent none.
type TxAnswer struct {
	Transaction *SendTxArgs
	Approved    bool
}

// SignDataRequest is the parameter of ui_approveSignData and of the rule callback
// ApproveSignData.
type SignDataRequest struct {
	ContentType string
	Address     Address
	RawData     []byte // exactly what is hashed; base64 in JSON
	Messages    []NameValueType
	CallInfo    CallInfo // of a transaction of a Safe
	Hash        Data     // what is signed
	Meta        Meta
}

// MarshalJSON writes the members in the peer's order.
func (r *SignDataRequest) MarshalJSON() ([]byte, error) { return r.appendJSON(nil), nil }

func (r *SignDataRequest) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"content_type":`...), r.ContentType)
	b = appendText(append(b, `,"address":`...), r.Address.String())
	b = base64.StdEncoding.AppendEncode(append(b, `,"raw_data":"`...), r.RawData)
	b = append(b, `","messages":`...)
	if r.Messages == nil {
		b = append(b, "null"...)
	} else {
		b = appendFields(b, r.Messages)
	}
	b = r.CallInfo.appendJSON(append(b, `,"call_info":`...))
	b = r.Hash.appendJSON(append(b, `,"hash":`...))
	return append(r.Meta.appendJSON(append(b, `,"meta":`...)), '}')
}

// Account is an account of a listing.
type Account struct {
	Address [20]byte
	URL     string // "keystore://" and the path of the key file; "" if an answer left it out
}

func appendAccounts(b []byte, accounts []Account) []byte {
	b = append(b, '[')
	for i := range accounts {
		b = Data(accounts[i].Address[:]).appendJSON(append(appendComma(b, i), `{"address":`...))
		b = append(appendText(append(b, `,"url":`...), accounts[i].URL), '}')
	}
	return append(b, ']')
}

// MarshalJSON writes {"address", "url"}, the address in lower case.
func (a Account) MarshalJSON() ([]byte, error) {
	b := appendAccounts(nil, []Account{a})
	return b[1 : len(b)-1], nil
}

// ListRequest is the parameter of ui_approveListing and of the rule callback
// ApproveListing.
type ListRequest struct {
	Accounts []Account
	Meta     Meta
}

// MarshalJSON writes {"accounts", "meta"}.
func (r *ListRequest) MarshalJSON() ([]byte, error) { return r.appendJSON(nil), nil }

func (r *ListRequest) appendJSON(b []byte) []byte {
	b = appendAccounts(append(b, `{"accounts":`...), r.Accounts)
	return append(r.Meta.appendJSON(append(b, `,"meta":`...)), '}')
}

// ListAnswer is what a UI answers to ui_approveListing. Accounts is nil if it denies.
type ListAnswer struct{ Accounts []Account }

// NewAccountRequest is the parameter of ui_approveNewAccount. Rules are not asked.
type NewAccountRequest struct{ Meta Meta }

// MarshalJSON writes {"meta"}.
func (r *NewAccountRequest) MarshalJSON() ([]byte, error) { return r.appendJSON(nil), nil }

func (r *NewAccountRequest) appendJSON(b []byte) []byte {
	return append(r.Meta.appendJSON(append(b, `{"meta":`...)), '}')
}

// Decision is what a UI answers to ui_approveSignData, ui_approveNewAccount,
// ui_approveBulkTx and ui_approvePairing.
type Decision struct{ Approved bool }

// UserInputRequest is the parameter of ui_onInputRequired.
type UserInputRequest struct {
	Title, Prompt string
	IsPassword    bool
}

// MarshalJSON writes {"title", "prompt", "isPassword"}.
func (r UserInputRequest) MarshalJSON() ([]byte, error) {
	b := appendText([]byte(`{"title":`), r.Title)
	b = appendText(append(b, `,"prompt":`...), r.Prompt)
	if r.IsPassword {
		return append(b, `,"isPassword":true}`...), nil
	}
	return append(b, `,"isPassword":false}`...), nil
}

// UserInputAnswer is what a UI answers to ui_onInputRequired: a password.
type UserInputAnswer struct{ Text secret.Bytes }

// Notice is the parameter of ui_showInfo and ui_showError.
type Notice struct{ Text string }

// MarshalJSON writes {"text"}.
func (n Notice) MarshalJSON() ([]byte, error) {
	return append(appendText([]byte(`{"text":`), n.Text), '}'), nil
}
