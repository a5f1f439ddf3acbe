package cardano

import (
	"encoding/hex"
	"hash/crc32"
	"strconv"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/codec/base58"
	"strongroom/internal/codec/bech32"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const (
	hashSize   = 28 // of keys and scripts: BLAKE2b-224
	digestSize = 32 // of transactions: BLAKE2b-256
)

// The upper four bits of an address's first byte (CIP-19); bit 4 is set where the
// payment part is a script, bit 5 where the stake part is.
const (
	typeBase       = 0 // 0 to 3
	typePointer    = 4 // 4 and 5
	typeEnterprise = 6 // 6 and 7
	typeByron      = 8
	typeReward     = 14 // 14 and 15
)

// The lower four bits.
const (
	idTest = 0
	idMain = 1
)

func hash224(parts ...[]byte) (sum [hashSize]byte) {
	h, err := blake2b.New(hashSize, nil)
	if err != nil {
		return sum // a size that BLAKE2b has never fails
	}
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}

// keyHash is the hash that a key's addresses hold.
func keyHash(key curve.PublicKey) (sum [hashSize]byte, err error) {
	if _, err := schemeOf(key); err != nil {
		return sum, err
	}
	var room [32]byte
	return hash224(key.AppendTo(room[:0])), nil
}

// BaseAddress is the address whose payments one key spends and whose stake another
// controls (CIP-19, type 0). Errors: fault.UnknownKey.
func (c Chain) BaseAddress(payment, stake curve.PublicKey) (string, error) {
	spends, err := keyHash(payment)
	if err != nil {
		return "", err
	}
	stakes, err := keyHash(stake)
	if err != nil {
		return "", err
	}
	raw := append([]byte{typeBase<<4 | c.id}, spends[:]...)
	return c.text(append(raw, stakes[:]...)), nil
}

// enterprise is the address of a payment key alone (CIP-19, type 6).
func (c Chain) enterprise(key curve.PublicKey) ([]byte, error) {
	hash, err := keyHash(key)
	return append([]byte{typeEnterprise<<4 | c.id}, hash[:]...), err
}

// text writes an address of the network that checkAddress has accepted.
func (c Chain) text(raw []byte) string {
	if raw[0]>>4 == typeByron {
		return string(base58.AppendEncode(nil, raw))
	}
	prefix := "addr"
	if raw[0]>>4 >= typeReward {
		prefix = "stake"
	}
	if c.id == idTest {
		prefix += "_test"
	}
	return toBech32(prefix, raw)
}

func toBech32(prefix string, raw []byte) string {
	text, err := bech32.Encode(bech32.Bech32, prefix, bech32.ToGroups(raw))
	if err != nil {
		return hex.EncodeToString(raw) // groups of a byte string always encode
	}
	return text
}

// checkAddress demands an address that money can be sent to, of this network.
func (c Chain) checkAddress(raw []byte) error {
	if len(raw) == 0 {
		return errAddress
	}
	switch kind := raw[0] >> 4; {
	case kind == typeByron:
		return checkByron(raw)
	case kind < typePointer && len(raw) != 1+2*hashSize:
		return errAddress
	case kind >= typePointer && kind < typeEnterprise && !isPointer(raw[1:]):
		return errAddress
	case kind >= typeEnterprise && kind < typeByron && len(raw) != 1+hashSize:
		return errAddress
	case kind > typeByron:
		return errAddress
	}
	return c.checkNetwork(raw)
}

// checkReward demands a reward account of this network.
func (c Chain) checkReward(raw []byte) error {
	if len(raw) != 1+hashSize || raw[0]>>4 < typeReward {
		return fault.InvalidPayload.New("a reward account that is none")
	}
	return c.checkNetwork(raw)
}

func (c Chain) checkNetwork(raw []byte) error {
	if raw[0]&15 != c.id {
		return fault.InvalidPayload.New("an address of network %d, not %d", raw[0]&15, c.id)
	}
	return nil
}

var errAddress = fault.InvalidPayload.New("an address with a form that CIP-19 does not have")

// isPointer checks a key hash and three numbers in groups of seven bits.
func isPointer(raw []byte) bool {
	if len(raw) < hashSize+3 || len(raw) > hashSize+3*10 {
		return false
	}
	numbers := 0
	for _, b := range raw[hashSize:] {
		if b&0x80 == 0 {
			numbers++
		}
	}
	return numbers == 3 && raw[len(raw)-1]&0x80 == 0
}

// checkByron checks an address from before Shelley: [24(bytes), CRC-32 of them].
func checkByron(raw []byte) error {
	r := reader{data: raw}
	l := r.array()
	l.next().tag(tagCBOR)
	content := r.bytes()
	sum := l.next().uint()
	l.end()
	if r.end() != nil || sum != uint64(crc32.ChecksumIEEE(content)) {
		return fault.InvalidPayload.New("an address of the Byron era with a wrong form or checksum")
	}
	return nil
}

// isScript reports whether an address's payment part is a script.
func isScript(raw []byte) bool { return raw[0]>>4 < typeByron && raw[0]>>4&1 == 1 }

// credential is a key's or script's hash, as certificates name it.
type credential struct {
	script bool
	hash   []byte
}

func (r *reader) credential() (c credential) {
	l := r.array()
	kind := l.next().uint()
	c.hash, c.script = l.next().fixed(hashSize), kind == 1
	l.end()
	if kind > 1 {
		r.fail(errNumber)
	}
	return c
}

// stake is the reward account of a credential.
func (c Chain) stake(of credential) string {
	if len(of.hash) != hashSize {
		return ""
	}
	first := byte(typeReward<<4) | c.id
	if of.script {
		first |= 1 << 4
	}
	return c.text(append([]byte{first}, of.hash...))
}

func (c Chain) reward(r *reader) string {
	raw := r.bytes()
	if r.err != nil {
		return ""
	}
	if err := c.checkReward(raw); err != nil {
		r.fail(err)
		return ""
	}
	return c.text(raw)
}

// named writes a hash with the prefix of its kind (CIP-5, CIP-129).
func named(prefix string, hash []byte) string { return toBech32(prefix, hash) }

// governor writes a credential of governance by CIP-129: its first byte is the kind of
// role and of credential.
func governor(prefix string, role byte, of credential) string {
	if len(of.hash) != hashSize {
		return ""
	}
	first := role<<4 | 2
	if of.script {
		first |= 1
	}
	return toBech32(prefix, append([]byte{first}, of.hash...))
}

// The roles of CIP-129.
const (
	roleHot  = 0
	roleCold = 1
	roleDRep = 2
)

// reference writes an output of another transaction.
func (r *reader) reference() string {
	l := r.array()
	id := l.next().fixed(digestSize)
	index := l.next().uint()
	l.end()
	if r.err != nil {
		return ""
	}
	return hex.EncodeToString(id) + "#" + strconv.FormatUint(index, 10)
}
