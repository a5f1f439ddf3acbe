package antelope

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/crypto/sha3"

	"strongroom/internal/chain"
	"strongroom/internal/codec/antelope"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// MaxSigners is the largest number of keys that sign one transaction.
const MaxSigners = 256

// EncodeSigners writes the Context of a request: the keys in their order, each
// once, whatever order they are given in.
func EncodeSigners(keys []PublicKey) []byte {
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, PublicKey.Compare)
	sorted = slices.Compact(sorted)
	b := antelope.AppendVaruint32(make([]byte, 0, 1+len(sorted)*(1+pointSize)), uint32(len(sorted)))
	for _, key := range sorted {
		b = key.AppendPacked(b)
	}
	return b
}

// decodeSigners reads what EncodeSigners writes and nothing else. Errors are
// fault.InvalidPayload, fault.UnknownKey for a type that no wallet holds.
func decodeSigners(context []byte) ([]PublicKey, error) {
	r := antelope.NewReader(context)
	count := r.Count(MaxSigners, minPacked)
	keys := make([]PublicKey, 0, count)
	for range count {
		key := readPublicKey(&r)
		if r.Err() != nil {
			break
		}
		if key.kind.Algorithm() == curve.NoAlgorithm {
			return nil, fault.UnknownKey.New("no wallet holds keys of type %s", key.kind)
		}
		if key.kind == EM && key.Key().Valid() != nil {
			r.Fail(ErrKey)
		}
		if n := len(keys); n > 0 && keys[n-1].Compare(key) >= 0 {
			r.Fail(errSignerOrder)
		}
		keys = append(keys, key)
	}
	if err := r.End(); err != nil {
		return nil, at("signers", err)
	}
	return keys, nil
}

var errSignerOrder = fault.Invalid.New("not in ascending order, or repeated")

// signersOf are the keys that a request names, and whether it names their types.
func signersOf(req chain.Request) (keys []PublicKey, typed bool, err error) {
	switch {
	case len(req.Context) > 0:
		typed = true
		if keys, err = decodeSigners(req.Context); err != nil {
			return nil, false, err
		}
	case !req.Signer.IsZero():
		t, err := TypeOf(req.Signer.Algorithm())
		if err != nil {
			return nil, false, err
		}
		key, err := NewPublicKey(t, req.Signer)
		if err != nil {
			return nil, false, err
		}
		keys = []PublicKey{key}
	}
	if len(keys) == 0 {
		return nil, false, fault.UnknownKey.New("the form %q needs the keys to sign with", req.Form)
	}
	if !req.Signer.IsZero() && (len(keys) != 1 || keys[0].Key() != req.Signer) {
		return nil, false, fault.Invalid.New("the signer is not the one key in the context")
	}
	return keys, typed, nil
}

// task is what a key signs for a digest.
func (p PublicKey) task(digest [sha256.Size]byte) chain.Task {
	task := chain.Task{Key: p.Key()}
	switch p.kind {
	case K1:
		task.Scheme, task.Message = curve.AntelopeK1, digest[:]
	case R1:
		task.Scheme, task.Message = curve.ECDSAP256, digest[:]
	case EM:
		// EIP-191, version 0x45, as personal_sign does for a message of 32 bytes.
		h := sha3.NewLegacyKeccak256()
		h.Write([]byte("\x19Ethereum Signed Message:\n32"))
		h.Write(digest[:])
		task.Scheme, task.Message = curve.ECDSASecp256k1, h.Sum(nil)
	case ED:
		// Solana's wallets refuse to sign a bare hash, so it is signed as text.
		task.Scheme, task.Message = curve.PureEdDSA, hex.AppendEncode(nil, digest[:])
	}
	return task
}

// intent is a request for a signature of each signer over digest.
func intent(req chain.Request, signers []PublicKey, typed bool, digest [sha256.Size]byte, effects []chain.Effect) *chain.Intent {
	tasks := make([]chain.Task, len(signers))
	for i, key := range signers {
		tasks[i] = key.task(digest)
		if typed {
			tasks[i].Usage = key.kind.Usage()
		}
	}
	return &chain.Intent{
		Chain: ID, Form: req.Form, Effects: effects, Tasks: tasks, Encoding: chain.Text,
		Finish: func(made [][]byte) ([]byte, error) {
			if len(made) != len(signers) {
				return nil, fault.Internal.New("%d signatures were expected, not %d", len(signers), len(made))
			}
			var out bytes.Buffer
			for i, key := range signers {
				s, err := newSignature(key, made[i])
				if err != nil {
					return nil, err
				}
				if i > 0 {
					out.WriteByte('\n')
				}
				out.WriteString(s.String())
			}
			return out.Bytes(), nil
		},
	}
}

// SignatureTexts takes the result of a request apart: one text for each signer,
// in the order of their keys.
func SignatureTexts(result []byte) []string { return strings.Split(string(result), "\n") }
