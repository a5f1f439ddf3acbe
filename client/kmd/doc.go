// Package kmd is a Go client for the HTTP API of Algorand's key management
// daemon, for programs that talk to strongroom's kmd (or to the original).
//
// # Two layers
//
// [Client] has one method per endpoint, with a struct for what is asked and one
// for what is answered. It keeps no state besides idle connections.
//
// [Wallet] is an open wallet: it holds the handle that the daemon gave, renews
// it in the background before it runs out, and, if it was given a way to ask
// for the password, opens the wallet again when the handle is gone after all
// (the daemon was restarted, the machine slept).
//
//	client, err := kmd.FromDataDir("/var/lib/algorand/kmd-v0.5")
//	wallet, err := client.Open(ctx, kmd.OpenWallet{ID: id, AskPassword: ask})
//	defer wallet.Close(ctx)
//	signed, err := wallet.SignTransaction(ctx, kmd.SignTransactionRequest{Transaction: unsigned})
//
// # Errors
//
// What the daemon refuses comes back as an [*Error] with the HTTP status and
// the daemon's own text, unchanged: clients of this API have always matched on
// the text. The texts worth matching are constants ([MessageHandleExpired] and
// so on). Everything else (no connection, a broken answer) is an ordinary error.
//
// # Secrets
//
// Passwords and keys are byte slices that belong to the caller: the client does
// not change or keep them, and wipes each copy that it makes itself, which are
// the request and answer bodies. Beyond its reach are the buffers of net/http
// and of the operating system. Passwords must be valid UTF-8, because JSON can
// carry nothing else. Exported keys are returned in fresh slices that the
// caller should clear.
//
// Environment proxies are ignored and redirects are not followed: the token and
// the passwords go to the configured address or nowhere.
//
// # Answers
//
// Answers are decoded strictly: an unknown, repeated or misspelt field, a value
// of another type, or anything after the answer is an error, and so is an
// answer above [Config.MaxAnswer].
//
// The package needs only the standard library, imports nothing of strongroom,
// and is safe for use by several goroutines.
package kmd
