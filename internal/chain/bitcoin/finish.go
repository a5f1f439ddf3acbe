package bitcoin

import (
	"bytes"

	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const schnorrSize = 64

// finish makes the result from the signatures, one for each job.
func (o *order) finish(signatures [][]byte) ([]byte, error) {
	if len(signatures) != len(o.jobs) {
		return nil, fault.Invalid.New("%d signatures for %d tasks", len(signatures), len(o.jobs))
	}
	written := make([][]byte, len(signatures))
	for n, signature := range signatures {
		var err error
		if written[n], err = o.jobs[n].write(signature); err != nil {
			return nil, err
		}
	}
	if o.form == FormPSBT {
		return o.partial(written), nil
	}
	tx := o.packet.tx.Copy()
	for n := range o.jobs {
		o.jobs[n].place(tx.TxIn[o.jobs[n].input], o.spends[o.jobs[n].input].kind, written[n])
	}
	return serialize(tx), nil
}

// write is a signature as scripts have it: with the hash type behind it, and in DER
// if it is one of ECDSA.
func (j *job) write(signature []byte) ([]byte, error) {
	if j.digest == cashDigest || j.digest == taprootDigest {
		if len(signature) != schnorrSize {
			return nil, fault.Invalid.New("a Schnorr signature has %d bytes, not %d", schnorrSize, len(signature))
		}
		if j.hash == sighashDefault {
			return bytes.Clone(signature), nil
		}
		return append(bytes.Clone(signature), byte(j.hash)), nil
	}
	rs, _, err := curve.ECDSASecp256k1.Split(signature)
	if err != nil {
		return nil, err
	}
	return append(der(rs), byte(j.hash)), nil
}

// der encodes r‖s as ASN.1 does: a sequence of two numbers without needless zeros.
func der(rs []byte) []byte {
	const sequence, integer = 0x30, 0x02
	out := make([]byte, 2, 2+2*(2+33)+1)
	for _, number := range [2][]byte{rs[:32], rs[32:]} {
		for len(number) > 1 && number[0] == 0 {
			number = number[1:]
		}
		if number[0]&0x80 != 0 {
			out = append(out, integer, byte(len(number)+1), 0)
		} else {
			out = append(out, integer, byte(len(number)))
		}
		out = append(out, number...)
	}
	out[0], out[1] = sequence, byte(len(out)-2)
	return out
}

// place puts a signature into an input that the key signs alone. kind is that of the
// spent output.
func (j *job) place(in *wire.TxIn, kind scriptKind, signature []byte) {
	switch {
	case j.digest == taprootDigest:
		in.Witness = wire.TxWitness{signature}
	case j.digest == witnessDigest:
		in.Witness = wire.TxWitness{signature, j.public}
		if j.redeem != nil {
			in.SignatureScript = push(nil, j.redeem)
		}
	case kind == p2pk:
		in.SignatureScript = push(nil, signature)
	default:
		in.SignatureScript = push(push(nil, signature), j.public)
	}
}

// partial is the PSBT with the signatures in it.
func (o *order) partial(signatures [][]byte) []byte {
	p := *o.packet
	p.inputs = append([]fields(nil), p.inputs...)
	for n := range o.jobs {
		j := &o.jobs[n]
		f := &p.inputs[j.input]
		if j.digest == taprootDigest {
			*f = f.with(inTapKeySig, nil, signatures[n])
			continue
		}
		*f = f.with(inPartialSig, j.public, signatures[n])
		if j.redeem != nil && f.get(inRedeem) == nil {
			*f = f.with(inRedeem, nil, j.redeem)
		}
	}
	return p.encode()
}
