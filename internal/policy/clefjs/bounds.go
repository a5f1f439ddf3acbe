package clefjs

// The bounds of what crosses the pipes, in bytes unless said otherwise. The parent
// refuses more before it spends memory on it; the child keeps to them by itself.
const (
	maxSource   = 4 << 20  // of a rule file
	maxArgument = 8 << 20  // of an argument as JSON: six blobs with their proofs are 1.6 MiB
	maxName     = 128      // of a function's name
	maxKey      = 4 << 10  // of a storage key
	maxValue    = 2 << 20  // of a storage value: a signed transaction with six blobs fits
	maxPuts     = 1024     // entries that one call may store
	maxStored   = 4 << 20  // of their keys and values together
	maxText     = 4 << 10  // of a result or an exception's text
	maxLine     = 8 << 10  // of one line on the console
	maxOutput   = 64 << 10 // of all lines of a call
	maxPrepared = 4        // prepared arguments that a child keeps, the oldest goes first

	// maxFromChild bounds a message of a child: an answer with everything stored.
	maxFromChild = maxStored + maxText + maxPuts*8 + 64
)

const (
	maxDepth     = 512      // of a JSON argument
	maxCallStack = 10_000   // nested calls in JavaScript
	maxStack     = 32 << 20 // bytes of a stack in Go, on which some of them are nested as well
)
