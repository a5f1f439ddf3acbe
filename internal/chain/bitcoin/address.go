package bitcoin

import (
	"bytes"
	"crypto/sha256"

	"strongroom/internal/codec/base58"
	"strongroom/internal/codec/bech32"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The formats of addresses.
const (
	FormatP2PKH    = "p2pkh"       // base58check of HASH160 of the compressed key
	FormatP2WPKH   = "p2wpkh"      // Bech32, witness version 0 (BIP-84, BIP-173)
	FormatNested   = "p2sh-p2wpkh" // base58check of the P2SH form of the same (BIP-49)
	FormatP2TR     = "p2tr"        // Bech32m of the key alone (BIP-86, BIP-350)
	FormatCashAddr = "cashaddr"    // CashAddr of the P2PKH script, with its prefix
	FormatLegacy   = "legacy"      // the same in base58check, as Bitcoin writes it

	// FormatUncompressed is base58check of HASH160 of the uncompressed key. It is known
	// to signed messages only.
	FormatUncompressed = "p2pkh-uncompressed"
)

const (
	checksumSize   = 4  // of base58check
	maxSegWitText  = 90 // characters (BIP-173)
	maxAddressText = 120
)

// AddressFormats names the formats that the network has, the usual one first.
func (c Chain) AddressFormats() []string {
	switch {
	case c.params.CashAddr != "":
		return []string{FormatCashAddr, FormatLegacy}
	case c.params.HRP == "":
		return []string{FormatP2PKH}
	case c.params.Format == FormatP2WPKH:
		return []string{FormatP2WPKH, FormatP2PKH, FormatNested, FormatP2TR}
	}
	return []string{FormatP2PKH, FormatP2WPKH, FormatNested, FormatP2TR}
}

// Address is the address of key in the usual format.
func (c Chain) Address(key curve.PublicKey) (string, error) {
	return c.AddressAs(key, c.params.Format)
}

// AddressAs is the address of key in one of the formats. Errors are fault.Invalid
// for a key of another algorithm and fault.Unsupported for a format that the network
// does not have.
func (c Chain) AddressAs(key curve.PublicKey, format string) (string, error) {
	script, err := c.scriptOf(key, format)
	if err != nil {
		return "", err
	}
	if format == FormatLegacy || format == FormatUncompressed {
		_, hash := classify(script)
		return base58Check(c.params.P2PKH, hash), nil
	}
	return c.addressOf(script), nil
}

// scriptOf is the output script of key's address in a format.
func (c *Chain) scriptOf(key curve.PublicKey, format string) ([]byte, error) {
	if key.Algorithm() != curve.Secp256k1 {
		return nil, fault.Invalid.New("addresses of %s need a key of algorithm %s, not %s", c.network.ID, curve.Secp256k1, key.Algorithm())
	}
	segWit, cash := c.params.HRP != "", c.params.CashAddr != ""
	switch {
	case format == FormatP2PKH && !cash, (format == FormatCashAddr || format == FormatLegacy) && cash:
		return p2pkhScript(hash160(key.Bytes())), nil
	case format == FormatUncompressed:
		long, err := key.Uncompressed()
		if err != nil {
			return nil, err
		}
		return p2pkhScript(hash160(long)), nil
	case format == FormatP2WPKH && segWit:
		return witnessScript(0, hash160(key.Bytes())), nil
	case format == FormatNested && segWit:
		return p2shScript(hash160(witnessScript(0, hash160(key.Bytes())))), nil
	case format == FormatP2TR && segWit:
		output, err := c.outputs.of(key, nil)
		if err != nil {
			return nil, err
		}
		return witnessScript(1, output), nil
	}
	return nil, fault.Unsupported.New("%s has no addresses of format %q", c.network.ID, format)
}

// addressOf is the usual text of the address with that script, "" if it has none.
func (c *Chain) addressOf(script []byte) string {
	kind, program := c.kindOf(script)
	return c.addressText(kind, script, program)
}

func (c *Chain) addressText(kind scriptKind, script, program []byte) string {
	switch kind {
	case p2pkh:
		if c.params.CashAddr != "" {
			return cashAddr(c.params.CashAddr, cashP2PKH, program)
		}
		return base58Check(c.params.P2PKH, program)
	case p2sh, p2sh32:
		if c.params.CashAddr != "" {
			return cashAddr(c.params.CashAddr, cashP2SH, program)
		}
		return base58Check(c.params.P2SH[0], program)
	case p2wpkh, p2wsh, p2tr, witnessProgram:
		return c.segWitAddress(script[0], program)
	}
	return ""
}

// segWitAddress writes a witness program. Of version 0 only the two known lengths
// have an address.
func (c *Chain) segWitAddress(opcode byte, program []byte) string {
	version, variant := byte(0), bech32.Bech32
	if opcode != op0 {
		version, variant = opcode-op1+1, bech32.Bech32m
	} else if len(program) != hash160Size && len(program) != sha256.Size {
		return ""
	}
	groups := append([]byte{version}, bech32.ToGroups(program)...)
	text, err := bech32.Encode(variant, c.params.HRP, groups)
	if err != nil {
		return ""
	}
	return text
}

// ParseAddress gives the output script of an address of this network, in any of its
// formats; a CashAddr may go without its prefix. An error is fault.InvalidAddress.
func (c Chain) ParseAddress(text string) ([]byte, error) {
	if len(text) > maxAddressText {
		return nil, fault.InvalidAddress.New("an address of %d characters, at most %d are allowed", len(text), maxAddressText)
	}
	if c.params.HRP != "" {
		if script := c.parseSegWit(text); script != nil {
			return script, nil
		}
	}
	if c.params.CashAddr != "" {
		if kind, hash, ok := parseCashAddr(c.params.CashAddr, text); ok {
			switch {
			case kind == cashP2PKH && len(hash) == hash160Size:
				return p2pkhScript(hash), nil
			case kind == cashP2SH && len(hash) == hash160Size:
				return p2shScript(hash), nil
			case kind == cashP2SH && len(hash) == sha256.Size:
				return p2sh32Script(hash), nil
			}
		}
	}
	if version, hash, ok := parseBase58Check(text); ok && len(hash) == hash160Size {
		if version == c.params.P2PKH {
			return p2pkhScript(hash), nil
		}
		if bytes.IndexByte(c.params.P2SH, version) >= 0 {
			return p2shScript(hash), nil
		}
	}
	return nil, fault.InvalidAddress.New("this is no address of %s", c.network.ID)
}

// parseSegWit reads a SegWit address (BIP-173 and BIP-350), nil if it is none.
func (c *Chain) parseSegWit(text string) []byte {
	if len(text) > maxSegWitText {
		return nil
	}
	variant, hrp, groups, err := bech32.Decode(text)
	if err != nil || hrp != c.params.HRP || len(groups) == 0 || groups[0] > 16 {
		return nil
	}
	program, err := bech32.FromGroups(groups[1:])
	if err != nil || len(program) < 2 || len(program) > 40 {
		return nil
	}
	known := len(program) == hash160Size || len(program) == sha256.Size
	if groups[0] == 0 && (variant != bech32.Bech32 || !known) || groups[0] != 0 && variant != bech32.Bech32m {
		return nil
	}
	return witnessScript(groups[0], program)
}

// base58Check is base58 of version, data and four bytes of their double SHA-256.
func base58Check(version byte, data []byte) string {
	var space [1 + hash160Size + checksumSize]byte
	all := append(append(space[:0], version), data...)
	sum := sha256.Sum256(all)
	sum = sha256.Sum256(sum[:])
	all = append(all, sum[:checksumSize]...)
	return string(base58.AppendEncode(make([]byte, 0, base58.MaxEncoded(len(all))), all))
}

func parseBase58Check(text string) (version byte, data []byte, ok bool) {
	all, err := base58.AppendDecode(nil, text)
	if err != nil || len(all) < 1+checksumSize {
		return 0, nil, false
	}
	body, check := all[:len(all)-checksumSize], all[len(all)-checksumSize:]
	sum := sha256.Sum256(body)
	sum = sha256.Sum256(sum[:])
	return body[0], body[1:], bytes.Equal(check, sum[:checksumSize])
}
