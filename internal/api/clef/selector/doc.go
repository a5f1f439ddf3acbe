// Package selector says what a transaction does before anybody is asked: it checks the
// spelling of the recipient, the fees and the call data, which it decodes with a table of
// method signatures, as Clef does.
//
// The table has three parts: what this signer has learned (a file that it writes), a
// file that the owner gives, and what comes with the program, which takes a while to read
// and is read when it is first needed. Call data and signatures come from anybody; what
// decoding them may cost is bounded before it is spent.
//
// Only package clef imports it.
package selector
