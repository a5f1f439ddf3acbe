package wire

// Versions of the APIs, as they are announced.
const (
	ExternalVersion   = "6.1.0" // account_version
	InternalVersion   = "7.0.1" // ui_* and clef_*
	ExtensionsVersion = "1.0.0" // docs/clef-extensions.md
)

// StartupInfo is the parameter of ui_onSignerStartup and of the rule callback
// OnSignerStartup.
type StartupInfo struct {
	HTTP string // "http://HOST:PORT/" as bound; "" if HTTP is off
	IPC  string // the socket's path; "" if IPC is off
	// Extensions are the names of those that are switched on, for example "bulk". With
	// none the peer's four members are all there is.
	Extensions []string
	// Accounts are those of the key store; nil unless they are to be announced.
	Accounts []Account
}

// MarshalJSON writes {"info": {...}}.
func (s StartupInfo) MarshalJSON() ([]byte, error) {
	b := []byte(`{"info":{`)
	if s.Accounts != nil {
		b = append(appendAccounts(append(b, `"accounts":`...), s.Accounts), ',')
	}
	b = appendText(append(b, `"extapi_http":`...), orOff(s.HTTP))
	b = appendText(append(b, `,"extapi_ipc":`...), orOff(s.IPC))
	b = appendText(append(b, `,"extapi_version":`...), ExternalVersion)
	if len(s.Extensions) > 0 {
		b = append(b, `,"extensions":[`...)
		for i, name := range s.Extensions {
			b = appendText(appendComma(b, i), name)
		}
		b = appendText(append(b, `],"extensions_version":`...), ExtensionsVersion)
	}
	b = appendText(append(b, `,"intapi_version":`...), InternalVersion)
	return append(b, `}}`...), nil
}

func orOff(where string) string {
	if where == "" {
		return "n/a"
	}
	return where
}
