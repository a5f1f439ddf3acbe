package web3crypto

import (
	"encoding/hex"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// Version of an object. It stands outside of it.
type Version uint8

// The versions.
const (
	V3 Version = iota // the zero value: what everybody writes
	V1
)

// Object is a crypto object. It never changes.
type Object struct {
	version    Version
	ciphertext []byte
	iv         []byte
	mac        []byte
	kdf        kdf
}

// Parse reads an object. Text that is no JSON object counts as an empty one, as Clef
// has it. All that can be wrong without a password is found here. Errors:
// fault.Unsupported for a cipher, derivation or pseudo-random function that is not
// known, fault.Corrupt, fault.TooLarge for parameters that demand too much. The texts
// are Clef's where it has one.
func Parse(v Version, data []byte) (*Object, error) {
	raw, err := readObject(data)
	if err != nil {
		return nil, err
	}
	o := &Object{version: v}
	if v == V3 && raw.cipher != cipherName {
		return nil, fault.Unsupported.New("cipher not supported: %s", shorten(raw.cipher))
	}
	for _, part := range []struct {
		into *[]byte
		text string
	}{{&o.mac, raw.mac}, {&o.iv, raw.iv}, {&o.ciphertext, raw.ciphertext}} {
		if *part.into, err = hex.DecodeString(part.text); err != nil {
			return nil, errHex(err)
		}
	}
	if o.kdf, err = raw.derivation(); err != nil {
		return nil, err
	}
	switch {
	case len(o.iv) != ivSize:
		return nil, fault.Corrupt.New("the initialization vector has %d bytes, not %d", len(o.iv), ivSize)
	case len(o.ciphertext) > MaxData+ivSize:
		return nil, fault.TooLarge.New("the ciphertext has more than %d bytes", MaxData+ivSize)
	case v == V1 && (len(o.ciphertext) == 0 || len(o.ciphertext)%ivSize != 0):
		return nil, fault.Corrupt.New("the ciphertext has %d bytes, which is no number of whole blocks", len(o.ciphertext))
	}
	return o, nil
}

// Cost is what [Object.Open] takes: memory in bytes, and work in block mixes of
// scrypt (of 64·2 bytes) or iterations of PBKDF2.
func (o *Object) Cost() (memory, work uint64) { return o.kdf.cost() }

// rawObject is the texts of an object.
type rawObject struct {
	cipher, ciphertext, iv, mac, kdf string
	params                           jsontext.Value // nil where there are none
}

func readObject(data []byte) (rawObject, error) {
	var raw rawObject
	err := Members(data, func(name string, value jsontext.Value) (err error) {
		switch Fold(name) {
		case "cipher":
			raw.cipher, err = Text(name, value)
		case "ciphertext":
			raw.ciphertext, err = Text(name, value)
		case "kdf":
			raw.kdf, err = Text(name, value)
		case "mac":
			raw.mac, err = Text(name, value)
		case "kdfparams":
			raw.params = value.Clone()
		case "cipherparams":
			err = Members(value, func(name string, value jsontext.Value) (err error) {
				if Fold(name) == "iv" {
					raw.iv, err = Text(name, value)
				}
				return err
			})
		}
		return err
	})
	return raw, err
}

// derivation reads the parameters, whose names are exact.
func (raw *rawObject) derivation() (kdf, error) {
	numbers := make(map[string]uint64)
	texts := make(map[string]string)
	err := Members(raw.params, func(name string, value jsontext.Value) (err error) {
		switch name {
		case "dklen", "n", "r", "p", "c":
			numbers[name], err = number(name, value)
		case "salt", "prf":
			texts[name], err = Text(name, value)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	need := []string{"dklen", "n", "r", "p"}
	switch raw.kdf {
	case scryptName:
	case pbkdf2Name:
		need = []string{"dklen", "c"}
	default:
		return nil, fault.Unsupported.New("unsupported KDF: %s", shorten(raw.kdf))
	}
	if _, ok := texts["salt"]; !ok {
		return nil, errMissing("salt")
	}
	for _, name := range need {
		if _, ok := numbers[name]; !ok {
			return nil, errMissing(name)
		}
	}
	salt, err := hex.DecodeString(texts["salt"])
	if err != nil {
		return nil, errHex(err)
	}
	if numbers["dklen"] < derivedSize {
		return nil, fault.Corrupt.New("the key derivation gives %d bytes (dklen), fewer than %d", numbers["dklen"], derivedSize)
	}
	if raw.kdf == pbkdf2Name {
		if texts["prf"] != prfName {
			return nil, fault.Unsupported.New("unsupported PBKDF2 PRF: %s", shorten(texts["prf"]))
		}
		return newPBKDF2(salt, numbers["c"])
	}
	return newScrypt(salt, numbers["n"], numbers["r"], numbers["p"])
}

// number reads a whole number that is not negative. Writers exist that have a
// fraction of zero or an exponent.
func number(name string, value jsontext.Value) (uint64, error) {
	if value.Kind() == '0' {
		text := string(value)
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return n, nil
		}
		const exact = 1 << 53
		if f, err := strconv.ParseFloat(text, 64); err == nil && f >= 0 && f <= exact && f == float64(uint64(f)) {
			return uint64(f), nil
		}
	}
	return 0, fault.Corrupt.New("the parameter %q of the key derivation is not a whole number from 0 on", name)
}

func errMissing(name string) error {
	return fault.Corrupt.New("the parameter %q of the key derivation is missing", name)
}

// errHex has the words of package encoding/hex, which Clef shows as well; they name one
// character of the text at most.
func errHex(err error) error { return fault.Corrupt.New("%v", err) }

// shorten cuts a name that goes into an error.
func shorten(name string) string {
	const most = 64
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}
