package clefjs

import "strongroom/internal/fault"

// What can keep a call from coming to a result. All of them are refusals to decide:
// nobody may take one for an approval. An error of a call wraps one of these, with
// details that are for the log.
var (
	// ErrNoFunction: the rule file defines no function of that name.
	ErrNoFunction = fault.Denied.New("the rule file does not define the function")
	// ErrException: the rule file threw, or returned what can not be converted to text.
	ErrException = fault.Denied.New("the rule file ended with an exception")
	// ErrTimeout: the call took longer than [Config.Timeout].
	ErrTimeout = fault.Denied.New("the rule file took too long")
	// ErrMemory: the call needed more than [Config.MemoryMiB], or recursed too deep.
	ErrMemory = fault.Denied.New("the rule file used too much memory")
	// ErrStorage: reading the storage failed, or the rule file tried to store more than
	// one call may.
	ErrStorage = fault.Denied.New("the storage of the rule file failed")
	// ErrDied: the process that ran the rule file ended before it answered.
	ErrDied = fault.Denied.New("the process of the rule file ended early")
	// ErrClosed: the engine is closed.
	ErrClosed = fault.Canceled.New("the rule engine is closed")
)
