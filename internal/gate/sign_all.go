package gate

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// SignAllRequest asks for several signatures of one account of the listener's key store,
// which are agreed to together or not at all.
type SignAllRequest struct {
	Chain    string
	Requests []chain.Request // as that of a [SignRequest] with KeyFiles; all of one sender
	Subject  any             // the API's own form of the request, for approvers
	Unlock   func(ctx context.Context, account KeyFile) (secret.Bytes, error)
}

// MaxSignAll is the most requests of one [SignAllRequest].
const MaxSignAll = 256

// SignAll signs several requests of one sender after one decision, which has one record
// of all their effects. It takes the way of [Gate.Sign]; approvers can not change what
// is signed, and are shown the results as an RLP list of strings. Results come in the
// order of the requests, all or none.
func (g *Gate) SignAll(ctx context.Context, c Caller, req SignAllRequest) ([]Signed, error) {
	s := &fileSigning{
		Gate: g, req: SignRequest{Chain: req.Chain, Unlock: req.Unlock},
		act: &act{operation: Sign, caller: c, chain: req.Chain, subject: req.Subject},
	}
	defer s.act.giveBack(ctx)
	parts, err := s.agreeToAll(ctx, req.Requests)
	if err != nil {
		return nil, err
	}
	key, err := s.unlock(ctx)
	if err != nil {
		return nil, g.refuse(ctx, s.act, err)
	}
	defer key.Release()
	work, err := s.decodeAllFor(key, parts)
	if err == nil && ctx.Err() != nil {
		err = fault.Canceled.Wrap(ctx.Err(), "the caller went away")
	}
	if err != nil {
		return nil, g.refuse(ctx, s.act, err)
	}
	var all []Signed
	err = g.pass(ctx, s.act, func() error {
		var list []byte
		for _, sign := range work {
			one, err := sign()
			if err != nil {
				return err
			}
			all = append(all, one)
			list = rlp.AppendBytes(list, one.Result)
		}
		s.act.result = rlp.AppendList(nil, list)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Sequence = s.act.sequence
	}
	return all, nil
}

// part is one of several requests, as it was previewed.
type part struct {
	request chain.Request
	intent  *chain.Intent
}

// agreeToAll previews all requests and has what they do together judged.
func (s *fileSigning) agreeToAll(ctx context.Context, requests []chain.Request) ([]part, error) {
	store, err := s.keyStoreOf(s.act.caller.Listener)
	if err != nil {
		return nil, s.refuse(ctx, s.act, err)
	}
	s.store = store
	s.act.inStore(store)
	if len(requests) == 0 || len(requests) > MaxSignAll {
		return nil, s.refuse(ctx, s.act, fault.Invalid.New("%d requests; 1 to %d are signed together", len(requests), MaxSignAll))
	}
	parts := make([]part, len(requests))
	for i, r := range requests {
		r.Payload, r.Context = bytes.Clone(r.Payload), bytes.Clone(r.Context)
		before := s.sender
		if err := s.preview(r); err != nil {
			return nil, s.refuse(ctx, s.act, err)
		}
		if i > 0 && s.sender != before {
			return nil, s.refuse(ctx, s.act, fault.Invalid.New("requests that are signed together have one sender"))
		}
		parts[i] = part{r, s.intent}
	}
	s.act.form = requests[0].Form
	s.intent = together(parts)
	s.act.intent = s.intent
	s.act.hasEffects(s.intent)
	if store.RejectUnknown {
		if _, err := s.files.known(s.act.caller.Listener, s.sender); err != nil {
			return nil, s.refuse(ctx, s.act, err)
		}
	}
	_, err = s.judge(ctx, s.act)
	return parts, err
}

// together is one intent of several: what they do, and what is said of them, one after
// the other.
func together(parts []part) *chain.Intent {
	all := &chain.Intent{
		Chain: parts[0].intent.Chain, Form: parts[0].intent.Form,
		Units: make(map[string]chain.Unit), Names: make(map[string]string),
	}
	for _, p := range parts {
		all.Effects = append(all.Effects, p.intent.Effects...)
		all.Tasks = append(all.Tasks, p.intent.Tasks...)
		all.Facts = append(all.Facts, p.intent.Facts...)
		for _, w := range p.intent.Warnings {
			if !slices.Contains(all.Warnings, w) {
				all.Warnings = append(all.Warnings, w)
			}
		}
		maps.Copy(all.Units, p.intent.Units)
		maps.Copy(all.Names, p.intent.Names)
	}
	return all
}

// decodeAllFor decodes each request for the key and gives what signs it.
func (s *fileSigning) decodeAllFor(key openKey, parts []part) ([]func() (Signed, error), error) {
	work := make([]func() (Signed, error), len(parts))
	decoded := make([]part, len(parts))
	for i, p := range parts {
		s.req.Request, s.intent = p.request, p.intent
		tasks, finish, err := s.decodeFor(key.Public())
		if err != nil {
			return nil, err
		}
		decoded[i] = part{intent: &chain.Intent{Chain: p.intent.Chain, Form: p.intent.Form, Effects: p.intent.Effects, Tasks: tasks}}
		work[i] = func() (Signed, error) {
			signatures := make([][]byte, len(tasks))
			for j, t := range tasks {
				var err error
				if signatures[j], err = key.Sign(t.Scheme, t.Message); err != nil {
					return Signed{}, err
				}
			}
			result, err := finish(signatures)
			return Signed{Result: result, Effects: p.intent.Effects, Request: p.request, Signature: signatures[0]}, err
		}
	}
	s.act.describe(together(decoded))
	return work, nil
}
