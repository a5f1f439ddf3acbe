package kiod

import (
	"io"
	"strings"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// maxName is the longest name of a wallet whose file name fits a file system.
const maxName = 255 - len(".wallet")

// checkName refuses what would not be a plain file name (§5).
func (c *call) checkName() error {
	if c.name == "" || len(c.name) > maxName || strings.ContainsFunc(c.name, notInName) {
		return refuse(codeWallet, "Invalid filename, path not allowed in wallet name %s", c.name)
	}
	return nil
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
}

// find is the wallet of the call, which must have been opened.
func (c *call) find() (wallet, error) {
	w, ok := c.table.find(c.name)
	if !ok {
		return w, refuse(codeWalletUnknown, "Wallet not found: %s", c.name)
	}
	return w, nil
}

// session is that of the wallet of the call, which must be unlocked.
func (c *call) session() (gate.SessionID, error) {
	w, err := c.find()
	if err == nil && w.locked() {
		err = refuse(codeWalletLocked, "Wallet is locked: %s", c.name)
	}
	return w.session, err
}

// settle notes that a session has ended, if that is what an error says.
func (c *call) settle(s gate.SessionID, err error) error {
	if hasEnded(err) {
		c.table.forget(s)
	}
	return err
}

// createWallet makes a wallet and leaves it unlocked. Its password is made here:
// clients cannot choose one (§5).
func createWallet(c *call) error {
	if err := c.checkName(); err != nil {
		return err
	}
	defer c.table.turns.take(c.name)()
	password, err := newPassword(c.cfg.Rand)
	if err != nil {
		return err
	}
	defer password.Wipe()
	w, err := c.gate.CreateWallet(c.ctx, c.caller, gate.NewWallet{Name: c.name, Password: password, Live: true})
	if err != nil {
		return err
	}
	c.table.set(c.name, wallet{id: w.ID}) // in place of one whose file has vanished
	c.reply.plain(password.Expose())
	// The password must reach the client whatever comes now: the wallet exists.
	if err := c.unlock(w.ID, password); err != nil {
		c.cfg.Logger.Error("a new wallet could not be unlocked", "wallet", c.name, "err", err)
	}
	return nil
}

// newPassword is "PW" and the text of a random key (§5).
func newPassword(rand io.Reader) (secret.Bytes, error) {
	raw := make([]byte, 32)
	defer clear(raw)
	for {
		if _, err := io.ReadFull(rand, raw); err != nil {
			return secret.Bytes{}, fault.Internal.Wrap(err, "no random bytes for a password")
		}
		drawn := secret.Copy(raw)
		text, err := antelope.FormatPrivateKey(antelope.K1, drawn, antelope.Keosd)
		drawn.Wipe()
		if err != nil {
			return secret.Bytes{}, err
		}
		key, _, err := antelope.ParsePrivateKey(text)
		key.Wipe()
		if err != nil { // not a key: one in 2^128
			text.Wipe()
			continue
		}
		password := secret.New(append(append(make([]byte, 0, 2+text.Len()), "PW"...), text.Expose()...))
		text.Wipe()
		return password, nil
	}
}

// load reads the wallet's file and knows it as locked; the gate has ended the
// session that there may have been.
func (c *call) load() (gate.WalletID, error) {
	w, err := c.gate.LiveWallet(c.ctx, c.caller, c.name)
	if err != nil {
		return w.ID, err
	}
	c.table.set(c.name, wallet{id: w.ID})
	return w.ID, nil
}

// openWallet locks a wallet that is unlocked: its file is read anew.
func openWallet(c *call) error {
	if err := c.checkName(); err != nil {
		return err
	}
	defer c.table.turns.take(c.name)()
	_, err := c.load()
	return err
}

// unlockWallet opens a wallet if need be. One that is unlocked says so whatever
// the password.
func unlockWallet(c *call) error {
	if err := c.checkName(); err != nil {
		return err
	}
	defer c.table.turns.take(c.name)()
	w, known := c.table.find(c.name)
	if known && !w.locked() {
		if _, err := c.gate.Session(c.ctx, c.caller, w.session); !hasEnded(err) {
			return refuse(codeUnlocked, "Wallet is already unlocked: %s", c.name)
		}
		c.table.forget(w.session)
	}
	id := w.id
	if !known {
		var err error
		if id, err = c.load(); err != nil {
			return err
		}
	}
	return c.unlock(id, c.password)
}

// unlock opens a session for a wallet that is known.
func (c *call) unlock(id gate.WalletID, password secret.Bytes) error {
	s, err := c.gate.Unlock(c.ctx, c.caller, gate.Unlock{Wallet: id, Password: password, Lifetime: c.table.life()})
	if err != nil {
		return err
	}
	c.table.unlock(c.name, id, s.ID)
	return nil
}

// lockWallet succeeds for a wallet that is locked already.
func lockWallet(c *call) error {
	session, known := c.table.lock(c.name)
	if !known {
		_, err := c.find()
		return err
	}
	c.table.end(c.ctx, c.caller, []gate.SessionID{session})
	return nil
}

func lockAll(c *call) error {
	c.table.lockAll(c.ctx, c.caller)
	return nil
}

// listWallets marks the unlocked ones with a star, and asks the gate whether they
// still are.
func listWallets(c *call) error {
	c.table.prune(c.ctx, c.caller)
	all := c.table.all()
	c.reply.list(len(all), func(i int) {
		star := ""
		if !all[i].locked() {
			star = " *"
		}
		c.reply.text(all[i].name + star)
	})
	return nil
}

func setTimeout(c *call) error { return c.table.setTimeout(c.ctx, c.caller, c.seconds) }

func supportedAPIs(c *call) error {
	c.reply.shared = c.apis
	return nil
}

// stopDaemon answers first; [Door.serve] then gives the order.
func stopDaemon(c *call) error {
	err := c.gate.AllowStop(c.ctx, c.caller)
	c.stop = err == nil
	return err
}
