package clefdir

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Bounds.
const (
	MaxTable = 16 << 20 // bytes of a file
	nonceLen = 12
	tagLen   = 16
)

// Change is one entry that [Table.With] writes. An empty value deletes it.
type Change struct {
	Name  string
	Value secret.Bytes
}

// Table is the content of an encrypted file. It never changes.
type Table struct {
	entries []entry // ordered by name, each name once
	path    string  // of the file; "" where it is not known
}

// entry is a sealed value and its name.
type entry struct {
	name          string
	nonce, sealed []byte
}

func byName(e entry, name string) int { return strings.Compare(e.name, name) }

// ReadTable reads a file; one that is missing is an empty table, and data is nil.
// Errors: fault.Corrupt for what is no such file, fault.TooLarge, fault.Storage.
func ReadTable(path string) (table *Table, data []byte, err error) {
	data, err = readFile(path, MaxTable)
	if errors.Is(err, fs.ErrNotExist) {
		return &Table{}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if table, err = ParseTable(data); err != nil {
		return nil, data, damaged(path, fault.Corrupt.Wrap(errors.Unwrap(err), "%s does not hold what an encrypted file of Clef holds", filepath.Base(path)))
	}
	table.path = path
	return table, data, nil
}

// damaged says what to do about a file. Its text, which callers may see, has no more of
// the path than the name.
func damaged(path string, err *fault.Error) *fault.Error {
	if path == "" {
		return err
	}
	return err.WithHint("restore %s from a backup", path)
}

// ParseTable reads the content of a file. Errors: fault.Corrupt.
func ParseTable(data []byte) (*Table, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(data)) // refuses names that are there twice
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return nil, errTable(err)
	}
	t := &Table{}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, errTable(err)
		}
		name := token.String()
		e, err := readEntry(d)
		if err != nil {
			return nil, err
		}
		e.name = name
		t.entries = append(t.entries, e)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, errTable(err)
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, errTable(err)
	}
	slices.SortFunc(t.entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return t, nil
}

func readEntry(d *jsontext.Decoder) (e entry, err error) {
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return e, errTable(err)
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return e, errTable(err)
		}
		var into *[]byte
		switch strings.ToLower(name.String()) {
		case "iv":
			into = &e.nonce
		case "c":
			into = &e.sealed
		default:
			if err := d.SkipValue(); err != nil {
				return e, errTable(err)
			}
			continue
		}
		if *into != nil {
			return e, errTable(nil)
		}
		value, err := d.ReadToken()
		if err != nil || value.Kind() != '"' {
			return e, errTable(err)
		}
		if *into, err = base64.StdEncoding.DecodeString(value.String()); err != nil {
			return e, errTable(err)
		}
	}
	_, err = d.ReadToken()
	if err != nil {
		return e, errTable(err)
	}
	return e, nil
}

func errTable(err error) error {
	return fault.Corrupt.Wrap(err, "the file does not hold what an encrypted file of Clef holds")
}

// Names lists the names of the entries, sorted.
func (t *Table) Names() []string {
	names := make([]string, len(t.entries))
	for i, e := range t.entries {
		names[i] = e.name
	}
	return names
}

// Get decrypts an entry; the caller wipes it. False where there is none. Errors:
// fault.Corrupt for one that is not sealed by this key for this name.
func (t *Table) Get(key []byte, name string) (value secret.Bytes, ok bool, err error) {
	plain, ok, err := t.open(key, name)
	return secret.New(plain), ok, err
}

// Text is Get for entries that are no secrets; "" where there is none.
func (t *Table) Text(key []byte, name string) (string, error) {
	plain, _, err := t.open(key, name)
	return string(plain), err
}

func (t *Table) open(key []byte, name string) (plain []byte, ok bool, err error) {
	i, ok := slices.BinarySearchFunc(t.entries, name, byName)
	if !ok || name == "" { // Clef finds no empty name
		return nil, false, nil
	}
	e := t.entries[i]
	if len(e.nonce) != nonceLen || len(e.sealed) < tagLen {
		return nil, false, t.errEntry()
	}
	room := make([]byte, 0, len(e.sealed)-tagLen)
	err = seal(key, func(aead cipher.AEAD) (err error) {
		plain, err = aead.Open(room, e.nonce, e.sealed, []byte(name))
		return err
	})
	if errors.Is(err, errSealed) {
		return nil, false, t.errEntry()
	}
	if err != nil {
		return nil, false, err
	}
	return plain, true, nil
}

func (t *Table) errEntry() error {
	name := "an encrypted file of Clef"
	if t.path != "" {
		name = filepath.Base(t.path)
	}
	return damaged(t.path, fault.Corrupt.New("an entry of %s was changed, or belongs to another name or seed", name))
}

// errSealed is the end of a use of the cipher that did not succeed.
var errSealed = errors.New("the seal does not open")

// seal lends the cipher of a key.
func seal(key []byte, use func(cipher.AEAD) error) error {
	var failed error
	secret.Do(func() {
		block, err := aes.NewCipher(key)
		if err != nil {
			failed = fault.Internal.Wrap(err, "no cipher")
			return
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			failed = fault.Internal.Wrap(err, "no cipher")
			return
		}
		if use(aead) != nil {
			failed = errSealed
		}
	})
	return failed
}

// With gives the bytes of a file in which changes were made, in their order, on one
// line as Clef writes it. Entries that are not changed stay as they are. Changes without
// a name are passed over. Errors: fault.Invalid for a name that is not UTF-8,
// fault.TooLarge.
func (t *Table) With(key []byte, changes []Change, rand io.Reader) ([]byte, error) {
	entries := slices.Clone(t.entries)
	for _, c := range changes {
		if c.Name == "" {
			continue
		}
		if !utf8.ValidString(c.Name) {
			return nil, fault.Invalid.New("the name of an entry is not UTF-8")
		}
		i, there := slices.BinarySearchFunc(entries, c.Name, byName)
		if c.Value.IsEmpty() {
			if there {
				entries = slices.Delete(entries, i, i+1)
			}
			continue
		}
		e, err := newEntry(key, c, rand)
		if err != nil {
			return nil, err
		}
		if there {
			entries[i] = e
		} else {
			entries = slices.Insert(entries, i, e)
		}
	}
	return encode(entries)
}

func newEntry(key []byte, c Change, rand io.Reader) (entry, error) {
	e := entry{name: c.Name, nonce: make([]byte, nonceLen), sealed: make([]byte, 0, c.Value.Len()+tagLen)}
	if _, err := io.ReadFull(rand, e.nonce); err != nil {
		return entry{}, fault.Internal.Wrap(err, "no random bytes")
	}
	err := seal(key, func(aead cipher.AEAD) error {
		e.sealed = aead.Seal(e.sealed, e.nonce, c.Value.Expose(), []byte(c.Name))
		return nil
	})
	return e, err
}

func encode(entries []entry) ([]byte, error) {
	out := []byte{'{'}
	for i, e := range entries {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = jsontext.AppendQuote(out, e.name); err != nil {
			return nil, fault.Internal.Wrap(err, "a name cannot be written")
		}
		out = append(out, `:{"iv":"`...)
		out = base64.StdEncoding.AppendEncode(out, e.nonce)
		out = append(out, `","c":"`...)
		out = base64.StdEncoding.AppendEncode(out, e.sealed)
		out = append(out, `"}`...)
	}
	if out = append(out, '}'); len(out) > MaxTable {
		return nil, fault.TooLarge.New("an encrypted file of Clef would have more than %d bytes", MaxTable)
	}
	return out, nil
}
