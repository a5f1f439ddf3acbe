package bitcoin

import (
	"crypto/sha256"

	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const bip322Tag = "BIP0322-signed-message"

// decodeBIP322 understands the form "bip322". The signature is one of hash type ALL,
// also for P2TR, as the standard requires.
func (c Chain) decodeBIP322(req chain.Request) (*chain.Intent, error) {
	key, err := messageKey(req)
	if err != nil {
		return nil, err
	}
	format := FormatP2WPKH
	if len(req.Context) > 0 {
		format = string(req.Context)
	}
	if format != FormatP2WPKH && format != FormatP2TR {
		return nil, fault.Unsupported.New("BIP-322 signs here for addresses of format p2wpkh and p2tr, not %.40q", format)
	}
	script, err := c.scriptOf(key, format)
	if err != nil {
		return nil, err
	}
	_, toSign := virtual(req.Payload, script)
	outputs := txscript.NewCannedPrevOutputFetcher(script, 0)
	sums := txscript.NewTxSigHashes(toSign, outputs)

	task := chain.Task{Key: key, Scheme: curve.ECDSASecp256k1}
	j := job{digest: witnessDigest, hash: sighashAll, public: key.Bytes()}
	if format == FormatP2TR {
		task.Scheme, j.digest = curve.TaprootKey, taprootDigest
		task.Message, err = txscript.CalcTaprootSignatureHash(sums, txscript.SigHashAll, toSign, 0, outputs)
	} else {
		task.Message, err = txscript.CalcWitnessSigHash(script, sums, txscript.SigHashAll, toSign, 0, 0)
	}
	if err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "the message cannot be hashed")
	}
	in := c.messageIntent(req, c.addressOf(script), task)
	in.Finish = func(signatures [][]byte) ([]byte, error) {
		if len(signatures) != 1 {
			return nil, fault.Invalid.New("%d signatures for 1 task", len(signatures))
		}
		signature, err := j.write(signatures[0])
		if err != nil {
			return nil, err
		}
		if j.digest == taprootDigest {
			return appendBytes([]byte{1}, signature), nil
		}
		return appendBytes(appendBytes([]byte{2}, signature), j.public), nil
	}
	return in, nil
}

// virtual are the two transactions of BIP-322, section "Full": one that holds the
// message and pays nothing to script, and one that spends it.
func virtual(message, script []byte) (toSpend, toSign *wire.MsgTx) {
	tag := sha256.Sum256([]byte(bip322Tag))
	h := sha256.New()
	h.Write(tag[:])
	h.Write(tag[:])
	h.Write(message)

	toSpend = &wire.MsgTx{
		TxIn: []*wire.TxIn{{
			PreviousOutPoint: wire.OutPoint{Index: noIndex},
			SignatureScript:  push([]byte{op0}, h.Sum(nil)),
		}},
		TxOut: []*wire.TxOut{{PkScript: script}},
	}
	toSign = &wire.MsgTx{
		TxIn:  []*wire.TxIn{{PreviousOutPoint: wire.OutPoint{Hash: toSpend.TxHash()}}},
		TxOut: []*wire.TxOut{{PkScript: []byte{opReturn}}},
	}
	return toSpend, toSign
}
