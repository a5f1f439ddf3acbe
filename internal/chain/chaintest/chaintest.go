// Package chaintest is the conformance suite of [chain.Chain]: what the gate
// relies on for every chain, whatever it signs. A chain's test calls [Run] with
// a few valid requests.
//
// Only tests import this package.
package chaintest

import (
	"bytes"
	"crypto/sha512"
	"fmt"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// Config says what to test.
type Config struct {
	Chain chain.Chain
	// Valid are requests that decode, by name; at least one for each form.
	Valid map[string]chain.Request
	// FreeForm are the forms whose payload may be any bytes, so that a damaged
	// payload is still a payload.
	FreeForm []string
}

// Run runs the suite.
func Run(t *testing.T, c Config) {
	t.Run("identity", func(t *testing.T) { identity(t, c) })
	t.Run("unknown form", func(t *testing.T) { unknownForm(t, c) })
	for name, req := range c.Valid {
		t.Run(name, func(t *testing.T) {
			t.Run("intent", func(t *testing.T) { intent(t, c, req) })
			t.Run("pure", func(t *testing.T) { pure(t, c, req) })
			t.Run("finish", func(t *testing.T) { finish(t, c, req) })
			t.Run("damage", func(t *testing.T) { damage(t, c, req) })
			t.Run("preview", func(t *testing.T) { preview(t, c, req) })
		})
	}
}

func identity(t *testing.T, c Config) {
	if c.Chain.ID() == "" || c.Chain.Algorithm() == curve.NoAlgorithm {
		t.Error("a chain needs an id and an algorithm")
	}
	if a, err := c.Chain.Address(curve.PublicKey{}); err == nil {
		t.Errorf("no key owns the address %q", a)
	}
	key, err := curve.NewPublicKey(c.Chain.Algorithm(), bytes.Repeat([]byte{2}, c.Chain.Algorithm().PublicSize()))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := c.Chain.Address(key); err != nil || a == "" {
		t.Errorf("address %q, error %v", a, err)
	}
}

func unknownForm(t *testing.T, c Config) {
	for _, form := range []string{"", "no-such-form"} {
		if _, err := c.Chain.Decode(chain.Request{Form: form, Payload: []byte{0x80}}); err == nil {
			t.Errorf("form %q was decoded", form)
		}
	}
}

// intent checks that an intent is complete and names what it does.
func intent(t *testing.T, c Config, req chain.Request) {
	got := decode(t, c, req)
	if got.Chain != c.Chain.ID() || got.Form != req.Form {
		t.Errorf("intent of %s/%s for a request of %s/%s", got.Chain, got.Form, c.Chain.ID(), req.Form)
	}
	if len(got.Effects) == 0 || len(got.Tasks) == 0 || got.Finish == nil {
		t.Fatal("an intent needs effects, tasks and a way to finish")
	}
	for _, e := range got.Effects {
		if back, ok := chain.ParseEffectKind(e.Kind.String()); !ok || back != e.Kind {
			t.Errorf("effect of unknown kind %d", e.Kind)
		}
	}
	for _, task := range got.Tasks {
		if task.Key.Algorithm() != task.Scheme.Algorithm() || task.Key.IsZero() || len(task.Message) == 0 {
			t.Errorf("task %+v cannot be signed", task)
		}
	}
}

// pure checks that equal requests give equal intents, that nothing is written to
// the request, and that the intent does not change when the caller reuses it.
func pure(t *testing.T, c Config, req chain.Request) {
	mine := req
	mine.Payload, mine.Context = bytes.Clone(req.Payload), bytes.Clone(req.Context)
	first := decode(t, c, mine)
	if !bytes.Equal(mine.Payload, req.Payload) || !bytes.Equal(mine.Context, req.Context) {
		t.Error("decoding wrote to the request")
	}
	clear(mine.Payload)
	clear(mine.Context)
	second := decode(t, c, req)
	if fmt.Sprintf("%+v", first.Effects) != fmt.Sprintf("%+v", second.Effects) {
		t.Error("equal requests have different effects")
	}
	for i := range second.Tasks {
		if first.Tasks[i].Key != second.Tasks[i].Key || !bytes.Equal(first.Tasks[i].Message, second.Tasks[i].Message) {
			t.Error("equal requests have different tasks, or a task aliases the caller's bytes")
		}
	}
	a, errA := first.Finish(signatures(first))
	b, errB := second.Finish(signatures(second))
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("results differ, or alias the caller's bytes: %v, %v", errA, errB)
	}
}

// finish checks that only the right number of signatures makes a result.
func finish(t *testing.T, c Config, req chain.Request) {
	in := decode(t, c, req)
	good := signatures(in)
	for name, bad := range map[string][][]byte{
		"none": nil, "one missing": good[:len(good)-1], "one too many": append(signatures(in), good[0]),
		"empty": {{}}, "short": {good[0][:len(good[0])-1]},
	} {
		if out, err := in.Finish(bad); err == nil {
			t.Errorf("%s: finished as %x", name, out)
		}
	}
}

// preview checks that what a person sees without naming a key is what is decided on
// with it: the same effects, but for who signs, and nothing to sign.
func preview(t *testing.T, c Config, req chain.Request) {
	p, ok := c.Chain.(chain.Previewer)
	if !ok {
		return
	}
	unsigned := req
	unsigned.Signer, unsigned.Signers = curve.PublicKey{}, nil
	seen, err := p.Preview(unsigned)
	if fault.Is(err, fault.Unsupported) || fault.Is(err, fault.UnknownKey) {
		return // forms that name nobody, messages among them
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(seen.Tasks) > 0 || seen.Finish != nil {
		t.Error("a preview can be signed")
	}
	decided := decode(t, c, req)
	if len(seen.Effects) != len(decided.Effects) {
		t.Fatalf("a preview of %d effects, %d are decided on", len(seen.Effects), len(decided.Effects))
	}
	for i, e := range decided.Effects {
		s := seen.Effects[i]
		if s.Kind != e.Kind || s.Asset != e.Asset || s.Amount != e.Amount || s.Subject != e.Subject || s.Until != e.Until {
			t.Errorf("effect %d is previewed as %+v, and decided on as %+v", i, s, e)
		}
	}
}

// damage flips, cuts and extends the payload. Whatever still decodes must be
// another message: two payloads never share a signature.
func damage(t *testing.T, c Config, req chain.Request) {
	original := decode(t, c, req).Tasks
	free := false
	for _, form := range c.FreeForm {
		free = free || form == req.Form
	}
	check := func(what string, payload []byte) {
		other := req
		other.Payload = payload
		in, err := c.Chain.Decode(other)
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Errorf("%s: an error without a kind: %v", what, err)
			}
			return
		}
		if bytes.Equal(in.Tasks[0].Message, original[0].Message) {
			t.Errorf("%s: the same message for another payload", what)
		}
	}
	for i := range req.Payload {
		if !free {
			if _, err := c.Chain.Decode(withPayload(req, req.Payload[:i])); err == nil {
				t.Errorf("cut at %d: still decoded", i)
			}
		}
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			changed := bytes.Clone(req.Payload)
			changed[i] ^= flip
			check(fmt.Sprintf("byte %d ^ %#02x", i, flip), changed)
		}
	}
	if !free {
		if _, err := c.Chain.Decode(withPayload(req, append(bytes.Clone(req.Payload), 0))); err == nil {
			t.Error("a byte after the end: still decoded")
		}
	}
}

func withPayload(req chain.Request, payload []byte) chain.Request {
	req.Payload = payload
	return req
}

func decode(t *testing.T, c Config, req chain.Request) *chain.Intent {
	t.Helper()
	in, err := c.Chain.Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// signatures are stand-ins of the size and form that each task's scheme gives,
// different for each message.
func signatures(in *chain.Intent) (all [][]byte) {
	for _, task := range in.Tasks {
		sum := sha512.Sum512(task.Message)
		if signature, err := task.Scheme.Join(sum[:], 0); err == nil {
			all = append(all, signature)
		} else {
			all = append(all, sum[:])
		}
	}
	return all
}
