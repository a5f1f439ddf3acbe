package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// maxLine bounds what is typed at one prompt, in bytes.
const maxLine = 4096

// terminal is the person's terminal, whatever the standard streams are.
type terminal struct {
	file   *os.File
	forget bool // what was typed before a prompt, so that it answers nothing that nobody saw
}

// openTerminal fails where there is nobody to ask.
func openTerminal(what string) (*terminal, error) {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, usage("there is no terminal to ask for %s", what)
	}
	return &terminal{file: f}, nil
}

func (t *terminal) Close() error { return t.file.Close() }

// Control bytes of a line under edit.
const (
	ctrlC, ctrlD, ctrlU, ctrlW = 3, 4, 21, 23
	backspace, del             = 8, 127
)

// ask shows a prompt and reads one line, which is shown as it is typed only if
// echo says so. The terminal is in raw mode meanwhile, so that an interrupt
// arrives here, as a byte, and the mode is always put back.
func (t *terminal) ask(ctx context.Context, prompt string, echo bool) (_ secret.Bytes, err error) {
	raw, err := t.file.SyscallConn()
	if err != nil {
		return secret.Bytes{}, fault.Internal.Wrap(err, "the terminal can not be used")
	}
	// Through raw, because File.Fd would make reads ignore deadlines.
	var before *term.State
	if cerr := raw.Control(func(fd uintptr) { before, err = term.MakeRaw(int(fd)) }); cerr != nil || err != nil {
		return secret.Bytes{}, fault.Internal.Wrap(errors.Join(cerr, err), "the terminal can not be used")
	}
	defer func() {
		_ = raw.Control(func(fd uintptr) { _ = term.Restore(int(fd), before) })
		fmt.Fprint(t.file, "\n")
	}()
	if t.forget {
		t.drop()
	}
	// A signal ends the waiting.
	defer context.AfterFunc(ctx, func() { _ = t.file.SetReadDeadline(time.Unix(1, 0)) })()
	fmt.Fprint(t.file, prompt)

	line := make([]byte, 0, maxLine)
	defer func() { clear(line[:cap(line)]) }()
	for {
		var key [1]byte
		if _, err := t.file.Read(key[:]); err != nil {
			if ctx.Err() != nil {
				return secret.Bytes{}, ctx.Err()
			}
			if errors.Is(err, io.EOF) {
				return secret.Bytes{}, usage("the terminal was closed")
			}
			return secret.Bytes{}, fault.Internal.Wrap(err, "the terminal can not be read")
		}
		switch c := key[0]; c {
		case '\r', '\n':
			return secret.Copy(line), nil
		case ctrlC:
			return secret.Bytes{}, &trouble{code: exitInterrupted, kind: "interrupted", text: "interrupted"}
		case ctrlD:
			if len(line) == 0 {
				return secret.Bytes{}, usage("nothing was typed")
			}
		case backspace, del:
			_, size := utf8.DecodeLastRune(line)
			line = t.erase(line, len(line)-size, echo)
		case ctrlU, ctrlW:
			line = t.erase(line, 0, echo)
		default:
			if len(line) == maxLine {
				return secret.Bytes{}, fault.TooLarge.New("a line may have at most %d bytes", maxLine)
			}
			line = append(line, c)
			if echo && c >= ' ' {
				_, _ = t.file.Write(key[:])
			}
		}
		clear(key[:])
	}
}

// drop takes in what was typed so far and forgets it.
func (t *terminal) drop() {
	var typed [64]byte
	for {
		_ = t.file.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err := t.file.Read(typed[:]); err != nil {
			break
		}
	}
	clear(typed[:])
	_ = t.file.SetReadDeadline(time.Time{})
}

// erase forgets what was typed from keep on.
func (t *terminal) erase(line []byte, keep int, echo bool) []byte {
	if echo {
		for range utf8.RuneCount(line[keep:]) {
			fmt.Fprint(t.file, "\b \b")
		}
	}
	clear(line[keep:])
	return line[:keep]
}

// confirm has the person type a name before something that cannot be undone.
// given is what the flag of that purpose says, "" if it is absent.
func (a *app) confirm(ctx context.Context, given, flag, name, what string) error {
	if given != "" {
		if given != name {
			return usage("%s names %s, but this is %s", flag, shown(given), shown(name))
		}
		return nil
	}
	t, err := openTerminal("confirmation")
	if err != nil {
		return usage("%s must be confirmed, and there is no terminal", what).withHint("confirm it with: %s %s", flag, shellWord(name))
	}
	defer t.Close()
	typed, err := t.ask(ctx, fmt.Sprintf("%s. type %s to go on: ", what, shown(name)), true)
	if err != nil {
		return err
	}
	defer typed.Wipe()
	if !bytes.Equal(typed.Expose(), []byte(name)) && !bytes.Equal(typed.Expose(), []byte(shown(name))) {
		return &trouble{code: exitFailure, kind: "not-confirmed", text: "that is not the name; nothing was done"}
	}
	return nil
}
