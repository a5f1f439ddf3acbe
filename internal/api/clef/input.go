package clef

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"unicode/utf8"

	"golang.org/x/term"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// maxLine bounds what is typed at one prompt, in bytes.
const maxLine = 4096

// input is where a person answers, or a script in their place: standard input. It takes
// one byte at a time, so that whoever reads after it finds everything that follows the
// line that was asked for.
type input struct {
	in     io.Reader
	out    io.Writer
	warned bool // that a password will show
}

// errNoInput is the end of the input before a line.
var errNoInput = errors.New("EOF")

// line reads one line that may show, without its end.
func (p *input) line() (string, error) {
	line, err := p.read(nil)
	defer clear(line)
	return string(line), err
}

// password asks for a line that should not show, which a terminal is told. Scripts
// that write to a pipe are warned once, as the peer does.
func (p *input) password(prompt string) (secret.Bytes, error) {
	file, ok := p.in.(*os.File)
	if ok && term.IsTerminal(int(file.Fd())) {
		return p.hidden(file, prompt)
	}
	if !p.warned {
		fmt.Fprintln(p.out, "!! Unsupported terminal, password will be echoed.")
		p.warned = true
	}
	fmt.Fprint(p.out, prompt)
	line, err := p.read(nil)
	fmt.Fprintln(p.out)
	return secret.New(line), err
}

// hidden reads a line from a terminal that shows none of it. The terminal is in raw
// mode meanwhile and always gets its mode back, also when a signal ends us.
func (p *input) hidden(file *os.File, prompt string) (secret.Bytes, error) {
	fd := int(file.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return secret.Bytes{}, fault.Internal.Wrap(err, "the terminal can not be used")
	}
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-done:
		case s := <-signals:
			_ = term.Restore(fd, before)
			signal.Stop(signals)
			_ = syscall.Kill(syscall.Getpid(), s.(syscall.Signal)) // and now by its usual action
		}
	}()
	defer func() {
		signal.Stop(signals)
		close(done)
		<-watched
		_ = term.Restore(fd, before)
		fmt.Fprintln(p.out)
	}()
	fmt.Fprint(p.out, prompt)
	line, err := p.read(edit)
	return secret.New(line), err
}

// Control bytes of a line under edit.
const (
	ctrlC, ctrlD, ctrlU = 3, 4, 21
	backspace, del      = 8, 127
)

var errAborted = errors.New("prompt aborted")

// edit is what a terminal in raw mode leaves to us.
func edit(line []byte, c byte) ([]byte, bool, error) {
	keep := len(line)
	switch c {
	case '\r':
		return line, true, nil
	case ctrlC:
		return line, true, errAborted
	case ctrlD:
		if len(line) == 0 {
			return line, true, errNoInput
		}
		return line, false, nil
	case backspace, del:
		_, size := utf8.DecodeLastRune(line)
		keep -= size
	case ctrlU:
		keep = 0
	default:
		return append(line, c), false, nil
	}
	clear(line[keep:])
	return line[:keep], false, nil
}

// read reads a line up to its end or that of the input. special may be nil; else it
// takes every byte but the end of the line up, and says whether the line ends.
func (p *input) read(special func([]byte, byte) ([]byte, bool, error)) (line []byte, err error) {
	line = make([]byte, 0, maxLine+1)
	defer func() {
		if err != nil {
			clear(line[:cap(line)])
			line = nil
		}
	}()
	var one [1]byte
	defer clear(one[:])
	for {
		n, err := p.in.Read(one[:])
		switch {
		case n == 0 && errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil // a last line without an end
		case n == 0 && errors.Is(err, io.EOF):
			return line, errNoInput
		case n == 0 && err != nil:
			return line, fault.Internal.Wrap(err, "the input can not be read")
		case n == 0:
			continue
		case one[0] == '\n':
			if special == nil && len(line) > 0 && line[len(line)-1] == '\r' {
				line = line[:len(line)-1]
			}
			return line, nil
		}
		if len(line) == maxLine {
			return line, fault.TooLarge.New("a line may have at most %d bytes", maxLine)
		}
		if special == nil {
			line = append(line, one[0])
			continue
		}
		var ends bool
		if line, ends, err = special(line, one[0]); ends || err != nil {
			return line, err
		}
	}
}
