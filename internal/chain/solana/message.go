package solana

import (
	"bytes"

	"strongroom/internal/fault"
)

const (
	versionFlag = 0x80 // in the first byte: the other bits are the version of the message
	maxAccounts = 256  // their indices are bytes
)

// message is a transaction message. Its slices share the memory of raw.
type message struct {
	raw          []byte
	versioned    bool // version 0, else legacy
	required     int  // signatures; the first accounts make them
	readonly     int  // of the signers, the last
	readonlyRest int  // of the other accounts in the message, the last
	keys         []byte
	blockhash    []byte
	instructions []instruction
	lookups      []lookup
	loaded       []entry // accounts from lookup tables, whose indices follow those of keys
}

// instruction is one call of a program: the index of its account, the indices of the
// accounts that it is given, and its data.
type instruction struct {
	program        int
	accounts, data []byte
}

// lookup is a lookup table and which of its entries the message uses.
type lookup struct{ table, writable, readonly []byte }

// entry is one account of a lookup table.
type entry struct {
	table []byte
	index byte
}

// key gives the bytes of account i of the message itself.
func (m *message) key(i int) []byte { return m.keys[i*keySize : (i+1)*keySize] }

// static is the number of accounts whose keys are in the message.
func (m *message) static() int { return len(m.keys) / keySize }

// parseMessage reads a message strictly. The result shares the memory of raw. Errors:
// fault.InvalidPayload, fault.TooLarge, fault.Unsupported for versions above 0.
func parseMessage(raw []byte) (message, error) {
	if len(raw) > maxTransaction {
		return message{}, fault.TooLarge.New("a message of %d bytes; a transaction has at most %d", len(raw), maxTransaction)
	}
	if len(raw) > 0 && raw[0] > versionFlag {
		if bytes.HasPrefix(raw, []byte(offchainPrefix)) {
			return message{}, fault.InvalidPayload.New("this is an off-chain message, not a transaction")
		}
		return message{}, fault.Unsupported.New("transaction messages of version %d are not known", raw[0]&^versionFlag)
	}
	m, ok := layout(raw)
	if !ok {
		return message{}, fault.InvalidPayload.New("this is not a transaction message in its canonical encoding")
	}
	if size := 1 + m.required*signatureSize + len(raw); size > maxTransaction {
		return message{}, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", size, maxTransaction)
	}
	return m, m.check()
}

// layout reads the parts of a message, to the end, and looks at nothing else. Only
// what it refuses is certain never to be a transaction.
func layout(raw []byte) (m message, ok bool) {
	r := reader{b: raw}
	m.raw = raw
	if len(raw) > 0 && raw[0] == versionFlag {
		m.versioned = true
		r.u8()
	}
	m.required, m.readonly, m.readonlyRest = int(r.u8()), int(r.u8()), int(r.u8())
	m.keys = r.bytes(keySize)
	m.blockhash = r.take(hashSize)
	if count := r.compact(); !r.bad && count > 0 {
		const least = 3 // bytes of an instruction
		m.instructions = make([]instruction, 0, min(count, len(r.b)/least))
		for range count {
			in := instruction{program: int(r.u8()), accounts: r.bytes(1), data: r.bytes(1)}
			if r.bad {
				return m, false
			}
			m.instructions = append(m.instructions, in)
		}
	}
	if m.versioned {
		for range r.compact() {
			l := lookup{table: r.take(keySize), writable: r.bytes(1), readonly: r.bytes(1)}
			if r.bad {
				return m, false
			}
			m.lookups = append(m.lookups, l)
		}
	}
	return m, !r.bad && len(r.b) == 0
}

// check holds the parts against the rules of validators (solana-message, sanitize) and
// of this package, and lists the accounts from lookup tables.
func (m *message) check() error {
	n := m.static()
	switch {
	case m.required == 0:
		return fault.InvalidPayload.New("the message needs no signature, so nobody pays its fee")
	case m.readonly >= m.required:
		return fault.InvalidPayload.New("the account of the fee payer is not writable")
	case m.required+m.readonlyRest > n:
		return fault.InvalidPayload.New("the header counts %d signers and %d read-only accounts, but there are %d accounts", m.required, m.readonlyRest, n)
	}
	for i := 1; i < n; i++ {
		for j := range i {
			if bytes.Equal(m.key(i), m.key(j)) {
				return fault.InvalidPayload.New("accounts %d and %d are the same", j, i)
			}
		}
	}
	if err := m.load(); err != nil {
		return err
	}
	total := n + len(m.loaded)
	if total > maxAccounts {
		return fault.InvalidPayload.New("%d accounts, at most %d are possible", total, maxAccounts)
	}
	for i, in := range m.instructions {
		if in.program == 0 || in.program >= n { // validators want the program in the message, and not the fee payer
			return fault.InvalidPayload.New("instruction %d calls account %d, which cannot be a program", i, in.program)
		}
		for _, a := range in.accounts {
			if int(a) >= total {
				return fault.InvalidPayload.New("instruction %d uses account %d of %d", i, a, total)
			}
		}
	}
	return nil
}

// load lists the accounts from lookup tables in the order of their indices: all
// writable ones, then all others.
func (m *message) load() error {
	for i, l := range m.lookups {
		if len(l.writable)+len(l.readonly) == 0 {
			return fault.InvalidPayload.New("nothing is used of lookup table %d", i)
		}
		for _, other := range m.lookups[:i] {
			if bytes.Equal(l.table, other.table) {
				return fault.InvalidPayload.New("lookup table %d is there twice", i)
			}
		}
		var seen [256]bool
		for _, part := range [][]byte{l.writable, l.readonly} {
			for _, e := range part {
				if seen[e] {
					return fault.InvalidPayload.New("entry %d of lookup table %d is used twice", e, i)
				}
				seen[e] = true
			}
		}
		for _, e := range l.writable {
			m.loaded = append(m.loaded, entry{l.table, e})
		}
	}
	for _, l := range m.lookups {
		for _, e := range l.readonly {
			m.loaded = append(m.loaded, entry{l.table, e})
		}
	}
	return nil
}

// Recompile gives the same message with another recent blockhash, as services do that
// keep transactions until somebody signs them. The message is read strictly and nothing
// but the blockhash changes: @solana/web3.js, with which Tatum's daemon does it, sorts
// the accounts again, but leaves a message that it made itself as it was.
//
// In a message that uses a durable nonce the blockhash is that nonce; with another one
// it is a message as any other, that also advances the nonce. Errors are those of a
// transaction's Decode.
func Recompile(payload []byte, blockhash [32]byte) ([]byte, error) {
	raw := bytes.Clone(payload)
	m, err := parseMessage(raw)
	if err != nil {
		return nil, err
	}
	copy(m.blockhash, blockhash[:])
	return raw, nil
}

// nonce is the index of the nonce account of a message whose first instruction
// advances a durable nonce, -1 for all others. maxAccounts stands for an instruction
// that names no account: it fails, but it is not for us to rely on that.
func (m *message) nonce() int {
	if len(m.instructions) == 0 {
		return -1
	}
	in := m.instructions[0]
	r := reader{b: in.data}
	if string(m.key(in.program)) != systemProgram || r.u32() != systemAdvanceNonce || r.bad {
		return -1
	}
	if len(in.accounts) == 0 {
		return maxAccounts
	}
	return int(in.accounts[0])
}
