package kiod

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

func isUnknownKey(err error) bool { return fault.Is(err, fault.UnknownKey) }

// publicKeys lists the keys of all unlocked wallets.
func publicKeys(c *call) error {
	if len(c.table.all()) == 0 {
		return refuse(codeNoWallet, "You don't have any wallet!")
	}
	var lists []gate.KeyList
	for _, s := range c.table.sessions() {
		l, err := c.gate.Keys(c.ctx, c.caller, s)
		if hasEnded(c.settle(s, err)) {
			continue
		}
		if err != nil {
			return err
		}
		lists = append(lists, l)
	}
	if len(lists) == 0 {
		return refuse(codeWalletLocked, "You don't have any unlocked wallet!")
	}
	c.reply.shared = c.texts.render(lists, c.cfg.Profile)
	return nil
}

// holds reports whether wallets of the profile hold keys of a type. keosd cannot
// open a file that has others than the first two (§12.4).
func (c *call) holds(t antelope.KeyType) bool {
	switch t {
	case antelope.K1, antelope.R1:
		return true
	case antelope.EM, antelope.ED:
		return c.cfg.Profile == antelope.Kiod
	}
	return false
}

func errKeyType(name string) error {
	return refuse(codeKeyType, "Key type \"%s\" not supported by software wallet", name)
}

func createKey(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	name := strings.ToUpper(c.keyType)
	if name == "" {
		name = antelope.K1.String()
	}
	t, ok := antelope.ParseKeyType(name)
	if !ok || !c.holds(t) {
		return errKeyType(name)
	}
	key, err := c.gate.NewKey(c.ctx, c.caller, s, gate.KeyOptions{Algorithm: t.Algorithm(), Usage: usageOf(t)})
	if err != nil {
		return c.settle(s, err)
	}
	public, err := antelope.NewPublicKey(t, key.Public)
	if err != nil {
		return err
	}
	c.reply.text(public.Text(c.cfg.Profile))
	return nil
}

func importKey(c *call) error {
	s, err := c.session()
	if err != nil {
		return err
	}
	private, t, err := antelope.ParsePrivateKey(c.private)
	if err != nil {
		return err
	}
	defer private.Wipe()
	if !c.holds(t) {
		return errKeyType(t.String())
	}
	key, err := c.gate.AddKey(c.ctx, c.caller, s, gate.KeyOptions{Algorithm: t.Algorithm(), Usage: usageOf(t)}, private)
	if fault.Is(err, fault.KeyExists) {
		return &refusal{code: codeKeyExists, message: "Key already in wallet" + c.keyNote("pubKey", key, t), cause: err}
	}
	return c.settle(s, err)
}

// keyNote names a key behind a message, where the profile does and it is known.
func (c *call) keyNote(label string, key gate.Key, t antelope.KeyType) string {
	public, err := antelope.NewPublicKey(t, key.Public)
	if err != nil || c.cfg.Profile != antelope.Kiod {
		return ""
	}
	return fmt.Sprintf(" (%s=%q)", label, public.Text(c.cfg.Profile))
}

// authenticated is the session of the wallet of the call after its password was
// checked: loaded, locked, password, in this order.
func (c *call) authenticated() (gate.SessionID, error) {
	s, err := c.session()
	if err != nil {
		return s, err
	}
	return s, c.settle(s, c.gate.CheckPassword(c.ctx, c.caller, s, c.password))
}

// removeKey reads the key's text after the password was checked, as the peer does.
func removeKey(c *call) error {
	s, err := c.authenticated()
	if err != nil {
		return err
	}
	key, err := antelope.ParsePublicKey(c.public)
	if err != nil {
		return err
	}
	if _, err := c.gate.FindKey(c.ctx, c.caller, s, idOf(key)); err != nil {
		return c.settle(s, err)
	}
	return c.settle(s, c.gate.RemoveKey(c.ctx, c.caller, s, idOf(key), c.password))
}

// exported is one key with its private part, as text.
type exported struct {
	id      gate.KeyID
	name    string
	public  string
	private secret.Bytes
}

// export gives all keys of the wallet of the call; the caller wipes them. The
// password is checked first: to the gate, the session alone would be enough.
func (c *call) export() (keys []exported, err error) {
	s, err := c.authenticated()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			wipeAll(keys)
		}
	}()
	err = c.gate.ExportKeys(c.ctx, c.caller, s, c.password, func(k gate.Key, private secret.Bytes) error {
		id := gate.KeyID{Public: k.Public, Usage: k.Usage}
		public, ok := keyOf(id)
		if !ok {
			return nil // of another chain
		}
		text, err := formatPrivate(public, private, c.cfg.Profile)
		if err != nil {
			return err
		}
		keys = append(keys, exported{id, k.Name, public.Text(c.cfg.Profile), text})
		return nil
	})
	return keys, c.settle(s, err)
}

// formatPrivate writes a private key as text. That of an ED key contains the public
// key too.
func formatPrivate(public antelope.PublicKey, private secret.Bytes, profile antelope.Profile) (secret.Bytes, error) {
	if public.Type() != antelope.ED || private.Len() != 32 {
		return antelope.FormatPrivateKey(public.Type(), private, profile)
	}
	full := secret.New(public.Key().AppendTo(append(make([]byte, 0, 64), private.Expose()...)))
	defer full.Wipe()
	return antelope.FormatPrivateKey(public.Type(), full, profile)
}

func wipeAll(keys []exported) {
	for _, k := range keys {
		k.private.Wipe()
	}
}

func listKeys(c *call) error {
	keys, err := c.export()
	if err != nil {
		return err
	}
	defer wipeAll(keys)
	slices.SortFunc(keys, func(a, b exported) int { return compareIDs(a.id, b.id) })
	c.reply.list(len(keys), func(i int) {
		c.reply.raw("[")
		c.reply.text(keys[i].public)
		c.reply.raw(",")
		c.reply.plain(keys[i].private.Expose())
		c.reply.raw("]")
	})
	return nil
}

// findPrivate finds the key of a private key. Only the vault can say which public
// key that has, so the wallet's keys are compared.
func (c *call) findPrivate(s gate.SessionID, private secret.Bytes, t antelope.KeyType) (found gate.KeyID, err error) {
	err = c.gate.ExportKeys(c.ctx, c.caller, s, c.password, func(k gate.Key, other secret.Bytes) error {
		id := gate.KeyID{Public: k.Public, Usage: k.Usage}
		key, ok := keyOf(id)
		if ok && key.Type() == t && other.Len() >= private.Len() && bytes.Equal(other.Expose()[:private.Len()], private.Expose()) {
			found = id
		}
		return nil
	})
	if err == nil && found.Public == (curve.PublicKey{}) {
		err = refuse(codeKeyUnknown, "Key provided does not exist")
	}
	return found, err
}
