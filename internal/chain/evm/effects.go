package evm

import (
	"math/big"
	"slices"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/chain/solidity"
	"strongroom/internal/codec/rlp"
)

// description collects what a request would do.
type description struct {
	chain   Chain
	signer  *account // whose transaction or message it is
	key     *account // that of the key that signs: the same, except on Kaia
	chainID uint64   // 0: every network, or not known

	effects  []chain.Effect
	warnings []string
	facts    []chain.Fact
	units    map[string]chain.Unit
	names    map[string]string
}

// describe starts a description. chainID is the network that is signed for.
func (c Chain) describe(signer *account, chainID uint64) *description {
	return &description{chain: c, signer: signer, key: signer, chainID: chainID}
}

// Bounds of what is told to people.
const (
	mostFacts    = 256
	mostWarnings = 32
)

func (d *description) add(e chain.Effect) { d.effects = append(d.effects, e) }

// warn adds a warning once.
func (d *description) warn(text string) {
	switch {
	case slices.Contains(d.warnings, text):
	case len(d.warnings) < mostWarnings-1:
		d.warnings = append(d.warnings, text)
	case len(d.warnings) == mostWarnings-1:
		d.warnings = append(d.warnings, "There are more warnings than are shown.")
	}
}

func (d *description) fact(name, value string) {
	if len(d.facts) < mostFacts {
		d.facts = append(d.facts, chain.Fact{Name: name, Value: value})
	}
}

// text is an address as effects write it.
func (d *description) text(a address) string {
	if a == d.signer.Address {
		return d.signer.Text
	}
	return d.chain.text(a)
}

// native is the asset that fees are paid in.
func (d *description) native() string { return d.chain.network.Symbol }

// move adds a move of the native asset.
func (d *description) move(from, to string, value *big.Int, detail string) {
	d.add(chain.Effect{Kind: chain.Move, Asset: d.native(), Amount: value.String(), From: from, To: to, Detail: detail})
	d.unit(d.native())
}

// unit says how the native asset is counted.
func (d *description) unit(asset string) {
	if d.units == nil {
		d.units = make(map[string]chain.Unit, 2)
	}
	d.units[asset] = chain.Unit{Symbol: d.chain.network.Symbol, Decimals: d.chain.network.Decimals}
}

// transaction describes an unsigned transaction.
func (d *description) transaction(t *transaction) {
	d.effects = make([]chain.Effect, 0, 4)
	d.facts = make([]chain.Fact, 0, 8)
	d.fact("type", t.name())
	d.fact("nonce", decimal(t.nonce))
	d.fact("gas limit", decimal(t.gas))
	if t.tip == nil {
		d.fact("gas price", t.gasPrice.String())
	} else {
		d.fact("max fee per gas", t.gasPrice.String())
		d.fact("max priority fee per gas", t.tip.String())
	}
	if t.chainID == 0 {
		d.everyNetwork("the transaction names no chain id (EIP-155)")
	} else {
		d.fact("chain id", decimal(t.chainID))
	}
	if t.own == nil {
		d.payload(t)
	} else {
		t.own.payload(t, d)
	}
	d.authorizations(t)
	d.accessed(t)
	d.fees(t)
}

// everyNetwork says that a signature is good on networks about which nothing here
// knows what it does there.
func (d *description) everyNetwork(why string) {
	d.fact("chain id", "none: valid on every network")
	d.warn("This is valid on every network, with the same effect on what the account has there.")
	d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, Subject: "chain id", Detail: "valid on every network: " + why})
}

// payload describes what is sent and called.
func (d *description) payload(t *transaction) {
	if t.to == nil {
		d.create(t)
		return
	}
	to := d.text(*t.to)
	if t.value.Sign() > 0 || len(t.data) == 0 {
		d.move(d.signer.Text, to, t.value, "")
		if hexaccount.IsBurn(*t.to) {
			d.warn("The receiver is an address to which nobody has the key: " + to + ".")
		}
	}
	d.contractName(*t.to, to)
	if len(t.data) > 0 {
		d.fact("call data", decimal(uint64(len(t.data)))+" bytes")
	}
	if *t.to == d.signer.Address {
		d.fact("receiver", "the sender itself")
		d.ownCode(to, t.data)
	}
	d.call(solidity.Call{From: d.signer.Address, To: *t.to, HasFrom: true, Value: t.value, Data: t.data})
}

// ownCode says that a call runs the code that an account has itself (EIP-7702,
// ERC-4337). Other contracts can lose only what they keep, which effects name; this one
// keeps all that the account has. What its functions for making calls do is read.
func (d *description) ownCode(account string, data []byte) {
	if len(data) == 0 || len(data) >= 4 && slices.Contains(makesCalls(), [4]byte(data[:4])) {
		return
	}
	d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, To: account, Subject: "own code",
		Detail: "runs the code of the account itself, with all its rights"})
}

// makesCalls are the selectors of the functions by which accounts make calls.
func makesCalls() [][4]byte {
	return [][4]byte{
		{0xb6, 0x1d, 0x27, 0xf6}, // execute(address,uint256,bytes)
		{0x18, 0xdf, 0xb3, 0xc7}, // executeBatch(address[],bytes[])
		{0x47, 0xe1, 0xda, 0x2a}, // executeBatch(address[],uint256[],bytes[])
		{0x34, 0xfc, 0xd5, 0xbe}, // executeBatch((address,uint256,bytes)[])
		{0xe9, 0xae, 0x5c, 0x53}, // execute(bytes32,bytes), ERC-7579 and ERC-7821
	}
}

// create describes the creation of a contract.
func (d *description) create(t *transaction) {
	to := ""
	if isNamed(d.signer) { // the address follows from the sender's
		sum := hexaccount.Keccak(rlp.AppendList(nil, rlp.AppendUint(rlp.AppendBytes(nil, d.signer.Address[:]), t.nonce)))
		to = d.text(address(sum[12:]))
	}
	detail := "creates a contract of " + decimal(uint64(len(t.data))) + " bytes of code"
	if len(t.data) == 0 {
		detail = "creates a contract without code: what is sent there is lost"
		d.warn("The transaction has no receiver and no code: what is sent is lost.")
	}
	d.add(chain.Effect{Kind: chain.Deploy, From: d.signer.Text, To: to, Subject: "contract", Detail: detail})
	if t.value.Sign() > 0 {
		d.move(d.signer.Text, to, t.value, "to the new contract")
	}
}

// call describes call data.
func (d *description) call(call solidity.Call) {
	if len(call.Data) == 0 && !call.Delegate {
		return
	}
	caller := solidity.Caller{Address: d.text, Native: d.native(), Token: d.tokenAsset}
	m := caller.Read(call)
	d.effects = append(d.effects, m.Effects...)
	for _, text := range m.Warnings {
		d.warn(text)
	}
	for _, f := range m.Facts {
		d.fact(f.Name, f.Value)
	}
	for asset, unit := range m.Units {
		if d.units == nil {
			d.units = make(map[string]chain.Unit, 2)
		}
		if _, known := d.units[asset]; !known {
			d.units[asset] = unit
		}
	}
	for address, name := range m.Names {
		d.name(address, name)
	}
}

func (d *description) name(address, name string) {
	if d.names == nil {
		d.names = make(map[string]string, 2)
	}
	if _, known := d.names[address]; !known {
		d.names[address] = name
	}
}

// authorizations describes the list of EIP-7702. The accounts that signed it, and
// not the sender of the transaction, get the code.
func (d *description) authorizations(t *transaction) {
	for i := range t.authorizations {
		a := &t.authorizations[i]
		authority, ok := a.authority()
		switch {
		case !ok:
			d.authorize(a, "", "the signature is nobody's, so networks pass it over")
			continue
		case a.chainID.Sign() != 0 && (!a.chainID.IsUint64() || a.chainID.Uint64() != t.chainID):
			d.authorize(a, d.text(authority), "for another chain id, so this network passes it over")
			continue
		}
		d.authorize(a, d.text(authority), "signed already")
		if authority == d.signer.Address {
			d.warn("The transaction puts code onto the account that signs.")
		}
		if t.to != nil && authority == *t.to {
			d.add(chain.Effect{Kind: chain.Opaque, From: d.signer.Text, To: d.text(authority), Subject: "authorization",
				Detail: "the receiver runs code that it gets in the same transaction"})
		}
	}
	if t.envelope == setCode && len(t.authorizations) == 0 {
		d.warn("The list of authorizations is empty: networks refuse the transaction.")
	}
}

// authorize describes one authorization of an account.
func (d *description) authorize(a *authorization, account, note string) {
	e := chain.Effect{Kind: chain.Authority, From: account, To: d.text(a.address), Subject: "code"}
	e.Detail = "the account runs the code of this contract (EIP-7702)"
	if a.address == (address{}) {
		e.Detail = "the account has no code any more (EIP-7702)"
	}
	e.Detail += ", nonce " + decimal(a.nonce)
	if a.chainID.Sign() == 0 {
		e.Detail += ", on every network"
		d.warn("An authorization is valid on every network.")
	} else {
		e.Detail += ", on chain id " + a.chainID.String()
	}
	if note != "" {
		e.Detail += "; " + note
	}
	d.add(e)
}

// accessed tells how much a transaction announces.
func (d *description) accessed(t *transaction) {
	if len(t.access) == 0 {
		return
	}
	keys := 0
	for i := range t.access {
		keys += len(t.access[i].keys)
	}
	d.fact("access list", decimal(uint64(len(t.access)))+" addresses, "+decimal(uint64(keys))+" storage keys")
}

// fees adds the most that the network takes.
func (d *description) fees(t *transaction) {
	fee := new(big.Int).SetUint64(t.gas)
	fee.Mul(fee, t.gasPrice)
	if t.own != nil {
		t.own.fee(t, d, fee)
		return
	}
	e := d.feeOf(t, d.native(), d.signer.Text, fee)
	d.unit(d.native())
	if t.envelope == blob {
		most := new(big.Int).SetUint64(blobGas * uint64(len(t.blobs)))
		e.Amount = most.Mul(most, t.blobGasPrice).String()
		e.Subject = "blobs"
		d.add(e)
		d.fact("blobs", decimal(uint64(len(t.blobs)))+"; the result is the transaction without their sidecar")
		fee.Add(fee, most)
	}
	d.tenth(t, fee)
}

// feeOf adds a fee that is paid from an account.
func (d *description) feeOf(t *transaction, asset, from string, most *big.Int) chain.Effect {
	e := chain.Effect{Kind: chain.Fee, Asset: asset, Amount: most.String(), From: from, Detail: "at most"}
	if d.chain.params.ChainID == 0 && t.chainID != 0 {
		e.Detail += ", on chain id " + decimal(t.chainID)
	}
	d.add(e)
	return e
}

// tenth warns of a fee that is high beside the amount that is sent.
func (d *description) tenth(t *transaction, fee *big.Int) {
	if t.value.Sign() > 0 && len(t.data) == 0 && aboveTenth(fee, t.value) {
		d.warn(feeAboveTenth)
	}
}

const feeAboveTenth = "The fee may be more than a tenth of the amount."

func aboveTenth(fee, amount *big.Int) bool {
	return new(big.Int).Mul(fee, big.NewInt(10)).Cmp(amount) > 0
}
