// Package fault gives every error of strongroom one kind.
//
// The core (gate and below) knows neither HTTP nor exit codes. It returns errors
// of a [Kind]; each API translates kinds to its own status codes and exact texts
// in one table (see the errors.go of an API folder).
//
// # Two texts
//
// An error made here has a text that is safe to show to anyone who may make the
// request, and optionally a cause that only goes to the log. The text is lower
// case, has no full stop, says what is wrong and where, and never contains a
// secret or the contents of a file. A hint says what to do next.
//
// Everybody may import this package; it imports only the standard library.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what went wrong in terms that a program can branch on.
type Kind uint8

// The kinds. The zero value is Internal: an error that nobody classified tells
// the caller nothing but that it happened.
const (
	Internal        Kind = iota
	Invalid              // the request is malformed or breaks a stated rule
	InvalidAddress       // an address does not decode
	InvalidPayload       // what should be signed does not decode
	TooLarge             // the request exceeds a stated bound
	Unauthenticated      // the caller did not prove who it is
	Denied               // the rules do not allow it
	WrongPassword        // the password does not open the wallet
	Locked               // the wallet is locked
	UnknownWallet        // no such wallet
	AmbiguousWallet      // several wallets answer to the same id
	WalletExists         // the wallet name (or id) is taken
	UnknownKey           // no such key in the wallet
	KeyExists            // the key is already in the wallet
	UnknownAccount       // no such multi-signature account in the wallet
	UnknownSession       // no such session
	SessionExpired       // the session's deadline has passed
	Conflict             // a file or a state changed under our feet
	Corrupt              // stored data fails its integrity check
	Storage              // the durable store or the journal failed
	Busy                 // a bounded queue is full; try again
	Exhausted            // a bounded resource (memory, counter) is used up
	Unsupported          // this software does not do that
	Canceled             // the caller went away or the daemon stops
)

var kindNames = [...]string{
	Internal: "internal", Invalid: "invalid", InvalidAddress: "invalid-address", InvalidPayload: "invalid-payload",
	TooLarge: "too-large", Unauthenticated: "unauthenticated", Denied: "denied", WrongPassword: "wrong-password",
	Locked: "locked", UnknownWallet: "unknown-wallet", AmbiguousWallet: "ambiguous-wallet", WalletExists: "wallet-exists",
	UnknownKey: "unknown-key", KeyExists: "key-exists", UnknownAccount: "unknown-account", UnknownSession: "unknown-session",
	SessionExpired: "session-expired", Conflict: "conflict", Corrupt: "corrupt", Storage: "storage", Busy: "busy",
	Exhausted: "exhausted", Unsupported: "unsupported", Canceled: "canceled",
}

// String is the stable name of the kind, as it stands in the journal, in logs
// and in the JSON of our own API.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Internal]
}

// ParseKind is the inverse of [Kind.String]; unknown names give Internal.
func ParseKind(name string) Kind {
	for k, n := range kindNames {
		if n == name {
			return Kind(k)
		}
	}
	return Internal
}

// Error is an error with a kind. Make one with [Kind.New] or [Kind.Wrap].
type Error struct {
	kind  Kind
	text  string
	hint  string
	cause error
}

// New makes an error whose text is safe to show.
func (k Kind) New(format string, args ...any) *Error {
	return &Error{kind: k, text: fmt.Sprintf(format, args...)}
}

// Wrap makes an error whose text is safe to show and whose cause is for the log only.
func (k Kind) Wrap(cause error, format string, args ...any) *Error {
	return &Error{kind: k, text: fmt.Sprintf(format, args...), cause: cause}
}

// WithHint returns a copy that also says what to do next.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.hint = fmt.Sprintf(format, args...)
	return &c
}

// Error is the full text for the log, cause included. Show [Text] to callers.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.text + ": " + e.cause.Error()
	}
	return e.text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf is the kind of the outermost classified error in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.kind
	}
	return Internal
}

// Is reports whether err is of kind k. A nil error is of no kind.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// Text is what may be shown of err: the text of the outermost classified error,
// or a fixed sentence for errors that nobody classified.
func Text(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.text
	}
	return "internal error; the log has the details"
}

// Hint is what to do next, or "".
func Hint(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.hint
	}
	return ""
}
