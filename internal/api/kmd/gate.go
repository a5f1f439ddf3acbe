package kmd

import (
	"context"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// Gate is the part of the gate that this protocol uses; *gate.Gate has it.
type Gate interface {
	Wallets(ctx context.Context, c gate.Caller) (gate.WalletList, error)
	CreateWallet(ctx context.Context, c gate.Caller, w gate.NewWallet) (gate.Wallet, error)
	RenameWallet(ctx context.Context, c gate.Caller, id gate.WalletID, password secret.Bytes, name string) (gate.Wallet, error)

	Unlock(ctx context.Context, c gate.Caller, u gate.Unlock) (gate.Session, error)
	Session(ctx context.Context, c gate.Caller, id gate.SessionID) (gate.Session, error)
	Renew(ctx context.Context, c gate.Caller, id gate.SessionID, lifetime time.Duration) (gate.Session, error)
	Lock(ctx context.Context, c gate.Caller, id gate.SessionID) error
	CheckPassword(ctx context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes) error

	Keys(ctx context.Context, c gate.Caller, id gate.SessionID) (gate.KeyList, error)
	GenerateKey(ctx context.Context, c gate.Caller, id gate.SessionID) (gate.Key, error)
	ImportKey(ctx context.Context, c gate.Caller, id gate.SessionID, a curve.Algorithm, private secret.Bytes) (gate.Key, error)
	ExportKey(ctx context.Context, c gate.Caller, id gate.SessionID, public curve.PublicKey, password secret.Bytes) (secret.Bytes, error)
	DeleteKey(ctx context.Context, c gate.Caller, id gate.SessionID, public curve.PublicKey, password secret.Bytes) error
	ExportSeed(ctx context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes) (secret.Bytes, error)

	Accounts(ctx context.Context, c gate.Caller, id gate.SessionID) ([]gate.Account, error)
	Account(ctx context.Context, c gate.Caller, id gate.SessionID, address []byte) (gate.Account, error)
	ImportAccount(ctx context.Context, c gate.Caller, id gate.SessionID, a gate.Account) error
	DeleteAccount(ctx context.Context, c gate.Caller, id gate.SessionID, address []byte, password secret.Bytes) error

	Sign(ctx context.Context, c gate.Caller, r gate.SignRequest) (gate.Signed, error)

	// Refused reports a request that was turned away before it became an
	// operation, because the caller did not prove who it is. The gate coalesces
	// such reports in the journal.
	Refused(ctx context.Context, c gate.Caller, op gate.Operation, kind fault.Kind)
}

var _ Gate = (*gate.Gate)(nil)
