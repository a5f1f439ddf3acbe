package evm

import (
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// keyKind is what may act for an account of Kaia (docs.kaia.io, account key).
type keyKind uint8

// The kinds, by the first byte of their encoding.
const (
	keyLegacy  keyKind = 1 // the key that the address was made of
	keyPublic  keyKind = 2 // one key
	keyFail    keyKind = 3 // none: the account is locked
	keyMulti   keyKind = 4 // several, whose weights reach a threshold
	keyRoles   keyKind = 5 // other keys for each role
	keyNil     keyKind = 0x80
	mostKeys           = 10 // of a key with weights
	threeRoles         = 3
)

// roleNames are what the keys of an account are for, in their order.
var roleNames = [threeRoles]string{"transactions", "account update", "fee payer"}

// accountKey says who may act for an account.
type accountKey struct {
	kind      keyKind
	threshold uint64
	keys      []weighted
	roles     []accountKey
}

// weighted is one key of an account.
type weighted struct {
	key     curve.PublicKey
	address address
	weight  uint64
}

var errAccountKey = fault.InvalidPayload.New("the account key is not encoded as one")

// readAccountKey reads the encoding of an account key. A key that stays as it is
// (nil) has a meaning only within roles.
func readAccountKey(data []byte, within bool) (a accountKey, err error) {
	if len(data) == 0 {
		return a, errAccountKey
	}
	a.kind = keyKind(data[0])
	rest := data[1:]
	switch a.kind {
	case keyNil:
		if len(rest) > 0 || !within {
			return a, errAccountKey
		}
	case keyLegacy, keyFail:
		if len(rest) != 1 || rest[0] != 0xc0 {
			return a, errAccountKey
		}
	case keyPublic:
		if len(rest) != 34 || rest[0] != 0x80+33 {
			return a, errAccountKey
		}
		one, err := weightedKey(rest[1:], 0)
		a.keys = []weighted{one}
		return a, err
	case keyMulti:
		err = a.readMulti(rest)
	case keyRoles:
		if within {
			return a, fault.InvalidPayload.New("roles within roles of an account key")
		}
		err = a.readRoles(rest)
	default:
		return a, fault.InvalidPayload.New("account keys of type 0x%02x are not known", data[0])
	}
	return a, err
}

// readMulti reads the threshold and the keys, by the rules by which nodes take them.
func (a *accountKey) readMulti(data []byte) error {
	r := rlp.ReadList(data)
	a.threshold = r.Uint64()
	list := r.List()
	var sum uint64
	for list.More() {
		pair := list.List()
		weight := pair.Uint64()
		encoded := pair.Bytes()
		list.Join(&pair)
		if !list.More() && list.End() != nil {
			break
		}
		one, err := weightedKey(encoded, weight)
		if err != nil {
			return err
		}
		for _, other := range a.keys {
			if other.key == one.key {
				return fault.InvalidPayload.New("the account key has a key twice")
			}
		}
		a.keys = append(a.keys, one)
		if sum += weight; len(a.keys) > mostKeys || weight == 0 || weight > 1<<32-1 {
			return fault.InvalidPayload.New("the account key has more than %d keys, or one with a weight out of range", mostKeys)
		}
	}
	r.Join(&list)
	if err := r.End(); err != nil {
		return err
	}
	if a.threshold == 0 || a.threshold > sum {
		return fault.InvalidPayload.New("the threshold of the account key is zero, or more than all its weights")
	}
	return nil
}

func (a *accountKey) readRoles(data []byte) error {
	r := rlp.ReadList(data)
	for r.More() && len(a.roles) <= threeRoles {
		role := r.Bytes()
		if !r.More() && r.End() != nil {
			break
		}
		key, err := readAccountKey(role, true)
		if err != nil {
			return err
		}
		a.roles = append(a.roles, key)
	}
	if err := r.End(); err != nil {
		return err
	}
	if len(a.roles) == 0 || len(a.roles) > threeRoles {
		return fault.InvalidPayload.New("the account key has no roles, or more than %d", threeRoles)
	}
	return nil
}

func weightedKey(compressed []byte, weight uint64) (w weighted, err error) {
	key, err := curve.NewPublicKey(curve.Secp256k1, compressed)
	if err != nil {
		return w, fault.InvalidPayload.New("the account key is no compressed secp256k1 key")
	}
	owner, err := hexaccount.AddressOf(key)
	if err != nil {
		return w, fault.InvalidPayload.New("the account key is no point of the curve")
	}
	return weighted{key: key, address: owner, weight: weight}, nil
}

// newKeys describes the keys that an account gets. own says whether the key that signs
// is one of the account's, so that its loss is worth a warning.
func (d *description) newKeys(a *accountKey, own bool) {
	if a.kind != keyRoles {
		d.newKey(a, "every role", own)
		return
	}
	for i := range a.roles {
		subject := roleNames[i]
		if i == 0 && len(a.roles) < threeRoles {
			subject += ", and roles without a key"
		}
		d.newKey(&a.roles[i], subject, own)
	}
}

// newKey describes the keys of one role.
func (d *description) newKey(a *accountKey, role string, own bool) {
	e := chain.Effect{Kind: chain.Authority, From: d.signer.Text, Subject: role}
	switch a.kind {
	case keyNil:
		e.Detail = "stays as it is"
		d.add(e)
		return
	case keyFail:
		e.Detail = "no key: nobody can act for the account"
		d.warn("The account is locked for good (" + role + "): no key can act for it any more.")
	case keyLegacy:
		e.To = d.signer.Text
		e.Detail = "the key that the address was made of"
	}
	mine, alone := a.kind == keyLegacy && d.signer.Address == d.key.Address, true
	for _, w := range a.keys {
		e.To = d.text(w.address)
		e.Detail = "instead of the keys before: public key " + hexKey(w.key)
		if a.kind == keyMulti {
			e.Detail += ", weight " + decimal(w.weight) + " of " + decimal(a.threshold) + " needed"
		}
		d.add(e)
		if w.address == d.key.Address {
			mine, alone = true, a.kind != keyMulti || w.weight >= a.threshold
		}
	}
	if len(a.keys) == 0 {
		d.add(e)
	}
	switch {
	case own && !mine:
		d.warn("The key that signs is not among the new keys (" + role + ").")
	case own && !alone:
		d.warn("The key that signs can act only together with others from now on (" + role + ").")
	}
}

func hexKey(key curve.PublicKey) string { return hex.EncodeToString(key.AppendTo(nil)) }
