package wallet

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/clefdir"
	"strongroom/internal/secret"
)

// RuleDraft is a state that is not written yet.
type RuleDraft struct {
	Digest string

	file    *RuleFile
	changes map[string]string
	data    []byte
	table   *clefdir.Table
	aside   string
}

// Draft makes the state that follows from changes, in their order; nil where they change
// nothing. The caller has entered. Errors: fault.Locked, fault.Invalid, fault.TooLarge.
func (r *RuleFile) Draft(changes []RuleChange) (*RuleDraft, error) {
	d := &RuleDraft{file: r, changes: make(map[string]string)}
	for _, c := range changes {
		if c.Key != "" {
			d.changes[c.Key] = c.Value
		}
	}
	err := r.use(func(key []byte) (err error) {
		r.mu.RLock()
		defer r.mu.RUnlock()
		if r.table == nil {
			return errNotAdopted()
		}
		var list []clefdir.Change
		for name, value := range d.changes {
			if v := r.values[name]; v.text != value || v.err != nil {
				list = append(list, clefdir.Change{Name: name, Value: secret.Copy([]byte(value))})
			}
		}
		if len(list) == 0 {
			return nil
		}
		if d.data, err = r.table.With(key, list, r.store.set.cfg.Rand); err == nil {
			d.table, err = clefdir.ParseTable(d.data)
		}
		return err
	})
	if err != nil || d.table == nil {
		return nil, err
	}
	d.Digest = digestOf(d.data)
	return d, nil
}

// Files aside are named after the state that they hold.
const (
	asidePrefix = "." + clefdir.StorageFile + "."
	asideSuffix = ".new"
	asideDigits = 16
)

// Stage writes the state aside, durably. [RuleDraft.End] must follow. Errors:
// fault.Conflict where the file was changed by others, fault.Storage.
func (d *RuleDraft) Stage() error {
	if err := d.file.unchanged(); err != nil {
		return err
	}
	d.aside = filepath.Join(d.file.dir, asidePrefix+d.Digest[:asideDigits]+asideSuffix)
	f, err := os.OpenFile(d.aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errRuleWrite(err)
	}
	_, err = f.Write(d.data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = atomicfile.SyncDir(d.file.dir)
	}
	if err != nil {
		return errRuleWrite(err)
	}
	return nil
}

// Publish gives the state the file's name, durably, and shows it to readers. The journal
// names it already. Errors: fault.Conflict where the file was changed by others,
// fault.Storage; then readers see the state before.
func (d *RuleDraft) Publish() error {
	r := d.file
	r.cleanExcept(d.aside) // what the journal named before is needed no more
	if err := r.unchanged(); err != nil {
		return err
	}
	err := r.rename(d.aside)
	if now, statErr := os.Stat(r.path); statErr == nil {
		r.info = now // also where the rename was done, but not durable
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.table = d.table
	for name, value := range d.changes {
		if value == "" {
			delete(r.values, name)
		} else {
			r.values[name] = ruleValue{text: value}
		}
	}
	return nil
}

// End tidies up after Stage. A state that the journal names, or may name, stays aside if
// it was not published.
func (d *RuleDraft) End(mayBeNamed bool) {
	if mayBeNamed {
		d.file.left = true
		return
	}
	if d.aside != "" {
		_ = os.Remove(d.aside)
	}
}

// unchanged tells whether the file is as it was read or written.
func (r *RuleFile) unchanged() error {
	info, err := os.Stat(r.path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return errRuleWrite(err)
		}
		info = nil
	}
	if !clefdir.Same(info, r.info) {
		return fault.Conflict.New("the rule storage was changed by another program").
			WithHint("start the signer again; it will say whether the file can be used")
	}
	return nil
}

// rename gives a file aside the storage's name.
func (r *RuleFile) rename(aside string) error {
	if err := os.Rename(aside, r.path); err != nil {
		return errRuleWrite(err)
	}
	if err := atomicfile.SyncDir(r.dir); err != nil {
		return errRuleWrite(err)
	}
	return nil
}

// asides lists the files aside.
func (r *RuleFile) asides() []string {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasPrefix(e.Name(), asidePrefix) && strings.HasSuffix(e.Name(), asideSuffix) {
			all = append(all, filepath.Join(r.dir, e.Name()))
		}
	}
	return all
}

// cleanExcept removes files aside but one. What stays costs nothing but room. The caller
// has entered.
func (r *RuleFile) cleanExcept(keep string) {
	if !r.left {
		return
	}
	r.left = false
	for _, path := range r.asides() {
		if path != keep {
			_ = os.Remove(path)
		}
	}
}

func errRuleWrite(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Storage.Wrap(err, "the rule storage cannot be written: the disk is full").WithHint("make room; the storage is as it was")
	}
	return fault.Storage.Wrap(err, "the rule storage cannot be written")
}
