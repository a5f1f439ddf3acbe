package selector

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"sync"

	"github.com/ethereum/go-ethereum/signer/fourbyte"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
)

// maxFile bounds a file of signatures, in bytes; the embedded table has 11 MB.
const maxFile = 64 << 20

// maxLearned bounds what is learned, in bytes of signatures. Each signature that is
// learned costs writing all of them, and callers choose them where rules approve.
const maxLearned = 1 << 20

// Config says where method signatures are.
type Config struct {
	Custom string // the file of what is learned (--4bytedb-custom); "" for none. It need not exist
	Extra  string // a file to read besides (--4bytedb), which is never written; "" for none
}

// Database knows method signatures. The owner's file comes first, then the embedded
// table, then what was learned, which cannot replace anything. It is safe for concurrent
// use.
type Database struct {
	extra    map[string]string // by 8 hex digits
	embedded func() (*fourbyte.Database, error)
	path     string // of the file of what is learned

	mu      sync.Mutex
	learned map[string]string
	size    int // bytes of the signatures in learned

	blobs chan struct{} // whose turn it is to compute with blobs, see Validate
}

// Open reads the files of cfg. Errors: fault.Corrupt for a file that is malformed,
// fault.Storage for one that cannot be read.
func Open(cfg Config) (*Database, error) {
	d := &Database{
		embedded: sync.OnceValues(fourbyte.New), path: cfg.Custom,
		extra: map[string]string{}, learned: map[string]string{}, blobs: make(chan struct{}, 1),
	}
	if cfg.Extra != "" {
		if err := readFile(cfg.Extra, d.extra); err != nil {
			return nil, err
		}
	}
	if cfg.Custom != "" {
		if err := readFile(cfg.Custom, d.learned); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	for _, signature := range d.learned {
		d.size += len(signature)
	}
	return d, nil
}

// readFile reads an object of "8 hex digits": "name(types)". What is in it is checked
// when it is used.
func readFile(path string, into map[string]string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fault.Storage.Wrap(err, "the file of method signatures %s cannot be read", path)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return fault.Corrupt.New("%s is no file of method signatures", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fault.Storage.Wrap(err, "the file of method signatures %s cannot be read", path)
	}
	if err := json.Unmarshal(text, &into); err != nil {
		return fault.Corrupt.Wrap(err, "%s is no file of method signatures", path).
			WithHint(`it is an object of entries like "a9059cbb": "transfer(address,uint256)"`)
	}
	return nil
}

// Signature is the method signature of a selector; false if there is none. It is not
// checked. Errors: fault.Internal if the embedded table is broken.
func (d *Database) Signature(selector [4]byte) (string, bool, error) {
	key := hex.EncodeToString(selector[:])
	if s, ok := d.extra[key]; ok {
		return s, true, nil
	}
	table, err := d.embedded()
	if err != nil {
		return "", false, fault.Internal.Wrap(err, "the embedded table of method signatures does not load")
	}
	if s, err := table.Selector(selector[:]); err == nil {
		return s, true, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.learned[key]
	return s, ok, nil
}

// Learn adds a method signature to the file of what is learned, unless its selector is
// known. Call it for requests that were approved only. Errors: fault.Invalid for what is
// no signature, fault.Exhausted where enough is learned, fault.Storage.
func (d *Database) Learn(signature string) error {
	m, err := parseSignature(signature)
	if err != nil {
		return err
	}
	if err := m.resolve(); err != nil {
		return err
	}
	selector := m.selector()
	if _, known, err := d.Signature(selector); known || err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.learned[hex.EncodeToString(selector[:])]; known { // meanwhile
		return nil
	}
	if d.size+len(signature) > maxLearned {
		return fault.Exhausted.New("enough method signatures are learned").
			WithHint("remove from %s what is not needed", d.path)
	}
	more := maps.Clone(d.learned)
	more[hex.EncodeToString(selector[:])] = signature
	if d.path != "" {
		text, err := json.Marshal(more, json.Deterministic(true), jsontext.WithIndent(" "))
		if err != nil {
			return fault.Internal.Wrap(err, "a method signature cannot be written")
		}
		if err := atomicfile.Write(d.path, text, 0o600); err != nil {
			return fault.Storage.Wrap(err, "the file of method signatures %s cannot be written", d.path)
		}
	}
	d.learned = more
	d.size += len(signature)
	return nil
}
