package wire

import (
	"sync"

	"strongroom/internal/approval"
)

// Kind is what a [Subject] asks for.
type Kind uint8

// The kinds. The zero value is none.
const (
	KindNone Kind = iota
	KindTx
	KindData
	KindListing
	KindNewAccount
	KindBulk
	KindRaw // a transaction that cannot be changed
	KindPairing
)

// kinds says with which methods the UI and the rules are asked; "" if rules are not.
var kinds = [...]struct{ method, callback string }{
	KindNone:       {},
	KindTx:         {"ui_approveTx", "ApproveTx"},
	KindData:       {"ui_approveSignData", "ApproveSignData"},
	KindListing:    {"ui_approveListing", "ApproveListing"},
	KindNewAccount: {"ui_approveNewAccount", ""},
	KindBulk:       {"ui_approveBulkTx", "ApproveBulkTx"},
	KindRaw:        {"ui_approveTx", "ApproveTx"},
	KindPairing:    {"ui_approvePairing", ""},
}

// Subject is what Clef's doors put into approval.Question.Subject: the request, as the
// UI and the rules are told it. The request is not changed once it is asked about.
type Subject struct {
	kind    Kind
	request document

	once sync.Once
	text []byte // the request in JSON

	mu       sync.Mutex
	approved *SendTxArgs
}

// document writes its own JSON.
type document interface{ appendJSON(b []byte) []byte }

// AskTx is a transaction to be signed: KindRaw if r has Raw, else KindTx.
func AskTx(r *TxRequest) *Subject {
	if r.Raw != nil {
		return &Subject{kind: KindRaw, request: r}
	}
	return &Subject{kind: KindTx, request: r}
}

// AskData is data to be signed.
func AskData(r *SignDataRequest) *Subject { return &Subject{kind: KindData, request: r} }

// AskListing is a listing of accounts. Which there are the gate finds out, and
// [SubjectOf] adds.
func AskListing(r *ListRequest) *Subject { return &Subject{kind: KindListing, request: r} }

// AskNewAccount is a new account.
func AskNewAccount(r *NewAccountRequest) *Subject { return &Subject{kind: KindNewAccount, request: r} }

// AskBulk is several transactions.
func AskBulk(r *BulkRequest) *Subject { return &Subject{kind: KindBulk, request: r} }

// AskPairing is a caller that wants to be paired.
func AskPairing(r *PairingRequest) *Subject { return &Subject{kind: KindPairing, request: r} }

// SubjectOf is what q asks; nil if it was not asked by one of Clef's doors. A listing has
// the accounts of q.
func SubjectOf(q *approval.Question) *Subject {
	s, ok := q.Subject.(*Subject)
	if !ok || s.kind != KindListing {
		return s
	}
	r := &ListRequest{Accounts: make([]Account, len(q.Accounts)), Meta: s.Meta()}
	for i, a := range q.Accounts {
		r.Accounts[i] = Account{Address: a.Address, URL: "keystore://" + a.Path}
	}
	return AskListing(r)
}

// Kind is what is asked for.
func (s *Subject) Kind() Kind { return s.kind }

// Method is the name of the UI's method: "ui_approveTx".
func (s *Subject) Method() string { return kinds[s.kind].method }

// Callback is the name of the rules' function, "ApproveTx"; "" if rules do not decide
// such requests.
func (s *Subject) Callback() string { return kinds[s.kind].callback }

// Parameter is the JSON of the one parameter of [Subject.Method]. It is made once.
// Callers do not change it.
func (s *Subject) Parameter() []byte {
	s.once.Do(func() { s.text = s.request.appendJSON(nil) })
	return s.text
}

// RuleParameter is the JSON of the argument of [Subject.Callback], which is the same.
func (s *Subject) RuleParameter() []byte { return s.Parameter() }

// Tx is the request of KindTx and KindRaw, else nil.
func (s *Subject) Tx() *TxRequest { r, _ := s.request.(*TxRequest); return r }

// SignData is the request of KindData, else nil.
func (s *Subject) SignData() *SignDataRequest { r, _ := s.request.(*SignDataRequest); return r }

// Listing is the request of KindListing, else nil.
func (s *Subject) Listing() *ListRequest { r, _ := s.request.(*ListRequest); return r }

// NewAccount is the request of KindNewAccount, else nil.
func (s *Subject) NewAccount() *NewAccountRequest { r, _ := s.request.(*NewAccountRequest); return r }

// Bulk is the request of KindBulk, else nil.
func (s *Subject) Bulk() *BulkRequest { r, _ := s.request.(*BulkRequest); return r }

// Pairing is the request of KindPairing, else nil.
func (s *Subject) Pairing() *PairingRequest { r, _ := s.request.(*PairingRequest); return r }

// Meta is what is known of the caller.
func (s *Subject) Meta() Meta {
	switch r := s.request.(type) {
	case *TxRequest:
		return r.Meta
	case *SignDataRequest:
		return r.Meta
	case *ListRequest:
		return r.Meta
	case *NewAccountRequest:
		return r.Meta
	case *BulkRequest:
		return r.Meta
	case *PairingRequest:
		return r.Meta
	}
	return Meta{}
}

// Approve keeps the transaction that was approved where it is another than the one that
// was asked for, with the sidecar of its blobs. The door shows the result by it.
func (s *Subject) Approve(changed *SendTxArgs) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.approved = changed
}

// Approved is the transaction to show the result by: that of [Subject.Approve], else the
// one that was asked for; nil if the request is none of one transaction.
func (s *Subject) Approved() *SendTxArgs {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.approved != nil {
		return s.approved
	}
	if r := s.Tx(); r != nil {
		return r.Transaction
	}
	return nil
}
