package multiversx

import (
	"bytes"
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// messagePrefix keeps messages apart from transactions, which begin with '{'. It still
// has the network's old name.
const messagePrefix = "\x17Elrond Signed Message:\n"

// MessageRequest is the request that signs a message as the SDKs do (sdk-core,
// MessageComputer).
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
	size := strconv.AppendInt(nil, int64(len(req.Payload)), 10)
	return &chain.Intent{
		Chain: c.network.ID,
		Form:  req.Form,
		Effects: []chain.Effect{{
			Kind: chain.Message, From: addressOf(req.Signer).String(), Subject: "signed message",
			Detail: "message " + quoted(string(req.Payload)),
		}},
		Tasks:    []chain.Task{{Key: req.Signer, Scheme: curve.PureEdDSA, Message: keccak([]byte(messagePrefix), size, req.Payload)}},
		Encoding: chain.Hex,
		Finish: func(signatures [][]byte) ([]byte, error) {
			signature, err := one(signatures)
			return bytes.Clone(signature), err
		},
	}, nil
}
