package bitcoin

import (
	"bytes"
	"encoding/binary"

	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// hashType says what a signature commits to. It stands behind the signature.
type hashType uint8

// The types and flags.
const (
	sighashDefault      hashType = 0x00 // of taproot: all, without a byte behind the signature
	sighashAll          hashType = 0x01
	sighashNone         hashType = 0x02
	sighashSingle       hashType = 0x03
	sighashForkID       hashType = 0x40 // of Bitcoin Cash: never valid on Bitcoin
	sighashAnyoneCanPay hashType = 0x80
)

// base is the type without flags; ALL for DEFAULT.
func (h hashType) base() hashType {
	if h == sighashDefault {
		return sighashAll
	}
	return h &^ (sighashForkID | sighashAnyoneCanPay)
}

func (h hashType) anyoneCanPay() bool { return h&sighashAnyoneCanPay != 0 }

// everything reports whether nobody can change the transaction afterwards.
func (h hashType) everything() bool { return h.base() == sighashAll && !h.anyoneCanPay() }

// String is the name that the standards use.
func (h hashType) String() string {
	name := "ALL"
	switch h.base() {
	case sighashNone:
		name = "NONE"
	case sighashSingle:
		name = "SINGLE"
	}
	if h.anyoneCanPay() {
		name += "|ANYONECANPAY"
	}
	return name
}

// hashType is what the PSBT asks for, or the usual one.
func (o *order) hashType(j *job) (hashType, error) {
	h := sighashAll
	switch j.digest {
	case taprootDigest:
		h = sighashDefault
	case cashDigest:
		h |= sighashForkID
	}
	value := o.packet.inputs[j.input].get(inSighash)
	if value == nil {
		return h, nil
	}
	asked := binary.LittleEndian.Uint32(value)
	if asked > 0xff || !isHashType(hashType(asked), j.digest) {
		return 0, fault.Unsupported.New("input %d asks for the unknown hash type %#x", j.input, asked)
	}
	h = hashType(asked)
	// The digest would be a constant, or the hash of no output at all: a signature
	// that is good for more than this transaction.
	if h.base() == sighashSingle && j.input >= len(o.packet.tx.TxOut) {
		return 0, fault.InvalidPayload.New("input %d asks for SINGLE, but there is no output %d", j.input, j.input)
	}
	return h, nil
}

// isHashType reports whether a type is defined for that kind of digest.
func isHashType(h hashType, digest digestKind) bool {
	if h == sighashDefault {
		return digest == taprootDigest
	}
	if (h&sighashForkID != 0) != (digest == cashDigest) {
		return false
	}
	base := h.base()
	return base >= sighashAll && base <= sighashSingle
}

// tasks computes what the jobs sign.
func (o *order) tasks() ([]chain.Task, error) {
	tasks := make([]chain.Task, len(o.jobs))
	tx := o.packet.tx
	var sums *txscript.TxSigHashes
	var outputs txscript.PrevOutputFetcher
	for n := range o.jobs {
		j := &o.jobs[n]
		if j.digest != legacyDigest && sums == nil {
			outputs = o.outputs()
			sums = txscript.NewTxSigHashes(tx, outputs)
		}
		if n > 0 && j.shared && o.jobs[n-1].input == j.input {
			// The keys of one script sign the same.
			tasks[n] = chain.Task{Key: j.by.key, Scheme: tasks[n-1].Scheme, Message: bytes.Clone(tasks[n-1].Message)}
			continue
		}
		kind := txscript.SigHashType(j.hash)
		scheme := curve.ECDSASecp256k1
		var message []byte
		var err error
		switch j.digest {
		case legacyDigest:
			message, err = txscript.CalcSignatureHash(j.code, kind, tx, j.input)
		case cashDigest:
			scheme = curve.SchnorrBCH
			fallthrough
		case witnessDigest:
			message, err = txscript.CalcWitnessSigHash(j.code, sums, kind, tx, j.input, o.spends[j.input].amount)
		case taprootDigest:
			scheme = curve.TaprootKey
			message, err = txscript.CalcTaprootSignatureHash(sums, kind, tx, j.input, outputs)
		}
		if err != nil {
			return nil, fault.InvalidPayload.Wrap(err, "input %d cannot be hashed", j.input)
		}
		tasks[n] = chain.Task{Key: j.by.key, Scheme: scheme, Message: append(message, j.root...)}
	}
	return tasks, nil
}

// outputs are the spent outputs as the library wants them. Only digests of taproot
// look into them.
func (o *order) outputs() txscript.PrevOutputFetcher {
	taproot := false
	for i := range o.jobs {
		taproot = taproot || o.jobs[i].digest == taprootDigest
	}
	if !taproot {
		return txscript.NewCannedPrevOutputFetcher(nil, 0)
	}
	all := make(map[wire.OutPoint]*wire.TxOut, len(o.spends))
	for i, in := range o.packet.tx.TxIn {
		all[in.PreviousOutPoint] = &wire.TxOut{Value: o.spends[i].amount, PkScript: o.spends[i].script}
	}
	return txscript.NewMultiPrevOutFetcher(all)
}
