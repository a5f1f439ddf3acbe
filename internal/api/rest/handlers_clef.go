package rest

import (
	"crypto/ed25519"
	"encoding/hex"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// clefRoutes are those of the sub-commands of clef. They act as the UI of the listener,
// whose owner they are for: its rules say what they may.
func clefRoutes() map[string]func(*call) (any, error) {
	return map[string]func(*call) (any, error){
		"POST /v1/clef/{listener}/seed":          (*call).clefSeed,
		"POST /v1/clef/{listener}/attest":        (*call).clefAttest,
		"POST /v1/clef/{listener}/credential":    (*call).clefCredential,
		"POST /v1/clef/{listener}/list-callers":  (*call).clefCallers,
		"POST /v1/clef/{listener}/remove-caller": (*call).clefRemoveCaller,
		"POST /v1/clef/{listener}/list-keys":     (*call).clefKeys,
		"POST /v1/clef/{listener}/keys":          (*call).clefNewKey,
		"POST /v1/clef/{listener}/import":        (*call).clefImport,
	}
}

// asOwner makes the caller the UI of the listener that the path names, if that has the
// key store that is meant.
func (c *call) asOwner(meant ClefStore) error {
	for _, k := range c.cfg.KeyStores {
		if k.Listener != c.r.PathValue("listener") {
			continue
		}
		if meant.Keystore != "" && meant.Keystore != k.Path {
			return elsewhere("key store", k.Path, meant.Keystore)
		}
		if meant.Seed != "" && meant.Seed != k.Seed {
			return elsewhere("master seed", k.Seed, meant.Seed)
		}
		c.caller.Listener = k.Owner
		return nil
	}
	return fault.Invalid.New("no listener %q has a key store of Clef", c.r.PathValue("listener"))
}

func elsewhere(what, serves, meant string) error {
	if serves == "" {
		serves = "none"
	}
	return fault.Conflict.New("the daemon that runs there uses another %s: %s, not %s", what, serves, meant).
		WithHint("name the same one, or stop the daemon first, or give this command a --configdir of its own")
}

func (c *call) clefSeed() (any, error) {
	var req ClefSeed
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if err := c.asOwner(req.ClefStore); err != nil {
		return nil, err
	}
	return nothing{}, c.cfg.Gate.CreateClefSeed(c.ctx, c.caller, req.Password.Bytes)
}

// clefRuleset is the name of the entry with the digest of the rule file.
const clefRuleset = "ruleset_sha256"

func (c *call) clefAttest() (any, error) {
	var req ClefAttest
	defer func() { req.Master.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if err := c.asOwner(req.ClefStore); err != nil {
		return nil, err
	}
	if err := c.cfg.Gate.OpenClef(c.ctx, c.caller, req.Master.Bytes); err != nil {
		return nil, err
	}
	return nothing{}, c.cfg.Gate.SetClefConfig(c.ctx, c.caller, clefRuleset, req.Digest)
}

func (c *call) clefCredential() (any, error) {
	var req ClefCredential
	defer func() { req.Master.Wipe(); req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	address, err := parseAccount(req.Address)
	if err != nil {
		return nil, err
	}
	if err := c.asOwner(req.ClefStore); err != nil {
		return nil, err
	}
	if err := c.cfg.Gate.OpenClef(c.ctx, c.caller, req.Master.Bytes); err != nil {
		return nil, err
	}
	return nothing{}, c.cfg.Gate.SetCredential(c.ctx, c.caller, address, req.Password.Bytes)
}

// clefCaller begins the names of the entries of paired callers, before the 64 hex digits
// of their keys.
const clefCaller = "caller:"

func (c *call) clefCallers() (any, error) {
	var req ClefMaster
	defer func() { req.Master.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if err := c.asOwner(req.ClefStore); err != nil {
		return nil, err
	}
	if err := c.cfg.Gate.OpenClef(c.ctx, c.caller, req.Master.Bytes); err != nil {
		return nil, err
	}
	entries, err := c.cfg.Gate.ClefConfigs(c.ctx, c.caller, clefCaller)
	return ClefCallers{Callers: entries}, err
}

func (c *call) clefRemoveCaller() (any, error) {
	var req ClefRemoveCaller
	defer func() { req.Master.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(req.Key)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, fault.Invalid.New("%.80q is no key of 64 hex digits", req.Key)
	}
	if err := c.asOwner(req.ClefStore); err != nil {
		return nil, err
	}
	if err := c.cfg.Gate.OpenClef(c.ctx, c.caller, req.Master.Bytes); err != nil {
		return nil, err
	}
	entry := clefCaller + hex.EncodeToString(raw)
	switch value, err := c.cfg.Gate.ClefConfig(c.ctx, c.caller, entry); {
	case err != nil:
		return nil, err
	case value == "":
		return nil, fault.UnknownKey.New("unknown caller")
	}
	return nothing{}, c.cfg.Gate.SetClefConfig(c.ctx, c.caller, entry, "")
}

// parseAccount reads the 40 hex digits of an account's address.
func parseAccount(text string) (address [20]byte, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(address) {
		return address, fault.InvalidAddress.New("%.64q is no address of 40 hex digits", text)
	}
	return [20]byte(raw), nil
}

func (c *call) clefKeys() (any, error) {
	var req ClefStore
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if err := c.asOwner(req); err != nil {
		return nil, err
	}
	listing, err := c.cfg.Gate.ListKeyFiles(c.ctx, c.caller, nil)
	if err != nil {
		return nil, err
	}
	out := ClefKeys{Keys: make([]ClefKey, len(listing.Accounts))}
	for i, k := range listing.Accounts {
		out.Keys[i] = showFile(k)
	}
	return out, nil
}

func showFile(k gate.KeyFile) ClefKey {
	return ClefKey{Address: hex.EncodeToString(k.Address[:]), Path: k.Path}
}

func (c *call) clefNewKey() (any, error) {
	var req ClefNewKey
	defer func() { req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if err := c.asOwner(req.ClefStore); err != nil {
		return nil, err
	}
	made, err := c.cfg.Gate.NewKeyFile(c.ctx, c.caller, nil, req.password)
	return showFile(made), err
}

func (c *call) clefImport() (any, error) {
	var req ClefImport
	defer func() { req.Private.Wipe(); req.Password.Wipe() }()
	if err := decode(c.body, &req); err != nil {
		return nil, err
	}
	if err := c.asOwner(req.ClefStore); err != nil {
		return nil, err
	}
	made, err := c.cfg.Gate.ImportKeyFile(c.ctx, c.caller, req.Private.Bytes, req.Password.Bytes)
	return showFile(made), err
}
