package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/term"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// ConsoleConfig is what a [Console] is made of.
type ConsoleConfig struct {
	In  io.Reader // a terminal, or lines; passwords typed at a terminal do not show
	Out io.Writer
	Log *slog.Logger
}

// Console asks a person, or a script in their place, who reads and types text (reference
// §11). It reads nothing before it has something to ask. When the input ends, it denies
// what needs a person, and the signer goes on.
type Console struct {
	config ConsoleConfig
	keys   *keyboard
	turn   chan struct{} // a value is taken by the request on the screen

	mu     sync.Mutex // of the output
	isRaw  bool       // lines need a carriage return
	warned bool       // that passwords show
	stale  bool       // what is typed next may be meant for a request that is over; by whoever has the turn
}

var _ approval.Approver = (*Console)(nil)

// NewConsole checks the configuration.
func NewConsole(c ConsoleConfig) (*Console, error) {
	if c.In == nil || c.Out == nil || c.Log == nil {
		return nil, fault.Invalid.New("a console needs input, output and a log")
	}
	return &Console{config: c, keys: newKeyboard(c.In), turn: make(chan struct{}, 1)}, nil
}

// Close ends the reading of the input.
func (c *Console) Close() error {
	c.keys.close()
	return nil
}

// byConsole is who decided, for the journal.
const byConsole = "console"

// Texts between which everything stands.
const (
	shortRule = "-----------------------\n"
	longRule  = "-------------------------------------------\n"
)

// Approve implements [approval.Approver]. Only the answer y approves.
func (c *Console) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	denied := approval.Answer{By: byConsole}
	s, ok := q.Subject.(*wire.Subject)
	if !ok || s == nil {
		c.config.Log.Error("a request that can not be shown at the console is denied", "operation", q.Operation)
		return denied, errDenied()
	}
	text, err := show(wire.SubjectOf(q))
	if err != nil {
		c.config.Log.Error("a request that is too long to be shown at the console is denied", "operation", q.Operation, "err", err)
		return denied, err
	}
	if err := c.take(ctx); err != nil {
		return denied, err
	}
	defer c.release()
	c.keys.begin(false)
	defer c.keys.end()
	if err := c.freshen(ctx); err != nil {
		return denied, c.explain(ctx, err)
	}
	c.print(text + "Approve? [y/N]:\n> ")
	isYes, err := c.confirm(ctx)
	if err != nil {
		return denied, c.explain(ctx, err)
	}
	if !isYes {
		c.print(shortRule)
		return denied, nil
	}
	answer := approval.Answer{Verdict: approval.Approve, By: byConsole}
	if s.Kind() == wire.KindListing {
		answer.Accounts = make([][20]byte, len(q.Accounts))
		for i, a := range q.Accounts {
			answer.Accounts[i] = a.Address
		}
	}
	return answer, nil
}

// take waits for the screen.
func (c *Console) take(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return whyOver(ctx)
	}
}

func (c *Console) release() { <-c.turn }

// freshen makes sure that an answer to a request that is over does not answer the next.
func (c *Console) freshen(ctx context.Context) error {
	if !c.stale {
		return nil
	}
	c.print("Press Enter to see the next request.\n")
	line, err := c.keys.line(ctx, false)
	clear(line)
	if err == nil || !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		c.stale = false
	}
	return err
}

// confirm reads the answer. Empty lines are none.
func (c *Console) confirm(ctx context.Context) (bool, error) {
	for {
		line, err := c.keys.line(ctx, false)
		if err != nil {
			return false, err
		}
		if len(line) > 0 {
			return bytes.Equal(line, []byte("y")), nil
		}
		c.print("> ")
	}
}

// explain says why there is no answer, at the console and to the caller.
func (c *Console) explain(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		c.stale = c.stale || c.keys.terminal != nil
		why := whyOver(ctx)
		c.print("\n" + shortRule + "This request is over: " + fault.Text(why) + ". Nothing was approved.\n")
		return why
	case errors.Is(err, io.EOF):
		c.print("\n" + shortRule)
		c.config.Log.Error("nobody is at the console, whose input has ended: request denied")
	default:
		c.print("\n" + shortRule)
		c.config.Log.Error("the answer can not be read: request denied", "err", err)
	}
	return errDenied()
}

// AskPassword asks for a secret. The caller wipes it. Errors: io.EOF at the end of the
// input, also wrapped; fault.TooLarge.
func (c *Console) AskPassword(ctx context.Context, title, prompt string) (secret.Bytes, error) {
	if err := c.take(ctx); err != nil {
		return secret.Bytes{}, err
	}
	defer c.release()
	c.keys.begin(true)
	defer c.keys.end()
	c.print("## " + safe(title) + "\n\n" + safe(prompt) + "\n")
	line, err := c.hidden(ctx)
	c.print("\n" + shortRule)
	if ctx.Err() != nil {
		clear(line)
		c.stale = c.stale || c.keys.terminal != nil
		return secret.Bytes{}, whyOver(ctx)
	}
	if err != nil {
		return secret.Bytes{}, err
	}
	return secret.New(line), nil
}

// askText asks for a text that may show.
func (c *Console) askText(ctx context.Context, title, prompt string) (string, error) {
	if err := c.take(ctx); err != nil {
		return "", err
	}
	defer c.release()
	c.keys.begin(false)
	defer c.keys.end()
	c.print("## " + safe(title) + "\n\n" + safe(prompt) + "\n> ")
	line, err := c.keys.line(ctx, false)
	c.print("\n" + shortRule)
	return string(line), err
}

// hidden reads a line, which does not show on a terminal. The terminal gets its mode back
// in any case.
func (c *Console) hidden(ctx context.Context) (_ []byte, err error) {
	if c.keys.terminal == nil {
		if !c.warned {
			c.print("!! Unsupported terminal, password will be echoed.\n")
			c.warned = true
		}
		c.print("> ")
		return c.keys.line(ctx, false)
	}
	raw, err := c.keys.terminal.SyscallConn()
	if err != nil {
		return nil, fault.Internal.Wrap(err, "the terminal can not be used")
	}
	// Through raw, because File.Fd may change how the file is read.
	var before *term.State
	if cerr := raw.Control(func(fd uintptr) { before, err = term.MakeRaw(int(fd)) }); cerr != nil || err != nil {
		return nil, fault.Internal.Wrap(errors.Join(cerr, err), "the terminal can not be used")
	}
	c.setRaw(true)
	defer func() {
		_ = raw.Control(func(fd uintptr) { err = errors.Join(err, term.Restore(int(fd), before)) })
		c.setRaw(false)
	}()
	c.print("> ")
	return c.keys.line(ctx, true)
}

func (c *Console) setRaw(isRaw bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isRaw = isRaw
}

// print writes all of a text before any other.
func (c *Console) print(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isRaw {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if _, err := io.WriteString(c.config.Out, text); err != nil {
		c.config.Log.Warn("the console can not be written to", "err", err)
	}
}

// ShowInfo shows something worth knowing.
func (c *Console) ShowInfo(text string) { c.print("## Info \n" + safe(text) + "\n") }

// ShowError shows what went wrong.
func (c *Console) ShowError(text string) { c.print("## Error \n" + safe(text) + "\n" + longRule) }

// OnApprovedTx shows a transaction that was signed.
func (c *Console) OnApprovedTx(result *wire.TxResult) {
	tx, err := jsontext.AppendFormat(nil, result.Tx, jsontext.WithIndentPrefix("  "), jsontext.WithIndent("  "))
	if err != nil {
		c.config.Log.Error("a signed transaction can not be shown", "err", err)
		return
	}
	c.print("Transaction signed:\n " + string(tx) + "\n")
}

// OnStartup says that the signer serves, and where, and lists the accounts if the
// information has any.
func (c *Console) OnStartup(info wire.StartupInfo) {
	var b strings.Builder
	b.WriteString("\n------- Signer info -------\n")
	for _, line := range [][2]string{
		{"intapi_version", wire.InternalVersion}, {"extapi_version", wire.ExternalVersion},
		{"extapi_http", orOff(info.HTTP)}, {"extapi_ipc", orOff(info.IPC)},
	} {
		fmt.Fprintf(&b, "* %s : %s\n", line[0], line[1])
	}
	if len(info.Extensions) > 0 {
		fmt.Fprintf(&b, "* extensions_version : %s\n* extensions : %s\n", wire.ExtensionsVersion, strings.Join(info.Extensions, ", "))
	}
	c.print(b.String())
	if info.Accounts != nil {
		c.ShowAccounts(info.Accounts)
	}
}

func orOff(where string) string {
	if where == "" {
		return "n/a"
	}
	return where
}

// shownAccounts is how many accounts are listed when the signer starts.
const shownAccounts = 20

// ShowAccounts lists the accounts that there are, or the first of them.
func (c *Console) ShowAccounts(accounts []wire.Account) {
	var b strings.Builder
	b.WriteString("\n------- Available accounts -------\n")
	for i, a := range accounts[:min(len(accounts), shownAccounts)] {
		fmt.Fprintf(&b, "%d. %s at %s\n", i, wire.Checksummed(a.Address), line(a.URL))
	}
	if more := len(accounts) - shownAccounts; more > 0 {
		fmt.Fprintf(&b, "and %d more\n", more)
	}
	c.print(b.String())
}
