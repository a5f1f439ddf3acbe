package web3crypto

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"

	"golang.org/x/crypto/scrypt"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// The names in files.
const (
	cipherName = "aes-128-ctr"
	scryptName = "scrypt"
	pbkdf2Name = "pbkdf2"
	prfName    = "hmac-sha256"
)

// Upper bounds. A derivation within them takes some seconds and a GiB at worst.
const (
	maxMemory      = 1 << 30          // bytes of scrypt's table: four times the standard
	maxWork        = 16 * 8 * 1 << 18 // N·r·p: sixteen times the standard
	maxSaltedBlock = 64 << 20         // bytes: 128·r·p
	maxIterations  = 64 * 262_144     // of PBKDF2: sixty-four times what its writers use
	mixSize        = 128              // bytes of a block per r
)

// kdf turns a password into the first 32 bytes of what is derived.
type kdf interface {
	derive(password secret.Bytes, out []byte) error
	cost() (memory, work uint64)
}

// Params are those parameters of scrypt in which profiles differ; r is 8.
type Params struct{ N, P int }

// Standard are the parameters of files that protect something: about 0.7 s and 256 MiB.
func Standard() Params { return Params{N: 1 << 18, P: 1} }

// Light are those of Clef's --lightkdf: about 60 ms and 4 MiB.
func Light() Params { return Params{N: 1 << 12, P: 6} }

const writtenR = 8 // r of what is written

type scryptKDF struct {
	salt    []byte
	n, r, p int
}

func newScrypt(salt []byte, n, r, p uint64) (kdf, error) {
	if n <= 1 || n&(n-1) != 0 {
		return nil, fault.Corrupt.New("scrypt: N must be > 1 and a power of 2")
	}
	if r == 0 || p == 0 {
		return nil, fault.Corrupt.New("scrypt: parameters are too small")
	}
	tooMuch := n > maxWork || r > maxWork || p > maxWork || // so that the products fit
		r*p > maxWork || n*(r*p) > maxWork || mixSize*r*p > maxSaltedBlock || mixSize*r*n > maxMemory
	if tooMuch {
		return nil, fault.TooLarge.New("scrypt: parameters are too large (N %d, r %d, p %d)", n, r, p)
	}
	return &scryptKDF{salt: salt, n: int(n), r: int(r), p: int(p)}, nil
}

func (k *scryptKDF) cost() (memory, work uint64) {
	n, r, p := uint64(k.n), uint64(k.r), uint64(k.p)
	return mixSize * r * (n + p + 2), n * r * p
}

func (k *scryptKDF) derive(password secret.Bytes, out []byte) (err error) {
	secret.Do(func() {
		var derived []byte
		if derived, err = scrypt.Key(password.Expose(), k.salt, k.n, k.r, k.p, derivedSize); err == nil {
			copy(out, derived)
			clear(derived)
		}
	})
	if err != nil {
		return fault.Corrupt.New("%v", err) // names parameters only
	}
	return nil
}

type pbkdf2KDF struct {
	salt       []byte
	iterations uint64
}

func newPBKDF2(salt []byte, iterations uint64) (kdf, error) {
	if iterations == 0 {
		return nil, fault.Corrupt.New("pbkdf2: the number of iterations is 0")
	}
	if iterations > maxIterations {
		return nil, fault.TooLarge.New("pbkdf2: %d iterations; at most %d are accepted", iterations, maxIterations)
	}
	return &pbkdf2KDF{salt: salt, iterations: iterations}, nil
}

func (k *pbkdf2KDF) cost() (memory, work uint64) { return 0, k.iterations }

// derive is the first block of PBKDF2. The standard library's function takes the
// password as a string, which could not be wiped.
func (k *pbkdf2KDF) derive(password secret.Bytes, out []byte) error {
	secret.Do(func() {
		mac := hmac.New(sha256.New, password.Expose())
		var u, sum [sha256.Size]byte
		mac.Write(k.salt)
		mac.Write(binary.BigEndian.AppendUint32(nil, 1))
		mac.Sum(u[:0])
		sum = u
		for range k.iterations - 1 {
			mac.Reset()
			mac.Write(u[:])
			mac.Sum(u[:0])
			subtle.XORBytes(sum[:], sum[:], u[:])
		}
		copy(out, sum[:])
		clear(u[:])
		clear(sum[:])
	})
	return nil
}
