package wire

// The levels of a [Message], spelled as the peer does. A warning or worse keeps a
// request from being asked about at all, unless the signer runs in advanced mode.
const (
	Info     = "Info"
	Warning  = "WARNING"
	Critical = "CRITICAL"
)

// Message is one thing that the validation of a transaction has to say to whoever
// approves it.
type Message struct {
	Type    string `json:"type"` // Info, Warning or Critical
	Message string `json:"message"`
}

// CallInfo is all of it, in the order of the checks. Empty is written as null.
type CallInfo []Message

// Warnings are the texts of what is a warning or worse, in order.
func (c CallInfo) Warnings() (texts []string) {
	for _, m := range c {
		if m.Type == Warning || m.Type == Critical {
			texts = append(texts, m.Message)
		}
	}
	return texts
}

// MarshalJSON writes a list, or null.
func (c CallInfo) MarshalJSON() ([]byte, error) { return c.appendJSON(nil), nil }

func (c CallInfo) appendJSON(b []byte) []byte {
	if len(c) == 0 {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, m := range c {
		b = appendComma(b, i)
		b = appendText(append(b, `{"type":`...), m.Type)
		b = append(appendText(append(b, `,"message":`...), m.Message), '}')
	}
	return append(b, ']')
}

// NameValueType is one line of what is shown of data to be signed: a field's name, its
// value and its type. The value is a text, or a list of such lines (of a struct), or
// null.
type NameValueType struct {
	Name  string
	Value Value
	Type  string
}

// Value is the value of a [NameValueType]: Fields if it is not nil, else Text, else null.
type Value struct {
	Text   *string
	Fields []NameValueType // not nil for a struct, even without fields
}

// TextValue is a value that is text.
func TextValue(text string) Value { return Value{Text: &text} }

// MarshalJSON writes {"name", "value", "type"}.
func (f NameValueType) MarshalJSON() ([]byte, error) { return f.appendJSON(nil), nil }

func (f NameValueType) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), f.Name)
	b = f.Value.appendJSON(append(b, `,"value":`...))
	return append(appendText(append(b, `,"type":`...), f.Type), '}')
}

func (v Value) appendJSON(b []byte) []byte {
	switch {
	case v.Fields != nil:
		return appendFields(b, v.Fields)
	case v.Text != nil:
		return appendText(b, *v.Text)
	}
	return append(b, "null"...)
}

func appendFields(b []byte, fields []NameValueType) []byte {
	b = append(b, '[')
	for i := range fields {
		b = fields[i].appendJSON(appendComma(b, i))
	}
	return append(b, ']')
}
