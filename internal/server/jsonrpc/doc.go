// Package jsonrpc speaks JSON-RPC 2.0 as go-ethereum does: over HTTP, over streams of
// values (a unix socket), and in both directions over one pair of pipes.
//
// A [Service] is a set of methods. [Service.Handler] serves it over HTTP,
// [Service.ServeStream] over one stream, [IPC] on a unix socket, and a [Peer] besides
// calls the other side. Methods get their positional parameters as raw JSON, already
// counted, and give raw JSON back; what they mean is the business of the API.
//
// # Where it is stricter than go-ethereum
//
//   - Values with duplicate member names or invalid UTF-8 anywhere in them are a parse
//     error (-32700): two readers must never see two values. Names of members are
//     compared as they are written.
//   - Only POST makes calls.
//   - Batches and messages are bounded on streams too.
//   - A call over its deadline, or whose caller is gone, has its context cancelled: what
//     it waits for dies with it. The end of input on a stream is the end of its caller.
//
// # Invariants
//
//   - Ids are echoed as they were written, and only numbers, strings, booleans and null
//     are ids.
//   - No reply is written to a notification, whatever happens in it.
//   - Whatever comes from outside is bounded before memory is spent on it: messages,
//     parameters of a call, calls in a batch, calls at work on a stream.
//   - A crash in a method ends its call and nothing else, and the log never holds what
//     was passed to panic.
//   - Buffers through which passwords may come ([Peer]) are wiped when they are left.
//
// It imports server, fault and a JSON library. APIs and the daemon import it.
package jsonrpc
