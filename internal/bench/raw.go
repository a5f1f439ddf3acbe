package bench

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"os"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/seal"
	"strongroom/internal/secret"
)

// ownTime is the processor time of this process.
func ownTime() (time.Duration, error) { return processTime(os.Getpid()) }

// signRaw is a round of signatures in this process, of a message as long as a
// payment with its prefix.
func signRaw(ctx context.Context, rand io.Reader, d time.Duration) (Sample, error) {
	_, private, err := ed25519.GenerateKey(rand)
	if err != nil {
		return Sample{}, fault.Internal.Wrap(err, "no random bytes")
	}
	message := make([]byte, 200)
	return round(ctx, 1, d, 0, ownTime, func(int) error {
		_ = ed25519.Sign(private, message)
		return nil
	})
}

// sealRaw is a round of one password derivation of the profile in this process.
func sealRaw(ctx context.Context, rand io.Reader, profile seal.Profile) (Sample, error) {
	sealer, err := seal.New(seal.Config{Profile: profile, Limits: seal.Production(), Rand: rand})
	if err != nil {
		return Sample{}, err
	}
	guess := secret.New([]byte(password))
	defer guess.Wipe()
	return round(ctx, 1, time.Hour, 1, ownTime, func(int) error {
		_, err := sealer.Seal(seal.Binding{}, guess, 0, make([]byte, seal.KeySize))
		return err
	})
}

// signTrial is a round of secp256k1 signatures in this process, of another digest
// each time: how many nonces a canonical signature takes depends on it.
func signTrial(ctx context.Context, trial *gate.Trial, scheme curve.Scheme, d time.Duration) (Sample, error) {
	var digest [curve.DigestSize]byte
	var count uint64
	return round(ctx, 1, d, 0, ownTime, func(int) error {
		count++
		binary.BigEndian.PutUint64(digest[:], count)
		_, err := trial.Sign(scheme, digest[:])
		return err
	})
}
