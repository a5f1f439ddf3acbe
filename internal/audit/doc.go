// Package audit is the journal: append-only, hash-chained, group-committed and
// verifiable without the daemon.
//
// # Files
//
// A journal is a directory (0700) of files (0600):
//
//	00000000000000000001.jsonl  a segment, named after the sequence number of its first record
//	head                        72 bytes: where the journal ended at the last commit
//	reserve                     256 KiB of disk kept for outcomes and events when the disk is full
//	torn-N                      bytes that a crash left behind where record N would have stood
//
// # Lines
//
// A record is one line of JSON in printable ASCII, ended by a line feed, at most
// [MaxLine] bytes. Its fields stand in one fixed order, empty ones are left out,
// there is no white space, and strings use only the escapes \" \\ and \uxxxx (in
// lower case). A line that is not byte for byte what this package would write for
// its content is refused, so nothing in a line is outside its hash. The last two
// fields are
//
//	prev  the hash of the record before, 64 zeros in the first record
//	hash  SHA-256, in hex, of the bytes of the line before the text ,"hash":
//
// so a stranger can check a record with two tools, and the links with a third:
//
//	sed -n 5p FILE | sed 's/,"hash":"[0-9a-f]*"}$//' | tr -d '\n' | sha256sum
//	sed -n 5p FILE | jq -r .hash
//	jq -r '[.seq, .prev, .hash] | @tsv' *.jsonl
//
// Sequence numbers count from 1 through all segments. The first record carries
// the journal's random id and the id of its store. A "journal.gap" record says
// that records are known to be missing: the number after the lost ones is its
// own, so that no number is ever used twice.
//
// # What shows and what does not
//
// Any change of a line, and any line lost, added or moved, breaks the chain. A
// cut at a record's end shows because the head file and the store both remember
// the end. There is no key in this: whoever can write the directory and the
// store as the daemon does can write a journal that verifies. Copy heads to
// another machine where that matters.
//
// # Durable
//
// [Journal.Append] returns when the record is as durable as [Durability] says.
// The first caller of a batch leads it: it waits for its turn at the disk, takes
// everyone who queued meanwhile along, and wakes them together. Numbers and
// hashes are given out only then, so a batch that fails leaves no trace.
//
// The gate and the daemon may import this package; of this project it imports
// only chain, fault and store.
package audit
