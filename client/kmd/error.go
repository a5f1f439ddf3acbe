package kmd

import (
	"errors"
	"net/http"
)

// Texts of the daemon that programs match on. They stand in [Error.Message].
const (
	MessageBadToken       = "invalid API token"
	MessageBadBody        = "could not decode request body"
	MessageBadAddress     = "could not decode address"
	MessageBadTransaction = "could not decode transaction"
	MessageWrongPassword  = "error decrypting. wrong password?"
	MessageHandleExpired  = "handle expired"
	MessageHandleUnknown  = "handle does not exist"
	MessageWalletUnknown  = "wallet not found"
	MessageWalletExists   = "wallet with same name already exists"
	MessageKeyUnknown     = "key does not exist in this wallet"
	MessageKeyExists      = "key already exists in wallet"
)

// Error is a refusal by the daemon.
type Error struct {
	Status  int    // HTTP status: 400, 401, 404, 413, 500 …
	Message string // the daemon's text, unchanged
}

// Error is the daemon's text, or the name of the status if it sent none.
func (e *Error) Error() string {
	if e.Message != "" {
		return e.Message
	}
	if text := http.StatusText(e.Status); text != "" {
		return text
	}
	return "the daemon refused the request"
}

// IsHandleGone reports whether err says that a wallet handle is no longer
// valid, so that the wallet must be opened again. A handle that is merely
// malformed or has a wrong secret is not gone: opening again would hide a
// mistake.
func IsHandleGone(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusUnauthorized &&
		(e.Message == MessageHandleExpired || e.Message == MessageHandleUnknown)
}

// IsWrongPassword reports whether err says that the password was wrong. The
// daemon gives the same text for a damaged wallet.
func IsWrongPassword(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Message == MessageWrongPassword
}
