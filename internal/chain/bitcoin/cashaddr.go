package bitcoin

import (
	"strings"

	"strongroom/internal/codec/bech32"
)

// The types of address in the version byte of a CashAddr (spec/cashaddr.md of the
// Bitcoin Cash specification, with the types for outputs that take tokens of
// CHIP-2022-02).
const (
	cashP2PKH      = 0
	cashP2SH       = 1
	cashTokenP2PKH = 2
	cashTokenP2SH  = 3
)

const (
	cashAlphabet     = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	cashChecksumSize = 8
)

// cashAddr writes a hash of 20 or 32 bytes with its prefix.
func cashAddr(prefix string, kind byte, hash []byte) string {
	var space [1 + 64]byte
	version := kind << 3
	if len(hash) == 32 {
		version |= 3
	}
	groups := bech32.ToGroups(append(append(space[:0], version), hash...))
	text := make([]byte, 0, len(prefix)+1+len(groups)+cashChecksumSize)
	text = append(append(text, prefix...), ':')
	check := cashPrefix(prefix)
	for _, g := range groups {
		check = cashStep(check, g)
		text = append(text, cashAlphabet[g])
	}
	for range cashChecksumSize {
		check = cashStep(check, 0)
	}
	check ^= 1
	for i := range cashChecksumSize {
		text = append(text, cashAlphabet[check>>(5*(cashChecksumSize-1-i))&31])
	}
	return string(text)
}

// parseCashAddr reads an address with that prefix, or without any, in one case. The
// types for outputs that take tokens are given as the plain ones: the script is the same.
func parseCashAddr(prefix, text string) (kind byte, hash []byte, ok bool) {
	lower := strings.ToLower(text)
	if text != lower && text != strings.ToUpper(text) {
		return 0, nil, false
	}
	body := strings.TrimPrefix(lower, prefix+":")
	groups := make([]byte, 0, len(body))
	check := cashPrefix(prefix)
	for _, char := range []byte(body) {
		g := strings.IndexByte(cashAlphabet, char)
		if g < 0 {
			return 0, nil, false
		}
		check = cashStep(check, byte(g))
		groups = append(groups, byte(g))
	}
	if check != 1 || len(groups) <= cashChecksumSize {
		return 0, nil, false
	}
	data, err := bech32.FromGroups(groups[:len(groups)-cashChecksumSize])
	if err != nil || len(data) < 1 {
		return 0, nil, false
	}
	version, hash := data[0], data[1:]
	sizes := [...]int{20, 24, 28, 32, 40, 48, 56, 64}
	if version&0x80 != 0 || len(hash) != sizes[version&7] {
		return 0, nil, false
	}
	switch kind = version >> 3; kind {
	case cashTokenP2PKH, cashTokenP2SH:
		kind -= cashTokenP2PKH
	}
	return kind, hash, true
}

// cashPrefix is the state of the checksum after the prefix and its colon.
func cashPrefix(prefix string) uint64 {
	check := uint64(1)
	for i := range len(prefix) {
		check = cashStep(check, prefix[i]&31)
	}
	return cashStep(check, 0)
}

// cashStep takes one group of 5 bits into the BCH code of 40 bits.
func cashStep(check uint64, group byte) uint64 {
	top := check >> 35
	check = check&0x07ffffffff<<5 ^ uint64(group)
	for i, generator := range [...]uint64{0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470} {
		if top>>i&1 == 1 {
			check ^= generator
		}
	}
	return check
}
