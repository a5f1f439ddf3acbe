package cli

import (
	"context"

	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// passwordOptions say where the password of a wallet comes from.
type passwordOptions struct {
	File string
}

func (o *passwordOptions) Add(f *pflag.FlagSet) {
	f.StringVar(&o.File, "password-file", "", "read the wallet's password from a `file` (- for standard input) instead of the terminal")
}

// newPasswordOptions say where a password to be set comes from.
type newPasswordOptions struct {
	File       string
	AllowBlank bool
	flag       string
}

// Add takes the flag's name: some commands also need the password before.
func (o *newPasswordOptions) Add(f *pflag.FlagSet, flag string) {
	o.flag = flag
	f.StringVar(&o.File, flag, "", "read the new password from a `file` (- for standard input) instead of asking twice")
	f.BoolVar(&o.AllowBlank, "allow-blank-password", false, "accept a blank password, which protects nothing")
}

// password gives the password of a wallet. The caller wipes it.
func (a *app) password(ctx context.Context, o passwordOptions, wallet string) (secret.Bytes, error) {
	if o.File != "" {
		return a.secretFile(o.File, "--password-file")
	}
	t, err := openTerminal("the password")
	if err != nil {
		return secret.Bytes{}, usage("the password of wallet %s is needed, and there is no terminal", shown(wallet)).
			withHint("give it with --password-file FILE, or - for standard input")
	}
	defer t.Close()
	return t.ask(ctx, "password of wallet "+shown(wallet)+": ", false)
}

// newPassword gives a password to be set. The caller wipes it.
func (a *app) newPassword(ctx context.Context, o newPasswordOptions, wallet string) (p secret.Bytes, err error) {
	if o.File != "" {
		p, err = a.secretFile(o.File, "--"+o.flag)
	} else {
		p, err = askTwice(ctx, o.flag, wallet)
	}
	if err != nil {
		return secret.Bytes{}, err
	}
	if p.IsEmpty() && !o.AllowBlank {
		return secret.Bytes{}, usage("a blank password protects nothing").withHint("if that is meant, say --allow-blank-password")
	}
	return p, nil
}

func askTwice(ctx context.Context, flag, wallet string) (secret.Bytes, error) {
	t, err := openTerminal("the new password")
	if err != nil {
		return secret.Bytes{}, usage("a new password for wallet %s is needed, and there is no terminal", shown(wallet)).
			withHint("give it with --%s FILE, or - for standard input", flag)
	}
	defer t.Close()
	first, err := t.ask(ctx, "new password of wallet "+shown(wallet)+": ", false)
	if err != nil {
		return secret.Bytes{}, err
	}
	again, err := t.ask(ctx, "the same again: ", false)
	defer again.Wipe()
	if err == nil && !first.Equal(again) {
		err = usage("the two passwords differ; nothing was done")
	}
	if err != nil {
		first.Wipe()
		return secret.Bytes{}, err
	}
	return first, nil
}

// passwordIfNeeded gives no password for a wallet that is open, since the daemon
// may not want one, and asks for it otherwise.
func (a *app) passwordIfNeeded(ctx context.Context, o passwordOptions, w rest.Wallet) (secret.Bytes, error) {
	if w.State == "open" && o.File == "" {
		return secret.Bytes{}, nil
	}
	return a.password(ctx, o, w.Name)
}

// opened does work that needs an open wallet: with the password if the wallet is
// locked or the flag names one, else without and, where it turns out to be open
// for others only, with it.
func (a *app) opened(ctx context.Context, c *rest.Client, o passwordOptions, named string, work func(id string, password secret.Bytes) error) error {
	w, err := findWallet(ctx, c, named)
	if err != nil {
		return err
	}
	password, err := a.passwordIfNeeded(ctx, o, w)
	if err != nil {
		return err
	}
	defer func() { password.Wipe() }()
	err = work(w.ID, password)
	if !fault.Is(err, fault.Locked) || !password.IsEmpty() || o.File != "" || w.State != "open" {
		return err
	}
	if password, err = a.password(ctx, o, w.Name); err != nil {
		return err
	}
	return work(w.ID, password)
}

// findWallet finds the wallet of an id or a name, as the daemon does.
func findWallet(ctx context.Context, c *rest.Client, named string) (rest.Wallet, error) {
	list, err := c.Wallets(ctx)
	if err != nil {
		return rest.Wallet{}, err
	}
	var found []rest.Wallet
	for _, w := range list.Wallets {
		if w.ID == named {
			return w, nil
		}
		if w.Name == named {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 0:
		if list.Trouble != "" {
			return rest.Wallet{}, fault.Storage.New("%s", list.Trouble)
		}
		return rest.Wallet{}, fault.UnknownWallet.New("no wallet is called %s", shown(named)).WithHint("list them with: strongroom wallet list")
	case 1:
		return found[0], nil
	}
	return rest.Wallet{}, fault.AmbiguousWallet.New("%d wallets are called %s", len(found), shown(named)).WithHint("name it by its id")
}
