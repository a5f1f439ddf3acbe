package stellar

import (
	"bytes"
	"crypto/sha256"
	"strconv"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
)

// contract is the hash that names a contract.
type contract = xdr.ContractId

// invokeHostFunction shows what is called and everything that the call may do in the
// name of the accounts that approve it.
func (d *description) invokeHostFunction(op *xdr.InvokeHostFunctionOp) {
	root := hostFunction(op.HostFunction)
	var shown []byte // the call as it has been shown
	if root != nil {
		shown = encodedCall(root)
	}
	switch {
	case root == nil && op.HostFunction.Wasm != nil:
		hash := sha256.Sum256(*op.HostFunction.Wasm)
		d.add(chain.Effect{
			Kind: chain.Deploy, Subject: "code " + hexText(hash[:]),
			Detail: "upload of " + strconv.Itoa(len(*op.HostFunction.Wasm)) + " bytes of code",
		})
	case root == nil:
		d.opaque("host function " + decimal(int64(op.HostFunction.Type)))
	default:
		d.authorized(root, "")
	}
	for i := range op.Auth {
		entry := &op.Auth[i]
		who, note := d.credentials(&entry.Credentials)
		from := d.from
		d.from = who
		// The tree begins with the call itself, which has been shown. Where it begins
		// with another one, that is approved too.
		if root == nil || !bytes.Equal(shown, encodedCall(&entry.RootInvocation.Function)) {
			d.authorized(&entry.RootInvocation.Function, phrases("approved", note))
		}
		d.invocations(entry.RootInvocation.SubInvocations, note)
		d.from = from
	}
}

// hostFunction is a call or deployment in the form in which it is approved, nil for
// anything else.
func hostFunction(f xdr.HostFunction) *xdr.SorobanAuthorizedFunction {
	switch f.Type {
	case xdr.HostFunctionTypeHostFunctionTypeInvokeContract:
		return &xdr.SorobanAuthorizedFunction{
			Type:       xdr.SorobanAuthorizedFunctionTypeSorobanAuthorizedFunctionTypeContractFn,
			ContractFn: f.InvokeContract,
		}
	case xdr.HostFunctionTypeHostFunctionTypeCreateContract:
		return &xdr.SorobanAuthorizedFunction{
			Type:                 xdr.SorobanAuthorizedFunctionTypeSorobanAuthorizedFunctionTypeCreateContractHostFn,
			CreateContractHostFn: f.CreateContract,
		}
	case xdr.HostFunctionTypeHostFunctionTypeCreateContractV2:
		return &xdr.SorobanAuthorizedFunction{
			Type:                   xdr.SorobanAuthorizedFunctionTypeSorobanAuthorizedFunctionTypeCreateContractV2HostFn,
			CreateContractV2HostFn: f.CreateContractV2,
		}
	}
	return nil
}

// encodedCall is a call as bytes, to compare it with another.
func encodedCall(f *xdr.SorobanAuthorizedFunction) []byte {
	b, err := f.MarshalBinary()
	if err != nil {
		return nil // what was read has an encoding
	}
	return b
}

// credentials tells who approves a tree: the operation's source account by signing the
// transaction, or somebody else by a signature that the entry carries.
func (d *description) credentials(c *xdr.SorobanCredentials) (who, note string) {
	var by *xdr.SorobanAddressCredentials
	switch c.Type {
	case xdr.SorobanCredentialsTypeSorobanCredentialsSourceAccount:
		return d.from, ""
	case xdr.SorobanCredentialsTypeSorobanCredentialsAddress:
		by = c.Address
	case xdr.SorobanCredentialsTypeSorobanCredentialsAddressV2:
		by = c.AddressV2
	case xdr.SorobanCredentialsTypeSorobanCredentialsAddressWithDelegates:
		by = &c.AddressWithDelegates.AddressCredentials
	}
	if by == nil {
		d.opaque("credentials " + decimal(int64(c.Type)))
		return d.from, ""
	}
	who = contractAddressText(by.Address)
	return who, "approved by " + who + " with a signature of its own, until ledger " + decimal(int64(by.SignatureExpirationLedger))
}

// invocations shows calls that a contract may make in somebody's name. The depth is
// bounded by that of the XDR.
func (d *description) invocations(list []xdr.SorobanAuthorizedInvocation, note string) {
	for i := range list {
		d.authorized(&list[i].Function, phrases("approved inside of another call", note))
		d.invocations(list[i].SubInvocations, note)
	}
}

// authorized shows one call or deployment.
func (d *description) authorized(f *xdr.SorobanAuthorizedFunction, note string) {
	switch {
	case f.ContractFn != nil:
		d.call(f.ContractFn, note)
	case f.CreateContractHostFn != nil:
		a := f.CreateContractHostFn
		d.deploy(a.ContractIdPreimage, a.Executable, 0, note)
	case f.CreateContractV2HostFn != nil:
		a := f.CreateContractV2HostFn
		d.deploy(a.ContractIdPreimage, a.Executable, len(a.ConstructorArgs), note)
	default:
		d.opaque("approved function " + decimal(int64(f.Type)))
	}
}

// deploy creates a contract. Its constructor, if any, runs with what the trees approve.
func (d *description) deploy(from xdr.ContractIdPreimage, code xdr.ContractExecutable, arguments int, note string) {
	id, what := d.chain.contractID(from), ""
	switch code.Type {
	case xdr.ContractExecutableTypeContractExecutableWasm:
		what = "code " + hexText(code.WasmHash[:])
	case xdr.ContractExecutableTypeContractExecutableStellarAsset:
		what = "contract of a classic asset"
		if from.FromAsset != nil {
			what = "contract of " + d.asset(*from.FromAsset)
		}
	default:
		what = "code that another contract names"
	}
	detail := phrases("create contract", note)
	if arguments > 0 {
		detail = phrases("create contract", strconv.Itoa(arguments)+" arguments for its constructor", note)
	}
	d.add(chain.Effect{Kind: chain.Deploy, To: strkeyText(versionContract, id[:]), Subject: what, Detail: detail})
}

// contractID is the id that a new contract gets on this network.
func (c Chain) contractID(from xdr.ContractIdPreimage) contract {
	preimage := xdr.HashIdPreimage{
		Type:       xdr.EnvelopeTypeEnvelopeTypeContractId,
		ContractId: &xdr.HashIdPreimageContractId{NetworkId: c.networkID, ContractIdPreimage: from},
	}
	encoded, err := preimage.MarshalBinary()
	if err != nil {
		return contract{} // belongs to nothing; what was read has an encoding
	}
	return sha256.Sum256(encoded)
}

// assetContract is the id of the contract that holds a classic asset (CAP-46-6).
func (c Chain) assetContract(a xdr.Asset) contract {
	return c.contractID(xdr.ContractIdPreimage{Type: xdr.ContractIdPreimageTypeContractIdPreimageFromAsset, FromAsset: &a})
}

// tokenName is the asset of a contract: the classic one if its contract's id is proven
// to be this, else the contract. classic says which.
func (d *description) tokenName(id contract) (name string, classic bool) {
	if id == d.chain.native {
		return d.chain.network.Symbol, true
	}
	if d.contracts == nil {
		d.contracts = d.footprintAssets()
	}
	if a, ok := d.contracts[id]; ok {
		return d.asset(a), true
	}
	return strkeyText(versionContract, id[:]), false
}

// footprintAssets are the classic assets whose trust lines the transaction touches, by
// the ids of their contracts.
func (d *description) footprintAssets() map[contract]xdr.Asset {
	found := map[contract]xdr.Asset{}
	if d.tx.Ext.SorobanData == nil {
		return found
	}
	footprint := &d.tx.Ext.SorobanData.Resources.Footprint
	for _, keys := range [][]xdr.LedgerKey{footprint.ReadWrite, footprint.ReadOnly} {
		for i := range keys {
			if line := keys[i].TrustLine; line != nil && line.Asset.LiquidityPoolId == nil {
				a := xdr.Asset{Type: line.Asset.Type, AlphaNum4: line.Asset.AlphaNum4, AlphaNum12: line.Asset.AlphaNum12}
				found[d.chain.assetContract(a)] = a
			}
		}
	}
	return found
}
