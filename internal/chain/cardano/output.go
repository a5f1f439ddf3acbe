package cardano

import (
	"encoding/hex"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// output reads what goes to one address: [address, value, datum hash?], or since Babbage
// {0: address, 1: value, 2: datum?, 3: script?}.
func (d *describer) output(from, detail string) {
	r := d.r
	base := chain.Effect{Kind: chain.Move, From: from, Detail: detail}
	switch r.major() {
	case majorArray:
		l := r.array()
		l.next()
		script := d.receiver(&base)
		l.next()
		d.value(base)
		if l.more() {
			d.datumHash(base.To)
			l.end()
		} else if script {
			d.withoutDatum(base.To)
		}
	case majorMap:
		d.outputMap(base)
	default:
		r.fail(errType)
	}
}

// outputMap reads the entries in any order. An output's value may stand before its
// address, so the address is filled into its effects at the end.
func (d *describer) outputMap(base chain.Effect) {
	r, first, seen := d.r, len(d.in.Effects), uint64(0)
	script, code := false, []byte(nil)
	var datum func(to string)
	for l := r.mapping(); l.more(); {
		key := r.uint()
		if key > 3 || seen&(1<<key) != 0 {
			r.fail(fault.InvalidPayload.New("transaction: an output with a key twice, or one that is not known"))
			return
		}
		seen |= 1 << key
		switch key {
		case 0:
			script = d.receiver(&base)
		case 1:
			d.value(base)
		case 2:
			datum = d.datum()
		case 3:
			r.tag(tagCBOR)
			code = r.bytes()
		}
	}
	if seen&3 != 3 {
		r.fail(fault.InvalidPayload.New("transaction: an output without address or value"))
	}
	if r.err != nil {
		return
	}
	for i := first; i < len(d.in.Effects); i++ {
		d.in.Effects[i].To = base.To
	}
	if datum != nil {
		datum(base.To)
	} else if script {
		d.withoutDatum(base.To)
	}
	if code != nil {
		sum := blake2b.Sum256(code)
		d.effect(chain.Effect{Kind: chain.Deploy, From: base.From, To: base.To, Subject: "script", Detail: "script for others to refer to, BLAKE2b-256 " + hex.EncodeToString(sum[:])})
	}
}

// receiver reads an address and reports whether a script spends from it.
func (d *describer) receiver(e *chain.Effect) (script bool) {
	raw := d.r.bytes()
	if d.r.err != nil {
		return false
	}
	if err := d.c.checkAddress(raw); err != nil {
		d.r.fail(err)
		return false
	}
	e.To = d.c.text(raw)
	return isScript(raw)
}

// value reads lovelace, or [lovelace, {policy: {asset: amount}}].
func (d *describer) value(e chain.Effect) {
	r := d.r
	if r.major() == majorUint {
		d.lovelace(e)
		return
	}
	l := r.array()
	l.next()
	d.lovelace(e)
	l.next()
	d.assets(func(asset string) {
		e.Asset, e.Amount = asset, decimal(r.uint())
		d.effect(e)
	})
	l.end()
}

func (d *describer) lovelace(e chain.Effect) {
	n := d.r.uint()
	if e.From == fromInputs {
		if d.paid += n; d.paid < n {
			d.paid = 1<<64 - 1
		}
	}
	e.Asset, e.Amount = symbol, decimal(n)
	d.effect(e)
}

func (d *describer) datumHash(to string) {
	d.fact("datum of "+to, "hash "+hex.EncodeToString(d.r.fixed(digestSize)))
}

// datum reads [0, hash] or [1, 24(bytes)] and gives what states it.
func (d *describer) datum() func(to string) {
	l := d.r.array()
	kind := l.next().uint()
	l.next()
	what := ""
	switch kind {
	case 0:
		what = "hash " + hex.EncodeToString(d.r.fixed(digestSize))
	case 1:
		d.r.tag(tagCBOR)
		content := d.r.bytes()
		inner := reader{data: content}
		inner.raw()
		if err := inner.end(); err != nil {
			d.r.fail(err)
		}
		sum := blake2b.Sum256(content)
		what = "inline, BLAKE2b-256 " + hex.EncodeToString(sum[:])
	default:
		d.r.fail(errNumber)
	}
	l.end()
	return func(to string) { d.fact("datum of "+to, what) }
}

func (d *describer) withoutDatum(to string) {
	if d.r.err == nil {
		d.warn("the output to the script address " + to + " has no datum: scripts before Plutus V3 could never spend it")
	}
}
