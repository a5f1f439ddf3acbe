package pairing

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// entryPrefix begins the names of entries.
const entryPrefix = "caller:"

// EntryName is the name of a caller's entry in the store: "caller:" and 64 hex digits.
func EntryName(key wire.PairingKey) string { return entryPrefix + hex.EncodeToString(key[:]) }

// storedEntry is the value of an entry, in JSON.
type storedEntry struct {
	Name    string `json:"name"`
	Pairing string `json:"pairing"` // 32 hex digits
	Paired  string `json:"paired"`  // RFC 3339
}

// value writes an entry.
func (e *entry) value() (string, error) {
	text, err := json.Marshal(storedEntry{Name: e.Name, Pairing: hex.EncodeToString(e.pairing[:]), Paired: e.Paired.Format(time.RFC3339)})
	if err != nil {
		return "", fault.Internal.Wrap(err, "pairing: an entry cannot be written")
	}
	return string(text), nil
}

// parseEntry reads an entry. Errors: fault.Corrupt.
func parseEntry(name, value string) (*entry, error) {
	corrupt := func(err error) error {
		return fault.Corrupt.Wrap(err, "the entry %.80q of the vault is no paired caller", name).
			WithHint("delete the entry from config.json of the vault and pair the caller again")
	}
	e := &entry{stored: value}
	digits, ok := strings.CutPrefix(name, entryPrefix)
	if key, err := hex.DecodeString(digits); !ok || err != nil || len(key) != len(e.Key) || name != EntryName(wire.PairingKey(key)) {
		return nil, corrupt(err)
	} else {
		e.Key = wire.PairingKey(key)
	}
	var stored storedEntry
	if err := json.Unmarshal([]byte(value), &stored, json.RejectUnknownMembers(true)); err != nil {
		return nil, corrupt(err)
	}
	pairing, err := hex.DecodeString(stored.Pairing)
	if err != nil || len(pairing) != len(e.pairing) {
		return nil, corrupt(err)
	}
	e.pairing = wire.PairingID(pairing)
	if e.Paired, err = time.Parse(time.RFC3339, stored.Paired); err != nil {
		return nil, corrupt(err)
	}
	e.Paired = e.Paired.UTC()
	if e.Name = stored.Name; !wire.PlainName(e.Name) {
		return nil, corrupt(nil)
	}
	return e, nil
}

// ParseEntry reads who an entry of the store stands for. Errors: fault.Corrupt.
func ParseEntry(name, value string) (Caller, error) {
	e, err := parseEntry(name, value)
	if err != nil {
		return Caller{}, err
	}
	return e.Caller, nil
}
