package seal

import "strongroom/internal/fault"

// Profile is the cost of a derivation, in Argon2id's own parameters.
type Profile struct {
	Time      uint32 // passes over the memory
	MemoryKiB uint32 // memory in KiB
	Lanes     uint8  // degree of parallelism
}

// Default is the profile of new wallets: four times the memory of the second
// choice of RFC 9106 §4, about 0.8 s of one core.
func Default() Profile { return Profile{Time: 3, MemoryKiB: 256 << 10, Lanes: 4} }

// Limits bound profiles, each parameter by itself. The zero value accepts nothing.
type Limits struct{ Min, Max Profile }

// Production is the limits of every daemon.
//
// The lower end, one pass over 64 MiB, is above the weakest setting in general
// recommendations (46 MiB in one pass) and still runs on the smallest boards. The
// upper end leaves room for the first choice of RFC 9106 §4 (one pass over 2 GiB).
func Production() Limits {
	return Limits{
		Min: Profile{Time: 1, MemoryKiB: 64 << 10, Lanes: 1},
		Max: Profile{Time: 16, MemoryKiB: 2 << 20, Lanes: 16},
	}
}

// A slot may cost more to open than new slots do, since the owner may have lowered
// the profile; but several derivations run at once, and whoever plants a slot must not
// be able to take more memory than the machine was chosen for.
const (
	openFactor    = 4       // times the profile's time and memory
	openTime      = 16      // passes that are accepted in any case
	openMemoryKiB = 1 << 20 // the same of memory: 1 GiB
)

// opening is the limits for existing slots where p is the profile of new ones.
func (l Limits) opening(p Profile) Limits {
	l.Max.Time = affordable(l.Max.Time, p.Time, openTime)
	l.Max.MemoryKiB = affordable(l.Max.MemoryKiB, p.MemoryKiB, openMemoryKiB)
	return l
}

func affordable(limit, configured, anyhow uint32) uint32 {
	return uint32(min(uint64(limit), max(openFactor*uint64(configured), uint64(anyhow))))
}

// check reports the first parameter that is out of bounds. Argon2's own bounds
// hold whatever the limits say.
func (l Limits) check(p Profile) error {
	switch {
	case p.Time < max(l.Min.Time, 1) || p.Time > l.Max.Time:
		return fault.Invalid.New("%d passes; %d to %d are accepted", p.Time, l.Min.Time, l.Max.Time)
	case p.MemoryKiB < l.Min.MemoryKiB || p.MemoryKiB > l.Max.MemoryKiB:
		return fault.Invalid.New("%d KiB of memory; %d to %d are accepted", p.MemoryKiB, l.Min.MemoryKiB, l.Max.MemoryKiB)
	case p.Lanes < max(l.Min.Lanes, 1) || p.Lanes > l.Max.Lanes:
		return fault.Invalid.New("%d lanes; %d to %d are accepted", p.Lanes, l.Min.Lanes, l.Max.Lanes)
	case p.MemoryKiB < 8*uint32(p.Lanes):
		// RFC 9106 §3.1: at least 8 blocks per lane. Implementations round up
		// silently, and the slot would not say what was derived.
		return fault.Invalid.New("%d KiB of memory are too little for %d lanes", p.MemoryKiB, p.Lanes)
	}
	return nil
}
