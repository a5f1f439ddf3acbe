package kiod

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// code is the number by which clients know an error (§4.2, §4.3).
type code int

// The codes.
const (
	codeGeneric       code = 0
	codeParse         code = 4
	codeCast          code = 7
	codeRange         code = 8
	codeAssert        code = 10
	codeEOF           code = 11
	codeLexical       code = 13
	codeBusy          code = 503
	codeName          code = 3010001
	codeWallet        code = 3120000
	codeWalletExists  code = 3120001
	codeWalletUnknown code = 3120002
	codeWalletLocked  code = 3120003
	codeMissingKey    code = 3120004
	codePassword      code = 3120005
	codeNoWallet      code = 3120006
	codeUnlocked      code = 3120007
	codeKeyExists     code = 3120008
	codeKeyUnknown    code = 3120009
	codeKeyType       code = 3120010
	codeTimeout       code = 3120011
	codeRequest       code = 3200006
)

// description is what belongs to a code. A status of 0 is 500.
type description struct {
	name, what string
	status     int
}

var descriptions = map[code]description{
	codeGeneric:       {"exception", "unspecified", 0},
	codeParse:         {"parse_error_exception", "Parse Error", 0},
	codeCast:          {"bad_cast_exception", "Bad Cast", 0},
	codeRange:         {"out_of_range_exception", "Out of Range", 0},
	codeAssert:        {"assert_exception", "Assert Exception", 0},
	codeEOF:           {"eof_exception", "End Of File", http.StatusUnprocessableEntity},
	codeLexical:       {"bad_lexical_cast", "bad lexical cast: source type value could not be interpreted as target", 0},
	codeBusy:          {"Busy", "", http.StatusServiceUnavailable},
	codeName:          {"name_type_exception", "Invalid name", 0},
	codeWallet:        {"wallet_exception", "Wallet exception", 0},
	codeWalletExists:  {"wallet_exist_exception", "Wallet already exists", 0},
	codeWalletUnknown: {"wallet_nonexistent_exception", "Nonexistent wallet", 0},
	codeWalletLocked:  {"wallet_locked_exception", "Locked wallet", 0},
	codeMissingKey:    {"wallet_missing_pub_key_exception", "Missing public key", 0},
	codePassword:      {"wallet_invalid_password_exception", "Invalid wallet password", 0},
	codeNoWallet:      {"wallet_not_available_exception", "No available wallet", 0},
	codeUnlocked:      {"wallet_unlocked_exception", "Already unlocked", 0},
	codeKeyExists:     {"key_exist_exception", "Key already exists", 0},
	codeKeyUnknown:    {"key_nonexistent_exception", "Nonexistent key", 0},
	codeKeyType:       {"unsupported_key_type_exception", "Unsupported key type", 0},
	codeTimeout:       {"invalid_lock_timeout_exception", "Wallet lock timeout is invalid", 0},
	codeRequest:       {"invalid_http_request", "invalid http request", http.StatusBadRequest},
}

// sentinels are the errors of values that tell more than their kind.
var sentinels = []struct {
	err  error
	code code
}{
	{antelope.ErrNotBase58, codeParse},
	{antelope.ErrTruncated, codeRange},
	{antelope.ErrHexDigit, codeGeneric},
	{antelope.ErrDate, codeLexical},
	{antelope.ErrNumber, codeCast},
	{antelope.ErrKind, codeCast},
	{antelope.ErrName, codeName},
	{antelope.ErrJSON, codeRequest},
	{gate.ErrWalletEmpty, codeEOF},
	{gate.ErrWalletJSON, codeParse},
	{gate.ErrWalletHex, codeGeneric},
	{gate.ErrWalletForm, codeCast},
}

// kinds translates the kinds of errors. Below the line are those that the peer
// does not have.
var kinds = map[fault.Kind]struct {
	code   code
	status int // 0: that of the code
}{
	fault.Invalid:        {codeAssert, 0}, // texts that are not in their form
	fault.InvalidAddress: {codeAssert, 0},
	fault.InvalidPayload: {codeAssert, 0},
	fault.WrongPassword:  {codePassword, 0},
	fault.Locked:         {codeWalletLocked, 0},
	fault.UnknownSession: {codeWalletLocked, 0},
	fault.SessionExpired: {codeWalletLocked, 0},
	fault.UnknownWallet:  {codeWalletUnknown, 0},
	fault.WalletExists:   {codeWalletExists, 0},
	fault.UnknownKey:     {codeKeyUnknown, 0},
	fault.KeyExists:      {codeKeyExists, 0},
	fault.Unsupported:    {codeKeyType, 0},
	fault.Corrupt:        {codeWallet, 0},
	fault.Storage:        {codeWallet, 0},

	fault.Denied:          {codeWallet, http.StatusForbidden},
	fault.Unauthenticated: {codeWallet, http.StatusForbidden},
	fault.TooLarge:        {codeRequest, http.StatusRequestEntityTooLarge},
	fault.AmbiguousWallet: {codeWallet, 0},
	fault.UnknownAccount:  {codeWallet, 0},
	fault.Conflict:        {codeWallet, 0},
	fault.Busy:            {codeBusy, 0},
	fault.Exhausted:       {codeBusy, 0},
	fault.Canceled:        {codeBusy, 0},
	fault.Internal:        {codeGeneric, 0},
}

// refusal is an error in the peer's terms.
type refusal struct {
	code    code
	status  int // 0: that of the code
	message string
	cause   error
}

func (r *refusal) Error() string { return r.message }
func (r *refusal) Unwrap() error { return r.cause }

// refuse makes an error that this package finds itself.
func refuse(c code, format string, args ...any) error {
	return &refusal{code: c, message: fmt.Sprintf(format, args...)}
}

func errUnparsable() error { return refuse(codeRequest, "Unable to parse valid input from POST body") }
func errCast() error       { return refuse(codeCast, "Invalid cast: a list or object where a text belongs") }

// translate puts an error into the peer's terms. The texts of wallet errors name
// the wallet of the call.
func (c *call) translate(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return &refusal{code: s.code, message: fault.Text(err), cause: err}
		}
	}
	k, ok := kinds[fault.KindOf(err)]
	if !ok {
		k = kinds[fault.Internal]
	}
	return &refusal{code: k.code, status: k.status, message: cmp.Or(c.walletText(k.code), fault.Text(err)), cause: err}
}

// walletText is the peer's text for an error about the wallet of the call, "" for
// other errors.
func (c *call) walletText(code code) string {
	switch code {
	case codePassword:
		return fmt.Sprintf("Invalid password for wallet: %q", c.pathOf(c.name))
	case codeWalletLocked:
		return "Wallet is locked: " + c.name
	case codeWalletUnknown:
		return "Unable to open file: " + c.pathOf(c.name)
	case codeWalletExists:
		return fmt.Sprintf("Wallet with name: '%s' already exists at %s", c.name, c.pathOf(c.name))
	case codeKeyUnknown:
		return "Key not in wallet"
	case codeKeyExists:
		return "Key already in wallet"
	}
	return ""
}

// worthLogging reports whether an error is ours rather than the client's.
func worthLogging(err error) bool {
	switch fault.KindOf(err) {
	case fault.Internal:
		_, known := errors.AsType[*refusal](err)
		return !known
	case fault.Storage, fault.Corrupt, fault.Exhausted:
		return true
	}
	return false
}
