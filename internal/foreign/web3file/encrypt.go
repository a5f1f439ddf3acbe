package web3file

import (
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3crypto"
	"strongroom/internal/secret"
)

// Params are parameters of scrypt for new files.
type Params = web3crypto.Params

// Standard are the parameters of files that protect something: about 0.7 s and 256 MiB.
func Standard() Params { return web3crypto.Standard() }

// Light are those of Clef's --lightkdf: about 60 ms and 4 MiB.
func Light() Params { return web3crypto.Light() }

// Encrypt gives the text of a key file of version 3 with a new random id, on one line
// and with its members in the order in which Clef writes them. It runs one key
// derivation. Address must be that of the key. Errors: fault.Invalid for what is no
// private key, and for parameters out of bounds.
func Encrypt(private, password secret.Bytes, address [20]byte, p Params, rand io.Reader) ([]byte, error) {
	if err := CheckKey(private); err != nil {
		return nil, err
	}
	crypto, err := web3crypto.Encrypt(private, password, p, rand)
	if err != nil {
		return nil, err
	}
	var id [16]byte
	if _, err := io.ReadFull(rand, id[:]); err != nil {
		return nil, fault.Internal.Wrap(err, "no random bytes")
	}
	return fmt.Appendf(nil, `{"address":"%s","crypto":%s,"id":"%s","version":3}`, hex.EncodeToString(address[:]), crypto, uuid(id)), nil
}

// FileName is the name of the file of a new account: its time in UTC to the nanosecond,
// then its address.
func FileName(address [20]byte, t time.Time) string {
	return "UTC--" + t.UTC().Format("2006-01-02T15-04-05.000000000") + "Z--" + hex.EncodeToString(address[:])
}
