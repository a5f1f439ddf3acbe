package kiod

import (
	"cmp"
	"fmt"
	"slices"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// The endpoints of key names (§6.2), which only current releases of kiod have.

// named finds a key by its name; ok is false if there is none.
func (c *call) named(s gate.SessionID) (id gate.KeyID, ok bool, err error) {
	list, err := c.gate.Keys(c.ctx, c.caller, s)
	if err != nil {
		return id, false, c.settle(s, err)
	}
	for _, k := range list.Keys {
		if k.Name == c.keyName && k.Name != "" {
			return gate.KeyID{Public: k.Public, Usage: k.Usage}, true, nil
		}
	}
	return id, false, nil
}

func removeName(c *call) error {
	s, err := c.authenticated()
	if err != nil {
		return err
	}
	id, ok, err := c.named(s)
	switch {
	case err != nil:
		return err
	case !ok:
		return refuse(codeKeyUnknown, "key set not in wallet")
	}
	return c.settle(s, c.gate.RemoveKey(c.ctx, c.caller, s, id, c.password))
}

func listKeysByName(c *call) error {
	keys, err := c.export()
	if err != nil {
		return err
	}
	defer wipeAll(keys)
	slices.SortFunc(keys, func(a, b exported) int { return cmp.Or(cmp.Compare(a.name, b.name), compareIDs(a.id, b.id)) })
	c.reply.list(len(keys), func(i int) {
		c.reply.raw("[")
		c.reply.text(keys[i].name)
		c.reply.raw(`,{"key_name":`)
		c.reply.text(keys[i].name)
		c.reply.raw(`,"public_key":`)
		c.reply.text(keys[i].public)
		c.reply.raw(`,"private_key":`)
		c.reply.plain(keys[i].private.Expose())
		c.reply.raw("}]")
	})
	return nil
}

func setKeyName(c *call) error {
	s, err := c.authenticated()
	if err != nil {
		return err
	}
	id, ok, err := c.named(s)
	switch {
	case err != nil:
		return err
	case !ok:
		return refuse(codeKeyUnknown, "Key name provided does not exist: %s", c.keyName)
	}
	return c.rename(s, id)
}

func setKeyNameByPublic(c *call) error {
	s, err := c.authenticated()
	if err != nil {
		return err
	}
	key, err := antelope.ParsePublicKey(c.public)
	if err != nil {
		return err
	}
	if _, err := c.gate.FindKey(c.ctx, c.caller, s, idOf(key)); isUnknownKey(err) {
		return &refusal{code: codeKeyUnknown, message: fmt.Sprintf("Key provided does not exist (pubkey=%q)", key.Text(c.cfg.Profile)), cause: err}
	} else if err != nil {
		return c.settle(s, err)
	}
	return c.rename(s, idOf(key))
}

func setKeyNameByPrivate(c *call) error {
	s, err := c.authenticated()
	if err != nil {
		return err
	}
	private, t, err := antelope.ParsePrivateKey(c.private)
	if err != nil {
		return err
	}
	defer private.Wipe()
	id, err := c.findPrivate(s, private, t)
	if err != nil {
		return c.settle(s, err)
	}
	return c.rename(s, id)
}

// rename gives a key the new name of the call.
func (c *call) rename(s gate.SessionID, id gate.KeyID) error {
	err := c.gate.NameKey(c.ctx, c.caller, s, id, c.newName, c.password)
	if fault.Is(err, fault.KeyExists) {
		return &refusal{code: codeKeyExists, message: fmt.Sprintf("Key name provided already exists (keyName=%s)", c.newName), cause: err}
	}
	return c.settle(s, err)
}
