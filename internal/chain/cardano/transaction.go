package cardano

import (
	"bytes"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The tags that transactions use.
const (
	tagCBOR     = 24  // bytes that are CBOR (RFC 8949, section 3.4.5.1)
	tagRational = 30  // [numerator, denominator]
	tagSet      = 258 // an array without an order
	tagAuxData  = 259 // auxiliary data since Alonzo
)

// transaction is where the parts of a payload are.
type transaction struct {
	body      []byte
	witnesses witnesses
	auxiliary []byte // null where there is none
	sets      bool   // the body tags its sets, so witnesses are tagged too
}

// readTransaction reads [body, witness set, is valid, auxiliary data], or a body alone.
// Payload is the intent's own.
func (c Chain) readTransaction(payload []byte, keys []curve.PublicKey) (*chain.Intent, ready, error) {
	in := &chain.Intent{Chain: c.network.ID, Form: FormTransaction, Encoding: chain.Hex}
	r := &reader{data: payload}
	d := &describer{c: c, r: r, in: in}
	t := &transaction{auxiliary: []byte{cborNull}}
	if r.major() == majorMap {
		t.body = d.body()
	} else {
		l := r.array()
		l.next()
		t.body = d.body()
		l.next()
		t.witnesses = r.witnesses()
		if l.next(); !r.boolean() {
			r.fail(fault.InvalidPayload.New("transaction: marked as one whose scripts fail, which only its collateral would pay for"))
		}
		l.next()
		t.auxiliary = r.raw()
		l.end()
		d.auxiliary(t.auxiliary)
	}
	if err := r.end(); err != nil {
		return nil, ready{}, err
	}
	for _, key := range keys {
		if t.witnesses.has(key) {
			return nil, ready{}, fault.InvalidPayload.New("transaction: it is signed with %s already", key)
		}
	}
	t.sets = d.sets
	if len(t.auxiliary) == 1 && d.auxHash != nil {
		d.warn("the auxiliary data that the body promises are not here: without them the network will refuse the transaction")
	}
	d.finish(t.witnesses.redeemers)
	digest := blake2b.Sum256(t.body)
	return in, ready{message: digest[:], finish: func(s [][]byte) ([]byte, error) { return t.signed(keys, s), nil }}, nil
}

// signed is the transaction with further witnesses. Body and auxiliary data keep their
// bytes.
func (t *transaction) signed(keys []curve.PublicKey, signatures [][]byte) []byte {
	b := make([]byte, 0, len(t.body)+len(t.witnesses.all)+len(t.auxiliary)+len(keys)*104+16)
	b = append(appendHead(b, majorArray, 4), t.body...)
	b = t.witnesses.append(b, t.sets, keys, signatures)
	return append(append(b, cborTrue), t.auxiliary...)
}

// witnesses are a witness set: for key 0 its signatures, for the others their bytes.
type witnesses struct {
	all       []byte // the entries, keys included, without that of the signatures
	count     uint64 // of those entries
	vkeys     []byte // the signatures so far, one after the other
	publics   [][]byte
	tagged    bool // the signatures are a tagged set
	redeemers bool // there are arguments for scripts
}

// The keys of a witness set (Conway's CDDL, transaction_witness_set).
const (
	witnessKeys      = 0
	witnessRedeemers = 5
	witnessLast      = 7 // scripts of Plutus V3
)

func (r *reader) witnesses() (w witnesses) {
	seen := uint64(0)
	for l := r.mapping(); l.more(); {
		from := r.at
		key := r.uint()
		if r.err != nil {
			return w
		}
		if key > witnessLast {
			r.fail(fault.InvalidPayload.New("witness set: unknown key %d", key))
			return w
		}
		if seen&(1<<key) != 0 {
			r.fail(errTwice)
			return w
		}
		seen |= 1 << key
		if key != witnessKeys {
			w.redeemers = w.redeemers || key == witnessRedeemers
			r.raw()
			w.all = append(w.all, r.data[from:r.at]...)
			w.count++
			continue
		}
		w.tagged = r.major() == majorTag
		for items := r.set(); items.more(); {
			at := r.at
			pair := r.array()
			public := pair.next().fixed(32)
			pair.next().fixed(signatureSize)
			pair.end()
			if r.err != nil || len(w.publics) == maxKeys {
				r.fail(errCount)
				return w
			}
			w.publics = append(w.publics, public)
			w.vkeys = append(w.vkeys, r.data[at:r.at]...)
		}
	}
	return w
}

func (w witnesses) has(key curve.PublicKey) bool {
	var room [32]byte
	raw := key.AppendTo(room[:0])
	for _, p := range w.publics {
		if bytes.Equal(p, raw) {
			return true
		}
	}
	return false
}

// append writes the witness set with further signatures.
func (w witnesses) append(b []byte, sets bool, keys []curve.PublicKey, signatures [][]byte) []byte {
	b = appendHead(b, majorMap, w.count+1)
	b = appendHead(b, majorUint, witnessKeys)
	if w.tagged || sets && len(w.publics) == 0 {
		b = appendHead(b, majorTag, tagSet)
	}
	b = appendHead(b, majorArray, uint64(len(w.publics)+len(keys)))
	b = append(b, w.vkeys...)
	for i, key := range keys {
		b = appendHead(b, majorArray, 2)
		b = appendHead(b, majorBytes, 32)
		b = key.AppendTo(b)
		b = appendBytes(b, signatures[i])
	}
	return append(b, w.all...)
}
