package kmd

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"strongroom/internal/gate"
	"strongroom/internal/server"
)

// reply builds the JSON of an answer in the peer's layout (§3): two spaces of
// indentation, fields in byte order of their names (the handlers write them in
// that order), no line end. An answer without fields is {}.
type reply struct {
	b      []byte
	fields int
	shared []byte // a finished body that others hold too; sent instead of b, never wiped
}

// grow makes room for n more bytes; what it leaves behind is wiped, since it may hold a key.
func (r *reply) grow(n int) { r.b = server.Grow(r.b, n) }

// field starts a top-level field.
func (r *reply) field(name string) {
	r.grow(len(name) + 16)
	if r.fields == 0 {
		r.b = append(r.b, '{')
	} else {
		r.b = append(r.b, ',')
	}
	r.fields++
	r.b = append(r.b, "\n  \""...)
	r.b = append(r.b, name...)
	r.b = append(r.b, `": `...)
}

// text adds a field of text, which is left out when empty.
func (r *reply) text(name, value string) {
	if value == "" {
		return
	}
	r.field(name)
	r.grow(6*len(value) + 8)
	r.b = appendText(r.b, value)
}

// base64 adds a field of bytes, which is left out when empty.
func (r *reply) base64(name string, value []byte) {
	if len(value) == 0 {
		return
	}
	r.field(name)
	r.grow(base64.StdEncoding.EncodedLen(len(value)) + 8)
	r.b = append(r.b, '"')
	r.b = base64.StdEncoding.AppendEncode(r.b, value)
	r.b = append(r.b, '"')
}

// number adds a field of an integer, which is left out when 0.
func (r *reply) number(name string, value uint64) {
	if value == 0 {
		return
	}
	r.field(name)
	r.b = strconv.AppendUint(r.b, value, 10)
}

// list adds a field of n elements, each written by element; it is left out when empty.
func (r *reply) list(name string, n int, element func(i int)) {
	if n == 0 {
		return
	}
	r.field(name)
	r.b = append(r.b, '[')
	for i := range n {
		if i > 0 {
			r.b = append(r.b, ',')
		}
		r.grow(128)
		r.b = append(r.b, "\n    "...)
		element(i)
	}
	r.b = append(r.b, "\n  ]"...)
}

// finish closes the object and returns the body.
func (r *reply) finish() []byte {
	if r.shared != nil {
		return r.shared
	}
	if r.fields == 0 {
		return append(r.b[:0], "{}"...)
	}
	r.grow(2)
	r.b = append(r.b, "\n}"...)
	return r.b
}

// walletObject writes what §4 calls a wallet. All its fields are always there;
// supported_txs is fixed and says nothing about what can be signed.
func (r *reply) walletObject(w gate.Wallet, indent string) {
	r.grow(6*len(w.Name) + 512)
	line := func(text string) { r.b = append(append(append(r.b, '\n'), indent...), text...) }
	r.b = append(r.b, '{')
	line(`  "driver_name": "sqlite",`)
	line(`  "driver_version": 1,`)
	line(`  "id": "`)
	r.b = append(r.b, gate.FormatWalletID(w.ID)...)
	r.b = append(r.b, `",`...)
	line(`  "mnemonic_ux": false,`)
	line(`  "name": `)
	r.b = appendText(r.b, w.Name)
	r.b = append(r.b, ',')
	line(`  "supported_txs": [`)
	line(`    "pay",`)
	line(`    "keyreg"`)
	line(`  ]`)
	line(`}`)
}

// wallet adds the field wallet.
func (r *reply) wallet(w gate.Wallet) {
	r.field("wallet")
	r.walletObject(w, "  ")
}

// walletHandle adds the field wallet_handle; seconds is the time left, cut down.
func (r *reply) walletHandle(w gate.Wallet, seconds int64) {
	r.field("wallet_handle")
	r.b = append(r.b, "{\n    \"expires_seconds\": "...)
	r.b = strconv.AppendInt(r.b, seconds, 10)
	r.b = append(r.b, ",\n    \"wallet\": "...)
	r.walletObject(w, "    ")
	r.b = append(r.b, "\n  }"...)
}

// appendText appends s as a JSON string as the peer writes it: no HTML escapes,
// U+2028 and U+2029 and broken UTF-8 escaped, DEL plain.
func appendText(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				b = append(b, `\ufffd`...)
			case r == '\u2028' || r == '\u2029':
				b = append(b, `\u202`...)
				b = append(b, digits[r&0xf])
			default:
				b = append(b, s[i:i+size]...)
			}
			i += size
			continue
		}
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c < ' ':
			b = append(b, `\u00`...)
			b = append(b, digits[c>>4], digits[c&0xf])
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}
