package stellar

import (
	"bytes"
	"crypto/sha256"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// messagePrefix keeps messages apart from everything else that is signed (SEP-53).
const messagePrefix = "Stellar Signed Message:\n"

// MessageRequest is the request that signs a message by SEP-53.
func (Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	if len(message) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(message), maxPayload)
	}
	if signer.Algorithm() != curve.Ed25519 {
		return chain.Request{}, errAlgorithm(signer)
	}
	return chain.Request{Form: FormMessage, Payload: message, Signer: signer}, nil
}

func (c Chain) decodeMessage(req chain.Request) (*chain.Intent, error) {
	if req.Signer.IsZero() {
		return nil, fault.UnknownKey.New("the form %q needs the key to sign with", req.Form)
	}
	from, err := c.Address(req.Signer)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write([]byte(messagePrefix))
	h.Write(req.Payload)
	return &chain.Intent{
		Chain: c.network.ID,
		Form:  req.Form,
		Effects: []chain.Effect{{
			Kind: chain.Message, From: from, Subject: "SEP-53", Detail: "message " + quoted(string(req.Payload)),
		}},
		Tasks:    []chain.Task{{Key: req.Signer, Scheme: curve.PureEdDSA, Message: h.Sum(nil)}},
		Encoding: chain.Base64,
		Finish: func(signatures [][]byte) ([]byte, error) {
			signature, err := one(signatures)
			return bytes.Clone(signature), err
		},
	}, nil
}
