// Package kmd speaks the protocol of Algorand's key management daemon: its HTTP
// API, its files, its command line. goal and the SDKs work against it
// unmodified. Section numbers in comments (§) are those of reference/kmd.md, the
// description of the peer that this was built from; what differs on purpose is
// in docs/coming-from-kmd.md.
//
// # A translation, not a judge
//
// The package parses, authenticates, translates to the operations of the [Gate],
// and maps errors back to the peer's texts. It decides nothing: which wallet may
// be opened, what may be signed and what is written to the journal is the gate's
// business. If everything here were wrong, the result would be wrong requests.
//
// # One table
//
// The routes (route.go) are one table: method, path, the fields a request may
// carry, the operation it stands for and the function that carries it out. The
// reader of bodies, the reports of refused callers and the published API
// document all follow that table. The errors (errors.go) are one table too.
//
// # Secrets
//
// A request body is read into one buffer. Passwords and private keys go from
// their place in the buffer straight into secret values, never through a Go
// string; the buffer is wiped when the request ends, and so is the buffer of
// the answer. Copies in the buffers of net/http are beyond reach: the protocol
// is plain HTTP on the loopback device, as the peer's is.
//
// Only api/all, daemon and cli may import this package.
package kmd
