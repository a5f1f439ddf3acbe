package clef

import (
	"context"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// Gate is the part of the gate that this protocol uses; *gate.Gate has it.
type Gate interface {
	ListKeyFiles(ctx context.Context, c gate.Caller, subject any) (gate.Listing, error)
	NewKeyFile(ctx context.Context, c gate.Caller, subject any, password func(context.Context) (secret.Bytes, error)) (gate.KeyFile, error)
	ImportKeyFile(ctx context.Context, c gate.Caller, private, password secret.Bytes) (gate.KeyFile, error)
	ImportKeyJSON(ctx context.Context, c gate.Caller, file []byte, old, password secret.Bytes) (gate.KeyFile, error)
	ExportKeyJSON(ctx context.Context, c gate.Caller, address [20]byte) ([]byte, error)

	Sign(ctx context.Context, c gate.Caller, r gate.SignRequest) (gate.Signed, error)
	// SignAll signs several requests of one sender after one approval, or none.
	SignAll(ctx context.Context, c gate.Caller, r gate.SignAllRequest) ([]gate.Signed, error)

	// PairCaller asks whether a caller may be paired. It keeps nothing.
	PairCaller(ctx context.Context, c gate.Caller, subject any, detail string) error
	ClefConfigs(ctx context.Context, c gate.Caller, prefix string) (map[string]string, error)
	ClefConfig(ctx context.Context, c gate.Caller, key string) (string, error)
	SetClefConfig(ctx context.Context, c gate.Caller, key, value string) error

	// Refused reports a request that was turned away before it became an
	// operation of the gate. The gate coalesces such reports in the journal.
	Refused(ctx context.Context, c gate.Caller, op gate.Operation, kind fault.Kind)
}
