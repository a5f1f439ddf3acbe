// Package rest is strongroom's own API: JSON over HTTP on the admin socket. The
// command line is its first client.
//
// # Shape
//
// Paths name things, verbs that are not GET or DELETE are the last element of a
// path under POST. A wallet is named by its id or its name. Secrets only travel in
// bodies. Times are RFC 3339, binary data is standard base64.
//
// A wallet that was unlocked here stays open for this API until its deadline; for
// one that is locked, a request may carry the password, and the wallet is open for
// that request alone.
//
// # Errors
//
//	{"error":{"kind":"locked","text":"wallet \"treasury\" is locked","hint":"…"}}
//
// with the status that errors.go gives the kind.
//
// Access is a matter of the socket: it lies in a directory of mode 0700, has mode
// 0600, and the kernel says who called. The rules name this door "admin".
package rest
