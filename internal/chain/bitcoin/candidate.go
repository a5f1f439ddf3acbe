package bitcoin

import (
	"bytes"
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// candidate is a key that may sign, in the forms in which scripts name it. The costly
// forms are made when they are first looked for.
type candidate struct {
	key    curve.PublicKey
	public []byte // compressed
	hash   []byte // HASH160 of public
	signs  bool   // an input is signed with it

	long     []byte // uncompressed; nil before it was looked for, empty for what is no point
	longHash []byte
	nested   []byte // HASH160 of the script of P2WPKH
	output   []byte // x coordinate of the taproot output key without script tree; as long
}

// candidates are the keys of a request, in order: the signer, then the further ones;
// if it has none, those that the payload names.
func candidates(req chain.Request, named []curve.PublicKey) ([]candidate, error) {
	if len(req.Signers) > maxKeys {
		return nil, fault.TooLarge.New("%d keys to sign with, at most %d are allowed", len(req.Signers), maxKeys)
	}
	all := make([]candidate, 0, 1+len(req.Signers))
	if !req.Signer.IsZero() {
		all = append(all, candidate{key: req.Signer})
	}
	for _, key := range req.Signers {
		all = append(all, candidate{key: key})
	}
	if len(all) == 0 {
		for _, key := range named {
			all = append(all, candidate{key: key})
		}
	}
	if len(all) == 0 {
		return nil, fault.UnknownKey.New("no key to sign with is given, and the payload names none")
	}
	for i := range all {
		k := &all[i]
		if k.key.Algorithm() != curve.Secp256k1 {
			return nil, fault.UnknownKey.New("a key of algorithm %s signs nothing here", k.key.Algorithm())
		}
		k.public = k.key.Bytes()
		k.hash = hash160(k.public)
	}
	return all, nil
}

// uncompressed is the long form of the public key and its hash.
func (k *candidate) uncompressed() (long, hash []byte) {
	if k.long == nil {
		long, err := k.key.Uncompressed()
		if err != nil {
			k.long = []byte{}
			return nil, nil
		}
		k.long, k.longHash = long, hash160(long)
	}
	return k.long, k.longHash
}

func (k *candidate) nestedHash() []byte {
	if k.nested == nil {
		k.nested = hash160(witnessScript(0, k.hash))
	}
	return k.nested
}

// taproot is the key that an output with this internal key pays to, nil for none.
func (k *candidate) taproot(known *outputKeys, root []byte) []byte {
	if root != nil {
		output, err := known.of(k.key, root)
		if err != nil {
			return nil
		}
		return output
	}
	if k.output == nil {
		output, err := known.of(k.key, nil)
		if err != nil {
			output = []byte{}
		}
		k.output = output
	}
	return k.output
}

// owns reports whether the key alone can spend such an output. It makes no costly
// form of the key only for this question.
func (k *candidate) owns(kind scriptKind, program []byte, nested bool) bool {
	switch kind {
	case p2pkh:
		return bytes.Equal(program, k.hash) || len(k.long) > 0 && bytes.Equal(program, k.longHash)
	case p2wpkh:
		return bytes.Equal(program, k.hash)
	case p2pk:
		return bytes.Equal(program, k.public) || len(k.long) > 0 && bytes.Equal(program, k.long)
	case p2sh:
		return nested && bytes.Equal(program, k.nestedHash())
	case p2tr:
		return len(k.output) > 0 && bytes.Equal(program, k.output)
	}
	return false
}

// named are the keys of which a PSBT says how its inputs derive them, each once, for
// requests that name no key. A key without its sign (taproot) is none of them. No more
// are looked at than may sign, because to find the point of a key takes long.
func (o *order) named() (keys []curve.PublicKey) {
	seen := make(map[string]bool)
	for _, input := range o.packet.inputs {
		for _, p := range input {
			if p.key[0] != inDerivation || seen[string(p.key)] {
				continue
			}
			if len(seen) == maxKeys {
				return keys
			}
			seen[string(p.key)] = true
			if key, err := curve.ParsePoint(curve.Secp256k1, p.key[1:]); err == nil && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}
