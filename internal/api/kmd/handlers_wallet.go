package kmd

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// maxName is the longest name of a wallet, in bytes.
const maxName = 64

// listWallets answers in the order of the peer's file names, which are made of
// the name at creation and so stay when a wallet is renamed. A folder of wallet files
// that cannot be read fails the whole list, as at the peer.
func listWallets(c *call) error {
	list, err := c.gate.Wallets(c.ctx, c.caller)
	if err != nil {
		return err
	}
	if list.Trouble != nil {
		return folderTrouble{list.Trouble}
	}
	wallets := list.Wallets
	type named struct {
		file   string
		wallet *gate.Wallet
	}
	order := make([]named, len(wallets))
	for i := range wallets {
		order[i] = named{walletFile(&wallets[i]), &wallets[i]}
	}
	slices.SortStableFunc(order, func(a, b named) int { return cmp.Compare(a.file, b.file) })
	c.reply.list("wallets", len(order), func(i int) { c.reply.walletObject(*order[i].wallet, "    ") })
	return nil
}

// walletFile is the name of the file that holds the wallet, or would hold it at
// the peer (§7): the letters, digits, dashes and underscores of its first name,
// and its id.
func walletFile(w *gate.Wallet) string {
	if w.FileName != "" {
		return w.FileName
	}
	id := gate.FormatWalletID(w.ID)
	safe := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-':
			return r
		}
		return -1
	}, w.CreatedName)
	if safe == id {
		return id + ".db"
	}
	return safe + "." + id + ".db"
}

// createWallet checks in the peer's order: driver, length of the name, then
// what the gate checks. A missing or all-zero seed draws a random one.
func createWallet(c *call) error {
	switch string(c.req.driver) {
	case "sqlite":
	case "ledger":
		return fault.Unsupported.New(textOperation)
	default:
		return fault.Invalid.New(textDriver)
	}
	if len(c.req.name) > maxName {
		return fault.Invalid.New(textNameSize)
	}
	w, err := c.gate.CreateWallet(c.ctx, c.caller, gate.NewWallet{
		Name: string(c.req.name), Password: c.req.password, Seed: c.req.seed,
	})
	if err != nil {
		return err
	}
	c.reply.wallet(w)
	return nil
}

// renameWallet holds a new name to the rules of creation, which the peer does
// not: at most 64 bytes, and a blank one becomes the id.
func renameWallet(c *call) error {
	id, err := gate.ParseWalletID(string(c.req.walletID))
	if err != nil {
		return err
	}
	name := string(c.req.name)
	if len(name) > maxName {
		return fault.Invalid.New(textNameSize)
	}
	if name == "" {
		name = gate.FormatWalletID(id)
	}
	w, err := c.gate.RenameWallet(c.ctx, c.caller, id, c.req.password, name)
	if err != nil {
		return err
	}
	c.reply.wallet(w)
	return nil
}

// openWallet is the peer's init: a password for a handle.
func openWallet(c *call) error {
	id, err := gate.ParseWalletID(string(c.req.walletID))
	if err != nil {
		return err
	}
	s, err := c.gate.Unlock(c.ctx, c.caller, gate.Unlock{
		Wallet: id, Password: c.req.password, Lifetime: c.lifetime, Reauthenticate: true,
	})
	if err != nil {
		return err
	}
	handle, err := c.handles.add(s)
	if err != nil {
		_ = c.gate.Lock(c.ctx, c.caller, s.ID) // the first error is the one to tell
		return err
	}
	c.reply.text("wallet_handle_token", string(handle))
	clear(handle)
	return nil
}

// releaseHandle succeeds also for an expired handle that was not yet removed;
// what the gate thinks of its session then does not matter.
func releaseHandle(c *call) error {
	s, err := c.handles.release(c.req.handle)
	if err != nil {
		return err
	}
	err = c.gate.Lock(c.ctx, c.caller, s)
	if fault.Is(err, fault.UnknownSession) || fault.Is(err, fault.SessionExpired) || fault.Is(err, fault.Locked) {
		return nil
	}
	return err
}

// renewHandle is the only call that lengthens the life of a handle.
func renewHandle(c *call) error {
	id, session, err := c.handles.find(c.req.handle)
	if err != nil {
		return err
	}
	s, err := c.gate.Renew(c.ctx, c.caller, session, c.lifetime)
	if err != nil {
		return err
	}
	c.handles.extend(id, s)
	c.reply.walletHandle(s.Wallet, c.secondsLeft(s))
	return nil
}

func walletInfo(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	s, err := c.gate.Session(c.ctx, c.caller, session)
	if err != nil {
		return err
	}
	c.reply.walletHandle(s.Wallet, c.secondsLeft(s))
	return nil
}

// secondsLeft is the rest of a session's life, cut to whole seconds.
func (c *call) secondsLeft(s gate.Session) int64 {
	return max(0, int64(s.Deadline.Sub(c.now())/time.Second))
}

func exportSeed(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	seed, err := c.gate.ExportSeed(c.ctx, c.caller, session, c.req.password)
	if err != nil {
		return err
	}
	defer seed.Wipe()
	c.reply.base64("master_derivation_key", seed.Expose())
	return nil
}
