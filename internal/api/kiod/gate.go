package kiod

import (
	"context"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// Gate is the part of the gate that this protocol uses; *gate.Gate has it.
type Gate interface {
	CreateWallet(ctx context.Context, c gate.Caller, w gate.NewWallet) (gate.Wallet, error)
	LiveWallet(ctx context.Context, c gate.Caller, name string) (gate.Wallet, error)

	Unlock(ctx context.Context, c gate.Caller, u gate.Unlock) (gate.Session, error)
	Session(ctx context.Context, c gate.Caller, id gate.SessionID) (gate.Session, error)
	Renew(ctx context.Context, c gate.Caller, id gate.SessionID, lifetime time.Duration) (gate.Session, error)
	Lock(ctx context.Context, c gate.Caller, id gate.SessionID) error
	CheckPassword(ctx context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes) error

	Keys(ctx context.Context, c gate.Caller, id gate.SessionID) (gate.KeyList, error)
	FindKey(ctx context.Context, c gate.Caller, id gate.SessionID, key gate.KeyID) (gate.Key, error)
	NewKey(ctx context.Context, c gate.Caller, id gate.SessionID, o gate.KeyOptions) (gate.Key, error)
	// AddKey gives the key that is there already beside fault.KeyExists.
	AddKey(ctx context.Context, c gate.Caller, id gate.SessionID, o gate.KeyOptions, private secret.Bytes) (gate.Key, error)
	NameKey(ctx context.Context, c gate.Caller, id gate.SessionID, key gate.KeyID, name string, password secret.Bytes) error
	RemoveKey(ctx context.Context, c gate.Caller, id gate.SessionID, key gate.KeyID, password secret.Bytes) error
	ExportKeys(ctx context.Context, c gate.Caller, id gate.SessionID, password secret.Bytes, each func(gate.Key, secret.Bytes) error) error

	Sign(ctx context.Context, c gate.Caller, r gate.SignRequest) (gate.Signed, error)
	AllowStop(ctx context.Context, c gate.Caller) error

	// Refused reports a request that was turned away before it became an
	// operation of the gate. The gate coalesces such reports in the journal.
	Refused(ctx context.Context, c gate.Caller, op gate.Operation, kind fault.Kind)
}

var _ Gate = (*gate.Gate)(nil)
