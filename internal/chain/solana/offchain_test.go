package solana

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// offchainVector is a line of testdata/offchain.jsonl.
type offchainVector struct {
	Name    string   `json:"name"`
	Message hexBytes `json:"message"`
	Signers []string `json:"signers"`
	Text    string   `json:"text"`
}

// short is an off-chain message in the short layout.
func short(format byte, text string) []byte {
	b := append([]byte(offchainPrefix), 0, format)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(text))), text...)
}

// long is an off-chain message of version 0.
func long(format byte, domain string, text string, signers ...string) []byte {
	b := append([]byte(offchainPrefix), 0)
	b = append(append(b, domain...), format, byte(len(signers)))
	b = append(b, strings.Join(signers, "")...)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(text))), text...)
}

// TestOffchainVectors: messages that the library of today's wallets wrote.
func TestOffchainVectors(t *testing.T) {
	vectors := readLines[offchainVector](t, "offchain.jsonl")
	if len(vectors) != 5 {
		t.Errorf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		in, err := mainnet().Decode(chain.Request{Form: FormMessage, Payload: v.Message})
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if len(in.Tasks) != len(v.Signers) || len(in.Effects) != len(v.Signers) {
			t.Fatalf("%s: %d tasks", v.Name, len(in.Tasks))
		}
		for i, e := range in.Effects {
			if e.Kind != chain.Message || e.From != v.Signers[i] || e.Detail != quoted(v.Text) {
				t.Errorf("%s: %+v", v.Name, e)
			}
			if string(in.Tasks[i].Message) != string(v.Message) || base58Text(in.Tasks[i].Key.Bytes()) != v.Signers[i] {
				t.Errorf("%s: task %d is %+v", v.Name, i, in.Tasks[i])
			}
		}
	}
}

// TestOffchainSDK holds the vectors of solana-sdk: what is hashed there is the whole
// message.
func TestOffchainSDK(t *testing.T) {
	const ascii, utf8 = "Test Message", "Тестовое сообщение"
	one, two, zero := strings.Repeat("\x01", 32), strings.Repeat("\x02", 32), strings.Repeat("\x00", 32)
	for hash, message := range map[string][]byte{
		"HG5JydBGjtjTfD3sSn21ys5NTWPpXzmqifiGC2BVUjkD": short(formatASCII, ascii),
		"6GXTveatZQLexkX4WeTpJ3E7uk1UojRXpKp43c4ArSun": short(formatUTF8, utf8),
		"596s6UHPiJyAUPQa4vgBkk9EJ3RC95narRhhE2h3Ghm6": long(formatASCII, two, ascii, one),
		"B9J78FmsRtWgkCEyVGCLbNw5uiNkPkfjdZ6mKBrExtWH": long(formatUTF8, two, utf8, one),
		"E5tkTdEzcYTe5deSvw5jqzwPUEVBT83P4aHCYxjtzEW8": long(formatUTF8, zero, utf8, zero),
	} {
		if sum := sha256.Sum256(message); base58Text(sum[:]) != hash {
			t.Errorf("%x has the hash %s, want %s", message, base58Text(sum[:]), hash)
		}
		o, err := parseOffchain(message)
		if err != nil || o.text != ascii && o.text != utf8 {
			t.Errorf("%x: %+v, %v", message, o, err)
		}
	}
	req, err := mainnet().MessageRequest([]byte(utf8), publicKey([]byte(zero)))
	if err != nil || string(req.Payload) != string(long(formatUTF8, zero, utf8, zero)) {
		t.Errorf("the request for a text is %x, %v", req.Payload, err)
	}
}

// TestMessageRequest: the narrowest format that fits, and a signature that verifies.
func TestMessageRequest(t *testing.T) {
	const room = maxTransaction - 85 // what the preamble leaves of a packet
	for name, c := range map[string]struct {
		text   string
		format byte
	}{
		"ASCII":               {"Hello", formatASCII},
		"line feed":           {"two\nlines", formatUTF8},
		"UTF-8":               {"Grüße", formatUTF8},
		"longest ASCII":       {strings.Repeat("T", room), formatASCII},
		"longest UTF-8":       {"Т" + strings.Repeat("T", room-2), formatUTF8},
		"longer than a frame": {strings.Repeat("T", room+1), formatExtended},
		"longest":             {strings.Repeat("T", maxMessage-85), formatExtended},
	} {
		req, err := mainnet().MessageRequest([]byte(c.text), publicOf("mine"))
		if err != nil || req.Payload[49] != c.format {
			t.Errorf("%s: %v, %v", name, req.Payload[:min(len(req.Payload), 50)], err)
			continue
		}
		in, err := mainnet().Decode(req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		signature := chaintest.Sign(t, in.Tasks[0], seed("mine"))
		if err := curve.Verify(curve.PureEdDSA, publicOf("mine"), req.Payload, signature); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text, err := in.Finish([][]byte{signature})
		if back, ok := decodeBase58(in.Encoding.Encode(text), signatureSize); err != nil || !ok || string(back) != string(signature) {
			t.Errorf("%s: the signature is written %s, %v", name, text, err)
		}
	}
	for name, text := range map[string]string{"empty": "", "not UTF-8": "\xff\xfe", "too long": strings.Repeat("x", maxMessage-84)} {
		if _, err := mainnet().MessageRequest([]byte(text), publicOf("mine")); err == nil {
			t.Errorf("%s: a request was made", name)
		}
	}
	if _, err := mainnet().MessageRequest([]byte("x"), curve.PublicKey{}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("without a signer: %v", err)
	}
}

// TestOffchainRefused: what does not fit its preamble, or fits two, is refused.
func TestOffchainRefused(t *testing.T) {
	mine, bob := account("mine"), account("bob")
	for name, payload := range map[string][]byte{
		"empty":                       nil,
		"prefix alone":                []byte(offchainPrefix),
		"another prefix":              []byte("\xffsolana offchaim\x00\x00\x01\x00x"),
		"version 2":                   []byte(offchainPrefix + "\x02\x00\x01\x00x"),
		"no text":                     long(formatASCII, mine, "", mine),
		"no signer":                   long(formatASCII, mine, "x"),
		"signer twice":                long(formatASCII, mine, "x", mine, mine),
		"format 3":                    long(3, mine, "x", mine),
		"line feed in ASCII":          long(formatASCII, mine, "a\nb", mine),
		"UTF-8 in ASCII":              long(formatASCII, mine, "ü", mine),
		"broken UTF-8":                long(formatUTF8, mine, "\xc3", mine),
		"ASCII longer than a frame":   long(formatASCII, mine, strings.Repeat("x", 1148), mine),
		"short, empty":                short(formatASCII, ""),
		"short, with a byte too many": append(short(formatASCII, "x"), 'y'),
		"version 1, no signer":        []byte(offchainPrefix + "\x01\x00text"),
		"version 1, no text":          []byte(offchainPrefix + "\x01\x01" + mine),
		"version 1, wrong order":      []byte(offchainPrefix + "\x01\x02" + max(mine, bob) + min(mine, bob) + "text"),
		"version 1, signer twice":     []byte(offchainPrefix + "\x01\x02" + mine + mine + "text"),
		"version 1, broken UTF-8":     []byte(offchainPrefix + "\x01\x01" + mine + "\xff"),
		"transaction":                 compile("mine", transfer("mine", "bob", 1)),
	} {
		if in, err := mainnet().Decode(chain.Request{Form: FormMessage, Payload: payload, Signer: publicOf("mine")}); err == nil {
			t.Errorf("%s: %s", name, show(in.Effects))
		}
	}
	if _, err := mainnet().Decode(chain.Request{Form: FormMessage, Payload: short(formatASCII, "x")}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("the short layout without a signer: %v", err)
	}
	if _, err := mainnet().Decode(chain.Request{Form: FormMessage, Payload: long(formatASCII, mine, "x", bob), Signer: publicOf("mine")}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("a message for another signer: %v", err)
	}
}

// TestOffchainTwoWays builds a message that fits both layouts of version 0.
func TestOffchainTwoWays(t *testing.T) {
	// Short: format 1, a length, and a text of control characters that is valid UTF-8.
	// Long: the first 32 bytes are the domain, then format, count, one key, length, text.
	const total = 32 + 1 + 1 + 32 + 2 + 4
	domain := "\x01" + string([]byte{total - 3, 0}) + strings.Repeat("d", 29)
	payload := long(formatUTF8, domain, "text", strings.Repeat("k", 32))
	rest := payload[len(offchainPrefix)+1:]
	_, okLong := longOffchain(0, rest, len(payload))
	_, okShort := shortOffchain(rest, len(payload))
	if !okLong || !okShort {
		t.Fatalf("long %v, short %v", okLong, okShort)
	}
	if _, err := parseOffchain(payload); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("read all the same: %v", err)
	}

	// Version 1 as it is: one signer, and the rest is text. As a draft had it: a domain that
	// begins with the number 1, format, count, one key, length, text.
	domain = "\x01" + strings.Repeat("d", 31)
	for _, text := range []string{"text", "te\nt"} {
		payload = long(formatASCII, domain, text, strings.Repeat("k", 32))
		payload[len(offchainPrefix)] = 1
		if _, ok := sortedOffchain(payload[len(offchainPrefix)+1:]); !ok {
			t.Fatal("this is no message of version 1")
		}
		if _, err := parseOffchain(payload); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("version 1, %q: read all the same: %v", text, err)
		}
	}
}

// TestRawMessage: readable text is a message, everything else is opaque, and what may
// be a transaction is refused.
func TestRawMessage(t *testing.T) {
	vectors := readLines[vector](t, "vectors.jsonl")
	refused := map[string][]byte{
		"transfer":        compile("mine", transfer("mine", "bob", 1)),
		"version 0":       vectors[len(vectors)-3].Message,
		"offchain":        short(formatASCII, "x"),
		"future version":  append([]byte{0x81}, "anything at all"...),
		"no instruction":  compile("mine"),
		"duplicate keys":  append(append([]byte{1, 0, 1, 2}, strings.Repeat(account("mine"), 2)...), append([]byte(account("blockhash")), 0)...),
		"bad fee payer":   append(append([]byte{1, 1, 0, 1}, account("mine")...), append([]byte(account("blockhash")), 0)...),
		"empty":           {},
		"longer than max": make([]byte, maxMessage+1),
	}
	for name, payload := range refused {
		if in, err := mainnet().Decode(chain.Request{Form: FormRawMessage, Payload: payload, Signer: publicOf("mine")}); err == nil {
			t.Errorf("%s: %s", name, show(in.Effects))
		}
	}
	for _, c := range []struct {
		text string
		kind chain.EffectKind
	}{
		{"Log in to example.com\nNonce: 17", chain.Message},
		{"Grüße, 世界", chain.Message},
		{"a\x00b", chain.Opaque},
		{"a\rb", chain.Opaque},
		{"\u202egnp.exe", chain.Opaque},
		{"zero\u200bwidth", chain.Opaque},
		{"\xff\xfe\x00\x01", chain.Opaque},
		{strings.Repeat("ab", 32), chain.Opaque},
		{"0x" + strings.Repeat("ab", 32), chain.Opaque},
		{"Program\n1 1!", chain.Opaque},
		{"Program of the week", chain.Message},
		{strings.Repeat("dig ", 8), chain.Opaque},
		{strings.Repeat("dig ", 8) + ".", chain.Message},
		{strings.Repeat("dig ", 12), chain.Opaque},
		{strings.Repeat("dig ", 16), chain.Opaque},
		{` {"nonce":7,"value":"1000","receiver":"erd1"}`, chain.Opaque},
	} {
		in, err := mainnet().Decode(chain.Request{Form: FormRawMessage, Payload: []byte(c.text), Signer: publicOf("mine")})
		if err != nil || len(in.Effects) != 1 || in.Effects[0].Kind != c.kind || in.Effects[0].From != addressOf("mine") {
			t.Errorf("%q: %+v, %v", c.text, in, err)
		}
	}
	if _, err := mainnet().Decode(chain.Request{Form: FormRawMessage, Payload: []byte("x")}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("without a signer: %v", err)
	}
}
