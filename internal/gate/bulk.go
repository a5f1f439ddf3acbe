package gate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/policy"
)

// NewKey is a key that comes from outside together with others.
type NewKey = wallet.NewKey

// MaxBulk bounds the keys of one [Gate.AddKeys].
const MaxBulk = wallet.MaxBulk

// Added is the result of [Gate.AddKeys].
type Added struct {
	Keys    []Key // those that were added
	Present int   // how many the wallet had already, or came twice
}

// AddKeys adds many keys that come from outside, all of them or none, in one
// transaction of the store or one writing of the wallet's file. Keys that the wallet
// has are passed over, so a call that broke off can be repeated. The rules must
// allow it for each key.
//
// The journal gets one record for all: its detail says how many keys, its digest is
// the SHA-256 of their public keys as text ("secp256k1:02…"), in the order of bytes,
// each followed by a line feed. Errors: fault.TooLarge above [MaxBulk] keys; those
// of [Gate.AddKey].
func (g *Gate) AddKeys(ctx context.Context, c Caller, id SessionID, all []NewKey) (Added, error) {
	s, a, err := g.inSession(ctx, ImportKey, c, id)
	if err != nil {
		return Added{}, err
	}
	a.detail = fmt.Sprintf("%d keys", len(all))
	draft, err := s.ImportAll(all)
	if err != nil {
		return Added{}, g.refuse(ctx, a, err)
	}
	g.nameBulk(a, draft)
	if g.decide(a).Verdict == policy.Ask { // see draft
		draft.Discard()
		defer a.giveBack(ctx)
		if _, err := g.judge(ctx, a); err != nil {
			return Added{}, err
		}
		if draft, err = s.ImportAll(all); err != nil {
			return Added{}, g.refuse(ctx, a, err)
		}
		g.nameBulk(a, draft)
	}
	defer draft.Discard()
	if err := g.pass(ctx, a, func() error { return draft.Commit(ctx) }); err != nil {
		return Added{}, err
	}
	return Added{Keys: draft.Keys, Present: draft.Present}, nil
}

// nameBulk gives the rules the names of all keys, and the journal their number and digest.
func (g *Gate) nameBulk(a *act, draft *wallet.BulkDraft) {
	a.detail = fmt.Sprintf("%d keys, %d more were there", len(draft.Keys), draft.Present)
	texts := make([]string, len(draft.Keys))
	a.keys = make([][]string, len(draft.Keys))
	for i, k := range draft.Keys {
		texts[i] = k.Public.String()
		a.keys[i] = g.keyNames(k.Public)
	}
	slices.Sort(texts)
	h := sha256.New()
	for _, text := range texts {
		_, _ = io.WriteString(h, text+"\n")
	}
	a.digest = hex.EncodeToString(h.Sum(nil))
}
