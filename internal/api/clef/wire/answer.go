package wire

import (
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// ParseTxAnswer reads what a UI answers to ui_approveTx. Members that are not known are
// ignored, but not those of the transaction. Errors: fault.Invalid with the peer's texts,
// which the caller is told.
func ParseTxAnswer(raw []byte) (answer TxAnswer, err error) {
	list, err := members(raw, "core.SignTxResponse")
	if err != nil {
		return answer, err
	}
	for _, m := range list {
		switch {
		case m.name == "approved":
			answer.Approved, err = flag(m, "SignTxResponse")
		case m.name == "transaction" && !isNull(m.value):
			answer.Transaction, err = ParseTransaction(m.value)
		}
		if err != nil {
			return TxAnswer{}, err
		}
	}
	return answer, nil
}

// ParseDecision reads an answer that is only yes or no. Errors: fault.Invalid.
func ParseDecision(raw []byte) (answer Decision, err error) {
	list, err := members(raw, "core.SignDataResponse")
	if err != nil {
		return answer, err
	}
	for _, m := range list {
		if m.name == "approved" {
			if answer.Approved, err = flag(m, "SignDataResponse"); err != nil {
				return Decision{}, err
			}
		}
	}
	return answer, nil
}

// maxListing bounds the accounts that a UI reveals.
const maxListing = 1 << 20

// ParseListAnswer reads what a UI answers to ui_approveListing. Errors: fault.Invalid
// with the peer's texts, among them one for an account whose url is the empty string.
func ParseListAnswer(raw []byte) (answer ListAnswer, err error) {
	list, err := members(raw, "core.ListResponse")
	if err != nil {
		return answer, err
	}
	for _, m := range list {
		if m.name != "accounts" || isNull(m.value) {
			continue
		}
		answer.Accounts = []Account{}
		if err = (field{"ListResponse", m.name}).elements(m.value, maxListing, "[]accounts.Account", func(value []byte) error {
			one, err := readAccount(value)
			answer.Accounts = append(answer.Accounts, one)
			return err
		}); err != nil {
			return ListAnswer{}, err
		}
	}
	return answer, nil
}

var errNoScheme = fault.Invalid.New("protocol scheme missing")

func readAccount(raw []byte) (a Account, err error) {
	list, err := members(raw, "accounts.Account")
	if err != nil {
		return a, err
	}
	for _, m := range list {
		at := field{"Account", m.name}
		switch m.name {
		case "address":
			var b []byte
			if b, err = at.fixed(m.value, len(a.Address), "common.Address"); err != nil {
				return a, err
			}
			a.Address = [20]byte(b)
		case "url":
			if isNull(m.value) {
				continue
			}
			s, ok := text(m.value)
			if !ok {
				return a, at.in(fault.Invalid.New("%s", kindName(m.value.Kind())), "string")
			}
			if s == "" {
				return a, errNoScheme
			}
			a.URL = s
		}
	}
	return a, nil
}

// ParseInput reads what a UI answers to ui_onInputRequired. The caller wipes the answer,
// and raw. Errors: fault.Invalid, whose text has nothing of the answer in it.
func ParseInput(raw []byte) (UserInputAnswer, error) {
	list, err := members(raw, "core.UserInputResponse")
	if err != nil {
		return UserInputAnswer{}, errInput
	}
	for _, m := range list {
		if m.name != "text" || isNull(m.value) {
			continue
		}
		if m.value.Kind() != '"' {
			return UserInputAnswer{}, errInput
		}
		// The room is enough, so that nothing is left in a smaller one: no escape is
		// shorter than what it stands for.
		room := make([]byte, 0, len(m.value))
		clear, err := jsontext.AppendUnquote(room, m.value)
		answer := UserInputAnswer{secret.New(clear)}
		if err != nil {
			answer.Text.Wipe()
			return UserInputAnswer{}, errInput
		}
		return answer, nil
	}
	return UserInputAnswer{}, nil
}

var errInput = fault.Invalid.New("the UI's answer has no text")

// flag reads true or false.
func flag(m member, object string) (bool, error) {
	switch m.value.Kind() {
	case 't':
		return true, nil
	case 'f', 'n':
		return false, nil
	}
	return false, field{object, m.name}.in(fault.Invalid.New("%s", kindName(m.value.Kind())), "bool")
}
