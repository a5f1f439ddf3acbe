package solana

import (
	"bytes"
	"encoding/hex"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// decodeRaw understands bytes that are signed as they are. Websites ask for it (wallet
// adapters call it signMessage), and it is the one signature that may mean something
// elsewhere, so everything that could be more than a text is refused or opaque.
func (c Chain) decodeRaw(req chain.Request) (*chain.Intent, error) {
	if err := refuseContext(req); err != nil {
		return nil, err
	}
	key, err := requireSigner(req)
	if err != nil {
		return nil, err
	}
	switch {
	case len(req.Payload) == 0:
		return nil, fault.InvalidPayload.New("the message is empty")
	case len(req.Payload) > maxMessage:
		return nil, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(req.Payload), maxMessage)
	}
	if err := refuseDisguise(req.Payload); err != nil {
		return nil, err
	}
	raw := bytes.Clone(req.Payload)
	in := signText(&chain.Intent{Chain: c.network.ID, Form: req.Form}, []curve.PublicKey{key}, raw, "message without prefix", string(raw))
	if in.Effects[0].Kind == chain.Message && (isDigestSize(len(raw)) || elsewhere(string(raw))) {
		in.Effects[0].Kind = chain.Opaque
		in.Effects[0].Detail = "may be a transaction of another chain: " + in.Effects[0].Detail
	}
	return in, nil
}

// refuseDisguise refuses what anybody could take for a transaction message or for an
// off-chain message. It looks at the layout only, which is all that validators of
// another version may have in common with this one. First bytes from 0x80 up to where
// UTF-8 begins a character belong to versions of transactions, known or not.
func refuseDisguise(b []byte) error {
	if bytes.HasPrefix(b, []byte(offchainPrefix)) {
		return fault.InvalidPayload.New("this is an off-chain message; the form for it is %q", FormMessage)
	}
	if _, ok := layout(b); ok || b[0]&0xc0 == versionFlag {
		return fault.InvalidPayload.New("this may be a transaction; the form for it is %q", FormTransaction)
	}
	return nil
}

// isDigestSize reports whether what has so many bytes may be a digest. Many chains with
// Ed25519 keys sign the digest of a transaction (Stellar, NEAR, Cardano: 32 bytes), and
// among some 2^46 digests of what an attacker wants there is one that reads as text.
func isDigestSize(size int) bool { return size == 32 || size == 48 || size == 64 }

// elsewhere reports whether a text may be what another chain's transactions are signed
// as: a digest in hex (Antelope), a JSON object (MultiversX, Cosmos), or a logic program
// of Algorand, whose version 9 and 10 read as white space. The key may own accounts there.
func elsewhere(text string) bool {
	for _, prefix := range []string{"Program\t", "Program\n", "MsigProgram"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	text = strings.TrimSpace(text)
	_, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	return err == nil || strings.HasPrefix(text, "{")
}
