package evm

import (
	"math"
	"math/big"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// authorizationMagic is the byte before an authorization in what is signed
// (EIP-7702, MAGIC).
const authorizationMagic = 0x05

// authorization lets the code of a contract run as that of an account (EIP-7702).
type authorization struct {
	chainID *big.Int // 0: every network
	address address  // zero takes the code away again
	nonce   uint64

	// The signature of the account; not part of what is signed.
	parity uint64
	r, s   *big.Int
}

// readAuthorization reads a signed authorization out of a transaction's list.
func readAuthorization(list *rlp.Reader) (a authorization) {
	r := list.List()
	a.readMembers(&r)
	if a.parity = r.Uint64(); a.parity > math.MaxUint8 {
		r.Fail(fault.InvalidPayload.New("an authorization with a parity of more than 8 bits"))
	}
	a.r = r.Number()
	a.s = r.Number()
	list.Join(&r)
	return a
}

// readMembers reads what is signed.
func (a *authorization) readMembers(r *rlp.Reader) {
	a.chainID = r.Number()
	a.address = r.Address()
	a.nonce = r.Uint64()
}

func (a *authorization) appendMembers(b []byte) []byte {
	b = rlp.AppendNumber(b, a.chainID)
	b = rlp.AppendBytes(b, a.address[:])
	return rlp.AppendUint(b, a.nonce)
}

// appendTo appends the signed authorization as a member of a transaction's list.
func (a *authorization) appendTo(b []byte) []byte {
	members := rlp.AppendUint(a.appendMembers(nil), a.parity)
	return rlp.AppendList(b, rlp.AppendNumber(rlp.AppendNumber(members, a.r), a.s))
}

// preimage is what the digest is of.
func (a *authorization) preimage() []byte {
	return rlp.AppendList([]byte{authorizationMagic}, a.appendMembers(nil))
}

// authority is the account whose key signed; false if nobody's did, which makes
// networks pass the authorization over.
func (a *authorization) authority() (address, bool) {
	if a.parity > 1 {
		return address{}, false
	}
	var rs [64]byte
	a.r.FillBytes(rs[:32])
	a.s.FillBytes(rs[32:])
	made, err := curve.ECDSASecp256k1.Join(rs[:], byte(a.parity))
	if err != nil {
		return address{}, false
	}
	digest := hexaccount.Keccak(a.preimage())
	key, err := curve.Recover(curve.ECDSASecp256k1, digest[:], made)
	if err != nil {
		return address{}, false
	}
	owner, err := hexaccount.AddressOf(key)
	return owner, err == nil
}

func (c Chain) decodeAuthorization(payload []byte, signer *account) (*chain.Intent, error) {
	a, err := c.readAuthorization(payload)
	if err != nil {
		return nil, err
	}
	d := c.describe(signer, a.chainID.Uint64())
	d.fact("nonce", decimal(a.nonce))
	d.authorize(&a, signer.Text, "")
	if a.chainID.Sign() == 0 { // the contract may be somebody else's there
		d.everyNetwork("the authorization names no chain id")
	} else {
		d.fact("chain id", a.chainID.String())
	}
	return c.intent(FormAuthorization, d, hexaccount.Keccak(payload), signature.bytes), nil
}

// readAuthorization reads what is signed and checks its network, if it names one.
func (c Chain) readAuthorization(payload []byte) (a authorization, err error) {
	if len(payload) == 0 || payload[0] != authorizationMagic {
		return a, fault.InvalidPayload.New("an authorization begins with the byte 0x%02x (EIP-7702)", authorizationMagic)
	}
	r := rlp.ReadList(payload[1:])
	a.readMembers(&r)
	if err := r.End(); err != nil {
		return a, fault.InvalidPayload.New("authorization: %s", fault.Text(err))
	}
	if a.chainID.Sign() == 0 {
		return a, nil
	}
	if !a.chainID.IsUint64() {
		return a, fault.InvalidPayload.New("chain id %s is out of range", a.chainID)
	}
	return a, c.checkChain(a.chainID.Uint64())
}
