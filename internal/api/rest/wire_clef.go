package rest

// The requests about a Clef directory. Each names what it is about, as its sender
// understands it: a daemon that serves something else by that name refuses.
type (
	// ClefStore is a key store by its parts. Paths are absolute.
	ClefStore struct {
		Keystore string `json:"keystore,omitempty"` // folder of key files; "" does not matter
		Seed     string `json:"seed,omitempty"`     // file of the master seed; "" does not matter
	}
	ClefSeed struct {
		ClefStore
		Password Binary `json:"password"`
	}
	ClefAttest struct {
		ClefStore
		Master Binary `json:"master"` // password of the master seed
		Digest string `json:"digest"`
	}
	ClefCredential struct {
		ClefStore
		Master   Binary `json:"master"`
		Address  string `json:"address"`           // 40 hex digits
		Password Binary `json:"password,omitzero"` // empty removes it
	}
	ClefMaster struct {
		ClefStore
		Master Binary `json:"master"`
	}
	// ClefCallers has the entries of the paired callers: "caller:" with the hex digits of
	// the key, and what is stored there.
	ClefCallers struct {
		Callers map[string]string `json:"callers"`
	}
	ClefRemoveCaller struct {
		ClefStore
		Master Binary `json:"master"`
		Key    string `json:"key"` // 64 hex digits
	}
	ClefNewKey struct {
		ClefStore
		Password Binary `json:"password"`
	}
	ClefImport struct {
		ClefStore
		Private  Binary `json:"private"` // 32 bytes
		Password Binary `json:"password"`
	}
	ClefKey struct {
		Address string `json:"address"` // 40 hex digits
		Path    string `json:"path"`
	}
	ClefKeys struct {
		Keys []ClefKey `json:"keys"`
	}
)
