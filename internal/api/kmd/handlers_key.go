package kmd

import (
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// requestKey is the key that the address of the request belongs to.
func (c *call) requestKey() (curve.PublicKey, error) {
	a, err := algorand.ParseAddress(string(c.req.address))
	if err != nil {
		return curve.PublicKey{}, err
	}
	return ed25519Key(a), nil
}

// ed25519Key is the public key of 32 bytes; all zero bytes are a key as well.
func ed25519Key(b [keySize]byte) curve.PublicKey {
	k, err := curve.NewPublicKey(curve.Ed25519, b[:])
	if err != nil {
		panic("kmd: an ed25519 key has 32 bytes: " + err.Error())
	}
	return k
}

// addressOf is the text of the address that a key owns.
func addressOf(k curve.PublicKey) string {
	var a algorand.Address
	k.AppendTo(a[:0])
	return a.String()
}

func generateKey(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	if c.req.display {
		return fault.Unsupported.New(textMnemonic)
	}
	k, err := c.gate.GenerateKey(c.ctx, c.caller, session)
	if err != nil {
		return err
	}
	c.reply.text("address", addressOf(k.Public))
	return nil
}

// importKey takes the seed from the first half and ignores the public half, as
// the peer does: goal sends zeros there, others leave it out.
func importKey(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	seed := secret.Copy(c.req.privateKey.Expose()[:seedSize])
	defer seed.Wipe()
	k, err := c.gate.ImportKey(c.ctx, c.caller, session, curve.Ed25519, seed)
	if err != nil {
		return err
	}
	c.reply.text("address", addressOf(k.Public))
	return nil
}

// exportKey, like deletion and the multisig calls of the same kind, looks at the
// address before the handle.
func exportKey(c *call) error {
	key, err := c.requestKey()
	if err != nil {
		return err
	}
	session, err := c.session()
	if err != nil {
		return err
	}
	private, err := c.gate.ExportKey(c.ctx, c.caller, session, key, c.req.password)
	if err != nil {
		return err
	}
	defer private.Wipe()
	c.reply.base64("private_key", private.Expose())
	return nil
}

// deleteKey succeeds also when there is nothing to delete: some clients retry.
func deleteKey(c *call) error {
	key, err := c.requestKey()
	if err != nil {
		return err
	}
	session, err := c.session()
	if err != nil {
		return err
	}
	err = c.gate.DeleteKey(c.ctx, c.caller, session, key, c.req.password)
	if fault.Is(err, fault.UnknownKey) {
		return nil
	}
	return err
}

func listKeys(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	keys, err := c.gate.Keys(c.ctx, c.caller, session)
	if err != nil {
		return err
	}
	c.reply.shared = c.lists.render(keys)
	return nil
}
