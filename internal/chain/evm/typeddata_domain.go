package evm

import (
	"strongroom/internal/fault"
)

// domain is what the domain of a document says in the members that EIP-712 knows.
type domain struct {
	standard bool    // the members have the names, types and order of EIP-712
	chainID  uint64  // 0: none
	contract address // who checks the signature
	named    bool    // whether contract is given
	name     string
	version  string
}

// readDomain reads the domain and checks its network. A chain id in another type
// than the standard's is not understood, and the domain is not standard then.
func (c Chain) readDomain(doc *typedData) (domain, error) {
	d := domain{standard: true}
	known, next := standardDomain(), 0
	for i := range doc.domain.of.members {
		m, v := &doc.domain.of.members[i], &doc.domain.items[i]
		for next < len(known) && known[next].Name != m.name {
			next++
		}
		if next == len(known) || known[next].Type != m.text {
			d.standard = false
			continue
		}
		switch m.name {
		case "name":
			d.name = v.text()
		case "version":
			d.version = v.text()
		case "verifyingContract":
			d.contract, d.named = v.address(), true
		}
	}
	for i := range doc.domain.of.members {
		m, v := &doc.domain.of.members[i], &doc.domain.items[i]
		if m.name != "chainId" || v.isArray() || v.kind != kindUint {
			continue
		}
		id := v.number()
		if !id.IsUint64() {
			return d, fault.InvalidPayload.New("chain id %s is out of range", id)
		}
		d.chainID = id.Uint64()
		if err := c.checkChain(d.chainID); err != nil {
			return d, err
		}
	}
	return d, nil
}
