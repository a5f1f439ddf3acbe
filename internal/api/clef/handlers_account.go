package clef

import (
	"context"
	"fmt"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
	"strongroom/internal/server/jsonrpc"
)

// version is account_version (§6.1).
func (d *Door) version(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
	d.cfg.Audit.Log("Version", RequestSide, metadata(metaOf(c.Meta)))
	d.cfg.Audit.Log("Version", ResponseSide, Field{"data", wire.ExternalVersion}, failure(nil))
	return jsonrpc.Text(wire.ExternalVersion), nil
}

// list is account_list (§6.2).
func (d *Door) list(ctx context.Context, r *request) (jsonrpc.Result, error) {
	d.cfg.Audit.Log("List", RequestSide, metadata(r.meta))
	listing, err := d.gate.ListKeyFiles(ctx, r.caller, wire.AskListing(&wire.ListRequest{Meta: r.meta}))
	if err != nil {
		d.cfg.Audit.Log("List", ResponseSide, Field{"data", "[]"}, failure(err))
		return nil, err
	}
	d.cfg.Audit.Log("List", ResponseSide, Field{"data", addresses(listing.Revealed)})
	b := append(make([]byte, 0, 2+45*len(listing.Revealed)), '[')
	for i, address := range listing.Revealed {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), wire.Lower(address)...), '"')
	}
	return append(b, ']'), nil
}

// newAccount is account_new (§6.3).
func (d *Door) newAccount(ctx context.Context, r *request) (jsonrpc.Result, error) {
	d.cfg.Audit.Log("New", RequestSide, metadata(r.meta))
	made, err := d.makeAccount(ctx, r.caller, wire.AskNewAccount(&wire.NewAccountRequest{Meta: r.meta}))
	if err != nil {
		d.cfg.Audit.Log("New", ResponseSide, Field{"data", "<nil>"}, failure(err))
		return nil, err
	}
	d.cfg.Audit.Log("New", ResponseSide, Field{"data", wire.Checksummed(made.Address)}, failure(nil))
	return jsonrpc.Text(wire.Lower(made.Address)), nil
}

// newPasswordAttempts is how often a password for a new account is asked for.
const newPasswordAttempts = 3

// makeAccount makes an account with a password that the UI is asked for. Where there is
// no UI nobody is asked to approve what must fail.
func (d *Door) makeAccount(ctx context.Context, c gate.Caller, subject *wire.Subject) (gate.KeyFile, error) {
	if d.cfg.UI == nil {
		d.gate.Refused(ctx, c, gate.GenerateKey, fault.Unsupported)
		return gate.KeyFile{}, fault.Unsupported.New("no one can be asked for a password here: make the key with clef newaccount")
	}
	return d.gate.NewKeyFile(ctx, c, any(subject), d.newPassword)
}

// newPassword asks for the password of a new account until it is a good one. What the
// UI says instead of a password counts as an attempt.
func (d *Door) newPassword(ctx context.Context) (secret.Bytes, error) {
	for n := range newPasswordAttempts {
		password, err := d.cfg.UI.AskPassword(ctx, "New account password",
			fmt.Sprintf("Please enter a password for the new account to be created (attempt %d of %d)", n, newPasswordAttempts))
		if ctx.Err() != nil {
			password.Wipe()
			return secret.Bytes{}, fault.Canceled.Wrap(ctx.Err(), "the request is over")
		}
		if err != nil {
			continue
		}
		if err := gate.CheckNewPassword(password); err != nil {
			password.Wipe()
			d.cfg.UI.ShowError(fmt.Sprintf("Account creation attempt #%d failed due to password requirements: %s", n+1, fault.Text(err)))
			continue
		}
		return password, nil
	}
	return secret.Bytes{}, fault.Denied.New("account creation failed")
}
