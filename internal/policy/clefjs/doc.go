// Package clefjs runs Clef's rule files (JavaScript) in child processes of this
// program that know no key, see no file, and can be killed.
//
// The parent, an [Engine], keeps a few children ready. A call sends a child the name of
// a function and one argument, answers what the rule reads from its storage, and takes
// home the text of what the function returned and what it wanted stored; storing is up
// to the caller. Every call runs in a JavaScript runtime of its own, top level first.
//
// # Invariants
//
//   - A rule file can use up no more than its child: time, memory, output, storage keys
//     and the size of every message are bounded, and a child that exceeds a bound, dies
//     or speaks out of turn is killed with its group and replaced.
//   - What a child says is hostile input: strictly decoded, never trusted, and never more
//     than a text and a list of puts. Whatever goes wrong is an error, never a decision.
//   - Nothing of a call is left for the next one: neither globals nor prototypes.
//
// Children have no descriptor but two pipes and standard error, an environment with
// nothing of ours, no core dump, no new file, and on Linux landlock takes files, network
// and signals from them once they have started. On other systems they have the pipes'
// discipline and the clock only.
//
// The approver of Clef's API (api/clef/rules) and the daemon, which starts the engine,
// import this package; it is the only one that may import goja and go-landlock.
package clefjs
