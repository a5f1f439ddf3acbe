package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
	"strongroom/internal/fault"
)

// describe says what a transaction does.
func (c Chain) describe(in *chain.Intent, t *Transaction, context Context) error {
	var digits [2 * len(t.Reference)]byte
	hex.Encode(digits[:], t.Reference[:])
	until := "about 600 blocks after " + string(digits[:])
	known, ok := c.recognise(t.Script)
	if ok {
		if len(t.Authorizers) != 1 {
			return fault.InvalidPayload.New("transaction: %d authorizers for a script that has one", len(t.Authorizers))
		}
		a := arguments{rest: t.Arguments}
		in.Effects = append(make([]chain.Effect, 0, 2), known.read(&a, t.Authorizers[0].String())...)
		if err := a.end(); err != nil {
			return err
		}
	} else {
		in.Effects = opaque(t)
	}
	in.Effects = append(in.Effects, chain.Effect{
		Kind: chain.Fee, Asset: symbol, From: t.Payer.String(),
		Detail: "computation limit " + strconv.FormatUint(t.GasLimit, 10) + "; the network sets the price, which the transaction does not bound",
	})
	for i := range in.Effects {
		in.Effects[i].Until = until
	}
	in.Facts = append(make([]chain.Fact, 0, 6+len(t.Arguments)), context.facts()...)
	if ok {
		in.Facts = append(in.Facts, chain.Fact{Name: "script", Value: known.name})
	} else {
		for i, a := range t.Arguments {
			in.Facts = append(in.Facts, chain.Fact{Name: "argument " + strconv.Itoa(i), Value: quoted(a)})
		}
	}
	in.Facts = append(in.Facts,
		chain.Fact{Name: "gas limit", Value: strconv.FormatUint(t.GasLimit, 10)},
		chain.Fact{Name: "proposer", Value: t.Proposer.String() + " key " + strconv.FormatUint(uint64(t.ProposerKey), 10)},
		chain.Fact{Name: "sequence number", Value: strconv.FormatUint(t.Sequence, 10)},
	)
	in.Warnings = c.warnings(in.Effects, ok && known.ended)
	for i := range in.Effects {
		if in.Effects[i].Asset == symbol || in.Effects[i].Asset == "FUSD" {
			if in.Units == nil {
				in.Units = map[string]chain.Unit{}
			}
			in.Units[in.Effects[i].Asset] = chain.Unit{Symbol: in.Effects[i].Asset, Decimals: 8}
		}
	}
	return nil
}

// opaque is a script that nobody knows, for each account that it may do anything with.
func opaque(t *Transaction) []chain.Effect {
	sum := sha256.Sum256(t.Script)
	e := chain.Effect{Kind: chain.Opaque, Subject: hex.EncodeToString(sum[:]), Detail: "unknown Cadence script"}
	if len(t.Authorizers) == 0 {
		e.Detail = "unknown Cadence script without an authorizer"
		return []chain.Effect{e}
	}
	all := make([]chain.Effect, 0, len(t.Authorizers)+1)
	for _, a := range t.Authorizers {
		e.From = a.String()
		all = append(all, e)
	}
	return all
}

func (c Chain) warnings(effects []chain.Effect, ended bool) (all []string) {
	if ended {
		all = append(all, "the script is written in Cadence before 1.0, which the network has not run since September 2024: it will fail, and still cost a fee")
	}
	for _, e := range effects {
		if a, err := ParseAddress(e.To); e.Kind == chain.Move && err == nil && len(e.To) == 18 && !c.owns(a) {
			all = append(all, "the receiver "+e.To+" is no address of this network")
		}
	}
	return all
}

// quoted shows bytes as text where they are, shortened.
func quoted(b []byte) string {
	const most = 256
	text, rest := b, ""
	if len(text) > most {
		text, rest = text[:most], "… of "+strconv.Itoa(len(b))+" bytes"
	}
	if !utf8.Valid(b) {
		return hex.EncodeToString(text) + rest
	}
	if !legible.Text(b) {
		return strconv.QuoteToASCII(string(text)) + rest
	}
	return strconv.QuoteToGraphic(string(text)) + rest
}

// printable shows a text that somebody else chose: as it is where it is plain.
func printable(s string) string {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || c == '"' {
			return quoted([]byte(s))
		}
	}
	if len(s) > 256 {
		return quoted([]byte(s))
	}
	return s
}
