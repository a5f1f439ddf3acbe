package wallet

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/kmdfile"
	"strongroom/internal/seal"
	"strongroom/internal/store"
)

// List shows all wallets, those of the store in order of their ids, then foreign
// files that are not adopted yet in the order of their folders and names. Trouble
// with a folder hides its files, not what is in the store; it is the first error
// that was met.
func (s *Set) List(ctx context.Context) (all []Info, trouble error) {
	files, trouble := s.scan(ctx)
	conflicts := make(map[store.WalletID]string)
	var foreign []Info
	for _, f := range files {
		e, _ := s.find(f.id)
		if e == nil {
			foreign = append(foreign, f.info())
			continue
		}
		if why := e.conflict(f); why != "" {
			conflicts[f.id] = why
		}
	}
	entries := s.entries()
	all = make([]Info, 0, len(entries)+len(foreign))
	for _, e := range entries {
		info := s.info(e)
		info.Conflict = conflicts[e.id]
		all = append(all, info)
	}
	return append(all, foreign...), trouble
}

// Count is the number of wallets in the store.
func (s *Set) Count() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.byID)
}

// Name is the name of a wallet in the store, "" if there is none of that id.
func (s *Set) Name(id store.WalletID) string {
	e, err := s.find(id)
	if err != nil {
		return ""
	}
	e.state.RLock()
	defer e.state.RUnlock()
	return e.meta.Name
}

// Exists tells whether there is exactly one wallet of this id, adopted or not.
// Errors: fault.UnknownWallet, fault.AmbiguousWallet.
func (s *Set) Exists(ctx context.Context, id store.WalletID) error {
	if _, err := s.find(id); err == nil {
		return nil
	}
	_, err := s.unadopted(ctx, id)
	return err
}

func (s *Set) info(e *entry) Info {
	e.state.RLock()
	defer e.state.RUnlock()
	info := Info{
		ID: e.id, Name: e.meta.Name, CreatedName: e.meta.CreatedName, FileName: e.meta.Source,
		Created: e.meta.Created, Keys: -1, Sessions: e.holds, Advice: e.advice(),
	}
	if e.file != nil {
		info.Listener = e.file.folder.Listener
	}
	if e.keys != nil && (e.file == nil || e.ref != 0) {
		info.Keys = len(e.keys.keys)
	}
	return info
}

// advice is what the owner should know; the caller holds e.state.
func (e *entry) advice() string {
	for _, slot := range e.slots {
		if info, err := seal.Inspect(slot.Sealed); err == nil && info.Flags&seal.FoldedSurrogates != 0 {
			return "its password was made by a client that garbles emoji, so that any emoji opens it; set the password again: strongroom wallet password"
		}
	}
	return ""
}

// foreignFile is a wallet file that was found in a folder.
type foreignFile struct {
	kmdfile.Listed
	folder *kmdfile.Directory
	id     store.WalletID
}

func (f foreignFile) info() Info {
	return Info{
		ID: f.id, Name: f.displayName(), CreatedName: f.displayName(), FileName: f.FileName,
		Foreign: true, Keys: -1,
	}
}

// displayName is the name in the file, or the id where that is blank.
func (f foreignFile) displayName() string {
	if len(f.Summary.Name) == 0 {
		return f.Summary.ID
	}
	return string(f.Summary.Name)
}

// scan looks at the foreign files of all folders. Unchanged ones are not read again.
// Beside an error, the first one, it gives what the other folders have.
func (s *Set) scan(ctx context.Context) (files []foreignFile, trouble error) {
	for _, folder := range s.folders {
		listing, err := folder.Scan(ctx)
		if err != nil {
			trouble = cmp.Or(trouble, err)
			continue
		}
		for _, l := range listing.Wallets {
			id, err := parseID(l.Summary.ID)
			if err != nil {
				continue // kmd gives every wallet such an id
			}
			files = append(files, foreignFile{Listed: l, folder: folder, id: id})
		}
	}
	return files, trouble
}

// unadopted finds the one foreign file of an id.
func (s *Set) unadopted(ctx context.Context, id store.WalletID) (foreignFile, error) {
	files, err := s.scan(ctx)
	if err != nil {
		return foreignFile{}, err
	}
	var found []foreignFile
	for _, f := range files {
		if f.id == id {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 0:
		return foreignFile{}, errUnknown()
	case 1:
		return found[0], nil
	}
	return foreignFile{}, fault.AmbiguousWallet.New("%d wallet files have the id %s", len(found), formatID(id)).
		WithHint("remove the copies from the wallet folder: %q and %q", found[0].FileName, found[1].FileName)
}

// conflict says why a file of this wallet's id is not what was adopted, "" if it is.
func (e *entry) conflict(f foreignFile) string {
	e.state.RLock()
	defer e.state.RUnlock()
	switch {
	case string(e.meta.SourceHash) == string(f.Hash[:]):
		return ""
	case e.meta.Source == "":
		return fmt.Sprintf("the file %q has the id of this wallet but was not adopted", f.FileName)
	}
	return fmt.Sprintf("the file %q has changed since it was adopted", f.FileName)
}

func formatID(id store.WalletID) string { return hex.EncodeToString(id[:]) }

func parseID(text string) (store.WalletID, error) {
	var id store.WalletID
	if len(text) != 2*len(id) {
		return id, errUnknown()
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err
}
