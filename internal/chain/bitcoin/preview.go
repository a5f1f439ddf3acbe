package bitcoin

import (
	"bytes"

	"strongroom/internal/chain"
)

// unnamed stands for the address of a signer whom nobody named.
const unnamed = "signer"

// ChoosesKeys says that the outputs that are spent tell which of Signer and Signers sign.
func (Chain) ChoosesKeys() {}

// Preview decodes a request that names no key. Of a PSBT every input that is not final
// yet is taken for one that will be signed, and From has their addresses. Of a message, and
// beside amounts, the signer is "signer". Errors are those of [Chain.Decode].
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	if !req.Signer.IsZero() || len(req.Signers) > 0 {
		return c.Decode(req)
	}
	if err := c.checkForm(req); err != nil {
		return nil, err
	}
	in, err := c.preview(req)
	if err != nil {
		return nil, err
	}
	in.Tasks, in.Finish = nil, nil
	return in, nil
}

func (c *Chain) preview(req chain.Request) (*chain.Intent, error) {
	if req.Form == FormMessage || req.Form == FormBIP322 {
		return c.messageIntent(req, unnamed, chain.Task{}), nil
	}
	o, err := c.readOrder(req.Form, bytes.Clone(req.Payload), req.Context)
	if err != nil {
		return nil, err
	}
	for i := range o.spends {
		s := &o.spends[i]
		if s.final {
			continue
		}
		j := job{input: i, digest: o.likelyDigest(s)}
		if j.hash, err = o.hashType(&j); err != nil {
			return nil, err
		}
		s.signed = s.known
		o.jobs = append(o.jobs, j)
	}
	return o.intent(nil)
}

// likelyDigest is how an input will be hashed if one of the keys that its script wants is
// ours (compare assignInput). What is not understood is taken for the weakest.
func (o *order) likelyDigest(s *spend) digestKind {
	if o.c.params.ForkID {
		return cashDigest
	}
	kind := s.kind
	if kind == p2sh && s.redeem != nil {
		kind, _ = o.c.kindOf(s.redeem)
	} else if kind == p2sh && o.c.params.HRP != "" {
		kind = p2wpkh // all others need the redeem script
	}
	switch kind {
	case p2tr:
		return taprootDigest
	case p2wpkh, p2wsh:
		return witnessDigest
	}
	return legacyDigest
}
