package solidity

import (
	"encoding/hex"

	"strongroom/internal/chain"
)

// Operations of a Safe.
const (
	operationCall     = 0
	operationDelegate = 1
)

// safeExec is a transaction of a Safe, whose signatures come with the call. The
// refund pays whoever hands it in.
func (r *reading) safeExec(f frame, a []value) {
	r.operation(f, a[0].address(), a[1], a[2].b, a[3])
	gasPrice, gasToken, receiver := a[6], a[7].address(), a[8].address()
	if gasPrice.isZero() {
		return
	}
	e := chain.Effect{
		Kind: chain.Move, Asset: r.caller.Native, Amount: everything, From: r.name(f.to),
		Detail: "refund of gas at a price of " + gasPrice.decimal() + ", to whoever hands it in",
	}
	if gasToken != [20]byte{} {
		e.Asset = r.token(gasToken)
	}
	if receiver != [20]byte{} {
		e.To, e.Detail = r.name(receiver), "refund of gas at a price of "+gasPrice.decimal()
	}
	r.add(e)
	r.warn("The account refunds gas at a price that the transaction names.")
}

func (r *reading) safeModuleExec(f frame, a []value) {
	r.operation(f, a[0].address(), a[1], a[2].b, a[3])
}

// operation is one call or delegatecall by the Safe.
func (r *reading) operation(f frame, to [20]byte, amount value, data []byte, operation value) {
	r.ran(f)
	if operation.b[word-1] > operationDelegate {
		r.opaque(f, selectorText(f.selector), "an operation that does not exist")
		return
	}
	if r.admit(f, 1) {
		r.makes(f, to, amount, data, operation.b[word-1] == operationDelegate)
	}
}

// The entries of multiSend: operation, receiver, value, size of the data, data.
const (
	packedTo     = 1
	packedValue  = packedTo + 20
	packedSize   = packedValue + word
	packedHeader = packedSize + word
)

// multiSend is that of Safe's library. Its calls come from the account that runs it.
func (r *reading) multiSend(f frame, a []value) {
	r.ran(f)
	packed := a[0].b
	n, ok := countPacked(packed)
	if !ok {
		r.opaque(f, selectorText(f.selector), notCanonical)
		return
	}
	if !r.admit(f, n) {
		return
	}
	for len(packed) > 0 {
		size, _ := number(packed[packedSize:packedHeader])
		end := packedHeader + size
		r.makesOwn(f, [20]byte(packed[packedTo:packedValue]), value{b: packed[packedValue:packedSize]},
			packed[packedHeader:end], packed[0] == operationDelegate)
		packed = packed[end:]
	}
}

// countPacked counts the entries of multiSend, and checks that they fit.
func countPacked(packed []byte) (n int, ok bool) {
	for ; len(packed) > 0; n++ {
		if len(packed) < packedHeader || packed[0] > operationDelegate {
			return 0, false
		}
		size, small := number(packed[packedSize:packedHeader])
		if !small || size > len(packed)-packedHeader {
			return 0, false
		}
		packed = packed[packedHeader+size:]
	}
	return n, true
}

// safeSetup makes a new Safe: owners, and code that runs once with its rights.
func (r *reading) safeSetup(f frame, a []value) {
	if !r.list(f, len(a[0].list)) {
		return
	}
	for _, owner := range a[0].list {
		r.authority(f, r.name(owner.address()), "owner", "one of the owners")
	}
	r.changeRequirement(f, a[1:2])
	if handler := a[4].address(); handler != [20]byte{} {
		r.authority(f, r.name(handler), "fallback handler", f.name())
	}
	if (a[2].address() != [20]byte{} || len(a[3].b) > 0) && r.admit(f, 1) {
		r.makes(f, a[2].address(), value{}, a[3].b, true)
	}
	if !a[6].isZero() {
		e := chain.Effect{Kind: chain.Move, Asset: r.caller.Native, Amount: a[6].decimal(), From: r.name(f.to), Detail: "payment for the set-up, to whoever hands it in"}
		if receiver := a[7].address(); receiver != [20]byte{} {
			e.To, e.Detail = r.name(receiver), "payment for the set-up"
		}
		if token := a[5].address(); token != [20]byte{} {
			e.Asset = r.token(token)
		}
		r.add(e)
	}
}

func (r *reading) safeAddOwner(f frame, a []value) {
	r.authority(f, r.name(a[0].address()), "owner", "added")
	r.changeRequirement(f, a[1:])
}

func (r *reading) safeSwapOwner(f frame, a []value) {
	r.replaceOwner(f, a[1:])
}

func (r *reading) safeRemoveOwner(f frame, a []value) {
	r.authority(f, "", "owner", "taken from "+r.name(a[1].address()))
	r.changeRequirement(f, a[2:])
}

func (r *reading) safeDisableModule(f frame, a []value) { r.lessAuthority(f, a[1:]) }

// safeApproveHash agrees to a transaction of which only the hash is known.
func (r *reading) safeApproveHash(f frame, a []value) {
	r.opaque(f, "hash 0x"+hex.EncodeToString(a[0].b), "agrees to a transaction of the Safe of which nothing but the hash is known")
}

// safeSignMessage signs for the account (ERC-1271).
func (r *reading) safeSignMessage(f frame, a []value) {
	r.add(chain.Effect{Kind: chain.Opaque, From: r.executorName(f), To: r.name(f.to), Subject: "message", Detail: "a signature of the account under " + sizeText(a[0].b)})
}
