package rest

import (
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

func (c *call) importWallet() (any, error) {
	var req ImportWallet
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if req.Name == "" {
		return nil, fault.Invalid.New("a wallet needs a name")
	}
	w, err := c.cfg.Gate.ImportWallet(c.ctx, c.caller, gate.WalletFile{
		Name: req.Name, Format: req.Format, File: req.File, Password: req.Password.Bytes,
	})
	if err != nil {
		return nil, err
	}
	return show(w), nil
}

func (c *call) importKeys() (any, error) {
	var req ImportKeys
	defer func() {
		req.Password.Wipe()
		for _, k := range req.Keys {
			k.Private.Wipe()
		}
	}()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	keys := make([]gate.NewKey, len(req.Keys))
	for i, k := range req.Keys {
		algorithm, err := curve.ParseAlgorithm(k.Algorithm)
		if err != nil {
			return nil, err
		}
		keys[i] = gate.NewKey{
			KeyOptions: gate.KeyOptions{Algorithm: algorithm, Usage: k.Usage, Name: k.Name}, Private: k.Private.Bytes,
		}
	}
	var out Imported
	err := c.within(req.Password.Bytes, func(s gate.SessionID) error {
		added, err := c.cfg.Gate.AddKeys(c.ctx, c.caller, s, keys)
		out = Imported{Added: len(added.Keys), Present: added.Present}
		return err
	})
	return out, err
}
