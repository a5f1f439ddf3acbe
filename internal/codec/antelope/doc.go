// Package antelope reads and writes the packed form of Antelope (EOSIO): what
// transactions, action data and wallet files consist of.
//
// Integers are little-endian. Lengths and counts are varuint32: seven bits to a
// byte, the lowest first, the top bit set on all bytes but the last. Names are
// 64-bit numbers that spell up to 13 characters ([Name]).
//
// # Strictness
//
// The network's own readers accept a varuint32 with needless bytes, and bytes
// after the end. The [Reader] refuses both: what was read here has exactly one
// packed form, so writing it again gives the same bytes.
//
// # Bounds
//
// The Reader allocates nothing but the texts it returns. A length or count is
// checked against the caller's limit and the rest of the input before it is
// believed.
//
// The package is pure and may be imported by everybody.
package antelope
