package evm

import "math/big"

// own is what a transaction that only a dialect has says and does otherwise than one
// of Ethereum.
type own interface {
	// name is the type as people call it.
	name() string
	// encode writes the preimage of the digest.
	encode(t *transaction) []byte
	// assemble writes the signed form.
	assemble(t *transaction, s signature) []byte
	// payload describes what is sent, called and changed.
	payload(t *transaction, d *description)
	// fee describes who pays how much at most, and in which asset. amount is the gas
	// limit at the highest price.
	fee(t *transaction, d *description, amount *big.Int)
}

// parseOwn reads a transaction that only the chain's dialect has, and checks its
// network; nil if payload, which is not empty, is none. The lists of all dialects and of Ethereum differ in
// their first byte, the number of members or the size of the first.
func (c Chain) parseOwn(payload []byte) (*transaction, error) {
	switch c.params.Dialect {
	case Celo:
		return c.parseCelo(payload)
	case Kaia:
		return c.parseKaia(payload)
	case Harmony:
		return c.parseHarmony(payload)
	}
	return nil, nil
}

// sender is the account that a transaction acts for: that of the key, except where
// the transaction names another.
func (c Chain) sender(t *transaction, signer *account) *account {
	if k, ok := t.own.(*kaia); ok {
		return c.accountOf(k.from, signer)
	}
	return signer
}

// name is the type of a transaction as people call it.
func (t *transaction) name() string {
	if t.own != nil {
		return t.own.name()
	}
	return t.envelope.String()
}

// pricesOf finds what reads the type of a JSON object and the members that go with
// it. It looks at the object before any member is taken.
func (f *fields) pricesOf() func(t *transaction) {
	switch f.chain.params.Dialect {
	case Celo:
		if kind, ok := f.celoEnvelope(); ok {
			return func(t *transaction) { f.celo(t, kind) }
		}
		for _, name := range []string{"feeCurrency", "gatewayFee", "gatewayFeeRecipient"} {
			if !f.has(name) { // null says nothing
				f.take(name)
			}
		}
	case Harmony:
		if f.has("shardID", "toShardID") {
			f.harmonyNetwork()
			return f.harmony
		}
	}
	return f.prices
}

// has reports whether one of some members is there and not null.
func (o object) has(names ...string) bool {
	for _, name := range names {
		if raw, ok := o[name]; ok && raw.Kind() != 'n' {
			return true
		}
	}
	return false
}
