package kmdfile

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"runtime"
	"sync"
	"sync/atomic"

	//lint:ignore SA1019 scrypt is made of the core function of Salsa20/8, which nothing newer offers
	"golang.org/x/crypto/salsa20/salsa"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Params are the scrypt parameters of a wallet file (RFC 7914): cost N, block
// size r, parallelization p.
type Params struct{ N, R, P int }

// DefaultParams are those of a kmd without configuration. N = 65536 with r = 1
// breaks the rule N < 2^(128·r/8) of RFC 7914, which many libraries enforce;
// every default wallet is sealed with it, so it is accepted here.
func DefaultParams() Params { return Params{N: 65536, R: 1, P: 32} }

// The least that kmd accepts for new wallets unless told otherwise.
const (
	strongN = 32768
	strongP = 32
)

// Upper bounds: a wrong password must not cost more than some seconds and a GiB.
const (
	maxWork        = 8 * 65536 * 32 // N·r·p: eight times the default
	maxMemory      = 1 << 30        // bytes: all blocks and all lanes at work
	maxSaltedBlock = 64 << 20       // bytes: 128·r·p
)

// weak reports whether kmd itself would refuse the parameters for a new wallet.
func (p Params) weak() bool { return p.N < strongN || p.R < 1 || p.P < strongP }

// check refuses what cannot be computed, or not within the bounds.
func (p Params) check() error {
	if p.N < 2 || p.N&(p.N-1) != 0 || p.R < 1 || p.P < 1 {
		return fault.Corrupt.New("the wallet file's scrypt parameters are not valid")
	}
	n, r, lanes := uint64(p.N), uint64(p.R), uint64(p.P)
	tooMuch := n > maxWork || r > maxWork || lanes > maxWork || // so that the products fit
		r*lanes > maxWork || n*(r*lanes) > maxWork ||
		128*r*lanes > maxSaltedBlock ||
		128*r*lanes+p.laneMemory() > maxMemory
	if tooMuch {
		return fault.TooLarge.New("the wallet file's scrypt parameters (N %d, r %d, p %d) demand too much work", p.N, p.R, p.P)
	}
	return nil
}

// laneMemory is what one lane at work takes, in bytes.
func (p Params) laneMemory() uint64 { return 128 * uint64(p.R) * (uint64(p.N) + 2) }

// stretch is scrypt with a 32 byte result. The p lanes do not depend on each
// other and are spread over all processors, as far as memory allows.
// Cancellation takes effect within a few thousand steps of a lane.
func (p Params) stretch(ctx context.Context, password secret.Bytes, salt []byte) (secret.Bytes, error) {
	if err := p.check(); err != nil {
		return secret.Bytes{}, err
	}
	size := 128 * p.R
	blocks := make([]byte, size*p.P)
	defer clear(blocks)
	secret.Do(func() { pbkdf2Once(password, salt, blocks) })

	workers := min(runtime.GOMAXPROCS(0), p.P, int((maxMemory-uint64(len(blocks)))/p.laneMemory()))
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			l := newLane(p)
			defer l.wipe()
			for {
				i := int(next.Add(1)) - 1
				if i >= p.P || ctx.Err() != nil {
					return
				}
				secret.Do(func() { l.mix(ctx, blocks[i*size:(i+1)*size]) })
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		return secret.Bytes{}, canceled(ctx)
	}
	key := make([]byte, secretSize)
	secret.Do(func() { pbkdf2Once(password, blocks, key) })
	return secret.New(key), nil
}

// pbkdf2Once is PBKDF2-HMAC-SHA-256 with one iteration, filling out. The standard
// library's takes the password as a string, which could not be wiped.
func pbkdf2Once(password secret.Bytes, salt, out []byte) {
	mac := hmac.New(sha256.New, password.Expose())
	var block [sha256.Size]byte
	defer clear(block[:])
	var counter [4]byte
	for i := uint32(1); len(out) > 0; i++ {
		mac.Reset()
		mac.Write(salt)
		binary.BigEndian.PutUint32(counter[:], i)
		mac.Write(counter[:])
		mac.Sum(block[:0])
		out = out[copy(out, block[:]):]
	}
}

// lane computes scryptROMix (RFC 7914 §5) with memory that it keeps from one
// block to the next.
type lane struct {
	n, size int
	table   []byte // n blocks
	x, y    []byte // one block each
}

func newLane(p Params) *lane {
	size := 128 * p.R
	return &lane{n: p.N, size: size, table: make([]byte, p.N*size), x: make([]byte, size), y: make([]byte, size)}
}

func (l *lane) wipe() {
	clear(l.table)
	clear(l.x)
	clear(l.y)
}

// mix replaces block, of l.size bytes, by its mix. A canceled mix leaves it as it was.
func (l *lane) mix(ctx context.Context, block []byte) {
	const checkEvery = 8192 // steps
	x, y := l.x, l.y
	copy(x, block)
	for i := range l.n {
		if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
			return
		}
		copy(l.table[i*l.size:], x)
		blockMix(y, x)
		x, y = y, x
	}
	mask := uint64(l.n - 1)
	for i := range l.n {
		if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
			return
		}
		j := int(binary.LittleEndian.Uint64(x[l.size-64:]) & mask)
		subtle.XORBytes(x, x, l.table[j*l.size:(j+1)*l.size])
		blockMix(y, x)
		x, y = y, x
	}
	copy(block, x)
}

// blockMix is scryptBlockMix (RFC 7914 §4) from in to out.
func blockMix(out, in []byte) {
	var t [64]byte
	half := len(in) / 128
	copy(t[:], in[len(in)-64:])
	for i := range 2 * half {
		subtle.XORBytes(t[:], t[:], in[i*64:(i+1)*64])
		salsa.Core208(&t, &t)
		copy(out[(i/2+i%2*half)*64:], t[:])
	}
}
