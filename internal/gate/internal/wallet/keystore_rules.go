package wallet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/clefdir"
)

// RuleChange is one entry that a rule file stores. An empty value deletes it; an empty
// key is passed over.
type RuleChange struct{ Key, Value string }

// RuleFile is the storage of a rule file: the vault's jsstorage.json. A limit that is
// counted there holds only if the file never goes back to an older state, which its
// format cannot tell. So each state has a digest that the gate writes into the journal
// before the state gets the file's name:
//
//	aside, synced ─▶ journal, synced ─▶ renamed, directory synced ─▶ shown to readers
//
// Whatever is interrupted, either the file or the one aside has the digest that the
// journal names last. A file aside is only removed when the journal names another state,
// or never named this one.
type RuleFile struct {
	store  *keyStore
	opened *openedClef
	dir    string
	path   string
	turn   chan struct{} // 1 slot: one change at a time; guards the next two

	info fs.FileInfo // of the file as it was read or written; nil for none
	left bool        // there may be files aside

	mu     sync.RWMutex
	table  *clefdir.Table // nil until it is adopted
	values map[string]ruleValue
}

// ruleValue is a decrypted entry, or why it is none.
type ruleValue struct {
	text string
	err  error
}

func newRuleFile(k *keyStore, o *openedClef, dir string) *RuleFile {
	return &RuleFile{store: k, opened: o, dir: dir, path: filepath.Join(dir, clefdir.StorageFile), turn: make(chan struct{}, 1)}
}

// RuleFile is that of a listener's open vault. Errors: fault.Locked.
func (s *Set) RuleFile(listener string) (file *RuleFile, err error) {
	err = s.useClef(listener, func(_ *keyStore, o *openedClef) error {
		file = o.rules
		return nil
	})
	return file, err
}

// Vault is the name of the vault, which follows from the seed.
func (r *RuleFile) Vault() string { return r.opened.name }

// Enter waits until nobody else changes the storage. Errors: fault.Canceled.
func (r *RuleFile) Enter(ctx context.Context) (leave func(), err error) {
	select {
	case r.turn <- struct{}{}:
		return func() { <-r.turn }, nil
	case <-ctx.Done():
		return nil, fault.Canceled.Wrap(context.Cause(ctx), "the request was given up")
	}
}

// use runs f while the vault cannot be closed, with the key of the file.
func (r *RuleFile) use(f func(key []byte) error) error {
	return r.store.clef.use(func(o *openedClef) error {
		if o != r.opened {
			return errClefClosed()
		}
		return f(o.rulesKey())
	})
}

// RuleState is the file as it was read, which readers do not see before it is adopted.
type RuleState struct {
	Digest string // hex SHA-256 of the file; that of no bytes for a file that is not there
	Exists bool

	file   *RuleFile
	info   fs.FileInfo
	table  *clefdir.Table
	values map[string]ruleValue
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Read reads the file. The caller has entered. Errors: fault.Corrupt for what is no such
// file, fault.Storage.
func (r *RuleFile) Read() (*RuleState, error) {
	info, err := os.Stat(r.path)
	if err != nil {
		info = nil // what is wrong shows now
	}
	table, data, err := clefdir.ReadTable(r.path)
	if damaged, is := errors.AsType[*fault.Error](err); is && fault.Is(err, fault.Corrupt) {
		return nil, damaged.WithHint("restore the newest copy of %s that is whole; accepting the file as it is does not help, because it is damaged", r.path)
	}
	if err != nil {
		return nil, err
	}
	s := &RuleState{Digest: digestOf(data), Exists: data != nil, file: r, info: info, table: table, values: make(map[string]ruleValue)}
	err = r.use(func(key []byte) error {
		for _, name := range table.Names() {
			text, err := table.Text(key, name)
			s.values[name] = ruleValue{text, err}
		}
		return nil
	})
	return s, err
}

// Adopt shows a state to readers. The caller has entered.
func (s *RuleState) Adopt() {
	r := s.file
	r.mu.Lock()
	r.table, r.values = s.table, s.values
	r.mu.Unlock()
	r.info, r.left = s.info, true
	r.cleanExcept("")
}

// Finish gives the file aside that has a digest its name, if there is one. The caller
// has entered.
func (r *RuleFile) Finish(digest string) (done bool, err error) {
	for _, path := range r.asides() {
		_, data, err := clefdir.ReadTable(path)
		if err != nil || digestOf(data) != digest {
			continue // not finished, or another state
		}
		if err := r.rename(path); err != nil {
			return false, err
		}
		return true, nil
	}
	return false, nil
}

// Get gives an entry as of the last change that is durable, "" where there is none.
// Errors: fault.Locked before the file was adopted and once the vault is closed;
// fault.Corrupt for an entry that was changed outside.
func (r *RuleFile) Get(key string) (value string, err error) {
	err = r.use(func([]byte) error {
		r.mu.RLock()
		defer r.mu.RUnlock()
		if r.table == nil {
			return errNotAdopted()
		}
		v := r.values[key]
		value = v.text
		return v.err
	})
	return value, err
}

func errNotAdopted() error { return fault.Locked.New("the rule storage is not open") }
