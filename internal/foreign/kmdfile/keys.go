package kmdfile

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"hash"
	"strconv"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Key is one private key. Seed belongs to the sender and is wiped when the
// receiver returns.
type Key struct {
	Seed   secret.Bytes // Ed25519 seed, 32 bytes
	Public [32]byte     // Ed25519 public key, which is also the Algorand address
	Index  uint64       // number by which it derives from the derivation key; 0 for imported keys
	// Misnumbered says that the file gives the key a number by which it does not
	// derive. Index is 0 then: the derivation key alone would not bring it back.
	Misnumbered bool
}

// EachKey calls receive for each private key, in no particular order, until it
// returns an error, which EachKey returns. A key that does not belong to its
// address ends the reading as fault.Corrupt.
func (c *Contents) EachKey(ctx context.Context, receive func(Key) error) (err error) {
	if c.master.Len() != secretSize {
		return fault.Locked.New("the wallet file is closed")
	}
	db, err := openDatabase(ctx, c.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()

	rows, err := db.conn.QueryContext(ctx, "SELECT address, secret_key_encrypted, key_idx FROM main.keys NOT INDEXED LIMIT ?", maxKeys+1)
	if err != nil {
		return databaseError(ctx, err)
	}
	defer rows.Close()
	seen := map[[32]byte]struct{}{}
	for rows.Next() {
		var address, sealed, number any
		if err := rows.Scan(&address, &sealed, &number); err != nil {
			return fault.Corrupt.Wrap(err, textDatabase)
		}
		row, err := parseKeyRow(address, sealed, number)
		if err != nil {
			return err
		}
		if _, twice := seen[row.address]; twice {
			return fault.Corrupt.New("the wallet file holds a key twice")
		}
		if len(seen) == maxKeys {
			return fault.TooLarge.New("the wallet file holds more than %d keys", maxKeys)
		}
		seen[row.address] = struct{}{}
		if err := c.deliver(row, receive); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return databaseError(ctx, err)
	}
	return nil
}

// keyRow is a row of the table keys.
type keyRow struct {
	address [32]byte
	sealed  []byte
	number  uint64 // 0 for imported keys
}

func parseKeyRow(address, sealed, number any) (row keyRow, err error) {
	a, ok := address.([]byte)
	if !ok || len(a) != len(row.address) {
		return row, fault.Corrupt.New("a key of the wallet file has a malformed address")
	}
	row.address = [32]byte(a)
	if row.sealed, ok = sealed.([]byte); !ok {
		return row, fault.Corrupt.New("a sealed value has the wrong type")
	}
	switch n := number.(type) {
	case nil:
	case int64:
		if n < 0 {
			return row, fault.Corrupt.New("a key of the wallet file has a negative number")
		}
		row.number = uint64(n)
	default:
		return row, fault.Corrupt.New("the number of a key has the wrong type")
	}
	return row, nil
}

// deliver opens one key, calls receive and wipes it.
func (c *Contents) deliver(row keyRow, receive func(Key) error) error {
	var key Key
	var err error
	secret.Do(func() { key, err = c.openKey(row) })
	if err != nil {
		return err
	}
	defer key.Seed.Wipe()
	return receive(key)
}

func (c *Contents) openKey(row keyRow) (Key, error) {
	payload, err := openInner(c.master, row.sealed, typeKey)
	if err != nil {
		return Key{}, err
	}
	defer payload.Wipe()
	d := decoder{rest: payload.Expose()}
	private := d.bin()
	if d.finish() != nil || len(private) != ed25519.PrivateKeySize {
		return Key{}, errDamaged()
	}
	// kmd looks at the stored public half; the seed is what will sign.
	derived := ed25519.NewKeyFromSeed(private[:ed25519.SeedSize])
	defer clear(derived)
	if subtle.ConstantTimeCompare(derived, private) != 1 || [32]byte(derived[ed25519.SeedSize:]) != row.address {
		return Key{}, fault.Corrupt.New(textMismatch)
	}
	key := Key{Seed: secret.Copy(private[:ed25519.SeedSize]), Public: row.address}
	if row.number != 0 {
		if c.derives(row.number, key.Seed) {
			key.Index = row.number
		} else {
			key.Misnumbered = true
		}
	}
	return key, nil
}

// derives reports whether seed is key number n of the derivation key: HKDF-Expand
// with SHA-512/256 to 32 bytes, which is a single block (kmd reference §8.2).
func (c *Contents) derives(n uint64, seed secret.Bytes) bool {
	mac := hmac.New(func() hash.Hash { return sha512.New512_256() }, c.DerivationKey.Expose())
	mac.Write([]byte("AlgorandDeterministicKey-" + strconv.FormatUint(n, 10) + "\x01"))
	expected := mac.Sum(nil)
	defer clear(expected)
	return hmac.Equal(expected, seed.Expose())
}
