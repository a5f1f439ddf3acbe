// Package kiod speaks the protocol of the wallet daemons of Antelope chains:
// Wire's kiod, and keosd, which it was forked from. Their HTTP interface, their
// command line and config.ini, their files: cleos, clio and every other client
// of /v1/wallet work against it unmodified. Section numbers in comments (§) are
// those of reference/kiod.md, the description of the peers that this was built
// from; what differs on purpose is in docs/coming-from-kiod.md.
//
// # A translation, not a judge
//
// The package parses, translates to the operations of the [Gate], and maps errors
// back to the peer's codes and texts. It decides nothing: what may be unlocked,
// signed and shown, and what is written to the journal, is the gate's business.
// If everything here were wrong, the result would be wrong requests.
//
// # Nobody proves who he is
//
// The protocol has no authentication: whoever reaches the door may use what is
// unlocked. What stands between is the mode of the unix socket, and over TCP the
// check of the Host header (host.go), which keeps web pages out.
//
// # One table each
//
// Endpoints (route.go), errors (errors.go) and options (options.go) are one table
// each. The list of supported paths, the help and the default config.ini follow
// from them.
//
// # What is unlocked
//
// The protocol knows wallets by name and unlocks them for everybody at once, until
// one common deadline that every command moves (§9). So the door keeps one
// session of the gate for each unlocked wallet (wallets.go). The gate ends them by
// its own timers; the door moves their deadlines along (deadline.go).
//
// # Secrets
//
// Passwords and private keys go from the buffer of the request straight into
// secret values, never through a Go string; request and answer are wiped when they
// are done with. Errors never repeat a key or a password (§4.4).
//
// Only api/all, daemon and cli may import this package.
package kiod
