package clef

import (
	"context"
	"encoding/hex"

	"strongroom/internal/api/clef/typed"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/server/jsonrpc"
)

// signData is account_signData (§6.5).
func (d *Door) signData(ctx context.Context, r *request) (jsonrpc.Result, error) {
	contentType, err := text(r.Call, 0)
	if err != nil {
		return nil, err
	}
	address, err := addressArgument(r.Call, 1)
	if err != nil {
		return nil, err
	}
	d.cfg.Audit.Log("SignData", RequestSide, metadata(r.meta), checksumField(address),
		Field{"data", compact(r.Args[2])}, Field{"content-type", contentType})
	var signature []byte
	asked, err := typed.Data(contentType, address, r.Args[2])
	if err == nil {
		signature, err = d.sign(ctx, r, asked)
	}
	return d.signed("SignData", signature, err)
}

// signTypedData is account_signTypedData (§6.6).
func (d *Door) signTypedData(ctx context.Context, r *request) (jsonrpc.Result, error) {
	address, err := addressArgument(r.Call, 0)
	if err != nil {
		return nil, err
	}
	document, err := typed.ReadDocument(r.Args[1])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(1, fault.Text(err))
	}
	d.cfg.Audit.Log("SignTypedData", RequestSide, metadata(r.meta), checksumField(address), Field{"data", compact(r.Args[1])})
	var signature []byte
	asked, err := typed.TypedData(address, document)
	if err == nil {
		signature, err = d.sign(ctx, r, asked)
	}
	return d.signed("SignTypedData", signature, err)
}

// signSafe is account_signGnosisSafeTx (§6.7).
func (d *Door) signSafe(ctx context.Context, r *request) (jsonrpc.Result, error) {
	sender, err := addressArgument(r.Call, 0)
	if err != nil {
		return nil, err
	}
	tx, err := typed.ReadSafe(r.Args[1])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(1, fault.Text(err))
	}
	selector, err := wire.SelectorParam(r.Arg(2))
	if err != nil {
		return nil, jsonrpc.InvalidArgument(2, fault.Text(err))
	}
	d.cfg.Audit.Log("SignGnosisSafeTx", RequestSide, metadata(r.meta), checksumField(sender),
		Field{"data", string(tx.Asked())}, Field{"selector", orNil(selector)})
	var learn string
	asked, err := typed.Safe(sender, tx, d.chainID.Load(), func(a *wire.SendTxArgs) (wire.CallInfo, error) {
		checked, err := d.cfg.Selectors.Validate(ctx, selector, a, d.cfg.Advanced)
		learn = checked.Learn
		return checked.Info, err
	})
	var signature []byte
	if err == nil {
		signature, err = d.sign(ctx, r, &asked.Request)
	}
	if err != nil {
		d.cfg.Audit.Log("SignGnosisSafeTx", ResponseSide, Field{"data", "<nil>"}, failure(err))
		return nil, err
	}
	result := asked.Result(signature)
	d.cfg.Audit.Log("SignGnosisSafeTx", ResponseSide, Field{"data", string(result)}, failure(nil))
	d.learn(learn)
	return result, nil
}

// sign has data approved and signed. The UI is told of every failure, a denial included,
// but not of requests that were never put before it because too many wait: whoever sends
// those by the thousand would bury the others.
func (d *Door) sign(ctx context.Context, r *request, asked *typed.Request) ([]byte, error) {
	asked.Ask.Meta = r.meta
	signed, err := d.gate.Sign(ctx, r.caller, gate.SignRequest{
		Chain: chainName, Request: asked.Sign, KeyFiles: true, Subject: wire.AskData(&asked.Ask),
		Unlock: d.passwordFor("Password for signing", "Please enter password for signing data with account "),
	})
	if err != nil {
		if d.cfg.UI == nil {
			d.showSigningError(err)
		} else if !fault.Is(err, fault.Busy) {
			d.cfg.UI.ShowError(describe(err).Message)
		}
		return nil, err
	}
	return signed.Result, nil
}

// signed ends a call whose result is a signature.
func (d *Door) signed(method string, signature []byte, err error) (jsonrpc.Result, error) {
	d.cfg.Audit.Log(method, ResponseSide, Field{"data", hex.EncodeToString(signature)}, failure(err))
	if err != nil {
		return nil, err
	}
	return jsonrpc.Text(wire.Data(signature).String()), nil
}

// checksumField is an address, and whether its spelling is right.
func checksumField(a wire.Address) Field {
	if a.Checked() {
		return Field{"addr", a.String() + " [chksum ok]"}
	}
	return Field{"addr", a.String() + " [chksum INVALID]"}
}

// ecRecover is account_ecRecover (§6.8). Nobody is asked.
func (d *Door) ecRecover(_ context.Context, r *request) (jsonrpc.Result, error) {
	message, err := wire.DataParam(r.Args[0])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	signature, err := wire.DataParam(r.Args[1])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(1, fault.Text(err))
	}
	d.cfg.Audit.Log("EcRecover", RequestSide, metadata(r.meta), Field{"data", hex.EncodeToString(message)}, Field{"sig", hex.EncodeToString(signature)})
	account, err := typed.Recover(message, signature)
	if err != nil {
		d.cfg.Audit.Log("EcRecover", ResponseSide, Field{"address", wire.Checksummed([20]byte{})}, failure(err))
		return nil, err
	}
	d.cfg.Audit.Log("EcRecover", ResponseSide, Field{"address", wire.Checksummed(account)}, failure(nil))
	return jsonrpc.Text(wire.Lower(account)), nil
}
