// Package pairing knows the callers that were paired: each has an Ed25519 key that a
// person confirmed once, and proves with it every request that it makes. The protocol is
// that of docs/clef-extensions.md; its encodings, hashes and signatures are in package
// wire.
//
// A [Book] begins handshakes, has them confirmed, keeps who was paired in a [Store] and
// checks requests. What it promises:
//
//   - The caller commits to its nonce before the signer's is drawn, so nobody between the
//     two can choose the code that either side shows. Because a handshake is begun without
//     anybody being asked, only few are begun in a minute, whatever becomes of them: else
//     somebody could begin them until a code fits by chance.
//   - One person is asked about one pairing at a time.
//   - A request is good once: its number is used up. It is good for one pairing of the key
//     and for one session, which is drawn when the signer starts, so nothing that was
//     signed before a restart, for another signer or before a new pairing is good again.
//   - Whoever was taken out of the store, also by another process, is refused at once.
//   - Numbers are used up by requests whose signature is right, and by no others.
//
// The zero Book refuses everybody. The package does no I/O but through its store, and
// starts no goroutine. Only package clef imports it.
package pairing
