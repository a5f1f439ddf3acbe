package gate

import (
	"context"
	"encoding/hex"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// Caller is who asks, with the evidence. Every operation takes one.
type Caller struct {
	Listener string // configured name of the door: "kmd", "admin"; rules match on it
	Protocol string // "kmd", "rest"
	Address  string // remote address, or the socket's path
	UID      int64  // peer uid from the kernel, -1 where the transport has none
	Identity string // what the caller proved, e.g. "token"; "" if nothing
	Conn     uint64 // number of the connection; used only to queue fairly
}

// WalletID names a wallet for ever.
type WalletID = store.WalletID

// ParseWalletID reads 32 lower-case hex digits; anything else is fault.UnknownWallet.
func ParseWalletID(text string) (WalletID, error) {
	var id WalletID
	if len(text) != 2*len(id) || !isLowerHex(text) {
		return id, fault.UnknownWallet.New("wallet not found")
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err
}

// FormatWalletID is the inverse of [ParseWalletID].
func FormatWalletID(id WalletID) string {
	var text [2 * len(id)]byte
	hex.Encode(text[:], id[:])
	return string(text[:])
}

func isLowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// The nouns of the wallets behind the gate. Their documentation is there.
type (
	Wallet     = wallet.Info
	NewWallet  = wallet.New
	SessionID  = wallet.SessionID
	Unlock     = wallet.Unlock
	Key        = wallet.Key
	KeyID      = wallet.KeyID
	KeyOptions = wallet.KeyOptions
	Derivation = wallet.Derivation
	KeyList    = wallet.KeyList
	Account    = wallet.Account
)

// LiveFolder is a folder of wallet files that are wallets themselves.
type LiveFolder = wallet.LiveFolder

// Errors of files that are no wallets; all are fault.Corrupt.
var (
	ErrWalletEmpty = wallet.ErrFileEmpty
	ErrWalletJSON  = wallet.ErrFileJSON
	ErrWalletForm  = wallet.ErrFileForm
	ErrWalletHex   = wallet.ErrFileHex
)

// Session is an open wallet, held until its deadline.
type Session struct {
	ID       SessionID
	Wallet   Wallet
	Deadline time.Time
}

// SignRequest asks for one finished signature or signed transaction.
type SignRequest struct {
	Session  SessionID
	Sessions []SessionID  // instead of Session: wallets to look for the keys in, in this order
	Password secret.Bytes // needed where the session was opened with Reauthenticate
	Chain    string       // chain id: "algorand"
	Request  chain.Request

	// KeyFiles signs with an account of the listener's key store instead of a wallet of
	// a session. Request.Context then is the 20 bytes of the account's address, and
	// Request.Signer is zero.
	KeyFiles bool
	// Subject is the API's own form of the request, for approvers that speak its
	// protocol. Nobody else reads it.
	Subject any
	// Unlock is asked for the password of an account that is not open, after the
	// approval and for as long as an approval may take. nil: there is none to ask.
	Unlock func(ctx context.Context, account KeyFile) (secret.Bytes, error)
}

// Signed is the result of a SignRequest.
type Signed struct {
	Result    []byte         // what the chain's Finish returned
	Effects   []chain.Effect // what was agreed to
	Sequence  uint64         // the journal record of the decision
	Signature []byte         // the first raw signature
	Request   chain.Request  // what was signed: the caller's request, or what the approver made of it
}
