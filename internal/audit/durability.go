package audit

import "strongroom/internal/fault"

// Durability says what an appended record has survived when [Journal.Append]
// returns. The zero value is the strongest. There is no level that writes nothing.
type Durability uint8

const (
	// Each writes and syncs every record by itself: survives a power cut.
	Each Durability = iota
	// Group waits for the sync of the batch that the record is in: survives a
	// power cut, and callers share the cost.
	Group
	// Written hands the record to the kernel: survives kill -9. The journal syncs
	// in the background about once a second, which is what a power cut may cost.
	Written
)

var durabilityNames = [...]string{Each: "each", Group: "group", Written: "written"}

// String is the name used in the configuration.
func (d Durability) String() string {
	if int(d) < len(durabilityNames) {
		return durabilityNames[d]
	}
	return durabilityNames[Each]
}

// ParseDurability is the inverse of [Durability.String]; other names are fault.Invalid.
func ParseDurability(name string) (Durability, error) {
	for d, n := range durabilityNames {
		if n == name {
			return Durability(d), nil
		}
	}
	return Each, fault.Invalid.New("audit durability %q is not one of each, group, written", name)
}
