package vault

import (
	"bytes"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// The forms of a sealed seed, as the usage of its label. Numbers are stored.
const (
	SeedOfEntropy = 0 // 32 bytes: kmd's master derivation key, and the entropy of 24 words
	SeedOfWords   = 1 // words of BIP-39, a zero byte, and the passphrase, see [JoinSeed]
)

// DeriveChild draws the key of a path from a sealed seed, as the standard of the
// algorithm has it (see [hd.Derive]), and seals it. The label of the new key needs no
// public part yet. It takes a millisecond or two: a seed of words is stretched anew
// each time, so that nothing of it needs to be kept.
func (v *Vault) DeriveChild(ref Ref, seedLabel Label, sealedSeed []byte, a curve.Algorithm, path hd.Path, keyLabel Label) (Sealed, error) {
	if seedLabel.Usage != SeedOfEntropy && seedLabel.Usage != SeedOfWords {
		return Sealed{}, fault.Unsupported.New("the wallet has a seed of unknown form %d", seedLabel.Usage)
	}
	opened, err := v.Export(ref, seedLabel, sealedSeed)
	if err != nil {
		return Sealed{}, err
	}
	defer opened.Wipe()
	words, passphrase, err := SplitSeed(seedLabel.Usage, opened)
	if err != nil {
		return Sealed{}, err
	}
	defer words.Wipe()
	defer passphrase.Wipe()
	buffer, err := v.cfg.Arena.Alloc(2 * SeedSize)
	if err != nil {
		return Sealed{}, err
	}
	defer buffer.Release()
	n, err := hd.Derive(buffer.Bytes(), a, words, passphrase, path, v.publicKey)
	if err != nil {
		return Sealed{}, err
	}
	var out Sealed
	err = v.with(ref, func(k *dataKey) (err error) {
		out, err = v.sealKey(k, keyLabel, a, buffer.Bytes()[:n])
		return err
	})
	return out, err
}

// JoinSeed is what is sealed as a seed of words. Words have no zero byte. The caller
// wipes it.
func JoinSeed(words, passphrase secret.Bytes) secret.Bytes {
	text := make([]byte, words.Len()+1+passphrase.Len())
	n := copy(text, words.Expose())
	copy(text[n+1:], passphrase.Expose())
	return secret.New(text)
}

// SplitSeed gives the words and the passphrase that an opened seed stands for. The
// caller wipes both.
func SplitSeed(form uint8, seed secret.Bytes) (words, passphrase secret.Bytes, err error) {
	if form == SeedOfEntropy {
		words, err = hd.NewMnemonic(seed.Expose())
		return words, secret.Bytes{}, err
	}
	w, p, found := bytes.Cut(seed.Expose(), []byte{0})
	if !found {
		return secret.Bytes{}, secret.Bytes{}, errDamaged()
	}
	return secret.Copy(w), secret.Copy(p), nil
}
