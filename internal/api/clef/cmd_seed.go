package clef

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// initialise is clef init: it makes a master seed.
func (p *personality) initialise(ctx context.Context, s settings, _ []string) error {
	if err := p.begin(s); err != nil {
		return err
	}
	if err := os.Mkdir(s.configDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return plain(err)
	}
	s.seed = filepath.Join(s.configDir, seedName)
	if _, err := os.Lstat(s.seed); err == nil {
		return fault.WalletExists.New("master key %s already exists, will not overwrite", s.seed)
	}
	password, err := p.seedPassword()
	if err != nil {
		return err
	}
	defer password.Wipe()
	if err := p.withAdmin(ctx, s, func(a Admin) error { return a.CreateSeed(ctx, password) }); err != nil {
		return err
	}
	fmt.Fprintf(p.env.Stdout, "A master seed has been generated into %s\n%s\n", s.seed, seedAdvice)
	return nil
}

// seedPassword asks for the password of a new master seed until it is a good one.
func (p *personality) seedPassword() (secret.Bytes, error) {
	for {
		password, err := p.newPassword("The master seed of clef will be locked with a password.\n" +
			"Please specify a password. Do not forget this password!")
		if err != nil {
			return secret.Bytes{}, err
		}
		err = gate.CheckNewPassword(password)
		if err == nil {
			fmt.Fprintln(p.env.Stdout)
			return password, nil
		}
		password.Wipe()
		fmt.Fprintf(p.env.Stdout, "invalid password: %s\n", fault.Text(err))
	}
}

// attest is clef attest: it stores which rule file is to be used. The argument is not
// checked, as scripts of the peer may rely on.
func (p *personality) attest(ctx context.Context, s settings, words []string) error {
	if len(words) < 1 {
		return fatal{fault.Invalid.New("This command requires an argument.")}
	}
	if err := p.begin(s); err != nil {
		return err
	}
	err := p.withMaster(ctx, s, func(a Admin, master secret.Bytes) error { return a.Attest(ctx, master, words[0]) })
	if err == nil {
		p.logger.Info("Ruleset attestation updated", "sha256", words[0])
	}
	return err
}

// setPassword is clef setpw: it stores the password of a key file, which is asked for
// before that of the master seed.
func (p *personality) setPassword(ctx context.Context, s settings, words []string) error {
	address, err := p.beginWithAddress(s, words)
	if err != nil {
		return err
	}
	password, err := p.newPassword("Please enter a password to store for this address:")
	if err != nil {
		return err
	}
	defer password.Wipe()
	fmt.Fprintln(p.env.Stdout)
	err = p.withMaster(ctx, s, func(a Admin, master secret.Bytes) error { return a.SetPassword(ctx, master, address, password) })
	if err == nil {
		p.logger.Info("Credential store updated", "set", wire.Checksummed(address))
	}
	return err
}

// deletePassword is clef delpw.
func (p *personality) deletePassword(ctx context.Context, s settings, words []string) error {
	address, err := p.beginWithAddress(s, words)
	if err != nil {
		return err
	}
	err = p.withMaster(ctx, s, func(a Admin, master secret.Bytes) error { return a.DeletePassword(ctx, master, address) })
	if err == nil {
		p.logger.Info("Credential store updated", "unset", wire.Checksummed(address))
	}
	return err
}

// beginWithAddress begins a command whose argument is an address, with or without 0x.
func (p *personality) beginWithAddress(s settings, words []string) (address [20]byte, err error) {
	if len(words) < 1 {
		return address, fatal{fault.Invalid.New("This command requires an address to be passed as an argument")}
	}
	if err := p.begin(s); err != nil {
		return address, err
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(words[0], "0x"), "0X")
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != len(address) {
		return address, fatal{fault.Invalid.New("Invalid address specified: %.100s", words[0])}
	}
	return [20]byte(raw), nil
}

// seedName is the master seed's file in the configuration directory.
const seedName = "masterseed.json"

// checkSeedFile looks whether there is a master seed that nobody but its owner may read.
// Errors: fault.UnknownWallet, fault.Invalid, in the peer's words.
func checkSeedFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fault.UnknownWallet.New("failed stat on %s: %v", path, err)
	}
	if info.Mode().Perm()&0o377 != 0 {
		return fault.Invalid.New("file (%s) has insecure file permissions (%v)", path, info.Mode()).
			WithHint("close it with: chmod 400 %s", path)
	}
	return nil
}

// seedFault is the error of a master seed that does not open, in the peer's words.
func seedFault(err error) error {
	if fault.Is(err, fault.WrongPassword) {
		return fault.WrongPassword.New("failed to decrypt the master seed of clef")
	}
	return err
}

// typedPassword asks for a password below a line that says what for.
func (p *personality) typedPassword(what string) (secret.Bytes, error) {
	fmt.Fprintln(p.env.Stdout, what)
	return p.prompt("Password: ")
}

// newPassword asks for a password twice.
func (p *personality) newPassword(what string) (secret.Bytes, error) {
	first, err := p.typedPassword(what)
	if err != nil {
		return secret.Bytes{}, err
	}
	again, err := p.prompt("Repeat password: ")
	defer again.Wipe()
	if err == nil && !first.Equal(again) {
		err = fatal{fault.Invalid.New("Passwords do not match")}
	}
	if err != nil {
		first.Wipe()
		return secret.Bytes{}, err
	}
	return first, nil
}

func (p *personality) prompt(text string) (secret.Bytes, error) {
	password, err := p.input.password(text)
	if err != nil {
		password.Wipe()
		return secret.Bytes{}, fatal{fault.Invalid.Wrap(err, "Failed to read password: %s", errText(err))}
	}
	return password, nil
}
