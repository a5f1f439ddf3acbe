package wallet

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// ExportKeosd gives a wallet as a file that keosd and kiod open with the same
// password. A file that shall name its keys gets default names for those without
// one. Keys of which no usage is known become K1, R1 or ED by their algorithm. The
// seed stays behind: the file has no place for it. Errors: fault.Unsupported if the
// wallet knows multi-signature accounts, which would be lost.
func (s *Set) ExportKeosd(ctx context.Context, listener string, id store.WalletID, conn uint64, password secret.Bytes, named bool) ([]byte, error) {
	e, err := s.visible(listener, id)
	if err != nil {
		return nil, err
	}
	if err := s.hold(ctx, e, conn, password); err != nil {
		return nil, err
	}
	defer s.release(e)
	e.change.Lock() // so that the file is one state of the wallet
	defer e.change.Unlock()
	ref, err := e.openRef()
	if err != nil {
		return nil, err
	}
	records, err := e.keosdRecords()
	if err != nil {
		return nil, err
	}
	for i := range records {
		if err := s.prove(e, ref, records[i]); err != nil {
			return nil, err
		}
	}
	key := keosdfile.FileKey(password)
	defer key.Wipe()
	source, release, err := s.liveSource(named, key.Expose())
	if err != nil {
		return nil, err
	}
	defer release()
	source.Count = len(records)
	if named {
		if source.Names, err = keosdNames(records); err != nil {
			return nil, err
		}
	}
	source.EachKey = func(put func(keosdfile.Key) error) error { return s.eachKeosdKey(ctx, ref, records, put) }
	return keosdfile.Encode(source)
}

// keosdType is the type that a key has in a file.
func keosdType(r store.Record) (keosdfile.KeyType, bool) {
	a := curve.Algorithm(r.Algorithm)
	t := typeOf(r.Usage)
	if r.Usage == 0 {
		switch a {
		case curve.Secp256k1:
			t = keosdfile.K1
		case curve.P256:
			t = keosdfile.R1
		case curve.Ed25519:
			t = keosdfile.ED
		}
	}
	return t, a != curve.NoAlgorithm && algorithmOf(t) == a
}

// keosdRecords is the keys of a wallet in the order of a file. The caller holds e.change.
func (e *entry) keosdRecords() ([]store.Record, error) {
	e.state.RLock()
	defer e.state.RUnlock()
	if len(e.keys.accounts) > 0 {
		return nil, fault.Unsupported.New("the wallet knows %d multi-signature accounts, which a keosd wallet file cannot hold", len(e.keys.accounts))
	}
	records := make([]store.Record, 0, len(e.keys.keys))
	for _, r := range e.keys.keys {
		if _, ok := keosdType(r); !ok {
			return nil, fault.Unsupported.New("a keosd wallet file cannot hold a key of algorithm %s and usage %d", curve.Algorithm(r.Algorithm), r.Usage)
		}
		records = append(records, r)
	}
	// Where a key is there with its usage and without, the one with it goes first.
	slices.SortFunc(records, func(a, b store.Record) int {
		return cmp.Or(compareTyped(a, b), int(b.Usage)-int(a.Usage))
	})
	return slices.CompactFunc(records, func(a, b store.Record) bool { return compareTyped(a, b) == 0 }), nil
}

func compareTyped(a, b store.Record) int {
	ta, _ := keosdType(a)
	tb, _ := keosdType(b)
	return keosdfile.Compare(ta, a.Public, tb, b.Public)
}

// keosdNames are the names of all records, ordered by text.
func keosdNames(records []store.Record) ([]keosdfile.Name, error) {
	taken := make(map[string]bool, len(records))
	for _, r := range records {
		if len(r.Name) > keosdfile.MaxName {
			return nil, fault.Unsupported.New("a keosd wallet file cannot hold names of more than %d bytes", keosdfile.MaxName)
		}
		taken[r.Name] = true
	}
	names := make([]keosdfile.Name, 0, len(records))
	number := 0
	for _, r := range records {
		text := r.Name
		for ; text == ""; number++ {
			if name := defaultNameOf(number); !taken[name] {
				text = name
			}
		}
		t, _ := keosdType(r)
		names = append(names, keosdfile.Name{Text: text, Type: t, Public: r.Public})
	}
	slices.SortFunc(names, func(a, b keosdfile.Name) int { return strings.Compare(a.Text, b.Text) })
	return names, nil
}

// eachKeosdKey opens the keys one by one.
func (s *Set) eachKeosdKey(ctx context.Context, ref vault.Ref, records []store.Record, put func(keosdfile.Key) error) error {
	private, err := s.cfg.Arena.Alloc(keosdfile.SecretSize)
	if err != nil {
		return err
	}
	defer private.Release()
	for _, r := range records {
		if err := ctx.Err(); err != nil {
			return fault.Canceled.Wrap(err, "the export was given up")
		}
		if err := s.cfg.Vault.ExportInto(ref, label(r), r.Sealed, private.Bytes()); err != nil {
			return err
		}
		t, _ := keosdType(r)
		if err := put(keosdfile.Key{Type: t, Public: r.Public, Secret: private.Bytes()}); err != nil {
			return err
		}
	}
	return nil
}

// CheckKeosd tells whether the bytes of a file of keosd or kiod open with a password,
// without a derivation. Errors: fault.WrongPassword, fault.Corrupt.
func (s *Set) CheckKeosd(file []byte, password secret.Bytes) error {
	parsed, err := keosdfile.Parse(file)
	if err == nil {
		_, err = s.openKeosd(parsed, password, func(keosdfile.Key) error { return nil })
	}
	return err
}

// ImportKeosd makes a wallet, sealed under the same password, of the bytes of a
// file of keosd or kiod. Every key is compared with its public part. The wallet
// gets a seed of its own, as every wallet has. Errors: fault.WrongPassword,
// fault.Corrupt, fault.WalletExists.
func (s *Set) ImportKeosd(ctx context.Context, id store.WalletID, conn uint64, name string, file []byte, password secret.Bytes) (Info, error) {
	if err := s.CheckName(ctx, name); err != nil {
		return Info{}, err
	}
	if s.Count() >= maxWallets {
		return Info{}, fault.Exhausted.New("the store holds %d wallets and takes no more", maxWallets)
	}
	parsed, err := keosdfile.Parse(file)
	if err != nil {
		return Info{}, err
	}
	ref, slot, err := s.newSlot(ctx, id, conn, password)
	if err != nil {
		return Info{}, err
	}
	defer s.cfg.Vault.Lock(ref)
	seed, err := s.sealSeed(ref, secret.Bytes{})
	if err != nil {
		return Info{}, err
	}
	records := []store.Record{seed}
	contents, err := s.openKeosd(parsed, password, func(k keosdfile.Key) error {
		r, err := s.sealKeosd(ref, k)
		records = append(records, r)
		return err
	})
	if err != nil {
		return Info{}, err
	}
	nameRecords(records[1:], contents.Names)
	meta := store.Wallet{ID: id, Name: name, CreatedName: name, Created: s.cfg.Now().UTC().Truncate(time.Second), Format: sealFormat}
	return s.insert(ctx, meta, slot, records)
}

// openKeosd delivers the keys of a file.
func (s *Set) openKeosd(file *keosdfile.File, password secret.Bytes, receive func(keosdfile.Key) error) (keosdfile.Contents, error) {
	key := keosdfile.FileKey(password)
	defer key.Wipe()
	scratch, err := s.cfg.Arena.Alloc(keosdfile.ScratchSize)
	if err != nil {
		return keosdfile.Contents{}, err
	}
	defer scratch.Release()
	return file.Open(key.Expose(), scratch.Bytes(), receive)
}

// sealKeosd makes a record of a key of a file, which must belong to its public key.
func (s *Set) sealKeosd(ref vault.Ref, k keosdfile.Key) (store.Record, error) {
	r := store.Record{Kind: store.KeyRecord, Algorithm: uint8(algorithmOf(k.Type)), Usage: usageOf(k.Type)}
	if err := s.drawRecordID(&r); err != nil {
		return r, err
	}
	private := secret.Copy(k.Secret)
	defer private.Wipe()
	sealed, err := s.cfg.Vault.ImportKey(ref, label(r), algorithmOf(k.Type), private)
	if err != nil {
		return r, err
	}
	r.Public, r.Sealed = sealed.Public.Bytes(), sealed.Sealed
	if !bytes.Equal(r.Public, k.Public) {
		return r, fault.Corrupt.New("a private key of the wallet file does not belong to its public key")
	}
	return r, nil
}

// nameRecords gives records the names that a file has for them.
func nameRecords(records []store.Record, names []keosdfile.Name) {
	type key struct {
		usage  uint8
		public string
	}
	of := make(map[key]string, len(names))
	for _, n := range slices.Backward(names) { // of several for one key the first stays
		of[key{usageOf(n.Type), string(n.Public)}] = n.Text
	}
	for i := range records {
		records[i].Name = of[key{records[i].Usage, string(records[i].Public)}]
	}
}
