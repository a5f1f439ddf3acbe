// Package msgpack reads and writes MessagePack as canonical encodings need it.
//
// Writing is by Append functions that always choose the shortest form; whoever
// composes a map sorts its keys. Integers are unsigned: none of the formats
// served here has a negative number.
//
// Reading is by a pull [Reader] over a byte slice. It is lenient about widths
// (a long form of a small number reads like the short one) and strict about
// everything else. A caller that needs canonical input encodes again what it
// read and compares: one rule instead of a second set of checks.
//
// # Bounds
//
// The reader allocates nothing. Lengths and counts are checked against the
// caller's limit and against the rest of the input before they are believed, so
// a header that announces four billion elements costs nothing. Nesting is
// bounded by [MaxDepth] where the reader itself descends.
//
// The format is https://github.com/msgpack/msgpack/blob/master/spec.md. The
// package is pure and may be imported by everybody.
package msgpack
