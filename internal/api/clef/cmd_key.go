package clef

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// newAccount is clef newaccount.
func (p *personality) newAccount(ctx context.Context, s settings, _ []string) error {
	if err := p.begin(s); err != nil {
		return err
	}
	ui, err := p.console()
	if err != nil {
		return err
	}
	defer func() { _ = ui.Close() }()
	asking := Door{cfg: DoorConfig{UI: ui}} // of a door only this is needed
	password, err := asking.newPassword(ctx)
	if err != nil {
		return err
	}
	defer password.Wipe()
	var made gate.KeyFile
	err = p.withAdmin(ctx, s, func(a Admin) error {
		made, err = a.NewKey(ctx, password)
		return err
	})
	if err != nil {
		return err
	}
	p.announceKey(made)
	fmt.Fprintln(p.env.Stdout, "Generated account "+wire.Checksummed(made.Address))
	return nil
}

// announceKey logs what the peer does of a new key.
func (p *personality) announceKey(made gate.KeyFile) {
	p.logger.Info("Your new key was generated", "address", wire.Checksummed(made.Address))
	p.logger.Warn("Please backup your key file!", "path", made.Path)
	p.logger.Warn("Please remember your password!")
}

// importRaw is clef importraw: it makes a key file of a private key in hex digits.
func (p *personality) importRaw(ctx context.Context, s settings, words []string) error {
	if err := p.begin(s); err != nil {
		return err
	}
	if len(words) < 1 {
		return fault.Invalid.New("<keyfile> must be given as first argument")
	}
	private, err := readPrivate(words[0])
	if err != nil {
		return err
	}
	defer private.Wipe()
	ui, err := p.console()
	if err != nil {
		return err
	}
	defer func() { _ = ui.Close() }()
	password, err := ui.AskPassword(ctx, "Password", "Please enter a password for the imported account")
	if err != nil {
		return readFault(err)
	}
	defer password.Wipe()
	again, err := ui.AskPassword(ctx, "Password", "Please repeat the password you just entered")
	if err != nil {
		return readFault(err)
	}
	defer again.Wipe()
	if !password.Equal(again) {
		return fault.Invalid.New("Passwords do not match")
	}
	if err := gate.CheckNewPassword(password); err != nil {
		return fault.Invalid.New("password requirements not met: %s", fault.Text(err))
	}
	var made gate.KeyFile
	err = p.withAdmin(ctx, s, func(a Admin) error {
		made, err = a.ImportKey(ctx, private, password)
		return err
	})
	if err != nil {
		return err
	}
	ui.ShowInfo("Key imported:\n  Address " + wire.Checksummed(made.Address) + "\n  Keystore file: " + made.Path + "\n" + keyAdvice)
	return nil
}

// readFault is the error of an answer that did not come.
func readFault(err error) error {
	return fault.Invalid.New("Failed to read password: %s", errText(err))
}

// readPrivate reads a file of 64 hex digits and at most an end of line.
func readPrivate(path string) (secret.Bytes, error) {
	f, err := os.Open(path)
	if err != nil {
		return secret.Bytes{}, plain(err)
	}
	defer f.Close()
	var text [64 + 4]byte
	defer clear(text[:])
	n, err := io.ReadFull(f, text[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return secret.Bytes{}, plain(err)
	}
	digits, rest := text[:min(n, 64)], text[min(n, 64):n]
	for i, c := range digits {
		if c < '!' {
			digits = digits[:i]
			break
		}
	}
	if len(digits) < 64 {
		return secret.Bytes{}, fault.Invalid.New("key file too short, want 64 hex characters")
	}
	for i, c := range rest {
		switch {
		case c != '\n' && c != '\r':
			return secret.Bytes{}, fault.Invalid.New("invalid character %q at end of key file", c)
		case i >= 2:
			return secret.Bytes{}, fault.Invalid.New("key file too long, want 64 hex characters")
		}
	}
	hexadecimal := secret.Copy(digits)
	defer hexadecimal.Wipe()
	return parsePrivate(hexadecimal)
}
