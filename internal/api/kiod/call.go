package kiod

import (
	"bytes"
	"context"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// call is one request on its way through a handler: what it asks for, and the
// answer as far as it is written.
type call struct {
	*Door
	ctx    context.Context
	caller gate.Caller
	to     *endpoint
	reply  reply
	held   int64 // bytes counted as in flight
	stop   bool  // end the daemon once the answer is out

	// The arguments, as far as the endpoint has them.
	name        string // of the wallet
	password    secret.Bytes
	private     secret.Bytes // text of a private key
	public      string       // text of a public key
	keyType     string
	keyName     string
	newName     string
	digest      [32]byte
	key         antelope.PublicKey
	transaction antelope.SignedTransaction
	keys        []antelope.PublicKey
	chain       [32]byte
	seconds     int64
}

// wipe forgets the secrets of the request.
func (c *call) wipe() {
	c.password.Wipe()
	c.private.Wipe()
}

// take reads one argument. What is wrong here is no command yet (§9).
func (c *call) take(a argument, v jsontext.Value) (err error) {
	switch a {
	case argWallet:
		c.name, err = text(v)
	case argPassword:
		c.password, err = hiddenText(v)
	case argPrivate:
		c.private, err = hiddenText(v)
	case argPublic:
		c.public, err = text(v)
	case argType:
		c.keyType, err = text(v)
	case argKeyName:
		c.keyName, err = text(v)
	case argNewName:
		c.newName, err = text(v)
	case argDigest:
		c.digest, err = hash(v)
	case argChain:
		c.chain, err = hash(v)
	case argKey:
		c.key, err = publicKey(v)
	case argTransaction:
		if v.Kind() != jsontext.KindBeginObject {
			return errCast()
		}
		c.transaction, err = antelope.ParseTransaction(v)
	case argKeys:
		c.keys, err = publicKeyList(v)
	case argSeconds:
		var s string
		if s, err = text(v); err == nil {
			c.seconds, err = parseSeconds(s)
		}
	}
	return err
}

func hash(v jsontext.Value) ([32]byte, error) {
	s, err := text(v)
	if err != nil {
		return [32]byte{}, err
	}
	return antelope.ParseHash(s)
}

func publicKey(v jsontext.Value) (antelope.PublicKey, error) {
	s, err := text(v)
	if err != nil {
		return antelope.PublicKey{}, err
	}
	return antelope.ParsePublicKey(s)
}

// publicKeyList reads a list of keys; null is an empty one.
func publicKeyList(v jsontext.Value) ([]antelope.PublicKey, error) {
	switch v.Kind() {
	case jsontext.KindNull:
		return nil, nil
	case jsontext.KindBeginArray:
	default:
		return nil, errCast()
	}
	b := body{buf: v}
	b.src = *bytes.NewBuffer(v)
	b.dec.Reset(&b.src)
	if _, err := b.dec.ReadToken(); err != nil {
		return nil, errUnparsable()
	}
	var keys []antelope.PublicKey
	for b.dec.PeekKind() != jsontext.KindEndArray {
		element, err := b.next()
		if err != nil {
			return nil, errUnparsable()
		}
		key, err := publicKey(element)
		if err != nil {
			return nil, err
		}
		if keys = append(keys, key); len(keys) > antelope.MaxSigners {
			return nil, refuse(codeAssert, "more than %d keys", antelope.MaxSigners)
		}
	}
	return keys, nil
}
