package clef

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/api/clef/pairing"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
	"strongroom/internal/server/jsonrpc"
)

// pairingMethods lists the methods by which callers are paired, and by which those that
// are call the others (docs/clef-extensions.md).
func (d *Door) pairingMethods(others []jsonrpc.Method) []jsonrpc.Method {
	byName := make(map[string]*jsonrpc.Method, len(others))
	for i := range others {
		byName[others[i].Name] = &others[i]
	}
	methods := []jsonrpc.Method{
		{Name: "account_pairStart", MinArgs: 1, MaxArgs: 1, Run: d.pairStart},
		{Name: "account_pairFinish", MinArgs: 1, MaxArgs: 1, Run: d.pairFinish},
		{Name: "account_pairSession", Run: d.pairSession},
		{Name: "account_pairCall", MinArgs: 1, MaxArgs: 1, Run: func(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
			return d.pairCall(ctx, c, byName)
		}},
	}
	if d.cfg.Pairing == nil {
		for i := range methods {
			methods[i].Run = func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
				return nil, fault.Locked.New("pairing needs a master seed")
			}
		}
	}
	return methods
}

// pairStart is account_pairStart. Nobody is asked.
func (d *Door) pairStart(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	start, err := wire.ParsePairStart(c.Args[0])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	d.cfg.Audit.Log("PairStart", RequestSide, metadata(metaOf(c.Meta)), Field{"name", start.Name}, Field{"key", hex.EncodeToString(start.Key[:])})
	handshake, nonce, err := d.cfg.Pairing.Start(start, sourceOf(c.Meta))
	d.cfg.Audit.Log("PairStart", ResponseSide, failure(err))
	if err != nil {
		return nil, err
	}
	return jsonrpc.Value(struct {
		Handshake wire.Data `json:"handshake"`
		Nonce     wire.Data `json:"nonce"`
	}{handshake[:], nonce[:]})
}

// sourceOf is where a caller is: its host, or the user of this machine.
func sourceOf(m *jsonrpc.Meta) string {
	if _, _, err := net.SplitHostPort(m.Remote); err == nil {
		return approval.HostOf(m.Remote)
	}
	return "uid " + strconv.FormatInt(m.UID, 10)
}

// pairFinish is account_pairFinish: a person confirms the code.
func (d *Door) pairFinish(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	finish, err := wire.ParsePairFinish(c.Args[0])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	caller, meta := d.callerOf(c.Meta), metaOf(c.Meta)
	d.cfg.Audit.Log("PairFinish", RequestSide, metadata(meta))
	made, err := d.cfg.Pairing.Finish(ctx, finish, func(ctx context.Context, r *wire.PairingRequest) error {
		r.Meta = meta
		return d.gate.PairCaller(ctx, caller, wire.AskPairing(r), r.Name+", code "+r.Code+", key "+hex.EncodeToString(r.Key[:]))
	})
	d.cfg.Audit.Log("PairFinish", ResponseSide, failure(err))
	if err != nil {
		return nil, err
	}
	session := d.cfg.Pairing.Session()
	return jsonrpc.Value(struct {
		Pairing wire.Data `json:"pairing"`
		Session wire.Data `json:"session"`
	}{made[:], session[:]})
}

type sessionResult struct {
	Session wire.Data `json:"session"`
}

// pairSession is account_pairSession. Nobody is asked.
func (d *Door) pairSession(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
	session := d.cfg.Pairing.Session()
	return jsonrpc.Value(sessionResult{session[:]})
}

// pairCall is account_pairCall: a call that a paired caller signed.
func (d *Door) pairCall(ctx context.Context, c *jsonrpc.Call, methods map[string]*jsonrpc.Method) (jsonrpc.Result, error) {
	signed, err := wire.ParsePairCall(c.Args[0])
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	name, err := d.cfg.Pairing.Verify(ctx, &signed)
	if err != nil {
		d.gate.Refused(ctx, d.callerOf(c.Meta), pairedOperation, fault.Unauthenticated)
		return nil, d.pairingError(err)
	}
	inner, err := signed.Inner()
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	method := methods[inner.Method]
	if method == nil {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeUnknownMethod, Message: "the method " + inner.Method + " does not exist/is not available"}
	}
	args, err := positional(inner.Params, method)
	if err != nil {
		return nil, err
	}
	return method.Run(context.WithValue(ctx, nameKey{}, name), &jsonrpc.Call{
		Method: method.Name, Args: args, Params: inner.Params, Notification: c.Notification, Meta: c.Meta,
	})
}

// positional reads the parameters of a call within a call.
func positional(params jsontext.Value, m *jsonrpc.Method) (args []jsontext.Value, err error) {
	if len(params) > 0 && params.Kind() != 'n' {
		if params.Kind() != '[' {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "non-array args"}
		}
		if err := json.Unmarshal(params, &args); err != nil {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "parse error"}
		}
	}
	switch {
	case len(args) > m.MaxArgs:
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "too many arguments, want at most " + strconv.Itoa(m.MaxArgs)}
	case len(args) < m.MinArgs:
		return nil, jsonrpc.MissingArgument(len(args))
	}
	return args, nil
}

// Codes of the errors of paired calls; docs/clef-extensions.md.
const (
	codeNotPaired   = -32010
	codeSession     = -32011
	codeNumber      = -32012
	codePairedsOnly = -32013
)

// pairingError gives the reasons why a call is not that of a paired caller their codes.
func (d *Door) pairingError(err error) error {
	switch {
	case errors.Is(err, pairing.ErrSession):
		session := d.cfg.Pairing.Session()
		data, merr := jsonrpc.Value(sessionResult{session[:]})
		if merr != nil {
			return merr
		}
		return &jsonrpc.Error{Code: codeSession, Message: fault.Text(err), Data: jsontext.Value(data)}
	case errors.Is(err, pairing.ErrNumber):
		return &jsonrpc.Error{Code: codeNumber, Message: fault.Text(err)}
	case errors.Is(err, pairing.ErrUnpaired):
		return &jsonrpc.Error{Code: codeNotPaired, Message: fault.Text(err)}
	}
	d.cfg.Log.Warn("it cannot be seen who is paired", "err", err)
	return fault.Storage.New("it cannot be seen who is paired")
}

// errUnpaired refuses callers that have to be paired first.
func errUnpaired() error {
	return &jsonrpc.Error{Code: codePairedsOnly, Message: "only paired callers are served"}
}

// pairedCaller is a caller as clef_listCallers shows it.
type pairedCaller struct {
	Name   string    `json:"name"`
	Key    wire.Data `json:"key"`
	Paired string    `json:"paired"` // RFC 3339, UTC
}

func (d *Door) uiListCallers(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
	paired, err := d.cfg.Pairing.Callers(ctx)
	if err != nil {
		return nil, err
	}
	list := []pairedCaller{}
	for _, c := range paired {
		list = append(list, pairedCaller{Name: c.Name, Key: c.Key[:], Paired: c.Paired.Format(time.RFC3339)})
	}
	return jsonrpc.Value(list)
}

func (d *Door) uiRemoveCaller(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	raw, err := wire.DataParam(c.Args[0])
	if err == nil && len(raw) != len(wire.PairingKey{}) {
		err = fault.Invalid.New("a key has %d bytes", len(wire.PairingKey{}))
	}
	if err != nil {
		return nil, jsonrpc.InvalidArgument(0, fault.Text(err))
	}
	return nil, d.cfg.Pairing.Remove(ctx, wire.PairingKey(raw))
}
