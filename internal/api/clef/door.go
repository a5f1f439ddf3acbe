package clef

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"strongroom/internal/api/clef/pairing"
	"strongroom/internal/api/clef/selector"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
	"strongroom/internal/server/jsonrpc"
)

// UI is whoever stands before the signer: a person at the console, or a program that
// speaks for one. Approvals do not pass through here; the gate asks for them.
type UI interface {
	// AskPassword asks for a secret. The caller wipes it.
	AskPassword(ctx context.Context, title, prompt string) (secret.Bytes, error)
	ShowInfo(text string)
	ShowError(text string)
	OnApprovedTx(result *wire.TxResult)
	OnStartup(info wire.StartupInfo)
}

// DoorConfig is what a door needs.
type DoorConfig struct {
	Listener   string // the name of the external API for rules and journal
	UIListener string // the same of the UI's own calls
	ChainID    int64  // of EIP-155; with 0 or less no transaction is signed

	Advanced bool     // warnings are shown instead of refusing
	Bulk     bool     // account_bulkSignTransactions is there
	Unpaired Unpaired // what callers may do that were not paired
	NoChange bool     // the UI may approve and deny, and nothing else

	UI        UI   // nil: nobody
	Rules     bool // a rule file is told of signed transactions, and the UI is not
	Selectors *selector.Database
	Pairing   *pairing.Book // nil: no caller can be paired

	Deadline time.Duration // of a request over HTTP: the time-out of approvals and time for the work
	Audit    Audit         // Clef's own log; nil: none
	Log      *slog.Logger
	Now      func() time.Time
}

// Unpaired is what callers may do that were not paired. The zero value refuses.
type Unpaired uint8

// The choices.
const (
	RefuseUnpaired   Unpaired = iota // nothing but to ask for the version and for pairing
	RestrictUnpaired                 // only what a person approves: rules are not asked
	ShowUnpaired                     // all, shown as what they are
)

// Door is the protocol without its transports: [Door.External] is served over HTTP and
// IPC, [Door.Internal] to the UI.
type Door struct {
	gate    Gate
	cfg     DoorConfig
	chainID atomic.Int64
}

// NewDoor makes a door to core.
func NewDoor(cfg DoorConfig, core Gate) (*Door, error) {
	if core == nil || cfg.Listener == "" || cfg.UIListener == "" || cfg.Selectors == nil || cfg.Log == nil || cfg.Now == nil {
		return nil, fault.Internal.New("clef: a part of the door is missing")
	}
	if cfg.Deadline <= 0 {
		return nil, fault.Invalid.New("clef: requests need a deadline")
	}
	if cfg.Audit == nil {
		cfg.Audit = silent{}
	}
	d := &Door{gate: core, cfg: cfg}
	d.chainID.Store(cfg.ChainID)
	return d, nil
}

// External is the API for callers: the namespaces account and rpc.
func (d *Door) External() (*jsonrpc.Service, error) {
	methods, err := d.externalMethods()
	if err != nil {
		return nil, err
	}
	return jsonrpc.New(jsonrpc.Config{Methods: methods, Deadline: d.cfg.Deadline, Describe: describe, Log: d.cfg.Log, Now: d.cfg.Now})
}

// Internal is the API for the UI: the namespace clef. It has no deadline.
func (d *Door) Internal() (*jsonrpc.Service, error) {
	return jsonrpc.New(jsonrpc.Config{Methods: d.internalMethods(), Describe: describe, Log: d.cfg.Log, Now: d.cfg.Now})
}

// externalMethods lists the methods of the namespaces account and rpc.
func (d *Door) externalMethods() ([]jsonrpc.Method, error) {
	modules, err := jsonrpc.Modules(map[string]string{"account": "1.0", "rpc": "1.0"})
	if err != nil {
		return nil, err
	}
	methods := []jsonrpc.Method{
		modules,
		{Name: "account_version", Run: d.version},
		{Name: "account_list", Run: d.admitted(d.list)},
		{Name: "account_new", Run: d.admitted(d.newAccount)},
		{Name: "account_signTransaction", MinArgs: 1, MaxArgs: 2, Run: d.admitted(d.signTransaction)},
		{Name: "account_signRawTransaction", MinArgs: 2, MaxArgs: 3, Run: d.admitted(d.signRawTransaction)},
		{Name: "account_signData", MinArgs: 3, MaxArgs: 3, Run: d.admitted(d.signData)},
		{Name: "account_signTypedData", MinArgs: 2, MaxArgs: 2, Run: d.admitted(d.signTypedData)},
		{Name: "account_signGnosisSafeTx", MinArgs: 2, MaxArgs: 3, Run: d.admitted(d.signSafe)},
		{Name: "account_ecRecover", MinArgs: 2, MaxArgs: 2, Run: d.admitted(d.ecRecover)},
	}
	if d.cfg.Bulk {
		methods = append(methods, jsonrpc.Method{Name: "account_bulkSignTransactions", MinArgs: 1, MaxArgs: 1, Run: d.admitted(d.bulkSign)})
	}
	return append(methods, d.pairingMethods(methods)...), nil
}

// request is one call on its way: who calls, as the gate, the UI and the log know it.
type request struct {
	*jsonrpc.Call
	caller gate.Caller
	meta   wire.Meta
}

// callerOf says who made a call, as far as the transport knows.
func (d *Door) callerOf(m *jsonrpc.Meta) gate.Caller {
	return gate.Caller{Listener: d.cfg.Listener, Protocol: "clef", Address: m.Remote, UID: m.UID, Conn: m.Conn}
}

func metaOf(m *jsonrpc.Meta) wire.Meta {
	return wire.Meta{Remote: m.Remote, Local: m.Local, Scheme: m.Scheme, UserAgent: m.UserAgent, Origin: m.Origin}
}

// admitted lets callers in that were paired, and others as the configuration says. A
// paired caller's request comes through account_authenticated, which calls the method
// with the name that was proved.
func (d *Door) admitted(run func(context.Context, *request) (jsonrpc.Result, error)) func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
	return func(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		r := &request{Call: c, caller: d.callerOf(c.Meta), meta: metaOf(c.Meta)}
		if name := provedName(ctx); name != "" {
			r.caller.Identity, r.meta.Caller = pairedIdentity+name, name
		} else if d.cfg.Unpaired == RefuseUnpaired {
			d.gate.Refused(ctx, r.caller, pairedOperation, fault.Unauthenticated)
			return nil, errUnpaired()
		}
		return run(ctx, r)
	}
}

// pairedOperation is what refusals of callers that are not paired are journaled as:
// which method they called is not looked at.
const pairedOperation = gate.Sign

// pairedIdentity begins the identity of a caller that proved a paired key.
const pairedIdentity = "paired:"

type nameKey struct{}

// provedName is the name of the caller whose signature of the request was checked.
func provedName(ctx context.Context) string {
	name, _ := ctx.Value(nameKey{}).(string)
	return name
}
