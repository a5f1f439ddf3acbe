package kiod

import (
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/chain/antelope"
	"strongroom/internal/gate"
)

func signDigest(c *call) error {
	signed, err := c.sign(antelope.FormDigest, c.digest[:], []antelope.PublicKey{c.key})
	if err != nil {
		return err
	}
	c.reply.plain(signed)
	return nil
}

// signTransaction answers the transaction with the new signatures behind those
// that it came with, in the order of the keys. Without keys it comes back as it is.
func signTransaction(c *call) error {
	keys := slices.Clone(c.keys)
	slices.SortFunc(keys, antelope.PublicKey.Compare)
	keys = slices.Compact(keys)
	if len(keys) > 0 {
		signed, err := c.sign(antelope.FormTransaction, c.transaction.Payload(c.chain), keys)
		if err != nil {
			return err
		}
		for _, s := range antelope.SignatureTexts(signed) {
			signature, err := antelope.ParseSignature(s)
			if err != nil {
				return err
			}
			c.transaction.Signatures = append(c.transaction.Signatures, signature)
		}
	}
	c.reply.b = c.transaction.AppendJSON(c.reply.b)
	return nil
}

// sign asks the gate, which looks for the keys in all unlocked wallets. The keys
// are in order.
func (c *call) sign(form string, payload []byte, keys []antelope.PublicKey) ([]byte, error) {
	request := gate.SignRequest{
		Sessions: c.table.sessions(), Chain: antelope.ID,
		Request: chain.Request{Form: form, Payload: payload, Context: antelope.EncodeSigners(keys)},
	}
	if len(request.Sessions) == 0 {
		return nil, c.missing(keys[0], nil)
	}
	signed, err := c.gate.Sign(c.ctx, c.caller, request)
	if hasEnded(err) { // a wallet was locked by another way: the others may still have the keys
		c.table.prune(c.ctx, c.caller)
		if request.Sessions = c.table.sessions(); len(request.Sessions) == 0 {
			return nil, c.missing(keys[0], err)
		}
		signed, err = c.gate.Sign(c.ctx, c.caller, request)
	}
	if isUnknownKey(err) {
		return nil, c.missing(c.firstMissing(keys, request.Sessions), err)
	}
	return signed.Result, err
}

// firstMissing is the first key that no session has.
func (c *call) firstMissing(keys []antelope.PublicKey, sessions []gate.SessionID) antelope.PublicKey {
	for _, key := range keys {
		found := slices.ContainsFunc(sessions, func(s gate.SessionID) bool {
			_, err := c.gate.FindKey(c.ctx, c.caller, s, idOf(key))
			return err == nil
		})
		if !found {
			return key
		}
	}
	return keys[0] // it was there again a moment later
}

// missing is the refusal to sign with a key that is not unlocked. cause is what the
// gate said, nil if it was not asked.
func (c *call) missing(key antelope.PublicKey, cause error) error {
	name := key.Text(c.cfg.Profile)
	if c.cfg.Profile == antelope.Kiod {
		name = `"` + name + `"`
	}
	return &refusal{code: codeMissingKey, message: "Public key not found in unlocked wallets " + name, cause: cause}
}
