package bitcoin

import (
	"bytes"

	"github.com/btcsuite/btcd/btcutil"
)

// The opcodes of the scripts that are understood.
const (
	op0           = 0x00
	opPush20      = 0x14
	opPush32      = 0x20
	op1           = 0x51
	op16          = 0x60
	opReturn      = 0x6a
	opDup         = 0x76
	opEqual       = 0x87
	opEqualVerify = 0x88
	opHash160     = 0xa9
	opHash256     = 0xaa
	opCheckSig    = 0xac
	opMultiSig    = 0xae
)

const (
	compressedSize   = 33
	uncompressedSize = 65
	xOnlySize        = 32
	hash160Size      = 20
	maxMultiSigKeys  = 16 // that the opcode for their number can say
)

// scriptKind is what a script pays to. The zero value is a script that is not
// understood.
type scriptKind uint8

const (
	unknownScript  scriptKind = iota
	p2pkh                     // HASH160 of a public key
	p2pk                      // a public key
	p2sh                      // HASH160 of a script (BIP-16)
	p2sh32                    // double SHA-256 of a script (Bitcoin Cash, CHIP-2022-05)
	p2wpkh                    // the same as p2pkh by witness (BIP-141)
	p2wsh                     // SHA-256 of a script, by witness (BIP-141)
	p2tr                      // a public key of BIP-341
	witnessProgram            // a later version of witness, that nothing secures yet
	dataOutput                // OP_RETURN: unspendable, carries data
)

// classify tells what a script pays to, with the hash, key or data in it, which
// shares memory with script. It knows nothing of networks that lack some kinds.
func classify(script []byte) (scriptKind, []byte) {
	n := len(script)
	switch {
	case n == 25 && script[0] == opDup && script[1] == opHash160 && script[2] == opPush20 && script[23] == opEqualVerify && script[24] == opCheckSig:
		return p2pkh, script[3:23]
	case n == 22 && script[0] == op0 && script[1] == opPush20:
		return p2wpkh, script[2:]
	case n == 23 && script[0] == opHash160 && script[1] == opPush20 && script[22] == opEqual:
		return p2sh, script[2:22]
	case n == 34 && script[0] == op0 && script[1] == opPush32:
		return p2wsh, script[2:]
	case n == 34 && script[0] == op1 && script[1] == opPush32:
		return p2tr, script[2:]
	case n == 35 && script[0] == opHash256 && script[1] == opPush32 && script[34] == opEqual:
		return p2sh32, script[2:34]
	case n == compressedSize+2 && script[0] == compressedSize && script[n-1] == opCheckSig && (script[1] == 2 || script[1] == 3),
		n == uncompressedSize+2 && script[0] == uncompressedSize && script[n-1] == opCheckSig && script[1] == 4:
		return p2pk, script[1 : n-1]
	case n >= 1 && script[0] == opReturn:
		return dataOutput, script[1:]
	case n >= 4 && n <= 42 && (script[0] == op0 || script[0] >= op1 && script[0] <= op16) && int(script[1]) == n-2:
		return witnessProgram, script[2:]
	}
	return unknownScript, nil
}

// kindOf is classify for this network: what it lacks is not understood.
func (c *Chain) kindOf(script []byte) (scriptKind, []byte) {
	kind, program := classify(script)
	switch kind {
	case p2wpkh, p2wsh, p2tr, witnessProgram:
		if c.params.HRP == "" {
			return unknownScript, nil
		}
	case p2sh32:
		if !c.params.ForkID {
			return unknownScript, nil
		}
	}
	return kind, program
}

func p2pkhScript(hash []byte) []byte {
	script := make([]byte, 0, 25)
	script = append(append(script, opDup, opHash160, opPush20), hash...)
	return append(script, opEqualVerify, opCheckSig)
}

func p2shScript(hash []byte) []byte {
	script := make([]byte, 0, 23)
	return append(append(append(script, opHash160, opPush20), hash...), opEqual)
}

func p2sh32Script(hash []byte) []byte {
	script := make([]byte, 0, 35)
	return append(append(append(script, opHash256, opPush32), hash...), opEqual)
}

// witnessScript is the script of a witness program, version 0 to 16.
func witnessScript(version byte, program []byte) []byte {
	script := make([]byte, 0, 2+len(program))
	if version > 0 {
		version += op1 - 1
	}
	return append(append(script, version, byte(len(program))), program...)
}

// multiSig reads the usual script of m of n signatures. The keys share memory with
// script.
func multiSig(script []byte) (m int, keys [][]byte, ok bool) {
	n := len(script)
	if n < 3 || script[n-1] != opMultiSig || script[0] < op1 || script[0] > op16 || script[n-2] < op1 || script[n-2] > op16 {
		return 0, nil, false
	}
	m = int(script[0]) - op1 + 1
	count := int(script[n-2]) - op1 + 1
	for rest := script[1 : n-2]; len(rest) > 0; {
		size := int(rest[0])
		if size != compressedSize && size != uncompressedSize || len(rest) < 1+size || len(keys) == maxMultiSigKeys {
			return 0, nil, false
		}
		keys = append(keys, rest[1:1+size])
		rest = rest[1+size:]
	}
	return m, keys, len(keys) == count && m <= count
}

// push is the shortest script that pushes up to 520 bytes. Callers push signatures,
// keys and scripts, never a single byte, which can be shorter still.
func push(script, data []byte) []byte {
	switch n := len(data); {
	case n < 0x4c:
		script = append(script, byte(n))
	case n <= 0xff:
		script = append(script, 0x4c, byte(n))
	default:
		script = append(script, 0x4d, byte(n), byte(n>>8))
	}
	return append(script, data...)
}

func hash160(data []byte) []byte { return btcutil.Hash160(data) }

// isHashOf reports whether hash is HASH160 of data.
func isHashOf(hash, data []byte) bool { return bytes.Equal(hash, hash160(data)) }
