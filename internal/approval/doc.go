// Package approval keeps the questions that wait for an answer: may this be done?
//
// The rules of policy can answer "ask". The gate then puts a [Question] on the
// [Desk], which finds who may answer it: the [Approver] of the listener, or, where
// it has none, whoever reads the desk over the admin socket. A question dies with its
// time-out, with its caller, and with the desk; an answer that comes later finds
// nothing that it could allow. What waits is bounded, for each caller and together.
//
// The gate asks; APIs bring the approvers that speak their protocol.
package approval
