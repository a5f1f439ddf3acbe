package bitcoin

import (
	"bytes"
	"slices"

	"strongroom/internal/fault"
)

// digestKind is how the digest of an input is made.
type digestKind uint8

const (
	legacyDigest  digestKind = iota // as in the first release
	witnessDigest                   // BIP-143
	cashDigest                      // BIP-143 with FORKID, for a Schnorr signature
	taprootDigest                   // BIP-341, by the key path
)

// job is one signature to make.
type job struct {
	input  int
	by     *candidate
	digest digestKind
	hash   hashType
	public []byte // as the script has it
	code   []byte // the script that is hashed
	root   []byte // of the script tree (taproot)
	redeem []byte // the script that P2SH-P2WPKH adds
	shared bool   // others must sign this input too
}

// assign finds the jobs: which key signs which input, and how.
func (o *order) assign() error {
	if o.context.Amounts != nil {
		if len(o.keys) != 1 && len(o.keys) != len(o.spends) {
			return fault.UnknownKey.New("%d keys for %d inputs: one is wanted for each, or one for all", len(o.keys), len(o.spends))
		}
		for i := range o.spends {
			k := &o.keys[min(i, len(o.keys)-1)]
			o.spends[i].script, o.spends[i].program = p2pkhScript(k.hash), k.hash
		}
	}
	for i := range o.spends {
		before := len(o.jobs)
		if err := o.assignInput(i); err != nil {
			return err
		}
		found := o.jobs[before:]
		if o.form == FormTransaction {
			if err := o.complete(i, found); err != nil {
				return err
			}
		}
		for j := range found {
			found[j].by.signs, o.spends[i].signed = true, true
			if err := o.checkJob(&found[j]); err != nil {
				return err
			}
		}
	}
	if len(o.jobs) == 0 {
		return fault.UnknownKey.New("none of the keys signs an input of this transaction, or they all have signed")
	}
	return nil
}

// complete checks that an input is signed by one of our keys alone.
func (o *order) complete(i int, found []job) error {
	switch s := &o.spends[i]; {
	case s.final:
		return fault.InvalidPayload.New("input %d is signed already", i).WithHint("sign it as a PSBT")
	case !s.known:
		return fault.InvalidPayload.New("the PSBT does not say what input %d spends", i)
	case len(found) == 0:
		return fault.UnknownKey.New("none of the keys signs input %d, which spends %s", i, o.c.label(s.script))
	case found[0].shared:
		return fault.Unsupported.New("input %d needs signatures of several keys", i).WithHint("sign it as a PSBT")
	}
	return nil
}

// assignInput adds the jobs of one input.
func (o *order) assignInput(i int) error {
	s := &o.spends[i]
	if s.final || !s.known {
		return nil
	}
	kind, program, code := s.kind, s.program, s.script
	digest := legacyDigest
	if o.c.params.ForkID {
		if kind != p2pkh {
			return nil
		}
		digest = cashDigest
	}
	if kind == p2sh && s.redeem != nil {
		kind, program = o.c.kindOf(s.redeem)
		code = s.redeem
		if kind != p2wpkh && kind != p2wsh {
			return o.assignShared(i, legacyDigest, s.redeem)
		}
	}
	switch kind {
	case p2wsh:
		if s.witness == nil {
			return nil
		}
		return o.assignShared(i, witnessDigest, s.witness)
	case p2tr:
		return o.assignTaproot(i)
	case p2wpkh:
		digest = witnessDigest
	}
	j := job{input: i, digest: digest, code: code}
	for n := range o.keys {
		k := &o.keys[n]
		switch {
		case kind == p2pkh && bytes.Equal(program, k.hash), kind == p2pk && bytes.Equal(program, k.public):
		case kind == p2wpkh && bytes.Equal(program, k.hash):
			if s.kind == p2sh {
				j.redeem = s.redeem
			}
		case kind == p2sh && o.c.params.HRP != "" && bytes.Equal(program, k.nestedHash()):
			j.digest, j.redeem = witnessDigest, witnessScript(0, k.hash)
			j.code = j.redeem
		default:
			continue
		}
		j.by, j.public = k, k.public
		return o.add(j)
	}
	for n := range o.keys {
		if kind != p2pkh && kind != p2pk {
			break
		}
		k := &o.keys[n]
		long, hash := k.uncompressed()
		if len(long) > 0 && (kind == p2pkh && bytes.Equal(program, hash) || kind == p2pk && bytes.Equal(program, long)) {
			j.by, j.public = k, long
			return o.add(j)
		}
	}
	return nil
}

// assignShared adds a job for each of our keys in a multi-signature script.
func (o *order) assignShared(i int, digest digestKind, script []byte) error {
	_, publics, ok := multiSig(script)
	if !ok {
		return nil
	}
	for n, public := range publics {
		if slices.ContainsFunc(publics[:n], func(other []byte) bool { return bytes.Equal(other, public) }) {
			continue
		}
		for m := range o.keys {
			k := &o.keys[m]
			same := bytes.Equal(public, k.public)
			if !same && digest == legacyDigest && len(public) == uncompressedSize {
				long, _ := k.uncompressed()
				same = bytes.Equal(public, long)
			}
			if same {
				if err := o.add(job{input: i, by: k, digest: digest, public: public, code: script, shared: true}); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// assignTaproot adds the job of the key path. With a script tree the PSBT must name
// the internal key, so that only one output key has to be computed.
func (o *order) assignTaproot(i int) error {
	s, f := &o.spends[i], o.packet.inputs[i]
	root, internal := f.get(inTapRoot), f.get(inTapInternal)
	if root != nil && internal == nil {
		return fault.InvalidPayload.New("input %d has the root of a script tree, but no internal key", i)
	}
	for n := range o.keys {
		k := &o.keys[n]
		if internal != nil && !bytes.Equal(internal, k.public[1:]) {
			continue
		}
		if bytes.Equal(k.taproot(o.c.outputs, root), s.program) {
			return o.add(job{input: i, by: k, digest: taprootDigest, public: k.public, root: root})
		}
		if root != nil {
			return nil // another key has another internal key
		}
	}
	return nil
}

// add adds a job, unless the PSBT has its signature.
func (o *order) add(j job) error {
	f := o.packet.inputs[j.input]
	signed := f.of(inPartialSig, j.public) != nil
	if j.digest == taprootDigest {
		signed = f.get(inTapKeySig) != nil
	}
	if signed && o.form == FormPSBT {
		return nil
	}
	if signed {
		return fault.InvalidPayload.New("input %d is signed already", j.input).WithHint("sign it as a PSBT")
	}
	var err error
	if j.hash, err = o.hashType(&j); err != nil {
		return err
	}
	o.jobs = append(o.jobs, j)
	return nil
}

// checkJob checks that enough is known for the digest, and for trusting it.
func (o *order) checkJob(j *job) error {
	s := &o.spends[j.input]
	switch j.digest {
	case legacyDigest:
		if !s.proved && !o.context.Stated {
			return fault.InvalidPayload.New("the PSBT lacks the previous transaction of input %d, without which its amount is not sure", j.input).
				WithHint("add it to the PSBT (non-witness UTXO)")
		}
	case taprootDigest:
		for i := range o.spends {
			if !o.spends[i].known {
				return fault.InvalidPayload.New("the PSBT does not say what input %d spends, which input %d signs", i, j.input)
			}
		}
	}
	return nil
}
