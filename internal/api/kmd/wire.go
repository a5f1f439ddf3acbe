package kmd

import (
	"bytes"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// fieldSet is a set of request fields. Each route names the fields that its
// requests may carry; any other field is refused (§3.5).
type fieldSet uint32

// The fields of all requests (§4).
const (
	fieldHandle fieldSet = 1 << iota
	fieldPassword
	fieldWalletID
	fieldName
	fieldDriver
	fieldSeed
	fieldDisplay
	fieldAddress
	fieldPrivateKey
	fieldTransaction
	fieldPublicKey
	fieldData
	fieldVersion
	fieldThreshold
	fieldKeys
	fieldPartial
	fieldSigner
	fieldLegacy

	noFields fieldSet = 0
)

const (
	keySize       = 32
	seedSize      = 32
	signatureSize = 64
)

// request is a decoded request body. Missing fields and null are zero values.
// Byte slices point into the body's buffer or are the request's own.
type request struct {
	handle      []byte
	password    secret.Bytes
	walletID    []byte
	name        []byte
	driver      []byte
	seed        secret.Bytes // empty, or 32 bytes
	display     bool
	address     []byte
	privateKey  secret.Bytes // 32 to 64 bytes, never empty where the field belongs to the request
	transaction []byte
	publicKey   [keySize]byte
	data        []byte
	version     uint8
	threshold   uint8
	keys        [][keySize]byte
	partial     partial
	signer      [keySize]byte
	legacy      bool
}

// partial is a multi-signature as far as it is signed, in the JSON form of §4.
type partial struct {
	version   uint8
	threshold uint8
	slots     []slot
}

// slot is one key of a multi-signature; an all-zero signature is none.
type slot struct {
	key       [keySize]byte
	signature [signatureSize]byte
}

// given reports whether the request carried a partial signature.
func (p *partial) given() bool { return p.version != 0 || p.threshold != 0 || len(p.slots) != 0 }

// wipe forgets the secrets of the request.
func (q *request) wipe() {
	q.password.Wipe()
	q.seed.Wipe()
	q.privateKey.Wipe()
}

// errBody is the peer's one answer to everything that is wrong with a body.
func errBody() error { return fault.Invalid.New("could not decode request body") }

// decode reads the body into q. It accepts one JSON object, or null, with the
// allowed fields. Names are case-sensitive; a field given twice, text after the
// value, and broken UTF-8 are refused.
func (b *body) decode(allowed fieldSet, q *request) error {
	b.src = *bytes.NewBuffer(b.buf)
	b.dec.Reset(&b.src)
	ok := b.object(func(name []byte) bool { return q.read(b, allowed, name) })
	if !ok || !b.atEnd() {
		return errBody()
	}
	if allowed&fieldPrivateKey != 0 && q.privateKey.IsEmpty() {
		return errBody() // the peer would import the key of the all-zero seed
	}
	return nil
}

// read reads the value of one member if it may be there.
func (q *request) read(b *body, allowed fieldSet, name []byte) bool {
	has := func(f fieldSet) bool { return allowed&f != 0 }
	switch string(name) {
	case "wallet_handle_token":
		return has(fieldHandle) && b.text(&q.handle)
	case "wallet_password":
		return has(fieldPassword) && b.password(&q.password)
	case "wallet_id":
		return has(fieldWalletID) && b.text(&q.walletID)
	case "wallet_name":
		return has(fieldName) && b.text(&q.name)
	case "wallet_driver_name":
		return has(fieldDriver) && b.text(&q.driver)
	case "master_derivation_key":
		return has(fieldSeed) && b.secret(&q.seed, seedSize, seedSize)
	case "display_mnemonic":
		return has(fieldDisplay) && b.boolean(&q.display)
	case "address":
		return has(fieldAddress) && b.text(&q.address)
	case "private_key":
		return has(fieldPrivateKey) && b.secret(&q.privateKey, seedSize, seedSize+keySize)
	case "transaction":
		return has(fieldTransaction) && b.bytes(&q.transaction)
	case "public_key":
		return has(fieldPublicKey) && b.fixed(q.publicKey[:])
	case "data":
		return has(fieldData) && b.bytes(&q.data)
	case "multisig_version":
		return has(fieldVersion) && b.uint8(&q.version)
	case "threshold":
		return has(fieldThreshold) && b.uint8(&q.threshold)
	case "pks":
		return has(fieldKeys) && b.array(func() bool {
			q.keys = append(q.keys, [keySize]byte{})
			return b.fixed(q.keys[len(q.keys)-1][:])
		})
	case "partial_multisig":
		return has(fieldPartial) && b.partial(&q.partial)
	case "signer":
		return has(fieldSigner) && b.fixed(q.signer[:])
	case "use_legacy_msig":
		return has(fieldLegacy) && b.boolean(&q.legacy)
	}
	return false
}

// partial reads a multi-signature. The member names are those of its msgpack
// form, as the peer wants them.
func (b *body) partial(p *partial) bool {
	return b.object(func(name []byte) bool {
		switch string(name) {
		case "v":
			return b.uint8(&p.version)
		case "thr":
			return b.uint8(&p.threshold)
		case "subsig":
			return b.array(func() bool {
				p.slots = append(p.slots, slot{})
				return b.slot(&p.slots[len(p.slots)-1])
			})
		}
		return false
	})
}

func (b *body) slot(s *slot) bool {
	return b.object(func(name []byte) bool {
		switch string(name) {
		case "pk":
			return b.fixed(s.key[:])
		case "s":
			return b.fixed(s.signature[:])
		}
		return false
	})
}
