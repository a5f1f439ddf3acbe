// Package telemetry sets up the log.
//
// Log lines are for the people who run the daemon: Info is something that a
// person did or must know, Warn something that may need them, Error something
// that failed and should not have. What was decided and signed stands in the
// journal (package audit), not here.
//
// # What never reaches a log
//
//   - Secrets: their types print "[secret]" by themselves.
//   - Bytes: a []byte shows as its length only. Payloads of requests are given as
//     [Payload] and appear at level Debug alone.
//   - Values of types that do not say how they print: they show as the type's
//     name, because a struct printed field by field shows whatever is added to it later.
//
// [Guard] enforces this for any [slog.Handler]; [New] and package kmdlog use it.
//
// Everybody above the gate may import this package. Below it, loggers arrive
// through constructors.
package telemetry

import (
	"io"
	"log/slog"

	"strongroom/internal/fault"
)

// The keys that mean the same everywhere.
const (
	KeyWallet = "wallet" // id of a wallet
	KeyKey    = "key"    // public key or address
	KeyCaller = "caller" // remote address or socket
	KeyOp     = "op"     // operation of the gate
	KeyError  = "err"    // an error; for a fault, "kind" and "hint" follow
)

// Config says how to log. The zero value logs text at level Info.
type Config struct {
	Format string // "text" (key=value, the default) or "json"
	Level  string // "debug", "info" (the default), "warn" or "error"
}

// New makes the log of a daemon. Lines reach w one Write each.
func New(w io.Writer, c Config) (*slog.Logger, error) {
	level, err := ParseLevel(c.Level)
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	switch c.Format {
	case "", "text":
		return slog.New(Guard(slog.NewTextHandler(w, options))), nil
	case "json":
		return slog.New(Guard(slog.NewJSONHandler(w, options))), nil
	}
	return nil, fault.Invalid.New(`unknown log format %q: write "text" or "json"`, c.Format)
}

// ParseLevel reads a level's name; "" is Info.
func ParseLevel(name string) (slog.Level, error) {
	switch name {
	case "debug":
		return slog.LevelDebug, nil
	case "", "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return slog.LevelInfo, fault.Invalid.New("unknown log level %q: write debug, info, warn or error", name)
}
