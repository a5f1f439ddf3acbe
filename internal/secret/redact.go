package secret

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[secret]"

// errEncode is what every encoder gets instead of the bytes.
var errEncode = errors.New("a secret cannot be encoded")

// Interface guards: what keeps each type silent.
var (
	_ silent = Bytes{}
	_ silent = (*Buffer)(nil)
	_ silent = (*Scratch)(nil)
)

type silent interface {
	fmt.Formatter
	fmt.Stringer
	fmt.GoStringer
	slog.LogValuer
	MarshalJSON() ([]byte, error)
	MarshalText() ([]byte, error)
	MarshalBinary() ([]byte, error)
}

func redact(f fmt.State) { _, _ = io.WriteString(f, redacted) }

// Format prints "[secret]" for every verb and flag.
func (Bytes) Format(f fmt.State, _ rune) { redact(f) }

// String is "[secret]".
func (Bytes) String() string { return redacted }

// GoString is "[secret]".
func (Bytes) GoString() string { return redacted }

// LogValue is "[secret]".
func (Bytes) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON always fails.
func (Bytes) MarshalJSON() ([]byte, error) { return nil, errEncode }

// MarshalText always fails.
func (Bytes) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary always fails.
func (Bytes) MarshalBinary() ([]byte, error) { return nil, errEncode }

// Format prints "[secret]" for every verb and flag.
func (*Buffer) Format(f fmt.State, _ rune) { redact(f) }

// String is "[secret]".
func (*Buffer) String() string { return redacted }

// GoString is "[secret]".
func (*Buffer) GoString() string { return redacted }

// LogValue is "[secret]".
func (*Buffer) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON always fails.
func (*Buffer) MarshalJSON() ([]byte, error) { return nil, errEncode }

// MarshalText always fails.
func (*Buffer) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary always fails.
func (*Buffer) MarshalBinary() ([]byte, error) { return nil, errEncode }

// Format prints "[secret]" for every verb and flag.
func (*Scratch) Format(f fmt.State, _ rune) { redact(f) }

// String is "[secret]".
func (*Scratch) String() string { return redacted }

// GoString is "[secret]".
func (*Scratch) GoString() string { return redacted }

// LogValue is "[secret]".
func (*Scratch) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON always fails.
func (*Scratch) MarshalJSON() ([]byte, error) { return nil, errEncode }

// MarshalText always fails.
func (*Scratch) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary always fails.
func (*Scratch) MarshalBinary() ([]byte, error) { return nil, errEncode }
