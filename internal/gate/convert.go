package gate

import (
	"context"
	"slices"
	"strings"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Formats of wallet files that [Gate.ExportWallet] writes, in the words of our own
// API. [Gate.ImportWallet] reads FormatKeosd, of either layout.
const (
	FormatKmd          = "kmd"           // Algorand's kmd: a SQLite file
	FormatKeosd        = "keosd"         // keosd and kiod, with names of keys, which keosd passes over
	FormatKeosdUnnamed = "keosd-unnamed" // the same as keosd itself writes it, without names
)

// ExportWallet gives a wallet in a peer's own file format, sealed under the same
// password. Errors: fault.Unsupported for a wallet that the format cannot hold.
func (g *Gate) ExportWallet(ctx context.Context, c Caller, id WalletID, password secret.Bytes, format string) ([]byte, error) {
	a := g.onWallet(ExportWallet, c, id)
	formats := []string{FormatKmd, FormatKeosd, FormatKeosdUnnamed}
	if !slices.Contains(formats, format) {
		return nil, g.refuse(ctx, a, fault.Unsupported.New("unknown export format %q", format).WithHint("known formats: %s", strings.Join(formats, ", ")))
	}
	a.detail = format
	if err := g.adopt(ctx, a, password); err != nil {
		return nil, err
	}
	var file []byte
	hold := func() (func(), error) { return g.wallets.HoldFor(ctx, c.Listener, id, c.Conn, password) }
	err := g.passAfter(ctx, a, hold, func() (err error) {
		if format == FormatKmd {
			file, err = g.wallets.ExportKmd(ctx, id, c.Conn, password)
		} else {
			file, err = g.wallets.ExportKeosd(ctx, c.Listener, id, c.Conn, password, format == FormatKeosd)
		}
		return err
	})
	return file, err
}

// WalletFile is a wallet file of another program, to be made a wallet of the store.
type WalletFile struct {
	Name     string // of the wallet, as in [NewWallet]
	Format   string
	File     []byte // the whole file
	Password secret.Bytes
}

// ImportWallet makes a wallet of the keys of a file, with their names and usages,
// sealed under the same password by our own derivation. The file stays as it is.
// Errors: fault.WrongPassword, fault.Corrupt and the errors of [Gate.CreateWallet].
func (g *Gate) ImportWallet(ctx context.Context, c Caller, f WalletFile) (Wallet, error) {
	id, err := g.wallets.NewID()
	if err != nil {
		return Wallet{}, err
	}
	if f.Name == "" {
		f.Name = FormatWalletID(id)
	}
	a := &act{operation: ImportWallet, caller: c, wallet: FormatWalletID(id), name: f.Name}
	if f.Format != FormatKeosd {
		return Wallet{}, g.refuse(ctx, a, fault.Unsupported.New("unknown import format %q", f.Format).WithHint("known formats: %s", FormatKeosd))
	}
	a.detail = f.Format
	if err := g.wallets.CheckName(ctx, f.Name); err != nil {
		return Wallet{}, g.refuse(ctx, a, err)
	}
	var made Wallet
	check := func() (func(), error) { return func() {}, g.wallets.CheckKeosd(f.File, f.Password) }
	err = g.passAfter(ctx, a, check, func() (err error) {
		made, err = g.wallets.ImportKeosd(ctx, id, c.Conn, f.Name, f.File, f.Password)
		return err
	})
	return made, err
}
