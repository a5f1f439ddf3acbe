package web3file

import (
	"encoding/hex"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3crypto"
	"strongroom/internal/secret"
)

// KeySize is the length of a private key in bytes.
const KeySize = 32

// File is a key file that was read. It never changes.
type File struct {
	Address    [20]byte // as the file says; nobody has proved it
	HasAddress bool     // the file says one, and it is not zero
	Version    int      // 3 or 1

	crypto *web3crypto.Object
}

// Parse reads a key file. Everything that can be wrong without a password is found
// here. Errors: fault.Unsupported and fault.Corrupt, with Clef's texts where it has
// some ("version not supported: 2", "invalid UUID length: 4", "cipher not supported:
// aes-256-ctr"); fault.TooLarge for a file or parameters beyond the bounds.
func Parse(data []byte) (*File, error) {
	if len(data) > MaxFileSize {
		return nil, fault.TooLarge.New("the key file has more than %d bytes", MaxFileSize)
	}
	raw, err := readFile(data)
	if err != nil {
		return nil, err
	}
	f := &File{}
	version := web3crypto.V3
	switch raw.version {
	case "3":
		f.Version = 3
	case `"1"`:
		f.Version, version = 1, web3crypto.V1
	case "":
		return nil, fault.Unsupported.New("version not supported: 0")
	default:
		return nil, fault.Unsupported.New("version not supported: %s", raw.version)
	}
	if err := checkUUID(raw.id); err != nil {
		return nil, err
	}
	if f.crypto, err = web3crypto.Parse(version, raw.crypto); err != nil {
		return nil, err
	}
	f.Address, f.HasAddress = parseAddress(raw.address)
	return f, nil
}

// rawFile is the members of a file.
type rawFile struct {
	address, id string
	version     string // as it stands in the file, "" if it is missing
	crypto      jsontext.Value
}

func readFile(data []byte) (raw rawFile, err error) {
	err = web3crypto.Members(data, func(name string, value jsontext.Value) (err error) {
		switch web3crypto.Fold(name) {
		case "address":
			raw.address, err = web3crypto.Text(name, value)
		case "id":
			raw.id, err = web3crypto.Text(name, value)
		case "version":
			raw.version, err = versionText(value)
		case "crypto":
			raw.crypto = value.Clone()
		}
		return err
	})
	return raw, err
}

// versionText is a version as it stands in the file, made short enough to be shown.
func versionText(value jsontext.Value) (string, error) {
	const longest = 20
	if kind := value.Kind(); kind != '0' && kind != '"' || len(value) > longest {
		return "", fault.Unsupported.New("version not supported: it is no number")
	}
	return string(value), nil
}

// checkUUID takes the forms of RFC 9562 that Clef takes.
func checkUUID(id string) error {
	switch len(id) {
	case 36:
	case 36 + len("urn:uuid:"):
		if !strings.EqualFold(id[:9], "urn:uuid:") {
			return fault.Corrupt.New("invalid urn prefix in the id")
		}
		id = id[9:]
	case 36 + len("{}"):
		id = id[1:37]
	case 32:
		if !isHex(id) {
			return fault.Corrupt.New("invalid UUID format")
		}
		return nil
	default:
		return fault.Corrupt.New("invalid UUID length: %d", len(id))
	}
	if id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' ||
		!isHex(id[:8]+id[9:13]+id[14:18]+id[19:23]+id[24:]) {
		return fault.Corrupt.New("invalid UUID format")
	}
	return nil
}

func isHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil
}

// parseAddress reads the text of an address, with or without 0x. Leading zeros may be
// missing: there were writers that printed a number. Zero is no address.
func parseAddress(text string) (address [20]byte, ok bool) {
	if len(text) >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') {
		text = text[2:]
	}
	const digits = 2 * len(address)
	if len(text) == 0 || len(text) > digits {
		return address, false
	}
	var padded [digits]byte
	missing := digits - len(text)
	for i := range missing {
		padded[i] = '0'
	}
	copy(padded[missing:], text)
	if _, err := hex.Decode(address[:], padded[:]); err != nil {
		return [20]byte{}, false
	}
	return address, address != [20]byte{}
}

// Cost is what [File.Open] takes: memory in bytes, and work; see
// [web3crypto.Object.Cost].
func (f *File) Cost() (memory, work uint64) { return f.crypto.Cost() }

// Open decrypts the private key, 32 bytes, which the caller wipes and compares with the
// address. It runs one key derivation. Errors: fault.WrongPassword "could not decrypt
// key with given password", fault.Corrupt "invalid key: …".
func (f *File) Open(password secret.Bytes) (secret.Bytes, error) {
	private, err := f.crypto.Open(password)
	if err != nil {
		return secret.Bytes{}, err
	}
	if err := CheckKey(private); err != nil {
		private.Wipe()
		return secret.Bytes{}, fault.Corrupt.New("invalid key: %s", fault.Text(err))
	}
	return private, nil
}

// CheckKey tells whether bytes are a private key of secp256k1. Errors: fault.Invalid,
// with Clef's texts.
func CheckKey(private secret.Bytes) error {
	if private.Len() != KeySize {
		return fault.Invalid.New("invalid length, need %d bits", 8*KeySize)
	}
	order := curve.Secp256k1.Order()
	var any, borrow byte
	for i := KeySize - 1; i >= 0; i-- { // private - order, without branches
		any |= private.Expose()[i]
		borrow = byte((int(private.Expose()[i])-int(order[i])-int(borrow))>>8) & 1
	}
	switch {
	case any == 0:
		return fault.Invalid.New("invalid private key, zero or negative")
	case borrow == 0:
		return fault.Invalid.New("invalid private key, >=N")
	}
	return nil
}

// CheckAddress compares the account of an opened key with the one that was asked for.
// Errors: fault.Corrupt.
func CheckAddress(have, want [20]byte) error {
	if have == want {
		return nil
	}
	return fault.Corrupt.New("key content mismatch: have account %x, want %x", have[:], want[:])
}

// uuid gives the text of a UUID of version 4 made of 16 random bytes.
func uuid(random [16]byte) string {
	random[6] = random[6]&0x0f | 0x40
	random[8] = random[8]&0x3f | 0x80
	h := hex.EncodeToString(random[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
