package evm

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// Sizes of members of a header (Ethereum Yellow Paper, section 4.4).
const (
	bloomSize  = 256
	nonceSize  = 8
	vanitySize = 32 // of extra data, in front of the signers and the seal (EIP-225)

	headerMembers = 15 // without, and 16 with a base fee (EIP-1559)
)

// header is what the signer of a block signs (EIP-225): the block's header without the
// seal at the end of its extra data.
type header struct {
	parent     [32]byte
	uncles     [32]byte
	coinbase   address // the account that is voted on; zero is no vote
	difficulty *big.Int
	number     uint64
	gasLimit   uint64
	gasUsed    uint64
	time       uint64
	extra      []byte
	mix        [32]byte
	nonce      []byte // which way the vote goes
	baseFee    *big.Int
}

// The hash of a list of no uncles, and the votes (EIP-225, "Standardized proof-of-authority").
const (
	noUncles   = "\x1d\xcc\x4d\xe8\xde\xc7\x5d\x7a\xab\x85\xb5\x67\xb6\xcc\xd4\x1a\xd3\x12\x45\x1b\x94\x8a\x74\x13\xf0\xa1\x42\xfd\x40\xd4\x93\x47"
	voteToAdd  = "\xff\xff\xff\xff\xff\xff\xff\xff"
	voteToDrop = "\x00\x00\x00\x00\x00\x00\x00\x00"
)

// readHeader reads a header of 15 members, or of 16 with a base fee.
func readHeader(payload []byte) (h header, err error) {
	switch n := rlp.Count(payload); {
	case n > headerMembers+1:
		return h, fault.InvalidPayload.New("a header of %d members: those behind the base fee belong to networks without signers of blocks (EIP-3675, EIP-4895)", n)
	case n >= 0 && n < headerMembers:
		return h, fault.InvalidPayload.New("a header of %d members, not %d or %d", n, headerMembers, headerMembers+1)
	}
	r := rlp.ReadList(payload)
	h.parent = r.Word()
	h.uncles = r.Word()
	h.coinbase = r.Address()
	r.Word() // root of the state
	r.Word() // root of the transactions
	r.Word() // root of the receipts
	if bloom := r.Bytes(); len(bloom) != bloomSize {
		r.Fail(errHeader)
	}
	h.difficulty = r.Number()
	h.number = r.Uint64()
	h.gasLimit = r.Uint64()
	h.gasUsed = r.Uint64()
	h.time = r.Uint64()
	h.extra = r.Bytes()
	h.mix = r.Word()
	if h.nonce = r.Bytes(); len(h.nonce) != nonceSize {
		r.Fail(errHeader)
	}
	if r.More() {
		h.baseFee = r.Number()
	}
	if err := r.End(); err != nil {
		return h, fault.InvalidPayload.New("header: %s", fault.Text(err))
	}
	return h, nil
}

var errHeader = fault.InvalidPayload.New("a bloom filter or nonce of another length than wanted")

func (c Chain) decodeCliqueHeader(payload []byte, signer *account) (*chain.Intent, error) {
	h, err := readHeader(payload)
	if err != nil {
		return nil, err
	}
	d := c.describe(signer, 0)
	d.header(&h)
	return c.intent(FormCliqueHeader, d, hexaccount.Keccak(payload), signature.seal), nil
}

// header describes a header to be sealed. Networks of Clique are not told apart by what
// is signed.
func (d *description) header(h *header) {
	block := "block " + decimal(h.number)
	d.add(chain.Effect{Kind: chain.Register, From: d.signer.Text, Subject: block, Detail: "seals " + block + " (EIP-225)"})
	d.fact("parent", hexPrefix+hex.EncodeToString(h.parent[:]))
	d.fact("difficulty", h.difficulty.String())
	d.fact("gas limit", decimal(h.gasLimit))
	d.fact("gas used", decimal(h.gasUsed))
	if h.baseFee != nil {
		d.fact("base fee", h.baseFee.String())
	}
	d.fact("time", headerTime(h.time))
	d.fact("extra data", decimal(uint64(len(h.extra)))+" bytes")
	if len(h.extra) < vanitySize {
		d.warn("The extra data are shorter than the 32 bytes in front of a seal.")
	}
	if string(h.uncles[:]) != noUncles || h.mix != [32]byte{} {
		d.notClique(block, "a header with uncles or a mixed hash, which Clique does not have")
	}
	switch vote := string(h.nonce); {
	case vote != voteToAdd && vote != voteToDrop:
		d.notClique(block, "a header with a nonce that Clique does not have")
	case h.coinbase == address{}:
	case vote == voteToAdd:
		d.vote(h.coinbase, "votes to let this account seal blocks")
	default:
		d.vote(h.coinbase, "votes that this account seals no more blocks")
	}
}

// vote describes what the signer of a block says about who may sign blocks.
func (d *description) vote(on address, what string) {
	d.add(chain.Effect{Kind: chain.Authority, From: d.signer.Text, To: d.text(on), Subject: "signers of blocks", Detail: what})
}

func (d *description) notClique(block, why string) {
	d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, Subject: block, Detail: why})
}

// headerTime is a time in seconds since 1970.
func headerTime(seconds uint64) string {
	if seconds > lastTime {
		return decimal(seconds)
	}
	return time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339)
}

// SealedHeader is the hash of the block whose header it is, with 65 zero bytes in the
// place of the seal: how a header is named before it is sealed. Errors:
// fault.InvalidPayload.
func SealedHeader(payload []byte) (number uint64, hash [32]byte, err error) {
	h, err := readHeader(payload)
	if err != nil {
		return 0, hash, err
	}
	r := rlp.ReadList(payload)
	var members []byte
	for i := 0; r.More(); i++ {
		before := r.Rest()
		r.Item()
		member := before[:len(before)-len(r.Rest())]
		if i == extraMember {
			member = rlp.AppendBytes(nil, append(bytes.Clone(h.extra), make([]byte, sealSize)...))
		}
		members = append(members, member...)
	}
	return h.number, hexaccount.Keccak(rlp.AppendList(nil, members)), nil
}

const (
	extraMember = 12 // of a header, from 0
	sealSize    = 65
)
