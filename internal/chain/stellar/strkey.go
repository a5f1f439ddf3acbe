package stellar

import (
	"encoding/base32"
	"encoding/binary"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// version is the first byte of a strkey (SEP-23): what the text stands for. In base32
// it becomes the first letter.
type version byte

const (
	versionAccount       version = 6 << 3  // G: ed25519 public key
	versionMuxed         version = 12 << 3 // M: ed25519 public key ‖ id
	versionSeed          version = 18 << 3 // S: ed25519 seed
	versionPreAuth       version = 19 << 3 // T: hash of a transaction
	versionHashX         version = 23 << 3 // X: hash of a preimage
	versionSignedPayload version = 15 << 3 // P: ed25519 public key ‖ payload
	versionContract      version = 2 << 3  // C: hash that names a contract
	versionPool          version = 11 << 3 // L: hash that names a liquidity pool
	versionBalance       version = 1 << 3  // B: type ‖ hash that names a claimable balance
)

const (
	keySize       = 32
	crcSize       = 2
	maxStrkeyData = 1 + keySize + 4 + 64 + crcSize // of a signed payload
	seedChars     = 56                             // of 35 bytes in base32
)

// strkeyEncoding has no padding; no kind needs any that a reader could not count.
var strkeyEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// strkeyText writes data, at most what a signed payload needs, as SEP-23 does.
func strkeyText(v version, data ...[]byte) string {
	var space [maxStrkeyData]byte
	b := append(space[:0], byte(v))
	for _, part := range data {
		b = append(b, part...)
	}
	b = binary.LittleEndian.AppendUint16(b, crc16(b))
	var text [(maxStrkeyData*8 + 4) / 5]byte
	out := text[:strkeyEncoding.EncodedLen(len(b))]
	strkeyEncoding.Encode(out, b)
	return string(out)
}

// crcNibbles is what four bits contribute to the checksum.
var crcNibbles = [16]uint16{
	0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
	0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
}

// crc16 is CRC-16/XMODEM: polynomial 0x1021, starting at zero.
func crc16(data []byte) (sum uint16) {
	for _, b := range data {
		sum = sum<<4 ^ crcNibbles[byte(sum>>12)^b>>4]
		sum = sum<<4 ^ crcNibbles[byte(sum>>12)^b&15]
	}
	return sum
}

func accountText(id xdr.AccountId) string {
	if id.Ed25519 == nil {
		return "" // the type has no other member
	}
	return strkeyText(versionAccount, id.Ed25519[:])
}

// muxedText is the address as the payload has it, G… or M….
func muxedText(m xdr.MuxedAccount) string {
	if m.Med25519 == nil {
		return ownerText(m)
	}
	return strkeyText(versionMuxed, m.Med25519.Ed25519[:], binary.BigEndian.AppendUint64(nil, uint64(m.Med25519.Id)))
}

// ownerText is the account that a muxed address belongs to: it pays and receives.
func ownerText(m xdr.MuxedAccount) string {
	key := ownerKey(m)
	return strkeyText(versionAccount, key[:])
}

func ownerKey(m xdr.MuxedAccount) xdr.Uint256 {
	switch {
	case m.Med25519 != nil:
		return m.Med25519.Ed25519
	case m.Ed25519 != nil:
		return *m.Ed25519
	}
	return xdr.Uint256{} // the type has no other member
}

func balanceText(id xdr.ClaimableBalanceId) string {
	if id.V0 == nil {
		return ""
	}
	return strkeyText(versionBalance, []byte{byte(id.Type)}, id.V0[:])
}

// signerText is a key that may sign for an account, with its kind in words.
func signerText(k xdr.SignerKey) (text, kind string) {
	switch k.Type {
	case xdr.SignerKeyTypeSignerKeyTypeEd25519:
		return strkeyText(versionAccount, k.Ed25519[:]), "key"
	case xdr.SignerKeyTypeSignerKeyTypePreAuthTx:
		return strkeyText(versionPreAuth, k.PreAuthTx[:]), "transaction approved in advance"
	case xdr.SignerKeyTypeSignerKeyTypeHashX:
		return strkeyText(versionHashX, k.HashX[:]), "whoever knows the preimage of a hash"
	case xdr.SignerKeyTypeSignerKeyTypeEd25519SignedPayload:
		p := k.Ed25519SignedPayload
		padded := append([]byte(nil), p.Payload...)
		for len(padded)%4 != 0 {
			padded = append(padded, 0)
		}
		size := binary.BigEndian.AppendUint32(nil, uint32(len(p.Payload)))
		return strkeyText(versionSignedPayload, p.Ed25519[:], size, padded), "key that signs a given payload"
	}
	return "", "unknown kind of signer"
}

// contractAddressText is any address that a contract can name.
func contractAddressText(a xdr.ScAddress) string {
	switch a.Type {
	case xdr.ScAddressTypeScAddressTypeAccount:
		return accountText(*a.AccountId)
	case xdr.ScAddressTypeScAddressTypeContract:
		return strkeyText(versionContract, a.ContractId[:])
	case xdr.ScAddressTypeScAddressTypeMuxedAccount:
		id := binary.BigEndian.AppendUint64(nil, uint64(a.MuxedAccount.Id))
		return strkeyText(versionMuxed, a.MuxedAccount.Ed25519[:], id)
	case xdr.ScAddressTypeScAddressTypeClaimableBalance:
		return balanceText(*a.ClaimableBalanceId)
	case xdr.ScAddressTypeScAddressTypeLiquidityPool:
		return strkeyText(versionPool, a.LiquidityPoolId[:])
	}
	return ""
}
