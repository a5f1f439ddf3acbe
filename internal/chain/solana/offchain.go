package solana

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// offchainPrefix begins every off-chain message. No transaction message begins with
// 0xff, which would be version 127.
const offchainPrefix = "\xffsolana offchain"

// Formats of the text of an off-chain message of version 0.
const (
	formatASCII    = 0 // 0x20 to 0x7e; the whole message fits into a packet
	formatUTF8     = 1 // the whole message fits into a packet
	formatExtended = 2 // UTF-8 without that limit
)

// offchain is an off-chain message that was read.
type offchain struct {
	layout  string // for people
	domain  []byte // of the application, nil where the layout has none
	signers []byte // their keys, one after the other; none in the short layout
	text    string
}

// parseOffchain reads a message strictly. The result shares the memory of raw, but for
// the text.
func parseOffchain(raw []byte) (offchain, error) {
	if len(raw) > maxMessage {
		return offchain{}, fault.TooLarge.New("an off-chain message of %d bytes, at most %d are allowed", len(raw), maxMessage)
	}
	rest, ok := bytes.CutPrefix(raw, []byte(offchainPrefix))
	if !ok || len(rest) == 0 {
		return offchain{}, fault.InvalidPayload.New("an off-chain message begins with the byte 255, \"solana offchain\" and a version")
	}
	version, rest := rest[0], rest[1:]
	switch version {
	case 0:
		long, okLong := longOffchain(0, rest, len(raw))
		short, okShort := shortOffchain(rest, len(raw))
		switch {
		case okLong && okShort:
			return offchain{}, fault.InvalidPayload.New("the off-chain message can be read in two ways")
		case okLong:
			return long, nil
		case okShort:
			return short, nil
		}
	case 1:
		o, ok := sortedOffchain(rest)
		if _, older := longOffchain(1, rest, len(raw)); ok && older {
			return offchain{}, fault.InvalidPayload.New("the off-chain message can be read in two ways")
		}
		if ok {
			return o, nil
		}
	default:
		return offchain{}, fault.Unsupported.New("off-chain messages of version %d are not known", version)
	}
	return offchain{}, fault.InvalidPayload.New("the off-chain message does not fit its preamble")
}

// longOffchain reads domain, format, signers, length and text. size is that of the
// whole message. Drafts of version 1 had this layout too, with line feeds in ASCII.
func longOffchain(version byte, b []byte, size int) (o offchain, ok bool) {
	r := reader{b: b}
	o.layout, o.domain = "version 0", r.take(keySize)
	format := r.u8()
	o.signers = r.take(int(r.u8()) * keySize)
	length := int(r.u16())
	o.text = string(r.b)
	shown := o.text
	if version > 0 {
		shown = strings.ReplaceAll(shown, "\n", " ")
	}
	ok = !r.bad && length == len(o.text) && length > 0 && len(o.signers) > 0 && fits(format, shown, size)
	for i := 0; ok && i < len(o.signers); i += keySize {
		for j := 0; j < i; j += keySize {
			ok = ok && !bytes.Equal(o.signers[i:i+keySize], o.signers[j:j+keySize])
		}
	}
	return o, ok
}

// shortOffchain reads format, length and text.
func shortOffchain(b []byte, size int) (o offchain, ok bool) {
	r := reader{b: b}
	o.layout = "version 0, short"
	format, length := r.u8(), int(r.u16())
	o.text = string(r.b)
	return o, !r.bad && length == len(o.text) && length > 0 && fits(format, o.text, size)
}

// sortedOffchain reads signers in strictly ascending order, and text to the end.
func sortedOffchain(b []byte) (o offchain, ok bool) {
	r := reader{b: b}
	o.layout = "version 1"
	o.signers = r.take(int(r.u8()) * keySize)
	o.text = string(r.b)
	ok = !r.bad && len(o.signers) > 0 && o.text != "" && utf8.ValidString(o.text)
	for i := keySize; ok && i < len(o.signers); i += keySize {
		ok = bytes.Compare(o.signers[i-keySize:i], o.signers[i:i+keySize]) < 0
	}
	return o, ok
}

// fits reports whether a text is in its format, in a message of that many bytes.
func fits(format uint8, text string, size int) bool {
	switch format {
	case formatASCII:
		return size <= maxTransaction && isASCII(text)
	case formatUTF8:
		return size <= maxTransaction && utf8.ValidString(text)
	case formatExtended:
		return utf8.ValidString(text)
	}
	return false
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

func (c Chain) decodeOffchain(req chain.Request) (*chain.Intent, error) {
	if err := refuseContext(req); err != nil {
		return nil, err
	}
	raw := bytes.Clone(req.Payload)
	o, err := parseOffchain(raw)
	if err != nil {
		return nil, err
	}
	keys, err := o.choose(req)
	if err != nil {
		return nil, err
	}
	in := &chain.Intent{Chain: c.network.ID, Form: req.Form}
	in.Facts = append(in.Facts, chain.Fact{Name: "off-chain message", Value: o.layout})
	if o.domain != nil {
		in.Facts = append(in.Facts, chain.Fact{Name: "application domain", Value: base58Text(o.domain)})
	}
	for i := 0; i < len(o.signers); i += keySize {
		in.Facts = append(in.Facts, chain.Fact{Name: "signer", Value: base58Text(o.signers[i : i+keySize])})
	}
	return signText(in, keys, raw, "off-chain message", o.text), nil
}

// choose gives the keys that sign: those of the message that the request names, or all.
func (o *offchain) choose(req chain.Request) ([]curve.PublicKey, error) {
	if len(o.signers) == 0 {
		key, err := requireSigner(req)
		return []curve.PublicKey{key}, err
	}
	var keys []curve.PublicKey
	for i := 0; i < len(o.signers); i += keySize {
		key := publicKey(o.signers[i : i+keySize])
		if !namesKeys(req) || namesKey(req, key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, fault.UnknownKey.New("no key to sign with is among the %d signers of the message", len(o.signers)/keySize)
	}
	return keys, nil
}

// requireSigner is the one key of a form whose payload names none.
func requireSigner(req chain.Request) (curve.PublicKey, error) {
	if req.Signer.Algorithm() != curve.Ed25519 {
		return curve.PublicKey{}, fault.UnknownKey.New("the message names no signer, so the request must name an ed25519 key")
	}
	return req.Signer, nil
}

// signText completes an intent: keys sign message, which says text. What people cannot
// read, or what may mean something elsewhere, is opaque.
func signText(in *chain.Intent, keys []curve.PublicKey, message []byte, subject, text string) *chain.Intent {
	readable := printable(text)
	if readable {
		in.Facts = append(in.Facts, chain.Fact{Name: "text", Value: oneLine(text)})
	}
	for _, key := range keys {
		var space [keySize]byte
		e := chain.Effect{Kind: chain.Message, From: base58Text(key.AppendTo(space[:0])), Subject: subject, Detail: quoted(text)}
		if !readable {
			e.Kind, e.Detail = chain.Opaque, "not a text that people can read"
		}
		in.Effects = append(in.Effects, e)
		in.Tasks = append(in.Tasks, chain.Task{Key: key, Scheme: curve.PureEdDSA, Message: message})
	}
	in.Encoding = chain.Text
	count := len(keys)
	in.Finish = func(made [][]byte) ([]byte, error) {
		if err := checkSignatures(made, count); err != nil {
			return nil, err
		}
		lines := make([]string, count)
		for i, s := range made {
			lines[i] = base58Text(s)
		}
		return []byte(strings.Join(lines, "\n")), nil
	}
	return in
}

// MessageRequest is the off-chain message of version 0 with one signer and an empty
// application domain, as solana-sdk 3 and its command line make it. The text must be
// UTF-8; its format is the narrowest one that it fits. Errors: fault.InvalidPayload,
// fault.TooLarge, fault.UnknownKey.
func (c Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	req := chain.Request{Form: FormMessage, Signer: signer}
	if _, err := requireSigner(req); err != nil {
		return chain.Request{}, err
	}
	const preamble = len(offchainPrefix) + 1 + keySize + 2 + keySize + 2
	size := preamble + len(message)
	switch {
	case len(message) == 0 || !utf8.Valid(message):
		return chain.Request{}, fault.InvalidPayload.New("an off-chain message is a text in UTF-8, and not empty")
	case size > maxMessage:
		return chain.Request{}, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(message), maxMessage-preamble)
	}
	format := byte(formatExtended)
	for f := byte(formatExtended); f > formatASCII; f-- { // from the widest down
		if fits(f-1, string(message), size) {
			format = f - 1
		}
	}
	b := append(make([]byte, 0, size), offchainPrefix...)
	b = append(b, 0)
	b = append(b, make([]byte, keySize)...)
	b = append(b, format, 1)
	b = signer.AppendTo(b)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(message)))
	req.Payload = append(b, message...)
	if _, err := parseOffchain(req.Payload); err != nil {
		return chain.Request{}, err
	}
	return req, nil
}
