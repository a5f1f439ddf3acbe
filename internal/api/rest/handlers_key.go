package rest

import (
	"encoding/hex"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

func (c *call) keys() (any, error) {
	var req Password
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	var out Keys
	err := c.within(req.Password.Bytes, func(s gate.SessionID) error {
		list, err := c.cfg.Gate.Keys(c.ctx, c.caller, s)
		out.Keys = make([]Key, len(list.Keys))
		for i, k := range list.Keys {
			out.Keys[i] = c.show(k)
		}
		return err
	})
	return out, err
}

func (c *call) generateKey() (any, error) {
	var req Password
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	var out Key
	err := c.within(req.Password.Bytes, func(s gate.SessionID) error {
		k, err := c.cfg.Gate.GenerateKey(c.ctx, c.caller, s)
		out = c.show(k)
		return err
	})
	return out, err
}

func (c *call) importKey() (any, error) {
	var req ImportKey
	defer func() { req.Password.Wipe(); req.Private.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	algorithm, err := curve.ParseAlgorithm(req.Algorithm)
	if err != nil {
		return nil, err
	}
	var out Key
	err = c.within(req.Password.Bytes, func(s gate.SessionID) error {
		k, err := c.cfg.Gate.ImportKey(c.ctx, c.caller, s, algorithm, req.Private.Bytes)
		out = c.show(k)
		return err
	})
	return out, err
}

func (c *call) exportKey() (any, error) {
	var req NameKey
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	var out Private
	err := c.within(req.Password.Bytes, func(s gate.SessionID) error {
		key, err := c.findKey(s, req.Key)
		if err != nil {
			return err
		}
		out.Private.Bytes, err = c.cfg.Gate.ExportKey(c.ctx, c.caller, s, key, req.Password.Bytes)
		return err
	})
	return out, err
}

func (c *call) deleteKey() (any, error) {
	var req NameKey
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	return struct{}{}, c.within(req.Password.Bytes, func(s gate.SessionID) error {
		key, err := c.findKey(s, req.Key)
		if err != nil {
			return err
		}
		return c.cfg.Gate.DeleteKey(c.ctx, c.caller, s, key, req.Password.Bytes)
	})
}

func (c *call) exportSeed() (any, error) {
	var req Password
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	var out Seed
	err := c.within(req.Password.Bytes, func(s gate.SessionID) (err error) {
		out.Seed.Bytes, err = c.cfg.Gate.ExportSeed(c.ctx, c.caller, s, req.Password.Bytes)
		return err
	})
	return out, err
}

func (c *call) sign() (any, error) {
	var req Sign
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	var out Signed
	err := c.within(req.Password.Bytes, func(s gate.SessionID) error {
		var key curve.PublicKey
		if req.Key != "" {
			var err error
			if key, err = c.findKey(s, req.Key); err != nil {
				return err
			}
		}
		signed, err := c.cfg.Gate.Sign(c.ctx, c.caller, gate.SignRequest{
			Session: s, Password: req.Password.Bytes, Chain: req.Chain,
			Request: chain.Request{Form: req.Form, Payload: req.Payload, Signer: key},
		})
		if err != nil {
			return err
		}
		out = Signed{Result: signed.Result, Signature: signed.Signature, Record: signed.Sequence}
		for _, e := range signed.Effects {
			out.Effects = append(out.Effects, Effect{Kind: e.Kind.String(), Effect: e})
		}
		return nil
	})
	return out, err
}

// findKey finds the key that a text names: an address on any chain, or the public
// key as lists show it ("ed25519:" and hex, or the hex alone).
func (c *call) findKey(s gate.SessionID, named string) (curve.PublicKey, error) {
	if algorithm, encoded, ok := strings.Cut(named, ":"); ok {
		a, err := curve.ParseAlgorithm(algorithm)
		if err != nil {
			return curve.PublicKey{}, err
		}
		raw, err := hex.DecodeString(encoded)
		if err != nil {
			return curve.PublicKey{}, fault.Invalid.New("the public key is not valid hex")
		}
		return curve.NewPublicKey(a, raw)
	}
	list, err := c.cfg.Gate.Keys(c.ctx, c.caller, s)
	if err != nil {
		return curve.PublicKey{}, err
	}
	for _, k := range list.Keys {
		if hex.EncodeToString(k.Public.Bytes()) == named {
			return k.Public, nil
		}
		for _, address := range c.addresses(k.Public) {
			if address == named {
				return k.Public, nil
			}
		}
	}
	return curve.PublicKey{}, fault.UnknownKey.New("the wallet has no key %q", named).WithHint("list its keys with: strongroom key list WALLET")
}

func (c *call) show(k gate.Key) Key {
	return Key{Public: k.Public.String(), Usage: k.Usage, Name: k.Name, Index: k.Index, Addresses: c.addresses(k.Public)}
}

// addresses are those that a key owns, by chain.
func (c *call) addresses(key curve.PublicKey) map[string]string {
	out := make(map[string]string)
	for _, ch := range c.cfg.Chains {
		if ch.Algorithm() != key.Algorithm() {
			continue
		}
		if address, err := ch.Address(key); err == nil {
			out[ch.ID()] = address
		}
	}
	return out
}
