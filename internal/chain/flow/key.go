package flow

import (
	"encoding/hex"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// accountKey is a key that a script adds to an account.
type accountKey struct {
	public string // hex
	detail string // weight, algorithm and hash, in words
	full   bool   // it can act alone: a weight of 1000
}

// key reads a Crypto.KeyListEntry.
func (a *arguments) key(text jsontext.Value) accountKey {
	v, err := readValue(text, "Struct")
	if err != nil {
		a.fail()
		return accountKey{}
	}
	// The id of the built-in contract's type, as the SDKs write it.
	entry := a.fields(v, "I.Crypto.Crypto.KeyListEntry", "keyIndex", "publicKey", "hashAlgorithm", "weight", "isRevoked")
	if a.err != nil {
		return accountKey{}
	}
	point, err := readValue(entry[1], "Struct")
	if err != nil {
		a.fail()
		return accountKey{}
	}
	public := a.fields(point, "PublicKey", "publicKey", "signatureAlgorithm")
	if a.err != nil {
		return accountKey{}
	}
	weight, err := readValue(entry[3], "UFix64")
	if err != nil {
		a.fail()
		return accountKey{}
	}
	n, ok := units(a.content(weight))
	revoked, err := readValue(entry[4], "Bool")
	if !ok || err != nil || string(revoked) != "true" && string(revoked) != "false" {
		a.fail()
	}
	if index, err := readValue(entry[0], "Int"); err != nil {
		a.fail()
	} else {
		a.digits(index, 63)
	}
	k := accountKey{public: a.bytes(public[0]), full: n >= 1000_0000_0000}
	// The numbers are those of Cadence's enums.
	signature := a.enum(public[1], "SignatureAlgorithm", map[string]string{"1": "ECDSA_P256", "2": "ECDSA_secp256k1", "3": "BLS_BLS12_381"})
	hash := a.enum(entry[2], "HashAlgorithm", map[string]string{
		"1": "SHA2_256", "2": "SHA2_384", "3": "SHA3_256", "4": "SHA3_384", "5": "KMAC128_BLS_BLS12_381", "6": "KECCAK_256",
	})
	k.detail = "weight " + strconv.FormatFloat(float64(n)/1e8, 'f', -1, 64) + " of 1000, " + signature + ", " + hash
	return k
}

// keys reads an array of keys.
func (a *arguments) keys() (all []accountKey) {
	for _, text := range a.list(a.next("Array")) {
		all = append(all, a.key(text))
	}
	return all
}

// bytes reads an array of UInt8 as hex.
func (a *arguments) bytes(text jsontext.Value) string {
	v, err := readValue(text, "Array")
	if err != nil {
		a.fail()
		return ""
	}
	list := a.list(v)
	b := make([]byte, 0, len(list))
	for _, element := range list {
		number, err := readValue(element, "UInt8")
		if err != nil {
			a.fail()
			return ""
		}
		n, err := strconv.ParseUint(a.digits(number, 8), 10, 8)
		if err != nil {
			a.fail()
		}
		b = append(b, byte(n))
	}
	return hex.EncodeToString(b)
}

// enum reads the name of an enum's case.
func (a *arguments) enum(text jsontext.Value, id string, names map[string]string) string {
	v, err := readValue(text, "Enum")
	if err != nil {
		a.fail()
		return ""
	}
	raw := a.fields(v, id, "rawValue")
	if a.err != nil {
		return ""
	}
	number, err := readValue(raw[0], "UInt8")
	if err != nil {
		a.fail()
		return ""
	}
	name, ok := names[a.digits(number, 8)]
	if !ok {
		a.fail()
	}
	return name
}
