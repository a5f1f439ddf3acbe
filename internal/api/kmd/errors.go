package kmd

import (
	"errors"
	"net/http"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/fault"
)

// answer is a status with a text. An empty text shows the error's own.
type answer struct {
	status int
	text   string
}

// translation is how one kind of error is answered. The peer answers most
// things with 400; opening a wallet says 401 whatever went wrong there; lists,
// handle information and key generation say 500 for what is the storage's fault.
// A status of 0 means that of elsewhere.
type translation struct {
	elsewhere answer
	opening   int
	reading   int
}

const (
	bad          = http.StatusBadRequest
	unauthorized = http.StatusUnauthorized
	broken       = http.StatusInternalServerError
	unavailable  = http.StatusServiceUnavailable
)

// translations is the one table from kinds of errors to the peer's statuses and
// texts (§4.2). Kinds below the line are ours: the peer has no such case.
var translations = map[fault.Kind]translation{
	fault.Invalid:         {elsewhere: answer{bad, ""}},
	fault.InvalidAddress:  {elsewhere: answer{bad, "could not decode address"}},
	fault.InvalidPayload:  {elsewhere: answer{bad, "could not decode transaction"}},
	fault.Unauthenticated: {elsewhere: answer{unauthorized, ""}}, // token and form of handles
	fault.WrongPassword:   {elsewhere: answer{bad, "error decrypting. wrong password?"}, opening: unauthorized},
	fault.UnknownWallet:   {elsewhere: answer{bad, "wallet not found"}},
	fault.AmbiguousWallet: {elsewhere: answer{bad, "multiple wallets with the same ID exist. cannot continue"}},
	fault.WalletExists:    {elsewhere: answer{bad, "wallet with same name already exists"}},
	fault.UnknownKey:      {elsewhere: answer{bad, "key does not exist in this wallet"}},
	fault.KeyExists:       {elsewhere: answer{bad, "key already exists in wallet"}},
	fault.UnknownAccount:  {elsewhere: answer{bad, "multisig information (pks, threshold) for address does not exist in this wallet"}},
	fault.UnknownSession:  {elsewhere: answer{unauthorized, "handle does not exist"}},
	fault.SessionExpired:  {elsewhere: answer{unauthorized, "handle expired"}},
	fault.Corrupt:         {elsewhere: answer{bad, "derived public key mismatch, something fishy is going on with this wallet"}, opening: unauthorized},
	fault.Storage:         {elsewhere: answer{bad, "database error"}, opening: unauthorized, reading: broken},
	fault.Unsupported:     {elsewhere: answer{bad, ""}, reading: broken},

	fault.Locked:    {elsewhere: answer{unauthorized, "handle does not exist"}}, // locked by the owner's own command
	fault.Denied:    {elsewhere: answer{http.StatusForbidden, ""}},
	fault.TooLarge:  {elsewhere: answer{http.StatusRequestEntityTooLarge, ""}},
	fault.Conflict:  {elsewhere: answer{bad, ""}, opening: unauthorized},
	fault.Busy:      {elsewhere: answer{unavailable, ""}},
	fault.Exhausted: {elsewhere: answer{unavailable, ""}},
	fault.Canceled:  {elsewhere: answer{unavailable, ""}},
	fault.Internal:  {elsewhere: answer{broken, ""}},
}

// signing is the second half of the table: what can be wrong with a
// multi-signature. All are answered with 400.
var signing = []struct {
	err  error
	text string
}{
	{algorand.ErrUnknownVersion, "unknown version"},
	{algorand.ErrInvalidThreshold, "Invalid threshold"},
	{algorand.ErrNotAmongKeys, "Key does not exist"},
	{algorand.ErrNotPossibleSigner, "given key is not a possible signer for this multisig"},
	{algorand.ErrAddressMismatch, "given multisig preimage hashes to neither Sender nor AuthAddr"},
	{algorand.ErrConflictingSignature, "Invalid duplicates"},
}

// aboutMultisig reports whether err is in that half.
func aboutMultisig(err error) bool {
	for _, s := range signing {
		if errors.Is(err, s.err) {
			return true
		}
	}
	return false
}

// Texts of the peer for refusals that this package finds itself.
const (
	textToken     = "invalid API token"
	textDriver    = "unknown wallet driver"
	textNameSize  = "wallet name too long, must be <= 64 bytes"
	textMnemonic  = "sqlite wallet driver cannot display mnemonics"
	textOperation = "operation not supported by wallet" // all that the ledger driver says to most requests
)

// folderTrouble is why a wallet folder could not be listed. The peer shows what the
// operating system said, path included.
type folderTrouble struct{ error }

func (f folderTrouble) Unwrap() error { return f.error }

// translate finds the answer to an error of an operation in the given place.
func translate(err error, in place) answer {
	for _, s := range signing {
		if errors.Is(err, s.err) {
			return answer{bad, s.text}
		}
	}
	if trouble, ok := errors.AsType[folderTrouble](err); ok {
		return answer{broken, fault.Text(trouble)}
	}
	t, ok := translations[fault.KindOf(err)]
	if !ok {
		t = translations[fault.Internal]
	}
	a := t.elsewhere
	switch {
	case in == opening && t.opening != 0:
		a.status = t.opening
	case in == reading && t.reading != 0:
		a.status = t.reading
	}
	if a.text == "" {
		a.text = fault.Text(err)
	}
	return a
}

// place says which column of the table counts for a route.
type place uint8

const (
	elsewhere place = iota
	opening         // wallet/init
	reading         // lists, info, renew, key generation
)

// worthLogging reports whether an error is ours rather than the client's.
func worthLogging(err error) bool {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Storage, fault.Corrupt, fault.Exhausted:
		return true
	}
	return false
}

// errorBody is the envelope of §3.4.
func errorBody(text string) []byte {
	b := append([]byte(nil), "{\n  \"error\": true,\n  \"message\": "...)
	b = appendText(b, text)
	return append(b, "\n}"...)
}
