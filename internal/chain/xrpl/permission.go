package xrpl

import (
	"slices"
	"strconv"
)

// typeNamed finds a type of transactions by its name.
func typeNamed(name string) (uint16, bool) {
	i := slices.IndexFunc(formats[:], func(f format) bool { return f.name == name })
	if i < 0 {
		return 0, false
	}
	return formats[i].code, true
}

// formatOf finds the format of a type of transactions, nil for an unknown one.
func formatOf(code uint16) *format {
	i, ok := slices.BinarySearchFunc(formats[:], code, func(f format, code uint16) int { return int(f.code) - int(code) })
	if !ok {
		return nil
	}
	return &formats[i]
}

// firstGranular is the first permission for a part of what a type of transactions
// can do (XLS-74). Below are the types, their codes plus one.
const firstGranular = 1<<16 + 1

// granular names the permissions from firstGranular on.
var granular = [...]string{
	"TrustlineAuthorize", "TrustlineFreeze", "TrustlineUnfreeze", "AccountDomainSet", "AccountEmailHashSet",
	"AccountMessageKeySet", "AccountTransferRateSet", "AccountTickSizeSet", "PaymentMint", "PaymentBurn",
	"MPTokenIssuanceLock", "MPTokenIssuanceUnlock",
}

func permissionNamed(name string) (uint32, bool) {
	if i := slices.Index(granular[:], name); i >= 0 {
		return firstGranular + uint32(i), true
	}
	code, ok := typeNamed(name)
	return uint32(code) + 1, ok
}

// permissionName is what a delegate may do; known is false for a number that has no name.
func permissionName(value uint32) (name string, known bool) {
	switch i := value - firstGranular; {
	case i < uint32(len(granular)):
		return granular[i], true
	case value > 0 && value < firstGranular:
		if f := formatOf(uint16(value - 1)); f != nil {
			return f.name, true
		}
	}
	return "permission " + strconv.FormatUint(uint64(value), 10), false
}
