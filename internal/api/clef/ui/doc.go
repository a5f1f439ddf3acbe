// Package ui asks people: through a program that speaks for one over standard input and
// output ([Stdio]), or at a terminal ([Console]). Both are the approver of the listener
// of Clef's external API, and what the personality shows messages and asks passwords with.
//
// # Invariants
//
//   - Only a proper answer to the very question approves. Everything else denies: an error,
//     an answer of another form, the end of the other side, an answer that comes late.
//   - A UI that is gone denies everything that waits and comes, at once.
//   - On the console one request is asked at a time. Those behind it die when their time is
//     up, and so does the one on the screen; what is typed then answers nothing.
//   - What a person is shown at the console is legible: text from outside cannot move the
//     cursor, hide letters or pretend to be ours. What is too long to be shown is refused.
//   - Passwords are secret bytes. Buffers through which they come are wiped.
//
// A UI may change what is signed, as the peer's could, unless it runs with NoChange.
//
// It imports wire, approval, server, server/jsonrpc, fault, secret and the codecs; the
// personality and the daemon import it.
package ui
