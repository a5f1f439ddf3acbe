package wallet

import (
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// openLive opens a live wallet with its password and holds it: the keys of the
// file are sealed again, each by itself, under a random data key that lasts until
// the wallet is locked.
func (s *Set) openLive(e *entry, password secret.Bytes) error {
	e.change.Lock()
	defer e.change.Unlock()
	if err := s.holdIfOpen(e, password); !fault.Is(err, fault.Locked) {
		return err
	}
	if _, err := e.openRef(); err == nil {
		return errPassword() // it is open, and not by this password
	}
	e.file.writing.Lock() // what a session that ended still writes must be in the file that is read
	defer e.file.writing.Unlock()
	file, err := keosdfile.Read(e.file.path)
	if err != nil {
		return err
	}
	ref, err := s.cfg.Vault.Begin(e.id, password)
	if err != nil {
		return err
	}
	o := &opening{ref: ref, named: e.file.folder.Named}
	x, err := s.readLive(o, file, password)
	if err != nil {
		s.cfg.Vault.Lock(ref)
		return err
	}
	e.state.Lock()
	defer e.state.Unlock()
	e.ref, e.keys = ref, x
	e.holds++
	e.file.opened, e.file.nextName = o, 0
	return nil
}

// readLive reads the file into o and an index.
func (s *Set) readLive(o *opening, file *keosdfile.File, password secret.Bytes) (_ *index, err error) {
	key := keosdfile.FileKey(password)
	defer key.Wipe()
	scratch, err := s.cfg.Arena.Alloc(keosdfile.ScratchSize)
	if err != nil {
		return nil, err
	}
	defer scratch.Release()
	r := &resealer{set: s, ref: o.ref, room: make(chan struct{}, 2*runtime.GOMAXPROCS(0))}
	defer func() {
		if failed := r.finish(); err == nil {
			err = failed
		}
	}()
	contents, err := file.Open(key.Expose(), scratch.Bytes(), r.take)
	if err != nil {
		return nil, err
	}
	r.seal()
	o.records, o.proven = r.records, make([]atomic.Bool, len(r.records))
	if err := o.order(); err != nil {
		return nil, err
	}
	o.takeNames(contents)
	o.key = store.Record{ID: serialID(len(o.records)), Kind: fileKeyKind}
	if o.key.Sealed, err = s.cfg.Vault.SealData(o.ref, label(o.key), key.Expose()); err != nil {
		return nil, err
	}
	x := newIndex(&s.revisions)
	return x, x.fill(o.records)
}

// resealer takes the keys of a file and has them sealed in batches, on all cores,
// while more are read and ordered.
type resealer struct {
	set     *Set
	ref     vault.Ref
	records []store.Record // their seals are not made before finish returns
	public  []byte         // what the records have, in one allocation; it never grows
	secrets *secret.Buffer // of the last records, which are not in a batch yet; nil for none
	count   int            // of them
	room    chan struct{}  // an element for each batch that is being sealed
	group   sync.WaitGroup

	mu  sync.Mutex
	err error // of sealing
}

// batchSize is how many secrets find room in one piece of locked memory.
const batchSize = secret.MaxAlloc / keosdfile.SecretSize

func (r *resealer) take(k keosdfile.Key) error {
	if r.records == nil { // the password was right
		r.records = make([]store.Record, 0, k.Count)
		r.public = make([]byte, 0, k.Count*keosdfile.MaxPublic)
	}
	if r.secrets == nil {
		var err error
		if r.secrets, err = r.set.cfg.Arena.Alloc(secret.MaxAlloc); err != nil {
			return err
		}
	}
	start := len(r.public)
	r.public = append(r.public, k.Public...)
	r.records = append(r.records, store.Record{
		ID: serialID(len(r.records)), Kind: store.KeyRecord, Algorithm: uint8(algorithmOf(k.Type)), Usage: usageOf(k.Type),
		Public: r.public[start:len(r.public):len(r.public)],
	})
	copy(r.secrets.Bytes()[r.count*keosdfile.SecretSize:], k.Secret)
	if r.count++; r.count == batchSize {
		r.seal()
	}
	return nil
}

// seal has a batch sealed. Only the bytes of the seals are written meanwhile.
func (r *resealer) seal() {
	if r.secrets == nil {
		return
	}
	size := vault.SealedSize(keosdfile.SecretSize)
	records, secrets := r.records[len(r.records)-r.count:], r.secrets
	labels, sealed := make([]vault.Label, r.count), make([]byte, r.count*size)
	for i := range records {
		labels[i] = label(records[i])
		records[i].Sealed = sealed[i*size : (i+1)*size : (i+1)*size]
	}
	r.secrets, r.count = nil, 0
	r.room <- struct{}{}
	r.group.Go(func() {
		defer func() { <-r.room }()
		defer secrets.Release()
		if err := r.set.cfg.Vault.SealMany(r.ref, labels, secrets.Bytes()[:len(labels)*keosdfile.SecretSize], sealed); err != nil {
			r.mu.Lock()
			r.err = err
			r.mu.Unlock()
		}
	})
}

// finish waits for all batches.
func (r *resealer) finish() error {
	if r.secrets != nil { // reading broke off
		r.secrets.Release()
	}
	r.group.Wait()
	return r.err
}

// spread shares n pieces of work among all cores, each a run of them, and waits.
func spread(n int, work func(from, to int)) {
	var group sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for i := range cores {
		if from, to := i*n/cores, (i+1)*n/cores; from < to {
			group.Go(func() { work(from, to) })
		}
	}
	group.Wait()
}

// order sorts the records of a file whose writer did not, and refuses keys that
// are there twice.
func (o *opening) order() error {
	if o.inOrder() {
		return nil
	}
	slices.SortFunc(o.records, compareRecords)
	if !o.inOrder() {
		return fault.Corrupt.New("the wallet file holds a key twice")
	}
	return nil
}

// inOrder tells whether the records are ordered and each key is there once.
func (o *opening) inOrder() bool {
	for i := 1; i < len(o.records); i++ {
		if compareRecords(o.records[i-1], o.records[i]) >= 0 {
			return false
		}
	}
	return true
}

// takeNames gives the records the names of the file. A file that names its keys
// goes on doing so, whatever the folder would have of new ones: else the next
// change would lose the names.
func (o *opening) takeNames(contents keosdfile.Contents) {
	o.named = o.named || contents.Layout == keosdfile.Named
	places := make([]int, len(contents.Names)) // of the key of each name, -1 for none
	spread(len(places), func(from, to int) {
		for j, n := range contents.Names[from:to] {
			i, found := sort.Find(len(o.records), func(i int) int { // which copies no record
				return keosdfile.Compare(n.Type, n.Public, typeOf(o.records[i].Usage), o.records[i].Public)
			})
			if !found {
				i = -1
			}
			places[from+j] = i
		}
	})
	given := 0
	for j, n := range contents.Names {
		if i := places[j]; i >= 0 && o.records[i].Name == "" && n.Text != "" {
			o.records[i].Name = n.Text
			given++
		}
	}
	switch {
	case !o.named:
		return
	case given == len(o.records) && given == len(contents.Names):
		o.names = contents.Names // one for each, in order
		return
	}
	number := 0
	for i := range o.records {
		for ; o.records[i].Name == ""; number++ {
			if name := defaultNameOf(number); !isTaken(contents.Names, name) {
				o.records[i].Name = name
			}
		}
	}
}

func isTaken(names []keosdfile.Name, text string) bool {
	_, taken := findName(names, text)
	return taken
}

// findName gives the place of a name in a list that is ordered by text.
func findName(names []keosdfile.Name, text string) (int, bool) {
	return slices.BinarySearchFunc(names, text, func(n keosdfile.Name, text string) int { return strings.Compare(n.Text, text) })
}

// compareRecords orders records as keys are listed, which is the order of files.
func compareRecords(a, b store.Record) int {
	return keosdfile.Compare(keosdfile.KeyType(a.Usage), a.Public, keosdfile.KeyType(b.Usage), b.Public)
}
