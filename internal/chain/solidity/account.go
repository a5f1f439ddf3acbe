package solidity

import "math/big"

// execute is one call by an account, wallet or timelock.
func (r *reading) execute(f frame, a []value) {
	r.ran(f)
	if r.admit(f, 1) {
		r.makes(f, a[0].address(), a[1], a[2].b, false)
	}
}

func (r *reading) executeBatch(f frame, a []value) {
	r.batch(f, a[0].list, func(entry []value) (to, amount, data value) { return entry[0], entry[1], entry[2] })
}

// executeLists has receivers, values and data in lists of one length. There may be
// no values, and two of the functions have more arguments behind the lists.
func (r *reading) executeLists(f frame, a []value) {
	targets, values, calls := a[0].list, []value(nil), a[1].list
	if len(a) > 2 {
		values, calls = a[1].list, a[2].list
	}
	r.ran(f)
	// Some accounts take an empty list of values for zeros.
	if len(targets) != len(calls) || len(values) != 0 && len(values) != len(targets) {
		r.opaque(f, selectorText(f.selector), "lists of different lengths")
		return
	}
	if !r.admit(f, len(targets)) {
		return
	}
	for i := range targets {
		amount := value{}
		if len(values) > 0 {
			amount = values[i]
		}
		r.makes(f, targets[i].address(), amount, calls[i].b, false)
	}
}

// The first byte of an execution mode (ERC-7579) is the kind of call; the second
// is one where failures are passed over.
const (
	modeSingle   = 0x00
	modeBatch    = 0x01
	modeDelegate = 0xff
)

// executeMode is execute of ERC-7579 and ERC-7821. Modes with a selector or payload
// change what the data means, and are opaque.
func (r *reading) executeMode(f frame, a []value) {
	mode, data := a[0].b, a[1].b
	r.ran(f)
	if mode[1] > 1 || !zeros(mode[2:]) {
		r.opaque(f, selectorText(f.selector), "an execution mode whose meaning is not known")
		return
	}
	switch mode[0] {
	case modeSingle:
		if len(data) >= 20+word && r.admit(f, 1) {
			r.makesOwn(f, [20]byte(data[:20]), value{b: data[20 : 20+word]}, data[20+word:], false)
			return
		}
	case modeDelegate:
		if len(data) >= 20 && r.admit(f, 1) {
			r.makesOwn(f, [20]byte(data[:20]), value{}, data[20:], true)
			return
		}
	case modeBatch:
		list, ok := decoder{r.caller.Prefix}.decode("((address,uint256,bytes)[])", data)
		if ok && r.admit(f, len(list[0].list)) {
			for _, entry := range list[0].list {
				r.makesOwn(f, entry.list[0].address(), entry.list[1], entry.list[2].b, false)
			}
			return
		}
	}
	r.opaque(f, selectorText(f.selector), "execution data that does not fit its mode")
}

// makesOwn is makes where the zero address stands for the account itself in some
// releases, and for nobody in others.
func (r *reading) makesOwn(f frame, to [20]byte, amount value, data []byte, delegate bool) {
	if to == [20]byte{} {
		r.opaque(f, selectorText(f.selector), "a call of the zero address, which may stand for the account itself")
		if account, known := f.executor(); known && len(data) > 0 {
			inner := frame{from: account, to: account, known: true, value: new(big.Int), depth: f.depth + 1}
			r.call(inner, data)
		}
		if amount.b == nil || amount.isZero() {
			return
		}
	}
	r.makes(f, to, amount, data, delegate)
}

// executeDelegate is that of DSProxy: the code runs with the proxy's rights.
func (r *reading) executeDelegate(f frame, a []value) {
	r.ran(f)
	if r.admit(f, 1) {
		r.makes(f, a[0].address(), value{}, a[1].b, true)
	}
}
