package solidity

import (
	"encoding/hex"

	"strongroom/internal/chain"
)

// upgradeTo replaces the code behind a proxy (EIP-1967), and may run some of it.
func (r *reading) upgradeTo(f frame, a []value) {
	r.replaced(f, r.name(f.to), a[0].address())
	r.initialized(f, f.to, a[1:])
}

// replaced says that a contract gets other code.
func (r *reading) replaced(f frame, contract string, code [20]byte) {
	r.add(chain.Effect{Kind: chain.Deploy, From: contract, To: r.name(code), Subject: "code", Detail: f.name() + ": the contract gets other code"})
}

// initialized reads the call that a contract makes with its new code.
func (r *reading) initialized(f frame, contract [20]byte, data []value) {
	if len(data) == 1 && len(data[0].b) > 0 && r.admit(f, 1) {
		r.call(frame{from: f.from, to: contract, known: f.known, depth: f.depth + 1}, data[0].b)
	}
}

// upgradeOther is that of a proxy's administrator contract.
func (r *reading) upgradeOther(f frame, a []value) {
	r.replaced(f, r.name(a[0].address()), a[1].address())
	r.ran(f)
	if len(a) == 3 && len(a[2].b) > 0 && r.admit(f, 1) {
		r.call(frame{from: f.to, to: a[0].address(), known: true, depth: f.depth + 1}, a[2].b)
	}
}

// diamondCut is that of EIP-2535: functions of a contract get other code, and any
// code may run once with its rights.
func (r *reading) diamondCut(f frame, a []value) {
	if !r.list(f, len(a[0].list)) {
		return
	}
	for _, facet := range a[0].list {
		r.replaced(f, r.name(f.to), facet.list[0].address())
	}
	if (a[1].address() != [20]byte{} || len(a[2].b) > 0) && r.admit(f, 1) {
		r.makes(f, a[1].address(), value{}, a[2].b, true)
	}
}

// createProxy is that of Safe: a new account, set up by a call.
func (r *reading) createProxy(f frame, a []value) {
	r.add(chain.Effect{Kind: chain.Deploy, From: r.from(f), To: r.name(a[0].address()), Subject: "new proxy", Detail: "a new contract with the code of that one"})
	r.ran(f)
	if len(a[1].b) > 0 {
		r.opaque(f, "initializer", "the call that sets up the new contract")
	}
}

// performCreate is that of Safe's library CreateCall.
func (r *reading) performCreate(f frame, a []value) {
	e := chain.Effect{Kind: chain.Deploy, From: r.executorName(f), Subject: "new contract", Detail: "creates a contract from " + sizeText(a[1].b)}
	if !a[0].isZero() {
		r.add(chain.Effect{Kind: chain.Move, Asset: r.caller.Native, Amount: a[0].decimal(), From: e.From, To: "", Subject: e.Subject, Detail: "to the new contract"})
	}
	r.add(e)
}

func (r *reading) destroy(f frame, _ []value) {
	r.add(chain.Effect{Kind: chain.Destroy, From: r.name(f.to), Subject: "contract", Detail: f.name()})
}

func (r *reading) destroyAndSend(f frame, a []value) {
	r.destroy(f, nil)
	r.add(chain.Effect{Kind: chain.Close, Asset: r.caller.Native, Amount: everything, From: r.name(f.to), To: r.name(a[0].address()), Detail: f.name()})
}

// sizeText shows the beginning of data that is too long for an effect.
func sizeText(data []byte) string {
	const shown = 16
	text := "0x" + hex.EncodeToString(data[:min(len(data), shown)])
	if len(data) > shown {
		text += "…"
	}
	return text
}
