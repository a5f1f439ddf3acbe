// Package clef speaks the protocols of Clef, go-ethereum's signer, and is its program:
// the external API of accounts over HTTP and IPC, the API to and from a UI, the console,
// the rule file, and the command line with its files and exit codes.
//
// # The way of a request
//
// A [Door] has the methods. It reads a request (package wire), says what there is to say of
// it (packages selector and typed), and asks the gate, which decides: by the rules of
// strongroom.toml, and where they say "ask", by the approvers of the listener. These are
// the rule file (package rules), a fixed answer to listings, and the UI or a person at the
// console (package ui), in this order ([Approvers]). The gate finds the account, opens its
// key and signs; the door writes the result.
//
// So an account is looked for only once somebody agreed, and nobody learns by asking which
// accounts there are, unless the configuration wants it so.
//
// # What is where
//
// Transports are in server/jsonrpc, callers that prove who they are in package pairing. The
// door keeps no state but the chain id, which the UI can change. Clef's own log ([Audit]) is
// written beside strongroom's journal, which alone counts.
package clef
