package kmdfile

import (
	"context"
	"strings"

	"strongroom/internal/fault"
)

// metadata is the one row of that table.
type metadata struct {
	id                  string
	name                []byte
	master, seed, index []byte // sealed
}

// metadata reads and checks the row. Ids and names are blobs in kmd's own files
// and text in those of some other writers.
func (db *database) metadata(ctx context.Context) (metadata, error) {
	rows, err := db.conn.QueryContext(ctx, `SELECT driver_name, driver_version, wallet_id, wallet_name,
		mep_encrypted, mdk_encrypted, max_key_idx_encrypted FROM main.metadata NOT INDEXED LIMIT 2`)
	if err != nil {
		return metadata{}, databaseError(ctx, err)
	}
	defer rows.Close()
	var values [7]any
	n := 0
	for ; rows.Next(); n++ {
		if n == 1 {
			return metadata{}, fault.Corrupt.New("the wallet file describes more than one wallet")
		}
		if err := rows.Scan(&values[0], &values[1], &values[2], &values[3], &values[4], &values[5], &values[6]); err != nil {
			return metadata{}, fault.Corrupt.Wrap(err, textDatabase)
		}
	}
	if err := rows.Err(); err != nil {
		return metadata{}, databaseError(ctx, err)
	}
	if n == 0 {
		return metadata{}, fault.Corrupt.New("the wallet file describes no wallet")
	}
	return parseMetadata(values)
}

func parseMetadata(values [7]any) (metadata, error) {
	if driver, ok := bytesOrText(values[0]); !ok || string(driver) != driverName {
		return metadata{}, fault.Unsupported.New(textDriverName)
	}
	if version, ok := values[1].(int64); !ok || version != driverVersion {
		return metadata{}, fault.Unsupported.New(textDriverVersion)
	}
	id, ok := bytesOrText(values[2])
	if !ok || !isID(string(id)) {
		return metadata{}, fault.Unsupported.New("the wallet's id is not 32 lower-case hex digits")
	}
	m := metadata{id: string(id)}
	if m.name, ok = bytesOrText(values[3]); !ok {
		return metadata{}, fault.Corrupt.New("the wallet's name has the wrong type")
	}
	if len(m.name) > maxName {
		return metadata{}, fault.TooLarge.New("the wallet's name has %d bytes, more than %d", len(m.name), maxName)
	}
	for i, target := range []*[]byte{&m.master, &m.seed, &m.index} {
		if *target, ok = values[4+i].([]byte); !ok {
			return metadata{}, fault.Corrupt.New("a sealed value has the wrong type")
		}
	}
	return m, nil
}

const (
	driverName    = "sqlite"
	driverVersion = 1
	idLength      = 32
)

func bytesOrText(v any) ([]byte, bool) {
	switch v := v.(type) {
	case []byte:
		return v, true
	case string:
		return []byte(v), true
	}
	return nil, false
}

func isID(s string) bool {
	return len(s) == idLength && strings.Trim(s, "0123456789abcdef") == ""
}
