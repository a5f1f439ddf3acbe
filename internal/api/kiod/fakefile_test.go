package kiod

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/go-json-experiment/json"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// The fake gate's own wallet files (§12) and keys, written from the description
// and independent of the product's.

// shapes says how each type of key stands in a file: type, size of the public key,
// type of the private key, size of the private key.
var shapes = map[antelope.KeyType][3]int{antelope.K1: {33, 0, 32}, antelope.R1: {33, 1, 32}, antelope.EM: {33, 2, 32}, antelope.ED: {32, 3, 64}}

type container struct {
	Version int     `json:"version,omitzero"`
	Cipher  *string `json:"cipher_keys"`
}

// checkFile refuses what is no wallet file.
func checkFile(file []byte) error {
	var any any
	var c container
	switch {
	case len(bytes.TrimSpace(file)) == 0:
		return gate.ErrWalletEmpty
	case file[0] != '{' && json.Unmarshal(file, &any) != nil && !bytes.HasPrefix(file, []byte("{")):
		return gate.ErrWalletForm // the peer reads bare words as texts
	case json.Unmarshal(file, &any) != nil:
		return gate.ErrWalletJSON
	case json.Unmarshal(file, &c) != nil:
		return gate.ErrWalletForm
	}
	if c.Cipher != nil {
		if _, err := hex.DecodeString(*c.Cipher); err != nil {
			return gate.ErrWalletHex
		}
	}
	return nil
}

func errWrong() error { return fault.WrongPassword.New("wrong password") }

// decodeWallet opens a file.
func decodeWallet(file, password []byte) ([]fakeKey, error) {
	var c container
	if err := json.Unmarshal(file, &c); err != nil || c.Cipher == nil {
		return nil, errWrong()
	}
	text, err := hex.DecodeString(*c.Cipher)
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errWrong()
	}
	k := sha512.Sum512(password)
	block, err := aes.NewCipher(k[:32])
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, k[32:48]).CryptBlocks(text, text)
	if len(text) < 65 || !bytes.Equal(text[:64], k[:]) {
		return nil, errWrong()
	}
	text = text[64 : len(text)-int(text[len(text)-1])]
	next := func(n int) []byte { b := text[:n]; text = text[n:]; return b }
	number := func() int { v, n := binary.Uvarint(text); text = text[n:]; return int(v) }
	var keys []fakeKey
	for range number() {
		t := antelope.KeyType(number())
		public, err := curve.NewPublicKey(t.Algorithm(), next(shapes[t][0]))
		if err != nil {
			return nil, err
		}
		number()
		keys = append(keys, fakeKey{id: gate.KeyID{Public: public, Usage: usageOf(t)}, secret: bytes.Clone(next(shapes[t][2])[:32])})
	}
	if len(text) > 0 {
		for range number() {
			name := string(next(number()))
			t := antelope.KeyType(number())
			public, err := curve.NewPublicKey(t.Algorithm(), next(shapes[t][0]))
			if err != nil {
				return nil, err
			}
			for i := range keys {
				if keys[i].id == (gate.KeyID{Public: public, Usage: usageOf(t)}) {
					keys[i].name = name
				}
			}
		}
	}
	for i := range keys {
		if keys[i].name == "" {
			keys[i].name = freeName(keys)
		}
	}
	return keys, nil
}

// encodeWallet writes a file.
func encodeWallet(password []byte, keys []fakeKey, named bool) []byte {
	k := sha512.Sum512(password)
	appendKey := func(b []byte, id gate.KeyID) []byte {
		return id.Public.AppendTo(appendVaruint(b, int(id.Usage)-1))
	}
	text := appendVaruint(bytes.Clone(k[:]), len(keys))
	for _, key := range keys {
		text = appendKey(text, key.id)
		shape := shapes[antelope.KeyType(key.id.Usage-1)]
		text = append(appendVaruint(text, shape[1]), key.secret...)
		if shape[2] == 64 {
			text = key.id.Public.AppendTo(text)
		}
	}
	c := container{}
	if named {
		c.Version = 1
		byName := slices.SortedFunc(slices.Values(keys), func(a, b fakeKey) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
		text = appendVaruint(text, len(keys))
		for _, key := range byName {
			text = appendKey(append(appendVaruint(text, len(key.name)), key.name...), key.id)
		}
	}
	pad := aes.BlockSize - len(text)%aes.BlockSize
	text = append(text, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(k[:32])
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, k[32:48]).CryptBlocks(text, text)
	encoded := hex.EncodeToString(text)
	c.Cipher = &encoded
	file, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return file
}

// publicOf is the public key of a private one.
func publicOf(a curve.Algorithm, private []byte) curve.PublicKey {
	var encoded []byte
	switch a {
	case curve.Secp256k1:
		encoded = secp256k1.PrivKeyFromBytes(private).PubKey().SerializeCompressed()
	case curve.P256:
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), private)
		if err != nil {
			panic(err)
		}
		encoded = elliptic.MarshalCompressed(elliptic.P256(), key.X, key.Y)
	case curve.Ed25519:
		encoded = ed25519.NewKeyFromSeed(private).Public().(ed25519.PublicKey)
	}
	public, err := curve.NewPublicKey(a, encoded)
	if err != nil {
		panic(fmt.Sprint(a, err))
	}
	return public
}

// signTask signs as §8 says.
func signTask(s curve.Scheme, private, message []byte) []byte {
	switch s {
	case curve.AntelopeK1:
		for t := uint32(1); ; t++ {
			rs, id := signSecp256k1(private, message, t)
			if curve.Canonical(rs[:32]) && curve.Canonical(rs[32:]) {
				return mustJoin(s, rs, id)
			}
		}
	case curve.ECDSASecp256k1:
		rs, id := signSecp256k1(private, message, 0)
		return mustJoin(s, rs, id)
	case curve.ECDSAP256:
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), private)
		if err != nil {
			panic(err)
		}
		r, v, err := ecdsa.Sign(rand.Reader, key, message)
		if err != nil {
			panic(err)
		}
		if n := elliptic.P256().Params().N; v.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
			v.Sub(n, v)
		}
		rs := append(r.FillBytes(make([]byte, 32)), v.FillBytes(make([]byte, 32))...)
		id, err := curve.RecoveryID(publicOf(curve.P256, private), message, rs)
		if err != nil {
			panic(err)
		}
		return mustJoin(s, rs, id)
	case curve.PureEdDSA:
		return ed25519.Sign(ed25519.NewKeyFromSeed(private), message)
	}
	panic("unknown scheme")
}

func mustJoin(s curve.Scheme, rs []byte, id byte) []byte {
	signature, err := s.Join(rs, id)
	if err != nil {
		panic(err)
	}
	return signature
}

// signSecp256k1 signs with the generator's output number n.
func signSecp256k1(private, digest []byte, n uint32) ([]byte, byte) {
	d := secp256k1.PrivKeyFromBytes(private).Key
	var e secp256k1.ModNScalar
	e.SetByteSlice(digest) // modulo the order
	reduced := e.Bytes()
	k := secp256k1.NonceRFC6979(private, reduced[:], nil, nil, n)
	var point secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(k, &point)
	point.ToAffine()
	x := point.X.Bytes()
	var r secp256k1.ModNScalar
	r.SetByteSlice(x[:])
	id := byte(0)
	if point.Y.IsOdd() {
		id = 1
	}
	s := new(secp256k1.ModNScalar).Mul2(&d, &r).Add(&e)
	s.Mul(new(secp256k1.ModNScalar).InverseValNonConst(k))
	if s.IsOverHalfOrder() {
		s.Negate()
		id ^= 1
	}
	rb, sb := r.Bytes(), s.Bytes()
	return append(rb[:], sb[:]...), id
}
