package clef

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/api/clef/wire"
)

// Audit is Clef's own log (§14), beside strongroom's journal: a line for each request
// and each response, of the UI's calls too. It never holds a password or a private key.
type Audit interface {
	Log(method string, of Side, fields ...Field)
}

// Side is one of the two lines of a call.
type Side string

// The sides.
const (
	RequestSide  Side = "request"
	ResponseSide Side = "response"
)

// Field is one key=value of a line.
type Field struct{ Key, Value string }

// silent is no log.
type silent struct{}

func (silent) Log(string, Side, ...Field) {}

// metadata is the field of who called.
func metadata(m wire.Meta) Field {
	text, _ := m.MarshalJSON() // which cannot fail
	return Field{"metadata", string(text)}
}

// compact is what a caller gave, on one line.
func compact(v jsontext.Value) string {
	v = v.Clone()
	if err := v.Compact(); err != nil {
		return ""
	}
	return string(v)
}

// failure is the field of an error, "<nil>" for none.
func failure(err error) Field {
	if err == nil {
		return Field{"error", "<nil>"}
	}
	return Field{"error", describe(err).Message} // as the caller is told
}

// addresses writes a list of addresses.
func addresses(all [][20]byte) string {
	texts := make([]string, len(all))
	for i, a := range all {
		texts[i] = wire.Checksummed(a)
	}
	return "[" + strings.Join(texts, " ") + "]"
}
