package gate

import (
	"context"
	"sync"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/gate/internal/wallet"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

// KeyStore is a folder of web3 key files that is a listener's own store of keys, which
// other tools share, and the Clef directory that belongs to it.
type KeyStore = wallet.KeyStore

// KeyFile is an account of a key store and the path of its file.
type KeyFile = wallet.KeyFile

// onKeyStore describes an operation on the key store of the caller's listener. Without
// one the refusal is journaled. With needsFolder one that has no folder is refused too.
func (g *Gate) onKeyStore(ctx context.Context, op Operation, c Caller, needsFolder bool) (*act, error) {
	a := &act{operation: op, caller: c}
	store, err := g.keyStoreOf(c.Listener)
	if err != nil {
		return a, g.refuse(ctx, a, err)
	}
	a.inStore(store)
	if needsFolder {
		if err := g.wallets.HasKeyFiles(c.Listener); err != nil {
			return a, g.refuse(ctx, a, err)
		}
	}
	return a, nil
}

// inStore names the key store of an act.
func (a *act) inStore(store KeyStore) {
	a.wallet, a.name = FormatWalletID(wallet.KeyStoreID(store)), store.Name
}

// concerns names the one account that an act is about.
func (a *act) concerns(address [20]byte) {
	a.key, a.keys = hexaccount.Checksummed(address), [][]string{addressNames(address)}
}

// Listing is an answer of [Gate.ListKeyFiles].
type Listing struct {
	Accounts []KeyFile  // what is there and the rules let be seen, by path; shared: do not change it
	Revealed [][20]byte // what the caller may be told, in the order of the approval
	Asked    bool       // somebody decided; else the rules of policy did, and everything is revealed
	Revision uint64     // of the folder: another number, another list
}

// ListKeyFiles lists the accounts of the listener's key store. Rules may name accounts:
// those that no rule lets be seen are left out. Where the rules ask about any of the
// others, the approval says which are revealed. Errors: fault.Denied; fault.Unsupported
// "password based accounts not supported" without a folder.
func (g *Gate) ListKeyFiles(ctx context.Context, c Caller, subject any) (Listing, error) {
	a, err := g.onKeyStore(ctx, ListKeys, c, true)
	if err != nil {
		return Listing{}, err
	}
	var l Listing
	if l.Accounts, l.Revision, err = g.wallets.KeyFiles(c.Listener); err != nil {
		return Listing{}, g.refuse(ctx, a, err)
	}
	if g.cfg.Policy.NamesKeys() {
		l.Accounts = g.visible(a, l.Accounts, l.Revision)
	}
	a.subject, a.accounts = subject, l.Accounts
	err = g.pass(ctx, a, func() error {
		if a.approval != nil {
			l.Asked, l.Revealed = true, a.approval.Accounts
			return nil
		}
		l.Revealed = make([][20]byte, len(l.Accounts))
		for i, account := range l.Accounts {
			l.Revealed[i] = account.Address
		}
		return nil
	})
	if err != nil {
		return Listing{}, err
	}
	return l, nil
}

// visible leaves out the accounts that the rules do not let be seen. The others become
// the keys of the act, so that it is asked about if any of them is.
func (g *Gate) visible(a *act, accounts []KeyFile, revision uint64) []KeyFile {
	names := g.listed.names(a.wallet, accounts, revision)
	seen := make([]KeyFile, 0, len(accounts))
	one := *a
	for i, account := range accounts {
		one.keys = names[i : i+1]
		if g.decide(&one).Verdict != policy.Deny {
			seen, a.keys = append(seen, account), append(a.keys, names[i])
		}
	}
	return seen
}

// listedNames remembers the names that rules have for the accounts of a folder: making
// them for thousands of accounts takes longer than everything else.
type listedNames struct {
	mu       sync.Mutex
	ofWallet map[string]namesAt
}

type namesAt struct {
	revision uint64
	names    [][]string
}

func (l *listedNames) names(wallet string, accounts []KeyFile, revision uint64) [][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.ofWallet[wallet]; ok && at.revision == revision {
		return at.names
	}
	at := namesAt{revision: revision, names: make([][]string, len(accounts))}
	for i, account := range accounts {
		at.names[i] = addressNames(account.Address)
	}
	if l.ofWallet == nil {
		l.ofWallet = make(map[string]namesAt)
	}
	l.ofWallet[wallet] = at
	return at.names
}

// CheckNewPassword tells whether a password may protect a new key or seed: at least 10
// bytes of 7-bit printable ASCII without the backslash. Errors: fault.Invalid with the
// texts that Clef has.
func CheckNewPassword(password secret.Bytes) error { return wallet.CheckNewPassword(password) }

// NewKeyFile makes an account. The password is asked once it is approved; one that
// [CheckNewPassword] refuses ends it, so that an API that lets people try again checks
// before. Errors: fault.Denied, fault.Invalid, fault.Unsupported "password based accounts
// not supported", what password gives, fault.Busy, fault.Storage.
func (g *Gate) NewKeyFile(ctx context.Context, c Caller, subject any, password func(ctx context.Context) (secret.Bytes, error)) (KeyFile, error) {
	a, err := g.onKeyStore(ctx, GenerateKey, c, true)
	if err != nil {
		return KeyFile{}, err
	}
	a.subject = subject
	return g.writeKeyFile(ctx, a, func() (*wallet.KeyFileDraft, error) {
		p, err := password(ctx)
		if err != nil {
			return nil, err
		}
		defer p.Wipe()
		return g.wallets.NewKeyFile(ctx, c.Listener, c.Conn, p)
	})
}

// ImportKeyFile makes a file of a private key, 32 bytes. Errors: fault.Denied;
// fault.Invalid for what is no key ("invalid private key, >=N") and for the password
// ("password requirements not met: …"); fault.KeyExists "account already exists";
// fault.Unsupported without a folder; fault.Busy; fault.Storage.
func (g *Gate) ImportKeyFile(ctx context.Context, c Caller, private, password secret.Bytes) (KeyFile, error) {
	a, err := g.onKeyStore(ctx, ImportKey, c, true)
	if err != nil {
		return KeyFile{}, err
	}
	address, err := g.wallets.KeyFileAddress(c.Listener, private)
	if err != nil {
		return KeyFile{}, g.refuse(ctx, a, err)
	}
	a.concerns(address)
	return g.writeKeyFile(ctx, a, func() (*wallet.KeyFileDraft, error) {
		return g.wallets.ImportKeyFile(ctx, c.Listener, c.Conn, private, password)
	})
}

// ImportKeyJSON takes over a key file under a new password. The address in the file
// does not matter. Errors: those of [Gate.ImportKeyFile]; fault.WrongPassword "could not
// decrypt key with given password"; fault.Corrupt, fault.Unsupported and fault.TooLarge of
// the file.
func (g *Gate) ImportKeyJSON(ctx context.Context, c Caller, file []byte, old, password secret.Bytes) (KeyFile, error) {
	a, err := g.onKeyStore(ctx, ImportKey, c, true)
	if err != nil {
		return KeyFile{}, err
	}
	// Whose key it is shows only after a derivation, which is not for everybody to cause.
	defer a.giveBack(ctx)
	if _, err := g.judge(ctx, a); err != nil {
		return KeyFile{}, err
	}
	draft, err := g.wallets.ImportKeyJSON(ctx, c.Listener, c.Conn, file, old, password)
	if err != nil {
		return KeyFile{}, g.refuse(ctx, a, err)
	}
	a.concerns(draft.Address)
	return g.writeKeyFile(ctx, a, func() (*wallet.KeyFileDraft, error) { return draft, nil })
}

// writeKeyFile drafts the file of an account once that is allowed, journals the account
// and writes the file.
func (g *Gate) writeKeyFile(ctx context.Context, a *act, draft func() (*wallet.KeyFileDraft, error)) (KeyFile, error) {
	var d *wallet.KeyFileDraft
	var made KeyFile
	err := g.passAfter(ctx, a, func() (release func(), err error) {
		if d, err = draft(); err != nil {
			return nil, err
		}
		a.concerns(d.Address)
		return func() {}, nil
	}, func() (err error) {
		made, err = d.Commit()
		a.result = []byte(a.key)
		return err
	})
	if err != nil {
		return KeyFile{}, err
	}
	return made, nil
}

// ExportKeyJSON gives the file of an account as it is. Errors: fault.Denied;
// fault.UnknownKey "unknown account"; fault.Conflict "multiple keys match address";
// fault.Unsupported without a folder.
func (g *Gate) ExportKeyJSON(ctx context.Context, c Caller, address [20]byte) ([]byte, error) {
	a, err := g.onKeyStore(ctx, ExportKey, c, true)
	if err != nil {
		return nil, err
	}
	a.concerns(address)
	var file []byte
	err = g.pass(ctx, a, func() (err error) {
		file, err = g.wallets.ExportKeyFile(c.Listener, address)
		return err
	})
	return file, err
}
