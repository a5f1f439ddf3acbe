package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain/antelope"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	maxBulkFile = 64 << 20 // bytes of a file of keys
	bulkBatch   = 10_000   // keys that are added in one write
)

// runKeyImportBulk imports the keys of a file.
func (a *app) runKeyImportBulk(ctx context.Context, o keyImportOptions, wallet string) error {
	data, err := a.bulkFile(o.Bulk)
	if err != nil {
		return err
	}
	defer clear(data)
	bar := a.newBar()
	defer bar.end()
	keys, err := parseKeys(data, bar)
	defer wipeKeys(keys)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return usage("%s has no keys", shown(o.Bulk))
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		var done rest.Imported
		err := a.opened(ctx, c, o.Password, wallet, func(id string, password secret.Bytes) error {
			for from := done.Added + done.Present; from < len(keys); from += bulkBatch {
				some := keys[from:min(from+bulkBatch, len(keys))]
				added, err := c.ImportKeys(ctx, id, rest.ImportKeys{Password: rest.Text{Bytes: password}, Keys: some})
				if err != nil {
					return afterSome(err, done)
				}
				done.Added += added.Added
				done.Present += added.Present
				bar.show(int64(len(keys)+from+len(some)), int64(2*len(keys)))
			}
			return nil
		})
		bar.end()
		if err != nil {
			return err
		}
		return a.put(done, func(out io.Writer) {
			fmt.Fprintf(out, "added %d key%s; %d were there already\n", done.Added, plural(done.Added), done.Present)
		})
	})
}

// afterSome says what is done already when a later batch fails.
func afterSome(err error, done rest.Imported) error {
	if done.Added == 0 {
		return err
	}
	return fault.KindOf(err).Wrap(err, "%s, after %d keys were added", fault.Text(err), done.Added).
		WithHint("do it again when it is mended: keys that are there are passed over")
}

// bulkFile reads a file of keys, which the caller wipes.
func (a *app) bulkFile(name string) ([]byte, error) {
	data, err := a.input(name, "--bulk", maxBulkFile)
	if err == nil {
		a.warnOfReaders(name)
	}
	return data, err
}

// parseKeys reads a key from each line. Errors name the line and nothing of it.
func parseKeys(data []byte, bar *bar) ([]rest.NewKey, error) {
	total := int64(max(1, len(data)))
	read, number := 0, 0
	var keys []rest.NewKey
	for line := range bytes.Lines(data) {
		number++
		read += len(line)
		text := bytes.TrimSpace(line)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		k, err := parseLine(text)
		if err != nil {
			return keys, fault.KindOf(err).Wrap(err, "line %d: %s", number, fault.Text(err))
		}
		keys = append(keys, k)
		bar.show(int64(read)/2, total) // reading is the first half
	}
	return keys, nil
}

// parseLine reads a key of Antelope or, in the forms of parseKey, of Algorand. Their
// lengths differ.
func parseLine(line []byte) (rest.NewKey, error) {
	text := secret.Copy(line)
	defer text.Wipe()
	if isAlgorandKey(line) {
		seed, err := parseKey(text)
		return rest.NewKey{Algorithm: curve.Ed25519.String(), Private: rest.Binary{Bytes: seed}}, err
	}
	private, t, err := antelope.ParsePrivateKey(text)
	if err != nil {
		return rest.NewKey{}, err
	}
	return rest.NewKey{Algorithm: t.Algorithm().String(), Usage: t.Usage(), Private: rest.Binary{Bytes: private}}, nil
}

// isAlgorandKey tells the forms of parseKey from those of Antelope: words, or the
// length of 32 bytes in hex or of 32 or 64 bytes in base64.
func isAlgorandKey(line []byte) bool {
	if bytes.HasPrefix(line, []byte("PVT_")) {
		return false
	}
	n := len(line)
	return bytes.ContainsAny(line, " \t") || n == 64 || n == 44 || n == 88
}

func wipeKeys(keys []rest.NewKey) {
	for _, k := range keys {
		k.Private.Wipe()
	}
}
