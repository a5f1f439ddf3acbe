package wire

// Meta is what is known of a caller, as approvals show it. All of it but Caller is
// information only: anybody can write any header.
type Meta struct {
	Remote    string // "IP:port" of the peer; "NA" over IPC
	Local     string // the Host header; "NA" over IPC
	Scheme    string // "http" or "ipc"
	UserAgent string // the header, or ""
	Origin    string // the header, or ""
	// Caller is the name under which the caller was paired, whose signature of this
	// request was checked; "" leaves the member out.
	Caller string
}

// MarshalJSON writes the members in the peer's order; "caller" follows them.
func (m Meta) MarshalJSON() ([]byte, error) { return m.appendJSON(nil), nil }

func (m Meta) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"remote":`...), m.Remote)
	b = appendText(append(b, `,"local":`...), m.Local)
	b = appendText(append(b, `,"scheme":`...), m.Scheme)
	b = appendText(append(b, `,"User-Agent":`...), m.UserAgent)
	b = appendText(append(b, `,"Origin":`...), m.Origin)
	if m.Caller != "" {
		b = appendText(append(b, `,"caller":`...), m.Caller)
	}
	return append(b, '}')
}
