package keosdfile

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// File is a wallet file that was read but not opened.
type File struct {
	version    int
	ciphertext []byte
}

// Read reads a wallet file. Errors: fault.UnknownWallet where there is none,
// [ErrEmpty], [ErrJSON], [ErrForm], [ErrHex].
func Read(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.UnknownWallet.Wrap(err, "there is no such wallet file")
	}
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the wallet file cannot be opened")
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fault.Storage.Wrap(err, "the wallet file cannot be read")
	case !info.Mode().IsRegular():
		return nil, fault.Invalid.New("the wallet file is not a regular file")
	case info.Size() > MaxFileSize:
		return nil, fault.TooLarge.New("the wallet file has %d bytes; at most %d are read", info.Size(), MaxFileSize)
	}
	text := make([]byte, info.Size())
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, fault.Storage.Wrap(err, "the wallet file cannot be read")
	}
	return Parse(text)
}

// Parse reads the container: any order of members, any white space, unknown
// members ignored. A file without "cipher_keys" parses, but no password opens it.
func Parse(text []byte) (*File, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, ErrEmpty
	}
	if f, ok := parseUsual(text); ok {
		return f, nil
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(text)) // a buffer is read where it is, without a copy
	if d.PeekKind() != '{' {
		return nil, ErrForm // keosd makes a value of any text
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, ErrJSON
	}
	f := &File{}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, ErrJSON
		}
		member := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, ErrJSON
		}
		if err := f.member(member, value); err != nil {
			return nil, err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, ErrJSON
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, ErrJSON
	}
	return f, nil
}

// parseUsual reads a container that is spelt as keosd, kiod and this package spell
// it, which saves looking for the end of a text of megabytes.
func parseUsual(text []byte) (*File, bool) {
	for version, head := range heads {
		rest, ok := bytes.CutPrefix(text, []byte(head))
		if !ok {
			continue
		}
		if rest, ok = bytes.CutSuffix(rest, []byte(tail)); !ok {
			return nil, false
		}
		ciphertext, ok := decodeHex(rest)
		return &File{version: version, ciphertext: ciphertext}, ok
	}
	return nil, false
}

// decodeHex decodes text, a long one in pieces on all cores.
func decodeHex(text []byte) ([]byte, bool) {
	const piece = 1 << 18 // even
	out := make([]byte, hex.DecodedLen(len(text)))
	if len(text) <= piece {
		_, err := hex.Decode(out, text)
		return out, err == nil
	}
	var bad atomic.Bool
	var group sync.WaitGroup
	for from := 0; from < len(text); from += piece {
		group.Go(func() {
			if _, err := hex.Decode(out[from/2:], text[from:min(from+piece, len(text))]); err != nil {
				bad.Store(true)
			}
		})
	}
	group.Wait()
	return out, !bad.Load()
}

func (f *File) member(name string, value jsontext.Value) error {
	switch name {
	case "cipher_keys":
		if value.Kind() != '"' {
			return ErrForm
		}
		var ok bool
		if f.ciphertext, ok = decodeHex(value[1 : len(value)-1]); !ok {
			return ErrHex
		}
	case "version":
		version, err := strconv.Atoi(string(value))
		if err != nil {
			return ErrForm
		}
		if version != 1 {
			return fault.Unsupported.New("the wallet file has version %d; version 1 is known", version)
		}
		f.version = version
	}
	return nil
}

// Contents is what an opened file tells besides its keys.
type Contents struct {
	Layout Layout
	Names  []Name // of the named layout, ordered by text, each text once
}

// Name says which key has a name.
type Name struct {
	Text   string
	Type   KeyType
	Public []byte
}

// Open decrypts a file with its file key and delivers its keys in order. scratch
// has at least ScratchSize bytes and is wiped. Errors: fault.WrongPassword, which
// a damaged end looks like too; fault.Corrupt; those of receive.
func (f *File) Open(fileKey, scratch []byte, receive func(Key) error) (Contents, error) {
	if len(fileKey) != checkSize || len(scratch) < ScratchSize {
		return Contents{}, fault.Internal.New("a wallet file is read without a key or room")
	}
	defer clear(scratch)
	if len(f.ciphertext) < checkSize+blockSize || len(f.ciphertext)%blockSize != 0 {
		return Contents{}, errPassword()
	}
	block, err := newCipher(fileKey)
	if err != nil {
		return Contents{}, err
	}
	padding, ok := f.padding(block, scratch)
	if !ok {
		return Contents{}, errPassword()
	}
	r := reader{
		mode: cipher.NewCBCDecrypter(block, fileKey[32:48]), sealed: f.ciphertext, buffer: scratch,
		left: len(f.ciphertext) - padding,
	}
	if check := r.take(checkSize); r.failed || subtle.ConstantTimeCompare(check, fileKey) != 1 {
		return Contents{}, errPassword()
	}
	if err := r.keys(receive); err != nil {
		return Contents{}, err
	}
	return r.names(f.version)
}

// padding looks at the last block alone, which CBC allows, and gives the number of
// bytes that are padding.
func (f *File) padding(block cipher.Block, scratch []byte) (int, bool) {
	end := len(f.ciphertext)
	last := scratch[:blockSize]
	block.Decrypt(last, f.ciphertext[end-blockSize:])
	subtle.XORBytes(last, last, f.ciphertext[end-2*blockSize:end-blockSize])
	n := int(last[blockSize-1])
	if n < 1 || n > blockSize {
		return 0, false
	}
	for _, b := range last[blockSize-n:] {
		if int(b) != n {
			return 0, false
		}
	}
	return n, true
}

// reader decrypts as it goes. All its plaintext is in buffer.
type reader struct {
	mode   cipher.BlockMode
	sealed []byte // not decrypted yet
	buffer []byte
	start  int // of what is decrypted and not taken
	end    int
	left   int // bytes of plaintext not taken, padding excluded
	failed bool
}

// take gives the next n bytes, valid until the next call; n is at most half of the buffer.
func (r *reader) take(n int) []byte {
	if r.failed || n < 0 || n > r.left || n > len(r.buffer)/2 {
		r.failed = true
		return nil
	}
	if r.end-r.start < n {
		r.end = copy(r.buffer, r.buffer[r.start:r.end])
		r.start = 0
		more := min(len(r.sealed), (len(r.buffer)-r.end)/blockSize*blockSize)
		r.mode.CryptBlocks(r.buffer[r.end:r.end+more], r.sealed[:more])
		r.sealed = r.sealed[more:]
		r.end += more
	}
	out := r.buffer[r.start : r.start+n]
	r.start += n
	r.left -= n
	return out
}

// number reads a varuint32 in its shortest form.
func (r *reader) number() uint32 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		b := r.take(1)
		if r.failed {
			return 0
		}
		v |= uint64(b[0]&0x7f) << shift
		if b[0]&0x80 == 0 {
			r.failed = r.failed || v > 1<<32-1 || (b[0] == 0 && shift > 0)
			return uint32(v)
		}
	}
	r.failed = true
	return 0
}

func (r *reader) keys(receive func(Key) error) error {
	count := r.number()
	if r.failed || count > MaxKeys || int(count) > r.left/minKey {
		return errDamaged()
	}
	var last [33]byte
	var before Key
	for i := range count {
		k, ok := r.key()
		if !ok {
			return errDamaged()
		}
		if i > 0 && Compare(before.Type, before.Public, k.Type, k.Public) == 0 {
			return errDamaged() // twice the same key
		}
		k.Count = int(count)
		if err := receive(k); err != nil {
			return err
		}
		before = Key{Type: k.Type, Public: last[:copy(last[:], k.Public)]}
	}
	return nil
}

// key reads one key in one piece, so that public and private part stand together.
func (r *reader) key() (Key, bool) {
	t := r.number()
	for _, s := range shapes {
		if uint32(s.public) != t || r.failed {
			continue
		}
		// One byte is the type of the private key: all known ones are below 128.
		raw := r.take(s.size + 1 + s.fileSize)
		if r.failed || uint32(raw[s.size]) != s.private {
			return Key{}, false
		}
		k := Key{Type: s.public, Public: raw[:s.size], Secret: raw[s.size+1:][:SecretSize]}
		if s.fileSize > SecretSize && !bytes.Equal(raw[s.size+1+SecretSize:], k.Public) {
			return Key{}, false
		}
		return k, true
	}
	return Key{}, false
}

// names decides the layout by what is there: bytes behind the keys that are a
// list of names up to the end make the named layout, whatever the version says.
// keosd ignores bytes behind the keys, and so does this where no version is given.
func (r *reader) names(version int) (Contents, error) {
	if r.left == 0 && version == 0 {
		return Contents{Layout: Unnamed}, nil
	}
	names, ok := r.nameList()
	switch {
	case ok:
		return Contents{Layout: Named, Names: names}, nil
	case version != 0:
		return Contents{}, errDamaged()
	}
	return Contents{Layout: Unnamed}, nil
}

func (r *reader) nameList() ([]Name, bool) {
	count := r.number()
	if r.failed || count > MaxKeys || int(count) > r.left/minName {
		return nil, false
	}
	names := make([]Name, count)
	public := make([]byte, 0, int(count)*MaxPublic) // one allocation for all
	var texts []byte                                // the same for these
	ends := make([]int, count)
	for i := range names {
		size := r.number()
		if size > MaxName {
			return nil, false
		}
		texts = append(texts, r.take(int(size))...)
		ends[i] = len(texts)
		n := &names[i]
		n.Type = KeyType(r.number())
		for _, s := range shapes {
			if s.public == n.Type {
				start := len(public)
				public = append(public, r.take(s.size)...)
				n.Public = public[start:len(public):len(public)]
			}
		}
		if r.failed || len(n.Public) == 0 {
			return nil, false
		}
	}
	start := 0
	for i, all := 0, string(texts); i < len(names); i++ {
		names[i].Text, start = all[start:ends[i]], ends[i]
	}
	if !inOrder(names) { // only foreign writers leave it to us
		slices.SortFunc(names, func(a, b Name) int { return strings.Compare(a.Text, b.Text) })
		if !inOrder(names) {
			return nil, false // a name is there twice
		}
	}
	return names, r.left == 0
}

// inOrder tells whether names are ordered and each is there once.
func inOrder(names []Name) bool {
	for i := 1; i < len(names); i++ {
		if names[i-1].Text >= names[i].Text {
			return false
		}
	}
	return true
}
