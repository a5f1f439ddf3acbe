// Package bench measures what the product costs on the machine it runs on.
//
// # What is measured
//
// Whole daemons, started as processes of their own from this very binary with
// production sealing, and driven over HTTP from this process. The cost of a call
// is the processor time that the daemon's process used, divided by the calls; a
// client in the same process would hide in it. Beside it stand, from the same
// run, what nobody can do without: one Ed25519 signature of the standard
// library, and one request to a bare net/http server that reads the body and
// gives a fixed answer. For the kiod protocol the signature is a canonical one of
// secp256k1, made by the vault's own code with a key that is nobody's (gate.Trial),
// since no library makes one. The ratio to their sum is what can be compared between
// machines and between a quiet and a busy hour; microseconds can not.
//
// # How
//
// The client writes requests that were built before and parses nothing of an
// answer but its status and length ([Conn]), because it shares the processors
// with the daemon. Each measurement is cut into rounds of which the median
// counts, and the references run in turn with what is compared to them, so that a
// disturbance hits both.
//
// Processor time comes from the kernel's clock of the other process
// (clock_gettime(2) with a dynamic clock id), which counts in nanoseconds and
// includes threads that have ended; see clock_linux.go.
//
// # Who
//
// Only the command line imports this package; it holds no keys that protect
// anything, and nothing of the product depends on it.
package bench
