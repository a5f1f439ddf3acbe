package kmdfile

import (
	"context"
	"crypto/sha512"

	"strongroom/internal/fault"
)

const multisigVersion = 1

// Multisig is what hashes to a multisig address.
type Multisig struct {
	Address   [32]byte
	Version   uint8 // 1
	Threshold uint8
	Keys      [][32]byte // in order; at least Threshold, repetitions allowed
}

// address is the Algorand address that the preimage hashes to.
func (m *Multisig) address() [32]byte {
	h := sha512.New512_256()
	h.Write([]byte("MultisigAddr"))
	h.Write([]byte{m.Version, m.Threshold})
	for i := range m.Keys {
		h.Write(m.Keys[i][:])
	}
	return [32]byte(h.Sum(nil))
}

// check holds the preimage against kmd's rules and its address; the texts are kmd's.
func (m *Multisig) check() error {
	switch {
	case m.Version != multisigVersion:
		return fault.Corrupt.New("unknown version")
	case m.Threshold == 0 || int(m.Threshold) > len(m.Keys):
		return fault.Corrupt.New("Invalid threshold")
	case m.address() != m.Address:
		return fault.Corrupt.New(textMismatch)
	}
	return nil
}

// encodeKeys is the form of the column pks: an array of 32 byte strings.
func (m *Multisig) encodeKeys() []byte {
	b := appendArray(make([]byte, 0, 5+34*len(m.Keys)), len(m.Keys))
	for i := range m.Keys {
		b = appendBin(b, m.Keys[i][:])
	}
	return b
}

func decodeMultisigKeys(b []byte) ([][32]byte, error) {
	d := decoder{rest: b}
	keys := make([][32]byte, d.arrayLen(2+32))
	for i := range keys {
		d.fixed(keys[i][:])
	}
	if d.finish() != nil {
		return nil, fault.Corrupt.New("a multisig account of the wallet file does not decode")
	}
	return keys, nil
}

// multisigs reads and checks all multisig accounts.
func (db *database) multisigs(ctx context.Context) ([]Multisig, error) {
	rows, err := db.conn.QueryContext(ctx, "SELECT address, version, threshold, pks FROM main.msig_addrs NOT INDEXED LIMIT ?", maxMultisigs+1)
	if err != nil {
		return nil, databaseError(ctx, err)
	}
	defer rows.Close()
	var all []Multisig
	seen := map[[32]byte]bool{}
	members := 0
	for rows.Next() {
		var address, version, threshold, keys any
		if err := rows.Scan(&address, &version, &threshold, &keys); err != nil {
			return nil, fault.Corrupt.Wrap(err, textDatabase)
		}
		m, err := parseMultisig(address, version, threshold, keys)
		if err != nil {
			return nil, err
		}
		if seen[m.Address] {
			return nil, fault.Corrupt.New("the wallet file holds a multisig account twice")
		}
		seen[m.Address] = true
		all = append(all, m)
		if members += len(m.Keys); len(all) > maxMultisigs || members > maxMembers {
			return nil, fault.TooLarge.New("the wallet file holds too many multisig accounts")
		}
	}
	if err := rows.Err(); err != nil {
		return nil, databaseError(ctx, err)
	}
	return all, nil
}

func parseMultisig(address, version, threshold, keys any) (m Multisig, err error) {
	malformed := func() (Multisig, error) {
		return Multisig{}, fault.Corrupt.New("a multisig account of the wallet file does not decode")
	}
	a, ok := address.([]byte)
	if !ok || len(a) != len(m.Address) {
		return malformed()
	}
	m.Address = [32]byte(a)
	v, ok1 := version.(int64)
	t, ok2 := threshold.(int64)
	k, ok3 := keys.([]byte)
	if !ok1 || !ok2 || !ok3 || v < 0 || v > 255 || t < 0 || t > 255 {
		return malformed()
	}
	m.Version, m.Threshold = uint8(v), uint8(t)
	if m.Keys, err = decodeMultisigKeys(k); err != nil {
		return Multisig{}, err
	}
	return m, m.check()
}
