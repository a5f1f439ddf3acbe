package clef

import (
	"context"
	"encoding/hex"
	"errors"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
	"strongroom/internal/server/jsonrpc"
)

// chainName is the chain that everything is signed on: any network of Ethereum's kind.
const chainName = "evm"

// signTransaction is account_signTransaction (§6.4).
func (d *Door) signTransaction(ctx context.Context, r *request) (jsonrpc.Result, error) {
	tx, err := wire.ParseTransaction(r.Args[0])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	signature, err := wire.SelectorParam(r.Arg(1))
	if err != nil {
		return nil, jsonrpc.InvalidArgument(1, fault.Text(err))
	}
	asked, _ := tx.MarshalJSON() // which cannot fail
	d.cfg.Audit.Log("SignTransaction", RequestSide, metadata(r.meta), Field{"tx", string(asked)}, Field{"methodSelector", orNil(signature)})
	result, err := d.signTx(ctx, r, tx, nil, signature)
	d.cfg.Audit.Log("SignTransaction", ResponseSide, rawField(result), failure(err))
	return txResult(result, err)
}

// signRawTransaction is account_signRawTransaction (docs/clef-extensions.md): the
// unsigned transaction as the bytes that are hashed.
func (d *Door) signRawTransaction(ctx context.Context, r *request) (jsonrpc.Result, error) {
	from, err := addressArgument(r.Call, 0)
	if err != nil {
		return nil, err
	}
	raw, err := wire.DataParam(r.Args[1])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(1, fault.Text(err))
	}
	signature, err := wire.SelectorParam(r.Arg(2))
	if err != nil {
		return nil, jsonrpc.InvalidArgument(2, fault.Text(err))
	}
	d.cfg.Audit.Log("SignRawTransaction", RequestSide, metadata(r.meta),
		Field{"addr", from.String()}, Field{"raw", hex.EncodeToString(raw)}, Field{"methodSelector", orNil(signature)})
	tx, err := wire.FromRaw(from, raw)
	var result *wire.TxResult
	if err == nil {
		result, err = d.signTx(ctx, r, tx, raw, signature)
	}
	d.cfg.Audit.Log("SignRawTransaction", ResponseSide, rawField(result), failure(err))
	return txResult(result, err)
}

// signTx validates a transaction and has it approved and signed.
func (d *Door) signTx(ctx context.Context, r *request, tx *wire.SendTxArgs, raw wire.Data, signature *string) (*wire.TxResult, error) {
	checked, err := d.cfg.Selectors.Validate(ctx, signature, tx, d.cfg.Advanced)
	if err != nil {
		return nil, err
	}
	req, err := d.chainRequest(tx)
	if err != nil {
		return nil, err
	}
	subject := wire.AskTx(&wire.TxRequest{Transaction: tx, CallInfo: checked.Info, Meta: r.meta, Raw: raw})
	signed, err := d.gate.Sign(ctx, r.caller, gate.SignRequest{
		Chain: chainName, Request: req, KeyFiles: true, Subject: subject,
		Unlock: d.passwordFor("Account password", "Please enter the password for account "),
	})
	if err != nil {
		d.showSigningError(err)
		return nil, err
	}
	result, err := wire.ResultOf(signed.Result, subject.Approved())
	if err != nil {
		return nil, err
	}
	d.learn(checked.Learn)
	if d.cfg.UI != nil && !d.cfg.Rules {
		d.cfg.UI.OnApprovedTx(result)
	}
	return result, nil
}

// chainRequest is what the gate is asked to sign for a transaction that is complete.
func (d *Door) chainRequest(tx *wire.SendTxArgs) (chain.Request, error) {
	id := d.chainID.Load()
	if id <= 0 {
		return chain.Request{}, fault.Invalid.New("the chain id of the signer is %d, with which no transaction can be signed", id).
			WithHint("set it with --chainid, or with clef_setChainId")
	}
	if err := tx.CheckChain(uint64(id)); err != nil {
		return chain.Request{}, err
	}
	return wire.ToRequest(tx, uint64(id))
}

// learn keeps a method signature that fits a transaction which was approved.
func (d *Door) learn(signature string) {
	if signature == "" {
		return
	}
	if err := d.cfg.Selectors.Learn(signature); err != nil {
		d.cfg.Log.Warn("a method signature could not be kept", "err", err)
	}
}

// passwordFor gives a function that asks for the password of an account; nil where
// nobody can be asked, of which the gate makes an error of its own.
func (d *Door) passwordFor(title, prompt string) func(context.Context, gate.KeyFile) (secret.Bytes, error) {
	if d.cfg.UI == nil {
		return nil
	}
	return func(ctx context.Context, account gate.KeyFile) (secret.Bytes, error) {
		password, err := d.cfg.UI.AskPassword(ctx, title, prompt+wire.Checksummed(account.Address))
		if err != nil {
			password.Wipe()
			d.cfg.Log.Warn("error obtaining password", "err", err)
			return secret.Bytes{}, errPrompt()
		}
		return password, nil
	}
}

// errPrompt is what the caller is told where no password could be had. What the UI said
// is not for the caller.
func errPrompt() error {
	return &jsonrpc.Error{Code: jsonrpc.CodeFailed, Message: "internal error"}
}

// showSigningError tells the UI why an approved transaction could not be signed. What a
// caller brought about by itself, or the UI, is not worth a message. Without a UI the
// owner reads in the log what he has to do.
func (d *Door) showSigningError(err error) {
	if d.cfg.UI == nil {
		if fault.Is(err, fault.Locked) {
			d.cfg.Log.Warn("a request failed: "+fault.Text(err), "advice", fault.Hint(err))
		}
		return
	}
	switch fault.KindOf(err) {
	case fault.WrongPassword, fault.Corrupt, fault.Conflict:
		d.cfg.UI.ShowError(fault.Text(err))
	}
}

func txResult(result *wire.TxResult, err error) (jsonrpc.Result, error) {
	if err != nil {
		return nil, err
	}
	b, err := result.MarshalJSON()
	return jsonrpc.Result(b), err
}

func orNil(s *string) string {
	if s == nil {
		return "<nil>"
	}
	return *s
}

func rawField(result *wire.TxResult) Field {
	if result == nil {
		return Field{"data", "<nil>"}
	}
	return Field{"data", hex.EncodeToString(result.Raw)}
}

// bulkSign is account_bulkSignTransactions (docs/clef-extensions.md): several
// transactions of one sender, without data, with one approval.
func (d *Door) bulkSign(ctx context.Context, r *request) (jsonrpc.Result, error) {
	all, err := wire.ParseBulk(r.Args[0])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	d.cfg.Audit.Log("BulkSignTransactions", RequestSide, metadata(r.meta), Field{"txs", compact(r.Args[0])})
	results, err := d.signBulk(ctx, r, all)
	d.cfg.Audit.Log("BulkSignTransactions", ResponseSide, bulkField(results), failure(err))
	if err != nil {
		return nil, err
	}
	return jsonrpc.Value(results)
}

func (d *Door) signBulk(ctx context.Context, r *request, all []*wire.SendTxArgs) ([]*wire.TxResult, error) {
	infos := make([]wire.CallInfo, len(all))
	requests := make([]chain.Request, len(all))
	for i, tx := range all {
		checked, err := d.cfg.Selectors.Validate(ctx, nil, tx, d.cfg.Advanced)
		if err == nil {
			infos[i] = checked.Info
			requests[i], err = d.chainRequest(tx)
		}
		if err != nil {
			return nil, fault.Invalid.New("transactions[%d]: %s", i, fault.Text(err))
		}
	}
	asked, err := wire.NewBulkRequest(all, infos, r.meta)
	if err != nil {
		return nil, err
	}
	signed, err := d.gate.SignAll(ctx, r.caller, gate.SignAllRequest{
		Chain: chainName, Requests: requests, Subject: wire.AskBulk(asked),
		Unlock: d.passwordFor("Account password", "Please enter the password for account "),
	})
	if err != nil {
		d.showSigningError(err)
		return nil, err
	}
	results := make([]*wire.TxResult, len(signed))
	var errs []error
	for i, s := range signed {
		var err error
		results[i], err = wire.ResultOf(s.Result, all[i])
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if d.cfg.UI != nil && !d.cfg.Rules {
		for _, result := range results {
			d.cfg.UI.OnApprovedTx(result)
		}
	}
	return results, nil
}

func bulkField(results []*wire.TxResult) Field {
	text := "["
	for i, r := range results {
		if i > 0 {
			text += " "
		}
		text += hex.EncodeToString(r.Raw)
	}
	return Field{"data", text + "]"}
}
