package rest

import (
	"encoding/hex"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/chain/antelope"
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

func (c *call) deriveKey() (any, error) {
	var req DeriveKey
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	draw, on, err := c.drawing(req)
	if err != nil {
		return nil, err
	}
	var out Key
	err = c.within(req.Password.Bytes, func(s gate.SessionID) error {
		k, err := draw(s)
		if fault.Is(err, fault.KeyExists) && !k.Public.IsZero() {
			err = nil // drawing a key twice gives it twice
			if req.Chain != "" {
				k.Chain = on // the other chain that it was made for has the same path
			}
		}
		out = c.show(k)
		return err
	})
	return out, err
}

// drawing tells how the gate makes the key that is asked for, and the id of the chain
// that it is for, if one is named.
func (c *call) drawing(req DeriveKey) (draw func(gate.SessionID) (gate.Key, error), on string, err error) {
	if req.Chain == "" {
		if req.Path != "" || req.Number != nil || req.Random {
			return nil, "", fault.Invalid.New("a path, a number or a random key needs a chain")
		}
		return func(s gate.SessionID) (gate.Key, error) { return c.cfg.Gate.GenerateKey(c.ctx, c.caller, s) }, "", nil
	}
	row, err := chain.Find(c.cfg.Chains, req.Chain, false)
	if err != nil {
		return nil, "", err
	}
	if req.Random {
		o := gate.KeyOptions{Algorithm: row.Chain.Algorithm(), Chain: row.ID}
		return func(s gate.SessionID) (gate.Key, error) { return c.cfg.Gate.NewKey(c.ctx, c.caller, s, o) }, row.ID, nil
	}
	d := gate.Derivation{Chain: row.ID, Algorithm: row.Algorithm, Path: row.Path, Next: req.Number == nil}
	if req.Path != "" {
		d.Path = req.Path
	}
	if req.Number != nil {
		d.Number = *req.Number
	}
	if d.Path == "" { // Algorand: kmd's own numbers
		if req.Number != nil {
			return nil, "", fault.Unsupported.New("%s numbers its keys by itself; a path gives another derivation", row.Title)
		}
		return func(s gate.SessionID) (gate.Key, error) { return c.cfg.Gate.GenerateKey(c.ctx, c.caller, s) }, row.ID, nil
	}
	return func(s gate.SessionID) (gate.Key, error) { return c.cfg.Gate.DeriveKey(c.ctx, c.caller, s, d) }, row.ID, nil
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
	o := gate.KeyOptions{Algorithm: algorithm}
	if req.Chain != "" {
		row, err := chain.Find(c.cfg.Chains, req.Chain, false)
		if err != nil {
			return nil, err
		}
		o.Chain = row.ID
	}
	var out Key
	err = c.within(req.Password.Bytes, func(s gate.SessionID) error {
		k, err := c.cfg.Gate.AddKey(c.ctx, c.caller, s, o, req.Private.Bytes)
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
		key, err := c.findKey(s, req.Key, "")
		if err != nil {
			return err
		}
		found, err := c.cfg.Gate.FindKey(c.ctx, c.caller, s, gate.KeyID{Public: key})
		if err != nil {
			return err
		}
		out.Key = c.show(found)
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
		key, err := c.findKey(s, req.Key, "")
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
		out.Words.Bytes, out.Passphrase.Bytes, err = c.cfg.Gate.ExportMnemonic(c.ctx, c.caller, s, req.Password.Bytes)
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
		request := chain.Request{Form: req.Form, Payload: req.Payload, Context: req.Context}
		named := req.Keys
		if req.Key != "" {
			named = append([]string{req.Key}, req.Keys...)
		}
		for i, name := range named {
			key, err := c.findKey(s, name, req.Chain)
			if err != nil {
				return err
			}
			if i == 0 && req.Key != "" {
				request.Signer = key
			} else {
				request.Signers = append(request.Signers, key)
			}
		}
		signed, err := c.cfg.Gate.Sign(c.ctx, c.caller, gate.SignRequest{
			Session: s, Password: req.Password.Bytes, Chain: req.Chain, Request: request,
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

// findKey finds the key that a text names: the public key as lists show it
// ("ed25519:" and hex, or the hex alone), or an address. on is the id of the chain that
// the address is looked for on; "" is every chain.
func (c *call) findKey(s gate.SessionID, named, on string) (curve.PublicKey, error) {
	if algorithm, encoded, ok := strings.Cut(named, ":"); ok {
		if a, err := curve.ParseAlgorithm(algorithm); err == nil { // addresses have colons too
			raw, err := hex.DecodeString(encoded)
			if err != nil {
				return curve.PublicKey{}, fault.Invalid.New("the public key is not valid hex")
			}
			return curve.NewPublicKey(a, raw)
		}
	}
	list, err := c.cfg.Gate.Keys(c.ctx, c.caller, s)
	if err != nil {
		return curve.PublicKey{}, err
	}
	for _, k := range list.Keys {
		if hex.EncodeToString(k.Public.Bytes()) == named || k.Name == named {
			return k.Public, nil
		}
		for _, row := range c.cfg.Chains {
			if (on == "" && (!row.Test || row.ID == k.Chain) || on == row.ID) && owns(row.Chain, k.Public, named) {
				return k.Public, nil
			}
		}
	}
	return curve.PublicKey{}, fault.UnknownKey.New("the wallet has no key %q", named).WithHint("list its keys with: strongroom key list WALLET")
}

// owns tells whether an address is a key's, in any form that the chain has for it.
func owns(c chain.Chain, key curve.PublicKey, address string) bool {
	if own, err := c.Address(key); err == nil && own == address {
		return true
	}
	f, ok := c.(chain.Formatter)
	if !ok {
		return false
	}
	for _, format := range f.AddressFormats() {
		if own, err := f.AddressAs(key, format); err == nil && own == address {
			return true
		}
	}
	return false
}

func (c *call) show(k gate.Key) Key {
	return Key{
		Public: k.Public.String(), Usage: k.Usage, Name: k.Name, Index: k.Index, Chain: k.Chain, Path: k.Path,
		Addresses: c.addresses(k),
	}
}

// addresses are those that a key owns, by chain: on the chain that it was made for,
// else on each main network whose keys are like it.
func (c *call) addresses(k gate.Key) map[string]string {
	out := make(map[string]string)
	for _, row := range c.cfg.Chains {
		if k.Chain != "" && k.Chain != row.ID {
			continue
		}
		if k.Chain == "" && (row.Test || row.Ended != "" || row.Chain.Algorithm() != k.Public.Algorithm()) {
			continue
		}
		if k.Index > 0 && row.ID != algorand.ID || k.Usage != 0 && row.ID != antelope.ID {
			continue // drawn by kmd's numbers, or used as a protocol of Antelope says
		}
		if address, err := row.Chain.Address(k.Public); err == nil {
			out[row.ID] = address
		}
	}
	return out
}
