package ui

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
	"strongroom/internal/server/jsonrpc"
)

// Bounds of the conversation with a UI program.
const (
	maxAnswer  = 16 << 20        // bytes of one message: a transaction with all its blobs, and more
	maxCalls   = 16              // of the UI, at the same time
	noticeWait = 2 * time.Second // for a UI that does not read to take a message that wants no answer
)

// maxErrorText and maxErrorData bound what a UI's error tells a caller, in bytes.
const (
	maxErrorText = 4 << 10
	maxErrorData = 64 << 10
)

// StdioConfig is what a [Stdio] is made of.
type StdioConfig struct {
	// In and Out lead to the UI; see [jsonrpc.PeerConfig].
	In  io.Reader
	Out io.Writer
	// NoChange lets the UI approve and deny, and nothing else.
	NoChange bool
	// ChainID is that of the signer, for transactions that the UI changed; 0 signs none.
	ChainID func() uint64
	Log     *slog.Logger
}

// Stdio is a UI program at the other end of two pipes (reference §9). Requests are asked
// side by side, and answered in any order.
type Stdio struct {
	config StdioConfig
	peer   *jsonrpc.Peer
}

var _ approval.Approver = (*Stdio)(nil)

// StartStdio begins the conversation.
func StartStdio(c StdioConfig) (*Stdio, error) {
	if c.ChainID == nil || c.Log == nil {
		return nil, fault.Invalid.New("a UI channel needs a chain id and a log")
	}
	peer, err := jsonrpc.StartPeer(jsonrpc.PeerConfig{
		In: c.In, Out: c.Out, MaxMessage: maxAnswer, MaxRunning: maxCalls, Log: c.Log,
		Meta: jsonrpc.Meta{Remote: "ui", Local: "NA", Scheme: "stdio", UID: -1, PID: -1},
	})
	if err != nil {
		return nil, err
	}
	return &Stdio{config: c, peer: peer}, nil
}

// Offer gives the UI methods to call: the namespace clef. With NoChange it gets none.
func (u *Stdio) Offer(s *jsonrpc.Service) {
	if !u.config.NoChange {
		u.peer.Offer(s)
	}
}

// Done is closed once the UI is gone.
func (u *Stdio) Done() <-chan struct{} { return u.peer.Done() }

// Close ends the conversation. Errors: as [jsonrpc.Peer.Close].
func (u *Stdio) Close() error { return u.peer.Close() }

// errDenied is a denial without a reason.
func errDenied() error { return fault.Denied.New("request denied") }

// Approve implements [approval.Approver].
func (u *Stdio) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	s, ok := q.Subject.(*wire.Subject)
	if !ok || s == nil {
		u.config.Log.Error("a request that no UI program could understand is denied", "operation", q.Operation)
		return approval.Answer{}, errDenied()
	}
	s = wire.SubjectOf(q)
	var answer approval.Answer
	err := u.ask(ctx, s.Method(), s.Parameter(), func(result []byte) (err error) {
		answer, err = u.read(q, s, result)
		return err
	})
	if err != nil {
		if ctx.Err() != nil {
			u.ShowError("A request is over (" + fault.Text(whyOver(ctx)) + "): an answer to it does nothing any more.")
		}
		return approval.Answer{By: byUI}, err
	}
	answer.By = byUI
	return answer, nil
}

// byUI is who decided, for the journal.
const byUI = "ui"

// whyOver is why a context ended.
func whyOver(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil && fault.KindOf(cause) != fault.Internal {
		return cause
	}
	return fault.Canceled.New("its caller is gone")
}

// ask calls the UI and tells its errors apart from ours.
func (u *Stdio) ask(ctx context.Context, method string, param []byte, read func(result []byte) error) error {
	err := u.peer.Call(ctx, method, param, func(result jsontext.Value) error { return read(result) })
	if e, ok := errors.AsType[*jsonrpc.Error](err); ok {
		return bounded(e)
	}
	if errors.Is(err, jsonrpc.ErrGone) {
		u.config.Log.Error("the UI is gone: request denied", "method", method)
		return fault.Denied.Wrap(err, "request denied")
	}
	return err
}

// bounded is a UI's error as callers are told it: its own code, message and data, unless
// they are too long for an error.
func bounded(e *jsonrpc.Error) *jsonrpc.Error {
	b := *e
	if len(b.Message) > maxErrorText {
		b.Message = "the UI refused with a message that is too long"
	}
	if len(b.Data) > maxErrorData {
		b.Data = nil
	}
	return &b
}

// AskPassword asks for a secret. The caller wipes it. Errors: what the UI answered, or
// that it is gone, which is nothing for the caller of the signer.
func (u *Stdio) AskPassword(ctx context.Context, title, prompt string) (secret.Bytes, error) {
	return u.input(ctx, wire.UserInputRequest{Title: title, Prompt: prompt, IsPassword: true})
}

func (u *Stdio) input(ctx context.Context, r wire.UserInputRequest) (text secret.Bytes, err error) {
	param, err := r.MarshalJSON()
	if err != nil {
		return text, err
	}
	err = u.ask(ctx, "ui_onInputRequired", param, func(result []byte) error {
		answer, err := wire.ParseInput(result)
		text = answer.Text
		return err
	})
	if err != nil {
		text.Wipe()
		return secret.Bytes{}, err
	}
	return text, nil
}

// askText asks for a text that may show.
func (u *Stdio) askText(ctx context.Context, title, prompt string) (string, error) {
	param, err := wire.UserInputRequest{Title: title, Prompt: prompt}.MarshalJSON()
	if err != nil {
		return "", err
	}
	var answer struct {
		Text string `json:"text"`
	}
	err = u.ask(ctx, "ui_onInputRequired", param, func(result []byte) error {
		if err := json.Unmarshal(result, &answer); err != nil {
			return fault.Invalid.New("the UI's answer has no text")
		}
		return nil
	})
	return answer.Text, err
}

// ShowInfo and the others tell the UI something, in the order of the calls. What it does
// not take is logged.
func (u *Stdio) ShowInfo(text string) { u.tell("ui_showInfo", wire.Notice{Text: text}) }

// ShowError shows what went wrong.
func (u *Stdio) ShowError(text string) { u.tell("ui_showError", wire.Notice{Text: text}) }

// OnApprovedTx shows a transaction that was signed.
func (u *Stdio) OnApprovedTx(result *wire.TxResult) { u.tell("ui_onApprovedTx", result) }

// OnStartup says that the signer serves, and where.
func (u *Stdio) OnStartup(info wire.StartupInfo) { u.tell("ui_onSignerStartup", info) }

func (u *Stdio) tell(method string, param interface{ MarshalJSON() ([]byte, error) }) {
	text, err := param.MarshalJSON()
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), noticeWait)
		defer cancel()
		err = u.peer.Notify(ctx, method, text)
	}
	if err != nil {
		u.config.Log.Warn("the UI did not take a message", "method", method, "err", err)
	}
}

// change is what the gate signs in the place of what was asked for.
func (u *Stdio) change(s *wire.Subject, tx *wire.SendTxArgs) (*chain.Request, error) {
	if err := tx.CompleteAnswer(); err != nil {
		return nil, err
	}
	r, err := wire.ToRequest(tx, u.config.ChainID())
	if err != nil {
		return nil, err
	}
	s.Approve(tx)
	return &r, nil
}
